import { exactNumber, fromHex } from '../../base/index.ts';
import type { Batch, Flow, Inquiry, Reading, TextRow, Transfer, Written } from '../../contracts/index.ts';
import { canonicalJsonText, decimalText, floatText } from '../../neutral/index.ts';
import type { Column, ColumnType, RowValue, Sequence, Table } from '../../schema/index.ts';
import { dialect } from './dialect.ts';
import { quote } from './quote.ts';

const spelling = [
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  'SET extra_float_digits = 1',
  "SET bytea_output = 'hex'",
] as const;

/** Rows go out and come in by COPY: https://www.postgresql.org/docs/current/sql-copy.html */
export const transfer: Transfer = {
  dialect,
  snapshot: [...spelling, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'],
  writing: spelling,
  wrote: [],
  opening: ["SET client_encoding = 'UTF8'"],
  from: ({ name }, parts) => (parts ? quote.name(name) : `ONLY ${quote.name(name)}`),
  read,
  write,
  value,
  flow,
  tally: (columns, from) => {
    const row = `ROW(${columns.map(({ name }) => quote.identifier(name)).join(', ')})::text`;
    return `SELECT count(*)::text AS rows, coalesce(sum(hashtextextended(${row} COLLATE "C", 0)), 0)::text AS checksum FROM ${from}`;
  },
  keyLiteral,
  nextNumber,
  setNumber: (table, column, next) => [`SELECT setval(${sequenceOf(table, column)}, ${next}, false)`],
  follow: (table, column) => {
    const [name, own] = [quote.name(table), quote.identifier(column)];
    return `SELECT setval(s.name, m.most) FROM (SELECT pg_get_serial_sequence(${quote.literal(name)}, ${quote.literal(column)}) AS name) s,
  (SELECT max(${own}) AS most FROM ${name}) m
WHERE s.name IS NOT NULL AND m.most > coalesce(pg_sequence_last_value(s.name::regclass), 0)`;
  },
  sequence,
  keysWithTables: false,
  isLater: () => false,
  orphans: undefined,
  holdsRows: (type) => type === 'foreign table',
};

const asText = (value: unknown): string => String(value);

function read({ name, type }: Column, as: ColumnType | undefined): Reading {
  const column = quote.identifier(name);
  switch (as?.kind) {
    case undefined:
    case 'integer':
    case 'date':
    case 'time':
    case 'uuid':
    case 'interval':
      return { sql: column };
    case 'boolean':
      return { sql: `${column}::int` };
    case 'decimal':
      return { sql: column, text: (value) => decimalText(asText(value)) };
    case 'float':
      return { sql: column, text: (value) => floatText(asText(value), as.bits) };
    case 'binary':
      return { sql: `encode(${column}, 'hex')` };
    case 'timestamp':
      return { sql: as.zone ? `${column} AT TIME ZONE 'UTC'` : column };
    case 'array':
    case 'json':
      return { sql: type.kind === 'array' ? `to_jsonb(${column})` : column, same: canonicalJsonText };
    case 'char':
      // A cast takes off the blanks that fill it up.
      return { sql: `${column}::text` };
    default:
      return { sql: type.kind === 'string' || type.kind === 'text' ? column : `${column}::text` };
  }
}

function write(table: Table, columns: readonly Written[]): (rows: readonly TextRow[]) => Batch {
  const { sql, text } = flow(table, columns);
  return (rows) => ({ kind: 'copy', sql, data: text(rows) });
}

function flow({ name }: Table, columns: readonly Written[]): Flow {
  const sql = `COPY ${quote.name(name)} (${columns.map(({ column }) => quote.identifier(column.name)).join(', ')}) FROM stdin`;
  const hex = columns.map(({ as }) => as?.kind === 'binary');
  const text = (rows: readonly TextRow[]): string => {
    let data = '';
    for (const row of rows) {
      for (let i = 0; i < row.length; i++) {
        const value = row[i];
        const text = value === null || value === undefined ? '\\N' : hex[i] ? `\\\\x${value}` : escaped(value);
        data += i === 0 ? text : `\t${text}`;
      }
      data += '\n';
    }
    return data;
  };
  return { sql, text };
}

const special = /[\\\n\r\t\b\f\v]/;
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

function escaped(value: string): string {
  return special.test(value) ? value.replace(/[\\\n\r\t\b\f\v]/g, (one) => escapes[one] ?? one) : value;
}

/** Every type's own input reads its text again. */
function value({ type }: Column, text: string): RowValue {
  switch (type.kind) {
    case 'integer':
      return exactNumber(BigInt(text));
    case 'boolean':
      return text.startsWith('t');
    case 'binary':
      return fromHex(text.slice(2));
    default:
      return text;
  }
}

function keyLiteral({ type }: Column, as: ColumnType | undefined, value: string): string | undefined {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'string':
    case 'text':
    case 'uuid':
    case 'date':
      return quote.literal(value);
    case 'timestamp':
      return as === undefined || !type.zone ? quote.literal(value) : quote.literal(`${value}+00`);
    default:
      return undefined;
  }
}

function sequenceOf({ name }: Table, column: Column): string {
  return `pg_get_serial_sequence(${quote.literal(quote.name(name))}, ${quote.literal(column.name)})`;
}

function* nextNumber(table: Table, column: Column): Inquiry<bigint | undefined> {
  const [found] = (yield { sql: `SELECT ${sequenceOf(table, column)} AS name` }).rows;
  const name = found?.['name'];
  if (typeof name !== 'string') return undefined;
  const [row] = (yield { sql: `SELECT last_value::text AS last, is_called AS called FROM ${name}` }).rows;
  return row === undefined ? undefined : BigInt(String(row['last'])) + (row['called'] === true ? 1n : 0n);
}

function* sequence({ name }: Sequence): Inquiry<string | undefined> {
  const [row] = (yield { sql: `SELECT last_value::text AS last, is_called AS called FROM ${quote.name(name)}` }).rows;
  if (row === undefined) return undefined;
  return `SELECT setval(${quote.literal(quote.name(name))}, ${String(row['last'])}, ${row['called'] === true})`;
}
