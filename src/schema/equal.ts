import { byText, canonicalJson, same } from '../base/index.ts';
import type { Schema, SchemaObject } from './model.ts';

/**
 * One text for one structure: objects by key; columns, constraints and indexes by name, because their physical order is no part of
 * the structure. Two schemas are equal exactly when their texts are.
 */
export function canonicalSchema(schema: Schema): string {
  const objects = [...schema.objects].sort(([a], [b]) => byText(a, b)).map(([key, object]) => [key, canonicalObject(object)]);
  return canonicalJson(objects);
}

/** Whether two structures are equal, without writing them down as far as they say the same in the same order. */
export function sameSchema(a: Schema, b: Schema): boolean {
  const isSame = (one: SchemaObject, other: SchemaObject): boolean =>
    same(one, other) || canonicalJson(canonicalObject(one)) === canonicalJson(canonicalObject(other));
  if (a.objects.size !== b.objects.size) return false;
  for (const [key, one] of a.objects) {
    const other = b.objects.get(key);
    if (other === undefined || !isSame(one, other)) return false;
  }
  return true;
}

function canonicalObject(object: SchemaObject): unknown {
  if (object.kind === 'view') return { ...object, indexes: [...(object.indexes ?? [])].sort((a, b) => byText(a.name, b.name)) };
  if (object.kind !== 'table') return object;
  return {
    ...object,
    columns: [...object.columns].sort((a, b) => byText(a.name, b.name)),
    constraints: object.constraints.map((constraint) => canonicalJson(constraint)).sort(byText),
    indexes: [...object.indexes].sort((a, b) => byText(a.name, b.name)),
  };
}
