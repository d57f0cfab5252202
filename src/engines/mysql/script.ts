import { scan } from '../../base/index.ts';
import { rules } from './split.ts';

/**
 * Statements as the mysql client reads them: it knows nothing of the bodies of routines, triggers, events and packages, so one with a
 * semicolon in it stands between DELIMITER lines. https://mariadb.com/kb/en/delimiters/
 */
export function script(statements: readonly string[]): string {
  return statements.map((sql) => (endsAtSemicolon(sql) ? `${sql};\n` : delimited(sql))).join('');
}

/** A semicolon behind the statement is the first that a client sees, and a comment at the end does not swallow it. */
function endsAtSemicolon(sql: string): boolean {
  const cursor = scan(sql, rules);
  let last = '';
  while (cursor.next()) {
    last = sql.slice(cursor.start, cursor.end);
    if (last === ';' || cursor.kind === 'unfinished') return false;
  }
  return !/^(?:--|#)/.test(last);
}

function delimited(sql: string): string {
  const mark = [';;', '//', '$$'].find((one) => !sql.includes(one)) ?? freeMark(sql);
  return `DELIMITER ${mark}\n${sql}\n${mark}\nDELIMITER ;\n`;
}

function freeMark(sql: string): string {
  let mark = '$$';
  while (sql.includes(mark)) mark += '$';
  return mark;
}
