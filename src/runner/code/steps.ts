import { Failure } from '../../base/index.ts';
import type { ResultRow } from '../../contracts/index.ts';
import type { CodeProgress } from '../../migration/index.ts';
import { parseName } from '../../schema/index.ts';
import { pauseFor } from '../wait.ts';
import { literal } from './literal.ts';
import type { Batch, BatchOptions } from './migration.ts';
import type { ChangeQueue } from './queue.ts';
import {
  beginTransaction,
  type CodeWork,
  checkAndRecord,
  checkStop,
  commitOpen,
  flush,
  journalWrite,
  loseWayBack,
  markCommitted,
} from './work.ts';

/** Runs a named part in a transaction of its own and remembers its result; one that an earlier run finished is not run again. */
export function runStep<T>(work: CodeWork, queue: ChangeQueue, name: string, body: () => T | Promise<T>): Promise<T> {
  return oneAtATime(work, queue, async () => {
    const { run, step } = work;
    const migration = step.identity.id;
    const skipped = Object.hasOwn(work.code.steps, name);
    const begun = performance.now();
    if (skipped) passOver(work);
    else {
      await checkStop(work);
      await inOwnTransaction(work, queue, body, (value) => {
        work.code = { ...work.code, steps: { ...work.code.steps, [name]: plain(value, migration, name) } };
      });
    }
    run.emit({ ev: 'step.end', migration, step: name, ms: performance.now() - begun, skipped });
    // What is remembered is given now too, so that the code behind it is the same after a crash.
    return work.code.steps[name] as T;
  });
}

interface BatchTask {
  readonly name: string;
  readonly options: BatchOptions;
  readonly body: (batch: Batch) => unknown;
}

/** Goes through a table by ranges of a key; each batch is committed with how far it got, and a resumed run goes on behind it. */
export function runBatches(work: CodeWork, queue: ChangeQueue, task: BatchTask): Promise<void> {
  return oneAtATime(work, queue, async () => {
    const { name, options } = task;
    const { stop, emit } = work.run;
    if (work.code.batches[name] !== undefined) passOver(work);
    if (work.code.batches[name]?.finished === true) return;
    const total = await countRows(work, task);
    const begun = performance.now();
    for (;;) {
      await checkStop(work);
      const { rows, finished } = await runBatch(work, queue, task);
      const elapsedMs = Math.round(performance.now() - begun);
      const { id } = work.step.identity;
      emit({ ev: 'statement.progress', migration: id, phase: name, done: rows, total: Math.max(total, rows), elapsedMs });
      if (finished === true) return;
      if (options.pauseMs !== undefined) await pauseFor(options.pauseMs, stop);
    }
  });
}

type BatchProgress = CodeProgress['batches'][string];

async function runBatch(work: CodeWork, queue: ChangeQueue, task: BatchTask): Promise<BatchProgress> {
  const { name, options, body } = task;
  const { last: after, rows: before } = work.code.batches[name] ?? { last: undefined, rows: 0 };
  const size = options.size ?? 1000;
  const keys = await nextKeys(work, options, after, size);
  const upTo = usableKey(work, task, keys.at(-1));
  const full = keys.length === size;
  const progress: BatchProgress = { last: upTo ?? after, rows: before + keys.length, ...(full ? {} : { finished: true }) };
  await inOwnTransaction(
    work,
    queue,
    () => (keys.length === 0 ? undefined : body({ after, upTo, rows: keys.length })),
    () => {
      work.code = { ...work.code, batches: { ...work.code.batches, [name]: progress } };
    },
  );
  return progress;
}

async function nextKeys(work: CodeWork, options: BatchOptions, after: unknown, size: number): Promise<readonly unknown[]> {
  const { engine } = work.run.session;
  const key = engine.quote.identifier(options.key);
  const behind = after === undefined ? '' : ` AND ${key} > ${literal(engine, after)}`;
  const rows = await select(work, `SELECT ${key} AS k ${fromTable(work, options)}${behind} ORDER BY ${key} LIMIT ${size}`);
  return rows.map((row) => row['k']);
}

/** All rows that the condition selects; a resumed run adds what it has done, because those may not be selected any more. */
async function countRows(work: CodeWork, { name, options }: BatchTask): Promise<number> {
  const [counted] = await select(work, `SELECT count(*) AS n ${fromTable(work, options)}`);
  return Number(counted?.['n'] ?? 0) + (options.where === undefined ? 0 : (work.code.batches[name]?.rows ?? 0));
}

function fromTable({ run }: CodeWork, { table, where }: BatchOptions): string {
  return `FROM ${run.session.engine.quote.name(parseName(table))} WHERE ${where === undefined ? '1 = 1' : `(${where})`}`;
}

async function select(work: CodeWork, sql: string): Promise<readonly ResultRow[]> {
  return (await work.calls.own(() => work.run.session.connection.query(sql))).rows;
}

/** A step that is not run again may have changed the structure, where a step can. */
function passOver(work: CodeWork): void {
  if (work.run.session.server.transactionalStructure) loseWayBack(work);
}

/** The journal keeps how far it is as a number or a text; a date would come back as another one. */
function usableKey({ step }: CodeWork, { name, options }: BatchTask, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined || typeof value === 'number' || typeof value === 'string') return value;
  throw new Failure(
    'migration.threw',
    `batches "${name}" of migration ${step.identity.id} cannot go by ${options.table}.${options.key}: a key must be a number or a text`,
  );
}

/** What came before is committed: from here on the migration keeps a journal. */
async function oneAtATime<T>(work: CodeWork, queue: ChangeQueue, body: () => Promise<T>): Promise<T> {
  const { id } = work.step.identity;
  if (work.stepping) throw new Failure('migration.threw', `migration ${id} begins a step before another has ended`);
  if (work.inOwn) throw new Failure('migration.threw', `migration ${id} begins a step inside a transaction of its own`);
  work.stepping = true;
  try {
    await work.calls.settle();
    await work.calls.own(async () => {
      await flush(work, queue.take(false));
      await commitOpen(work);
      work.atomic = false;
    });
    return await body();
  } finally {
    work.stepping = false;
  }
}

async function inOwnTransaction<T>(
  work: CodeWork,
  queue: ChangeQueue,
  body: () => T | Promise<T>,
  note: (value: T) => void,
): Promise<void> {
  const { calls } = work;
  work.inStep = true;
  try {
    await calls.own(() => beginTransaction(work));
    const value = await body();
    await calls.settle();
    await calls.own(async () => {
      await flush(work, queue.take(false));
      note(value);
      await checkAndRecord(work, () => [journalWrite(work)], true);
      markCommitted(work);
    });
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
