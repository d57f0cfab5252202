import { canonicalJson } from '../base/index.ts';
import {
  type Column,
  type Constraint,
  type Index,
  type Key,
  keyOf,
  partKey,
  type QualifiedName,
  referenceTo,
  type Schema,
  type SchemaObject,
  type Table,
  type View,
} from '../schema/index.ts';

/**
 * What is made, altered and dropped by itself: an object without what hangs on it, or something that hangs on a table or view. The
 * default of a column is a part where it is SQL, because it may need what is made later than its table.
 */
export type Part =
  | { readonly kind: 'object'; readonly object: SchemaObject }
  | { readonly kind: 'column' | 'default'; readonly owner: Table; readonly column: Column }
  /** `nth` tells constraints apart that have no name and say the same. */
  | { readonly kind: 'constraint'; readonly owner: Table; readonly constraint: Constraint; readonly nth?: number }
  | { readonly kind: 'index'; readonly owner: Table | View; readonly index: Index };

/** The key of a part; a constraint without a name is told by all that it says. */
export function keyOfPart(part: Part): Key {
  switch (part.kind) {
    case 'object':
      return keyOf(referenceTo(part.object));
    case 'constraint':
      return partKey('constraint', part.owner.name, part.constraint.name ?? `#${part.nth ?? 0} ${canonicalJson(part.constraint)}`);
    case 'index':
      return partKey('index', part.owner.name, part.index.name);
    default:
      return partKey(part.kind, part.owner.name, part.column.name);
  }
}

/** The key of the table or view that a part hangs on; nothing for an object, which stands for itself. */
export function ownerKeyOf(part: Part): Key | undefined {
  return part.kind === 'object' ? undefined : keyOf(referenceTo(part.owner));
}

/** The parts that hang on a table or view and are made after it; columns are made with it. */
export function hangingParts(object: SchemaObject): readonly Part[] {
  if (object.kind === 'view') return (object.indexes ?? []).map((index) => ({ kind: 'index', owner: object, index }));
  if (object.kind !== 'table') return [];
  return [
    ...object.columns.filter(hasOwnDefault).map((column): Part => ({ kind: 'default', owner: object, column })),
    ...constraintParts(object),
    ...object.indexes.map((index): Part => ({ kind: 'index', owner: object, index })),
  ];
}

function constraintParts(owner: Table): readonly Part[] {
  const seen = new Map<Key, number>();
  return owner.constraints.map((constraint): Part => {
    const part: Part = { kind: 'constraint', owner, constraint };
    if (constraint.name !== undefined) return part;
    const nth = seen.get(keyOfPart(part)) ?? 0;
    seen.set(keyOfPart(part), nth + 1);
    return { ...part, nth };
  });
}

/** Whether the default of a column is a part of its own. */
export function hasOwnDefault({ default: value }: Column): boolean {
  return value !== undefined && 'sql' in value;
}

/** A column with its default: what an edit of the column is about. */
export function withDefault(part: Part, { defaultApart }: { readonly defaultApart?: true }): readonly Part[] {
  return part.kind === 'column' && hasOwnDefault(part.column) && defaultApart !== true ? [part, { ...part, kind: 'default' }] : [part];
}

/** Every part of a schema by its key, columns too. */
export function partsOf(schema: Schema): ReadonlyMap<Key, Part> {
  const parts = new Map<Key, Part>();
  for (const object of schema.objects.values()) {
    for (const part of [{ kind: 'object', object } as const, ...columnParts(object), ...hangingParts(object)])
      parts.set(keyOfPart(part), part);
  }
  return parts;
}

function columnParts(object: SchemaObject): readonly Part[] {
  return object.kind === 'table' ? object.columns.map((column) => ({ kind: 'column', owner: object, column })) : [];
}

/** The columns of a table by their keys. */
export function columnKeys(table: QualifiedName, names: readonly string[]): readonly Key[] {
  return names.map((name) => partKey('column', table, name));
}
