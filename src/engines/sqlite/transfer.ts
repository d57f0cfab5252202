import { exactNumber, toHex } from '../../base/index.ts';
import type { Batch, Inquiry, Reading, TextRow, Transfer, Written } from '../../contracts/index.ts';
import { canonicalJsonText, decimalText, floatText, momentText, timeText } from '../../neutral/index.ts';
import type { Column, ColumnType, RowValue, Table } from '../../schema/index.ts';
import { dialect } from './dialect.ts';
import { quote } from './quote.ts';

/** Any column of SQLite may hold any value, so each is looked at: what its type does not have is refused. */
export const transfer: Transfer = {
  dialect,
  snapshot: ['BEGIN'],
  writing: [],
  wrote: [],
  opening: [],
  from: ({ name }) => quote.name(name),
  read,
  write,
  value,
  keyLiteral,
  nextNumber,
  setNumber,
  sequence: noSequence,
  // A key cannot be added to a table that is there without making it anew; nothing checks keys before they are looked for.
  keysWithTables: true,
  isLater: () => false,
  orphans: 'PRAGMA foreign_key_check',
  holdsRows: (type) => type === 'virtual table',
};

/**
 * Libraries end a text at its first NUL without a word, so such a text is given as bytes: no other engine takes it, and for another
 * SQLite it travels by its digits.
 */
function read({ name }: Column, as: ColumnType | undefined): Reading {
  const column = quote.identifier(name);
  const odd = `typeof(${column}) = 'text' AND instr(${column}, char(0)) > 0`;
  const sql =
    as === undefined
      ? `CASE WHEN typeof(${column}) = 'text' THEN CASE WHEN ${odd} THEN 'n' || hex(${column}) ELSE 't' || ${column} END ELSE ${column} END`
      : `CASE WHEN ${odd} THEN CAST(${column} AS BLOB) ELSE ${column} END`;
  const isNumber = as !== undefined && numbers.has(as.kind);
  return { sql: isNumber ? column : sql, text: readerOf(as), ...(isJson(as) ? { same: canonicalJsonText } : {}) };
}

const numbers: ReadonlySet<ColumnType['kind']> = new Set(['integer', 'boolean', 'float', 'decimal']);

/** There are none, so nothing is asked. */
// biome-ignore lint/correctness/useYield: what is asked is a generator everywhere
function* noSequence(): Inquiry<undefined> {
  return undefined;
}

type Reader = (value: unknown) => string | undefined;

function isJson(as: ColumnType | undefined): boolean {
  return as?.kind === 'json' || as?.kind === 'array';
}

/** A value with the way it is stored in front, for another SQLite; texts have it already. */
function stored(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return `i${value}`;
  return value instanceof Uint8Array ? `b${toHex(value)}` : `r${Object.is(value, -0) ? '-0' : String(value)}`;
}

const onlyText: Reader = (value) => (typeof value === 'string' ? value : undefined);
const number: Reader = (value) => (typeof value === 'bigint' || typeof value === 'number' ? String(value) : undefined);

function readerOf(as: ColumnType | undefined): Reader {
  switch (as?.kind) {
    case undefined:
      return stored;
    case 'integer':
      return (value) => (typeof value === 'bigint' ? String(value) : undefined);
    case 'boolean':
      return (value) => (value === 0n || value === 1n ? String(value) : undefined);
    case 'decimal':
      return (value) => decimalText(onlyText(value) ?? number(value) ?? '');
    case 'float':
      return (value) => floatText(number(value) ?? '', as.bits);
    case 'binary':
      return (value) => (value instanceof Uint8Array ? toHex(value) : undefined);
    case 'date':
      return (value) => /^-?\d{4,}-\d\d-\d\d( BC)?$|^-?infinity$/.exec(onlyText(value) ?? '')?.[0];
    case 'timestamp':
      return (value) => momentText(onlyText(value) ?? '', as.zone);
    case 'time':
      return (value) => timeText(onlyText(value) ?? '');
    case 'char':
      return (value) => onlyText(value)?.replace(/ +$/, '');
    case 'uuid':
      return (value) => onlyText(value)?.toLowerCase();
    default:
      return (value) => onlyText(value) ?? number(value);
  }
}

function write({ name }: Table, columns: readonly Written[]): (rows: readonly TextRow[]) => Batch {
  const names = columns.map(({ column }) => quote.identifier(column.name));
  const places = `(${names.map(() => '?').join(', ')})`;
  const sql = `INSERT INTO ${quote.name(name)} (${names.join(', ')}) VALUES ${places}`;
  const writers = columns.map(({ column, as }) => writerOf(as, column));
  return (rows) => {
    const values: (readonly unknown[])[] = [];
    for (const [n, row] of rows.entries()) {
      const line: unknown[] = [];
      for (const [i, text] of row.entries()) {
        const value = text === null ? null : writers[i]?.(text);
        if (value === undefined)
          return { kind: 'refused', row: n, why: `SQLite cannot hold the value ${text} of "${columns[i]?.column.name}"` };
        line.push(value);
      }
      values.push(line);
    }
    return { kind: 'each', sql, more: `, ${places}`, rows: values };
  };
}

/** Its own way of being stored; a text with a NUL is only told from bytes by a cast. */
function value(_column: Column, text: string): RowValue {
  if (text.startsWith('n')) return { sql: `CAST(x'${text.slice(1)}' AS TEXT)` };
  const found = fromStored(text);
  if (typeof found === 'bigint') return exactNumber(found);
  return typeof found === 'number' && !Number.isFinite(found) ? { sql: found > 0 ? '9e999' : '-9e999' } : (found as RowValue);
}

type Writer = (text: string) => unknown;

function fromStored(text: string): unknown {
  const rest = text.slice(1);
  switch (text[0]) {
    case 'i':
      return BigInt(rest);
    case 'r':
      return Number(rest);
    case 'b':
      return fromHex(rest);
    case 'n':
      return new TextDecoder().decode(fromHex(rest));
    default:
      return rest;
  }
}

function writerOf(as: ColumnType | undefined, { type }: Column): Writer {
  switch (as?.kind) {
    case undefined:
      return fromStored;
    case 'integer':
    case 'boolean':
      return whole;
    case 'float':
      // SQLite keeps no NaN: it would become NULL.
      return (text) => (text === 'NaN' ? undefined : Number(text.replace('infinity', 'Infinity')));
    case 'decimal':
      // More digits than a number holds stand in a column of text.
      return (text) => (type.kind === 'text' || /^-?\d+(\.\d+)?$/.test(text) ? text : undefined);
    case 'binary':
      return fromHex;
    case 'timestamp':
      return as.zone ? (text) => (/infinity| BC/.test(text) ? text : `${text}+00:00`) : (text) => text;
    default:
      return (text) => text;
  }
}

const least = -(2n ** 63n);

/** A number of 64 bits with a sign; a larger one would lose its last digits. */
function whole(text: string): bigint | undefined {
  const value = BigInt(text);
  return value >= least && value < -least ? value : undefined;
}

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = digit(text, 2 * i) * 16 + digit(text, 2 * i + 1);
  return bytes;
}

/** Digits below 0x40 are numbers, those above letters, small ones or capitals. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x40 ? code - 0x30 : (code & 0xf) + 9;
}

function keyLiteral({ type }: Column, as: ColumnType | undefined, text: string): string | undefined {
  if (as === undefined) {
    const value = fromStored(text);
    if (typeof value === 'bigint' || typeof value === 'number') return quote.literal(value);
    return typeof value === 'string' ? quote.literal(value) : undefined;
  }
  switch (type.kind) {
    case 'integer':
      return text;
    case 'string':
    case 'text':
    case 'uuid':
    case 'date':
      return quote.literal(text);
    default:
      return undefined;
  }
}

function* nextNumber({ name }: Table, column: Column): Inquiry<bigint | undefined> {
  // A number of a deleted last row may be given again, so none is kept.
  if (column.identity?.reuse) return undefined;
  const [row] = (yield { sql: `SELECT seq FROM sqlite_sequence WHERE name = ${quote.literal(name.name)}` }).rows;
  return row === undefined ? undefined : BigInt(String(row['seq'])) + 1n;
}

function setNumber({ name }: Table, { identity }: Column, next: bigint): readonly string[] {
  if (identity?.reuse) return [];
  const table = quote.literal(name.name);
  return [`DELETE FROM sqlite_sequence WHERE name = ${table}`, `INSERT INTO sqlite_sequence (name, seq) VALUES (${table}, ${next - 1n})`];
}
