import { type Server, type Unsupported, unsupported } from '../../contracts/index.ts';
import { type ColumnType, formatName } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { definitionText, fitsDefinition } from './quote.ts';
import { quotedList } from './text.ts';

/** A type as a catalogue shows it, and what of it is a clause of this engine alone: `width` and `zerofill` of numbers. */
export interface ReadType {
  readonly type: ColumnType;
  readonly extras?: Readonly<Record<string, string>>;
}

const integers: Readonly<Record<string, { readonly bits: 8 | 16 | 32 | 64; readonly widths: readonly [string, string] }>> = {
  tinyint: { bits: 8, widths: ['4', '3'] },
  smallint: { bits: 16, widths: ['6', '5'] },
  int: { bits: 32, widths: ['11', '10'] },
  bigint: { bits: 64, widths: ['20', '20'] },
};
const integerNames: Readonly<Record<number, string>> = { 8: 'tinyint', 16: 'smallint', 32: 'int', 64: 'bigint' };
/** Text of a UUID where there is no type for it: compared without case, one byte a character. */
const uuidText = 'char(36) CHARACTER SET ascii COLLATE ascii_general_ci';

/**
 * The type in the words of CREATE TABLE. https://mariadb.com/kb/en/data-types/ and
 * https://dev.mysql.com/doc/refman/8.4/en/data-types.html
 */
export function typeText(type: ColumnType, server: Server): string | Unsupported {
  switch (type.kind) {
    case 'integer':
      return `${integerNames[type.bits]}${type.unsigned ? ' unsigned' : ''}`;
    case 'decimal':
      return decimalText(type);
    case 'float':
      return type.bits === 32 ? 'float' : 'double';
    case 'boolean':
      return 'tinyint(1)';
    case 'string':
      return `varchar(${type.length ?? 255})`;
    case 'text':
      return 'longtext';
    case 'char':
      return `char(${type.length})`;
    case 'binary':
      return type.length === undefined ? 'longblob' : `varbinary(${type.length})`;
    case 'date':
      return 'date';
    case 'time':
      return `time${precisionText(type.precision)}`;
    case 'timestamp':
      return `${type.zone ? 'timestamp' : 'datetime'}${precisionText(type.precision)}`;
    case 'uuid':
      return has(server, 'uuidType') ? 'uuid' : uuidText;
    case 'json':
      if (has(server, 'jsonType') || has(server, 'jsonAlias')) return 'json';
      return unsupported(`${server.title} has no type for JSON`, "{ kind: 'text' }");
    case 'enum':
      return enumText(type.values, server);
    case 'native':
      if (type.engine === 'mysql') return type.text;
      return unsupported(`the type "${type.text}" belongs to the engine "${type.engine}"`, 'a neutral type, or one of MySQL');
    case 'interval':
      return unsupported('MySQL has no type for an interval', 'a number of seconds: { kind: "integer", bits: 64 }');
    case 'array':
      return unsupported('MySQL has no arrays', 'a table of its own, or { kind: "json" }');
    case 'named':
      return unsupported(
        `MySQL has no named types such as "${formatName(type.type)}"`,
        "the type itself, for an enum { kind: 'enum', values: […] }",
      );
  }
}

function decimalText(type: Extract<ColumnType, { kind: 'decimal' }>): string | Unsupported {
  const { precision, scale = 0 } = type;
  // Without a precision MySQL takes decimal(10,0) and rounds every fraction away.
  if (precision === undefined)
    return unsupported('a decimal without precision has no fraction in MySQL', '{ kind: "decimal", precision: 20, scale: 6 }');
  if (precision > 65 || scale > 30) return unsupported('MySQL has at most 65 digits, 30 of them behind the point', 'fewer digits');
  return `decimal(${precision},${scale})`;
}

function enumText(values: readonly string[], server: Server): string | Unsupported {
  const odd = values.find((value) => !fitsDefinition(value));
  if (odd !== undefined)
    return unsupported(`MySQL shows "${odd}" as "?" in a definition, so it could not be read back`, 'a value without such characters');
  return `enum(${values.map((value) => definitionText(value, server)).join(',')})`;
}

function precisionText(precision: number | undefined): string {
  return precision === undefined || precision === 0 ? '' : `(${precision})`;
}

/** Reads COLUMN_TYPE of information_schema.COLUMNS. What has no neutral word stays as it is written. */
export function readType(text: string, collation: string | undefined, server: Server): ReadType {
  const [, word = '', inside, rest = ''] = /^(\w+)(?:\(((?:[^')]|'(?:[^'\\]|''|\\.)*')*)\))?(.*)$/s.exec(text) ?? [];
  if (integers[word] !== undefined) return readInteger(text, word, inside, rest);
  const neutral = rest.trim() === '' ? readNeutral(word, inside) : undefined;
  const isUuid = neutral?.kind === 'char' && neutral.length === 36 && collation === 'ascii_general_ci' && !has(server, 'uuidType');
  if (isUuid) return { type: { kind: 'uuid' } };
  return { type: neutral ?? { kind: 'native', engine: 'mysql', text: nativeText(text) } };
}

/** A type without anything behind it that every engine can say. */
function readNeutral(word: string, inside: string | undefined): ColumnType | undefined {
  const length = Number(inside ?? 0);
  const precision = length > 0 ? { precision: length } : {};
  switch (word) {
    case 'decimal': {
      const [digits = 10, scale = 0] = (inside ?? '10').split(',').map(Number);
      return { kind: 'decimal', precision: digits, scale };
    }
    case 'float':
    case 'double':
      return inside === undefined ? { kind: 'float', bits: word === 'float' ? 32 : 64 } : undefined;
    case 'varchar':
      return { kind: 'string', length };
    case 'char':
      return { kind: 'char', length };
    case 'longtext':
      return { kind: 'text' };
    case 'varbinary':
      return { kind: 'binary', length };
    case 'longblob':
      return { kind: 'binary' };
    case 'date':
    case 'json':
    case 'uuid':
      return { kind: word };
    case 'time':
      return { kind: 'time', ...precision };
    case 'datetime':
    case 'timestamp':
      return { kind: 'timestamp', zone: word === 'timestamp', ...precision };
    case 'enum':
      return { kind: 'enum', values: quotedList(inside ?? '') };
    default:
      return undefined;
  }
}

function readInteger(text: string, word: string, width: string | undefined, rest: string): ReadType {
  const known = integers[word];
  const unsigned = /\bunsigned\b/.test(rest);
  if (known === undefined || (word === 'tinyint' && width === '1' && rest !== ''))
    return { type: { kind: 'native', engine: 'mysql', text } };
  if (word === 'tinyint' && width === '1') return { type: { kind: 'boolean' } };
  const zerofill = /\bzerofill\b/.test(rest);
  const odd = width !== undefined && (zerofill || width !== known.widths[unsigned ? 1 : 0]);
  const extras = { ...(odd ? { width } : {}), ...(zerofill ? { zerofill: 'yes' } : {}) };
  const type: ColumnType = { kind: 'integer', bits: known.bits, ...(unsigned ? { unsigned: true } : {}) };
  return Object.keys(extras).length === 0 ? { type } : { type, extras };
}

/** Widths that every server shows or leaves out as it likes are no part of the type. */
function nativeText(text: string): string {
  return text.replace(/^mediumint\([89]\)(?! unsigned zerofill)/, 'mediumint').replace(/^year\(4\)$/, 'year');
}

/** Whether the type holds text, so that a character set and a collation belong to it. */
export function isText(type: ColumnType): boolean {
  switch (type.kind) {
    case 'string':
    case 'text':
    case 'char':
    case 'enum':
      return true;
    case 'native':
      return /^(tiny|medium|long)?text\b|^(var)?char\b|^set\b|^enum\b/i.test(type.text);
    default:
      return false;
  }
}

/** Whether a default of the type must be an expression on MySQL: https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html */
export function isLarge(type: ColumnType): boolean {
  if (type.kind === 'native') return /^(tiny|medium|long)?(text|blob)\b|^(geometry|point|linestring|polygon|multi|geom)/i.test(type.text);
  return type.kind === 'text' || type.kind === 'json' || (type.kind === 'binary' && type.length === undefined);
}
