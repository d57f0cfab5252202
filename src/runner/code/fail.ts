import { count, Failure, joined, placeInStack } from '../../base/index.ts';
import { DatabaseError, type ErrorKind } from '../../contracts/index.ts';
import type { CodeProgress, JournalNote } from '../../migration/index.ts';
import { fixesFor, stepFailure } from '../failure.ts';
import { codeForKind } from '../kinds.ts';
import { failedWrite } from '../record.ts';
import type { Step } from '../run-types.ts';
import { ItemError } from '../send.ts';
import { settle } from '../settle.ts';
import type { CodeWork } from './work.ts';

/** What is known of a failure: its kind, what remains in words, and whether something does. */
interface Remains {
  readonly kind: ErrorKind;
  readonly state: string;
  readonly partial: boolean;
}

type BlockersOf = (touches: readonly string[]) => Promise<readonly string[]>;

/** Ends a migration that failed: rolls back what is open, records the failure, and says truthfully what remains. */
export async function fail(
  work: CodeWork,
  error: unknown,
  blockersOf: BlockersOf,
): Promise<{ readonly failure: Failure; readonly partial: boolean }> {
  const { run, step, committed } = work;
  const { connection, engine } = run.session;
  const database = error instanceof ItemError ? error.error : error instanceof DatabaseError ? error : undefined;
  const kind = database === undefined ? 'other' : engine.errorKind(database);
  if (kind !== 'lost' && work.open && run.together !== true) await connection.query(engine.session.rollback).catch(() => undefined);
  const remains = await recordRemains(work, kind, error);
  const failure = error instanceof ItemError ? await itemFailure(work, error, remains, blockersOf) : codeFailure(work, error, remains);
  const { partial } = remains;
  return { partial, failure: committed.code.unstepped ? failure.with({ fix: unsteppedFixes(step.identity.id) }) : failure };
}

/** Says in the history what stands, as well as the connection still can. */
async function recordRemains(work: CodeWork, kind: ErrorKind, error: unknown): Promise<Remains> {
  const { run, step, done, digests, committed, recorded } = work;
  const { connection, store } = run.session;
  const note: JournalNote | undefined = hasProgress(committed.code) ? { code: committed.code } : undefined;
  const settled = await settle(run, step, { kind, done: committed.done, total: done, recorded, statement: undefined });
  if (kind === 'lost' || run.together === true) return { kind, ...settled };
  const write = failedWrite(run, step, {
    error: error instanceof Error ? error.message : String(error),
    done: committed.done,
    total: done,
    finished: digests[committed.done],
    ...(note === undefined ? {} : { note }),
  });
  for (const sql of store.record(run.session, write)) await connection.query(sql).catch(() => undefined);
  return note === undefined ? { kind, ...settled } : { kind, state: `NOT rolled back: ${remainsOf(work)}`, partial: true };
}

function hasProgress({ steps, batches, unstepped }: CodeProgress): boolean {
  return Object.keys(steps).length > 0 || Object.keys(batches).length > 0 || unstepped;
}

/** What of a migration is committed although it failed, in words. */
function remainsOf({ step, committed }: CodeWork): string {
  const { steps, batches, unstepped } = committed.code;
  const { id } = step.identity;
  if (unstepped) return `what the code of ${id} changed outside its steps stays, and running it again would change it twice`;
  const names = Object.keys(steps).map((name) => `"${name}"`);
  const parts = [
    ...(committed.done === 0 ? [] : [count(committed.done, 'statement')]),
    ...(names.length === 0 ? [] : [`step ${joined(names)}`]),
    ...Object.entries(batches).map(([name, { rows }]) => `${count(rows, 'row')} of batches "${name}"`),
  ];
  return `${joined(parts)} of ${id} ${parts.length === 1 ? 'stays and is' : 'stay and are'} journalled`;
}

async function itemFailure(work: CodeWork, error: ItemError, remains: Remains, blockersOf: BlockersOf): Promise<Failure> {
  const { run, step, done } = work;
  const { source, statement = 0 } = error.item;
  return stepFailure({
    step,
    ...remains,
    error,
    total: Math.max(done, statement + 1),
    source: step.identity.text,
    advice: run.session.engine.advice?.(source?.sql ?? '', error.error),
    blockers: remains.kind === 'busy' ? await blockersOf(source?.touches ?? []) : [],
  });
}

function codeFailure({ run, step }: CodeWork, error: unknown, { kind, state, partial }: Remains): Failure {
  const { id, file, text } = step.identity;
  const source = text === undefined ? {} : { source: text };
  const place = file === undefined ? undefined : placeInStack(error, { path: file, ...(text === undefined ? {} : { text }) });
  const more = { state, data: { migration: id }, ...(place === undefined ? {} : { place, ...source }) };
  if (error instanceof Failure) return error.with({ ...more, ...error.details, state });
  if (run.stop.aborted && error === run.stop.reason)
    return new Failure('interrupted', `migration ${id} was interrupted`, { state, data: { migration: id } });
  const message = error instanceof Error ? error.message : String(error);
  const fix = fixesFor(kind, partial, place, true);
  if (error instanceof DatabaseError) {
    const { code, detail, hint } = error;
    const engine = { message, code, ...(detail === undefined ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
    return new Failure(codeForKind(kind), `migration ${id} failed in a query of its code: ${message}`, { ...more, engine, fix }, error);
  }
  return new Failure('migration.threw', `migration ${id} threw: ${message}`, { ...more, fix }, error);
}

/** The failure for taking up code that changed something which nobody could keep count of. */
export function unstepped(step: Step): Failure {
  const { id } = step.identity;
  return new Failure(
    'resume.undecidable',
    `migration ${id} broke off after its code had changed something outside any step; running it again would change it twice`,
    { state: `what ran before stays; the rest of ${id} did not run`, fix: unsteppedFixes(id), data: { migration: id } },
  );
}

function unsteppedFixes(id: string): readonly string[] {
  return [
    `lockstep mark applied ${id} --reason WHY   when the rest was done by hand`,
    `lockstep mark pending ${id} --reason WHY   when what ran was undone by hand`,
  ];
}
