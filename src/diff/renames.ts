import { apply, type Change, type Key, type Name, type Refusal, referenceTo, type Schema, tablesOf } from '../schema/index.ts';
import { movedFacts } from './moved-facts.ts';
import {
  formatRename,
  holderOf,
  locatedAfter,
  nameGiven,
  type Rename,
  rankOf,
  renamedFrom,
  renamedKey,
  renamedTo,
  wantedKey,
} from './rename.ts';
import type { DiffRules } from './rules.ts';

/** What is known of names beside the two structures. */
export interface RenameHints {
  readonly renames: readonly Rename[];
  /** Tables and columns that go for good, though something new looks like them: their keys before any renaming. */
  readonly dropped: ReadonlySet<Key>;
}

export const noHints: RenameHints = { renames: [], dropped: new Set() };

/** The changes that give everything its new name, and the structure after them. */
export interface Renamed {
  readonly changes: readonly Change[];
  readonly schema: Schema;
  /** Names of what only made room and is to go. */
  readonly leaving: ReadonlySet<Name>;
}

/** A renaming that is still to be made, and what the thing is called meanwhile where its way leads by another name. */
interface Open {
  readonly rename: Rename;
  readonly meanwhile?: Name;
}

/**
 * Renames in an order in which each name is free when it is given: chains from their end, circles by way of a name that nobody has.
 * What stands in the way of a renaming is dropped before it. Refuses a name that something else has, unless that is to be dropped.
 */
export function renamed(from: Schema, to: Schema, hints: RenameHints, rules: DiffRules): Renamed | Refusal {
  const passing = passingNames(from, to);
  const twice = sharedTarget(hints.renames);
  if (twice !== undefined) return twice;
  const displaced = displacedBy(hints, from, { rules, passing });
  if ('refused' in displaced) return displaced;
  let waiting: readonly Open[] = [...hints.renames, ...displaced].map((rename) => ({ rename }));
  const done: Rename[] = [];
  const changes: Change[] = [];
  let schema = from;
  while (waiting.length > 0) {
    const rank = Math.min(...waiting.map(({ rename }) => rankOf(rename)));
    const turn = waiting.filter(({ rename }) => rankOf(rename) === rank);
    const free = turn.find((one) => holderOf(stepOf(one, done), schema, rules) === undefined);
    const next = free ?? turn.find(({ meanwhile }) => meanwhile === undefined);
    if (next === undefined) return { refused: `${turn.map(({ rename }) => formatRename(rename)).join(', ')}: the name is taken` };
    const meanwhile = free === undefined ? passing() : undefined;
    const step = meanwhile === undefined ? stepOf(next, done) : renamedTo(stepOf(next, done), meanwhile);
    for (const change of [...hindrances(step, schema, rules), step]) {
      const after = apply(schema, change);
      if ('refused' in after) return after;
      schema = after;
      changes.push(change);
    }
    const rest = waiting.filter((one) => one !== next);
    waiting = meanwhile === undefined ? rest : [...rest, { rename: next.rename, meanwhile }];
    if (meanwhile === undefined) done.push(next.rename);
  }
  const facts = from.facts === undefined ? {} : { facts: movedFacts(from.facts, changes) };
  return { changes, schema: { ...schema, ...facts }, leaving: new Set(displaced.map(nameGiven)) };
}

function stepOf({ rename, meanwhile }: Open, done: readonly Rename[]): Rename {
  const step = locatedAfter(rename, done);
  return meanwhile === undefined ? step : renamedFrom(step, meanwhile);
}

/** Refuses two new names for one thing, and one for two. */
function sharedTarget(renames: readonly Rename[]): Refusal | undefined {
  const seen = new Map<string, Rename>();
  for (const rename of renames) {
    for (const side of [`from ${renamedKey(rename)}`, `to ${wantedKey(rename)}`]) {
      const other = seen.get(side);
      if (other !== undefined) return { refused: `${formatRename(other)} and ${formatRename(rename)} cannot both be` };
      seen.set(side, rename);
    }
  }
  return undefined;
}

interface Naming {
  readonly rules: DiffRules;
  readonly passing: () => Name;
}

/** What has a name that is to be given, and none to be called by itself: it is to go, and makes room before. */
function displacedBy({ renames, dropped }: RenameHints, from: Schema, { rules, passing }: Naming): readonly Rename[] | Refusal {
  const leaving = new Set(renames.map(renamedKey));
  const displaced: Rename[] = [];
  for (const rename of renames) {
    const holder = holderOf(rename, from, rules);
    if (holder === undefined || leaving.has(renamedKey(holder))) continue;
    const isKept = holder.kind === 'renameTable' || holder.kind === 'renameColumn' || holder.kind === 'renameObject';
    if (isKept && !dropped.has(renamedKey(holder)))
      return { refused: `${formatRename(rename)}: ${renamedKey(holder)} is there already, and would have to be dropped` };
    displaced.push(renamedTo(holder, passing()));
  }
  return displaced;
}

/** Names that neither structure knows. */
function passingNames(from: Schema, to: Schema): () => Name {
  const taken = new Set([from, to].flatMap((schema) => [...schema.objects.values()].map(({ name }) => name.name)));
  for (const table of [...tablesOf(from), ...tablesOf(to)]) {
    for (const { name } of [...table.columns, ...table.constraints, ...table.indexes]) if (name !== undefined) taken.add(name);
  }
  let n = 0;
  return () => {
    do n++;
    while (taken.has(`lockstep_name_${n}`));
    return `lockstep_name_${n}`;
  };
}

function hindrances(step: Rename, schema: Schema, rules: DiffRules): readonly Change[] {
  const { renames } = rules;
  if (renames === undefined || step.kind !== 'renameColumn') return [];
  return [...schema.objects.values()].flatMap((object): Change[] =>
    object.kind !== 'table' && renames.hinders(object, step) ? [{ kind: 'dropObject', object: referenceTo(object) }] : [],
  );
}
