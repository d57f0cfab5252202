import { Failure, type Problem, problemOf } from '../base/index.ts';
import { baseOf, isOfManifest, type Migration, unknownModule } from '../migration/index.ts';
import { type Built, building, differing, findingLine, type Ground, otherRows } from './built.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, databaseOf, openProject } from './project.ts';
import { freshEntry, unnoticed } from './replay.ts';
import { onScratch } from './structure.ts';
import { checkFiles, selectPending } from './up.ts';

/** An installer, held against the migrations that it stands for. */
export interface VerifiedInstaller {
  readonly id: string;
  readonly module: string;
  readonly version: string;
  /** How many migrations it stands for. */
  readonly covers: number;
  /** What differs, a line each: `- column pages.title` is made by the migrations only. */
  readonly differences: readonly string[];
}

export interface InstallersReport {
  readonly server: string;
  readonly installers: readonly VerifiedInstaller[];
  /** Everything was also built once with installers and once without; absent where an installer differs, or none is chosen. */
  readonly whole?: 'same' | 'differs';
  readonly problems: readonly Problem[];
}

/**
 * Builds on scratch databases what each installer makes and what the migrations make that it stands for, and compares structures and rows;
 * then everything with all installers and without. Of numbers and times that the engine gives only counts whether there are any. No
 * database of the project is changed.
 */
export async function verifyInstallers({ modules, exclude = [], ...options }: CommonOptions = {}): Promise<InstallersReport> {
  const project = unnoticed(await openProject(options));
  const collected = await collectMigrations(project, options);
  checkFiles({ collected });
  const names = collected.modules.map(({ name }) => name);
  for (const name of [...(modules ?? []), ...exclude]) if (!names.includes(name)) throw unknownModule(name, names);
  const ground: Ground = { project, database: await databaseOf(project, options), collected };
  const chosen = collected.migrations.filter(
    (migration) =>
      // Updates of a manifest begin at what was installed, so that nothing builds the same without its install file.
      migration.covers !== undefined &&
      !isOfManifest({ migration }) &&
      (modules?.includes(migration.module) ?? true) &&
      !exclude.includes(migration.module),
  );
  const installers: VerifiedInstaller[] = [];
  const problems: Problem[] = [];
  let server = '';
  for (const installer of chosen) {
    const { problem, title, ...found } = await verifyOne(installer, ground, options);
    server = title;
    installers.push(found);
    if (problem !== undefined) problems.push(problem);
  }
  if (chosen.length === 0 || problems.length > 0) return { server, installers, problems };
  const differences = await wholeDiffers(ground, options);
  if (differences.length === 0) return { server, installers, whole: 'same', problems };
  const problem = new Failure(
    'installer.differs',
    `all modules, built with their installers, are not what all migrations make: ${differences.join('; ')}`,
    { fix: ['let the installer require what its migrations require', 'lockstep up --no-installer'], data: { differing: differences } },
  );
  return { server, installers, whole: 'differs', problems: [problemOf(problem)] };
}

type Verified = VerifiedInstaller & { readonly title: string; readonly problem?: Problem };

async function verifyOne(installer: Migration, ground: Ground, options: CommonOptions): Promise<Verified> {
  const { id, module, version, file } = installer;
  const ids = new Set(installer.covers);
  const steps = ground.collected.migrations.filter((one) => ids.has(one.id));
  // It may require more than what it stands for.
  const base = baseOf([...steps, installer], ground.collected.migrations);
  const build = (last: readonly Migration[]): Promise<Built & { readonly title: string }> =>
    building(ground, options, async (run, { session }) => {
      await run(base);
      return { ...(await run(last)), title: session.server.title };
    });
  const wanted = await build(steps);
  const about = { id, module, version, covers: steps.length, title: wanted.title };
  const fail = (message: string, differences: readonly string[]): Verified => {
    const failure = new Failure('installer.differs', message, {
      place: { file: file.path, line: 1, column: 1 },
      fix: [`lockstep dump --module ${module} --covers ${version} -o ${file.path}`],
      data: { migration: id, differing: differences },
    });
    return { ...about, differences, problem: problemOf(failure) };
  };
  try {
    const found = await build([installer]);
    const differences = await compared(wanted, found, ground, options);
    if (differences.length === 0) return { ...about, differences };
    return fail(`installer ${id} does not make what the migrations up to ${version} make: ${differences.join('; ')}`, differences);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'interrupted') throw error;
    return fail(`installer ${id} does not run: ${error.message}`, [error.message]);
  }
}

async function compared(wanted: Built, found: Built, ground: Ground, options: CommonOptions): Promise<readonly string[]> {
  const structure = await differing(wanted.schema, found.schema, ground, (work) =>
    onScratch(ground.database, ground.project, options, (session) => work(session)),
  );
  return [
    ...structure.map(findingLine),
    ...otherRows(wanted, found).map(
      ({ table, wanted: by, found: own }) =>
        `~ rows of ${table} (${by} by the migrations, ${own} by the installer${by === own ? ', not the same' : ''})`,
    ),
  ];
}

async function wholeDiffers(ground: Ground, options: CommonOptions): Promise<readonly string[]> {
  const all = (noInstaller: boolean): Promise<Built> => {
    const pending = selectPending(ground.collected.migrations.map(freshEntry), { noInstaller });
    return building(ground, options, (run) => run(pending.flatMap(({ migration }) => migration ?? [])));
  };
  return compared(await all(true), await all(false), ground, options);
}
