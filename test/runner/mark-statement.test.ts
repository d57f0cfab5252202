import { expect, test } from 'vitest';
import { endSession, holdTable, onDatabase, sessionAt } from '../support/activity.ts';
import type { TestDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { brokenRun, databaseWith, undisturbed, upToEnd } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const tables = ['b', 'c', 'called'];

type Served = 'postgres' | 'mariadb';

interface Stage {
  readonly database: TestDatabase;
  readonly project: Sandbox;
  readonly env: { readonly DATABASE_URL: string };
}

/** A procedure that writes a row for good and then takes its time while `hold` has a row; nothing shows from outside how far it is. */
const procedure = {
  postgres: `CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO called VALUES (1); COMMIT;
      PERFORM pg_sleep(60) FROM hold; INSERT INTO called VALUES (2);
    END $$`,
  mariadb: `CREATE PROCEDURE p() BEGIN
      INSERT INTO called VALUES (1); COMMIT;
      IF EXISTS (SELECT 1 FROM hold) THEN DO SLEEP(60); END IF; INSERT INTO called VALUES (2);
    END`,
};

const files = {
  'migrations/001_a.sql': 'CREATE TABLE called (n integer)',
  'migrations/002_b.sql': '-- lockstep:no-transaction\nCREATE TABLE b (id integer);\nCALL p();\nCREATE TABLE c (id integer);',
};

/** A run whose session was ended in the middle of the procedure. */
async function broken(flavour: Served): Promise<Stage> {
  const database = await databaseWith(flavour, ...holdTable(true), procedure[flavour]);
  const project = sandbox(files);
  const env = { DATABASE_URL: database.url };
  const running = project.start(['up', '--json'], { env });
  await endSession(database, await sessionAt(database, flavour === 'postgres' ? 'CALL p()' : 'SLEEP'));
  expect(brokenRun(await running.done)).toMatchObject({
    code: 2,
    codes: ['connection.lost'],
    state:
      'NOT rolled back: statement 1 of 3 of 002_b stays and is journalled; statement 2 was under way, and nobody can tell whether it was finished',
    done: ['001_a'],
    failed: ['002_b'],
  });
  await onDatabase(database, 'DELETE FROM hold');
  const again = await project.run(['up'], { env });
  expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining('State:  statement 1 stays; statement 2 is finished or not') });
  for (const mark of ['applied', 'pending']) expect(again.stderr).toContain(`lockstep mark ${mark} 002_b --statement 2 --reason WHY`);
  expect(await onDatabase(database, 'SELECT n FROM called')).toEqual([{ n: 1 }]);
  return { database, project, env };
}

const ways = [
  ['postgres', 'pending', 'DELETE FROM called', 'statement 2 counts as not run; `lockstep up` goes on with it'],
  ['mariadb', 'applied', 'INSERT INTO called VALUES (2)', 'statement 2 counts as finished; `lockstep up` goes on behind it'],
  ['postgres', 'applied', 'INSERT INTO called VALUES (2)', 'statement 2 counts as finished; `lockstep up` goes on behind it'],
  ['mariadb', 'pending', 'DELETE FROM called', 'statement 2 counts as not run; `lockstep up` goes on with it'],
] as const;

test.each(ways.slice(0, rounds(2, 4)))('on %s a statement that nobody can judge is marked as %s', async (flavour, mark, byHand, now) => {
  const { database, project, env } = await broken(flavour);
  const refused = await project.run(['mark', mark, '002', '--statement', '1', '--reason', 'none'], { env });
  expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining('statement 1 of it is not in doubt') });
  await onDatabase(database, byHand);
  const marked = await project.run(['mark', mark, '002', '--statement', '2', '--reason', 'seen to by hand'], { env });
  expect(marked).toMatchObject({ code: 0, stdout: expect.stringContaining(now) });
  const wanted = await undisturbed(flavour, project, { tables, before: [...holdTable(false), procedure[flavour]] });
  expect(await upToEnd(project, database, tables)).toEqual(wanted);
  const log = await onDatabase(database, "SELECT event, migration, detail FROM lockstep_log WHERE event = 'mark'");
  expect(log).toEqual([{ event: 'mark', migration: '002_b', detail: `${mark}: seen to by hand` }]);
  await database.drop();
});
