import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnType } from '../../../test/support/arbitrary.ts';
import type { ColumnType } from '../types.ts';
import { readType } from './read-type.ts';
import type { TypeParts } from './spec.ts';
import type { Problem } from './spot.ts';
import { typeText, typeWords } from './types-text.ts';
import { writeTypeParts } from './write-type.ts';

function read(parts: TypeParts): ColumnType {
  const problems: Problem[] = [];
  const type = readType(parts, { path: [], problems });
  expect(problems).toEqual([]);
  return type;
}

const texts: readonly (readonly [string, ColumnType, canonical?: string])[] = [
  ['tinyint', { kind: 'integer', bits: 8 }],
  ['smallint', { kind: 'integer', bits: 16 }],
  ['int', { kind: 'integer', bits: 32 }, 'integer'],
  ['INTEGER', { kind: 'integer', bits: 32 }, 'integer'],
  ['bigint unsigned', { kind: 'integer', bits: 64, unsigned: true }],
  ['decimal', { kind: 'decimal' }],
  ['numeric(10)', { kind: 'decimal', precision: 10 }, 'decimal(10)'],
  ['decimal( 10 , 2 )', { kind: 'decimal', precision: 10, scale: 2 }, 'decimal(10,2)'],
  ['decimal(3,-2)', { kind: 'decimal', precision: 3, scale: -2 }],
  ['float', { kind: 'float', bits: 32 }, 'real'],
  ['real', { kind: 'float', bits: 32 }],
  ['double', { kind: 'float', bits: 64 }],
  ['bool', { kind: 'boolean' }, 'boolean'],
  ['boolean', { kind: 'boolean' }],
  ['string', { kind: 'string' }, 'varchar'],
  ['Varchar(40)', { kind: 'string', length: 40 }, 'varchar(40)'],
  ['text', { kind: 'text' }],
  ['char', { kind: 'char', length: 1 }, 'char(1)'],
  ['char(36)', { kind: 'char', length: 36 }],
  ['binary', { kind: 'binary' }],
  ['binary(16)', { kind: 'binary', length: 16 }],
  ['blob', { kind: 'binary' }, 'binary'],
  ['bytea', { kind: 'binary' }, 'binary'],
  ['date', { kind: 'date' }],
  ['time(3)', { kind: 'time', precision: 3 }],
  ['timestamp', { kind: 'timestamp', zone: false }],
  ['timestamp(0)', { kind: 'timestamp', zone: false, precision: 0 }],
  ['timestamptz(6)', { kind: 'timestamp', zone: true, precision: 6 }],
  ['interval', { kind: 'interval' }],
  ['uuid', { kind: 'uuid' }],
  ['json', { kind: 'json' }],
  ['int[]', { kind: 'array', of: { kind: 'integer', bits: 32 } }, 'integer[]'],
  ['varchar(9)[][]', { kind: 'array', of: { kind: 'array', of: { kind: 'string', length: 9 } } }],
];

describe('the text of a type', () => {
  for (const [text, type, canonical = text] of texts) {
    test(`${text} is understood`, () => {
      expect(read({ type: text })).toEqual(type);
      expect(typeText(type)).toBe(canonical);
    });
  }

  test('exists for every word', () => {
    const shown = new Set(texts.map(([text]) => text.toLowerCase().replace(/\W.*/, '')));
    expect(typeWords.filter((word) => !shown.has(word) && word !== 'enum' && word !== 'array')).toEqual([]);
  });
});

test('the parts of a type may stand beside it', () => {
  expect(read({ type: 'string', length: 8 })).toEqual({ kind: 'string', length: 8 });
  expect(read({ type: 'decimal', precision: 8, scale: 2 })).toEqual({ kind: 'decimal', precision: 8, scale: 2 });
  expect(read({ type: 'decimal(8)', scale: 2 })).toEqual({ kind: 'decimal', precision: 8, scale: 2 });
  expect(read({ type: 'int', unsigned: true })).toEqual({ kind: 'integer', bits: 32, unsigned: true });
  expect(read({ type: 'enum', values: ['a', 'b'] })).toEqual({ kind: 'enum', values: ['a', 'b'] });
  expect(read({ type: 'array', of: { type: 'enum', values: ['a'] } })).toEqual({ kind: 'array', of: { kind: 'enum', values: ['a'] } });
  expect(read({ type: 'array', of: { named: 'shop.mood' } })).toEqual({
    kind: 'array',
    of: { kind: 'named', type: { schema: 'shop', name: 'mood' } },
  });
  expect(read({ type: { native: { anything: 'geometry(Point, 4326)' } } })).toEqual({
    kind: 'native',
    engine: 'anything',
    text: 'geometry(Point, 4326)',
  });
});

test('every type that is written is read as itself', () => {
  fc.assert(
    fc.property(columnType, (type) => {
      expect(read(writeTypeParts(type))).toEqual(type);
    }),
    { numRuns: 1000 },
  );
});
