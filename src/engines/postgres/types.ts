import { type Unsupported, unsupported } from '../../contracts/index.ts';
import type { ColumnType, QualifiedName } from '../../schema/index.ts';
import { quote } from './quote.ts';

/** The engine's name in native types. */
export const engineName = 'postgres';

/**
 * A column type in SQL: https://www.postgresql.org/docs/current/datatype.html. What PostgreSQL has no type for is refused with a
 * proposal where values would be at risk (unsigned numbers, enums without a name); 8-bit integers take a wider type, and the length of
 * bytes, which PostgreSQL does not limit, is left out.
 */
export function typeSql(type: ColumnType): string | Unsupported {
  const write = writers[type.kind] as (type: ColumnType) => string | Unsupported;
  return write(type);
}

type Of<K extends ColumnType['kind']> = Extract<ColumnType, { readonly kind: K }>;

const writers: { readonly [K in ColumnType['kind']]: (type: Of<K>) => string | Unsupported } = {
  integer: ({ bits, unsigned: positive }) => (positive === true ? unsigned(bits) : integers[bits]),
  decimal: ({ precision, scale }) => {
    if (precision !== undefined) return `numeric(${scale === undefined ? precision : `${precision},${scale}`})`;
    return scale === undefined ? 'numeric' : needsPrecision;
  },
  float: ({ bits }) => (bits === 32 ? 'real' : 'double precision'),
  boolean: () => 'boolean',
  string: ({ length }) => `varchar${size(length)}`,
  text: () => 'text',
  char: ({ length }) => `char(${length})`,
  binary: () => 'bytea',
  date: () => 'date',
  time: ({ precision }) => `time${size(precision)}`,
  timestamp: ({ precision, zone }) => `timestamp${size(precision)}${zone ? ' with time zone' : ''}`,
  interval: () => 'interval',
  uuid: () => 'uuid',
  json: () => 'jsonb',
  enum: () =>
    unsupported('PostgreSQL has enums only as types with a name of their own', 'create an enum type and use it: `type: { named: … }`'),
  array: ({ of }) => {
    const element = typeSql(of);
    return typeof element === 'string' ? `${element}[]` : element;
  },
  named: ({ type }) => quote.name(type),
  native: ({ engine, text }) => {
    if (engine === engineName) return text;
    return unsupported(`"${text}" is a type of ${engine}`, 'give the type for PostgreSQL, or a neutral one');
  },
};

const integers = { 8: 'smallint', 16: 'smallint', 32: 'integer', 64: 'bigint' } as const;

const needsPrecision = unsupported('PostgreSQL takes the scale of a decimal only beside its precision', 'give the precision too');

function unsigned(bits: 8 | 16 | 32 | 64): Unsupported {
  const wider = { 8: 'smallint', 16: 'integer', 32: 'bigint', 64: 'decimal(20,0)' }[bits];
  return unsupported('PostgreSQL has no unsigned integers', `use ${wider} and a check constraint \`>= 0\``);
}

function size(length: number | undefined): string {
  return length === undefined ? '' : `(${length})`;
}

/** What the catalogue says of a type: its text by `format_type`, and where it is an enum, domain or composite, its name. */
export interface CatalogueType {
  readonly text: string;
  readonly named?: QualifiedName | undefined;
  readonly array: boolean;
}

/** The model's type for one of the catalogue. What has no neutral word stays native, as PostgreSQL writes it. */
export function typeFromCatalogue({ text, named, array }: CatalogueType): ColumnType {
  if (array) {
    const element = text.replace(/\[\]$/, '');
    return { kind: 'array', of: typeFromCatalogue({ text: element, named, array: false }) };
  }
  return named === undefined ? parseType(text) : { kind: 'named', type: named };
}

const simple: Readonly<Record<string, ColumnType>> = {
  smallint: { kind: 'integer', bits: 16 },
  integer: { kind: 'integer', bits: 32 },
  bigint: { kind: 'integer', bits: 64 },
  numeric: { kind: 'decimal' },
  real: { kind: 'float', bits: 32 },
  'double precision': { kind: 'float', bits: 64 },
  boolean: { kind: 'boolean' },
  'character varying': { kind: 'string' },
  text: { kind: 'text' },
  bytea: { kind: 'binary' },
  date: { kind: 'date' },
  'time without time zone': { kind: 'time' },
  'timestamp without time zone': { kind: 'timestamp', zone: false },
  'timestamp with time zone': { kind: 'timestamp', zone: true },
  interval: { kind: 'interval' },
  uuid: { kind: 'uuid' },
  jsonb: { kind: 'json' },
};

/** Reads a type as `format_type` writes it, for example `character varying(20)` or `timestamp(3) with time zone`. */
export function parseType(text: string): ColumnType {
  const known = simple[text];
  if (known !== undefined) return known;
  const match = /^([a-z ]+)\((\d+)(?:,(-?\d+))?\)( with(?:out)? time zone)?$/.exec(text);
  const [, word, first, second, zone] = match ?? [];
  const number = Number(first);
  switch (`${word}${zone ?? ''}`) {
    case 'character varying':
      return { kind: 'string', length: number };
    case 'character':
      return { kind: 'char', length: number };
    case 'numeric':
      return { kind: 'decimal', precision: number, scale: Number(second ?? 0) };
    case 'time without time zone':
      return { kind: 'time', precision: number };
    case 'timestamp without time zone':
      return { kind: 'timestamp', zone: false, precision: number };
    case 'timestamp with time zone':
      return { kind: 'timestamp', zone: true, precision: number };
    default:
      return { kind: 'native', engine: engineName, text };
  }
}

/** The type as it reads back after it was created: 8-bit integers as 16, decimals with their scale, bytes without a length. */
export function typeReadBack(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'integer':
      return type.bits === 8 ? { ...type, bits: 16 } : type;
    case 'decimal':
      return type.precision === undefined ? type : { ...type, scale: type.scale ?? 0 };
    case 'binary':
      return { kind: 'binary' };
    case 'array':
      // The number of dimensions is not kept.
      return type.of.kind === 'array' ? typeReadBack(type.of) : { kind: 'array', of: typeReadBack(type.of) };
    default:
      return type;
  }
}
