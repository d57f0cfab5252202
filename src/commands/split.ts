import { byText } from '../base/index.ts';
import { type Change, type Key, keyOf, referenceTo, tableKey } from '../schema/index.ts';
import { sha256 } from './digest.ts';
import type { Way } from './way.ts';

/** What of a way concerns one object, with a name for its file. */
export interface ObjectPart {
  /** `table.users`: without an ending, different from the others also where case does not count. Never a label of migrations. */
  readonly name: string;
  readonly part: Way;
}

/** Cuts the way from nothing to a structure into one for each object, by name. The order within an object stays. */
export function byObject({ parts }: Way): readonly ObjectPart[] {
  const groups = new Map<Key, Way['parts'][number][]>();
  for (const part of parts) {
    const key = objectOf(part.change);
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  const plain = [...groups.keys()].map(plainName);
  return [...groups]
    .map(([key, own]) => {
      const name = plainName(key);
      const isOwn = name === key.replace(' ', '.') && plain.filter((other) => other.toLowerCase() === name.toLowerCase()).length === 1;
      const part: Way = {
        parts: own,
        changes: own.map(({ change }) => change),
        statements: own.flatMap(({ statements }) => statements),
        reordered: [],
      };
      return { name: isOwn ? name : `${name}-${sha256(key).slice(0, 8)}`, part };
    })
    .sort((a, b) => byText(a.name, b.name));
}

/** The object that a change makes, or that it belongs to. */
export function objectOf(change: Change): Key {
  if (change.kind === 'createTable') return tableKey(change.table.name);
  if (change.kind === 'createObject' || change.kind === 'replaceObject') return keyOf(referenceTo(change.object));
  if (change.kind === 'setComment') return 'table' in change.on ? tableKey(change.on.table) : keyOf(change.on);
  if ('table' in change) return tableKey(change.table);
  return change.kind;
}

/** What every file system takes. */
function plainName(key: Key): string {
  return key
    .replace(' ', '.')
    .replace(/[^\p{L}\p{N}_.-]+/gu, '_')
    .slice(0, 80);
}
