import { Failure, together } from '../base/index.ts';
import type { HistoryWrite } from '../contracts/index.ts';
import { type Entry, isInDatabase, type JournalNote, resolve } from '../migration/index.ts';
import { booksOf } from '../plan/index.ts';
import { prepareChecks, type Run } from '../runner/index.ts';
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
      const { statements, now } = await changeFor(workplace, run, entry, options);
      await writeHistory(run, statements);
      return { database: workplace.database.name, id: entry.id, mark: options.mark, from: entry.state, now };
    });
  });
}

/** Writes into the history, in one transaction; its tables are made where there are none. */
export async function writeHistory(run: Run, statements: readonly string[]): Promise<void> {
  const { connection, engine } = run.session;
  await run.setUp();
  await connection.query(engine.session.begin);
  try {
    for (const sql of statements) await connection.query(sql);
    await connection.query(engine.session.commit);
  } catch (error) {
    await connection.query(engine.session.rollback).catch(() => undefined);
    throw error;
  }
}

/** Marks a migration as applied under a lock that is held already. Nothing of it is run. */
export async function markApplied(workplace: Workplace, run: Run, entry: Entry, reason: string): Promise<void> {
  const { statements } = await changeFor(workplace, run, entry, { mark: 'applied', id: entry.id, reason });
  await writeHistory(run, statements);
}

async function changeFor(
  workplace: Workplace,
  run: Run,
  entry: Entry,
  options: MarkOptions,
): Promise<{ readonly statements: readonly string[]; readonly now: string }> {
  const { store } = run.session;
  const log = {
    event: 'mark',
    migration: entry.id,
    run: run.id,
    by: run.by,
    host: run.host,
    detail: `${options.mark}: ${options.reason}`,
  } as const;
  const record = (set: HistoryWrite['set'], exists: boolean): readonly string[] =>
    store.record(run.session, { id: entry.id, set, log, ...(exists ? { exists: true } : {}), stamp: 'finishedAt' });
  if (options.statement !== undefined) return statementMark(entry, options, record);
  switch (options.mark) {
    case 'applied': {
      if (isInDatabase(entry.row)) throw unfit(entry, 'it is in the database already');
      const set = await identitySet(workplace, entry);
      return {
        statements: record({ ...set, state: 'baseline', reason: options.reason, by: run.by, host: run.host, ...cleared }, false),
        now: 'baseline: marked as applied, not run',
      };
    }
    case 'pending':
      if (entry.row === undefined) throw unfit(entry, 'it is pending already');
      if (entry.migration === undefined) throw unfit(entry, 'it has no file; `forget` takes its row away');
      return { statements: record({ state: 'reverted', reason: options.reason, ...cleared }, true), now: 'pending: it will be run again' };
    case 'accept': {
      if (!entry.flags.includes('edited')) throw unfit(entry, 'it was not edited');
      return {
        statements: record(
          { ...(await identitySet(workplace, entry)), state: entry.row?.state ?? 'applied', reason: options.reason },
          false,
        ),
        now: 'the text of the file is taken as what was applied',
      };
    }
    case 'forget':
      if (entry.row === undefined) throw unfit(entry, 'the history has no row of it');
      if (entry.migration !== undefined) throw unfit(entry, 'its file is there; `mark pending` makes it run again');
      return { statements: [...(await forgetKept(run, entry.id)), ...store.forget(run.session, entry.id, log)], now: 'forgotten' };
  }
}

const cleared = { error: null, done: 0, total: 0, finished: null, intent: null, direction: null } as const;

/** Decides a statement of which nobody but a person knows whether it was finished. */
function statementMark(
  entry: Entry,
  options: MarkOptions,
  record: (set: HistoryWrite['set'], exists: boolean) => readonly string[],
): { readonly statements: readonly string[]; readonly now: string } {
  const { row } = entry;
  const note = row?.intent === undefined ? undefined : (JSON.parse(row.intent) as JournalNote);
  if (row === undefined || note?.statement === undefined || note.statement !== options.statement) {
    throw unfit(entry, `statement ${options.statement} of it is not in doubt`);
  }
  const rest = note.code === undefined ? null : JSON.stringify({ code: note.code });
  if (options.mark === 'applied') {
    const set = { done: note.statement, finished: note.digest ?? null, intent: rest, reason: options.reason };
    return { statements: record(set, true), now: `statement ${note.statement} counts as finished; \`lockstep up\` goes on behind it` };
  }
  if (options.mark === 'pending') {
    return {
      statements: record({ intent: rest, reason: options.reason }, true),
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

/** What a migration kept of rows goes with its row of the history. */
async function forgetKept({ session }: Run, id: string): Promise<readonly string[]> {
  const { connection, engine, server } = session;
  const books = booksOf(engine, server);
  const { rows } = await connection.query(engine.books.exists(books));
  return rows.length === 0 ? [] : [`DELETE FROM ${books.kept} WHERE migration = ${engine.quote.literal(id)}`];
}
