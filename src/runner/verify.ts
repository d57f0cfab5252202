import { Failure } from '../base/index.ts';
import { DatabaseError, type Statement } from '../contracts/index.ts';
import type { Session } from './session.ts';

/** A check that does not hold, and why in words. */
export interface BrokenCheck {
  readonly check: Statement;
  readonly why: string;
  readonly error: DatabaseError | undefined;
}

/**
 * Runs the checks of a migration in a transaction that is rolled back. A check holds when its statement runs and does not give a single
 * value that is false, zero or empty. Gives the first that does not hold.
 */
export async function runChecks(session: Session, checks: readonly Statement[], inTransaction: boolean): Promise<BrokenCheck | undefined> {
  const { connection, engine } = session;
  if (checks.length === 0) return undefined;
  const [open, close] = inTransaction
    ? ['SAVEPOINT lockstep_verify', 'ROLLBACK TO SAVEPOINT lockstep_verify']
    : [engine.session.begin, engine.session.rollback];
  await connection.query(open);
  try {
    for (const check of checks) {
      const broken = await runCheck(session, check);
      if (broken !== undefined) return broken;
    }
    return undefined;
  } finally {
    await connection.query(close).catch(() => undefined);
  }
}

async function runCheck(session: Session, check: Statement): Promise<BrokenCheck | undefined> {
  try {
    const { rows } = await session.connection.query(check.sql);
    const [row] = rows;
    const values = row === undefined ? [] : Object.values(row);
    if (rows.length !== 1 || values.length !== 1 || !isFalse(values[0])) return undefined;
    return { check, why: `it gives ${String(values[0])}`, error: undefined };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { check, why: error.message, error };
  }
}

/** The failure for a check that does not hold. */
export function checkFailure(id: string, { check, why, error }: BrokenCheck): Failure {
  const engine = error === undefined ? {} : { engine: { message: error.message, code: error.code } };
  const place = check.at === undefined ? {} : { place: check.at };
  return new Failure(
    'verify.failed',
    `a check of migration ${id} does not hold: ${why}`,
    { ...place, ...engine, data: { migration: id } },
    error,
  );
}

function isFalse(value: unknown): boolean {
  return value === false || value === null || value === 0 || value === '0' || value === 'f' || value === '' || value === 0n;
}
