import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { change, changesByKind } from '../../test/support/arbitrary.ts';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { canonicalJson } from '../base/index.ts';
import type { Change } from '../schema/index.ts';
import { writeJson, writeYaml, yaml } from './yaml.ts';

async function read(name: string, text: string): Promise<readonly Change[]> {
  const { up } = await yaml.read(migrationOf(sourceFile(name, text)), formatTools);
  return up.kind === 'changes' ? up.changes.map((sourced) => sourced.change) : [];
}

/** The changes with the constraints of tables in an order of their own: as authored they have none. */
function settled(changes: readonly Change[]): unknown {
  return changes.map((one) =>
    one.kind === 'createTable'
      ? { ...one, table: { ...one.table, constraints: one.table.constraints.map((constraint) => canonicalJson(constraint)).sort() } }
      : one,
  );
}

describe('what is written is read as the same change', () => {
  test.each(Object.entries(changesByKind))('%s', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary as fc.Arbitrary<Change>, async (one) => {
        expect(settled(await read('1_a.yaml', await writeYaml([one])))).toEqual(settled([one]));
        expect(settled(await read('1_a.json', await writeJson([one])))).toEqual(settled([one]));
      }),
      { numRuns: 60 },
    );
  });
});

test('what is written again is the same text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
      const text = await writeYaml(changes);
      expect(await writeYaml(await read('1_a.yaml', text))).toBe(text);
    }),
    { numRuns: 60 },
  );
});
