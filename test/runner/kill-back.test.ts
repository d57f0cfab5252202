import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onDatabase } from '../support/activity.ts';
import { contentsOf, killingConfig } from '../support/crash.ts';
import { type Flavour, flavours, type TestDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { brokenRun, databaseWith } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

/** Ways back in pieces: written as SQL, written as changes, and worked out with rows that are kept and named. */
function migrations(flavour: Flavour): Readonly<Record<string, string>> {
  const alone = { sqlite: 'VACUUM;', postgres: 'DROP INDEX CONCURRENTLY a_name;', pglite: 'DROP INDEX CONCURRENTLY a_name;', mariadb: '' }[
    flavour
  ];
  const concurrently = flavour === 'postgres' || flavour === 'pglite' ? ', concurrently: true' : '';
  return {
    '001_sql.sql': `-- lockstep:up
CREATE TABLE a (id integer PRIMARY KEY, name varchar(40));
CREATE INDEX a_name ON a (name);
INSERT INTO a VALUES (1, 'one'), (2, 'two');
-- lockstep:down
DELETE FROM a WHERE id = 2;
${alone}
ALTER TABLE a ADD COLUMN was integer;
INSERT INTO gone VALUES (1);
DROP TABLE a;`,
    '002_changes.yaml': `up:
  - addColumn: { table: a, name: age, type: integer }
  - createIndex: { table: a, name: a_age, columns: [age]${concurrently} }
down:
  - dropIndex: { table: a, name: a_age${concurrently} }
  - insert: { into: gone, rows: [{ id: 2 }] }
  - dropColumn: { table: a, name: age }
`,
    '003_kept.yaml': `up:
  - update: { table: a, set: { name: uno }, where: { id: 1 } }
  - createIndex: { table: a, name: a_both, columns: [age, id]${concurrently} }
  - delete: { from: a, where: { id: 2 } }
  - upsert: { into: a, key: [id], rows: [{ "@": one, id: 1, name: eins }, { "@": four, id: 4, name: four }] }
  - createTable: { name: b, columns: [{ name: id, type: integer, primaryKey: true }, { name: a, type: integer, references: a.id }] }
  - insert: { into: b, rows: [{ "@": first, id: 7, a: "@a.four" }] }
`,
  };
}

const before = ['CREATE TABLE gone (id integer)'];

function project(flavour: Flavour): Sandbox {
  const files = Object.entries(migrations(flavour)).map(([name, text]) => [`migrations/${name}`, text]);
  return sandbox({ 'lockstep.config.mjs': killingConfig(flavour), ...Object.fromEntries(files) });
}

interface Place {
  readonly run: Sandbox['run'];
  readonly database: TestDatabase;
}

async function lockstep({ run, database }: Place, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  const outcome = await run([...args], { env: { DATABASE_URL: database.url, ...more } });
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
  return outcome.stdout;
}

const upAll = ['up', '--allow', 'destructive'];
const downAll = ['down', 'all', '--yes'];
const books = ['gone', 'lockstep_reference', 'lockstep_kept'];

/** What a whole run leaves, and how many calls it makes. */
async function undisturbed(flavour: Flavour, direction: 'up' | 'down'): Promise<{ readonly calls: number; readonly wanted: string }> {
  const place: Place = { run: project(flavour).run, database: await databaseWith(flavour, ...before) };
  const counted = join(sandbox().folder, 'calls');
  await lockstep(place, upAll, direction === 'up' ? { COUNT_TO: counted } : {});
  if (direction === 'down') await lockstep(place, downAll, { COUNT_TO: counted });
  const wanted = await contentsOf(place.database, direction === 'up' ? ['a', 'b', ...books] : books);
  await place.database.drop();
  return { calls: readFileSync(counted, 'utf8').length, wanted };
}

/** Which calls are killed at: a few, spread over the run. */
function places(calls: number): readonly number[] {
  const every = rounds(Math.ceil(calls / 3), 1);
  return Array.from({ length: calls }, (_, i) => i + 1).filter((at) => at % every === calls % every);
}

// Starting PGlite takes seconds; it is like PostgreSQL in this.
const tried = flavours.filter((flavour) => flavour !== 'pglite' || rounds(0, 1) === 1);

describe.each(tried)('on %s', (flavour) => {
  test('a way up that keeps rows and names them, killed anywhere, ends as one that was never killed', async () => {
    const { calls, wanted } = await undisturbed(flavour, 'up');
    for (const at of places(calls)) {
      const place: Place = { run: project(flavour).run, database: await databaseWith(flavour, ...before) };
      const what = `after a kill at call ${at} of ${calls}`;
      const killed = await place.run(upAll, { env: { DATABASE_URL: place.database.url, KILL_AT: String(at) } });
      expect(killed.signal, what).toBe('SIGKILL');
      await lockstep(place, upAll);
      expect(await contentsOf(place.database, ['a', 'b', ...books]), what).toBe(wanted);
      await place.database.drop();
    }
  }, 1_800_000);

  test('a way back killed anywhere is told as one, is not gone on with forwards, and ends as one that was never killed', async () => {
    const { calls, wanted } = await undisturbed(flavour, 'down');
    for (const at of places(calls)) {
      const place: Place = { run: project(flavour).run, database: await databaseWith(flavour, ...before) };
      const { run, database } = place;
      const what = `after a kill at call ${at} of ${calls}`;
      await lockstep(place, upAll);
      const killed = await run(downAll, { env: { DATABASE_URL: database.url, KILL_AT: String(at) } });
      expect(killed.signal, what).toBe('SIGKILL');
      const broken = await onDatabase(database, `SELECT id FROM lockstep_history WHERE state = 'failed'`);
      if (broken.length > 0) {
        const refused = brokenRun(await run([...upAll, '--json'], { env: { DATABASE_URL: database.url } }));
        expect(refused, what).toMatchObject({
          code: 2,
          codes: ['migration.failed'],
          state: expect.stringContaining('of its way back are done'),
        });
      }
      await lockstep(place, downAll);
      expect(await contentsOf(database, books), what).toBe(wanted);
      await database.drop();
    }
  }, 1_800_000);
});

test.each(['mariadb', 'sqlite'] as const)(
  'on %s a way back that fails at its first statement leaves the migration applied',
  async (flavour) => {
    const database = await databaseWith(flavour);
    const project = sandbox({
      'migrations/001_a.sql': `-- lockstep:up
CREATE TABLE a (id integer);
-- lockstep:down
ALTER TABLE nowhere ADD COLUMN x integer;
${flavour === 'sqlite' ? 'VACUUM;' : ''}
DROP TABLE a;`,
    });
    const env = { DATABASE_URL: database.url };
    expect((await project.run(['up'], { env })).code).toBe(0);
    expect(brokenRun(await project.run(['down', '--yes', '--json'], { env }))).toMatchObject({ code: 2, codes: ['migration.failed'] });
    expect(await onDatabase(database, 'SELECT state, done, intent FROM lockstep_history')).toMatchObject([
      { state: 'applied', done: 0, intent: null },
    ]);
    expect(brokenRun(await project.run(['up', '--json'], { env }))).toMatchObject({ code: 0, done: [] });
    await database.drop();
  },
);
