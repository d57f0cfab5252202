import { Failure, grouped, type Problem, together } from '../base/index.ts';
import { chosenExtensions } from '../config/index.ts';
import { DatabaseError, type LossFound, lossCap } from '../contracts/index.ts';
import { type Entry, isInDatabase, protectionId } from '../migration/index.ts';
import { formatLoss, possibleLosses } from '../plan/index.ts';
import {
  acquireLock,
  ask,
  boundLockWaits,
  callHook,
  checkTogether,
  type LoopOptions,
  nameView,
  type Prepared,
  type Preparer,
  plannedShared,
  prepareDown,
  type Ran,
  type Run,
  type RunResult,
  refusal,
  runSteps,
  runTogether,
  type Step,
  schemaView,
} from '../runner/index.ts';
import { formatName } from '../schema/index.ts';
import { randomHex, sha256 } from './digest.ts';
import { actor, readEntries, type Workplace, waitOptions } from './open.ts';
import type { CommonOptions } from './options.ts';
import { conventionsOf, formatTools } from './project.ts';
import { itemOf, type RunReport, ranItem } from './report.ts';
import { refuseMissing } from './store.ts';

export interface RunOptions extends CommonOptions {
  readonly onError?: 'halt' | 'ignore' | 'backout';
  readonly transaction?: 'each' | 'all';
  /** What may be destroyed: `destructive`, or `destructive:TABLE`. */
  readonly allow?: readonly string[];
  /** Run the checks of each migration before it is committed. */
  readonly verify?: boolean;
  /** Run everything, then roll it back. */
  readonly rehearse?: boolean;
  /** Send each statement alone, so that `emit` hears of its beginning and its end; else as many as possible share a message. */
  readonly singly?: boolean;
}

/** Holds the run lock while `work` goes on; the entries are read after the lock is ours. */
export async function withRun<T>(
  workplace: Workplace,
  options: RunOptions,
  work: (run: Run, entries: readonly Entry[]) => Promise<T>,
): Promise<T> {
  const { session, project, database } = workplace;
  if (session.server.readOnly) {
    throw new Failure('database.read-only', `${database.target.shown} does not accept changes`, { state: 'nothing was changed' });
  }
  const { by, host } = actor(options);
  const id = `${new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomHex(4)}`;
  const emit = options.emit ?? (() => undefined);
  const waiting = waitOptions(project, options);
  const lockTimeoutMs = waiting.timeoutMs;
  const stop = options.stop ?? new AbortController().signal;
  const lock = await acquireLock(session, { ...waiting, lease: project.config.lock === 'lease', digest: sha256 });
  const cancel = (): void => {
    void session.connection.cancel?.().catch(() => undefined);
  };
  options.cancel?.addEventListener('abort', cancel);
  try {
    const first = await looked(workplace, lockTimeoutMs);
    const run: Run = {
      id,
      by,
      host,
      session,
      lock,
      emit,
      digest: sha256,
      random: randomHex,
      clock: () => new Date(),
      lockTimeoutMs,
      verify: options.verify === true,
      singly: options.singly === true,
      stop,
      setUp: async () => {
        if (first.isSetUp) return;
        refuseMissing(project, session);
        await setUp(session, lockTimeoutMs);
      },
      hooks: project.config.hooks ?? {},
      services: project.config.services ?? {},
      extensions: chosenExtensions(project.config.extensions),
      shared: new Map(),
      conventions: conventionsOf(project),
    };
    return await work(run, first.entries);
  } finally {
    options.cancel?.removeEventListener('abort', cancel);
    await lock.release();
  }
}

/** What stands in the history, and whether it has its tables. */
async function looked(workplace: Workplace, lockTimeoutMs: number): ReturnType<typeof readEntries> {
  const found = await readEntries(workplace);
  await boundLockWaits(workplace.session, lockTimeoutMs);
  return found;
}

/** Makes the tables of the history, or brings older ones up to date. */
export async function setUp(session: Workplace['session'], lockTimeoutMs: number): Promise<void> {
  try {
    // There is one try only, so it is given all the time.
    await boundLockWaits(session, lockTimeoutMs, true);
    await session.store.prepare(session);
    await boundLockWaits(session, lockTimeoutMs);
  } catch (error) {
    throw refusal(session, error, {
      what: 'the tables of the history cannot be made',
      state: 'nothing was run',
      grant: ['grant the user the right to create tables', 'run `lockstep up` as a user who may'],
    });
  }
}

export function preparerFor(workplace: Workplace): Preparer {
  const { session, project, database, collected } = workplace;
  return {
    session,
    formats: project.formats,
    tools: formatTools(project, database.engine),
    placeholders: (module) => project.placeholders(collected.modules.find(({ name }) => name === module)),
    digest: sha256,
    view: schemaView(session),
    names: nameView(session),
    extensions: chosenExtensions(project.config.extensions),
    shared: plannedShared(),
  };
}

/** Prepares entries one after another; all problems of all of them are reported together, and then nothing runs. */
export async function prepareAll(entries: readonly Entry[], prepare: (entry: Entry) => Promise<Prepared>): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const problems: Failure[] = [];
  for (const entry of entries) {
    const prepared = await prepare(entry);
    problems.push(...prepared.problems);
    if (prepared.step !== undefined) steps.push(prepared.step);
  }
  if (problems.length > 0) {
    throw refused(problems);
  }
  return steps;
}

/** Problems that forbid a run. What one of them says of an earlier run stays said. */
export function refused(problems: readonly Failure[], sentence?: (n: number) => string): Failure {
  const failure = together(problems, sentence);
  return failure.details.state === undefined ? failure.with({ state: 'nothing was run' }) : failure;
}

/** What the steps would destroy that is there now, with counts. */
export async function lossesOf(workplace: Workplace, steps: readonly Step[]): Promise<readonly LossFound[]> {
  const { session } = workplace;
  const possible = possibleLosses(steps.flatMap((step) => step.groups.flatMap((group) => group.statements)));
  if (possible.length === 0) return [];
  const found = await ask(session.connection, session.engine.losses(possible, session.server));
  return found.filter(({ rows }) => rows > 0);
}

/** Refuses what statements that were not known before the run would destroy; what the run itself made does not count. */
export function approver(workplace: Workplace, steps: readonly Step[], allow: readonly string[]): NonNullable<Run['approve']> {
  const { session } = workplace;
  const known = steps.flatMap((step) => step.groups.flatMap((group) => group.statements));
  const approved = new Set(possibleLosses(known).map(formatLoss));
  return async (statements) => {
    const possible = possibleLosses([...known, ...statements]).filter((loss) => !approved.has(formatLoss(loss)));
    if (possible.length === 0) return;
    const found = await ask(session.connection, session.engine.losses(possible, session.server));
    checkAllowed(
      found.filter(({ rows }) => rows > 0),
      allow,
    );
  };
}

/** Refuses losses that no `--allow` covers. */
export function checkAllowed(losses: readonly LossFound[], allow: readonly string[]): void {
  const refused = losses.filter(
    ({ loss }) =>
      !allow.some(
        (one) => one === 'destructive' || one === `destructive:${loss.table.name}` || one === `destructive:${formatName(loss.table)}`,
      ),
  );
  if (refused.length === 0) return;
  const tables = [...new Set(refused.map(({ loss }) => formatName(loss.table)))];
  throw new Failure('destructive.not-allowed', `data would be lost: ${refused.map(describeLoss).join('; ')}`, {
    state: 'nothing was run',
    fix: [tables.map((table) => `--allow destructive:${table}`).join(' '), 'lockstep plan'],
    data: { losses: refused.map(({ loss, rows }) => ({ ...loss, rows })) },
  });
}

export function describeLoss({ loss, rows }: LossFound): string {
  const capped = rows > lossCap ? `over ${grouped(lossCap)}` : grouped(rows);
  const unit = loss.what === 'column' || loss.what === 'values' ? 'value' : 'row';
  return `${formatLoss(loss)} (${capped} ${unit}${rows === 1 ? '' : 's'})`;
}

/**
 * The names by which a protected database may be confirmed: that of its own mark, which goes with it wherever it is reached from, and that of
 * the configuration. None where it is not protected.
 */
export async function protectedAs({ database, session }: Workplace): Promise<readonly string[]> {
  const [mark] = (await session.store.read(session, [protectionId])) ?? [];
  return [...(mark?.name === undefined ? [] : [mark.name]), ...(database.protected ? [database.name] : [])];
}

/** A protected database must be named by whoever changes it. */
export async function confirmProtected(workplace: Workplace, options: CommonOptions, what: string): Promise<void> {
  const names = await protectedAs(workplace);
  const [name] = names;
  if (name === undefined || (options.confirm !== undefined && names.includes(options.confirm))) return;
  if (options.confirm !== undefined) {
    throw new Failure('confirm.rejected', `--confirm ${options.confirm} does not name this database; it is called ${name}`, {
      state: 'nothing was changed',
      fix: [`--confirm ${inShell(name)}`],
    });
  }
  await confirm(options, {
    text: `${name} is protected. ${what}`,
    losses: [],
    type: name,
    flag: `--confirm ${inShell(name)}`,
  });
}

/** A text as one word of a shell. */
function inShell(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export async function confirm(options: CommonOptions, question: Parameters<NonNullable<CommonOptions['ask']>>[0]): Promise<void> {
  if (options.ask === undefined) {
    throw new Failure('confirm.needed', `${question.text} Without a terminal the answer must be given: ${question.flag}`, {
      state: 'nothing was changed',
      fix: [question.flag],
      ...(question.losses.length === 0 ? {} : { data: { losses: question.losses } }),
    });
  }
  if (!(await options.ask(question))) {
    throw new Failure('confirm.rejected', 'the answer was No', { state: 'nothing was changed', fix: [question.flag] });
  }
}

/** Runs the steps by the options' rules and reports every one of them. */
export async function runAndReport(
  workplace: Workplace,
  run: Run,
  steps: readonly Step[],
  options: RunOptions & { readonly direction: 'up' | 'down'; readonly warnings: readonly Problem[] },
): Promise<RunReport> {
  const begun = performance.now();
  const { config } = workplace.project;
  const all = options.rehearse === true || (options.transaction ?? config.transaction) === 'all';
  if (all) checkTogether(run, steps);
  // What is rehearsed makes its tables inside the transaction that is rolled back.
  if (options.rehearse !== true) await run.setUp();
  run.emit({
    ev: 'run.start',
    run: run.id,
    database: workplace.database.target.shown,
    direction: options.direction,
    total: steps.length,
    migrations: steps.map((step) => step.identity.id),
  });
  await callHook(run, 'beforeRun', options).catch(refusedByHook);
  const loop: LoopOptions = { onError: options.onError ?? config.onError ?? 'halt', wayBack: (ran) => wayBack(workplace, ran) };
  const approving: Run = { ...run, approve: approver(workplace, steps, options.allow ?? []) };
  const result = all ? await runTogether(approving, steps, options.rehearse !== true) : await runSteps(approving, steps, loop);
  const late = await failureOfHook(callHook(run, 'afterRun', options));
  const ms = performance.now() - begun;
  run.emit({ ev: 'done', done: result.done.length, failed: result.failed.length, untouched: result.untouched.length, ms });
  return reportOf(workplace, {
    run,
    result,
    ms,
    direction: options.direction,
    warnings: options.warnings,
    rehearsed: options.rehearse === true,
    late,
  });
}

/** A hook in front of a run forbids it. */
export function refusedByHook(error: unknown): never {
  throw error instanceof Failure ? error.with({ state: 'nothing was run' }) : error;
}

/** What a hook behind the run ends in must not hide what the run did. */
export async function failureOfHook(call: Promise<void>): Promise<Failure | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.with({ state: 'the run is over: what it did stays' });
    throw error;
  }
}

async function wayBack(workplace: Workplace, ran: readonly Ran[]): Promise<readonly Step[]> {
  const { entries } = await readEntries(workplace);
  const preparer = preparerFor(workplace);
  const steps: Step[] = [];
  for (const { step } of ran) {
    const entry = entries.find((candidate) => candidate.id === step.identity.id);
    if (entry === undefined) continue;
    const prepared = await prepareDown(preparer, entry, { asApplied: false });
    // What has no way back ends the way back: nothing below it may be taken away.
    if (prepared.step === undefined || prepared.problems.length > 0) break;
    steps.push(prepared.step);
  }
  return steps;
}

async function reportOf(
  workplace: Workplace,
  ended: {
    readonly run: Run;
    readonly result: RunResult;
    readonly ms: number;
    readonly direction: 'up' | 'down';
    readonly warnings: readonly Problem[];
    readonly rehearsed: boolean;
    /** A failure that belongs to no migration. */
    readonly late: Failure | undefined;
  },
): Promise<RunReport> {
  const { run, result, ms, direction, warnings, rehearsed, late } = ended;
  const outcomes = result.failed.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome] : []));
  const failures = [...outcomes.map((outcome) => outcome.failure), ...(late === undefined ? [] : [late])];
  const at = outcomes.some((outcome) => outcome.unknown) ? undefined : await versionsNow(workplace);
  return {
    ...headOf(workplace, direction),
    run: run.id,
    done: result.done.map(ranItem),
    failed: result.failed.map(ranItem),
    untouched: result.untouched.map((step) => itemOf(step)),
    warnings,
    interrupted: result.interrupted || failures.some((failure) => failure.code === 'interrupted'),
    rehearsed,
    ms,
    ...(at === undefined ? {} : { at }),
    failures,
  };
}

/** Where the database is now, if need be on a new connection; nothing when it cannot be asked any more. */
async function versionsNow(workplace: Workplace): Promise<RunReport['at']> {
  const known = await versionsOn(workplace);
  if (known !== undefined) return known;
  const session = await workplace.session.reopen().catch(() => undefined);
  if (session === undefined) return undefined;
  try {
    return await versionsOn({ ...workplace, session });
  } finally {
    await session.close().catch(() => undefined);
  }
}

async function versionsOn(workplace: Workplace): Promise<RunReport['at']> {
  try {
    return versionsOf((await readEntries(workplace)).entries);
  } catch (error) {
    if (error instanceof DatabaseError) return undefined;
    throw error;
  }
}

export function headOf(workplace: Workplace, direction: 'up' | 'down'): Pick<RunReport, 'database' | 'server' | 'target' | 'direction'> {
  const { database, session } = workplace;
  return { database: database.name, server: session.server.title, target: database.target.shown, direction };
}

/** A report of a run that had nothing to do, and why. */
export function nothingToDo(
  workplace: Workplace,
  direction: 'up' | 'down',
  nothing: string,
  entries: readonly Entry[],
  warnings: readonly Problem[],
): RunReport {
  const empty = { done: [], failed: [], untouched: [], failures: [], interrupted: false, rehearsed: false, ms: 0 };
  return { ...headOf(workplace, direction), ...empty, warnings, nothing, at: versionsOf(entries) };
}

/** The last migration of each module that is in the database. */
export function versionsOf(entries: readonly Entry[]): Readonly<Record<string, string>> {
  const at: Record<string, string> = {};
  for (const entry of entries) if (isInDatabase(entry.row) && entry.migration !== undefined) at[entry.module] = entry.id;
  return at;
}
