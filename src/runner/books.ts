import type { Statement } from '../contracts/index.ts';
import { booksOf } from '../plan/index.ts';
import type { Session } from './session.ts';

/**
 * Makes the tables for names of rows and for kept rows where a statement needs them and they are not there. Where making tables would
 * end the transaction that is open, another connection makes them.
 */
export async function prepareBooks(session: Session, statements: readonly Statement[]): Promise<void> {
  if (!statements.some((statement) => statement.books === true)) return;
  const { connection, engine, server } = session;
  const books = booksOf(engine, server);
  const { rows } = await connection.query(engine.books.exists(books));
  if (rows.length > 0) return;
  const other = server.transactionalStructure ? undefined : await session.another?.();
  try {
    for (const sql of engine.books.create(books)) await (other ?? connection).query(sql);
  } finally {
    await other?.close();
  }
}

/** What takes away the names that a migration gave to rows, and the rows that it kept; nothing where no such tables are. */
export async function forgettingBooks(session: Session, migration: string): Promise<readonly string[]> {
  const { connection, engine, server } = session;
  const books = booksOf(engine, server);
  const { rows } = await connection.query(engine.books.exists(books));
  if (rows.length === 0) return [];
  return [books.names, books.kept].map((table) => `DELETE FROM ${table} WHERE migration = ${engine.quote.literal(migration)}`);
}
