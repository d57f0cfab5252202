import { Failure } from '../base/index.ts';
import {
  type Connection,
  connectFailure,
  DatabaseError,
  type Driver,
  type Emit,
  type Engine,
  type Inquiry,
  type Server,
  type Store,
  type Target,
} from '../contracts/index.ts';

import { codeOf } from './kinds.ts';
import { acquireFileLock } from './lock-file.ts';
import type { LockAttempt, RunLock, WaitOptions } from './lock-types.ts';
import { interruptedWhile, pauseFor, waitForLock } from './wait.ts';

/** An open connection with everything that is known about it. */
export interface Session {
  readonly connection: Connection;
  readonly driver: Driver;
  readonly engine: Engine;
  readonly server: Server;
  readonly target: Target;
  readonly store: Store;
  /** A second connection to the same database, for looking while the first is at work; nothing where there can be only one. */
  readonly another: (() => Promise<Connection>) | undefined;
  /** The lock that had to be taken before the database could be opened at all. */
  readonly held: RunLock | undefined;
  /** Brings the settings of a connection that was handed in back to what they were; nothing for one of our own. */
  readonly restore: readonly string[] | undefined;
  /** The same session anew, after the connection was lost. */
  readonly reopen: () => Promise<Session>;
  /** Ends the connection, and lets go of what was taken to open it. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly driver: Driver;
  readonly engine: Engine;
  readonly target: Target;
  readonly store: Store;
  /** What the server shows of this program. */
  readonly label: string;
  readonly readOnly?: boolean;
  /** The session is a person's, not a run's: a guarded database treats it like that of any other program. */
  readonly guest?: boolean;
  /** How long to keep trying while the server cannot be reached. */
  readonly waitMs?: number;
  readonly emit?: Emit;
  /** Who waits, and how long, where the database can be open only once. */
  readonly lock: WaitOptions;
}

/** Connects, and asks the server who it is. Throws a `Failure` that says what could not be reached and why. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { driver, engine, target, store } = options;
  const connect = (label: string): Promise<Connection> =>
    driver.connect(target, {
      label,
      ...(options.readOnly === undefined ? {} : { readOnly: options.readOnly }),
      notice: (message, warns) => options.emit?.(warns ? { ev: 'warning', code: 'database.warning', message } : { ev: 'notice', message }),
    });
  const { lent } = driver;
  const held = lent === undefined ? await holdFirst(options) : await borrow(lent, target, options.lock);
  let connection: Connection | undefined;
  try {
    const opened = await patiently(() => connect(options.label), options);
    connection = opened;
    const restore = lent === undefined ? undefined : await ask(opened, engine.session.remember(await ask(opened, engine.identify())));
    for (const statement of engine.session.start) await opened.query(statement);
    const server = await ask(opened, engine.identify());
    if (server.database === '') {
      throw new Failure('connection.no-database', `${target.shown} names no database`, {
        state: 'nothing was changed',
        fix: ['add the name of the database to the URL'],
      });
    }
    const guard = server.guarded === true && options.readOnly !== true && options.guest !== true ? engine.guard?.structure : undefined;
    if (guard !== undefined && !server.readOnly) await opened.query(guard.enter);
    const second =
      lent === undefined && driver.lock(target).kind === 'server' ? () => connect(`${options.label} watch`.slice(0, 63)) : undefined;
    return {
      connection: opened,
      driver,
      engine,
      server,
      target,
      store,
      another: second,
      held: lent === undefined ? held : undefined,
      restore,
      reopen: () => (lent === undefined ? openSession({ ...options, waitMs: 5_000 }) : Promise.reject(gone(target))),
      close: async () => {
        // A connection that broke has nothing to bring back.
        for (const sql of [...(restore ?? []), ...(guard === undefined ? [] : [guard.leave])])
          await opened.query(sql).catch(() => undefined);
        await opened.close();
        await held?.release();
      },
    };
  } catch (error) {
    await connection?.close().catch(() => undefined);
    await held?.release();
    throw error instanceof DatabaseError ? connectFailure(error, options) : error;
  }
}

/** Where somebody else's connection is marked while a session works on it: on the connection, so that all copies of this code see it. */
const turn = Symbol.for('lockstep.turn');

/** Waits until nobody else in this process works on a connection that was handed in. */
function borrow(lent: { [turn]?: string }, target: Target, lock: WaitOptions): Promise<RunLock> {
  const attempt = (): Promise<LockAttempt> => {
    const holder = lent[turn];
    if (holder !== undefined) return Promise.resolve({ holder });
    lent[turn] = lock.holder;
    const release = (): Promise<void> => {
      delete lent[turn];
      return Promise.resolve();
    };
    return Promise.resolve({ lock: { assert: undefined, release } });
  };
  const emit: Emit = (event) => {
    if (event.ev === 'lock.waiting') lock.emit(event);
  };
  return waitForLock(target, attempt, { ...lock, emit });
}

function gone(target: Target): Failure {
  return new Failure('connection.lost', `the connection to ${target.shown} that was handed in is gone`);
}

/** An embedded database that two processes must not open at once is locked before it is opened, unless it does not exist yet. */
async function holdFirst({ driver, target, readOnly, lock }: SessionOptions): Promise<RunLock | undefined> {
  const place = driver.lock(target);
  if (driver.exclusive !== true || place.kind !== 'file' || (readOnly === true && driver.exists?.(target) === false)) return undefined;
  return waitForLock(target, () => acquireFileLock(place.path, lock.holder), lock);
}

/** Runs an inquiry on a connection: every query that it yields, until it has its answer. */
export async function ask<T>(connection: Connection, inquiry: Inquiry<T>): Promise<T> {
  let step = inquiry.next();
  while (!step.done) {
    const { sql, parameters } = step.value;
    step = inquiry.next(await connection.query(sql, parameters));
  }
  return step.value;
}

async function patiently(connect: () => Promise<Connection>, options: SessionOptions): Promise<Connection> {
  const until = Date.now() + (options.waitMs ?? 0);
  for (let pause = 250; ; pause = Math.min(pause * 2, 5000)) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const failure = connectFailure(error, options);
      if (Date.now() + pause > until || failure.code === 'connection.refused') throw failure;
      await pauseFor(pause, options.lock.signal);
      if (options.lock.signal?.aborted === true) throw interruptedWhile(`waiting for the server: ${error.message}`);
    }
  }
}

/** What was tried when the database refused it, what is so now, and what helps when a right is lacking. */
export interface Refused {
  readonly what?: string;
  readonly state?: string;
  readonly grant?: readonly string[];
}

/** The failure for something that the database refused outside of any migration; an error of no known kind is given back as it is. */
export function refusal({ engine, target, server }: Session, error: unknown, { what, state, grant }: Refused = {}): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const kind = engine.errorKind(error);
  const code = codeOf(kind);
  if (code === 'migration.failed') return error;
  return new Failure(
    code,
    `${what ?? `${target.shown} refuses "${server.user}"`}: ${error.message}`,
    {
      engine: { message: error.message, ...(error.code === '' ? {} : { code: error.code }) },
      ...(kind === 'lost' ? {} : { state: state ?? 'nothing was changed' }),
      ...(kind === 'rights' && grant !== undefined ? { fix: grant } : {}),
    },
    error,
  );
}
