import type { HistoryRow } from '../migration/index.ts';
import type { Connection, Target } from './driver.ts';
import type { Began, Engine, Server } from './engine.ts';
import type { WayBack } from './plan.ts';

/** An entry of the append-only log. */
export interface LogEntry {
  readonly event: 'up' | 'down' | 'failed' | 'mark' | 'created' | 'uninstall';
  readonly migration?: string;
  readonly run?: string;
  readonly by?: string;
  readonly host?: string;
  readonly detail?: string;
}

/** An entry as it stands in the log. */
export interface LoggedEntry extends Omit<LogEntry, 'event'> {
  /** By the database's own clock, RFC 3339, UTC. */
  readonly at: string;
  readonly event: string;
}

/** What is recorded of one migration or fixture: the properties given are set, `null` empties one, all others stay. */
export interface HistoryWrite {
  readonly id: string;
  readonly set: { readonly [K in keyof Omit<HistoryRow, 'id'>]?: HistoryRow[K] | null } & {
    readonly text?: string | null;
    readonly back?: WayBack | null;
    readonly rendered?: readonly RenderedChange[] | null;
  };
  /**
   * The row exists for certain: it is updated, so that only what changes must be given. Or it does not: it is inserted, which fails
   * when somebody else was faster.
   */
  readonly exists?: boolean;
  /** An SQL expression whose value is kept beside the intent: how the catalogue looked before the statement under way. */
  readonly probe?: string;
  /** Set this time to the database's own clock. */
  readonly stamp?: 'startedAt' | 'finishedAt';
  /** Let the engine work out the duration of what is recorded. */
  readonly began?: Began;
  readonly log?: LogEntry;
}

/** A write with nothing left to ask the database for: times, durations and the probe are plain values. */
export interface PlainWrite extends Pick<HistoryWrite, 'id' | 'set' | 'log'> {
  readonly probe?: string;
}

/** A row that leaves the history. */
export interface Forgotten {
  readonly forget: string;
  readonly log: LogEntry;
}

/** A change as it was rendered when its migration began: only so can the rest of a broken one be taken up. */
export interface RenderedChange {
  readonly digest: string;
  readonly statements: readonly string[];
}

/** What only one migration at a time is asked for: its text as it was applied, its way back, and its changes while it is not finished. */
export interface Loaded {
  readonly text?: string;
  readonly back?: WayBack;
  readonly rendered?: readonly RenderedChange[];
}

/** The database whose history is kept. */
export interface StoreContext {
  readonly engine: Engine;
  readonly server: Server;
  readonly connection: Connection;
  /** What was connected to; its URL may hold a password and is never written anywhere. */
  readonly target: Target;
}

interface AnyStore {
  readonly name: string;
  /**
   * All rows, or nothing when the history has never been set up here. Writes nothing. Of rows that are simply applied only what every
   * listing needs; with ids, these rows and everything of them but text and way back.
   */
  read(context: StoreContext, ids?: readonly string[]): Promise<readonly HistoryRow[] | undefined>;
  /** What is too large for every listing; nothing of it for an id that is not there. */
  load(context: StoreContext, id: string): Promise<Loaded>;
  /** How the catalogue looked before the statement under way. */
  probe(context: StoreContext, id: string): Promise<string | undefined>;
  /** The newest entries of the log, newest first; a store that keeps no log has no such function. Nothing where there is no history. */
  log?(context: StoreContext, most: number): Promise<readonly LoggedEntry[] | undefined>;
  /** Sets the history up, or brings one of an older make up to date; safe to call again. */
  prepare(context: StoreContext): Promise<void>;
}

/** A history in the database itself: it is written by SQL that travels with the migration, in its own transaction. */
export interface InsideStore extends AnyStore {
  /** The statements that `prepare` sends, for people who send them themselves. */
  definition(context: StoreContext): readonly string[];
  /** SQL that records a write. */
  record(context: StoreContext, write: HistoryWrite): readonly string[];
  /** SQL that takes a row out of the history. */
  forget(context: StoreContext, id: string, log: LogEntry): readonly string[];
}

/**
 * A history anywhere else. No transaction holds both, so the runner writes what is about to be committed before the COMMIT and what was
 * committed behind it; a crash in between is told by the next run, which asks a person.
 */
export interface OutsideStore extends AnyStore {
  /** Writes all of it or nothing, and comes back when it would outlive a crash. A row that is not there is made. */
  write(context: StoreContext, entries: readonly (PlainWrite | Forgotten)[]): Promise<void>;
}

/** Where the history is kept. */
export type Store = InsideStore | OutsideStore;

/** Whether the history is kept outside of the database. */
export function isOutside(store: Store): store is OutsideStore {
  return 'write' in store;
}
