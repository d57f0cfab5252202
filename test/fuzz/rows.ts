import { type Blueprint, columnsOf, type Piece } from './blueprint.ts';
import { rowNumbers } from './common.ts';

/** A table whose rows can stay, and what must be the same at the other end. */
export interface Filled {
  readonly table: string;
  readonly insert: readonly string[];
  /** Selects every column that is at both ends as it was, in the order of the rows. */
  readonly unchanged: string;
  /** The same for columns that hold digits under another type. */
  readonly converted: string;
}

/**
 * The tables whose rows survive the way there and back by right: no column without a default becomes required, no key gets a column whose
 * values would be equal, no foreign key points to where no rows are.
 */
export function filledTables(before: Blueprint, after: Blueprint): readonly Filled[] {
  const both = [...before.values()].filter(({ id, spot }) => spot === 'table' && after.has(id));
  let fit = new Set(both.filter(({ id }) => isFit(id, before, after)).map(({ id }) => id));
  for (let size = -1; size !== fit.size; ) {
    size = fit.size;
    fit = new Set([...fit].filter((id) => [before, after].every((side) => keysOf(side, id).every(({ key }) => fit.has(key?.table ?? '')))));
  }
  return both.filter(({ id }) => fit.has(id)).map((table) => filled(table, before, after));
}

function keysOf(parts: Blueprint, table: string): readonly Piece[] {
  return [...parts.values()].filter(({ key }) => key?.from.some((id) => parts.get(id)?.on === table));
}

function isFit(table: string, before: Blueprint, after: Blueprint): boolean {
  if (before.get(table)?.keepsEmpty === true || after.get(table)?.keepsEmpty === true) return false;
  if (before.get(table)?.as !== after.get(table)?.as) return false;
  if (before.get(table)?.kind !== after.get(table)?.kind && before.get(table)?.ownKey !== after.get(table)?.ownKey) return false;
  return [
    [before, after],
    [after, before],
  ].every(([side, other]) => side !== undefined && other !== undefined && fitsFrom(table, side, other));
}

function fitsFrom(table: string, side: Blueprint, other: Blueprint): boolean {
  const columns = new Map(columnsOf(side, table).map((column) => [column.id, column]));
  for (const column of columns.values()) {
    const opposite = other.get(column.id);
    if (column.computed === true) continue;
    if (opposite === undefined && column.nullable !== true && column.hasDefault !== true) return false;
    if (opposite !== undefined && !converts(column, opposite)) return false;
  }
  const comesAlike = (id: string): boolean => {
    const [column, opposite] = [columns.get(id), other.get(id)];
    return column !== undefined && opposite === undefined && (column.nullable !== true || column.hasDefault === true);
  };
  for (const { unique, key, on, needs } of side.values()) {
    const own = on === table || (on === undefined && needs.includes(table));
    if (!own) continue;
    if (unique?.some((id) => columns.has(id) && !other.has(id))) return false;
    if (key?.from.some(comesAlike) || key?.to.some((id) => !other.has(id) || side.get(id)?.computed === true)) return false;
  }
  return true;
}

function converts(column: Piece, opposite: Piece): boolean {
  return (
    column.sort === opposite.sort && column.computed === opposite.computed && column.kind?.split(' ')[0] === opposite.kind?.split(' ')[0]
  );
}

function filled(table: Piece, before: Blueprint, after: Blueprint): Filled {
  const given = columnsOf(before, table.id).filter(({ values }) => values !== undefined);
  const keyed = new Set(
    [before, after].flatMap((side) => [...side.values()].flatMap(({ id, unique, primary }) => unique ?? (primary === true ? [id] : []))),
  );
  const mayBeNull = ({ id, nullable }: Piece): boolean =>
    nullable === true && after.get(id)?.nullable !== false && !keyed.has(id) && id.length % 2 === 0;
  const own = table.ownKey === undefined ? [] : [table.ownKey];
  const names = [...own, ...given.map(({ as }) => as)];
  const insert = rowNumbers.map((n, at) => {
    const values = given.map((column) => (at === 2 && mayBeNull(column) ? 'NULL' : column.values?.[at]));
    return `INSERT INTO ${table.as} (${names.join(', ')}) VALUES (${[...own.map(() => `${n}`), ...values].join(', ')})`;
  });
  const at = (same: boolean): string => {
    const columns = given.filter(({ id, sql }) => after.has(id) && (after.get(id)?.sql[0] === sql[0]) === same);
    const kept = same ? columns : columns.filter(({ sort }) => sort === 'number' || sort === 'text');
    return kept.length === 0 ? '' : `SELECT ${kept.map(({ as }) => as).join(', ')} FROM ${table.as}`;
  };
  return { table: table.as, insert: names.length === 0 ? [] : insert, unchanged: at(true), converted: at(false) };
}
