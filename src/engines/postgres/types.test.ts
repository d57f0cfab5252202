import { describe, expect, test } from 'vitest';
import type { ColumnType } from '../../schema/index.ts';
import { typeChange } from './type-change.ts';
import { parseType, typeFromCatalogue, typeReadBack, typeSql } from './types.ts';

describe('types', () => {
  test.each([
    [{ kind: 'integer', bits: 8 }, 'smallint'],
    [{ kind: 'decimal', precision: 10 }, 'numeric(10)'],
    [{ kind: 'decimal', precision: 10, scale: 2 }, 'numeric(10,2)'],
    [{ kind: 'float', bits: 64 }, 'double precision'],
    [{ kind: 'string' }, 'varchar'],
    [{ kind: 'char', length: 3 }, 'char(3)'],
    [{ kind: 'binary', length: 16 }, 'bytea'],
    [{ kind: 'timestamp', zone: true, precision: 3 }, 'timestamp(3) with time zone'],
    [{ kind: 'json' }, 'jsonb'],
    [{ kind: 'array', of: { kind: 'array', of: { kind: 'text' } } }, 'text[][]'],
    [{ kind: 'named', type: { schema: 'app', name: 'Mood' } }, '"app"."Mood"'],
    [{ kind: 'native', engine: 'postgres', text: 'tsvector' }, 'tsvector'],
  ] satisfies readonly (readonly [ColumnType, string])[])('%j is %s', (type, sql) => {
    expect(typeSql(type)).toBe(sql);
  });

  test.each([
    [{ kind: 'integer', bits: 64, unsigned: true }, 'decimal(20,0)'],
    [{ kind: 'array', of: { kind: 'integer', bits: 32, unsigned: true } }, 'bigint'],
    [{ kind: 'enum', values: ['a'] }, 'enum type'],
    [{ kind: 'native', engine: 'other', text: 'year' }, 'neutral'],
    [{ kind: 'decimal', scale: 2 }, 'precision'],
  ] satisfies readonly (readonly [ColumnType, string])[])('%j is refused, with a way out', (type, instead) => {
    expect(typeSql(type)).toMatchObject({ unsupported: expect.any(String), instead: expect.stringContaining(instead) });
  });

  test.each([
    ['character varying(20)', { kind: 'string', length: 20 }],
    ['numeric(10,0)', { kind: 'decimal', precision: 10, scale: 0 }],
    ['numeric(3,-2)', { kind: 'decimal', precision: 3, scale: -2 }],
    ['time(3) without time zone', { kind: 'time', precision: 3 }],
    ['timestamp with time zone', { kind: 'timestamp', zone: true }],
    ['interval day to second(3)', { kind: 'native', engine: 'postgres', text: 'interval day to second(3)' }],
    ['time(2) with time zone', { kind: 'native', engine: 'postgres', text: 'time(2) with time zone' }],
    ['bit(5)', { kind: 'native', engine: 'postgres', text: 'bit(5)' }],
    ['json', { kind: 'native', engine: 'postgres', text: 'json' }],
  ] satisfies readonly (readonly [string, ColumnType])[])('%s is read as %j', (text, type) => {
    expect(parseType(text)).toEqual(type);
  });

  test('an array of a type of the database is read with its name', () => {
    expect(typeFromCatalogue({ text: 'app.mood[]', named: { schema: 'app', name: 'mood' }, array: true })).toEqual({
      kind: 'array',
      of: { kind: 'named', type: { schema: 'app', name: 'mood' } },
    });
  });

  test('what reads back otherwise is known', () => {
    expect(typeReadBack({ kind: 'integer', bits: 8 })).toEqual({ kind: 'integer', bits: 16 });
    expect(typeReadBack({ kind: 'decimal', precision: 5 })).toEqual({ kind: 'decimal', precision: 5, scale: 0 });
    expect(typeReadBack({ kind: 'array', of: { kind: 'array', of: { kind: 'binary', length: 5 } } })).toEqual({
      kind: 'array',
      of: { kind: 'binary' },
    });
  });
});

const int = (bits: 16 | 32 | 64): ColumnType => ({ kind: 'integer', bits });
const varchar = (length?: number): ColumnType => (length === undefined ? { kind: 'string' } : { kind: 'string', length });
const text: ColumnType = { kind: 'text' };
const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });

describe('a change of type', () => {
  test.each([
    ['nothing', varchar(5), varchar(5)],
    ['a longer text', varchar(20), varchar(40)],
    ['a text of any length', varchar(20), text],
    ['a longer number', decimal(10, 2), decimal(12, 2)],
    ['any number', decimal(10, 2), { kind: 'decimal' }],
    ['more digits of a second', { kind: 'timestamp', zone: true, precision: 3 }, { kind: 'timestamp', zone: true }],
  ] satisfies readonly (readonly [string, ColumnType, ColumnType])[])('to %s only changes the catalogue', (_, from, to) => {
    expect(typeChange(from, to)).toEqual({ keepsValues: true, rewrites: false, needsCast: false });
  });

  test.each([
    [int(32), int(64)],
    [int(64), decimal(19, 0)],
    [int(16), { kind: 'float', bits: 32 }],
    [int(32), text],
    [decimal(10, 2), decimal(12, 4)],
    [{ kind: 'boolean' }, int(32)],
    [{ kind: 'date' }, { kind: 'timestamp', zone: false }],
    [{ kind: 'uuid' }, text],
    [{ kind: 'named', type: { name: 'mood' } }, text],
    [
      { kind: 'array', of: int(16) },
      { kind: 'array', of: int(32) },
    ],
  ] satisfies readonly (readonly [ColumnType, ColumnType])[])('from %j to %j writes rows and keeps values', (from, to) => {
    expect(typeChange(from, to)).toMatchObject({ keepsValues: true, rewrites: true });
  });

  test.each([
    [int(64), { kind: 'named', type: { name: 'mood' } }, true],
    [int(32), { kind: 'date' }, true],
    [{ kind: 'uuid' }, int(32), true],
    [text, int(32), true],
    [int(32), text, false],
    [int(64), decimal(3, 0), false],
    [{ kind: 'timestamp', zone: true }, { kind: 'time' }, false],
    [{ kind: 'timestamp', zone: false }, { kind: 'native', engine: 'postgres', text: 'time with time zone' }, true],
    [{ kind: 'native', engine: 'postgres', text: 'bit(3)' }, { kind: 'native', engine: 'postgres', text: 'bit varying(2)' }, false],
    [{ kind: 'native', engine: 'postgres', text: 'json' }, { kind: 'json' }, false],
    [{ kind: 'native', engine: 'postgres', text: 'money' }, int(32), true],
  ] satisfies readonly (readonly [ColumnType, ColumnType, boolean])[])('from %j to %j asks for a cast: %s', (from, to, asks) => {
    expect(typeChange(from, to).needsCast).toBe(asks);
  });

  test.each([
    [int(64), int(32)],
    [int(64), { kind: 'float', bits: 64 }],
    [int(64), decimal(18, 0)],
    [varchar(40), varchar(20)],
    [text, varchar(40)],
    [text, int(32)],
    [decimal(10, 2), decimal(10, 1)],
    [decimal(10, 2), decimal(10, 4)],
    [{ kind: 'timestamp', zone: true }, { kind: 'date' }],
    [
      { kind: 'timestamp', zone: true },
      { kind: 'timestamp', zone: false },
    ],
    [{ kind: 'native', engine: 'postgres', text: 'tsvector' }, { kind: 'json' }],
    [
      { kind: 'array', of: int(32) },
      { kind: 'array', of: int(16) },
    ],
  ] satisfies readonly (readonly [ColumnType, ColumnType])[])('from %j to %j may lose values', (from, to) => {
    expect(typeChange(from, to).keepsValues).toBe(false);
  });
});
