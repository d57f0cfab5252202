import type { Dialect, Mapped } from '../../neutral/index.ts';
import { type Column, type ColumnType, keyOf, type Schema } from '../../schema/index.ts';
import { quote } from './quote.ts';
import { engineName } from './types.ts';

/** PostgreSQL's words for what every engine has. */
export const dialect: Dialect = {
  speech: {
    identifier: quote.identifier,
    text: (value) => quote.literal(value),
    truth: (value) => (value ? 'true' : 'false'),
    now: { timestamp: 'CURRENT_TIMESTAMP', date: 'CURRENT_DATE' },
    characters: 'char_length',
    lengthOfCharacters: true,
  },
  abilities: {
    comments: true,
    partialIndexes: true,
    expressionIndexes: true,
    include: true,
    deferrable: 'all',
    matchFull: true,
    setDefault: true,
    nullsNotDistinct: true,
    identity: 'anywhere',
    indexNamesOfSchema: true,
    keyNamesOfSchema: false,
    sameKeyTypes: false,
    checksOfFollowers: true,
    namedEnums: true,
    nameLength: 63,
    virtual: false,
  },
  typeOut,
  typeIn,
  tableOptions: {},
  tableLosses: ({ options }) => [
    ...(options['partitionBy'] === undefined ? [] : (['partition'] as const)),
    ...(options['inherits'] === undefined ? [] : (['inheritance'] as const)),
    ...(options['rowSecurity'] === undefined ? [] : (['row-security'] as const)),
  ],
  columnLosses: ({ collation }) => (collation === undefined ? [] : ['collation']),
  plainMethods: ['btree'],
  checkOf: () => undefined,
  nowFor: (what) => (what === 'date' ? 'CURRENT_DATE' : 'CURRENT_TIMESTAMP'),
  methodLoss: () => 'index-kind',
  isPart: ({ options }) => options['partitionOf'] !== undefined,
};

const text: ColumnType = { kind: 'text' };

function typeOut({ type }: Column, schema: Schema): Mapped {
  switch (type.kind) {
    case 'named':
      return namedOut(type, schema);
    case 'array':
      return { type, losses: ['array'] };
    case 'native':
      return nativeOut(type.text);
    default:
      return { type };
  }
}

function namedOut({ type: name }: Extract<ColumnType, { kind: 'named' }>, schema: Schema): Mapped {
  const found = schema.objects.get(keyOf({ kind: 'enum', name }));
  if (found?.kind === 'enum') return { type: { kind: 'enum', values: found.values } };
  const composite = schema.objects.has(keyOf({ kind: 'composite', name }));
  return { type: text, losses: [composite ? 'composite' : 'native-type'] };
}

function nativeOut(name: string): Mapped {
  if (name === 'json') return { type: { kind: 'json' } };
  if (/^bit\b/.test(name)) return { type: text, losses: ['bit'] };
  return { type: text, losses: ['native-type'] };
}

/** The greatest numbers of unsigned types, which PostgreSQL does not have. */
const greatest = { 8: '255', 16: '65535', 32: '4294967295', 64: '18446744073709551615' } as const;
const wider = { 8: 16, 16: 32, 32: 64 } as const;

function typeIn(type: ColumnType, { identity }: { readonly identity: boolean }): Mapped {
  const { declared: _, ...plain } = type;
  switch (plain.kind) {
    case 'integer': {
      const { bits, unsigned } = plain;
      if (!unsigned) return { type: { kind: 'integer', bits: bits === 8 ? 16 : bits } };
      const range = ['0', greatest[bits]] as const;
      if (bits !== 64) return { type: { kind: 'integer', bits: wider[bits] }, range };
      return identity ? { type: { kind: 'integer', bits } } : { type: { kind: 'decimal', precision: 20, scale: 0 }, range };
    }
    case 'decimal':
      return { type: plain.precision === undefined ? { kind: 'decimal' } : { ...plain, scale: plain.scale ?? 0 } };
    case 'binary':
      return { type: { kind: 'binary' } };
    case 'native':
      return plain.engine === engineName ? { type } : { type: text, losses: ['native-type'] };
    default:
      return { type: plain as ColumnType };
  }
}
