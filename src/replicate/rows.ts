import { Failure } from '../base/index.ts';
import { type Batch, DatabaseError, type Emit, type Reading, type TextRow, type Written } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { type Column, type ColumnType, formatName, type Table } from '../schema/index.ts';
import { counter, type Tally } from './checksum.ts';
import { keepProgress, type TableProgress } from './progress.ts';

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

export interface Ends {
  readonly source: Session;
  readonly target: Session;
  readonly emit: Emit;
  readonly stop?: AbortSignal | undefined;
}

/** As many rows, or characters, go over in one transaction. */
const mostRows = 5000;
const mostCharacters = 1_000_000;

/** Reads a side of a table as texts, in lists. */
async function* textRows(session: Session, copy: TableCopy, side: 'from' | 'to', where = ''): AsyncIterable<readonly TextRow[]> {
  const { connection, engine } = session;
  if (connection.stream === undefined) throw new Failure('change.unsupported', `the driver "${session.driver.name}" does not stream rows`);
  const readings = copy.columns.map((column) => engine.transfer.read(column[side], column.as));
  const selected = readings.map(({ sql }, i) => `${sql} AS c${i}`).join(', ') || '1';
  const sql = `SELECT ${selected} FROM ${engine.transfer.from(copy[side], copy.parts)}${where}`;
  const texts = readings.map(({ text }) => text);
  for await (const rows of connection.stream(sql)) yield rows.map((row) => textRow(row, texts, copy, side));
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

function atKey(copy: TableCopy, key: readonly (string | null)[]): string {
  return key.length === 0
    ? ''
    : `, in the row with the key (${keyNames(copy).join(', ')}) = (${key.map((one) => one?.slice(0, 60)).join(', ')})`;
}

function keyNames({ from }: TableCopy): readonly string[] {
  return from.constraints.flatMap((one) => (one.kind === 'primaryKey' ? one.columns : []));
}

/** Where the columns of the primary key stand among those that are copied; nothing where there is none, or a part of it is computed. */
function keyPositions(copy: TableCopy): readonly number[] {
  const positions = keyNames(copy).map((name) => copy.columns.findIndex(({ from }) => from.name === name));
  return positions.includes(-1) ? [] : positions;
}

/** Counts one side of a table. */
export async function tallyOf(session: Session, copy: TableCopy, side: 'from' | 'to'): Promise<Tally> {
  const sums = summed(session, copy, side);
  for await (const rows of textRows(session, copy, side)) for (const row of rows) sums.add(row);
  return sums.tally();
}

/** A counter that takes equal values for equal, however they are written. */
function summed({ engine }: Session, copy: TableCopy, side: 'from' | 'to'): ReturnType<typeof counter> {
  const same = copy.columns.map((column) => engine.transfer.read(column[side], column.as).same);
  const plain = counter();
  if (same.every((one) => one === undefined)) return plain;
  return {
    add: (row) => plain.add(row.map((text, i) => (text === null ? null : (same[i]?.(text) ?? text)))),
    tally: plain.tally,
  };
}

/**
 * Copies a table from where it is, or from its beginning, and holds both sides against each other. Each batch is kept with its progress
 * in one transaction; a table without a key that orders its rows goes over in one.
 */
export async function copyTable(copy: TableCopy, before: TableProgress | undefined, ends: Ends): Promise<Tally> {
  const { source, target, emit } = ends;
  if (before?.done !== undefined) return stillSame(copy, before.done, ends);
  const order = keyOrder(copy, source, before);
  const title = formatName(copy.to.name);
  const sums = summed(source, copy, 'from');
  const state: CopyState = { progress: before ?? { rows: 0 }, isFirst: before === undefined, isOpen: false };
  const begun = performance.now();
  const keep = async (rows: readonly TextRow[]): Promise<void> => {
    await writeBatch(rows, copy, state, order !== undefined, ends);
    emit({ ev: 'rows', table: title, rows: state.progress.rows, ms: performance.now() - begun });
    if (ends.stop?.aborted === true) throw interrupted(copy, state);
  };
  try {
    for await (const rows of batches(textRows(source, copy, 'from', order?.sql ?? ''))) {
      for (const row of rows) sums.add(row);
      await keep(rows);
    }
    if (state.isOpen) await target.connection.query(target.engine.session.commit);
  } catch (error) {
    throw howFar(error, copy, state, ends);
  }
  const wanted = before === undefined ? sums.tally() : await tallyOf(source, copy, 'from');
  const found = await tallyOf(target, copy, 'to');
  emit({ ev: 'rows', table: title, rows: found.rows, ms: performance.now() - begun, done: true });
  if (wanted.rows !== found.rows || wanted.checksum !== found.checksum) throw different(title, wanted, found);
  await target.connection.query(keepProgress(target, copy.part, { rows: found.rows, done: found }, state.isFirst));
  return found;
}

interface CopyState {
  progress: TableProgress;
  /** Nothing of the table was kept yet. */
  isFirst: boolean;
  /** The one transaction of the table is open. */
  isOpen: boolean;
}

/** A table that was finished by an earlier run, as long as the source still holds the same. */
async function stillSame(copy: TableCopy, done: Tally, { source }: Ends): Promise<Tally> {
  const now = await tallyOf(source, copy, 'from');
  if (now.rows === done.rows && now.checksum === done.checksum) return done;
  throw new Failure('replicate.differs', `table "${formatName(copy.from.name)}" has other rows than when it was copied`, {
    state: 'the target holds what the source was when the copy began',
    fix: ['empty the target and begin anew, while nobody writes into the source'],
  });
}

function different(title: string, wanted: Tally, found: Tally): Failure {
  return new Failure(
    'replicate.differs',
    `table "${title}" is not the same on both sides: ${wanted.rows} rows ${wanted.checksum} against ${found.rows} rows ${found.checksum}`,
    { state: 'its rows are in the target as they are', data: { table: title, wanted, found } },
  );
}

/** The clauses that read a table by its key, behind the last row that is there. Nothing where its key does not order it for certain. */
function keyOrder(copy: TableCopy, { engine }: Session, before: TableProgress | undefined): { readonly sql: string } | undefined {
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

/** Hands over the rows of a table as the target's engine takes them, and counts them. */
export async function batchesOf(copy: TableCopy, source: Session, target: Session, take: (batch: Batch) => void): Promise<Tally> {
  const write = target.engine.transfer.write(copy.to, written(copy));
  const sums = summed(source, copy, 'from');
  for await (const rows of batches(textRows(source, copy, 'from', keyOrder(copy, source, undefined)?.sql ?? ''))) {
    for (const row of rows) sums.add(row);
    take(write(rows));
  }
  return sums.tally();
}

function written({ columns }: TableCopy): readonly Written[] {
  return columns.map(({ to, as }) => ({ column: to, as }));
}

/** Lists of rows of a size that goes over at once. */
async function* batches(lists: AsyncIterable<readonly TextRow[]>): AsyncIterable<readonly TextRow[]> {
  let batch: TextRow[] = [];
  let size = 0;
  for await (const rows of lists) {
    for (const row of rows) {
      batch.push(row);
      for (const value of row) size += value?.length ?? 1;
      if (batch.length < mostRows && size < mostCharacters) continue;
      yield batch;
      batch = [];
      size = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

async function writeBatch(rows: readonly TextRow[], copy: TableCopy, state: CopyState, keyed: boolean, ends: Ends): Promise<void> {
  const { target } = ends;
  const { connection, engine } = target;
  if (!state.isOpen) await connection.query(engine.session.begin);
  state.isOpen = !keyed;
  try {
    await sendBatch(rows, copy, target);
  } catch (error) {
    await connection.query(engine.session.rollback).catch(() => undefined);
    state.isOpen = false;
    throw error instanceof DatabaseError && !error.lost ? await culprit(error, rows, copy, target) : error;
  }
  const last = rows.at(-1) ?? [];
  const progress: TableProgress = {
    rows: state.progress.rows + rows.length,
    ...(keyed ? { lastKey: keyPositions(copy).map((at) => last[at] ?? null) } : {}),
  };
  if (keyed) {
    await connection.query(keepProgress(target, copy.part, progress, state.isFirst));
    await connection.query(engine.session.commit);
    state.isFirst = false;
  }
  state.progress = progress;
}

async function sendBatch(rows: readonly TextRow[], copy: TableCopy, { connection, engine }: Session): Promise<void> {
  const batch = engine.transfer.write(copy.to, written(copy))(rows);
  switch (batch.kind) {
    case 'copy':
      await connection.copy?.(batch.sql, batch.data);
      return;
    case 'statement':
      await connection.query(batch.sql);
      return;
    case 'each':
      await connection.each?.(batch.sql, batch.rows);
      return;
    case 'refused':
      throw refusedRow(batch.why, rows[batch.row], copy);
  }
}

function refusedRow(why: string, row: TextRow | undefined, copy: TableCopy, cause?: DatabaseError): Failure {
  const key = row === undefined ? [] : keyPositions(copy).map((at) => row[at] ?? null);
  const where = row === undefined ? '' : atKey(copy, key) || `, in the row ${JSON.stringify(row).slice(0, 200)}`;
  return new Failure(
    'replicate.value',
    `table "${formatName(copy.to.name)}" of the target refuses a row: ${why}${where}`,
    {
      ...(cause === undefined ? {} : { engine: { message: cause.message, code: cause.code } }),
      fix: ['correct the value in the source, and run the command again: it goes on where it was'],
    },
    cause,
  );
}

/** Halves a batch that was refused until one row is left that is refused by itself. */
async function culprit(error: DatabaseError, rows: readonly TextRow[], copy: TableCopy, target: Session): Promise<Failure> {
  let suspects = rows;
  let said = error;
  while (suspects.length > 1) {
    const half = suspects.slice(0, suspects.length >> 1);
    const refused = await refusal(half, copy, target);
    suspects = refused === undefined ? suspects.slice(half.length) : half;
    said = refused ?? said;
  }
  const alone = await refusal(suspects, copy, target);
  return alone === undefined ? refusedRow(said.message, undefined, copy, said) : refusedRow(alone.message, suspects[0], copy, alone);
}

async function refusal(rows: readonly TextRow[], copy: TableCopy, target: Session): Promise<DatabaseError | undefined> {
  const { connection, engine } = target;
  await connection.query(engine.session.begin);
  try {
    await sendBatch(rows, copy, target);
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.lost) throw error;
    return error;
  } finally {
    await connection.query(engine.session.rollback);
  }
}

function interrupted(copy: TableCopy, state: CopyState): Failure {
  return new Failure('interrupted', `the copy was interrupted in table "${formatName(copy.to.name)}"`, { state: standing(copy, state) });
}

function standing(copy: TableCopy, { progress, isOpen }: CopyState): string {
  const kept = isOpen || progress.lastKey === undefined ? 0 : progress.rows;
  return `the tables before it and ${kept} rows of "${formatName(copy.to.name)}" are in the target; the same command goes on there`;
}

function howFar(error: unknown, copy: TableCopy, state: CopyState, ends: Ends): unknown {
  const told = { state: standing(copy, state), fix: ['run the same command again: it goes on where it was'] };
  if (error instanceof Failure) return error.with({ ...told, ...error.details });
  if (!(error instanceof DatabaseError)) return error;
  const { title } = error.lost ? { title: 'the connection was lost' } : { title: 'the copy failed' };
  const where = `in table "${formatName(copy.to.name)}" after ${state.progress.rows} rows`;
  const lost = error.lost || ends.target.engine.errorKind(error) === 'lost' || ends.source.engine.errorKind(error) === 'lost';
  return new Failure(
    lost ? 'connection.lost' : 'replicate.failed',
    `${title} ${where}: ${error.message}`,
    {
      ...told,
      engine: { message: error.message, code: error.code },
    },
    error,
  );
}
