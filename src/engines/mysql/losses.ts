import { type Inquiry, type Loss, type LossFound, lossCap, type ResultRow, type Server } from '../../contracts/index.ts';
import { formatName, type QualifiedName } from '../../schema/index.ts';
import { nameLiteral, quote } from './quote.ts';

/** Which of the possible losses would lose something: two queries, one for what exists and one that counts. */
export function* losses(wanted: readonly Loss[], server: Server): Inquiry<readonly LossFound[]> {
  if (wanted.length === 0) return [];
  const found = yield* existing(wanted, server);
  const named = wanted.flatMap((loss) =>
    loss.table.name === '*' ? found.tables.filter((table) => lies(table, loss, server)).map((table) => ({ ...loss, table })) : [loss],
  );
  if (named.length === 0) return [];
  const { rows } = yield { sql: `SELECT ${named.map((loss, i) => `${countText(loss, found, server)} AS c${i}`).join(', ')}` };
  return named.map((loss, i) => ({ loss, rows: Number(rows[0]?.[`c${i}`] ?? 0) }));
}

interface Existing {
  /** The columns, in small letters, of every table that is there. A table that is not there can lose nothing. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly tables: readonly QualifiedName[];
}

/** Whether a table is one of those that a loss without a name stands for. */
function lies(table: QualifiedName, loss: Loss, server: Server): boolean {
  return (table.schema ?? server.database) === (loss.table.schema ?? server.database);
}

/** Tables with rows of their own, but not those in which Lockstep keeps its books. */
const ofPeople =
  "t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND t.TABLE_NAME NOT IN ('lockstep_history', 'lockstep_log', 'lockstep_lock', 'lockstep_reference', 'lockstep_kept')";

function* existing(wanted: readonly Loss[], server: Server): Inquiry<Existing> {
  const places = new Map(wanted.map(({ table }) => [formatName(table), table]));
  const selects = [...places.values()].map((table) => {
    const schema = `TABLE_SCHEMA = ${nameLiteral(table.schema ?? server.database)}`;
    const where =
      table.name === '*'
        ? `${schema} AND TABLE_NAME IN (SELECT t.TABLE_NAME FROM information_schema.TABLES t WHERE t.${schema} AND ${ofPeople})`
        : `${schema} AND TABLE_NAME = ${nameLiteral(table.name)}`;
    return `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS col FROM information_schema.COLUMNS WHERE ${where}`;
  });
  const { rows } = yield { sql: selects.join(' UNION ') };
  const columns = new Map<string, Set<string>>();
  const tables = new Map<string, QualifiedName>();
  for (const row of rows) {
    const table = nameFrom(row, server);
    const key = keyOf(table, server);
    tables.set(key, table);
    columns.set(key, (columns.get(key) ?? new Set()).add(String(row['col']).toLowerCase()));
  }
  return { columns, tables: [...tables.values()] };
}

/** One key for a table, whether its database was said or not. */
function keyOf(table: QualifiedName, server: Server): string {
  return formatName({ schema: table.schema ?? server.database, name: table.name });
}

function nameFrom(row: ResultRow, server: Server): QualifiedName {
  const name = String(row['name']);
  return row['db'] === server.database ? { name } : { schema: String(row['db']), name };
}

function countText({ table, what, column }: Loss, { columns }: Existing, server: Server): string {
  const known = columns.get(keyOf(table, server));
  if (known === undefined) return '0';
  const counted = column !== undefined && (what === 'column' || what === 'values');
  if (counted && !known.has(column.toLowerCase())) return '0';
  return capped(table, counted ? ` WHERE ${quote.identifier(column)} IS NOT NULL` : '');
}

function capped(table: QualifiedName, where: string): string {
  return `(SELECT COUNT(*) FROM (SELECT 1 FROM ${quote.name(table)}${where} LIMIT ${lossCap + 1}) counted)`;
}
