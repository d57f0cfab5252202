import { type Key, type Schema, tableKey } from '../schema/index.ts';
import { type Action, type Nodes, precede } from './action.ts';
import { ownerKeyOf } from './parts.ts';

/** Orders what is done to tables and to the partitions and heirs of them, as the catalogue knows them before and afterwards. */
export function linkHeirs(actions: readonly Action[], nodes: Nodes, { from, to }: { readonly from: Schema; readonly to: Schema }): void {
  const [was, is] = [from.facts?.inherited ?? none, to.facts?.inherited ?? none];
  if (was.size === 0 && is.size === 0) return;
  const onTable = new Map<Key, Action[]>();
  for (const action of actions) {
    const owner = ownerKeyOf(action.part);
    if (owner !== undefined) onTable.set(owner, [...(onTable.get(owner) ?? []), action]);
    for (const source of above(action.edit.key, [was, is])) linkPart(action, source, nodes);
  }
  for (const action of actions) linkTable(action, { was, is, onTable });
  linkAlone(actions, nodes, is);
}

/** An index that partitions lack, which makes it invalid, comes when they are there: joining a table, they would get one. */
function linkAlone(actions: readonly Action[], { make }: Nodes, is: Inherited): void {
  const sources = new Set([...is.values()].flat());
  for (const action of actions) {
    const owner = action.verb === 'make' && action.part.kind === 'index' ? ownerKeyOf(action.part) : undefined;
    if (owner === undefined || !sources.has(owner) || sources.has(action.edit.key)) continue;
    for (const [heir, parents] of is) if (parents.includes(owner)) precede(action, make.get(heir));
  }
}

type Inherited = ReadonlyMap<Key, readonly Key[]>;
const none: Inherited = new Map();

/** Everything that a part comes from, directly or not. */
function above(key: Key, maps: readonly Inherited[]): ReadonlySet<Key> {
  const found = new Set<Key>(maps.flatMap((map) => map.get(key) ?? []));
  for (const source of found) for (const next of maps.flatMap((map) => map.get(source) ?? [])) found.add(next);
  return found;
}

/**
 * What is done to a column or check follows what is done to that from which it comes. Keys and indexes are made before theirs, which find
 * them, and dropped after them.
 */
function linkPart(action: Action, source: Key, { drop, alter, make }: Nodes): void {
  const owner = ownerKeyOf(action.part);
  if (owner === undefined) return;
  precede(action, drop.get(source));
  if (!isKeyOrIndex(action)) for (const earlier of [alter.get(source), make.get(source)]) precede(action, earlier);
  else if (action.verb === 'make' && !make.has(owner)) {
    const later = make.get(source);
    if (later !== undefined) precede(later, action);
  }
}

interface Tables {
  readonly was: Inherited;
  readonly is: Inherited;
  readonly onTable: ReadonlyMap<Key, readonly Action[]>;
}

/** A table joins others when they are as they are to be, and leaves them before they change. */
function linkTable(action: Action, { was, is, onTable }: Tables): void {
  if (action.verb === 'drop' || action.part.kind !== 'object' || action.part.object.kind !== 'table') return;
  const key = tableKey(action.part.object.name);
  const [left, joined] = [was.get(key) ?? [], is.get(key) ?? []];
  const changed = (parents: readonly Key[]): readonly Action[] => parents.flatMap((parent) => onTable.get(parent) ?? []);
  if (action.verb === 'make') {
    for (const earlier of changed(joined)) if (!isKeyOrIndex(earlier)) precede(action, earlier);
    return;
  }
  const gone = left.filter((parent) => !joined.includes(parent));
  const own = onTable.get(key) ?? [];
  if (gone.length > 0) for (const later of [...changed(gone), ...own]) precede(later, action, false);
  if (joined.some((parent) => !left.includes(parent))) for (const earlier of [...changed(joined), ...own]) precede(action, earlier, false);
}

function isKeyOrIndex({ part }: Action): boolean {
  return part.kind === 'index' || (part.kind === 'constraint' && part.constraint.kind !== 'check');
}
