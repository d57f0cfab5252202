import type { Bench } from './bench.ts';
import { type Blueprint, without } from './blueprint.ts';
import { type Pair, runRound, type Verdict } from './round.ts';

/** What a failure is about, without names: another failure must not take its place while it gets smaller. */
export function sortOf({ kind, why }: Pick<Verdict, 'kind' | 'why'>): string {
  const words = (why.split(/[\n({]/)[0] ?? '')
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`|\b\w*\d\w*\b/g, '')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 90);
  return `${kind} ${words}`;
}

/** Makes a failing pair smaller as long as it fails in the same manner, within so many milliseconds. */
export async function shrunken(
  bench: Bench,
  pair: Pair,
  verdict: Verdict,
  milliseconds: number,
): Promise<{ readonly pair: Pair; readonly verdict: Verdict }> {
  const until = performance.now() + milliseconds;
  let best = { pair, verdict };
  const accepts = async (before: Blueprint, after: Blueprint): Promise<boolean> => {
    if (performance.now() > until || before.size + after.size === 0) return false;
    const smaller = { ...pair, before, after };
    const found = await runRound(bench, smaller);
    if (sortOf(found) !== sortOf(verdict)) return false;
    best = { pair: smaller, verdict: found };
    return true;
  };
  const withoutSome = async (size: number): Promise<boolean> => {
    let progress = false;
    const ids: readonly string[] = idsOf(best.pair).toReversed();
    for (let at = 0; at < ids.length; at += size) {
      const gone = ids.slice(at, at + size);
      if (gone.some((id) => best.pair.before.has(id) || best.pair.after.has(id)))
        progress = (await accepts(without(best.pair.before, gone), without(best.pair.after, gone))) || progress;
    }
    return progress;
  };
  for (let progress = true; progress && performance.now() < until; ) {
    progress = false;
    for (let size = Math.ceil(idsOf(best.pair).length / 2); size > 1; size = Math.ceil(size / 2))
      progress = (await withoutSome(size)) || progress;
    progress = (await withoutSome(1)) || progress;
    for (const id of idsOf(best.pair))
      for (const [before, after] of alike(best.pair, id)) progress = (await accepts(before, after)) || progress;
  }
  return best;
}

function idsOf({ before, after }: Pair): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])];
}

/** Pairs in which a piece is the same, or missing, at both ends. */
function alike({ before, after }: Pair, id: string): readonly (readonly [Blueprint, Blueprint])[] {
  const [was, is] = [before.get(id), after.get(id)];
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const put = (parts: Blueprint, piece: typeof was): Blueprint =>
    without(piece === undefined ? without(parts, [id]) : new Map([...parts, [id, piece]]), []);
  return [
    [before, put(after, was)],
    [put(before, is), after],
  ];
}
