import fc, { type Arbitrary } from 'fast-check';
import type { JsonValue } from '../../src/base/index.ts';
import type { ColumnType, QualifiedName, Row, RowValue, Where } from '../../src/schema/index.ts';

/** Texts that some notation takes for something else, or that it changes or loses. */
const troublesome = [
  ...['', ' ', ' a', 'a ', '\t', 'a\tb', '\n', 'a\nb', 'a\nb\n', '\n\na', ' a\n  b\n', 'a\n\n', 'a\r\nb', '\r', 'a \nb'],
  ...[
    'yes',
    'no',
    'on',
    'null',
    '~',
    'Null',
    'true',
    'FALSE',
    '0',
    '-0',
    '007',
    '1.10',
    '1e3',
    '0x1F',
    '0o7',
    '.5',
    '.inf',
    '.nan',
    '1_000',
  ],
  ...[
    '2001-01-01',
    '12:30:45',
    '<<',
    '=',
    '-',
    '- a',
    '--- ',
    '---',
    '...',
    '%YAML 1.1',
    '# a',
    'a # b',
    'a: b',
    'a:',
    ': a',
    '? a',
    '!a',
    '!!str a',
  ],
  ...[
    '&a',
    '*a',
    '|',
    '>',
    '>-',
    '@a',
    '`a`',
    '{',
    '}',
    '[]',
    '{}',
    '[a',
    'a, b',
    '"',
    '"a"',
    "'",
    "it's",
    '\\',
    '\\n',
    'a"b',
    'a.b',
    '.',
    'a/b',
    'a(b)',
  ],
  ...[
    'ü',
    '日本',
    '😀',
    'e\u0301',
    '\u0000',
    '\u0007',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffe',
    '\ud800',
    '\udc00x',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'sql',
    'json',
    'hex',
    'equals',
    'value',
    'now()',
    'CURRENT_TIMESTAMP',
    'any',
    'up',
    'name',
    '$schema',
  ],
];

/** Any text, troublesome ones often. */
export const text: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...troublesome),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.lorem({ maxCount: 40 }),
);

/** Any name: text that is not empty. */
export const name: Arbitrary<string> = fc.oneof(
  fc.constantFrom('id', 'email', 'user_id', 'a'),
  text.filter((one) => one !== ''),
);

/** Any name with or without a namespace. */
export const qualifiedName: Arbitrary<QualifiedName> = fc.oneof(fc.record({ name }), fc.record({ schema: name, name }));

/** Keys of mappings; `__proto__` cannot be written as one. */
const key = name.filter((one) => one !== '__proto__');
/** A few names. */
export const names = fc.array(name, { minLength: 1, maxLength: 3 });
/** A small mapping with any keys. */
export const mapping = <T>(value: Arbitrary<T>, minKeys = 0): Arbitrary<Record<string, T>> =>
  fc.dictionary(key, value, { minKeys, maxKeys: 3, noNullPrototype: true });
/** Properties that are true or absent. */
export const yes = fc.constant(true as const);
/** Clauses of one engine. */
export const extras = mapping(text);

/** A number as a literal keeps it: whole ones between 2^53 and 10^21 are read as big integers. */
export const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Number.isInteger(one) || Math.abs(one) >= 1e21),
);
const bigInteger = fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }).chain((one) => fc.constantFrom(one, -one));
/** A whole number of any size. */
export const whole = fc.oneof(fc.maxSafeInteger(), bigInteger);
/** A literal. */
export const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, bigInteger, text);
const jsonValue = fc
  .jsonValue({ maxDepth: 3 })
  // What JSON cannot say is not kept: a negative zero.
  .map((one) => JSON.parse(JSON.stringify(one)) as JsonValue)
  .filter((one) => !JSON.stringify(one).includes('"__proto__":'));

/** A value of a row, of every kind. */
export const rowValue: Arbitrary<RowValue> = fc.oneof(
  scalar,
  fc.uint8Array({ maxLength: 6 }),
  fc.record({ sql: text }),
  fc.record({ reference: fc.record({ table: qualifiedName, name }) }),
  fc.constantFrom('@a.b', '@@a.b', '@a."b c"', '@a', '@a.b.c', '@a.b.c.d', 'x@a.b', '@@'),
  fc.record({ json: fc.oneof(jsonValue, fc.constantFrom({ sql: 'x' }, { json: 1 }, { hex: '00' }, [], {})) }) as Arbitrary<RowValue>,
);
/** Any row, with values of every kind. */
export const row: Arbitrary<Row> = mapping(rowValue);
/** Some rows. */
export const rows = fc.array(row, { minLength: 1, maxLength: 3 });
/** Names beside rows, the first of which has one. */
export const namesOf = (count: number): Arbitrary<readonly (string | null)[]> =>
  fc
    .record({ first: name, others: fc.array(fc.constant(null), { minLength: count - 1, maxLength: count - 1 }) })
    .map(({ first, others }) => [first, ...others]);
/** Which rows. */
export const where: Arbitrary<Where> = fc.oneof(fc.record({ sql: text }), fc.record({ equals: mapping(rowValue, 1) }));

/** A length or precision. */
export const length = fc.integer({ min: 1, max: 70_000 });
const precision = fc.integer({ min: 0, max: 9 });
const bits = fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const);
/** Engines that scripts are given for. */
export const engines = ['postgres', 'mysql', 'sqlite'] as const;
/** An object of which only the properties named are always there. */
export const optional = <T, K extends keyof T>(
  model: { [P in keyof T]: Arbitrary<T[P]> },
  ...required: K[]
): Arbitrary<Partial<T> & Pick<T, K>> => fc.record(model, { requiredKeys: required }) as unknown as Arbitrary<Partial<T> & Pick<T, K>>;
/** The discriminant of a union. */
export const kind = <K extends string>(one: K): Arbitrary<K> => fc.constant(one);

/** Any type of a column. */
const bareType: Arbitrary<ColumnType> = fc.letrec<{ type: ColumnType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    optional({ kind: kind('integer'), bits, unsigned: yes }, 'kind', 'bits'),
    fc.oneof(
      fc.record({ kind: kind('decimal') }),
      optional({ kind: kind('decimal'), precision: length, scale: fc.integer({ min: -5, max: 9 }) }, 'kind', 'precision'),
    ),
    fc.record({ kind: kind('float'), bits: fc.constantFrom(32 as const, 64 as const) }),
    fc.record({
      kind: fc.constantFrom('boolean' as const, 'text' as const, 'date' as const, 'interval' as const, 'uuid' as const, 'json' as const),
    }),
    optional({ kind: kind('string'), length }, 'kind'),
    fc.record({ kind: kind('char'), length }),
    optional({ kind: kind('binary'), length }, 'kind'),
    optional({ kind: kind('time'), precision }, 'kind'),
    optional({ kind: kind('timestamp'), zone: fc.boolean(), precision }, 'kind', 'zone'),
    fc.record({ kind: kind('enum'), values: fc.array(text, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: kind('named'), type: qualifiedName }),
    fc.record({ kind: kind('native'), engine: fc.constantFrom(...engines), text }),
    fc.record({ kind: kind('array'), of: tie('type') }),
  ) as Arbitrary<ColumnType>,
})).type;

/** A type, now and then with the text that it was declared by. */
export const columnType: Arbitrary<ColumnType> = fc
  .tuple(bareType, fc.option(fc.constantFrom('NUMERIC(10,2)', 'NVARCHAR (40)'), { nil: undefined, freq: 4 }))
  .map(([type, declared]) => (declared === undefined ? type : { ...type, declared }));
