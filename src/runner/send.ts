import { DatabaseError, type ErrorKind, type ResultRow } from '../contracts/index.ts';
import type { Item } from './items.ts';
import { newOrphans } from './orphans.ts';
import type { Run } from './run-types.ts';
import type { Session } from './session.ts';

/** An item that the database refused, and whether everything before it is done. */
export class ItemError extends Error {
  readonly item: Item;
  readonly error: DatabaseError;
  /** Offset in the item's text, where it is known. */
  readonly position: number | undefined;
  /** What it means, where it was not the engine that refused. */
  readonly kind: ErrorKind | undefined;

  constructor(item: Item, error: DatabaseError, position: number | undefined, kind?: ErrorKind) {
    super(error.message, { cause: error });
    this.item = item;
    this.error = error;
    this.position = position;
    this.kind = kind;
  }
}

/** A statement may end in a comment to the end of its line; nothing stands behind it, so that the next one begins on line 1. */
const separator = '\n;';

/** An embedded engine keeps the text of a statement up to the separator, so its line is ended only where that is needed. */
function closed(sql: string): string {
  const line = sql.slice(sql.lastIndexOf('\n') + 1);
  return line.includes('--') || line.includes('#') ? `${sql}\n` : sql;
}

/**
 * Sends items in order, as many in one message as the driver and the engine allow. `onStatement` hears of every statement that is sent
 * alone. Throws `ItemError` for the one that failed, or for the first statement that was not sent because the run shall stop.
 */
export async function sendItems({ session, stop, singly }: Run, items: readonly Item[], onStatement: OnStatement): Promise<void> {
  for (const message of singly ? items.map((item) => [item]) : messagesOf(session, items)) {
    const [only] = message;
    const next = message.find((item) => item.role === 'statement');
    if (next !== undefined) await hearSignals();
    if (next !== undefined && stop.aborted) throw new ItemError(next, new DatabaseError('the run was interrupted'), undefined, 'cancelled');
    if (message.length === 1 && only !== undefined) await sendOne(session, only, onStatement);
    else await sendTogether(session, message, onStatement);
  }
}

/** An embedded engine answers at once, so that without a turn of the event loop no signal would be heard before the run is over. */
export function hearSignals(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Hears of a statement that is sent alone: before it, and with the milliseconds that it took behind it. */
type OnStatement = (item: Item, ms: number | undefined) => void;

function messagesOf(session: Session, items: readonly Item[]): readonly (readonly Item[])[] {
  const { scripts } = session.driver;
  const messages: Item[][] = [];
  for (const item of items) {
    const last = messages.at(-1);
    const before = last?.at(-1);
    if (scripts !== false && before !== undefined && goTogether(session, before, item)) last?.push(item);
    else messages.push([item]);
  }
  return scripts === 'blind'
    ? messages.flatMap((message) => (isTransaction(message) ? [message] : message.map((item) => [item])))
    : messages;
}

/** On PostgreSQL a message is a transaction of its own, so one message never crosses the border of a group; nor may a blind one. */
function goTogether({ engine, driver }: Session, before: Item, item: Item): boolean {
  if (item.alone || before.alone) return false;
  return item.group === before.group || !(engine.scriptIsTransaction || driver.scripts === 'blind');
}

function isTransaction(message: readonly Item[]): boolean {
  return message[0]?.role === 'begin' && message.at(-1)?.role === 'commit';
}

async function sendOne(session: Session, item: Item, onStatement: OnStatement): Promise<void> {
  const { connection } = session;
  const sql = item.sql();
  try {
    if (item.act !== undefined) return await item.act();
    if (item.role === 'statement') onStatement(item, undefined);
    const begun = performance.now();
    if (item.source?.copyData !== undefined && connection.copy !== undefined) await connection.copy(sql, item.source.copyData);
    else await connection.query(sql).then((result) => checkEmpty(item, result.rows));
    if (item.role === 'statement') onStatement(item, performance.now() - begun);
  } catch (error) {
    throw toItemError(session, error, item, sql, 0);
  }
}

async function sendTogether(session: Session, items: readonly Item[], onStatement: OnStatement): Promise<void> {
  const texts = items.map((item) => item.sql());
  const blind = session.driver.scripts === 'blind';
  try {
    await session.connection.script(blind ? texts.map(closed).join(';') : texts.join(separator));
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (blind) {
      // Nothing of the transaction stays; sent one by one the failing statement shows itself, or nothing fails this time.
      await session.connection.query(session.engine.session.rollback).catch(() => undefined);
      for (const item of items) await sendOne(session, item, onStatement);
      return;
    }
    const { index, offset } = locateIn(texts, error);
    const item = items[index];
    if (item === undefined) throw error;
    throw toItemError(session, error, item, texts[index] ?? '', offset);
  }
}

/**
 * Which of the texts failed: by its position where the engine tells one (a whole message is parsed before any of it runs, so nothing
 * may be finished yet), else by the count of those that were finished.
 */
function locateIn(texts: readonly string[], error: DatabaseError): { readonly index: number; readonly offset: number } {
  let offset = 0;
  for (let index = 0; index < texts.length; index++) {
    const end = offset + (texts[index]?.length ?? 0) + separator.length;
    const here = error.position === undefined ? index === error.index : error.position < end;
    if (here) return { index, offset };
    offset = end;
  }
  return { index: texts.length - 1, offset: 0 };
}

function toItemError(session: Session, error: unknown, item: Item, sql: string, offset: number): unknown {
  if (!(error instanceof DatabaseError)) return error;
  // What runs between the statements has no place in a file.
  if (item.source === undefined) return new ItemError(item, error, undefined);
  const given = error.position === undefined ? undefined : error.position - offset;
  const inside = given !== undefined && given >= 0 && given <= sql.length;
  return new ItemError(item, error, inside ? given : session.engine.locate(sql, error));
}

/** A check before COMMIT finds nothing, or the transaction must not be committed. */
function checkEmpty(item: Item, rows: readonly ResultRow[]): void {
  if (item.role !== 'check') return;
  const found = newOrphans(rows, item.known);
  if (found.length === 0) return;
  const shown = found
    .slice(0, 3)
    .map((row) => `${String(row['table'])}${row['rowid'] == null ? '' : ` (row ${String(row['rowid'])})`} → ${String(row['parent'])}`);
  throw new DatabaseError(
    `${found.length === 1 ? 'a key points' : `${found.length} keys point`} to rows that do not exist: ${shown.join(', ')}`,
    {
      code: 'FOREIGN_KEY_CHECK',
    },
  );
}
