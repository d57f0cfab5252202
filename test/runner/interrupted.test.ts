import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { holdTable, linger, onDatabase, sessionAt } from '../support/activity.ts';
import { flavours, freshDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { openProxy } from '../support/proxy.ts';
import { brokenRun, databaseWith, undisturbed, upToEnd } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const files = {
  'migrations/001_a.sql': 'CREATE TABLE a (id integer)',
  'migrations/002_b.sql': 'INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);',
  'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
};
const tables = ['a', 'c'];

/** A hook that waits, before the migration that WAIT_AT names, until there is a file `go`. */
const waitingHook = `import { existsSync } from 'node:fs';
export default { hooks: { beforeMigration: async ({ migration }) => {
  while (migration === process.env.WAIT_AT && !existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10));
} } };`;

describe.each(flavours)('on %s', (flavour) => {
  const pairs = [
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ] as const;
  test.each(pairs.slice(0, rounds(1, 2)))('%s while waiting for the run lock, %s between migrations', async (whileWaiting, between) => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...files, 'lockstep.config.mjs': waitingHook });
    const env = { DATABASE_URL: database.url, WAIT_AT: '002_b' };
    const holding = project.start(['up', '--json=stream'], { env });
    await holding.until('"ev":"migration.start","migration":"002_b"');

    const waiting = project.start(['up', '--json=stream'], { env });
    await waiting.until('"ev":"lock.waiting"');
    waiting.kill(whileWaiting);
    expect(brokenRun(await waiting.done)).toMatchObject({
      code: 130,
      codes: ['interrupted'],
      message: expect.stringContaining('interrupted while waiting for another run: '),
      state: 'nothing was changed by this run',
    });

    holding.kill(between);
    project.write('go', '');
    expect(brokenRun(await holding.done)).toMatchObject({
      code: 130,
      codes: ['interrupted'],
      state: 'rolled back: nothing of 002_b remains',
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    });
    const ending = await upToEnd(project, database, tables);
    expect(ending).toMatchObject({
      ups: { '001_a': 1, '002_b': 1, '003_c': 1 },
      contents: expect.stringContaining('\na: {"id":1} {"id":2}\n'),
    });
    // A second PGlite takes its time, so that it is looked at in the long run only.
    if (flavour !== 'pglite' || rounds(0, 1) === 1) expect(ending).toEqual(await undisturbed(flavour, project, { tables }));
    await database.drop();
  });
});

/** A statement that takes a second or so; nobody can abort it, because the engine works in the program's own process. */
const slow = {
  sqlite: 'INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n',
  pglite: 'INSERT INTO a SELECT max(i) FROM generate_series(1, 1000000) AS n(i)',
};

// Starting PGlite takes seconds; it is like SQLite in this.
describe.each((['sqlite', 'pglite'] as const).slice(0, rounds(1, 2)))('on %s', (flavour) => {
  test('a signal during a statement is heard behind it', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({
      ...files,
      'migrations/002_b.sql': `${slow[flavour]};\nINSERT INTO a VALUES (2);`,
      'lockstep.config.mjs': waitingHook,
    });
    const running = project.start(['up', '--json=stream'], { env: { DATABASE_URL: database.url, WAIT_AT: '003_c' } });
    await running.until('"ev":"migration.start","migration":"002_b"');
    running.kill('SIGINT');
    project.write('go', '');
    const { code, codes, done, failed, untouched, state, at } = brokenRun(await running.done);
    expect(code).toBe(130);
    // Where it was heard depends on how far the program was; what it says must be so.
    const [{ n } = {}] = await onDatabase(database, 'SELECT count(*) AS n FROM a');
    expect(Number(n)).toBe(done.includes('002_b') ? 2 : 0);
    expect(at).toBe(done.at(-1));
    expect([...done, ...failed, ...untouched]).toEqual(['001_a', '002_b', '003_c']);
    if (failed.length > 0)
      expect({ codes, state }).toEqual({ codes: ['interrupted'], state: `rolled back: nothing of ${failed[0]} remains` });
    expect(done).not.toContain('003_c');
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables }));
    await database.drop();
  });
});

test('Ctrl-C between batches keeps those that are finished, and the next run goes on behind them', async () => {
  const database = await freshDatabase('sqlite');
  const project = sandbox({
    'migrations/001_a.sql': `CREATE TABLE a (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0);
      INSERT INTO a (id) VALUES (1), (2), (3), (4), (5);`,
    'migrations/002_b.mjs': `import { migration } from 'lockstep';
      export default migration({ async up({ sql, batches }) {
        await batches('count', { table: 'a', key: 'id', size: 2 }, async ({ after, upTo }) => {
          await sql.query\`UPDATE a SET n = n + 1 WHERE id > \${after ?? 0} AND id <= \${upTo}\`;
          if (upTo === 4 && process.env.INTERRUPT) process.kill(process.pid, 'SIGINT');
        });
      } });`,
    'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
  });
  const env = { DATABASE_URL: database.url, INTERRUPT: '1' };
  expect(brokenRun(await project.run(['up', '--json'], { env }))).toMatchObject({
    code: 130,
    codes: ['interrupted'],
    state: 'NOT rolled back: 4 rows of batches "count" of 002_b stay and are journalled',
    failed: ['002_b'],
    untouched: ['003_c'],
  });
  expect(await upToEnd(project, database, tables)).toEqual(await undisturbed('sqlite', project, { tables }));
  expect(await onDatabase(database, 'SELECT DISTINCT n FROM a')).toEqual([{ n: 1 }]);
  await database.drop();
});

/** A hook in which the program gets Ctrl-C before the second migration. */
const interruptingHook = `export default { hooks: { beforeMigration: ({ migration }) => {
  if (migration === '002_b') process.kill(process.pid, 'SIGINT');
} } };`;

test('Ctrl-C undoes a run that is one transaction', async () => {
  const database = await freshDatabase('sqlite');
  const project = sandbox({ ...files, 'lockstep.config.mjs': interruptingHook });
  const env = { DATABASE_URL: database.url };
  expect(brokenRun(await project.run(['up', '--json', '--transaction', 'all'], { env }))).toMatchObject({
    code: 130,
    codes: ['interrupted'],
    state: 'rolled back: nothing of this run remains',
    done: [],
    failed: ['002_b'],
    untouched: ['001_a', '003_c'],
    at: '',
  });
  expect(await onDatabase(database, "SELECT name FROM sqlite_master WHERE name IN ('a', 'c')")).toEqual([]);
  await database.drop();
});

test('a test that is interrupted has not passed', async () => {
  const { 'migrations/002_b.sql': _, ...others } = files;
  // Hooks of the project do not hear of a test.
  const interrupting = `export default { async up({ sql }) {
    await sql.query\`SELECT 1\`;
    process.kill(process.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sql.query\`SELECT 1\`;
  }, down() {} };`;
  const project = sandbox({ ...others, 'migrations/002_b.js': interrupting });
  const outcome = await project.run(['test', '--json'], { env: { DATABASE_URL: 'sqlite:./app.db' } });
  expect(brokenRun(outcome)).toMatchObject({ code: 130, codes: ['interrupted'], state: 'the database was not touched' });
});

function slowProject(flavour: 'postgres' | 'mariadb', seconds: number): Sandbox {
  return sandbox({
    'migrations/001_a.sql': 'CREATE TABLE a (id integer)',
    'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${linger(flavour, seconds)};\nINSERT INTO a VALUES (2);`,
    'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
  });
}

describe.concurrent.each(['postgres', 'mariadb'] as const)('on %s', (flavour) => {
  test.each([
    ['SIGTERM', ['SIGTERM']],
    ['Ctrl-C twice', ['SIGINT', 'SIGINT']],
  ] as const)('%s aborts the statement that is running', async (_, signals) => {
    const database = await databaseWith(flavour, ...holdTable(true));
    const project = slowProject(flavour, 60);
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: database.url } });
    await sessionAt(database, 'FROM hold');
    for (const [i, signal] of signals.entries()) {
      // Two at once may come as one, so the program is let answer the first.
      if (i > 0) await running.until('once more aborts it');
      running.kill(signal);
    }
    expect(brokenRun(await running.done)).toEqual({
      code: 130,
      codes: ['interrupted'],
      state: 'rolled back: nothing of 002_b remains',
      message: expect.stringContaining('migration 002_b failed at statement 2 of 3: '),
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    });
    await onDatabase(database, 'DELETE FROM hold');
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test('Ctrl-C once lets what is under way come to its end', async () => {
    const database = await databaseWith(flavour, ...holdTable(true));
    const project = slowProject(flavour, 2);
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: database.url } });
    await sessionAt(database, 'FROM hold');
    running.kill('SIGINT');
    const outcome = await running.done;
    expect(outcome.stderr).toContain('interrupted: stopping behind the statement that is running; once more aborts it');
    // All statements of the migration are one message, so it is done when that is.
    expect(brokenRun(outcome)).toMatchObject({
      code: 130,
      codes: [],
      done: ['001_a', '002_b'],
      failed: [],
      untouched: ['003_c'],
      at: '002_b',
    });
    await onDatabase(database, 'DELETE FROM hold');
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });

  test('a signal behind one that could not be carried out ends the process, and the next run takes it up', async () => {
    const database = await databaseWith(flavour, ...holdTable(true));
    const project = slowProject(flavour, 60);
    // What would abort the statement does not get through.
    const proxy = await openProxy(database.url, (piece) => (/pg_cancel_backend|KILL QUERY/.test(piece) ? 'cut' : 'pass'));
    const running = project.start(['up'], { env: { DATABASE_URL: proxy.url } });
    const session = await sessionAt(database, 'FROM hold');
    running.kill('SIGINT');
    await running.until('once more aborts it');
    running.kill('SIGINT');
    await proxy.cutOff;
    running.kill('SIGINT');
    expect(await running.done).toMatchObject({ code: null, signal: 'SIGINT' });
    await onDatabase(database, 'DELETE FROM hold', flavour === 'postgres' ? `SELECT pg_terminate_backend(${session})` : `KILL ${session}`);
    await proxy.close();
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
    await database.drop();
  });
});

/** A port on which somebody answers to nothing: hangs up at once, or stays silent. */
async function oddServer(hangsUp: boolean): Promise<{ readonly url: string; readonly called: Promise<unknown>; close(): Promise<void> }> {
  const server = createServer((socket) => {
    // Who does not read does not notice that the other side is gone.
    socket.on('error', () => undefined).resume();
    if (hangsUp) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  const called = once(server, 'connection');
  return {
    url: `postgres://nobody@127.0.0.1:${address.port}/nothing`,
    called,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

test('Ctrl-C while waiting for a server', async () => {
  const server = await oddServer(true);
  const project = slowProject('postgres', 1);
  const running = project.start(['up', '--json', '--wait=10m'], { env: { DATABASE_URL: server.url } });
  await server.called;
  running.kill('SIGINT');
  expect(brokenRun(await running.done)).toMatchObject({
    code: 130,
    codes: ['interrupted'],
    message: expect.stringContaining('interrupted while waiting for the server: '),
    state: 'nothing was changed by this run',
  });
  await server.close();
});

test('a command that changes nothing is ended by Ctrl-C as any other program', async () => {
  const server = await oddServer(false);
  const running = slowProject('postgres', 1).start(['status'], { env: { DATABASE_URL: server.url } });
  await server.called;
  running.kill('SIGINT');
  expect(await running.done).toMatchObject({ code: null, signal: 'SIGINT' });
  await server.close();
});
