import { type Code, Failure, type FailureDetails } from '../../base/index.ts';
import type { TeamEvent } from './event.ts';
import type { TeamState } from './state.ts';

/** What is so outside the log when something is decided. */
export interface World {
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** What follows from a request; nothing has happened yet. */
export type Decision<T> = Agreed<T> | Refused;

/** It is done by these events; the answer is read from the state that they lead to. */
export interface Agreed<T> {
  readonly ok: true;
  readonly events: readonly TeamEvent[];
  readonly answer: (after: TeamState) => T;
}

/** It is not done: a code, a sentence and a remedy, and what is noted all the same, such as a place in the line. */
export interface Refused {
  readonly ok: false;
  readonly failure: Failure;
  readonly events: readonly TeamEvent[];
}

export function agreed<T>(answer: (after: TeamState) => T, ...events: readonly TeamEvent[]): Agreed<T> {
  return { ok: true, events, answer };
}

export function refused(code: Code, message: string, details: FailureDetails = {}): Refused {
  return { ok: false, failure: new Failure(code, message, details), events: [] };
}

/** What must be there after the events of a decision. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the state does not hold what was decided');
  return value;
}

/** A moment as the log writes it. */
export function moment(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
