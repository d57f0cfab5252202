import { Failure } from '../base/index.ts';
import type { Group } from '../contracts/index.ts';
import type { CodeProgress, HistoryRow, Intent, JournalNote } from '../migration/index.ts';
import { isInvalid } from './concurrent-index.ts';
import { digestsOf } from './items.ts';
import type { Run, Step } from './run-types.ts';
import type { Session } from './session.ts';

/** Where a broken step goes on: how many statements are finished, and the digest that they must have. */
export interface ResumePoint {
  readonly done: number;
  readonly digest: string | undefined;
  readonly code: CodeProgress | undefined;
}

/**
 * Where a step that broke off goes on. A statement that was under way is decided by looking at the catalogue, or refused when looking
 * cannot tell.
 */
export async function resumePoint(session: Session, row: HistoryRow | undefined): Promise<ResumePoint> {
  if (row === undefined) return { done: 0, digest: undefined, code: undefined };
  const note = row.intent === undefined ? {} : (JSON.parse(row.intent) as JournalNote);
  const code = note.code;
  const at: ResumePoint = { done: row.done, digest: row.done === 0 ? undefined : row.finished, code };
  refuseUncertain(row);
  if (note.statement === undefined || note.statement <= row.done) return at;
  const intent = note as Intent;
  return (await wasDone(session, row, intent)) ? { done: intent.statement, digest: intent.digest, code } : at;
}

/** What the journal says of the code of a migration that broke off. */
export function codeProgress(row: HistoryRow | undefined): CodeProgress | undefined {
  return row?.intent === undefined ? undefined : (JSON.parse(row.intent) as JournalNote).code;
}

/**
 * How many statements of a step are finished already. What ran must still stand in the file as it ran, including the statement that
 * was under way if it was finished.
 */
export async function finishedStatements(run: Run, step: Step, groups: readonly Group[]): Promise<number> {
  const row = step.resume;
  if (row === undefined) return 0;
  const { done, digest } = await resumePoint(run.session, row);
  const statements = groups.flatMap((group) => group.statements);
  if (done > statements.length || (done > 0 && digestsOf(run, statements)[done] !== digest)) throw editedFailure(row);
  // What the finished part set in its session is gone with that session, and what follows may count on it.
  for (const { sql, family } of statements.slice(0, done)) if (family === 'session') await run.session.connection.query(sql);
  return done;
}

/** Whether the statement that was under way has happened. */
async function wasDone(session: Session, row: HistoryRow, intent: Intent): Promise<boolean> {
  const { connection, engine, server, store } = session;
  switch (intent.afterCrash) {
    case 'repeat':
      return false;
    case 'ask':
      throw undecidable(row, intent);
    case 'probe': {
      const before = await store.probe(session, row.id);
      if (before === undefined) throw undecidable(row, intent);
      const { rows } = await connection.query(`SELECT (${engine.probe(intent.touches, server)}) AS probe`);
      if (String(rows[0]?.['probe']) === before) return false;
      const index = engine.concurrentIndex?.(intent.sql);
      return index === undefined || !(await isInvalid(session, index));
    }
  }
}

export function editedFailure(row: HistoryRow): Failure {
  return new Failure(
    'resume.edited',
    `the finished part of migration ${row.id} was edited: its first ${row.done === 1 ? 'statement' : `${row.done} statements`} ran here as they were`,
    {
      state: `${row.done} of ${row.total} statements of ${row.id} stay`,
      fix: ['restore the finished statements, then  lockstep up', 'lockstep down --partial'],
      data: { migration: row.id, done: row.done, total: row.total },
    },
  );
}

function undecidable(row: HistoryRow, intent: Intent): Failure {
  const n = intent.statement;
  return new Failure(
    'resume.undecidable',
    `migration ${row.id} broke off while statement ${n} of ${row.total} was under way, and nobody can tell whether it was finished: ${oneLine(intent.sql)}`,
    {
      state: `${n === 1 ? '' : n === 2 ? 'statement 1 stays; ' : `statements 1–${n - 1} stay; `}statement ${n} is finished or not`,
      fix: [
        `lockstep mark applied ${row.id} --statement ${n} --reason WHY   it was finished`,
        `lockstep mark pending ${row.id} --statement ${n} --reason WHY   it was not`,
      ],
      data: { migration: row.id, statement: n, of: row.total },
    },
  );
}

/** Refuses what would build on a commit of which nobody knows whether it took place; an empty one makes no difference. */
export function refuseUncertain(row: HistoryRow): void {
  const note = row.intent === undefined ? {} : (JSON.parse(row.intent) as JournalNote);
  if (note.committing !== undefined && (row.total > 0 || note.code !== undefined)) throw uncertainCommit(row, note);
}

/** A history outside of the database was told of a commit, and never of its end. */
function uncertainCommit(row: HistoryRow, { statement = 1, committing, after }: JournalNote): Failure {
  const { id, done } = row;
  const last = after?.done ?? row.total;
  const what = last > done ? (last - done === 1 ? `statement ${last}` : `statements ${done + 1}–${last}`) : 'what its code did';
  const rest = committing === 'whole' ? '' : '; `lockstep up` goes on behind it';
  return new Failure(
    'resume.undecidable',
    `the run ended while migration ${id} was being committed, and the history, which is kept outside of the database, never heard whether it was`,
    {
      state: `${done === 0 ? '' : done === 1 ? 'statement 1 stays; ' : `statements 1–${done} stay; `}${what} of ${id} ${last - done > 1 ? 'are' : 'is'} in the database, or nothing of it is: look there`,
      fix: [
        `lockstep mark applied ${id} --statement ${statement} --reason WHY   it is there${rest}`,
        `lockstep mark pending ${id} --statement ${statement} --reason WHY   it is not`,
      ],
      data: { migration: id, statement, of: row.total },
    },
  );
}

export function oneLine(sql: string, longest = 100): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
