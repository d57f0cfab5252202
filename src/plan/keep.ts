import { type Engine, keptColumns, type RenderContext, type Statement } from '../contracts/index.ts';
import { type Change, type Column, formatName, type Of, type Row, type Schema, sameName, type Table } from '../schema/index.ts';
import { bookStatement, booksOf, columnOf, keyedTable } from './books.ts';
import { forgetNames, type RowsChange } from './references.ts';

/** Under what the rows of a change are kept. */
export interface KeepUnder {
  readonly migration: string;
  /** The number of the change in its migration. */
  readonly number: number;
}

/** How a change of rows keeps what it changes: what runs before and after it, and what brings everything back. */
export interface Keeping {
  /** The change, bound to the rows that were kept. */
  readonly change: RowsChange;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly back: readonly string[];
}

/** How the message of a statement begins that met rows which somebody has changed since. */
export const changedRows = 'lockstep:changed';

type Keepable = Of<'updateRows' | 'upsertRows' | 'deleteRows'>;

/** Works out how a change keeps its rows; or why it cannot. Nothing for a change that needs not, or shall not. */
export function keeping(
  change: Change,
  engine: Engine,
  context: RenderContext,
  under: KeepUnder,
): Keeping | { readonly lacking: string } | undefined {
  if (change.kind !== 'updateRows' && change.kind !== 'upsertRows' && change.kind !== 'deleteRows') return undefined;
  if (change.keep === false) return undefined;
  if (change.kind === 'updateRows' ? change.was !== undefined : change.kind === 'deleteRows' && change.rows !== undefined) return undefined;
  const found = keyedTable(context, change.table);
  if ('lacking' in found) return found;
  const { table, key } = found;
  const by = change.kind === 'upsertRows' ? change.key.flatMap((name) => columnOf(table, name) ?? []) : key;
  const columns = columnsOf(change, table, by);
  const lacking = whyNot(change, { table, columns, by }, context.before);
  if (lacking !== undefined) return { lacking };
  const keep: Keep = { engine, context, under, name: engine.quote.name(change.table), columns, by };
  switch (change.kind) {
    case 'updateRows':
      return keepUpdate(change, keep);
    case 'upsertRows':
      return keepUpsert(change, keep);
    case 'deleteRows':
      return keepDelete(change, keep);
  }
}

interface Keep {
  readonly engine: Engine;
  readonly context: RenderContext;
  readonly under: KeepUnder;
  /** The table, quoted. */
  readonly name: string;
  /** What is kept, the columns of the key first. */
  readonly columns: readonly Column[];
  /** The columns that tell rows apart. */
  readonly by: readonly Column[];
}

function columnsOf(change: Keepable, table: Table, by: readonly Column[]): readonly Column[] {
  const rest = table.columns.filter((column) => !by.includes(column) && column.generated === undefined);
  if (change.kind === 'deleteRows') return [...by, ...rest];
  const given = new Set(change.kind === 'updateRows' ? Object.keys(change.set) : change.rows.flatMap((row) => Object.keys(row)));
  return [...by, ...rest.filter(({ name }) => given.has(name))];
}

function whyNot(
  change: Keepable,
  { table, columns, by }: { readonly table: Table; readonly columns: readonly Column[]; readonly by: readonly Column[] },
  before: Schema,
): string | undefined {
  const name = formatName(table.name);
  if (columns.length > keptColumns) return `more than ${keptColumns} columns of "${name}" would have to be kept`;
  if (change.kind === 'updateRows') {
    const moved = by.find((column) => Object.hasOwn(change.set, column.name));
    return moved === undefined ? undefined : `the update of "${name}" changes "${moved.name}", by which its rows are told apart`;
  }
  if (change.kind === 'upsertRows') {
    if (by.length !== change.key.length) return `"${name}" does not have all columns of the key`;
    const unclear = change.rows.some((row) => change.key.some((column) => !isPlain(row[column])));
    return unclear ? `a row for "${name}" gives a value of the key that is only computed by the database` : undefined;
  }
  const other = followers(table, before);
  return other === undefined ? undefined : `rows of "${formatName(other.name)}" change with those deleted from "${name}"`;
}

/** A table whose rows are deleted or emptied with those of a table, as far as foreign keys do that. */
function followers(table: Table, before: Schema): Table | undefined {
  for (const other of before.objects.values()) {
    if (other.kind !== 'table') continue;
    const follows = other.constraints.some(
      (constraint) =>
        constraint.kind === 'foreignKey' &&
        sameName(constraint.references.table, table.name) &&
        !/^(no ?action|restrict)$/i.test(constraint.onDelete ?? 'restrict'),
    );
    if (follows) return other;
  }
  return undefined;
}

function isPlain(value: Row[string] | undefined): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || value instanceof Uint8Array;
}

function keepUpdate(change: Of<'updateRows'>, keep: Keep): Keeping {
  const condition = keep.engine.books.condition(change.table, change.where, keep.context.before);
  const set = keep.columns.slice(keep.by.length);
  return {
    change: bound(change, keep, condition),
    before: [forget(keep), image(keep, "'before'", `${keep.name} WHERE (${closed(condition)})${keep.engine.books.hold}`)],
    after: [
      image(keep, "'after'", `${keep.name} AS t JOIN ${kept(keep)} b ON ${which(keep, 'b', 'before')} AND ${joined(keep, 'b')}`, 't.'),
    ],
    back: [guard(keep, ["'after'"]), ...exactly(keep, [restore(keep, set)]), forget(keep)],
  };
}

function keepDelete(change: Of<'deleteRows'>, keep: Keep): Keeping {
  const { engine, by, columns, name } = keep;
  const condition = engine.books.condition(change.table, change.where, keep.context.before);
  const names = columns.map((column) => engine.quote.identifier(column.name)).join(', ');
  const values = columns.map((column, i) => engine.books.load(`b.c${i + 1}`, column)).join(', ');
  // An engine that looks at each row by itself could delete them by their keys, so the other way round each finds its parent.
  const order = by.map((column, i) => `${engine.books.load(`b.c${i + 1}`, column)} DESC`).join(', ');
  const overriding = columns.some((column) => column.identity !== undefined) ? engine.books.overriding : '';
  return {
    change: bound(change, keep, condition),
    before: [forget(keep), image(keep, "'before'", `${name} WHERE (${closed(condition)})${engine.books.hold}`)],
    after: [],
    back: [
      ...exactly(keep, [
        `INSERT INTO ${name} (${names})${overriding} SELECT ${values} FROM ${kept(keep)} b WHERE ${which(keep, 'b', 'before')} ORDER BY ${order}`,
      ]),
      forget(keep),
    ],
  };
}

/** So many rows of an upsert are looked for in one statement: SQLite nests conditions a thousand deep at most. */
const rowsAtOnce = 200;

function keepUpsert(change: Of<'upsertRows'>, keep: Keep): Keeping {
  const { engine, by, name, under } = keep;
  const { books, quote } = engine;
  const conditions: string[] = [];
  for (let from = 0; from < change.rows.length; from += rowsAtOnce) {
    const terms = change.rows.slice(from, from + rowsAtOnce).map((row) => {
      const equals = Object.fromEntries(change.key.map((column) => [column, row[column] ?? null]));
      return `(${books.condition(change.table, { equals }, keep.context.before)})`;
    });
    conditions.push(terms.join(' OR '));
  }
  const existed = `EXISTS (SELECT 1 FROM ${kept(keep)} b WHERE ${which(keep, 'b', 'before')} AND ${joined(keep, 'b')})`;
  const after = `CASE WHEN ${existed} THEN 'after' ELSE 'new' END`;
  const keys = by.map((column) => quote.identifier(column.name)).join(', ');
  const fresh = by.map((column, i) => books.load(`n.c${i + 1}`, column)).join(', ');
  const removed = `DELETE FROM ${name} WHERE (${keys}) IN (SELECT ${fresh} FROM ${kept(keep)} n WHERE ${which(keep, 'n', 'new')})`;
  const set = keep.columns.slice(by.length);
  const given = (change.names ?? []).filter((one) => one !== null);
  return {
    change,
    before: [forget(keep), ...conditions.map((condition) => image(keep, "'before'", `${name} WHERE ${condition}${books.hold}`))],
    after: conditions.map((condition) => image(keep, after, `${name} AS t WHERE ${condition}`, 't.')),
    back: [
      guard(keep, ["'after'", "'new'"]),
      ...(set.length === 0 ? [] : exactly(keep, [restore(keep, set)])),
      removed,
      ...forgetNames(engine, keep.context, change.table, { names: given, migration: under.migration }),
      forget(keep),
    ],
  };
}

/** Where other sessions may add rows between two statements, only those that were kept are changed. */
function bound<C extends Of<'updateRows' | 'deleteRows'>>(change: C, keep: Keep, condition: string): C {
  const { engine, by } = keep;
  if (!engine.books.seesNewRows) return change;
  const keys = by.map((column) => engine.quote.identifier(column.name)).join(', ');
  const values = by.map((column, i) => engine.books.load(`b.c${i + 1}`, column)).join(', ');
  const sql = `(${closed(condition)}) AND (${keys}) IN (SELECT ${values} FROM ${kept(keep)} b WHERE ${which(keep, 'b', 'before')})`;
  return { ...change, where: { sql } };
}

/** SQL that may stand in parentheses: a comment at its end does not swallow the closing one. */
function closed(condition: string): string {
  return condition.includes('--') || condition.includes('#') ? `${condition}\n` : condition;
}

function kept({ engine, context }: Keep): string {
  return booksOf(engine, context.server).kept;
}

function which({ engine, under }: Keep, alias: string, image?: string): string {
  const { literal } = engine.quote;
  const change = `${alias}.migration = ${literal(under.migration)} AND ${alias}.change_number = ${under.number}`;
  return image === undefined ? change : `${change} AND ${alias}.image = '${image}'`;
}

function joined({ engine, by }: Keep, alias: string): string {
  return by
    .map((column, i) => `t.${engine.quote.identifier(column.name)} = ${engine.books.load(`${alias}.c${i + 1}`, column)}`)
    .join(' AND ');
}

/** A statement that keeps rows as they are now. A condition of the author may name the table, which then has no alias. */
function image(keep: Keep, label: string, from: string, alias = ''): string {
  const { engine, columns, under } = keep;
  const values = columns.map((column) => engine.books.store(`${alias}${engine.quote.identifier(column.name)}`, column));
  const into = ['migration', 'change_number', 'image', ...values.map((_, i) => `c${i + 1}`)].join(', ');
  return `INSERT INTO ${kept(keep)} (${into}) SELECT ${[engine.quote.literal(under.migration), under.number, label, ...values].join(', ')} FROM ${from}`;
}

/** Fails where a row is no longer what the change made of it. */
function guard(keep: Keep, images: readonly string[]): string {
  const { engine, columns, name } = keep;
  const { books, quote } = engine;
  const equal = columns.map((column, i) => books.same(`t.${quote.identifier(column.name)}`, `a.c${i + 1}`, column)).join(' AND ');
  const message = books.concat(quote.literal(`${changedRows} [${name}] `), 'count(*)');
  return (
    `SELECT CASE WHEN count(*) > 0 THEN ${books.fail(message)} END AS unchanged FROM ${kept(keep)} a ` +
    `LEFT JOIN ${name} AS t ON ${joined(keep, 'a')} WHERE ${which(keep, 'a')} AND a.image IN (${images.join(', ')}) AND NOT (${equal})`
  );
}

function restore(keep: Keep, set: readonly Column[]): string {
  const { engine, by, name } = keep;
  const values = set.map(
    (column, i) => [engine.quote.identifier(column.name), engine.books.load(`b.c${by.length + i + 1}`, column)] as const,
  );
  return engine.books.updateFrom(name, kept(keep), `${which(keep, 'b', 'before')} AND ${joined(keep, 'b')}`, Object.fromEntries(values));
}

/** Statements that write values back, with the settings under which they are the same afterwards. */
function exactly({ engine, columns }: Keep, statements: readonly string[]): readonly string[] {
  const [before, after] = engine.books.exactly?.(columns) ?? [];
  return before === undefined || after === undefined ? statements : [before, ...statements, after];
}

function forget(keep: Keep): string {
  const { literal } = keep.engine.quote;
  return `DELETE FROM ${kept(keep)} WHERE migration = ${literal(keep.under.migration)} AND change_number = ${keep.under.number}`;
}

/** The statements of a change between those that keep its rows. */
export function keptAround({ before, after }: Keeping, statements: readonly Statement[]): readonly Statement[] {
  return [...before.map(bookStatement), ...statements, ...after.map(bookStatement)];
}
