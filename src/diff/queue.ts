/** What waits, of which the smallest is taken first. */
export interface Queue<T> {
  add(item: T): void;
  take(): T | undefined;
  /** All that waits, in no order. */
  readonly items: readonly T[];
}

/** An empty queue. Adding and taking cost the logarithm of what waits, so that many can wait. */
export function queue<T>(before: (a: T, b: T) => boolean): Queue<T> {
  // Each item comes before those at twice its place and one or two more.
  const items: T[] = [];
  const isBefore = (place: number, other: number): boolean => before(items[place] as T, items[other] as T);
  const swap = (place: number, other: number): void => {
    [items[place], items[other]] = [items[other] as T, items[place] as T];
  };
  return {
    items,
    add: (item) => {
      let place = items.push(item) - 1;
      for (let above = (place - 1) >> 1; place > 0 && isBefore(place, above); above = (place - 1) >> 1) {
        swap(place, above);
        place = above;
      }
    },
    take: () => {
      const last = items.length - 1;
      if (last > 0) swap(0, last);
      const first = items.pop();
      for (let place = 0; ; ) {
        const [left, right] = [2 * place + 1, 2 * place + 2];
        const smaller = right < items.length && isBefore(right, left) ? right : left;
        if (smaller >= items.length || !isBefore(smaller, place)) return first;
        swap(place, smaller);
        place = smaller;
      }
    },
  };
}
