import { closest } from '../base/index.ts';
import type { CommentTarget } from './change.ts';
import { type EnumType, isAbsent, referenceTo, type Schema, type SchemaObject, type Table, tablesOf } from './model.ts';
import { formatName, keyOf, type ObjectReference, type QualifiedName, sameName, tableKey } from './names.ts';
import { type Apply, editTable, noSuchColumn, noSuchTable, put, type Refusal, refuse, without } from './refusal.ts';
import type { ColumnType } from './types.ts';

type ObjectKinds = 'createObject' | 'replaceObject' | 'dropObject' | 'renameObject' | 'addEnumValue' | 'renameEnumValue' | 'setComment';

const word: Readonly<Record<ObjectReference['kind'], string>> = {
  table: 'table',
  view: 'view',
  sequence: 'sequence',
  enum: 'enum type',
  domain: 'domain',
  composite: 'composite type',
  routine: 'routine',
  trigger: 'trigger',
  policy: 'policy',
  extension: 'extension',
  namespace: 'schema',
  opaque: 'object',
};

export const applyObject: Pick<Apply, ObjectKinds> = {
  createObject: (schema, { object }) => {
    const reference = referenceTo(object);
    if (schema.objects.has(keyOf(reference))) return refuse(`there is already a ${describe(reference)}`);
    if (object.kind === 'view' && schema.objects.has(tableKey(object.name))) {
      return refuse(`there is already a table "${formatName(object.name)}"`);
    }
    if ((object.kind === 'trigger' || object.kind === 'policy') && missingOwner(schema, object.on)) return noSuchTable(schema, object.on);
    return put(schema, object);
  },

  replaceObject: (schema, { object }) => put(schema, object),

  dropObject: (schema, { object: reference }) => {
    const key = keyOf(reference);
    if (!schema.objects.has(key)) return isAbsent(schema, key) ? noSuchObject(schema, reference) : schema;
    const user = userOfType(schema, reference);
    if (user !== undefined) return refuse(`${describe(reference)} is the type of a column of "${formatName(user.name)}"`);
    return without(schema, [key]);
  },

  renameObject: (schema, { object: reference, to }) => {
    const object = schema.objects.get(keyOf(reference));
    if (object === undefined) return isAbsent(schema, keyOf(reference)) ? noSuchObject(schema, reference) : schema;
    const renamed = { ...object, name: to } as SchemaObject;
    if (schema.objects.has(keyOf(referenceTo(renamed)))) return refuse(`there is already a ${describe(referenceTo(renamed))}`);
    return followTypeRename(put(without(schema, [keyOf(reference)]), renamed), reference.name, to);
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
    if ('table' in on) return editTable(schema, on.table, (table) => commentInTable(table, on, comment));
    const object = schema.objects.get(keyOf(on));
    if (object === undefined) return isAbsent(schema, keyOf(on)) ? noSuchObject(schema, on) : schema;
    return put(schema, withComment(object, comment));
  },
};

/** `view "active_users"`, `trigger "audit" of "users"`. */
export function describe(reference: ObjectReference): string {
  const owner = reference.on === undefined ? '' : ` of "${formatName(reference.on)}"`;
  return `${word[reference.kind]} "${formatName(reference.name)}"${owner}`;
}

function missingOwner(schema: Schema, name: QualifiedName): boolean {
  return isAbsent(schema, tableKey(name)) && isAbsent(schema, keyOf({ kind: 'view', name }));
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

function userOfType(schema: Schema, reference: ObjectReference): Table | undefined {
  if (reference.kind !== 'enum' && reference.kind !== 'domain' && reference.kind !== 'composite') return undefined;
  return tablesOf(schema).find((table) => table.columns.some((column) => usesType(column.type, reference.name)));
}

function followTypeRename(schema: Schema, from: QualifiedName, to: QualifiedName): Schema {
  const renamed = (type: ColumnType): ColumnType => {
    if (type.kind === 'array') return { ...type, of: renamed(type.of) };
    return type.kind === 'named' && sameName(type.type, from) ? { ...type, type: to } : type;
  };
  let next = schema;
  for (const table of tablesOf(schema)) {
    if (!table.columns.some((column) => usesType(column.type, from))) continue;
    next = put(next, { ...table, columns: table.columns.map((column) => ({ ...column, type: renamed(column.type) })) });
  }
  return next;
}

function commentInTable(
  table: Table,
  on: Extract<CommentTarget, { readonly table: QualifiedName }>,
  comment: string | null,
): Table | Refusal {
  const list = on.kind === 'column' ? 'columns' : on.kind === 'index' ? 'indexes' : 'constraints';
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
