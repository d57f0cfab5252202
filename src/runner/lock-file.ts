import { Failure } from '../base/index.ts';
import { type Connection, DatabaseError } from '../contracts/index.ts';
import { sqliteDriver } from '../drivers/index.ts';
import type { LockAttempt } from './lock-types.ts';

/**
 * A lock beside a database that lives in files: an open write transaction on a small SQLite database. The system frees it when the
 * process dies, whatever kills it; a committed row names the holder for those who wait.
 */
export async function acquireFileLock(path: string, holder: string): Promise<LockAttempt> {
  const connection = await open(path);
  try {
    await connection.query('PRAGMA busy_timeout = 0');
    await connection.query('CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), who TEXT NOT NULL)');
    // The row must be committed to be seen and the transaction open to hold, so whoever finds the own name after BEGIN has both.
    for (;;) {
      await connection.query('BEGIN IMMEDIATE');
      if ((await holderOf(connection)) === holder) break;
      await connection.query('INSERT OR REPLACE INTO holder VALUES (1, ?)', [holder]);
      await connection.query('COMMIT');
    }
    return {
      lock: {
        assert: undefined,
        release: async () => {
          await connection.query('ROLLBACK').catch(() => undefined);
          await connection.close();
        },
      },
    };
  } catch (error) {
    const busy = error instanceof DatabaseError && /BUSY|LOCKED/.test(error.code);
    const who = busy ? await holderOf(connection).catch(() => undefined) : undefined;
    await connection.close().catch(() => undefined);
    if (!busy) throw unusable(path, error);
    return { holder: who ?? 'a run that has just begun' };
  }
}

async function open(path: string): Promise<Connection> {
  try {
    return await sqliteDriver().connect(
      { url: `sqlite:${path.replace(/[%?#]/g, encodeURIComponent)}`, shown: path, base: '/' },
      { label: 'lockstep lock' },
    );
  } catch (error) {
    throw unusable(path, error);
  }
}

async function holderOf(connection: Connection): Promise<string | undefined> {
  const [row] = (await connection.query('SELECT who FROM holder')).rows;
  return row === undefined ? undefined : String(row['who']);
}

function unusable(path: string, error: unknown): Failure {
  if (error instanceof DatabaseError && error.code === 'ENOENT') {
    return new Failure('connection.failed', `the database beside "${path}" cannot be opened: ${error.message}`, {
      state: 'nothing was changed',
      fix: ['correct the path in the URL, or make the folder'],
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError && /FULL|IOERR/.test(error.code)) {
    const state = 'nothing was changed';
    return new Failure('database.storage', `the run lock "${path}" cannot be written: ${message}`, { engine: { message }, state });
  }
  return new Failure('database.read-only', `the run lock "${path}" cannot be written: ${message}`, {
    engine: { message },
    state: 'nothing was changed',
    fix: ['check the rights of the folder that the database lies in'],
  });
}
