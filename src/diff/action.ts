import type { Key } from '../schema/index.ts';
import type { Edit } from './edit.ts';
import type { Part } from './parts.ts';

/** One step of the way: a part is dropped, altered or made. */
export interface Action {
  readonly verb: 'drop' | 'alter' | 'make';
  readonly edit: Edit;
  /** The part as it is afterwards, or was where it is dropped. */
  readonly part: Part;
  /** Of a sequence: without an owner, which it gets by an action of its own. */
  readonly ownerless?: true;
  /** Of a sequence that gets its owner: the action that made it or took the old one away. */
  readonly first?: Action;
  /** Of a new table: the parts that are made within it and are no actions of their own. */
  readonly within?: ReadonlySet<Key>;
  /** Actions that must come before; those with false only if that does not lead round in a circle. */
  readonly after: Map<Action, boolean>;
}

/** Actions by what they do and the keys of the parts that they are about. */
export interface Nodes {
  readonly drop: ReadonlyMap<Key, Action>;
  readonly alter: ReadonlyMap<Key, Action>;
  readonly make: ReadonlyMap<Key, Action>;
}

/** Says that an action comes after another. */
export function precede(later: Action, earlier: Action | undefined, certain = true): void {
  if (earlier === undefined || earlier === later) return;
  later.after.set(earlier, certain || later.after.get(earlier) === true);
}
