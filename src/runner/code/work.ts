import { canonicalJson, Failure, together } from '../../base/index.ts';
import {
  type Group,
  type HistoryWrite,
  isOutside,
  type OutsideStore,
  type RenderedChange,
  type SourcedChange,
  type Statement,
} from '../../contracts/index.ts';
import type { CodeProgress } from '../../migration/index.ts';
import { groupsOf, possibleLosses, type Rendering, renderChanges, wayBackOf } from '../../plan/index.ts';
import type { Schema } from '../../schema/index.ts';
import { prepareBooks } from '../books.ts';
import { commitOutside, writeOutside } from '../history.ts';
import { type Item, itemsFor, type Progress } from '../items.ts';
import { type Orphans, orphansIn } from '../orphans.ts';
import { announcedWrite, progressWrite } from '../record.ts';
import { begunChanges, renderedChanges, statementsOf } from '../rendered.ts';
import { editedFailure, type ResumePoint } from '../resume.ts';
import type { Run, Step } from '../run-types.ts';
import { type SchemaView, schemaView } from '../schema-view.ts';
import { hearSignals, ItemError, sendItems } from '../send.ts';
import { type Calls, openCalls } from './calls.ts';
import type { QueryObject } from './migration.ts';
import type { QueueItem } from './queue.ts';

/**
 * What a code migration has done so far. While everything fits into one transaction it stays in one (`open`); the first thing that
 * cannot, or that is to be remembered, makes it keep a journal from then on.
 */
export interface CodeWork {
  readonly run: Run;
  readonly step: Step;
  /** The structure as the code meets it; made anew when a query may have changed it. */
  view: SchemaView;
  /** How the changes so far were rendered, those of the run before first. */
  readonly rendered: RenderedChange[];
  /** How many changes have been queued and flushed so far. */
  changes: number;
  /** Statements that are executed or were executed by the run before, and their digests. */
  done: number;
  readonly digests: string[];
  readonly resume: ResumePoint;
  code: CodeProgress;
  /** How often the code has looked at the structure outside of steps. */
  looks: number;
  /** Runs a query that is an object; set by whoever makes contexts. */
  perform: (query: QueryObject) => Promise<void>;
  /** What of both would survive now. */
  committed: { readonly done: number; readonly code: CodeProgress };
  /** Everything so far is in one transaction that is still open. */
  atomic: boolean;
  /** A transaction is open. */
  open: boolean;
  /** Rows without a parent that were there before. */
  orphans?: Orphans;
  /** The history has a row of this step. */
  recorded: boolean;
  /** Rows were changed at all, and outside any step. */
  changedRows: boolean;
  changedOutside: boolean;
  /** What the code waits for. */
  readonly calls: Calls;
  /** A step or batches have been called, and their transaction is open. */
  stepping: boolean;
  inStep: boolean;
  /** The code has begun a transaction of its own, outside of any of ours. */
  inOwn: boolean;
  /** What leads back, newest first; nothing once something cannot be taken back. */
  back: string[] | undefined;
  irreversible: string;
  /** How many changes have a number under which rows are kept. */
  numbered: number;
  readonly begun: number;
  /** Statements that this run has sent, queries of the code among them. */
  sent: number;
}

export function startWork(run: Run, step: Step, resume: ResumePoint, rendered: readonly RenderedChange[]): CodeWork {
  const code = resume.code ?? { steps: {}, batches: {}, unstepped: false };
  return {
    run,
    step,
    view: schemaView(run.session),
    rendered: begunChanges(rendered, resume.done),
    changes: 0,
    done: 0,
    digests: [''],
    resume,
    code,
    looks: 0,
    perform: () => Promise.reject(new Error('nobody runs queries that are objects')),
    committed: { done: resume.done, code },
    atomic: (run.session.server.transactionalStructure || run.together === true) && step.transaction && step.resume === undefined,
    open: run.together === true,
    recorded: step.resume !== undefined,
    changedRows: false,
    changedOutside: false,
    calls: openCalls(step.identity.id),
    stepping: false,
    inStep: false,
    inOwn: false,
    back: [],
    irreversible: '',
    numbered: 0,
    begun: performance.now(),
    sent: 0,
  };
}

/** Runs what was queued, in order: changes on the structure as it is when their turn comes, and queries that are objects. */
export async function flush(work: CodeWork, items: readonly QueueItem[]): Promise<void> {
  let changes: SourcedChange[] = [];
  for (const item of items) {
    if ('change' in item) {
      changes.push(item);
      continue;
    }
    await flushChanges(work, changes);
    changes = [];
    await work.perform(item.query);
  }
  await flushChanges(work, changes);
}

/** Renders changes on the structure as it is now, and runs them. What an earlier run finished is passed over. */
async function flushChanges(work: CodeWork, changes: readonly SourcedChange[]): Promise<void> {
  if (changes.length === 0) return;
  // A step is taken up as a whole, so what it changes is not counted one by one.
  if (work.inStep) return runChanges(work, changes, executeInStep);
  const fresh: SourcedChange[] = [];
  for (const sourced of changes) {
    const begun = work.step.resume === undefined ? undefined : work.rendered[work.changes];
    if (begun === undefined) fresh.push(sourced);
    else await takeUp(work, sourced, begun);
    if (begun !== undefined) work.changes++;
  }
  if (fresh.length === 0) return;
  await runChanges(work, fresh, async (_work, { statements, parts }) => {
    work.rendered.push(...renderedChanges(parts, work.run.digest));
    work.changes += fresh.length;
    await execute(work, statements);
  });
}

async function runChanges(
  work: CodeWork,
  changes: readonly SourcedChange[],
  perform: (work: CodeWork, rendering: Rendering) => Promise<void>,
): Promise<void> {
  const { run, view } = work;
  const { engine, server } = run.session;
  await view.ensure(changes.map(({ change }) => change));
  const before = view.current();
  const rendered = renderChanges(keptUnder(work, changes), engine, server, before);
  if (rendered.problems.length > 0)
    throw together(rendered.problems, (n) => `${n} changes of migration ${work.step.identity.id} cannot be made`);
  if (rendered.deferred !== undefined) {
    throw new Failure('change.refused', `a change of migration ${work.step.identity.id} cannot be made: ${rendered.deferred}`);
  }
  if (work.step.direction === 'up') await run.approve?.(rendered.statements);
  keepWayBack(work, changes, before, rendered);
  view.advance(rendered.after);
  await perform(work, rendered);
  const unkept = rendered.parts.filter(({ back }) => back === undefined).flatMap(({ statements }) => statements);
  if (possibleLosses(unkept).length > 0 || unkept.some((statement) => statement.family === 'rows')) work.changedRows = true;
}

/** What goes up keeps the rows that it changes, as long as there is a way back at all. */
function keptUnder(work: CodeWork, changes: readonly SourcedChange[]): readonly SourcedChange[] {
  if (work.step.direction !== 'up' || work.back === undefined) return changes;
  const migration = work.step.identity.id;
  return changes.map((sourced) => ({ ...sourced, under: { migration, number: work.numbered++ } }));
}

/** A change that the run before had begun: its statements are those of then, and it must still be the same change. */
async function takeUp(work: CodeWork, { change }: SourcedChange, begun: RenderedChange): Promise<void> {
  const { run, step } = work;
  const { engine, server } = run.session;
  if (step.resume !== undefined && run.digest(canonicalJson(change)) !== begun.digest) throw editedFailure(step.resume);
  loseWayBack(work);
  await execute(work, statementsOf(begun, engine, server));
}

/** What an earlier run did is not seen again, so nothing can be said of the way back. */
export function loseWayBack(work: CodeWork): void {
  work.back = undefined;
  work.irreversible ||= 'it was taken up after it had broken off, and how the structure was before is not known';
}

function keepWayBack(work: CodeWork, changes: readonly SourcedChange[], before: Schema, { after, parts }: Rendering): void {
  const { engine, server } = work.run.session;
  const { back } = wayBackOf(changes, engine, { server, before, after, parts });
  if (back.kind === 'statements') {
    work.back?.unshift(...back.statements);
    return;
  }
  work.back = undefined;
  if (back.kind === 'none') work.irreversible ||= back.why;
}

async function execute(work: CodeWork, statements: readonly Statement[]): Promise<void> {
  const { run, step, digests, resume } = work;
  const { engine } = run.session;
  await prepareBooks(run.session, statements);
  const fresh: Statement[] = [];
  for (const statement of statements) {
    digests.push(run.digest(`${digests.at(-1)}\n${engine.tokens(statement.sql)}`).slice(0, 32));
    const number = digests.length - 1;
    if (number > resume.done) fresh.push(statement);
    else {
      work.done = number;
      if (number === resume.done && digests[number] !== resume.digest && step.resume !== undefined) throw editedFailure(step.resume);
    }
  }
  if (work.atomic && fresh.every((statement) => statement.transactional)) {
    await beginTransaction(work);
    await sendStatements(work, statementItems(fresh, work.done));
    work.done += fresh.length;
    return;
  }
  if (work.inOwn) throw commitsInside(work, 'a transaction of its own');
  await commitOpen(work);
  work.atomic = false;
  const groups = groupsOf(fresh, step.transaction);
  for (const group of groups) await sendGroup(work, group);
}

async function executeInStep(work: CodeWork, { statements }: Rendering): Promise<void> {
  if (!statements.every((statement) => statement.transactional)) throw commitsInside(work, 'a step');
  await prepareBooks(work.run.session, statements);
  await beginTransaction(work);
  await sendStatements(work, statementItems(statements, 0));
}

/** The failure for something that cannot be undone together with what it stands in. */
export function commitsInside({ step }: CodeWork, where: string): Failure {
  return new Failure(
    'migration.threw',
    `migration ${step.identity.id} does inside ${where} what cannot be undone together with it; that must stand before or behind it`,
  );
}

function statementItems(statements: readonly Statement[], from: number): readonly Item[] {
  return statements.map((statement, i) => ({
    sql: () => statement.sql,
    role: 'statement',
    statement: from + i,
    source: statement,
    group: 0,
    alone: false,
    behind: false,
  }));
}

/** Sends what holds statements of changes, and tells of those that are sent alone. */
async function sendStatements(work: CodeWork, items: readonly Item[]): Promise<void> {
  const from = work.sent;
  const statements = items.filter((item) => item.role === 'statement');
  work.sent += statements.length;
  await sendItems(work.run, items, (item, ms) => tell(work, { statement: from + statements.indexOf(item) + 1, sql: item.sql, ms }));
}

/** Tells of the beginning of a statement or, with the milliseconds that it took, of its end. */
export function tell(
  { run, step }: CodeWork,
  { statement, sql, ms }: { readonly statement: number; readonly sql: () => string; readonly ms: number | undefined },
): void {
  const migration = step.identity.id;
  if (ms === undefined) run.emit({ ev: 'statement.start', migration, statement, sql: sql() });
  else run.emit({ ev: 'statement.end', migration, statement, ms });
}

/** One group of its own transaction, or one statement outside any, with the journal around it. */
async function sendGroup(work: CodeWork, group: Group): Promise<void> {
  const { run, step } = work;
  const items = itemsFor(run, step, [group], { ...progressOf(work), total: work.done + group.statements.length });
  try {
    await sendStatements(work, items);
  } catch (error) {
    if (error instanceof ItemError) {
      if (!group.transactional) work.recorded ||= error.item.role === 'statement';
      else work.open = true;
    }
    throw error;
  }
  work.done += group.statements.length;
  markCommitted(work);
}

function progressOf(work: CodeWork): Progress {
  return {
    done: work.done,
    total: work.done,
    finished: work.digests,
    recorded: work.recorded,
    retried: false,
    begun: 0,
    open: true,
    code: work.code,
    rendered: work.rendered,
  };
}

/** Remembers which rows have no parent before the code runs: they forbid nothing, and code cannot be run twice to find out. */
export async function lookForOrphans(work: CodeWork): Promise<void> {
  const { connection, engine } = work.run.session;
  const check = engine.checkBeforeCommit?.([]);
  if (check !== undefined) work.orphans = orphansIn((await connection.query(check.sql)).rows);
}

export async function beginTransaction(work: CodeWork): Promise<void> {
  if (work.open) return;
  await work.run.session.connection.query(work.run.session.engine.session.begin);
  work.open = true;
}

/** Ends the transaction that is open, with the journal's entry inside it. */
export async function commitOpen(work: CodeWork): Promise<void> {
  if (work.run.together === true) {
    throw new Failure(
      'run.not-one-transaction',
      `migration ${work.step.identity.id} commits parts of its own, which does not go with one transaction for all`,
    );
  }
  if (!work.open) return;
  if (work.changedOutside) work.code = { ...work.code, unstepped: true };
  await checkAndRecord(work, () => [journalWrite(work)], true);
  markCommitted(work);
}

/** What was done until now is in the database, and the history says so. */
export function markCommitted(work: CodeWork): void {
  work.recorded = true;
  work.committed = { done: work.done, code: work.code };
}

/** The journal's entry for what was done until now. */
export function journalWrite(work: CodeWork): HistoryWrite {
  const { run, step, done, digests, code, recorded } = work;
  return progressWrite(
    run,
    step,
    { done, total: done, finished: digests[done] ?? '', note: { code }, rendered: work.rendered },
    { recorded, retried: false },
  );
}

/** The checks before COMMIT and the lock's own, then the record, and COMMIT if it is wanted. */
export async function checkAndRecord(work: CodeWork, write: () => readonly HistoryWrite[], commit: boolean): Promise<void> {
  const { run } = work;
  const { session, lock } = run;
  const { store } = session;
  const item = (role: Item['role'], sql: string, more: Partial<Item> = {}): Item => ({
    sql: () => sql,
    role,
    group: 0,
    alone: true,
    behind: false,
    ...more,
  });
  const check = session.engine.checkBeforeCommit?.([]);
  const items = [
    ...(check === undefined ? [] : [item('check', check.sql, work.orphans === undefined ? {} : { known: work.orphans })]),
    ...(lock.assert === undefined ? [] : [item('guard', lock.assert.sql, { lostCode: lock.assert.lostCode })]),
    ...(isOutside(store) ? tellOutside(work, store, { writes: write(), commit }) : []),
    ...(isOutside(store) ? [] : write().flatMap((one) => store.record(session, one).map((sql) => item('record', sql)))),
    ...(commit && !isOutside(store) ? [item('commit', session.engine.session.commit)] : []),
  ];
  await sendItems(run, items, () => undefined);
  if (commit) work.open = false;
}

/** The same for a history outside of the database: what is committed is told before and behind. */
function tellOutside(
  { run, step, done, digests, code, committed, recorded }: CodeWork,
  store: OutsideStore,
  { writes, commit }: { readonly writes: readonly HistoryWrite[]; readonly commit: boolean },
): readonly Item[] {
  const { session, later } = run;
  const announced = announcedWrite(run, step, {
    done,
    total: done,
    finished: digests,
    recorded,
    code: { before: committed.code, after: code },
    behind: writes[0],
  });
  const act = (): Promise<void> => {
    if (commit) return commitOutside(session, store, { announced: [announced], done: writes });
    if (later === undefined) return writeOutside(session, store, writes);
    later.push({ announced, done: writes });
    return Promise.resolve();
  };
  return [{ sql: () => session.engine.session.commit, act, role: commit ? 'commit' : 'record', group: 0, alone: true, behind: false }];
}

/** Refuses to begin anything further when the run shall stop. */
export async function checkStop({ run, step }: CodeWork): Promise<void> {
  await hearSignals();
  if (run.stop.aborted) throw new Failure('interrupted', `migration ${step.identity.id} was interrupted`);
}
