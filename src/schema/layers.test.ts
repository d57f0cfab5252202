import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changed } from './layers.ts';

const key = fc.integer({ min: 0, max: 700 });
const step = fc.record({ without: fc.array(key, { maxLength: 3 }), entry: fc.option(fc.tuple(key, fc.string()), { nil: undefined }) });

test('a map that is changed many times is what a copy would be, in the same order, and earlier ones stay as they were', () => {
  fc.assert(
    fc.property(fc.integer({ min: 250, max: 600 }), fc.array(step, { minLength: 1, maxLength: 60 }), (size, steps) => {
      const start: ReadonlyMap<number, string> = new Map(Array.from({ length: size }, (_, i) => [i, `${i}`]));
      const plain = new Map(start);
      let map = start;
      const seen: { readonly map: ReadonlyMap<number, string>; readonly entries: readonly unknown[] }[] = [];
      for (const { without, entry } of steps) {
        map = changed(map, without, entry);
        for (const one of without) plain.delete(one);
        if (entry !== undefined) plain.set(entry[0], entry[1]);
        seen.push({ map, entries: [...plain] });
      }
      for (const { map: one, entries } of seen) {
        expect([...one]).toEqual(entries);
        expect([...one.keys()].map((each) => [each, one.get(each)])).toEqual(entries);
        expect(one.size).toBe(entries.length);
      }
      for (let one = 0; one <= 700; one++) expect([map.has(one), map.get(one)]).toEqual([plain.has(one), plain.get(one)]);
    }),
    { numRuns: 15 },
  );
});
