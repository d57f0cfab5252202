import { apply, type Change, type Name, type Refusal, type Schema, type SchemaObject, type Table, tablesOf } from '../schema/index.ts';
import { textsOf } from './needs.ts';

interface Respelled {
  readonly changes: readonly Change[];
  /** The structure after these changes, as far as it is certain. */
  readonly from: Schema;
}

/**
 * Renames tables and columns whose names differ only in a way in which the engine does not tell names apart. An engine writes a new
 * spelling into texts in its own way, so views and triggers that have one in them are taken as different.
 */
export function respelled(from: Schema, to: Schema, fold: (name: Name) => Name): Respelled | Refusal {
  const wanted = new Map(tablesOf(to).map((table) => [keyOfTable(table, fold), table]));
  const changes: Change[] = [];
  const spellings = new Set<Name>();
  for (const table of tablesOf(from)) {
    const after = wanted.get(keyOfTable(table, fold));
    if (after === undefined) continue;
    if (after.name.name !== table.name.name) changes.push({ kind: 'renameTable', from: table.name, to: after.name });
    const columns = new Map(after.columns.map(({ name }) => [fold(name), name]));
    for (const { name } of table.columns) {
      const other = columns.get(fold(name)) ?? name;
      if (other !== name) changes.push({ kind: 'renameColumn', table: after.name, from: name, to: other });
    }
  }
  let next = from;
  for (const change of changes) {
    const applied = apply(next, change);
    if ('refused' in applied) return applied;
    next = applied;
    if (change.kind === 'renameTable') spellings.add(fold(change.from.name));
    if (change.kind === 'renameColumn') spellings.add(fold(change.from));
  }
  if (changes.length === 0) return { changes, from };
  const objects = new Map([...next.objects].map(([key, object]) => [key, uncertain(object, spellings, fold)]));
  return { changes, from: { ...next, objects } };
}

function keyOfTable({ name }: Table, fold: (name: Name) => Name): string {
  return `${name.schema ?? ''}\0${fold(name.name)}`;
}

function uncertain(object: SchemaObject, spellings: ReadonlySet<Name>, fold: (name: Name) => Name): SchemaObject {
  if (object.kind !== 'view' && object.kind !== 'trigger') return object;
  const text = fold(textsOf({ kind: 'object', object }).join(' '));
  if (![...spellings].some((name) => text.includes(name))) return object;
  return object.kind === 'view' ? { ...object, query: '' } : { ...object, definition: '' };
}
