import { byText, topological } from '../base/index.ts';
import type { Key, Refusal } from '../schema/index.ts';
import type { Action } from './action.ts';
import { ownerKeyOf } from './parts.ts';
import { readyActions } from './ready.ts';
import type { DiffRules } from './rules.ts';

const objectRanks: readonly string[] = [
  'namespace',
  'extension',
  'enum',
  'domain',
  'composite',
  'sequence',
  'table',
  'routine',
  'view',
  'opaque',
  'trigger',
  'policy',
];
const partRanks = { column: 6.2, default: 6.4, constraint: 6.6, index: 6.8 } as const;

/** Where an action comes when nothing else decides: as people write it, with what goes at the end. */
function rankOf({ verb, part }: Action): number {
  const rank =
    part.kind === 'object'
      ? objectRanks.indexOf(part.object.kind)
      : part.kind === 'constraint' && part.constraint.kind === 'foreignKey'
        ? 6.9
        : partRanks[part.kind];
  if (verb === 'drop') return 100 - rank;
  return rank + (verb === 'alter' && part.kind === 'column' ? 0.1 : 0);
}

/** What has not come yet, with the number of those that each still waits for. */
type Waiting = ReadonlyMap<Action, number>;

/** A topological order, the smallest first of those that may come next. Uncertain needs are given up when nothing else may. */
export function sorted(actions: readonly Action[], rules: DiffRules): readonly Action[] | Refusal {
  const rank = (action: Action): number =>
    rules.gathers && isReader(action) ? rankOf(action) + (action.verb === 'drop' ? -100 : 100) : rankOf(action);
  const sequence = [...actions].sort((a, b) => rank(a) - rank(b) || byText(a.edit.key, b.edit.key) || byText(a.verb, b.verb));
  const waiting = new Map(sequence.map((action) => [action, action.after.size]));
  const followers = new Map<Action, Action[]>();
  for (const action of sequence) for (const earlier of action.after.keys()) listIn(followers, earlier).push(action);
  const ready = readyActions(sequence, rules.gathers ? tableOfAction : () => undefined);
  for (const action of sequence) if (action.after.size === 0) ready.add(action);
  const result: Action[] = [];
  while (result.length < sequence.length) {
    const next = ready.next() ?? giveUp(waiting);
    if (next === undefined) return { refused: `these need each other in a circle: ${circle(waiting).join(', ')}` };
    waiting.delete(next);
    result.push(next);
    for (const follower of followers.get(next) ?? []) {
      const open = waiting.get(follower);
      if (open === undefined) continue;
      waiting.set(follower, open - 1);
      ready.released(follower, next);
      if (open === 1) ready.add(follower);
    }
  }
  return result;
}

/** What only reads tables: those that are altered as a whole find it gone, or not there yet. */
function isReader({ part }: Action): boolean {
  return part.kind === 'object' && (part.object.kind === 'view' || part.object.kind === 'trigger');
}

/** The table that an action alters, or makes with all that hangs on it. */
function tableOfAction({ verb, part, edit }: Action): Key | undefined {
  if (part.kind !== 'object') return ownerKeyOf(part);
  return part.object.kind === 'table' && verb !== 'drop' ? edit.key : undefined;
}

/** The list of a key, made where there is none. */
export function listIn<K, T>(map: Map<K, T[]>, key: K): T[] {
  const found = map.get(key);
  if (found !== undefined) return found;
  const list: T[] = [];
  map.set(key, list);
  return list;
}

/** The first action that only uncertain needs keep waiting. */
function giveUp(waiting: Waiting): Action | undefined {
  for (const action of waiting.keys()) if (![...action.after].some(([earlier, certain]) => certain && waiting.has(earlier))) return action;
  return undefined;
}

function circle(waiting: Waiting): readonly string[] {
  const certain = (action: Action): readonly Action[] =>
    [...action.after].flatMap(([earlier, isCertain]) => (isCertain && waiting.has(earlier) ? [earlier] : []));
  const found = topological([...waiting.keys()], certain);
  return 'cycle' in found ? found.cycle.map(({ verb, edit }) => `${verb} ${edit.key}`) : [];
}
