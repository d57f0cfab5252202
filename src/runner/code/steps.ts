import { Failure } from '../../base/index.ts';
import { parseName } from '../../schema/index.ts';
import { pauseFor } from '../wait.ts';
import type { Batch, BatchOptions } from './migration.ts';
import type { ChangeQueue } from './queue.ts';
import { beginTransaction, type CodeWork, checkAndRecord, checkStop, commitOpen, flush, journalWrite, markCommitted } from './work.ts';

/** Runs a named part in a transaction of its own and remembers its result; one that an earlier run finished is not run again. */
export async function runStep<T>(work: CodeWork, queue: ChangeQueue, name: string, body: () => T | Promise<T>): Promise<T> {
  const { run, step } = work;
  await leaveAtomic(work, queue);
  const migration = step.identity.id;
  if (Object.hasOwn(work.code.steps, name)) {
    run.emit({ ev: 'step.end', migration, step: name, ms: 0, skipped: true });
    return work.code.steps[name] as T;
  }
  await checkStop(work);
  const begun = performance.now();
  const result = await inOwnTransaction(work, queue, body, (value) => {
    work.code = { ...work.code, steps: { ...work.code.steps, [name]: plain(value, migration, name) } };
  });
  run.emit({ ev: 'step.end', migration, step: name, ms: performance.now() - begun, skipped: false });
  return result;
}

/** Goes through a table by ranges of a key; each batch is committed with how far it got, and a resumed run goes on behind it. */
export async function runBatches(
  work: CodeWork,
  queue: ChangeQueue,
  task: { readonly name: string; readonly options: BatchOptions; readonly body: (batch: Batch) => unknown },
): Promise<void> {
  const { name, options, body } = task;
  const { run, step } = work;
  const { connection, engine } = run.session;
  await leaveAtomic(work, queue);
  const table = engine.quote.name(parseName(options.table));
  const key = engine.quote.identifier(options.key);
  const condition = options.where === undefined ? '' : ` AND (${options.where})`;
  const size = options.size ?? 1000;
  const known = work.code.batches[name];
  if (known?.finished === true) return;
  const [counted] = (await connection.query(`SELECT count(*) AS n FROM ${table} WHERE 1 = 1${condition}`)).rows;
  const total = Number(counted?.['n'] ?? 0) + (options.where === undefined ? 0 : (known?.rows ?? 0));
  const begun = performance.now();
  let { last, rows } = known ?? { last: undefined, rows: 0 };
  for (;;) {
    await checkStop(work);
    const behind = last === undefined ? '' : ` AND ${key} > ${engine.quote.literal(last as string)}`;
    const [next] = (
      await connection.query(
        `SELECT max(k) AS up_to, count(*) AS n FROM (SELECT ${key} AS k FROM ${table} WHERE 1 = 1${behind}${condition} ORDER BY ${key} LIMIT ${size}) AS batch`,
      )
    ).rows;
    const count = Number(next?.['n'] ?? 0);
    const upTo = next?.['up_to'];
    const batch: Batch = { after: last, upTo, rows: count };
    await inOwnTransaction(
      work,
      queue,
      () => (count === 0 ? undefined : body(batch)),
      () => {
        rows += count;
        last = count === 0 ? last : upTo;
        const finished = count < size ? { finished: true as const } : {};
        work.code = { ...work.code, batches: { ...work.code.batches, [name]: { last, rows, ...finished } } };
      },
    );
    const elapsedMs = Math.round(performance.now() - begun);
    run.emit({ ev: 'statement.progress', migration: step.identity.id, phase: name, done: rows, total: Math.max(total, rows), elapsedMs });
    if (count < size) return;
    if (options.pauseMs !== undefined) await pauseFor(options.pauseMs, run.stop);
  }
}

/** What came before is committed: from here on the migration keeps a journal. */
async function leaveAtomic(work: CodeWork, queue: ChangeQueue): Promise<void> {
  if (work.inStep) throw new Failure('migration.threw', `migration ${work.step.identity.id} opens a step inside a step`);
  await flush(work, queue.take(false));
  await commitOpen(work);
  work.atomic = false;
}

async function inOwnTransaction<T>(work: CodeWork, queue: ChangeQueue, body: () => T | Promise<T>, note: (value: T) => void): Promise<T> {
  const { connection, engine } = work.run.session;
  work.inStep = true;
  try {
    await beginTransaction(work);
    const value = await body();
    await flush(work, queue.take(false));
    note(value);
    await beginTransaction(work);
    await checkAndRecord(work, () => journalWrite(work));
    await connection.query(engine.session.commit);
    work.open = false;
    markCommitted(work);
    return value;
  } finally {
    work.inStep = false;
  }
}

function plain(value: unknown, migration: string, name: string): unknown {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  if (text === undefined)
    throw new Failure('migration.threw', `the result of step "${name}" of migration ${migration} does not fit into JSON`);
  return JSON.parse(text);
}
