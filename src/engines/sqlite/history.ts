import type { HistoryTables, HistoryTexts, Inquiry, Server, SessionTexts } from '../../contracts/index.ts';
import { quote } from './quote.ts';

/** The SQL of the history: https://www.sqlite.org/lang_upsert.html */
export const history: HistoryTexts = {
  create: (tables) => [logTable(tables), historyTable(tables)],
  columns: (table) => `SELECT name FROM pragma_table_info(${quote.literal(table.name)}, ${quote.literal(table.schema)})`,
  shortText: 'TEXT',
  now: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  elapsed: ({ now, agoMs }) => `CAST(max(0, round((julianday('now') - 2440587.5) * 86400000 - ${now - agoMs})) AS INTEGER)`,
  startClock: undefined,
  upsert,
};

function historyTable({ history: table }: HistoryTables): string {
  const texts = [
    'checksum',
    'down_checksum',
    'text_hash',
    'file',
    'format',
    'started_at',
    'finished_at',
    'run',
    'by_user',
    'host',
    'error',
    'reason',
    'finished',
    'intent',
    'direction',
    'text',
    'back',
    'probe',
    'rendered',
    'kind',
    'fixture_set',
  ];
  return `CREATE TABLE IF NOT EXISTS ${table} (
  "id" TEXT NOT NULL PRIMARY KEY,
  "module" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  ${texts.map((column) => `"${column}" TEXT`).join(',\n  ')},
  "milliseconds" INTEGER,
  "done" INTEGER NOT NULL DEFAULT 0,
  "total" INTEGER NOT NULL DEFAULT 0
)`;
}

function logTable({ log: table }: HistoryTables): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
  "at" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "migration" TEXT,
  "run" TEXT,
  "by_user" TEXT,
  "host" TEXT,
  "detail" TEXT
)`;
}

function upsert(table: string, id: string, columns: Readonly<Record<string, string>>): string {
  const names = Object.keys(columns);
  const inserted = ['id', ...names].map((name) => `"${name}"`).join(', ');
  const values = [id, ...names.map((name) => columns[name])].join(', ');
  const updated = names.map((name) => `"${name}" = excluded."${name}"`).join(', ');
  return `INSERT INTO ${table} (${inserted}) VALUES (${values}) ON CONFLICT ("id") DO UPDATE SET ${updated}`;
}

export const session: SessionTexts = {
  // Takes the write lock at once; a reader that turns into a writer later is refused when another was faster.
  begin: 'BEGIN IMMEDIATE',
  snapshot: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  // Whoever commits shuts all others out for a moment, readers too.
  start: ['PRAGMA busy_timeout = 5000'],
  // It holds for the connection, with or without a transaction.
  lockTimeout: (milliseconds) => `PRAGMA busy_timeout = ${Math.max(0, Math.round(milliseconds))}`,
  remember,
  reset,
};

/** Settings of a connection that a migration, or we ourselves, may change. */
const settings = [
  'busy_timeout',
  'foreign_keys',
  'legacy_alter_table',
  'recursive_triggers',
  'query_only',
  'ignore_check_constraints',
  'reverse_unordered_selects',
  'defer_foreign_keys',
];

function* remember(): Inquiry<readonly string[]> {
  const statements: string[] = [];
  for (const name of settings) {
    const { rows } = yield { sql: `PRAGMA ${name}` };
    const [value] = Object.values(rows[0] ?? {});
    if (value !== undefined) statements.push(`PRAGMA ${name} = ${Number(value)}`);
  }
  return statements;
}

/**
 * Settings go back to what they were when the connection was opened. To change where temporary tables are kept drops all of them
 * (https://www.sqlite.org/pragma.html#pragma_temp_store). Databases that a migration attached stay attached: their names are not known.
 */
function reset(server: Server): readonly string[] {
  const set = (setting: string, on: boolean | undefined): string => `PRAGMA ${setting} = ${on === true ? 'ON' : 'OFF'}`;
  return [
    set('foreign_keys', server.features['foreignKeys']),
    set('legacy_alter_table', server.features['legacyAlterTable']),
    set('recursive_triggers', server.features['recursiveTriggers']),
    set('query_only', server.readOnly),
    set('ignore_check_constraints', false),
    set('writable_schema', false),
    set('reverse_unordered_selects', false),
    'PRAGMA temp_store = FILE',
    'PRAGMA temp_store = MEMORY',
    'PRAGMA temp_store = DEFAULT',
  ];
}
