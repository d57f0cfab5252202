import type { DatabaseError, ErrorKind } from '../../contracts/index.ts';
import { lower, unquoted } from './quote.ts';
import { type Token, tokensOf } from './tokens.ts';

/** https://www.sqlite.org/rescode.html */
const kinds: Readonly<Record<string, ErrorKind>> = {
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_READONLY: 'read-only',
  SQLITE_PERM: 'rights',
  SQLITE_AUTH: 'rights',
  SQLITE_CANTOPEN: 'no-database',
  ENOENT: 'no-database',
  SQLITE_INTERRUPT: 'cancelled',
  SQLITE_FULL: 'storage',
  SQLITE_IOERR: 'storage',
};

/** What an error means. A broken file and a violated constraint have no kind of their own. */
export function errorKind(error: DatabaseError): ErrorKind {
  const kind = kinds[error.code];
  if (kind !== undefined) return kind;
  if (error.lost) return 'lost';
  const { message } = error;
  if (/\bno such table: /.test(message)) return 'no-table';
  if (/ already exists$|^there is already |^UNIQUE constraint failed: /.test(message)) return 'exists';
  if (/syntax error$|^incomplete input$|^unrecognized token: /.test(message)) return 'syntax';
  return 'other';
}

/** In double quotes stands a name; older programs were allowed a text: https://www.sqlite.org/quirks.html#dblquote */
export function advice(sql: string, error: DatabaseError): string | undefined {
  const name = /^no such column: "?([^"]*)"?$/.exec(error.message)?.[1];
  if (name === undefined || !tokensOf(sql).some((token) => token.text === `"${name.replaceAll('"', '""')}"`)) return undefined;
  return "Double quotes make a name; a text stands in single quotes: 'text'.";
}

/** What SQLite's messages name, and how: a text as it is written, or the name of something. */
const named: readonly { readonly pattern: RegExp; readonly as: 'text' | 'name' | 'last' }[] = [
  { pattern: /^near "(.*)": syntax error$/s, as: 'text' },
  { pattern: /^unrecognized token: "(.*)"$/s, as: 'text' },
  { pattern: /^no such (?:column|table|view|index|trigger|function|module|collation sequence|savepoint): (.*)$/s, as: 'name' },
  { pattern: /^(?:duplicate|ambiguous) column name: (.*)$/s, as: 'last' },
  { pattern: /^table .* has no column named (.*)$/s, as: 'name' },
  { pattern: /^unknown column "(.*)" in foreign key definition$/s, as: 'name' },
  { pattern: /^(?:table|index|view|trigger) (.*) already exists$/s, as: 'name' },
  { pattern: /^there is already (?:an index|a table|another table or index) (?:named|with this name:) (.*)$/s, as: 'last' },
  { pattern: /^unknown table option: (.*)$/s, as: 'name' },
  { pattern: /^table (.*) has \d+ columns but/s, as: 'name' },
  { pattern: /^unknown datatype for .*: "(.*)"$/s, as: 'name' },
  { pattern: /^(?:wrong number of arguments to|misuse of aggregate|misuse of window) function (.*?)(?:\(\))?$/s, as: 'name' },
];

/**
 * Where SQLite stumbled, sought by what its message names, because libraries do not hand on the position. Nothing when the text occurs
 * several times and nothing tells which is meant. A text in double quotes that was taken for a column is found with its quotes.
 */
export function locate(sql: string, error: DatabaseError): number | undefined {
  if (error.message === 'incomplete input') return sql.trimEnd().length;
  for (const { pattern, as } of named) {
    const wanted = pattern.exec(error.message)?.[1];
    if (wanted === undefined) continue;
    return as === 'text' ? writtenAt(sql, wanted) : namedAt(sql, wanted, as === 'last');
  }
  return undefined;
}

function writtenAt(sql: string, wanted: string): number | undefined {
  const tokens = tokensOf(sql);
  const found = tokens.flatMap((token, index) => (token.text === wanted || sql.startsWith(wanted, token.start) ? [index] : []));
  const exact = found.filter((index) => tokens[index]?.text === wanted);
  const candidates = exact.length > 0 ? exact : found;
  if (candidates.length === 1) return tokens[candidates[0] ?? 0]?.start;
  // Behind a comma or an opening parenthesis a comma, a closing one or a keyword's end cannot stand.
  const suspicious = candidates.filter((index) => /^[,);]$/.test(wanted) && /^[,(]$/.test(tokens[index - 1]?.text ?? '('));
  return suspicious.length === 1 ? tokens[suspicious[0] ?? 0]?.start : undefined;
}

/** The first place of a name, whatever its quotes; the message may put the table before a column, or say more behind the name. */
function namedAt(sql: string, message: string, last: boolean): number | undefined {
  const plain = message.replace(/ - should this be a string literal in single-quotes\?$/, '').replace(/^"(.*)"$/s, '$1');
  const tokens = tokensOf(sql).filter((token) => token.kind === 'word' || token.kind === 'name' || token.text.startsWith("'"));
  const whole = places(tokens, plain);
  const offsets = whole.length > 0 ? whole : places(tokens, plain.slice(plain.lastIndexOf('.') + 1));
  return last ? offsets.at(-1) : offsets[0];
}

function places(tokens: readonly Token[], name: string): readonly number[] {
  const wanted = lower(name);
  return tokens.filter((token) => lower(unquoted(token.text)) === wanted).map((token) => token.start);
}
