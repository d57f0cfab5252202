import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { count, type Failure, together } from '../../base/index.ts';
import { isManifest, manifestNames, readManifest } from '../../formats/index.ts';
import {
  type Chosen,
  type ChosenFile,
  chooseFiles,
  type EngineSpellings,
  isVersionFolder,
  listedFiles,
  type Manifest,
  type SourceFile,
} from '../../migration/index.ts';
import { type FileContext, type FoundFile, isMigration, readAll, shownPath, walk } from './files.ts';

/** The manifest of a module, or why it cannot be understood; nothing where its folder has none. */
export async function manifestIn(
  folder: string,
  base: string,
): Promise<{ readonly manifest?: Manifest; readonly faults?: readonly Failure[] } | undefined> {
  for (const name of manifestNames) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    if (isManifest(name, text)) return readManifest({ path: shownPath(path, base), text });
  }
  return undefined;
}

/** Whether a manifest says which files are its module's; else they are found as those of any module. */
export function listsFiles(manifest: Manifest | undefined): manifest is Manifest {
  return manifest !== undefined && listedFiles(manifest).length > 0;
}

/** The names of all files of a module that may be listed, from its folder. */
export function presentFiles(folder: string, context: FileContext): readonly string[] {
  const names: readonly string[] = manifestNames;
  return walk(folder, context)
    .filter(({ name }) => isMigration.test(name) && !names.includes(name))
    .map(({ path }) => relative(folder, path).split(sep).join('/'))
    .sort();
}

/**
 * The files that a manifest lists, for one engine, as migrations: updates in folders of their versions, the installer up to the manifest's
 * version. SQL files that it does not list come along and are marked. Refuses files that are missing, and versions that are not certain.
 */
export function manifestFiles(
  manifest: Manifest,
  folder: string,
  { engines, ...context }: FileContext & { readonly engines: EngineSpellings },
): readonly SourceFile[] {
  const { files, unlisted, problems } = chosenFiles(manifest, folder, { engines, ...context });
  if (problems.length > 0) {
    throw together(problems, (n) => `the manifest of module "${context.module}" has ${count(n, 'problem')}`).with({
      state: 'nothing was run',
    });
  }
  const marks = new Map<string, SourceFile['listed']>();
  const orders = new Map<string, number>();
  const found = files.map((file): FoundFile => {
    const path = join(folder, ...file.path.split('/'));
    const order = orders.get(file.version) ?? 0;
    if (file.role === 'update') orders.set(file.version, order + 1);
    marks.set(shownPath(path, context.shownFrom), markOf(file, order));
    const inFolder = file.role === 'update' && isVersionFolder(file.version);
    return { path, name: `${file.base}.${file.ending}`, folders: inFolder ? [file.version] : [] };
  });
  const others = unlisted.map((path): FoundFile => ({ path: join(folder, ...path.split('/')), name: basename(path), folders: [] }));
  return readAll([...found, ...others], context).map((file) => ({ ...file, listed: marks.get(file.path) ?? { as: 'none' } }));
}

/** The files of a manifest for the engine, and what is wrong with them. */
export function chosenFiles(
  manifest: Manifest,
  folder: string,
  { engines, ...context }: FileContext & { readonly engines: EngineSpellings },
): Chosen {
  const chosen = chooseFiles(manifest, presentFiles(folder, context), engines);
  return { ...chosen, unlisted: chosen.unlisted.filter((path) => path.endsWith('.sql')) };
}

function markOf({ role, version }: ChosenFile, order: number): SourceFile['listed'] {
  if (role === 'uninstall') return { as: 'uninstall' };
  return role === 'install' ? { as: 'installer', covers: version } : { as: 'update', version, order };
}
