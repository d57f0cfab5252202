import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysql } from '../../src/engines/mysql/index.ts';
import type { Change, RowValue } from '../../src/schema/index.ts';
import { emptySchema } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { empty, type OnServer, onServer, renderOn, runChanges, statementsOf, wayBack } from './mysql-support.ts';

let server: OnServer;
beforeAll(async () => {
  server = await onServer();
});
beforeEach(() => empty(server));
afterAll(() => server.close());

const t = { name: 't' };
const rowsOf = (table = 't') => server.rows(`SELECT * FROM ${table} ORDER BY 1`);
const run = async (...changes: readonly Change[]): Promise<void> => {
  await runChanges(server, changes, await server.schema());
};

test('rows come in with every kind of value, and with what the table gives for columns that are left out', async () => {
  await server.run("CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(50) DEFAULT 'none', n DECIMAL(30,0), b BLOB, j JSON, f TINYINT(1))");
  const rows: readonly Readonly<Record<string, RowValue>>[] = [
    { id: 1, s: "it's \\ 😀\n", n: 123456789012345678901234567890n, b: new Uint8Array([0, 255]), j: { json: { a: ['\\"'] } }, f: true },
    { id: 2, f: false },
    { s: { sql: "CONCAT('a', 'b')" }, id: { sql: '1 + 2' } },
    { id: 4, s: null },
  ];
  await server.run('ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4');
  await run({ kind: 'insertRows', table: t, rows });
  expect(await rowsOf()).toEqual([
    { id: 1, s: "it's \\ 😀\n", n: '123456789012345678901234567890', b: Buffer.from([0, 255]), j: { a: ['\\"'] }, f: 1 },
    { id: 2, s: 'none', n: null, b: null, j: null, f: 0 },
    { id: 3, s: 'ab', n: null, b: null, j: null, f: null },
    { id: 4, s: null, n: null, b: null, j: null, f: null },
  ]);
});

test('rows that give nothing at all get what the table gives', async () => {
  await server.run('CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)');
  await run({ kind: 'insertRows', table: t, rows: [{}, {}] });
  expect(await rowsOf()).toEqual([{ id: 1 }, { id: 2 }]);
});

test('inserted rows go again by their key', async () => {
  await server.run("CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(5)); INSERT INTO t VALUES (9, 'x')");
  const change: Change = {
    kind: 'insertRows',
    table: t,
    rows: [
      { id: 1, s: 'a' },
      { id: 2, s: null },
    ],
  };
  const before = await server.schema();
  await run(change);
  await run(...wayBack(change, before));
  expect(await rowsOf()).toEqual([{ id: 9, s: 'x' }]);
});

test('an update sees the values as they were, whatever order they are written in', async () => {
  await server.run('CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT); INSERT INTO t VALUES (1, 1, 10, 100), (2, 2, 20, 200)');
  await run({ kind: 'updateRows', table: t, set: { a: 5, b: { sql: 'a + c' }, c: { sql: 'a' } }, where: { equals: { id: 1 } } });
  expect(await rowsOf()).toEqual([
    { id: 1, a: 5, b: 101, c: 1 },
    { id: 2, a: 2, b: 20, c: 200 },
  ]);
});

test.each([
  [{ equals: { a: null } }, [2, 3]],
  [{ equals: { a: 1, s: "x'" } }, []],
  [{ sql: 'a IS NULL OR a > 0' }, []],
  [{ equals: {} }, []],
] as const)('deleting where %j leaves the rest', async (where, gone) => {
  await server.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, s VARCHAR(5)); INSERT INTO t VALUES (1, 1, 'x''')");
  if (gone.length > 0) await server.run('INSERT INTO t VALUES (2, NULL, NULL), (3, NULL, NULL)');
  await run({ kind: 'deleteRows', table: t, where });
  expect((await rowsOf()).map((row) => row['id'])).toEqual(gone.length > 0 ? [1] : []);
});

describe('an upsert', () => {
  const rows = [
    { id: 1, email: 'new' },
    { id: 3, email: 'c' },
  ];

  test('asks the only key of a table in one statement', async () => {
    await server.run("CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(10)); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    const change = { kind: 'upsertRows', table: t, key: ['id'], rows } as const;
    const statements = statementsOf(renderOn(server.server, await server.schema(), change));
    expect(statements.map(({ sql }) => sql.match(/ON DUPLICATE KEY UPDATE/g)?.length)).toEqual([1]);
    await run(change);
    expect(await rowsOf()).toEqual([
      { id: 1, email: 'new' },
      { id: 2, email: 'b' },
      { id: 3, email: 'c' },
    ]);
  });

  test('never touches a row that another key of the table leads to', async () => {
    await server.run("CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(10) UNIQUE); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    await run({ kind: 'upsertRows', table: t, key: ['id'], rows });
    expect(await rowsOf()).toEqual([
      { id: 1, email: 'new' },
      { id: 2, email: 'b' },
      { id: 3, email: 'c' },
    ]);
    await expect(run({ kind: 'upsertRows', table: t, key: ['id'], rows: [{ id: 4, email: 'b' }] })).rejects.toThrow(/Duplicate entry/);
    expect(await rowsOf()).toHaveLength(3);
  });

  test('is right about a table that is not known', async () => {
    await server.run("CREATE TABLE t (id INT, email VARCHAR(10)); INSERT INTO t VALUES (1, 'a'), (1, 'b')");
    const change = { kind: 'upsertRows', table: t, key: ['id'], rows: [...rows, { id: 3, email: 'd' }] } as const;
    for (const { sql } of statementsOf(renderOn(server.server, { ...emptySchema, scope: new Set() }, change)))
      await server.connection.query(sql);
    expect(await rowsOf()).toEqual([
      { id: 1, email: 'new' },
      { id: 1, email: 'new' },
      { id: 3, email: 'd' },
    ]);
  });

  test('of rows that are all key leaves them alone', async () => {
    await server.run('CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 1)');
    await run({
      kind: 'upsertRows',
      table: t,
      key: ['a', 'b'],
      rows: [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
      ],
    });
    expect(await rowsOf()).toEqual([
      { a: 1, b: 1 },
      { a: 1, b: 2 },
    ]);
  });
});

test('rows of a table without transactions are told from others', async () => {
  await server.run('CREATE TABLE t (a INT) ENGINE=MyISAM; CREATE TABLE safe (a INT)');
  const met = await ask(server.connection, mysql.identify());
  const of = (name: string) =>
    statementsOf(renderOn(met, emptySchema, { kind: 'insertRows', table: { name }, rows: [{ a: 1 }] })).map(
      ({ transactional, afterCrash }) => [transactional, afterCrash],
    );
  expect(of('t')).toEqual([[false, 'ask']]);
  expect(of('safe')[0]?.[0]).toBe(true);
});
