import { type Render, type RenderContext, unsupported } from '../../../contracts/index.ts';
import {
  type Column,
  type Name,
  type QualifiedName,
  type Row,
  type RowValue,
  type Schema,
  tableOf,
  type Where,
} from '../../../schema/index.ts';
import { columnList, quote, text } from '../quote.ts';
import { inParentheses, statement } from './statement.ts';

/** Rows in one INSERT; more in one statement are no faster and make its text long. */
const batch = 1000;

export const rows = {
  insertRows: ({ table, rows: inserted }, context) => inserts(table, inserted, '', context),

  upsertRows: ({ table, key, rows: given }, context) => {
    const lacking = given.find((row) => key.some((column) => row[column] === undefined));
    if (lacking !== undefined) return unsupported('a row does not give the values of the key', `give ${key.join(', ')} in every row`);
    return shaped(given).flatMap((group) => {
      const others = Object.keys(group[0] ?? {}).filter((column) => !key.includes(column));
      const set = others.map((column) => `${quote.identifier(column)} = EXCLUDED.${quote.identifier(column)}`).join(', ');
      const conflict = ` ON CONFLICT (${columnList(key)}) DO ${others.length === 0 ? 'NOTHING' : `UPDATE SET ${set}`}`;
      return inserts(table, group, conflict, context);
    });
  },

  updateRows: ({ table, set, where }, context) => {
    const columns = knownColumns(table, context);
    const assigned = Object.entries(set).map(([column, value]) => `${quote.identifier(column)} = ${valueSql(value, columns.get(column))}`);
    if (assigned.length === 0) return [];
    return [statement(`UPDATE ${quote.name(table)} SET ${assigned.join(', ')}${whereSql(where, columns)}`, context)];
  },

  deleteRows: ({ table, where }, context) => {
    return [statement(`DELETE FROM ${quote.name(table)}${whereSql(where, knownColumns(table, context))}`, context)];
  },
} satisfies Pick<Render, 'insertRows' | 'updateRows' | 'upsertRows' | 'deleteRows'>;

type Columns = ReadonlyMap<Name, Column>;

function knownColumns(table: QualifiedName, { before }: Pick<RenderContext, 'before'>): Columns {
  return new Map(tableOf(before, table)?.columns.map((column) => [column.name, column]));
}

/** Neighbouring rows with the same columns, at most so many in a group. */
function shaped(given: readonly Row[]): readonly (readonly Row[])[] {
  const groups: Row[][] = [];
  let shape: string | undefined;
  for (const row of given) {
    const own = Object.keys(row).sort().join('\0');
    const last = groups.at(-1);
    if (last !== undefined && own === shape && last.length < batch) last.push(row);
    else groups.push([row]);
    shape = own;
  }
  return groups;
}

function inserts(
  table: QualifiedName,
  given: readonly Row[],
  conflict: string,
  context: RenderContext,
): readonly ReturnType<typeof statement>[] {
  const columns = knownColumns(table, context);
  return shaped(given).flatMap((group) => {
    const names = Object.keys(group[0] ?? {});
    const into = `INSERT INTO ${quote.name(table)}`;
    // A row without values takes every default; there is no form for several of them.
    if (names.length === 0) return group.map(() => statement(`${into} DEFAULT VALUES`, context));
    const overriding = names.some((name) => columns.get(name)?.identity?.always === true) ? ' OVERRIDING SYSTEM VALUE' : '';
    const values = group.map((row) => `(${names.map((name) => valueSql(row[name] ?? null, columns.get(name))).join(', ')})`);
    return [statement(`${into} (${columnList(names)})${overriding} VALUES\n  ${values.join(',\n  ')}${conflict}`, context)];
  });
}

/** A value in the form that fits its column, where that is known: PostgreSQL casts no number and no truth value to JSON by itself. */
function valueSql(value: RowValue, column: Column | undefined): string {
  const json = jsonType(column);
  if (json === undefined || value === null) return quote.literal(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return `${text(String(value))}::${json}`;
  if (typeof value === 'object' && 'json' in value) return `${text(JSON.stringify(value.json))}::${json}`;
  return quote.literal(value);
}

function jsonType(column: Column | undefined): 'json' | 'jsonb' | undefined {
  if (column?.type.kind === 'json') return 'jsonb';
  return column?.type.kind === 'native' && column.type.text === 'json' ? 'json' : undefined;
}

function whereSql(where: Where, columns: Columns): string {
  if ('sql' in where) return ` WHERE ${inParentheses(where.sql)}`;
  const conditions = Object.entries(where.equals).map(([column, value]) => {
    const name = quote.identifier(column);
    if (value === null) return `${name} IS NULL`;
    // The type json has no equality.
    if (jsonType(columns.get(column)) === 'json') return `${name}::jsonb = ${valueSql(value, columns.get(column))}::jsonb`;
    return `${name} = ${valueSql(value, columns.get(column))}`;
  });
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

/** Which rows of a table, without WHERE. */
export function condition(table: QualifiedName, where: Where, before: Schema): string {
  const sql = whereSql(where, knownColumns(table, { before }));
  return sql === '' ? 'TRUE' : sql.slice(' WHERE '.length);
}
