import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import type { Facts } from '../../schema/index.ts';
import { nameLiteral, quote } from './quote.ts';
import { asText, field } from './rows.ts';
import { viewNeeds } from './view-needs.ts';

/** What the catalogue tells of a structure and the model does not hold. Of dependencies it tells, in its way, those of views. */
export function* facts(server: Server): Inquiry<Facts> {
  return {
    needs: yield* viewNeeds(server),
    shapes: new Map(),
    unread: [...(yield* unreadTables(server)), ...(yield* unreadDefaults(server))],
  };
}

/** A sequence is made in the engine that is usual, and a MERGE table unites none. */
function* unreadTables(server: Server): Inquiry<readonly string[]> {
  const usual = server.settings?.['default_storage_engine'];
  const other = usual === undefined ? '@@default_storage_engine' : quote.literal(usual);
  const { rows } = yield {
    sql: `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${nameLiteral(server.database)}
      AND ((TABLE_TYPE = 'SEQUENCE' AND ENGINE <> ${other}) OR ENGINE IN ('MRG_MyISAM', 'MERGE')) ORDER BY TABLE_NAME`,
  };
  return rows
    .map(asText)
    .map((row) =>
      field(row, 'type') === 'SEQUENCE'
        ? `the storage engine ${field(row, 'engine')} of the sequence ${field(row, 'name')}`
        : `the tables that the MERGE table ${field(row, 'name')} unites`,
    );
}

/** Bytes that are no text come as question marks from information_schema, and as U+FFFD from SHOW CREATE TABLE, which tells them apart from real ones. */
function* unreadDefaults(server: Server): Inquiry<readonly string[]> {
  const { rows } = yield {
    sql: `SELECT TABLE_NAME AS name, COLUMN_NAME AS col FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${nameLiteral(server.database)}
      AND DATA_TYPE IN ('binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob') AND COLUMN_DEFAULT LIKE '%?%' ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  };
  const unread: string[] = [];
  const shown = new Map<string, string>();
  for (const row of rows.map(asText)) {
    const [table, column] = [field(row, 'name'), field(row, 'col')];
    const text = shown.get(table) ?? (yield* shownTable(table));
    shown.set(table, text);
    const line = text.split('\n').find((one) => one.startsWith(`  ${quote.identifier(column)} `));
    if (line?.includes('\ufffd') !== false) unread.push(`the bytes beyond ASCII in the default of the column ${table}.${column}`);
  }
  return unread;
}

function* shownTable(name: string): Inquiry<string> {
  const [row]: readonly ResultRow[] = (yield { sql: `SHOW CREATE TABLE ${quote.identifier(name)}` }).rows.map(asText);
  return field(row ?? {}, 'Create Table');
}
