import { Failure } from '../../base/index.ts';
import { DatabaseError, type ErrorKind, type WayBack } from '../../contracts/index.ts';
import type { CodeProgress } from '../../migration/index.ts';
import { schemaBuilder } from '../../schema/index.ts';
import { codeOf, isLockLost, stepFailure } from '../failure.ts';
import { type FailedWrite, failedWrite, finishedWrite } from '../record.ts';
import { oneLine, resumePoint } from '../resume.ts';
import type { Broken, Outcome, Run, Step } from '../run-types.ts';
import { ItemError } from '../send.ts';
import { settle } from '../settle.ts';
import { startWatch } from '../watch.ts';
import { kyselyOver } from './kysely.ts';
import type { MigrationContext } from './migration.ts';
import { placeInStack } from './place.ts';
import { changeQueue, sqlTag } from './queue.ts';
import { runBatches, runStep } from './steps.ts';
import { beginTransaction, type CodeWork, checkAndRecord, flush, queryRows, startWork } from './work.ts';

/** Runs a step that is code: its structural calls, its queries and its own steps, and records what became of it. */
export async function runCode(run: Run, step: Step): Promise<Outcome> {
  const begun = performance.now();
  const resume = await resumePoint(run.session, step.resume);
  if (resume.code?.unstepped === true) throw unstepped(step);
  const loaded = step.resume === undefined ? {} : await run.session.store.load(run.session, step.identity.id);
  const work = startWork(run, step, resume, loaded.rendered ?? []);
  const watch = startWatch(run, step.identity.id);
  try {
    await runFunction(work);
    await finish(work);
    return { kind: 'done', ms: performance.now() - begun, statements: work.done - resume.done };
  } catch (error) {
    const broken = await fail(work, error, (touches) => watch.blockers(touches));
    return { kind: 'failed', ms: performance.now() - begun, ...broken };
  } finally {
    await watch.end();
  }
}

async function runFunction(work: CodeWork): Promise<void> {
  const { run, step } = work;
  const { code } = step;
  if (code === undefined) throw new Error('a code step without code');
  const { context, take } = await contextFor(work);
  if (work.atomic) await beginTransaction(work);
  await (code as (context: MigrationContext) => unknown)(context);
  if (work.inFlight > 0) {
    throw new Failure(
      'migration.in-flight',
      `migration ${step.identity.id} returned while ${work.inFlight === 1 ? 'a query was' : `${work.inFlight} queries were`} still running`,
    );
  }
  await flush(work, take(true));
  if (run.verify && step.verifyCode !== undefined) {
    const answer = await (step.verifyCode as (context: MigrationContext) => unknown)(context);
    if (answer === false) throw new Failure('verify.failed', `the check of migration ${step.identity.id} does not hold`);
  }
}

/** What the code is given; `take` empties the queue of structural calls. */
export async function contextFor(
  work: CodeWork,
): Promise<{ readonly context: MigrationContext; readonly take: ReturnType<typeof changeQueue>['take'] }> {
  const { run, step } = work;
  const { engine, server } = run.session;
  const queue = changeQueue();
  const query = async (sql: string, parameters: readonly unknown[], reads: boolean): ReturnType<typeof queryRows> => {
    await flush(work, queue.take(false));
    return queryRows(work, sql, parameters, reads);
  };
  const context: MigrationContext = {
    schema: schemaBuilder((change) => queue.add(change)),
    sql: sqlTag(engine, queue, async (sql) => (await query(sql, [], engine.classify(sql, server).family === 'query')).rows),
    db: await kyselyOver(engine, query),
    services: run.services as MigrationContext['services'],
    log: (message) => run.emit({ ev: 'log', migration: step.identity.id, message }),
    step: (name, body) => runStep(work, queue, name, body),
    batches: (name, options, body) => runBatches(work, queue, { name, options, body }),
    engine: { name: engine.name, flavour: server.flavour, version: server.version },
  };
  return { context, take: queue.take };
}

async function finish(work: CodeWork): Promise<void> {
  const { run, step } = work;
  await beginTransaction(work);
  await checkAndRecord(work, () => finishedWrite(run, step, performance.now() - work.begun, false, backOf(work)));
  if (run.together === true) return;
  await run.session.connection.query(run.session.engine.session.commit);
  work.open = false;
}

function backOf(work: CodeWork): WayBack {
  const { back } = work.step;
  if (back.kind !== 'statements') return back;
  if (work.back === undefined) return { kind: 'none', why: work.irreversible };
  return { kind: 'statements', statements: work.back, ...(work.changedRows ? { structureOnly: true } : {}) };
}

async function fail(
  work: CodeWork,
  error: unknown,
  blockersOf: (touches: readonly string[]) => Promise<readonly string[]>,
): Promise<Broken> {
  const { run, step, done, committed } = work;
  const { connection, engine } = run.session;
  const kind = kindOf(run, error);
  if (kind !== 'lost' && work.open && run.together !== true) await connection.query(engine.session.rollback).catch(() => undefined);
  const note = hasProgress(committed.code) ? { code: committed.code } : undefined;
  const settled = await settle(run, step, {
    kind,
    done: committed.done,
    total: done,
    recorded: work.recorded,
    statement: undefined,
    code: committed.code,
  });
  const lockLost = error instanceof ItemError && isLockLost(error);
  if (kind !== 'lost' && !lockLost && run.together !== true) {
    const message = error instanceof Error ? error.message : String(error);
    await writeFailure(work, { error: message, ...(note === undefined ? {} : { note }) });
  }
  const { state, left: _, ...rest } = settled;
  const partial = settled.partial || note !== undefined;
  if (!(error instanceof ItemError)) return { ...rest, partial, failure: codeFailure(step, error, { kind, state }) };
  const failure = stepFailure({
    step,
    kind,
    error,
    total: done,
    state,
    partial,
    source: step.identity.text,
    advice: engine.advice?.(error.item.source?.sql ?? '', error.error),
    blockers: kind === 'busy' ? await blockersOf(error.item.source?.touches ?? []) : [],
  });
  return { ...rest, partial, failure };
}

/** What an error means, also when the code has put one of its own around it. */
function kindOf(run: Run, error: unknown): ErrorKind {
  if (error instanceof ItemError) return error.kind ?? run.session.engine.errorKind(error.error);
  if (error instanceof DatabaseError) return run.session.engine.errorKind(error);
  if (error instanceof Failure) return error.code === 'interrupted' ? 'cancelled' : 'other';
  return error instanceof Error && error.cause !== undefined ? kindOf(run, error.cause) : 'other';
}

/** Says in the history what stands, as well as the connection still can. */
async function writeFailure({ run, step, done, digests, committed }: CodeWork, said: Pick<FailedWrite, 'error' | 'note'>): Promise<void> {
  const { connection, store } = run.session;
  const write = failedWrite(run, step, { ...said, done: committed.done, total: done, finished: digests[committed.done] });
  for (const sql of store.record(run.session, write)) await connection.query(sql).catch(() => undefined);
}

function hasProgress({ steps, batches, unstepped }: CodeProgress): boolean {
  return Object.keys(steps).length > 0 || Object.keys(batches).length > 0 || unstepped;
}

function codeFailure(step: Step, error: unknown, { kind, state }: { readonly kind: ErrorKind; readonly state: string }): Failure {
  const { id, file, text } = step.identity;
  const place = file === undefined ? undefined : placeInStack(error, file);
  const more = {
    state,
    data: { migration: id },
    ...(place === undefined ? {} : { place, ...(text === undefined ? {} : { source: text }) }),
  };
  if (error instanceof Failure) return error.with({ ...more, ...error.details, state });
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError || kind === 'lost' || kind === 'cancelled') {
    return new Failure(
      codeOf(kind),
      `migration ${id} failed in a query of its code: ${message}`,
      { ...more, engine: { message, ...(error instanceof DatabaseError ? { code: error.code } : {}) } },
      error,
    );
  }
  return new Failure('migration.threw', `migration ${id} threw: ${message}`, more, error);
}

function unstepped(step: Step): Failure {
  const { id } = step.identity;
  return new Failure(
    'resume.undecidable',
    `migration ${id} broke off after its code had changed rows outside any step; running it again would change them twice`,
    {
      state: oneLine(`what ran before stays; the rest of ${id} did not run`),
      fix: [
        `lockstep mark applied ${id} --reason WHY   when the rest was done by hand`,
        `lockstep mark pending ${id} --reason WHY   when what ran was undone by hand`,
      ],
      data: { migration: id },
    },
  );
}
