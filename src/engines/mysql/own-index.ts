import { byText } from '../../base/index.ts';
import {
  apply,
  type Change,
  type Constraint,
  type Name,
  type QualifiedName,
  type Schema,
  type Table,
  tableOf,
} from '../../schema/index.ts';

/** An index that stands for nothing in the model: a foreign key or a counting column cannot be without one. */
export interface OwnIndex {
  readonly name: Name;
  readonly columns: readonly Name[];
}

const longestName = 64;

/**
 * The name that a constraint has, or is given when the model has none, so that it can be found again. A check without a name is left
 * to the server: what it will be called depends on all others.
 */
export function constraintName(table: QualifiedName, constraint: Constraint): Name | undefined {
  if (constraint.name !== undefined) return constraint.name;
  switch (constraint.kind) {
    case 'unique':
      return madeName([table.name, ...constraint.columns], '_key');
    case 'foreignKey':
      return madeName([table.name, ...constraint.columns], '_fkey');
    default:
      return undefined;
  }
}

function madeName(parts: readonly string[], ending: string): Name {
  return `${parts.join('_').slice(0, longestName - ending.length)}${ending}`;
}

/**
 * The indexes that foreign keys and a counting column need and that no key or index of the table gives them. The server makes the one
 * of a foreign key by itself, under the key's name: https://dev.mysql.com/doc/refman/8.4/en/constraint-foreign-key.html. In the model
 * it belongs to the key: it comes, stays and goes with it.
 */
export function ownIndexes(table: Table): readonly OwnIndex[] {
  const needed: OwnIndex[] = table.constraints
    .flatMap((constraint) => {
      const name = constraint.kind === 'foreignKey' ? constraintName(table.name, constraint) : undefined;
      return constraint.kind === 'foreignKey' && name !== undefined ? [{ name, columns: constraint.columns }] : [];
    })
    // A longer key serves the shorter ones that it begins with, and of two over the same columns the first by name the other.
    .sort((a, b) => b.columns.length - a.columns.length || byText(a.name, b.name));
  const counting = table.columns.find((column) => column.identity !== undefined);
  if (counting !== undefined) needed.push({ name: counting.name, columns: [counting.name] });
  const own: OwnIndex[] = [];
  const given = leadingColumns(table);
  for (const index of needed) {
    if ([...given, ...own.map((other) => other.columns)].some((columns) => beginsWith(columns, index.columns))) continue;
    own.push(index);
  }
  return own;
}

/** The columns of every key and index that can serve for looking up, in their order, as far as they are indexed whole. */
function leadingColumns(table: Table): readonly (readonly Name[])[] {
  const keys = table.constraints.flatMap((constraint) =>
    (constraint.kind === 'primaryKey' || constraint.kind === 'unique') && constraint.extras?.['parts'] === undefined
      ? [constraint.columns]
      : [],
  );
  const indexes = table.indexes
    .filter((index) => index.method === undefined || index.method === 'btree')
    .map((index) => {
      const partial = index.parts.findIndex((part) => part.column === undefined || part.length !== undefined);
      return index.parts.slice(0, partial < 0 ? undefined : partial).map((part) => part.column ?? '');
    });
  return [...keys, ...indexes];
}

function beginsWith(columns: readonly Name[], beginning: readonly Name[]): boolean {
  return beginning.every((column, i) => columns[i] === column);
}

/**
 * What a change does to the indexes that the model leaves out, where the table is known: names that go, and indexes that come. The
 * server drops one that it made by itself as soon as another key wants its place; one that is to stay is therefore made again by name.
 */
export function ownIndexChanges(
  change: Change,
  table: QualifiedName,
  before: Schema,
): { readonly drop: readonly Name[]; readonly add: readonly OwnIndex[] } {
  const then = tableOf(before, table);
  const after = apply(before, change);
  const now = 'refused' in after ? undefined : tableOf(after, table);
  if (then === undefined || now === undefined) return { drop: [], add: [] };
  const [old, own] = [ownIndexes(then), ownIndexes(now)];
  const key = change.kind === 'addConstraint' && change.constraint.kind === 'foreignKey' ? change.constraint : undefined;
  const stays = (index: OwnIndex): boolean => own.some((other) => other.name === index.name);
  const wanted = (index: OwnIndex): boolean => key !== undefined && stays(index) && beginsWith(index.columns, key.columns);
  return {
    drop: old.filter((index) => !stays(index) || wanted(index)).map((index) => index.name),
    add: own.filter((index) => !old.some((other) => other.name === index.name) || wanted(index)),
  };
}
