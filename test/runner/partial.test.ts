import { expect, test } from 'vitest';
import { endSession, onDatabase, openSessionWith, sessionAt } from '../support/activity.ts';
import { contentsOf } from '../support/crash.ts';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { brokenRun, databaseWith, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';

interface Fault {
  readonly flavour: Flavour;
  readonly file: string;
  readonly text: string;
  /** What is wrong, and what makes it right. */
  readonly mend: readonly [wrong: string, right: string];
  /** The number of the statement that fails, of how many. */
  readonly at: readonly [number, number];
}

const nowhere = ['INSERT INTO nowhere VALUES (1)', 'INSERT INTO a VALUES (8)'] as const;
const duplicates = [', unique: true', ''] as const;

function script(middle: string, back: string): string {
  return `-- lockstep:up
INSERT INTO a VALUES (7);
CREATE TABLE b (id integer);${middle}
INSERT INTO nowhere VALUES (1);
CREATE TABLE e (id integer);
-- lockstep:down
DROP TABLE e;${back}
DROP TABLE b;
DELETE FROM a WHERE id = 7;`;
}

function changes(concurrently: string): string {
  return `up:
  - createTable: { name: b, columns: [{ name: id, type: integer }] }
  - createIndex: { table: b, name: b_id, columns: [id]${concurrently} }
  - createIndex: { table: a, name: a_id, columns: [id], unique: true${concurrently} }
  - createTable: { name: e, columns: [{ name: id, type: integer }] }`;
}

/** Migrations that fail behind a statement that no transaction holds. */
const faults: Readonly<Record<string, Fault>> = {
  'SQL on sqlite': { flavour: 'sqlite', file: '002_b.sql', text: script('\nVACUUM;', ''), mend: nowhere, at: [4, 5] },
  'SQL on postgres': {
    flavour: 'postgres',
    file: '002_b.sql',
    text: script('\nCREATE INDEX CONCURRENTLY b_id ON b (id);', '\nDROP INDEX b_id;'),
    mend: nowhere,
    at: [4, 5],
  },
  'SQL on mariadb': { flavour: 'mariadb', file: '002_b.sql', text: script('', ''), mend: nowhere, at: [3, 4] },
  'changes on postgres': { flavour: 'postgres', file: '002_b.yaml', text: changes(', concurrently: true'), mend: duplicates, at: [3, 4] },
  'changes on mariadb': { flavour: 'mariadb', file: '002_b.yaml', text: changes(''), mend: duplicates, at: [3, 4] },
};

test.each(Object.keys(faults))('%s: the finished part of a migration that failed is taken back, and mended it goes up', async (name) => {
  const fault = faults[name];
  if (fault === undefined) throw new Error(name);
  const { flavour, file, text, mend, at } = fault;
  const made = ['CREATE TABLE a (id integer)', 'INSERT INTO a VALUES (1), (1)'];
  const database = await databaseWith(flavour, ...made);
  const before = await contentsOf(database, ['a']);
  const project = sandbox({ [`migrations/${file}`]: text });
  const env = { DATABASE_URL: database.url };
  const [statement, of] = at;
  expect(brokenRun(await project.run(['up', '--json'], { env }))).toMatchObject({
    code: 2,
    codes: ['migration.failed'],
    message: expect.stringContaining(`002_b failed at statement ${statement} of ${of}`),
    state: expect.stringMatching(new RegExp(`^NOT rolled back: statements 1–${statement - 1} of ${of} of 002_b stay and are journalled`)),
    at: '',
  });
  expect(await contentsOf(database, ['a'])).not.toBe(before);
  expect(brokenRun(await project.run(['down', '--partial', '--yes', '--json'], { env }))).toMatchObject({
    code: 0,
    done: ['002_b'],
    at: '',
  });
  expect(await contentsOf(database, ['a'])).toBe(before);
  project.write(`migrations/${file}`, text.replace(...mend));
  expect(await upToEnd(project, database, ['a', 'b', 'e'])).toEqual(
    await undisturbed(flavour, project, { tables: ['a', 'b', 'e'], before: made }),
  );
  await database.drop();
});

test('without a terminal nothing is taken back unasked, and a dry run takes back nothing', async () => {
  const database = await databaseWith('sqlite', 'CREATE TABLE a (id integer)');
  const project = sandbox({ 'migrations/002_b.sql': script('\nVACUUM;', '') });
  const env = { DATABASE_URL: database.url };
  expect((await project.run(['up'], { env })).code).toBe(2);
  const before = await contentsOf(database, ['a', 'b']);
  expect(brokenRun(await project.run(['down', '--partial', '--json'], { env }))).toMatchObject({ code: 5, codes: ['confirm.needed'] });
  const dry = await project.run(['down', '--partial', '--dry-run'], { env });
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/^002_b {3}down .*\n(.*\n)* {2}- table b\n/) });
  expect(dry.stdout).not.toContain('table e');
  expect(await contentsOf(database, ['a', 'b'])).toBe(before);
  await database.drop();
});

test('a way back that cannot be judged touches nothing', async () => {
  const database = await freshDatabase('sqlite');
  const project = sandbox({
    'migrations/001_a.sql': `-- lockstep:up
CREATE TABLE a (id integer);
VACUUM;
INSERT INTO a VALUES (1);
VACUUM;
INSERT INTO a VALUES (2);
INSERT INTO nowhere VALUES (1);
-- lockstep:down
DELETE FROM a WHERE id < 3;
DROP TABLE a;`,
  });
  const env = { DATABASE_URL: database.url };
  expect((await project.run(['up'], { env })).code).toBe(2);
  const before = await contentsOf(database, ['a']);
  const outcome = await project.run(['down', '--partial', '--yes'], { env });
  expect(outcome).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('lockstep mark pending 001_a --reason WHY   when it was undone by hand'),
  });
  expect(outcome.stderr).toContain('it cannot be told whether this undoes something of the finished part: DELETE FROM a WHERE id < 3');
  expect(await contentsOf(database, ['a'])).toBe(before);
  await database.drop();
});

test('taking back that breaks off goes on where it stopped, whatever has become of the file', async () => {
  const database = await freshDatabase('mariadb');
  const text = script('', '\nDROP TABLE d;').replace(
    'CREATE TABLE b (id integer);',
    'CREATE TABLE b (id integer);\nCREATE TABLE d (id integer);',
  );
  const project = sandbox({ 'migrations/001_a.sql': 'CREATE TABLE a (id integer)', 'migrations/002_b.sql': text });
  const env = { DATABASE_URL: database.url };
  expect((await project.run(['up'], { env })).code).toBe(2);
  const other = await openSessionWith(database, 'START TRANSACTION', 'SELECT * FROM b');
  const running = project.start(['down', '--partial', '--yes', '--json'], { env });
  await endSession(database, await sessionAt(database, 'DROP TABLE b'));
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    state:
      'NOT rolled back: statement 1 of 3 of 002_b stays and is journalled; statement 2 was under way, and the next run looks whether it was finished',
    failed: ['002_b'],
  });
  await other.query('ROLLBACK');
  await other.close();
  expect(brokenRun(await project.run(['up', '--json'], { env }))).toMatchObject({
    code: 2,
    codes: ['migration.failed'],
    state: expect.stringContaining('of its way back are done'),
  });
  project.write('migrations/002_b.sql', 'INSERT INTO a VALUES (9)');
  expect(brokenRun(await project.run(['down', '--partial', '--yes', '--json'], { env }))).toMatchObject({ code: 0, done: ['002_b'] });
  expect(await onDatabase(database, 'SHOW TABLES')).toHaveLength(3);
  expect(await upToEnd(project, database, ['a'])).toEqual(await undisturbed('mariadb', project, { tables: ['a'] }));
  await database.drop();
});
