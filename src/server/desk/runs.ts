import { randomBytes } from 'node:crypto';
import { Failure, type Problem, problemOf } from '../../base/index.ts';
import type { RunEvent } from '../../contracts/index.ts';

/** A run that was started by a page, as far as it has come. */
export interface DeskRun {
  readonly run: string;
  readonly kind: 'up' | 'down' | 'load' | 'remove';
  readonly env: string;
  readonly by: string;
  readonly begun: string;
  readonly ended?: string;
  readonly state: 'running' | 'stopping' | 'done' | 'failed' | 'refused';
  /** What should run, in that order, and how far each has come. */
  readonly steps: readonly DeskStep[];
  /** What people are told besides, the newest last. */
  readonly log: readonly { readonly at: string; readonly text: string }[];
  readonly problems: readonly Problem[];
  /** The lines of files at which something failed. */
  readonly frames: readonly { readonly file: string; readonly from: number; readonly line: number; readonly lines: readonly string[] }[];
  /** The statement that is under way. */
  readonly now?: { readonly migration: string; readonly statement: number; readonly of?: number; readonly sql: string };
}

export interface DeskStep {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'untouched';
  readonly statements?: number;
  readonly ms?: number;
}

/** What a run is given to hear of a wish to stop. */
export interface RunSignals {
  readonly stop: AbortSignal;
  readonly cancel: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** How a run ended: the ids that were done, failed and left alone, and what was wrong. */
export interface RunEnd {
  readonly done: readonly { readonly id: string; readonly ms?: number }[];
  readonly failed: readonly { readonly id: string; readonly problem?: Problem }[];
  readonly untouched: readonly { readonly id: string }[];
  readonly warnings: readonly Problem[];
  readonly failures: readonly Failure[];
}

export interface Runs {
  list(): readonly DeskRun[];
  /** Starts one in the background. Refuses while one runs on the same database. */
  start(of: Pick<DeskRun, 'kind' | 'env' | 'by'>, work: (signals: RunSignals) => Promise<RunEnd>): DeskRun;
  /** No further statement begins; `now` cancels the one that is running. */
  stop(run: string, now: boolean): DeskRun;
  /** Hears of a run whenever something of it has changed. */
  hear(listener: (run: DeskRun) => void): () => void;
}

const kept = 20;
const logMost = 500;
const sqlMost = 2000;

/** Runs that pages start, in the memory of this process: what a run did stands in the history of its database. */
export function runsOf(clock: () => Date): Runs {
  const all = new Map<string, DeskRun>();
  const controllers = new Map<string, { readonly stop: AbortController; readonly cancel: AbortController }>();
  const listeners = new Set<(run: DeskRun) => void>();
  const at = (): string => clock().toISOString();
  const known = (run: string): DeskRun => {
    const found = all.get(run);
    if (found === undefined) throw new Failure('team.unknown-call', `no run ${run} was started here lately`);
    return found;
  };
  const put = (run: DeskRun): void => {
    all.set(run.run, run);
    for (const listener of listeners) listener(run);
  };
  return {
    list: () => [...all.values()].reverse(),
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: (of, work) => {
      const other = [...all.values()].find(({ env, ended }) => env === of.env && ended === undefined);
      if (other !== undefined)
        throw new Failure('lock.busy', `a run of ${other.by} is under way on this database`, {
          state: 'nothing was started',
          data: { run: other.run },
        });
      const run = randomBytes(8).toString('hex');
      const [stop, cancel] = [new AbortController(), new AbortController()];
      controllers.set(run, { stop, cancel });
      put({ run, ...of, begun: at(), state: 'running', steps: [], log: [], problems: [], frames: [] });
      const emit = (event: RunEvent): void => put(after(known(run), event, at()));
      void work({ stop: stop.signal, cancel: cancel.signal, emit })
        .then((end) => put(ended(known(run), end, at())))
        .catch((error: unknown) => put(refused(known(run), error, at())))
        .finally(() => {
          controllers.delete(run);
          const over = [...all.values()].filter((one) => one.ended !== undefined);
          for (const old of over.slice(0, Math.max(0, over.length - kept))) all.delete(old.run);
        });
      return known(run);
    },
    stop: (run, now) => {
      const found = known(run);
      const controller = controllers.get(run);
      if (controller === undefined) return found;
      controller.stop.abort();
      if (now) controller.cancel.abort();
      if (found.ended === undefined) put({ ...found, state: 'stopping' });
      return known(run);
    },
  };
}

function after(run: DeskRun, event: RunEvent, at: string): DeskRun {
  const step = (id: string, change: Partial<DeskStep>): readonly DeskStep[] =>
    run.steps.some((one) => one.id === id)
      ? run.steps.map((one) => (one.id === id ? { ...one, ...change } : one))
      : [...run.steps, { id, state: 'waiting', ...change }];
  const said = (text: string): DeskRun => ({ ...run, log: [...run.log, { at, text }].slice(-logMost) });
  switch (event.ev) {
    case 'run.start':
      return { ...run, steps: event.migrations.map((id) => ({ id, state: 'waiting' })) };
    case 'migration.start':
      return { ...run, steps: step(event.migration, { state: 'running', statements: event.statements }) };
    case 'statement.start': {
      const { migration, statement, of, sql } = event;
      return { ...run, now: { migration, statement, sql: sql.slice(0, sqlMost), ...(of === undefined ? {} : { of }) } };
    }
    case 'migration.end': {
      const { now: _, ...rest } = run;
      return { ...rest, steps: step(event.migration, { state: event.outcome, statements: event.statements, ms: event.ms }) };
    }
    case 'lock.waiting':
      return said(`waiting for the run lock, held by ${event.holder}`);
    case 'log':
      return said(`${event.migration}: ${event.message}`);
    case 'notice':
      return said(event.message);
    case 'warning':
    case 'error':
      return said(`${event.code}: ${event.message}`);
    case 'rows':
      return said(`${event.table}: ${event.rows} rows`);
    case 'statement.retry':
      return said(`${event.migration}: tried again (${event.attempt}) because ${event.reason}`);
    default:
      return run;
  }
}

const linesAround = 2;

/** The lines around the place of a failure, as they were when it was read. */
function framesOf(failures: readonly Failure[]): DeskRun['frames'] {
  return failures.flatMap(({ details: { place, source } }) => {
    if (place === undefined || source === undefined) return [];
    const from = Math.max(1, place.line - linesAround);
    const lines = source.split('\n').slice(from - 1, place.line + linesAround);
    return [{ file: place.file, from, line: place.line, lines: lines.map((line) => line.slice(0, sqlMost)) }];
  });
}

function ended({ now: _, ...run }: DeskRun, { done, failed, untouched, warnings, failures }: RunEnd, at: string): DeskRun {
  const end = new Map<string, DeskStep['state']>([
    ...done.map(({ id }) => [id, 'done'] as const),
    ...failed.map(({ id }) => [id, 'failed'] as const),
    ...untouched.map(({ id }) => [id, 'untouched'] as const),
  ]);
  const missing = [...end.keys()].filter((id) => !run.steps.some((one) => one.id === id)).map((id): DeskStep => ({ id, state: 'waiting' }));
  return {
    ...run,
    ended: at,
    state: failed.length > 0 ? 'failed' : 'done',
    steps: [...run.steps, ...missing].map((one) => ({ ...one, state: end.get(one.id) ?? one.state })),
    frames: framesOf(failures),
    problems: [...failed.flatMap(({ problem }) => (problem === undefined ? [] : [problem])), ...warnings],
  };
}

function refused({ now: _, ...run }: DeskRun, error: unknown, at: string): DeskRun {
  const { problems = undefined } = error instanceof Failure ? error.details : {};
  const failures = problems ?? [
    error instanceof Failure ? error : new Failure('internal.bug', 'something went wrong in the server; its own log says more'),
  ];
  return { ...run, ended: at, state: 'refused', problems: failures.map((one) => problemOf(one)), frames: framesOf(failures) };
}
