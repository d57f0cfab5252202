import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { type Key, tableKey } from '../../schema/index.ts';

type Version = readonly number[];

interface Availability {
  readonly mariadb?: Version;
  readonly mysql?: Version;
}

/**
 * Since which version a flavour can do something; one that is not named cannot. From the release notes and manual pages of MariaDB
 * (https://mariadb.com/kb/en/release-notes/) and MySQL (https://dev.mysql.com/doc/refman/8.4/en/added-deprecated-removed.html).
 */
const availability = {
  /** ALTER TABLE … RENAME COLUMN. */
  renameColumn: { mariadb: [10, 5, 2], mysql: [8, 0, 3] },
  /** RENAME COLUMN follows into checks and generated columns; MySQL refuses (errors 3959 and 3108). */
  renameFollows: { mariadb: [10, 5, 2] },
  renameIndex: { mariadb: [10, 5, 2], mysql: [5, 7, 0] },
  /** Older servers read CHECK and forget it. */
  checks: { mariadb: [10, 2, 1], mysql: [8, 0, 16] },
  /** A check of a column alone is part of the column: any MODIFY without it drops it. */
  columnChecks: { mariadb: [10, 2, 1] },
  /** information_schema tells whether a check stands with a column or with the table. */
  checkLevels: { mariadb: [10, 5, 10] },
  expressionDefaults: { mariadb: [10, 2, 1], mysql: [8, 0, 13] },
  /** A plain default of a TEXT, BLOB or JSON column; MySQL wants an expression. */
  plainTextDefaults: { mariadb: [10, 2, 1] },
  /** information_schema writes defaults as SQL: 'x', NULL, current_timestamp(). */
  quotedDefaults: { mariadb: [10, 2, 7] },
  /** information_schema puts backslashes before the quotes of expressions. */
  escapedExpressions: { mysql: [8, 0, 0] },
  descendingIndexes: { mariadb: [10, 8, 0], mysql: [8, 0, 1] },
  expressionIndexes: { mysql: [8, 0, 13] },
  /** An index that the optimiser passes over: IGNORED, INVISIBLE. */
  ignoredIndexes: { mariadb: [10, 6, 0] },
  invisibleIndexes: { mysql: [8, 0, 0] },
  invisibleColumns: { mariadb: [10, 3, 3], mysql: [8, 0, 23] },
  generatedNotNull: { mysql: [5, 7, 6] },
  uuidType: { mariadb: [10, 7, 0] },
  /** JSON is a type; MariaDB takes it for LONGTEXT with a check. */
  jsonType: { mysql: [5, 7, 8] },
  jsonAlias: { mariadb: [10, 2, 7] },
  sequences: { mariadb: [10, 3, 0] },
  /** CREATE OR REPLACE of triggers and routines. */
  orReplace: { mariadb: [10, 1, 4] },
  /** A rule that nobody gave is shown as NO ACTION; elsewhere as RESTRICT. */
  noActionIsDefault: { mysql: [8, 0, 0] },
  /** Metadata locks reach along foreign keys. */
  locksParents: { mysql: [8, 0, 0] },
  roles: { mysql: [8, 0, 0] },
  transactionIsolationVariable: { mariadb: [11, 1, 1], mysql: [5, 7, 20] },
  viewAlgorithm: { mariadb: [10, 1, 3] },
  /** One statement over several tables happens as a whole: https://mariadb.com/kb/en/atomic-ddl/ */
  atomicLists: { mysql: [8, 0, 0] },
  atomicRenames: { mariadb: [10, 6, 1], mysql: [8, 0, 0] },
  srsId: { mysql: [8, 0, 3] },
  instantAddLast: { mariadb: [10, 3, 2], mysql: [8, 0, 12] },
  instantAddAnywhere: { mariadb: [10, 4, 0], mysql: [8, 0, 29] },
  instantDropColumn: { mariadb: [10, 4, 0], mysql: [8, 0, 29] },
  instantRenameColumn: { mariadb: [10, 3, 2], mysql: [8, 0, 28] },
  instantDefault: { mariadb: [10, 3, 2], mysql: [8, 0, 12] },
  /** Adding and dropping a check touches no rows that are right. */
  inplaceChecks: { mariadb: [10, 3, 2] },
} as const satisfies Record<string, Availability>;

/** What only this folder asks for: abilities by version, and the settings of the server and the session as they were met. */
export type Feature =
  | keyof typeof availability
  | 'mariadb'
  | 'strict'
  | 'ansiQuotes'
  | 'noBackslashEscapes'
  | 'explicitTimestamps'
  | 'lowerCaseTables'
  | 'foldsTables';

export type Features = Readonly<Record<Feature, boolean>>;

/** The features of a server that `identify` has met. */
export function has(server: Server, feature: Feature): boolean {
  return server.features[feature] === true;
}

const whoami = `SELECT VERSION() AS version, @@version_comment AS comment, DATABASE() AS db, CURRENT_USER() AS user, CONNECTION_ID() AS session,
  DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS clock, @@global.read_only AS read_only, @@global.innodb_read_only AS innodb_read_only,
  @@session.sql_mode AS sql_mode, @@session.explicit_defaults_for_timestamp AS explicit_timestamps, @@lower_case_table_names AS lower_case,
  @@collation_database AS collation_database, @@default_storage_engine AS default_storage_engine,
  @@session.collation_connection AS collation_connection, @@session.time_zone AS time_zone`;

/** What objects and tables get by themselves. */
const given = ['collation_database', 'default_storage_engine', 'sql_mode', 'collation_connection', 'time_zone'] as const;

/** Engines of tables are asked once: rows of a table whose engine has no transactions cannot be taken back. */
const unsafe = `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLES
  WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') AND TABLE_TYPE <> 'VIEW'
  AND ENGINE NOT IN (SELECT e.ENGINE FROM information_schema.ENGINES e WHERE e.TRANSACTIONS = 'YES')`;

/** Asks the server who it is, and which tables have no transactions. */
export function* identify(): Inquiry<Server> {
  const [row = {}] = (yield { sql: whoami }).rows;
  const tables = (yield { sql: unsafe }).rows;
  const database = text(row, 'db');
  const unsafeTables = new Set<Key>();
  for (const table of tables) unsafeTables.add(tableKey(nameIn(text(table, 'db'), text(table, 'name'), database)));
  return { ...describeServer(row), unsafeTables };
}

function nameIn(schema: string, name: string, database: string): { readonly schema?: string; readonly name: string } {
  return schema === database ? { name } : { schema, name };
}

/** A server from one row of answers; apart from `identify` so that versions that are not at hand can be described in tests. */
export function describeServer(row: ResultRow): Server {
  const shown = text(row, 'version');
  const mariadb = /mariadb/i.test(shown) || /mariadb/i.test(text(row, 'comment'));
  // Old MariaDB servers put 5.5.5- before their version, for clients that knew only MySQL.
  const version = (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(shown.replace(/^5\.5\.5-(?=\d)/, '')) ?? []).slice(1).map(Number);
  const flavour = mariadb ? 'mariadb' : 'mysql';
  const modes = text(row, 'sql_mode').toUpperCase().split(',');
  const database = text(row, 'db');
  const able = Object.entries(availability).map(([feature, since]: [string, Availability]) => [feature, atLeast(version, since[flavour])]);
  const settings: Partial<Features> = {
    mariadb,
    strict: modes.includes('STRICT_TRANS_TABLES') || modes.includes('STRICT_ALL_TABLES'),
    ansiQuotes: modes.includes('ANSI_QUOTES'),
    noBackslashEscapes: modes.includes('NO_BACKSLASH_ESCAPES'),
    explicitTimestamps: isOn(row['explicit_timestamps']),
    // 1: names are kept in small letters; 2: kept as they are written and compared without case.
    lowerCaseTables: text(row, 'lower_case') === '1',
    foldsTables: text(row, 'lower_case') !== '0',
  };
  return {
    flavour,
    title: `${mariadb ? 'MariaDB' : 'MySQL'} ${version.join('.')}`,
    version,
    transactionalStructure: false,
    features: { ...Object.fromEntries(able), ...settings },
    namespace: database === '' ? undefined : database,
    database,
    user: text(row, 'user'),
    session: row['session'] === undefined ? undefined : text(row, 'session'),
    clock: row['clock'] === undefined ? undefined : text(row, 'clock').replace(/(\.\d{3})\d*Z$/, '$1Z'),
    readOnly: isOn(row['read_only']) || isOn(row['innodb_read_only']),
    settings: Object.fromEntries(given.flatMap((name) => (row[name] === undefined ? [] : [[name, text(row, name)]]))),
  };
}

function atLeast(version: Version, since: Version | undefined): boolean {
  if (since === undefined) return false;
  for (const [i, part] of since.entries()) {
    const own = version[i] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** MariaDB 12 knows more words than ON for read_only; all but OFF mean that writing is refused to somebody. */
function isOn(value: unknown): boolean {
  return !/^(0|off|)$/i.test(String(value ?? ''));
}

function text(row: ResultRow, column: string): string {
  const value = row[column];
  return value === null || value === undefined ? '' : String(value);
}
