import type { Engine } from '../contracts/index.ts';
import {
  type Change,
  type Constraint,
  type Key,
  keyOf,
  mentions,
  referenceTo,
  type Schema,
  type SchemaObject,
  type Table,
  tableOf,
} from '../schema/index.ts';

/**
 * The part of a structure that rows come into: tables without foreign keys and indexes that can follow, and without anything that would
 * act on rows or keep some of its own.
 */
export function bareSchema(schema: Schema, { transfer }: Engine): Schema {
  const later = laterObjects(schema, transfer);
  const objects = new Map<Key, SchemaObject>();
  for (const [key, object] of schema.objects) {
    if (later.has(key)) continue;
    objects.set(key, object.kind === 'table' ? bareTable(object, transfer.keysWithTables) : object);
  }
  return { ...schema, objects };
}

function bareTable(table: Table, keysWithTables: boolean): Table {
  if (keysWithTables) return { ...table, indexes: [] };
  const counting = new Set(table.columns.filter(({ identity }) => identity !== undefined).map(({ name }) => name));
  // A column that counts needs a key that begins with it on some engines; partitions share the keys of their table.
  const isPartitioned = table.options['partitionBy'] !== undefined || table.options['partitionOf'] !== undefined;
  const stays = (constraint: Constraint): boolean => {
    if (constraint.kind === 'foreignKey') return false;
    if (constraint.kind !== 'unique' && constraint.kind !== 'exclude') return true;
    return isPartitioned || (constraint.kind === 'unique' && counting.has(constraint.columns[0] ?? ''));
  };
  return {
    ...table,
    constraints: table.constraints.filter(stays),
    indexes: table.indexes.filter(({ parts }) => isPartitioned || counting.has(parts[0]?.column ?? '')),
  };
}

/** Triggers, views with rows, and whatever needs them. */
function laterObjects(schema: Schema, transfer: Engine['transfer']): ReadonlySet<Key> {
  const later = new Set<Key>();
  for (const [key, object] of schema.objects) if (isLater(object, transfer)) later.add(key);
  for (let size = -1; size !== later.size; ) {
    size = later.size;
    const names = [...later].flatMap((key) => schema.objects.get(key)?.name.name ?? []);
    const follows = (key: Key, object: SchemaObject): boolean =>
      schema.facts?.needs.get(key)?.some((one) => later.has(one)) === true || names.some((name) => mentions(textOf(object), name));
    for (const [key, object] of schema.objects) if (object.kind !== 'table' && follows(key, object)) later.add(key);
  }
  return later;
}

function textOf(object: SchemaObject): string {
  return 'query' in object ? object.query : 'definition' in object ? object.definition : '';
}

function isLater(object: SchemaObject, transfer: Engine['transfer']): boolean {
  switch (object.kind) {
    case 'trigger':
    case 'policy':
      return true;
    case 'view':
      return object.materialized === true;
    case 'opaque':
      return transfer.isLater(object.type);
    default:
      return false;
  }
}

/** Whether what a change makes is there already: a copy that was broken off goes on behind what it has made. */
export function isDone(change: Change, present: Schema): boolean {
  switch (change.kind) {
    case 'createTable':
      return tableOf(present, change.table.name) !== undefined;
    case 'createObject':
      return present.objects.has(keyOf(referenceTo(change.object)));
    case 'createIndex':
      return tableOf(present, change.table)?.indexes.some(({ name }) => name === change.index.name) === true;
    case 'addConstraint':
      return tableOf(present, change.table)?.constraints.some((one) => isSame(one, change.constraint)) === true;
    default:
      return false;
  }
}

function isSame(one: Constraint, other: Constraint): boolean {
  if (one.kind !== other.kind) return false;
  if (other.name !== undefined) return one.name === other.name;
  if (!('columns' in one) || !('columns' in other)) return false;
  return one.columns.join('\0') === other.columns.join('\0');
}
