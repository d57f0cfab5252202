import { type Render, type RenderContext, type Rendered, type Statement, unsupported } from '../../../contracts/index.ts';
import { mentions, type Name, type Of, type QualifiedName, type Row, type RowValue, tableOf, type Where } from '../../../schema/index.ts';
import { quote } from '../quote.ts';
import { columnList, type Piece, statement } from './parts.ts';

type RowKinds = 'insertRows' | 'updateRows' | 'upsertRows' | 'deleteRows';

/** One statement holds at most so many rows, and about so many characters: far below max_allowed_packet of any server. */
const mostRows = 1_000;
const mostCharacters = 1_000_000;

export const renderRows = {
  insertRows: ({ table, rows }, { server }) => batches(rows).map((batch) => statement(insertText(table, batch), server)),

  updateRows: ({ table, set, where }, { server }) => {
    const assignments = assignmentsOf(set);
    if (typeof assignments !== 'string') return assignments;
    return assignments === '' ? [] : [statement(`UPDATE ${quote.name(table)} SET ${assignments}${whereText(where)}`, server)];
  },

  upsertRows: (change, context) => {
    const { table, key, rows } = change;
    if (!onlyKey(change, context)) return rowByRow(change, context);
    return batches(rows).map((batch) => {
      const columns = columnsOf(batch).filter((column) => !key.includes(column));
      // A row must set something to be left alone.
      const set = columns.length > 0 ? columns : key.slice(0, 1);
      const assignments = set.map((column) => `${quote.identifier(column)} = VALUES(${quote.identifier(column)})`);
      return statement(`${insertText(table, batch)}\nON DUPLICATE KEY UPDATE ${assignments.join(', ')}`, context.server);
    });
  },

  deleteRows: ({ table, where }, { server }) => [statement(`DELETE FROM ${quote.name(table)}${whereText(where)}`, server)],
} satisfies Pick<Render, RowKinds>;

function batches(rows: readonly Row[]): readonly (readonly Row[])[] {
  const all: Row[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const own = Object.values(row).reduce<number>((sum, value) => sum + quote.literal(value).length + 2, 0);
    const last = all.at(-1);
    if (last === undefined || last.length >= mostRows || size + own > mostCharacters) {
      all.push([row]);
      size = own;
    } else {
      last.push(row);
      size += own;
    }
  }
  return all;
}

/** Every column that one of the rows gives; the others of a row get what the table gives by itself. */
function columnsOf(rows: readonly Row[]): readonly Name[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function insertText(table: QualifiedName, rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const values = rows.map((row) => `(${columns.map((column) => valueText(row[column])).join(', ')})`);
  return `INSERT INTO ${quote.name(table)} (${columnList(columns)}) VALUES\n${values.join(',\n')}`;
}

function valueText(value: RowValue | undefined): string {
  return value === undefined ? 'DEFAULT' : quote.literal(value);
}

function whereText(where: Where): string {
  // A comment at the end does not swallow what closes it.
  if ('sql' in where) return ` WHERE (${where.sql}${/--|#/.test(where.sql) ? '\n' : ''})`;
  const conditions = Object.entries(where.equals).map(([column, value]) => conditionText(column, value));
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function conditionText(column: Name, value: RowValue): string {
  return value === null ? `${quote.identifier(column)} IS NULL` : `${quote.identifier(column)} = ${quote.literal(value)}`;
}

/**
 * MySQL assigns from the left to the right, and what comes later sees the new values. So an expression comes before the columns that
 * it reads; where two read each other there is no such order. https://dev.mysql.com/doc/refman/8.4/en/update.html
 */
function assignmentsOf(set: Row): Piece {
  const left = Object.entries(set);
  const ordered: string[] = [];
  while (left.length > 0) {
    const at = left.findIndex(([column], i) => !left.some(([, other], j) => j !== i && isSql(other) && mentions(other.sql, column)));
    const [entry] = left.splice(Math.max(at, 0), 1);
    if (entry === undefined || at < 0) {
      return unsupported(
        'MySQL assigns one column after the other, and two of these expressions read what the other sets',
        'two updates, or one in SQL',
      );
    }
    const [column, value] = entry;
    ordered.push(`${quote.identifier(column)} = ${quote.literal(value)}`);
  }
  return ordered.join(', ');
}

function isSql(value: RowValue): value is { readonly sql: string } {
  return typeof value === 'object' && value !== null && 'sql' in value;
}

/** ON DUPLICATE KEY UPDATE asks every unique key of the table, so it is right only where the one that is meant is the only one. */
function onlyKey({ table: name, key }: Of<'upsertRows'>, { before }: RenderContext): boolean {
  const table = tableOf(before, name);
  if (table === undefined) return false;
  const keys = [
    ...table.constraints.flatMap((constraint) =>
      constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? [constraint.columns] : [],
    ),
    ...table.indexes.filter((index) => index.unique).map((index) => index.parts.map((part) => part.column ?? '')),
  ];
  const [only] = keys;
  const whole = table.constraints.every((constraint) => !('extras' in constraint) || constraint.extras?.['parts'] === undefined);
  return keys.length === 1 && whole && only !== undefined && [...only].sort().join('\0') === [...key].sort().join('\0');
}

/** For each row: update it where its key is there, and insert it where it is not. */
function rowByRow({ table, key, rows }: Of<'upsertRows'>, { server }: RenderContext): Rendered {
  const statements: Statement[] = [];
  const name = quote.name(table);
  for (const row of rows) {
    const where = whereText({ equals: Object.fromEntries(key.map((column) => [column, row[column] ?? null])) });
    const rest = Object.fromEntries(Object.entries(row).filter(([column]) => !key.includes(column)));
    const assignments = assignmentsOf(rest);
    if (typeof assignments !== 'string') return assignments;
    if (assignments !== '') statements.push(statement(`UPDATE ${name} SET ${assignments}${where}`, server));
    const values = Object.values(row).map(quote.literal);
    statements.push(
      statement(
        `INSERT INTO ${name} (${columnList(Object.keys(row))}) SELECT ${values.join(', ')} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${name}${where})`,
        server,
      ),
    );
  }
  return statements;
}

/** Which rows of a table, without WHERE. */
export function condition(_table: QualifiedName, where: Where): string {
  const sql = whereText(where);
  return sql === '' ? 'TRUE' : sql.slice(' WHERE '.length);
}
