import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ResultRow } from '../../src/contracts/index.ts';
import type { TestDatabase } from './database.ts';

/** Runs statements on a connection of its own and gives the rows of the last. */
export async function onDatabase(database: TestDatabase, ...statements: readonly string[]): Promise<readonly ResultRow[]> {
  const connection = await database.connect();
  try {
    let rows: readonly ResultRow[] = [];
    for (const sql of statements) rows = (await connection.query(sql)).rows;
    return rows;
  } finally {
    await connection.close();
  }
}

/** A session that holds what its statements take until it is closed. */
export async function openSessionWith(database: TestDatabase, ...statements: readonly string[]): Promise<Connection> {
  const connection = await database.connect();
  for (const sql of statements) await connection.query(sql);
  return connection;
}

/** Waits until something is there. The test's own time limit ends a wait in vain. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(25);
  }
}

/** The number of a session that sleeps, or waits for others, in a statement or message that contains a text. */
export function sessionAt(database: TestDatabase, text: string): Promise<string> {
  const wanted = text.replaceAll("'", "''");
  const sql =
    database.flavour === 'postgres'
      ? `SELECT pid::text AS session FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND state = 'active' AND wait_event_type IN ('Timeout', 'Lock') AND query LIKE '%${wanted}%'`
      : `SELECT ID AS session FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()
          AND COMMAND = 'Query' AND (STATE = 'User sleep' OR STATE LIKE 'Waiting for %') AND INFO LIKE '%${wanted}%'`;
  return watch(database, sql);
}

/** The number of the session that the program itself works in. */
export function sessionOfProgram(database: TestDatabase): Promise<string> {
  const sql =
    database.flavour === 'postgres'
      ? `SELECT pid::text AS session FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'lockstep up %' AND application_name NOT LIKE '% watch'`
      : 'SELECT min(ID) AS session FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() HAVING session IS NOT NULL';
  return watch(database, sql);
}

async function watch(database: TestDatabase, sql: string): Promise<string> {
  const connection = await database.connect();
  try {
    return await eventually(async () => {
      const [row] = (await connection.query(sql)).rows;
      return row === undefined ? undefined : String(row['session']);
    });
  } finally {
    await connection.close();
  }
}

/** Ends a session from outside, as an administrator does. */
export async function endSession(database: TestDatabase, session: string): Promise<void> {
  await onDatabase(database, database.flavour === 'postgres' ? `SELECT pg_terminate_backend(${session})` : `KILL ${session}`);
}

/** Statements that make the table `hold`, empty or with a row: with one, `linger` takes its time. */
export function holdTable(held: boolean): readonly string[] {
  return ['CREATE TABLE hold (id integer)', ...(held ? ['INSERT INTO hold VALUES (1)'] : [])];
}

/** A statement that takes some seconds while the table `hold` has a row, and none when it is empty. */
export function linger(flavour: 'postgres' | 'mariadb', seconds = 60): string {
  return `SELECT ${flavour === 'postgres' ? 'pg_sleep' : 'SLEEP'}(${seconds}) FROM hold`;
}
