import { expect, test } from 'vitest';
import { replicate } from '../../src/commands/index.ts';
import { type Flavour, freshDatabase, freshFolder, type TestDatabase } from '../support/database.ts';

/** By the engine: a table with bytes, and a value of so many. What stands at its ends tells whether it was cut or written in other letters. */
const tables: Readonly<Record<Exclude<Flavour, 'pglite'>, readonly [string, (size: number) => string, string]>> = {
  mariadb: [
    'CREATE TABLE t (id int PRIMARY KEY, b longblob, s bit(9), g point)',
    (size) => `CONCAT(x'00ff', REPEAT('x', ${size - 4}), x'fe00'), b'100000001', NULL`,
    'SELECT LENGTH(b) AS n, HEX(LEFT(b, 2)) AS a, HEX(RIGHT(b, 2)) AS z FROM t',
  ],
  postgres: [
    'CREATE TABLE t (id integer PRIMARY KEY, b bytea)',
    (size) => `'\\x00ff'::bytea || convert_to(repeat('x', ${size - 4}), 'UTF8') || '\\xfe00'::bytea`,
    "SELECT length(b) AS n, upper(encode(substr(b, 1, 2), 'hex')) AS a, upper(encode(substr(b, length(b) - 1), 'hex')) AS z FROM t",
  ],
  sqlite: [
    'CREATE TABLE t (id INT PRIMARY KEY, b BLOB)',
    (size) => `CAST(x'00ff' || replace(hex(zeroblob(${(size - 4) / 2})), '0', 'x') || x'fe00' AS BLOB)`,
    'SELECT length(b) AS n, hex(substr(b, 1, 2)) AS a, hex(substr(b, length(b) - 1)) AS z FROM t',
  ],
};

async function query(database: TestDatabase, sql: string): Promise<readonly unknown[]> {
  const connection = await database.connect();
  try {
    return (await connection.query(sql)).rows;
  } finally {
    await connection.close();
  }
}

// MySQL makes NULL of digits that do not fit into one packet, which has 16 MB by default: 9 MB of bytes have 18 MB of digits.
test.each([
  ['mariadb', 'postgres', 9_000_000],
  ['mariadb', 'mariadb', 4_000_000],
  ['postgres', 'postgres', 9_000_000],
  ['sqlite', 'postgres', 9_000_000],
] as const)('a value of many bytes goes from %s to %s as it is', async (from, to, size) => {
  const [source, target] = [await freshDatabase(from), await freshDatabase(to)];
  const [table, value] = tables[from];
  await query(source, table);
  await query(source, `INSERT INTO t VALUES (1, ${value(size)})`);
  const allowLossy = ['bit', 'spatial'];
  await replicate({ cwd: freshFolder(), env: {}, yes: true, from: source.url, to: target.url, data: true, allowLossy });
  expect(await query(target, tables[to][2])).toEqual([{ n: size, a: '00FF', z: 'FE00' }]);
  if (from === to && to === 'mariadb') expect(await query(target, 'SELECT s + 0 AS s FROM t')).toEqual([{ s: '257' }]);
  await source.drop();
  await target.drop();
});
