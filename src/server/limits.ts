/** Counts within a moving minute, for so many names at most. */
export interface Limiter {
  /** Counts one more; `false` when it is too many. */
  take(name: string): boolean;
}

const minute = 60_000;

/** Lets so many through in a minute for each name. Names that have been quiet are forgotten, so memory stays bounded. */
export function limiter(most: number, clock: () => number): Limiter {
  let [now, before] = [new Map<string, number>(), new Map<string, number>()];
  let began = clock();
  const turn = (): number => {
    const passed = clock() - began;
    if (passed >= minute) {
      before = passed < 2 * minute ? now : new Map();
      now = new Map();
      began = clock();
    }
    return Math.max(0, 1 - (clock() - began) / minute);
  };
  const count = (name: string): number => {
    const share = turn();
    return (now.get(name) ?? 0) + (before.get(name) ?? 0) * share;
  };
  return {
    take: (name) => {
      const free = count(name) < most;
      if (free) now.set(name, (now.get(name) ?? 0) + 1);
      return free;
    },
  };
}
