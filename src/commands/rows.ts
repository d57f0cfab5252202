import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { byText, Failure } from '../base/index.ts';
import { bookName, booksOf } from '../plan/index.ts';
import { ask } from '../runner/index.ts';
import { type Column, formatName, type QualifiedName, type Table, tablesOf } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import { databaseOf, type Project } from './project.ts';
import { dataPatterns, isData } from './recorded-tables.ts';
import { type Trial, withSession } from './structure.ts';
import { writing } from './write.ts';

/** The rows of a table of data as they were read: texts of the engine's own. */
export interface TableRows {
  readonly name: QualifiedName;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** The names of rows that have one, by the text of their key. */
  readonly names: Readonly<Record<string, string>>;
}

const mostRows = 100_000;
const mostCharacters = 64_000_000;

/** Reads the rows of all tables of data. Refuses a table without a primary key, and more rows than can be meant. */
export async function readData(project: Project, options: CommonOptions): Promise<readonly TableRows[]> {
  if (dataPatterns(project).length === 0) return [];
  const database = await databaseOf(project, options);
  return withSession(database, project, options, { readOnly: true }, async (session) => {
    const schema = await ask(session.connection, session.engine.inspect(session.server));
    return readTables(
      session,
      tablesOf(schema).filter(({ name }) => isData(name, project)),
    );
  });
}

/** Reads tables as of one moment. */
export async function readTables(session: Trial, tables: readonly Table[]): Promise<readonly TableRows[]> {
  const { connection, engine } = session;
  for (const sql of engine.transfer.snapshot) await connection.query(sql);
  try {
    const read: TableRows[] = [];
    const room = { rows: mostRows, characters: mostCharacters };
    for (const table of tables.toSorted((a, b) => byText(formatName(a.name), formatName(b.name)))) {
      read.push(await readTable(session, table, room));
    }
    return read;
  } finally {
    await connection.query(engine.session.rollback).catch(() => undefined);
  }
}

async function readTable(session: Trial, table: Table, room: { rows: number; characters: number }): Promise<TableRows> {
  const { engine } = session;
  const title = formatName(table.name);
  const key = keyOf(table);
  if (key.length === 0) {
    throw new Failure('record.no-key', `table "${title}" is configured as data and has no primary key`, { state: 'nothing was written' });
  }
  const columns = valueColumns(table);
  const readings = columns.map((column) => engine.transfer.read(column, undefined));
  const from = engine.transfer.from(table, true);
  const rows: (readonly (string | null)[])[] = [];
  for await (const row of texts(session, `SELECT ${readings.map(({ sql }, i) => `${sql} AS c${i}`).join(', ')} FROM ${from}`, readings)) {
    room.rows -= 1;
    room.characters -= row.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (room.rows < 0 || room.characters < 0) {
      throw new Failure('record.too-many', `the tables of data hold more than ${mostRows} rows or 64 MB; reached in "${title}"`, {
        state: 'nothing was written',
      });
    }
    rows.push(row);
  }
  return { name: table.name, columns: columns.map(({ name }) => name), key, rows, names: await readNames(session, table) };
}

/** The columns that hold values of their own. */
export function valueColumns(table: Table): readonly Column[] {
  return table.columns.filter(({ generated }) => generated === undefined);
}

function keyOf(table: Table): readonly string[] {
  return table.constraints.flatMap((one) => (one.kind === 'primaryKey' ? one.columns : []));
}

/** A key that the database gives: by counting, or by an expression for a whole number. */
export function generatedKey(table: Table): Column | undefined {
  const [name, other] = keyOf(table);
  const column = other === undefined ? table.columns.find((one) => one.name === name) : undefined;
  if (column === undefined) return undefined;
  const counts = column.type.kind === 'integer' && column.default !== undefined && 'sql' in column.default;
  return column.identity !== undefined || counts ? column : undefined;
}

async function readNames(session: Trial, table: Table): Promise<Readonly<Record<string, string>>> {
  const { connection, engine, server } = session;
  const column = generatedKey(table);
  const books = booksOf(engine, server);
  if (column === undefined || (await connection.query(engine.books.exists(books))).rows.length === 0) return {};
  const reading = engine.transfer.read(column, undefined);
  const stored = engine.books.store(engine.quote.identifier(column.name), column);
  const own = `SELECT ${reading.sql} AS k, ${stored} AS s FROM ${engine.transfer.from(table, true)}`;
  const named = `r.table_name = ${engine.quote.literal(bookName(table.name, server))} AND r.part = 1 AND r.key_value = t.s`;
  const found: Record<string, string> = {};
  const sql = `SELECT t.k AS k, ${engine.books.concat("'t'", 'r.name')} AS n FROM (${own}) t JOIN ${books.names} r ON ${named} ORDER BY r.name`;
  for await (const [key, name] of texts(session, sql, [reading, { text: (value) => String(value).slice(1) }])) {
    if (key !== null && key !== undefined && name !== null && name !== undefined) found[key] ??= name;
  }
  return found;
}

async function* texts(
  { connection, driver }: Trial,
  sql: string,
  readings: readonly { readonly text?: (value: unknown) => string | undefined }[],
): AsyncIterable<readonly (string | null)[]> {
  if (connection.stream === undefined) throw new Failure('change.unsupported', `the driver "${driver.name}" does not stream rows`);
  for await (const rows of connection.stream(sql)) {
    for (const row of rows) {
      yield readings.map(({ text }, i) => {
        const value = row[i];
        return value === null || value === undefined ? null : text === undefined ? String(value) : (text(value) ?? null);
      });
    }
  }
}

const shown = (checkout: number): string => `.lockstep/rows-${checkout}.jsonl`;

/** Writes down what the tables of data held at the check-out, for its owner's eyes only: a line for each table, and one for each row. */
export function keepRows({ base }: Project, checkout: number, tables: readonly TableRows[]): void {
  if (tables.length === 0) return;
  writing(shown(checkout), () => {
    mkdirSync(join(base, '.lockstep'), { recursive: true });
    const lines = tables.flatMap(({ rows, ...table }) => [{ ...table, count: rows.length }, ...rows].map((one) => JSON.stringify(one)));
    writeFileSync(join(base, shown(checkout)), `${lines.join('\n')}\n`, { mode: 0o600 });
  });
}

/** What was written down at the check-out; nothing where no table was one of data then. */
export function keptRows({ base }: Project, checkout: number): readonly TableRows[] | undefined {
  const path = join(base, shown(checkout));
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const tables: TableRows[] = [];
  for (let at = 0; at < lines.length; ) {
    const { count, ...table } = JSON.parse(lines[at] ?? '') as Omit<TableRows, 'rows'> & { readonly count: number };
    const rows = lines.slice(at + 1, at + 1 + count).map((line) => JSON.parse(line) as (string | null)[]);
    if (rows.length !== count) throw new Failure('config.invalid', `${shown(checkout)} is cut off`, { state: 'nothing was written' });
    tables.push({ ...table, rows });
    at += 1 + count;
  }
  return tables;
}

/** Takes away what was written down. */
export function forgetRows({ base }: Project, checkout: number): void {
  rmSync(join(base, shown(checkout)), { force: true });
}
