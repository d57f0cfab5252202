import { Failure, together } from '../base/index.ts';
import { type HistoryWrite, isOutside, type WayBack } from '../contracts/index.ts';
import { type Entry, isInDatabase, type JournalNote, resolve } from '../migration/index.ts';
import { booksOf } from '../plan/index.ts';
import { forgettingBooks, type HistoryEntry, prepareChecks, type Run, recordNow } from '../runner/index.ts';
import type { Workplace } from './open.ts';
import { inWorkplace } from './open.ts';
import { confirmProtected, preparerFor, type RunOptions, withRun } from './run.ts';
import { checkFiles } from './up.ts';

export type Mark = 'applied' | 'pending' | 'accept' | 'forget';

export interface MarkOptions extends RunOptions {
  readonly mark: Mark;
  readonly id: string;
  /** Why; kept in the history. */
  readonly reason: string;
  /** Of a broken migration: which statement is meant, counted from 1. */
  readonly statement?: number;
}

export interface MarkReport {
  readonly database: string;
  readonly id: string;
  readonly mark: Mark;
  readonly from: Entry['state'];
  /** What the migration is now, in words. */
  readonly now: string;
}

/** Tells the history what it cannot know. Nothing of the migration itself is run. */
export async function mark(options: MarkOptions): Promise<MarkReport> {
  return inWorkplace(options, { command: 'mark', readOnly: false }, async (workplace) => {
    if (options.mark !== 'forget') checkFiles(workplace);
    return await withRun(workplace, options, async (run, entries) => {
      const entry = resolve(options.id, entries);
      await confirmProtected(workplace, options, `The history would be changed for ${entry.id}.`);
      const { entry: written, also, now } = await changeFor(workplace, run, entry, options);
      await writeHistory(run, [written], also);
      return { database: workplace.database.name, id: entry.id, mark: options.mark, from: entry.state, now };
    });
  });
}

/** Writes into the history, in one transaction with other statements; its tables are made where there are none. */
export async function writeHistory(run: Run, entries: readonly HistoryEntry[], also: readonly string[] = []): Promise<void> {
  const { connection, engine, store } = run.session;
  await run.setUp();
  const outside = isOutside(store);
  if (outside && also.length === 0) return recordNow(run.session, entries);
  await connection.query(engine.session.begin);
  try {
    for (const sql of also) await connection.query(sql);
    if (!outside) await recordNow(run.session, entries);
    await connection.query(engine.session.commit);
  } catch (error) {
    await connection.query(engine.session.rollback).catch(() => undefined);
    throw error;
  }
  if (outside) await recordNow(run.session, entries);
}

/** What is written with the mark of a migration. */
export interface Beside {
  /** Statements in the same transaction. */
  readonly also: readonly string[];
  /** How it is taken back here. */
  readonly back: WayBack;
}

/** Marks a migration as applied under a lock that is held already. Nothing of it is run. */
export async function markApplied(workplace: Workplace, run: Run, entry: Entry, reason: string, beside?: Beside): Promise<void> {
  const { entry: written } = await changeFor(workplace, run, entry, { mark: 'applied', id: entry.id, reason });
  if (beside === undefined || 'forget' in written) return writeHistory(run, [written]);
  await writeHistory(run, [{ ...written, set: { ...written.set, back: beside.back } }], beside.also);
}

async function changeFor(workplace: Workplace, run: Run, entry: Entry, options: MarkOptions): Promise<Change> {
  const log = {
    event: 'mark',
    migration: entry.id,
    run: run.id,
    by: run.by,
    host: run.host,
    detail: `${options.mark}: ${options.reason}`,
  } as const;
  const record = (set: HistoryWrite['set'], exists: boolean): HistoryWrite => ({
    id: entry.id,
    set,
    log,
    ...(exists ? { exists: true } : {}),
    stamp: 'finishedAt',
  });
  if (options.statement !== undefined) return statementMark(entry, options, record);
  switch (options.mark) {
    case 'applied': {
      if (isInDatabase(entry.row)) throw unfit(entry, 'it is in the database already');
      const set = await identitySet(workplace, entry);
      return {
        entry: record({ ...set, state: 'baseline', reason: options.reason, by: run.by, host: run.host, ...cleared }, false),
        now: 'baseline: marked as applied, not run',
      };
    }
    case 'pending':
      if (entry.row === undefined) throw unfit(entry, 'it is pending already');
      if (entry.migration === undefined) throw unfit(entry, 'it has no file; `forget` takes its row away');
      return {
        entry: record({ state: 'reverted', reason: options.reason, ...cleared }, true),
        // It names its rows anew, and keeps them anew.
        also: await forgettingBooks(run.session, entry.id),
        now: 'pending: it will be run again',
      };
    case 'accept': {
      if (!entry.flags.includes('edited')) throw unfit(entry, 'it was not edited');
      return {
        entry: record({ ...(await identitySet(workplace, entry)), state: entry.row?.state ?? 'applied', reason: options.reason }, false),
        now: 'the text of the file is taken as what was applied',
      };
    }
    case 'forget':
      if (entry.row === undefined) throw unfit(entry, 'the history has no row of it');
      if (entry.migration !== undefined) throw unfit(entry, 'its file is there; `mark pending` makes it run again');
      return { entry: { forget: entry.id, log }, also: await forgetKept(run, [entry.id]), now: 'forgotten' };
  }
}

/** What is written, and what the migration is then in words. */
interface Change {
  readonly entry: HistoryEntry;
  /** What else is changed in the database with it. */
  readonly also?: readonly string[];
  readonly now: string;
}

const cleared = { error: null, done: 0, total: 0, finished: null, intent: null, direction: null } as const;

/** Decides a statement of which nobody but a person knows whether it was finished. */
function statementMark(entry: Entry, options: MarkOptions, record: (set: HistoryWrite['set'], exists: boolean) => HistoryWrite): Change {
  const { row } = entry;
  const note = row?.intent === undefined ? undefined : (JSON.parse(row.intent) as JournalNote);
  if (row === undefined || note?.statement === undefined || note.statement !== options.statement) {
    throw unfit(entry, `statement ${options.statement} of it is not in doubt`);
  }
  const restOf = (code: JournalNote['code']): string | null => (code === undefined ? null : JSON.stringify({ code }));
  const rest = restOf(note.code);
  if (options.mark === 'applied') {
    if (note.committing === 'whole') {
      const state = row.direction === 'down' ? 'reverted' : 'applied';
      return { entry: record({ ...cleared, state, reason: options.reason }, true), now: `${state}: its commit counts as done` };
    }
    if (note.committing === 'part') {
      const { done, code } = note.after ?? { done: row.done };
      const set = { done, finished: note.digest ?? null, intent: restOf(code), reason: options.reason };
      return { entry: record(set, true), now: 'its commit counts as done; `lockstep up` goes on behind it' };
    }
    const set = { done: note.statement, finished: note.digest ?? null, intent: rest, reason: options.reason };
    return { entry: record(set, true), now: `statement ${note.statement} counts as finished; \`lockstep up\` goes on behind it` };
  }
  if (options.mark === 'pending') {
    // A way back of which nothing was committed leaves the migration where it was.
    if (note.committing !== undefined && row.direction === 'down' && row.done === 0) {
      return { entry: record({ ...cleared, state: 'applied', reason: options.reason }, true), now: 'applied: it was not taken back' };
    }
    return {
      entry: record({ intent: rest, reason: options.reason }, true),
      now: `statement ${note.statement} counts as not run; \`lockstep up\` goes on with it`,
    };
  }
  throw unfit(entry, '`--statement` goes with `applied` and `pending`');
}

async function identitySet(workplace: Workplace, entry: Entry): Promise<HistoryWrite['set']> {
  const own = { module: entry.module, version: entry.version, name: entry.name };
  if (entry.migration === undefined) return own;
  const { checked, problems } = await prepareChecks(preparerFor(workplace), entry.migration);
  if (checked === undefined) throw together(problems).with({ state: 'nothing was written' });
  const { checksum, downChecksum, textHash, file, format, text } = checked.identity;
  return {
    ...own,
    checksum: checksum ?? null,
    downChecksum: downChecksum ?? null,
    textHash: textHash ?? null,
    file: file ?? null,
    format: format ?? null,
    text: text ?? null,
  };
}

function unfit(entry: Entry, why: string): Failure {
  return new Failure('usage.invalid-value', `migration ${entry.id} cannot be marked like that: ${why}`, { state: 'nothing was changed' });
}

/** What migrations kept of rows goes with their rows of the history. */
export async function forgetKept({ session }: Run, ids: readonly string[]): Promise<readonly string[]> {
  const { connection, engine, server } = session;
  const books = booksOf(engine, server);
  const { rows } = await connection.query(engine.books.exists(books));
  return rows.length === 0 ? [] : ids.map((id) => `DELETE FROM ${books.kept} WHERE migration = ${engine.quote.literal(id)}`);
}
