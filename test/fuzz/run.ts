import type { Bench } from './bench.ts';
import type { Blueprint } from './blueprint.ts';
import { diceOf } from './dice.ts';
import { workshopOf } from './mutate.ts';
import { loadable, type Pair, runRound, scriptOf, type Verdict } from './round.ts';
import { shrunken, sortOf } from './shrink.ts';

/** What came of the rounds of one engine. */
export interface Tally {
  readonly rounds: number;
  readonly passed: number;
  readonly refused: number;
  readonly wrong: number;
  readonly statements: number;
  readonly rows: number;
  /** Refusals by their reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Failures as small as they got, each with its seed and scripts. */
  readonly failures: readonly string[];
}

export interface Effort {
  readonly rounds: number;
  readonly seed: number;
  /** How long a failure is made smaller. */
  readonly shrinkMs: number;
  /** Told of each failure at once, and of what the engine would not take of a structure. */
  readonly say?: (line: string) => void;
  readonly detail?: boolean;
  /** Ends after so many failures. */
  readonly most?: number;
}

/** Makes the pair of structures of a round; what the engine does not take is left out. */
export async function pairOf(bench: Bench, seed: number, say: (line: string) => void = () => undefined): Promise<Pair> {
  const dice = diceOf(seed);
  const workshop = workshopOf(bench.dialect, dice);
  const settings = dice.below(1000);
  const size = dice.of([3, 5, 8, 12, 20]);
  const before = await loadable(bench, dice.chance(0.05) ? new Map() : workshop.make(size), settings);
  const wanted = dice.chance(0.1) ? workshop.make(size) : workshop.mutate(before.parts, 1 + dice.below(dice.of([2, 5, 12])));
  const after = await loadable(bench, wanted, settings);
  for (const why of [...before.why, ...after.why]) say(`left out (${seed}): ${why}`);
  return { before: before.parts, after: after.parts, settings };
}

/** Runs rounds one after another, each with a seed of its own. */
export async function fuzz(
  bench: Bench,
  { rounds, seed, shrinkMs, say = () => undefined, detail = false, most = Number.POSITIVE_INFINITY }: Effort,
): Promise<Tally> {
  const reasons = new Map<string, number>();
  const failures: string[] = [];
  const seen = new Set<string>();
  const none: Blueprint = new Map();
  const counts = { passed: 0, refused: 0, wrong: 0, unloadable: 0 };
  let [statements, rows, done] = [0, 0, 0];
  for (; done < rounds && failures.length < most; done++) {
    const own = (seed + done) >>> 0;
    const pair = await pairOf(bench, own, detail ? say : undefined);
    const verdict = await runRound(bench, pair);
    counts[verdict.kind]++;
    statements += verdict.statements;
    rows += verdict.rows;
    if (verdict.kind === 'refused') reasons.set(sortOf(verdict), (reasons.get(sortOf(verdict)) ?? 0) + 1);
    if (verdict.kind === 'passed' || (verdict.kind === 'refused' && !detail)) continue;
    const known = seen.has(sortOf(verdict));
    seen.add(sortOf(verdict));
    const small = known ? { pair: { ...pair, before: none, after: none }, verdict } : await shrunken(bench, pair, verdict, shrinkMs);
    const report = reportOf(own, small.pair, small.verdict);
    if (verdict.kind !== 'refused') failures.push(report);
    say(report);
  }
  const { unloadable, wrong, ...good } = counts;
  return { rounds: done, ...good, wrong: wrong + unloadable, statements, rows, reasons, failures };
}

function reportOf(seed: number, { before, after, settings }: Pair, { kind, why }: Verdict): string {
  return [`==== ${kind}, seed ${seed}, settings ${settings}`, why, '-- before', scriptOf(before), '-- after', scriptOf(after), ''].join(
    '\n',
  );
}
