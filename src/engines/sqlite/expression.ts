import { keywords } from './keywords.ts';
import { isWord, lower, plain, text, unquoted } from './quote.ts';
import { type Token, tokensOf } from './tokens.ts';

/** What names inside an expression of a table can mean. */
export interface Scope {
  readonly table: string;
  /** The names of the columns as declared, by their lower-case form. */
  readonly columns: ReadonlyMap<string, string>;
}

/**
 * An expression of a CREATE TABLE or CREATE INDEX in one spelling: comments are gone, white space is one blank, columns are named as
 * they are declared and without quotes where that is possible, the table's own name before a column is left out (it would be wrong
 * after a rename), and a double-quoted text that names no column is the string that SQLite takes it for
 * (https://www.sqlite.org/quirks.html#dblquote), because newer libraries refuse it in a new statement.
 */
export function expressionText(tokens: readonly Token[], scope: Scope): string {
  let out = '';
  let previousEnd: number | undefined;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (previousEnd !== undefined && token.start > previousEnd) out += ' ';
    if (isOwnTable(tokens, index, scope)) {
      // Table and dot are left out; the column stands where the table stood.
      index++;
      previousEnd = tokens[index + 1]?.start;
      continue;
    }
    out += spelled(token, tokens[index - 1], tokens[index + 1], scope);
    previousEnd = token.end;
  }
  return out;
}

function spelled(token: Token, before: Token | undefined, after: Token | undefined, scope: Scope): string {
  if (token.kind !== 'word' && token.kind !== 'name') return token.text;
  // A function, a collation or the type of a CAST.
  if (after?.text === '(' || before?.upper === 'COLLATE' || before?.upper === 'AS') return token.text;
  if (token.kind === 'word' && keywords.has(token.upper)) return token.text;
  const meaning = unquoted(token.text);
  const column = scope.columns.get(lower(meaning));
  if (column !== undefined) return plain(column);
  return token.text.startsWith('"') && !/^(rowid|_rowid_|oid)$/i.test(meaning) ? text(meaning) : token.text;
}

function isOwnTable(tokens: readonly Token[], index: number, scope: Scope): boolean {
  const token = tokens[index];
  if (token === undefined || tokens[index + 1]?.text !== '.' || (token.kind !== 'word' && token.kind !== 'name')) return false;
  return lower(unquoted(token.text)) === lower(scope.table);
}

/**
 * SQL in a form that is equal for spellings SQLite itself changes when it renames: no comments, one blank between tokens, words in
 * small letters, simple names without quotes.
 */
export function folded(sql: string): string {
  return tokensOf(sql)
    .map((token) => {
      if (token.kind !== 'word' && token.kind !== 'name') return token.text;
      const meaning = lower(unquoted(token.text));
      return isWord(meaning) ? meaning : `"${meaning}"`;
    })
    .join(' ');
}
