import { Failure, toHex } from '../../base/index.ts';
import type { Quote } from '../../contracts/index.ts';
import { formatReference, type Name, parseName, type QualifiedName, type RowValue } from '../../schema/index.ts';

/** PostgreSQL keeps this many bytes of a name: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
const nameBytes = 63;

/**
 * Names and literals in PostgreSQL's words. Refuses what the server would silently change: names above 63 bytes, which it cuts, halves
 * of surrogate pairs, which UTF-8 cannot hold, and NUL, which no text of it can hold.
 */
export const quote: Quote = { identifier, name: qualified, literal };

function identifier(name: Name): string {
  if (name === '') throw new Failure('change.refused', 'a name cannot be empty');
  refuseUnstorable(name, `the name ${JSON.stringify(name)}`);
  if (!fits(name)) {
    throw new Failure('change.refused', `the name "${name}" is longer than ${nameBytes} bytes; PostgreSQL would cut it`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}

function qualified(name: QualifiedName): string {
  return name.schema === undefined ? identifier(name.name) : `${identifier(name.schema)}.${identifier(name.name)}`;
}

function literal(value: RowValue): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'bigint':
      return String(value);
    case 'number':
      return numberSql(value);
    case 'string':
      return text(value);
    default:
      if (value === null) return 'NULL';
      if (value instanceof Uint8Array) return `${text(`\\x${toHex(value)}`)}::bytea`;
      if ('reference' in value)
        throw new Failure('change.refused', `the key of ${formatReference(value.reference)} can only stand in rows`);
      return 'json' in value ? `${text(JSON.stringify(value.json))}::jsonb` : value.sql;
  }
}

/** A whole number beyond the safe ones is written with all its digits, where JavaScript would round them for reading. */
function numberSql(value: number): string {
  if (Object.is(value, -0)) return "'-0'::float8";
  if (!Number.isFinite(value)) return `'${value}'::float8`;
  const long = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
  return long ? String(BigInt(value)) : String(value);
}

/** A string literal. One with a backslash takes the form E'…', which reads the same whatever `standard_conforming_strings` says. */
export function text(value: string): string {
  refuseUnstorable(value, 'a text');
  const doubled = value.replaceAll("'", "''");
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/** A comma-separated list of quoted column names. */
export function columnList(names: readonly Name[]): string {
  return names.map(identifier).join(', ');
}

/**
 * The name of a collation. A plain text is the whole name, dots included (`en_US.utf8`); one of another namespace than the default
 * is written with its second part in double quotes (`app."german"`).
 */
export function collation(name: Name): string {
  return /^[^"]+\."/.test(name) || name.startsWith('"') ? qualified(parseName(name)) : identifier(name);
}

/** The name as PostgreSQL keeps it when it stands unquoted in SQL: ASCII letters in lower case, cut at 63 bytes. */
export function fold(word: string): Name {
  const isAscii = !/[^\0-\x7f]/.test(word);
  return cut(isAscii ? word.toLowerCase() : word.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase()));
}

/** The name behind a quoted one: `"a""b"` or `U&"d\0061t"`. */
export function unquote(quoted: string): Name {
  const inner = quoted.slice(quoted.indexOf('"') + 1, -1).replaceAll('""', '"');
  if (quoted.startsWith('"')) return cut(inner);
  return cut(
    inner.replace(/\\(?:\\|\+([0-9a-f]{6})|([0-9a-f]{4}))/gi, (whole, long: string | undefined, short: string | undefined) => {
      const digits = long ?? short;
      return digits === undefined ? '\\' : safeCodePoint(Number.parseInt(digits, 16), whole);
    }),
  );
}

function safeCodePoint(point: number, otherwise: string): string {
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : otherwise;
}

function cut(name: Name): Name {
  if (fits(name)) return name;
  let kept = '';
  for (const character of name) {
    if (!fits(kept + character)) break;
    kept += character;
  }
  return kept;
}

/** Whether PostgreSQL keeps a name whole. */
export function fits(name: string): boolean {
  // A UTF-16 unit takes at most three bytes.
  return name.length * 3 <= nameBytes || new TextEncoder().encode(name).length <= nameBytes;
}

function refuseUnstorable(value: string, what: string): void {
  if (value.includes('\0')) throw new Failure('change.refused', `${what} holds the character NUL, which PostgreSQL cannot store`);
  if (!value.isWellFormed()) throw new Failure('change.refused', `${what} holds half of a surrogate pair, which UTF-8 cannot hold`);
}
