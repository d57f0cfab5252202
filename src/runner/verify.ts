import { Failure } from '../base/index.ts';
import { DatabaseError, type Extension, type Statement } from '../contracts/index.ts';
import type { Conventions } from '../schema/index.ts';
import { runCodeCheck } from './code/check.ts';
import type { Item } from './items.ts';
import type { BrokenCheck, Checked, Run } from './run-types.ts';
import { ItemError } from './send.ts';
import type { Session } from './session.ts';

export interface CheckOptions {
  /** A transaction is open, which must go on behind the checks. */
  readonly inTransaction: boolean;
  readonly services: Readonly<Record<string, unknown>>;
  readonly extensions: readonly Extension[];
  readonly conventions?: Conventions;
  readonly log: (message: string) => void;
}

/** How the checks of a step of a run are run. */
export function checkOptions(run: Run, { identity }: Checked, inTransaction: boolean): CheckOptions {
  const { services, extensions, conventions } = run;
  const log = (message: string): void => run.emit({ ev: 'log', migration: identity.id, message });
  return { inTransaction, services, extensions, ...(conventions === undefined ? {} : { conventions }), log };
}

/** Whether a migration has checks of its own. */
export function hasChecks(checked: Checked): boolean {
  return checked.verify.length > 0 || checked.verifyCode !== undefined;
}

/**
 * Runs the checks of a migration in a transaction that is rolled back. A statement holds when it runs and does not give a single value
 * that is false, zero or empty; a function when it neither throws nor gives false. Gives the first that does not hold.
 */
export async function runChecks(session: Session, checked: Checked, options: CheckOptions): Promise<BrokenCheck | undefined> {
  const { connection, engine } = session;
  if (!hasChecks(checked)) return undefined;
  const [open, close] = options.inTransaction
    ? ['SAVEPOINT lockstep_verify', 'ROLLBACK TO SAVEPOINT lockstep_verify']
    : [engine.session.begin, engine.session.rollback];
  await connection.query(open);
  try {
    for (const check of checked.verify) {
      const broken = await runCheck(session, check);
      if (broken !== undefined) return broken;
    }
    const { verifyCode, identity } = checked;
    return verifyCode === undefined ? undefined : await runCodeCheck(session, verifyCode, { ...options, identity });
  } finally {
    await connection.query(close).catch(() => undefined);
  }
}

async function runCheck(session: Session, { sql, at }: Statement): Promise<BrokenCheck | undefined> {
  try {
    const { rows } = await session.connection.query(sql);
    const [row] = rows;
    const values = row === undefined ? [] : Object.values(row);
    if (rows.length !== 1 || values.length !== 1 || !isFalse(values[0])) return undefined;
    return { at, why: `it gives ${String(values[0])}`, error: undefined };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { at, why: error.message, error };
  }
}

/** A broken check as what stops the items behind it. */
export function checkError({ at, why, error }: BrokenCheck, next: Pick<Item, 'sql' | 'group' | 'alone' | 'behind'>): ItemError {
  const item: Item = { ...next, role: 'check', ...(at === undefined ? {} : { at }) };
  return new ItemError(item, new DatabaseError(`a check does not hold: ${why}`, { code: error?.code ?? '' }), undefined);
}

/** The failure for a check that does not hold. */
export function checkFailure(id: string, { at, why, error }: BrokenCheck): Failure {
  const engine = error === undefined ? {} : { engine: { message: error.message, code: error.code } };
  return new Failure(
    'verify.failed',
    `a check of migration ${id} does not hold: ${why}`,
    { ...(at === undefined ? {} : { place: at }), ...engine, data: { migration: id } },
    error,
  );
}

function isFalse(value: unknown): boolean {
  return value === false || value === null || value === 0 || value === '0' || value === 'f' || value === '' || value === 0n;
}
