import { Failure, placeInStack } from '../../base/index.ts';
import { DatabaseError, type ErrorKind } from '../../contracts/index.ts';
import type { CodeProgress } from '../../migration/index.ts';
import { fixesFor, isLockLost, stepFailure } from '../failure.ts';
import { recordFailed } from '../history.ts';
import { codeOf } from '../kinds.ts';
import { failedWrite } from '../record.ts';
import type { Broken, Run, Step } from '../run-types.ts';
import { ItemError } from '../send.ts';
import { type Settled, settle } from '../settle.ts';
import type { CodeWork } from './work.ts';

/** What is known of a failure: its kind, and what remains in words. */
interface Remains {
  readonly kind: ErrorKind;
  readonly settled: Settled;
}

type BlockersOf = (touches: readonly string[]) => Promise<readonly string[]>;

/** Ends a migration that failed: rolls back what is open, records the failure, and says truthfully what remains. */
export async function fail(work: CodeWork, error: unknown, blockersOf: BlockersOf): Promise<Broken> {
  const { run, step, committed } = work;
  const { connection, engine } = run.session;
  const kind = kindOf(run, error);
  if (kind !== 'lost' && work.open && run.together !== true) await connection.query(engine.session.rollback).catch(() => undefined);
  const remains: Remains = { kind, settled: await recordRemains(work, kind, error) };
  const failure = error instanceof ItemError ? await itemFailure(work, error, remains, blockersOf) : codeFailure(work, error, remains);
  const { state: _, ...rest } = remains.settled;
  return { ...rest, failure: committed.code.unstepped ? failure.with({ fix: unsteppedFixes(step.identity.id) }) : failure };
}

/** What an error means, also when the code has put one of its own around it. */
function kindOf(run: Run, error: unknown): ErrorKind {
  if (error instanceof ItemError) return error.kind ?? run.session.engine.errorKind(error.error);
  if (error instanceof DatabaseError) return run.session.engine.errorKind(error);
  if (error instanceof Failure) return error.code === 'interrupted' ? 'cancelled' : 'other';
  return error instanceof Error && error.cause !== undefined ? kindOf(run, error.cause) : 'other';
}

/** Says in the history what stands, as well as the connection still can. */
async function recordRemains(work: CodeWork, kind: ErrorKind, error: unknown): Promise<Settled> {
  const { run, step, done, digests, committed, recorded, resume } = work;
  const { code } = committed;
  const noted = hasProgress(code);
  // What it was told counts only together with what it did for it.
  const told = committed.done > 0 && code.looks !== undefined;
  const settled = await settle(run, step, { kind, done: committed.done, total: done, recorded, statement: undefined, code });
  // Without the lock the row may be another run's by now.
  const isOurs = kind !== 'lost' && !(error instanceof ItemError && isLockLost(error, kind)) && run.together !== true;
  if (isOurs) {
    const write = failedWrite(run, step, {
      error: error instanceof Error ? error.message : String(error),
      done: committed.done,
      total: done,
      // Whoever failed before coming as far as the run before leaves its mark where it is.
      finished: digests[committed.done] ?? (committed.done === resume.done ? resume.digest : undefined),
      ...(noted || told ? { note: { code } } : {}),
    });
    await recordFailed(run.session, write);
  }
  return { ...settled, partial: settled.partial || noted };
}

function hasProgress({ steps, batches, unstepped }: CodeProgress): boolean {
  return Object.keys(steps).length > 0 || Object.keys(batches).length > 0 || unstepped;
}

async function itemFailure(work: CodeWork, error: ItemError, { kind, settled }: Remains, blockersOf: BlockersOf): Promise<Failure> {
  const { run, step, done } = work;
  const { source, statement = 0 } = error.item;
  return stepFailure({
    step,
    kind,
    state: settled.state,
    partial: settled.partial,
    error,
    total: Math.max(done, statement + 1),
    source: step.identity.text,
    advice: run.session.engine.advice?.(source?.sql ?? '', error.error),
    blockers: kind === 'busy' ? await blockersOf(source?.touches ?? []) : [],
  });
}

function codeFailure({ step }: CodeWork, error: unknown, { kind, settled }: Remains): Failure {
  const { state, partial } = settled;
  const { id, file, text } = step.identity;
  const source = text === undefined ? {} : { source: text };
  const place = file === undefined ? undefined : placeInStack(error, { path: file, ...(text === undefined ? {} : { text }) });
  const more = { state, data: { migration: id }, ...(place === undefined ? {} : { place, ...source }) };
  if (error instanceof Failure) return error.with({ ...more, ...error.details, state });
  const message = error instanceof Error ? error.message : String(error);
  const fix = fixesFor(kind, { step, partial, place });
  if (error instanceof DatabaseError || kind === 'lost' || kind === 'cancelled') {
    const { code, detail, hint } = error instanceof DatabaseError ? error : {};
    const said = {
      ...(code === undefined ? {} : { code }),
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
    };
    const engine = { message, ...said };
    return new Failure(codeOf(kind), `migration ${id} failed in a query of its code: ${message}`, { ...more, engine, fix }, error);
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
