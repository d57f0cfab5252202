import type { Place } from '../base/index.ts';
import {
  type Began,
  type Group,
  type HistoryWrite,
  type InsideStore,
  isOutside,
  type RenderedChange,
  type Statement,
} from '../contracts/index.ts';
import type { CodeProgress, JournalNote } from '../migration/index.ts';
import { commitOutside, writeOutside } from './history.ts';
import type { Orphans } from './orphans.ts';
import { announcedWrite, coveredWrites, finishedWrite, intentOf, progressWrite, type RowKnowledge } from './record.ts';
import type { Run, Step } from './run-types.ts';

/** One thing that is sent: a statement of the migration, or what stands between them. */
export interface Item {
  readonly sql: () => string;
  readonly role: 'begin' | 'statement' | 'guard' | 'check' | 'record' | 'commit';
  /** What is done in place of sending the text: writing into a history outside of the database. */
  readonly act?: () => Promise<void>;
  /** The number of the statement, counted from 0, of the whole step. */
  readonly statement?: number;
  readonly source?: Statement;
  /** Where it stands in a file, for what is no statement. */
  readonly at?: Place;
  /** Of a check: what it may find, because it was so before. */
  readonly known?: Orphans;
  /** Of a guard: the code of the error that says that the lock is gone. */
  readonly lostCode?: string;
  /** Which group it belongs to. */
  readonly group: number;
  /** Must not share a message with others. */
  readonly alone: boolean;
  /** Comes behind a statement outside any transaction, which therefore stays whatever becomes of this item. */
  readonly behind: boolean;
}

export interface Progress {
  /** Statements finished before these groups. */
  readonly done: number;
  readonly total: number;
  /** A digest of the first k statements, for k from 0. */
  readonly finished: readonly string[];
  /** The row of this step stands in the history already. */
  readonly recorded: boolean;
  /** Not the first attempt. */
  readonly retried: boolean;
  /** When the step began (`performance.now()`). */
  readonly begun: number;
  /** More will follow: the last group does not finish the step. */
  readonly open?: true;
  /** What the journal says of the code that these statements belong to. */
  readonly code?: CodeProgress;
  /** Rows without a parent that were there before. */
  readonly orphans?: Orphans;
  /** How the changes of the code were rendered so far. */
  readonly rendered?: readonly RenderedChange[];
}

/** Digests of the first 0, 1, 2, … statements, each made from the one before, so that an edit of the finished part is noticed. */
export function digestsOf(run: Run, statements: readonly Statement[]): readonly string[] {
  const { engine } = run.session;
  const digests = [''];
  for (const statement of statements) digests.push(run.digest(`${digests.at(-1)}\n${engine.tokens(statement.sql)}`).slice(0, 32));
  return digests;
}

/**
 * Everything that is sent for the groups of a step, in order. One transaction that holds the whole step carries the history's row with
 * it. Otherwise a journal is kept: a transaction carries the count of finished statements, and a statement outside any announces
 * itself before it runs.
 */
export function itemsFor(run: Run, step: Step, groups: readonly Group[], progress: Progress): readonly Item[] {
  const items: Item[] = [];
  const isEmpty = groups.length === 0 && progress.open !== true;
  const all: readonly Group[] = isEmpty ? [{ transactional: true, statements: [] }] : groups;
  let at: Reached = { done: progress.done, recorded: progress.recorded };
  all.forEach((group, index) => {
    const builder = makeBuilder(run, step, items, { index, transactional: group.transactional });
    const next = all[index + 1];
    const last = next === undefined && progress.open !== true;
    if (index === 0 && progress.open !== true) builder.startClock(progress);
    at = group.transactional
      ? transactionItems(builder, group, { progress, at, last, fenced: isFenced(run, step, group, { ...progress, ...at }) })
      : loneItems(builder, group, { progress, at, last, next });
  });
  return items;
}

/** How far the items go: finished statements, and whether the row is there. */
interface Reached {
  readonly done: number;
  readonly recorded: boolean;
}

function transactionItems(
  builder: Builder,
  { statements }: Group,
  { progress, at, last, fenced }: { readonly progress: Progress; readonly at: Reached; readonly last: boolean; readonly fenced: boolean },
): Reached {
  const done = at.done + statements.length;
  builder.begin();
  statements.forEach((statement, i) => {
    builder.statement(statement, at.done + i);
  });
  builder.check(statements, progress.orphans);
  if (!fenced) builder.guard();
  if (last) builder.finished(progress, at.recorded);
  else builder.progress(progress, done, at.recorded);
  builder.commit({ ...progress, recorded: at.recorded }, done);
  return { done, recorded: true };
}

function loneItems(
  builder: Builder,
  { statements: [statement] }: Group,
  {
    progress,
    at,
    last,
    next,
  }: { readonly progress: Progress; readonly at: Reached; readonly last: boolean; readonly next: Group | undefined },
): Reached {
  if (statement === undefined) return at;
  builder.guard();
  builder.announce(progress, statement, at.done, at.recorded);
  builder.statement(statement, at.done);
  const done = at.done + 1;
  // The next announcement carries the count along; a crash before it is decided by looking, unless looking cannot decide.
  if (next === undefined || next.transactional || statement.afterCrash === 'ask') {
    builder.guard();
    if (last) builder.finished(progress, true);
    else builder.progress(progress, done, true);
  }
  return { done, recorded: true };
}

/**
 * Whether the insertion of the row takes the place of a look at the run lock: whoever took the lock over and ran the same migration has
 * made that row. Only code and statements that are no plain changes could let go of the lock and then of it all.
 */
function isFenced({ lock, session }: Run, step: Step, { statements }: Group, { recorded, retried }: RowKnowledge): boolean {
  if (isOutside(session.store) || lock.lease === true || step.fresh !== true || recorded || retried) return false;
  return statements.every(({ family }) => family === 'structure' || family === 'rows');
}

interface Builder {
  startClock(progress: Progress): void;
  begin(): void;
  statement(statement: Statement, number: number): void;
  check(statements: readonly Statement[], known: Orphans | undefined): void;
  guard(): void;
  announce(progress: Progress, statement: Statement, done: number, recorded: boolean): void;
  progress(progress: Progress, done: number, recorded: boolean): void;
  finished(progress: Progress, recorded: boolean): void;
  /** With a history outside, the commit of the transaction whose first `done` statements of the step are then finished. */
  commit(progress: Progress & RowKnowledge, done: number): void;
}

function makeBuilder(run: Run, step: Step, items: Item[], place: { readonly index: number; readonly transactional: boolean }): Builder {
  const { session } = run;
  const { engine, server, store } = session;
  const { index: group, transactional } = place;
  let behind = false;
  const push = (role: Item['role'], sql: () => string, more: Partial<Item> = {}): void => {
    items.push({ role, sql, group, alone: !transactional && engine.scriptIsTransaction, behind, ...more });
  };
  // What a transaction has to tell is told when it is committed, where the history cannot be part of it.
  let last: (() => readonly HistoryWrite[]) | undefined;
  const inside = (kept: InsideStore, write: () => HistoryWrite, count: number, more: Partial<Item>): void => {
    // What is kept of a migration may be long, so the texts are made when the first of them is sent.
    let texts: readonly string[] | undefined;
    for (let i = 0; i < count; i++) {
      push(
        'record',
        () => {
          if (i === 0 || texts === undefined) texts = kept.record(session, write());
          return texts[i] ?? '';
        },
        more,
      );
    }
  };
  const record = (writes: () => readonly HistoryWrite[]): void => {
    if (transactional) last = writes;
    else if (isOutside(store)) push('record', nothing, { act: () => writeOutside(session, store, writes()), alone: true });
  };
  return {
    startClock: ({ begun }) => {
      const { startClock } = engine.history;
      if (startClock !== undefined) push('begin', () => startClock(began(run, begun)));
    },
    begin: () => {
      if (run.together !== true) push('begin', () => engine.session.begin);
    },
    statement: (statement, number) => {
      const alone = !transactional && (engine.scriptIsTransaction || statement.afterCrash === 'ask');
      push('statement', () => statement.sql, { statement: number, source: statement, alone: alone || statement.copyData !== undefined });
      behind = !transactional;
    },
    check: (statements, known) => {
      const { checkBeforeCommit } = engine;
      if (
        checkBeforeCommit === undefined ||
        !statements.some((statement) => statement.family !== 'query' && statement.family !== 'session')
      )
        return;
      const query = checkBeforeCommit(statements.flatMap((statement) => statement.touches));
      if (query !== undefined) push('check', () => query.sql, { alone: true, ...(known === undefined ? {} : { known }) });
    },
    guard: () => {
      const { assert } = run.lock;
      if (assert !== undefined) push('guard', () => assert.sql, { lostCode: assert.lostCode });
    },
    announce: (progress, statement, done, recorded) => {
      const note: JournalNote = { ...intentOf(statement, done + 1, progress.finished[done + 1] ?? ''), ...noteOf(progress) };
      const probe = statement.afterCrash === 'probe' ? engine.probe(statement.touches, server) : undefined;
      const entry = { done, total: progress.total, finished: progress.finished[done] ?? '', note, ...renderedOf(progress) };
      const write = (): HistoryWrite =>
        progressWrite(run, step, { ...entry, ...(probe === undefined ? {} : { probe }) }, { recorded, retried: progress.retried });
      if (isOutside(store)) record(() => [write()]);
      else inside(store, write, 1, {});
    },
    progress: (progress, done, recorded) => {
      const write = (): HistoryWrite => {
        const code = noteOf(progress);
        const note = { ...(code === undefined ? {} : { note: code }), ...renderedOf(progress) };
        const entry = { done, total: progress.total, finished: progress.finished[done] ?? '', ...note };
        return progressWrite(run, step, entry, { recorded, retried: progress.retried });
      };
      if (isOutside(store)) record(() => [write()]);
      else inside(store, write, 1, {});
    },
    // The row and its entry in the log, both or none. Outside a transaction they make one of their own, or a message that is one.
    finished: ({ begun, retried }, recorded) => {
      const write = (): HistoryWrite => finishedWrite(run, step, { took: began(run, begun), recorded, retried });
      if (isOutside(store)) {
        for (const sql of step.forgets ?? []) push('record', () => sql);
        record(() => [write(), ...coveredWrites(run, step)]);
        return;
      }
      const own = !transactional && !engine.scriptIsTransaction;
      if (own) push('record', () => engine.session.begin);
      for (const sql of step.forgets ?? []) push('record', () => sql);
      inside(store, write, 2, { alone: false });
      for (const covered of coveredWrites(run, step)) inside(store, () => covered, 1, { alone: false });
      if (own) push('record', () => engine.session.commit);
    },
    commit: (progress, done) => {
      const writes = last ?? (() => []);
      if (!isOutside(store)) {
        if (run.together !== true) push('commit', () => engine.session.commit);
        return;
      }
      const { total, finished, recorded, code } = progress;
      const of = { done, total, finished, recorded, ...(code === undefined ? {} : { code: { before: code, after: code } }) };
      const announced = (): HistoryWrite => announcedWrite(run, step, { ...of, behind: writes()[0] });
      if (run.later === undefined) {
        const act = (): Promise<void> => commitOutside(session, store, { announced: [announced()], done: writes() });
        push('commit', () => engine.session.commit, { act, alone: true });
        return;
      }
      const { later } = run;
      push('record', nothing, { act: () => Promise.resolve(void later.push({ announced: announced(), done: writes() })), alone: true });
    },
  };
}

const nothing = (): string => '';

function began(run: Run, begun: number): Began {
  return { now: run.clock().getTime(), agoMs: performance.now() - begun };
}

function noteOf(progress: Progress): JournalNote | undefined {
  return progress.code === undefined ? undefined : { code: progress.code };
}

function renderedOf({ rendered }: Progress): { readonly rendered?: readonly RenderedChange[] } {
  return rendered === undefined ? {} : { rendered };
}
