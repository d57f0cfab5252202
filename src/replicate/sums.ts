import { Failure } from '../base/index.ts';
import type { Session } from '../runner/index.ts';
import { formatName } from '../schema/index.ts';
import { counter, isSame, type Tally, tallyOfSum } from './checksum.ts';
import { type Ends, type TableCopy, textRows } from './reading.ts';

/** Counts one side of a table. */
async function tallyOf(session: Session, copy: TableCopy, side: 'from' | 'to'): Promise<Tally> {
  const sums = summed(session, copy, side);
  for await (const rows of textRows(session, copy, side)) for (const row of rows) sums.add(row);
  return sums.tally();
}

/** A counter that takes equal values for equal, however they are written. */
export function summed({ engine }: Session, copy: TableCopy, side: 'from' | 'to'): ReturnType<typeof counter> {
  const same = copy.columns.map((column) => engine.transfer.read(column[side], column.as).same);
  const plain = counter();
  if (same.every((one) => one === undefined)) return plain;
  return {
    add: (row) => plain.add(row.map((text, i) => (text === null ? null : (same[i]?.(text) ?? text)))),
    tally: plain.tally,
  };
}

/** Whether the engine itself counts both sides alike: two databases of one engine whose values go over as they are. */
export function countsItself({ engine }: Session, { columns }: TableCopy): boolean {
  return engine.transfer.tally !== undefined && columns.length > 0 && columns.every(({ as }) => as === undefined);
}

async function askedTally({ connection, engine }: Session, copy: TableCopy, side: 'from' | 'to'): Promise<Tally | undefined> {
  const columns = copy.columns.map((column) => column[side]);
  const sql = engine.transfer.tally?.(columns, engine.transfer.from(copy[side], copy.parts));
  if (sql === undefined) return undefined;
  const [row] = (await connection.query(sql)).rows;
  return tallyOfSum(String(row?.['rows']), String(row?.['checksum']));
}

/** What both sides of a table hold; the source's sum is known where its rows were added up on their way. */
export async function bothTallies(copy: TableCopy, known: Tally | undefined, { source, target }: Ends): Promise<readonly [Tally, Tally]> {
  if (countsItself(source, copy)) {
    const [wanted, found] = await Promise.all([askedTally(source, copy, 'from'), askedTally(target, copy, 'to')]);
    // Builds of an engine may reckon differently: what is not the same is read, and that decides.
    if (wanted !== undefined && found !== undefined && isSame(wanted, found)) return [wanted, found];
  }
  return [known ?? (await tallyOf(source, copy, 'from')), await tallyOf(target, copy, 'to')];
}

/** A table that was finished by an earlier run, as long as the source still holds the same. */
export async function stillSame(copy: TableCopy, done: Tally, { source }: Ends): Promise<Tally> {
  const asked = countsItself(source, copy) ? await askedTally(source, copy, 'from') : undefined;
  if (asked !== undefined && isSame(asked, done)) return done;
  if (isSame(await tallyOf(source, copy, 'from'), done)) return done;
  throw new Failure('replicate.differs', `table "${formatName(copy.from.name)}" has other rows than when it was copied`, {
    state: 'the target holds what the source was when the copy began',
    fix: ['empty the target and begin anew, while nobody writes into the source'],
  });
}
