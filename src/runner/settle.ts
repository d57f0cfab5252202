import { count, Failure, joined } from '../base/index.ts';
import type { ErrorKind, Statement } from '../contracts/index.ts';
import { type CodeProgress, type HistoryRow, isPartial, type JournalNote } from '../migration/index.ts';
import { isInvalid } from './concurrent-index.ts';
import { acquireLock } from './lock.ts';
import type { Broken, Run, Step } from './run-types.ts';

export const nothingRemains = 'rolled back: nothing of this run remains';

/** How long the server is given to end a session whose client is gone. */
const patienceMs = 10_000;

export interface Remaining {
  readonly kind: ErrorKind;
  readonly done: number;
  readonly total: number;
  readonly recorded: boolean;
  /** The statement that failed outside any transaction. */
  readonly statement: Statement | undefined;
  /** What the journal says of its code. */
  readonly code?: CodeProgress;
  /** The last finished statement, when it could not be journalled any more that it is. */
  readonly unwritten?: Statement | undefined;
}

export interface Settled extends Pick<Broken, 'partial' | 'unknown' | 'finished'> {
  readonly state: string;
  /** What a failed statement left behind although it is not done. */
  readonly left?: string;
}

/** What remains of a step that failed, in words that can be trusted: where it cannot be known, that is said. */
export async function settle(run: Run, step: Step, remaining: Remaining): Promise<Settled> {
  const { id } = step.identity;
  const { kind, done, total } = remaining;
  if (kind === 'lost') return settleAfterLoss(run, step);
  if (run.together === true) return { state: nothingRemains, partial: false };
  const left = await leftBehind(run, id, remaining);
  const more = left === undefined ? {} : { left };
  const warning = left === undefined ? '' : `; ${left}`;
  const stays = whatStays(id, done, total, remaining.code);
  if (stays !== undefined && remaining.unwritten !== undefined)
    return { state: unwrittenState(stays, done, remaining.unwritten), partial: true };
  if (stays !== undefined) return { state: `NOT rolled back: ${stays}${warning}`, partial: true, ...more };
  if (step.direction === 'down') return { state: `rolled back: ${id} is still applied${warning}`, partial: false, ...more };
  if (left !== undefined) return { state: `NOT rolled back: ${left}`, partial: false, ...more };
  return { state: `${remaining.statement === undefined ? 'rolled back: ' : ''}nothing of ${id} remains`, partial: false };
}

/** `statements 1–2 of 3 of 007_x stay and are journalled`; nothing when nothing does. */
function whatStays(id: string, done: number, total: number, code: CodeProgress | undefined): string | undefined {
  const steps = Object.keys(code?.steps ?? {}).map((name) => `step "${name}"`);
  const batches = Object.entries(code?.batches ?? {}).map(([name, { rows }]) => `${count(rows, 'row')} of batches "${name}"`);
  const range = done === 0 ? [] : [done === 1 ? `statement 1 of ${total}` : `statements 1–${done} of ${total}`];
  if (code?.unstepped === true) {
    return `what the code of ${id} changed outside its steps stays, and running it again would change it twice`;
  }
  const parts = [...range, ...steps, ...batches];
  if (parts.length === 0) return undefined;
  const one = parts.length === 1 && done < 2 && batches.length === 0;
  return `${joined(parts)} of ${id} ${one ? 'stays and is' : 'stay and are'} journalled`;
}

function unwrittenState(stays: string, done: number, statement: Statement): string {
  const known = statement.afterCrash === 'ask' ? 'stands nowhere' : 'the next run finds out by looking';
  return `NOT rolled back: ${stays.replace(/ and (is|are) journalled$/, '')}; that statement ${done} is finished ${known}`;
}

/** What a failed statement changed in the catalogue all the same: a DROP of two tables of which the second is missing, for example. */
async function leftBehind(run: Run, id: string, { statement, recorded, done }: Remaining): Promise<string | undefined> {
  const { connection, engine, server, store } = run.session;
  if (statement === undefined || statement.afterCrash !== 'probe' || !recorded) return undefined;
  const before = await store.probe(run.session, id);
  if (before === undefined) return undefined;
  const { rows } = await connection.query(`SELECT (${engine.probe(statement.touches, server)}) AS probe`);
  if (String(rows[0]?.['probe']) === before) return undefined;
  const index = engine.concurrentIndex?.(statement.sql);
  if (index?.index !== undefined && (await isInvalid(run.session, index)))
    return `index ${index.index.name} is left behind and not valid; \`lockstep up\` drops it and builds it again`;
  return `statement ${done + 1} of ${id} failed but changed the catalogue: look at what it left`;
}

/**
 * The connection is gone. A new one that gets the run lock shows that the server has ended the old session, so that the history then
 * says what became of it.
 */
export async function settleAfterLoss(run: Run, step: Step): Promise<Settled> {
  const { id } = step.identity;
  const unknown = (why: string): Settled => ({
    state: `${why}; \`lockstep status\` will tell what became of ${id}`,
    partial: false,
    unknown: true,
  });
  const silent = unknown('the connection is gone and the server does not answer');
  const session = await run.session.reopen().catch(() => undefined);
  if (session === undefined) return silent;
  try {
    const lock = await acquireLock(session, {
      timeoutMs: Math.min(patienceMs, run.lockTimeoutMs),
      holder: run.by,
      lease: run.lock.lease === true,
      digest: run.digest,
      emit: () => undefined,
    });
    try {
      const [row] = (await session.store.read(session, [id])) ?? [];
      // A fixture may have been loaded before.
      const isOurs = step.identity.kind !== 'fixture' || row?.run === run.id;
      const applied = isOurs && (step.direction === 'up' ? row?.state === 'applied' : row?.state === 'reverted');
      if (applied)
        return {
          state: `the connection broke behind the commit: ${id} is ${step.direction === 'up' ? 'applied' : 'taken back'}`,
          partial: false,
          finished: true,
        };
      if (row !== undefined && isPartial(row)) return partialAfterLoss(row);
      return {
        state: step.direction === 'up' ? `rolled back: nothing of ${id} remains` : `rolled back: ${id} is still applied`,
        partial: false,
      };
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'lock.busy') return silent;
    return unknown('the connection is gone, but its session still holds the run lock, so the server may yet finish what it was sent');
  } finally {
    await session.close().catch(() => undefined);
  }
}

/** The row of a step whose connection is gone; what was under way may be finished too. */
function partialAfterLoss(row: HistoryRow): Settled {
  const note = row.intent === undefined ? {} : (JSON.parse(row.intent) as JournalNote);
  const stays = whatStays(row.id, row.done, row.total, note.code);
  const fate = note.afterCrash === 'ask' ? 'nobody can tell whether it was finished' : 'the next run looks whether it was finished';
  const parts = [
    ...(stays === undefined ? [] : [stays]),
    ...(note.statement === undefined ? [] : [`statement ${note.statement} was under way, and ${fate}`]),
  ];
  return { state: `NOT rolled back: ${parts.join('; ')}`, partial: true };
}
