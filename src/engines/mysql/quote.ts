import { Failure, toHex } from '../../base/index.ts';
import type { Quote, Server } from '../../contracts/index.ts';
import { formatReference, type QualifiedName, type RowValue } from '../../schema/index.ts';
import { has } from './flavours.ts';

/** Backticks mark a name in every sql_mode. Refuses what the server would change or cut without a word. */
function identifier(name: string): string {
  // Names are kept in three-byte Unicode: https://dev.mysql.com/doc/refman/8.4/en/identifiers.html
  if (name === '' || /[\0\u{10000}-\u{10ffff}\ud800-\udfff]/u.test(name)) {
    throw new Failure(
      'change.refused',
      `${JSON.stringify(name)} cannot be a name: it is empty, or has a character that MySQL keeps in no name`,
    );
  }
  if (name.length > 64) throw new Failure('change.refused', `the name "${name}" is longer than the 64 characters that MySQL keeps`);
  return `\`${name.replaceAll('`', '``')}\``;
}

function name({ schema, name: own }: QualifiedName): string {
  return schema === undefined ? identifier(own) : `${identifier(schema)}.${identifier(own)}`;
}

/**
 * A literal that means the same under any sql_mode and any SET NAMES. Only printable ASCII without a backslash stands for itself:
 * whether a backslash escapes depends on NO_BACKSLASH_ESCAPES, and what any other byte means on the character set of the client.
 */
function literal(value: RowValue): string {
  if (value === null) return 'NULL';
  switch (typeof value) {
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Failure('change.refused', `${value} is no number that MySQL can keep`);
      return String(value);
    case 'string':
      return textLiteral(value);
  }
  if (value instanceof Uint8Array) return `X'${toHex(value)}'`;
  if ('reference' in value) throw new Failure('change.refused', `the key of ${formatReference(value.reference)} can only stand in rows`);
  return 'sql' in value ? value.sql : textLiteral(JSON.stringify(value.json));
}

function textLiteral(value: string): string {
  return plainLiteral(value) ?? `_utf8mb4 ${hexLiteral(value)}`;
}

/** A name to be compared with a column of the dictionary, which is in three-byte Unicode and refuses to be compared with more. */
export function nameLiteral(value: string): string {
  return plainLiteral(value) ?? `_utf8mb3 ${hexLiteral(value)}`;
}

function plainLiteral(value: string): string | undefined {
  return /^[\x20-\x5b\x5d-\x7e\n\t]*$/.test(value) ? `'${value.replaceAll("'", "''")}'` : undefined;
}

function hexLiteral(value: string): string {
  refuseHalfCharacters(value);
  return `X'${toHex(new TextEncoder().encode(value))}'`;
}

/**
 * Text in a definition: a comment, a value of an enum, a default. The grammar takes neither hexadecimal nor an introducer there, so a
 * backslash is written as the session's sql_mode reads it.
 */
export function definitionText(value: string, server: Server): string {
  refuseHalfCharacters(value);
  const escaped = has(server, 'noBackslashEscapes') ? value : value.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
  return `'${escaped.replaceAll("'", "''")}'`;
}

/** Whether a definition can hold the text: dictionaries keep three-byte Unicode and put ? for what lies beyond. */
export function fitsDefinition(value: string): boolean {
  return !/[\u{10000}-\u{10ffff}]/u.test(value);
}

function refuseHalfCharacters(value: string): void {
  if (!value.isWellFormed()) throw new Failure('change.refused', 'a text has half a character (a lone surrogate), which UTF-8 cannot hold');
}

export const quote: Quote = { identifier, name, literal };
