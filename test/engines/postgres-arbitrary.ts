import { postgres } from '../../src/engines/postgres/index.ts';
import {
  type Change,
  type Column,
  type ColumnType,
  type Constraint,
  type QualifiedName,
  type Schema,
  type Table,
  tablesOf,
} from '../../src/schema/index.ts';

/** Chooses one of a list, which is not empty. */
export type Pick = <T>(list: readonly T[]) => T;

const types: readonly ColumnType[] = [
  { kind: 'integer', bits: 16 },
  { kind: 'integer', bits: 32 },
  { kind: 'integer', bits: 64 },
  { kind: 'decimal', precision: 12, scale: 2 },
  { kind: 'string', length: 10 },
  { kind: 'string', length: 30 },
  { kind: 'text' },
  { kind: 'boolean' },
  { kind: 'date' },
  { kind: 'timestamp', zone: true },
  { kind: 'named', type: { name: 'mood' } },
  { kind: 'array', of: { kind: 'integer', bits: 32 } },
];
const names = ['id', 'a b', 'select', 'Größe', 'note', 'x1', 'quote"d'];
export const tableNames: readonly QualifiedName[] = [
  { name: 'users' },
  { name: 'Order "s"' },
  { schema: 'app', name: 'users' },
  { name: 'log' },
];

/** A literal that every column of the type takes. */
export function literalFor(type: ColumnType, n: number): string {
  switch (type.kind) {
    case 'boolean':
      return n % 2 === 0 ? 'true' : 'false';
    case 'date':
    case 'timestamp':
      return `'2026-01-0${(n % 9) + 1}'`;
    case 'named':
      return n % 2 === 0 ? "'sad'" : "'glad'";
    case 'array':
      return `'{${n}}'`;
    case 'string':
    case 'text':
      return `'${n}'`;
    default:
      return String(n);
  }
}

function defaultFor(type: ColumnType, pick: Pick): Column['default'] {
  switch (type.kind) {
    case 'integer':
      return { value: pick([0, -3, 12]) };
    case 'string':
    case 'text':
      return { value: pick(['', "it's", 'back\\slash']) };
    case 'boolean':
      return { value: pick([true, false]) };
    case 'named':
      return { value: 'glad' };
    case 'timestamp':
      return { sql: 'now()' };
    default:
      return undefined;
  }
}

function newColumn(name: string, pick: Pick): Column {
  const type = pick(types);
  const given = pick([true, false]) ? defaultFor(type, pick) : undefined;
  return {
    name,
    type,
    nullable: given === undefined || pick([true, false]),
    ...(given === undefined ? {} : { default: given }),
    ...(pick([true, false, false]) ? { comment: pick(['a note', "it's"]) } : {}),
  };
}

/** A table with a key `id` and some other columns. */
export function newTable(name: QualifiedName, pick: Pick): Table {
  const others = names.slice(1).filter(() => pick([true, false]));
  const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, ...(pick([true, false]) ? { identity: {} } : {}) };
  const key: Constraint = { kind: 'primaryKey', name: `${name.name}_pkey`, columns: ['id'] };
  return {
    kind: 'table',
    name,
    columns: [id, ...others.map((column) => newColumn(column, pick))],
    constraints: [key],
    indexes: [],
    options: {},
  };
}

/** The name that the enum type has now. */
function moodOf(schema: Schema): QualifiedName {
  return [...schema.objects.values()].find(({ kind }) => kind === 'enum')?.name ?? { name: 'mood' };
}

function inNames(schema: Schema, column: Column): Column {
  return column.type.kind === 'named' ? { ...column, type: { kind: 'named', type: moodOf(schema) } } : column;
}

type Maker = (at: At) => Change | undefined;

interface At {
  readonly schema: Schema;
  readonly pick: Pick;
  readonly table: Table;
  readonly column: Column;
  readonly n: number;
}

/** Makes something of one item of a list, or nothing when the list is empty. */
function from<T>(list: readonly T[], pick: Pick, make: (item: T) => Change): Change | undefined {
  return list.length === 0 ? undefined : make(pick(list));
}

function freeNames(table: Table): readonly string[] {
  return names.filter((name) => !table.columns.some((existing) => existing.name === name));
}

/** Columns that counts and comparisons with numbers fit. */
function numbersOf(table: Table): readonly Column[] {
  return table.columns.filter(({ type }) => type.kind === 'integer');
}

function comparable(table: Table): readonly Column[] {
  return table.columns.filter(({ type }) => type.kind !== 'array');
}

const quoted = (name: string): string => postgres.quote.identifier(name);

const columnMakers: readonly Maker[] = [
  ({ schema, pick, table }) =>
    from(freeNames(table), pick, (name) => ({ kind: 'addColumn', table: table.name, column: inNames(schema, newColumn(name, pick)) })),
  ({ table, column }) => ({ kind: 'dropColumn', table: table.name, name: column.name }),
  ({ pick, table, column }) => from(freeNames(table), pick, (to) => ({ kind: 'renameColumn', table: table.name, from: column.name, to })),
  ({ schema, pick, table, column }) => {
    if (column.identity !== undefined) return undefined;
    // A default of the old type would be kept and printed in another way.
    const { type, default: given } = inNames(schema, newColumn('x', pick));
    return { kind: 'alterColumn', table: table.name, name: column.name, set: { type, default: given ?? null } };
  },
  ({ table, column }) => ({ kind: 'alterColumn', table: table.name, name: column.name, set: { nullable: !column.nullable } }),
  ({ pick, table, column }) => ({
    kind: 'alterColumn',
    table: table.name,
    name: column.name,
    set: { default: null, comment: pick(['new', null]) },
  }),
  ({ pick, table }) =>
    from(numbersOf(table), pick, ({ name }) => ({
      kind: 'alterColumn',
      table: table.name,
      name,
      set: { identity: pick([null, {}, { always: true as const }, { start: 100, increment: 5 }]), nullable: false, default: null },
    })),
];

const constraintMakers: readonly Maker[] = [
  ({ pick, table, n }) =>
    from(comparable(table), pick, ({ name }) => ({
      kind: 'addConstraint',
      table: table.name,
      constraint: { kind: 'unique', name: `u${n}`, columns: [...new Set([name, pick(comparable(table)).name])] },
    })),
  ({ pick, table, n }) =>
    from(numbersOf(table), pick, ({ name }) => ({
      kind: 'addConstraint',
      table: table.name,
      constraint: { kind: 'check', name: `c${n}`, sql: `${quoted(name)} > 0`, ...(pick([true, false]) ? { notValid: true as const } : {}) },
    })),
  ({ schema, pick, table, n }) =>
    from(
      tablesOf(schema).filter((other) => other.constraints.some(({ kind }) => kind === 'primaryKey') && numbersOf(table).length > 0),
      pick,
      (other) => ({
        kind: 'addConstraint',
        table: table.name,
        constraint: {
          kind: 'foreignKey',
          name: `f${n}`,
          columns: [pick(numbersOf(table)).name],
          references: { table: other.name, columns: other.constraints.flatMap((one) => (one.kind === 'primaryKey' ? one.columns : [])) },
          onDelete: pick(['cascade', 'set null', 'restrict'] as const),
        },
      }),
    ),
  ({ pick, table }) => from(table.constraints, pick, ({ name = '' }) => ({ kind: 'dropConstraint', table: table.name, name })),
  ({ pick, table, n }) =>
    from(table.constraints, pick, ({ name = '' }) => ({ kind: 'renameConstraint', table: table.name, from: name, to: `r${n}` })),
  ({ pick, table, column, n }) =>
    from(comparable(table), pick, ({ name }) => ({
      kind: 'createIndex',
      table: table.name,
      index: {
        name: `i${n}`,
        parts: [{ column: name, ...(pick([true, false]) ? { order: 'desc' as const } : {}) }],
        ...(pick([true, false]) ? { where: `${quoted(column.name)} IS NOT NULL` } : {}),
        ...(pick([true, false, false]) ? { include: [column.name] } : {}),
      },
      ...(pick([true, false, false]) ? { concurrently: true as const } : {}),
    })),
  ({ pick, table }) => from(table.indexes, pick, ({ name }) => ({ kind: 'dropIndex', table: table.name, name })),
  ({ pick, table, n }) => from(table.indexes, pick, ({ name }) => ({ kind: 'renameIndex', table: table.name, from: name, to: `ri${n}` })),
];

const tableMakers: readonly Maker[] = [
  ({ pick, table }) => ({ kind: 'renameTable', from: table.name, to: pick(tableNames) }),
  ({ schema, pick }) => {
    const table = newTable(pick(tableNames), pick);
    return { kind: 'createTable', table: { ...table, columns: table.columns.map((column) => inNames(schema, column)) } };
  },
  ({ table }) => ({ kind: 'dropTable', table: table.name }),
  ({ pick, table }) => ({
    kind: 'alterTable',
    table: table.name,
    options: { fillfactor: pick([50, 70, null]), unlogged: pick([true, null]) },
  }),
  ({ pick, table }) => ({ kind: 'setComment', on: { kind: 'table', name: table.name }, comment: pick(['said', null]) }),
  ({ schema }) => ({ kind: 'renameEnumValue', type: moodOf(schema), from: 'sad', to: 'low' }),
  ({ schema }) => ({ kind: 'renameObject', object: { kind: 'enum', name: moodOf(schema) }, to: { name: 'humour' } }),
];

/** A change that may fit: what exists is chosen from the schema, which has a table, the rest at random. */
export function anyChange(schema: Schema, pick: Pick, n: number): Change {
  for (;;) {
    const table = pick(tablesOf(schema));
    const make = pick(pick([columnMakers, columnMakers, constraintMakers, tableMakers]));
    const change = make({ schema, pick, table, column: pick(table.columns), n });
    if (change !== undefined) return change;
  }
}
