import type { ColumnChange } from '../change.ts';
import type { Column, Constraint, Index, IndexPart, Table } from '../model.ts';
import { formatName, type Name } from '../names.ts';
import { arranged } from './arrange.ts';
import { freeName, type Nameable, type Naming } from './naming.ts';
import { nameable } from './read-index.ts';
import type { ColumnReferenceSpec, ColumnSetSpec, ColumnSpec, ConstraintName, ConstraintSpecs, IndexSpec, TableSpec } from './spec.ts';
import { columnOfTableText, given, type Nothing } from './spot.ts';
import { writeTypeParts } from './write-type.ts';
import { writeDefault } from './write-value.ts';

type ConstraintOf<K extends Constraint['kind']> = Extract<Constraint, { readonly kind: K }>;
/** Names that need not be written because the policy gives them again. */
type Unwritten = ReadonlySet<Constraint | Index>;

/** A table as an author would write it: what the defaults and the naming policy give is left out, short constraints stand at columns. */
export function writeTable(table: Table): TableSpec {
  const { kind: _, name, columns, constraints, indexes, options, comment, ...rest } = table;
  nothingUnwritten(rest);
  const unwritten = unwrittenNames(table);
  const atColumns = new Map<Name, ColumnConstraints>();
  const own = constraints.filter((constraint) => !writeAtColumn(constraint, table, unwritten, atColumns));
  const key = constraints.find((constraint) => constraint.kind === 'primaryKey');
  const specs = <K extends Constraint['kind']>(kind: K): readonly ConstraintSpecs[K][] =>
    own
      .filter((constraint): constraint is ConstraintOf<K> => constraint.kind === kind)
      .map((constraint) => writeConstraint(constraint, !unwritten.has(constraint)));
  return {
    name: formatName(name),
    columns: columns.map((column) => ({
      ...writeColumn(column, key?.columns.includes(column.name) === true),
      ...atColumns.get(column.name),
    })),
    ...given({
      primaryKey: specs('primaryKey')[0],
      unique: unlessEmpty(specs('unique')),
      foreignKeys: unlessEmpty(specs('foreignKey')),
      checks: unlessEmpty(specs('check')),
      exclude: unlessEmpty(specs('exclude')),
      indexes: unlessEmpty(indexes.map((index) => writeIndex(index, !unwritten.has(index)))),
      comment,
      options: Object.keys(options).length === 0 ? undefined : options,
    }),
  };
}

/** A column as an author would write it. `inKey`: it belongs to a primary key, so it cannot be empty without saying so. */
export function writeColumn(column: Column, inKey: boolean): ColumnSpec {
  const { name, type, nullable, default: value, identity, generated, collation, comment, extras, ...rest } = column;
  nothingUnwritten(rest);
  return {
    name,
    ...writeTypeParts(type),
    ...given({
      nullable: nullable === !(inKey || identity !== undefined) ? undefined : nullable,
      default: value && writeDefault(value, type),
      identity: identity && (Object.keys(identity).length === 0 ? true : arranged(identity)),
      generated: generated && (generated.stored ? generated.sql : arranged(generated)),
      collation,
      comment,
      extras,
    }),
  };
}

/** What of a column is to be different, as an author would write it. */
export function writeColumnSet(set: ColumnChange): ColumnSetSpec {
  const { type, default: value, identity, generated, ...rest } = set;
  return arranged({
    ...(type === undefined ? {} : writeTypeParts(type)),
    ...rest,
    ...given({
      default: value === undefined || value === null ? value : writeDefault(value, type, true),
      identity: identity && arranged(identity),
      generated: generated && arranged(generated),
    }),
  });
}

/** A constraint as an author would write it; without its name where the policy gives it. */
export function writeConstraint<K extends Constraint['kind']>(constraint: ConstraintOf<K>, withName: boolean): ConstraintSpecs[K] {
  const spec = constraintSpec(constraint, withName);
  return (Array.isArray(spec) || typeof spec === 'string' ? spec : arranged(spec)) as ConstraintSpecs[K];
}

function constraintSpec(constraint: Constraint, withName: boolean): ConstraintSpecs[Constraint['kind']] {
  const { kind, name: given, ...rest } = constraint;
  const name: { readonly name?: ConstraintName } = withName ? { name: given ?? null } : {};
  const bare = Object.keys(rest).length === 1 && !withName;
  switch (constraint.kind) {
    case 'primaryKey':
    case 'unique':
      return bare ? constraint.columns : { ...name, ...(rest as Omit<ConstraintOf<'unique'>, 'kind' | 'name'>) };
    case 'check':
      return bare ? constraint.sql : { ...name, ...(rest as Omit<ConstraintOf<'check'>, 'kind' | 'name'>) };
    case 'foreignKey': {
      const { references, ...others } = rest as Omit<ConstraintOf<'foreignKey'>, 'kind' | 'name'>;
      return { ...name, ...others, references: { table: formatName(references.table), columns: references.columns } };
    }
    case 'exclude':
      return { ...name, ...(rest as Omit<ConstraintOf<'exclude'>, 'kind' | 'name'>) };
  }
}

/** An index as an author would write it; without its name where the policy gives it. */
export function writeIndex({ name, parts, ...rest }: Index, withName: boolean): IndexSpec {
  return arranged({ ...(withName ? { name } : {}), columns: parts.map(writePart), ...rest });
}

function writePart(part: IndexPart): string | IndexPart {
  return part.column !== undefined && Object.keys(part).length === 1 ? part.column : arranged(part);
}

/** Whether the policy gives a constraint or index that stands alone the name that it has. */
export function hasPolicyName(naming: Omit<Naming, 'taken'>, item: Nameable, name: Name | undefined): boolean {
  return name !== undefined && freeName({ ...naming, taken: new Set() }, item) === name;
}

type ColumnConstraints = Pick<ColumnSpec, 'primaryKey' | 'unique' | 'references'>;

/** Puts a constraint of one column at that column if it can be said there and nothing of its kind is there yet. */
function writeAtColumn(constraint: Constraint, table: Table, unwritten: Unwritten, columns: Map<Name, ColumnConstraints>): boolean {
  if (!('columns' in constraint) || constraint.columns.length !== 1) return false;
  const [column = ''] = constraint.columns;
  const already = columns.get(column);
  if (!table.columns.some((existing) => existing.name === column)) return false;
  const spec = columnConstraint(constraint, unwritten.has(constraint));
  if (spec === undefined || Object.keys(spec).some((key) => already !== undefined && key in already)) return false;
  columns.set(column, { ...already, ...spec });
  return true;
}

function columnConstraint(constraint: Constraint, unnamed: boolean): ColumnConstraints | undefined {
  const { kind: _, name, ...rest } = constraint;
  if (name === undefined) return undefined;
  const bare = Object.keys(rest).length === 1;
  switch (constraint.kind) {
    case 'primaryKey':
      return bare && unnamed ? { primaryKey: true } : undefined;
    case 'unique':
      return bare ? { unique: unnamed ? true : name } : undefined;
    case 'foreignKey':
      return constraint.references.columns.length === 1 ? { references: writeReference(constraint, unnamed) } : undefined;
    default:
      return undefined;
  }
}

function writeReference(constraint: ConstraintOf<'foreignKey'>, unnamed: boolean): string | ColumnReferenceSpec {
  const { kind: _, name, columns: __, references, ...options } = constraint;
  const [column = ''] = references.columns;
  if (unnamed && Object.keys(options).length === 0) return columnOfTableText(references.table, column);
  return { table: formatName(references.table), column, ...(unnamed ? {} : given({ name })), ...arranged(options) };
}

/** Names that the policy gives and that no two things of the table share. */
function unwrittenNames(table: Table): Unwritten {
  const count = new Map<Name, number>();
  const items = [...table.constraints, ...table.indexes];
  for (const { name } of items) if (name !== undefined) count.set(name, (count.get(name) ?? 0) + 1);
  const naming = { table: table.name, columns: table.columns.map((column) => column.name) };
  return new Set(
    items.filter((item) => count.get(item.name ?? '') === 1 && hasPolicyName(naming, 'kind' in item ? item : nameable(item), item.name)),
  );
}

/** A property of the model that no writer takes out does not compile. */
export function nothingUnwritten(_: Nothing): void {}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
