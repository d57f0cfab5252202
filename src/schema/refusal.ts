import { closest } from '../base/index.ts';
import type { ChangeKind, Of } from './change.ts';
import { changed } from './layers.ts';
import { isAbsent, referenceTo, type Schema, type SchemaObject, type Table, tableOf, tablesOf } from './model.ts';
import { formatName, type Key, keyOf, type QualifiedName, tableKey } from './names.ts';

/** Why a change does not fit a structure: one sentence in the reader's words. */
export interface Refusal {
  readonly refused: string;
}

/** Why a change has no way back. */
export interface Irreversible {
  readonly irreversible: string;
}

/** A pure function for every kind of change: the structure after it, or why it does not fit. */
export type Apply = { readonly [K in ChangeKind]: (schema: Schema, change: Of<K>) => Schema | Refusal };

export function refuse(refused: string): Refusal {
  return { refused };
}

/**
 * Runs `edit` on the table when it is known. A table that is known to be missing is refused with the nearest name; about one outside
 * the scope nothing can be said, so the schema stays as it is.
 */
export function editTable(schema: Schema, name: QualifiedName, edit: (table: Table) => Table | Refusal): Schema | Refusal {
  const table = tableOf(schema, name);
  if (table === undefined) return isAbsent(schema, tableKey(name)) ? noSuchTable(schema, name) : schema;
  const edited = edit(table);
  return 'refused' in edited ? edited : put(schema, edited);
}

export function noSuchTable(schema: Schema, name: QualifiedName): Refusal {
  const near = closest(
    formatName(name),
    tablesOf(schema).map((table) => formatName(table.name)),
  );
  return refuse(`there is no table "${formatName(name)}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

export function noSuchColumn(table: Table, column: string): Refusal {
  const near = closest(
    column,
    table.columns.map((existing) => existing.name),
  );
  return refuse(`table "${formatName(table.name)}" has no column "${column}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

/** The schema with one object put in or replaced. */
export function put(schema: Schema, object: SchemaObject): Schema {
  return { ...schema, objects: changed(schema.objects, [], [keyOf(referenceTo(object)), object]) };
}

/** The schema without some objects, which are known to be absent from now on. */
export function without(schema: Schema, keys: readonly Key[]): Schema {
  return { objects: changed(schema.objects, keys), scope: schema.scope === 'all' ? 'all' : new Set([...schema.scope, ...keys]) };
}
