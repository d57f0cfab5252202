import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { type Connection, type ConnectOptions, DatabaseError, type Driver, type ResultRow, type Target } from '../contracts/index.ts';
import { missingFolder } from './shared/file.ts';
import { type ServerNotice, unitOffset, warns } from './shared/postgres.ts';

type Notice = NonNullable<ConnectOptions['notice']>;

export interface PgliteOptions {
  /** An open database of the caller's own, which is not closed. */
  readonly database?: PGlite;
}

/** PostgreSQL in this process, in a folder or in memory: https://pglite.dev/docs/api */
export function pglite({ database: given }: PgliteOptions = {}): Driver {
  return {
    name: 'pglite',
    ...(given === undefined ? {} : { lent: given }),
    engine: 'postgres',
    schemes: ['pglite'],
    scripts: 'blind',
    ...(given === undefined ? { exclusive: true } : {}),
    template: () => `pglite-${version()}`,
    exists: (target) => existsSync(folderOf(target) ?? ''),
    lock: (target) => {
      const path = folderOf(target);
      return path === undefined || given !== undefined ? { kind: 'none' } : { kind: 'file', path: `${path}.lockstep-lock` };
    },
    connect: async (target, options) => {
      const path = folderOf(target);
      if (given !== undefined) return connectionOver(given, options.notice, () => Promise.resolve());
      if (path !== undefined && !existsSync(dirname(path))) throw missingFolder(dirname(path));
      // Looking at a database that does not exist must not make one.
      const folder = path === undefined || (options.readOnly === true && !existsSync(path)) ? undefined : path;
      try {
        const { PGlite } = await import('@electric-sql/pglite');
        if (folder !== undefined) mkdirSync(folder, { recursive: true });
        const database = await PGlite.create(folder === undefined ? {} : { dataDir: folder });
        return connectionOver(database, options.notice, () => database.close());
      } catch (error) {
        throw toError(error);
      }
    },
  };
}

function version(): string {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@electric-sql/pglite'));
  return (JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')) as { version: string }).version;
}

function folderOf(target: Target): string | undefined {
  const rest = decodeURIComponent(target.url.slice('pglite:'.length).split('?')[0] ?? '');
  if (rest === '' || rest === 'memory' || rest === ':memory:' || rest === 'memory:' || rest === '//memory') return undefined;
  return resolve(target.base, rest.replace(/^\/\/(?=\/|\.)/, '').replace(/^\/\/(?=[^/])/, ''));
}

function connectionOver(database: PGlite, notice: Notice | undefined, close: () => Promise<void>): Connection {
  const onNotice = notice === undefined ? {} : { onNotice: (message: ServerNotice) => notice(message.message ?? '', warns(message)) };
  return {
    query: async (sql, parameters = []) => {
      try {
        const results =
          parameters.length === 0 ? await database.exec(sql, onNotice) : [await database.query(sql, [...parameters], onNotice)];
        const last = results.at(-1);
        return {
          rows: (last?.rows ?? []) as readonly ResultRow[],
          ...(results.length > 1 ? { sets: results.map(({ rows }) => rows as readonly ResultRow[]) } : {}),
          ...(last?.affectedRows === undefined ? {} : { affected: last.affectedRows }),
        };
      } catch (error) {
        throw toError(error, sql);
      }
    },
    script: async (sql) => {
      try {
        await database.exec(sql, onNotice);
      } catch (error) {
        throw toError(error, sql);
      }
    },
    stream: async function* (sql) {
      try {
        await database.exec(`DECLARE lockstep_rows NO SCROLL CURSOR WITH HOLD FOR ${sql}`);
        const parsers = asText(database);
        for (;;) {
          const { rows } = await database.query<unknown[]>(`FETCH ${listed} FROM lockstep_rows`, [], { rowMode: 'array', parsers });
          if (rows.length === 0) break;
          yield rows;
        }
        await database.exec('CLOSE lockstep_rows');
      } catch (error) {
        throw toError(error);
      }
    },
    copy: async (sql, data) => {
      try {
        await database.query(sql.replace(/\bfrom\s+stdin\b/i, "FROM '/dev/blob'"), [], { blob: new Blob([Buffer.from(data)]) });
      } catch (error) {
        throw toError(error, sql);
      }
    },
    close: async () => {
      try {
        await close();
      } catch (error) {
        throw toError(error);
      }
    },
  };
}

/** How many rows are taken at a time. */
const listed = 2000;
/** Every type by the text that the server writes, in place of the values that the library makes of it. */
function asText({ parsers }: PGlite): Record<number, (value: string) => string> {
  return Object.fromEntries(Object.keys(parsers).map((type) => [type, (value: string) => value]));
}

function toError(error: unknown, sql?: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const fields = error as { message?: string; code?: string; detail?: string; hint?: string; position?: string };
  return new DatabaseError(fields.message ?? String(error), {
    code: fields.code,
    detail: fields.detail,
    hint: fields.hint,
    position: sql === undefined ? undefined : unitOffset(sql, fields.position),
    cause: error,
  });
}
