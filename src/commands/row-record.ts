import { Failure } from '../base/index.ts';
import type { SourcedChange } from '../contracts/index.ts';
import { booksOf, namedUpsert, renderChanges, wayBackOf } from '../plan/index.ts';
import type { Run } from '../runner/index.ts';
import { formatName, type Schema, sameName, tableOf } from '../schema/index.ts';
import type { Beside } from './mark.ts';
import type { Workplace } from './open.ts';
import type { OnScratch } from './prove.ts';
import { type RowChanges, type RowsBetween, rowChanges } from './row-changes.ts';
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

/**
 * What is written down where a migration with rows was recorded: the names of rows that are here already, and how it is taken back. The tables
 * for the names are made where there are none.
 */
export async function besideRows(
  { changes, named }: RowChanges,
  { sides, forth }: Recorded,
  { session }: Run,
  migration: string,
): Promise<Beside> {
  const { engine, server, connection } = session;
  const { before, after } = sides;
  const sourced = [...forth.changes, ...changes].map((change, i): SourcedChange => ({ change, under: { migration, number: i + 1 } }));
  const { parts } = renderChanges(sourced, engine, server, before);
  const { back } = wayBackOf(sourced, engine, { server, before, after, parts });
  if (named.length === 0) return { also: [], back };
  for (const sql of engine.books.create(booksOf(engine, server))) await connection.query(sql);
  const also = named.flatMap(({ table, column, key, name }) => {
    const given = namedUpsert(
      engine,
      { server, before: after },
      { kind: 'upsertRows', table, key: [column], rows: [{ [column]: key }], names: [name] },
      migration,
    );
    if (!Array.isArray(given)) throw new Failure('record.refused', `the row "${name}" of "${formatName(table)}" cannot be named`);
    return (given as readonly { readonly sql: string }[]).map(({ sql }) => sql);
  });
  return { also, back };
}

interface Recorded {
  readonly sides: { readonly before: Schema; readonly after: Schema };
  readonly forth: Way;
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
