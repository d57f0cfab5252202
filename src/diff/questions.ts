import {
  type Key,
  type Name,
  partKey,
  type QualifiedName,
  type Schema,
  sameName,
  type Table,
  tableKey,
  tableOf,
  tablesOf,
} from '../schema/index.ts';
import { type Rename, renamedKey, reversed } from './rename.ts';
import type { Renamed, RenameHints } from './renames.ts';
import { columnLikeness, type Likeness, tableLikeness } from './similar.ts';

/** Something is gone and something new may be what became of it. */
export interface RenameQuestion {
  /** The key of the table or column that is gone, as it was called before any renaming. */
  readonly gone: Key;
  /** The likeliest first. */
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly rename: Rename;
  readonly likeness: Likeness;
  readonly sameType: boolean;
  /** Hardly anything else, and there is no other that it could be. */
  readonly certain: boolean;
}

/**
 * What may have been renamed: tables that are gone and new ones that share columns with them, and columns of tables that stay. It is asked
 * of the structure after the renamings of the hints; what these decide is not asked.
 */
export function renameQuestions({ schema: from, leaving }: Renamed, to: Schema, hints: RenameHints): readonly RenameQuestion[] {
  const pairs = [...tablePairs(from, to), ...columnPairs(from, to, hints)].filter(
    ({ rename }) => !hints.dropped.has(renamedKey(rename)) && !leaving.has(formerName(rename)),
  );
  const questions = new Map<Key, Pair[]>();
  for (const pair of pairs) {
    const key = renamedKey(pair.rename);
    questions.set(key, [...(questions.get(key) ?? []), pair]);
  }
  return [...questions].map(([gone, own]) => ({ gone, candidates: own.sort(byLikeness).map((pair) => judged(pair, pairs)) }));
}

function formerName(rename: Rename): Name {
  return rename.kind === 'renameTable' ? rename.from.name : rename.kind === 'renameColumn' ? rename.from : '';
}

interface Pair {
  readonly rename: Rename;
  readonly likeness: Likeness;
  readonly sameType: boolean;
  /** What it would become. */
  readonly fresh: Key;
}

function byLikeness(a: Pair, b: Pair): number {
  return b.likeness - a.likeness;
}

const [sure, apart] = [0.75, 0.15];

/** Certain: very like, of the same type, and far more so than any other pair with the one or the other of the two. */
function judged({ rename, likeness, sameType, fresh }: Pair, pairs: readonly Pair[]): Candidate {
  const gone = renamedKey(rename);
  const rivals = pairs.filter((other) => (renamedKey(other.rename) === gone) !== (other.fresh === fresh));
  const certain = sameType && likeness >= sure && rivals.every((other) => other.likeness <= likeness - apart);
  return { rename, likeness, sameType, certain };
}

function tablePairs(from: Schema, to: Schema): readonly Pair[] {
  const fresh = tablesOf(to).filter(({ name }) => tableOf(from, name) === undefined);
  if (fresh.length === 0) return [];
  return tablesOf(from)
    .filter(({ name }) => tableOf(to, name) === undefined)
    .flatMap((gone) =>
      fresh.flatMap((table): Pair[] => {
        const likeness = tableLikeness(gone, table);
        if (likeness < 0.4) return [];
        const rename: Rename = { kind: 'renameTable', from: gone.name, to: table.name };
        return [{ rename, likeness, sameType: true, fresh: tableKey(table.name) }];
      }),
    );
}

function columnPairs(from: Schema, to: Schema, { renames }: RenameHints): readonly Pair[] {
  const back = reversed(renames);
  return tablesOf(to).flatMap((after) => {
    const before = tableOf(from, after.name);
    return before === undefined || before === after ? [] : pairsIn(before, after, formerly(after.name, back));
  });
}

function formerly(name: QualifiedName, back: readonly Rename[]): QualifiedName {
  const found = back.find((one) => one.kind === 'renameTable' && sameName(one.from, name));
  return found?.kind === 'renameTable' ? found.to : name;
}

function pairsIn(before: Table, after: Table, table: QualifiedName): readonly Pair[] {
  const lacks = ({ columns }: Table, name: string): boolean => !columns.some((column) => column.name === name);
  const gone = before.columns.filter(({ name }) => lacks(after, name));
  const fresh = after.columns.filter(({ name }) => lacks(before, name));
  return gone.flatMap((column) =>
    fresh.flatMap((other): Pair[] => {
      const likeness = columnLikeness({ table: before, column }, { table: after, column: other });
      if (likeness === 0) return [];
      const rename: Rename = { kind: 'renameColumn', table, from: column.name, to: other.name };
      const sameType = column.type.kind === other.type.kind;
      return [{ rename, likeness, sameType, fresh: partKey('column', after.name, other.name) }];
    }),
  );
}
