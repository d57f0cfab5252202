import { type Inquiry, type Loss, type LossFound, lossCap, type Server } from '../../contracts/index.ts';
import { local, lower, quote, text } from './quote.ts';

/**
 * Counts what would be gone, capped: one query for what is there at all, one for all counts. Rows of a table, and values of a column
 * that are not NULL; nothing for what does not exist.
 */
export function* losses(wanted: readonly Loss[], _server: Server): Inquiry<readonly LossFound[]> {
  if (wanted.length === 0) return [];
  const columns = yield* existing(wanted);
  const counts = wanted.map((loss) => count(loss, columns));
  const { rows } = yield { sql: `SELECT ${counts.map((sql, index) => `${sql} AS "n${index}"`).join(', ')}` };
  return wanted.map((loss, index) => ({ loss, rows: Number(rows[0]?.[`n${index}`] ?? 0) }));
}

/** The columns of the tables, by namespace, table and column in small letters; a table alone when it is there. */
function* existing(wanted: readonly Loss[]): Inquiry<ReadonlySet<string>> {
  const { rows: databases } = yield { sql: 'SELECT name FROM pragma_database_list' };
  const attached = new Set(databases.map((row) => lower(String(row['name']))));
  const tables = new Map(wanted.map((loss) => [tableKey(loss), loss.table]));
  const parts = [...tables.values()]
    .filter((table) => attached.has(namespace(table.schema)))
    .map((table) => {
      const [schema, name] = [text(namespace(table.schema)), text(table.name)];
      return `SELECT ${schema} AS space, ${name} AS tbl, name FROM pragma_table_xinfo(${name}, ${schema})`;
    });
  if (parts.length === 0) return new Set();
  const { rows } = yield { sql: parts.join(' UNION ALL ') };
  return new Set(
    rows.flatMap((row) => {
      const table = lower(`${row['space']}.${row['tbl']}`);
      return [table, lower(`${table}.${row['name']}`)];
    }),
  );
}

function tableKey(loss: Loss): string {
  return lower(`${namespace(loss.table.schema)}.${loss.table.name}`);
}

function namespace(schema: string | undefined): string {
  return lower(schema ?? 'main');
}

function count(loss: Loss, columns: ReadonlySet<string>): string {
  const column = loss.what === 'column' || loss.what === 'values' ? loss.column : undefined;
  const key = column === undefined ? tableKey(loss) : lower(`${tableKey(loss)}.${column}`);
  if (!columns.has(key)) return '0';
  const where = column === undefined ? '' : ` WHERE ${quote.identifier(column)} IS NOT NULL`;
  return `(SELECT count(*) FROM (SELECT 1 FROM ${quote.name(local(loss.table))}${where} LIMIT ${lossCap + 1}))`;
}
