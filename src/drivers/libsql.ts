import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DatabaseError, type Driver } from '../contracts/index.ts';
import { checkLocation, type SqliteHandle, sqliteConnection, sqliteLocation, sqliteSymbol } from './shared/sqlite.ts';

/** The part of libsql's (and better-sqlite3's) interface that is used: https://github.com/tursodatabase/libsql-js */
export type SqliteConstructor = new (
  path: string,
  options: { readonly readonly?: boolean; readonly timeout?: number },
) => SqliteHandle & {
  defaultSafeIntegers?(on: boolean): unknown;
};

/**
 * SQLite through a library with the interface of better-sqlite3: `libsql`, which comes with the package, or a constructor of the
 * user's own.
 */
export function libsql(library?: SqliteConstructor): Driver {
  return {
    name: library === undefined ? 'libsql' : 'better-sqlite3',
    engine: 'sqlite',
    schemes: ['sqlite', 'file'],
    scripts: false,
    lock: (target) => {
      const { path, readOnly } = sqliteLocation(target);
      return path === ':memory:' || readOnly ? { kind: 'none' } : { kind: 'file', path: `${path}.lockstep-lock` };
    },
    connect: (target, options) => {
      const location = sqliteLocation(target);
      checkLocation(location);
      // Looking at a database that does not exist must not make one.
      const path = options.readOnly === true && !existsSync(location.path) ? ':memory:' : location.path;
      try {
        const Database = library ?? (createRequire(import.meta.url)('libsql') as SqliteConstructor);
        const handle = new Database(path, { ...(location.readOnly && path !== ':memory:' ? { readonly: true } : {}), timeout: 0 });
        handle.defaultSafeIntegers?.(true);
        handle.exec(`PRAGMA foreign_keys = ${location.foreignKeys ? 'ON' : 'OFF'}`);
        const reader = (statement: unknown): boolean => (statement as { readonly reader: boolean }).reader;
        return Promise.resolve(sqliteConnection(handle, reader, toError));
      } catch (error) {
        return Promise.reject(toError(error));
      }
    },
  };
}

function toError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { message, code, rawCode } = error as { message?: string; code?: string; rawCode?: number };
  const symbol = rawCode === undefined ? (code ?? '') : sqliteSymbol(rawCode);
  return new DatabaseError(message ?? String(error), { code: symbol.replace(/^(SQLITE_[A-Z]+)_.*$/, '$1'), cause: error });
}
