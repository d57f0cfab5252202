import { expect, test } from 'vitest';
import { onDatabase } from '../support/activity.ts';
import type { TestDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { type Broken, brokenRun, databaseWith, endingOf, undisturbed, upToEnd } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const tables = ['a', 'b'];
const files = {
  'migrations/002_b.yaml': 'up:\n  - createTable: { name: b, columns: [{ name: id, type: integer }] }',
  'migrations/003_c.sql': 'INSERT INTO b VALUES (1)',
};

interface Planned {
  readonly database: TestDatabase;
  readonly project: Sandbox;
  readonly env: { readonly DATABASE_URL: string };
}

const made = ['CREATE TABLE a (id integer)', 'INSERT INTO a VALUES (1)'];

/** A database with a table of its own, and a plan for the migrations. */
async function planned(flavour: 'sqlite' | 'postgres' | 'mariadb', ...flags: readonly string[]): Promise<Planned> {
  const database = await databaseWith(flavour, ...made);
  const project = sandbox(files);
  const env = { DATABASE_URL: database.url };
  const plan = await project.run(['plan', '-o', 'plan.json', ...flags], { env });
  expect(plan, plan.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Saved to plan.json.  lockstep up --plan plan.json'),
  });
  return { database, project, env };
}

const different = 'migrations were applied, taken back, added or removed since';
const restructured = 'the structure of the database has changed since';

test.each((['postgres', 'sqlite', 'mariadb'] as const).slice(0, rounds(1, 3)))(
  'on %s a saved plan runs exactly what it says, once',
  async (flavour) => {
    const { database, project, env } = await planned(flavour);
    const run = async (): Promise<Broken> => brokenRun(await project.run(['up', '--json', '--plan', 'plan.json'], { env }));
    const stale = { code: 3, codes: ['plan.stale'], state: 'nothing was run' };
    await onDatabase(database, 'CREATE TABLE other (id integer)');
    expect(await run()).toMatchObject({ ...stale, message: `the plan "plan.json" does not fit any more: ${restructured}` });
    // What was changed and changed back is as it was.
    await onDatabase(database, 'DROP TABLE other');
    expect(await run()).toMatchObject({ code: 0, codes: [], done: ['002_b', '003_c'] });
    expect(await run()).toMatchObject({ ...stale, message: expect.stringContaining(`${different}; ${restructured}`) });
    expect(await endingOf(database, tables)).toEqual(await undisturbed(flavour, project, { tables, before: made }));
    await database.drop();
  },
);

test('a saved plan is refused as long as files or history are others', async () => {
  const { database, project, env } = await planned('sqlite');
  const [file, text] = ['migrations/003_c.sql', files['migrations/003_c.sql']];
  const refused = async (why: string): Promise<void> => {
    const broken = brokenRun(await project.run(['up', '--json', '--plan', 'plan.json'], { env }));
    expect(broken).toMatchObject({ code: 3, codes: ['plan.stale'], state: 'nothing was run' });
    expect(broken.message).toContain(why);
    // A run that is refused does not even make the history's tables.
    expect(await onDatabase(database, "SELECT name FROM sqlite_master WHERE name LIKE 'lockstep%'")).toEqual([]);
  };
  project.write(file, 'INSERT INTO b VALUES (2)');
  await refused('003_c is another one now');
  project.remove(file);
  await refused('the file of 003_c is gone');
  project.write(file, text);
  project.write('migrations/004_d.sql', 'INSERT INTO b VALUES (4)');
  await refused(different);
  project.remove('migrations/004_d.sql');
  expect(await project.run(['up', '--plan', 'plan.json'], { env })).toMatchObject({ code: 0 });
  await database.drop();
});

test('a plan is refused on another database', async () => {
  const { database, project } = await planned('sqlite');
  const env = { DATABASE_URL: 'sqlite:./other.db' };
  const broken = brokenRun(await project.run(['up', '--json', '--plan', 'plan.json'], { env }));
  expect(broken).toMatchObject({ code: 3, codes: ['plan.stale'] });
  expect(broken.message).toContain('it was made for the database test.db, this is other.db');
  await database.drop();
});

test('what a plan allows to be lost may be lost when it runs', async () => {
  const database = await databaseWith('sqlite', ...made);
  const project = sandbox({ 'migrations/002_b.sql': 'DROP TABLE a' });
  const env = { DATABASE_URL: database.url };
  expect((await project.run(['plan', '-o', 'careful.json'], { env })).code).toBe(0);
  expect((await project.run(['plan', '-o', 'plan.json', '--allow', 'destructive:a'], { env })).code).toBe(0);
  expect(brokenRun(await project.run(['up', '--json', '--plan', 'careful.json'], { env }))).toMatchObject({
    code: 3,
    codes: ['destructive.not-allowed'],
    state: 'nothing was run',
  });
  expect(brokenRun(await project.run(['up', '--json', '--plan', 'plan.json'], { env }))).toMatchObject({ code: 0, done: ['002_b'] });
  await database.drop();
});

test('a plan up to a migration leaves the rest', async () => {
  const { database, project, env } = await planned('sqlite', '--to', '002');
  const run = await project.run(['up', '--json', '--plan', 'plan.json'], { env });
  expect(brokenRun(run)).toMatchObject({ code: 0, codes: [], done: ['002_b'], untouched: [] });
  expect(await upToEnd(project, database, tables)).toEqual(await undisturbed('sqlite', project, { tables, before: made }));
  await database.drop();
});

test.each([
  ['no file', undefined],
  ['no JSON', 'plan'],
  ['no plan', '{}'],
])('a saved plan that is %s is refused', async (_, text) => {
  const project = sandbox({ ...files, ...(text === undefined ? {} : { 'plan.json': text }) });
  const outcome = await project.run(['up', '--json', '--plan', 'plan.json'], { env: { DATABASE_URL: 'sqlite:./app.db' } });
  expect(brokenRun(outcome)).toMatchObject({ code: 64, codes: ['usage.invalid-value'] });
});

test('a plan that takes something back is not saved', async () => {
  const { database, project, env } = await planned('sqlite');
  expect((await project.run(['up', '--to', '002'], { env })).code).toBe(0);
  const outcome = await project.run(['plan', '--json', '--down', '1', '-o', 'down.json'], { env });
  expect(brokenRun(outcome)).toMatchObject({ code: 64, codes: ['usage.invalid-value'] });
  expect(() => project.read('down.json')).toThrow('ENOENT');
  await database.drop();
});
