import { closest } from '../base/index.ts';
import { editIndexes } from './apply-index.ts';
import { describe, nameTaken, typeKinds } from './apply-names.ts';
import { belongings, followRename } from './apply-table.ts';
import type { CommentTarget, StandaloneObject } from './change.ts';
import { type EnumType, isAbsent, referenceTo, type Schema, type SchemaObject, type Table } from './model.ts';
import { formatName, keyOf, type ObjectReference, type QualifiedName, sameName, tableKey } from './names.ts';
import { type Apply, editTable, noSuchColumn, noSuchTable, put, type Refusal, refuse, without } from './refusal.ts';
import type { ColumnType } from './types.ts';

type ObjectKinds = 'createObject' | 'replaceObject' | 'dropObject' | 'renameObject' | 'addEnumValue' | 'renameEnumValue' | 'setComment';

export const applyObject: Pick<Apply, ObjectKinds> = {
  createObject: (schema, { object }) => {
    const reference = referenceTo(object);
    return nameTaken(schema, reference) ?? misplaced(schema, object) ?? put(schema, object);
  },

  replaceObject: (schema, { object }) => {
    const reference = referenceTo(object);
    const taken = schema.objects.has(keyOf(reference)) ? undefined : nameTaken(schema, reference);
    return taken ?? misplaced(schema, object) ?? put(schema, object);
  },

  dropObject: (schema, { object: reference }) => {
    const key = keyOf(reference);
    if (!schema.objects.has(key)) return isAbsent(schema, key) ? noSuchObject(schema, reference) : schema;
    const user = userOf(schema, reference);
    if (user !== undefined) return user;
    return without(schema, [key, ...belongings(schema, reference)]);
  },

  renameObject: (schema, { object: reference, to }) => {
    const object = schema.objects.get(keyOf(reference));
    if (object === undefined) return isAbsent(schema, keyOf(reference)) ? noSuchObject(schema, reference) : schema;
    const renamed = { ...object, name: to };
    return nameTaken(schema, referenceTo(renamed)) ?? followObjectRename(put(without(schema, [keyOf(reference)]), renamed), reference, to);
  },

  addEnumValue: (schema, { type, value, before, after }) =>
    editEnum(schema, type, (found) => {
      if (found.values.includes(value)) return refuse(`enum type "${formatName(type)}" already has the value "${value}"`);
      const neighbour = before ?? after;
      if (neighbour === undefined) return { ...found, values: [...found.values, value] };
      const at = found.values.indexOf(neighbour);
      if (at < 0) return refuse(`enum type "${formatName(type)}" has no value "${neighbour}"`);
      return { ...found, values: found.values.toSpliced(before === undefined ? at + 1 : at, 0, value) };
    }),

  renameEnumValue: (schema, { type, from, to }) =>
    editEnum(schema, type, (found) => {
      if (!found.values.includes(from)) return refuse(`enum type "${formatName(type)}" has no value "${from}"`);
      if (found.values.includes(to)) return refuse(`enum type "${formatName(type)}" already has the value "${to}"`);
      return { ...found, values: found.values.map((value) => (value === from ? to : value)) };
    }),

  setComment: (schema, { on, comment }) => {
    if ('table' in on)
      return on.kind === 'index'
        ? commentOnIndex(schema, on, comment)
        : editTable(schema, on.table, (table) => commentInTable(table, on, comment));
    const object = schema.objects.get(keyOf(on));
    if (object === undefined) return isAbsent(schema, keyOf(on)) ? noSuchObject(schema, on) : schema;
    return put(schema, withComment(object, comment));
  },
};

/** Refuses what lies on a table that is not there. */
function misplaced(schema: Schema, object: StandaloneObject): Refusal | undefined {
  if (object.kind !== 'trigger' && object.kind !== 'policy') return undefined;
  const isMissing = isAbsent(schema, tableKey(object.on)) && isAbsent(schema, keyOf({ kind: 'view', name: object.on }));
  return isMissing ? noSuchTable(schema, object.on) : undefined;
}

function noSuchObject(schema: Schema, reference: ObjectReference): Refusal {
  const names = [...schema.objects.values()].filter((object) => object.kind === reference.kind).map((object) => formatName(object.name));
  const near = closest(formatName(reference.name), names);
  return refuse(`there is no ${describe(reference)}${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

function editEnum(schema: Schema, name: QualifiedName, edit: (type: EnumType) => EnumType | Refusal): Schema | Refusal {
  const reference = { kind: 'enum', name } as const;
  const found = schema.objects.get(keyOf(reference));
  if (found === undefined) return isAbsent(schema, keyOf(reference)) ? noSuchObject(schema, reference) : schema;
  if (found.kind !== 'enum') return refuse(`"${formatName(name)}" is no enum type`);
  const edited = edit(found);
  return 'refused' in edited ? edited : put(schema, edited);
}

function usesType(type: ColumnType, name: QualifiedName): boolean {
  if (type.kind === 'array') return usesType(type.of, name);
  return type.kind === 'named' && sameName(type.type, name);
}

/** Refuses that a type goes while something has it, or a namespace while something lies in it. */
function userOf(schema: Schema, reference: ObjectReference): Refusal | undefined {
  for (const object of schema.objects.values()) {
    if (typeKinds.includes(reference.kind) && typesIn(object).some((type) => usesType(type, reference.name))) {
      return refuse(`${describe(reference)} is the type of a part of ${describe(referenceTo(object))}`);
    }
    if (reference.kind === 'namespace' && object.name.schema === reference.name.name) {
      return refuse(`${describe(reference)} is not empty: ${describe(referenceTo(object))} lies in it`);
    }
  }
  return undefined;
}

function typesIn(object: SchemaObject): readonly ColumnType[] {
  switch (object.kind) {
    case 'table':
      return object.columns.map((column) => column.type);
    case 'domain':
      return [object.type];
    case 'composite':
      return object.attributes.map((attribute) => attribute.type);
    default:
      return [];
  }
}

function followObjectRename(schema: Schema, { kind, name: from }: ObjectReference, to: QualifiedName): Schema {
  if (kind === 'namespace') return mapObjects(schema, (object) => moved(object, from.name, to.name));
  if (kind === 'view') return mapObjects(schema, (object) => followRename(object, from, to));
  return typeKinds.includes(kind) ? mapObjects(schema, (object) => retyped(object, from, to)) : schema;
}

function mapObjects(schema: Schema, edit: (object: SchemaObject) => SchemaObject): Schema {
  let next = schema;
  for (const object of schema.objects.values()) {
    const edited = edit(object);
    if (edited !== object) next = put(without(next, [keyOf(referenceTo(object))]), edited);
  }
  return next;
}

/** The object with a type of the database under another name. */
function retyped(object: SchemaObject, from: QualifiedName, to: QualifiedName): SchemaObject {
  if (!typesIn(object).some((type) => usesType(type, from))) return object;
  const renamed = (type: ColumnType): ColumnType => {
    if (type.kind === 'array') return { ...type, of: renamed(type.of) };
    return type.kind === 'named' && sameName(type.type, from) ? { ...type, type: to } : type;
  };
  const withType = <T extends { readonly type: ColumnType }>(one: T): T => ({ ...one, type: renamed(one.type) });
  switch (object.kind) {
    case 'table':
      return { ...object, columns: object.columns.map(withType) };
    case 'domain':
      return withType(object);
    case 'composite':
      return { ...object, attributes: object.attributes.map(withType) };
    default:
      return object;
  }
}

/** The same data with every qualified name of one namespace in another; the very same where there is none. */
function moved<T>(data: T, from: string, to: string): T {
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) {
    const items: readonly unknown[] = data.map((item: unknown) => moved(item, from, to));
    return items.every((item, i) => item === data[i]) ? data : (items as T);
  }
  const isName = 'schema' in data && data.schema === from && 'name' in data;
  const entries = Object.entries(data).map(([key, value]: [string, unknown]) => [
    key,
    isName && key === 'schema' ? to : moved(value, from, to),
  ]);
  const before = Object.values(data);
  return entries.every(([, value], i) => value === before[i]) ? data : (Object.fromEntries(entries) as T);
}

type PartOfTable = Extract<CommentTarget, { readonly table: QualifiedName }>;

function commentOnIndex(schema: Schema, on: PartOfTable, comment: string | null): Schema | Refusal {
  return editIndexes(schema, on.table, (indexes, owner) => {
    if (!indexes.some((index) => index.name === on.name))
      return refuse(`${owner.kind} "${formatName(on.table)}" has no index "${on.name}"`);
    return indexes.map((index) => (index.name === on.name ? withComment(index, comment) : index));
  });
}

function commentInTable(table: Table, on: PartOfTable, comment: string | null): Table | Refusal {
  const list = on.kind === 'column' ? 'columns' : 'constraints';
  const items: readonly { readonly name?: string; readonly comment?: string }[] = table[list];
  if (!items.some((item) => item.name === on.name)) {
    return on.kind === 'column' ? noSuchColumn(table, on.name) : refuse(`table "${formatName(table.name)}" has no ${on.kind} "${on.name}"`);
  }
  return { ...table, [list]: items.map((item) => (item.name === on.name ? withComment(item, comment) : item)) };
}

function withComment<T extends { readonly comment?: string }>(item: T, comment: string | null): T {
  const { comment: _, ...rest } = item;
  return (comment === null ? rest : { ...rest, comment }) as T;
}
