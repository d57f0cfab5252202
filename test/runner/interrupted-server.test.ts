import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { holdTable, linger, onDatabase, sessionAt } from '../support/activity.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { openProxy } from '../support/proxy.ts';
import { brokenRun, undisturbed, upToEnd } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const tables = ['a', 'c'];

function slowProject(flavour: 'postgres' | 'mariadb', seconds: number): Sandbox {
  return sandbox({
    'migrations/001_a.sql': 'CREATE TABLE a (id integer)',
    'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${linger(flavour, seconds)};\nINSERT INTO a VALUES (2);`,
    'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
  });
}

async function heldDatabase(flavour: 'postgres' | 'mariadb'): Promise<TestDatabase> {
  const database = await freshDatabase(flavour);
  await onDatabase(database, ...holdTable(true));
  return database;
}

describe.each(['postgres', 'mariadb'] as const)('on %s', (flavour) => {
  test.each([
    ['SIGTERM', ['SIGTERM']],
    ['Ctrl-C twice', ['SIGINT', 'SIGINT']],
  ] as const)('%s aborts the statement that is running', async (_, signals) => {
    const database = await heldDatabase(flavour);
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
    const database = await heldDatabase(flavour);
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
    const database = await heldDatabase(flavour);
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
    socket.on('error', () => undefined);
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
