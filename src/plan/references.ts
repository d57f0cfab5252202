import { type Engine, type RenderContext, type Statement, type Unsupported, unsupported } from '../contracts/index.ts';
import {
  type Column,
  formatName,
  formatReference,
  isAbsent,
  isReference,
  type Name,
  type Of,
  type QualifiedName,
  type Row,
  type RowReference,
  sameName,
  tableKey,
  tableOf,
} from '../schema/index.ts';
import { bookName, bookStatement, booksOf, type Keyed, keyedTable } from './books.ts';

export type RowsChange = Of<'insertRows' | 'updateRows' | 'upsertRows' | 'deleteRows'>;
/** Why a change cannot be rendered, or not yet. */
export type Refused = Unsupported | { readonly deferred: string };

/** How the message of a statement begins that asked for a row that no name leads to. */
export const unknownRow = 'lockstep:no-row';

/** The change with SQL in place of every reference: the key is looked up when the statement runs, which fails when there is none. */
export function withKeys<C extends RowsChange>(
  change: C,
  engine: Engine,
  context: RenderContext,
): { readonly change: C } | { readonly refused: Refused } {
  let refused: Refused | undefined;
  const inRow = (row: Row, isNew = false): Row =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => {
        if (!isReference(value)) return [column, value];
        const sql = lookup(engine, context, value.reference, { table: change.table, column, isNew });
        if (typeof sql === 'string') return [column, { sql }];
        refused ??= sql;
        return [column, null];
      }),
    );
  const replaced: RowsChange =
    change.kind === 'insertRows' || change.kind === 'upsertRows'
      ? { ...change, rows: change.rows.map((row) => inRow(row, true)) }
      : {
          ...change,
          ...(change.kind === 'updateRows' ? { set: inRow(change.set) } : {}),
          where: 'equals' in change.where ? { equals: inRow(change.where.equals) } : change.where,
        };
  return refused === undefined ? { change: replaced as C } : { refused };
}

/** The key of a row with a name, as an expression for a column of a table. */
function lookup(
  engine: Engine,
  context: RenderContext,
  reference: RowReference,
  asking: { readonly table: QualifiedName; readonly column: Name; readonly isNew: boolean },
): string | Refused {
  const { books, quote } = engine;
  const found = keyed(context, reference.table);
  if ('refused' in found) return found.refused;
  const part = partFor(found, context, asking);
  const column = found.key[part];
  const shown = formatReference(reference);
  if (column === undefined) {
    return unsupported(
      `${shown} has a primary key of several columns, and none of them is meant for "${asking.column}"`,
      'give the column the name of one of them, or a foreign key to the table',
    );
  }
  const names = booksOf(engine, context.server).names;
  const which = rowOf(engine, context, reference, part);
  // That the row is still there is asked for too: a name may be older than the deletion of its row. A row that comes back under its own key is not.
  const isOwn = sameName(reference.table, asking.table);
  const comesBack = isOwn && asking.isNew && asking.column === column.name;
  const alive =
    found.key.length === 1 && !comesBack
      ? ` AND EXISTS (${keyQuery(engine, { table: reference.table, column, names, which, isOwn })})`
      : '';
  const missing = books.fail(books.concat(quote.literal(`${unknownRow} [${shown}] `), 'count(*)'));
  const value = `(SELECT CASE count(*) WHEN 1 THEN max(r.key_value) ELSE ${missing} END FROM ${names} r WHERE ${which}${alive})`;
  return books.load(value, column);
}

/**
 * A query that finds the row to which a name leads, within one on the names `r`. MySQL reads the table that a statement changes only in a
 * derived table that it cannot dissolve (error 1093), and that sees nothing of the query around it.
 */
function keyQuery(
  { books, quote }: Engine,
  {
    table,
    column,
    names,
    which,
    isOwn,
  }: Record<'names' | 'which', string> & {
    readonly table: QualifiedName;
    readonly column: Column;
    readonly isOwn: boolean;
  },
): string {
  const rowWith = (key: string): string =>
    `SELECT 1 FROM ${quote.name(table)} t WHERE t.${quote.identifier(column.name)} = ${books.load(key, column)}`;
  if (!isOwn) return rowWith('r.key_value');
  return `SELECT 1 FROM (${rowWith(`(SELECT o.key_value FROM ${names} o WHERE ${which})`)} LIMIT 1) d`;
}

/** Which column of a key of several is meant: the one that a foreign key of the asking column points to, or the one of its name. */
function partFor(
  { table, key }: Keyed,
  { before }: RenderContext,
  asking: { readonly table: QualifiedName; readonly column: Name },
): number {
  if (key.length === 1) return 0;
  for (const constraint of tableOf(before, asking.table)?.constraints ?? []) {
    if (constraint.kind !== 'foreignKey' || !sameName(constraint.references.table, table.name)) continue;
    const target = constraint.references.columns?.[constraint.columns.indexOf(asking.column)];
    const at = key.findIndex(({ name }) => name === target);
    if (at >= 0) return at;
  }
  return key.findIndex(({ name }) => name === asking.column);
}

/** Which rows of the names are those of a reference. */
function rowOf(engine: Engine, { server }: RenderContext, { table, name }: RowReference, part?: number): string {
  const { literal } = engine.quote;
  const which = `table_name = ${literal(bookName(table, server))} AND name = ${literal(name)}`;
  return part === undefined ? which : `${which} AND part = ${part + 1}`;
}

function keyed(context: RenderContext, table: QualifiedName): Keyed | { readonly refused: Refused } {
  const found = keyedTable(context, table);
  if (!('lacking' in found)) return found;
  if (tableOf(context.before, table) === undefined && !isAbsent(context.before, tableKey(table)))
    return { refused: { deferred: found.lacking } };
  return { refused: unsupported(found.lacking, 'rows of tables with a primary key can have names') };
}

/** Statements that insert one row and keep its key under a name. */
export function namedInsert(
  engine: Engine,
  context: RenderContext,
  named: {
    readonly table: QualifiedName;
    readonly row: Row;
    readonly name: string;
    readonly insert: Statement;
    readonly migration: string | undefined;
  },
): readonly Statement[] | Refused {
  const found = keyed(context, named.table);
  if ('refused' in found) return found.refused;
  const { table, row, insert } = named;
  const known = keysIn(found, row);
  if (known !== undefined) {
    const where = engine.books.condition(table, { equals: known }, context.before);
    return [insert, bookStatement(naming(engine, context, found, { ...named, from: `${engine.quote.name(table)} WHERE ${where}` }))];
  }
  const texts = engine.books.inserted({ insert: insert.sql, table: engine.quote.name(table), key: found.key }, (keys, from) =>
    naming(engine, context, found, { ...named, from, keys }),
  );
  if (texts === undefined) {
    return unsupported(
      `which key the row "${named.name}" of "${formatName(table)}" gets cannot be told`,
      'give the values of its primary key, or those of a unique one',
    );
  }
  return texts.map((sql) => (sql.includes(insert.sql) ? { ...insert, sql, books: true } : bookStatement(sql)));
}

/** Values of a row that lead to it: those of its primary key, or of another one. */
function keysIn({ table, key }: Keyed, row: Row): Row | undefined {
  const keys = [
    key.map(({ name }) => name),
    ...table.constraints.flatMap((constraint) => (constraint.kind === 'unique' ? [constraint.columns] : [])),
  ];
  const columns = keys.find((candidate) => candidate.every((column) => leads(row[column])));
  return columns === undefined ? undefined : Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function leads(value: Row[string] | undefined): boolean {
  if (value === undefined || value === null || typeof value !== 'object') return value !== undefined && value !== null;
  // What a reference has become gives the same twice; other SQL need not.
  return value instanceof Uint8Array || ('sql' in value && value.sql.includes(unknownRow));
}

function naming(
  engine: Engine,
  context: RenderContext,
  { key }: Keyed,
  {
    table,
    name,
    from,
    keys,
    migration,
  }: {
    readonly table: QualifiedName;
    readonly name: string;
    readonly from: string;
    readonly keys?: readonly string[];
    readonly migration: string | undefined;
  },
): string {
  const { books, quote } = engine;
  const parts = key.map((column, i) => {
    const value = books.store(keys?.[i] ?? quote.identifier(column.name), column);
    const told = [bookName(table, context.server), name].map(quote.literal);
    return `SELECT ${told.join(', ')}, ${i + 1}, ${value}, ${quote.literal(migration ?? null)} FROM ${from}`;
  });
  return `INSERT INTO ${booksOf(engine, context.server).names} (table_name, name, part, key_value, migration)\n${parts.join('\nUNION ALL ')}`;
}

/** Names rows that an upsert has inserted or found: a name that was there follows its row. */
export function namedUpsert(
  engine: Engine,
  context: RenderContext,
  change: Of<'upsertRows'>,
  migration: string | undefined,
): readonly Statement[] | Refused {
  if (change.names === undefined) return [];
  const found = keyed(context, change.table);
  if ('refused' in found) return found.refused;
  const { names } = booksOf(engine, context.server);
  const statements: Statement[] = [];
  for (const [i, row] of change.rows.entries()) {
    const name = change.names[i] ?? null;
    if (name === null) continue;
    const equals = Object.fromEntries(change.key.map((column) => [column, row[column] ?? null]));
    const from = `${engine.quote.name(change.table)} WHERE ${engine.books.condition(change.table, { equals }, context.before)}`;
    found.key.forEach((column, part) => {
      const value = `(SELECT ${engine.books.store(engine.quote.identifier(column.name), column)} FROM ${from})`;
      const which = rowOf(engine, context, { table: change.table, name }, part);
      statements.push(bookStatement(`UPDATE ${names} SET key_value = ${value} WHERE ${which}`));
    });
    const taken = `NOT EXISTS (SELECT 1 FROM ${names} WHERE ${rowOf(engine, context, { table: change.table, name })})`;
    statements.push(bookStatement(naming(engine, context, found, { table: change.table, name, from: `${from} AND ${taken}`, migration })));
  }
  return statements;
}

/** Deletes rows by their names, and the names. A row that is gone already is no mistake. */
export function deleteNamed(
  engine: Engine,
  context: RenderContext,
  table: QualifiedName,
  names: readonly string[],
): readonly string[] | Refused {
  const found = keyed(context, table);
  if ('refused' in found) return found.refused;
  const { books, quote } = engine;
  const own = booksOf(engine, context.server).names;
  return [...names].reverse().flatMap((name) => {
    const conditions = found.key.map((column, part) => {
      const value = `(SELECT key_value FROM ${own} WHERE ${rowOf(engine, context, { table, name }, part)})`;
      return `${quote.identifier(column.name)} = ${books.load(value, column)}`;
    });
    return [
      `DELETE FROM ${quote.name(table)} WHERE ${conditions.join(' AND ')}`,
      `DELETE FROM ${own} WHERE ${rowOf(engine, context, { table, name })}`,
    ];
  });
}

/** Takes away a name whose row is gone. */
export function freedNames(engine: Engine, context: RenderContext, table: QualifiedName, name: string): readonly string[] {
  return [`DELETE FROM ${booksOf(engine, context.server).names} WHERE ${rowOf(engine, context, { table, name })}`];
}

/** Takes away names that a migration gave; those that were there before it stay. */
export function forgetNames(
  engine: Engine,
  context: RenderContext,
  table: QualifiedName,
  { names, migration }: { readonly names: readonly string[]; readonly migration: string },
): readonly string[] {
  const own = booksOf(engine, context.server).names;
  return names.map(
    (name) => `DELETE FROM ${own} WHERE ${rowOf(engine, context, { table, name })} AND migration = ${engine.quote.literal(migration)}`,
  );
}

/** Asks whether a name leads to a row that is there, and whether that row has certain values: `alive` and `equal` are 1 or 0, `migration` gave the name. */
export function nameQuery(
  engine: Engine,
  context: RenderContext,
  { reference, equals }: { readonly reference: RowReference; readonly equals: Row },
): string | undefined {
  const found = keyed(context, reference.table);
  if ('refused' in found) return undefined;
  const { quote, books } = engine;
  const own = booksOf(engine, context.server).names;
  const conditions = found.key.map((column, part) => {
    const value = `(SELECT key_value FROM ${own} WHERE ${rowOf(engine, context, reference, part)})`;
    return `${quote.identifier(column.name)} = ${books.load(value, column)}`;
  });
  const from = `SELECT count(*) FROM ${quote.name(reference.table)} WHERE ${conditions.join(' AND ')}`;
  const same = Object.keys(equals).length === 0 ? '' : ` AND (${books.condition(reference.table, { equals }, context.before)})`;
  return `SELECT r.migration AS migration, (${from}) AS alive, (${from}${same}) AS equal FROM ${own} r WHERE ${rowOf(engine, context, reference, 0)}`;
}
