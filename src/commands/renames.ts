import { count, Failure, grouped } from '../base/index.ts';
import { lossCap } from '../contracts/index.ts';
import {
  type DiffRules,
  droppedHintOf,
  formatRename,
  type GivenHint,
  hintOf,
  type RenameHints,
  type RenameQuestion,
  renamed,
  renameQuestions,
} from '../diff/index.ts';
import type { Schema } from '../schema/index.ts';

/** `ask` a person, take those that are certain (`auto`), or drop and add whatever looks renamed (`never`). */
export type RenamePolicy = 'ask' | 'auto' | 'never';

/** A table or column is gone, and something new may be what became of it. */
export interface NameQuestion {
  readonly kind: 'table' | 'column';
  /** `users.name`. */
  readonly gone: string;
  /** How many rows or values it holds, at most one more than are counted; absent where there is no database to count in. */
  readonly holds?: number;
  /** The likeliest first. */
  readonly candidates: readonly {
    /** `name → full_name`. */
    readonly rename: string;
    readonly similarity: number;
    readonly sameType: boolean;
    /** The flag that says so. */
    readonly flag: string;
  }[];
  /** The flag that lets it go. */
  readonly drop: string;
}

/** The answer of a person: which candidate, that it is dropped, or nothing yet. */
export type NameAnswer = { readonly candidate: number } | 'drop' | undefined;

export interface Deciding {
  readonly from: Schema;
  readonly to: Schema;
  readonly rules: DiffRules;
  readonly policy: RenamePolicy;
  /** Asks a person; absent where there is none. */
  readonly choose: ((question: NameQuestion) => Promise<NameAnswer>) | undefined;
  /** Counts what the things that are gone hold. */
  readonly counts: (questions: readonly RenameQuestion[]) => Promise<ReadonlyMap<string, number>>;
}

export interface Decided {
  readonly hints: RenameHints;
  /** What a person said. */
  readonly answers: readonly GivenHint[];
}

/**
 * Decides everything that may have been renamed: by the hints, then by the policy, then by asking. What nobody has decided is refused with
 * the flags that would, because a table or column that is dropped takes its rows or values along.
 */
export async function decideRenames(given: RenameHints, deciding: Deciding): Promise<Decided> {
  const answers: GivenHint[] = [];
  let hints = given;
  let asked: ReadonlyMap<string, number> | undefined;
  for (;;) {
    const questions = openQuestions(hints, deciding);
    const [first] = questions;
    if (first === undefined || deciding.policy === 'never') return { hints, answers };
    const certain = deciding.policy === 'auto' ? questions.flatMap(({ candidates }) => candidates.filter((one) => one.certain)) : [];
    if (certain.length > 0) {
      hints = { ...hints, renames: [...hints.renames, ...certain.map(({ rename }) => rename)] };
      continue;
    }
    if (asked?.has(first.gone) !== true) asked = await deciding.counts(questions);
    const counts = asked;
    const { choose } = deciding;
    if (choose === undefined) throw undecided(questions.map((one) => questionOf(one, counts)));
    const answer = await choose(questionOf(first, counts));
    const chosen = typeof answer === 'object' ? first.candidates[answer.candidate] : undefined;
    if (chosen === undefined && answer !== 'drop') throw undecided(questions.map((one) => questionOf(one, counts)));
    if (chosen !== undefined) {
      hints = { ...hints, renames: [...hints.renames, chosen.rename] };
      answers.push({ kind: 'rename', text: hintOf(chosen.rename) });
    } else {
      hints = { ...hints, dropped: new Set([...hints.dropped, first.gone]) };
      answers.push({ kind: 'drop', text: droppedTextOf(first) });
    }
  }
}

function openQuestions(hints: RenameHints, { from, to, rules }: Deciding): readonly RenameQuestion[] {
  const first = renamed(from, to, hints, rules);
  if ('refused' in first) throw new Failure('diff.refused', first.refused, { state: 'nothing was changed' });
  return renameQuestions(first, to, hints);
}

function questionOf(question: RenameQuestion, counts: ReadonlyMap<string, number>): NameQuestion {
  const holds = counts.get(question.gone);
  const dropped = droppedTextOf(question);
  return {
    kind: question.candidates[0]?.rename.kind === 'renameTable' ? 'table' : 'column',
    gone: dropped,
    ...(holds === undefined ? {} : { holds }),
    candidates: question.candidates.map(({ rename, likeness, sameType }) => ({
      rename: formatRename(rename),
      similarity: likeness,
      sameType,
      flag: `--rename ${quoted(hintOf(rename))}`,
    })),
    drop: `--drop ${quoted(dropped)}`,
  };
}

function droppedTextOf({ candidates: [first] }: RenameQuestion): string {
  return first === undefined ? '' : droppedHintOf(first.rename);
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `1 204 values`, `over 100 000 rows`. */
export function held({ kind, holds }: Pick<NameQuestion, 'kind' | 'holds'>): string {
  const noun = kind === 'table' ? 'row' : 'value';
  if (holds === undefined) return `its ${noun}s`;
  return holds > lossCap ? `over ${grouped(lossCap)} ${noun}s` : count(holds, noun);
}

function undecided(questions: readonly NameQuestion[]): Failure {
  const said = questions.map((one) => `${one.gone} (${one.candidates.map(({ rename }) => rename.split(' → ').at(-1)).join(', ')}?)`);
  return new Failure('diff.undecided', `${count(questions.length, 'thing')} may have been renamed or dropped: ${said.join('; ')}`, {
    state: 'nothing was changed, and nothing was written',
    fix: [
      ...questions.flatMap((one) => [
        ...one.candidates.slice(0, 3).map(({ flag }) => `${flag}   keeps ${held(one)}`),
        `${one.drop}   LOSES ${held(one)}`,
      ]),
      '--renames never   drops and adds all of them',
    ],
    data: { questions },
  });
}
