import { type Inquiry, type Loss, type LossFound, lossCap, type Query, type ResultRow, type Server } from '../../contracts/index.ts';
import { parseName } from '../../schema/index.ts';
import { flag, named, ofUser, opt, str } from './catalogue.ts';
import { quote, text } from './quote.ts';
import { resolved } from './reader.ts';
import { anyTable } from './traits.ts';

/**
 * What would really be lost, in two queries: which tables and columns are meant, then how many rows or values they hold. A table that
 * does not exist loses nothing; of one whose rows cannot be seen because of row security, everything counts as full unless its file
 * is empty, and so does what no text of this database can name.
 */
export function* losses(wanted: readonly Loss[], server: Server): Inquiry<readonly LossFound[]> {
  const found: LossFound[] = wanted.filter(isAnywhere).map((loss) => ({ loss, rows: lossCap + 1 }));
  const parts = wanted.flatMap((loss, index) => (isAnywhere(loss) ? [] : [tablesOf(loss, index, server)]));
  if (parts.length === 0) return found;
  const targets = (yield { sql: `${parts.join('\nUNION ALL ')}\nORDER BY 1` }).rows.flatMap((row) => target(row, wanted, server) ?? []);
  const counted = targets.filter(({ hidden }) => !hidden);
  found.push(...targets.filter(({ hidden, empty }) => hidden && !empty).map(({ loss }) => ({ loss, rows: lossCap + 1 })));
  if (counted.length === 0) return found;
  const { rows } = yield countsOf(counted);
  for (const row of rows) {
    const loss = counted[Number(row['i'])]?.loss;
    const lost = Number(row['rows']);
    if (loss !== undefined && lost > 0) found.push({ loss, rows: lost });
  }
  return found;
}

/** Meant is what lies in no namespace that could be asked: another database, or everything of a role. */
function isAnywhere(loss: Loss): boolean {
  return loss.table.name === anyTable && loss.table.schema === undefined && loss.column === undefined;
}

interface Target {
  readonly loss: Loss;
  readonly table: string;
  /** Row security would hide rows from the count. */
  readonly hidden: boolean;
  readonly empty: boolean;
}

function target(row: ResultRow, wanted: readonly Loss[], server: Server): Target | undefined {
  const loss = wanted[Number(row['i'])];
  if (loss === undefined) return undefined;
  const column = opt(row, 'column');
  const { cascade: _, column: __, ...rest } = loss;
  return {
    loss: { ...rest, table: named(row, server), ...(column === undefined ? {} : { column }) },
    table: quote.name({ schema: str(row, 'schema'), name: str(row, 'name') }),
    hidden: flag(row, 'hidden'),
    empty: flag(row, 'empty'),
  };
}

const columns = (index: number, column: string): string =>
  `SELECT ${index} AS i, n.nspname::text AS schema, c.relname::text AS name, ${column} AS "column",
  row_security_active(c.oid) AS hidden, c.relkind = 'r' AND pg_relation_size(c.oid) = 0 AS empty
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;

/** A query for the tables that a loss means. */
function tablesOf(loss: Loss, index: number, server: Server): string {
  const { table, column } = loss;
  if (table.name === anyTable) return column === undefined ? namespace(table.schema ?? '', index) : columnsOfType(column, index, server);
  const oid = `to_regclass(${text(quote.name(resolved(table, server)))})`;
  if (column !== undefined) {
    return `${columns(index, 'a.attname::text')} 
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = ${text(column)} AND NOT a.attisdropped
WHERE c.oid = ${oid} AND c.relkind IN ('r', 'p')`;
  }
  if (loss.cascade !== true) return `${columns(index, 'NULL::text')} WHERE c.oid = ${oid} AND c.relkind IN ('r', 'p')`;
  return `${columns(index, 'NULL::text')} WHERE c.relkind IN ('r', 'p') AND c.oid IN (
  WITH RECURSIVE led AS (SELECT ${oid}::oid AS oid
    UNION SELECT co.conrelid FROM pg_catalog.pg_constraint co JOIN led ON co.confrelid = led.oid AND co.contype = 'f')
  SELECT oid FROM led)`;
}

/** Partitioned tables have their rows in their partitions. */
function namespace(name: string, index: number): string {
  return `${columns(index, 'NULL::text')} WHERE n.nspname = ${text(name)} AND c.relkind = 'r'`;
}

/** `type status`, `domain email` or `extension citext`: the columns of this type, of arrays of it and of domains over it. */
function columnsOfType(what: string, index: number, server: Server): string {
  const [kind = '', ...rest] = what.split(' ');
  const name = rest.join(' ');
  const from =
    kind === 'extension'
      ? `SELECT d.objid AS oid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
      AND x.extname = ${text(name)}`
      : `SELECT to_regtype(${text(typeName(name, server))})::oid AS oid`;
  return `${columns(index, 'a.attname::text')}
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND ${ofUser('n')} AND a.atttypid IN (
  WITH RECURSIVE same AS (${from}
    UNION SELECT t.oid FROM pg_catalog.pg_type t JOIN same ON t.typbasetype = same.oid OR (t.typelem = same.oid AND t.typcategory = 'A'))
  SELECT oid FROM same)`;
}

function typeName(shown: string, server: Server): string {
  return quote.name(resolved(parseName(shown), server));
}

function countsOf(targets: readonly Target[]): Query {
  const counts = targets.map(({ loss, table }, index) => {
    const condition = loss.column === undefined ? '' : ` WHERE ${quote.identifier(loss.column)} IS NOT NULL`;
    return `SELECT ${index} AS i, count(*)::int AS rows FROM (SELECT FROM ${table}${condition} LIMIT ${lossCap + 1}) counted`;
  });
  return { sql: counts.join('\nUNION ALL ') };
}
