import { describe, expect, test } from 'vitest';
import type { Column, ColumnType } from '../../schema/index.ts';
import { defaultText, readDefault } from './defaults.ts';
import { describeServer } from './flavours.ts';
import { narrows } from './narrowing.ts';
import { readType, typeText } from './types.ts';

const server = (version: string, more: Readonly<Record<string, unknown>> = {}) =>
  describeServer({ version, db: 'shop', sql_mode: 'STRICT_TRANS_TABLES', lower_case: 0, explicit_timestamps: 1, ...more });
const mariadb = server('10.11.18-MariaDB');
const old = server('5.7.44');
const mysql8 = server('8.0.36');
const native = (text: string): ColumnType => ({ kind: 'native', engine: 'mysql', text });
const integer = (bits: 8 | 16 | 32 | 64, unsigned?: true): ColumnType => ({
  kind: 'integer',
  bits,
  ...(unsigned === undefined ? {} : { unsigned }),
});

describe('a type of the catalogue', () => {
  test.each<readonly [string, ColumnType]>([
    ['tinyint(1)', { kind: 'boolean' }],
    ['tinyint(4)', integer(8)],
    ['tinyint', integer(8)],
    ['tinyint(3) unsigned', integer(8, true)],
    ['tinyint(1) unsigned', native('tinyint(1) unsigned')],
    ['int(11)', integer(32)],
    ['int', integer(32)],
    ['int unsigned', integer(32, true)],
    ['bigint(20) unsigned', integer(64, true)],
    ['mediumint(9)', native('mediumint')],
    ['mediumint(8) unsigned', native('mediumint unsigned')],
    ['decimal(10,2)', { kind: 'decimal', precision: 10, scale: 2 }],
    ['decimal(10,2) unsigned', native('decimal(10,2) unsigned')],
    ['double', { kind: 'float', bits: 64 }],
    ['float(5,2)', native('float(5,2)')],
    ['varchar(40)', { kind: 'string', length: 40 }],
    ['varchar(100) /*M!100301 COMPRESSED*/', native('varchar(100) /*M!100301 COMPRESSED*/')],
    ['timestamp(6)', { kind: 'timestamp', zone: true, precision: 6 }],
    ['datetime', { kind: 'timestamp', zone: false }],
    ['year(4)', native('year')],
    ['json', { kind: 'json' }],
    ["enum('a','b''c','d\\\\e','f)g')", { kind: 'enum', values: ['a', "b'c", 'd\\e', 'f)g'] }],
    ["set('x','y')", native("set('x','y')")],
  ])('%s is read', (text, type) => {
    expect(readType(text, undefined, mariadb).type).toEqual(type);
  });

  test('an odd width is kept as a clause, because it changes what a client shows', () => {
    expect(readType('int(5) unsigned zerofill', undefined, mysql8)).toEqual({
      type: integer(32, true),
      extras: { width: '5', zerofill: 'yes' },
    });
    expect(readType('int(10)', undefined, mariadb)).toEqual({ type: integer(32), extras: { width: '10' } });
  });

  test('a UUID is text of its own kind where there is no type for it', () => {
    expect(typeText({ kind: 'uuid' }, mysql8)).toBe('char(36) CHARACTER SET ascii COLLATE ascii_general_ci');
    expect(readType('char(36)', 'ascii_general_ci', mysql8).type).toEqual({ kind: 'uuid' });
    expect(readType('char(36)', 'utf8mb4_bin', mysql8).type).toEqual({ kind: 'char', length: 36 });
    expect(readType('char(36)', 'ascii_general_ci', mariadb).type).toEqual({ kind: 'char', length: 36 });
  });
});

test.each<readonly [ColumnType, RegExp]>([
  [{ kind: 'decimal' }, /no fraction/],
  [{ kind: 'decimal', precision: 66 }, /65 digits/],
  [{ kind: 'interval' }, /interval/],
  [{ kind: 'array', of: integer(32) }, /arrays/],
  [{ kind: 'named', type: { name: 'mood' } }, /named types/],
  [{ kind: 'native', engine: 'postgres-like', text: 'tsvector' }, /belongs to the engine/],
  [{ kind: 'enum', values: ['😀'] }, /could not be read back/],
])('%j is not supported', (type, why) => {
  expect(typeText(type, mariadb)).toMatchObject({ unsupported: expect.stringMatching(why), instead: expect.any(String) });
});

describe('a default of MySQL, whose catalogue writes it without quotes', () => {
  test.each<readonly [string | undefined, ColumnType, boolean, Column['default']]>([
    [undefined, integer(32), false, undefined],
    ['0', integer(32), false, { value: 0 }],
    ['1', { kind: 'boolean' }, false, { value: true }],
    ['0', { kind: 'string', length: 5 }, false, { value: '0' }],
    ['NULL', { kind: 'string', length: 5 }, false, { value: 'NULL' }],
    ["it's", { kind: 'string', length: 5 }, false, { value: "it's" }],
    ['CURRENT_TIMESTAMP(3)', { kind: 'timestamp', zone: true, precision: 3 }, true, { sql: 'CURRENT_TIMESTAMP' }],
    ['CURRENT_TIMESTAMP', { kind: 'string', length: 30 }, false, { value: 'CURRENT_TIMESTAMP' }],
    ["concat(_utf8mb4\\'a\\',_utf8mb4\\'\\\\\\\\\\')", { kind: 'string', length: 5 }, true, { sql: "concat(_utf8mb4'a',_utf8mb4'\\\\')" }],
    ["b'101'", native('bit(3)'), false, { sql: "b'101'" }],
    ['12345678901234567890', integer(64, true), false, { value: 12345678901234567890n }],
  ])('%j of %j is read', (raw, type, generated, expected) => {
    expect(readDefault(raw, type, mysql8, generated)).toEqual(expected);
  });
});

describe('the text of a default', () => {
  const of = (type: ColumnType, value: NonNullable<Column['default']>, met = mysql8): unknown => defaultText({ type, default: value }, met);

  test('of a text is an expression on MySQL, and a plain value on MariaDB', () => {
    expect(of({ kind: 'text' }, { value: 'a' })).toBe("('a')");
    expect(of({ kind: 'json' }, { value: '{}' })).toBe("('{}')");
    expect(of({ kind: 'text' }, { value: 'a' }, mariadb)).toBe("'a'");
    expect(of({ kind: 'text' }, { value: 'a' }, old)).toMatchObject({ unsupported: expect.stringContaining('MySQL 5.7.44') });
  });

  test('as an expression needs a version that has them', () => {
    expect(of(integer(32), { sql: '1 + 2' })).toBe('(1 + 2)');
    expect(of(integer(32), { sql: '((1 + 2))' })).toBe('(1 + 2)');
    expect(of(integer(32), { sql: '(1) + (2)' })).toBe('((1) + (2))');
    expect(of(integer(32), { sql: '1 + 2' }, old)).toMatchObject({ unsupported: expect.any(String) });
    expect(of(integer(32), { sql: '7' }, old)).toBe('7');
  });

  test('has as many digits of a second as its column', () => {
    expect(of({ kind: 'timestamp', zone: true, precision: 6 }, { sql: 'now()' })).toBe('CURRENT_TIMESTAMP(6)');
    expect(of({ kind: 'timestamp', zone: false }, { sql: 'current_timestamp' })).toBe('CURRENT_TIMESTAMP');
  });

  test('is refused where it could not be read back', () => {
    expect(of({ kind: 'string', length: 5 }, { value: '😀' })).toMatchObject({
      unsupported: expect.stringContaining('could not be read back'),
    });
  });

  test('has its backslash doubled as the sql_mode reads it', () => {
    expect(of({ kind: 'string', length: 5 }, { value: "\\'" })).toBe("'\\\\'''");
    expect(of({ kind: 'string', length: 5 }, { value: "\\'" }, server('8.0.36', { sql_mode: 'NO_BACKSLASH_ESCAPES' }))).toBe("'\\'''");
  });
});

test.each<readonly [ColumnType, ColumnType, boolean]>([
  [integer(32), integer(64), false],
  [integer(64), integer(32), true],
  [integer(32), integer(32, true), true],
  [integer(32, true), integer(64), false],
  [integer(32, true), integer(32), true],
  [{ kind: 'boolean' }, integer(16), false],
  [integer(16), { kind: 'boolean' }, true],
  [integer(32), { kind: 'decimal', precision: 12, scale: 2 }, false],
  [integer(32), { kind: 'decimal', precision: 10, scale: 2 }, true],
  [{ kind: 'decimal', precision: 10, scale: 2 }, { kind: 'decimal', precision: 12, scale: 3 }, false],
  [{ kind: 'decimal', precision: 10, scale: 2 }, { kind: 'decimal', precision: 10, scale: 3 }, true],
  [{ kind: 'decimal', precision: 10, scale: 2 }, { kind: 'float', bits: 64 }, true],
  [{ kind: 'float', bits: 32 }, { kind: 'float', bits: 64 }, false],
  [{ kind: 'float', bits: 64 }, { kind: 'float', bits: 32 }, true],
  [{ kind: 'string', length: 20 }, { kind: 'string', length: 40 }, false],
  [{ kind: 'string', length: 40 }, { kind: 'string', length: 20 }, true],
  [{ kind: 'string', length: 20_000 }, native('text'), true],
  [{ kind: 'string', length: 10_000 }, native('text'), false],
  [native('mediumtext'), native('text'), true],
  [native('text'), { kind: 'text' }, false],
  [{ kind: 'text' }, { kind: 'string', length: 20 }, true],
  [{ kind: 'json' }, { kind: 'text' }, false],
  [{ kind: 'uuid' }, { kind: 'string', length: 36 }, false],
  [integer(64), { kind: 'text' }, false],
  [{ kind: 'binary', length: 4 }, { kind: 'binary' }, false],
  [{ kind: 'binary' }, native('blob'), true],
  [{ kind: 'text' }, { kind: 'binary' }, true],
  [{ kind: 'date' }, { kind: 'timestamp', zone: false }, false],
  [{ kind: 'timestamp', zone: false }, { kind: 'date' }, true],
  [{ kind: 'timestamp', zone: false }, { kind: 'timestamp', zone: true }, true],
  [{ kind: 'timestamp', zone: false, precision: 6 }, { kind: 'timestamp', zone: false }, true],
  [{ kind: 'enum', values: ['a'] }, { kind: 'enum', values: ['b', 'a'] }, false],
  [{ kind: 'enum', values: ['a', 'b'] }, { kind: 'enum', values: ['a'] }, true],
  [{ kind: 'string', length: 5 }, integer(32), true],
  [integer(32), integer(32), false],
])('from %j to %j values may be lost: %s', (from, to, lossy) => {
  expect(narrows(from, to)).toBe(lossy);
});
