/** Chance that can be repeated: the same seed gives the same choices. */
export interface Dice {
  /** A whole number from 0 up to, but not including, `n`. */
  below(n: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T;
  /** Some of a list in its order, at least one and at most `most` of them. */
  some<T>(list: readonly T[], most: number): readonly T[];
}

/** Dice by Mulberry32, https://github.com/cprosche/mulberry32: 32 bits of state are enough to tell rounds apart. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  const of = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new Error('there is nothing to choose from');
    return list[below(list.length)] as T;
  };
  return {
    below,
    of,
    chance: (probability) => next() < probability,
    some: (list, most) => {
      const left = new Set(list);
      for (let n = list.length - 1 - below(Math.min(most, list.length)); n > 0; n--) left.delete(of([...left]));
      return list.filter((one) => left.has(one));
    },
  };
}
