import { Failure } from '../base/index.ts';
import { booksOf, namedUpsert } from '../plan/index.ts';
import type { Run } from '../runner/index.ts';
import { formatName, type Schema, sameName, tableOf } from '../schema/index.ts';
import type { Workplace } from './open.ts';
import type { OnScratch } from './prove.ts';
import { type NamedHere, type RowChanges, type RowsBetween, rowChanges } from './row-changes.ts';
import { proveRows } from './row-proof.ts';
import type { TableRows } from './rows.ts';
import type { Way } from './way.ts';

interface Behind {
  readonly rows: RowsBetween;
  readonly before: Schema;
  readonly after: Schema;
  readonly forth: Way;
}

/** The changes of rows that follow those of the structure, tried on a scratch database there and back. */
export async function rowsBehind({ rows, before, after, forth }: Behind, { session }: Workplace, scratch: OnScratch): Promise<RowChanges> {
  const was = rows.was.flatMap((one) => asIn(one, before));
  const is = rows.is.filter(({ name }) => {
    const from = forth.changes.reduceRight(
      (now, change) => (change.kind === 'renameTable' && sameName(change.to, now) ? change.from : now),
      name,
    );
    // A table that was configured only after the check-out is as it was for all that is known.
    return tableOf(before, from) === undefined || was.some((one) => sameName(one.name, from));
  });
  const found = rowChanges({ ...rows, was, is }, forth.changes, after, session.engine);
  if (found.changes.length > 0) {
    await proveRows(
      { before, was, is: is.map((one) => ({ ...one, names: withNew(one, found) })), changes: [...forth.changes, ...found.changes] },
      scratch,
    );
  }
  return found;
}

/** The rows as far as the history knows of their table and its columns; whatever else there was is new. */
function asIn(rows: TableRows, before: Schema): readonly TableRows[] {
  const table = tableOf(before, rows.name);
  if (table === undefined) return [];
  const places = rows.columns.flatMap((name, i) => (table.columns.some((one) => one.name === name) ? [i] : []));
  return [
    {
      ...rows,
      columns: places.map((at) => rows.columns[at] ?? ''),
      rows: rows.rows.map((row) => places.map((at) => row[at] ?? null)),
    },
  ];
}

function withNew({ name, names }: TableRows, { named }: RowChanges): TableRows['names'] {
  const own = named.filter(({ table }) => sameName(table, name));
  return { ...names, ...Object.fromEntries(own.map((one) => [one.text, one.name])) };
}

/** Statements that keep the names of rows which are here already. The tables for that are made where there are none. */
export async function namesHere(
  named: readonly NamedHere[],
  after: Schema,
  { session }: Run,
  migration: string,
): Promise<readonly string[]> {
  if (named.length === 0) return [];
  const { engine, server, connection } = session;
  for (const sql of engine.books.create(booksOf(engine, server))) await connection.query(sql);
  return named.flatMap(({ table, column, key, name }) => {
    const given = namedUpsert(
      engine,
      { server, before: after },
      { kind: 'upsertRows', table, key: [column], rows: [{ [column]: key }], names: [name] },
      migration,
    );
    if (!Array.isArray(given)) throw new Failure('record.refused', `the row "${name}" of "${formatName(table)}" cannot be named`);
    return (given as readonly { readonly sql: string }[]).map(({ sql }) => sql);
  });
}

/** How many rows of a table a migration inserts, updates and deletes. */
export interface RecordedRows {
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** The changes of rows, counted by table. */
export function countRows({ changes }: RowChanges): readonly RecordedRows[] {
  const counts = new Map<string, { inserted: number; updated: number; deleted: number }>();
  for (const change of changes) {
    if (change.kind !== 'insertRows' && change.kind !== 'updateRows' && change.kind !== 'deleteRows') continue;
    const title = formatName(change.table);
    const one = counts.get(title) ?? { inserted: 0, updated: 0, deleted: 0 };
    if (change.kind === 'insertRows') one.inserted += change.rows.length;
    else if (change.kind === 'updateRows') one.updated += 1;
    else one.deleted += 1;
    counts.set(title, one);
  }
  return [...counts].map(([table, one]) => ({ table, ...one }));
}
