import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Connection, DatabaseError, type Driver, type Result, type ResultRow, type Target } from '../../contracts/index.ts';
import { missingFolder, notFound } from './file.ts';

/** Where a SQLite URL points: a path or `:memory:`, and how it is to be opened. */
export interface SqliteLocation {
  readonly path: string;
  readonly readOnly: boolean;
  /** `mode=rw`: the file must exist. */
  readonly mustExist: boolean;
  readonly foreignKeys: boolean;
}

/** Reads `sqlite:./app.db`, `sqlite:///abs/app.db`, `sqlite::memory:`, with `?mode=ro|rw|rwc` and `?foreign_keys=on`. */
export function sqliteLocation(target: Target): SqliteLocation {
  const rest = target.url.slice(target.url.indexOf(':') + 1);
  const [rawPath = '', query = ''] = rest.split(/\?(.*)/s);
  const parameters = new URLSearchParams(query);
  const path = decodeURIComponent(rawPath.replace(/^\/\/(?=\/|\.)/, '').replace(/^\/\/(?=[^/])/, ''));
  return {
    path: path === ':memory:' || path === '' ? ':memory:' : resolve(target.base, path),
    readOnly: parameters.get('mode') === 'ro',
    mustExist: parameters.get('mode') === 'rw' || parameters.get('mode') === 'ro',
    foreignKeys: /^(on|1|true)$/i.test(parameters.get('foreign_keys') ?? ''),
  };
}

/** Refuses a path that cannot be opened with a reason that SQLite itself does not give. */
export function checkLocation(location: SqliteLocation): void {
  if (location.path === ':memory:') return;
  if (!existsSync(dirname(location.path))) throw missingFolder(dirname(location.path));
  if (location.mustExist && !existsSync(location.path)) throw notFound(location.path);
  if (existsSync(location.path) && statSync(location.path).isDirectory()) {
    throw new DatabaseError(`"${location.path}" is a folder, no database file`, { code: 'SQLITE_CANTOPEN' });
  }
}

/** Where the run lock of a database lies: beside its file, or nowhere when there is none or it is only read. */
export function sqliteLock(target: Target, openFile: string | undefined): ReturnType<Driver['lock']> {
  const { path, readOnly } = sqliteLocation(target);
  const file = openFile ?? path;
  return file === ':memory:' || file === '' || readOnly ? { kind: 'none' } : { kind: 'file', path: `${file}.lockstep-lock` };
}

/** A handle that stays open: whoever opened it closes it. */
export function unclosed(handle: SqliteHandle): SqliteHandle {
  return { exec: (sql) => handle.exec(sql), prepare: (sql) => handle.prepare(sql), close: () => undefined };
}

/** What both SQLite libraries have in common, as far as it is used here. */
export interface SqliteHandle {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
  interrupt?(): void;
}

export interface SqliteStatement {
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
}

/** What the libraries do each in their own way. */
export interface SqliteLibrary {
  /** Tells a query from a statement before it runs. */
  returnsRows(statement: SqliteStatement): boolean;
  /** The rows of a query one by one, each as a list of its values. */
  lists(statement: SqliteStatement, handle: SqliteHandle): Iterable<readonly unknown[]>;
  toError(error: unknown): DatabaseError;
}

/** A connection over a library whose calls return at once. */
export function sqliteConnection(handle: SqliteHandle, { returnsRows, lists, toError }: SqliteLibrary): Connection {
  const guarded = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(toError(error));
    }
  };
  return {
    query: (sql, parameters = []) =>
      guarded((): Result => {
        if (parameters.length === 0 && !mayReturnRows.test(sql)) {
          handle.exec(sql);
          return { rows: [] };
        }
        const statement = handle.prepare(sql);
        const values = parameters.map(toSqlite);
        if (!returnsRows(statement)) {
          const { changes, lastInsertRowid } = statement.run(...values);
          return { rows: [], affected: Number(changes), insertId: lastInsertRowid };
        }
        return { rows: statement.all(...values).map((row) => plainRow(row as ResultRow)) };
      }),
    script: (sql) =>
      guarded(() => {
        handle.exec(sql);
      }),
    stream: async function* (sql) {
      try {
        let rows: (readonly unknown[])[] = [];
        for (const row of lists(handle.prepare(sql), handle)) {
          rows.push(row);
          if (rows.length < listed) continue;
          yield rows;
          rows = [];
        }
        if (rows.length > 0) yield rows;
      } catch (error) {
        throw toError(error);
      }
    },
    each: (sql, rows, more) =>
      guarded(() => {
        const together = more === undefined ? 1 : Math.max(1, Math.floor(parameters / Math.max(1, rows[0]?.length ?? 1)));
        const whole = rows.length - (rows.length % together);
        if (whole > 0) {
          const several = handle.prepare(sql + (more ?? '').repeat(together - 1));
          for (let from = 0; from < whole; from += together) several.run(...rows.slice(from, from + together).flat());
        }
        if (whole === rows.length) return;
        const statement = handle.prepare(sql);
        for (const row of rows.slice(whole)) statement.run(...row);
      }),
    close: () =>
      guarded(() => {
        handle.close();
      }),
  };
}

/** Parameters of one statement: below what any build of SQLite takes, and more are no faster. */
const parameters = 120;

/** How many rows are taken at a time. */
const listed = 1000;

const mayReturnRows = /^\s*(select|with|pragma|values|explain|insert|update|delete|replace)\b/i;

const symbols: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  3: 'SQLITE_PERM',
  4: 'SQLITE_ABORT',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  17: 'SQLITE_SCHEMA',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  23: 'SQLITE_AUTH',
  26: 'SQLITE_NOTADB',
};

/** How long a statement waits for another process until it is told otherwise; a commit of a rollback journal keeps readers out. */
export const busyTimeoutMs = 5_000;

/** The symbol of a result code, whose upper bits refine it: https://www.sqlite.org/rescode.html */
export function sqliteSymbol(code: number): string {
  return symbols[code & 0xff] ?? `SQLITE_${code}`;
}

function toSqlite(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.toISOString() : value;
}

/** Big integers become plain numbers where nothing is lost by it. */
function plainRow(row: ResultRow): ResultRow {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (name === '_metadata') continue;
    const small = typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
    plain[name] = small ? Number(value) : value;
  }
  return plain;
}
