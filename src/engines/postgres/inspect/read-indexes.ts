import type { ResultRow, Server } from '../../../contracts/index.ts';
import type { Index, IndexPart, Name } from '../../../schema/index.ts';
import { flag, given, groupBy, list, opt, str } from '../catalogue.ts';
import { quote, text } from '../quote.ts';
import { readTokens } from '../reader.ts';
import { collationOf } from './read-columns.ts';

/** The indexes of each relation by its number. Rows are parts of indexes, in order. */
export function readIndexes(rows: readonly ResultRow[], server: Server): ReadonlyMap<string, readonly Index[]> {
  const indexes = new Map<string, Index[]>();
  for (const parts of groupBy(rows, 'id').values()) {
    const [first] = parts;
    if (first === undefined) continue;
    const relation = str(first, 'relation');
    indexes.set(relation, [...(indexes.get(relation) ?? []), readIndex(first, parts, server)]);
  }
  return indexes;
}

function readIndex(first: ResultRow, rows: readonly ResultRow[], server: Server): Index {
  const keys = rows.slice(0, Number(str(first, 'key_columns')));
  const included: readonly Name[] = rows.slice(keys.length).map((row) => str(row, 'column'));
  const method = str(first, 'method');
  const extras = extrasOf(first);
  return {
    name: str(first, 'name'),
    parts: keys.map((row) => readPart(row, server)),
    ...given({
      unique: flag(first, 'unique') ? (true as const) : undefined,
      method: method === 'btree' ? undefined : method,
      include: included.length === 0 ? undefined : included,
      where: opt(first, 'predicate'),
      nullsNotDistinct: flag(first, 'nulls_not_distinct') ? (true as const) : undefined,
      comment: opt(first, 'comment'),
      extras: Object.keys(extras).length === 0 ? undefined : extras,
    }),
  };
}

function extrasOf(row: ResultRow): Readonly<Record<string, string>> {
  const storage = list(row, 'storage');
  return given({
    with: storage.length === 0 ? undefined : storage.join(', '),
    tablespace: opt(row, 'tablespace'),
    clustered: flag(row, 'clustered') ? 'true' : undefined,
    // A build that failed left it: nothing uses it, but it is in the way of its name.
    invalid: flag(row, 'valid') ? undefined : 'true',
  }) as Readonly<Record<string, string>>;
}

function readPart(row: ResultRow, server: Server): IndexPart {
  const descending = flag(row, 'descending');
  const first = flag(row, 'nulls_first');
  const expression = opt(row, 'expression');
  return {
    ...(expression === undefined ? { column: str(row, 'column') } : { sql: withoutParentheses(expression) }),
    ...given({
      order: descending ? ('desc' as const) : undefined,
      nulls: str(row, 'method') !== 'btree' || first === descending ? undefined : first ? ('first' as const) : ('last' as const),
      collation: collationOf(row, server),
      operatorClass: operatorClassOf(row, server),
    }),
  };
}

function operatorClassOf(row: ResultRow, server: Server): string | undefined {
  const name = opt(row, 'class');
  const schema = opt(row, 'class_schema');
  if (name === undefined || schema === undefined) return undefined;
  const plain = schema === 'pg_catalog' || schema === server.namespace ? shortest(name) : quote.name({ schema, name });
  const options = list(row, 'class_options').map((option) => {
    const at = option.indexOf('=');
    return `${option.slice(0, at)}=${text(option.slice(at + 1))}`;
  });
  return options.length === 0 ? plain : `${plain} (${options.join(', ')})`;
}

function shortest(name: Name): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quote.identifier(name);
}

/** The expression without parentheses that hold all of it. */
function withoutParentheses(expression: string): string {
  const tokens = readTokens(expression);
  if (tokens[0]?.word !== '(') return expression;
  let depth = 0;
  const closing = tokens.findIndex(({ word }) => {
    if (word === '(') depth++;
    else if (word === ')') depth--;
    return depth === 0;
  });
  return closing === tokens.length - 1 ? withoutParentheses(expression.slice(tokens[0].end, tokens[closing]?.start).trim()) : expression;
}
