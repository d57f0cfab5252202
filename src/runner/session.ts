import { Failure } from '../base/index.ts';
import {
  type Connection,
  DatabaseError,
  type Driver,
  type Emit,
  type Engine,
  type Inquiry,
  type Server,
  type Store,
  type Target,
} from '../contracts/index.ts';

import { acquireFileLock } from './lock-file.ts';
import type { RunLock, WaitOptions } from './lock-types.ts';
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
      notice: (message) => options.emit?.({ ev: 'notice', message }),
    });
  const held = await holdFirst(options);
  let connection: Connection | undefined;
  try {
    const opened = await patiently(() => connect(options.label), options);
    connection = opened;
    for (const statement of engine.session.start) await opened.query(statement);
    const server = await ask(opened, engine.identify());
    const second = driver.lock(target).kind === 'server' ? () => connect(`${options.label} watch`.slice(0, 63)) : undefined;
    return {
      connection: opened,
      driver,
      engine,
      server,
      target,
      store,
      another: second,
      held,
      reopen: () => openSession({ ...options, waitMs: 5_000 }),
      close: async () => {
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

function connectFailure(error: DatabaseError, { engine, target }: SessionOptions): Failure {
  const details = { engine: { message: error.message, code: error.code }, state: 'nothing was changed' };
  switch (engine.errorKind(error)) {
    case 'credentials':
      return new Failure('connection.refused', `${target.shown} refuses the user or the password`, details, error);
    case 'no-database':
      return new Failure('connection.no-database', `the database of ${target.shown} does not exist`, details, error);
    case 'rights':
      return new Failure('connection.refused', `${target.shown} refuses the user`, details, error);
    case 'busy':
      return new Failure('database.busy', `${target.shown} is held by another session: ${error.message}`, details, error);
    default:
      return new Failure('connection.failed', `${target.shown} cannot be reached: ${error.message}`, details, error);
  }
}
