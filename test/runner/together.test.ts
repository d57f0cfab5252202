import { describe, expect, test } from 'vitest';
import { onDatabase } from '../support/activity.ts';
import { contentsOf } from '../support/crash.ts';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { brokenRun, endingOf, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';

const good = 'INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);';
const bad = 'INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);';
const files = {
  'migrations/001_a.sql': 'CREATE TABLE a (id integer PRIMARY KEY)',
  'migrations/002_b.yaml': 'up:\n  - createTable: { name: b, columns: [{ name: id, type: integer, primaryKey: true }] }',
  'migrations/003_c.sql': good,
};

describe.each((['sqlite', 'postgres', 'pglite'] as const satisfies readonly Flavour[]).slice(0, rounds(2, 3)))('on %s', (flavour) => {
  test('one transaction around a run: a failure in the last migration undoes all, and mended it is done', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...files, 'migrations/003_c.sql': bad });
    const env = { DATABASE_URL: database.url };
    const before = await contentsOf(database, []);
    expect(brokenRun(await project.run(['up', '--json', '--transaction', 'all'], { env }))).toMatchObject({
      code: 2,
      codes: ['migration.failed'],
      message: expect.stringContaining('003_c failed at statement 2 of 2'),
      state: 'rolled back: nothing of this run remains',
      done: [],
      failed: ['003_c'],
      untouched: ['001_a', '002_b'],
      at: '',
    });
    expect(await contentsOf(database, [])).toBe(before);
    expect(await onDatabase(database, 'SELECT id, state FROM lockstep_history')).toEqual([{ id: '003_c', state: 'failed' }]);
    expect(await onDatabase(database, 'SELECT event, migration FROM lockstep_log')).toEqual([{ event: 'failed', migration: '003_c' }]);

    project.write('migrations/003_c.sql', good);
    const whole = await project.run(['up', '--transaction', 'all'], { env });
    expect(whole.code, whole.stderr).toBe(0);
    const wanted = await undisturbed(flavour, project, { tables: ['a', 'b'] });
    expect(await endingOf(database, ['a', 'b'])).toEqual(wanted);
    await database.drop();
  });

  test('a rehearsal tells what would fail, and leaves nothing behind whether it fails or not', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...files, 'migrations/003_c.sql': bad });
    const env = { DATABASE_URL: database.url };
    const tablesOf =
      flavour === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table'"
        : "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    const failing = brokenRun(await project.run(['up', '--json', '--rehearse'], { env }));
    expect(failing).toMatchObject({
      code: 2,
      codes: ['migration.failed'],
      state: 'rolled back: nothing of this run remains',
      failed: ['003_c'],
    });
    expect(await onDatabase(database, tablesOf)).toEqual([]);
    project.write('migrations/003_c.sql', good);
    const rehearsed = await project.run(['up', '--rehearse'], { env });
    expect(rehearsed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✔ 3 migrations rehearsed in .* and rolled back\. Nothing was changed\./),
    });
    expect(await onDatabase(database, tablesOf)).toEqual([]);
    await database.drop();
  });
});

test.each(['--transaction=all', '--rehearse'])('%s is refused where structural statements cannot be undone', async (flag) => {
  const database = await freshDatabase('mariadb');
  const outcome = await sandbox(files).run(['up', '--json', flag], { env: { DATABASE_URL: database.url } });
  expect(brokenRun(outcome)).toMatchObject({
    code: 3,
    codes: ['run.not-one-transaction'],
    message: expect.stringMatching(/^MariaDB .* commits structural statements by itself/),
    state: 'nothing was run',
  });
  expect(await onDatabase(database, "SHOW TABLES LIKE 'a'")).toEqual([]);
  await database.drop();
});

test('migrations that cannot share a transaction are named, and nothing is run', async () => {
  const database = await freshDatabase('postgres');
  const project = sandbox({
    ...files,
    'migrations/004_d.sql': 'CREATE INDEX CONCURRENTLY a_id ON a (id)',
    'migrations/005_e.sql': 'VACUUM a',
  });
  const outcome = await project.run(['up', '--json', '--transaction', 'all'], { env: { DATABASE_URL: database.url } });
  expect(brokenRun(outcome)).toMatchObject({
    code: 3,
    codes: ['run.not-one-transaction'],
    message: '2 migrations cannot share a transaction with others: 004_d, 005_e',
    state: 'nothing was run',
  });
  expect(await onDatabase(database, "SELECT to_regclass('a') AS a")).toEqual([{ a: null }]);
  await database.drop();
});

test('code that commits parts of its own is refused in the one transaction of a run, which is undone', async () => {
  const database = await freshDatabase('sqlite');
  const code = `import { migration } from 'lockstep';
    export default migration({ async up({ sql, step }) { await step('one', () => sql.query\`INSERT INTO a VALUES (1)\`); } });`;
  const project = sandbox({ 'migrations/001_a.sql': files['migrations/001_a.sql'], 'migrations/002_b.mjs': code });
  const outcome = await project.run(['up', '--json', '--transaction', 'all'], { env: { DATABASE_URL: database.url } });
  expect(brokenRun(outcome)).toMatchObject({
    code: 3,
    codes: ['run.not-one-transaction'],
    state: 'rolled back: nothing of this run remains',
    done: [],
    failed: ['002_b'],
    untouched: ['001_a'],
    at: '',
  });
  await database.drop();
});

const deferred = {
  'migrations/001_a.sql': `CREATE TABLE p (id integer PRIMARY KEY);
    CREATE TABLE a (id integer PRIMARY KEY, p integer REFERENCES p DEFERRABLE INITIALLY DEFERRED);`,
  'migrations/002_b.sql': 'INSERT INTO a VALUES (1, 7);',
};

test.each([
  [
    'each',
    {
      message: expect.stringContaining('002_b failed when it was committed: '),
      state: 'rolled back: nothing of 002_b remains',
      done: ['001_a'],
      at: '001_a',
    },
  ],
  [
    'all',
    {
      message: expect.stringContaining('the transaction around the run failed: '),
      state: 'rolled back: nothing of this run remains',
      done: [],
      at: '',
    },
  ],
] as const)('a COMMIT that PostgreSQL refuses undoes the transaction, with --transaction %s', async (scope, said) => {
  const database = await freshDatabase('postgres');
  const project = sandbox(deferred);
  const outcome = await project.run(['up', '--json', '--transaction', scope], { env: { DATABASE_URL: database.url } });
  expect(brokenRun(outcome)).toMatchObject({ code: 2, codes: ['migration.failed'], failed: ['002_b'], ...said });
  project.write('migrations/002_b.sql', 'INSERT INTO p VALUES (7);\nINSERT INTO a VALUES (1, 7);');
  expect(await upToEnd(project, database, ['a', 'p'])).toEqual(await undisturbed('postgres', project, { tables: ['a', 'p'] }));
  await database.drop();
});
