import { count, Failure } from '../base/index.ts';
import { failedWrite } from './record.ts';
import { type Ran, type RunResult, runSteps } from './run.ts';
import type { Run, Step } from './run-types.ts';

/** Refuses steps that cannot share one transaction, all of them named. */
export function checkTogether(run: Run, steps: readonly Step[]): void {
  const { server } = run.session;
  if (!server.transactionalStructure) {
    throw new Failure(
      'run.not-one-transaction',
      `${server.title} commits structural statements by itself, so a run cannot be one transaction`,
    );
  }
  const alone = steps.filter((step) => step.resume !== undefined || !step.transaction || step.groups.some((group) => !group.transactional));
  if (alone.length > 0) {
    const names = alone.map((step) => step.identity.id).join(', ');
    throw new Failure('run.not-one-transaction', `${count(alone.length, 'migration')} cannot share a transaction with others: ${names}`);
  }
}

/**
 * Runs all steps in one transaction: either everything of the run is done, or nothing. With `commit: false` it is rolled back in any
 * case and nothing is recorded.
 */
export async function runTogether(run: Run, steps: readonly Step[], commit: boolean): Promise<RunResult> {
  const { connection, engine, store } = run.session;
  // Nothing is done before COMMIT, so nothing is said to be.
  const held: Parameters<Run['emit']>[0][] = [];
  const emit: Run['emit'] = (event) => {
    if (event.ev === 'migration.end' && event.outcome === 'done') held.push(event);
    else run.emit(event);
  };
  await connection.query(engine.session.begin);
  if (!commit) {
    await run.setUp().catch(async (error: unknown) => {
      await connection.query(engine.session.rollback).catch(() => undefined);
      throw error;
    });
  }
  const result = await runSteps({ ...run, together: true, emit }, steps, { onError: 'halt', wayBack: () => Promise.resolve([]) });
  const [failed] = result.failed;
  const finished = failed === undefined && !result.interrupted;
  await connection.query(commit && finished ? engine.session.commit : engine.session.rollback).catch((error: unknown) => {
    // What is not committed is gone with the connection, so a failing ROLLBACK changes nothing.
    if (commit && finished) throw error;
  });
  if (finished) {
    for (const event of held) run.emit(event);
    return result;
  }
  if (failed !== undefined && commit) await recordFailed(run, failed, store);
  const rolledBack = result.done.map((ran) => ran.step);
  return { ...result, done: [], untouched: [...rolledBack, ...result.untouched] };
}

async function recordFailed(run: Run, { step, outcome }: Ran, store: Run['session']['store']): Promise<void> {
  if (outcome.kind !== 'failed' || outcome.failure.code === 'connection.lost') return;
  const write = failedWrite(run, step, { error: outcome.failure.details.engine?.message ?? outcome.failure.message, done: 0, total: 0 });
  for (const sql of store.record(run.session, write)) await run.session.connection.query(sql).catch(() => undefined);
}
