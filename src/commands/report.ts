import { type Code, catalogue, type Failure, type Problem, problemOf } from '../base/index.ts';
import type { Effect, Loss, Risk, WayBack } from '../contracts/index.ts';
import { type Entry, type Flag, fixturePrefix, type State } from '../migration/index.ts';
import type { Foreseen, Ran, Step } from '../runner/index.ts';

export function warning(code: Code, message: string, more: Partial<Problem> = {}): Problem {
  return { code, level: 'warning', message, fix: catalogue[code].fix, ...more };
}

/** A migration as every list shows it. */
export interface Listed {
  readonly module: string;
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly state: State;
  readonly flags: readonly Flag[];
  readonly partial: boolean;
  /** The installer that stands for it, when it is run. */
  readonly coveredBy?: string;
  readonly file?: string;
  readonly appliedAt?: string;
  readonly by?: string;
  readonly ms?: number;
  readonly error?: string;
  readonly reason?: string;
  readonly done?: number;
  readonly total?: number;
}

export function listed(entry: Entry): Listed {
  const { row } = entry;
  const file = entry.migration?.file.path ?? row?.file;
  return {
    module: entry.module,
    id: entry.id,
    version: entry.version,
    name: entry.name,
    state: entry.state,
    flags: entry.flags,
    partial: entry.partial,
    ...(entry.passedOver?.by === undefined ? {} : { coveredBy: entry.passedOver.by }),
    ...(file === undefined ? {} : { file }),
    ...(row?.finishedAt === undefined ? {} : { appliedAt: row.finishedAt }),
    ...(row?.by === undefined ? {} : { by: row.by }),
    ...(row?.milliseconds === undefined ? {} : { ms: row.milliseconds }),
    ...(row?.error === undefined ? {} : { error: row.error }),
    ...(row?.reason === undefined ? {} : { reason: row.reason }),
    ...(entry.partial && row !== undefined ? { done: row.done, total: row.total } : {}),
  };
}

/** How a way back is spoken of. */
export type ShownBack = WayBack['kind'] | 'structure only' | 'data kept';

export function shownBack(back: WayBack): ShownBack {
  if (back.kind !== 'statements') return back.kind;
  return back.structureOnly === true ? 'structure only' : back.kept === true ? 'data kept' : back.kind;
}

/** What became of one migration in a run. */
export interface RunItem {
  readonly module: string;
  readonly id: string;
  readonly version: string;
  readonly direction: 'up' | 'down';
  readonly statements: number;
  readonly ms?: number;
  /** How it can be taken back now. */
  readonly back?: ShownBack;
  readonly partial?: boolean;
  readonly problem?: Problem;
}

/** What a run did, counted and named: every migration that was meant to run is in exactly one of the three lists. */
export interface RunReport {
  readonly database: string;
  readonly server: string;
  readonly target: string;
  readonly direction: 'up' | 'down';
  readonly run?: string;
  readonly done: readonly RunItem[];
  readonly failed: readonly RunItem[];
  readonly untouched: readonly RunItem[];
  readonly warnings: readonly Problem[];
  readonly interrupted: boolean;
  /** Everything was rolled back on purpose. */
  readonly rehearsed: boolean;
  readonly ms: number;
  /** Why nothing was to do. */
  readonly nothing?: string;
  /** The last migration that is in the database now, by module; absent when the database could not be asked. */
  readonly at?: Readonly<Record<string, string>>;
  /** The failures themselves, for whoever prints frames. */
  readonly failures: readonly Failure[];
}

/** A statement as a plan shows it. */
export interface PlannedStatement {
  readonly sql: string;
  readonly transactional: boolean;
  readonly lock: string;
  readonly blocks: string;
  readonly risks: readonly Risk[];
  readonly effects: readonly Effect[];
  /** Of a change of rows: how many it means now; `at run time` where statements before it may change that. */
  readonly rows?: number | 'at run time';
  /** Values that were given by name and stand in the SQL as literals. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly line?: number;
}

export interface PlannedLoss {
  readonly loss: Loss;
  readonly text: string;
  /** Rows or values that would be gone; counted up to a limit. */
  readonly rows: number;
}

/** What one migration would do. */
export interface PlannedStep {
  readonly module: string;
  readonly id: string;
  readonly version: string;
  readonly direction: 'up' | 'down';
  readonly file?: string;
  readonly checksum?: string;
  readonly flags: readonly Flag[];
  readonly transaction: 'one' | 'several' | 'none';
  readonly statements: readonly PlannedStatement[];
  readonly back: ShownBack | 'at run time';
  readonly whyNoBack?: string;
  /** Where evaluation stopped; what follows is decided at run time. */
  readonly boundary?: string;
  /** What stands behind the boundary and is known. */
  readonly foreseen?: readonly Foreseen[];
  /** Statements that an earlier run finished. */
  readonly resumeAfter?: number;
}

/** A migration that was asked for, as a report lists it. */
export function itemOf(step: Step): RunItem {
  const { id, module, version } = step.identity;
  return {
    id,
    module,
    version,
    direction: step.direction,
    statements: step.groups.reduce((sum, group) => sum + group.statements.length, 0),
  };
}

/** The same of one that ran. */
export function ranItem({ step, outcome }: Ran): RunItem {
  const item = { ...itemOf(step), ms: Math.round(outcome.ms) };
  if (outcome.kind === 'failed') return { ...item, partial: outcome.partial, problem: problemOf(outcome.failure) };
  return {
    ...item,
    statements: outcome.statements,
    back: shownBack(outcome.back),
  };
}

/** An id for people: fixtures are recorded beside migrations and have no need of their prefix where they are shown. */
export function shownId(id: string): string {
  return id.startsWith(fixturePrefix) ? id.slice(fixturePrefix.length) : id;
}
