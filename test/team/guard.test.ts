import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { DatabaseError } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { ddlGround, ddlStatements, freeStatements } from '../support/ddl.ts';
import { type Desk, desk, rowsOf } from '../support/desk.ts';
import { asOwner, makeRole } from '../support/role.ts';
import { dataOf } from '../support/team.ts';

const run = promisify(execFile);

const first = {
  'migrations/20260101T000000_first.sql':
    '-- lockstep:up\nCREATE TABLE a (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE a;\n',
};

let own: Desk | undefined;
const others: TestDatabase[] = [];
afterEach(async () => {
  await own?.database.drop();
  own = undefined;
  for (const one of others.splice(0)) await one.drop();
});

async function elsewhere(): Promise<TestDatabase> {
  const database = await freshDatabase('postgres');
  others.push(database);
  return database;
}

/** The SQLSTATE by which a statement was refused; nothing where it was not. */
async function refusedBy(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return '';
  } catch (error) {
    if (error instanceof DatabaseError) return error.code;
    throw error;
  }
}

async function dumpOf(url: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('pg_dump', [...args, '-d', url], { maxBuffer: 100_000_000 });
  // A key of a random kind in newer versions.
  return stdout.replaceAll(/^\\(?:un)?restrict .*$/gm, '');
}

describe.each(['postgres', 'pglite'] as const)('the guard on %s', (flavour) => {
  test('refuses every kind of structural statement, and lets rows and temporary things through', async () => {
    own = await desk(flavour, first);
    await own.query(...ddlGround);
    expect(await own.lockstep('guard', 'on')).toMatchObject({ code: 0 });
    const connection = await own.database.connect();
    try {
      for (const sql of ddlStatements) expect(`${sql}: ${await refusedBy(() => connection.query(sql))}`).toBe(`${sql}: LS001`);
      for (const sql of freeStatements) expect(`${sql}: ${await refusedBy(() => connection.query(sql))}`).toBe(`${sql}: `);
      // A session that has something temporary is judged by what each statement did.
      await connection.query('CREATE TEMPORARY TABLE tmp (a integer)');
      for (const sql of ddlStatements) expect(`${sql}: ${await refusedBy(() => connection.query(sql))}`).toBe(`${sql}: LS001`);
    } finally {
      await connection.close();
    }
    expect(await own.lockstep('guard', 'off')).toMatchObject({ code: 0 });
  });

  test('is opened by a check-out for every tool, and closed by the check-in', async () => {
    own = await desk(flavour, first);
    expect(await own.lockstep('guard', 'on')).toMatchObject({ code: 0 });
    expect(await own.lockstep('up')).toMatchObject({ code: 0 });
    await expect(own.query('CREATE TABLE b (id integer)')).rejects.toThrow('checked in');
    expect(await own.lockstep('checkout', '-m', 'b')).toMatchObject({ code: 0 });
    const connection = await own.database.connect();
    try {
      await connection.query(ddlGround[0] ?? '');
      await connection.query("ALTER TABLE t ADD COLUMN c text; COMMENT ON TABLE t IS 'x'");
      await connection.query('DROP TABLE t');
      await connection.query('CREATE TABLE b (id integer NOT NULL PRIMARY KEY)');
    } finally {
      await connection.close();
    }
    const seen = dataOf<{ readonly statements: readonly { readonly text: string; readonly objects: readonly string[] }[] }>(
      await own.lockstep('recorded', '--json'),
    );
    expect(seen.statements.map(({ text }) => text)).toEqual([
      ddlGround[0],
      "ALTER TABLE t ADD COLUMN c text; COMMENT ON TABLE t IS 'x'",
      'DROP TABLE t',
      'CREATE TABLE b (id integer NOT NULL PRIMARY KEY)',
    ]);
    expect(seen.statements.at(-1)?.objects).toContain('table public.b');
    expect((await own.lockstep('recorded', 'drop', '1')).stdout).toContain('3 structural statements');
    const done = await own.lockstep('checkin');
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('3 structural statements seen, 1 net') });
    await expect(own.query('DROP TABLE b')).rejects.toThrow('checked in');
    // What runs as a migration passes, in both directions.
    expect(await own.lockstep('down', '--yes', '--allow', 'destructive')).toMatchObject({ code: 0 });
    expect(await own.lockstep('up')).toMatchObject({ code: 0 });
    expect(await own.lockstep('drift')).toMatchObject({ code: 0 });
  });
});

test('inside a check-out every kind of statement passes', async () => {
  own = await desk('postgres', first);
  await own.query(...ddlGround);
  await own.lockstep('guard', 'on');
  expect(await own.lockstep('checkout', '-m', 'all of it', '--with-drift')).toMatchObject({ code: 0 });
  const connection = await own.database.connect();
  try {
    for (const sql of ddlStatements) {
      const apart = sql.includes('CONCURRENTLY');
      if (!apart) await connection.query('BEGIN');
      expect(await refusedBy(() => connection.query(sql)), sql).not.toBe('LS001');
      if (!apart) await connection.query('ROLLBACK');
    }
  } finally {
    await connection.close();
  }
});

test('leaves no trace, is in no comparison and no dump, and a dump of the database is restored with it', async () => {
  own = await desk('postgres', first);
  await own.lockstep('up');
  await own.query('CREATE TABLE more (id integer PRIMARY KEY, b text)', "INSERT INTO more VALUES (1, 'x')");
  const [before, structure] = [await dumpOf(own.database.url), await own.lockstep('dump')];
  await own.lockstep('guard', 'on');
  expect((await own.lockstep('dump')).stdout).toBe(structure.stdout);
  expect((await own.lockstep('drift', '--json')).stdout).not.toContain('lockstep_guard');
  expect((await own.lockstep('checkout', '-m', 'x', '--with-drift')).code).toBe(0);
  await own.query('ALTER TABLE more ADD COLUMN c integer', 'ALTER TABLE more DROP COLUMN c');
  await own.lockstep('release');

  // A dump that is restored elsewhere has its rows, and the guard.
  const guarded = await dumpOf(own.database.url, '--inserts');
  const copy = await elsewhere();
  const connection = await copy.connect();
  try {
    for (const sql of plainStatements(guarded)) await connection.query(sql);
    expect(await refusedBy(() => connection.query('DROP TABLE more'))).toBe('LS001');
  } finally {
    await connection.close();
  }
  expect(await rowsOf(copy, 'SELECT count(*) FROM lockstep_guard.guard')).toEqual(['1']);
  expect(await own.on(copy, 'guard', 'status')).toMatchObject({ code: 0, stdout: expect.stringContaining('are refused') });
  // What was open there is not open for ever: nothing of a session or a check-out counts in another server.
  await expect(copyQuery(copy, 'DROP TABLE more')).rejects.toThrow('checked in');

  expect(await own.lockstep('guard', 'off')).toMatchObject({ code: 0 });
  expect(await dumpOf(own.database.url)).toBe(before);
  expect(await rowsOf(own.database, "SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'lockstep%'")).toEqual(['0']);
});

async function copyQuery(database: TestDatabase, sql: string): Promise<void> {
  const connection = await database.connect();
  try {
    await connection.query(sql);
  } finally {
    await connection.close();
  }
}

/** The statements of a dump, without the words of psql; rows travel as INSERT. */
function plainStatements(dump: string): readonly string[] {
  return postgres.split(dump).statements.map(({ sql }) => sql);
}

test('a check-out by token opens it only for sessions that present the token', async () => {
  own = await desk('postgres', first);
  await own.lockstep('up');
  await own.lockstep('guard', 'on');
  const out = await own.lockstep('checkout', '-m', 'shared', '--by-token', '--json');
  const { present } = dataOf<{ readonly present: string }>(out);
  await expect(own.query('CREATE TABLE b (id integer PRIMARY KEY)')).rejects.toThrow('is checked out by');
  await own.query(present, 'CREATE TABLE b (id integer PRIMARY KEY)');
  expect(await own.lockstep('sql', 'CREATE INDEX b_id ON b (id)')).toMatchObject({ code: 0 });
  const token = /'([0-9a-f]{32})'/.exec(present)?.[1] ?? '';
  expect(await rowsOf(own.database, 'SELECT token FROM lockstep_guard.opened')).not.toContain(token);
  expect(await own.lockstep('checkin')).toMatchObject({ code: 0, stdout: expect.stringContaining('2 structural statements seen') });
});

test('a check-out whose time is over opens nothing any more', async () => {
  own = await desk('postgres', first);
  await own.lockstep('up');
  await own.lockstep('guard', 'on');
  await own.lockstep('checkout', '-m', 'short');
  await own.query("UPDATE lockstep_guard.opened SET until = now() - interval '1 second'");
  await expect(own.query('DROP TABLE a')).rejects.toThrow('checked in');
  // Asked again it is prolonged, and open again.
  expect(await own.lockstep('checkout', '-m', 'short')).toMatchObject({ code: 0 });
  await own.query('CREATE TABLE b (id integer PRIMARY KEY)');
});

test('says what of it was switched off, and can be put up only by who may make event triggers', async () => {
  own = await desk('postgres', first);
  const role = await makeRole(own.database, 'secret');
  await asOwner(own.database, `GRANT ALL ON SCHEMA public TO ${role.name}`, `ALTER ROLE ${role.name} CREATEDB`);
  const theirs = { ...own.database, url: role.url };
  expect(await own.on(theirs, 'guard', 'on')).toMatchObject({ code: 2, stderr: expect.stringContaining('superuser') });
  expect(await rowsOf(own.database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'lockstep_guard'")).toEqual(['0']);
  expect(await own.lockstep('guard', 'on')).toMatchObject({ code: 0 });

  // Who may change the structure, but has put up nothing, migrates through it and is refused beside it.
  expect(await own.on(theirs, 'up')).toMatchObject({ code: 0 });
  expect(await own.on(theirs, 'sql', 'CREATE TABLE b (id integer)')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('guard.refused'),
  });
  expect(await own.on(theirs, 'checkout', '-m', 'mine', '--with-drift')).toMatchObject({ code: 0, stderr: '' });
  expect(await own.on(theirs, 'sql', 'CREATE TABLE b (id integer NOT NULL PRIMARY KEY)')).toMatchObject({ code: 0 });
  expect(await own.on(theirs, 'release')).toMatchObject({ code: 0 });
  expect(await own.on(theirs, 'sql', 'DROP TABLE b')).toMatchObject({ code: 3 });

  await own.query('ALTER EVENT TRIGGER lockstep_guard_start DISABLE');
  expect(await own.lockstep('guard', 'status')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('lockstep_guard_start is switched off'),
  });
  await own.query('ALTER EVENT TRIGGER lockstep_guard_start ENABLE', 'DROP EVENT TRIGGER lockstep_guard_drop');
  expect(await own.lockstep('guard', 'status')).toMatchObject({ code: 1, stdout: expect.stringContaining('lockstep_guard_drop is gone') });
  expect(await own.lockstep('guard', 'off')).toMatchObject({ code: 0 });
  await role.drop();
});

test.each(['sqlite', 'mariadb'] as const)('%s cannot refuse: that is said, with what is noticed there', async (flavour) => {
  own = await desk(flavour, first);
  await own.lockstep('up');
  expect(await own.lockstep('guard', 'on')).toMatchObject({ code: 3, stderr: expect.stringContaining('guard.unsupported') });
  expect(await own.lockstep('guard', 'status')).toMatchObject({ code: 0, stdout: expect.stringContaining('seen as drift') });
  expect(await own.lockstep('guard', 'off')).toMatchObject({ code: 0 });
});
