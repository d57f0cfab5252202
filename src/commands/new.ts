import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Failure, together } from '../base/index.ts';
import type { Format } from '../contracts/index.ts';
import { writerOf } from '../formats/index.ts';
import {
  compareLabels,
  detectScheme,
  idOf,
  type Label,
  type Migration,
  rootModule,
  type Scheme,
  unknownModule,
} from '../migration/index.ts';
import { type FoundModule, findModules, listsFiles } from '../sources/index.ts';
import { changesInWords } from './change-words.ts';
import { groundBehind, type Said, sqlText } from './convert-sql.ts';
import { type NewReport, newUpdate } from './new-update.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, conventionsOf, openProject, type Project, writtenOut } from './project.ts';
import { writing } from './write.ts';

export interface NewOptions extends CommonOptions {
  readonly name: string;
  /** `sql` by default. */
  readonly format?: string;
  /** A change that stands in it, in words: `createTable:thing`. */
  readonly change?: string;
  /** What stands in it; a skeleton by default. */
  readonly text?: string;
  /** In a module with a manifest: the version that it leads to; by default the next one. */
  readonly version?: string;
}

/** Writes an empty migration with the next label of the scheme that stands. Touches no database and never overwrites a file. */
export async function newMigration(options: NewOptions): Promise<NewReport> {
  const project = await openProject(options);
  const { format, ending } = formatNamed(options.format ?? 'sql', project);
  const slug = slugOf(options.name);
  if (slug === '') throw new Failure('usage.invalid-value', `the name "${options.name}" holds no letter and no digit`);
  const listing = await listingModule(project, options);
  if (listing !== undefined) return inListing(listing, project, options);
  const place = await placeOf(project, options);
  if (place === undefined) {
    throw new Failure('usage.missing-argument', 'the configuration names patterns and no folder, so it must be said where the file goes', {
      state: 'nothing was written',
      fix: ['lockstep new NAME --dir DIR'],
    });
  }
  const root = resolve(project.base, place.folder);
  writing(place.folder, () => mkdirSync(root, { recursive: true }));
  const { migrations, problems } = await collectMigrations(project, { ...options, dir: place.folder });
  const known = await knownLabels(project, migrations, options);
  const scheme = place.scheme ?? (known.length === 0 ? 'datetime' : detectScheme(known));
  const mixed = problems.find((problem) => problem.code === 'order.mixed-schemes');
  // Whatever label the file got, some of those that are there would not go with it.
  if (scheme === undefined) throw mixed?.with({ state: 'nothing was written' }) ?? new Error('labels that fit no scheme, and no problem');
  const labels = [...known].sort((a, b) => compareLabels(scheme, a, b)).map(({ text }) => text);
  const label = nextLabel(scheme, labels, new Date());
  // Where versions are folders, the next one begins with this migration.
  const isFirst = migrations.length === 0 && place.module !== rootModule;
  const inFolder = scheme === 'version' && (isFirst || migrations.some(({ file }) => file.folders.length > 0));
  const folder = inFolder ? join(root, label) : root;
  if (inFolder) writing(label, () => mkdirSync(folder, { recursive: true }));
  const name = freeName(folder, inFolder ? '01' : label, slug);
  const path = join(folder, `${name}.${ending}`);
  const toRoot = relative(folder, project.base).split('\\').join('/') || '.';
  const begun = options.change === undefined ? undefined : await textOf(options.change, ending, project, options);
  const text = options.text ?? begun ?? format.skeleton(options.name.replaceAll(/\s+/g, ' ').trim(), ending, toRoot);
  writing(`${name}.${ending}`, () => writeFileSync(path, text, { flag: 'wx' }));
  const id = idOf(place.module, inFolder ? label : undefined, name);
  return { id, file: relative(project.base, path).split('\\').join('/'), format: format.name };
}

/** The labels behind which a new one stands: those of its place, or in one order of all modules those of all. */
async function knownLabels(project: Project, here: readonly Migration[], options: NewOptions): Promise<readonly Label[]> {
  const all = project.config.order === 'interleaved' ? (await collectMigrations(project, options)).migrations : [];
  const steps = all.filter(({ covers }) => covers === undefined);
  return (steps.length > 0 ? steps : here).map(({ label }) => label);
}

function formatNamed(wanted: string, { formats }: Project): { readonly format: Format; readonly ending: string } {
  const format = formats.find((candidate) => candidate.name === wanted || candidate.extensions.includes(wanted));
  if (format === undefined) {
    const known = formats.flatMap((candidate) => candidate.extensions);
    throw new Failure('usage.invalid-value', `there is no format "${wanted}"; known are ${known.join(', ')}`);
  }
  return { format, ending: format.extensions.includes(wanted) ? wanted : (format.extensions[0] ?? 'sql') };
}

/** An update of a module whose manifest lists it then. */
async function inListing(module: FoundModule, project: Project, options: NewOptions): Promise<NewReport> {
  const { format, ending } = formatNamed(options.format ?? 'sql', project);
  const toRoot = relative(module.folder, project.base).split('\\').join('/') || '.';
  const begun = options.change === undefined ? undefined : await textOf(options.change, ending, project, options);
  const text = options.text ?? begun ?? format.skeleton(options.name.replaceAll(/\s+/g, ' ').trim(), ending, toRoot);
  return newUpdate(module, project, {
    ...options,
    ending,
    text,
    format: format.name,
    forOneEngine: begun !== undefined && ending === 'sql',
  });
}

/** The module that is meant, where its manifest lists its files. */
async function listingModule({ base, config }: Project, { modules = [], version }: NewOptions): Promise<FoundModule | undefined> {
  const [name, other] = modules;
  const isOne = name !== undefined && other === undefined;
  const module = isOne ? (await findModules(config.modules, base)).find((one) => one.name === name) : undefined;
  if (module?.faults !== undefined) throw together(module.faults);
  if (listsFiles(module?.manifest)) return module;
  if (version === undefined) return undefined;
  throw new Failure('usage.invalid-value', '`--version` is for modules with a manifest that lists files', { state: 'nothing was written' });
}

interface Place {
  readonly module: string;
  readonly folder: string;
  readonly scheme?: Scheme;
}

/** Where a migration goes: into the module that is named, or the folder of the project. Refuses several modules and one that is not there. */
async function placeOf({ base, config, folder }: Project, { modules = [] }: CommonOptions): Promise<Place | undefined> {
  const [name, other] = modules;
  if (other !== undefined) throw new Failure('usage.invalid-value', 'a migration belongs to one module', { state: 'nothing was written' });
  if (name === undefined || name === rootModule) {
    return folder === undefined
      ? undefined
      : { module: rootModule, folder, ...(config.scheme === undefined ? {} : { scheme: config.scheme }) };
  }
  const found = await findModules(config.modules, base);
  const module = found.find((one) => one.name === name);
  if (module === undefined) throw unknownModule(name, [rootModule, ...found.map((one) => one.name)]).with({ state: 'nothing was written' });
  const place = relative(base, module.root).split('\\').join('/');
  return { module: name, folder: place, ...(module.scheme === undefined ? {} : { scheme: module.scheme }) };
}

/** A file with the changes that words stand for. For SQL the engine of the project's database says them. */
async function textOf(words: string, ending: string, project: Project, options: CommonOptions): Promise<string> {
  const conventions = conventionsOf(project);
  const changes = changesInWords(words, conventions);
  const said: Said = { up: changes, down: undefined, options: writtenOut(project) };
  const write = writerOf(isCode.test(ending) ? 'ts' : ending.replace('yml', 'yaml'));
  if (write !== undefined) return write(said.up, said.down, said.options);
  return sqlText(said, await groundBehind(undefined, project, options)).text;
}

const isCode = /^[cm]?[tj]s$/;

function slugOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 100);
}

/** The label behind all that are there: one more than the greatest number, in its width, or the present second in UTC. */
export function nextLabel(scheme: Scheme, labels: readonly string[], now: Date): string {
  if (scheme === 'datetime') return now.toISOString().slice(0, 19).replace(/[-:]/g, '');
  if (scheme === 'version') return nextVersion(labels.at(-1) ?? 'v1_0');
  const last = labels.at(-1) ?? '000';
  return String(Number(last) + 1).padStart(last.length, '0');
}

function nextVersion(label: string): string {
  return label.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1).padStart(digits.length, '0'));
}

/** Two migrations made in one second must not share a label: the later one takes the next second. */
function freeName(folder: string, label: string, slug: string): string {
  const taken = existsSync(folder) ? readdirSync(folder) : [];
  let free = label;
  while (taken.some((file) => file.startsWith(`${free}_`) || file.startsWith(`${free}.`))) free = following(free);
  return `${free}_${slug}`;
}

function following(label: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})$/.exec(label);
  if (match === null) return nextVersion(label);
  const [, y, mo, d, h, mi, s] = match.map(Number);
  return new Date(Date.UTC(y ?? 0, (mo ?? 1) - 1, d, h, mi, (s ?? 0) + 1)).toISOString().slice(0, 19).replace(/[-:]/g, '');
}
