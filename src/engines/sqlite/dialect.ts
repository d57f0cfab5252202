import type { Dialect, Mapped, TypeUse } from '../../neutral/index.ts';
import type { Column, ColumnType } from '../../schema/index.ts';
import { quote } from './quote.ts';

/** SQLite's words for what every engine has. */
export const dialect: Dialect = {
  speech: {
    identifier: quote.identifier,
    text: (value) => quote.literal(value),
    truth: (value) => (value ? '1' : '0'),
    now: { timestamp: 'CURRENT_TIMESTAMP', date: 'CURRENT_DATE' },
    characters: 'length',
    lengthOfCharacters: true,
    brackets: true,
  },
  abilities: {
    comments: false,
    partialIndexes: true,
    expressionIndexes: true,
    include: false,
    deferrable: 'foreign keys',
    matchFull: false,
    setDefault: true,
    nullsNotDistinct: false,
    identity: 'whole primary key',
    indexNamesOfSchema: true,
    keyNamesOfSchema: false,
    sameKeyTypes: false,
    checksOfFollowers: true,
    namedEnums: false,
    nameLength: 1000,
    virtual: true,
  },
  typeOut,
  typeIn,
  tableOptions: {},
  tableLosses: () => [],
  columnLosses: ({ collation }) => (collation === undefined || /^binary$/i.test(collation) ? [] : ['collation']),
  plainMethods: [],
  checkOf: () => undefined,
  nowFor: (what) => (what === 'date' ? 'CURRENT_DATE' : 'CURRENT_TIMESTAMP'),
  methodLoss: () => 'index-kind',
  isPart: () => false,
};

function typeOut({ type }: Column): Mapped {
  if (type.kind === 'native') return { type: { kind: 'text' }, losses: ['untyped'] };
  const { declared: _, ...plain } = type;
  // A number of two bytes with a scale beyond its precision, and the like, is a number without a bound elsewhere.
  if (plain.kind === 'decimal' && (plain.scale ?? 0) > (plain.precision ?? 0)) return { type: { kind: 'decimal' } };
  return { type: plain as ColumnType };
}

/** As many digits as a number of 64 bits with a binary fraction gives back: SQLite has no other numbers with a fraction. */
const digits = 15;

function typeIn(type: ColumnType, _use: TypeUse): Mapped {
  switch (type.kind) {
    case 'array':
      return { type: { kind: 'json' } };
    case 'decimal':
      return type.precision !== undefined && type.precision <= digits ? { type } : { type: { kind: 'text' }, losses: ['decimal-digits'] };
    case 'native':
      return { type: { kind: 'text' }, losses: ['native-type'] };
    default:
      return { type };
  }
}
