import { expect, test } from 'vitest';
import { endSession, onDatabase, openSessionWith, sessionAt } from '../support/activity.ts';
import type { TestDatabase } from '../support/database.ts';
import { brokenRun, databaseWith, undisturbed, upToEnd } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const tables = ['a', 'c'];

/** The same index, by each of the ways to ask for it. */
const forms = {
  SQL: ['002_b.sql', 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)'],
  'a change': ['002_b.yaml', 'up:\n  - createIndex: { table: a, name: a_id, columns: [id], unique: true, concurrently: true }'],
} as const;
const names = Object.keys(forms) as (keyof typeof forms)[];

const before = ['CREATE TABLE a (id integer)'];

/** A project whose first migration builds the index, and a database with the table. */
async function begin(form: keyof typeof forms): Promise<{ readonly project: Sandbox; readonly database: TestDatabase }> {
  const [file, text] = forms[form];
  const project = sandbox({ [`migrations/${file}`]: text, 'migrations/003_c.sql': 'CREATE TABLE c (id integer)' });
  return { project, database: await databaseWith('postgres', ...before) };
}

async function validity(database: TestDatabase): Promise<unknown> {
  const rows = await onDatabase(database, "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('a_id')");
  return rows.map(({ valid }) => valid);
}

test.each(names)('a build by %s that meets duplicates is reported until the rows are mended, and then done again', async (form) => {
  const { project, database } = await begin(form);
  const env = { DATABASE_URL: database.url };
  await onDatabase(database, 'INSERT INTO a VALUES (1), (1)');
  for (const warned of [false, true]) {
    const outcome = await project.run(['up', '--json=stream'], { env });
    expect(brokenRun(outcome)).toEqual({
      code: 2,
      codes: ['migration.failed'],
      state: 'NOT rolled back: index a_id is left behind and not valid; `lockstep up` drops it and builds it again',
      message: 'migration 002_b failed at statement 1 of 1: could not create unique index "a_id"',
      done: [],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '',
    });
    expect(outcome.stdout.includes('"code":"index.invalid"')).toBe(warned);
    expect(await validity(database)).toEqual([false]);
  }
  const status = await project.run(['status', '--exit-code'], { env });
  expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/✖ 002_b .*index a_id is left behind and not valid/) });
  expect((await project.run(['doctor'], { env })).stdout).toContain('index a_id on a is not valid');
  await onDatabase(database, 'DELETE FROM a');
  expect(await upToEnd(project, database, tables)).toEqual(await undisturbed('postgres', project, { tables, before }));
  expect(await validity(database)).toEqual([true]);
  await database.drop();
});

test.each(names)('a build by %s whose session was ended is done again', async (form) => {
  const { project, database } = await begin(form);
  const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
  const running = project.start(['up', '--json'], { env: { DATABASE_URL: database.url } });
  await endSession(database, await sessionAt(database, 'a_id'));
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    state: 'NOT rolled back: statement 1 was under way, and the next run looks whether it was finished',
    failed: ['002_b'],
  });
  expect(await validity(database)).toEqual([false]);
  await other.query('ROLLBACK');
  await other.close();
  expect(await upToEnd(project, database, tables)).toEqual(await undisturbed('postgres', project, { tables, before }));
  expect(await validity(database)).toEqual([true]);
  await database.drop();
});

test('a build that was given up because another session held the table is done again', async () => {
  const { project, database } = await begin('SQL');
  const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
  const outcome = await project.run(['up', '--json', '--lock-timeout', '500ms'], { env: { DATABASE_URL: database.url } });
  expect(brokenRun(outcome)).toMatchObject({ code: 2, codes: ['database.busy'], failed: ['002_b'] });
  expect(await validity(database)).toEqual([false]);
  await other.query('ROLLBACK');
  await other.close();
  expect(await upToEnd(project, database, tables)).toEqual(await undisturbed('postgres', project, { tables, before }));
  expect(await validity(database)).toEqual([true]);
  await database.drop();
});
