import { expect, test } from 'vitest';
import { holdTable, linger, onDatabase, sessionAt } from '../support/activity.ts';
import { freshFolder } from '../support/database.ts';
import { brokenRun, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';
import { makeDatabase } from '../support/server/database.ts';
import { type Keeper, openKeeper } from '../support/server/keep.ts';
import { findMariadb, startMariadb } from '../support/server/mariadb.ts';
import { findPostgres, startPostgres } from '../support/server/postgres.ts';

/** Servers of the test's own, to be killed; nothing where this machine has no program for one. */
const servers = {
  postgres: async (keeper: Keeper): Promise<string | undefined> => {
    const programs = findPostgres(keeper);
    return programs === undefined ? undefined : startPostgres(keeper, programs, { survivesKill: true });
  },
  mariadb: async (keeper: Keeper): Promise<string | undefined> => {
    const programs = await findMariadb(() => undefined);
    return typeof programs === 'string' ? undefined : startMariadb(keeper, programs, { survivesKill: true });
  },
};

const tables = ['a', 'c'];

test.concurrent.for(['postgres', 'mariadb'] as const)('a %s that is killed under a run and started again', async (flavour, context) => {
  const keeper = openKeeper();
  try {
    const admin = await servers[flavour](keeper);
    if (admin === undefined) return context.skip(`there is no server "${flavour}" to kill`);
    const index = `CREATE INDEX ${flavour === 'postgres' ? 'CONCURRENTLY ' : ''}a_id ON a (id)`;
    const project = sandbox({
      'migrations/001_a.sql': 'CREATE TABLE a (id integer)',
      'migrations/002_slow.sql': `INSERT INTO a VALUES (1);\n${index};\nINSERT INTO a VALUES (2);\n${linger(flavour)};\nINSERT INTO a VALUES (3);`,
      'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
    });
    const wanted = await undisturbed(flavour, project, { tables, before: holdTable(false) });
    const database = await makeDatabase(flavour, freshFolder(), admin);
    await onDatabase(database, ...holdTable(true));
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: database.url } });
    await sessionAt(database, 'FROM hold');
    await keeper.kill(flavour);
    const { at, ...broken } = brokenRun(await running.done);
    expect(at).toBeUndefined();
    expect(broken).toMatchObject({
      code: 2,
      codes: ['connection.lost'],
      state: 'the connection is gone and the server does not answer; `lockstep status` will tell what became of 002_slow',
      done: ['001_a'],
      failed: ['002_slow'],
      untouched: ['003_c'],
    });
    expect((await project.run(['up'], { env: { DATABASE_URL: database.url } })).code).toBe(6);

    await keeper.restart(flavour);
    await onDatabase(database, 'DELETE FROM hold');
    const status = await project.run(['status'], { env: { DATABASE_URL: database.url } });
    expect(status.stdout).toContain('002_slow  failed at statement 3 of 5, the others before it stay');
    expect(await upToEnd(project, database, tables)).toEqual(wanted);
  } finally {
    await keeper.close();
  }
});
