import { DatabaseError, type Traits } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';

type Place = Pick<Session, 'connection' | 'driver' | 'engine' | 'server'>;

/** How many statements go into one message at most: a transaction keeps a lock for each object that it makes, and a server has room for some thousands. */
export const mostAtOnce = 100;

/**
 * Whether a statement does the same beside others in a message or a transaction as it does alone. One about the session does not: what it
 * sets may end with the transaction.
 */
export function mayBeTogether({ family, transactional }: Pick<Traits, 'family' | 'transactional'>, { server }: Place): boolean {
  return family === 'structure' && (transactional || !server.transactionalStructure);
}

/**
 * Sends statements in one message, and gives how many of them have run: all of them, or those before the first that failed, which may then
 * be sent alone for its error. Where structure can be rolled back it is all or none.
 */
export async function runTogether(texts: readonly string[], { connection, driver, engine, server }: Place): Promise<number> {
  const { begin, commit, rollback } = engine.session;
  if (texts.length < 2 || (driver.scripts !== true && !server.transactionalStructure)) return 0;
  // A statement may end in a comment to the end of its line, and an embedded engine keeps the text up to the separator.
  const closed = texts.map((sql) => (/--|#/.test(sql.slice(sql.lastIndexOf('\n') + 1)) ? `${sql}\n` : sql));
  try {
    await connection.script((server.transactionalStructure ? [begin, ...closed, commit] : closed).join(';'));
    return texts.length;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.lost) throw error;
    if (!server.transactionalStructure) return error.index ?? 0;
    await connection.query(rollback).catch(() => undefined);
    return 0;
  }
}

/** Runs a statement by itself and gives why it failed. A connection that is lost is thrown. */
export async function errorOf(sql: string, { connection }: Pick<Place, 'connection'>): Promise<DatabaseError | undefined> {
  try {
    await connection.query(sql);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError && !error.lost) return error;
    throw error;
  }
}
