import { Failure, toHex } from '../../base/index.ts';
import type { Quote } from '../../contracts/index.ts';
import { formatName, formatReference, type QualifiedName, type RowValue } from '../../schema/index.ts';
import { keywords } from './keywords.ts';

/** Names and values as SQL: https://www.sqlite.org/lang_keywords.html and https://www.sqlite.org/lang_expr.html#literal_values_constants_ */
export const quote: Quote = { identifier, name, literal };

/** Any name in double quotes. Refuses the character NUL, at which SQLite would end the whole statement. */
function identifier(text: string): string {
  return `"${whole(text, 'a name').replaceAll('"', '""')}"`;
}

function name(qualified: QualifiedName): string {
  return qualified.schema === undefined ? identifier(qualified.name) : `${identifier(qualified.schema)}.${identifier(qualified.name)}`;
}

/**
 * A value as a literal that means the same whatever the connection's settings are. Refuses what SQLite cannot hold unharmed: the
 * character NUL in text, half a surrogate pair, NaN, and integers of more than 64 bits, which would turn into inexact numbers.
 */
function literal(value: RowValue): string {
  if (value === null) return 'NULL';
  switch (typeof value) {
    case 'boolean':
      return value ? '1' : '0';
    case 'number':
      return number(value);
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) throw refusal(`the number ${value} has more than 64 bits`);
      return String(value);
    case 'string':
      return text(value);
    default:
      if (value instanceof Uint8Array) return `x'${toHex(value)}'`;
      if ('reference' in value) throw refusal(`the key of ${formatReference(value.reference)} can only stand in rows`);
      return 'sql' in value ? parenthesised(value.sql) : text(JSON.stringify(value.json));
  }
}

/**
 * SQLite does not round the decimal form of a number to the nearest double: 3.45 is one bit off for some texts of 16 digits, 3.51 for
 * many very large and very small ones (https://www.sqlite.org/floatingpoint.html). So those are written as what they are made of.
 */
function number(value: number): string {
  if (Number.isNaN(value)) throw refusal('NaN is no value that a database keeps');
  // Too large for a double, so it is read as infinity.
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 2 ** 63) return String(BigInt(value));
  if (size < 1e-9 || size >= 1e15) return exactly(value);
  const digits = String(size)
    .replace(/e.*$|\./g, '')
    .replace(/^0+/, '');
  return digits.length <= 15 ? String(value) : value.toPrecision(17);
}

/** A whole number below 2^53 times or through powers of two, none of which is rounded. */
function exactly(value: number): string {
  let [whole, power] = [value, 0];
  for (; !Number.isInteger(whole); power--) whole *= 2;
  for (; Math.abs(whole) >= 2 ** 53; power++) whole /= 2;
  const factors = Array.from(
    { length: Math.ceil(Math.abs(power) / 60) },
    (_, index) => 1n << BigInt(Math.min(60, Math.abs(power) - index * 60)),
  );
  const operator = power < 0 ? '/' : '*';
  return `(${whole} * 1.0${factors.map((factor) => ` ${operator} ${factor}`).join('')})`;
}

/** A text in single quotes, in which nothing but the quote itself is special. */
export function text(value: string): string {
  return `'${whole(value, 'a text').replaceAll("'", "''")}'`;
}

/** SQL in parentheses; a comment at its end cannot swallow the closing one. */
export function parenthesised(sql: string): string {
  return sql.includes('--') ? `(${sql}\n)` : `(${sql})`;
}

/** A name without quotes where that is safe: a plain word that is no keyword. */
export function plain(text: string): string {
  return isWord(text) && !keywords.has(text.toUpperCase()) && !/^(true|false)$/i.test(text) ? text : identifier(text);
}

/** Whether a name is read as one word without quotes: https://www.sqlite.org/draft/tokenreq.html#H41130 */
export function isWord(text: string): boolean {
  return /^[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*$/.test(text);
}

/** What a name or string means, taken out of its quotes of whatever kind: `"a"`, `` `a` ``, `[a]`, `'a'`. */
export function unquoted(token: string): string {
  const opening = token[0];
  if (opening === '[') return token.slice(1, -1);
  if (opening === '"' || opening === '`' || opening === "'") return token.slice(1, -1).replaceAll(opening + opening, opening);
  return token;
}

/** A name as SQLite compares names: the case of the letters A to Z does not count, that of all others does. */
export function lower(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The namespace `main` is the one that names without a namespace mean. */
export function local(qualified: QualifiedName): QualifiedName {
  return qualified.schema !== undefined && lower(qualified.schema) === 'main' ? { name: qualified.name } : qualified;
}

/** An index, view or trigger that lies where its table does. */
export function beside(owner: QualifiedName, own: string): QualifiedName {
  return owner.schema === undefined ? { name: own } : { schema: owner.schema, name: own };
}

/** `users(id, name)`, as effects print it. */
export function withColumns(owner: QualifiedName, columns: readonly string[]): string {
  return `${formatName(owner)}(${columns.join(', ')})`;
}

function whole(value: string, what: string): string {
  if (value.includes('\0')) throw refusal(`${what} cannot hold the character NUL: ${JSON.stringify(value)}`);
  if (!value.isWellFormed()) throw refusal(`${what} holds half a character: ${JSON.stringify(value)}`);
  return value;
}

function refusal(message: string): Failure {
  return new Failure('change.unsupported', message);
}
