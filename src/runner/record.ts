import { canonicalJson } from '../base/index.ts';
import type { Began, HistoryWrite, LogEntry, RenderedChange, Statement, WayBack } from '../contracts/index.ts';
import type { CodeProgress, Intent, JournalNote } from '../migration/index.ts';
import type { Run, Step } from './run-types.ts';

const longestText = 1_000_000;
const longestShown = 4_000;

/** What stands in every row that a step writes first. */
function identityOf({ identity, direction }: Step): HistoryWrite['set'] {
  const { module, version, name, kind, set, checksum, downChecksum, textHash, file, format, text } = identity;
  const own = { module, version, name, ...(kind === undefined ? {} : { kind }), ...(set === undefined ? {} : { set }) };
  if (direction === 'down') return own;
  return {
    ...own,
    checksum: checksum ?? null,
    downChecksum: downChecksum ?? null,
    textHash: textHash ?? null,
    file: file ?? null,
    format: format ?? null,
    text: text !== undefined && text.length <= longestText ? text : null,
  };
}

function actorOf(run: Run): Pick<LogEntry, 'run' | 'by' | 'host'> {
  return { run: run.id, by: run.by, host: run.host };
}

const settled = { error: null, reason: null, finished: null, intent: null, direction: null, rendered: null } as const;

/** Whether a row is there: certainly not, because the step is fresh, certainly, or perhaps. */
function existence(step: Step, { recorded, retried }: RowKnowledge): { readonly exists?: boolean } {
  // What is taken back is in the history.
  if (recorded || step.direction === 'down') return { exists: true };
  return step.fresh === true && !retried ? { exists: false } : {};
}

/** What is known of the row of a step in the history. */
export interface RowKnowledge {
  /** It is there, and says that this step has begun. */
  readonly recorded: boolean;
  /** An attempt has failed, and nobody knows for certain how far it came. */
  readonly retried: boolean;
}

export interface Finish extends RowKnowledge {
  /** So many milliseconds, or as the engine counts them. */
  readonly took: number | Began;
  /** The way back where it is not the one that was prepared. */
  readonly back?: WayBack;
}

/** The step is finished. What this very run has written into its row before is not written again. */
export function finishedWrite(run: Run, step: Step, finish: Finish): HistoryWrite {
  const { took, back, recorded } = finish;
  const up = step.direction === 'up';
  const written = up && recorded && step.resume === undefined;
  return {
    id: step.identity.id,
    set: {
      ...(written ? {} : identityOf(step)),
      ...settled,
      state: up ? 'applied' : 'reverted',
      done: 0,
      total: 0,
      ...(written ? {} : actorOf(run)),
      ...(up && !(written && back === undefined) ? { back: back ?? step.back } : {}),
      ...(typeof took === 'number' ? { milliseconds: Math.round(took) } : {}),
    },
    stamp: 'finishedAt',
    ...existence(step, finish),
    ...(typeof took === 'number' ? {} : { began: took }),
    log: { event: step.event ?? step.direction, migration: step.identity.id, ...actorOf(run) },
  };
}

/** What an installer makes unnecessary is in the database with it, and goes with it. */
export function coveredWrites(run: Run, step: Step): readonly HistoryWrite[] {
  return (step.covers ?? []).map(({ id, module, version, name }) => ({
    id,
    set: {
      module,
      version,
      name,
      ...settled,
      ...(step.direction === 'up'
        ? { state: 'covered' as const, reason: `covered by ${step.identity.id}` }
        : { state: 'reverted' as const }),
      done: 0,
      total: 0,
      ...actorOf(run),
    },
    stamp: 'finishedAt',
  }));
}

export interface JournalEntry {
  readonly done: number;
  readonly total: number;
  readonly finished: string;
  readonly note?: JournalNote;
  readonly probe?: string;
  readonly rendered?: readonly RenderedChange[];
}

/** The journal: `done` statements are finished for good, and maybe one more is under way. */
export function progressWrite(run: Run, step: Step, progress: JournalEntry, row: RowKnowledge): HistoryWrite {
  const { done, total, finished, note, probe, rendered } = progress;
  const first = !row.recorded;
  return {
    id: step.identity.id,
    set: {
      ...(first ? { ...identityOf(step), error: 'the run was interrupted', direction: step.direction } : {}),
      ...(first && step.direction === 'up' ? { ...actorOf(run), back: step.back } : {}),
      ...(first && step.rendered !== undefined ? { rendered: step.rendered } : {}),
      ...(rendered === undefined ? {} : { rendered }),
      state: 'failed',
      done,
      total,
      finished,
      intent: note === undefined ? null : canonicalJson(note),
    },
    ...(probe === undefined ? {} : { probe }),
    ...(first ? { stamp: 'startedAt' as const } : {}),
    ...existence(step, row),
  };
}

/** A transaction that is about to be committed, with a history that cannot be part of it. */
export interface Announcement {
  /** Statements of the step that are finished when it is. */
  readonly done: number;
  readonly total: number;
  /** A digest of the first k statements, for k from 0. */
  readonly finished: readonly string[];
  readonly recorded: boolean;
  /** What the journal says of code, before and behind it. */
  readonly code?: { readonly before: CodeProgress; readonly after: CodeProgress };
  /** What is written when it is committed. */
  readonly behind: HistoryWrite | undefined;
}

/** What the history says while nobody knows whether a transaction is committed. */
export function announcedWrite(run: Run, step: Step, announcement: Announcement): HistoryWrite {
  const { done, total, finished, recorded, code, behind } = announcement;
  const whole = behind?.set.state === 'applied' || behind?.set.state === 'reverted';
  const back = behind?.set.back ?? (recorded || step.direction === 'down' ? undefined : step.back);
  const note: JournalNote = {
    statement: Math.max(done, 1),
    sql: 'COMMIT',
    digest: finished[done] ?? '',
    afterCrash: 'ask',
    touches: [],
    committing: whole ? 'whole' : 'part',
    after: { done, ...(code === undefined ? {} : { code: code.after }) },
    ...(code === undefined ? {} : { code: code.before }),
  };
  return {
    id: step.identity.id,
    set: {
      ...(recorded ? {} : { ...identityOf(step), ...actorOf(run), done: 0 }),
      ...(back === undefined ? {} : { back }),
      ...(behind?.set.rendered == null ? {} : { rendered: behind.set.rendered }),
      ...(step.rendered === undefined ? {} : { rendered: step.rendered }),
      state: 'failed',
      error: 'the run ended while its transaction was being committed',
      total,
      intent: canonicalJson(note),
      direction: step.direction,
    },
  };
}

/** What is known of a step when it fails. */
export interface FailedWrite {
  readonly error: string;
  readonly done: number;
  readonly total: number;
  readonly finished?: string | undefined;
  readonly note?: JournalNote;
}

/** The step failed; what stays is counted. */
export function failedWrite(run: Run, step: Step, failure: FailedWrite): HistoryWrite {
  const { error, done, total, finished, note } = failure;
  const log: LogEntry = { event: 'failed', migration: step.identity.id, detail: `${step.direction}: ${error}`, ...actorOf(run) };
  // A way back of which nothing is done leaves the migration as it was: applied, or half taken back by an earlier run.
  if (step.direction === 'down' && done === 0 && note === undefined) {
    const { was: state } = step;
    const was = state === undefined || state === 'failed' ? {} : { state, total: 0, finished: null, direction: null, rendered: null };
    return { id: step.identity.id, set: { ...was, error: `down: ${error}`, done: 0, intent: null }, exists: true, log };
  }
  return {
    id: step.identity.id,
    set: {
      ...identityOf(step),
      ...actorOf(run),
      state: 'failed',
      error,
      done,
      total,
      finished: finished ?? null,
      intent: note === undefined ? null : canonicalJson(note),
      ...(done === 0 && note === undefined ? { rendered: null } : {}),
      direction: step.direction,
      ...(step.direction === 'up' ? { back: step.back } : {}),
    },
    stamp: 'finishedAt',
    log,
  };
}

/** What the journal keeps of the statement that is about to run outside a transaction. */
export function intentOf(statement: Statement, number: number, digest: string): Intent {
  return {
    statement: number,
    sql: statement.sql.length > longestShown ? `${statement.sql.slice(0, longestShown)}…` : statement.sql,
    digest,
    afterCrash: statement.afterCrash,
    touches: statement.touches,
  };
}
