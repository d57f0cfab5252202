import type { Session } from './session.ts';

/** How long one try of a statement waits for a lock, at most: whoever comes behind it in the queue waits as long. */
const attemptMs = 3_000;

/**
 * Bounds how long each statement waits for locks, so that there are several tries in the time that is given and others pass between them.
 * With `whole` one try takes all of it: for statements that stand in nobody's way while they wait.
 */
export async function boundLockWaits({ connection, engine }: Session, lockTimeoutMs: number, whole = false): Promise<void> {
  const ms = whole ? lockTimeoutMs : Math.min(lockTimeoutMs / 4, attemptMs);
  await connection.query(engine.session.lockTimeout(ms, 'session'));
}
