import { type BookTexts, keptColumns } from '../../contracts/index.ts';
import { quote } from './quote.ts';
import { condition } from './render/rows.ts';

/** Names of rows and kept rows. Columns without a type hold every value as it is. */
export const books: BookTexts = {
  create: ({ names, kept }) => [
    `CREATE TABLE IF NOT EXISTS ${names} (
  table_name TEXT NOT NULL,
  name TEXT NOT NULL,
  part INTEGER NOT NULL,
  key_value NOT NULL,
  migration TEXT,
  PRIMARY KEY (table_name, name, part)
)`,
    `CREATE TABLE IF NOT EXISTS ${kept} (
  migration TEXT NOT NULL,
  change_number INTEGER NOT NULL,
  image TEXT NOT NULL,
  ${Array.from({ length: keptColumns }, (_, i) => `c${i + 1}`).join(', ')}
)`,
    `CREATE INDEX IF NOT EXISTS lockstep_kept_change ON ${kept.replace(/^.*\./, '')} (migration, change_number, image)`,
  ],
  exists: () => "SELECT 1 AS present FROM sqlite_master WHERE type = 'table' AND name = 'lockstep_reference'",
  store: (expression) => expression,
  load: (expression) => expression,
  same: (expression, stored) => `${expression} IS ${stored}`,
  // A path that JSON does not have is an error which shows it: https://www.sqlite.org/json1.html#path_arguments
  fail: (text) => `json_extract('{}', ${text})`,
  concat: (...expressions) => expressions.join(' || '),
  condition,
  inserted: ({ insert, table, key }, into) => {
    const columns = key.map((column) => quote.identifier(column.name));
    return [insert, into(columns, `${table} WHERE rowid = last_insert_rowid()`)];
  },
  hold: '',
  seesNewRows: false,
  updateFrom: (table, from, on, set) =>
    `UPDATE ${table} AS t SET ${Object.entries(set)
      .map(([column, value]) => `${column} = ${value}`)
      .join(', ')} FROM ${from} AS b WHERE ${on}`,
  overriding: '',
};
