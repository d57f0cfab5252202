import type { Session } from './session.ts';

/** How long one try of a statement waits for a lock, at most: whoever comes behind it in the queue waits as long. */
const attemptMs = 3_000;

/**
 * Bounds how long each statement waits for locks, so that there are several tries in the time that is given and others pass between them.
 * With `whole` one try takes all of it: for what stands in nobody's way while it waits, or cannot be tried again.
 */
export async function boundLockWaits({ connection, engine }: Session, lockTimeoutMs: number, whole = false): Promise<void> {
  const ms = whole ? lockTimeoutMs : Math.min(lockTimeoutMs / 4, attemptMs);
  // To some engines nothing at all means without end.
  await connection.query(engine.session.lockTimeout(Math.max(1, ms), 'session'));
}
