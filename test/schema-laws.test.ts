import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apply,
  applyAll,
  type Change,
  canonicalSchema,
  invert,
  invertAll,
  mentions,
  type Refusal,
  type Schema,
} from '../src/schema/index.ts';
import { fittingByKind, fittingChange, smallSchema } from './support/arbitrary.ts';
import { contradictions } from './support/contradictions.ts';

/** Kinds that by their nature have no way back, always or for some values. */
const withoutWayBack = new Set(['addEnumValue', 'upsertRows', 'insertRows', 'addConstraint']);
/** Why a change that names only what exists can still not be applied: something else depends on what would go or be different. */
const dependants =
  /is referenced by|needs that key|is the type of|already has a (?:primary key|constraint)|is computed from|is the only column|there is already|is not empty/;

function known(result: Schema | Refusal): Schema {
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** A small schema with a change of one kind that is likely to fit. */
function fitting(make: (schema: Schema) => fc.Arbitrary<Change> | undefined): fc.Arbitrary<readonly [Schema, Change]> {
  return smallSchema
    .chain((schema) => fc.tuple(fc.constant(schema), make(schema) ?? fc.constant(undefined)))
    .filter((pair): pair is [Schema, Change] => pair[1] !== undefined);
}

describe('a small schema', () => {
  test('has no contradictions', () => {
    fc.assert(
      fc.property(smallSchema, (schema) => {
        expect(contradictions(schema)).toEqual([]);
      }),
    );
  });
});

const { sql: _, ...structural } = fittingByKind;
describe.each(Object.entries(structural))('%s', (kind, make) => {
  test('leaves a schema without contradictions, or is refused because of what depends on it', () => {
    fc.assert(
      fc.property(fitting(make), ([before, change]) => {
        const after = apply(before, change);
        if ('refused' in after) expect(after.refused).toMatch(dependants);
        else expect(contradictions(after)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('taken back leads to the structure before', () => {
    fc.assert(
      fc.property(fitting(make), ([before, change]) => {
        const after = apply(before, change);
        fc.pre(!('refused' in after));
        const inverse = invert(change, before);
        if ('irreversible' in inverse) expect(withoutWayBack).toContain(kind);
        else expect(canonicalSchema(known(applyAll(after, inverse)))).toBe(canonicalSchema(before));
      }),
      { numRuns: 500 },
    );
  });
});

/**
 * Whether the text of a trigger or policy goes on mentioning a column that goes. A column that later takes the name would be taken for
 * it, and nobody can tell from the text alone.
 */
function leavesMention(schema: Schema, change: Change): boolean {
  if (change.kind !== 'dropColumn') return false;
  return [...schema.objects.values()].some((object) => {
    const text = object.kind === 'trigger' ? object.definition : object.kind === 'policy' ? object.using : undefined;
    return mentions(text ?? '', change.name);
  });
}

/** A schema with several changes, each of which fits the structure that those before it lead to. */
const sequence: fc.Arbitrary<{ readonly before: Schema; readonly after: Schema; readonly changes: readonly Change[] }> = fc
  .tuple(smallSchema, fc.array(fc.nat(), { minLength: 2, maxLength: 6 }))
  .map(([before, seeds]) => {
    const changes: Change[] = [];
    let after = before;
    for (const seed of seeds) {
      const [change] = fc.sample(fittingChange(after), { seed, numRuns: 1 });
      const next = change === undefined ? undefined : apply(after, change);
      if (change === undefined || next === undefined || 'refused' in next || leavesMention(after, change)) continue;
      changes.push(change);
      after = next;
    }
    return { before, after, changes };
  });

describe('several changes', () => {
  test('taken back in reverse lead to the structure before', () => {
    fc.assert(
      fc.property(sequence, ({ before, after, changes }) => {
        const inverse = invertAll(changes, before);
        fc.pre(!('irreversible' in inverse));
        expect(canonicalSchema(known(applyAll(after, inverse)))).toBe(canonicalSchema(before));
      }),
      { numRuns: 1000 },
    );
  });
});
