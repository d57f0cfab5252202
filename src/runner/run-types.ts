import type { Clock, Digest, Failure, Place, RandomHex } from '../base/index.ts';
import type {
  CodeFunction,
  DatabaseError,
  Emit,
  Extension,
  Group,
  HistoryWrite,
  Hooks,
  Part,
  RenderedChange,
  Statement,
  WayBack,
} from '../contracts/index.ts';
import type { HistoryRow } from '../migration/index.ts';
import type { Conventions } from '../schema/index.ts';
import type { RunLock } from './lock-types.ts';
import type { Session } from './session.ts';

/** What the history says of a migration beside its progress. */
export interface Identity {
  readonly id: string;
  /** Without it a migration. */
  readonly kind?: 'fixture';
  readonly set?: string;
  readonly module: string;
  readonly version: string;
  readonly name: string;
  readonly checksum?: string;
  readonly downChecksum?: string;
  readonly textHash?: string;
  readonly file?: string;
  readonly format?: string;
  readonly text?: string;
}

/** A migration and its own checks: statements, or a function. */
export interface Checked {
  readonly identity: Identity;
  readonly verify: readonly Statement[];
  readonly verifyCode?: CodeFunction;
}

/** A check that does not hold, where it stands, and why in words. */
export interface BrokenCheck {
  readonly at: Place | undefined;
  readonly why: string;
  readonly error: DatabaseError | undefined;
}

/** One migration in one direction, prepared: every statement that can be known is known. */
export interface Step extends Checked {
  readonly direction: 'up' | 'down';
  readonly groups: readonly Group[];
  /** Kept in the history, so that it can be taken back without its file. */
  readonly back: WayBack;
  /** Code that decides at run time; `groups` then shows only what it does before its first query. */
  readonly code?: CodeFunction;
  /** Changes whose statements could not all be rendered yet: what they need to know is read when their turn comes. */
  readonly late?: Extract<Part, { readonly kind: 'changes' }>;
  /** The way back is the author’s own; else it follows from the changes. */
  readonly ownBack?: true;
  /** Where evaluation stopped, for people. */
  readonly boundary?: string;
  /** What stands behind the boundary and is known, for people. */
  readonly foreseen?: readonly Foreseen[];
  /** How its changes were rendered, for a run that must be taken up. */
  readonly rendered?: readonly RenderedChange[];
  /** Work that is neither statements nor code: rows of a file that is read while they go. */
  readonly work?: (run: Run) => Promise<void>;
  /** The author allows a transaction. */
  readonly transaction: boolean;
  /** How the log calls it; by its direction where nothing else is said. */
  readonly event?: 'uninstall';
  /** The history has no row of it. */
  readonly fresh?: true;
  /** Of an installer: migrations that are in the database when it is done, without having run. */
  readonly covers?: readonly Identity[];
  /** Runs with the last record: names that the migration gave to rows, and rows that it kept, mean nothing once it is taken back. */
  readonly forgets?: readonly string[];
  /** What the history is told before anything of the step runs. */
  readonly prelude?: HistoryWrite;
  /** What the history said of it before it was to be taken back. */
  readonly was?: HistoryRow['state'];
  /** The row of an earlier, broken run that this one continues. */
  readonly resume?: HistoryRow;
}

/** Something that will run behind a boundary: its SQL as it would be if what comes before changed no structure, or what it says of itself. */
export interface Foreseen {
  readonly sql?: string;
  readonly says?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
}

/** How a step failed, and whether a part of it stays. */
export interface Broken {
  readonly failure: Failure;
  readonly partial: boolean;
  /** What became of it could not be found out. */
  readonly unknown?: true;
  /** The step itself is done: what failed came behind it. */
  readonly finished?: true;
}

export type Outcome =
  | { readonly kind: 'done'; readonly ms: number; readonly statements: number; readonly back: WayBack }
  | ({ readonly kind: 'failed'; readonly ms: number } & Broken);

/** Everything a run carries with it. */
export interface Run {
  readonly id: string;
  readonly by: string;
  readonly host: string;
  readonly session: Session;
  readonly lock: RunLock;
  readonly emit: Emit;
  readonly digest: Digest;
  readonly random: RandomHex;
  readonly clock: Clock;
  /** How long statements may wait for locks, all attempts together. */
  readonly lockTimeoutMs: number;
  /** One transaction around all steps is open already: none of them begins or commits one, and none records a failure. */
  readonly together?: true;
  /** What is to be told to a history outside of the database when that one transaction has been committed. */
  readonly later?: { readonly announced: HistoryWrite; readonly done: readonly HistoryWrite[] }[];
  /** Refuses what would be lost by statements of a way up that are known only now; who takes something back has been asked before. */
  readonly approve?: (statements: readonly Statement[]) => Promise<void>;
  /** Run the checks of a migration before it is committed. */
  readonly verify: boolean;
  /** Each statement is sent alone, so that its beginning and its end can be told. */
  readonly singly: boolean;
  /** Aborts when no further statement shall begin. */
  readonly stop: AbortSignal;
  /** Makes the tables of the history where there are none yet; only when something is about to run. */
  readonly setUp: () => Promise<void>;
  readonly hooks: Hooks;
  readonly services: Readonly<Record<string, unknown>>;
  readonly extensions: readonly Extension[];
  /** What migrations of this run leave to those behind them. */
  readonly shared: Map<string, unknown>;
  /** What the project says for all tables. */
  readonly conventions?: Conventions;
}
