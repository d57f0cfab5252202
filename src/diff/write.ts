import { same } from '../base/index.ts';
import {
  type Change,
  type Column,
  type ColumnChange,
  dropOf,
  type Key,
  type QualifiedName,
  referenceTo,
  type StandaloneObject,
  type Table,
  type View,
} from '../schema/index.ts';
import type { Action } from './action.ts';
import type { Edit } from './edit.ts';
import { withoutOwner } from './order.ts';
import { hangingParts, keyOfPart, ownerKeyOf, type Part } from './parts.ts';

/** The changes of actions in their order. Parts of a new table or view are put into it wherever everything they need is there by then. */
export function write(actions: readonly Action[]): readonly Change[] {
  const folded = foldedParts(actions);
  const within = new Set([...folded.values()].flat());
  return actions.filter((action) => !within.has(action)).flatMap((action) => changesOf(action, folded.get(action) ?? []));
}

/** For each table or view that is made, the actions that are done by making it. */
function foldedParts(actions: readonly Action[]): ReadonlyMap<Action, readonly Action[]> {
  const place = new Map(actions.map((action, i) => [action, i]));
  const makers = new Map<Key, Action>();
  for (const action of actions) if (action.verb === 'make' && action.part.kind === 'object') makers.set(action.edit.key, action);
  const folded = new Map<Action, Action[]>();
  const host = new Map<Action, Action>();
  for (const action of actions) {
    const maker = action.verb === 'make' ? makers.get(ownerKeyOf(action.part) ?? '') : undefined;
    if (maker === undefined) continue;
    // Keys between tables come when all tables are there: then a reader finds them together.
    const isAhead = (other: Action): boolean =>
      (place.get(other) ?? 0) < (place.get(maker) ?? 0) && !(other.within && isForeignKey(action));
    const isThere = (other: Action): boolean => other === maker || host.get(other) === maker || isAhead(other);
    if (![...action.after.keys()].every(isThere)) continue;
    host.set(action, maker);
    const own = folded.get(maker);
    if (own === undefined) folded.set(maker, [action]);
    else own.push(action);
  }
  return folded;
}

function isForeignKey({ part }: Action): boolean {
  return part.kind === 'constraint' && part.constraint.kind === 'foreignKey';
}

function changesOf(action: Action, folded: readonly Action[]): readonly Change[] {
  switch (action.verb) {
    case 'drop':
      return [dropped(action.part)];
    case 'make':
      return [made(action.ownerless ? withoutOwner(action.part) : action.part, folded, action), ...stillNullable(action.part)];
    case 'alter':
      return action.ownerless || action.first !== undefined ? replaced(action) : altered(action.edit);
  }
}

function dropped(part: Part): Change {
  switch (part.kind) {
    case 'object':
      return part.object.kind === 'table'
        ? { kind: 'dropTable', table: part.object.name }
        : { kind: 'dropObject', object: referenceTo(part.object) };
    case 'column':
      return { kind: 'dropColumn', table: part.owner.name, name: part.column.name };
    case 'default':
      return { kind: 'alterColumn', table: part.owner.name, name: part.column.name, set: { default: null } };
    case 'constraint':
      return dropOf(part.constraint, part.owner.name);
    case 'index':
      return { kind: 'dropIndex', table: part.owner.name, name: part.index.name };
  }
}

function made(part: Part, folded: readonly Action[], { edit, within }: Action): Change {
  switch (part.kind) {
    case 'object':
      return part.object.kind === 'table'
        ? { kind: 'createTable', table: tableWith(part.object, folded, within) }
        : { kind: 'createObject', object: part.object.kind === 'view' ? viewWith(part.object, folded) : part.object };
    case 'column':
      return { kind: 'addColumn', table: part.owner.name, column: edit.defaultApart ? withoutDefault(part.column) : part.column };
    case 'default':
      return { kind: 'alterColumn', table: part.owner.name, name: part.column.name, set: { default: part.column.default ?? null } };
    case 'constraint':
      return { kind: 'addConstraint', table: part.owner.name, constraint: part.constraint };
    case 'index':
      return { kind: 'createIndex', table: part.owner.name, index: part.index };
  }
}

/** A primary key makes its columns refuse NULL, and not every engine does that. */
function stillNullable(part: Part): readonly Change[] {
  if (part.kind !== 'constraint' || part.constraint.kind !== 'primaryKey') return [];
  const { columns } = part.constraint;
  return part.owner.columns
    .filter(({ name, nullable }) => nullable && columns.includes(name))
    .map(({ name }) => ({ kind: 'alterColumn', table: part.owner.name, name, set: { nullable: true } }));
}

function withoutDefault({ default: _, ...column }: Column): Column {
  return column;
}

function tableWith(table: Table, folded: readonly Action[], within: ReadonlySet<Key> = new Set()): Table {
  const keys = new Set(folded.map(({ edit }) => edit.key));
  const has = (part: Part): boolean => {
    const key = keyOfPart(part);
    return within.has(key) || keys.has(key);
  };
  return {
    ...table,
    columns: table.columns.map((column) => {
      const isApart = column.default !== undefined && 'sql' in column.default && !has({ kind: 'default', owner: table, column });
      return isApart ? withoutDefault(column) : column;
    }),
    constraints: hangingParts(table).flatMap((part) => (part.kind === 'constraint' && has(part) ? [part.constraint] : [])),
    indexes: table.indexes.filter((index) => has({ kind: 'index', owner: table, index })),
  };
}

function viewWith({ indexes = [], ...view }: View, folded: readonly Action[]): View {
  const keys = new Set(folded.map(({ edit }) => edit.key));
  const kept = indexes.filter((index) => keys.has(keyOfPart({ kind: 'index', owner: { ...view, indexes }, index })));
  return kept.length === 0 ? view : { ...view, indexes: kept };
}

/** A sequence that is freed of its owner, or gets one. */
function replaced(action: Action): readonly Change[] {
  const part = action.ownerless ? withoutOwner(action.part) : action.part;
  return part.kind === 'object' && part.object.kind !== 'table' ? [{ kind: 'replaceObject', object: part.object }] : [];
}

function altered({ before, after, defaultApart }: Edit): readonly Change[] {
  if (after?.kind === 'object') return alteredObject(before, after.object);
  if (after?.kind === 'column' && before?.kind === 'column') {
    const set = columnChange(before.column, after.column, defaultApart === true);
    return Object.keys(set).length === 0 ? [] : [{ kind: 'alterColumn', table: after.owner.name, name: after.column.name, set }];
  }
  if (after?.kind === 'constraint' && before?.kind === 'constraint') {
    const { name = '' } = after.constraint;
    const table = after.owner.name;
    const isChecked = 'notValid' in before.constraint && !('notValid' in after.constraint);
    return [
      ...(isChecked ? [{ kind: 'validateConstraint', table, name } as const] : []),
      ...commented({ kind: 'constraint', table, name }, before.constraint, after.constraint),
    ];
  }
  if (after?.kind === 'index' && before?.kind === 'index') {
    return commented({ kind: 'index', table: after.owner.name, name: after.index.name }, before.index, after.index);
  }
  return [];
}

type Commented = Extract<Change, { readonly kind: 'setComment' }>;

function commented(on: Commented['on'], before: object, after: object): readonly Commented[] {
  const [was, is] = [commentOf(before), commentOf(after)];
  return was === is ? [] : [{ kind: 'setComment', on, comment: is }];
}

function commentOf(item: object): string | null {
  return ('comment' in item ? (item.comment as string | undefined) : undefined) ?? null;
}

function alteredObject(before: Part | undefined, after: Table | StandaloneObject): readonly Change[] {
  if (before?.kind !== 'object') return [];
  const was = before.object;
  if (after.kind === 'table') return was.kind === 'table' ? alteredTable(was, after) : [];
  const { comment: _, ...plainBefore } = was;
  const { comment: __, ...plainAfter } = after;
  if (same(plainBefore, plainAfter)) return commented(referenceTo(after), was, after);
  if (after.kind === 'view' && was.kind === 'view') return [{ kind: 'replaceObject', object: withIndexesOf(after, was) }];
  return [{ kind: 'replaceObject', object: after }];
}

/** A view is replaced with the indexes that it has: those that differ have edits of their own. */
function withIndexesOf({ indexes: _, ...view }: View, { indexes }: View): View {
  return indexes === undefined ? view : { ...view, indexes };
}

function alteredTable(before: Table, after: Table): readonly Change[] {
  const names = new Set([...Object.keys(before.options), ...Object.keys(after.options)]);
  const differing = [...names].filter((name) => before.options[name] !== after.options[name]);
  const options = Object.fromEntries(differing.map((name) => [name, after.options[name] ?? null]));
  const table: QualifiedName = after.name;
  return [
    ...(differing.length === 0 ? [] : [{ kind: 'alterTable', table, options } as const]),
    ...commented({ kind: 'table', name: table }, before, after),
  ];
}

const properties = [
  'type',
  'nullable',
  'default',
  'identity',
  'generated',
  'collation',
  'comment',
  'extras',
] as const satisfies readonly (keyof ColumnChange)[];

function columnChange(before: Column, after: Column, defaultApart: boolean): ColumnChange {
  const differing = properties.filter((property) => !(property === 'default' && defaultApart) && !same(before[property], after[property]));
  return Object.fromEntries(differing.map((property) => [property, after[property] ?? null]));
}
