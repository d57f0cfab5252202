import type { Constraint, Index, SchemaObject, Table } from '../../schema/index.ts';
import { parseIndex, parseView } from './parse-index.ts';
import { parseTable } from './parse-table.ts';
import { lower, quote } from './quote.ts';

/** A row of `sqlite_schema`; indexes that SQLite makes for keys have no text. */
export interface CatalogueRow {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | undefined;
}

/** A row of `pragma_table_xinfo`. */
export interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Its place in the primary key from 1, or 0. */
  readonly key: number;
  /** 1: hidden, in virtual tables only. 2 and 3: generated, virtual and stored. */
  readonly hidden: number;
}

interface Catalogue {
  /** What is to be given. */
  readonly shown: readonly CatalogueRow[];
  readonly kinds: ReadonlyMap<string, string>;
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>;
  /** Also those that are not shown: foreign keys may point to them. */
  readonly parsed: ParsedTables;
}

/** Tables by name whatever its case, parsed when they are first asked for. */
type ParsedTables = (name: string) => Table | undefined;

export function parsedTables(catalogue: readonly CatalogueRow[]): ParsedTables {
  const texts = new Map(catalogue.filter((row) => row.type === 'table').map((row) => [lower(row.name), row.sql ?? '']));
  const parsed = new Map<string, Table | undefined>();
  return (name) => {
    const key = lower(name);
    if (!parsed.has(key)) parsed.set(key, parseTable(texts.get(key) ?? ''));
    return parsed.get(key);
  };
}

/** The names of the tables asked for and of those that point to them, in small letters. */
export function chosen(names: readonly string[], catalogue: readonly CatalogueRow[]): ReadonlySet<string> {
  const parsed = parsedTables(catalogue);
  const wanted = new Set(names);
  for (const row of catalogue) {
    if (row.type === 'table' && parentsOf(parsed(row.name)).some((parent) => names.includes(parent))) wanted.add(lower(row.name));
  }
  return wanted;
}

/** The tables that some point to and that are not among the rows: their keys and the spelling of their names are needed. */
export function missingParents(near: readonly CatalogueRow[], catalogue: readonly CatalogueRow[]): readonly string[] {
  const parsed = parsedTables(catalogue);
  const missing = new Set<string>();
  for (const row of near) {
    for (const parent of row.type === 'table' ? parentsOf(parsed(row.name)) : []) if (parsed(parent) === undefined) missing.add(parent);
  }
  return [...missing];
}

function parentsOf(table: Table | undefined): readonly string[] {
  return (table?.constraints ?? []).flatMap((constraint) =>
    constraint.kind === 'foreignKey' ? [lower(constraint.references.table.name)] : [],
  );
}

/** Tables of SQLite and libSQL for their own use, and those of Lockstep. */
export function isOwn(table: string): boolean {
  return /^(sqlite_|lockstep_(history|log|lock|replicate|reference|kept)$|libsql_vector_meta_shadow$)/i.test(table);
}

/** The objects that the rows of the catalogue describe. */
export function assembleObjects(catalogue: Catalogue): readonly SchemaObject[] {
  const indexes = new Map<string, CatalogueRow[]>();
  for (const row of catalogue.shown) {
    if (row.type === 'index' && row.sql !== undefined) indexes.set(lower(row.table), [...(indexes.get(lower(row.table)) ?? []), row]);
  }
  // A trigger keeps the name of its table as it spells it itself.
  const declared = new Map(catalogue.shown.filter(isOwner).map(({ name }) => [lower(name), name]));
  const vectorShadows = new Set(catalogue.shown.filter(isVectorIndex).map((row) => `${row.name}_shadow`));
  return catalogue.shown
    .filter((row) => !vectorShadows.has(row.table))
    .flatMap((row): readonly SchemaObject[] => {
      switch (row.type) {
        case 'table':
          return tableObjects(row, { catalogue, indexes: indexes.get(lower(row.name)) ?? [] });
        case 'view':
          return [parseView(row.sql ?? '') ?? opaque(row, 'view', 'VIEW')];
        case 'trigger':
          return [
            {
              kind: 'trigger',
              name: { name: row.name },
              on: { name: declared.get(lower(row.table)) ?? row.table },
              definition: row.sql ?? '',
            },
          ];
        default:
          return [];
      }
    });
}

/** libSQL keeps a vector index in a table of the index's name. */
function isVectorIndex(row: CatalogueRow): boolean {
  return row.type === 'index' && /\blibsql_vector_idx\s*\(/i.test(row.sql ?? '');
}

function opaque(row: CatalogueRow, type: string, dropWord: string): SchemaObject {
  const drop = `DROP ${dropWord} ${quote.identifier(row.name)}`;
  return { kind: 'opaque', type, name: { name: row.name }, definition: row.sql ?? '', drop };
}

interface Surroundings {
  readonly catalogue: Catalogue;
  /** The rows of its indexes. */
  readonly indexes: readonly CatalogueRow[];
}

/** Better objects that are only kept as they are than a table that is half understood. */
function tableObjects(row: CatalogueRow, { catalogue, indexes }: Surroundings): readonly SchemaObject[] {
  if (catalogue.kinds.get(row.name) === 'virtual') return [opaque(row, 'virtual table', 'TABLE')];
  const table = catalogue.parsed(row.name);
  const known = table === undefined ? undefined : indexesOf(table, indexes);
  if (table === undefined || known === undefined || !isAsRead(table, catalogue.columns.get(row.name) ?? [])) {
    return [opaque(row, 'table', 'TABLE'), ...indexes.map((index) => opaque(index, 'index', 'INDEX'))];
  }
  const constraints = table.constraints.map((constraint) => resolved(constraint, catalogue.parsed));
  return [{ ...table, constraints, indexes: known }];
}

function indexesOf(table: Table, rows: readonly CatalogueRow[]): readonly Index[] | undefined {
  const columns = new Map(table.columns.map((column) => [lower(column.name), column.name]));
  const indexes = rows.map((row) => parseIndex(row.sql ?? '', { table: table.name.name, columns }));
  return indexes.every((index) => index !== undefined) ? indexes : undefined;
}

/** Whether the parsed text says the same of the columns as SQLite does. */
function isAsRead(table: Table, rows: readonly ColumnRow[]): boolean {
  const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey')?.columns ?? [];
  const keyRows = rows.filter((row) => row.key > 0).sort((a, b) => a.key - b.key);
  return (
    table.columns.length === rows.length &&
    [...new Set(key)].join('\0') === keyRows.map((row) => row.name).join('\0') &&
    table.columns.every((column, index) => {
      const row = rows[index];
      if (row === undefined || column.name !== row.name) return false;
      const hidden = column.generated === undefined ? 0 : column.generated.stored ? 3 : 2;
      return hidden === row.hidden && (column.nullable === !row.required || column.identity !== undefined);
    })
  );
}

/** A foreign key with the names of table and columns as they are declared; without columns it means the primary key. */
function resolved(constraint: Constraint, parsed: ParsedTables): Constraint {
  if (constraint.kind !== 'foreignKey') return constraint;
  const parent = parsed(constraint.references.table.name);
  if (parent === undefined) return constraint;
  const declared = new Map(parent.columns.map((column) => [lower(column.name), column.name]));
  const key = parent.constraints.find((candidate) => candidate.kind === 'primaryKey')?.columns ?? [];
  const written = constraint.references.columns;
  const columns = written.length === 0 && key.length === constraint.columns.length ? key : written;
  return {
    ...constraint,
    references: { table: { name: parent.name.name }, columns: columns.map((column) => declared.get(lower(column)) ?? column) },
  };
}

function isOwner({ type }: CatalogueRow): boolean {
  return type === 'table' || type === 'view';
}
