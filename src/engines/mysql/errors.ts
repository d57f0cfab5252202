import { scan } from '../../base/index.ts';
import type { DatabaseError, ErrorKind } from '../../contracts/index.ts';
import { rules } from './split.ts';

/**
 * What the symbols of the server and the client library mean. Numbers stand for what mysql2 has no symbol for.
 * https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and https://mariadb.com/kb/en/mariadb-error-codes/
 */
const kinds: Readonly<Record<string, ErrorKind>> = {
  ER_LOCK_WAIT_TIMEOUT: 'busy',
  ER_LOCK_NOWAIT: 'busy',
  ER_STATEMENT_TIMEOUT: 'cancelled',
  ER_QUERY_TIMEOUT: 'cancelled',
  ER_QUERY_INTERRUPTED: 'cancelled',
  '1969': 'cancelled',
  '3024': 'cancelled',
  '3572': 'busy',
  ER_LOCK_DEADLOCK: 'deadlock',
  ER_ACCESS_DENIED_ERROR: 'credentials',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'credentials',
  ER_HOST_NOT_PRIVILEGED: 'credentials',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'credentials',
  ER_NOT_SUPPORTED_AUTH_MODE: 'credentials',
  ER_DBACCESS_DENIED_ERROR: 'rights',
  ER_TABLEACCESS_DENIED_ERROR: 'rights',
  ER_COLUMNACCESS_DENIED_ERROR: 'rights',
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'rights',
  ER_PROCACCESS_DENIED_ERROR: 'rights',
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER: 'rights',
  ER_VIEW_NO_EXPLAIN: 'rights',
  ER_BAD_DB_ERROR: 'no-database',
  ER_NO_DB_ERROR: 'no-database',
  ER_NO_SUCH_TABLE: 'no-table',
  ER_BAD_TABLE_ERROR: 'no-table',
  ER_TABLE_EXISTS_ERROR: 'exists',
  ER_DB_CREATE_EXISTS: 'exists',
  ER_DUP_KEYNAME: 'exists',
  ER_DUP_FIELDNAME: 'exists',
  ER_DUP_ENTRY: 'exists',
  ER_SP_ALREADY_EXISTS: 'exists',
  ER_TRG_ALREADY_EXISTS: 'exists',
  ER_EVENT_ALREADY_EXISTS: 'exists',
  ER_READ_ONLY_MODE: 'read-only',
  ER_OPEN_AS_READONLY: 'read-only',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'read-only',
  ER_INNODB_READ_ONLY: 'read-only',
  ER_RECORD_FILE_FULL: 'storage',
  ER_DISK_FULL: 'storage',
  ER_PARSE_ERROR: 'syntax',
  ER_SYNTAX_ERROR: 'syntax',
  ER_EMPTY_QUERY: 'syntax',
  PROTOCOL_CONNECTION_LOST: 'lost',
  PROTOCOL_SEQUENCE_TIMEOUT: 'lost',
  ECONNRESET: 'lost',
  ECONNREFUSED: 'lost',
  ETIMEDOUT: 'lost',
  EPIPE: 'lost',
  ER_CON_COUNT_ERROR: 'lost',
  ER_SERVER_SHUTDOWN: 'lost',
  ER_NORMAL_SHUTDOWN: 'lost',
  ER_NEW_ABORTING_CONNECTION: 'lost',
  ER_CONNECTION_KILLED: 'lost',
  '1927': 'lost',
};

/** What an error means to a run. */
export function errorKind(error: DatabaseError): ErrorKind {
  if (error.lost) return 'lost';
  // One symbol for every option that stands in the way: --read-only is one of them.
  if (error.code === 'ER_OPTION_PREVENTS_STATEMENT') return /read[-_ ]only/i.test(error.message) ? 'read-only' : 'rights';
  // MariaDB has other meanings for the numbers that MySQL took from 4000 on, and the library knows those of MySQL.
  if (/^The client was disconnected by the server because of inactivity/.test(error.message)) return 'lost';
  return kinds[error.code] ?? 'other';
}

/**
 * Where the server stumbled. A syntax error repeats what follows that place, up to 80 characters of it; other messages name a thing,
 * and the first token that is that name is taken.
 */
export function locate(sql: string, error: DatabaseError): number | undefined {
  const near = /near '([\s\S]*)' at line (\d+)$/.exec(error.message);
  if (near !== null) return nearOffset(sql, near[1] ?? '', Number(near[2]));
  const named =
    /(?:Unknown column|Unknown table|Unknown data type:|Duplicate column name|Table|Key column|Can't DROP \w+(?: \w+)?) ['`]([^'`]+)['`]/.exec(
      error.message,
    )?.[1];
  if (named === undefined) return undefined;
  return tokenOffset(sql, named) ?? tokenOffset(sql, named.split('.').at(-1) ?? named);
}

function nearOffset(sql: string, rest: string, line: number): number | undefined {
  if (rest === '') return sql.trimEnd().length;
  const fits = (at: number): boolean =>
    at >= 0 && (sql.startsWith(rest, at) || (sql.length - at < rest.length && rest.startsWith(sql.slice(at))));
  let begin = 0;
  for (let i = 1; i < line && begin >= 0; i++) begin = sql.indexOf('\n', begin) + 1 || -1;
  // The line is counted in the statement; where other statements were sent with it, the text alone must do.
  for (const from of begin > 0 ? [begin, 0] : [0]) {
    for (let at = sql.indexOf(rest[0] ?? '', from); at >= 0; at = sql.indexOf(rest[0] ?? '', at + 1)) if (fits(at)) return at;
  }
  return undefined;
}

function tokenOffset(sql: string, name: string): number | undefined {
  const cursor = scan(sql, rules);
  while (cursor.next()) {
    const text = sql.slice(cursor.start, cursor.end);
    const plain = cursor.kind === 'name' ? text.slice(1, -1).replaceAll('``', '`') : text;
    if ((cursor.kind === 'word' || cursor.kind === 'name') && plain.toLowerCase() === name.toLowerCase()) return cursor.start;
  }
  return undefined;
}
