import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Failure, lineStarts, type Problem, placeAt, problemOf } from '../base/index.ts';
import {
  compareVersions,
  type EngineSpellings,
  listedFiles,
  type Manifest,
  missingForEngines,
  substitute,
  unknownModule,
} from '../migration/index.ts';
import { chosenFiles, type FoundModule, findModules, listsFiles, presentFiles } from '../sources/index.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, engineSpellings, openProject, type Project } from './project.ts';

/** A module with everything that is wrong about its files. */
export interface CheckedModule {
  readonly name: string;
  /** The manifest, where there is one. */
  readonly manifest?: string;
  readonly version?: string;
  readonly problems: readonly Problem[];
}

export interface ModuleCheckReport {
  readonly modules: readonly CheckedModule[];
  /** How many problems there are in all of them. */
  readonly found: number;
}

/**
 * Compares manifests with the files that are there, and the files of modules without one with the rules for names. Reads files only; where a database
 * is named, also whether its engine has all of its files. Refuses a name that no module has.
 */
export async function checkModules({ name, ...options }: CommonOptions & { readonly name?: string } = {}): Promise<ModuleCheckReport> {
  const project = await openProject(options);
  const found = await findModules(project.config.modules, project.base);
  if (name !== undefined && !found.some((one) => one.name === name))
    throw unknownModule(
      name,
      found.map((one) => one.name),
    );
  const spellings = await spellingsOf(project, options);
  const required = await requirementProblems(project, options);
  const modules: CheckedModule[] = [];
  for (const module of found.filter((one) => name === undefined || one.name === name)) {
    const { manifest, faults = [] } = module;
    const own = listsFiles(manifest)
      ? manifestProblems(module, manifest, project, spellings)
      : await fileProblems(module, project, options);
    const concerned = required.filter(({ message }) => message.includes(`"${module.name}"`) || message.includes(` ${module.name}/`));
    const all = [...faults, ...own, ...labelProblems(module, project), ...concerned].map((problem) => problemOf(problem));
    modules.push({
      name: module.name,
      ...(manifest === undefined ? {} : { manifest: manifest.file, version: manifest.version }),
      problems: all.filter((one, i) => all.findIndex((other) => other.message === one.message) === i),
    });
  }
  return { modules, found: modules.reduce((sum, { problems }) => sum + problems.length, 0) };
}

/** With the engine of the database where one is named; what is checked otherwise holds for all engines. */
async function spellingsOf(project: Project, options: CommonOptions): Promise<EngineSpellings> {
  try {
    return await engineSpellings(project, options);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'config.no-database') throw error;
    return { known: Object.fromEntries(project.engines.map(({ name, aliases = [] }) => [name, [name, ...aliases]])) };
  }
}

/** What modules require and do not get, as far as their files can be read together. */
async function requirementProblems(project: Project, options: CommonOptions): Promise<readonly Failure[]> {
  try {
    const { problems } = await collectMigrations(project, options);
    return problems.filter(({ code }) => ['module.missing', 'module.circle', 'module.requirement'].includes(code));
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

function manifestProblems(module: FoundModule, manifest: Manifest, project: Project, engines: EngineSpellings): readonly Failure[] {
  const { base, loader } = project;
  const context = { shownFrom: base, module: module.name, loader };
  const present = presentFiles(module.folder, context);
  const chosen = chosenFiles(manifest, module.folder, { ...context, engines });
  const missing = missingForEngines(manifest, present, engines).map(({ engine, file, listed }) =>
    finding(`"${listed.path}" has no file for ${engine}, which other files of the module have: ${file}`, listed.place),
  );
  const unlisted = chosen.unlisted.map((path) => {
    const shown = relative(base, join(module.folder, path)).split('\\').join('/');
    return finding(`"${path}" is there and the manifest does not list it`, { file: shown, line: 1, column: 1 });
  });
  return [
    ...manifest.remarks.map(({ message, place }) => finding(message, place)),
    ...twice(manifest),
    ...chosen.problems,
    ...missing,
    ...unlisted,
    ...versionProblems(manifest, chosen.versions),
    ...chosen.files.flatMap(({ path }) => placeholderProblems(module, path, project)),
  ];
}

function twice(manifest: Manifest): readonly Failure[] {
  const files = listedFiles(manifest);
  return files.flatMap(({ path, place }, i) => {
    const first = files.findIndex((one) => one.path === path);
    return first < i ? [finding(`"${path}" is listed twice, first in line ${files[first]?.place.line}`, place)] : [];
  });
}

function versionProblems({ version, versionAt }: Manifest, versions: readonly (string | undefined)[]): readonly Failure[] {
  const known = versions.filter((one) => one !== undefined);
  const highest = [...known].sort(compareVersions).at(-1);
  // One whose version is not certain may be the highest.
  if (highest === undefined || known.length < versions.length || compareVersions(highest, version) === 0) return [];
  return [finding(`the manifest's version is ${version}, and its highest update leads to ${highest}`, versionAt)];
}

function placeholderProblems(module: FoundModule, path: string, { placeholders, base }: Project): readonly Failure[] {
  const file = join(module.folder, path);
  const text = readFileSync(file, 'utf8');
  const starts = lineStarts(text);
  const shown = relative(base, file).split('\\').join('/');
  return substitute(text, placeholders(module)).missing.map(
    ({ name, offset }) =>
      new Failure('placeholder.missing', `the placeholder <${name}> has no value`, { place: placeAt(shown, starts, offset), source: text }),
  );
}

/** What the names of files and the files themselves have against being migrations. */
async function fileProblems(
  { root, manifest, faults }: FoundModule,
  project: Project,
  options: CommonOptions,
): Promise<readonly Failure[]> {
  if (faults !== undefined) return [];
  try {
    const { problems, unmatched } = await collectMigrations(project, { ...options, dir: relative(project.base, root) || '.' });
    const strange = unmatched
      .filter(({ name, path, folders }) => path !== manifest?.file && !(folders.length === 0 && name === 'uninstall.sql'))
      .map(
        ({ path }) =>
          new Failure('migration.unmatched-file', `"${path}" is no migration and is not run`, {
            place: { file: path, line: 1, column: 1 },
          }),
      );
    return [...problems.filter(({ code }) => !code.startsWith('module.')), ...strange];
  } catch (error) {
    if (error instanceof Failure) return error.details.problems ?? [error];
    throw error;
  }
}

/** Folders of versions whose label other tools read as something else. */
function labelProblems({ root, manifest }: FoundModule, { base, loader }: Project): readonly Failure[] {
  if (listsFiles(manifest)) return [];
  const shown = relative(base, root).split('\\').join('/');
  const folders = new Set(presentFiles(root, { shownFrom: base, module: '', loader }).map((path) => path.split('/')[0] ?? ''));
  return [...folders]
    .filter((folder) => /^v\d+(?:[.+_-]\d+)*$/i.test(folder) && /[.+-]/.test(folder))
    .map(
      (folder) =>
        new Failure('migration.invalid', `the folder "${folder}" is no label of a version: it is written with "_"`, {
          place: { file: `${shown}/${folder}`, line: 1, column: 1 },
          fix: [`call it ${folder.replaceAll(/[.+-]/g, '_')}`],
        }),
    );
}

function finding(message: string, place: Manifest['versionAt']): Failure {
  return new Failure('module.manifest', message, { place });
}
