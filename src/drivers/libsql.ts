import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DatabaseError, type Driver } from '../contracts/index.ts';
import {
  busyTimeoutMs,
  checkLocation,
  type SqliteHandle,
  type SqliteLibrary,
  sqliteConnection,
  sqliteLocation,
  sqliteLock,
  sqliteSymbol,
  unclosed,
} from './shared/sqlite.ts';

/** The part of libsql's (and better-sqlite3's) interface that is used: https://github.com/tursodatabase/libsql-js */
export type SqliteConstructor = new (
  path: string,
  options: { readonly readonly?: boolean; readonly timeout?: number },
) => SqliteHandle & {
  defaultSafeIntegers?(on: boolean): unknown;
};

export interface LibsqlOptions {
  /** A library with the interface of better-sqlite3, in place of `libsql`, which comes with the package. */
  readonly library?: SqliteConstructor;
  /** An open database of the caller's own, which is not closed. */
  readonly database?: SqliteHandle & { readonly name?: string };
}

/** SQLite through `libsql`, better-sqlite3, or anything with their interface. */
export function libsql({ library, database: given }: LibsqlOptions = {}): Driver {
  return {
    name: 'libsql',
    ...(given === undefined ? {} : { lent: given }),
    engine: 'sqlite',
    schemes: ['sqlite', 'file'],
    scripts: 'blind',
    lock: (target) => sqliteLock(target, given?.name),
    connect: (target, options) => {
      if (given !== undefined) return Promise.resolve(sqliteConnection(unclosed(given), own));
      const location = sqliteLocation(target);
      // Looking at a database that does not exist must not make one.
      const path = options.readOnly === true && !existsSync(location.path) ? ':memory:' : location.path;
      try {
        checkLocation(location);
        const Database = library ?? (createRequire(import.meta.url)('libsql') as SqliteConstructor);
        const handle = new Database(path, {
          ...(location.readOnly && path !== ':memory:' ? { readonly: true } : {}),
          timeout: busyTimeoutMs,
        });
        handle.defaultSafeIntegers?.(true);
        handle.exec(`PRAGMA foreign_keys = ${location.foreignKeys ? 'ON' : 'OFF'}`);
        // libsql opens for writing whatever it is told.
        if (location.readOnly) handle.exec('PRAGMA query_only = ON');
        return Promise.resolve(sqliteConnection(handle, own));
      } catch (error) {
        return Promise.reject(toError(error));
      }
    },
  };
}

function isReader(statement: unknown): boolean {
  return (statement as { readonly reader: boolean }).reader;
}

interface RawStatement {
  raw(on: boolean): { iterate(): Iterator<readonly unknown[]> };
}

/** The library lets go of a query only when it was read to its end, so one that nobody reads any further is interrupted. */
function* lists(statement: unknown, handle: { interrupt?(): void }): Iterable<readonly unknown[]> {
  const rows = (statement as RawStatement).raw(true).iterate();
  let row = rows.next();
  try {
    for (; row.done !== true; row = rows.next()) yield row.value;
  } finally {
    if (row.done !== true) endQuery(handle, rows);
  }
}

function endQuery(handle: { interrupt?(): void }, rows: Iterator<readonly unknown[]>): void {
  try {
    handle.interrupt?.();
    while (rows.next().done !== true);
  } catch {
    // That it was interrupted.
  }
}

const own: SqliteLibrary = { returnsRows: isReader, lists, toError };

function toError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { message, code, rawCode } = error as { message?: string; code?: string; rawCode?: number };
  const symbol = rawCode === undefined ? (code ?? '') : sqliteSymbol(rawCode);
  return new DatabaseError(message ?? String(error), { code: symbol.replace(/^(SQLITE_[A-Z]+)_.*$/, '$1'), cause: error });
}
