import { Failure } from '../base/index.ts';
import { type CodeFunction, DatabaseError, type Statement } from '../contracts/index.ts';
import { codeHolds } from './code/check.ts';
import { placeInStack } from './code/place.ts';
import type { Checks, Identity, Run, Step } from './run-types.ts';
import type { Session } from './session.ts';

/** A check that does not hold, and why in words. */
export interface BrokenCheck {
  readonly check: Statement | undefined;
  readonly why: string;
  readonly error: unknown;
}

/** What the code of a check is given beside the database. */
export interface CheckContext {
  readonly services: Readonly<Record<string, unknown>>;
  log(message: string): void;
}

export function hasChecks({ statements, code }: Checks): boolean {
  return statements.length > 0 || code !== undefined;
}

/**
 * Runs the checks of a migration in a transaction that is rolled back. A check holds when its statement runs and does not give a single
 * value that is false, zero or empty, or when its function gives anything but `false`. Gives the first that does not hold.
 */
export async function runChecks(
  session: Session,
  checks: Checks,
  inTransaction: boolean,
  given: CheckContext,
): Promise<BrokenCheck | undefined> {
  const { connection, engine } = session;
  if (!hasChecks(checks)) return undefined;
  const [open, close] = inTransaction
    ? ['SAVEPOINT lockstep_verify', 'ROLLBACK TO SAVEPOINT lockstep_verify']
    : [engine.session.begin, engine.session.rollback];
  await connection.query(open);
  try {
    for (const check of checks.statements) {
      const broken = await runCheck(session, check);
      if (broken !== undefined) return broken;
    }
    return checks.code === undefined ? undefined : await runCodeCheck(session, checks.code, given);
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

async function runCodeCheck(session: Session, code: CodeFunction, given: CheckContext): Promise<BrokenCheck | undefined> {
  try {
    return (await codeHolds(session, code, given)) ? undefined : { check: undefined, why: 'its function gives false', error: undefined };
  } catch (error) {
    return { check: undefined, why: error instanceof Error ? error.message : String(error), error };
  }
}

export function checkContext(run: Run, step: Step): CheckContext {
  return { services: run.services, log: (message) => run.emit({ ev: 'log', migration: step.identity.id, message }) };
}

/** The failure for a check that does not hold. */
export function checkFailure({ id, file, text }: Identity, { check, why, error }: BrokenCheck): Failure {
  const engine = error instanceof DatabaseError ? { engine: { message: error.message, code: error.code } } : {};
  const at = check === undefined && file !== undefined ? placeInStack(error, file) : check?.at;
  const place = at === undefined ? {} : { place: at, ...(text === undefined ? {} : { source: text }) };
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
