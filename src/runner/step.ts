import { count } from '../base/index.ts';
import { DatabaseError, type ErrorKind, type Group, type Statement } from '../contracts/index.ts';
import { prepareBooks } from './books.ts';
import { dropInvalidIndexes, isInvalid } from './concurrent-index.ts';
import { isLockLost, stepFailure } from './failure.ts';
import { recordFailed } from './history.ts';
import { digestsOf, type Item, itemsFor, type Progress } from './items.ts';
import { boundLockWaits } from './lock-waits.ts';
import { type Orphans, orphansIn } from './orphans.ts';
import { failedWrite } from './record.ts';
import type { Broken, Outcome, Run, Step } from './run-types.ts';
import { ItemError, sendItems } from './send.ts';
import { settle } from './settle.ts';
import { checkError, checkOptions, hasChecks, runChecks } from './verify.ts';
import { pauseFor } from './wait.ts';
import { startWatch, type Watch } from './watch.ts';

interface Position {
  /** Groups that are finished for good, and the statements of the step that are. */
  readonly groups: number;
  readonly done: number;
}

interface Work {
  readonly run: Run;
  readonly step: Step;
  /** What is left of the step when it begins. */
  readonly groups: readonly Group[];
  readonly total: number;
  readonly finished: readonly string[];
  readonly begun: number;
  readonly watch: Watch;
}

/** Runs a step whose statements are all known, from where an earlier run of it stopped. What the database refuses is an outcome. */
export async function runStatements(run: Run, step: Step, groups: readonly Group[], finishedBefore: number): Promise<Outcome> {
  const statements = groups.flatMap((group) => group.statements);
  const begun = performance.now();
  const watch = startWatch(run, step.identity.id);
  try {
    const work: Work = {
      run,
      step,
      groups: restOf(groups, finishedBefore),
      total: statements.length,
      finished: needsJournal(groups, finishedBefore) ? digestsOf(run, statements) : [],
      begun,
      watch,
    };
    await prepareBooks(run.session, statements);
    const failure = await attempts(work, finishedBefore);
    const ms = performance.now() - begun;
    return failure === undefined
      ? { kind: 'done', ms, statements: statements.length - finishedBefore, back: step.back }
      : { kind: 'failed', ms, ...failure };
  } finally {
    await watch.end();
  }
}

function needsJournal(groups: readonly Group[], finishedBefore: number): boolean {
  return groups.length > 1 || finishedBefore > 0 || groups[0]?.transactional === false;
}

/** The groups without the statements that are finished already. */
function restOf(groups: readonly Group[], finished: number): readonly Group[] {
  const rest: Group[] = [];
  let left = finished;
  for (const group of groups) {
    const statements = group.statements.slice(left);
    left = Math.max(0, left - group.statements.length);
    if (statements.length > 0) rest.push({ ...group, statements });
  }
  return rest;
}

/** Where the attempts stand. */
interface Tried {
  at: Position;
  recorded: boolean;
  attempt: number;
  orphans?: Orphans;
}

/** Tries until it is done, or until a refusal is not one of those that time heals, or until time is over. */
async function attempts(work: Work, finishedBefore: number): Promise<Broken | undefined> {
  const { run, step, groups } = work;
  const tried: Tried = {
    at: { groups: 0, done: finishedBefore },
    recorded: step.resume !== undefined,
    attempt: 1,
  };
  for (; ; tried.attempt++) {
    try {
      await sendGroups(work, itemsFor(run, step, groups.slice(tried.at.groups), progressOf(work, tried)));
      return undefined;
    } catch (error) {
      if (!(error instanceof ItemError)) throw error;
      const group = groups[tried.at.groups + error.item.group];
      tried.at = positionAt(groups, tried.at, error.item);
      tried.recorded ||= tried.at.done > finishedBefore || (group?.transactional === false && error.item.role === 'statement');
      const kind = error.kind ?? run.session.engine.errorKind(error.error);
      await rollBack(run, kind);
      if (await mayTryAgain(work, tried, error, kind)) continue;
      return recordFailure(work, { error, kind, at: tried.at, recorded: tried.recorded, group });
    }
  }
}

/** Whether another attempt may end otherwise; waits until its time has come. */
async function mayTryAgain({ run, step, begun }: Work, tried: Tried, { error, item }: ItemError, kind: ErrorKind): Promise<boolean> {
  if (run.together === true) return false;
  if (tried.orphans === undefined && error.code === 'FOREIGN_KEY_CHECK') {
    tried.orphans = await orphansNow(run, step, item);
    return tried.orphans.size > 0;
  }
  const pause = Math.min(100 * 2 ** tried.attempt, 5_000) * (0.75 + Math.random() / 2);
  const healing = kind === 'busy' || kind === 'deadlock';
  if (!healing || performance.now() + pause > begun + run.lockTimeoutMs || run.stop.aborted) return false;
  const { id } = step.identity;
  run.emit({ ev: 'statement.retry', migration: id, attempt: tried.attempt, pauseMs: Math.round(pause), reason: error.message });
  await pauseFor(pause, run.stop);
  return true;
}

function progressOf({ total, finished, begun }: Work, { at, recorded, attempt, orphans }: Tried): Progress {
  return { done: at.done, total, finished, recorded, retried: attempt > 1, begun, ...(orphans === undefined ? {} : { orphans }) };
}

async function sendGroups({ run, step, total }: Work, items: readonly Item[]): Promise<void> {
  const { session } = run;
  const migration = step.identity.id;
  const report = (item: Item, ms: number | undefined): void => {
    const statement = (item.statement ?? 0) + 1;
    if (ms === undefined) run.emit({ ev: 'statement.start', migration, statement, of: total, sql: item.source?.sql ?? '' });
    else run.emit({ ev: 'statement.end', migration, statement, ms });
  };
  // What a failed build left behind is dropped before and looked for after, because its name makes a second try look successful.
  let from = 0;
  // Behind the last statement; behind BEGIN where there is none.
  const before: readonly Item['role'][] = ['begin', 'statement', 'check'];
  const checked = run.verify && hasChecks(step) ? items.findLastIndex((item) => before.includes(item.role)) + 1 : -1;
  for (const [at, item] of items.entries()) {
    if (at === checked) {
      await sendItems(run, items.slice(from, at), report);
      await verify(run, step, item);
      from = at;
    }
    const index = item.source === undefined || item.source.transactional ? undefined : session.engine.concurrentIndex?.(item.source.sql);
    if (index === undefined) continue;
    await sendItems(run, items.slice(from, at), report);
    await boundLockWaits(session, run.lockTimeoutMs, true);
    try {
      await dropInvalidIndexes(run, index);
      await sendItems(run, [item], report);
    } finally {
      // A connection that is gone has no settings; the statement's own error tells of it.
      await boundLockWaits(session, run.lockTimeoutMs).catch(() => undefined);
    }
    if (await isInvalid(session, index)) {
      throw new ItemError(item, new DatabaseError('the index was built but is not valid', { code: 'INVALID_INDEX' }), undefined);
    }
    from = at + 1;
  }
  await sendItems(run, items.slice(from), report);
}

/** The checks of the migration, before what it did is recorded and, where there is a transaction, committed. */
async function verify(run: Run, step: Step, next: Item): Promise<void> {
  const broken = await runChecks(run.session, step, checkOptions(run, step, !next.behind));
  if (broken !== undefined) throw checkError(broken, next);
}

/** What is finished when an item failed: the groups before its own, and a statement outside a transaction that it comes behind. */
function positionAt(groups: readonly Group[], from: Position, item: Item): Position {
  const finished = groups.slice(from.groups, from.groups + item.group + (item.behind ? 1 : 0));
  return {
    groups: from.groups + finished.length,
    done: from.done + finished.reduce((sum, group) => sum + group.statements.length, 0),
  };
}

/** Rows without a parent that are there without the migration: they are told of, and forbid nothing. */
async function orphansNow(run: Run, step: Step, check: Item): Promise<Orphans> {
  const { rows } = await run.session.connection.query(check.sql());
  if (rows.length > 0) {
    const tables = [...new Set(rows.map((row) => String(row['table'])))].join(', ');
    const message = `${count(rows.length, 'foreign key')} of ${tables} pointed to rows that do not exist before ${step.identity.id} ran; they are left as they are`;
    run.emit({ ev: 'warning', code: 'verify.rows', message, migration: step.identity.id });
  }
  return orphansIn(rows);
}

async function rollBack(run: Run, kind: ErrorKind): Promise<void> {
  if (kind === 'lost' || run.together === true) return;
  // There may be none, or it may be gone already (COMMIT failed); the engine then says so, and that is all.
  await run.session.connection.query(run.session.engine.session.rollback).catch(() => undefined);
}

interface Reached {
  readonly error: ItemError;
  readonly kind: ErrorKind;
  readonly at: Position;
  readonly recorded: boolean;
  readonly group: Group | undefined;
}

async function recordFailure(work: Work, reached: Reached): Promise<Broken> {
  const { run, step, total, finished, watch } = work;
  const { error, kind, at, recorded, group } = reached;
  const statement: Statement | undefined =
    group?.transactional === false && error.item.role === 'statement' ? error.item.source : undefined;
  const unwritten = isLockLost(error, kind) && error.item.behind ? group?.statements[0] : undefined;
  const settled = await settle(run, step, { kind, done: at.done, total, recorded, statement, unwritten });
  // Without the lock the row may be another run's by now.
  if (kind !== 'lost' && !isLockLost(error, kind) && run.together !== true) {
    const write = failedWrite(run, step, {
      error: settled.left === undefined ? error.error.message : `${error.error.message}; ${settled.left}`,
      done: at.done,
      total,
      finished: at.done > 0 ? finished[at.done] : undefined,
    });
    await recordFailed(run.session, write);
  }
  const blockers = kind === 'busy' ? await watch.blockers(error.item.source?.touches ?? []) : [];
  const failure = stepFailure({
    step,
    kind,
    error,
    total,
    state: settled.state,
    partial: settled.partial,
    source: step.identity.text,
    advice: run.session.engine.advice?.(error.item.source?.sql ?? '', error.error),
    blockers,
  });
  const { state: _, left: __, ...rest } = settled;
  return { failure, ...rest };
}
