import { type Server, type Unsupported, unsupported } from '../../../contracts/index.ts';
import type { QualifiedName, TableOptions } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { quote, text } from '../quote.ts';
import { reader } from '../reader.ts';

type Value = string | number | boolean;

/** Storage parameters: https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS */
const storage =
  /^(toast\.)?(fillfactor|toast_tuple_target|parallel_workers|user_catalog_table|log_autovacuum_min_duration|autovacuum_\w+|vacuum_\w+)$/;

const known: ReadonlySet<string> = new Set([
  'unlogged',
  'rowSecurity',
  'partitionBy',
  'partitionOf',
  'inherits',
  'tablespace',
  'accessMethod',
  'replicaIdentity',
  'ofType',
]);

export function isStorage(option: string): boolean {
  return storage.test(option);
}

/** Refuses what PostgreSQL does not know, such as an option of another engine. */
export function unknownOption(options: Readonly<Record<string, unknown>>): Unsupported | undefined {
  const option = Object.keys(options).find((name) => !known.has(name) && !isStorage(name));
  if (option === undefined) return undefined;
  return unsupported(`PostgreSQL has no table option "${option}"`, 'leave it out, or write SQL for each engine');
}

export function storageSql(option: string, value: Value): string {
  return `${option} = ${typeof value === 'string' ? text(value) : String(value)}`;
}

/** What follows the list of columns in CREATE TABLE. */
export function optionClauses(options: TableOptions): string {
  const parameters = Object.entries(options).filter(([option]) => isStorage(option));
  return [
    options['partitionBy'] === undefined ? '' : ` PARTITION BY ${options['partitionBy']}`,
    options['accessMethod'] === undefined ? '' : ` USING ${quote.identifier(String(options['accessMethod']))}`,
    parameters.length === 0 ? '' : ` WITH (${parameters.map(([option, value]) => storageSql(option, value)).join(', ')})`,
    options['tablespace'] === undefined ? '' : ` TABLESPACE ${quote.identifier(String(options['tablespace']))}`,
  ].join('');
}

/** `app.orders FOR VALUES FROM (…) TO (…)`: the parent, and where its rows go. */
export function partitionOf(value: Value): { readonly parent: QualifiedName; readonly bound: string } | undefined {
  const sql = String(value);
  const r = reader(sql);
  const parent = r.name();
  return parent === undefined ? undefined : { parent, bound: sql.slice(r.peek().start) };
}

/** The actions of ALTER TABLE that give a table its row security. */
export function rowSecuritySql(value: Value | null): readonly string[] | Unsupported {
  const states: Readonly<Record<string, readonly [string, string]>> = {
    enabled: ['ENABLE', 'NO FORCE'],
    forced: ['ENABLE', 'FORCE'],
    'forced when enabled': ['DISABLE', 'FORCE'],
    none: ['DISABLE', 'NO FORCE'],
  };
  const state = states[value === null ? 'none' : String(value)];
  if (state === undefined) return unsupported(`row security "${value}" is unknown`, 'give "enabled" or "forced"');
  return state.map((verb) => `${verb} ROW LEVEL SECURITY`);
}

export function replicaIdentitySql(value: Value | null): string | Unsupported {
  if (value === null) return 'REPLICA IDENTITY DEFAULT';
  const spelled = String(value);
  if (spelled === 'full' || spelled === 'nothing') return `REPLICA IDENTITY ${spelled.toUpperCase()}`;
  const index = /^index (.+)$/s.exec(spelled)?.[1];
  return index === undefined
    ? unsupported(`replica identity "${spelled}" is unknown`, 'give "full", "nothing" or "index NAME"')
    : `REPLICA IDENTITY USING INDEX ${index}`;
}

export function accessMethodSql(value: Value | null, server: Server): string | Unsupported {
  if (has(server, 'setAccessMethod')) return `SET ACCESS METHOD ${quote.identifier(String(value ?? 'heap'))}`;
  return unsupported(`${server.title} cannot give a table another access method`, 'make a new table and copy the rows');
}
