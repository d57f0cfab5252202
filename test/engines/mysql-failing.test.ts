import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, type DatabaseError, type Loss, lossCap } from '../../src/contracts/index.ts';
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
      const id = await numberOf(other);
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
        const [own, other] = [await numberOf(waiter), await numberOf(server.connection)];
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
      const own = await numberOf(server.connection);
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
