import type { Render, Rendered } from '../../../contracts/index.ts';
import type { QualifiedName, Row, Where } from '../../../schema/index.ts';
import { local, quote } from '../quote.ts';
import { statement } from './statement.ts';

/** So many rows travel in one statement, so that an error is not lost in a text of megabytes. */
const rowsAtOnce = 500;

export const rows = {
  insertRows: ({ table, rows: given }, context): Rendered =>
    inserts(given).map((part) => statement(`${into(local(table), part)}`, context)),

  updateRows: ({ table, set, where }, context) => {
    const assignments = Object.entries(set).map(([name, value]) => `${quote.identifier(name)} = ${quote.literal(value)}`);
    if (assignments.length === 0) return [];
    return [statement(`UPDATE ${quote.name(local(table))} SET ${assignments.join(', ')}${whereSql(where)}`, context)];
  },

  upsertRows: ({ table, key, rows: given }, context) =>
    inserts(given).map((part) => {
      const updated = Object.keys(part[0] ?? {}).filter((name) => !key.includes(name));
      const action =
        updated.length === 0
          ? 'DO NOTHING'
          : `DO UPDATE SET ${updated.map((name) => `${quote.identifier(name)} = excluded.${quote.identifier(name)}`).join(', ')}`;
      return statement(`${into(local(table), part)} ON CONFLICT (${key.map(quote.identifier).join(', ')}) ${action}`, context);
    }),

  deleteRows: ({ table, where }, context) => [statement(`DELETE FROM ${quote.name(local(table))}${whereSql(where)}`, context)],
} satisfies Pick<Render, 'insertRows' | 'updateRows' | 'upsertRows' | 'deleteRows'>;

/** Rows that follow one another and name the same columns go together. */
function inserts(given: readonly Row[]): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  for (const row of given) {
    const last = parts.at(-1);
    const first = last?.[0];
    const fits = first !== undefined && columnsOf(row).length > 0 && columnsOf(first).join('\0') === columnsOf(row).join('\0');
    if (last !== undefined && fits && last.length < rowsAtOnce) last.push(row);
    else parts.push([row]);
  }
  return parts;
}

function columnsOf(row: Row): readonly string[] {
  return Object.keys(row).sort();
}

function into(table: Parameters<typeof quote.name>[0], part: readonly Row[]): string {
  const columns = Object.keys(part[0] ?? {});
  if (columns.length === 0) return `INSERT INTO ${quote.name(table)} DEFAULT VALUES`;
  const values = part.map((row) => `(${columns.map((column) => quote.literal(row[column] ?? null)).join(', ')})`);
  return `INSERT INTO ${quote.name(table)} (${columns.map(quote.identifier).join(', ')}) VALUES ${values.join(', ')}`;
}

function whereSql(where: Where): string {
  if ('sql' in where) return ` WHERE ${where.sql}`;
  const terms = Object.entries(where.equals).map(([name, value]) =>
    value === null ? `${quote.identifier(name)} IS NULL` : `${quote.identifier(name)} = ${quote.literal(value)}`,
  );
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
}

/** Which rows of a table, without WHERE. */
export function condition(_table: QualifiedName, where: Where): string {
  const sql = whereSql(where);
  return sql === '' ? 'TRUE' : sql.slice(' WHERE '.length);
}
