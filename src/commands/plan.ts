import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson, Failure, type Problem } from '../base/index.ts';
import type { LatePolicy } from '../config/index.ts';
import type { Statement } from '../contracts/index.ts';
import type { Entry } from '../migration/index.ts';
import { formatLoss, risksBefore } from '../plan/index.ts';
import { ask, prepareDown, prepareUp, type Session, type Step } from '../runner/index.ts';
import type { Key } from '../schema/index.ts';
import { affectedRows } from './affected.ts';
import { sha256 } from './digest.ts';
import { type DownOptions, refuseEdited, refuseStoodOn, selectDown } from './down.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { type PlannedLoss, type PlannedStatement, type PlannedStep, type RunReport, shownBack, warning } from './report.ts';
import { lossesOf, prepareAll, preparerFor, type RunOptions, withRun } from './run.ts';
import { routeTo } from './to.ts';
import {
  applyUp,
  checkFiles,
  checkHistory,
  checkLate,
  refuseWaiting,
  roundingOf,
  selectPending,
  type UpOptions,
  warningsOf,
} from './up.ts';
import { writing } from './write.ts';

export interface PlanOptions extends CommonOptions {
  /** Plan up to, or back to, this migration; everything pending by default. */
  readonly to?: string;
  /** Plan taking back so many, or these, in place of going up. */
  readonly down?: number | 'all' | Pick<DownOptions, 'count' | 'id' | 'partial' | 'asApplied' | 'throughInstaller'>;
  readonly late?: LatePolicy;
  /** Every migration by itself, also where an installer would build the module. */
  readonly noInstaller?: boolean;
  /** A file to save the plan to. */
  readonly output?: string;
  /** Saved with the plan: what may be destroyed when it is run. */
  readonly allow?: readonly string[];
}

export interface PlanReport {
  readonly database: string;
  readonly server: string;
  readonly target: string;
  readonly steps: readonly PlannedStep[];
  readonly losses: readonly PlannedLoss[];
  /** Objects that appear, differ and go. */
  readonly summary: { readonly add: number; readonly change: number; readonly destroy: number };
  readonly statements: number;
  /** Every statement is known: no part is decided at run time. */
  readonly exact: boolean;
  readonly warnings: readonly Problem[];
  /** Where the plan was saved. */
  readonly saved?: string;
}

/** What would run, statement by statement. Writes nothing to the database, not even the history's table. */
export async function plan(options: PlanOptions = {}): Promise<PlanReport> {
  return inWorkplace(options, { command: 'plan', readOnly: true }, async (workplace) => {
    checkFiles(workplace, options.to);
    const { entries } = await readEntries(workplace);
    const { steps, warnings } = await planSteps(workplace, entries, options);
    const losses = (await lossesOf(workplace, steps)).map(({ loss, rows }) => ({ loss, rows, text: formatLoss(loss) }));
    const made = new Set<Key>();
    const affected = await affectedRows(
      workplace.session,
      steps.flatMap((step) => step.groups.flatMap((group) => group.statements)),
    );
    const planned = steps.map((step) => plannedStep(step, entries, { made, affected }));
    const report: PlanReport = {
      database: workplace.database.name,
      server: workplace.session.server.title,
      target: workplace.database.target.shown,
      steps: planned,
      losses,
      summary: summaryOf(planned),
      statements: planned.reduce((sum, step) => sum + step.statements.length, 0),
      exact: planned.every((step) => step.boundary === undefined),
      warnings,
    };
    if (options.output === undefined) return report;
    await savePlan(workplace, entries, report, { ...options, output: options.output });
    return { ...report, saved: options.output };
  });
}

async function planSteps(
  workplace: Workplace,
  entries: readonly Entry[],
  options: PlanOptions,
): Promise<{ readonly steps: readonly Step[]; readonly warnings: readonly Problem[] }> {
  const preparer = preparerFor(workplace);
  const route = options.to === undefined ? undefined : routeTo(entries, { ...options, to: options.to });
  const back = typeof options.down === 'object' ? options.down : options.down === undefined ? undefined : { count: options.down };
  const goesDown = back === undefined ? (route?.down ?? []) : selectDown(entries, back);
  const goesUp =
    back === undefined
      ? (route?.up ?? selectPending(entries, options.noInstaller === undefined ? {} : { noInstaller: options.noInstaller }))
      : [];
  if (goesDown.length > 0) refuseStoodOn(goesDown, (await readEntries(workplace)).all);
  if (back?.asApplied !== true) refuseEdited(goesDown);
  if (goesUp.length > 0) checkHistory(entries);
  refuseWaiting(goesUp);
  const late = checkLate(goesUp, options.late ?? workplace.project.config.late ?? 'warn');
  const down = await prepareAll(goesDown, (entry) => prepareDown(preparer, entry, { asApplied: back?.asApplied === true }));
  const up = await prepareAll(goesUp, (entry) => prepareUp(preparer, entry));
  const open = [...down, ...up].flatMap((step) =>
    step.boundary === undefined
      ? []
      : [
          warning('plan.stale', `${step.identity.id} is code: what follows ${step.boundary} is decided at run time`, {
            migration: step.identity.id,
          }),
        ],
  );
  return {
    steps: [...down, ...up],
    warnings: warningsOf(workplace, [...roundingOf(entries, back === undefined ? options.to : undefined), ...late, ...open]),
  };
}

interface Seen {
  readonly made: Set<Key>;
  readonly affected: ReadonlyMap<Statement, number | 'at run time'>;
}

function plannedStep(step: Step, entries: readonly Entry[], seen: Seen): PlannedStep {
  const { id, module, version, file, checksum } = step.identity;
  const { groups, back } = step;
  const open = step.late !== undefined && step.ownBack !== true;
  const own = groups.filter((group) => group.transactional).length;
  return {
    module,
    id,
    version,
    direction: step.direction,
    ...(file === undefined ? {} : { file }),
    ...(checksum === undefined ? {} : { checksum }),
    flags: entries.find((entry) => entry.id === id)?.flags ?? [],
    transaction: own === 0 && groups.length > 0 ? 'none' : groups.length > 1 ? 'several' : 'one',
    statements: groups.flatMap((group) => group.statements.map((statement) => plannedStatement(statement, group.transactional, seen))),
    back: open ? 'at run time' : back.kind === 'statements' && step.boundary !== undefined ? 'structure only' : shownBack(back),
    ...(back.kind === 'none' && !open && step.direction === 'up' ? { whyNoBack: back.why } : {}),
    ...(step.boundary === undefined ? (step.late === undefined ? {} : { boundary: 'the changes before it' }) : { boundary: step.boundary }),
    ...(step.foreseen === undefined ? {} : { foreseen: step.foreseen }),
    ...(step.resume === undefined ? {} : { resumeAfter: step.resume.done }),
  };
}

function plannedStatement(statement: Statement, transactional: boolean, { made, affected }: Seen): PlannedStatement {
  const rows = affected.get(statement);
  const { sql, lock, effects, at, parameters } = statement;
  return {
    sql,
    transactional,
    lock: lock.name,
    blocks: lock.blocks,
    risks: risksBefore(statement, made),
    effects,
    ...(rows === undefined ? {} : { rows }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(at === undefined ? {} : { file: at.file, line: at.line }),
  };
}

function summaryOf(steps: readonly PlannedStep[]): PlanReport['summary'] {
  const signs = steps.flatMap((step) => step.statements.flatMap((statement) => statement.effects.map((effect) => effect.sign)));
  const of = (sign: string): number => signs.filter((one) => one === sign).length;
  return { add: of('+'), change: of('~'), destroy: of('-') };
}

/** A plan in a file: which migrations, their exact statements, and the state of the world that they were worked out for. */
interface SavedPlan {
  readonly v: 1;
  readonly database: string;
  readonly engine: string;
  readonly structure: string;
  readonly history: string;
  readonly exact: boolean;
  readonly allow: readonly string[];
  readonly steps: readonly { readonly id: string; readonly checksum: string; readonly statements: readonly string[] }[];
}

async function savePlan(
  workplace: Workplace,
  entries: readonly Entry[],
  report: PlanReport,
  options: PlanOptions & { readonly output: string },
): Promise<void> {
  if (report.steps.some((step) => step.direction === 'down')) {
    throw new Failure('usage.invalid-value', 'only a plan that goes up can be saved', { state: 'nothing was written' });
  }
  const saved: SavedPlan = {
    v: 1,
    database: workplace.session.server.database,
    engine: workplace.database.engine.name,
    structure: await structureOf(workplace.session),
    history: historyOf(entries),
    exact: report.exact,
    allow: options.allow ?? [],
    steps: report.steps.map((step) => ({
      id: step.id,
      checksum: step.checksum ?? '',
      statements: step.statements.map((statement) => statement.sql),
    })),
  };
  const path = resolve(options.cwd ?? process.cwd(), options.output);
  writing(options.output, () => writeFileSync(path, `${JSON.stringify(saved, null, 2)}\n`));
}

async function structureOf(session: Session): Promise<string> {
  return sha256(await ask(session.connection, session.engine.fingerprint(session.server)));
}

function historyOf(entries: readonly Entry[]): string {
  return sha256(canonicalJson(entries.map(({ id, row }) => (row === undefined ? [id] : [id, row.state, row.checksum ?? null, row.done]))));
}

/** Runs a saved plan exactly. Refuses when files, history or structure are not those that it was made for. */
export async function upWithPlan(options: UpOptions & RunOptions & { readonly plan: string }): Promise<RunReport> {
  const saved = readPlan(resolve(options.cwd ?? process.cwd(), options.plan), options.plan);
  return inWorkplace(options, { command: 'up', readOnly: false }, async (workplace) => {
    checkFiles(workplace);
    return await withRun(workplace, options, async (run, entries) => {
      const reasons = await staleReasons(workplace, entries, saved);
      if (reasons.length > 0) {
        throw new Failure('plan.stale', `the plan "${options.plan}" does not fit any more: ${reasons.join('; ')}`, {
          state: 'nothing was run',
        });
      }
      const wanted = new Set(saved.steps.map((step) => step.id));
      const chosen = entries.filter((entry) => entry.row !== undefined || wanted.has(entry.id));
      return applyUp(workplace, run, chosen, { ...options, allow: [...(options.allow ?? []), ...saved.allow] });
    });
  });
}

function readPlan(path: string, shown: string): SavedPlan {
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as SavedPlan;
    if (saved.v === 1 && Array.isArray(saved.steps)) return saved;
  } catch (error) {
    throw new Failure(
      'usage.invalid-value',
      `the plan "${shown}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    );
  }
  throw new Failure('usage.invalid-value', `"${shown}" is no saved plan`);
}

async function staleReasons(workplace: Workplace, entries: readonly Entry[], saved: SavedPlan): Promise<readonly string[]> {
  const { session, database } = workplace;
  const reasons: string[] = [];
  if (saved.engine !== database.engine.name) reasons.push(`it was made for ${saved.engine}`);
  if (saved.database !== session.server.database)
    reasons.push(`it was made for the database ${saved.database}, this is ${session.server.database}`);
  if (saved.history !== historyOf(entries)) reasons.push('migrations were applied, taken back, added or removed since');
  if (saved.structure !== (await structureOf(session))) reasons.push('the structure of the database has changed since');
  const preparer = preparerFor(workplace);
  for (const step of saved.steps) {
    const entry = entries.find((candidate) => candidate.id === step.id);
    if (entry?.migration === undefined) {
      reasons.push(`the file of ${step.id} is gone`);
      continue;
    }
    const prepared = await prepareUp(preparer, entry);
    const statements = prepared.step?.groups.flatMap((group) => group.statements.map((statement) => statement.sql));
    const same = prepared.step?.identity.checksum === step.checksum && canonicalJson(statements) === canonicalJson(step.statements);
    if (!same) reasons.push(`${step.id} is another one now`);
  }
  return reasons;
}
