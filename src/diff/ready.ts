import type { Key } from '../schema/index.ts';
import type { Action } from './action.ts';
import { type Queue, queue } from './queue.ts';

/** The actions that may come next. What belongs together comes one after another wherever the order allows it. */
export interface Ready {
  /** An action for which nothing has to wait any more. */
  add(action: Action): void;
  /** The action that comes next is taken out. */
  next(): Action | undefined;
  /** `action` does not wait for `earlier` any more. */
  released(action: Action, earlier: Action): void;
}

/**
 * Chooses the smallest in the sequence of those that may come next; before these one of the group that the last one was of, then one
 * of a group that waits for nothing outside itself any more, so that groups fall apart only where they wait for each other.
 */
export function readyActions(sequence: readonly Action[], groupOf: (action: Action) => Key | undefined): Ready {
  const place = new Map(sequence.map((action, i) => [action, i]));
  const before = (a: Action, b: Action): boolean => (place.get(a) ?? 0) < (place.get(b) ?? 0);
  const isOutside = (action: Action, earlier: Action): boolean => groupOf(action) !== groupOf(earlier);
  const waiting = new Map<Key, number>();
  for (const action of sequence) {
    const group = groupOf(action);
    if (group === undefined) continue;
    for (const earlier of action.after.keys()) if (isOutside(action, earlier)) waiting.set(group, (waiting.get(group) ?? 0) + 1);
  }
  const queues = new Map<Key, Queue<Action>>();
  const queueOf = (group: Key): Queue<Action> => {
    const found = queues.get(group) ?? queue(before);
    queues.set(group, found);
    return found;
  };
  const free = queue(before);
  const others = queue(before);
  const taken = new Set<Action>();
  let current: Key | undefined;
  const first = (list: Queue<Action>): Action | undefined => {
    let found = list.take();
    while (found !== undefined && taken.has(found)) found = list.take();
    return found;
  };
  /** What stands alone keeps its place in the sequence. */
  const smaller = (): Action | undefined => {
    const [one, other] = [first(free), first(others)];
    if (one === undefined || other === undefined) return one ?? other;
    const isLater = groupOf(one) === undefined && before(other, one);
    (isLater ? free : others).add(isLater ? one : other);
    return isLater ? other : one;
  };
  return {
    add: (action) => {
      const group = groupOf(action);
      if (group !== undefined) queueOf(group).add(action);
      (group === undefined || (waiting.get(group) ?? 0) === 0 ? free : others).add(action);
    },
    next: () => {
      const own = current === undefined ? undefined : first(queueOf(current));
      const found = own ?? smaller();
      if (found === undefined) return undefined;
      taken.add(found);
      current = groupOf(found);
      return found;
    },
    released: (action, earlier) => {
      const group = groupOf(action);
      if (group === undefined || !isOutside(action, earlier)) return;
      const left = (waiting.get(group) ?? 0) - 1;
      waiting.set(group, left);
      if (left === 0) for (const other of queueOf(group).items) free.add(other);
    },
  };
}
