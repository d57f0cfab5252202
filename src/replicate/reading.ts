import { Failure } from '../base/index.ts';
import type { Emit, Reading, TextRow, Written } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { type Column, type ColumnType, formatName, type Table, tableKey } from '../schema/index.ts';
import type { TableProgress } from './progress.ts';

/** A table whose rows are copied. */
export interface TableCopy {
  /** Its number among the tables of the copy, from 1. */
  readonly part: number;
  readonly from: Table;
  readonly to: Table;
  /** The columns that hold values of their own, on both sides, with the neutral type of the texts between them. */
  readonly columns: readonly { readonly from: Column; readonly to: Column; readonly as: ColumnType | undefined }[];
  /** Rows of partitions are read with their table. */
  readonly parts: boolean;
}

/** Where rows come from and go to, and who is told. */
export interface Ends {
  readonly source: Session;
  readonly target: Session;
  readonly emit: Emit;
  readonly stop?: AbortSignal | undefined;
  /** An earlier run has begun with this copy. */
  readonly isResumed: boolean;
  /** The most bytes that the target takes in one statement, where it has a bound. */
  readonly longest: number | undefined;
}

/** Whether the table takes rows for good as they come, outside of any transaction. */
export function isUnsafe({ to }: TableCopy, { server }: Session): boolean {
  return server.unsafeTables?.has(tableKey(to.name)) === true;
}

/** A query for the columns that are copied. */
export function selection({ engine }: Session, copy: TableCopy, side: 'from' | 'to'): string {
  const selected = copy.columns.map((column, i) => `${engine.transfer.read(column[side], column.as).sql} AS c${i}`).join(', ') || '1';
  return `SELECT ${selected} FROM ${engine.transfer.from(copy[side], copy.parts)}`;
}

/** Reads a side of a table as texts, in lists. Refuses a value that its column's type does not have. */
export async function* textRows(session: Session, copy: TableCopy, side: 'from' | 'to', where = ''): AsyncIterable<readonly TextRow[]> {
  const { connection, engine } = session;
  if (connection.stream === undefined) throw new Failure('change.unsupported', `the driver "${session.driver.name}" does not stream rows`);
  const texts = copy.columns.map((column) => engine.transfer.read(column[side], column.as).text);
  for await (const rows of connection.stream(selection(session, copy, side) + where))
    yield rows.map((row) => textRow(row, texts, copy, side));
}

function textRow(row: readonly unknown[], texts: readonly Reading['text'][], copy: TableCopy, side: 'from' | 'to'): TextRow {
  if (texts.length === 0) return [];
  const result: (string | null)[] = [];
  for (let i = 0; i < texts.length; i++) {
    const value = row[i];
    if (value === null || value === undefined) result.push(null);
    else {
      const read = texts[i];
      const text = read === undefined ? (value as string) : read(value);
      if (text === undefined) throw oddValue(row, i, copy, side);
      result.push(text);
    }
  }
  return result;
}

function oddValue(row: readonly unknown[], position: number, copy: TableCopy, side: 'from' | 'to'): Failure {
  const column = copy.columns[position];
  const shown = row[position] instanceof Uint8Array ? `${row[position].length} bytes` : String(row[position]).slice(0, 60);
  const title = `column "${column?.[side].name}" of table "${formatName(copy[side].name)}"`;
  const key = keyPositions(copy).map((at) => String(row[at]));
  return new Failure('replicate.value', `${title} holds ${shown}, which is no ${column?.as?.kind ?? 'value'}${atKey(copy, key)}`, {
    fix: ['correct the value in the source, and run the command again: it goes on where it was'],
  });
}

/** Which row it is, as the rest of a sentence. */
export function atKey(copy: TableCopy, key: readonly (string | null)[]): string {
  return key.length === 0
    ? ''
    : `, in the row with the key (${keyNames(copy).join(', ')}) = (${key.map((one) => one?.slice(0, 60)).join(', ')})`;
}

function keyNames({ from }: TableCopy): readonly string[] {
  return from.constraints.flatMap((one) => (one.kind === 'primaryKey' ? one.columns : []));
}

/** Where the columns of the primary key stand among those that are copied; nothing where there is none, or a part of it is computed. */
export function keyPositions(copy: TableCopy): readonly number[] {
  const positions = keyNames(copy).map((name) => copy.columns.findIndex(({ from }) => from.name === name));
  return positions.includes(-1) ? [] : positions;
}

/** The clauses that read a table by its key, behind the last row that is there. Nothing where its key does not order it for certain. */
export function keyOrder(copy: TableCopy, { engine }: Session, before: TableProgress | undefined): { readonly sql: string } | undefined {
  const key = keyPositions(copy).flatMap((at) => copy.columns[at] ?? []);
  const literals = key.map(({ from, as }, i) => engine.transfer.keyLiteral(from, as, before?.lastKey?.[i] ?? 'i0'));
  if (key.length === 0 || literals.includes(undefined)) return undefined;
  const names = key.map(({ from }) => engine.quote.identifier(from.name));
  const order = ` ORDER BY ${names.join(', ')}`;
  if (before?.lastKey === undefined) return { sql: order };
  const behind = names.map((name, i) =>
    [...names.slice(0, i).map((one, j) => `${one} = ${literals[j]}`), `${name} > ${literals[i]}`].join(' AND '),
  );
  return { sql: ` WHERE ${behind.map((one) => `(${one})`).join(' OR ')}${order}` };
}

/** The columns as they are written. */
export function written({ columns }: TableCopy): readonly Written[] {
  return columns.map(({ to, as }) => ({ column: to, as }));
}
