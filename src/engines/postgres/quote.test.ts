import { describe, expect, test } from 'vitest';
import { collation, fold, quote, unquote } from './quote.ts';

describe('names', () => {
  test.each([
    ['users', '"users"'],
    ['a"b', '"a""b"'],
    ['select', '"select"'],
    ['Größe 😀', '"Größe 😀"'],
    ['é'.repeat(31), `"${'é'.repeat(31)}"`],
  ])('%s is written %s', (name, written) => {
    expect(quote.identifier(name)).toBe(written);
  });

  test('are qualified where they have a namespace', () => {
    expect(quote.name({ schema: 'a.b', name: 'c' })).toBe('"a.b"."c"');
    expect(quote.name({ name: 'a.b' })).toBe('"a.b"');
  });

  test.each([
    ['', 'cannot be empty'],
    ['a\0b', 'NUL'],
    ['\ud83d', 'half of a surrogate pair'],
    ['a'.repeat(64), 'longer than 63 bytes'],
    ['é'.repeat(32), 'longer than 63 bytes'],
  ])('%j is refused because it would be changed', (name, why) => {
    expect(() => quote.identifier(name)).toThrow(why);
  });

  test.each([
    ['Users', 'users'],
    ['GRÖSSE', 'grÖsse'],
    ['x'.repeat(70), 'x'.repeat(63)],
    [`${'x'.repeat(62)}é`, 'x'.repeat(62)],
  ])('unquoted %s is kept as %s', (word, name) => {
    expect(fold(word)).toBe(name);
  });

  test.each([
    ['"A""b"', 'A"b'],
    ['U&"d\\0061t\\+00006f"', 'dato'],
    ['U&"a\\\\b"', 'a\\b'],
    ['u&"a""b"', 'a"b'],
  ])('quoted %s is kept as %s', (quoted, name) => {
    expect(unquote(quoted)).toBe(name);
  });

  test.each([
    ['C', '"C"'],
    ['en_US.utf8', '"en_US.utf8"'],
    ['app."german"', '"app"."german"'],
    ['"a b"."c"', '"a b"."c"'],
  ])('the collation %s is written %s', (name, written) => {
    expect(collation(name)).toBe(written);
  });
});

describe('literals', () => {
  test.each([
    [null, 'NULL'],
    [true, 'TRUE'],
    [-5, '-5'],
    [1e21, '1e+21'],
    [2 ** 60, '1152921504606846976'],
    [-0, "'-0'::float8"],
    [Number.NaN, "'NaN'::float8"],
    [Number.NEGATIVE_INFINITY, "'-Infinity'::float8"],
    ["it's", "'it''s'"],
    ["a\\'b", "E'a\\\\''b'"],
    [new Uint8Array([0, 255]), "E'\\\\x00ff'::bytea"],
    [{ json: { a: ["it's", null] } }, `'{"a":["it''s",null]}'::jsonb`],
    [{ sql: 'now()' }, 'now()'],
  ])('%o is written %s', (value, written) => {
    expect(quote.literal(value)).toBe(written);
  });

  test('a big integer is written with all its digits', () => {
    expect(quote.literal(9007199254740993n)).toBe('9007199254740993');
  });

  test.each(['a\0b', 'half \udc00'])('%j is refused because it could not be stored', (value) => {
    expect(() => quote.literal(value)).toThrow('a text holds');
  });
});
