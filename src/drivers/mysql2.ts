import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import type { ConnectionOptions, Connection as MysqlConnection, QueryResult } from 'mysql2';
import type { Connection as PromiseConnection } from 'mysql2/promise';
import { type Connection, DatabaseError, type Driver, type Result, type ResultRow, type Target } from '../contracts/index.ts';
import { missingLibrary, poolRefused } from './shared/library.ts';

type Mysql = Pick<typeof import('mysql2'), 'createConnection'>;

export interface Mysql2Options {
  /** The library itself, where it cannot be imported by name. */
  readonly library?: Mysql;
  /** A connection of the caller's own, with callbacks or with promises, which is not closed. No pool: the run lock belongs to a session. */
  readonly connection?: MysqlConnection | PromiseConnection;
}

/** MySQL and MariaDB servers through mysql2: https://sidorares.github.io/node-mysql2/docs */
export function mysql2({ library, connection }: Mysql2Options = {}): Driver {
  const given = connection === undefined ? undefined : plainConnection(connection);
  return {
    name: 'mysql2',
    ...(given === undefined ? {} : { lent: given }),
    engine: 'mysql',
    schemes: ['mysql', 'mariadb'],
    scripts: given === undefined || given.config.multipleStatements === true,
    lock: () => ({ kind: 'server' }),
    connect: async (target, options) => {
      const loaded = library ?? (await load());
      if (given !== undefined) return connectionOver(given, loaded, undefined, () => undefined);
      const settings = connectionOptions(target);
      const connection = loaded.createConnection({ ...settings, connectAttributes: { program_name: options.label } });
      let broken: Error | undefined;
      await new Promise<void>((resolve, reject) => {
        connection.once('connect', () => resolve());
        connection.once('error', (error) => reject(toError(error)));
      });
      connection.on('error', (error) => {
        broken = error;
      });
      return connectionOver(connection, loaded, settings, () => broken);
    },
  };
}

/** A connection with promises is made around one with callbacks. */
function plainConnection(connection: MysqlConnection | PromiseConnection): MysqlConnection {
  if ('getConnection' in connection) throw poolRefused('mysql2({ connection })');
  return ('connection' in connection ? connection.connection : connection) as MysqlConnection;
}

async function load(): Promise<Mysql> {
  try {
    const module = await import('mysql2');
    return (module as unknown as { default?: Mysql }).default ?? module;
  } catch (error) {
    throw missingLibrary('mysql2', 'MySQL and MariaDB', error);
  }
}

/**
 * The defaults of mysql2 round large numbers and shift dates; these settings give every value as the server wrote it. They also ask for
 * the sql_mode IGNORE_SPACE, in which every name of a function is a reserved word, and which routines would keep.
 */
function connectionOptions(target: Target): ConnectionOptions {
  const url = new URL(target.url.replace(/^mariadb:/, 'mysql:'));
  const socketPath = url.searchParams.get('socketPath') ?? url.searchParams.get('socket');
  const ssl = url.searchParams.get('ssl') ?? url.searchParams.get('sslmode');
  return {
    ...(socketPath === null
      ? { host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(url.port || 3306) }
      : { socketPath }),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: url.searchParams.get('charset') ?? 'utf8mb4',
    multipleStatements: true,
    flags: ['-IGNORE_SPACE'],
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    connectTimeout: 30_000,
    ...(ssl === null || /^(false|0|disable)$/i.test(ssl) ? {} : { ssl: { rejectUnauthorized: !/^(require|prefer)$/i.test(ssl) } }),
  };
}

function connectionOver(
  connection: MysqlConnection,
  loaded: Mysql,
  settings: ConnectionOptions | undefined,
  broken: () => Error | undefined,
): Connection {
  let left = false;
  const send = <T extends QueryResult>(sql: string, parameters: readonly unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      const gone = broken();
      if (gone !== undefined) return reject(toError(gone));
      // The library looks through the whole statement for places of parameters unless it is told that there are none at all.
      const values = parameters.length === 0 ? null : [...parameters];
      connection.query<T>(sql, values, (error, result) => (error === null ? resolve(result) : reject(toError(error))));
    });
  return {
    query: async (sql, parameters = []) => {
      const result = await send<QueryResult>(sql, parameters);
      const last = Array.isArray(result) && Array.isArray(result[0]) ? result.at(-1) : result;
      if (Array.isArray(last)) return { rows: last as unknown as readonly ResultRow[] };
      const { affectedRows, insertId } = last as { affectedRows?: number; insertId?: number | string };
      return { rows: [], affected: affectedRows ?? 0, ...(insertId === undefined || insertId === 0 ? {} : { insertId }) } satisfies Result;
    },
    script: (sql) =>
      new Promise((resolve, reject) => {
        const gone = broken();
        if (gone !== undefined) return reject(toError(gone));
        // A statement without rows is finished when its header comes, one with rows only when something comes behind them.
        let finished = 0;
        let inRows = false;
        const message = connection.query(sql);
        // The library tells a command without a callback nothing of a connection that ends: only the connection itself hears of it.
        const ended = (error: unknown): void => reject(toError(error, finished));
        connection.once('error', ended);
        message.on('end', () => connection.off('error', ended));
        message.on('fields', (fields: unknown) => {
          if (inRows) finished++;
          inRows = fields !== undefined;
          if (!inRows) finished++;
        });
        message.on('error', (error) => reject(withoutOthers(toError(error, finished))));
        message.on('end', () => resolve());
      }),
    flow: (sql, pieces) => flowInto(connection, sql, pieces, broken),
    stream: async function* (sql) {
      const rows = { ended: false };
      try {
        yield* streamOver(connection, sql, broken, rows);
      } finally {
        // A connection of our own that still has rows to send is no longer of use; another's is read to the end.
        if (!rows.ended && settings === undefined) connection.resume();
        if (!rows.ended && settings !== undefined) connection.destroy();
        left = !rows.ended;
      }
    },
    ...(settings === undefined ? {} : { cancel: () => cancelOn(connection, loaded, settings) }),
    close: () =>
      new Promise((resolve) => {
        if (settings === undefined || left || broken() !== undefined) return resolve();
        connection.end(() => resolve());
      }),
  };
}

/** A packet of rows; the least that a server may be told to take is far above it. */
const packet = 1 << 16;

/**
 * Answers `LOAD DATA LOCAL INFILE` of this statement alone, with our own rows, whatever file the server names. LOCAL turns faults into
 * warnings and leaves rows out, so that any warning refuses all.
 */
async function flowInto(
  connection: MysqlConnection,
  sql: string,
  pieces: AsyncIterable<string>,
  broken: () => Error | undefined,
): Promise<void> {
  const gone = broken();
  if (gone !== undefined) throw toError(gone);
  const { stream: socket } = connection as unknown as { readonly stream: Writable };
  let unread: { readonly error: unknown } | undefined;
  const packets = async function* (): AsyncIterable<Buffer> {
    try {
      for await (const piece of pieces) {
        const bytes = Buffer.from(piece);
        for (let at = 0; at < bytes.length; at += packet) {
          // The library itself does not wait for the socket.
          if (socket.writableNeedDrain && !socket.destroyed) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
          yield bytes.subarray(at, at + packet);
        }
      }
    } catch (error) {
      unread = { error };
    }
  };
  const infileStreamFactory = (): Readable => Readable.from(packets(), { highWaterMark: 1 });
  const header = await new Promise<{ warningStatus?: number; info?: string }>((resolve, reject) => {
    connection.query({ sql, infileStreamFactory } as never, (error: unknown, result: unknown) =>
      error === null ? resolve(result as { warningStatus?: number }) : reject(toError(error)),
    );
  });
  if (unread !== undefined) throw unread.error;
  if (header.warningStatus !== 0) throw new DatabaseError(`the server warns of rows: ${header.info ?? ''}`);
}

/** How many rows are taken at a time. */
const listed = 1000;

/** The rows of a query in lists; the server is told to wait while nobody takes them. `progress` tells whether all were sent. */
async function* streamOver(
  connection: MysqlConnection,
  sql: string,
  broken: () => Error | undefined,
  progress: { ended: boolean },
): AsyncIterable<readonly (readonly unknown[])[]> {
  const gone = broken();
  if (gone !== undefined) throw toError(gone);
  let rows: unknown[][] = [];
  let failed: unknown;
  let wake: () => void = () => undefined;
  const fail = (error: unknown): void => {
    failed ??= error;
    wake();
  };
  connection.once('error', fail);
  const command = connection.query({ sql, rowsAsArray: true, typeCast: textOf } as never);
  command.on('result', (row: unknown) => {
    rows.push(row as unknown[]);
    if (rows.length < listed) return;
    connection.pause();
    wake();
  });
  command.on('error', fail);
  command.on('end', () => {
    progress.ended = true;
    wake();
  });
  try {
    for (;;) {
      if (failed !== undefined) throw toError(failed);
      if (rows.length >= listed || progress.ended) {
        const list = rows;
        rows = [];
        if (list.length > 0) yield list;
        if (progress.ended && rows.length === 0) return;
        connection.resume();
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    connection.off('error', fail);
  }
}

interface Field {
  readonly type: string;
  readonly extendedFormat?: string;
  string(encoding: string): string | null;
  buffer(): Buffer | null;
}

/** Types whose values are bytes where their column has no character set; which it has only the library's own reading tells. */
const ofTextOrBytes: ReadonlySet<string> = new Set([
  ...['VARCHAR', 'VAR_STRING', 'STRING', 'TINY_BLOB', 'MEDIUM_BLOB', 'LONG_BLOB', 'BLOB', 'BIT'],
]);

/** A value as text. JSON comes without a character set, and is UTF-8. */
function textOf(field: Field, next: () => unknown): string | null {
  if (field.type === 'GEOMETRY') return field.buffer()?.toString('hex') ?? null;
  if (!ofTextOrBytes.has(field.type) || field.extendedFormat === 'json') return field.string('utf8');
  const value = next();
  return Buffer.isBuffer(value) ? value.toString('hex') : (value as string | null);
}

/** A syntax error quotes the text behind it, which in a script is that of other statements. */
function withoutOthers(error: DatabaseError): DatabaseError {
  const message = error.message.replace(/\n;[\s\S]*?(?:\.\.\.)?('(?: at line \d+)?)$/, '$1');
  return new DatabaseError(message, { code: error.code, index: error.index, lost: error.lost, cause: error.cause });
}

async function cancelOn(connection: MysqlConnection, loaded: Mysql, settings: ConnectionOptions): Promise<void> {
  const helper = loaded.createConnection(settings);
  helper.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    helper.query(`KILL QUERY ${Number(connection.threadId)}`, (error) => (error === null ? resolve() : reject(toError(error))));
  });
  helper.end();
}

function toError(error: unknown, index?: number): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const fields = error as { message?: string; sqlMessage?: string; code?: string; errno?: number; fatal?: boolean };
  const lost = /PROTOCOL_CONNECTION_LOST|ECONNRESET|EPIPE|ER_SERVER_SHUTDOWN|ER_CONNECTION_KILLED/.test(fields.code ?? '');
  return new DatabaseError(fields.sqlMessage ?? fields.message ?? String(error), {
    code: fields.code ?? String(fields.errno ?? ''),
    index,
    lost: lost || /closed state|connection is closed/i.test(fields.message ?? ''),
    cause: error,
  });
}
