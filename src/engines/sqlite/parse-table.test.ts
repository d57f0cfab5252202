import { describe, expect, test } from 'vitest';
import { parseIndex, parseView } from './parse-index.ts';
import { parseTable } from './parse-table.ts';

const columns = (body: string): unknown => parseTable(`CREATE TABLE t (${body})`)?.columns;
const constraints = (body: string): unknown => parseTable(`CREATE TABLE t (${body})`)?.constraints;
const none = { kind: 'native', engine: 'sqlite', text: '' };

describe('names', () => {
  test.each(['CREATE TABLE "a b" ("c d")', 'CREATE TABLE `a b` (`c d`)', 'CREATE TABLE [a b] ([c d])', "CREATE TABLE 'a b' ('c d')"])(
    'in the quotes of %s',
    (sql) => {
      expect(parseTable(sql)).toMatchObject({ name: { name: 'a b' }, columns: [{ name: 'c d' }] });
    },
  );

  test('are those of the columns, whatever is written where they are used', () => {
    expect(constraints('Id, PRIMARY KEY ("ID"), UNIQUE ([id]), CHECK (`iD` > 0), FOREIGN KEY (ID) REFERENCES T (ID)')).toEqual([
      { kind: 'primaryKey', columns: ['Id'] },
      { kind: 'unique', columns: ['Id'] },
      { kind: 'check', sql: 'Id > 0' },
      { kind: 'foreignKey', columns: ['Id'], references: { table: { name: 't' }, columns: ['Id'] } },
    ]);
  });
});

test.each([
  ['5', { value: 5 }],
  ['- 5', { value: -5 }],
  ['+5', { value: 5 }],
  ['(5)', { value: 5 }],
  ['9007199254740993', { value: 9007199254740993n }],
  ['99999999999999999999', { sql: '99999999999999999999' }],
  ['007', { sql: '007' }],
  ['1.5', { value: 1.5 }],
  ['1.50', { sql: '1.50' }],
  ['-1e-3', { sql: '-1e-3' }],
  ['(1e-3)', { sql: '1e-3' }],
  ['0x1F', { sql: '0x1F' }],
  ["'it''s'", { value: "it's" }],
  ['"quoted"', { value: 'quoted' }],
  ['bare', { value: 'bare' }],
  ["x'0f'", { sql: "x'0f'" }],
  ['NULL', { value: null }],
  ['true', { value: true }],
  ['current_timestamp', { sql: 'CURRENT_TIMESTAMP' }],
  ["(datetime( 'now' ) /* x */ || '')", { sql: "datetime( 'now' ) || ''" }],
])('the default %s', (written, expected) => {
  expect(columns(`a DEFAULT ${written} NOT NULL`)).toEqual([{ name: 'a', type: none, nullable: false, default: expected }]);
});

describe('a primary key', () => {
  test.each([
    ['id INTEGER PRIMARY KEY AUTOINCREMENT', { identity: {} }],
    ['id INTEGER, PRIMARY KEY (id AUTOINCREMENT)', { identity: {} }],
    ['id integer primary key', { identity: { reuse: true } }],
    ['id INTEGER, PRIMARY KEY (id DESC)', { identity: { reuse: true } }],
    ['id INT PRIMARY KEY', { type: { kind: 'integer', bits: 32 }, nullable: true }],
    ['id BIGINT NOT NULL PRIMARY KEY', { type: { kind: 'integer', bits: 64 }, nullable: false }],
    ['id INTEGER PRIMARY KEY DESC', { type: { kind: 'integer', bits: 64 }, nullable: true }],
  ])('of one number: %s', (body, expected) => {
    const [column] = columns(body) as readonly object[];
    expect(column).toMatchObject(expected);
    expect('identity' in (column ?? {})).toBe('identity' in expected);
  });

  test('makes its columns NOT NULL where there is no rowid or the table is strict, and only there', () => {
    const nullable = (options: string): boolean | undefined =>
      parseTable(`CREATE TABLE t (a TEXT PRIMARY KEY) ${options}`)?.columns[0]?.nullable;
    expect([nullable(''), nullable('STRICT'), nullable('WITHOUT ROWID')]).toEqual([true, false, false]);
  });

  test('keeps order, collation and conflict clause of its parts', () => {
    expect(constraints('a, b, CONSTRAINT k PRIMARY KEY (b COLLATE NOCASE, a DESC) ON CONFLICT REPLACE')).toEqual([
      { kind: 'primaryKey', name: 'k', columns: ['b', 'a'], extras: { orders: ',desc', collations: 'NOCASE,', onConflict: 'replace' } },
    ]);
  });
});

test('a foreign key keeps what it does, and may be put off in a clause of its own', () => {
  expect(
    constraints('a CONSTRAINT f REFERENCES p ON UPDATE NO ACTION ON DELETE SET NULL MATCH FULL NOT NULL DEFERRABLE INITIALLY DEFERRED'),
  ).toEqual([
    {
      kind: 'foreignKey',
      name: 'f',
      columns: ['a'],
      references: { table: { name: 'p' }, columns: [] },
      onDelete: 'set null',
      deferrable: 'deferred',
    },
  ]);
});

test('an enum is the type with its check; another check on the same type stays one', () => {
  expect(columns("a ENUM TEXT CHECK (\"a\" IN ('x', 'it''s'))")).toEqual([
    { name: 'a', type: { kind: 'enum', values: ['x', "it's"] }, nullable: true },
  ]);
  expect(constraints("a ENUM TEXT CHECK (a IN ('x', 'it''s'))")).toEqual([]);
  expect(constraints("a ENUM TEXT CHECK (a IN ('x', b))")).toEqual([{ kind: 'check', sql: "a IN ('x', b)" }]);
  expect(constraints("a TEXT CHECK (a IN ('x'))")).toEqual([{ kind: 'check', sql: "a IN ('x')" }]);
});

test('computed columns, collations, conflict clauses and clauses that nobody knows', () => {
  expect(
    columns(
      'a INT GENERATED ALWAYS AS (b + 1) STORED, b COLLATE "NOCASE" NOT NULL ON CONFLICT IGNORE, c TEXT AS (t.b), d BLOB NOT NULL FROZEN (3) SOLID',
    ),
  ).toEqual([
    { name: 'a', type: { kind: 'integer', bits: 32 }, nullable: true, generated: { sql: 'b + 1', stored: true } },
    { name: 'b', type: none, nullable: false, collation: 'NOCASE', extras: { notNullConflict: 'ignore' } },
    { name: 'c', type: { kind: 'text' }, nullable: true, generated: { sql: 'b', stored: false } },
    { name: 'd', type: { kind: 'binary' }, nullable: false, extras: { unknown: 'FROZEN ( 3 ) SOLID' } },
  ]);
  expect(parseTable('CREATE TABLE t (a) STRICT, without rowid, RANDOM ROWID')?.options).toEqual({
    strict: true,
    withoutRowid: true,
    other: 'RANDOM ROWID',
  });
});

test('strings in double quotes become strings, and the name of the own table goes', () => {
  expect(constraints('a, "b c", CHECK (T.a <> "x""y" and "t"."b c" > lower("A") and a = "ROWID")')).toEqual([
    { kind: 'check', sql: `a <> 'x"y' and "b c" > lower(a) and a = "ROWID"` },
  ]);
});

test.each([
  'CREATE VIEW v AS SELECT 1',
  'CREATE TABLE t',
  'CREATE TABLE t (a',
  'CREATE TABLE t (a, PRIMARY KEY (a + 1))',
  'CREATE TABLE t (1)',
  'nonsense',
  '',
])('nothing is made of %j', (sql) => {
  expect(parseTable(sql)).toBeUndefined();
});

test('an index with columns, expressions, orders and a condition', () => {
  const scope = {
    table: 't',
    columns: new Map([
      ['a', 'A'],
      ['b c', 'b c'],
    ]),
  };
  expect(
    parseIndex('CREATE UNIQUE INDEX [i 1] ON T (a COLLATE nocase DESC, lower( "B C" ) ASC, "b c") WHERE t.a IS NOT NULL -- end', scope),
  ).toEqual({
    name: 'i 1',
    unique: true,
    parts: [{ column: 'A', order: 'desc', collation: 'nocase' }, { sql: 'lower( "b c" )' }, { column: 'b c' }],
    where: 'A IS NOT NULL',
  });
  expect(parseIndex('CREATE INDEX i ON t (a) USING btree', scope)).toBeUndefined();
});

test('a view with its columns and its query as it was written', () => {
  expect(parseView('CREATE VIEW v ("a b", c) AS SELECT  1, 2 -- two')).toEqual({
    kind: 'view',
    name: { name: 'v' },
    columns: ['a b', 'c'],
    query: 'SELECT  1, 2 -- two',
  });
});
