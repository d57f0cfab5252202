import type { Change } from './change.ts';
import { type Schema, type Table, tableOf } from './model.ts';
import type { Name, QualifiedName } from './names.ts';

/**
 * What a change of an index or constraint means on this structure. A unique index and a unique constraint are two words for nearly one
 * thing, and on MySQL for one thing: whoever names the one where there is only the other means that.
 */
export function asMeant(change: Change, before: Schema): Change {
  switch (change.kind) {
    case 'dropIndex':
      return isKey(before, change.table, change.name) ? { kind: 'dropConstraint', table: change.table, name: change.name } : change;
    case 'renameIndex':
      return isKey(before, change.table, change.from) ? { ...change, kind: 'renameConstraint' } : change;
    case 'dropConstraint':
      return isIndex(before, change.table, change.name) ? { kind: 'dropIndex', table: change.table, name: change.name ?? '' } : change;
    case 'renameConstraint':
      return isIndex(before, change.table, change.from) ? { ...change, kind: 'renameIndex' } : change;
    default:
      return change;
  }
}

function isKey(schema: Schema, table: QualifiedName, name: Name): boolean {
  const found = tableOf(schema, table);
  return found !== undefined && !hasIndex(found, name) && found.constraints.some((one) => one.kind === 'unique' && one.name === name);
}

function isIndex(schema: Schema, table: QualifiedName, name: Name | undefined): boolean {
  const found = tableOf(schema, table);
  if (found === undefined || name === undefined || found.constraints.some((constraint) => constraint.name === name)) return false;
  return found.indexes.some((index) => index.unique === true && index.name === name);
}

function hasIndex(table: Table, name: Name): boolean {
  return table.indexes.some((index) => index.name === name);
}
