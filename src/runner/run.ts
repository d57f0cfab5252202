import { Failure, together } from '../base/index.ts';
import { DatabaseError, type Hook } from '../contracts/index.ts';
import { groupsOf, renderChanges, wayBackOf } from '../plan/index.ts';
import { runCode } from './code/run.ts';
import { renderedChanges } from './rendered.ts';
import { finishedStatements } from './resume.ts';
import type { Outcome, Run, Step } from './run-types.ts';
import { schemaView } from './schema-view.ts';
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
  if (result.failed.some((ran) => ran.outcome.kind === 'failed' && (ran.outcome.partial || isGone(ran.outcome.failure)))) return result;
  const remaining = [...result.done];
  const failed = [...result.failed];
  for (const step of await options.wayBack([...result.done].reverse())) {
    const outcome = await runOne(run, step);
    if (outcome.kind === 'failed') {
      failed.push({ step, outcome });
      break;
    }
    remaining.splice(
      remaining.findIndex((ran) => ran.step.identity.id === step.identity.id),
      1,
    );
  }
  const taken = result.done.filter((ran) => !remaining.includes(ran)).map((ran) => ran.step);
  return { ...result, done: remaining, failed, untouched: [...taken, ...result.untouched] };
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
  try {
    await callHook(run, run.hooks.beforeMigration, 'beforeMigration', step);
    const outcome = await dispatch(run, step);
    await resetSession(run, step);
    if (outcome.kind === 'done') await callHook(run, run.hooks.afterMigration, 'afterMigration', step);
    return outcome;
  } catch (error) {
    const ms = performance.now() - begun;
    if (error instanceof Failure) return { kind: 'failed', failure: error, partial: step.resume !== undefined, ms };
    if (error instanceof DatabaseError) return { kind: 'failed', failure: unexpected(step, error), partial: step.resume !== undefined, ms };
    throw error;
  }
}

async function dispatch(run: Run, step: Step): Promise<Outcome> {
  if (step.prelude !== undefined) {
    for (const sql of run.session.store.record(run.session, step.prelude)) await run.session.connection.query(sql);
  }
  if (step.code !== undefined) return runCode(run, step);
  const ready = step.late === undefined ? step : await renderLate(run, step);
  const outcome = await runStatements(run, ready, ready.groups, await finishedStatements(run, ready, ready.groups));
  return outcome.kind === 'done' ? { ...outcome, back: ready.back } : outcome;
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
  const { back } =
    step.back.kind === 'none' || step.back.kind === 'statements'
      ? wayBackOf(changes, engine, { server, before, after: rendered.after })
      : step;
  const { late: _, ...ready } = step;
  return { ...ready, groups: groupsOf(rendered.statements, step.transaction), back, rendered: renderedChanges(rendered.parts, run.digest) };
}

/** Settings and roles that a migration left behind must not reach the next one. */
async function resetSession(run: Run, step: Step): Promise<void> {
  const touched =
    step.code !== undefined || step.groups.some((group) => group.statements.some((statement) => statement.family === 'session'));
  if (!touched) return;
  const { connection, engine, server } = run.session;
  for (const sql of engine.session.reset(server)) await connection.query(sql).catch(() => undefined);
}

export async function callHook(run: Run, hook: Hook | undefined, name: string, step?: Step): Promise<void> {
  if (hook === undefined) return;
  const begun = performance.now();
  const { connection, target } = run.session;
  const migration = step?.identity.id;
  try {
    await hook({
      ...(migration === undefined ? {} : { migration }),
      direction: step?.direction ?? 'up',
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

function unexpected(step: Step, error: DatabaseError): Failure {
  return new Failure(
    error.lost ? 'connection.lost' : 'migration.failed',
    `migration ${step.identity.id} stopped: ${error.message}`,
    { engine: { message: error.message, code: error.code }, data: { migration: step.identity.id } },
    error,
  );
}
