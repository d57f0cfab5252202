import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InsideStore, OutsideStore, StoreContext } from '../../src/contracts/index.ts';
import { fileStore, tableStore } from '../../src/stores/index.ts';
import { conformStore } from '../../src/testing.ts';
import { ask } from '../support/ask.ts';
import { type Flavour, flavours, freshDatabase, freshFolder } from '../support/database.ts';
import { engineFor } from '../support/engine.ts';

async function on<T>(flavour: Flavour, work: (context: StoreContext) => Promise<T>): Promise<T> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  try {
    const engine = await engineFor(database.driver.engine);
    for (const statement of engine.session.start) await connection.query(statement);
    const server = await ask(connection, engine.identify());
    return await work({ engine, server, connection, target: { url: database.url, shown: database.url, base: freshFolder() } });
  } finally {
    await connection.close();
    await database.drop();
  }
}

const inFile = (file: string): OutsideStore => fileStore({ file: join(freshFolder(), file), base: '/', alone: (_path, work) => work() });

describe.each(flavours)('on %s', (flavour) => {
  test('our own stores keep the contract', async () => {
    expect(await on(flavour, (context) => conformStore(tableStore(), context))).toEqual([]);
    expect(await on(flavour, (context) => conformStore(inFile('h.yaml'), context))).toEqual([]);
    expect(await on(flavour, (context) => conformStore(inFile('h.json'), context))).toEqual([]);
  });
});

test.each<readonly [string, (kept: OutsideStore) => OutsideStore, RegExp]>([
  ['that seems set up from the start', (kept) => ({ ...kept, read: async (...rest) => (await kept.read(...rest)) ?? [] }), /never set up/],
  ['that loses what is set up again', (kept) => ({ ...kept, write: async () => undefined }), /as it was written/],
  ['that reads everything whatever is asked for', (kept) => ({ ...kept, read: (context) => kept.read(context) }), /asked for/],
  [
    'that keeps what shall be forgotten',
    (kept) => ({
      ...kept,
      write: (context, entries) =>
        kept.write(
          context,
          entries.filter((one) => 'id' in one),
        ),
    }),
    /leaves is gone/,
  ],
  ['that loses the way back', (kept) => ({ ...kept, load: async () => ({}) }), /large/],
])('a store outside %s is found out', async (_what, broken, rule) => {
  const found = await on('sqlite', (context) => conformStore(broken(inFile('h.yaml')), context));
  expect(found.map((one) => one.rule).join('\n')).toMatch(rule);
});

test('a store in tables that quotes nothing is found out', async () => {
  const kept = tableStore();
  const broken: InsideStore = { ...kept, record: (context, write) => kept.record(context, write).map((sql) => sql.replaceAll("''", '"')) };
  const found = await on('sqlite', (context) => conformStore(broken, context));
  expect(found.map(({ rule }) => rule)).toContain('a row is read as it was written');
});
