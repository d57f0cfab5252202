import { describe, expect, test } from 'vitest';
import { holdTable, linger, onDatabase, openSessionWith, sessionAt } from '../support/activity.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { brokenRun, databaseWith, endingOf, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';

const tables = ['a', 'c'];
const leased = { 'lockstep.config.mjs': "export default { lock: 'lease' };" };
const first = { 'migrations/001_a.sql': 'CREATE TABLE a (id integer)' };
const last = { 'migrations/003_c.sql': 'CREATE TABLE c (id integer)' };

/** Another run takes the lease, as it may when no heartbeat has come for long. */
async function takeOver(database: TestDatabase): Promise<void> {
  await onDatabase(database, "UPDATE lockstep_lock SET token = token + 1, holder = 'another run'");
}

/** Everything that a run writes beside its own work. */
async function written(database: TestDatabase): Promise<unknown> {
  const history = await onDatabase(database, 'SELECT * FROM lockstep_history ORDER BY id');
  return { history, log: await onDatabase(database, 'SELECT * FROM lockstep_log ORDER BY seq') };
}

describe.each(['postgres', 'mariadb'] as const)('on %s', (flavour) => {
  test('runs with a lease that start at once all succeed, and each migration runs once', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...leased, ...first, 'migrations/002_b.sql': 'INSERT INTO a VALUES (1)', ...last });
    const env = { DATABASE_URL: database.url };
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => project.run(['up', '--json'], { env })));
    for (const outcome of outcomes) expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
    expect(outcomes.flatMap((outcome) => brokenRun(outcome).done).sort()).toEqual(['001_a', '002_b', '003_c']);
    expect(await endingOf(database, tables)).toEqual(await undisturbed(flavour, project, { tables }));
    await database.drop();
  });

  test('a run whose lease is taken over inside a transaction writes nothing more', async () => {
    const database = await freshDatabase(flavour);
    const script = `INSERT INTO a VALUES (1);\n${linger(flavour, 1)};\nINSERT INTO a VALUES (2);`;
    const project = sandbox({ ...leased, ...first, 'migrations/002_b.sql': script, ...last });
    await onDatabase(database, ...holdTable(true));
    const env = { DATABASE_URL: database.url };
    const running = project.start(['up', '--json', '--on-error', 'ignore'], { env });
    await sessionAt(database, 'FROM hold');
    const before = await written(database);
    await takeOver(database);
    expect(brokenRun(await running.done)).toEqual({
      code: 2,
      codes: ['lock.lost'],
      state: 'rolled back: nothing of 002_b remains',
      message: 'migration 002_b was stopped: the run lock is gone',
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    });
    expect(await written(database)).toEqual(before);
    expect(await onDatabase(database, 'SELECT * FROM a')).toEqual([]);
    expect(await onDatabase(database, 'SELECT holder FROM lockstep_lock')).toEqual([{ holder: 'another run' }]);

    const waiting = project.start(['up', '--json=stream'], { env });
    await waiting.until('"ev":"lock.waiting","holder":"another run"');
    await onDatabase(database, 'DELETE FROM hold', 'UPDATE lockstep_lock SET expires = 0');
    expect(brokenRun(await waiting.done)).toMatchObject({ code: 0, done: ['002_b', '003_c'] });
    expect(await endingOf(database, tables)).toEqual(await undisturbed(flavour, project, { tables, before: holdTable(false) }));
    await database.drop();
  });

  test('a run whose lease is taken over during a statement outside any transaction writes nothing more', async () => {
    const made = ['CREATE TABLE a (id integer)'];
    const database = await databaseWith(flavour, ...made);
    const index = `CREATE INDEX ${flavour === 'postgres' ? 'CONCURRENTLY ' : ''}a_id ON a (id)`;
    const project = sandbox({ ...leased, 'migrations/002_b.sql': `${index};\nINSERT INTO a VALUES (2);`, ...last });
    const other = await openSessionWith(database, 'BEGIN', 'INSERT INTO a VALUES (0)');
    const running = project.start(['up', '--json'], { env: { DATABASE_URL: database.url } });
    await sessionAt(database, 'a_id');
    await takeOver(database);
    const before = await written(database);
    await other.query('ROLLBACK');
    await other.close();
    const broken = brokenRun(await running.done);
    expect(broken).toMatchObject({
      code: 2,
      codes: ['lock.lost'],
      state: 'NOT rolled back: statement 1 of 2 of 002_b stays; that statement 1 is finished the next run finds out by looking',
      failed: ['002_b'],
      untouched: ['003_c'],
    });
    expect(await written(database)).toEqual(before);
    await onDatabase(database, 'UPDATE lockstep_lock SET expires = 0');
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables, before: made }));
    await database.drop();
  });

  test('a migration that lets go of the run lock itself is undone', async () => {
    const database = await freshDatabase(flavour);
    const letGo = flavour === 'postgres' ? 'SELECT pg_advisory_unlock_all()' : 'SELECT RELEASE_ALL_LOCKS()';
    const project = sandbox({
      ...first,
      'migrations/002_b.sql': `INSERT INTO a VALUES (1);\n${letGo};\nINSERT INTO a VALUES (2);`,
      ...last,
    });
    const env = { DATABASE_URL: database.url };
    expect(brokenRun(await project.run(['up', '--json', '--on-error', 'ignore'], { env }))).toMatchObject({
      code: 2,
      codes: ['lock.lost'],
      state: 'rolled back: nothing of 002_b remains',
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
    });
    expect(await onDatabase(database, 'SELECT migration, event FROM lockstep_log')).toEqual([{ migration: '001_a', event: 'up' }]);
    expect(await onDatabase(database, 'SELECT id, state FROM lockstep_history')).toEqual([{ id: '001_a', state: 'applied' }]);
    expect(await onDatabase(database, 'SELECT * FROM a')).toEqual([]);
    project.write('migrations/002_b.sql', 'INSERT INTO a VALUES (1)');
    expect(await upToEnd(project, database, tables)).toEqual(await undisturbed(flavour, project, { tables }));
    await database.drop();
  });
});
