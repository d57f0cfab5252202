import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesByKind } from '../../test/support/arbitrary.ts';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { canonicalJson, Failure } from '../base/index.ts';
import type { Parsed } from '../contracts/index.ts';
import type { Change } from '../schema/index.ts';
import { ini, writeIni } from './ini.ts';
import { writeXml, xml } from './xml.ts';

const formats = { xml: { format: xml, write: writeXml }, ini: { format: ini, write: writeIni } };

function changesOf(part: Parsed['up'] | Parsed['down']): readonly Change[] {
  return part?.kind === 'changes' ? part.changes.map(({ change }) => change) : [];
}

/** The changes with the constraints of tables in an order of their own: as authored they have none. */
function settled(changes: readonly Change[]): unknown {
  return changes.map((one) =>
    one.kind === 'createTable'
      ? { ...one, table: { ...one.table, constraints: one.table.constraints.map((constraint) => canonicalJson(constraint)).sort() } }
      : one,
  );
}

describe.each(Object.entries(formats))('what is written in %s is read as the same change', (ending, { format, write }) => {
  test.each(Object.entries(changesByKind))('%s', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary as fc.Arbitrary<Change>, { maxLength: 3 }), async (changes) => {
        const text = await write(changes, changes.toReversed()).catch((error: unknown) => {
          if (ending === 'xml' && error instanceof Failure && error.message.startsWith('XML cannot hold')) return undefined;
          throw error;
        });
        fc.pre(text !== undefined);
        const read = await format.read(migrationOf(sourceFile(`1_a.${ending}`, text)), formatTools);
        expect(settled(changesOf(read.up))).toEqual(settled(changes));
        expect(settled(changesOf(read.down))).toEqual(settled(changes.toReversed()));
      }),
      { numRuns: 40 },
    );
  });
});
