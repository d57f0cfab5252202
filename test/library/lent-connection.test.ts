import { readdirSync } from 'node:fs';
import { createPool } from 'mysql2/promise';
import { Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import {
  type CommonOptions,
  type DownOptions,
  doctor,
  down,
  Failure,
  type ListedMigration,
  mark,
  mysql2,
  pg,
  plan,
  type RunEvent,
  type RunReport,
  redo,
  type StatusReport,
  status,
  to,
  test as tryOut,
  up,
  verify,
} from '../../src/index.ts';
import { flavours, freshFolder } from '../support/database.ts';
import { lend } from '../support/lent.ts';

const migrations: readonly ListedMigration[] = [
  { name: '001_users', sql: 'CREATE TABLE users (id integer PRIMARY KEY);', down: 'DROP TABLE users;' },
  { name: '002_names.yaml', text: 'up:\n  - addColumn: { table: users, name: name, type: varchar(20) }\n' },
  {
    name: '003_first',
    up: ({ schema }: { schema: { insert(into: string, rows: readonly unknown[]): void } }) =>
      schema.insert('users', [{ id: 1, name: 'Ada' }]),
    down: ({ sql }: { sql: (text: TemplateStringsArray) => void }) => sql`DELETE FROM users`,
  },
];

const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof Failure ? error.code : error),
  );

describe.each(flavours)('a connection of the program’s own, on %s', (flavour) => {
  test('carries every command, with migrations of a list and no file', async () => {
    const lent = await lend(flavour);
    const cwd = freshFolder();
    const options: CommonOptions & DownOptions = { driver: lent.driver(), migrations, cwd, env: { USER: 'tester' }, yes: true };
    const before = await status(options);
    expect(before satisfies StatusReport).toMatchObject({ upToDate: false, counts: { pending: 3, applied: 0 } });
    expect((await plan(options)).steps.map((step) => [step.id, step.back])).toEqual([
      ['001_users', 'statements'],
      ['002_names', expect.stringMatching(/^(statements|at run time)$/)],
      ['003_first', 'file'],
    ]);
    const report: RunReport = await up(options);
    expect(report.done.map((item) => item.id)).toEqual(['001_users', '002_names', '003_first']);
    expect(report.failures).toEqual([]);
    expect(await lent.query('SELECT id, name FROM users')).toEqual([{ id: 1, name: 'Ada' }]);
    expect((await status(options)).migrations.map((one) => [one.id, one.state, one.by])).toEqual([
      ['001_users', 'applied', 'tester'],
      ['002_names', 'applied', 'tester'],
      ['003_first', 'applied', 'tester'],
    ]);
    expect((await verify(options)).problems).toEqual([]);
    expect((await doctor(options)).healthy).toBe(true);
    expect((await redo(options)).done.map((item) => `${item.direction} ${item.id}`)).toEqual(['down 003_first', 'up 003_first']);
    expect((await to({ ...options, to: '001' })).done.map((item) => item.id)).toEqual(['003_first', '002_names']);
    expect((await down({ ...options, count: 'all' })).done.map((item) => item.id)).toEqual(['001_users']);
    expect(await mark({ ...options, mark: 'applied', id: '001', reason: 'by hand' })).toMatchObject({ id: '001_users', from: 'reverted' });
    expect(readdirSync(cwd)).toEqual([]);
    await lent.close();
  });

  test('stays open, and its settings are as before, whatever migrations set and however a run ends', async () => {
    const lent = await lend(flavour);
    const before = await lent.settings();
    const setting = {
      sqlite: 'PRAGMA recursive_triggers = OFF; PRAGMA ignore_check_constraints = ON;',
      pglite: 'SET search_path = pg_temp; SET statement_timeout = 0; SET work_mem = 1024;',
      postgres: 'SET search_path = pg_temp; SET statement_timeout = 0; SET work_mem = 1024;',
      mariadb: `SET sql_mode = '', foreign_key_checks = 1, time_zone = 'SYSTEM', autocommit = 1;`,
    }[flavour];
    const list: ListedMigration[] = [
      { name: '001_a', sql: `CREATE TABLE a (id integer);` },
      { name: '002_set', sql: `${setting}\nSELECT 1;` },
      { name: '003_b', sql: `CREATE TABLE b (id integer);` },
      { name: '004_code', up: async ({ sql }: { sql: { query(text: TemplateStringsArray): Promise<unknown> } }) => sql.query`SELECT 1` },
      { name: '005_bad', sql: `INSERT INTO nowhere VALUES (1);` },
    ];
    const options = { driver: lent.driver(), migrations: list, cwd: freshFolder(), env: {} };
    const report = await up(options);
    expect([report.done.length, report.failed.map((item) => item.id)]).toEqual([4, ['005_bad']]);
    expect(await lent.settings()).toEqual(before);
    expect(await code(up({ ...options, migrations: [...list, { name: '006_c.yaml', text: 'up: [{ dropTabel: a }]' }] }))).toBe(
      'migration.unknown-change',
    );
    expect((await status(options)).counts).toMatchObject({ applied: 4, failed: 1 });
    expect(await lent.settings()).toEqual(before);
    // What a migration set did not reach the next one: both tables are where the program's own settings put them.
    expect([await lent.query('SELECT * FROM a'), await lent.query('SELECT * FROM b')]).toEqual([[], []]);
    if (flavour === 'postgres' || flavour === 'pglite') expect(await lent.query('EXECUTE answer')).toEqual([{ '?column?': 42 }]);
    await lent.close();
  });

  test('is used by one run at a time, also when it is handed in twice', async () => {
    const lent = await lend(flavour);
    const options = { migrations, cwd: freshFolder(), env: {} };
    const reports = await Promise.all([1, 2, 3].map(() => up({ ...options, driver: lent.driver() })));
    expect(reports.flatMap((report) => report.done.map((item) => item.id))).toEqual(['001_users', '002_names', '003_first']);
    expect(reports.flatMap((report) => report.failures)).toEqual([]);
    // A hook that waits for the run which waits for the hook is told so.
    const again = { ...options, driver: lent.driver(), yes: true };
    const heard: unknown[] = [];
    const hook = async (): Promise<void> => void heard.push(await code(status({ ...again, lockTimeoutMs: 100 })));
    await down({ ...again, config: { hooks: { beforeRun: hook } } });
    expect(heard).toEqual(['lock.busy']);
    expect((await status(again)).counts).toMatchObject({ pending: 1, applied: 2 });
    await lent.close();
  });

  test('is left alone by `test`, which needs a database of its own', async () => {
    const lent = await lend(flavour);
    const options = { driver: lent.driver(), migrations, cwd: freshFolder(), env: {} };
    if (flavour === 'postgres' || flavour === 'mariadb') expect(await code(tryOut(options))).toBe('config.no-database');
    else expect(await tryOut(options)).toMatchObject({ passed: true, engines: [{ migrations: 3, reversible: 3 }] });
    expect(await code(lent.query('SELECT * FROM users'))).not.toBe('nothing was refused');
    await lent.close();
  });

  test('tells everything that happens, in order', async () => {
    const lent = await lend(flavour);
    const events: RunEvent[] = [];
    const list: readonly ListedMigration[] = [
      { name: '001_a', sql: 'CREATE TABLE a (id integer);' },
      { name: '002_bad', sql: 'CREATE TABLE b (id integer);\nINSERT INTO nowhere VALUES (1);' },
      { name: '003_c', sql: 'SELECT 1;' },
    ];
    const options = {
      driver: lent.driver(),
      migrations: list,
      cwd: freshFolder(),
      env: {},
      emit: (event: RunEvent) => void events.push(event),
    };
    const report = await up(options);
    const partial = flavour === 'mariadb';
    expect(events.filter((event) => /^(run|migration|error|done)/.test(event.ev))).toEqual([
      { ev: 'run.start', run: report.run, database: report.target, direction: 'up', total: 3, migrations: list.map(({ name }) => name) },
      { ev: 'migration.start', migration: '001_a', direction: 'up', statements: 1 },
      { ev: 'migration.end', migration: '001_a', direction: 'up', outcome: 'done', partial: false, statements: 1, ms: expect.any(Number) },
      { ev: 'migration.start', migration: '002_bad', direction: 'up', statements: 2 },
      { ev: 'error', code: 'migration.failed', message: expect.stringContaining('nowhere'), migration: '002_bad' },
      { ev: 'migration.end', migration: '002_bad', direction: 'up', outcome: 'failed', partial, statements: 2, ms: expect.any(Number) },
      { ev: 'done', done: 1, failed: 1, untouched: 1, ms: expect.any(Number) },
    ]);
    expect(report).toMatchObject({
      done: [{ id: '001_a' }],
      failed: [{ id: '002_bad', partial, problem: { code: 'migration.failed', file: '002_bad.sql', line: 2 } }],
      untouched: [{ id: '003_c' }],
      at: { app: '001_a' },
    });
    await lent.close();
  });
});

test('a pool is refused, because each of its queries may go to another session', async () => {
  const pool = new Pool();
  const other = createPool({});
  expect(() => pg({ client: pool as never })).toThrow('pg({ client }) takes one connection, not a pool');
  expect(() => mysql2({ connection: other as never })).toThrow('mysql2({ connection }) takes one connection, not a pool');
  await pool.end();
  await other.end();
});
