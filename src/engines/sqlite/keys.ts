import type { Query } from '../../contracts/index.ts';
import type { Key } from '../../schema/index.ts';
import { namesOf } from './probe.ts';
import { lower, text } from './quote.ts';

/**
 * Rows whose parent is missing, one row each with `table`, `rowid`, `parent` and `key` (the columns of the foreign key). Looked for in
 * the tables whose rows were touched, in those that their triggers may have written, and in those that point to any of them; in all
 * tables when nothing is named; and not at all when no row was touched. https://www.sqlite.org/pragma.html#pragma_foreign_key_check
 */
export function checkKeys(touches: readonly Key[]): Query | undefined {
  const keys = touches.filter((key) => key.startsWith('rows '));
  if (touches.length > 0 && keys.length === 0) return undefined;
  const names = [...new Set(keys.flatMap(namesOf).map(lower))];
  if (names.length === 0 || names.includes('*')) return { sql: `SELECT ${found} FROM pragma_foreign_key_check c` };
  return {
    sql:
      "WITH RECURSIVE tables(name, sql) AS (SELECT lower(name), lower(sql) FROM sqlite_master WHERE type = 'table' " +
      "AND sql NOT LIKE 'create virtual%'), " +
      `touched(name) AS (SELECT name FROM tables WHERE name IN (${names.map(text).join(', ')}) ` +
      'UNION SELECT t.name FROM touched JOIN sqlite_master m ON lower(m.tbl_name) = touched.name JOIN tables t ' +
      `ON ${mentions('lower(m.sql)', 't.name')} WHERE m.type = 'trigger'), ` +
      "parents(name, sql) AS (SELECT name, sql FROM tables WHERE instr(sql, 'references') > 0), " +
      `checked(name) AS (SELECT name FROM touched UNION SELECT p.name FROM touched JOIN parents p ON ${mentions('p.sql', 'touched.name')} ` +
      'JOIN pragma_foreign_key_list(p.name) f ON lower(f."table") = touched.name) ' +
      `SELECT ${found} FROM checked JOIN pragma_foreign_key_check(checked.name) c`,
  };
}

const found =
  'c."table" AS "table", c.rowid AS "rowid", c.parent AS parent, ' +
  '(SELECT group_concat(f."from", \', \') FROM pragma_foreign_key_list(c."table") f WHERE f.id = c.fkid) AS "key"';

/** Whether a text may name a table; in double quotes a quote in the name is doubled. */
function mentions(sql: string, name: string): string {
  return `(instr(${sql}, ${name}) > 0 OR instr(${sql}, replace(${name}, '"', '""')) > 0)`;
}
