import { expect, test } from 'vitest';
import { endSession, holdTable, linger, onDatabase, openSessionWith, sessionAt, sessionOfProgram } from '../support/activity.ts';
import { freshDatabase } from '../support/database.ts';
import { brokenRun, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';

const flavours = ['postgres', 'mariadb'] as const;
const tables = ['a', 'c'];

const first = { 'migrations/001_a.sql': 'CREATE TABLE a (id integer)' };
const last = { 'migrations/003_c.sql': 'CREATE TABLE c (id integer)' };

test.each(flavours)('%s ends the session inside a transaction', async (flavour) => {
  const database = await freshDatabase(flavour);
  const project = sandbox({
    ...first,
    'migrations/002_slow.sql': `INSERT INTO a VALUES (1);\n${linger(flavour)};\nINSERT INTO a VALUES (2);`,
    ...last,
  });
  const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
  await onDatabase(database, ...holdTable(true));
  const running = project.start(['up', '--json', '--on-error', 'ignore'], { env: { DATABASE_URL: database.url } });
  await endSession(database, await sessionAt(database, 'FROM hold'));
  expect(brokenRun(await running.done)).toEqual({
    code: 2,
    codes: ['connection.lost'],
    state: 'rolled back: nothing of 002_slow remains',
    message: expect.stringContaining('002_slow failed at statement 2 of 3'),
    done: ['001_a'],
    failed: ['002_slow'],
    untouched: ['003_c'],
    at: '001_a',
  });
  await onDatabase(database, 'DELETE FROM hold');
  expect(await upToEnd(project, database, tables)).toEqual(wanted);
  await database.drop();
});

test.each(flavours)('%s ends the session in a statement outside any transaction', async (flavour) => {
  const database = await freshDatabase(flavour);
  const index = `CREATE INDEX ${flavour === 'postgres' ? 'CONCURRENTLY ' : ''}a_id ON a (id)`;
  const project = sandbox({
    ...first,
    'migrations/002_slow.sql': `INSERT INTO a VALUES (1);\n${index};\nINSERT INTO a VALUES (2);`,
    ...last,
  });
  const wanted = await undisturbed(flavour, project, { tables });
  const env = { DATABASE_URL: database.url };
  expect((await project.run(['up', '--to', '001'], { env })).code).toBe(0);
  // The build waits until this transaction is over.
  const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
  const running = project.start(['up', '--json'], { env });
  await endSession(database, await sessionAt(database, 'a_id ON a (id)'));
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    state:
      'NOT rolled back: statement 1 of 3 of 002_slow stays and is journalled; statement 2 was under way, and the next run looks whether it was finished',
    failed: ['002_slow'],
    untouched: ['003_c'],
    at: '001_a',
  });
  await other.query('ROLLBACK');
  await other.close();
  expect(await upToEnd(project, database, tables)).toEqual(wanted);
  await database.drop();
});

test.each(flavours)('%s ends the session between two migrations', async (flavour) => {
  const database = await freshDatabase(flavour);
  // The hook before the second migration waits for a file, so that nothing is under way.
  const project = sandbox({
    ...first,
    'migrations/002_b.sql': 'INSERT INTO a VALUES (1)',
    ...last,
    'lockstep.config.mjs': `import { existsSync } from 'node:fs';
      export default { hooks: { beforeMigration: async ({ migration }) => {
        while (migration === '002_b' && !existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10));
      } } };`,
  });
  const running = project.start(['up', '--json=stream'], { env: { DATABASE_URL: database.url } });
  await running.until('"ev":"migration.start","migration":"002_b"');
  await endSession(database, await sessionOfProgram(database));
  project.write('go', '');
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    state: 'rolled back: nothing of 002_b remains',
    done: ['001_a'],
    failed: ['002_b'],
    untouched: ['003_c'],
    at: '001_a',
  });
  const ending = await upToEnd(project, database, tables);
  expect(ending).toEqual(await undisturbed(flavour, project, { tables }));
  await database.drop();
});

test.each(flavours)('%s ends the session in a query of code', async (flavour) => {
  const database = await freshDatabase(flavour);
  const project = sandbox({
    ...first,
    'migrations/002_code.mjs': `import { migration } from 'lockstep';
      export default migration({ async up({ sql, step }) {
        await step('one', () => sql.query\`INSERT INTO a VALUES (1)\`);
        await step('two', async () => {
          await sql.query\`INSERT INTO a VALUES (2)\`;
          try { await sql.query\`${linger(flavour)}\`; } catch (cause) { throw new Error('slow', { cause }); }
        });
      } });`,
    ...last,
  });
  const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
  await onDatabase(database, ...holdTable(true));
  const running = project.start(['up', '--json', '--on-error', 'ignore'], { env: { DATABASE_URL: database.url } });
  await endSession(database, await sessionAt(database, 'FROM hold'));
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    state: 'NOT rolled back: step "one" of 002_code stays and is journalled',
    failed: ['002_code'],
    untouched: ['003_c'],
    at: '001_a',
  });
  await onDatabase(database, 'DELETE FROM hold');
  expect(await upToEnd(project, database, tables)).toEqual(wanted);
  await database.drop();
});

test('PostgreSQL ends the session inside the one transaction of a run', async () => {
  const database = await freshDatabase('postgres');
  const project = sandbox({ ...first, 'migrations/002_slow.sql': `INSERT INTO a VALUES (1);\n${linger('postgres')};`, ...last });
  const wanted = await undisturbed('postgres', project, { tables, before: holdTable(false) });
  await onDatabase(database, ...holdTable(true));
  const running = project.start(['up', '--json', '--transaction', 'all'], { env: { DATABASE_URL: database.url } });
  await endSession(database, await sessionAt(database, 'FROM hold'));
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    done: [],
    failed: ['002_slow'],
    untouched: ['001_a', '003_c'],
    at: '',
  });
  await onDatabase(database, 'DELETE FROM hold');
  expect(await upToEnd(project, database, tables)).toEqual(wanted);
  await database.drop();
});
