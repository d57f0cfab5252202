import type { Index, Schema, Table, View } from './model.ts';
import { formatName, keyOf, type QualifiedName } from './names.ts';
import { type Apply, editTable, noSuchColumn, put, type Refusal, refuse } from './refusal.ts';

type IndexKinds = 'createIndex' | 'dropIndex' | 'renameIndex';

export const applyIndex: Pick<Apply, IndexKinds> = {
  createIndex: (schema, { table: name, index }) =>
    editIndexes(schema, name, (indexes, owner) => {
      if (indexes.some((existing) => existing.name === index.name)) return alreadyIndex(owner, index.name);
      return (owner.kind === 'table' ? indexFault(owner, index) : undefined) ?? [...indexes, index];
    }),

  dropIndex: (schema, { table: name, name: indexName }) =>
    editIndexes(schema, name, (indexes, owner) =>
      indexes.some((index) => index.name === indexName) ? indexes.filter((index) => index.name !== indexName) : noIndex(owner, indexName),
    ),

  renameIndex: (schema, { table: name, from, to }) =>
    editIndexes(schema, name, (indexes, owner) => {
      if (indexes.some((index) => index.name === to)) return alreadyIndex(owner, to);
      if (!indexes.some((index) => index.name === from)) return noIndex(owner, from);
      return indexes.map((index) => (index.name === from ? { ...index, name: to } : index));
    }),
};

type Owner = Table | View;

/** Edits the indexes of a table or of a materialized view, whichever bears the name. */
export function editIndexes(
  schema: Schema,
  name: QualifiedName,
  edit: (indexes: readonly Index[], owner: Owner) => readonly Index[] | Refusal,
): Schema | Refusal {
  const view = schema.objects.get(keyOf({ kind: 'view', name }));
  if (view?.kind === 'view') {
    const edited = edit(view.indexes ?? [], view);
    if ('refused' in edited) return edited;
    const { indexes: _, ...rest } = view;
    return put(schema, edited.length === 0 ? rest : { ...rest, indexes: edited });
  }
  return editTable(schema, name, (table) => {
    const edited = edit(table.indexes, table);
    return 'refused' in edited ? edited : { ...table, indexes: edited };
  });
}

/** A column of the index that the table does not have. */
export function indexFault(table: Table, index: Index): Refusal | undefined {
  for (const part of index.parts) {
    if (part.column !== undefined && !table.columns.some((column) => column.name === part.column)) {
      return noSuchColumn(table, part.column);
    }
  }
  return undefined;
}

function alreadyIndex({ kind, name }: Owner, index: string): Refusal {
  return refuse(`${kind} "${formatName(name)}" already has an index "${index}"`);
}

function noIndex({ kind, name }: Owner, index: string): Refusal {
  return refuse(`${kind} "${formatName(name)}" has no index "${index}"`);
}
