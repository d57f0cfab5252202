import type { Problem } from '../base/index.ts';
import type { Question } from '../commands/index.ts';
import type { Emit } from '../contracts/index.ts';
import type { Parsed } from './argv.ts';
import type { Terminal } from './terminal.ts';

/** What a command answers: for programs as data, for people by printing. */
export interface Answer {
  readonly exitCode: number;
  readonly data: unknown;
  readonly problems?: readonly Problem[];
  /** Prints for people; not called with `--json`. */
  show(): void;
}

/** What a command's screen is given. */
export interface Screen {
  readonly parsed: Parsed;
  /** The version of this program. */
  readonly version: string;
  readonly terminal: Terminal;
  /** Where events of a run go. */
  readonly emit: Emit;
  readonly stop: AbortSignal;
  readonly cancel: AbortSignal;
  readonly ask: ((question: Question) => Promise<boolean>) | undefined;
}
