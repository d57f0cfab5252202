import type { Batch, BulkPiece, TextRow } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { selection, type TableCopy, textRows, written } from './reading.ts';

/** As many rows, or characters, go over in one transaction. */
const mostRows = 5000;
const mostCharacters = 1_000_000;

/** Rows that go over at once. */
export interface Load {
  readonly count: number;
  /** Each as the texts of its values. */
  rows(): readonly TextRow[];
  last(): TextRow;
  /** As the target takes them. */
  batch(): Batch;
}

/**
 * The rows of a table in loads, in the order of a clause. Between two databases of one engine that have a text of their own for rows nobody
 * looks into it. The next load is read while one is written.
 */
export function loads(copy: TableCopy, source: Session, target: Session, where: string): AsyncIterable<Load> {
  const { bulk } = source.connection;
  const empty = target.engine.transfer.write(copy.to, written(copy))([]);
  const isPlain = copy.columns.length > 0 && copy.columns.every(({ as }) => as === undefined);
  if (bulk === undefined || target.connection.copy === undefined || !isPlain || empty.kind !== 'copy') {
    return ahead(textLoads(copy, target, textRows(source, copy, 'from', where)));
  }
  return ahead(bulkLoads(bulk.call(source.connection, selection(source, copy, 'from') + where), empty.sql));
}

async function* bulkLoads(pieces: AsyncIterable<BulkPiece>, sql: string): AsyncIterable<Load> {
  for await (const piece of pieces) {
    yield {
      count: piece.count,
      rows: () => piece.rows(),
      last: () => piece.last(),
      batch: () => ({ kind: 'copy', sql, data: piece.data }),
    };
  }
}

/** The same where values are looked at. */
export async function* textLoads(copy: TableCopy, target: Session, lists: AsyncIterable<readonly TextRow[]>): AsyncIterable<Load> {
  const write = target.engine.transfer.write(copy.to, written(copy));
  for await (const rows of batches(lists)) {
    yield { count: rows.length, rows: () => rows, last: () => rows.at(-1) ?? [], batch: () => write(rows) };
  }
}

/** Gives each one when the next is already on its way. */
async function* ahead<T>(all: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = all[Symbol.asyncIterator]();
  const next = (): Promise<IteratorResult<T>> => {
    const coming = iterator.next();
    // Whoever asks for it hears of its error; until then nobody does.
    coming.catch(() => undefined);
    return coming;
  };
  let coming = next();
  try {
    for (;;) {
      const { done, value } = await coming;
      if (done === true) return;
      coming = next();
      yield value;
    }
  } finally {
    await coming.catch(() => undefined);
    await iterator.return?.();
  }
}

/** Lists of rows of a size that goes over at once; a row that is larger goes alone. */
async function* batches(lists: AsyncIterable<readonly TextRow[]>): AsyncIterable<readonly TextRow[]> {
  let batch: TextRow[] = [];
  let size = 0;
  for await (const rows of lists) {
    for (const row of rows) {
      const more = sizeOf(row);
      if (batch.length > 0 && (batch.length === mostRows || size + more > mostCharacters)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(row);
      size += more;
    }
  }
  if (batch.length > 0) yield batch;
}

function sizeOf(row: TextRow): number {
  let size = 0;
  for (const value of row) size += value?.length ?? 1;
  return size;
}
