import { describe, expect, test } from 'vitest';
import { type Connection, DatabaseError, type Query } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';
import { ask } from '../support/ask.ts';
import { flavours, type Place, placeFor } from './postgres-support.ts';

async function rowsOf(connection: Connection, query: Query): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await connection.query(query.sql, query.parameters)).rows;
}

async function failure(work: Promise<unknown>): Promise<DatabaseError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseError)) throw new Error('it did not fail', { cause: error });
  return error;
}

/** A second connection for the length of some work, and its number on the server. */
async function beside<T>(place: Place, work: (other: Connection, session: string) => Promise<T>): Promise<T> {
  const other = await place.database.connect();
  try {
    const [row] = (await other.query('SELECT pg_backend_pid()::text AS session')).rows;
    return await work(other, String(row?.['session']));
  } finally {
    await other.close();
  }
}

/** Waits until a question has an answer. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(flavours)('on %s', (flavour) => {
  const place = placeFor(flavour);
  const { lock, lease, session } = postgres;

  test('identify tells the version, the namespace and the session', async () => {
    const { server } = place();
    expect(server).toMatchObject({ flavour, namespace: 'public', readOnly: false, transactionalStructure: true });
    expect(server.title).toMatch(flavour === 'postgres' ? /^PostgreSQL \d+\.\d+$/ : /^PGlite \(PostgreSQL \d+\.\d+\)$/);
    expect(server.clock).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await place().rows('SELECT pg_backend_pid()::text AS pid'))[0]).toEqual({ pid: server.session });
  });

  test('identify sees a database that is for reading only', async () => {
    await place().run('SET default_transaction_read_only = on');
    expect(await ask(place().connection, postgres.identify())).toMatchObject({ readOnly: true });
  });

  test('reset takes back what a migration did to the session, and keeps the run lock', async () => {
    const { begin, run, rows, connection } = place();
    await begin('CREATE TABLE t (id serial)');
    if (lock === undefined) throw new Error('there is no lock');
    expect(await rowsOf(connection, lock.acquire('reset'))).toEqual([{ locked: true }]);
    await run(`CREATE ROLE ls_nobody_${flavour}; CREATE TEMP TABLE t (other int); PREPARE p AS SELECT 1; SET lock_timeout = 5; SELECT set_config('search_path', '', false);
      SET SESSION AUTHORIZATION ls_nobody_${flavour}; SET ROLE ls_nobody_${flavour}; SET standard_conforming_strings = off`);

    for (const sql of session.reset(place().server)) await connection.query(sql);

    expect(
      await rows(
        "SELECT current_user::text AS me, current_schema()::text AS here, current_setting('lock_timeout') AS wait, 'a\\b' AS text",
      ),
    ).toEqual([{ me: 'postgres', here: 'public', wait: '0', text: 'a\\b' }]);
    expect(await rows('SELECT id FROM t')).toEqual([]);
    expect((await failure(connection.query('EXECUTE p'))).code).toBe('26000');
    await run(`DROP ROLE ls_nobody_${flavour}; ${lock.assert?.('reset') ?? ''}`);
    expect(await rowsOf(connection, lock.release('reset'))).toEqual([{ unlocked: true }]);
  });

  test('the assertion of the run lock fails without it', async () => {
    const error = await failure(place().connection.query(lock?.assert?.("no\\one's") ?? ''));
    expect(error.message).toContain('the run lock is lost');
  });

  test('the assertion of a lease holds while the token is that of the row', async () => {
    const { begin, run, connection } = place();
    await begin(`CREATE TABLE lease (name text PRIMARY KEY, token bigint, expires float8); INSERT INTO lease VALUES ('run', 7, 0)`);
    if (lease === undefined) throw new Error('there is no lease');
    await run(`BEGIN; ${lease.assert('lease', "'run'", '7')}; COMMIT; UPDATE lease SET expires = ${lease.epoch}`);
    const error = await failure(connection.query(lease.assert('lease', "'run'", '6')));
    expect(error).toMatchObject({ code: lease.lostCode, message: expect.stringContaining('taken over') });
  });

  test('a lock timeout holds for the transaction, or for the session', async () => {
    const { begin, run, rows } = place();
    await begin();
    const setting = async (): Promise<unknown> => (await rows('SHOW lock_timeout'))[0]?.['lock_timeout'];
    await run(`BEGIN; ${session.lockTimeout(1500)}`);
    expect(await setting()).toBe('1500ms');
    await run('COMMIT');
    expect(await setting()).toBe('0');
    await run(session.lockTimeout(2000, 'session'));
    expect(await setting()).toBe('2s');
  });

  test.each([
    ['SELECT * FROM nowhere', 'no-table'],
    ['CREATE TABLE t (a int)', 'exists'],
    ['CREATE SCHEMA public', 'exists'],
    ['ALTER TABLE t ADD a int', 'exists'],
    ['CREATE TYPE mood AS ENUM ()', 'exists'],
    ['SELEC 1', 'syntax'],
    ['SELECT 1/0', 'other'],
    ['SET ROLE ls_reader; CREATE TABLE public.x (a int)', 'rights'],
    ['BEGIN READ ONLY; CREATE TABLE x (a int)', 'read-only'],
  ] as const)('the error of %s is of the kind "%s"', async (script, kind) => {
    const { begin, run, connection } = place();
    await begin('CREATE TABLE t (a int); CREATE TYPE mood AS ENUM ()');
    await run('DO $$ BEGIN CREATE ROLE ls_reader; EXCEPTION WHEN duplicate_object THEN END $$');
    const error = await failure(run(script));
    await connection.query('ROLLBACK');
    expect(postgres.errorKind(error)).toBe(kind);
    await begin();
    await run('DROP ROLE ls_reader');
  });

  test('a name that exists already is found in the statement', async () => {
    const { begin, connection } = place();
    await begin('CREATE TABLE t (a int)');
    const sql = 'ALTER TABLE t ADD COLUMN b int, ADD COLUMN a int';
    const error = await failure(connection.query(sql));
    expect(error.position).toBeUndefined();
    expect(postgres.locate(sql, error)).toBe(sql.lastIndexOf('a int'));
  });
});

describe('between sessions of a server', () => {
  const place = placeFor('postgres');
  const { lock, session } = postgres;

  test('the run lock is held by one, who is named, and goes with the connection', async () => {
    if (lock === undefined) throw new Error('there is no lock');
    const { connection } = place();
    await beside(place(), async (other, number) => {
      expect(await rowsOf(other, lock.acquire('shared'))).toEqual([{ locked: true }]);
      expect(await rowsOf(connection, lock.acquire('shared'))).toEqual([{ locked: false }]);
      expect(await rowsOf(connection, lock.holder('shared'))).toEqual([
        {
          session: number,
          user: 'postgres',
          host: expect.any(String),
          program: 'lockstep test',
          since: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      ]);
      expect(await rowsOf(connection, lock.holder('another'))).toEqual([]);
    });
    const [row] = await until(async () => {
      const rows = await rowsOf(connection, lock.acquire('shared'));
      return rows[0]?.['locked'] === true ? rows : undefined;
    });
    expect(row).toEqual({ locked: true });
    await connection.query(lock.release('shared').sql, ['shared']);
  });

  test('who blocks a session is told while it waits, and who holds the table when the wait has ended', async () => {
    const { begin, connection } = place();
    await begin('CREATE TABLE "T x" (a int)');
    await beside(place(), async (other, number) => {
      await other.query('BEGIN; LOCK TABLE "T x" IN ROW EXCLUSIVE MODE');
      const me = place().server.session ?? '';
      const waiting = failure(connection.query(`${session.lockTimeout(400, 'session')}; DROP TABLE "T x"`));
      const [blocker] = await until(async () => {
        const rows = await beside(place(), (third) => rowsOf(third, postgres.blockers?.(me) ?? { sql: '' }));
        return rows.length > 0 ? rows : undefined;
      });
      expect(blocker).toMatchObject({ session: number, user: 'postgres', program: 'lockstep test', state: 'idle in transaction' });
      expect(blocker?.['since']).toMatch(/Z$/);
      expect(blocker?.['query']).toContain('LOCK TABLE');

      const error = await waiting;
      expect(postgres.errorKind(error)).toBe('busy');
      const { touches } = postgres.classify('DROP TABLE "T x"', place().server);
      expect(await rowsOf(connection, postgres.holders?.(touches) ?? { sql: '' })).toMatchObject([
        { session: number, lock: 'RowExclusiveLock' },
      ]);
      await other.query('ROLLBACK');
    });
    expect(await rowsOf(connection, postgres.holders?.(['routine f', 'table nowhere']) ?? { sql: '' })).toEqual([]);
  });

  test('a deadlock and an ended session have kinds of their own', async () => {
    const { begin, connection, server } = place();
    await begin('CREATE TABLE a (x int); CREATE TABLE b (x int)');
    await beside(place(), async (other, number) => {
      await connection.query('BEGIN; LOCK TABLE a');
      await other.query("SET deadlock_timeout = '30ms'; BEGIN; LOCK TABLE b");
      await connection.query("SET deadlock_timeout = '10s'");
      const mine = connection.query('LOCK TABLE b');
      const error = await failure(other.query('LOCK TABLE a'));
      expect(postgres.errorKind(error)).toBe('deadlock');
      await other.query('ROLLBACK');
      await mine;
      await connection.query('ROLLBACK');
      expect(server.session).not.toBe(number);
      const gone = failure(other.query('SELECT pg_sleep(60)'));
      await connection.query(`SELECT pg_terminate_backend(${number})`);
      expect(postgres.errorKind(await gone)).toBe('lost');
    });
  });

  test('a statement that was cancelled has a kind of its own', async () => {
    const { begin, connection, server } = place();
    await begin();
    const cancelled = failure(connection.query('SELECT pg_sleep(60)'));
    await beside(place(), (other) => other.query(`SELECT pg_cancel_backend(${server.session})`));
    expect(postgres.errorKind(await cancelled)).toBe('cancelled');
  });

  test('a database that does not exist is told apart', async () => {
    const { database } = place();
    const url = new URL(database.url);
    url.pathname = '/ls_not_there';
    const error = await failure(database.driver.connect({ ...database.target, url: url.href }, { label: 'x' }));
    expect(postgres.errorKind(error)).toBe('no-database');
  });

  test('a server that is not there is lost', async () => {
    const { database } = place();
    const error = await failure(database.driver.connect({ ...database.target, url: 'postgres://postgres@127.0.0.1:1/x' }, { label: 'x' }));
    expect(postgres.errorKind(error)).toBe('lost');
  });

  test('an index whose build failed is found, and dropped by the text that comes with it', async () => {
    const { begin, connection } = place();
    await begin('CREATE SCHEMA app; CREATE TABLE app.t (a int); INSERT INTO app.t VALUES (1), (1)');
    const sql = 'CREATE UNIQUE INDEX CONCURRENTLY "I x" ON app.t (a)';
    await failure(connection.query(sql));
    const invalid = postgres.invalidIndexes?.() ?? { sql: '' };
    expect(await rowsOf(connection, invalid)).toEqual([{ schema: 'app', table: 't', index: 'I x' }]);
    const before = (await place().schema()).objects.get('table app.t');
    expect(before).toMatchObject({ indexes: [{ name: 'I x', extras: { invalid: 'true' } }] });
    await connection.query(postgres.concurrentIndex?.(sql)?.drop ?? '');
    expect(await rowsOf(connection, invalid)).toEqual([]);
  });

  test('the index of a partitioned table that waits for its parts is no failed one', async () => {
    const { begin, connection } = place();
    await begin('CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p DEFAULT; CREATE INDEX i ON ONLY p (a)');
    expect(await rowsOf(connection, postgres.invalidIndexes?.() ?? { sql: '' })).toEqual([]);
  });

  test('how far a build is can be seen from beside', async () => {
    const { begin, connection, server } = place();
    await begin('CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 2000)');
    await connection.query(
      'CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.001); RETURN $1; END $$',
    );
    const building = connection.query('CREATE INDEX i ON t (slow(a))');
    const query = postgres.progress?.(server.session ?? '') ?? { sql: '' };
    const seen = await beside(place(), (other) =>
      until(async () => {
        const [row] = await rowsOf(other, query);
        return row !== undefined && Number(row['total']) > 0 ? row : undefined;
      }),
    );
    await building;
    expect(seen['phase']).toMatch(/building index/);
    expect(Number(seen['done'])).toBeLessThanOrEqual(Number(seen['total']));
    expect(await rowsOf(connection, query)).toEqual([]);
  });
});
