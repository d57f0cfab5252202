import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/contracts/index.ts';
import { mysql } from '../../src/engines/mysql/index.ts';
import { ask } from '../support/ask.ts';
import { empty, errorOf, numberOf, type OnServer, onServer, withSecond } from './mysql-support.ts';

let server: OnServer;
beforeAll(async () => {
  server = await onServer();
});
beforeEach(() => empty(server));
afterAll(() => server.close());

const second = (work: (connection: Connection) => Promise<void>): Promise<void> => withSecond(server, work);

describe('identify', () => {
  test('tells what the server is and which tables have no transactions', async () => {
    await server.run(
      'CREATE TABLE safe (a INT); CREATE TABLE `un safe` (a INT) ENGINE=MyISAM; CREATE TABLE aria (a INT) ENGINE=Aria; CREATE SEQUENCE s; CREATE VIEW v AS SELECT 1',
    );
    const met = await ask(server.connection, mysql.identify());
    expect(met).toMatchObject({ flavour: 'mariadb', transactionalStructure: false, readOnly: false, namespace: met.database });
    expect(met.title).toMatch(/^MariaDB \d+\.\d+\.\d+$/);
    expect(met.clock).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([...(met.unsafeTables ?? [])].filter((key) => !key.includes('.')).sort()).toEqual(['table "un safe"', 'table aria']);
  });
});

describe('history', () => {
  const tables = { history: '`lockstep_history`', log: '`lockstep_log`' };
  const literal = mysql.quote.literal;

  test('is made once and again, in any sql_mode', async () => {
    for (const mode of ['TRADITIONAL', 'ANSI', '']) {
      await server.run(`SET sql_mode = '${mode}'`);
      for (const sql of [...mysql.history.create(tables), ...mysql.history.create(tables)]) await server.connection.query(sql);
    }
    await server.run('SET sql_mode = DEFAULT');
    const columns = (table: string) =>
      server.rows(
        `SELECT COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}' ORDER BY ORDINAL_POSITION`,
      );
    expect((await columns('lockstep_history')).map((row) => row['c'])).toEqual(
      'id module version name state checksum down_checksum text_hash file format started_at finished_at milliseconds run by_user host error reason done total finished intent probe direction text back rendered kind fixture_set'.split(
        ' ',
      ),
    );
    expect((await columns('lockstep_log')).map((row) => row['c'])).toEqual('seq at event migration run by_user host detail'.split(' '));
  });

  test('keeps ids apart that differ in case alone, and updates what is there', async () => {
    for (const sql of mysql.history.create(tables)) await server.connection.query(sql);
    const first = {
      module: literal('app'),
      version: literal('1'),
      name: literal('x'),
      state: literal('failed'),
      started_at: mysql.history.now,
      text: literal('a'.repeat(200_000)),
    };
    await server.connection.query(mysql.history.upsert(tables.history, literal('a'), first));
    await server.connection.query(mysql.history.upsert(tables.history, literal('A'), first));
    await server.connection.query(
      mysql.history.upsert(tables.history, literal('a'), {
        ...first,
        state: literal('applied'),
        done: '3',
        probe: mysql.probe(['table lockstep_history'], server.server),
      }),
    );
    const rows = await server.rows(
      'SELECT id, module, state, done, LENGTH(text) AS n, started_at, probe IS NULL AS unprobed FROM lockstep_history ORDER BY id',
    );
    expect(rows).toMatchObject([
      { id: 'A', state: 'failed', done: 0, unprobed: 1 },
      { id: 'a', module: 'app', state: 'applied', done: 3, n: 200_000, unprobed: 0 },
    ]);
    expect(rows[0]?.['started_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('measures from the moment its clock was started, and says 0 where it was not', async () => {
    const elapsed = `SELECT ${mysql.history.elapsed({ now: 0, agoMs: 0 })} AS ms`;
    expect(Number((await server.rows(elapsed))[0]?.['ms'])).toBe(0);
    await server.connection.query(mysql.history.startClock?.({ now: 0, agoMs: 1000.2 }) ?? '');
    await server.connection.query('SELECT SLEEP(0.05)');
    const ms = Number((await server.rows(elapsed))[0]?.['ms']);
    expect(ms).toBeGreaterThanOrEqual(1050);
    expect(Number.isInteger(ms)).toBe(true);
  });

  test('is no part of the structure', async () => {
    const before = await server.fingerprint();
    for (const sql of mysql.history.create(tables)) await server.connection.query(sql);
    expect((await server.schema()).objects.size).toBe(0);
    expect(await server.fingerprint()).toBe(before);
  });
});

describe('session', () => {
  test('is reset to what it was, without letting go of the lock', async () => {
    await second(async (connection) => {
      const met = await ask(connection, mysql.identify());
      const variables = `SELECT @@autocommit, @@sql_mode, @@foreign_key_checks, @@unique_checks, @@time_zone, @@character_set_client, @@collation_connection,
        @@character_set_results, @@sql_log_bin, @@tx_isolation, @@lock_wait_timeout, @@group_concat_max_len, @@sql_safe_updates, DATABASE() AS db, CURRENT_ROLE() AS role,
        ABS(@@timestamp - UNIX_TIMESTAMP(SYSDATE())) > 2 AS moved`;
      const before = (await connection.query(variables)).rows;
      await connection.query("SELECT GET_LOCK('lockstep test', 0)");
      await connection.query('CREATE TABLE kept (a INT)');
      for (const sql of [
        "SET sql_mode = 'ANSI', foreign_key_checks = 0, unique_checks = 0, time_zone = '+03:00', group_concat_max_len = 4, sql_safe_updates = 1",
        'SET NAMES latin1',
        'SET sql_log_bin = 0',
        'SET timestamp = 1',
        'SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED',
        mysql.session.lockTimeout(2_500),
        'SET autocommit = 0',
        'LOCK TABLES kept WRITE',
        'USE mysql',
      ]) {
        await connection.query(sql);
      }
      expect((await connection.query(variables)).rows).not.toEqual(before);
      for (const sql of mysql.session.reset(met)) await connection.query(sql);
      expect((await connection.query(variables)).rows).toEqual(before);
      expect((await connection.query("SELECT IS_USED_LOCK('lockstep test') = CONNECTION_ID() AS mine")).rows).toEqual([{ mine: 1 }]);
    });
  });

  test('takes back a role', async () => {
    const role = `ls_role_${server.server.database.slice(-6)}`;
    await server.run(`CREATE ROLE ${role}; GRANT ${role} TO root@localhost`);
    try {
      await second(async (connection) => {
        const met = await ask(connection, mysql.identify());
        await connection.query(`SET ROLE ${role}`);
        for (const sql of mysql.session.reset(met)) await connection.query(sql);
        expect((await connection.query('SELECT CURRENT_ROLE() AS role')).rows).toEqual([{ role: null }]);
      });
    } finally {
      await server.run(`DROP ROLE ${role}`);
    }
  });

  test('waits for locks no longer than it was told, in whole seconds', async () => {
    for (const [milliseconds, seconds] of [
      [1, '1'],
      [2_000, '2'],
      [2_001, '3'],
    ] as const) {
      await server.connection.query(mysql.session.lockTimeout(milliseconds));
      expect(await server.rows('SELECT CONCAT(@@lock_wait_timeout) AS a, CONCAT(@@innodb_lock_wait_timeout) AS b')).toEqual([
        { a: seconds, b: seconds },
      ]);
    }
    await server.run('SET lock_wait_timeout = DEFAULT, innodb_lock_wait_timeout = DEFAULT');
  });
});

describe('lock', () => {
  const { lock, lease } = mysql;
  if (lock?.assert === undefined || lease === undefined) throw new Error('MySQL has locks');
  const { assert } = lock;

  test('is held by one session, which can prove it', async () => {
    const name = `lockstep:${server.server.database}`;
    await second(async (other) => {
      expect(Number((await server.rows(lock.acquire(name).sql))[0]?.['locked'])).toBe(1);
      expect(Number((await other.query(lock.acquire(name).sql)).rows[0]?.['locked'])).toBe(0);
      const [holder] = (await other.query(lock.holder(name).sql)).rows;
      expect(holder).toMatchObject({ user: 'root' });
      expect(String(holder?.['session'])).toBe(await numberOf(server.connection));
      expect(holder?.['since']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      await server.connection.query(assert(name));
      expect(mysql.errorKind(await errorOf(other.query(assert(name))))).toBe('other');
      await server.connection.query(lock.release(name).sql);
      await errorOf(server.connection.query(assert(name)));
      expect((await other.query(lock.holder(name).sql)).rows).toEqual([]);
    });
  });

  test('in a table is proven by its token', async () => {
    await server.run(
      'CREATE TABLE lockstep_lock (name varchar(40) NOT NULL PRIMARY KEY, holder varchar(255) NOT NULL, token bigint NOT NULL, expires double precision NOT NULL)',
    );
    await server.run(`INSERT INTO lockstep_lock VALUES ('run', 'ada', 7, ${lease.epoch} + 30)`);
    await server.connection.query(lease.assert('lockstep_lock', "'run'", '7'));
    await errorOf(server.connection.query(lease.assert('lockstep_lock', "'run'", '8')));
    await second(async (other) => {
      await other.query('SET innodb_lock_wait_timeout = 1');
      await server.run(`START TRANSACTION; ${lease.assert('lockstep_lock', "'run'", '7')}`);
      const error = await errorOf(other.query("UPDATE lockstep_lock SET token = 8 WHERE name = 'run'"));
      expect(mysql.errorKind(error)).toBe('busy');
      await server.run('COMMIT');
    });
  });
});
