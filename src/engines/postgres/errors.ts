import type { DatabaseError, ErrorKind } from '../../contracts/index.ts';
import { fold, unquote } from './quote.ts';
import { readTokens } from './reader.ts';

/** SQLSTATEs, or the first two letters of their class: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const kinds: Readonly<Record<string, ErrorKind>> = {
  '55P03': 'busy',
  '40P01': 'deadlock',
  '40001': 'deadlock',
  '57014': 'cancelled',
  '42501': 'rights',
  '25006': 'read-only',
  '42P01': 'no-table',
  '42P07': 'exists',
  '42P06': 'exists',
  '42P04': 'exists',
  '42710': 'exists',
  '42701': 'exists',
  '42723': 'exists',
  // Rows too; and names, when two sessions create the same object at once.
  '23505': 'exists',
  '3D000': 'no-database',
  '42601': 'syntax',
  '53100': 'storage',
  // Sessions that the server ended: by an administrator, in a crash, when it starts, after lying idle, for want of places.
  '57P01': 'lost',
  '57P02': 'lost',
  '57P03': 'lost',
  '57P05': 'lost',
  '25P03': 'lost',
  '25P04': 'lost',
  '53300': 'lost',
  '08': 'lost',
  '28': 'credentials',
};

/** Symbols of the operating system that say that the server was not reached. */
const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ENOENT',
]);

/** What an error of the server, or of the way to it, means to the runner. */
export function errorKind(error: DatabaseError): ErrorKind {
  const kind = kinds[error.code] ?? kinds[error.code.slice(0, 2)];
  if (/^[0-9A-Z]{5}$/.test(error.code) && kind !== undefined) return kind;
  // node-postgres asks for the password itself and has no code for a missing one.
  if (/password must be a string|password authentication|SASL/i.test(error.message)) return 'credentials';
  return error.lost || unreachable.has(error.code) || /timeout expired|Connection terminated/.test(error.message) ? 'lost' : 'other';
}

/**
 * Where in a statement a name stands that the error's message puts in quotes. The server gives a position for syntax errors and unknown
 * columns; for names that exist already it gives none.
 */
export function locate(sql: string, error: DatabaseError): number | undefined {
  if (error.position !== undefined) return error.position;
  const names = [...error.message.matchAll(/"((?:[^"]|"")+)"/g)].map((match) => (match[1] ?? '').split('.').at(-1) ?? '');
  if (names.length === 0) return undefined;
  const tokens = readTokens(sql);
  for (const name of names) {
    const found = tokens.find(
      (token) => (token.kind === 'word' && fold(token.text) === name) || (token.kind === 'name' && unquote(token.text) === name),
    );
    if (found !== undefined) return found.start;
  }
  return undefined;
}
