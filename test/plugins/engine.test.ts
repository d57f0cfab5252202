import { expect, test } from 'vitest';
import type { Engine, Inquiry } from '../../src/contracts/index.ts';
import { builtInEngines } from '../../src/engines/index.ts';
import { conformEngine, type Nonconformity } from '../../src/testing.ts';
import { type Flavour, flavours, freshDatabase, freshFolder } from '../support/database.ts';

async function tried(flavour: Flavour, changed: (own: Engine) => Engine): Promise<readonly Nonconformity[]> {
  const database = await freshDatabase(flavour);
  try {
    const entry = builtInEngines.find(({ name }) => name === database.driver.engine);
    if (entry === undefined) throw new Error(`there is no engine ${database.driver.engine}`);
    const target = { url: database.url, shown: database.url, base: freshFolder() };
    return await conformEngine(changed(await entry.load()), { driver: database.driver, target });
  } finally {
    await database.drop();
  }
}

/** An inquiry that asks nothing and finds always the same. */
function always<T>(value: T): () => Inquiry<T> {
  return function* () {
    yield { sql: 'SELECT 1' };
    return value;
  };
}

test.each(flavours)('our own engine of %s keeps the contract', async (flavour) => {
  expect(await tried(flavour, (own) => own)).toEqual([]);
});

test.each<readonly [string, (own: Engine) => Engine, RegExp]>([
  [
    'that cuts in texts',
    (own) => ({ ...own, split: (script) => ({ statements: script.split(';').map((sql) => ({ sql, offset: 0 })), problems: [] }) }),
    /cut at semicolons/,
  ],
  ['that takes comments for tokens', (own) => ({ ...own, tokens: (script) => script }), /same tokens/],
  [
    'that does not know what a statement does',
    (own) => ({ ...own, classify: (sql, server) => ({ ...own.classify(sql, server), family: 'query' }) }),
    /told apart by what they do/,
  ],
  [
    'that sees no loss',
    (own) => ({ ...own, classify: (sql, server) => ({ ...own.classify(sql, server), risks: [] }) }),
    /known to lose it/,
  ],
  [
    'that quotes nothing',
    (own) => ({ ...own, quote: { ...own.quote, identifier: (name) => name, name: ({ name }) => name } }),
    /row comes back/,
  ],
  [
    'whose fingerprint is always the same',
    (own) => ({
      ...own,
      fingerprint: always('x'),
    }),
    /fingerprint/,
  ],
  ['that tells no error from another', (own) => ({ ...own, errorKind: () => 'other' as const }), /lost connection/],
  [
    'that counts no loss',
    (own) => ({
      ...own,
      losses: always([]),
    }),
    /is counted/,
  ],
])('one %s is found out', async (_, changed, rule) => {
  expect((await tried('sqlite', changed)).map((one) => one.rule)).toContainEqual(expect.stringMatching(rule));
});
