import type { Inquiry, Server } from '../../contracts/index.ts';
import { type Key, keyOf, type QualifiedName, tableKey } from '../../schema/index.ts';
import { nameLiteral, quote } from './quote.ts';
import { asText, field } from './rows.ts';
import { quotedPieces } from './text.ts';

/**
 * What each view reads, from its text in information_schema, where the server writes tables and views with their database. The words of
 * the text alone would not tell: a view may be called `select`, and an alias like another view. A view that the user may not see in
 * full, or that has the name of the database as an alias, is left out.
 */
export function* viewNeeds(server: Server): Inquiry<ReadonlyMap<Key, readonly Key[]>> {
  const { rows } = yield {
    sql: `SELECT TABLE_NAME AS name, VIEW_DEFINITION AS query FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ${nameLiteral(server.database)}
      ORDER BY TABLE_NAME`,
  };
  return new Map(
    rows.map(asText).flatMap((row): readonly [Key, readonly Key[]][] => {
      const needs = needsIn(field(row, 'query'), server.database);
      return needs.length === 0 ? [] : [[keyOf({ kind: 'view', name: { name: field(row, 'name') } }), needs]];
    }),
  );
}

/** Keys of what the text of a view names of its database: of a table, view or sequence all three, since the text does not tell which. */
export function needsIn(query: string, database: string): readonly Key[] {
  const pieces = quotedPieces(query);
  const own = quote.identifier(database);
  if (pieces.some((piece, i) => piece === own && !pieces[i + 1]?.startsWith('.'))) return [];
  const needs = pieces.flatMap((piece, i): readonly Key[] => {
    if (!piece.startsWith('`')) return [];
    const name: QualifiedName = { name: piece.slice(1, -1).replaceAll('``', '`') };
    const [before, base, after] = [pieces[i - 1] ?? '', pieces[i - 2], pieces[i + 1] ?? ''];
    const isOwn = before === '.' && base === own;
    if (after.startsWith('(') && (isOwn || !before.endsWith('.'))) return [keyOf({ kind: 'routine', name })];
    return isOwn ? [tableKey(name), keyOf({ kind: 'view', name }), keyOf({ kind: 'sequence', name })] : [];
  });
  return [...new Set(needs)];
}
