import { canonicalJson } from '../../base/index.ts';
import type { Name } from '../names.ts';
import { readColumn } from './read-column.ts';
import type { ColumnSpec, Conventions, TableSpec } from './spec.ts';
import { below, type Problem, type Spot, wrong } from './spot.ts';

/** What is wrong with default columns: what would be wrong with them in any table, and two of one name. */
export function defaultColumnProblems(columns: readonly ColumnSpec[]): readonly Problem[] {
  const problems: Problem[] = [];
  columns.forEach((column, i) => {
    const spot = { path: [i], problems };
    readColumn(column, false, spot);
    if (columns.findIndex(({ name }) => name === column.name) < i)
      wrong(below(spot, 'name'), `two default columns have the name "${column.name}"`);
  });
  return problems;
}

/**
 * The table with the default columns that it wants: those of the key in front, the others behind. A column of the table's own wins over
 * the default one of its name, and a primary key of its own over default columns that would be one.
 */
export function withDefaultColumns(spec: TableSpec, { defaultColumns = [] }: Conventions, spot?: Spot): TableSpec {
  const { defaultColumns: wanted, ...rest } = spec;
  if (defaultColumns.length === 0 || wanted === false) return rest;
  const unknown = wanted?.find((name) => !defaultColumns.some((column) => column.name === name));
  if (unknown !== undefined && spot !== undefined) wrong(below(spot, 'defaultColumns'), `there is no default column "${unknown}"`);
  const own = new Set<Name>(Array.isArray(rest.columns) ? rest.columns.map(({ name }) => name) : []);
  const hasKey = rest.primaryKey !== undefined || rest.columns.some(({ primaryKey }) => primaryKey === true);
  const added = defaultColumns.filter(
    ({ name, primaryKey }) => !own.has(name) && wanted?.includes(name) !== false && !(hasKey && primaryKey === true),
  );
  const isKey = ({ primaryKey }: ColumnSpec): boolean => primaryKey === true;
  return { ...rest, columns: [...added.filter(isKey), ...rest.columns, ...added.filter((column) => !isKey(column))] };
}

/** Puts down a name that is longer than the naming policy allows. */
export function checkLength(what: string, name: Name, spot: Spot): void {
  const naming = spot.conventions?.naming;
  if (naming === undefined) return;
  const most = naming.identifiers ?? naming.max;
  if (name.length > most) wrong(spot, `the name of ${what} has ${name.length} characters, and the naming policy allows ${most}`);
}

/** What of the conventions decides what code makes: a text that differs where they do, empty where there are none. */
export function conventionsText({ naming, defaultColumns = [] }: Conventions = {}): string {
  return naming === undefined && defaultColumns.length === 0 ? '' : canonicalJson({ naming: naming ?? null, defaultColumns });
}
