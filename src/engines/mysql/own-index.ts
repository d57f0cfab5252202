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

/** The columns of every key and index that can serve for looking up. */
function leadingColumns(table: Table): readonly (readonly Name[])[] {
  const indexes = table.indexes.filter((index) => index.method === undefined || index.method === 'btree');
  return keyColumns({ ...table, indexes }).map(({ columns }) => columns);
}

function beginsWith(columns: readonly Name[], beginning: readonly Name[]): boolean {
  return beginning.every((column, i) => columns[i] === column);
}

/**
 * What a change does, beside what it says, to the indexes of a table that is known: names that go, and indexes that come. What the model
 * leaves out comes and goes with what needs it. An index that the server made by itself for a foreign key it also drops by itself, without
 * a word, as soon as another key begins with the same columns, even when the foreign key has long gone; nothing tells such an index from
 * one that was made by hand. So each that may be one and is to stay is made again by name in the same statement, which keeps it. Where it
 * was made by hand the server finds nothing to do.
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
  const has = (list: readonly OwnIndex[], { name }: OwnIndex): boolean => list.some((other) => other.name === name);
  const keys = arriving(change, then, now);
  // Of two indexes that the server would make for foreign keys it keeps the longer one.
  const isKept = ({ columns }: OwnIndex): boolean =>
    keys.some((key) => beginsWith(key.columns, columns) || (key.isForeign && beginsWith(columns, key.columns)));
  const kept = [...old.filter((index) => has(own, index)), ...plainIndexes(then).filter((index) => has(plainIndexes(now), index))];
  return {
    drop: [...old.filter((index) => !has(own, index)), ...kept.filter(isKept)].map(({ name }) => name),
    add: [...own.filter((index) => !has(old, index)), ...kept.filter(isKept)],
  };
}

/** Indexes as the server makes them by itself: over whole columns, with nothing else said of them. */
function plainIndexes({ indexes }: Table): readonly OwnIndex[] {
  return indexes.flatMap(({ name, parts, ...rest }) => {
    const columns = parts.flatMap((part) => (part.length === undefined && part.order === undefined ? (part.column ?? []) : []));
    const isPlain = columns.length === parts.length && Object.values(rest).every((value) => value === undefined);
    return isPlain ? [{ name, columns }] : [];
  });
}

interface ArrivingKey {
  readonly columns: readonly Name[];
  readonly isForeign: boolean;
}

/** The columns of every key that a change brings, of whatever kind. */
function arriving(change: Change, then: Table, now: Table): readonly ArrivingKey[] {
  const say = ({ name, columns }: OwnIndex): string => [name, ...columns].join('\0');
  const known = new Set([...keyColumns(then), ...ownIndexes(then)].map(say));
  const keys = [...keyColumns(now), ...ownIndexes(now)].filter((key) => !known.has(say(key)));
  const foreign = change.kind === 'addConstraint' && change.constraint.kind === 'foreignKey' ? [change.constraint] : [];
  return [...keys.map(({ columns }) => ({ columns, isForeign: false })), ...foreign.map(({ columns }) => ({ columns, isForeign: true }))];
}

/** Every key and index of a table with its columns, as far as they are indexed whole. */
function keyColumns({ name: table, constraints, indexes }: Table): readonly OwnIndex[] {
  return [
    ...constraints.flatMap((constraint) =>
      (constraint.kind === 'primaryKey' || constraint.kind === 'unique') && constraint.extras?.['parts'] === undefined
        ? [{ name: constraintName(table, constraint) ?? 'PRIMARY', columns: constraint.columns }]
        : [],
    ),
    ...indexes.map(({ name, parts }) => {
      const end = parts.findIndex((part) => part.column === undefined || part.length !== undefined);
      return { name, columns: parts.slice(0, end < 0 ? undefined : end).map((part) => part.column ?? '') };
    }),
  ];
}
