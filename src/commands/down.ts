import { count, Failure } from '../base/index.ts';
import type { LossFound } from '../contracts/index.ts';
import { type Entry, isInDatabase, isInstaller, readRequirement, resolve } from '../migration/index.ts';
import { changedRows } from '../plan/index.ts';
import { prepareDown, type Run, type Step } from '../runner/index.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import type { RunReport } from './report.ts';
import {
  confirm,
  confirmProtected,
  describeLoss,
  lossesOf,
  nothingToDo,
  prepareAll,
  preparerFor,
  protectedAs,
  type RunOptions,
  runAndReport,
  withRun,
} from './run.ts';
import { checkFiles, warningsOf } from './up.ts';

export interface DownOptions extends RunOptions {
  /** How many to take back; one by default. */
  readonly count?: number | 'all';
  /** One migration by its id, in place of a count. */
  readonly id?: string;
  /** Use the way back that the history kept, whatever the file says. */
  readonly asApplied?: boolean;
  /** Take what an installer covers back by its own way, as if it had run. */
  readonly throughInstaller?: boolean;
  /** Undo the finished part of the migration that failed half way. */
  readonly partial?: boolean;
}

/**
 * Takes back what was applied, newest first. Refuses before anything runs when one of them has no way back. Asks first, naming what
 * would be lost; without a terminal it needs `yes`.
 */
export async function down(options: DownOptions = {}): Promise<RunReport> {
  return inWorkplace(options, { command: 'down', readOnly: false }, async (workplace) => {
    checkFiles(workplace);
    const { entries } = await readEntries(workplace);
    if (selectDown(entries, options).length === 0)
      return nothingToDo(workplace, 'down', nothingDown(options), entries, warningsOf(workplace, []));
    return await withRun(workplace, options, (run, current) => takeBack(workplace, run, selectDown(current, options), options));
  });
}

/** Takes entries back under a lock that is held already. */
export async function takeBack(workplace: Workplace, run: Run, chosen: readonly Entry[], options: DownOptions): Promise<RunReport> {
  const preparer = preparerFor(workplace);
  refuseStoodOn(chosen, (await readEntries(workplace)).all);
  if (options.asApplied !== true) refuseEdited(chosen);
  const prepared = await prepareAll(chosen, (entry) => prepareDown(preparer, entry, { asApplied: options.asApplied === true }));
  const steps = options.allow?.includes('changed-rows') === true ? prepared.map(overwriting) : prepared;
  const losses = await lossesOf(workplace, steps);
  await confirmDown(workplace, steps, losses, options);
  return runAndReport(workplace, run, steps, { ...options, direction: 'down', warnings: warningsOf(workplace, []) });
}

/** Refuses to take back what an applied migration of another module requires, unless that one goes as well. */
export function refuseStoodOn(chosen: readonly Entry[], all: readonly Entry[]): void {
  const going = new Set(chosen.flatMap(({ id, covers = [] }) => [id, ...covers.map((entry) => entry.id)]));
  const positions = new Map(all.map(({ id }, position) => [id, position]));
  const goingOf = new Map<string, { readonly id: string; readonly position: number }>();
  all.forEach(({ id, module, migration }, position) => {
    if (migration !== undefined && going.has(id) && !goingOf.has(module)) goingOf.set(module, { id, position });
  });
  const moduleOf = new Map(all.map(({ id, module }) => [id, module]));
  const stays = new Set(all.flatMap(({ id, module, row }) => (isInDatabase(row) && !going.has(id) ? [module] : [])));
  for (const { id, migration, row } of all) {
    if (!isInDatabase(row) || going.has(id)) continue;
    const named = new Set(migration?.requires.map((text) => readRequirement(text).module));
    for (const needed of migration?.needs ?? []) {
      const module = moduleOf.get(needed) ?? '';
      const first = goingOf.get(module);
      // Whoever requires a version stands on all that came before it in that module; who only requires the module, on its being there.
      const isLost = named.has(module)
        ? (first?.position ?? Number.POSITIVE_INFINITY) <= (positions.get(needed) ?? -1)
        : !stays.has(module);
      if (first !== undefined && isLost) throw stoodOn(first.id, id);
    }
  }
}

function stoodOn(id: string, by: string): Failure {
  return new Failure('migration.required', `migration ${by} is applied and requires ${id}`, {
    state: 'nothing was touched',
    fix: [`lockstep down ${by}`],
    data: { migration: id, by },
  });
}

/** A step without what fails where rows were changed since: their old values are wanted whatever they are now. */
function overwriting(step: Step): Step {
  const groups = step.groups.map((group) => ({ ...group, statements: group.statements.filter(({ sql }) => !sql.includes(changedRows)) }));
  return { ...step, groups };
}

/** Refuses to take back by its file what may have been another one when it was applied. */
export function refuseEdited(chosen: readonly Entry[]): void {
  const first = chosen.find((entry) => entry.flags.includes('edited'));
  if (first === undefined) return;
  throw new Failure('migration.edited', `migration ${first.id} was edited after it had been applied, so its way back may be another one`, {
    fix: [`lockstep down ${first.id} --as-applied`, `lockstep mark accept ${first.id} --reason WHY`],
    state: 'nothing was touched',
    data: { migration: first.id },
  });
}

async function confirmDown(
  workplace: Workplace,
  steps: readonly Step[],
  losses: readonly LossFound[],
  options: DownOptions,
): Promise<void> {
  const names = steps.map((step) => step.identity.id);
  const what = `${count(names.length, 'migration')} would be taken back: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`;
  if ((await protectedAs(workplace)).length > 0) return confirmProtected(workplace, options, what);
  if (options.yes === true) return;
  await confirm(options, { text: what, losses: losses.map(describeLoss), flag: '--yes' });
}

/** What `down` would take back, in the order in which it goes. An installer takes back what it covers. */
export function selectDown(entries: readonly Entry[], options: DownOptions): readonly Entry[] {
  const chosen = presentChosen(entries, options);
  const byInstaller = new Map(
    chosen
      .filter(isInstaller)
      .map((entry) => [entry.id, entry.migration?.removesModule === true ? othersOf(entry, entries) : coveredBy(entry, entries)]),
  );
  const gone = new Set([...byInstaller.values()].flat());
  const left = chosen.filter((entry) => !gone.has(entry));
  const covered = left.find(({ row }) => row?.state === 'covered');
  if (covered !== undefined && options.throughInstaller !== true) throw coveredFailure(covered, entries);
  return left.map((entry) => ({ ...entry, ...(byInstaller.has(entry.id) ? { covers: byInstaller.get(entry.id) ?? [] } : {}) }));
}

function coveredBy(installer: Entry, entries: readonly Entry[]): readonly Entry[] {
  const ids = new Set(installer.migration?.covers ?? []);
  return entries.filter(({ id, row }) => ids.has(id) && row?.state === 'covered');
}

/** Everything else of a module that is in the database, or half in it. */
export function othersOf({ id, module }: Entry, entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => entry.module === module && entry.id !== id && (isInDatabase(entry.row) || entry.partial));
}

function coveredFailure({ id }: Entry, entries: readonly Entry[]): Failure {
  const installer = entries.find((entry) => isInstaller(entry) && isInDatabase(entry.row) && entry.migration?.covers?.includes(id));
  return new Failure('migration.covered', `migration ${id} never ran here: ${installer?.id ?? 'an installer'} stands for it`, {
    state: 'nothing was touched',
    fix: [
      ...(installer === undefined ? [] : [`lockstep down ${installer.id}   takes back all that it made`]),
      `lockstep down ${id} --through-installer   by its own way back`,
    ],
    data: { migration: id },
  });
}

function presentChosen(entries: readonly Entry[], options: DownOptions): readonly Entry[] {
  if (options.partial === true) return entries.filter((entry) => entry.partial).slice(-1);
  if (options.id !== undefined) {
    const entry = resolve(options.id, entries);
    if (isInDatabase(entry.row) || entry.partial) return [entry];
    throw new Failure('ref.unknown', `migration ${entry.id} is not in the database, so it cannot be taken back`);
  }
  const present = presentInOrder(entries).reverse();
  return options.count === 'all' ? present : present.slice(0, options.count ?? 1);
}

/** What is in the database, as if it had run in this order; a migration without a file stands where its time puts it. */
export function presentInOrder(entries: readonly Entry[]): Entry[] {
  const present = entries.filter((entry) => isInDatabase(entry.row) || (entry.partial && entry.row?.direction === 'down'));
  const filed = present.filter((entry) => entry.migration !== undefined);
  for (const orphan of present.filter((entry) => entry.migration === undefined)) {
    const at = filed.findLastIndex((entry) => (entry.row?.finishedAt ?? '') <= (orphan.row?.finishedAt ?? ''));
    filed.splice(at + 1, 0, orphan);
  }
  return filed;
}

function nothingDown(options: DownOptions): string {
  return options.partial === true ? 'no migration is half applied' : 'nothing is applied';
}
