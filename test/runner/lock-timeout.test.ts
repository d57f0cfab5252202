import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/contracts/index.ts';
import { eventually, openSessionWith } from '../support/activity.ts';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { brokenRun, databaseWith, endingOf, undisturbed } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const tables = ['a', 'c'];

interface Hold {
  readonly flavour: Flavour;
  /** What another session does to the table, and what ends it. */
  readonly takes: readonly string[];
  readonly ends: string;
  /** Asks for the session's own number, where the server tells whoever waits for it. */
  readonly number?: string;
}

const pid = 'SELECT pg_backend_pid() AS session';
const connection = 'SELECT CONNECTION_ID() AS session';

const holds: Readonly<Record<string, Hold>> = {
  'on sqlite by a write transaction': { flavour: 'sqlite', takes: ['BEGIN IMMEDIATE'], ends: 'ROLLBACK' },
  'on postgres by LOCK TABLE': { flavour: 'postgres', takes: ['BEGIN', 'LOCK TABLE a'], ends: 'ROLLBACK', number: pid },
  // Which session has locked a table the server tells nobody.
  'on mariadb by LOCK TABLES': { flavour: 'mariadb', takes: ['LOCK TABLES a WRITE'], ends: 'UNLOCK TABLES' },
  'on mariadb by a reader': { flavour: 'mariadb', takes: ['START TRANSACTION', 'SELECT * FROM a'], ends: 'ROLLBACK', number: connection },
  'on postgres by a reader': { flavour: 'postgres', takes: ['BEGIN', 'SELECT * FROM a'], ends: 'ROLLBACK', number: pid },
  'on mariadb by a writer': {
    flavour: 'mariadb',
    takes: ['START TRANSACTION', 'INSERT INTO a VALUES (0)'],
    ends: 'ROLLBACK',
    number: connection,
  },
};

function project(): Sandbox {
  return sandbox({
    'migrations/001_a.sql': 'CREATE TABLE a (id integer)',
    'migrations/002_b.sql': 'ALTER TABLE a ADD COLUMN age integer;\nINSERT INTO a VALUES (1, 1);',
    'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
  });
}

test.concurrent.for(Object.entries(holds).slice(0, rounds(4, 6)))(
  'a table that is held %s',
  async ([, { flavour, takes, ends, number }]) => {
    const database = await freshDatabase(flavour);
    const own = project();
    const env = { DATABASE_URL: database.url };
    expect((await own.run(['up', '--to', '001'], { env })).code).toBe(0);
    const other = await openSessionWith(database, ...takes);
    const session = number === undefined ? undefined : String((await other.query(number)).rows[0]?.['session']);

    const given = await own.run(['up', '--json=stream', '--lock-timeout', '2s'], { env });
    const broken = brokenRun(given);
    expect(broken).toMatchObject({
      code: 2,
      codes: ['database.busy'],
      state: expect.stringContaining('nothing of 002_b remains'),
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    });
    const user = decodeURIComponent(new URL(database.url).username);
    if (session !== undefined)
      expect(broken.message).toMatch(new RegExp(`; blocked by .*\\b${user}@127\\.0\\.0\\.1.*, session ${session}, since `));
    const events = given.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const retries = events.filter((event) => event.ev === 'statement.retry');
    expect(retries[0]).toMatchObject({
      migration: '002_b',
      attempt: 1,
      pauseMs: expect.any(Number),
      reason: expect.stringMatching(/lock/i),
    });

    const patient = own.start(['up', '--json=stream', '--lock-timeout', '1m'], { env });
    await patient.until('"ev":"statement.retry"');
    await other.query(ends);
    await other.close();
    expect(brokenRun(await patient.done)).toMatchObject({ code: 0, codes: [], done: ['002_b', '003_c'], at: '003_c' });
    expect(await endingOf(database, tables)).toEqual(await undisturbed(flavour, own, { tables }));
    await database.drop();
  },
);

test.concurrent('a table that code waits for, which cannot be tried again', async () => {
  const database = await databaseWith('postgres', 'CREATE TABLE a (id integer)');
  const own = sandbox({
    'migrations/001_a.mjs': `import { migration } from 'lockstep';
      export default migration({ up: ({ sql }) => sql.query\`INSERT INTO a VALUES (1)\` });`,
  });
  const other = await openSessionWith(database, 'BEGIN', 'LOCK TABLE a');
  const running = own.start(['up', '--json=stream', '--lock-timeout', '1m'], { env: { DATABASE_URL: database.url } });
  // At the third look five seconds have passed, in which a statement of SQL would have been given up and tried again.
  await eventually(() => ((running.said().stdout.match(/"ev":"statement.progress"/g)?.length ?? 0) >= 3 ? true : undefined));
  await other.query('ROLLBACK');
  await other.close();
  expect(brokenRun(await running.done)).toMatchObject({ code: 0, codes: [], done: ['001_a'] });
  await database.drop();
});

test.concurrent('an empty database that is held', async () => {
  const database = await freshDatabase('sqlite');
  const other = await openSessionWith(database, 'BEGIN IMMEDIATE');
  const outcome = await project().run(['up', '--json', '--lock-timeout', '1s'], { env: { DATABASE_URL: database.url } });
  expect(brokenRun(outcome)).toMatchObject({ code: 2, codes: ['database.busy'], state: 'nothing was run' });
  await other.close();
  await database.drop();
});

test.concurrent('a database that is held while one transaction is to hold a whole run', async () => {
  const database = await freshDatabase('sqlite');
  const own = project();
  const env = { DATABASE_URL: database.url };
  expect((await own.run(['up', '--to', '001'], { env })).code).toBe(0);
  const other = await openSessionWith(database, 'BEGIN IMMEDIATE');
  expect(brokenRun(await own.run(['up', '--json', '--transaction', 'all', '--lock-timeout', '1s'], { env }))).toMatchObject({
    code: 2,
    codes: ['database.busy'],
    state: 'rolled back: nothing of this run remains',
    done: [],
    failed: ['003_c'],
    untouched: ['002_b'],
    at: '001_a',
  });
  await other.query('ROLLBACK');
  await other.close();
  expect((await own.run(['up', '--transaction', 'all'], { env })).code).toBe(0);
  await database.drop();
});

test.concurrent('a database that nobody else may even read', async () => {
  const database = await freshDatabase('sqlite');
  const own = project();
  const env = { DATABASE_URL: database.url };
  expect((await own.run(['up', '--to', '001'], { env })).code).toBe(0);
  const other = await openSessionWith(database, 'BEGIN EXCLUSIVE');
  const outcome = await own.run(['status', '--json'], { env });
  expect(brokenRun(outcome)).toMatchObject({ code: 2, codes: ['database.busy'] });
  await other.close();
  await database.drop();
});
