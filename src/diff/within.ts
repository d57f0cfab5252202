import { type Key, type Schema, type Table, tableKey } from '../schema/index.ts';
import type { Edit, Edits } from './edit.ts';
import { certainNeeds, suggestedNeeds } from './needs.ts';
import { columnKeys, type Part } from './parts.ts';

interface Around {
  readonly to: Schema;
  /** Made and altered objects by their bare names. */
  readonly names: ReadonlyMap<string, readonly Key[]>;
  /** Whether something that goes has a name that a part takes. */
  isTaken(part: Part): boolean;
}

/**
 * Finds the parts of new tables that need nothing but their table: nothing can come between the two, so such a part is made within its
 * table and is no step of its own. Most of what is made is like this, and an order costs by its steps. Gives them by the keys of the tables.
 */
export function withinTables(edits: Edits, around: Around): ReadonlyMap<Key, ReadonlySet<Key>> {
  const within = new Map<Key, Set<Key>>();
  const heirs = withHeirs(around.to);
  for (const { key, before, after } of edits.values()) {
    if (after?.kind === 'object') {
      if (before === undefined && after.object.kind === 'table' && !heirs.has(key)) within.set(key, new Set());
    } else if (before === undefined && after?.owner.kind === 'table' && after.kind !== 'column') {
      const parts = within.get(tableKey(after.owner.name));
      if (parts !== undefined && standsAlone({ key, after }, after.owner, around)) parts.add(key);
    }
  }
  return within;
}

function standsAlone({ after: part }: Edit, owner: Table, { to, names, isTaken }: Around): boolean {
  if (part === undefined || isTaken(part) || (part.kind === 'constraint' && part.constraint.kind === 'foreignKey')) return false;
  const table = tableKey(owner.name);
  const [ofColumns = ''] = columnKeys(owner.name, ['']).map((key) => key.slice(0, key.lastIndexOf('/') + 1));
  return (
    certainNeeds(part, to).every((key) => key === table || key.startsWith(ofColumns)) &&
    suggestedNeeds(part, names).every((key) => key === table)
  );
}

/** Tables that are partitions or heirs of others, or have some: what is made on the one is made on the other too. */
function withHeirs({ facts }: Schema): ReadonlySet<Key> {
  const found = new Set<Key>();
  for (const [heir, parents] of facts?.inherited ?? []) for (const key of [heir, ...parents]) found.add(key);
  return found;
}
