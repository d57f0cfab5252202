import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/index.ts';
import { doctor, down, mark, plan, redo, status, test as tryOut, up, verify } from '../../src/commands/index.ts';
import { type Flavour, flavours, freshDatabase, type TestDatabase } from '../support/database.ts';
import { asOwner, makeRole } from '../support/role.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const files = { 'migrations/001_a.sql': 'CREATE TABLE a (id integer);' };
const later = { 'migrations/002_b.sql': 'CREATE TABLE b (id integer);' };

async function refused(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    (value) => new Error(`nothing was refused: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw error;
  expect(error.details.state, error.message).toMatch(/^nothing was (connected|changed|run)$/);
  return error;
}

async function tablesOf(database: TestDatabase): Promise<readonly string[]> {
  const connection = await database.connect();
  const sql =
    database.flavour === 'mariadb'
      ? 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()'
      : `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;
  const { rows } = await connection.query(sql);
  await connection.close();
  return rows.map((row) => String(row['name'])).sort();
}

test.each([
  ['sqlite:./no/such/folder/app.db', 'sqlite:./no/such/folder/app.db cannot be opened: the folder'],
  ['sqlite:./none.db?mode=rw', 'cannot be opened: there is no database'],
  ['sqlite:./none.db?mode=ro', 'cannot be opened: there is no database'],
  ['sqlite:./migrations', 'is a folder, no database file'],
  ['sqlite:./migrations/001_a.sql', 'file is not a database'],
  ['pglite:./no/such/folder/pg', 'cannot be opened: the folder'],
  ['postgres://ada:s3cr3t@127.0.0.1:1/shop', 'postgres://ada:***@127.0.0.1:1/shop cannot be reached: connect ECONNREFUSED'],
  ['mysql://ada:s3cr3t@127.0.0.1:1/shop', 'mysql://ada:***@127.0.0.1:1/shop cannot be reached: connect ECONNREFUSED'],
  ['mariadb://ada:s3cr3t@127.0.0.1:1/shop', 'mariadb://ada:***@127.0.0.1:1/shop cannot be reached: connect ECONNREFUSED'],
])('%s is not reached', async (url, message) => {
  const { folder } = sandbox({ ...files, 'migrations/001_a.sql': '-- long enough to be no empty database\n'.repeat(50) });
  for (const run of [up, status, plan]) {
    const failure = await refused(run({ cwd: folder, url, env: {} }));
    expect([failure.code, failure.exitCode]).toEqual(['connection.failed', 6]);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain('s3cr3t');
  }
  expect((await doctor({ cwd: folder, url, env: {} })).checks.at(-1)).toMatchObject({ name: 'database', outcome: 'error' });
  expect(readdirSync(folder)).toEqual(['migrations']);
});

test.each([
  'postgres://ada:p@ss@127.0.0.1/shop',
  'postgres://ada:12/w@127.0.0.1/shop',
  'postgres://ada:pa#w@127.0.0.1/shop',
  'mysql://ada:100%@127.0.0.1/shop',
  'mysql://ada:pa?w@127.0.0.1/shop',
  'sqlite:./100%.db',
  'pglite:./100%',
  'sqlite:',
  'pglite:',
])('the URL %s is refused without telling what may be a password', async (url) => {
  const { folder } = sandbox(files);
  const failure = await refused(up({ cwd: folder, url, env: {} }));
  expect([failure.code, failure.exitCode]).toEqual(['config.invalid-url', 78]);
  expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/ada|p@ss|12\/w|pa#w|100%|pa\?w/);
  expect(readdirSync(folder)).toEqual(['migrations']);
});

const servers: readonly Flavour[] = flavours.filter((flavour) => flavour === 'postgres' || flavour === 'mariadb');

describe.each(servers)('on %s', (flavour) => {
  test('a database that does not exist, or that is not named', async () => {
    const database = await freshDatabase(flavour);
    const { folder } = sandbox(files);
    await database.drop();
    const failure = await refused(up({ cwd: folder, url: database.url, env: {} }));
    expect([failure.code, failure.exitCode]).toEqual(['connection.no-database', 6]);
    if (flavour === 'mariadb') {
      const nameless = await refused(up({ cwd: folder, url: database.url.replace(/[^/]*$/, ''), env: {} }));
      expect([nameless.code, nameless.details.fix]).toEqual(['connection.no-database', ['add the name of the database to the URL']]);
    }
  });

  test('a wrong password is refused and never shown, wherever it was written', async () => {
    const database = await freshDatabase(flavour);
    const role = await makeRole(database, 'right-one');
    const wrong = role.withPassword('wr0ng/p@ss:word');
    const places: readonly (readonly [args: readonly string[], env: Record<string, string>, write?: (project: Sandbox) => void])[] = [
      [['status'], { DATABASE_URL: wrong }],
      [['up', '--json', '--url', wrong], {}],
      [['up', '--json=stream', '--debug'], { DATABASE_URL: wrong }],
      [['doctor'], {}, ({ write }) => write('lockstep.config.json', JSON.stringify({ url: wrong }))],
      [
        ['plan', '--env', 'live', '--debug'],
        {},
        ({ write }) => write('lockstep.config.json', JSON.stringify({ environments: { live: { url: wrong } } })),
      ],
      [['test', '-v'], {}, ({ write }) => write('.env', `DATABASE_URL=${wrong}\n`)],
      [['down', '--url-file', 'secret'], {}, ({ write }) => write('secret', `${wrong}\n`)],
    ];
    await Promise.all(
      places.map(async ([args, env, write]) => {
        const project = sandbox(files);
        write?.(project);
        const { code, stdout, stderr } = await project.run(args, { env });
        const said = stdout + stderr;
        expect([args[0], code], said).toEqual([args[0], args[0] === 'doctor' ? 1 : 6]);
        expect(said).toContain('refuses the user or the password');
        expect(said).not.toMatch(/wr0ng|p@ss|p%40ss/);
      }),
    );
    expect(
      (await status({ cwd: sandbox(files).folder, url: role.withPassword('right-one'), env: {} }).catch(
        (error: unknown) => error,
      )) as object,
    ).not.toMatchObject({
      code: 'connection.failed',
    });
    await role.drop();
    await database.drop();
  });

  test('a user who may only read sees the status, and everything else says which right is lacking', async () => {
    const database = await freshDatabase(flavour);
    const role = await makeRole(database, 'x');
    const schema = flavour === 'mariadb' ? database.url.split('/').at(-1) : 'ALL TABLES IN SCHEMA public';
    const allow = (rights: string, on: string): Promise<void> =>
      asOwner(
        database,
        flavour === 'mariadb' ? `GRANT ${rights} ON ${schema}.* TO ${role.name}@'%'` : `GRANT ${rights} ON ${on} TO ${role.name}`,
      );
    const { folder, write } = sandbox(files);
    const owner = { cwd: folder, url: database.url, env: {} };
    const reader = { cwd: folder, url: role.url, env: {}, yes: true };
    await allow('SELECT', schema ?? '');

    // Before the history is there.
    expect((await status(reader)).counts).toMatchObject({ pending: 1, applied: 0 });
    const first = await refused(up(reader));
    expect([first.code, first.exitCode]).toEqual(['database.no-rights', 2]);
    expect(first.message).toMatch(/^the tables of the history cannot be made: /);
    expect(first.details.fix?.[0]).toBe('grant the user the right to create tables');
    expect(await tablesOf(database)).toEqual([]);

    // With a history that may be read.
    expect((await up(owner)).failures).toEqual([]);
    await allow('SELECT', schema ?? '');
    for (const [path, text] of Object.entries(later)) write(path, text);
    expect((await status(reader)).counts).toMatchObject({ pending: 1, applied: 1 });
    expect((await plan(reader)).steps.map((step) => step.id)).toEqual(['002_b']);
    expect(await verify(reader)).toMatchObject({ compared: 1, problems: [] });
    const report = await up(reader);
    expect(report.failures).toMatchObject([
      { code: 'database.no-rights', exitCode: 2, details: { fix: ['grant the right that is named, then  lockstep up'] } },
    ]);
    expect(report.failures[0]?.details.state).toContain('nothing of 002_b remains');
    expect((await refused(mark({ ...reader, mark: 'pending', id: '001', reason: 'x' }))).code).toBe('database.no-rights');
    expect((await refused(tryOut(reader))).code).toBe('database.no-rights');
    expect((await tablesOf(database)).filter((name) => !name.startsWith('lockstep'))).toEqual(['a']);
    expect((await status(owner)).counts).toMatchObject({ pending: 1, applied: 1, failed: 0 });
    await role.drop();
    await database.drop();
  });

  test('a user who may not read the history is never told that nothing is applied', async () => {
    const database = await freshDatabase(flavour);
    const role = await makeRole(database, 'x');
    const { folder } = sandbox(files);
    const owner = { cwd: folder, url: database.url, env: {} };
    const blind = { cwd: folder, url: role.url, env: {}, yes: true };
    await up(owner);
    if (flavour === 'mariadb') await asOwner(database, `GRANT SELECT ON ${database.url.split('/').at(-1)}.a TO ${role.name}@'%'`);
    for (const run of [status, plan, up, down, redo, verify]) {
      const failure = await refused(run(blind));
      expect([failure.code, failure.exitCode]).toEqual(['database.no-rights', 2]);
      expect(failure.message).toMatch(/^the history cannot be read: /);
      expect(failure.details.fix).toEqual(['grant the user SELECT on the tables of the history']);
    }
    expect((await doctor(blind)).checks.find((check) => check.outcome === 'error')).toMatchObject({ name: 'history' });
    if (flavour === 'postgres') {
      await asOwner(database, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role.name}`, 'REVOKE USAGE ON SCHEMA public FROM PUBLIC');
      const failure = await refused(status(blind));
      expect(failure.message).toBe(`"${role.name}" may use no schema of its search path, so the history cannot be looked for`);
    }
    expect((await status(owner)).counts.applied).toBe(1);
    await role.drop();
    await database.drop();
  });

  test('a role that may write rows but not create tables fails at its statement, with nothing left', async () => {
    const database = await freshDatabase(flavour);
    const role = await makeRole(database, 'x');
    const { folder, write } = sandbox(files);
    await up({ cwd: folder, url: database.url, env: {} });
    await asOwner(
      database,
      flavour === 'mariadb'
        ? `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database.url.split('/').at(-1)}.* TO ${role.name}@'%'`
        : `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role.name}`,
    );
    write('migrations/002_b.sql', '-- a new table\n\nCREATE TABLE b (id integer);');
    const report = await up({ cwd: folder, url: role.url, env: {} });
    expect(report.failures).toMatchObject([
      {
        code: 'database.no-rights',
        details: { place: { file: 'migrations/002_b.sql', line: 3 }, state: expect.stringContaining('nothing of 002_b remains') },
      },
    ]);
    expect((await status({ cwd: folder, url: role.url, env: {} })).migrations[1]).toMatchObject({ state: 'failed', partial: false });
    await role.drop();
    await database.drop();
  });
});

describe.each(['sqlite', 'postgres'] as const)('a database that is only to be read, on %s', (flavour) => {
  test('is looked at and not changed', async () => {
    const database = await freshDatabase(flavour);
    const { folder, write } = sandbox(files);
    await up({ cwd: folder, url: database.url, env: {} });
    for (const [path, text] of Object.entries(later)) write(path, text);
    const url =
      flavour === 'sqlite'
        ? `${database.url}?mode=ro`
        : `${database.url}?options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
    const options = { cwd: folder, url, env: {}, yes: true };
    expect((await status(options)).counts).toMatchObject({ pending: 1, applied: 1 });
    expect((await plan(options)).steps).toHaveLength(1);
    expect((await doctor(options)).checks.find((check) => check.outcome === 'warning')).toMatchObject({ name: 'rights' });
    for (const run of [up, down, redo]) {
      const failure = await refused(run(options));
      expect([failure.code, failure.exitCode, failure.details.fix ?? ['of the code']]).toEqual(['database.read-only', 2, ['of the code']]);
    }
    expect((await refused(mark({ ...options, mark: 'pending', id: '001', reason: 'x' }))).code).toBe('database.read-only');
    expect((await status({ ...options, url: database.url })).counts).toMatchObject({ pending: 1, applied: 1 });
    await database.drop();
  });
});
