import { once } from 'node:events';
import type { Client, ClientConfig, PoolClient, QueryResult } from 'pg';
import { type Connection, DatabaseError, type Driver, type ResultRow } from '../contracts/index.ts';
import { piecesOfCopy, rowsOfCopy } from './shared/copy-text.ts';
import { missingLibrary, poolRefused } from './shared/library.ts';
import { type ServerNotice, unitOffset, warns } from './shared/postgres.ts';

type Pg = typeof import('pg');

export interface PgOptions {
  /** The library itself, where it cannot be imported by name. */
  readonly library?: Pg;
  /** A connected client of the caller's own, which is not closed. No pool: the run lock belongs to a session. */
  readonly client?: Client | PoolClient;
}

/** PostgreSQL servers through node-postgres: https://node-postgres.com */
export function pg({ library, client }: PgOptions = {}): Driver {
  if (client !== undefined && 'totalCount' in client) throw poolRefused('pg({ client })');
  // A client of a pool is one like any other while it is checked out.
  const given = client as Client | undefined;
  return {
    name: 'pg',
    ...(given === undefined ? {} : { lent: given }),
    engine: 'postgres',
    schemes: ['postgres', 'postgresql'],
    scripts: true,
    lock: () => ({ kind: 'server' }),
    connect: async (target, options) => {
      const loaded = library ?? (await load());
      if (given !== undefined) return connectionOver(given, loaded, undefined, () => undefined);
      const config: ClientConfig = {
        connectionString: target.url,
        application_name: options.label,
        keepAlive: true,
        connectionTimeoutMillis: 30_000,
      };
      const client = new loaded.Client(config);
      let broken: Error | undefined;
      client.on('error', (error: Error) => {
        broken = error;
      });
      if (options.notice !== undefined)
        client.on('notice', (message: ServerNotice) => options.notice?.(message.message ?? '', warns(message)));
      try {
        await client.connect();
      } catch (error) {
        throw toError(error, undefined);
      }
      return connectionOver(client, loaded, config, () => broken);
    },
  };
}

async function load(): Promise<Pg> {
  const forget = nameRuntime();
  try {
    return await import('pg');
  } catch (error) {
    throw missingLibrary('pg', 'PostgreSQL', error);
  } finally {
    forget();
  }
}

/**
 * Until Node 21 there is no `navigator`, by which pg tells what it runs on; instead it makes a `Response`, for which Node loads its
 * HTTP client, and that takes longer than to load pg.
 */
function nameRuntime(): () => void {
  const scope = globalThis as { navigator?: unknown };
  if (scope.navigator !== undefined) return () => undefined;
  scope.navigator = { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };
  return () => {
    delete scope.navigator;
  };
}

function connectionOver(client: Client, loaded: Pg, config: ClientConfig | undefined, broken: () => Error | undefined): Connection {
  const attempt = async <T>(sql: string, work: () => Promise<T>, completed?: () => number): Promise<T> => {
    const gone = broken();
    if (gone !== undefined) throw toError(gone, undefined);
    try {
      return await work();
    } catch (error) {
      throw toError(error, sql, completed?.(), broken());
    }
  };
  const sent = async function* <T>(sql: string, read: (parts: AsyncIterable<Uint8Array>) => AsyncIterable<T>): AsyncIterable<T> {
    const gone = broken();
    if (gone !== undefined) throw toError(gone, undefined);
    const { to } = await loadCopy();
    try {
      yield* read(client.query(to(`COPY (${sql}) TO STDOUT`, { highWaterMark: 1 << 18 })));
    } catch (error) {
      throw toError(error, undefined, undefined, broken());
    }
  };
  return {
    query: (sql, parameters = []) =>
      attempt(sql, async () => {
        const answer: QueryResult | QueryResult[] = await client.query(sql, parameters.length === 0 ? undefined : [...parameters]);
        const last = Array.isArray(answer) ? answer.at(-1) : answer;
        return {
          rows: (last?.rows ?? []) as readonly ResultRow[],
          ...(Array.isArray(answer) ? { sets: answer.map((one) => one.rows as readonly ResultRow[]) } : {}),
          ...(last?.rowCount == null ? {} : { affected: last.rowCount }),
        };
      }),
    script: (sql) => {
      const message = scriptMessage(loaded, sql);
      return attempt(sql, () => message.send(client), message.completed);
    },
    copy: (sql, data) =>
      attempt(sql, async () => {
        const { from } = await loadCopy();
        const stream = client.query(from(sql));
        // A connection that ends while rows travel tells nobody of them.
        const ended = (): void => void stream.destroy(broken() ?? new Error('Connection terminated unexpectedly'));
        client.once('end', ended);
        try {
          const finished = once(stream, 'finish');
          stream.end(data);
          await finished;
        } finally {
          client.off('end', ended);
        }
      }),
    flow: (sql, pieces) => attempt(sql, () => flowInto(client, sql, pieces, broken)),
    stream: (sql) => sent(sql, rowsOfCopy),
    bulk: (sql) => sent(sql, piecesOfCopy),
    ...(config === undefined ? {} : { cancel: () => cancelOn(client, loaded, config) }),
    close: async () => {
      if (config !== undefined && broken() === undefined) await client.end();
    },
  };
}

/** Rows travel while the server takes those before them. */
async function flowInto(client: Client, sql: string, pieces: AsyncIterable<string>, broken: () => Error | undefined): Promise<void> {
  const { from } = await loadCopy();
  const stream = client.query(from(sql, { highWaterMark: 1 << 20 }));
  let failed: Error | undefined;
  stream.on('error', (error) => {
    failed ??= error;
  });
  const ended = (): void => void stream.destroy(broken() ?? new Error('Connection terminated unexpectedly'));
  client.once('end', ended);
  try {
    for await (const piece of pieces) {
      if (failed !== undefined) throw failed;
      if (!stream.write(piece)) await once(stream, 'drain');
    }
    if (failed !== undefined) throw failed;
    const finished = once(stream, 'finish');
    stream.end();
    await finished;
  } catch (error) {
    // The server waits for more until it is told that there is none.
    if (failed === undefined) stream.destroy(error as Error);
    throw error;
  } finally {
    client.off('end', ended);
  }
}

async function cancelOn(client: Client, loaded: Pg, config: ClientConfig): Promise<void> {
  const session = (client as unknown as { processID: number | null }).processID;
  if (session === null) return;
  const helper = new loaded.Client({ ...config, application_name: 'lockstep cancel' });
  helper.on('error', () => undefined);
  await helper.connect();
  try {
    await helper.query('SELECT pg_cancel_backend($1)', [session]);
  } finally {
    await helper.end();
  }
}

/** Sends several statements in one message; `completed` counts those that were finished, which the error does not tell. */
function scriptMessage(loaded: Pg, sql: string): { send(client: Client): Promise<void>; completed(): number } {
  let count = 0;
  const message = new loaded.Query(sql) as unknown as {
    callback?: (error: Error | null | undefined) => void;
    handleCommandComplete(...rest: unknown[]): void;
  };
  const original = message.handleCommandComplete.bind(message);
  message.handleCommandComplete = (...rest) => {
    count++;
    original(...rest);
  };
  return {
    completed: () => count,
    send: (client) =>
      new Promise((resolve, reject) => {
        message.callback = (error) => (error == null ? resolve() : reject(error));
        client.query(message as never);
      }),
  };
}

async function loadCopy(): Promise<typeof import('pg-copy-streams')> {
  try {
    return await import('pg-copy-streams');
  } catch (error) {
    throw missingLibrary('pg-copy-streams', 'COPY … FROM stdin', error);
  }
}

function toError(error: unknown, sql: string | undefined, completed?: number, broken?: Error): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const fields = error as { message?: string; code?: string; detail?: string; hint?: string; position?: string; errors?: unknown[] };
  const [first] = fields.errors ?? [];
  const message = fields.message || (first as Error | undefined)?.message || String(error);
  return new DatabaseError(message, {
    code: fields.code,
    detail: fields.detail,
    hint: fields.hint,
    position: sql === undefined ? undefined : unitOffset(sql, fields.position),
    index: completed,
    lost: broken !== undefined || /Connection terminated|ECONNRESET|EPIPE|not queryable/.test(`${message} ${fields.code ?? ''}`),
    cause: error,
  });
}
