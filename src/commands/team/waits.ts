import type { Waits } from '../../team/index.ts';

/** Whoever stands in line asks every second or two; after so long without a word another is let before. */
const patienceMs = 30_000;

/** Who in line has asked lately. After a start everybody counts as having asked just now. */
export function waitsFor(clock: () => number): Waits {
  const started = clock();
  const last = new Map<string, number>();
  return {
    seen: (copy) => {
      last.set(copy, clock());
    },
    isThere: ({ at }) => clock() - (last.get(at.copy) ?? started) < patienceMs,
  };
}
