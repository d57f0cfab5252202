import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { type Name, type QualifiedName, sameName } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { nameLiteral, quote } from './quote.ts';
import { asText, field } from './rows.ts';
import { withSpecial } from './shown.ts';

/** Rows of the catalogue as the server gives them, by what they tell of. Columns are in small letters; `db` and `name` say of what. */
export interface Catalogue {
  /** Collation and storage engine that a table has when nothing is said. */
  readonly defaults: { readonly engine: string; readonly collations: ReadonlyMap<Name, string> };
  readonly tables: readonly ResultRow[];
  readonly columns: readonly ResultRow[];
  readonly indexes: readonly ResultRow[];
  readonly keyColumns: readonly ResultRow[];
  readonly keyRules: readonly ResultRow[];
  readonly checks: readonly ResultRow[];
  readonly views: readonly ResultRow[];
  readonly triggers: readonly ResultRow[];
  readonly routines: readonly ResultRow[];
  readonly events: readonly ResultRow[];
  readonly sequences: readonly ResultRow[];
  /** SHOW CREATE TABLE of the few tables of which information_schema does not tell everything, as `sql`. */
  readonly special: readonly ResultRow[];
}

/** Tables in which Lockstep keeps its own books. */
const ownTables = "('lockstep_history', 'lockstep_log', 'lockstep_lock', 'lockstep_replicate', 'lockstep_reference', 'lockstep_kept')";

interface Source {
  readonly from: string;
  readonly columns: string;
  readonly db: string;
  readonly name: string;
  readonly and?: string;
}

/** One SELECT over the database, or one for each database in which tables are wanted: constant names keep other tables closed. */
function select({ from, columns, db, name, and }: Source, server: Server, wanted: readonly QualifiedName[] | undefined): string {
  const head = `SELECT ${db} AS db, ${name} AS name, ${columns} FROM information_schema.${from}`;
  const tail = `${name} NOT IN ${ownTables}${and === undefined ? '' : ` AND ${and}`}`;
  if (wanted === undefined) return `${head} WHERE ${db} = ${nameLiteral(server.database)} AND ${tail}`;
  const schemas = new Map<Name, Name[]>();
  for (const table of wanted) {
    const schema = table.schema ?? server.database;
    schemas.set(schema, [...(schemas.get(schema) ?? []), table.name]);
  }
  return [...schemas]
    .map(
      ([schema, names]) => `${head} WHERE ${db} = ${nameLiteral(schema)} AND ${name} IN (${names.map(nameLiteral).join(', ')}) AND ${tail}`,
    )
    .join(' UNION ALL ');
}

const tables: Source = {
  from: 'TABLES',
  columns: 'TABLE_TYPE AS type, ENGINE AS engine, TABLE_COLLATION AS collation, CREATE_OPTIONS AS options, TABLE_COMMENT AS comment',
  db: 'TABLE_SCHEMA',
  name: 'TABLE_NAME',
};

function columns(server: Server): Source {
  const srid = has(server, 'srsId') ? ', SRS_ID AS srid' : '';
  return {
    from: 'COLUMNS',
    columns: `COLUMN_NAME AS col, ORDINAL_POSITION AS at, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS dflt, COLLATION_NAME AS collation,
      EXTRA AS extra, COLUMN_COMMENT AS comment, GENERATION_EXPRESSION AS formula${srid}`,
    db: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
  };
}

function indexes(server: Server): Source {
  const hidden = has(server, 'ignoredIndexes') ? ', IGNORED AS ignored' : has(server, 'invisibleIndexes') ? ', IS_VISIBLE AS visible' : '';
  const expression = has(server, 'expressionIndexes') ? ', EXPRESSION AS expression' : '';
  return {
    from: 'STATISTICS',
    columns: `INDEX_NAME AS idx, SEQ_IN_INDEX AS at, COLUMN_NAME AS col, NON_UNIQUE AS repeats, SUB_PART AS length, COLLATION AS direction,
      INDEX_TYPE AS method, INDEX_COMMENT AS comment${hidden}${expression}`,
    db: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
  };
}

const keyColumns: Source = {
  from: 'KEY_COLUMN_USAGE',
  columns:
    'CONSTRAINT_NAME AS con, ORDINAL_POSITION AS at, COLUMN_NAME AS col, REFERENCED_TABLE_SCHEMA AS ref_db, REFERENCED_TABLE_NAME AS ref_name, REFERENCED_COLUMN_NAME AS ref_col',
  db: 'TABLE_SCHEMA',
  name: 'TABLE_NAME',
  and: 'REFERENCED_TABLE_NAME IS NOT NULL',
};

const keyRules: Source = {
  from: 'REFERENTIAL_CONSTRAINTS',
  columns: 'CONSTRAINT_NAME AS con, UPDATE_RULE AS on_update, DELETE_RULE AS on_delete',
  db: 'CONSTRAINT_SCHEMA',
  name: 'TABLE_NAME',
};

function checks(server: Server): Source {
  if (has(server, 'mariadb')) {
    const level = has(server, 'checkLevels') ? ', LEVEL AS level' : '';
    return {
      from: 'CHECK_CONSTRAINTS',
      columns: `CONSTRAINT_NAME AS con, CHECK_CLAUSE AS clause${level}`,
      db: 'CONSTRAINT_SCHEMA',
      name: 'TABLE_NAME',
    };
  }
  return {
    from: 'CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)',
    columns: 'c.CONSTRAINT_NAME AS con, c.CHECK_CLAUSE AS clause, t.ENFORCED AS enforced',
    db: 't.TABLE_SCHEMA',
    name: 't.TABLE_NAME',
    and: "t.CONSTRAINT_TYPE = 'CHECK'",
  };
}

function views(server: Server): Source {
  const algorithm = has(server, 'viewAlgorithm') ? ', ALGORITHM AS algorithm' : '';
  return {
    from: 'VIEWS',
    columns: `VIEW_DEFINITION AS query, CHECK_OPTION AS check_option, SECURITY_TYPE AS security, DEFINER AS definer,
      COLLATION_CONNECTION AS collation_connection${algorithm}`,
    db: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
  };
}

const triggers: Source = {
  from: 'TRIGGERS',
  columns: `TRIGGER_NAME AS trig, EVENT_MANIPULATION AS event, ACTION_TIMING AS timing, ACTION_ORDER AS at, ACTION_STATEMENT AS code, SQL_MODE AS sql_mode,
    DEFINER AS definer, COLLATION_CONNECTION AS collation_connection, DATABASE_COLLATION AS collation_database`,
  db: 'EVENT_OBJECT_SCHEMA',
  name: 'EVENT_OBJECT_TABLE',
};

const routines: Source = {
  from: 'ROUTINES',
  columns: `ROUTINE_TYPE AS type, ROUTINE_DEFINITION AS code, DTD_IDENTIFIER AS returns, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation,
    IS_DETERMINISTIC AS fixed, SQL_DATA_ACCESS AS reading, SECURITY_TYPE AS security, ROUTINE_COMMENT AS comment, SQL_MODE AS sql_mode, DEFINER AS definer,
    COLLATION_CONNECTION AS collation_connection, DATABASE_COLLATION AS collation_database`,
  db: 'ROUTINE_SCHEMA',
  name: 'ROUTINE_NAME',
};

const parameters: Source = {
  from: 'PARAMETERS',
  columns: `ROUTINE_TYPE AS type, ORDINAL_POSITION AS at, PARAMETER_MODE AS mode, PARAMETER_NAME AS param, DTD_IDENTIFIER AS param_type,
    CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation`,
  db: 'SPECIFIC_SCHEMA',
  name: 'SPECIFIC_NAME',
  and: 'ORDINAL_POSITION > 0',
};

const events: Source = {
  from: 'EVENTS',
  columns: `EVENT_DEFINITION AS code, EXECUTE_AT AS moment, INTERVAL_VALUE AS every, INTERVAL_FIELD AS unit, STARTS AS starts, ENDS AS ends, STARTS = CONVERT_TZ(CREATED, @@session.time_zone, TIME_ZONE) AS begins_at_once, STATUS AS status,
    ON_COMPLETION AS completion, EVENT_COMMENT AS comment, SQL_MODE AS sql_mode, DEFINER AS definer, TIME_ZONE AS time_zone,
    COLLATION_CONNECTION AS collation_connection, DATABASE_COLLATION AS collation_database`,
  db: 'EVENT_SCHEMA',
  name: 'EVENT_NAME',
};

/**
 * Reads the catalogue of the connection's database, or what belongs to some tables. The number of queries does not grow with the
 * number of tables, but for the few of which only SHOW CREATE tells everything.
 */
export function* readCatalogue(server: Server, wanted?: readonly QualifiedName[]): Inquiry<Catalogue> {
  const ask = function* (source: Source): Inquiry<readonly ResultRow[]> {
    const found = (yield { sql: select(source, server, wanted) }).rows.map(asText);
    return wanted === undefined || has(server, 'foldsTables')
      ? found
      : found.filter((row) => wanted.some((name) => sameName(nameOf(row, server), name)));
  };
  const nothing: readonly ResultRow[] = [];
  const whole = wanted === undefined;
  const foundTables = yield* ask(tables);
  const found = {
    tables: foundTables,
    columns: yield* ask(columns(server)),
    indexes: yield* ask(indexes(server)),
    keyColumns: yield* ask(keyColumns),
    keyRules: yield* ask(keyRules),
    checks: has(server, 'checks') ? yield* ask(checks(server)) : nothing,
    views: yield* ask(views(server)),
    triggers: yield* ask(triggers),
    routines: whole ? yield* ask(routines) : nothing,
    events: whole ? yield* ask(events) : nothing,
    sequences: yield* readSequences(foundTables),
  };
  return { ...(yield* withSpecial(found)), defaults: yield* readDefaults(server, foundTables) };
}

/** The parameters of all routines, as the catalogue tells them; SHOW CREATE has them as they were written. */
export function* readParameters(server: Server): Inquiry<readonly ResultRow[]> {
  return (yield { sql: select(parameters, server, undefined) }).rows.map(asText);
}

/** A sequence of MariaDB is a table with one row that says how it counts. */
function* readSequences(found: readonly ResultRow[]): Inquiry<readonly ResultRow[]> {
  const selects = found
    .filter((row) => row['type'] === 'SEQUENCE')
    .map((row) => {
      const [db, name] = [field(row, 'db'), field(row, 'name')];
      return `SELECT ${nameLiteral(db)} AS db, ${nameLiteral(name)} AS name, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option
        FROM ${quote.name({ schema: db, name })}`;
    });
  return selects.length === 0 ? [] : (yield { sql: selects.join(' UNION ALL ') }).rows.map(asText);
}

function* readDefaults(server: Server, found: readonly ResultRow[]): Inquiry<Catalogue['defaults']> {
  const names = [...new Set([server.database, ...found.map((row) => field(row, 'db'))])].map(nameLiteral).join(', ');
  const { rows } = yield {
    sql: `SELECT SCHEMA_NAME AS db, DEFAULT_COLLATION_NAME AS collation, @@default_storage_engine AS engine FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (${names})`,
  };
  const read = rows.map(asText);
  return {
    engine: field(read[0] ?? {}, 'engine'),
    collations: new Map(read.map((row) => [field(row, 'db'), field(row, 'collation')])),
  };
}

/** Names of the tables whose foreign keys point to one of these. */
export function* readChildren(server: Server, parents: readonly QualifiedName[]): Inquiry<readonly QualifiedName[]> {
  const names = parents
    .filter((name) => name.schema === undefined || name.schema === server.database)
    .map((name) => nameLiteral(name.name));
  if (names.length === 0) return [];
  const { rows } = yield {
    sql: `SELECT DISTINCT CONSTRAINT_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.REFERENTIAL_CONSTRAINTS
      WHERE CONSTRAINT_SCHEMA = ${nameLiteral(server.database)} AND REFERENCED_TABLE_NAME IN (${names.join(', ')})`,
  };
  return rows.map(asText).map((row) => nameOf(row, server));
}

/** The name of what a row tells of; the connection's own database is left out. */
export function nameOf(row: ResultRow, server: Server): QualifiedName {
  const [db, name] = [field(row, 'db'), field(row, 'name')];
  return db === server.database ? { name } : { schema: db, name };
}
