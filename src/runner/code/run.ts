import { calledFrom, withCaller } from '../../base/index.ts';
import type { Result, WayBack } from '../../contracts/index.ts';
import { namesOf, schemaBuilder } from '../../schema/index.ts';
import { coveredWrites, finishedWrite } from '../record.ts';
import { resumePoint } from '../resume.ts';
import type { Outcome, Run, Step } from '../run-types.ts';
import { checkError, checkOptions, hasChecks, runChecks } from '../verify.ts';
import { startWatch } from '../watch.ts';
import type { Calls } from './calls.ts';
import { type BareContext, withExtensions } from './extensions.ts';
import { fail, unstepped } from './fail.ts';
import { kyselyOver, type Transactions } from './kysely.ts';
import { schemaReader } from './look.ts';
import { lookAtRun } from './look-run.ts';
import type { MigrationContext, QueryObject } from './migration.ts';
import { noteUnstepped, queryRows } from './queries.ts';
import { type ChangeQueue, changeQueue, sqlTag } from './queue.ts';
import { runBatches, runStep } from './steps.ts';
import { beginTransaction, type CodeWork, checkAndRecord, flush, lookForOrphans, startWork } from './work.ts';

/** Runs a step that is code: its structural calls, its queries and its own steps, and records what became of it. */
export async function runCode(run: Run, step: Step): Promise<Outcome> {
  const begun = performance.now();
  const resume = await resumePoint(run.session, step.resume);
  if (resume.code?.unstepped === true) throw unstepped(step);
  const loaded = step.resume === undefined ? {} : await run.session.store.load(run.session, step.identity.id);
  const work = startWork(run, step, resume, loaded.rendered ?? []);
  const watch = startWatch(run, step.identity.id);
  try {
    await lookForOrphans(work);
    await runFunction(work);
    const back = backOf(work);
    await finish(work, back);
    return { kind: 'done', ms: performance.now() - begun, statements: work.sent, back };
  } catch (error) {
    const { failure, partial } = await fail(work, error, (touches) => watch.blockers(touches));
    return { kind: 'failed', failure, partial, ms: performance.now() - begun };
  } finally {
    work.calls.close();
    await watch.end();
  }
}

async function runFunction(work: CodeWork): Promise<void> {
  const { run, step } = work;
  const { code } = step;
  if (code === undefined) throw new Error('a code step without code');
  const queue = changeQueue(step.identity.file);
  const context = await contextFor(work, queue, work.calls);
  work.perform = (query) => performQuery(work, query);
  if (work.atomic) await beginTransaction(work);
  try {
    await (code as (context: MigrationContext) => unknown)(context);
  } catch (error) {
    await work.calls.stop();
    throw work.calls.unheard() ?? error;
  }
  await work.calls.end();
  await flush(work, queue.take(true));
  if (!run.verify || !hasChecks(step)) return;
  await beginTransaction(work);
  const broken = await runChecks(run.session, step, checkOptions(run, step, true));
  if (broken !== undefined) throw checkError(broken, { sql: () => '', group: 0, alone: true, behind: false });
}

/** A query that is an object has a queue of its own: what it asks for is done before anything else that waits. */
async function performQuery(work: CodeWork, query: QueryObject): Promise<void> {
  const { run, step, calls } = work;
  for (const line of [query.describe()].flat()) run.emit({ ev: 'log', migration: step.identity.id, message: line });
  const queue = changeQueue(step.identity.file);
  const own = calls.within();
  try {
    await query.execute(await contextFor(work, queue, own));
  } catch (error) {
    await own.stop();
    throw own.unheard() ?? error;
  }
  await own.end();
  await flush(work, queue.take(true));
}

/** What the code is given; its structural calls wait in the queue. */
async function contextFor(work: CodeWork, queue: ChangeQueue, calls: Calls): Promise<MigrationContext> {
  const { run, step } = work;
  const { engine, server } = run.session;
  const query = async (sql: string, parameters: readonly unknown[]): Promise<Result> => {
    const called = calledFrom();
    try {
      return await calls.query(async () => {
        await flush(work, queue.take(false));
        return queryRows(work, sql, parameters);
      });
    } catch (error) {
      throw withCaller(error, called);
    }
  };
  const bare: BareContext = {
    schema: {
      ...schemaBuilder((change) => queue.add(change), undefined, run.conventions),
      ...schemaReader(lookAtRun(work, queue, calls)),
    },
    sql: sqlTag(engine, queue, async (sql) => (await query(sql, [])).rows),
    db: await kyselyOver(engine, query, transactionsOf(work, calls, query)),
    services: run.services as MigrationContext['services'],
    names: namesOf(run.conventions?.naming),
    shared: run.shared,
    log: (message) => run.emit({ ev: 'log', migration: step.identity.id, message }),
    step: (name, body) => calls.step(() => runStep(work, queue, name, body)),
    batches: (name, options, body) => calls.step(() => runBatches(work, queue, { name, options, body })),
    engine: { name: engine.name, flavour: server.flavour, version: server.version },
  };
  return withExtensions(bare, run.extensions);
}

/** Savepoints of the transaction that is open. Where the author wants none, the code's own transaction is a real one. */
function transactionsOf(
  work: CodeWork,
  calls: Calls,
  query: (sql: string, parameters: readonly unknown[]) => Promise<unknown>,
): Transactions {
  const { connection, engine } = work.run.session;
  const end = async (sql: string): Promise<void> => {
    await calls.query(() => connection.query(sql));
    work.inOwn = false;
    work.open = false;
  };
  return {
    begin: async (depth) => {
      if (depth > 1 || work.step.transaction || work.open) await query(`SAVEPOINT lockstep_${depth}`, []);
      else {
        await calls.query(async () => {
          await noteUnstepped(work);
          await beginTransaction(work);
        });
        work.inOwn = true;
      }
    },
    commit: async (depth) => {
      if (work.inOwn && depth === 1) await end(engine.session.commit);
      else await query(`RELEASE SAVEPOINT lockstep_${depth}`, []);
    },
    rollback: async (depth) => {
      if (work.inOwn && depth === 1) await end(engine.session.rollback);
      else await query(`ROLLBACK TO SAVEPOINT lockstep_${depth}`, []);
    },
  };
}

async function finish(work: CodeWork, back: WayBack): Promise<void> {
  const { run, step } = work;
  await beginTransaction(work);
  for (const sql of step.forgets ?? []) await run.session.connection.query(sql);
  await checkAndRecord(
    work,
    () => [
      finishedWrite(run, step, { took: performance.now() - work.begun, back, recorded: work.recorded, retried: false }),
      ...coveredWrites(run, step),
    ],
    run.together !== true,
  );
}

function backOf(work: CodeWork): WayBack {
  const { back } = work.step;
  if (back.kind !== 'statements') return back;
  if (work.back === undefined) return { kind: 'none', why: work.irreversible };
  return { kind: 'statements', statements: work.back, ...(work.changedRows ? { structureOnly: true } : {}) };
}
