import type { ErrorKind, Statement } from '../contracts/index.ts';
import { isPartial } from '../migration/index.ts';
import { acquireLock } from './lock.ts';
import type { Run, Step } from './run-types.ts';

export interface Remaining {
  readonly kind: ErrorKind;
  readonly done: number;
  readonly total: number;
  readonly recorded: boolean;
  /** The statement that failed outside any transaction. */
  readonly statement: Statement | undefined;
}

/** What remains of a step that failed, in words that can be trusted: where it cannot be known, that is said. */
export async function settle(run: Run, step: Step, remaining: Remaining): Promise<{ readonly state: string; readonly partial: boolean }> {
  const { id } = step.identity;
  const { kind, done, total } = remaining;
  if (kind === 'lost') return settleAfterLoss(run, step);
  if (run.together === true) return { state: 'rolled back: nothing of this run remains', partial: false };
  const left = await leftBehind(run, id, remaining);
  const warning = left ? `; statement ${done + 1} failed but changed the catalogue: look at what it left` : '';
  if (done > 0) {
    const range = done === 1 ? `statement 1 of ${total} of ${id} stays and is` : `statements 1–${done} of ${total} of ${id} stay and are`;
    return { state: `NOT rolled back: ${range} journalled${warning}`, partial: true };
  }
  if (step.direction === 'down') return { state: `rolled back: ${id} is still applied${warning}`, partial: false };
  return { state: `${remaining.statement === undefined ? 'rolled back: ' : ''}nothing of ${id} remains${warning}`, partial: left };
}

/** Whether a failed statement changed the catalogue all the same: a DROP of two tables of which the second is missing, for example. */
async function leftBehind(run: Run, id: string, { statement, recorded }: Remaining): Promise<boolean> {
  const { connection, engine, server, store } = run.session;
  if (statement === undefined || statement.afterCrash !== 'probe' || !recorded) return false;
  const before = await store.probe(run.session, id);
  if (before === undefined) return false;
  const { rows } = await connection.query(`SELECT (${engine.probe(statement.touches, server)}) AS probe`);
  return String(rows[0]?.['probe']) !== before;
}

/**
 * The connection is gone. A new one that gets the run lock shows that the server has ended the old session, so that the history then
 * says what became of it.
 */
async function settleAfterLoss(run: Run, step: Step): Promise<{ readonly state: string; readonly partial: boolean }> {
  const { id } = step.identity;
  const unknown = {
    state: `the connection is gone and the server does not answer; \`lockstep status\` will tell what became of ${id}`,
    partial: false,
  };
  const session = await run.session.reopen().catch(() => undefined);
  if (session === undefined) return unknown;
  try {
    const lock = await acquireLock(session, {
      timeoutMs: 10_000,
      holder: run.by,
      lease: run.lock.lease === true,
      digest: run.digest,
      emit: () => undefined,
    });
    try {
      const row = (await session.store.read(session))?.find((candidate) => candidate.id === id);
      const applied = step.direction === 'up' ? row?.state === 'applied' : row?.state === 'reverted';
      if (applied)
        return {
          state: `the connection broke behind the commit: ${id} is ${step.direction === 'up' ? 'applied' : 'taken back'}`,
          partial: false,
        };
      if (isPartial(row))
        return { state: `NOT rolled back: ${row?.done} of ${row?.total} statements of ${id} are known to be finished`, partial: true };
      return {
        state: step.direction === 'up' ? `rolled back: nothing of ${id} remains` : `rolled back: ${id} is still applied`,
        partial: false,
      };
    } finally {
      await lock.release();
    }
  } catch {
    return unknown;
  } finally {
    await session.close().catch(() => undefined);
  }
}
