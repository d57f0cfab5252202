import { count, Failure } from '../base/index.ts';
import { DatabaseError, isOutside } from '../contracts/index.ts';
import { commitOutside, recordFailed } from './history.ts';
import { codeOf } from './kinds.ts';
import { boundLockWaits } from './lock-waits.ts';
import { failedWrite } from './record.ts';
import { type Ran, type RunResult, runSteps } from './run.ts';
import type { Run, Step } from './run-types.ts';
import type { Session } from './session.ts';
import { nothingRemains, type Settled, settleAfterLoss } from './settle.ts';

/** Refuses steps that cannot share one transaction, all of them named. */
export function checkTogether(run: Run, steps: readonly Step[]): void {
  const { server } = run.session;
  if (!server.transactionalStructure) {
    throw new Failure(
      'run.not-one-transaction',
      `${server.title} commits structural statements by itself, so a run cannot be one transaction`,
      { state: 'nothing was run' },
    );
  }
  const alone = steps.filter((step) => step.resume !== undefined || !step.transaction || step.groups.some((group) => !group.transactional));
  if (alone.length > 0) {
    const names = alone.map((step) => step.identity.id).join(', ');
    throw new Failure('run.not-one-transaction', `${count(alone.length, 'migration')} cannot share a transaction with others: ${names}`, {
      state: 'nothing was run',
    });
  }
}

/**
 * Runs all steps in one transaction: either everything of the run is done, or nothing. With `commit: false` it is rolled back in any
 * case and nothing is recorded.
 */
export async function runTogether(run: Run, steps: readonly Step[], commit: boolean): Promise<RunResult> {
  const { session } = run;
  const { begin, rollback } = session.engine.session;
  // Nothing is done before COMMIT, so nothing is said to be.
  const held: Parameters<Run['emit']>[0][] = [];
  const emit: Run['emit'] = (event) => {
    if (event.ev === 'migration.end' && event.outcome === 'done') held.push(event);
    else run.emit(event);
  };
  // What fails inside cannot be tried again alone, so its first try is given all the time.
  await boundLockWaits(session, run.lockTimeoutMs, true);
  const refused = await errorOf(() => session.connection.query(begin));
  if (refused !== undefined) return endedBy(run, steps, refused);
  // What nobody keeps needs no history, and one outside is told of nothing that is taken back.
  if (!commit && !isOutside(session.store)) {
    await run.setUp().catch(async (error: unknown) => {
      await session.connection.query(rollback).catch(() => undefined);
      throw error;
    });
  }
  const later: NonNullable<Run['later']> = [];
  const result = await runSteps({ ...run, together: true, later, emit }, steps, { onError: 'halt', wayBack: () => Promise.resolve([]) });
  const [failed] = result.failed;
  const finished = failed === undefined && !result.interrupted;
  const error = await errorOf(() => (commit && finished ? keepAll(session, later) : session.connection.query(rollback)));
  // What is not committed is gone with the connection, so a failing ROLLBACK changes nothing.
  if (error !== undefined && commit && finished) return endedBy(run, steps, error);
  if (finished) {
    for (const event of held) run.emit(event);
    return result;
  }
  if (failed !== undefined && commit) await recordBroken(run, failed);
  const rolledBack = result.done.map((ran) => ran.step);
  return { ...result, done: [], untouched: [...rolledBack, ...result.untouched] };
}

/** Commits, and tells a history that is not part of the transaction before and behind. */
async function keepAll(session: Session, later: NonNullable<Run['later']>): Promise<void> {
  const { store, connection, engine } = session;
  if (!isOutside(store)) await connection.query(engine.session.commit);
  else await commitOutside(session, store, { announced: later.map(({ announced }) => announced), done: later.flatMap(({ done }) => done) });
}

async function errorOf(work: () => Promise<unknown>): Promise<DatabaseError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
}

/** What is left of a run whose transaction could not begin or end. Whether a COMMIT without an answer took place is looked up. */
async function endedBy(run: Run, steps: readonly Step[], error: DatabaseError): Promise<RunResult> {
  const { connection, engine } = run.session;
  const last = steps.at(-1);
  if (last === undefined) throw error;
  const kind = engine.errorKind(error);
  if (kind !== 'lost') await connection.query(engine.session.rollback).catch(() => undefined);
  const settled: Settled = kind === 'lost' ? await settleAfterLoss(run, last) : { state: nothingRemains, partial: false };
  const { finished, unknown } = settled;
  const done = 'the connection broke behind the commit: everything of this run is done';
  const state = finished ? done : unknown ? settled.state : nothingRemains;
  const failure = new Failure(
    codeOf(kind),
    `the transaction around the run failed: ${error.message}`,
    { engine: { message: error.message, code: error.code }, state },
    error,
  );
  run.emit({ ev: 'error', code: failure.code, message: failure.message });
  const { state: _, left: __, ...broken } = settled;
  const others = steps.slice(0, -1);
  return {
    done: finished
      ? others.map((step) => ({ step, outcome: { kind: 'done', ms: 0, statements: statementsOf(step), back: step.back } }))
      : [],
    failed: [{ step: last, outcome: { kind: 'failed', ms: 0, failure, ...broken } }],
    untouched: finished ? [] : others,
    interrupted: run.stop.aborted,
  };
}

function statementsOf(step: Step): number {
  return step.groups.reduce((sum, group) => sum + group.statements.length, 0);
}

async function recordBroken(run: Run, { step, outcome }: Ran): Promise<void> {
  // What a fixture would have done is gone with its transaction, and nothing stands in its way.
  if (step.identity.kind === 'fixture') return;
  if (outcome.kind !== 'failed' || outcome.failure.code === 'connection.lost' || outcome.failure.code === 'lock.lost') return;
  const write = failedWrite(run, step, { error: outcome.failure.details.engine?.message ?? outcome.failure.message, done: 0, total: 0 });
  await recordFailed(run.session, write);
}
