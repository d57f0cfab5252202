import { count, Failure, joined } from '../base/index.ts';
import type { HistoryWrite, Statement } from '../contracts/index.ts';
import { type Entry, isInDatabase, isInstaller, type Module, readRequirement, type SourceFile, unknownModule } from '../migration/index.ts';
import { prepareDown, type Run, type Step } from '../runner/index.ts';
import { othersOf, selectDown } from './down.ts';
import { writeHistory } from './mark.ts';
import { runLoosely } from './module-undo.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import type { RunReport } from './report.ts';
import {
  confirm,
  confirmProtected,
  describeLoss,
  headOf,
  lossesOf,
  nothingToDo,
  prepareAll,
  preparerFor,
  protectedAs,
  type RunOptions,
  runAndReport,
  versionsOf,
  withRun,
} from './run.ts';
import { checkFiles, warningsOf } from './up.ts';

export interface UninstallOptions extends RunOptions {
  readonly name: string;
  /** Take what an installer covers back by its own way where the module has no file that removes it. */
  readonly throughInstaller?: boolean;
}

/** What was taken away with a module. */
export interface UninstallReport extends RunReport {
  readonly module: string;
  /** The version that was there. */
  readonly version?: string;
  /** What held data and was destroyed, with counts. */
  readonly destroyed: readonly string[];
}

/**
 * Takes a module away: by the file that removes it, or by the ways back of its migrations. Asks first, naming the data that would be lost. Refuses
 * what its manifest keeps and what an installed module requires. The history keeps its rows as reverted, so that it can be installed again.
 */
export async function uninstallModule({ name, ...options }: UninstallOptions): Promise<UninstallReport> {
  return inWorkplace(options, { command: 'module', readOnly: false }, async (workplace) => {
    checkFiles(workplace);
    const { entries } = await readEntries(workplace);
    const module = moduleOf(workplace, entries, name);
    if (presentOf(name, entries).length === 0) {
      const nothing = nothingToDo(workplace, 'down', `${name} is not installed`, entries, warningsOf(workplace, []));
      return { ...nothing, module: name, destroyed: [] };
    }
    return await withRun(workplace, options, (run, current) => remove(workplace, run, { module, entries: current }, options));
  });
}

function moduleOf({ collected }: Workplace, entries: readonly Entry[], name: string): Module {
  const known = [...new Set([...collected.modules.map((one) => one.name), ...entries.map(({ module }) => module)])];
  if (!known.includes(name)) throw unknownModule(name, known);
  return collected.modules.find((one) => one.name === name) ?? { name };
}

function presentOf(name: string, entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(({ module, row, partial }) => module === name && (isInDatabase(row) || partial));
}

interface Removal {
  readonly module: Module;
  readonly entries: readonly Entry[];
}

async function remove(
  workplace: Workplace,
  run: Run,
  { module, entries }: Removal,
  options: Omit<UninstallOptions, 'name'>,
): Promise<UninstallReport> {
  const { name, uninstall } = module;
  refuseKept(workplace, module, entries);
  const present = presentOf(name, entries);
  const preparer = preparerFor(workplace);
  const chosen =
    uninstall === undefined
      ? selectDown(present, { count: 'all', ...(options.throughInstaller === true ? { throughInstaller: true } : {}) })
      : [byFile(uninstall, present)];
  const prepared = await prepareAll(chosen, (entry) => prepareDown(preparer, entry, { asApplied: false }));
  const steps = prepared.map(
    (step): Step => ({ ...step, event: 'uninstall', ...(uninstall === undefined ? {} : { prelude: begun(step) }) }),
  );
  const version = (present.filter((entry) => !isInstaller(entry)).at(-1) ?? present.at(-1))?.version;
  const losses = await lossesOf(workplace, steps);
  const destroyed = losses.map(describeLoss);
  const statements = steps.flatMap((step) => step.groups.flatMap((group) => group.statements));
  await ask(workplace, options, { what: `${name}${version === undefined ? '' : ` ${version}`}`, statements, destroyed });
  const about = { module: name, ...(version === undefined ? {} : { version }), destroyed };
  if (uninstall !== undefined && options.onError === 'ignore')
    return { ...(await removeLoosely(workplace, run, { present, statements, step: steps[0] })), ...about };
  const report = await runAndReport(workplace, run, steps, { ...options, direction: 'down', warnings: warningsOf(workplace, []) });
  return { ...report, ...about };
}

/** Refuses to take away what is to stay, and what others need. */
function refuseKept({ collected }: Workplace, { name, removable, manifest }: Module, entries: readonly Entry[]): void {
  const state = 'nothing was changed';
  if (removable === false)
    throw new Failure('module.kept', `module "${name}" is not to be uninstalled: its manifest says so`, {
      ...(manifest === undefined ? {} : { place: { file: manifest.file, line: 1, column: 1 } }),
      state,
      fix: ['take `removable: false` out of the manifest'],
    });
  const isNamed = (texts: readonly string[] = []): boolean => texts.some((text) => readRequirement(text).module === name);
  const others = collected.modules.filter(
    (one) =>
      one.name !== name &&
      entries.some(
        (entry) => entry.module === one.name && isInDatabase(entry.row) && (isNamed(one.requires) || isNamed(entry.migration?.requires)),
      ),
  );
  if (others.length === 0) return;
  const names = others.map((one) => one.name);
  throw new Failure(
    'module.kept',
    `module "${name}" is required by ${joined(names)}, which ${names.length === 1 ? 'is' : 'are'} installed`,
    {
      state,
      fix: names.map((one) => `lockstep module uninstall ${one}`),
      data: { requiredBy: names },
    },
  );
}

/** One way back for all of a module: that of its installer where it has one, with all others beside it. */
function byFile(uninstall: SourceFile, present: readonly Entry[]): Entry {
  const anchor =
    present.find(({ partial, row }) => partial && row?.direction === 'down') ??
    present.find((entry) => isInstaller(entry) && isInDatabase(entry.row)) ??
    present.at(-1);
  if (anchor === undefined) throw new Error('nothing to uninstall');
  const { id, module, version, name } = anchor;
  const own = anchor.migration ?? {
    ...{ id, module, version, name, order: 0, requires: [], file: uninstall },
    label: { text: version, candidates: [] },
  };
  return {
    ...anchor,
    // What is left of a broken way up goes with all the rest.
    partial: anchor.partial && anchor.row?.direction === 'down',
    covers: othersOf(anchor, present),
    migration: { ...own, format: 'sql', downFile: uninstall },
  };
}

/** From here on it is on its way down: a run that is broken off goes on, and never counts as installed. */
function begun({ identity, resume }: Step): NonNullable<Step['prelude']> {
  const start = resume === undefined ? { done: 0, finished: null, intent: null } : {};
  return { id: identity.id, set: { direction: 'down', reason: 'being uninstalled', ...start }, exists: true };
}

async function ask(
  workplace: Workplace,
  options: RunOptions,
  {
    what,
    statements,
    destroyed,
  }: { readonly what: string; readonly statements: readonly Statement[]; readonly destroyed: readonly string[] },
): Promise<void> {
  const text = `${what} would be uninstalled by ${count(statements.length, 'statement')}.`;
  if ((await protectedAs(workplace)).length > 0) return confirmProtected(workplace, options, text);
  if (options.yes !== true) await confirm(options, { text, losses: destroyed, flag: '--yes' });
}

/** Runs every statement whatever becomes of the others. The module then is gone, and what could not be removed is told. */
async function removeLoosely(
  workplace: Workplace,
  run: Run,
  {
    present,
    statements,
    step,
  }: { readonly present: readonly Entry[]; readonly statements: readonly Statement[]; readonly step: Step | undefined },
): Promise<RunReport> {
  const began = performance.now();
  await run.setUp();
  const left = await runLoosely(run.session, statements);
  const { by, host } = run;
  const cleared = { error: null, done: 0, total: 0, finished: null, intent: null, direction: null } as const;
  const detail = left.length === 0 ? 'whole' : `${left.length} of ${statements.length} statements failed`;
  const writes = present.map(
    ({ id }): HistoryWrite => ({
      id,
      set: { state: 'reverted', ...cleared, by, host, reason: `uninstalled: ${detail}` },
      exists: true,
      stamp: 'finishedAt',
      ...(id === step?.identity.id ? { log: { event: 'uninstall', migration: id, run: run.id, by, host, detail } } : {}),
    }),
  );
  await writeHistory(run, writes);
  const { entries } = await readEntries(workplace);
  const done = present.map(({ id, module, version }) => ({ id, module, version, direction: 'down' as const, statements: 0 }));
  const failures = left.map(
    ({ statement, why }) =>
      new Failure('module.not-undone', `this was left out: ${why}`, {
        ...(statement.at === undefined ? {} : { place: statement.at }),
        engine: { message: why },
        state: 'the module counts as uninstalled',
        data: { sql: statement.sql },
      }),
  );
  const rest = { failed: [], untouched: [], interrupted: false, rehearsed: false, warnings: warningsOf(workplace, []) };
  return {
    ...headOf(workplace, 'down'),
    ...rest,
    run: run.id,
    done: done.map((item) => (item.id === step?.identity.id ? { ...item, statements: statements.length - left.length } : item)),
    ms: performance.now() - began,
    at: versionsOf(entries),
    failures,
  };
}
