import type { Index, IndexPart, View } from '../../schema/index.ts';
import { expressionText, type Scope } from './expression.ts';
import { lower, unquoted } from './quote.ts';
import { isName, listItems, reader, type Token, tokensOf } from './tokens.ts';

/** The index that the text of a CREATE INDEX describes (https://www.sqlite.org/lang_createindex.html). */
export function parseIndex(sql: string, scope: Scope): Index | undefined {
  const read = reader(tokensOf(sql));
  if (!read.accept('CREATE')) return undefined;
  const unique = read.accept('UNIQUE');
  if (!read.accept('INDEX')) return undefined;
  const name = read.name();
  if (name === undefined || !read.accept('ON') || read.name() === undefined) return undefined;
  const inside = read.group();
  if (inside === undefined) return undefined;
  const parts = listItems(inside).map((item) => indexPart(item, scope));
  const where = read.accept('WHERE') ? expressionText(rest(read.peek(), tokensOf(sql)), scope) : undefined;
  if (where === undefined && !read.done) return undefined;
  return { name, parts, ...(unique ? { unique } : {}), ...(where === undefined ? {} : { where }) };
}

function rest(from: Token | undefined, tokens: readonly Token[]): readonly Token[] {
  return from === undefined ? [] : tokens.filter((token) => token.start >= from.start);
}

/** `expression [COLLATE name] [ASC|DESC]`; a name alone is a column. */
function indexPart(item: readonly Token[], scope: Scope): IndexPart {
  let tokens = item;
  const direction = tokens.at(-1)?.upper;
  const isOrdered = tokens.at(-1)?.kind === 'word' && (direction === 'DESC' || direction === 'ASC');
  if (isOrdered) tokens = tokens.slice(0, -1);
  const last = tokens.at(-1);
  const isCollated = tokens.length > 2 && tokens.at(-2)?.upper === 'COLLATE' && last !== undefined && isName(last);
  const collation = isCollated ? unquoted(last.text) : undefined;
  if (isCollated) tokens = tokens.slice(0, -2);
  const [only] = tokens;
  const column = tokens.length === 1 && only !== undefined && isName(only) ? scope.columns.get(lower(unquoted(only.text))) : undefined;
  return {
    ...(column === undefined ? { sql: expressionText(tokens, scope) } : { column }),
    ...(isOrdered && direction === 'DESC' ? { order: 'desc' as const } : {}),
    ...(collation === undefined ? {} : { collation }),
  };
}

/** The view that the text of a CREATE VIEW describes; its query stays as it was written. */
export function parseView(sql: string): View | undefined {
  const read = reader(tokensOf(sql));
  if (!read.accept('CREATE', 'VIEW')) return undefined;
  const name = read.name();
  if (name === undefined) return undefined;
  const group = read.group();
  const columns = group === undefined ? undefined : listItems(group).map(([token]) => (token === undefined ? '' : unquoted(token.text)));
  if (!read.at('AS')) return undefined;
  const as = read.next();
  return { kind: 'view', name: { name }, query: sql.slice(as?.end ?? 0).trim(), ...(columns === undefined ? {} : { columns }) };
}
