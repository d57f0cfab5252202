/** Floor 3: two structures in, an ordered list of changes out. Pure; knows no engine but by its rules. */
import type { Change, Name, QualifiedName, Refusal, Schema } from '../schema/index.ts';
import { tableOf, tablesOf } from '../schema/index.ts';
import { compare } from './compare.ts';
import { followers, sameNames, uncertainTexts } from './followers.ts';
import { order } from './order.ts';
import { withPresets } from './presets.ts';
import { type RenameQuestion, renameQuestions } from './questions.ts';
import { withRebuilt } from './rebuild.ts';
import { noHints, type Renamed, type RenameHints, renamed } from './renames.ts';
import type { DiffRules } from './rules.ts';
import { write } from './write.ts';

export { type Finding, findings, means, takeOver, without } from './findings.ts';
export { droppedHintOf, hintOf } from './hint-text.ts';
export { type GivenHint, type ReadHint, readHints } from './hints.ts';
export type { Part } from './parts.ts';
export { type Candidate, type RenameQuestion, renameQuestions } from './questions.ts';
export { formatRename, type Rename, renamedKey, reversedHints } from './rename.ts';
export { noHints, type Renamed, type RenameHints, renamed } from './renames.ts';
export type { DiffRules, RenameRules } from './rules.ts';

/** What leads from one structure to another. */
export interface Difference {
  /** The structure that the first change meets, said as the changes say it. */
  readonly from: Schema;
  readonly changes: readonly Change[];
  /** Tables whose columns only stand in another order. It is told and never changed. */
  readonly reordered: readonly { readonly table: QualifiedName; readonly columns: readonly Name[] }[];
  /** What is dropped and made anew here and may have been renamed. */
  readonly questions: readonly RenameQuestion[];
}

/**
 * The changes that lead from one structure to another, in an order in which each can run: new names first, by the hints, and then what is
 * different under them. Both must be known as a whole and read by the same reader. Refuses what cannot be reached without losing a table's
 * or column's rows, and needs that lead round in a circle.
 */
export function diff(given: Schema, wanted: Schema, rules: DiffRules, hints?: RenameHints): Difference | Refusal {
  const [before, to] = rules.comparable?.(given, wanted) ?? [given, wanted];
  const named = hints === undefined ? withSameNames(before, to, rules) : allRenamed(before, to, rules, hints);
  if ('refused' in named) return named;
  const from = named.schema;
  const edits = withRebuilt(compare(from, to, rules), from, to, rules);
  if ('refused' in edits) return edits;
  const actions = order(withPresets(edits, { from, to }, rules), { from, to }, rules);
  if ('refused' in actions) return actions;
  return {
    from: before,
    changes: [...named.changes, ...write(actions)],
    reordered: reordered(from, to),
    questions: renameQuestions(named, to, hints ?? noHints),
  };
}

function withSameNames(from: Schema, to: Schema, rules: DiffRules): Renamed | Refusal {
  const named = renamed(from, to, { ...noHints, renames: sameNames(from, to, rules) }, rules);
  return 'refused' in named ? named : { ...named, schema: uncertainTexts(named.schema, named.changes, rules) };
}

/** What the hints say, names that only differ in what the engine does not see, and what is named after all these. */
function allRenamed(from: Schema, to: Schema, rules: DiffRules, hints: RenameHints): Renamed | Refusal {
  const first = renamed(from, to, hints, rules);
  return 'refused' in first ? first : alsoRenamed(first, to, rules);
}

/** Renames on, after the hints have been followed: what the engine takes for the same name, and what differs in nothing but its name. */
export function alsoRenamed({ changes, schema, leaving }: Renamed, to: Schema, rules: DiffRules): Renamed | Refusal {
  const same = withSameNames(schema, to, rules);
  if ('refused' in same) return same;
  const last = renamed(same.schema, to, { ...noHints, renames: followers(same.schema, to, rules) }, rules);
  // Nothing is lost where names that only follow cannot be given: what bears them is made anew.
  return 'refused' in last
    ? { changes: [...changes, ...same.changes], schema: same.schema, leaving }
    : { changes: [...changes, ...same.changes, ...last.changes], schema: last.schema, leaving };
}

function reordered(from: Schema, to: Schema): Difference['reordered'] {
  return tablesOf(to).flatMap(({ name, columns }) => {
    const wanted = columns.map((column) => column.name);
    const had = (tableOf(from, name)?.columns ?? []).map((column) => column.name);
    const common = (list: readonly Name[], other: readonly Name[]): string => list.filter((one) => other.includes(one)).join('\0');
    return common(had, wanted) === common(wanted, had) ? [] : [{ table: name, columns: wanted }];
  });
}
