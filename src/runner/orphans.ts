import type { ResultRow } from '../contracts/index.ts';

/** Rows without a parent, how many of each kind; where rows have no number, all of one key are of a kind. */
export type Orphans = ReadonlyMap<string, number>;

export function orphansIn(rows: readonly ResultRow[]): Orphans {
  const found = new Map<string, number>();
  for (const row of rows) found.set(orphanKey(row), (found.get(orphanKey(row)) ?? 0) + 1);
  return found;
}

function orphanKey(row: ResultRow): string {
  return ['table', 'rowid', 'parent', 'key'].map((column) => String(row[column])).join('\u001f');
}

/** The rows that are more than those that were there before. */
export function newOrphans(rows: readonly ResultRow[], known: Orphans | undefined): readonly ResultRow[] {
  const now = orphansIn(rows);
  return rows.filter((row) => (now.get(orphanKey(row)) ?? 0) > (known?.get(orphanKey(row)) ?? 0));
}
