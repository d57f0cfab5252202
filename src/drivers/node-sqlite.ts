import { existsSync } from 'node:fs';
import { DatabaseError, type Driver } from '../contracts/index.ts';
import {
  busyTimeoutMs,
  checkLocation,
  type SqliteHandle,
  type SqliteLibrary,
  type SqliteStatement,
  sqliteConnection,
  sqliteLocation,
  sqliteLock,
  sqliteSymbol,
  unclosed,
} from './shared/sqlite.ts';

interface NodeStatement extends SqliteStatement {
  setReadBigInts(on: boolean): void;
  columns?(): readonly unknown[];
  setReturnArrays?(on: boolean): void;
  iterate(): Iterable<unknown>;
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: Readonly<Record<string, unknown>>) => SqliteHandle;
}

export interface NodeSqliteOptions {
  /** An open `DatabaseSync` of the caller's own, which is not closed. */
  readonly database?: SqliteHandle & { location?(): string | null };
}

/** SQLite through Node's own module, which it has without a flag since 22.13: https://nodejs.org/api/sqlite.html */
export function nodeSqlite({ database: given }: NodeSqliteOptions = {}): Driver {
  return {
    name: 'node:sqlite',
    ...(given === undefined ? {} : { lent: given }),
    engine: 'sqlite',
    schemes: ['sqlite', 'file'],
    scripts: 'blind',
    lock: (target) => sqliteLock(target, given?.location?.() ?? undefined),
    connect: async (target, options) => {
      if (given !== undefined) return sqliteConnection(withBigInts(unclosed(given)), own);
      const location = sqliteLocation(target);
      checkLocation(location);
      // Looking at a database that does not exist must not make one.
      const path = options.readOnly === true && !existsSync(location.path) ? ':memory:' : location.path;
      try {
        const { DatabaseSync } = loadNodeSqlite();
        const handle = new DatabaseSync(path, {
          readOnly: location.readOnly && path !== ':memory:',
          enableForeignKeyConstraints: location.foreignKeys,
        });
        handle.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
        if (location.readOnly) handle.exec('PRAGMA query_only = ON');
        return sqliteConnection(withBigInts(handle), own);
      } catch (error) {
        throw toError(error);
      }
    },
  };
}

/** Whether the running Node has the module without a flag. */
export function hasNodeSqlite(): boolean {
  return quietly(() => process.getBuiltinModule?.('node:sqlite')) !== undefined;
}

/** Keeps the module's notice that it is experimental from the user's terminal. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function loadNodeSqlite(): NodeSqlite {
  return quietly(() => process.getBuiltinModule('node:sqlite')) as unknown as NodeSqlite;
}

function withBigInts(handle: SqliteHandle): SqliteHandle {
  return {
    exec: (sql) => handle.exec(sql),
    close: () => handle.close(),
    prepare: (sql) => {
      const statement = handle.prepare(sql) as NodeStatement;
      statement.setReadBigInts(true);
      return statement;
    },
  };
}

/** A statement has columns when it returns rows; before Node 22.16 it cannot be asked, so its rows are read in any case. */
function returnsRows(statement: SqliteStatement): boolean {
  const columns = (statement as NodeStatement).columns?.();
  return columns === undefined || columns.length > 0;
}

/** Before Node 22.16 a row is always an object, in the order of its columns. */
function* lists(statement: SqliteStatement): Iterable<readonly unknown[]> {
  const own = statement as NodeStatement;
  own.setReturnArrays?.(true);
  for (const row of own.iterate()) yield Array.isArray(row) ? row : Object.values(row as object);
}

const own: SqliteLibrary = { returnsRows, lists, toError };

function toError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { message, errcode } = error as { message?: string; errcode?: number };
  return new DatabaseError(message ?? String(error), { code: errcode === undefined ? '' : sqliteSymbol(errcode), cause: error });
}
