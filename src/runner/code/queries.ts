import { Failure } from '../../base/index.ts';
import type { Result } from '../../contracts/index.ts';
import { schemaView } from '../schema-view.ts';
import {
  beginTransaction,
  type CodeWork,
  checkAndRecord,
  checkStop,
  commitOpen,
  commitsInside,
  journalWrite,
  markCommitted,
  tell,
} from './work.ts';

/** A query of the code itself, inside the transaction that is open or one that begins now. */
export async function queryRows(work: CodeWork, sql: string, parameters: readonly unknown[]): Promise<Result> {
  await checkStop(work);
  const { run, step } = work;
  const { connection, engine, server } = run.session;
  if (engine.transactionControl(sql) !== undefined) {
    throw new Failure('migration.transaction-control', `migration ${step.identity.id} begins or ends a transaction by a query of its code`);
  }
  const traits = engine.classify(sql, server);
  if (!traits.transactional) await leaveTransaction(work);
  else if (step.transaction) await beginTransaction(work);
  if (traits.family === 'structure') {
    work.back = undefined;
    work.irreversible ||= 'its code changes the structure by queries, which are not inverted';
    work.view = schemaView(run.session);
  }
  if (traits.family === 'rows' || traits.family === 'structure') work.changedRows = true;
  if (traits.afterCrash !== 'repeat') {
    work.changedOutside ||= !work.inStep;
    if (!work.open) await noteUnstepped(work);
  }
  const statement = ++work.sent;
  if (run.singly) tell(work, { statement, sql: () => sql, ms: undefined });
  const begun = performance.now();
  const result = await connection.query(sql, parameters);
  if (run.singly) tell(work, { statement, sql: () => sql, ms: performance.now() - begun });
  return result;
}

/** What runs now commits by itself, or must not be in a transaction. */
async function leaveTransaction(work: CodeWork): Promise<void> {
  if (work.inStep) throw commitsInside(work, 'a step');
  if (work.inOwn) throw commitsInside(work, 'a transaction of its own');
  await commitOpen(work);
  work.atomic = false;
}

/** Something is about to run outside any transaction and step: whoever takes the migration up again must be told. */
export async function noteUnstepped(work: CodeWork): Promise<void> {
  if (work.inStep || work.code.unstepped) return;
  work.code = { ...work.code, unstepped: true };
  await checkAndRecord(work, () => [journalWrite(work)], false);
  markCommitted(work);
}
