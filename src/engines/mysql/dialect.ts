import { type Dialect, isUnbounded, type LossName, type Mapped, type TypeUse } from '../../neutral/index.ts';
import type { Column, ColumnType } from '../../schema/index.ts';
import { quote } from './quote.ts';
import { quotedList } from './text.ts';

/** MySQL's words for what every engine has. */
export const dialect: Dialect = {
  speech: {
    identifier: quote.identifier,
    text: (value) => quote.literal(value),
    truth: (value) => (value ? 'TRUE' : 'FALSE'),
    now: { timestamp: 'CURRENT_TIMESTAMP', date: 'CURRENT_DATE' },
    characters: 'char_length',
    backslash: true,
  },
  abilities: {
    comments: true,
    partialIndexes: false,
    expressionIndexes: false,
    include: false,
    deferrable: 'none',
    matchFull: false,
    setDefault: false,
    nullsNotDistinct: false,
    identity: 'first in a key',
    indexNamesOfSchema: false,
    keyNamesOfSchema: true,
    sameKeyTypes: true,
    prefixLength: 191,
    checksOfFollowers: false,
    namedEnums: false,
    nameLength: 64,
    virtual: true,
  },
  typeOut,
  typeIn,
  tableOptions: { collation: 'utf8mb4_bin' },
  tableLosses: ({ options }) => [
    ...(options['systemVersioning'] === undefined ? [] : (['system-versioning'] as const)),
    ...(options['partitionBy'] === undefined ? [] : (['partition'] as const)),
  ],
  columnLosses,
  plainMethods: ['btree', 'hash', 'rtree'],
  checkOf: ({ extras }) => extras?.['check'],
  nowFor: (what, type) => (what === 'date' ? 'CURRENT_DATE' : `CURRENT_TIMESTAMP${momentDigits(type)}`),
  methodLoss: (method) => (method === 'fulltext' || method === 'spatial' ? method : 'index-kind'),
  isPart: () => false,
};

function columnLosses({ collation, extras = {} }: Column): readonly LossName[] {
  const lost: LossName[] = [];
  // Other engines compare texts byte by byte by themselves.
  if (collation !== undefined && !/_bin$|^binary$/.test(collation)) lost.push('collation');
  if (extras['onUpdate'] !== undefined) lost.push('on-update-timestamp');
  if (extras['invisible'] !== undefined) lost.push('invisible');
  if (extras['zerofill'] !== undefined) lost.push('zerofill');
  return lost;
}

const text: ColumnType = { kind: 'text' };
const bytes: ColumnType = { kind: 'binary' };

function typeOut({ type }: Column): Mapped {
  switch (type.kind) {
    // Without a precision these hold whole seconds.
    case 'time':
    case 'timestamp':
      return { type: { ...type, precision: type.precision ?? 0 } };
    case 'native':
      return nativeOut(type.text);
    default:
      return { type };
  }
}

function nativeOut(whole: string): Mapped {
  const [, word = '', inside = ''] = /^(\w+)(?:\(((?:[^')]|'(?:[^'\\]|''|\\.)*')*)\))?/s.exec(whole) ?? [];
  const unsigned = /\bunsigned\b/.test(whole);
  const zerofill: { losses?: readonly LossName[] } = /\bzerofill\b/.test(whole) ? { losses: ['zerofill'] } : {};
  const [digits = 10, scale = 0] = inside.split(',').map(Number);
  switch (word) {
    case 'tinytext':
    case 'text':
    case 'mediumtext':
      return { type: text };
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
      return { type: bytes };
    case 'binary':
      return { type: { kind: 'binary', length: Number(inside) } };
    case 'mediumint':
      return { type: { kind: 'integer', bits: 32, ...(unsigned ? { unsigned } : {}) }, ...zerofill };
    case 'tinyint':
      return { type: { kind: 'integer', bits: 8, ...(unsigned ? { unsigned } : {}) }, ...zerofill };
    case 'year':
      return { type: { kind: 'integer', bits: 16 } };
    case 'decimal':
      return { type: { kind: 'decimal', precision: digits, scale }, ...zerofill, ...(unsigned ? { range: ['0'] } : {}) };
    case 'float':
    case 'double':
      return { type: { kind: 'float', bits: word === 'float' ? 32 : 64 }, ...zerofill, ...(unsigned ? { range: ['0'] } : {}) };
    case 'bit':
      return { type: Number(inside) > 63 ? { kind: 'decimal', precision: 20, scale: 0 } : { kind: 'integer', bits: 64 }, losses: ['bit'] };
    case 'set':
      return { type: { kind: 'string', length: setLength(inside) }, losses: ['set'] };
    default:
      return { type: text, losses: [isSpatial(whole) ? 'spatial' : 'native-type'] };
  }
}

/** All words of a set with the commas between them. */
function setLength(words: string): number {
  return Math.max(1, quotedList(words).join(',').length);
}

/** Whether a native type is one of shapes: https://mariadb.com/kb/en/geometry-types/ */
export function isSpatial(type: string): boolean {
  return /^(geometry|geometrycollection|geomcollection|point|linestring|polygon|multipoint|multilinestring|multipolygon)\b/.test(type);
}

/** Keys hold at most 3072 bytes, which is 768 characters; several columns share them. */
const inKeys = 255;

function typeIn(given: ColumnType, use: TypeUse): Mapped {
  const { declared: _, ...plain } = given;
  const type = plain as ColumnType;
  const fitted = unboundedIn(type, use);
  if (fitted !== undefined) return fitted;
  switch (type.kind) {
    case 'decimal': {
      const { precision = 65, scale = type.precision === undefined ? 30 : 0 } = type;
      const fits = type.precision !== undefined && precision <= 65 && scale >= 0 && scale <= 30;
      const bounded: ColumnType = { kind: 'decimal', precision: Math.min(precision, 65), scale: Math.min(Math.max(scale, 0), 30) };
      return fits ? { type: bounded } : { type: bounded, losses: ['decimal-digits'] };
    }
    case 'time':
    case 'timestamp': {
      const { precision = 6, ...rest } = type;
      return { type: precision === 0 ? rest : { ...rest, precision } };
    }
    case 'char':
      return { type: type.length > 255 ? { kind: 'string', length: type.length } : type };
    case 'interval':
      return { type: { kind: 'string', length: 100 }, losses: ['interval'] };
    case 'array':
      return { type: { kind: 'json' } };
    case 'native':
      return { type: text, losses: ['native-type'] };
    default:
      return { type };
  }
}

function unboundedIn(type: ColumnType, { inKey }: TypeUse): Mapped | undefined {
  if (type.kind === 'string' && (type.length ?? 0) > 0 && !isUnbounded(type)) return undefined;
  if (type.kind === 'binary' && type.length !== undefined && !isUnbounded(type)) return undefined;
  switch (type.kind) {
    case 'string':
    case 'text':
      if (inKey) return { type: { kind: 'string', length: inKeys }, losses: ['key-length'] };
      return { type: type.kind === 'string' && (type.length ?? 16_384) <= 16_383 ? type : text };
    case 'binary':
      if (inKey) return { type: { kind: 'binary', length: inKeys }, losses: ['key-length'] };
      return { type: (type.length ?? 65_536) <= 65_000 ? type : bytes };
    default:
      return undefined;
  }
}

function momentDigits(type: ColumnType): string {
  const digits = type.kind === 'timestamp' ? (type.precision ?? 6) : 0;
  return digits === 0 ? '' : `(${digits})`;
}
