import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { type Key, keyOf, type QualifiedName, type Schema, type SchemaObject, schemaOf, tableKey } from '../../schema/index.ts';
import { assembleObjects, type CatalogueRow, type ColumnRow, chosen, isOwn, missingParents, parsedTables } from './inspect-objects.ts';
import { local, lower, text } from './quote.ts';

/**
 * Reads the structure with at most four queries whatever the number of tables: the texts of `sqlite_schema` (twice when some tables are
 * asked for), the kinds of the tables, and the columns as SQLite itself understands them. What only the text of a table says is
 * parsed; a table whose text and columns do not tell the same story becomes an object that is not translated. With `tables`, only these
 * (or views of that name) with what belongs to them, and the tables whose foreign keys point to them.
 */
export function* inspect(server: Server, tables?: readonly QualifiedName[]): Inquiry<Schema> {
  const asked = tables?.map(local).flatMap((table) => (table.schema === undefined ? [lower(table.name)] : []));
  const catalogue = yield* asked === undefined ? catalogueRows('') : concerned(asked);
  const wanted = asked === undefined ? undefined : chosen(asked, catalogue);
  const near = catalogue.filter((row) => !isOwn(row.table) && (wanted === undefined || wanted.has(lower(row.table))));
  const kinds = yield* tableKinds(server, near, tables !== undefined);
  const shown = near.filter((row) => kinds.get(row.table) !== 'shadow');
  const columns = yield* columnRows(shown.filter((row) => row.type === 'table' && kinds.get(row.name) !== 'virtual'));
  const objects = assembleObjects({ shown, kinds, columns, parsed: parsedTables(catalogue) });
  return schemaOf(objects, tables === undefined ? 'all' : scopeOf(tables, objects));
}

/**
 * Everything that bears one of the names or lies on it, the tables that may point to it with all that lies on them, and the tables
 * that any of these point to.
 */
function* concerned(names: readonly string[]): Inquiry<CatalogueRow[]> {
  const pointing = names.flatMap((name) => [name, name.replaceAll('"', '""')]).map((name) => `instr(lower(sql), ${text(name)}) > 0`);
  const found = yield* catalogueRows(
    `WHERE lower(tbl_name) IN (${list(names)}) OR ` +
      `(type = 'table' AND instr(lower(sql), 'references') > 0 AND (${['0', ...new Set(pointing)].join(' OR ')}))`,
  );
  const wanted = chosen(names, found);
  const children = [...wanted].filter((name) => !names.includes(name));
  const parents = missingParents(
    found.filter((row) => wanted.has(lower(row.table))),
    found,
  );
  if (children.length + parents.length === 0) return found;
  const more = yield* catalogueRows(
    `WHERE (type <> 'table' AND lower(tbl_name) IN (${list(children)})) OR (type = 'table' AND lower(name) IN (${list(parents)}))`,
  );
  return [...found, ...more];
}

function list(names: readonly string[]): string {
  return names.map(text).join(', ');
}

function* catalogueRows(where: string): Inquiry<CatalogueRow[]> {
  const { rows } = yield { sql: `SELECT type, name, tbl_name, sql FROM sqlite_master ${where} ORDER BY rowid` };
  return rows.map((row: ResultRow) => ({
    type: String(row['type']),
    name: String(row['name']),
    table: String(row['tbl_name']),
    sql: typeof row['sql'] === 'string' ? row['sql'] : undefined,
  }));
}

/** `table`, `view`, `virtual` or `shadow` by name. Older libraries do not tell, so there it is seen by names and texts. */
function* tableKinds(server: Server, catalogue: readonly CatalogueRow[], one: boolean): Inquiry<ReadonlyMap<string, string>> {
  const tables = catalogue.filter((row) => row.type === 'table' || row.type === 'view');
  if (server.features['tableList']) {
    const names = tables.map((row) => row.name);
    const { rows } = yield {
      sql: one
        ? `SELECT l.name, l.type FROM sqlite_master m JOIN pragma_table_list(m.name) l WHERE l.schema = 'main' AND m.name IN (${list(names)})`
        : "SELECT name, type FROM pragma_table_list WHERE schema = 'main'",
    };
    return new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
  }
  const virtual = tables.filter((row) => /^\s*create\s+virtual\s/i.test(row.sql ?? '')).map((row) => row.name);
  return new Map(
    tables.map((row) => {
      const isShadow = virtual.some((owner) => row.name.startsWith(`${owner}_`));
      return [row.name, virtual.includes(row.name) ? 'virtual' : isShadow ? 'shadow' : row.type];
    }),
  );
}

function* columnRows(tables: readonly CatalogueRow[]): Inquiry<ReadonlyMap<string, readonly ColumnRow[]>> {
  const byTable = new Map<string, ColumnRow[]>();
  if (tables.length === 0) return byTable;
  const { rows } = yield {
    sql:
      'SELECT m.name AS tbl, c.name, c.type, c."notnull" AS required, c.pk, c.hidden FROM sqlite_master m ' +
      `JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name IN (${list(tables.map((row) => row.name))}) ` +
      'ORDER BY m.name, c.cid',
  };
  for (const row of rows) {
    const table = String(row['tbl']);
    const found = byTable.get(table) ?? [];
    found.push({
      name: String(row['name']),
      type: String(row['type'] ?? ''),
      required: Number(row['required']) === 1,
      key: Number(row['pk']),
      hidden: Number(row['hidden']),
    });
    byTable.set(table, found);
  }
  return byTable;
}

/** A name that was asked for is known to be there or not, as a table and as a view; attached databases are not read. */
function scopeOf(tables: readonly QualifiedName[], objects: readonly SchemaObject[]): ReadonlySet<Key> {
  const keys = new Set<Key>();
  for (const table of tables.map(local).filter(({ schema }) => schema === undefined)) {
    keys.add(tableKey(table));
    keys.add(keyOf({ kind: 'view', name: table }));
  }
  for (const object of objects) if (object.kind === 'table') keys.add(tableKey(object.name));
  return keys;
}
