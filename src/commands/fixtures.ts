import { closest, count, Failure, type Problem, problemOf } from '../base/index.ts';
import {
  collectFixtures,
  type FixtureEntry,
  type FixtureFlag,
  type FixtureState,
  fixtureEntries,
  mainSet,
  type OrderedFixture,
  orderFixtures,
  orderSets,
  prepareLoad,
  prepareRemoval,
  readFixtureRows,
  recordId,
  refusePending,
  renameRecords,
  runSets,
  type SetSteps,
  uncertain,
} from '../fixtures/index.ts';
import { isInDatabase } from '../migration/index.ts';
import { callHook, type Prepared, type Run, type Step } from '../runner/index.ts';
import { sha256 } from './digest.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { fixtureFiles, formatTools } from './project.ts';
import { warning } from './report.ts';
import {
  approver,
  checkAllowed,
  confirm,
  confirmProtected,
  describeLoss,
  failureOfHook,
  headOf,
  lossesOf,
  preparerFor,
  protectedAs,
  type RunOptions,
  refused,
  refusedByHook,
  setUp,
  withRun,
} from './run.ts';
import { checkFiles } from './up.ts';

/** A fixture on one database. */
export interface ListedFixture {
  readonly id: string;
  readonly module: string;
  readonly set: string;
  /** `outdated`: it is loaded, and its file has a higher version. */
  readonly state: FixtureState;
  readonly flags: readonly FixtureFlag[];
  /** The version of the file. */
  readonly version?: string;
  readonly loadedVersion?: string;
  readonly loadedAt?: string;
  readonly by?: string;
  readonly file?: string;
}

export interface FixtureStatus {
  readonly database: string;
  /** In the order in which they are loaded; those without a file come last. */
  readonly fixtures: readonly ListedFixture[];
  readonly problems: readonly Problem[];
}

/** What became of one fixture. */
export interface FixtureItem {
  readonly id: string;
  readonly module: string;
  readonly set: string;
  readonly version?: string;
  readonly ms?: number;
}

/** What loading or removing did: every fixture that was meant is in exactly one of the three lists. */
export interface FixtureReport {
  readonly database: string;
  readonly server: string;
  readonly target: string;
  readonly direction: 'up' | 'down';
  readonly run?: string;
  readonly done: readonly FixtureItem[];
  readonly failed: readonly FixtureItem[];
  readonly untouched: readonly FixtureItem[];
  readonly warnings: readonly Problem[];
  readonly failures: readonly Failure[];
  readonly interrupted: boolean;
  readonly ms: number;
  /** Only looked at: `untouched` is what would run. */
  readonly dryRun: boolean;
}

export interface FixtureStatusOptions extends CommonOptions {
  /** Only these sets. */
  readonly sets?: readonly string[];
}

export interface LoadFixturesOptions extends Omit<RunOptions, 'onError' | 'transaction' | 'rehearse' | 'verify'> {
  /** The sets to load; `main` by default. */
  readonly sets?: readonly string[];
  /** Fixtures that are loaded again whatever their version is. */
  readonly reload?: readonly string[];
  /** Look only; nothing is written. */
  readonly dryRun?: boolean;
}

export interface RemoveFixturesOptions extends Omit<LoadFixturesOptions, 'reload' | 'sets'> {
  readonly sets: readonly string[];
}

interface Found {
  readonly entries: readonly FixtureEntry[];
  readonly fixtures: readonly OrderedFixture[];
  readonly problems: readonly Failure[];
  readonly warnings: readonly Problem[];
}

/** The fixtures of all sets, and what is loaded of them here. Writes nothing. */
export async function fixtureStatus(options: FixtureStatusOptions = {}): Promise<FixtureStatus> {
  return inWorkplace(options, { command: 'fixtures', readOnly: true }, async (workplace) => {
    const { entries, problems, warnings } = await findAll(workplace, options);
    if (options.sets !== undefined) checkSets(options.sets, entries);
    const shown = entries.filter((entry) => isMeant(entry, workplace) && (options.sets?.includes(entry.set) ?? true));
    return {
      database: workplace.database.name,
      fixtures: shown.map(listedFixture),
      problems: [...problems.map((one) => problemOf(one)), ...warnings, ...warningsOf(shown)],
    };
  });
}

/**
 * Loads what is not loaded yet of some sets, and what has a higher version than what is loaded, under the run lock. Each set is one
 * transaction. Refuses before anything runs: files that cannot be understood, dependencies that are not met, pending migrations.
 */
export async function loadFixtures(options: LoadFixturesOptions = {}): Promise<FixtureReport> {
  return inWorkplace(options, { command: 'fixtures', readOnly: options.dryRun === true }, async (workplace) => {
    checkFiles(workplace);
    const found = await findAll(workplace, options);
    if (found.problems.length > 0) throw refused(found.problems);
    const chosen = chooseLoad(found, workplace, options);
    const { entries } = await readEntries(workplace);
    refusePending(entries);
    const warnings = [...found.warnings, ...warningsOf(found.entries.filter((one) => isChosenSet(one, options)))];
    if (options.dryRun === true) {
      const steps = await prepared(chosen, (entry) => prepareLoad(preparerFor(workplace), entry));
      return reportOf(workplace, 'up', { untouched: steps.map((step) => itemOf(step)), warnings, dryRun: true });
    }
    const isRenamed = found.entries.some(({ former }) => former !== undefined);
    if (chosen.length === 0 && !isRenamed) return reportOf(workplace, 'up', { warnings });
    return withRun(workplace, options, async (run, current) => {
      refusePending(current);
      await setUp(workplace.session, run.lockTimeoutMs);
      // Somebody else may have been faster.
      const again = await findAll(workplace, options);
      await renameRecords(run, again.entries);
      const now = again.entries.map(({ former: _, ...entry }): FixtureEntry => entry);
      const wanted = chooseLoad({ ...again, entries: now }, workplace, options);
      const preparer = preparerFor(workplace);
      const steps = await prepared(wanted, (entry) => prepareLoad(preparer, entry));
      checkAllowed(await lossesOf(workplace, steps), options.allow ?? []);
      await confirmProtected(workplace, options, `${count(steps.length, 'fixture')} would be loaded.`);
      const problems: Failure[] = [];
      const sets = orderSets(again.fixtures, problems).flatMap((set) => ofSet(set, steps));
      if (problems.length > 0) throw refused(problems);
      const approve = approver(workplace, steps, options.allow ?? []);
      return runAll(workplace, { ...run, ...(approve === undefined ? {} : { approve }) }, { sets, direction: 'up', warnings });
    });
  });
}

/** Removes what sets have loaded, newest first, after asking; without a terminal it needs `yes`. Refuses what cannot be told from other rows. */
export async function removeFixtures(options: RemoveFixturesOptions): Promise<FixtureReport> {
  return inWorkplace(options, { command: 'fixtures', readOnly: options.dryRun === true }, async (workplace) => {
    checkFiles(workplace);
    const chosen = await chooseRemoval(workplace, options);
    if (chosen.length === 0) return reportOf(workplace, 'down', {});
    if (options.dryRun === true) {
      const steps = await prepared(chosen, (entry) => prepareRemoval(preparerFor(workplace), entry));
      return reportOf(workplace, 'down', { untouched: steps.map((step) => itemOf(step)), dryRun: true });
    }
    return withRun(workplace, options, async (run) => {
      await setUp(workplace.session, run.lockTimeoutMs);
      const wanted = await chooseRemoval(workplace, options);
      const preparer = preparerFor(workplace);
      const steps = await prepared(wanted, (entry) => prepareRemoval(preparer, entry));
      const names = wanted.map(({ id }) => id);
      const text = `What ${count(names.length, 'fixture')} loaded would be removed: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`;
      if ((await protectedAs(workplace)).length > 0) await confirmProtected(workplace, options, text);
      else if (options.yes !== true) {
        const losses = await lossesOf(workplace, steps);
        await confirm(options, { text, losses: losses.map(describeLoss), flag: '--yes' });
      }
      const sets = [...new Set(wanted.map(({ set }) => set))].flatMap((set) => ofSet(set, steps));
      return runAll(workplace, run, { sets, direction: 'down', warnings: [] });
    });
  });
}

async function findAll(workplace: Workplace, options: CommonOptions): Promise<Found> {
  const { project, database, session, collected } = workplace;
  const read = await collectFixtures(await fixtureFiles(project, options), formatTools(project, database.engine), sha256);
  const problems = [...read.problems];
  const fixtures = orderFixtures(read.fixtures, collected.modules, problems);
  const rows = await readFixtureRows(session, (await session.store.read(session)) ?? []);
  const warnings = read.unmatched.map(({ path }) =>
    warning('migration.unmatched-file', `"${path}" is no fixture and is not loaded`, { file: path }),
  );
  return { entries: fixtureEntries(fixtures, rows), fixtures, problems, warnings };
}

type Filed = FixtureEntry & { readonly fixture: OrderedFixture };

function chooseLoad({ entries }: Found, workplace: Workplace, options: LoadFixturesOptions): readonly Filed[] {
  const reload = new Set((options.reload ?? []).map((id) => reloaded(id, entries)));
  if (options.sets !== undefined) checkSets(options.sets, entries);
  const isWanted = (entry: FixtureEntry): boolean =>
    reload.has(entry.id) ||
    (isMeant(entry, workplace) && isChosenSet(entry, options) && (entry.state === 'pending' || entry.state === 'outdated'));
  const chosen = entries.flatMap((entry): Filed[] =>
    entry.fixture !== undefined && isWanted(entry) ? [{ ...entry, fixture: entry.fixture }] : [],
  );
  const ids = new Set(chosen.map(({ id }) => id));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const missing = chosen.flatMap(({ id, fixture }) =>
    fixture.needs.flatMap((need) => {
      const other = byId.get(need);
      if (other === undefined || other.state !== 'pending' || ids.has(need)) return [];
      const why = isMeant(other, workplace)
        ? `which is of the set "${other.set}" and not loaded`
        : `which is not loaded, and its module "${other.module}" was left out`;
      return [
        new Failure('fixture.dependency', `fixture ${id} depends on ${need}, ${why}`, {
          place: { file: fixture.file.path, line: 1, column: 1 },
          fix: [isMeant(other, workplace) ? `--set ${other.set}   load it too` : `--module ${other.module}   load it too`],
          data: { fixture: id, dependsOn: need },
        }),
      ];
    }),
  );
  const problems = [...uncertain(chosen.filter(({ id }) => !reload.has(id))), ...missing];
  if (problems.length > 0) throw refused(problems);
  return chosen;
}

function reloaded(id: string, entries: readonly FixtureEntry[]): string {
  if (entries.some((entry) => entry.id === id && entry.fixture !== undefined)) return id;
  const near = closest(
    id,
    entries.map((entry) => entry.id),
  );
  throw new Failure('fixture.unknown', `there is no fixture "${id}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    state: 'nothing was run',
  });
}

async function chooseRemoval(workplace: Workplace, options: RemoveFixturesOptions): Promise<readonly FixtureEntry[]> {
  const { entries, problems, fixtures } = await findAll(workplace, options);
  if (problems.length > 0) throw refused(problems);
  checkSets(options.sets, entries);
  const chosen = entries.filter((entry) => isMeant(entry, workplace) && options.sets.includes(entry.set) && isInDatabase(entry.row));
  const rank = new Map(orderSets(fixtures, []).map((set, i) => [set, i]));
  const orphans = chosen
    .filter(({ fixture }) => fixture === undefined)
    .sort((a, b) => ((a.row?.finishedAt ?? '') < (b.row?.finishedAt ?? '') ? 1 : -1));
  const filed = chosen.filter(({ fixture }) => fixture !== undefined).reverse();
  return [...orphans, ...filed]
    .sort((a, b) => (rank.get(b.set) ?? 0) - (rank.get(a.set) ?? 0))
    .map(({ former, ...entry }) => (former === undefined ? entry : { ...entry, former }));
}

function isChosenSet({ set }: FixtureEntry, { sets = [mainSet] }: LoadFixturesOptions): boolean {
  return sets.includes(set);
}

/** Whether the fixture is of a module that the command is about. */
function isMeant({ module }: FixtureEntry, { scope }: Workplace): boolean {
  return (scope?.only === undefined || scope.only.includes(module)) && !(scope?.exclude ?? []).includes(module);
}

function checkSets(sets: readonly string[], entries: readonly FixtureEntry[]): void {
  const known = [...new Set([mainSet, ...entries.map(({ set }) => set)])];
  const stray = sets.find((set) => !known.includes(set));
  if (stray === undefined) return;
  const near = closest(stray, known);
  throw new Failure('fixture.unknown', `there is no set "${stray}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    state: 'nothing was run',
    data: { sets: known },
  });
}

function warningsOf(entries: readonly FixtureEntry[]): readonly Problem[] {
  return entries.flatMap(({ id, flags, fixture, loadedVersion }) => {
    const where = fixture === undefined ? {} : { file: fixture.file.path };
    if (flags.includes('lower')) {
      const own = fixture?.head.version === undefined ? 'has none' : `has ${fixture.head.version}`;
      return [
        warning(
          'fixture.lower-version',
          `version ${loadedVersion} of fixture ${id} is loaded, and its file ${own}; nothing is done`,
          where,
        ),
      ];
    }
    return flags.includes('edited')
      ? [warning('fixture.edited', `fixture ${id} was edited after it had been loaded; it is loaded again when its version rises`, where)]
      : [];
  });
}

async function prepared<E>(entries: readonly E[], prepare: (entry: E) => Promise<Prepared>): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const problems: Failure[] = [];
  for (const entry of entries) {
    const { step, problems: own } = await prepare(entry);
    problems.push(...own);
    if (step !== undefined) steps.push(step);
  }
  if (problems.length > 0) throw refused(problems);
  return steps;
}

function ofSet(set: string, steps: readonly Step[]): readonly SetSteps[] {
  const own = steps.filter(({ identity }) => identity.set === set);
  return own.length === 0 ? [] : [{ set, steps: own }];
}

interface Wanted {
  readonly sets: readonly SetSteps[];
  readonly direction: 'up' | 'down';
  readonly warnings: readonly Problem[];
}

async function runAll(workplace: Workplace, run: Run, { sets, direction, warnings }: Wanted): Promise<FixtureReport> {
  const begun = performance.now();
  const steps = sets.flatMap((set) => set.steps);
  for (const { code, message } of warnings) run.emit({ ev: 'warning', code, message });
  run.emit({
    ev: 'run.start',
    run: run.id,
    database: workplace.database.target.shown,
    direction,
    total: steps.length,
    migrations: steps.map(({ identity }) => identity.id),
  });
  await callHook(run, 'beforeFixtures', { direction }).catch(refusedByHook);
  const result = await runSets(run, sets);
  const late = await failureOfHook(callHook(run, 'afterFixtures', { direction }));
  const ms = performance.now() - begun;
  run.emit({ ev: 'done', done: result.done.length, failed: result.failed.length, untouched: result.untouched.length, ms });
  const failures = [...result.failures, ...(late === undefined ? [] : [late])];
  return reportOf(workplace, direction, {
    run: run.id,
    done: result.done.map(({ step, outcome }) => itemOf(step, outcome.ms)),
    failed: result.failed.map(({ step, outcome }) => itemOf(step, outcome.ms)),
    untouched: result.untouched.map((step) => itemOf(step)),
    warnings,
    failures,
    interrupted: result.interrupted || failures.some(({ code }) => code === 'interrupted'),
    ms,
  });
}

function reportOf(workplace: Workplace, direction: 'up' | 'down', more: Partial<FixtureReport>): FixtureReport {
  const empty = { done: [], failed: [], untouched: [], warnings: [], failures: [], interrupted: false, ms: 0, dryRun: false };
  return { ...headOf(workplace, direction), ...empty, ...more };
}

function itemOf({ identity: { id, module, set = mainSet, version } }: Step, ms?: number): FixtureItem {
  const own = { id: id.slice(recordId('').length), module, set };
  return { ...own, ...(version === '' ? {} : { version }), ...(ms === undefined ? {} : { ms: Math.round(ms) }) };
}

function listedFixture({ id, module, set, state, flags, fixture, row, loadedVersion }: FixtureEntry): ListedFixture {
  const isLoaded = state !== 'pending';
  const file = fixture?.file.path ?? row?.file;
  return {
    id,
    module,
    set,
    state,
    flags,
    ...(fixture?.head.version === undefined ? {} : { version: fixture.head.version }),
    ...(loadedVersion === undefined ? {} : { loadedVersion }),
    ...(isLoaded && row?.finishedAt !== undefined ? { loadedAt: row.finishedAt } : {}),
    ...(isLoaded && row?.by !== undefined ? { by: row.by } : {}),
    ...(file === undefined ? {} : { file }),
  };
}
