import { Failure } from '../base/index.ts';
import type { Statement } from '../contracts/index.ts';
import {
  type Collected,
  compareVersions,
  isInDatabase,
  isInstaller,
  isPartial,
  isPending,
  readRequirement,
  unknownModule,
} from '../migration/index.ts';
import { prepareDown } from '../runner/index.ts';
import { markApplied, writeHistory } from './mark.ts';
import { listModules } from './module.ts';
import { runLoosely, tablesThere } from './module-undo.ts';
import { inWorkplace, readEntries } from './open.ts';
import { collectMigrations, openProject } from './project.ts';
import type { RunReport } from './report.ts';
import { confirmProtected, nothingToDo, preparerFor, withRun } from './run.ts';
import { checkFiles, type UpOptions, up, warningsOf } from './up.ts';

export interface InstallOptions extends UpOptions {
  readonly name: string;
  /** It is there at this version already, by other hands: the history is told so, and nothing is run. */
  readonly as?: string;
}

/** What became of a module that was to be installed or updated. */
export interface InstalledReport extends RunReport {
  readonly module: string;
  /** Its version now; absent where nothing of it is in the database. */
  readonly version?: string;
  /** The files that ran, by the ids of their migrations. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Brings a module, and before it the modules that it requires, to their newest versions. Refuses a name that no module has. Where an installer fails
 * on an engine that cannot roll it back, what it has made is removed by the module's own file, and what cannot be is told.
 */
export async function installModule({ name, as, ...options }: InstallOptions): Promise<InstalledReport> {
  const project = await openProject(options);
  const collected = await collectMigrations(project, options);
  const names = collected.modules.map((one) => one.name);
  if (!names.includes(name)) throw unknownModule(name, names);
  if (as !== undefined) return finished(await adopt({ ...options, name, as }), { name, options, collected });
  const wanted = [...wantedWith(name, collected)];
  const before = await beforeInstall(wanted, options);
  const report = await up({ ...options, modules: wanted });
  return finished(await undone(report, before, options), { name, options, collected });
}

/** A module with all that it requires. */
function wantedWith(name: string, { modules, migrations }: Collected): ReadonlySet<string> {
  const own = new Set(modules.filter(({ version, manifest }) => version === undefined || manifest !== undefined).map((one) => one.name));
  const wanted = new Set([name]);
  for (const one of wanted) {
    const texts = [
      ...(modules.find((module) => module.name === one)?.requires ?? []),
      ...migrations.filter(({ module }) => module === one).flatMap(({ requires }) => requires),
    ];
    for (const { module } of texts.map(readRequirement)) if (own.has(module)) wanted.add(module);
  }
  return wanted;
}

async function finished(
  report: RunReport,
  { name, options, collected }: { readonly name: string; readonly options: UpOptions; readonly collected: Collected },
): Promise<InstalledReport> {
  const { version } = (await listModules(options)).modules.find((one) => one.name === name) ?? {};
  const files = Object.fromEntries(
    collected.migrations.filter(({ id }) => report.done.some((item) => item.id === id)).map(({ id, file }) => [id, file.path]),
  );
  return { ...report, module: name, ...(version === undefined ? {} : { version }), files };
}

/** How a module without a history is removed again, and which of the tables concerned are there without it. */
interface Before {
  readonly installer: string;
  readonly statements: readonly Statement[];
  readonly there: ReadonlySet<string>;
}

/** What must be known before an installer runs that cannot be rolled back. Files that cannot be read are told by the run itself. */
async function beforeInstall(modules: readonly string[], options: UpOptions): Promise<readonly Before[]> {
  return inWorkplace({ ...options, modules }, { command: 'module', readOnly: true }, async (workplace) => {
    const { session, collected } = workplace;
    if (session.server.transactionalStructure || collected.problems.length > 0) return [];
    const { entries } = await readEntries(workplace);
    const before: Before[] = [];
    for (const entry of entries.filter(
      (one) => isInstaller(one) && isPending(one) && !isPartial(one.row) && one.migration?.removesModule === true,
    )) {
      const { step, problems } = await prepareDown(preparerFor(workplace), entry, { asApplied: false });
      if (step === undefined || problems.length > 0) continue;
      const statements = step.groups.flatMap((group) => group.statements);
      before.push({ installer: entry.id, statements, there: await tablesThere(session, statements) });
    }
    return before;
  });
}

/** Removes what an installer has left behind that failed half way, and says what of it stays. */
async function undone(report: RunReport, before: readonly Before[], options: UpOptions): Promise<RunReport> {
  const broken = report.failed.find(({ id, partial }) => partial === true && before.some(({ installer }) => installer === id));
  const known = before.find(({ installer }) => installer === broken?.id);
  if (broken === undefined || known === undefined || report.interrupted) return report;
  return inWorkplace(options, { command: 'module', readOnly: false }, (workplace) =>
    withRun(workplace, options, async (run, entries) => {
      // Somebody else may have gone on with it in between.
      if (!entries.some(({ id, row }) => id === broken.id && isPartial(row))) return report;
      const left = await runLoosely(run.session, known.statements, known.there);
      const { by, host } = run;
      const detail = left.length === 0 ? 'undone after a failure' : `undone after a failure but for ${left.length} statements`;
      const set = { state: 'failed', done: 0, total: 0, finished: null, intent: null, direction: null, by, host } as const;
      const log = { event: 'uninstall', migration: broken.id, run: run.id, by, host, detail } as const;
      await writeHistory(run, [{ id: broken.id, set, exists: true, stamp: 'finishedAt', log }]);
      const state =
        left.length === 0
          ? `module "${broken.module}" is not installed: what its installer had made was removed again`
          : `module "${broken.module}" is not installed; a part of what its installer had made stays`;
      const failures = report.failures.map((failure) =>
        failure.details.data?.['migration'] === broken.id
          ? failure.with({ state, fix: [`correct the file, then  lockstep module install ${broken.module}`] })
          : failure,
      );
      const stays = left.map(
        ({ statement, why }) =>
          new Failure('module.not-undone', `this could not be undone: ${why}`, {
            ...(statement.at === undefined ? {} : { place: statement.at }),
            state,
            data: { sql: statement.sql },
          }),
      );
      const failed = report.failed.map((item) => (item.id === broken.id ? { ...item, partial: false } : item));
      return { ...report, failed, failures: [...failures, ...stays] };
    }),
  );
}

/** Tells the history that a module is there at a version. Refuses one that has a history, and a version beyond the newest. */
async function adopt({ name, as, ...options }: InstallOptions & { readonly as: string }): Promise<RunReport> {
  return inWorkplace(options, { command: 'module', readOnly: false }, async (workplace) => {
    checkFiles(workplace);
    return withRun(workplace, options, async (run, entries) => {
      const own = entries.filter((entry) => entry.module === name);
      const newest = own.at(-1)?.version ?? '';
      if (own.some(({ row }) => isInDatabase(row) || isPartial(row)))
        throw unfit(`module "${name}" has a history here already`, [`lockstep module list`]);
      if (!/^v?\d/i.test(as) || compareVersions(plain(as), plain(newest)) > 0)
        throw unfit(`"${as}" is no version of module "${name}", whose newest one is ${newest}`, [`lockstep status --module ${name}`]);
      await confirmProtected(workplace, options, `The history would say that ${name} ${as} is there.`);
      const installer = own.find(isInstaller);
      const marked = own.filter((entry) =>
        isInstaller(entry) ? entry === installer : compareVersions(plain(entry.version), plain(as)) <= 0,
      );
      for (const entry of marked)
        await markApplied(workplace, run, isInstaller(entry) ? { ...entry, version: as } : entry, `installed at ${as} by other hands`);
      const { entries: after } = await readEntries(workplace);
      return nothingToDo(workplace, 'up', `the history says now that ${name} ${as} is there`, after, warningsOf(workplace, []));
    });
  });
}

function plain(version: string): string {
  return version.replace(/^v(?=\d)/i, '');
}

function unfit(message: string, fix: readonly string[]): Failure {
  return new Failure('usage.invalid-value', message, { state: 'nothing was changed', fix });
}
