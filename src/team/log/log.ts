import type { Recorded } from '../protocol/index.ts';

/** Where a team's events are kept: a list that is only ever added to. */
export interface EventLog {
  /** Events behind a number, in order, at most so many. */
  read(after: number, most: number): Promise<readonly Recorded[]>;
  /** Adds events, all or none. Throws where it could not, for example because an event of that number is there. */
  append(records: readonly Recorded[]): Promise<void>;
}

/** A list in memory, for trying things out. */
export function memoryLog(): EventLog {
  const records: Recorded[] = [];
  return {
    read: (after, most) => Promise.resolve(records.slice(after, after + most)),
    append: (added) => {
      if (added[0]?.seq !== records.length + 1) return Promise.reject(new Error('an event of that number is there'));
      records.push(...added);
      return Promise.resolve();
    },
  };
}
