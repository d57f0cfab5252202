import { Failure } from '../base/index.ts';
import { type Batch, DatabaseError, type TextRow } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { formatName } from '../schema/index.ts';
import { isSame, type Tally } from './checksum.ts';
import { type Load, loads, textLoads } from './loads.ts';
import { keepProgress, type TableProgress } from './progress.ts';
import { atKey, type Ends, isUnsafe, keyOrder, keyPositions, type TableCopy, textRows, written } from './reading.ts';
import { bothTallies, countsItself, stillSame, summed } from './sums.ts';

/**
 * Copies a table from where it is, or from its beginning, and holds both sides against each other. Each batch is kept with its progress
 * in one transaction; a table without a key that orders its rows goes over in one.
 */
export async function copyTable(copy: TableCopy, earlier: TableProgress | undefined, ends: Ends): Promise<Tally> {
  const { source, target, emit } = ends;
  if (earlier?.done !== undefined) return stillSame(copy, earlier.done, ends);
  const isAnew = ends.isResumed && isUnsafe(copy, target);
  const before = isAnew ? undefined : earlier;
  const order = keyOrder(copy, source, before);
  const title = formatName(copy.to.name);
  // Rows are added up on their way where all of them come by, and nobody else counts them.
  const sums = before === undefined && !countsItself(source, copy) ? summed(source, copy, 'from') : undefined;
  const state: CopyState = { progress: before ?? { rows: 0 }, isFirst: earlier === undefined, isOpen: false };
  const begun = performance.now();
  try {
    // What came of rows that no transaction held together is not known: all of them come again.
    if (isAnew) await target.connection.query(`DELETE FROM ${target.engine.quote.name(copy.to.name)}`);
    for await (const load of loads(copy, source, target, order?.sql ?? '')) {
      if (sums !== undefined) for (const row of load.rows()) sums.add(row);
      await writeLoad(load, copy, state, order !== undefined, ends);
      emit({ ev: 'rows', table: title, rows: state.progress.rows, ms: performance.now() - begun });
      if (ends.stop?.aborted === true) throw interrupted(copy, state, ends);
    }
    if (state.isOpen) await target.connection.query(target.engine.session.commit);
    state.isOpen = false;
    const [wanted, found] = await bothTallies(copy, sums?.tally(), ends);
    if (!isSame(wanted, found)) throw different(title, wanted, found);
    emit({ ev: 'rows', table: title, rows: found.rows, ms: performance.now() - begun, done: true });
    await target.connection.query(keepProgress(target, copy.part, { rows: found.rows, done: found }, state.isFirst));
    return found;
  } catch (error) {
    throw howFar(error, copy, state, ends);
  }
}

interface CopyState {
  progress: TableProgress;
  /** Nothing of the table was kept yet. */
  isFirst: boolean;
  /** The one transaction of the table is open. */
  isOpen: boolean;
}

function different(title: string, wanted: Tally, found: Tally): Failure {
  return new Failure(
    'replicate.differs',
    `table "${title}" is not the same on both sides: ${wanted.rows} rows ${wanted.checksum} against ${found.rows} rows ${found.checksum}`,
    { state: 'its rows are in the target as they are', data: { table: title, wanted, found } },
  );
}

/** Hands over the rows of a table as the target's engine takes them, and counts them. */
export async function batchesOf(copy: TableCopy, source: Session, target: Session, take: (batch: Batch) => void): Promise<Tally> {
  const sums = summed(source, copy, 'from');
  for await (const load of textLoads(copy, target, textRows(source, copy, 'from', keyOrder(copy, source, undefined)?.sql ?? ''))) {
    for (const row of load.rows()) sums.add(row);
    take(load.batch());
  }
  return sums.tally();
}

async function writeLoad(load: Load, copy: TableCopy, state: CopyState, keyed: boolean, ends: Ends): Promise<void> {
  const { target } = ends;
  const { connection, engine } = target;
  if (!state.isOpen) await connection.query(engine.session.begin);
  state.isOpen = !keyed;
  try {
    await send(load.batch(), load.rows, copy, ends);
  } catch (error) {
    await connection.query(engine.session.rollback).catch(() => undefined);
    state.isOpen = false;
    if (!(error instanceof DatabaseError) || error.lost) throw error;
    // Without transactions every try would leave rows behind.
    throw isUnsafe(copy, target) ? refusedRow(error.message, undefined, copy, error) : await culprit(error, load.rows(), copy, ends);
  }
  const last = keyed ? load.last() : [];
  const progress: TableProgress = {
    rows: state.progress.rows + load.count,
    ...(keyed ? { lastKey: keyPositions(copy).map((at) => last[at] ?? null) } : {}),
  };
  if (keyed) {
    await connection.query(keepProgress(target, copy.part, progress, state.isFirst));
    await connection.query(engine.session.commit);
    state.isFirst = false;
  }
  state.progress = progress;
}

async function send(
  batch: Batch,
  rows: () => readonly TextRow[],
  copy: TableCopy,
  { target: { connection }, longest }: Ends,
): Promise<void> {
  switch (batch.kind) {
    case 'copy':
      await connection.copy?.(batch.sql, batch.data);
      return;
    case 'statement':
      checkLength(batch.sql, rows, copy, longest);
      await connection.query(batch.sql);
      return;
    case 'each':
      await connection.each?.(batch.sql, batch.rows);
      return;
    case 'refused':
      throw refusedRow(batch.why, rows()[batch.row], copy);
  }
}

/** A statement that is too long would end the connection, as if the network had. */
function checkLength(sql: string, rows: () => readonly TextRow[], copy: TableCopy, longest = Number.POSITIVE_INFINITY): void {
  // No character has more than three bytes for each of its units.
  if (sql.length * 3 < longest || Buffer.byteLength(sql) < longest) return;
  const why = `it takes ${Buffer.byteLength(sql)} bytes to write, and the target takes less than ${longest} at once`;
  throw refusedRow(why, rows().length === 1 ? rows()[0] : undefined, copy);
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
async function culprit(error: DatabaseError, rows: readonly TextRow[], copy: TableCopy, ends: Ends): Promise<Failure> {
  let suspects = rows;
  let said = error;
  while (suspects.length > 1) {
    const half = suspects.slice(0, suspects.length >> 1);
    const refused = await refusal(half, copy, ends);
    suspects = refused === undefined ? suspects.slice(half.length) : half;
    said = refused ?? said;
  }
  const alone = await refusal(suspects, copy, ends);
  return alone === undefined ? refusedRow(said.message, undefined, copy, said) : refusedRow(alone.message, suspects[0], copy, alone);
}

async function refusal(rows: readonly TextRow[], copy: TableCopy, ends: Ends): Promise<DatabaseError | undefined> {
  const { connection, engine } = ends.target;
  await connection.query(engine.session.begin);
  try {
    await send(engine.transfer.write(copy.to, written(copy))(rows), () => rows, copy, ends);
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.lost) throw error;
    return error;
  } finally {
    await connection.query(engine.session.rollback);
  }
}

function interrupted(copy: TableCopy, state: CopyState, ends: Ends): Failure {
  return new Failure('interrupted', `the copy was interrupted in table "${formatName(copy.to.name)}"`, {
    state: standing(copy, state, ends),
  });
}

function standing(copy: TableCopy, { progress, isOpen }: CopyState, { target }: Ends): string {
  if (isUnsafe(copy, target)) {
    return `the tables before it are in the target, and rows of "${formatName(copy.to.name)}", which has no transactions; the same command begins there with it anew`;
  }
  const kept = isOpen || progress.lastKey === undefined ? 0 : progress.rows;
  return `the tables before it and ${kept} rows of "${formatName(copy.to.name)}" are in the target; the same command goes on there`;
}

function howFar(error: unknown, copy: TableCopy, state: CopyState, ends: Ends): unknown {
  const told = { state: standing(copy, state, ends), fix: ['run the same command again: it goes on where it was'] };
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
