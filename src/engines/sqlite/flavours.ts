import type { Inquiry, Server } from '../../contracts/index.ts';

/** Since which version SQLite can do what is asked for by name: https://www.sqlite.org/changes.html */
const since: Readonly<Record<string, readonly number[]>> = {
  /** ALTER TABLE RENAME COLUMN; before, the table is rebuilt. */
  renameColumn: [3, 25],
  /** ALTER TABLE DROP COLUMN; before, the table is rebuilt. */
  dropColumn: [3, 35],
  strict: [3, 37],
  /** `pragma_table_list`, which tells the shadow tables of virtual tables. */
  tableList: [3, 37],
};

/** Settings of the connection that change what a statement does. They are asked one by one: a library that lacks one gives no row. */
const settings = { foreignKeys: 'foreign_keys', legacyAlterTable: 'legacy_alter_table', recursiveTriggers: 'recursive_triggers' } as const;

/** Asks the library who it is and how the connection is set. */
export function* identify(): Inquiry<Server> {
  const features: Record<string, boolean> = {};
  for (const [feature, setting] of Object.entries(settings)) features[feature] = yield* isOn(setting);
  const readOnly = yield* isOn('query_only');
  const { rows } = yield {
    sql:
      "SELECT sqlite_version() AS version, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS clock, " +
      "(SELECT file FROM pragma_database_list WHERE name = 'main') AS file, " +
      "EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1') AS statistics",
  };
  const [row] = rows;
  const version = String(row?.['version'] ?? '')
    .split('.')
    .map(Number);
  for (const [feature, first] of Object.entries(since)) features[feature] = isAtLeast(version, first);
  features['statistics'] = Number(row?.['statistics'] ?? 0) === 1;
  return {
    flavour: 'sqlite',
    title: `SQLite ${version.join('.')}`,
    version,
    transactionalStructure: true,
    features,
    namespace: 'main',
    database: nameOf(String(row?.['file'] ?? '')),
    user: '',
    session: undefined,
    clock: typeof row?.['clock'] === 'string' ? row['clock'] : undefined,
    readOnly,
  };
}

function* isOn(setting: string): Inquiry<boolean> {
  const { rows } = yield { sql: `PRAGMA ${setting}` };
  return Number(rows[0]?.[setting] ?? 0) === 1;
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** The name of the file without its folder; a database in memory has none. */
function nameOf(file: string): string {
  return file === '' ? ':memory:' : (file.split(/[\\/]/).at(-1) ?? file);
}
