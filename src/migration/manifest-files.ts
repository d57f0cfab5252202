import { Failure, joined } from '../base/index.ts';
import { listedFiles, type Manifest, type ManifestFile, versionInName } from './manifest.ts';

/** How engines are called in the names of files, by engine; and the one that files are wanted for. */
export interface EngineSpellings {
  readonly own?: string;
  readonly known: Readonly<Record<string, readonly string[]>>;
}

/** A file of a manifest as it is taken for the engine. */
export interface ChosenFile {
  readonly role: 'install' | 'update' | 'uninstall';
  /** From the module's folder. */
  readonly path: string;
  /** Its name without engine and ending. */
  readonly base: string;
  readonly ending: string;
  readonly version: string;
}

export interface Chosen {
  readonly files: readonly ChosenFile[];
  /** Of all updates, also of those without a file; absent where it is not certain. */
  readonly versions: readonly (string | undefined)[];
  /** SQL files of the module that the manifest does not list, for any engine. */
  readonly unlisted: readonly string[];
  readonly problems: readonly Failure[];
}

/** The name of a file in its parts: `update.003`, `mysql`, `sql`. */
interface NameParts {
  readonly folder: string;
  readonly base: string;
  readonly suffix?: string;
  /** The engine that the suffix stands for. */
  readonly engine?: string;
  readonly ending: string;
}

/** Files with one base: one thing that is listed, for one engine or for each. */
interface Group extends Pick<NameParts, 'base' | 'ending'> {
  readonly role: ChosenFile['role'] | 'testData';
  readonly listed: ManifestFile;
  /** The files that are there. */
  readonly present: readonly (NameParts & { readonly path: string })[];
}

/**
 * The file for the engine of everything that a manifest lists: `install.mysql.sql` before `install.sql`, whichever of them is listed. Without
 * an engine only what holds for all of them is looked at, and any file is taken. `present` are the SQL files below the module's folder.
 */
export function chooseFiles(manifest: Manifest, present: readonly string[], engines: EngineSpellings): Chosen {
  const problems: Failure[] = [];
  const there = present.map((path) => ({ path, ...partsOf(path, engines) }));
  const groups = groupsOf(manifest, there, engines, problems);
  const files: ChosenFile[] = [];
  const versions: (string | undefined)[] = [];
  for (const group of groups) {
    const path = pick(group, engines, problems);
    const version = group.role === 'update' ? versionOf(group, manifest, problems) : manifest.version;
    if (group.role === 'update') versions.push(version);
    if (path !== undefined && version !== undefined && group.role !== 'testData')
      files.push({ role: group.role, path, base: group.base, ending: group.ending, version });
  }
  for (const role of ['install', 'uninstall'] as const) {
    const [first, second] = files.filter((file) => file.role === role);
    if (first !== undefined && second !== undefined)
      problems.push(invalid(`a module has one file to ${role} it; "${first.base}" and "${second.base}" are two`, manifest[role][0]));
  }
  const known = new Set([
    ...groups.flatMap((group) => group.present.map(({ path }) => path)),
    ...listedFiles(manifest).map(({ path }) => path),
  ]);
  const unlisted = there.filter(({ path, base }) => !known.has(path) && base !== 'delete.test').map(({ path }) => path);
  return { files, versions, unlisted, problems };
}

/** The engines for which some files of a module are there and others are not, with what is missing. */
export function missingForEngines(
  manifest: Manifest,
  present: readonly string[],
  engines: EngineSpellings,
): readonly { readonly engine: string; readonly file: string; readonly listed: ManifestFile }[] {
  const there = present.map((path) => ({ path, ...partsOf(path, engines) }));
  const groups = groupsOf(manifest, there, engines, []).filter((group) => group.present.length > 0);
  const used = new Set(groups.flatMap((group) => group.present.flatMap(({ engine }) => engine ?? [])));
  return [...used].flatMap((engine) =>
    groups
      .filter((group) => !group.present.some((one) => one.engine === engine || one.engine === undefined))
      .map(({ base, ending, listed }) => ({ engine, file: `${base}.${engine}.${ending}`, listed })),
  );
}

function groupsOf(
  manifest: Manifest,
  there: readonly (NameParts & { readonly path: string })[],
  engines: EngineSpellings,
  problems: Failure[],
): readonly Group[] {
  const groups: Group[] = [];
  const roles = [
    ['install', manifest.install],
    ['update', manifest.updates],
    ['uninstall', manifest.uninstall],
    ['testData', manifest.testData],
  ] as const;
  for (const [role, list] of roles) {
    for (const listed of list) {
      if (isOutside(listed.path)) {
        problems.push(invalid(`"${listed.path}" leads out of the module`, listed));
        continue;
      }
      const { folder, base, ending } = partsOf(listed.path, engines);
      if (groups.some((group) => group.role === role && group.base === base && group.ending === ending)) continue;
      // Where the manifest names no folder, the files lie in `data`, or beside it.
      const folders = [`data/${folder}`, folder];
      const place = folders.find((one) => there.some((file) => file.folder === one && file.base === base && file.ending === ending));
      const present = there.filter((file) => file.folder === place && file.base === base && file.ending === ending);
      groups.push({ role, listed, base, ending, present });
    }
  }
  return groups;
}

function pick({ present, base, ending, listed, role }: Group, { own, known }: EngineSpellings, problems: Failure[]): string | undefined {
  const plain = present.find(({ engine }) => engine === undefined);
  const [first, second] = present.filter(({ engine }) => engine === own && own !== undefined);
  if (second !== undefined && first !== undefined)
    problems.push(invalid(`there are two files for ${own}: ${nameOf(first.path)} and ${nameOf(second.path)}`, listed));
  const chosen = first ?? plain ?? (own === undefined ? present[0] : undefined);
  if (chosen === undefined && role !== 'testData') {
    const searched = [...(own === undefined ? [] : (known[own] ?? [own]).map((name) => `${base}.${name}.${ending}`)), `${base}.${ending}`];
    const why =
      present.length === 0 || own === undefined ? `"${listed.path}" is listed and not there` : `"${listed.path}" is not there for ${own}`;
    problems.push(invalid(`${why}; searched for: ${joined(searched)}`, listed));
  }
  return chosen?.path;
}

function versionOf({ base, listed }: Group, manifest: Manifest, problems: Failure[]): string | undefined {
  if (listed.version !== undefined) return listed.version;
  const named = versionInName(base, manifest.version);
  if ('version' in named) return named.version;
  problems.push(
    invalid(`the version of "${listed.path}" is not known: ${named.why}`, listed, [
      'version="…" beside the file in the manifest',
      `call it ${base.replace(/[._-]?\d*$/, '')}.VERSION.sql, with the points of the version`,
    ]),
  );
  return undefined;
}

function isOutside(path: string): boolean {
  return path.startsWith('/') || path.includes('\\') || /^[a-z]:/i.test(path) || path.split('/').includes('..');
}

/** The name of a file in its parts. */
export function partsOf(path: string, { known }: EngineSpellings): NameParts {
  const name = nameOf(path);
  const folder = path.slice(0, path.length - name.length);
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  const at = stem.lastIndexOf('.');
  const suffix = at < 0 ? '' : stem.slice(at + 1).toLowerCase();
  const found = Object.entries(known).find(([, names]) => names.includes(suffix.replace(/\d+$/, '')) || names.includes(suffix));
  if (at <= 0 || found === undefined) return { folder, base: stem, ending };
  return { folder, base: stem.slice(0, at), suffix, engine: found[0], ending };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function invalid(message: string, listed: ManifestFile | undefined, fix?: readonly string[]): Failure {
  return new Failure('module.manifest', message, {
    ...(listed === undefined ? {} : { place: listed.place }),
    ...(fix === undefined ? {} : { fix }),
    state: 'nothing was run',
  });
}
