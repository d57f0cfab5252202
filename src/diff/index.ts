/** Floor 3: two structures in, an ordered list of changes out. Pure; knows no engine but by its rules. */
import type { Change, Name, QualifiedName, Refusal, Schema } from '../schema/index.ts';
import { tableOf, tablesOf } from '../schema/index.ts';
import { compare } from './compare.ts';
import { order } from './order.ts';
import { withRebuilt } from './rebuild.ts';
import { respelled } from './respell.ts';
import type { DiffRules } from './rules.ts';
import { write } from './write.ts';

export { type Finding, findings, means, takeOver, without } from './findings.ts';
export type { Part } from './parts.ts';
export type { DiffRules } from './rules.ts';

/** What leads from one structure to another. */
export interface Difference {
  /** The structure that the first change meets, said as the changes say it. */
  readonly from: Schema;
  readonly changes: readonly Change[];
  /** Tables whose columns only stand in another order. It is told and never changed. */
  readonly reordered: readonly { readonly table: QualifiedName; readonly columns: readonly Name[] }[];
}

/**
 * The changes that lead from one structure to another, in an order in which each can run. Both must be known as a whole and read by the
 * same reader. Refuses what cannot be reached without losing a table's or column's rows, and needs that lead round in a circle.
 */
export function diff(given: Schema, wanted: Schema, rules: DiffRules): Difference | Refusal {
  const [before, to] = rules.comparable?.(given, wanted) ?? [given, wanted];
  const spelled = rules.fold === undefined ? { changes: [], from: before } : respelled(before, to, rules.fold);
  if ('refused' in spelled) return spelled;
  const { from } = spelled;
  const edits = withRebuilt(compare(from, to, rules), from, to, rules);
  if ('refused' in edits) return edits;
  const actions = order(edits, { from, to }, rules);
  if ('refused' in actions) return actions;
  return { from: before, changes: [...spelled.changes, ...write(actions)], reordered: reordered(from, to) };
}

function reordered(from: Schema, to: Schema): Difference['reordered'] {
  return tablesOf(to).flatMap(({ name, columns }) => {
    const wanted = columns.map((column) => column.name);
    const had = (tableOf(from, name)?.columns ?? []).map((column) => column.name);
    const common = (list: readonly Name[], other: readonly Name[]): string => list.filter((one) => other.includes(one)).join('\0');
    return common(had, wanted) === common(wanted, had) ? [] : [{ table: name, columns: wanted }];
  });
}
