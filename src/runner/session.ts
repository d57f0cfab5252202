import { Failure } from '../base/index.ts';
import { type Connection, DatabaseError, type Driver, type Emit, type Engine, type Inquiry, type Server, type Store, type Target } from '../contracts/index.ts';

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
  /** The same session anew, after the connection was lost. */
  readonly reopen: () => Promise<Session>;
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
  const connection = await patiently(() => connect(options.label), options);
  try {
    for (const statement of engine.session.start) await connection.query(statement);
    const server = await ask(connection, engine.identify());
    const second = driver.lock(target).kind === 'server' ? () => connect(`${options.label} watch`.slice(0, 63)) : undefined;
    return { connection, driver, engine, server, target, store, another: second, reopen: () => openSession({ ...options, waitMs: 5_000 }) };
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw error instanceof DatabaseError ? connectFailure(error, options) : error;
  }
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
      await new Promise((resolve) => setTimeout(resolve, pause));
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
    default:
      return new Failure('connection.failed', `${target.shown} cannot be reached: ${error.message}`, details, error);
  }
}
