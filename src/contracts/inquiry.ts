import type { Result } from './driver.ts';

export interface Query {
  readonly sql: string;
  readonly parameters?: readonly unknown[];
}

/** A question to the database without I/O: yields queries, receives their results, returns the answer. */
export type Inquiry<T> = Generator<Query, T, Result>;
