import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFault } from './yaml-json.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Pieces that make texts which are JSON now and then. */
const pieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"a"',
  '"\\u00e9"',
  '"\\x"',
  '"\t"',
  '1',
  '-0.5e+3',
  '01',
  '+1',
  'true',
  'null',
  'nul',
  ' ',
  '\n',
  "'a'",
  '//',
];

test('there is a fault exactly where JSON.parse fails', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
        fc.json({ maxDepth: 3 }),
        fc.tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom(...pieces)).map(([text, at, piece]) => {
          const cut = at % (text.length + 1);
          return text.slice(0, cut) + piece + text.slice(cut);
        }),
      ),
      (text) => {
        expect(jsonFault(text) === undefined).toBe(isJson(text));
      },
    ),
    { numRuns: 5000 },
  );
});

test('a fault lies where the text stops being the beginning of JSON', () => {
  expect(jsonFault('{ "a": [1, 2,, 3] }')).toEqual({ offset: 13, message: 'a value is expected' });
  expect(jsonFault('{ "a": "x\ny" }')).toEqual({ offset: 7, message: 'a value is expected' });
});

test('a text of many megabytes is looked through', () => {
  expect(jsonFault(JSON.stringify({ a: `${'x'.repeat(4_000_000)}\n${'"'.repeat(100_000)}` }))).toBeUndefined();
  expect(jsonFault('['.repeat(200_000))).toEqual({ offset: 100, message: 'the text is nested deeper than 100 levels' });
});
