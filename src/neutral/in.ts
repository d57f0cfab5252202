import {
  type Column,
  type ColumnType,
  type Constraint,
  formatName,
  type Index,
  type IndexPart,
  type Name,
  type Schema,
  type SchemaObject,
  sameName,
  schemaOf,
  type Table,
  tableOf,
  tablesOf,
} from '../schema/index.ts';
import type { Abilities, Dialect } from './dialect.ts';
import { columnsIn, neutralSpeech, writeExpression } from './expression.ts';
import { given } from './given.ts';
import { columnTitle, type LossName, type LossyMapping, lossOf } from './losses.ts';
import { rangeCheck } from './out.ts';
import { readExpression } from './read-expression.ts';

interface Work {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly losses: LossyMapping[];
  /** Names that are taken: of tables, types and, where the schema has them, of indexes. */
  readonly names: Set<Name>;
  readonly keyNames: Set<Name>;
  readonly types: SchemaObject[];
}

/** Says a neutral structure in an engine's own words, and what the engine cannot say. */
export function fromNeutral(schema: Schema, dialect: Dialect): { readonly schema: Schema; readonly losses: readonly LossyMapping[] } {
  const tables = tablesOf(schema);
  const names = new Set(tables.map(({ name }) => name.name));
  const work: Work = { dialect, schema, losses: [], names, keyNames: new Set(), types: [] };
  const own = tables.map((table) => ownTable(table, work));
  const settled = dialect.abilities.sameKeyTypes ? withKeyTypes(own) : own;
  return { schema: schemaOf([...work.types, ...settled]), losses: work.losses };
}

function ownTable(table: Table, work: Work): Table {
  const { dialect, losses } = work;
  const { abilities } = dialect;
  const keys = keyColumns(table, work.schema);
  const ranges: Constraint[] = [];
  const pointing = new Set(table.constraints.flatMap((one) => (one.kind === 'foreignKey' ? one.columns : [])));
  let counting = 0;
  const columns = table.columns.map((column): Column => {
    const identity = column.identity !== undefined && mayCount(column.name, table, abilities) && ++counting === 1;
    if (column.identity !== undefined && !identity) losses.push(lossOf('identity', columnTitle(table.name, column.name)));
    const use = { inKey: keys.has(column.name), identity };
    const { type, losses: ofType = [], range } = dialect.typeIn(column.type, use);
    for (const name of ofType) losses.push(lossOf(name, columnTitle(table.name, column.name)));
    // What points to a column of the same kind needs no bounds of its own.
    if (range !== undefined && !identity && !pointing.has(column.name)) ranges.push(rangeCheck(column.name, range));
    return ownColumn({ ...column, type: withNamedEnum(type, column, table, work) }, identity, table, work);
  });
  if (table.comment !== undefined && !abilities.comments) losses.push(lossOf('comment', `table ${formatName(table.name)}`));
  const { comment, ...plain } = table;
  return {
    ...plain,
    options: dialect.tableOptions,
    columns,
    constraints: [...table.constraints, ...ranges].flatMap((constraint) => ownConstraint(constraint, table, work)),
    indexes: table.indexes.flatMap((index) => ownIndex(index, table, work)),
    ...given({ comment: abilities.comments ? comment : undefined }),
  };
}

function withNamedEnum(type: ColumnType, { name }: Column, table: Table, work: Work): ColumnType {
  if (type.kind !== 'enum' || !work.dialect.abilities.namedEnums) return type;
  const free = freeName(`${table.name.name}_${name}`, work.names, work.dialect.abilities);
  work.types.push({ kind: 'enum', name: { name: free }, values: type.values });
  return { kind: 'named', type: { name: free } };
}

/** The columns whose values an index must hold as a whole. */
function keyColumns(table: Table, schema: Schema): ReadonlySet<Name> {
  const own = table.constraints.flatMap((one) => ('columns' in one ? one.columns : []));
  const indexed = table.indexes.flatMap(({ unique, parts }) => (unique ? parts.flatMap(({ column }) => column ?? []) : []));
  const pointedTo = tablesOf(schema)
    .flatMap(({ constraints }) => constraints)
    .flatMap((one) => (one.kind === 'foreignKey' && sameName(one.references.table, table.name) ? one.references.columns : []));
  return new Set([...own, ...indexed, ...pointedTo]);
}

function mayCount(name: Name, table: Table, { identity }: Abilities): boolean {
  const lists = table.constraints.flatMap((one) => (one.kind === 'primaryKey' || one.kind === 'unique' ? [one] : []));
  switch (identity) {
    case 'whole primary key':
      return lists.some((one) => one.kind === 'primaryKey' && one.columns.length === 1 && one.columns[0] === name);
    case 'first in a key':
      return lists.some(({ columns }) => columns[0] === name) || table.indexes.some(({ parts }) => parts[0]?.column === name);
    case 'anywhere':
      return true;
  }
}

function ownColumn(column: Column, counts: boolean, table: Table, { dialect, losses }: Work): Column {
  const { name, type, nullable, default: usual, generated, comment } = column;
  const { abilities, speech } = dialect;
  if (comment !== undefined && !abilities.comments) losses.push(lossOf('comment', columnTitle(table.name, name)));
  const computed = generated === undefined ? undefined : readExpression(generated.sql, neutralSpeech);
  return {
    name,
    type,
    nullable,
    ...given({
      identity: counts ? {} : undefined,
      default: usual !== undefined && 'sql' in usual ? { sql: dialect.nowFor(nowIn(usual.sql), type) } : usual,
      generated: computed && { sql: writeExpression(computed, speech), stored: generated?.stored === true || !abilities.virtual },
      comment: abilities.comments ? comment : undefined,
    }),
  };
}

function nowIn(sql: string): 'timestamp' | 'date' {
  return sql === neutralSpeech.now.date ? 'date' : 'timestamp';
}

/** A name that nobody else has: with the table's in front where another table has it, and not longer than names may be. */
function freeName(wanted: Name, taken: Set<Name>, { nameLength }: Abilities): Name {
  const fitting = (name: Name, rest: string): Name => {
    let short = name;
    while (new TextEncoder().encode(short + rest).length > nameLength) short = [...short].slice(0, -1).join('');
    return short + rest;
  };
  let name = fitting(wanted, '');
  for (let n = 2; taken.has(name); n++) name = fitting(wanted, `_${n}`);
  taken.add(name);
  return name;
}

function nameOfSchema(wanted: Name, table: Table, taken: Set<Name>, abilities: Abilities): Name {
  return freeName(taken.has(wanted) ? `${table.name.name}_${wanted}` : wanted, taken, abilities);
}

function own(sql: string, { speech }: Dialect): string | undefined {
  const read = readExpression(sql, neutralSpeech);
  return read === undefined ? undefined : writeExpression(read, speech);
}

function ownConstraint(constraint: Constraint, table: Table, work: Work): readonly Constraint[] {
  const { abilities } = work.dialect;
  const title = `${constraint.kind} ${constraint.name ?? ''} of ${formatName(table.name)}`;
  if (constraint.kind === 'check') return ownCheck(constraint, table, title, work);
  if (constraint.kind === 'exclude') return [];
  const { deferrable, ...plain } = constraint;
  const mayDefer = abilities.deferrable === 'all' || (abilities.deferrable === 'foreign keys' && constraint.kind === 'foreignKey');
  if (deferrable !== undefined && !mayDefer) work.losses.push(lossOf('deferrable', title));
  const kept = given({ deferrable: mayDefer ? deferrable : undefined });
  switch (plain.kind) {
    case 'primaryKey':
      return [{ ...plain, ...kept }];
    case 'unique':
      return [{ ...ownUnique(plain, table, title, work), ...kept }];
    case 'foreignKey':
      return [{ ...ownForeignKey(plain, table, title, work), ...kept }];
  }
}

type Kind<K extends Constraint['kind']> = Extract<Constraint, { readonly kind: K }>;

function ownCheck(constraint: Kind<'check'>, table: Table, title: string, { dialect, losses }: Work): readonly Constraint[] {
  const read = readExpression(constraint.sql, neutralSpeech);
  if (read === undefined) return [];
  if (dialect.abilities.checksOfFollowers || !columnsIn(read).some((name) => isFollower(name, table)))
    return [{ ...constraint, sql: writeExpression(read, dialect.speech) }];
  losses.push(lossOf('check-expression', title));
  return [];
}

function ownUnique(constraint: Kind<'unique'>, table: Table, title: string, { dialect, losses, names }: Work): Kind<'unique'> {
  const { abilities } = dialect;
  const { kind, columns, nullsNotDistinct, name, comment } = constraint;
  if (nullsNotDistinct && !abilities.nullsNotDistinct) losses.push(lossOf('nulls-not-distinct', title));
  return {
    kind,
    columns,
    ...given({
      name: name !== undefined && abilities.indexNamesOfSchema ? nameOfSchema(name, table, names, abilities) : name,
      nullsNotDistinct: abilities.nullsNotDistinct ? nullsNotDistinct : undefined,
      comment: abilities.comments ? comment : undefined,
    }),
  };
}

function ownForeignKey(
  constraint: Kind<'foreignKey'>,
  table: Table,
  title: string,
  { dialect, losses, keyNames }: Work,
): Kind<'foreignKey'> {
  const { abilities } = dialect;
  const { kind, columns, references, match, onDelete, onUpdate, name } = constraint;
  const able = (action: typeof onDelete): typeof onDelete => (action === 'set default' && !abilities.setDefault ? undefined : action);
  const kept = { match: abilities.matchFull ? match : undefined, onDelete: able(onDelete), onUpdate: able(onUpdate) };
  if (kept.match !== match || kept.onDelete !== onDelete || kept.onUpdate !== onUpdate) losses.push(lossOf('foreign-key-action', title));
  const free = name !== undefined && abilities.keyNamesOfSchema ? nameOfSchema(name, table, keyNames, abilities) : name;
  return { kind, columns, references, ...given({ ...kept, name: free }) };
}

/** Whether the column becomes another value when that of the row it points to does. */
function isFollower(name: Name, { constraints }: Table): boolean {
  const follows = (action: string | undefined): boolean => action === 'cascade' || action === 'set null';
  return constraints.some(
    (one) => one.kind === 'foreignKey' && one.columns.includes(name) && (follows(one.onUpdate) || one.onDelete === 'set null'),
  );
}

function ownIndex(index: Index, table: Table, { dialect, losses, names }: Work): readonly Index[] {
  const { abilities } = dialect;
  const title = `index ${index.name} of ${formatName(table.name)}`;
  const lost = lossOfIndex(index, abilities);
  if (lost !== undefined) {
    losses.push(lossOf(lost, title));
    return [];
  }
  const { include, where, nullsNotDistinct, comment, unique } = index;
  if (include !== undefined && !abilities.include) losses.push(lossOf('index-include', title));
  if (nullsNotDistinct && !abilities.nullsNotDistinct) losses.push(lossOf('nulls-not-distinct', title));
  const name = abilities.indexNamesOfSchema ? nameOfSchema(index.name, table, names, abilities) : index.name;
  const parts = index.parts.map(({ column, sql, order }) => {
    const type = table.columns.find((one) => one.name === column)?.type;
    const isCut = !unique && type !== undefined && isUnbounded(type);
    return given({ column, sql: sql && own(sql, dialect), order, length: isCut ? abilities.prefixLength : undefined }) as IndexPart;
  });
  const kept = {
    unique,
    include: abilities.include ? include : undefined,
    where: where && own(where, dialect),
    nullsNotDistinct: abilities.nullsNotDistinct ? nullsNotDistinct : undefined,
    comment: abilities.comments ? comment : undefined,
  };
  return [{ name, parts, ...given(kept) }];
}

function lossOfIndex({ parts, where }: Index, abilities: Abilities): LossName | undefined {
  if (where !== undefined && !abilities.partialIndexes) return 'partial-index';
  return !abilities.expressionIndexes && parts.some(({ sql }) => sql !== undefined) ? 'expression-index' : undefined;
}

/** Whether a text or binary value may be longer than an index can hold. */
export function isUnbounded(type: ColumnType): boolean {
  switch (type.kind) {
    case 'text':
    case 'json':
    case 'array':
      return true;
    case 'string':
    case 'binary':
      return type.length === undefined || type.length > 768;
    default:
      return false;
  }
}

/** Gives each column of a foreign key the type of the column that it points to, however long the chain. */
function withKeyTypes(tables: readonly Table[]): readonly Table[] {
  let current = tables;
  for (let round = 0; round < tables.length; round++) {
    const schema = schemaOf(current);
    const next = current.map((table) => {
      const types = new Map<Name, ColumnType>();
      for (const constraint of table.constraints) {
        if (constraint.kind !== 'foreignKey') continue;
        const parent = tableOf(schema, constraint.references.table);
        for (const [i, name] of constraint.columns.entries()) {
          const type = parent?.columns.find((column) => column.name === constraint.references.columns[i])?.type;
          if (type !== undefined) types.set(name, type);
        }
      }
      return { ...table, columns: table.columns.map((column) => ({ ...column, type: types.get(column.name) ?? column.type })) };
    });
    if (JSON.stringify(next) === JSON.stringify(current)) return next;
    current = next;
  }
  return current;
}
