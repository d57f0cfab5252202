import { expect, test } from 'vitest';
import { replicate } from '../../src/commands/index.ts';
import { type Flavour, flavours, freshDatabase, freshFolder, type TestDatabase } from '../support/database.ts';
import { familyOf, script } from './values.ts';

async function filled(flavour: Flavour): Promise<TestDatabase> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  for (const sql of script(flavour)) await connection.query(sql);
  await connection.close();
  return database;
}

async function ask(database: TestDatabase, sql: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await database.connect();
  try {
    return (await connection.query(sql)).rows.map((row) => Object.values(row).map(String));
  } finally {
    await connection.close();
  }
}

/** What the sums over equal values are, whatever engine they are read from. */
const sums = new Map<string, string>();

test.each(flavours)('structure and values of %s reach every engine as they are', async (flavour) => {
  const source = await filled(flavour);
  for (const other of flavours) {
    const target = await freshDatabase(other);
    const common = { cwd: freshFolder(), env: {}, yes: true };
    const report = await replicate({ ...common, from: source.url, to: target.url, data: true });
    expect(report.losses).toEqual([]);
    expect(report.tables.map(({ table, rows }) => [table, rows]).sort()).toEqual([
      ['"every ""value"""', 4],
      ['children', 2],
      ['keyless', 3],
      ['parents', 2],
    ]);
    if (familyOf(flavour) !== familyOf(other)) {
      for (const { table, checksum } of report.tables) expect([table, checksum]).toEqual([table, sums.get(table) ?? checksum]);
      for (const { table, checksum } of report.tables) sums.set(table, checksum);
    }
    // The engine itself says what is there, that keys hold, that numbers go on and that the computed column is computed.
    expect(await ask(target, 'SELECT id, amount, twice FROM parents ORDER BY id')).toEqual([
      ['1', '5', '10'],
      ['5', '7', '14'],
    ]);
    const connection = await target.connect();
    if (familyOf(other) === 'sqlite') await connection.query('PRAGMA foreign_keys = ON');
    await expect(connection.query("INSERT INTO children (parent, name) VALUES (77, 'x')")).rejects.toThrow(/foreign key/i);
    await expect(connection.query("INSERT INTO children (parent, name) VALUES (1, 'first')")).rejects.toThrow(/unique|duplicate/i);
    await expect(connection.query('INSERT INTO parents (amount) VALUES (0)')).rejects.toThrow(/check|constraint/i);
    await connection.query("INSERT INTO children (parent, name) VALUES (5, 'next')");
    await connection.close();
    const [[next]] = (await ask(target, "SELECT id FROM children WHERE name = 'next'")) as [[string]];
    expect(Number(next)).toBeGreaterThan(9);
    await target.drop();
  }
  await source.drop();
});
