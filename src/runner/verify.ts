import { Failure } from '../base/index.ts';
import { DatabaseError, type Statement } from '../contracts/index.ts';
import type { Session } from './session.ts';

/**
 * Runs the checks of a migration in a transaction that is rolled back. A check holds when its statement runs and does not give a single
 * value that is false, zero or empty. Gives a failure for the first that does not hold.
 */
export async function runChecks(session: Session, id: string, checks: readonly Statement[], inTransaction: boolean): Promise<Failure | undefined> {
  const { connection, engine } = session;
  if (checks.length === 0) return undefined;
  const [open, close] = inTransaction ? ['SAVEPOINT lockstep_verify', 'ROLLBACK TO SAVEPOINT lockstep_verify'] : [engine.session.begin, engine.session.rollback];
  await connection.query(open);
  try {
    for (const check of checks) {
      const failure = await runCheck(session, id, check);
      if (failure !== undefined) return failure;
    }
    return undefined;
  } finally {
    await connection.query(close).catch(() => undefined);
  }
}

async function runCheck(session: Session, id: string, check: Statement): Promise<Failure | undefined> {
  const details = check.at === undefined ? {} : { place: check.at };
  try {
    const { rows } = await session.connection.query(check.sql);
    const [row] = rows;
    const values = row === undefined ? [] : Object.values(row);
    if (rows.length !== 1 || values.length !== 1 || !isFalse(values[0])) return undefined;
    return new Failure('verify.failed', `a check of migration ${id} does not hold: it gives ${String(values[0])}`, details);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return new Failure('verify.failed', `a check of migration ${id} fails: ${error.message}`, { ...details, engine: { message: error.message, code: error.code } }, error);
  }
}

function isFalse(value: unknown): boolean {
  return value === false || value === null || value === 0 || value === '0' || value === 'f' || value === '' || value === 0n;
}
