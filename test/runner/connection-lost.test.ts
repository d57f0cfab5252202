import { describe, expect, test } from 'vitest';
import { endSession, holdTable, linger, onDatabase, openSessionWith, sessionAt, sessionOfProgram } from '../support/activity.ts';
import { freshDatabase } from '../support/database.ts';
import { atFirst, openProxy } from '../support/proxy.ts';
import { brokenRun, databaseWith, undisturbed, upToEnd } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const tables = ['a', 'c'];
const made = ['CREATE TABLE a (id integer)'];
const first = { 'migrations/001_a.sql': 'CREATE TABLE a (id integer)' };
const last = { 'migrations/003_c.sql': 'CREATE TABLE c (id integer)' };

type Served = 'postgres' | 'mariadb';

/** The second migration is one transaction, which takes four seconds where the table `hold` has a row. */
function slowProject(flavour: Served): Sandbox {
  return sandbox({
    ...first,
    'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${linger(flavour, 4)};\nINSERT INTO a VALUES (2);`,
    ...last,
  });
}

/** The first migration builds an index outside any transaction, for which it waits for other sessions. Needs the table `a`. */
function indexProject(flavour: Served): Sandbox {
  const index = `CREATE INDEX ${flavour === 'postgres' ? 'CONCURRENTLY ' : ''}a_id ON a (id)`;
  return sandbox({ 'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${index};\nINSERT INTO a VALUES (2);`, ...last });
}

const rolledBack = 'rolled back: nothing of 002_b remains';
const committed = 'the connection broke behind the commit: 002_b is applied';
const half =
  'NOT rolled back: statement 1 of 3 of 002_b stays and is journalled; statement 2 was under way, and the next run looks whether it was finished';

describe.concurrent.each(['postgres', 'mariadb'] as const)('%s ends the session', (flavour) => {
  test.each(flavour === 'postgres' ? (['each', 'all'] as const) : (['each'] as const))(
    'inside a transaction, with --transaction %s',
    async (scope) => {
      const database = await databaseWith(flavour, ...holdTable(true));
      const project = slowProject(flavour);
      const running = project.start(['up', '--json', '--on-error', 'ignore', '--transaction', scope], {
        env: { DATABASE_URL: database.url },
      });
      await endSession(database, await sessionAt(database, 'FROM hold'));
      expect(brokenRun(await running.done)).toEqual({
        code: 2,
        codes: ['connection.lost'],
        state: rolledBack,
        message: expect.stringContaining('002_b failed at statement 2 of 3'),
        failed: ['002_b'],
        ...(scope === 'each'
          ? { done: ['001_a'], untouched: ['003_c'], at: '001_a' }
          : { done: [], untouched: ['001_a', '003_c'], at: '' }),
      });
      await onDatabase(database, 'DELETE FROM hold');
      const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
      expect(await upToEnd(project, database, tables)).toEqual(wanted);
      await database.drop();
    },
  );

  test('in a statement outside any transaction', async () => {
    const database = await databaseWith(flavour, ...made);
    const project = indexProject(flavour);
    const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: database.url } });
    await endSession(database, await sessionAt(database, 'a_id ON a (id)'));
    const broken = brokenRun(await running.done);
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], state: half, failed: ['002_b'], untouched: ['003_c'], at: '' });
    await other.query('ROLLBACK');
    await other.close();
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables, before: made }));
    await database.drop();
  });

  test('between two migrations', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({
      ...first,
      'migrations/002_b.sql': 'INSERT INTO a VALUES (1)',
      ...last,
      // The hook before the second migration waits for a file, so that nothing is under way.
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
      state: rolledBack,
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    });
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables }));
    await database.drop();
  });

  test('in a query of code', async () => {
    const database = await databaseWith(flavour, ...holdTable(true));
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
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });
});

describe.concurrent.each(['postgres', 'mariadb'] as const)('the connection to %s is cut', (flavour) => {
  test('inside a transaction, of which the server makes what it likes', async () => {
    const database = await databaseWith(flavour, ...holdTable(true));
    const project = slowProject(flavour);
    const proxy = await openProxy(database.url);
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: proxy.url } });
    await sessionAt(database, 'FROM hold');
    proxy.cut();
    const { state, at, ...broken } = brokenRun(await running.done);
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], done: ['001_a'], failed: ['002_b'], untouched: ['003_c'] });
    // What is said must be what is so; nobody has touched the database in between.
    const [{ n } = {}] = await onDatabase(database, 'SELECT count(*) AS n FROM a');
    expect({ state, at }).toEqual(Number(n) === 2 ? { state: committed, at: '002_b' } : { state: rolledBack, at: '001_a' });
    await proxy.close();
    await onDatabase(database, 'DELETE FROM hold');
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test('in a statement outside any transaction, which the server finishes', async () => {
    const database = await databaseWith(flavour, ...made);
    const project = indexProject(flavour);
    const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
    const proxy = await openProxy(database.url);
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: proxy.url } });
    await sessionAt(database, 'a_id ON a (id)');
    proxy.cut();
    await other.query('ROLLBACK');
    await other.close();
    const { state, at, ...broken } = brokenRun(await running.done);
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], failed: ['002_b'], untouched: ['003_c'] });
    // All statements may have been in one message, of which the server does what it can.
    expect(state).toBe(at === '002_b' ? committed : half);
    await proxy.close();
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables, before: made }));
    await database.drop();
  });

  test('while the server is still at work, so that nothing can be said yet', async () => {
    const database = await databaseWith(flavour, ...holdTable(true));
    const project = slowProject(flavour);
    const proxy = await openProxy(database.url);
    const running = project.start(['up', '--json', '--lock-timeout', '100ms'], { env: { DATABASE_URL: proxy.url } });
    await sessionAt(database, 'FROM hold');
    proxy.cut();
    const { at, ...broken } = brokenRun(await running.done);
    expect(at).toBeUndefined();
    expect(broken).toMatchObject({
      code: 2,
      codes: ['connection.lost'],
      state:
        'the connection is gone, but its session still holds the run lock, so the server may yet finish what it was sent; `lockstep status` will tell what became of 002_b',
    });
    await proxy.close();
    // The next run waits for the lock, and so for the end of the session.
    await onDatabase(database, 'DELETE FROM hold');
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test.each([
    ['before the server hears of it', 'cut', { state: rolledBack, at: '' }],
    ['when the server has done it', 'lose-answer', { state: committed, at: '002_b' }],
  ] as const)('at COMMIT, %s', async (_, fate, said) => {
    const database = await databaseWith(flavour, ...made);
    const project = sandbox({
      'migrations/002_b.sql': 'INSERT INTO a VALUES (1)',
      ...last,
      // Statements are sent one by one, so that COMMIT is a piece of its own.
      'lockstep.config.mjs': `import { mysql2, pg } from 'lockstep';
        export default { drivers: [{ ...pg(), scripts: false }, { ...mysql2(), scripts: false }] };`,
    });
    const proxy = await openProxy(database.url, atFirst('COMMIT', fate));
    const broken = brokenRun(await project.run(['up', '--json'], { env: { DATABASE_URL: proxy.url } }));
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], failed: ['002_b'], untouched: ['003_c'], ...said });
    expect(broken.message).toContain('002_b failed when it was committed');
    await proxy.close();
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables, before: made }));
    await database.drop();
  });
});

test.concurrent.each([
  [
    'before the server hears of it',
    'cut',
    { state: 'rolled back: nothing of this run remains', done: [], untouched: ['001_a', '002_b'], at: '' },
  ],
  [
    'when the server has done it',
    'lose-answer',
    {
      state: 'the connection broke behind the commit: everything of this run is done',
      done: ['001_a', '002_b'],
      untouched: [],
      at: '003_c',
    },
  ],
] as const)('the connection to postgres is cut at the COMMIT of a whole run, %s', async (_, fate, said) => {
  const database = await freshDatabase('postgres');
  const project = sandbox({ ...first, 'migrations/002_b.sql': 'INSERT INTO a VALUES (1)', ...last });
  const proxy = await openProxy(database.url, atFirst('COMMIT', fate));
  const broken = brokenRun(await project.run(['up', '--json', '--transaction', 'all'], { env: { DATABASE_URL: proxy.url } }));
  expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], failed: ['003_c'], ...said });
  await proxy.close();
  expect(await upToEnd(project, database, tables)).toEqual(await undisturbed('postgres', project, { tables }));
  await database.drop();
});
