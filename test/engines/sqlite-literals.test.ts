import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { rounds } from '../support/effort.ts';
import { memory } from './sqlite-support.ts';

const { quote } = sqlite;
const hostile = [
  '',
  "'",
  "''",
  '"',
  '\\',
  "\\'",
  '`',
  '[x]',
  '; DROP TABLE t; --',
  '/* */',
  '\n',
  '\r\n',
  'größe',
  '😀',
  '\u2028',
  'a'.repeat(300),
  'NULL',
  '$1 ?1 :a',
];

test.each(hostile)('the text %j comes back as it was', async (text) => {
  const database = await memory();
  expect(await database.rows(`SELECT ${quote.literal(text)} AS value`)).toEqual([{ value: text }]);
});

test('any text, number, bytes and JSON come back as they were', async () => {
  const database = await memory();
  const text = fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0'));
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.double({ noNaN: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.uint8Array(),
      async (a, b, c, d) => {
        const literals = [a, b, c, d].map(quote.literal);
        const [row] = await database.rows(
          `SELECT ${literals.map((literal, index) => `${literal} AS v${index}`).join(', ')}, hex(${literals[3]}) AS hex`,
        );
        expect(row?.['v0']).toBe(a);
        // Zero has no sign in SQLite.
        expect(Number(row?.['v1'])).toBe(b === 0 ? 0 : b);
        expect(BigInt(row?.['v2'] as number)).toBe(c);
        expect(row?.['hex']).toBe(Buffer.from(d).toString('hex').toUpperCase());
      },
    ),
    { numRuns: rounds(200, 5000) },
  );
  expect(
    await database.rows(
      `SELECT ${quote.literal({ json: { a: ["'", 1] } })} AS j, ${quote.literal(true)} AS t, ${quote.literal(null)} AS n`,
    ),
  ).toEqual([{ j: '{"a":["\'",1]}', t: 1, n: null }]);
  expect(await database.rows(`SELECT ${quote.literal({ sql: '1 + 1 -- two' })} * 2 AS four`)).toEqual([{ four: 4 }]);
});

test.each([
  [0.1, '0.1'],
  [-1.5, '-1.5'],
  [0.3025251554142179, '0.30252515541421787'],
  [2 ** 60, '1152921504606846976'],
  [-(2 ** -70), '(-1 * 1.0 / 1152921504606846976 / 1024)'],
  [2 ** 130, '(4503599627370496 * 1.0 * 1152921504606846976 * 262144)'],
  [Number.POSITIVE_INFINITY, '9e999'],
])('the number %d is written as %s', async (value, literal) => {
  expect(quote.literal(value)).toBe(literal);
  const [row] = await (await memory()).rows(`SELECT ${literal} AS value`);
  expect(Number(row?.['value'])).toBe(value);
});

test('any number comes back with every bit', async () => {
  const database = await memory();
  const number = fc.oneof(fc.double({ noNaN: true }), fc.double({ noNaN: true, min: -1e16, max: 1e16 }), fc.float({ noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 20, maxLength: 20 }), async (numbers) => {
      const [row] = await database.rows(`SELECT ${numbers.map((one, index) => `${quote.literal(one)} AS v${index}`).join(', ')}`);
      // Zero has no sign in SQLite.
      expect(numbers.map((_, index) => Number(row?.[`v${index}`]))).toEqual(numbers.map((one) => (one === 0 ? 0 : one)));
    }),
    { numRuns: rounds(300, 5000) },
  );
});

describe('what SQLite cannot hold unharmed is refused', () => {
  test.each([
    ['NUL in a text', 'a\0b', 'the character NUL'],
    ['half a character', '\ud800', 'half a character'],
    ['a number of more than 64 bits', 2n ** 63n, 'more than 64 bits'],
    ['NaN', Number.NaN, 'NaN'],
  ])('%s', (_, value, message) => {
    expect(() => quote.literal(value)).toThrow(message);
  });

  test('NUL in a name', () => {
    expect(() => quote.identifier('a\0')).toThrow('the character NUL');
  });
});

test.each([...hostile.filter((name) => name !== ''), 'select', 'rowid', 'a.b', 'x'.repeat(64)])(
  'a table and a column may be named %j',
  async (name) => {
    const database = await memory();
    const identifier = quote.identifier(name);
    await database.connection.query(`CREATE TABLE ${quote.name({ schema: 'main', name })} (${identifier} TEXT)`);
    await database.connection.query(`INSERT INTO ${identifier} (${identifier}) VALUES ('x')`);
    expect(await database.rows(`SELECT t.${identifier} AS value FROM ${identifier} t`)).toEqual([{ value: 'x' }]);
    const table = [...(await database.schema()).objects.values()][0];
    expect(table).toMatchObject({ kind: 'table', name: { name }, columns: [{ name }] });
  },
);

test('an empty name is quoted too, so that SQLite decides', () => {
  expect(quote.identifier('')).toBe('""');
});
