import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffRules, diff } from '../src/diff/index.ts';
import { applyAll, type Change, canonicalSchema, emptySchema, type Refusal, type Schema } from '../src/schema/index.ts';
import { smallSchema } from './support/arbitrary.ts';
import { rounds } from './support/effort.ts';

/** An engine that replaces and alters everything, and one that does as little in place as an engine may. */
const engines: Readonly<Record<string, DiffRules>> = {
  'replaces everything in place': { replaces: () => true, alters: () => true, retypes: () => false, hinders: () => false },
  'makes everything anew': {
    replaces: ({ kind }) => typeKinds.includes(kind),
    alters: (_, after) => after.generated === undefined,
    retypes: ({ kind }) => kind === 'enum',
    hinders: (part) => part.kind !== 'column',
  },
};
/** Columns have these types, so no engine can drop one under them. */
const typeKinds: readonly string[] = ['enum', 'domain', 'composite'];

function difference(from: Schema, to: Schema, rules: DiffRules): readonly Change[] {
  const found = diff(from, to, rules);
  if ('refused' in found) throw new Error(found.refused);
  return found.changes;
}

function arrived(result: Schema | Refusal): string {
  if ('refused' in result) throw new Error(result.refused);
  return canonicalSchema(result);
}

describe.each(Object.entries(engines))('for an engine that %s', (_, rules) => {
  test('the difference of two structures leads from one to the other', () => {
    fc.assert(
      fc.property(smallSchema, smallSchema, (from, to) => {
        const changes = difference(from, to, rules);
        expect(arrived(applyAll(from, changes))).toBe(canonicalSchema(to));
      }),
      { numRuns: rounds(500, 20_000) },
    );
  });

  test('a structure does not differ from itself', () => {
    fc.assert(
      fc.property(smallSchema, (schema) => {
        expect(difference(schema, structuredClone(schema), rules)).toEqual([]);
      }),
    );
  });

  test('a structure is made from nothing and taken down to nothing', () => {
    fc.assert(
      fc.property(smallSchema, (schema) => {
        expect(arrived(applyAll(emptySchema, difference(emptySchema, schema, rules)))).toBe(canonicalSchema(schema));
        expect(arrived(applyAll(schema, difference(schema, emptySchema, rules)))).toBe(canonicalSchema(emptySchema));
      }),
      { numRuns: rounds(200, 5000) },
    );
  });
});
