import { type BookTexts, keptColumns } from '../../contracts/index.ts';
import type { Column } from '../../schema/index.ts';
import { quote } from './quote.ts';
import { condition } from './render/rows.ts';
import { typeSql } from './types.ts';

/** Names of rows and kept rows. Values are kept as the text that the type's own input reads again exactly. */
export const books: BookTexts = {
  create: ({ names, kept }) => [
    `CREATE TABLE IF NOT EXISTS ${names} (
  table_name text NOT NULL,
  name text NOT NULL,
  part integer NOT NULL,
  key_value text NOT NULL,
  migration text,
  PRIMARY KEY (table_name, name, part)
)`,
    `CREATE TABLE IF NOT EXISTS ${kept} (
  migration text NOT NULL,
  change_number integer NOT NULL,
  image text NOT NULL,
  ${Array.from({ length: keptColumns }, (_, i) => `c${i + 1} text`).join(', ')}
)`,
    `CREATE INDEX IF NOT EXISTS lockstep_kept_change ON ${kept} (migration, change_number, image)`,
  ],
  exists: ({ names }) => `SELECT 1 AS present WHERE to_regclass(${quote.literal(names)}) IS NOT NULL`,
  store: (expression, column) => (isDated(column) ? `to_json(${expression}) #>> '{}'` : `(${expression})::text`),
  load: (expression, column) => {
    const type = column === undefined ? 'text' : typeSql(column.type);
    return typeof type === 'string' ? `(${expression})::${type}` : expression;
  },
  same: (expression, stored, column) => `${books.store(expression, column)} IS NOT DISTINCT FROM ${stored}`,
  // The value of a setting that is not there; asked for only when the branch is taken, because its name is no constant.
  fail: (text) => `current_setting(${text})`,
  concat: (...expressions) => `concat(${expressions.join(', ')})`,
  condition,
  inserted: ({ insert, key }, into) => {
    const columns = key.map((column) => quote.identifier(column.name));
    return [`WITH named AS (\n${insert}\nRETURNING ${columns.join(', ')})\n${into(columns, 'named')}`];
  },
  hold: ' FOR UPDATE',
  seesNewRows: true,
  updateFrom: (table, from, on, set) =>
    `UPDATE ${table} AS t SET ${Object.entries(set)
      .map(([column, value]) => `${column} = ${value}`)
      .join(', ')} FROM ${from} AS b WHERE ${on}`,
  overriding: ' OVERRIDING SYSTEM VALUE',
};

/** How these are written as text depends on the session; JSON has one form of them. */
function isDated(column: Column | undefined): boolean {
  return column?.type.kind === 'date' || column?.type.kind === 'timestamp';
}
