import { Failure, together } from '../base/index.ts';
import { DatabaseError, type Hooks, isOutside } from '../contracts/index.ts';
import { groupsOf, renderChanges, wayBackOf } from '../plan/index.ts';
import { runCode } from './code/run.ts';
import { recordNow } from './history.ts';
import { codeOf } from './kinds.ts';
import { boundLockWaits } from './lock-waits.ts';
import { announcedWrite, finishedWrite } from './record.ts';
import { renderedChanges } from './rendered.ts';
import { finishedStatements } from './resume.ts';
import type { Broken, Outcome, Run, Step } from './run-types.ts';
import { schemaView } from './schema-view.ts';
import { hearSignals } from './send.ts';
import { nothingRemains, type Settled, settleAfterLoss } from './settle.ts';
import { runStatements } from './step.ts';

/** What became of one migration. */
export interface Ran {
  readonly step: Step;
  readonly outcome: Outcome;
}

export interface RunResult {
  readonly done: readonly Ran[];
  readonly failed: readonly Ran[];
  readonly untouched: readonly Step[];
  /** The run was asked to stop before it came to the end. */
  readonly interrupted: boolean;
}

export interface LoopOptions {
  readonly onError: 'halt' | 'ignore' | 'backout';
  /** The steps that take a migration of this run back; asked for only after a failure. */
  readonly wayBack: (ran: readonly Ran[]) => Promise<readonly Step[]>;
}

/** Runs steps one after another, each recorded before the next begins. Failures are results; only a bug is thrown. */
export async function runSteps(run: Run, steps: readonly Step[], options: LoopOptions): Promise<RunResult> {
  const done: Ran[] = [];
  const failed: Ran[] = [];
  let at = 0;
  for (; at < steps.length; at++) {
    const step = steps[at];
    await hearSignals();
    if (step === undefined || run.stop.aborted) break;
    const ran = { step, outcome: await runOne(run, step) };
    (ran.outcome.kind === 'done' ? done : failed).push(ran);
    if (ran.outcome.kind === 'failed' && (options.onError !== 'ignore' || isGone(ran.outcome.failure))) {
      at++;
      break;
    }
  }
  const untouched = steps.slice(at);
  if (failed.length === 0 || options.onError !== 'backout') return { done, failed, untouched, interrupted: run.stop.aborted };
  return backOut(run, { done, failed, untouched, interrupted: run.stop.aborted }, options);
}

/** Without a connection or the lock nothing further may be tried. */
function isGone(failure: Failure): boolean {
  return failure.code === 'connection.lost' || failure.code === 'lock.lost' || failure.code === 'interrupted';
}

/** Takes what this run did back in reverse order, and stops at the first that cannot go. */
async function backOut(run: Run, result: RunResult, options: LoopOptions): Promise<RunResult> {
  if (result.failed.some(({ outcome }) => outcome.kind === 'failed' && (outcome.partial || isGone(outcome.failure)))) return result;
  // One that failed in the hook behind it is in the database and goes first.
  const inside = result.failed.filter(({ outcome }) => outcome.kind === 'failed' && outcome.finished === true);
  const taken: Step[] = [];
  const failed = [...result.failed];
  for (const step of await options.wayBack([...result.done, ...inside].reverse())) {
    const outcome = await runOne(run, step);
    if (outcome.kind === 'done' || outcome.finished === true) taken.push(step);
    if (outcome.kind === 'failed') {
      failed.push({ step, outcome });
      break;
    }
  }
  const isTaken = ({ step }: Ran): boolean => taken.some((one) => one.identity.id === step.identity.id);
  return {
    ...result,
    done: result.done.filter((ran) => !isTaken(ran)),
    failed: failed.map((ran) => (inside.includes(ran) && isTaken(ran) ? takenBack(ran) : ran)),
    untouched: [...result.done.filter(isTaken).map((ran) => ran.step), ...result.untouched],
  };
}

function takenBack(ran: Ran): Ran {
  const { step, outcome } = ran;
  if (outcome.kind === 'done') return ran;
  return { step, outcome: { ...outcome, failure: outcome.failure.with({ state: `${step.identity.id} was taken back with the run` }) } };
}

async function runOne(run: Run, step: Step): Promise<Outcome> {
  const { id } = step.identity;
  const { direction } = step;
  const statements = step.groups.reduce((sum, group) => sum + group.statements.length, 0);
  run.emit({
    ev: 'migration.start',
    migration: id,
    direction,
    statements,
    ...(step.resume === undefined ? {} : { resumeAfter: step.resume.done }),
  });
  const outcome = await attempt(run, step);
  const partial = outcome.kind === 'failed' && outcome.partial;
  const count = outcome.kind === 'done' ? outcome.statements : statements;
  if (outcome.kind === 'failed') {
    run.emit({ ev: 'error', code: outcome.failure.code, message: outcome.failure.message, migration: id });
  }
  run.emit({ ev: 'migration.end', migration: id, direction, outcome: outcome.kind, partial, statements: count, ms: outcome.ms });
  return outcome;
}

async function attempt(run: Run, step: Step): Promise<Outcome> {
  const begun = performance.now();
  let outcome: Outcome;
  try {
    await callHook(run, 'beforeMigration', step);
    outcome = await dispatch(run, step);
    await resetSession(run, step);
  } catch (error) {
    return { kind: 'failed', ms: performance.now() - begun, ...(await notBegun(run, step, error)) };
  }
  if (outcome.kind === 'failed') return outcome;
  try {
    await callHook(run, 'afterMigration', step);
    return outcome;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const state = run.together === true ? nothingRemains : `${step.identity.id} is ${step.direction === 'up' ? 'applied' : 'taken back'}`;
    return { kind: 'failed', failure: error.with({ state }), partial: false, finished: true, ms: outcome.ms };
  }
}

/** What failed before the first statement of a step was sent. */
async function notBegun(run: Run, step: Step, error: unknown): Promise<Broken> {
  const { id } = step.identity;
  const partial = step.resume !== undefined;
  const state = partial ? `what an earlier run finished of ${id} stays; nothing more of it ran` : `nothing of ${id} ran`;
  if (error instanceof Failure) return { failure: error.with({ state, ...error.details }), partial };
  if (!(error instanceof DatabaseError)) throw error;
  const kind = run.session.engine.errorKind(error);
  const settled: Settled = kind === 'lost' ? await settleAfterLoss(run, step) : { state, partial };
  const failure = new Failure(
    codeOf(kind),
    `migration ${id} stopped: ${error.message}`,
    { engine: { message: error.message, code: error.code }, state: settled.state, data: { migration: id } },
    error,
  );
  return { failure, partial: settled.partial, ...(settled.unknown ? { unknown: true } : {}) };
}

async function dispatch(run: Run, step: Step): Promise<Outcome> {
  if (step.prelude !== undefined) await recordNow(run.session, [step.prelude]);
  if (step.work !== undefined) return runWork(run, step, step.work);
  if (step.code !== undefined) {
    // Nobody knows whether code may be tried again, so its first try is given all the time.
    await boundLockWaits(run.session, run.lockTimeoutMs, true);
    return runCode(run, step);
  }
  const ready = step.late === undefined ? step : await renderLate(run, step);
  const outcome = await runStatements(run, ready, ready.groups, await finishedStatements(run, ready, ready.groups));
  return outcome.kind === 'done' ? { ...outcome, back: ready.back } : outcome;
}

async function runWork(run: Run, step: Step, work: NonNullable<Step['work']>): Promise<Outcome> {
  const begun = performance.now();
  await work(run);
  const took = performance.now() - begun;
  const write = finishedWrite(run, step, { took, recorded: false, retried: false });
  // A history outside is told before and behind the commit of all.
  if (run.later === undefined || !isOutside(run.session.store)) await recordNow(run.session, [write]);
  else {
    const announced = announcedWrite(run, step, { done: 0, total: 0, finished: [''], recorded: false, behind: write });
    run.later.push({ announced, done: [write] });
  }
  return { kind: 'done', ms: took, statements: 0, back: step.back };
}

/** Renders the changes that needed to see what the migrations before them made. */
async function renderLate(run: Run, step: Step): Promise<Step> {
  const { session } = run;
  const { engine, server } = session;
  const changes = step.late?.changes ?? [];
  const view = schemaView(session);
  await view.ensure(changes.map(({ change }) => change));
  const before = view.current();
  const rendered = renderChanges(changes, engine, server, before);
  const problems = [...rendered.problems];
  if (rendered.deferred !== undefined) problems.push(new Failure('change.refused', rendered.deferred));
  if (problems.length > 0) {
    throw together(problems, (n) => `${n} changes of migration ${step.identity.id} cannot be made`).with({
      state: `nothing of ${step.identity.id} ran`,
    });
  }
  if (step.direction === 'up') {
    await run.approve?.(rendered.statements).catch((error: unknown) => {
      throw error instanceof Failure ? error.with({ ...error.details, state: `nothing of ${step.identity.id} ran` }) : error;
    });
  }
  const { back } =
    step.ownBack === true ? step : wayBackOf(changes, engine, { server, before, after: rendered.after, parts: rendered.parts });
  const { late: _, ...ready } = step;
  return { ...ready, groups: groupsOf(rendered.statements, step.transaction), back, rendered: renderedChanges(rendered.parts, run.digest) };
}

/** Settings and roles that a migration left behind must not reach the next one. */
async function resetSession(run: Run, step: Step): Promise<void> {
  const touched =
    step.code !== undefined || step.groups.some((group) => group.statements.some((statement) => statement.family === 'session'));
  if (!touched) return;
  const { connection, engine, server, restore } = run.session;
  for (const sql of restore ?? engine.session.reset(server)) await connection.query(sql).catch(() => undefined);
  await boundLockWaits(run.session, run.lockTimeoutMs, run.together === true).catch(() => undefined);
}

/** Calls a function of the configuration. What it throws becomes a failure that names it. */
export async function callHook(run: Run, name: keyof Hooks, about: Step | { readonly direction: 'up' | 'down' }): Promise<void> {
  const hook = run.hooks[name];
  if (hook === undefined) return;
  const begun = performance.now();
  const { connection, target } = run.session;
  const migration = 'identity' in about ? about.identity.id : undefined;
  try {
    await hook({
      ...(migration === undefined ? {} : { migration }),
      direction: about.direction,
      database: target.shown,
      query: async (sql, parameters) => (await connection.query(sql, parameters)).rows,
    });
  } catch (error) {
    throw new Failure(
      'hook.failed',
      `the hook ${name} threw${migration === undefined ? '' : ` at migration ${migration}`}: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    );
  }
  run.emit({ ev: 'hook', hook: name, ...(migration === undefined ? {} : { migration }), ms: performance.now() - begun });
}
