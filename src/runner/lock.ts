import { DatabaseError, type ResultRow } from '../contracts/index.ts';
import { acquireFileLock } from './lock-file.ts';
import { acquireLease } from './lock-lease.ts';
import type { LockAttempt, LockOptions, RunLock } from './lock-types.ts';
import type { Session } from './session.ts';
import { waitForLock } from './wait.ts';

const noLock: RunLock = { assert: undefined, release: () => Promise.resolve() };

/** Waits for the run lock, naming the holder from the first moment on. Refuses with `lock.busy` when the time is over. */
export function acquireLock(session: Session, options: LockOptions): Promise<RunLock> {
  const attempt = session.held === undefined ? attemptFor(session, options) : undefined;
  return attempt === undefined ? Promise.resolve(noLock) : waitForLock(session.target, attempt, options);
}

function attemptFor(session: Session, options: LockOptions): (() => Promise<LockAttempt>) | undefined {
  const place = session.driver.lock(session.target);
  if (place.kind === 'none') return undefined;
  if (place.kind === 'file') return () => acquireFileLock(place.path, options.holder);
  if (options.lease || session.engine.lock === undefined) return () => acquireLease(session, options);
  return () => acquireOnServer(session, options);
}

async function acquireOnServer(session: Session, options: LockOptions): Promise<LockAttempt> {
  const { connection, engine, server } = session;
  const texts = engine.lock;
  if (texts === undefined) throw new Error(`${engine.name} has no lock of its own`);
  const name = `lockstep:${options.digest(server.database).slice(0, 32)}`;
  const taken = texts.acquire(name);
  const [row] = (await connection.query(taken.sql, taken.parameters)).rows;
  const got = row?.['locked'];
  if (got === true || got === 1 || got === '1') {
    return {
      lock: {
        assert: texts.assert === undefined ? undefined : { sql: texts.assert(name), lostCode: texts.lostCode },
        release: async () => {
          const query = texts.release(name);
          // A connection that is gone has let go of the lock already.
          await connection.query(query.sql, query.parameters).catch((error: unknown) => {
            if (!(error instanceof DatabaseError)) throw error;
          });
        },
      },
    };
  }
  const asked = texts.holder(name);
  const [holder] = (await connection.query(asked.sql, asked.parameters)).rows;
  return { holder: describeHolder(holder) };
}

/** `ada@laptop, session 8121, since 12:04:05` from what the server tells of the holder. */
export function describeHolder(row: ResultRow | undefined): string {
  if (row === undefined) return 'a session that has just ended';
  const field = (name: string): string | undefined =>
    row[name] === null || row[name] === undefined || row[name] === '' ? undefined : String(row[name]);
  const [user, host, program, number, since] = ['user', 'host', 'program', 'session', 'since'].map(field);
  const who = [user, host].filter((part) => part !== undefined).join('@');
  return [
    program,
    who === '' ? undefined : who,
    number === undefined ? undefined : `session ${number}`,
    since === undefined ? undefined : `since ${since}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
