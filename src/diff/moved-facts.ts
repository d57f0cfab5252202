import { type Change, type Facts, formatName, type Key, keyOf, type Name, partKey, type QualifiedName } from '../schema/index.ts';

/** What the catalogue said, in the words of a structure whose things have been renamed. */
export function movedFacts(facts: Facts, changes: readonly Change[]): Facts {
  const moves = changes.map(movesOf).filter((moved) => moved !== undefined);
  if (moves.length === 0) return facts;
  const now = (key: Key): Key => moves.reduce((called, moved) => moved(called), key);
  const links = (of: ReadonlyMap<Key, readonly Key[]>): ReadonlyMap<Key, readonly Key[]> =>
    new Map([...of].map(([key, others]) => [now(key), others.map(now)]));
  return {
    ...facts,
    needs: links(facts.needs),
    shapes: new Map([...facts.shapes].map(([key, shape]) => [now(key), shape])),
    ...(facts.inherited === undefined ? {} : { inherited: links(facts.inherited) }),
  };
}

type Moved = (key: Key) => Key;

function movesOf(change: Change): Moved | undefined {
  switch (change.kind) {
    case 'renameTable':
      return ownerMoved('table', change.from, change.to);
    case 'renameObject': {
      const { object, to } = change;
      if (object.kind === 'view') return ownerMoved('view', object.name, to);
      return replaced(keyOf(object), keyOf({ ...object, name: to }));
    }
    case 'renameColumn':
      return partMoved(['column', 'default'], change);
    case 'renameConstraint':
      return partMoved(['constraint'], change);
    case 'renameIndex':
      return partMoved(['index'], change);
    default:
      return undefined;
  }
}

function replaced(from: Key, to: Key): Moved {
  return (key) => (key === from ? to : key);
}

interface PartRename {
  readonly table: QualifiedName;
  readonly from: Name;
  readonly to: Name;
}

function partMoved(kinds: readonly Parameters<typeof partKey>[0][], { table, from, to }: PartRename): Moved {
  const keys = new Map(kinds.map((kind) => [partKey(kind, table, from), partKey(kind, table, to)]));
  return (key) => keys.get(key) ?? key;
}

/** Everything that is told by its table or view goes with it. */
function ownerMoved(kind: 'table' | 'view', from: QualifiedName, to: QualifiedName): Moved {
  const [was, is] = [keyOf({ kind, name: from }), keyOf({ kind, name: to })];
  const inside = ` ${formatName(from)}/`;
  return (key) => {
    if (key === was) return is;
    const at = key.indexOf(inside);
    return at > 0 && !key.slice(0, at).includes(' ') ? `${key.slice(0, at)} ${formatName(to)}/${key.slice(at + inside.length)}` : key;
  };
}
