import type { Place } from '../base/index.ts';
import type { Group, HistoryWrite, RenderedChange, Statement } from '../contracts/index.ts';
import type { CodeProgress, JournalNote } from '../migration/index.ts';
import { finishedWrite, intentOf, progressWrite } from './record.ts';
import type { Run, Step } from './run-types.ts';

/** One thing that is sent: a statement of the migration, or what stands between them. */
export interface Item {
  readonly sql: () => string;
  readonly role: 'begin' | 'statement' | 'guard' | 'check' | 'record' | 'commit';
  /** The number of the statement, counted from 0, of the whole step. */
  readonly statement?: number;
  readonly source?: Statement;
  /** Where it stands in a file, for what is no statement. */
  readonly at?: Place;
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
  /** When it began by our clock (RFC 3339). */
  readonly since: string;
  /** More will follow: the last group does not finish the step. */
  readonly open?: true;
  /** What the journal says of the code that these statements belong to. */
  readonly code?: CodeProgress;
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
  let done = progress.done;
  let recorded = progress.recorded;
  groups.forEach((group, index) => {
    const last = index === groups.length - 1 && progress.open !== true;
    const builder = makeBuilder(run, step, items, { index, transactional: group.transactional });
    if (group.transactional) {
      builder.begin();
      for (const statement of group.statements) builder.statement(statement, done++);
      builder.check(group.statements);
      builder.guard();
      if (last) builder.finished(progress.since);
      else builder.progress(progress, done, recorded);
      builder.commit();
    } else {
      const [statement] = group.statements;
      if (statement === undefined) return;
      builder.guard();
      builder.announce(progress, statement, done, recorded);
      recorded = true;
      builder.statement(statement, done++);
      const next = groups[index + 1];
      // The next announcement carries the count along; a crash before it is decided by looking, unless looking cannot decide.
      if (next === undefined || next.transactional || statement.afterCrash === 'ask') {
        builder.guard();
        if (last) builder.finished(progress.since);
        else builder.progress(progress, done, recorded);
      }
    }
    recorded = true;
  });
  if (groups.length === 0 && progress.open !== true) {
    const builder = makeBuilder(run, step, items, { index: 0, transactional: true });
    builder.begin();
    builder.guard();
    builder.finished(progress.since);
    builder.commit();
  }
  return items;
}

interface Builder {
  begin(): void;
  statement(statement: Statement, number: number): void;
  check(statements: readonly Statement[]): void;
  guard(): void;
  announce(progress: Progress, statement: Statement, done: number, recorded: boolean): void;
  progress(progress: Progress, done: number, recorded: boolean): void;
  finished(since: string): void;
  commit(): void;
}

function makeBuilder(run: Run, step: Step, items: Item[], place: { readonly index: number; readonly transactional: boolean }): Builder {
  const { session } = run;
  const { engine, server, store } = session;
  const { index: group, transactional } = place;
  let behind = false;
  const push = (role: Item['role'], sql: () => string, more: Partial<Item> = {}): void => {
    items.push({ role, sql, group, alone: !transactional && engine.scriptIsTransaction, behind, ...more });
  };
  const record = (write: () => HistoryWrite, count: number): void => {
    // What is kept of a migration may be long, so the texts are made when the first of them is sent.
    let texts: readonly string[] | undefined;
    for (let i = 0; i < count; i++) {
      push('record', () => {
        if (i === 0 || texts === undefined) texts = store.record(session, write());
        return texts[i] ?? '';
      });
    }
  };
  return {
    begin: () => {
      const { startClock } = engine.history;
      if (startClock !== undefined) push('begin', () => startClock);
      if (run.together !== true) push('begin', () => engine.session.begin);
    },
    statement: (statement, number) => {
      const alone = !transactional && (engine.scriptIsTransaction || statement.afterCrash === 'ask');
      push('statement', () => statement.sql, { statement: number, source: statement, alone: alone || statement.copyData !== undefined });
      behind = !transactional;
    },
    check: (statements) => {
      const { checkBeforeCommit } = engine;
      if (
        checkBeforeCommit === undefined ||
        !statements.some((statement) => statement.family !== 'query' && statement.family !== 'session')
      )
        return;
      const query = checkBeforeCommit(statements.flatMap((statement) => statement.touches));
      if (query !== undefined) push('check', () => query.sql, { alone: true });
    },
    guard: () => {
      const { assert } = run.lock;
      if (assert !== undefined) push('guard', () => assert.sql, { lostCode: assert.lostCode });
    },
    announce: (progress, statement, done, recorded) => {
      const { startClock } = engine.history;
      if (startClock !== undefined && !recorded) push('begin', () => startClock);
      const note: JournalNote = { ...intentOf(statement, done + 1, progress.finished[done + 1] ?? ''), ...noteOf(progress) };
      const probe = statement.afterCrash === 'probe' ? engine.probe(statement.touches, server) : undefined;
      record(
        () =>
          progressWrite(
            run,
            step,
            {
              done,
              total: progress.total,
              finished: progress.finished[done] ?? '',
              note,
              ...(probe === undefined ? {} : { probe }),
              ...renderedOf(progress),
            },
            !recorded,
          ),
        1,
      );
    },
    progress: (progress, done, recorded) =>
      record(() => {
        const code = noteOf(progress);
        const note = { ...(code === undefined ? {} : { note: code }), ...renderedOf(progress) };
        return progressWrite(run, step, { done, total: progress.total, finished: progress.finished[done] ?? '', ...note }, !recorded);
      }, 1),
    // The row, and its entry in the log.
    finished: (since) => record(() => finishedWrite(run, step, { since }), 2),
    commit: () => {
      if (run.together !== true) push('commit', () => engine.session.commit);
    },
  };
}

function noteOf(progress: Progress): JournalNote | undefined {
  return progress.code === undefined ? undefined : { code: progress.code };
}

function renderedOf({ rendered }: Progress): { readonly rendered?: readonly RenderedChange[] } {
  return rendered === undefined ? {} : { rendered };
}
