import { exactNumber, fromHex } from '../../base/index.ts';
import type { Batch, Flow, Inquiry, Reading, TextRow, Transfer, Written } from '../../contracts/index.ts';
import { canonicalJsonText, decimalText, floatText, momentText, timeText } from '../../neutral/index.ts';
import type { Column, ColumnType, RowValue, Sequence, Table } from '../../schema/index.ts';
import { dialect, isSpatial } from './dialect.ts';
import { quote } from './quote.ts';

/** Values are never cut or made up, 0 is a number like others, and moments are those of UTC. Zeros in dates are the source's business. */
const settings =
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES', time_zone = '+00:00'";

/**
 * Rows go out as text and come in by INSERT with many rows; why not by LOAD DATA stands in docs/decisions/015, and in 021 when it is.
 */
export const transfer: Transfer = {
  dialect,
  snapshot: [settings, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY'],
  writing: ['SET @lockstep_mode = @@SESSION.sql_mode, @lockstep_zone = @@SESSION.time_zone', settings],
  wrote: ['SET SESSION sql_mode = @lockstep_mode, time_zone = @lockstep_zone'],
  opening: ['SET NAMES utf8mb4'],
  from: ({ name }) => quote.name(name),
  read,
  write,
  value,
  flow,
  tally,
  longest: 'SELECT @@SESSION.max_allowed_packet AS most',
  keyLiteral,
  nextNumber,
  setNumber: ({ name }, _column, next) => [`ALTER TABLE ${quote.name(name)} AUTO_INCREMENT = ${next}`],
  sequence,
  keysWithTables: false,
  // An event that is on would run.
  isLater: (type) => type === 'event',
  orphans: undefined,
  holdsRows: () => false,
};

const asText = (value: unknown): string => String(value);
const truths: ReadonlySet<unknown> = new Set(['0', '1']);

function read(column: Column, as: ColumnType | undefined): Reading {
  const sql = quote.identifier(column.name);
  if (as === undefined) return readOwn(column, sql);
  switch (as.kind) {
    case 'boolean':
      return { sql, text: (value) => (truths.has(value) ? asText(value) : undefined) };
    case 'integer':
      // A year, a filled up number and bits are numbers only when they are reckoned with.
      return { sql: column.type.kind === 'native' || column.extras?.['zerofill'] ? `${sql} + 0` : sql };
    case 'decimal':
      return { sql: isNative(column, 'bit') ? `${sql} + 0` : sql, text: (value) => decimalText(asText(value)) };
    case 'float':
      return { sql: floatSql(column, sql), text: (value) => floatText(asText(value), as.bits) };
    case 'timestamp':
      return { sql, text: (value) => (as.precision === 0 ? asText(value) : (momentText(asText(value), as.zone) ?? asText(value))) };
    case 'time':
      return { sql, text: (value) => timeText(asText(value)) };
    case 'char':
      return { sql, text: (value) => asText(value).replace(/ +$/, '') };
    case 'array':
    case 'json':
      return { sql, same: canonicalJsonText };
    case 'uuid':
      return { sql, text: (value) => asText(value).toLowerCase() };
    default:
      return { sql: column.type.kind === 'native' && isSpatial(column.type.text) ? `ST_AsText(${sql})` : sql };
  }
}

/** Bytes, bits and shapes come as digits. Not by HEX: the server makes NULL of what does not fit into one of its packets. */
function isBytes({ type }: Column): boolean {
  if (type.kind === 'binary') return true;
  return type.kind === 'native' && (/^(binary|bit|tinyblob|blob|mediumblob)\b/.test(type.text) || isSpatial(type.text));
}

function readOwn(column: Column, sql: string): Reading {
  return { sql: column.type.kind === 'float' || isNative(column, 'float') ? floatSql(column, sql) : sql };
}

function isNative({ type }: Column, word: string): boolean {
  return type.kind === 'native' && type.text.startsWith(word);
}

/** A float of 32 bits is shown with six digits; as a double with all of them. */
function floatSql(column: Column, sql: string): string {
  const single = (column.type.kind === 'float' && column.type.bits === 32) || isNative(column, 'float');
  return single ? `${sql} + 0e0` : sql;
}

/**
 * Each value by a sum of its own, which fits into a packet however long the value is; a digest of these is that of the row. 64 bits of it are
 * added up as a decimal.
 */
function tally(columns: readonly Column[], from: string): string {
  const sums = columns.map((column) => `IFNULL(CRC32(${readOwn(column, quote.identifier(column.name)).sql}), 'n')`);
  const row = `CONV(LEFT(MD5(CONCAT_WS(',', ${sums.join(', ')})), 16), 16, 10)`;
  return `SELECT CAST(COUNT(*) AS CHAR) AS \`rows\`, CAST(IFNULL(SUM(CAST(${row} AS DECIMAL(20))), 0) AS CHAR) AS checksum FROM ${from}`;
}

function write({ name }: Table, columns: readonly Written[]): (rows: readonly TextRow[]) => Batch {
  const head = `INSERT INTO ${quote.name(name)} (${columns.map(({ column }) => quote.identifier(column.name)).join(', ')}) VALUES `;
  const literals = columns.map(literalOf);
  return (rows) => {
    let sql = head;
    for (let n = 0; n < rows.length; n++) {
      const row = rows[n] ?? [];
      const values = row.map((value, i) => (value === null ? 'NULL' : literals[i]?.(value)));
      const odd = values.indexOf(undefined);
      if (odd >= 0) return { kind: 'refused', row: n, why: `MySQL has no number ${row[odd]}` };
      sql += `${n === 0 ? '' : ','}(${values.join(',')})`;
    }
    return { kind: 'statement', sql };
  };
}

/** Types whose texts LOAD DATA and INSERT take for the same; bits and shapes are none. */
const plain: ReadonlySet<ColumnType['kind']> = new Set([
  ...(['integer', 'decimal', 'float', 'boolean', 'string', 'text', 'char', 'binary'] as const),
  ...(['date', 'time', 'timestamp', 'json', 'uuid'] as const),
]);

function isPlain({ type }: Column): boolean {
  return plain.has(type.kind) || (type.kind === 'native' && /^(tiny|medium)?text\b/.test(type.text));
}

/** Only tables that a transaction can take the rows back from: a fault is no more than a warning. */
function flow({ name }: Table, columns: readonly Written[]): Flow | undefined {
  if (!columns.every(({ column, as }) => as !== undefined && isPlain(column))) return undefined;
  const bytes = columns.map(({ as }) => as?.kind === 'binary');
  const into = columns.map(({ column }, i) => (bytes[i] ? `@lockstep_${i}` : quote.identifier(column.name)));
  const set = columns.flatMap(({ column }, i) => (bytes[i] ? [`${quote.identifier(column.name)} = UNHEX(@lockstep_${i})`] : []));
  const sql = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quote.name(name)} CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ENCLOSED BY '' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${into.join(', ')})${set.length === 0 ? '' : ` SET ${set.join(', ')}`}`;
  const database = name.schema === undefined ? 'DATABASE()' : quote.literal(name.schema);
  const only = `SELECT 1 AS one FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${database} AND TABLE_NAME = ${quote.literal(name.name)} AND ENGINE = 'InnoDB'`;
  return { sql, only, text: lines };
}

const separating = /[\\\t\n\0]/;
const separators: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\0': '\\0' };

function lines(rows: readonly TextRow[]): string {
  let text = '';
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const value = row[i] ?? '\\N';
      const field = row[i] === null || !separating.test(value) ? value : value.replace(/[\\\t\n\0]/g, (one) => separators[one] ?? one);
      text += i === 0 ? field : `\t${field}`;
    }
    text += '\n';
  }
  return text;
}

function literalOf({ column, as }: Written): (value: string) => string | undefined {
  if (as === undefined ? isBytes(column) : as.kind === 'binary') return (value) => `x'${value}'`;
  switch (column.type.kind) {
    case 'decimal':
      // With an exponent it would be a float on its way.
      return (value) => (/^[-+.\d]+$/.test(value) ? value : /^[-+.\deE]+$/.test(value) ? `'${value}'` : undefined);
    case 'integer':
    case 'boolean':
    case 'float':
      return (value) => (/^[-+.\deE]+$/.test(value) ? value : undefined);
    default:
      return textLiteral;
  }
}

const special = /['\\\0]/;

/** The session's sql_mode is our own, so a backslash escapes; the connection speaks utf8mb4. */
function textLiteral(value: string): string {
  if (!special.test(value)) return `'${value}'`;
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
}

/** Moments were read in UTC, and are written in whatever zone the session is. */
function value(column: Column, text: string): RowValue {
  if (isBytes(column)) return fromHex(text);
  const { type } = column;
  switch (type.kind) {
    case 'integer':
      return exactNumber(BigInt(text));
    case 'boolean':
      return truths.has(text) ? text === '1' : Number(text);
    case 'float':
      return Number(text);
    case 'timestamp':
      return type.zone ? { sql: `CONVERT_TZ(${quote.literal(text)}, '+00:00', @@session.time_zone)` } : text;
    default:
      return text;
  }
}

function keyLiteral({ type }: Column, as: ColumnType | undefined, value: string): string | undefined {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
      return value;
    case 'string':
    case 'char':
    case 'date':
    case 'timestamp':
      return quote.literal(value);
    case 'binary':
      return as === undefined || as.kind === 'binary' ? `x'${value}'` : undefined;
    default:
      return undefined;
  }
}

function* nextNumber({ name }: Table): Inquiry<bigint | undefined> {
  yield { sql: '/*!80000 SET SESSION information_schema_stats_expiry = 0 */ /*M! DO 0 */' };
  const [row] = (yield {
    sql: `SELECT CAST(AUTO_INCREMENT AS CHAR) AS next FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${quote.literal(name.name)}`,
  }).rows;
  const next = row?.['next'];
  return next === null || next === undefined ? undefined : BigInt(String(next));
}

function* sequence({ name }: Sequence): Inquiry<string | undefined> {
  const [row] = (yield { sql: `SELECT CAST(next_not_cached_value AS CHAR) AS next FROM ${quote.name(name)}` }).rows;
  return row === undefined ? undefined : `SELECT SETVAL(${quote.name(name)}, ${String(row['next'])}, 0)`;
}
