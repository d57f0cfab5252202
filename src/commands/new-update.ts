import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import { readManifest, withUpdate } from '../formats/index.ts';
import { compareVersions, type Manifest, type ManifestFile, partsOf, versionInName } from '../migration/index.ts';
import { type FoundModule, presentFiles } from '../sources/index.ts';
import type { CommonOptions } from './options.ts';
import type { Project } from './project.ts';
import { confirm } from './run.ts';
import { writing } from './write.ts';

/** What was written. */
export interface NewReport {
  readonly id: string;
  readonly file: string;
  readonly format: string;
  /** All files, where it is written for several engines. */
  readonly files?: readonly string[];
  /** The manifest that lists it now. */
  readonly manifest?: string;
}

/** An update that is to be written. */
export interface NewUpdate extends CommonOptions {
  readonly version?: string;
  readonly ending: string;
  readonly format: string;
  readonly text: string;
  /** The text is of the project's own engine. */
  readonly forOneEngine: boolean;
}

/**
 * Writes an update into a module with a manifest, for each engine that the last one is there for; the manifest lists it and gets its version. Asks
 * before the manifest is changed. Refuses a version that is not beyond the manifest's, and a manifest that it cannot change for certain.
 */
export async function newUpdate(
  module: FoundModule & { readonly manifest?: Manifest },
  project: Project,
  options: NewUpdate,
): Promise<NewReport> {
  const { folder, name, manifest } = module;
  if (manifest === undefined) throw new Error(`module ${name} has no manifest`);
  const version = options.version ?? nextVersion(manifest.version);
  if (!/^v?\d+(?:[._]\d+)*$/i.test(version) || compareVersions(version, manifest.version) <= 0)
    throw unfit(`"${version}" is no version beyond ${manifest.version}, which module "${name}" has`, [
      `--version ${nextVersion(manifest.version)}`,
    ]);
  const { listed, paths } = namesOf(manifest, folder, { project, version, ending: options.ending });
  if (options.forOneEngine && paths.length > 1)
    throw unfit(`module "${name}" has files for ${paths.length} engines, and a change in SQL is for one`, [
      '--format yaml   is for all of them',
    ]);
  const taken = paths.find((path) => existsSync(join(folder, path)));
  if (taken !== undefined) throw unfit(`"${taken}" is there already`, [`--version ${nextVersion(version)}`]);
  const path = resolve(project.base, manifest.file);
  const before = readFileSync(path, 'utf8');
  const after = withUpdate({ path: manifest.file, text: before }, manifest, { path: listed, version });
  if (!(await isAsMeant(after, manifest, { path: listed, version })))
    throw unfit(`"${manifest.file}" cannot be changed for certain`, [`list "${listed}" in it by hand, and give it the version ${version}`]);
  if (options.yes !== true)
    await confirm(options, { text: `${manifest.file} would list ${listed} and get the version ${version}.`, losses: [], flag: '--yes' });
  for (const one of paths) writing(one, () => writeFileSync(join(folder, one), options.text, { flag: 'wx' }));
  writing(manifest.file, () => writeFileSync(path, after));
  const files = paths.map((one) => relative(project.base, join(folder, one)).split('\\').join('/'));
  const { base } = partsOf(listed, spellings(project));
  return { id: `${name}/${version}/${base}`, file: files[0] ?? listed, files, manifest: manifest.file, format: options.format };
}

/** What the manifest says now, read again: the new version, the new file, and all others as they were. */
async function isAsMeant(
  text: string,
  before: Manifest,
  { path, version }: { readonly path: string; readonly version: string },
): Promise<boolean> {
  const read = await readManifest({ path: before.file, text });
  if (!('manifest' in read)) return false;
  const named = (files: readonly ManifestFile[]): readonly string[] => files.map((file) => `${file.path} ${file.version ?? ''}`).sort();
  const { updates, install, uninstall } = read.manifest;
  return (
    read.manifest.version === version &&
    String(named(updates)) === String([...named(before.updates), `${path} `].sort()) &&
    String(named([...install, ...uninstall])) === String(named([...before.install, ...before.uninstall]))
  );
}

function spellings({ engines }: Project): { readonly known: Readonly<Record<string, readonly string[]>> } {
  return { known: Object.fromEntries(engines.map(({ name, aliases = [] }) => [name, [name, ...aliases]])) };
}

interface Wanted {
  readonly project: Project;
  readonly version: string;
  readonly ending: string;
}

/** The name for the manifest, in the style of the last update, and those of the files: one for each engine that the module's last file has. */
function namesOf(
  manifest: Manifest,
  folder: string,
  { project, version, ending }: Wanted,
): { readonly listed: string; readonly paths: readonly string[] } {
  const engines = spellings(project);
  const model = manifest.updates.at(-1) ?? manifest.install.at(-1) ?? manifest.uninstall.at(-1);
  const parts = partsOf(model?.path ?? 'update.sql', engines);
  const digits = version.replaceAll(/\D/g, '');
  const isShort = manifest.updates.length > 0 && /(?:^|[._-])\d+$/.test(parts.base) && !/\d[._]\d+$/.test(parts.base);
  const read = isShort ? versionInName(`update.${digits}`, version) : undefined;
  const base = `update.${read !== undefined && 'version' in read && read.version === version ? digits : version.replace(/^v/i, '')}`;
  const present = presentFiles(folder, { shownFrom: project.base, module: '', loader: project.loader }).map((path) => ({
    path,
    ...partsOf(path, engines),
  }));
  const like = present.filter((file) => file.base === parts.base && file.ending === parts.ending);
  const where = like[0]?.folder ?? (existsSync(join(folder, 'data')) ? 'data/' : '');
  const suffixes = ending === 'sql' ? [...new Set(like.map(({ suffix }) => suffix))] : [undefined];
  const called = (suffix: string | undefined): string => `${base}${suffix === undefined ? '' : `.${suffix}`}.${ending}`;
  const wanted = suffixes.length === 0 ? [ending === 'sql' ? parts.suffix : undefined] : suffixes;
  return {
    listed: `${parts.folder}${called(ending === 'sql' ? parts.suffix : undefined)}`,
    paths: wanted.map((suffix) => `${where}${called(suffix)}`),
  };
}

function nextVersion(version: string): string {
  return version.replace(/\d+(?=\D*$)/, (digits) => String(BigInt(digits) + 1n).padStart(digits.length, '0'));
}

function unfit(message: string, fix: readonly string[]): Failure {
  return new Failure('usage.invalid-value', message, { state: 'nothing was written', fix });
}
