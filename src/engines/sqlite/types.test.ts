import { describe, expect, test } from 'vitest';
import type { ColumnType } from '../../schema/index.ts';
import { affinity, altersValues, readType, typeText } from './types.ts';

const sqlOf = (type: ColumnType, context?: Parameters<typeof typeText>[1]): string => {
  const text = typeText(type, context);
  return 'sql' in text ? text.sql : text.unsupported;
};

describe('a type is written and read back as the same', () => {
  test.each<readonly [ColumnType, string]>([
    [{ kind: 'integer', bits: 8 }, 'TINYINT'],
    [{ kind: 'integer', bits: 16, unsigned: true }, 'SMALLINT UNSIGNED'],
    [{ kind: 'integer', bits: 32 }, 'INT'],
    [{ kind: 'integer', bits: 64 }, 'INTEGER'],
    [{ kind: 'integer', bits: 64, unsigned: true }, 'BIGINT UNSIGNED'],
    [{ kind: 'decimal', precision: 10, scale: 2 }, 'DECIMAL(10,2)'],
    [{ kind: 'float', bits: 32 }, 'FLOAT4'],
    [{ kind: 'float', bits: 64 }, 'REAL'],
    [{ kind: 'boolean' }, 'BOOLEAN'],
    [{ kind: 'string', length: 40 }, 'VARCHAR(40)'],
    [{ kind: 'string' }, 'VARCHAR'],
    [{ kind: 'text' }, 'TEXT'],
    [{ kind: 'char', length: 2 }, 'CHAR(2)'],
    [{ kind: 'binary' }, 'BLOB'],
    [{ kind: 'binary', length: 16 }, 'BLOB(16)'],
    [{ kind: 'date' }, 'DATE'],
    [{ kind: 'time', precision: 3 }, 'TIME(3)'],
    [{ kind: 'timestamp', zone: false }, 'TIMESTAMP'],
    [{ kind: 'timestamp', zone: true, precision: 6 }, 'TIMESTAMPTZ(6)'],
    [{ kind: 'interval' }, 'DURATION TEXT'],
    [{ kind: 'uuid' }, 'UUID TEXT'],
    [{ kind: 'json' }, 'JSON TEXT'],
    [{ kind: 'native', engine: 'sqlite', text: 'ANY' }, 'ANY'],
    [{ kind: 'native', engine: 'sqlite', text: '' }, ''],
  ])('%j is %s', (type, sql) => {
    expect(sqlOf(type)).toBe(sql);
    expect(readType(sql)).toEqual(type);
    expect(readType(sql.toLowerCase())).toEqual(type.kind === 'native' ? { ...type, text: sql.toLowerCase() } : type);
  });

  test('numbers that are not counted up are no alias of the rowid where they are the key', () => {
    const key = { soleKey: true, identity: false };
    expect(sqlOf({ kind: 'integer', bits: 64 }, key)).toBe('BIGINT');
    expect(readType('BIGINT', key)).toEqual({ kind: 'integer', bits: 64 });
    expect(sqlOf(readType('INTEGER', key), key)).toBe('BIGINT');
    expect(sqlOf({ kind: 'integer', bits: 32 }, { soleKey: true, identity: true })).toBe('INTEGER');
  });
});

describe('another word for a type is understood and kept', () => {
  test.each<readonly [string, ColumnType]>([
    ['NUMERIC(10, 2)', { kind: 'decimal', precision: 10, scale: 2 }],
    ['nvarchar(160)', { kind: 'string', length: 160 }],
    ['CHARACTER VARYING(5)', { kind: 'string', length: 5 }],
    ['NATIVE CHARACTER(70)', { kind: 'char', length: 70 }],
    ['UNSIGNED BIG INT', { kind: 'integer', bits: 64, unsigned: true }],
    ['BIGINT', { kind: 'integer', bits: 64 }],
    ['INT8', { kind: 'integer', bits: 64 }],
    ['tinyint(1)', { kind: 'integer', bits: 8 }],
    ['DOUBLE PRECISION', { kind: 'float', bits: 64 }],
    ['FLOAT', { kind: 'float', bits: 64 }],
    ['bool', { kind: 'boolean' }],
    ['DATETIME', { kind: 'timestamp', zone: false }],
    ['TIMESTAMP WITH TIME ZONE', { kind: 'timestamp', zone: true }],
    ['VARBINARY(16)', { kind: 'binary', length: 16 }],
    ['CLOB', { kind: 'text' }],
    ['UUID', { kind: 'uuid' }],
    ['JSON', { kind: 'json' }],
    ['INTERVAL', { kind: 'interval' }],
  ])('%s', (declared, type) => {
    expect(readType(declared)).toEqual({ ...type, declared });
    expect(sqlOf(readType(declared))).toBe(declared);
  });

  test('and gives way when the type becomes another', () => {
    expect(sqlOf({ ...readType('NVARCHAR(10)'), length: 20 } as ColumnType)).toBe('VARCHAR(20)');
  });
});

test.each(['GEOMETRY', 'VARCHAR(MAX)', 'DECIMAL(1,2,3)', 'my own type', 'INT(x)'])('%s is a type of its own', (text) => {
  expect(readType(text)).toEqual({ kind: 'native', engine: 'sqlite', text });
});

test.each([
  ['a-b', '"a-b"'],
  ['SELECT', '"SELECT"'],
  ['x(1', '"x(1"'],
  ['a"b', '"a""b"'],
  ['POINT(2, 3)', 'POINT(2, 3)'],
])('the native type %s is written so that it cannot be anything else: %s', (text, sql) => {
  expect(sqlOf({ kind: 'native', engine: 'sqlite', text })).toBe(sql);
});

test.each<readonly [ColumnType, string]>([
  [{ kind: 'array', of: { kind: 'text' } }, 'SQLite has no arrays'],
  [{ kind: 'named', type: { name: 'mood' } }, 'SQLite has no types of its own making such as "mood"'],
  [{ kind: 'native', engine: 'elsewhere', text: 'tsvector' }, '"tsvector" is a type of elsewhere'],
])('%j is refused with a reason', (type, reason) => {
  expect(typeText(type)).toEqual({ unsupported: reason, instead: expect.stringMatching(/^use|^write/) });
});

test.each([
  ['INT', 'integer'],
  ['POINT', 'integer'],
  ['CHARINT', 'integer'],
  ['VARCHAR(3)', 'text'],
  ['UUID TEXT', 'text'],
  ['', 'blob'],
  ['BLOB(3)', 'blob'],
  ['DOUBLE', 'real'],
  ['UUID', 'numeric'],
  ['DECIMAL(1,2)', 'numeric'],
])('a column of type %j prefers %s', (type, expected) => {
  expect(affinity(type)).toBe(expected);
});

test('values can only come out different when the preference changes to one that converts them', () => {
  const all = ['INT', 'TEXT', 'BLOB', 'REAL', 'NUMERIC'];
  const altered = all.flatMap((from) => all.filter((to) => altersValues(from, to)).map((to) => `${from} → ${to}`));
  expect(altered).toEqual([
    'INT → REAL',
    'TEXT → INT',
    'TEXT → REAL',
    'TEXT → NUMERIC',
    'BLOB → INT',
    'BLOB → TEXT',
    'BLOB → REAL',
    'BLOB → NUMERIC',
    'REAL → TEXT',
    'NUMERIC → TEXT',
    'NUMERIC → REAL',
  ]);
});
