import { byText, Failure, topological } from '../base/index.ts';
import type { Engine } from '../contracts/index.ts';
import {
  type Change,
  type Column,
  formatName,
  type QualifiedName,
  type Row,
  type RowValue,
  type Schema,
  sameName,
  type Table,
  tableKey,
  tableOf,
} from '../schema/index.ts';
import { generatedKey, type TableRows } from './rows.ts';

/** What the rows of tables of data were and are. */
export interface RowsBetween {
  readonly was: readonly TableRows[];
  readonly is: readonly TableRows[];
  /** New names of rows begin so; nobody else's do. */
  readonly prefix: string;
}

/** A row that is here already and gets a name. */
export interface NamedHere {
  readonly table: QualifiedName;
  readonly column: string;
  readonly key: RowValue;
  /** The key as it was read. */
  readonly text: string;
  readonly name: string;
}

export interface RowChanges {
  /** Inserts with parents first, updates, and deletes with children first. */
  readonly changes: readonly Change[];
  readonly named: readonly NamedHere[];
}

interface Pair {
  readonly table: Table;
  readonly was: TableRows | undefined;
  readonly is: TableRows;
  readonly generated: Column | undefined;
  /** Names of rows by the text of their keys: those that were there, and new ones. */
  readonly names: Map<string, string>;
}

/**
 * The changes that make the rows that were there those that are there, behind the changes of the structure. Refuses a row with a key that the
 * database gave and no name where it must be told which one it is.
 */
export function rowChanges({ was, is, prefix }: RowsBetween, structure: readonly Change[], after: Schema, engine: Engine): RowChanges {
  const before = renamedRows(was, structure);
  const pairs = inOrder(
    is.flatMap((now): readonly Pair[] => {
      const table = tableOf(after, now.name);
      const old = before.find(({ name }) => sameName(name, now.name));
      return table === undefined
        ? []
        : [{ table, was: old, is: now, generated: generatedKey(table), names: new Map(Object.entries(now.names)) }];
    }),
  );
  const byTable = new Map(pairs.map((pair) => [tableKey(pair.table.name), pair]));
  const named: NamedHere[] = [];
  const fresh = new Map(pairs.map((pair) => [pair, ordered(pair, added(pair))]));
  for (const [pair, rows] of fresh) {
    const column = pair.generated;
    if (column === undefined) continue;
    for (const [i, row] of rows.entries()) {
      const key = keyText(pair.is, row);
      const name = `${prefix}_${i + 1}`;
      pair.names.set(key, name);
      named.push({ table: pair.table.name, column: column.name, key: engine.transfer.value(column, key), text: key, name });
    }
  }
  // What is gone has had its name at the check-out.
  for (const pair of pairs)
    for (const [key, name] of Object.entries(pair.was?.names ?? {})) if (!pair.names.has(key)) pair.names.set(key, name);
  const values: Values = { engine, byTable, after };
  return {
    changes: [
      ...pairs.flatMap((pair) => inserts(pair, fresh.get(pair) ?? [], values)),
      ...pairs.flatMap((pair) => updates(pair, values)),
      ...pairs.toReversed().flatMap((pair) => deletes(pair, values)),
    ],
    named,
  };
}

interface Values {
  readonly engine: Engine;
  readonly after: Schema;
  readonly byTable: ReadonlyMap<string, Pair>;
}

/** The rows of before under the names that tables and columns have now. */
function renamedRows(tables: readonly TableRows[], changes: readonly Change[]): readonly TableRows[] {
  let now = tables;
  for (const change of changes) now = now.map((table) => renamedBy(change, table));
  return now;
}

function renamedBy(change: Change, table: TableRows): TableRows {
  if (change.kind === 'renameTable' && sameName(change.from, table.name)) return { ...table, name: change.to };
  if (change.kind !== 'renameColumn' || !sameName(change.table, table.name)) return table;
  const renamed = (name: string): string => (name === change.from ? change.to : name);
  return { ...table, columns: table.columns.map(renamed), key: table.key.map(renamed) };
}

/** Tables behind those that their foreign keys lead to, else by their names. */
function inOrder(pairs: readonly Pair[]): readonly Pair[] {
  const named = pairs.toSorted((a, b) => byText(formatName(a.table.name), formatName(b.table.name)));
  const sorted = topological(named, ({ table }) =>
    named.filter(
      (other) =>
        other.table !== table &&
        table.constraints.some((one) => one.kind === 'foreignKey' && sameName(one.references.table, other.table.name)),
    ),
  );
  return 'order' in sorted ? sorted.order : named;
}

type TextRow = TableRows['rows'][number];

function keyText({ columns, key }: TableRows, row: TextRow): string {
  const texts = key.map((name) => row[columns.indexOf(name)] ?? null);
  return texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts);
}

function byKey(table: TableRows | undefined): ReadonlyMap<string, TextRow> {
  return new Map((table?.rows ?? []).map((row) => [keyText(table as TableRows, row), row]));
}

function sortedKeys(keys: Iterable<string>): readonly string[] {
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return [...keys].sort((a, b) => compare(a, b) || byText(a, b));
}

function added({ was, is }: Pair): readonly TextRow[] {
  const [old, now] = [byKey(was), byKey(is)];
  return sortedKeys(now.keys()).flatMap((key) => (old.has(key) ? [] : [now.get(key) ?? []]));
}

/** Rows behind those of the same table that they point to. */
function ordered({ table, is }: Pair, rows: readonly TextRow[]): readonly TextRow[] {
  const own = table.constraints.flatMap((one) =>
    one.kind === 'foreignKey' && sameName(one.references.table, table.name) ? [one.columns] : [],
  );
  if (own.length === 0) return rows;
  const keys = new Map(rows.map((row) => [keyText(is, row), row]));
  const sorted = topological(rows, (row) =>
    own.flatMap((columns) => {
      const target = keys.get(keyText({ ...is, key: columns }, row));
      return target === undefined || target === row ? [] : [target];
    }),
  );
  return 'order' in sorted ? sorted.order : rows;
}

function inserts(pair: Pair, rows: readonly TextRow[], values: Values): readonly Change[] {
  if (rows.length === 0) return [];
  const { table, is, generated, names } = pair;
  const written = rows.map((row) => rowOf(pair, is, row, values, (name) => name !== generated?.name));
  return [
    {
      kind: 'insertRows',
      table: table.name,
      rows: written,
      ...(generated === undefined ? {} : { names: rows.map((row) => names.get(keyText(is, row)) ?? null) }),
    },
  ];
}

function updates(pair: Pair, values: Values): readonly Change[] {
  const { table, was, is } = pair;
  if (was === undefined) return [];
  const [old, now] = [byKey(was), byKey(is)];
  return sortedKeys(now.keys()).flatMap((key): readonly Change[] => {
    const [before, row] = [old.get(key), now.get(key)];
    if (before === undefined || row === undefined) return [];
    const differs = new Set(
      is.columns.filter((name, i) => {
        const at = was.columns.indexOf(name);
        if (at >= 0) return before[at] !== row[i];
        // Elsewhere a column that is new holds its default, whatever that comes to there.
        return row[i] !== null || table.columns.find((one) => one.name === name)?.default !== undefined;
      }),
    );
    if (differs.size === 0) return [];
    const set = rowOf(pair, is, row, values, (name) => differs.has(name));
    const old_ = rowOf(pair, was, before, values, (name) => differs.has(name));
    const fresh = Object.fromEntries([...differs].filter((name) => !Object.hasOwn(old_, name)).map((name) => [name, set[name] ?? null]));
    return [{ kind: 'updateRows', table: table.name, set, where: { equals: keyRow(pair, is, row, values) }, was: { ...fresh, ...old_ } }];
  });
}

function deletes(pair: Pair, values: Values): readonly Change[] {
  const { table, was, is } = pair;
  if (was === undefined) return [];
  const [old, now] = [byKey(was), byKey(is)];
  const gone = sortedKeys(old.keys()).flatMap((key) => (now.has(key) ? [] : [old.get(key) ?? []]));
  return ordered({ ...pair, is: was }, gone)
    .toReversed()
    .map((row): Change => {
      const equals = keyRow(pair, was, row, values);
      const rest = rowOf(pair, was, row, values, (name) => !was.key.includes(name) && is.columns.includes(name));
      return { kind: 'deleteRows', table: table.name, where: { equals }, rows: [{ ...equals, ...rest }] };
    });
}

/** Values that say which row it is. */
function keyRow(pair: Pair, from: TableRows, row: TextRow, values: Values): Row {
  if (pair.generated === undefined) return rowOf(pair, from, row, values, (name) => from.key.includes(name));
  return { [pair.generated.name]: reference(pair, keyText(from, row)) };
}

function rowOf(pair: Pair, from: TableRows, row: TextRow, values: Values, wanted: (name: string) => boolean): Row {
  const { table } = pair;
  return Object.fromEntries(
    from.columns.flatMap((name, i) => {
      const column = table.columns.find((one) => one.name === name);
      if (column === undefined || !wanted(name)) return [];
      const text = row[i] ?? null;
      return [[name, text === null ? null : valueIn(table, column, text, values)]];
    }),
  );
}

/** A value as the migration says it: the key that a database gave by the name of its row, everything else as it is. */
function valueIn(table: Table, column: Column, text: string, { engine, byTable, after }: Values): RowValue {
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'foreignKey') continue;
    const at = constraint.columns.indexOf(column.name);
    const { table: name, columns } = constraint.references;
    const target = at < 0 ? undefined : tableOf(after, name);
    const generated = target === undefined ? undefined : generatedKey(target);
    if (generated === undefined || (columns[at] ?? generated.name) !== generated.name) continue;
    const pair = byTable.get(tableKey(name));
    if (pair !== undefined) return reference(pair, text);
    throw new Failure(
      'record.no-name',
      `"${formatName(table.name)}.${column.name}" points to rows of "${formatName(name)}", which have keys of this database and are not recorded`,
      { state: 'nothing was written', fix: [`put "${name.name}" into record.data too`, `take "${table.name.name}" out of it`] },
    );
  }
  return engine.transfer.value(column, text);
}

function reference({ table, names }: Pair, key: string): RowValue {
  const name = names.get(key);
  if (name !== undefined) return { reference: { table: table.name, name } };
  const shown = key.replace(/^[it](?=-?\d)/, '');
  throw new Failure('record.no-name', `the row ${shown} of "${formatName(table.name)}" has a key that this database gave, and no name`, {
    state: 'nothing was written',
  });
}
