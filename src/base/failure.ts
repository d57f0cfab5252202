import { type Code, catalogue } from './catalogue.ts';
import type { Place } from './place.ts';

/** What a `Failure` carries beside its sentence; every field is optional because not every failure has one. */
export interface FailureDetails {
  /** Where in a file, and the text of that file, so that a frame can be drawn. */
  readonly place?: Place;
  readonly source?: string;
  /** The engine's own words, with its own code. */
  readonly engine?: EngineMessage;
  /** What is and what is not changed now. */
  readonly state?: string;
  /** Commands or edits that help; when absent, the catalogue's own. */
  readonly fix?: readonly string[];
  /** Several problems of one kind, reported together. */
  readonly problems?: readonly Failure[];
  /** Plain data for programs, merged into the JSON form. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface EngineMessage {
  readonly message: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** An expected failure: a code of the catalogue, one sentence, and what helps. Anything else that is thrown is a bug. */
export class Failure extends Error {
  readonly code: Code;
  readonly details: FailureDetails;

  constructor(code: Code, message: string, details: FailureDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return catalogue[this.code].exit;
  }

  /** The same failure with more details; those given win. */
  with(details: FailureDetails): Failure {
    return new Failure(this.code, this.message, { ...this.details, ...details }, this.cause);
  }
}

/** One failure for a list of problems: the only one itself, or a sentence with all of them behind it. */
export function together(problems: readonly Failure[], sentence?: (n: number) => string): Failure {
  const [first] = problems;
  if (first === undefined) throw new Error('together() needs at least one problem');
  if (problems.length === 1) return first;
  const n = problems.length;
  const oneKind = problems.every((problem) => problem.code === first.code);
  const plain = oneKind ? `${n} times: ${catalogue[first.code].title.toLowerCase()}` : `${n} problems`;
  return new Failure(first.code, sentence?.(n) ?? plain, { problems });
}
