import { describe, expect, test } from 'vitest';
import { type DriftOptions, down, drift, mark, status, up } from '../../src/commands/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { refused } from '../support/refused.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

const users = 'CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40));\n';
const files = {
  'migrations/001_users.sql': users,
  'migrations/002_orders.sql': 'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, note varchar(20));\n',
};

/** A database at its newest migration. */
async function migrated(flavour: Flavour, more: Readonly<Record<string, string>> = {}): Promise<Workbench> {
  const bench = await workbench(flavour, { ...files, ...more });
  await up(bench.options);
  return bench;
}

async function names(options: DriftOptions): Promise<readonly string[]> {
  return (await drift(options)).differences.map(({ sign, kind, name }) => `${sign} ${kind} ${name}`);
}

// A connection that is handed in cannot make scratch databases.
describe.each(flavours.filter((flavour) => flavour !== 'pglite'))('on %s', (flavour) => {
  test('what is recorded is an ordinary migration: nothing runs here, others get it, and it can be taken back', async () => {
    const { options, project, query, drop } = await migrated(flavour);
    await query('CREATE INDEX orders_user ON orders (user_id)');
    await query('ALTER TABLE users DROP COLUMN name');
    await query('CREATE TABLE extra (id integer NOT NULL PRIMARY KEY)');
    await query('INSERT INTO extra VALUES (1)');
    expect(await names(options)).toEqual(['+ table extra', '+ index orders.orders_user', '- column users.name']);

    const { written, proven } = await drift({ ...options, record: 'by hand' });
    expect([written?.id, proven]).toEqual(['003_by_hand', true]);
    expect((await status(options)).migrations.map(({ id, state }) => [id, state])).toEqual([
      ['001_users', 'applied'],
      ['002_orders', 'applied'],
      ['003_by_hand', 'baseline'],
    ]);
    expect(await names(options)).toEqual([]);

    const other = await workbench(flavour, { ...files, [written?.file ?? '']: project.read(written?.file ?? '') });
    await up({ ...other.options, allow: ['destructive'] });
    expect(await names(other.options)).toEqual([]);
    expect(await other.tables()).toEqual(['extra', 'orders', 'users']);
    await other.drop();

    expect(await query('SELECT id FROM extra')).toHaveLength(1);
    await down({ ...options, yes: true });
    expect(await query('SELECT name FROM users')).toEqual([]);
    await drop();
  });

  test('a database is taken back to what is expected by the way back of what is planned', async () => {
    const { options, project, query, tables, drop } = await migrated(flavour);
    await query('CREATE TABLE extra (id integer NOT NULL PRIMARY KEY)');
    await query('INSERT INTO extra VALUES (1), (2)');
    const { back, losses, written } = await drift({ ...options, planBack: 'undo' });
    expect(losses).toMatchObject([{ text: 'table extra', rows: 2 }]);
    expect(back.map(({ sql }) => sql).join()).toMatch(/DROP TABLE .?extra/);
    expect(await tables()).toEqual(['extra', 'orders', 'users']);
    expect((await refused(down(options))).code).toBe('confirm.needed');
    await down({ ...options, yes: true });
    project.remove(written?.file ?? '');
    expect([await tables(), await names(options)]).toEqual([['orders', 'users'], []]);
    await drop();
  });

  test('an exception holds until its day, for the database it is for, and is told in every case', async () => {
    const { options, project, query, drop } = await migrated(flavour);
    await query('CREATE INDEX orders_user ON orders (user_id)');
    await query('ALTER TABLE users ADD COLUMN legacy integer');
    const exceptions = [
      { ignore: 'orders_*', until: '2999-12-31', why: 'ticket 812' },
      { ignore: 'users.legacy', until: '2020-01-01', why: 'only for a while' },
      { ignore: 'users.legacy', until: '2999-12-31', why: 'elsewhere', on: 'another' },
      { ignore: 'gone', until: '2999-12-31', why: 'dropped long ago' },
    ];
    project.write('lockstep.drift.json', JSON.stringify(exceptions));
    const report = await drift(options);
    expect(report.differences).toMatchObject([{ name: 'users.legacy', exception: { why: 'only for a while' } }]);
    expect(report.ignored).toMatchObject([{ sign: '+', name: 'orders.orders_user', exception: { why: 'ticket 812' } }]);
    expect(report.unused.map(({ ignore }) => ignore)).toEqual(['gone']);
    expect([report.proven, report.changes.map(({ kind }) => kind)]).toEqual([true, ['addColumn']]);

    const renewed = { ignore: 'users.legacy', until: '2999-01-01', why: 'longer' };
    expect(await names({ ...options, ignore: renewed })).toEqual([]);
    expect(JSON.parse(project.read('lockstep.drift.json'))).toEqual([exceptions[0], exceptions[2], exceptions[3], renewed]);
    for (const wrong of [{ until: 'soon' }, { until: '2020-01-01' }, { until: '2999-02-31' }, { why: ' ' }, { ignore: 'nothing' }]) {
      expect(await refused(drift({ ...options, ignore: { ...renewed, ...wrong } }))).toMatchObject({ code: 'usage.invalid-value' });
    }
    project.write('lockstep.drift.json', '[{ "ignore": "x", "until": "2999-12-31" }]');
    expect(await refused(drift(options))).toMatchObject({ code: 'config.invalid', message: expect.stringContaining('"why"') });
    await drop();
  });

  test('the text that ran counts where a file was edited or is gone; what cannot be known is refused', async () => {
    const code = 'export default { up({ schema }) { schema.createTable("made", { columns: [{ name: "id", type: "integer" }] }); } };\n';
    const { options, project, query, drop } = await migrated(flavour, { 'migrations/003_code.js': code });
    project.write('migrations/001_users.sql', users.replace('name', 'title'));
    project.remove('migrations/002_orders.sql');
    expect(await names(options)).toEqual([]);
    await mark({ ...options, mark: 'forget', id: '002_orders', reason: 'never was' });
    expect(await names(options)).toEqual(['+ table orders']);
    project.write('migrations/003_code.js', code.replace('made', 'unmade'));
    expect(await refused(drift(options))).toMatchObject({ code: 'drift.unknown', message: expect.stringContaining('003_code') });
    await query('SELECT id FROM made');
    await drop();
  });

  test('the order of columns is no drift, and neither is what another tool writes down for itself', async () => {
    const { options, query, drop } = await migrated(flavour, {
      'migrations/003_more.sql': 'ALTER TABLE users ADD COLUMN a integer;\nALTER TABLE users ADD COLUMN b integer;\n',
    });
    await query('ALTER TABLE users DROP COLUMN a');
    await query('ALTER TABLE users ADD COLUMN a integer');
    await query('CREATE TABLE flyway_schema_history (installed_rank integer NOT NULL PRIMARY KEY, script varchar(9), checksum integer)');
    const report = await drift(options);
    expect(report).toMatchObject({ differences: [], changes: [], reordered: [{ table: 'users' }], aside: [{ tool: 'Flyway' }] });
    await drop();
  });
});

test('what is recorded may be typed code, which others run', async () => {
  const { options, project, query, drop } = await migrated('sqlite');
  await query('ALTER TABLE users ADD COLUMN email varchar(40)');
  const { written } = await drift({ ...options, record: 'by hand', format: 'ts' });
  expect(project.read(written?.file ?? '')).toContain("schema.addColumn('users', 'email'");
  expect(await names(options)).toEqual([]);
  await drop();
});

test('a half-applied migration is named, and nothing is recorded before it is finished or undone', async () => {
  const broken = 'CREATE TABLE a (id integer);\nCREATE TABLE b (id integer, id integer);\n';
  const { options, drop } = await workbench('mariadb', { ...files, 'migrations/003_broken.sql': broken });
  await up(options);
  const report = await drift(options);
  expect([report.halfApplied, report.differences.map(({ name }) => name)]).toEqual([['003_broken'], ['a']]);
  expect(await refused(drift({ ...options, record: 'x' }))).toMatchObject({
    code: 'drift.unknown',
    details: { state: 'nothing was written' },
  });
  await drop();
});

test('a migration that names its own database is not run elsewhere, where it would reach the real one', async () => {
  const { options, project, query, drop } = await workbench('mariadb', files);
  const [row] = await query('SELECT DATABASE() AS db');
  project.write('migrations/003_rows.sql', `INSERT INTO \`${String(row?.['db'])}\`.users VALUES (1, 'Ada');\n`);
  await up(options);
  expect(await refused(drift(options))).toMatchObject({ code: 'drift.unknown', message: expect.stringContaining('003_rows') });
  expect(await query('SELECT id FROM users')).toHaveLength(1);
  await drop();
});

test('a connection that is handed in is never taken for a scratch database', async () => {
  const { options, tables, drop } = await workbench('pglite', files);
  await up(options);
  expect((await drift(options)).differences).toEqual([]);
  expect(await tables()).toEqual(['orders', 'users']);
  await drop();
});
