import type { Engine, Server } from '../contracts/index.ts';
import { apply, type Key, keyOf, type Schema, tableKey } from '../schema/index.ts';
import { rendered, type Way } from './way.ts';

/**
 * The same way in forms that let others go on working. They pay only where each is committed by itself, so that the way no longer runs whole or
 * not at all. What the way itself makes holds nothing and nobody up, and keeps its plain form; a way without such forms is given as it is.
 */
export function onlineWay(way: Way, from: Schema, means: { readonly engine: Engine; readonly server: Server }): Way {
  const { online } = means.engine.diff;
  if (online === undefined) return way;
  const made = new Set<Key>();
  let schema = from;
  let isOther = false;
  const parts: Way['parts'][number][] = [];
  for (const part of way.parts) {
    const { change } = part;
    if (change.kind === 'createTable') made.add(tableKey(change.table.name));
    if (change.kind === 'createObject') made.add(keyOf(change.object));
    const isNew = 'table' in change && change.kind !== 'createTable' && isMade(change.table, made);
    const forms = isNew ? undefined : online(change, schema);
    if (forms === undefined) parts.push(part);
    else {
      parts.push(...rendered(forms, schema, means).parts);
      isOther = true;
    }
    const next = apply(schema, change);
    // Of what the model cannot follow, the table that a later change is about is known from before.
    if (!('refused' in next)) schema = next;
  }
  if (!isOther) return way;
  return {
    ...way,
    changes: parts.map((part) => part.change),
    parts,
    statements: parts.flatMap(({ statements }) => statements),
    transaction: false,
  };
}

function isMade(table: Parameters<typeof tableKey>[0], made: ReadonlySet<Key>): boolean {
  return made.has(tableKey(table)) || made.has(keyOf({ kind: 'view', name: table }));
}
