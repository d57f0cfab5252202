import { describe, expect, test } from 'vitest';
import { holdTable, linger, onDatabase, openSessionWith, sessionAt } from '../support/activity.ts';
import { freshDatabase } from '../support/database.ts';
import { atFirst, openProxy } from '../support/proxy.ts';
import { brokenRun, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';

const first = { 'migrations/001_a.sql': 'CREATE TABLE a (id integer)' };
const last = { 'migrations/003_c.sql': 'CREATE TABLE c (id integer)' };
const tables = ['a', 'c'];
/** Statements are sent one by one, so that COMMIT is a piece of its own. */
const oneByOne = {
  'lockstep.config.mjs': `import { mysql2, pg } from 'lockstep';
    export default { drivers: [{ ...pg(), scripts: false }, { ...mysql2(), scripts: false }] };`,
};

const rolledBack = { state: 'rolled back: nothing of 002_b remains', at: '001_a' };
const committed = { state: 'the connection broke behind the commit: 002_b is applied', at: '002_b' };

describe.concurrent.each(['postgres', 'mariadb'] as const)('the connection to %s is cut', (flavour) => {
  test('inside a transaction, of which the server makes what it likes', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...first, 'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${linger(flavour, 2)};`, ...last });
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    await onDatabase(database, ...holdTable(true));
    const proxy = await openProxy(database.url);
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: proxy.url } });
    await sessionAt(database, 'FROM hold');
    proxy.cut();
    const { state, at, ...broken } = brokenRun(await running.done);
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], done: ['001_a'], failed: ['002_b'], untouched: ['003_c'] });
    // What is said must be what is so; nobody has touched the database in between.
    const [{ n } = {}] = await onDatabase(database, 'SELECT count(*) AS n FROM a');
    expect({ state, at }).toEqual(Number(n) === 1 ? committed : rolledBack);
    await proxy.close();
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test('in a statement outside any transaction, which the server finishes', async () => {
    const database = await freshDatabase(flavour);
    const index = `CREATE INDEX ${flavour === 'postgres' ? 'CONCURRENTLY ' : ''}a_id ON a (id)`;
    const project = sandbox({
      ...first,
      'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${index};\nINSERT INTO a VALUES (2);`,
      ...last,
    });
    const wanted = await undisturbed(flavour, project, { tables });
    expect((await project.run(['up', '--to', '001'], { env: { DATABASE_URL: database.url } })).code).toBe(0);
    const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
    const proxy = await openProxy(database.url);
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: proxy.url } });
    await sessionAt(database, 'a_id ON a (id)');
    proxy.cut();
    await other.query('ROLLBACK');
    await other.close();
    const { state, ...broken } = brokenRun(await running.done);
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], failed: ['002_b'], untouched: ['003_c'] });
    const half =
      'NOT rolled back: statement 1 of 3 of 002_b stays and is journalled; statement 2 was under way, and the next run looks whether it was finished';
    // All statements may have been in one message, of which the server does what it can.
    expect(broken.at === '002_b' ? committed.state : half).toBe(state);
    await proxy.close();
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test('while the server is still at work, so that nothing can be said yet', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...first, 'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${linger(flavour, 4)};`, ...last });
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    await onDatabase(database, ...holdTable(true));
    const proxy = await openProxy(database.url);
    const running = project.start(['up', '--json', '--lock-timeout', '100ms'], { env: { DATABASE_URL: proxy.url } });
    await sessionAt(database, 'FROM hold');
    proxy.cut();
    const { at, ...broken } = brokenRun(await running.done);
    expect(at).toBeUndefined();
    expect(broken).toMatchObject({
      code: 2,
      state:
        'the connection is gone, but its session still holds the run lock, so the server may yet finish what it was sent; `lockstep status` will tell what became of 002_b',
    });
    await proxy.close();
    // The next run waits for the lock, and so for the end of the session.
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test.each([
    ['before the server hears of it', 'cut', rolledBack],
    ['when the server has done it', 'lose-answer', committed],
  ] as const)('at COMMIT, %s', async (_, fate, said) => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...first, 'migrations/002_b.sql': 'INSERT INTO a VALUES (1)', ...last, ...oneByOne });
    const wanted = await undisturbed(flavour, project, { tables });
    expect((await project.run(['up', '--to', '001'], { env: { DATABASE_URL: database.url } })).code).toBe(0);
    const proxy = await openProxy(database.url, atFirst('COMMIT', fate));
    const broken = brokenRun(await project.run(['up', '--json'], { env: { DATABASE_URL: proxy.url } }));
    expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], failed: ['002_b'], untouched: ['003_c'], ...said });
    expect(broken.message).toContain('002_b failed when it was committed');
    await proxy.close();
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
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
  const wanted = await undisturbed('postgres', project, { tables });
  const proxy = await openProxy(database.url, atFirst('COMMIT', fate));
  const broken = brokenRun(await project.run(['up', '--json', '--transaction', 'all'], { env: { DATABASE_URL: proxy.url } }));
  expect(broken).toMatchObject({ code: 2, codes: ['connection.lost'], failed: ['003_c'], ...said });
  await proxy.close();
  expect(await upToEnd(project, database, tables)).toEqual(wanted);
  await database.drop();
});
