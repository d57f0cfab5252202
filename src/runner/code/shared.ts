import type { Shared } from './migration.ts';

/** The values that migrations share while a plan is made: those of a migration that was not evaluated to its end are not known. */
export interface PlannedShared {
  readonly values: Map<string, unknown>;
  lost: boolean;
}

/** Nothing shared yet. */
export function plannedShared(): PlannedShared {
  return { values: new Map(), lost: false };
}

/** The same store, with a word to somebody whenever it is used. */
export function watchedShared(values: Map<string, unknown>, used: () => void): Shared {
  const watched: Shared = {
    get: (key) => {
      used();
      return values.get(key);
    },
    has: (key) => {
      used();
      return values.has(key);
    },
    set: (key, value) => {
      used();
      return values.set(key, value);
    },
    delete: (key) => {
      used();
      return values.delete(key);
    },
  };
  return watched;
}
