import { expect, test } from 'vitest';
import type { Connection, Driver } from '../../src/contracts/index.ts';
import { libsql } from '../../src/drivers/index.ts';
import { conformDriver, type Nonconformity } from '../../src/testing.ts';
import { type Flavour, flavours, freshDatabase, freshFolder } from '../support/database.ts';

async function tried(flavour: Flavour, made: (own: Driver) => Driver): Promise<readonly Nonconformity[]> {
  const database = await freshDatabase(flavour);
  try {
    const target = { url: database.url, shown: database.url, base: freshFolder() };
    const parameter = database.driver.engine === 'postgres' ? '$1' : '?';
    return await conformDriver(made(database.driver), { target, parameter });
  } finally {
    await database.drop();
  }
}

test.each(flavours)('our own driver of %s keeps the contract', async (flavour) => {
  expect(await tried(flavour, (own) => own)).toEqual([]);
});

test('the other driver of SQLite keeps it, too', async () => {
  expect(await tried('sqlite', () => libsql())).toEqual([]);
});

const changed = (own: Driver, change: (kept: Connection) => Partial<Connection>): Driver => ({
  ...own,
  connect: async (...rest) => {
    const kept = await own.connect(...rest);
    return { ...kept, ...change(kept) };
  },
});

test.each<readonly [string, (own: Driver) => Driver, RegExp]>([
  ['whose scheme has a colon', (own) => ({ ...own, schemes: ['sqlite:'] }), /schemes without a colon/],
  [
    'that throws errors of its library',
    (own) =>
      changed(own, (kept) => ({
        query: (...rest) => kept.query(...rest).catch((error: Error) => Promise.reject(new Error(error.message))),
      })),
    /is a DatabaseError/,
  ],
  [
    'that runs only the first of a script',
    (own) => changed(own, (kept) => ({ script: (sql) => kept.script(sql.split(';')[0] ?? '') })),
    /last statement/,
  ],
  [
    'that spoils line ends',
    (own) =>
      changed(own, (kept) => ({
        query: (sql, given) =>
          kept.query(
            sql,
            given?.map((one) => String(one).replaceAll('\n', ' ')),
          ),
      })),
    /as it was given/,
  ],
])('a driver %s is told from one that keeps it', async (_title, broken, rule) => {
  expect((await tried('sqlite', broken)).map((one) => one.rule).join('\n')).toMatch(rule);
});
