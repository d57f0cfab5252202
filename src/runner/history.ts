import { Failure } from '../base/index.ts';
import { DatabaseError, type Forgotten, type HistoryWrite, isOutside, type OutsideStore, type PlainWrite } from '../contracts/index.ts';
import type { Session } from './session.ts';

/** A write, or a row that leaves. */
export type HistoryEntry = HistoryWrite | Forgotten;

/** Asks the database for what a write leaves to it: the probe and the time. */
async function plain(session: Session, write: HistoryWrite): Promise<PlainWrite> {
  const { id, set, probe, stamp, began, log } = write;
  const columns = [
    ...(probe === undefined ? [] : [`(${probe}) AS probe`]),
    ...(stamp === undefined ? [] : [`${session.engine.history.now} AS stamp`]),
  ];
  const [row] = columns.length === 0 ? [] : (await session.connection.query(`SELECT ${columns.join(', ')}`)).rows;
  return {
    id,
    set: {
      ...set,
      ...(stamp === undefined ? {} : { [stamp]: String(row?.['stamp']) }),
      ...(began === undefined ? {} : { milliseconds: Math.max(0, Math.round(began.agoMs)) }),
    },
    ...(probe === undefined ? {} : { probe: String(row?.['probe']) }),
    ...(log === undefined ? {} : { log }),
  };
}

/** Writes into a history outside of the database. */
export async function writeOutside(session: Session, store: OutsideStore, entries: readonly HistoryEntry[]): Promise<void> {
  const ready: (PlainWrite | Forgotten)[] = [];
  for (const entry of entries) ready.push('forget' in entry ? entry : await plain(session, entry));
  if (ready.length > 0) await store.write(session, ready);
}

/** Writes into the history at once, in the transaction that is open if there is one and the history lies inside. */
export async function recordNow(session: Session, entries: readonly HistoryEntry[]): Promise<void> {
  const { store, connection } = session;
  if (isOutside(store)) return writeOutside(session, store, entries);
  for (const entry of entries) {
    const texts = 'forget' in entry ? store.forget(session, entry.forget, entry.log) : store.record(session, entry);
    for (const sql of texts) await connection.query(sql);
  }
}

/** Says in the history that something failed, as well as the connection still can. */
export async function recordFailed(session: Session, write: HistoryWrite): Promise<void> {
  await recordNow(session, [write]).catch(() => undefined);
}

/** What a transaction is about to make permanent, and what the history says when it has. */
export interface Committing {
  /** What the next run finds when it never heard of the end. */
  readonly announced: readonly HistoryWrite[];
  readonly done: readonly HistoryWrite[];
}

/**
 * Commits, with a history outside of the database. It is told before and behind; where the engine refuses the commit, what it was told
 * is taken back. Of a connection that broke nobody knows whether the commit took place, so the announcement stays.
 */
export async function commitOutside(session: Session, store: OutsideStore, { announced, done }: Committing): Promise<void> {
  const ids = announced.map(({ id }) => id);
  const before = new Map((await store.read(session, ids))?.map((row) => [row.id, row]));
  // The probe and the clock are asked for inside the transaction: behind it nothing may fail that need not.
  const finished: PlainWrite[] = [];
  for (const write of done) finished.push(await plain(session, write));
  await writeOutside(session, store, announced);
  try {
    await session.connection.query(session.engine.session.commit);
  } catch (error) {
    if (error instanceof DatabaseError && session.engine.errorKind(error) !== 'lost') {
      const log = { event: 'failed', detail: `the commit was refused: ${error.message}` } as const;
      await store.write(
        session,
        announced.map(({ id, set }): PlainWrite | Forgotten => {
          const row = before.get(id);
          if (row === undefined) return { forget: id, log: { ...log, migration: id } };
          const emptied = Object.fromEntries(Object.keys(set).map((property) => [property, null]));
          const { id: _, ...kept } = row;
          return { id, set: { ...emptied, ...kept } };
        }),
      );
    }
    throw error;
  }
  await store.write(session, finished).catch((error: unknown) => {
    const names = ids.join(', ');
    throw new Failure(
      'history.unwritten',
      `${names} ${ids.length === 1 ? 'is' : 'are'} committed, but the history could not be told: ${error instanceof Error ? error.message : String(error)}`,
      { state: `the database has ${names}; the history says that nobody knows`, data: { migrations: ids } },
      error,
    );
  });
}
