import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, DatabaseError, type Loss, lossCap } from '../../src/contracts/index.ts';
import { mysql } from '../../src/engines/mysql/index.ts';
import { ask } from '../support/ask.ts';
import { empty, type OnServer, onServer } from './mysql-support.ts';

let server: OnServer;
beforeAll(async () => {
  server = await onServer();
});
beforeEach(() => empty(server));
afterAll(() => server.close());

/** A second session on the same database. */
async function second(work: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await server.database.connect();
  try {
    for (const statement of mysql.session.start) await connection.query(statement);
    await work(connection);
  } finally {
    await connection.close();
  }
}

const errorOf = (work: Promise<unknown>): Promise<DatabaseError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof DatabaseError ? error : Promise.reject(error)),
  );

const number = async (connection: Connection): Promise<string> =>
  String((await connection.query('SELECT CONNECTION_ID() AS id')).rows[0]?.['id']);

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
      'id module version name state checksum down_checksum text_hash file format started_at finished_at milliseconds run by_user host error reason done total finished intent probe direction text back'.split(
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
    const elapsed = `SELECT ${mysql.history.elapsed} + 0 AS ms`;
    expect(Number((await server.rows(elapsed))[0]?.['ms'])).toBe(0);
    await server.connection.query(mysql.history.startClock ?? '');
    await server.connection.query('SELECT SLEEP(0.05)');
    const ms = Number((await server.rows(elapsed))[0]?.['ms']);
    expect(ms).toBeGreaterThanOrEqual(50);
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
      expect(String(holder?.['session'])).toBe(await number(server.connection));
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

describe('losses', () => {
  test('counts what would be gone, and nothing where there is nothing', async () => {
    await server.run(
      "CREATE TABLE t (id INT, name VARCHAR(10), empty INT); INSERT INTO t VALUES (1, 'a', NULL), (2, NULL, NULL); CREATE TABLE none (a INT)",
    );
    const table = { name: 't' };
    const wanted: readonly (readonly [Loss, number])[] = [
      [{ what: 'table', table }, 2],
      [{ what: 'rows', table }, 2],
      [{ what: 'column', table, column: 'name' }, 1],
      [{ what: 'column', table, column: 'NAME' }, 1],
      [{ what: 'column', table, column: 'empty' }, 0],
      [{ what: 'column', table, column: 'nowhere' }, 0],
      [{ what: 'values', table, column: 'id' }, 2],
      [{ what: 'values', table }, 2],
      [{ what: 'table', table: { name: 'none' } }, 0],
      [{ what: 'table', table: { name: 'nowhere' } }, 0],
      [{ what: 'table', table: { schema: server.server.database, name: 't' } }, 2],
    ];
    const found = await ask(
      server.connection,
      mysql.losses(
        wanted.map(([loss]) => loss),
        server.server,
      ),
    );
    expect(found.map(({ loss, rows }) => [loss, rows])).toEqual(wanted);
    expect(await ask(server.connection, mysql.losses([], server.server))).toEqual([]);
  });

  test('names the tables of a database that would go', async () => {
    await server.run(
      'CREATE TABLE a (x INT); INSERT INTO a VALUES (1); CREATE TABLE b (x INT); CREATE TABLE lockstep_log (x INT); CREATE VIEW v AS SELECT 1',
    );
    const found = await ask(
      server.connection,
      mysql.losses([{ what: 'table', table: { schema: server.server.database, name: '*' } }], server.server),
    );
    expect(found.map(({ loss, rows }) => [loss.table.name, rows]).sort()).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  test('stops counting at its cap', async () => {
    await server.run(`CREATE TABLE many (a INT); INSERT INTO many SELECT seq FROM seq_1_to_${lossCap + 500}`);
    const [found] = await ask(server.connection, mysql.losses([{ what: 'rows', table: { name: 'many' } }], server.server));
    expect(found?.rows).toBe(lossCap + 1);
  });
});

describe('errors', () => {
  test.each([
    ['SELECT * FROM nowhere', 'no-table'],
    ['DROP TABLE nowhere', 'no-table'],
    ['CREATE TABLE t (a INT)', 'exists'],
    ['SELEC 1', 'syntax'],
    ['USE nowhere_at_all', 'no-database'],
    ['KILL QUERY CONNECTION_ID()', 'cancelled'],
    ['SET STATEMENT max_statement_time = 0.01 FOR SELECT SLEEP(2) FROM t', 'cancelled'],
    ['SELECT nothing FROM t', 'other'],
  ])('%s fails with the kind %s', async (sql, kind) => {
    await server.run('CREATE TABLE t (a INT); INSERT INTO t VALUES (1)');
    expect(mysql.errorKind(await errorOf(server.connection.query(sql)))).toBe(kind);
  });

  test('rights, refused users, databases that are not there and servers that are not there are told apart', async () => {
    const user = `ls_u_${server.server.database.slice(-6)}`;
    await server.run(
      `CREATE TABLE t (a INT); CREATE USER ${user}@localhost IDENTIFIED BY 'x', ${user}@'%' IDENTIFIED BY 'x'; GRANT SELECT ON \`${server.server.database}\`.* TO ${user}@localhost, ${user}@'%'`,
    );
    try {
      const as = (change: (url: URL) => void): Promise<Connection> => {
        const url = new URL(server.database.url);
        change(url);
        return server.database.driver.connect({ url: url.href, shown: url.href, base: '/' }, { label: 'lockstep test' });
      };
      const log = (password: string) => (url: URL) => {
        url.username = user;
        url.password = password;
      };
      expect(mysql.errorKind(await errorOf(as(log('wrong'))))).toBe('credentials');
      expect(
        mysql.errorKind(
          await errorOf(
            as((url) => {
              url.pathname = '/nowhere_at_all';
            }),
          ),
        ),
      ).toBe('no-database');
      expect(
        mysql.errorKind(
          await errorOf(
            as((url) => {
              url.port = '1';
            }),
          ),
        ),
      ).toBe('lost');
      const connection = await as(log('x'));
      expect(mysql.errorKind(await errorOf(connection.query('DROP TABLE t')))).toBe('rights');
      expect(mysql.errorKind(await errorOf(connection.query('USE mysql')))).toBe('rights');
      expect(mysql.errorKind(await errorOf(connection.query('SET GLOBAL max_connections = 1')))).toBe('rights');
      await connection.close();
    } finally {
      await server.run(`DROP USER ${user}@localhost, ${user}@'%'`);
    }
  });

  test('a transaction that may only read, a lost connection, a lock and a deadlock are told apart', async () => {
    await server.run('CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1), (2); START TRANSACTION READ ONLY');
    expect(mysql.errorKind(await errorOf(server.connection.query('INSERT INTO t VALUES (3)')))).toBe('read-only');
    await server.run('ROLLBACK; START TRANSACTION; UPDATE t SET a = 1 WHERE a = 1');
    await second(async (other) => {
      await other.query('START TRANSACTION');
      await other.query('UPDATE t SET a = 2 WHERE a = 2');
      const waiting = errorOf(other.query('UPDATE t SET a = 1 WHERE a = 1')).catch(() => undefined);
      const own = await server.connection.query('UPDATE t SET a = 2 WHERE a = 2').then(
        () => undefined,
        (error: unknown) => error as DatabaseError,
      );
      await server.connection.query('ROLLBACK');
      const victim = own ?? (await waiting);
      if (victim === undefined) throw new Error('nobody was the victim');
      expect(mysql.errorKind(victim)).toBe('deadlock');
    });
    await server.run('START TRANSACTION; SELECT * FROM t');
    await second(async (other) => {
      await other.query(mysql.session.lockTimeout(1));
      expect(mysql.errorKind(await errorOf(other.query('ALTER TABLE t ADD b INT')))).toBe('busy');
    });
    await server.run('COMMIT');
    await second(async (other) => {
      const id = await number(other);
      await server.connection.query(`KILL ${id}`);
      expect(mysql.errorKind(await errorOf(other.query('SELECT 1')))).toBe('lost');
    });
  });

  test.each([
    ['SELECT 1\nFROM t\nWERE a = 1', 'a = 1'],
    ['CREATE TABLE x (\n  a INT,\n  b INTT NOT NULL\n)', 'INTT'],
    ['SELECT a, nothing FROM t', 'nothing'],
    ['SELECT * FROM t JOIN nowhere', 'nowhere'],
    ['ALTER TABLE t DROP COLUMN gone', 'gone'],
    ['ALTER TABLE t ADD COLUMN a INT', 'a INT'],
    ['CREATE INDEX i ON t (missing)', 'missing'],
    ['SELECT (1', ''],
  ])('in %j the place is found', async (sql, word) => {
    await server.run('CREATE TABLE t (a INT)');
    const error = await errorOf(server.connection.query(sql));
    expect(mysql.locate(sql, error)).toBe(word === '' ? sql.length : sql.lastIndexOf(word));
  });

  test('the place is found in one of several statements that were sent together', async () => {
    const statements = ['SET @a = 1', 'SET @b = 2', 'SELECT\n  3 FORM dual', 'SELECT 4'];
    const error = await errorOf(server.connection.script(statements.join('\n;\n')));
    expect(error.index).toBe(2);
    expect(mysql.locate(statements[2] ?? '', error)).toBe(statements[2]?.indexOf('dual'));
  });
});

describe('waiting', () => {
  const until = async (check: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    throw new Error('it never came to that');
  };

  test.each([
    ['an ALTER TABLE that waits for an open transaction', 'SELECT * FROM t', 'ALTER TABLE t ADD b INT'],
    ['an UPDATE that waits for a row', 'UPDATE t SET a = 2', 'UPDATE t SET a = 3'],
  ])('%s names it', async (_, first, then) => {
    await server.run(`CREATE TABLE t (a INT); INSERT INTO t VALUES (1); START TRANSACTION; ${first}`);
    await second((waiter) =>
      second(async (watcher) => {
        const [own, other] = [await number(waiter), await number(server.connection)];
        const done = waiter.query(then);
        const query = mysql.blockers?.(own).sql ?? '';
        await until(async () => (await watcher.query(query)).rows.some((row) => String(row['session']) === other));
        const [row] = (await watcher.query(query)).rows;
        expect(row).toMatchObject({ user: 'root' });
        expect(row?.['since']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const holders = (await watcher.query(mysql.holders?.(['table t']).sql ?? '')).rows;
        expect(holders.map((holder) => String(holder['session']))).toContain(other);
        await server.run('COMMIT');
        await done;
        await until(async () => (await watcher.query(query)).rows.length === 0);
      }),
    );
  });

  test('a long ALTER TABLE tells how far it is', async () => {
    await server.run('CREATE TABLE t (a INT, b CHAR(200)); INSERT INTO t SELECT seq, seq FROM seq_1_to_60000');
    await second(async (watcher) => {
      const own = await number(server.connection);
      const seen: number[] = [];
      const done = server.connection.query('ALTER TABLE t MODIFY a BIGINT, ALGORITHM=COPY');
      let running = true;
      const end = done.finally(() => {
        running = false;
      });
      while (running) {
        const [row] = (await watcher.query(mysql.progress?.(own).sql ?? '')).rows;
        if (row !== undefined) {
          expect(Number(row['total'])).toBeGreaterThan(0);
          expect(Number(row['done'])).toBeLessThanOrEqual(Number(row['total']));
          seen.push(Number(row['done']));
        }
      }
      await end;
      expect(seen.length).toBeGreaterThan(0);
      expect((await watcher.query(mysql.progress?.(own).sql ?? '')).rows).toEqual([]);
    });
  });
});
