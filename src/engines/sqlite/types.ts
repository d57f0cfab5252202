import { canonicalJson } from '../../base/index.ts';
import type { ColumnType } from '../../schema/index.ts';
import { keywords } from './keywords.ts';
import { quote } from './quote.ts';

/** How a column stands in its table, as far as its type depends on it. */
export interface TypeContext {
  /** The only column of the primary key of a table with rowids: there INTEGER means a number that is counted up. */
  readonly soleKey: boolean;
  /** It is counted up. */
  readonly identity: boolean;
}

const elsewhere: TypeContext = { soleKey: false, identity: false };

/** A type as SQL, or why there is none. */
type TypeText = { readonly sql: string } | { readonly unsupported: string; readonly instead: string };

/** The text a type is declared by. Reading that text back gives the type again. */
export function typeText(type: ColumnType, context: TypeContext = elsewhere): TypeText {
  if (context.identity) return { sql: 'INTEGER' };
  const { declared, ...bare } = type;
  if (declared !== undefined && canonicalJson(withoutDeclared(readType(declared, context))) === canonicalJson(bare)) {
    // In a lone key that word alone would make the column count up.
    if (!(context.soleKey && normal(declared) === 'INTEGER')) return { sql: declared };
  }
  return usual(bare as ColumnType, context);
}

function withoutDeclared(type: ColumnType): ColumnType {
  const { declared: _, ...bare } = type;
  return bare as ColumnType;
}

function usual(type: ColumnType, context: TypeContext): TypeText {
  switch (type.kind) {
    case 'integer':
      return { sql: integer(type, context) };
    case 'decimal':
      return { sql: sized('DECIMAL', type.precision, type.scale) };
    case 'float':
      return { sql: type.bits === 64 ? 'REAL' : 'FLOAT4' };
    case 'string':
      return { sql: sized('VARCHAR', type.length) };
    case 'char':
      return { sql: sized('CHAR', type.length) };
    case 'binary':
      return { sql: sized('BLOB', type.length) };
    case 'time':
      return { sql: sized('TIME', type.precision) };
    case 'timestamp':
      return { sql: sized(type.zone ? 'TIMESTAMPTZ' : 'TIMESTAMP', type.precision) };
    case 'boolean':
    case 'text':
    case 'date':
    case 'interval':
    case 'uuid':
    case 'json':
    case 'enum':
      return { sql: fixed[type.kind] };
    case 'array':
      return { unsupported: 'SQLite has no arrays', instead: 'use the type json, or a table of its own with a row for each element' };
    case 'named':
      return {
        unsupported: `SQLite has no types of its own making such as "${type.type.name}"`,
        instead: 'write the type itself; for a list of values use an enum with its values',
      };
    case 'native':
      return type.engine === 'sqlite'
        ? { sql: nativeText(type.text) }
        : { unsupported: `"${type.text}" is a type of ${type.engine}`, instead: 'use a type that every engine has, or a SQLite type' };
  }
}

/** A word beside TEXT makes SQLite keep texts as they are: without it digits in a `UUID` would become numbers. */
const fixed = {
  boolean: 'BOOLEAN',
  text: 'TEXT',
  date: 'DATE',
  interval: 'DURATION TEXT',
  uuid: 'UUID TEXT',
  json: 'JSON TEXT',
  enum: 'ENUM TEXT',
} as const;

const integers = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INT', 64: 'BIGINT' } as const;

function integer(type: Extract<ColumnType, { kind: 'integer' }>, context: TypeContext): string {
  if (type.unsigned) return `${integers[type.bits]} UNSIGNED`;
  // BIGINT keeps a lone key from being an alias of the rowid: https://www.sqlite.org/lang_createtable.html#rowid
  return type.bits === 64 && !context.soleKey ? 'INTEGER' : integers[type.bits];
}

function sized(word: string, ...sizes: readonly (number | undefined)[]): string {
  const given = sizes.filter((size) => size !== undefined);
  return given.length === 0 ? word : `${word}(${given.join(',')})`;
}

/** Words and sizes stand as they are; anything else is put in quotes, which SQLite takes off again. */
function nativeText(text: string): string {
  const isPlain = /^([A-Za-z_]\w*(\s+[A-Za-z_]\w*)*\s*(\(\s*[-+]?\d+(\s*,\s*[-+]?\d+)?\s*\))?)?$/.test(text);
  const isKeyword = text.split(/[\s(]+/).some((word) => keywords.has(word.toUpperCase()));
  return isPlain && !isKeyword ? text : quote.identifier(text);
}

/** Types without a size by the words that declare them. */
const words: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: { kind: 'boolean' },
  BOOL: { kind: 'boolean' },
  TEXT: { kind: 'text' },
  CLOB: { kind: 'text' },
  TINYTEXT: { kind: 'text' },
  MEDIUMTEXT: { kind: 'text' },
  LONGTEXT: { kind: 'text' },
  NTEXT: { kind: 'text' },
  STRING: { kind: 'text' },
  REAL: { kind: 'float', bits: 64 },
  // What a bare FLOAT holds is not agreed on; SQLite stores 64 bits, so fewer would lose something.
  FLOAT: { kind: 'float', bits: 64 },
  FLOAT4: { kind: 'float', bits: 32 },
  FLOAT8: { kind: 'float', bits: 64 },
  DOUBLE: { kind: 'float', bits: 64 },
  'DOUBLE PRECISION': { kind: 'float', bits: 64 },
  TINYBLOB: { kind: 'binary' },
  MEDIUMBLOB: { kind: 'binary' },
  LONGBLOB: { kind: 'binary' },
  BYTEA: { kind: 'binary' },
  DATE: { kind: 'date' },
  'TIME WITHOUT TIME ZONE': { kind: 'time' },
  'TIMESTAMP WITHOUT TIME ZONE': { kind: 'timestamp', zone: false },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', zone: true },
  INTERVAL: { kind: 'interval' },
  'DURATION TEXT': { kind: 'interval' },
  UUID: { kind: 'uuid' },
  'UUID TEXT': { kind: 'uuid' },
  JSON: { kind: 'json' },
  JSONB: { kind: 'json' },
  'JSON TEXT': { kind: 'json' },
};

const bitsOf: Readonly<Record<string, 8 | 16 | 32 | 64>> = {
  TINYINT: 8,
  INT1: 8,
  SMALLINT: 16,
  INT2: 16,
  INT: 32,
  INT4: 32,
  MEDIUMINT: 32,
  INTEGER: 64,
  BIGINT: 64,
  INT8: 64,
  'BIG INT': 64,
};

type Sizes = readonly number[];

/** Types with sizes: at most as many as the reader takes. */
const sizedWords: Readonly<Record<string, (...sizes: Sizes) => ColumnType | undefined>> = {
  DECIMAL: decimal,
  NUMERIC: decimal,
  DEC: decimal,
  NUMBER: decimal,
  VARCHAR: string,
  'CHARACTER VARYING': string,
  'VARYING CHARACTER': string,
  NVARCHAR: string,
  VARCHAR2: string,
  CHAR: char,
  CHARACTER: char,
  NCHAR: char,
  'NATIVE CHARACTER': char,
  BLOB: binary,
  BINARY: binary,
  VARBINARY: binary,
  TIME: (...sizes) => (sizes.length > 1 ? undefined : { kind: 'time', ...optional('precision', sizes[0]) }),
  TIMESTAMP: (...sizes) => timestamp(false, sizes),
  DATETIME: (...sizes) => timestamp(false, sizes),
  TIMESTAMPTZ: (...sizes) => timestamp(true, sizes),
};

/** A declared type as the model has it; a text that no other engine would understand is a type of SQLite's own. */
export function readType(text: string, context: TypeContext = elsewhere): ColumnType {
  const type = known(normal(text));
  if (type === undefined) return { kind: 'native', engine: 'sqlite', text };
  const own = usual(type, context);
  return context.identity || ('sql' in own && own.sql === normal(text)) ? type : { ...type, declared: text };
}

function known(text: string): ColumnType | undefined {
  const match = /^([^(]*?)(?:\(([^)]*)\))?$/.exec(text);
  if (match === null) return undefined;
  const word = match[1] ?? '';
  const sizes = match[2]?.split(',').map(Number) ?? [];
  if (sizes.some((size) => !Number.isInteger(size) || size < 0)) return undefined;
  return integerNamed(word) ?? sizedWords[word]?.(...sizes) ?? words[word];
}

function integerNamed(word: string): ColumnType | undefined {
  const unsigned = / UNSIGNED$|^UNSIGNED /.test(word);
  const bits = bitsOf[word.replace(/ UNSIGNED$|^UNSIGNED /, '')];
  if (bits === undefined) return undefined;
  return unsigned ? { kind: 'integer', bits, unsigned } : { kind: 'integer', bits };
}

function decimal(...sizes: Sizes): ColumnType | undefined {
  const [precision, scale] = sizes;
  return sizes.length > 2 ? undefined : { kind: 'decimal', ...optional('precision', precision), ...optional('scale', scale) };
}

function string(...sizes: Sizes): ColumnType | undefined {
  return sizes.length > 1 ? undefined : { kind: 'string', ...optional('length', sizes[0]) };
}

function char(...sizes: Sizes): ColumnType | undefined {
  return sizes.length > 1 ? undefined : { kind: 'char', length: sizes[0] ?? 1 };
}

function binary(...sizes: Sizes): ColumnType | undefined {
  return sizes.length > 1 ? undefined : { kind: 'binary', ...optional('length', sizes[0]) };
}

function timestamp(zone: boolean, sizes: Sizes): ColumnType | undefined {
  return sizes.length > 1 ? undefined : { kind: 'timestamp', zone, ...optional('precision', sizes[0]) };
}

function optional<K extends string>(name: K, value: number | undefined): { readonly [P in K]?: number } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: number };
}

/** Capitals, one blank between words, none around parentheses and commas. */
function normal(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replace(/\s+/g, ' ')
    .replace(/ ?([(),]) ?/g, '$1');
}

type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

/** What SQLite makes of a declared type: https://www.sqlite.org/datatype3.html#determination_of_column_affinity */
export function affinity(declared: string): Affinity {
  const upper = declared.toUpperCase();
  if (upper.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(upper)) return 'text';
  if (upper === '' || upper.includes('BLOB')) return 'blob';
  return /REAL|FLOA|DOUB/.test(upper) ? 'real' : 'numeric';
}

/** Whether values can come out different when a column is declared anew: `'007'` becomes 7 in a column of numbers. */
export function altersValues(from: string, to: string): boolean {
  const [before, after] = [affinity(from), affinity(to)];
  if (before === after || after === 'blob') return false;
  if (after === 'integer' || after === 'numeric') return before === 'text' || before === 'blob';
  return !(before === 'integer' && after === 'text');
}
