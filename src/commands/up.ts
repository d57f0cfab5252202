import { count, Failure, type Problem } from '../base/index.ts';
import type { LatePolicy } from '../config/index.ts';
import { type Entry, isPending, movedBy, resolveTarget, withInstallers } from '../migration/index.ts';
import { prepareUp, type Run } from '../runner/index.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import { type RunReport, warning } from './report.ts';
import {
  checkAllowed,
  confirmProtected,
  lossesOf,
  nothingToDo,
  prepareAll,
  preparerFor,
  protectedAs,
  type RunOptions,
  refused,
  runAndReport,
  withRun,
} from './run.ts';
import { checkAnnounced } from './team/announced.ts';
import { checkReviewed } from './team/reviewed.ts';

export interface UpOptions extends RunOptions {
  /** What to do with migrations older than the newest applied one. */
  readonly late?: LatePolicy;
  /** The last migration to apply. */
  readonly to?: string;
  /** Every migration runs by itself, also where an installer would build the module. */
  readonly noInstaller?: boolean;
  /** Also what nobody has announced, though the configuration wants check-outs: for the server's own runs. */
  readonly unannounced?: boolean;
}

/**
 * Applies what is pending, in order, under the run lock. Refuses before anything runs: files that cannot be understood, edited and
 * missing ones, losses that are not allowed. What happens to each migration is in the report.
 */
export async function up(options: UpOptions = {}): Promise<RunReport> {
  return inWorkplace(options, { command: 'up', readOnly: false }, async (workplace) => {
    checkFiles(workplace, options.to);
    // Looking first keeps a run with nothing to do free of the lock.
    const { entries } = await readEntries(workplace);
    if (selectPending(movedTo(entries, options.to), options).length === 0) {
      checkHistory(entries);
      return nothingToDo(workplace, 'up', whyNothing(entries), entries, warningsOf(workplace, roundingOf(entries, options.to)));
    }
    return await withRun(workplace, options, (run, current) => applyUp(workplace, run, current, options));
  });
}

/** Applies what is pending among the entries, up to a target, under a lock that is held already. */
export async function applyUp(workplace: Workplace, run: Run, entries: readonly Entry[], options: UpOptions): Promise<RunReport> {
  checkHistory(entries);
  const pending = selectPending(movedTo(entries, options.to), options);
  const late = checkLate(pending, options.late ?? workplace.project.config.late ?? 'warn');
  const unannounced = options.unannounced === true ? [] : await checkAnnounced(workplace.project, pending, options);
  const warnings = warningsOf(workplace, [...roundingOf(entries, options.to), ...late, ...unannounced]);
  if (pending.length === 0) return nothingToDo(workplace, 'up', whyNothing(entries), entries, warnings);
  refuseWaiting(pending);
  for (const { code, message, migration } of warnings)
    run.emit({ ev: 'warning', code, message, ...(migration === undefined ? {} : { migration }) });
  const preparer = preparerFor(workplace);
  const steps = await prepareAll(pending, (entry) => prepareUp(preparer, entry));
  checkAllowed(await lossesOf(workplace, steps), options.allow ?? []);
  await confirmProtected(workplace, options, `${count(steps.length, 'migration')} would be applied.`);
  if ((await protectedAs(workplace)).length > 0) await checkReviewed(workplace, steps, options);
  return runAndReport(workplace, run, steps, { ...options, direction: 'up', warnings });
}

/** Refuses what stands behind a migration of a module that was left out. */
export function refuseWaiting(pending: readonly Entry[]): void {
  const problems = pending.flatMap(({ id, waitsFor }) =>
    waitsFor === undefined
      ? []
      : [
          new Failure('module.missing', `migration ${id} comes behind ${waitsFor}, which is pending and was left out`, {
            fix: [`lockstep up --to ${waitsFor}   run it first`, `--module ${waitsFor.split('/')[0]}   run it too`],
            data: { migration: id, requires: waitsFor },
          }),
        ],
  );
  if (problems.length > 0) throw refused(problems);
}

/** Refuses to go on while files contradict each other, and to a tag whose migration has no file. */
export function checkFiles({ collected }: Pick<Workplace, 'collected'>, to?: string): void {
  const { problems, lostTags } = collected;
  if (problems.length > 0) {
    throw refused(problems);
  }
  const lost = to === undefined ? undefined : lostTags?.get(to);
  if (lost === undefined) return;
  throw new Failure('tag.lost', `the tag "${to}" stands for the state up to ${lost}, and no file has that migration`, {
    state: 'nothing was changed',
    fix: ['restore its file', `lockstep tag ${to} --remove`],
  });
}

/** Refuses to go on while applied files are edited or missing, or a way down is half done. */
export function checkHistory(entries: readonly Entry[]): void {
  const problems = entries.flatMap((entry) => problemOfEntry(entry) ?? []);
  if (problems.length > 0) throw refused(problems, (n) => `${n} applied migrations are not what their files say`);
}

export function problemOfEntry(entry: Entry): Failure | undefined {
  const { id, flags, row, migration } = entry;
  const data = { migration: id };
  if (flags.includes('file-missing')) {
    return new Failure('migration.file-missing', `the file of the applied migration ${id} is gone`, {
      ...(row?.file === undefined ? {} : { place: { file: row.file, line: 1, column: 1 } }),
      fix: ['restore the file', `lockstep down ${id} --as-applied`, `lockstep mark forget ${id} --reason WHY`],
      data,
    });
  }
  if (flags.includes('edited')) {
    return new Failure('migration.edited', `migration ${id} was edited after it had been applied${when(row?.finishedAt)}`, {
      ...(migration === undefined ? {} : { place: { file: migration.file.path, line: 1, column: 1 } }),
      fix: ['restore the file and write a new migration', `lockstep mark accept ${id} --reason WHY`],
      data,
    });
  }
  if (entry.partial && row?.direction === 'down') {
    return new Failure('migration.failed', `taking back migration ${id} stopped half way`, {
      state: `${row.done} of ${row.total} statements of its way back are done`,
      fix: [`lockstep down ${id}   continue`],
      data,
    });
  }
  return undefined;
}

function when(at: string | undefined): string {
  return at === undefined ? '' : ` at ${at}`;
}

/** What `up` shall run: everything pending, up to a target. An installer is of use only where all that it covers is wanted. */
export function selectPending(
  entries: readonly Entry[],
  { to, noInstaller = false }: Pick<UpOptions, 'to' | 'noInstaller'>,
): readonly Entry[] {
  const filed = entries.filter((entry) => entry.migration !== undefined);
  const target = to === undefined ? filed.at(-1) : resolveTarget(to, entries).entry;
  const wanted = filed.slice(0, target === undefined ? 0 : filed.indexOf(target) + 1);
  return withInstallers(wanted, { noInstaller }).filter(isPending);
}

/** What may move on the way to a target; without one everything. */
export function movedTo(entries: readonly Entry[], to: string | undefined): readonly Entry[] {
  return to === undefined ? entries : movedBy(to, entries);
}

/** Late migrations run, run with a warning, or stop everything, as the policy says; they never disappear. */
export function checkLate(pending: readonly Entry[], policy: LatePolicy): readonly Problem[] {
  const late = pending.filter((entry) => entry.flags.includes('late'));
  if (late.length === 0 || policy === 'run') return [];
  const message = (entry: Entry): string => `migration ${entry.id} is older than the newest applied one`;
  if (policy === 'warn') return late.map((entry) => warning('migration.late', `${message(entry)}; it runs now`, { migration: entry.id }));
  const problems = late.map(
    (entry) =>
      new Failure('migration.late', message(entry), {
        place: { file: entry.migration?.file.path ?? entry.id, line: 1, column: 1 },
        data: { migration: entry.id },
      }),
  );
  throw refused(problems, (n) => `${n} pending migrations are older than the newest applied one`);
}

/** How a target was rounded, for people. */
export function roundingOf(entries: readonly Entry[], to: string | undefined): readonly Problem[] {
  const rounded = to === undefined ? undefined : resolveTarget(to, entries).rounded;
  return rounded === undefined ? [] : [warning('ref.rounded', rounded)];
}

export function warningsOf(workplace: Workplace, more: readonly Problem[]): readonly Problem[] {
  const unmatched = workplace.collected.unmatched.map((file) =>
    warning('migration.unmatched-file', `"${file.path}" is no migration and is not run`, { file: file.path }),
  );
  return [...unmatched, ...more];
}

function whyNothing(entries: readonly Entry[]): string {
  const filed = entries.filter((entry) => entry.migration !== undefined).length;
  return filed === 0 ? 'there are no migrations' : '0 pending';
}
