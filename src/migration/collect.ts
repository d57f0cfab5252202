import { byText, count, Failure, joined } from '../base/index.ts';
import { idOf, type Migration, type Module, rootModule, type SourceFile } from './migration.ts';
import { compareDigits, detectScheme, isVersionFolder, type Label, labelComparer, readLabel, type Scheme } from './order.ts';
import { labelOf } from './requirement.ts';
import { runningOrder, type Stream } from './running-order.ts';
import type { Tags } from './tags.ts';

/** Which format reads which ending, and what a file says of itself before it is parsed. */
export interface FormatHeader {
  readonly name: string;
  /** Endings without the dot, for example `sql`. */
  readonly extensions: readonly string[];
  /** Properties written in the file; they win over its name. */
  header?(file: SourceFile): Header | Promise<Header>;
}

export interface Header {
  readonly version?: string;
  readonly order?: number;
  readonly requires?: readonly string[];
  /** It is an installer: it builds its module from nothing, up to this version. */
  readonly covers?: string;
}

export interface Collected {
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  /** In the order given, those of the files behind them. */
  readonly modules: readonly Module[];
  /** Files that look like nothing known: reported, never run. */
  readonly unmatched: readonly SourceFile[];
  /** Why nothing may run. */
  readonly problems: readonly Failure[];
  /** Tags that lead nowhere because no file has their migration, with its id. */
  readonly lostTags?: Tags;
}

/** A file with what it says of itself. */
export interface HeadedFile {
  readonly file: SourceFile;
  readonly header: Header;
}

/** The format for a file by its ending; type declarations are no migrations. */
export function formatOf<F extends FormatHeader>(file: SourceFile, formats: readonly F[]): F | undefined {
  if (file.name.endsWith('ts') && /\.d\.[cm]?ts$/.test(file.name)) return undefined;
  const extension = extensionOf(file);
  return formats.find((candidate) => candidate.extensions.includes(extension));
}

function extensionOf(file: SourceFile): string {
  const dot = file.name.lastIndexOf('.');
  return dot < 0 ? '' : file.name.slice(dot + 1);
}

interface Named {
  readonly file: SourceFile;
  readonly format: string;
  readonly role: 'both' | 'up' | 'down';
  readonly version: string | undefined;
  readonly stem: string;
  readonly label: Label;
  readonly order: number;
  readonly name: string;
  readonly requires: readonly string[];
  readonly covers: string | undefined;
}

/**
 * Turns files into migrations in running order: pairs ups with downs, reads labels, finds each module's scheme. Every problem is
 * collected, none is thrown; with any problem nothing may run.
 */
export function collect(files: readonly HeadedFile[], formats: readonly FormatHeader[], modules: readonly Module[]): Collected {
  const unmatched: SourceFile[] = [];
  const problems: Failure[] = [];
  const named: Named[] = [];
  for (const headed of files) {
    const found = nameFile(headed, formats);
    if (found === undefined) {
      if (headed.file.listed?.as !== 'uninstall') unmatched.push(headed.file);
    } else named.push(found);
  }
  const removers = new Map(files.flatMap(({ file }) => (file.listed?.as === 'uninstall' ? [[file.module, file] as const] : [])));
  const migrations = pair(named, problems);
  const byModule = new Map<string, Migration[]>();
  for (const migration of migrations) {
    const own = byModule.get(migration.module);
    if (own === undefined) byModule.set(migration.module, [migration]);
    else own.push(migration);
  }
  const known = new Map(modules.map((module) => [module.name, withRemover(module, removers.get(module.name))]));
  for (const name of byModule.keys()) if (!known.has(name)) known.set(name, { name });
  const streams = [...known.values()].map((module) => streamOf(module, byModule.get(module.name) ?? [], problems));
  return { migrations: runningOrder(streams, problems), modules: [...known.values()], unmatched, problems };
}

function withRemover(module: Module, uninstall: SourceFile | undefined): Module {
  return uninstall === undefined ? module : { ...module, uninstall };
}

function nameFile(headed: HeadedFile, formats: readonly FormatHeader[]): Named | undefined {
  const { file } = headed;
  const format = formatOf(file, formats);
  if (format === undefined || file.listed?.as === 'none' || file.listed?.as === 'uninstall') return undefined;
  const header: Header = { ...headed.header, ...file.listed };
  let stem = file.name.slice(0, -extensionOf(file).length - 1);
  const folders = [...file.folders];
  const role = /^(?:.*\.)?(up|down)$/.exec(stem)?.[1] as 'up' | 'down' | undefined;
  if (role !== undefined) stem = stem.slice(0, -role.length).replace(/\.$/, '');
  // A folder may be the migration: 20261122T101500_users/up.sql, or …/migration.sql.
  if ((stem === '' && role !== undefined) || stem === 'migration') stem = folders.pop() ?? '';
  const folder = folders.findLast(isVersionFolder);
  const read = readLabel(stem);
  const said = header.covers ?? header.version;
  const own = said === undefined ? undefined : labelOf(said);
  const label = own ?? (folder === undefined ? read?.label : versionLabel(folder));
  if (label === undefined) return undefined;
  return {
    file,
    format: format.name,
    role: role ?? 'both',
    version: folder,
    stem,
    label,
    order: header.order ?? (folder !== undefined && read?.label.candidates.includes('sequence') ? Number(read.label.text) : 0),
    name: read?.rest ?? stem,
    requires: header.requires ?? [],
    covers: header.covers,
  };
}

function versionLabel(text: string): Label {
  return { text, candidates: ['version'] };
}

function pair(named: readonly Named[], problems: Failure[]): readonly Migration[] {
  const groups = new Map<string, Named[]>();
  for (const one of named) {
    const id = idOf(one.file.module, one.version, one.stem);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [one]);
    else group.push(one);
  }
  const migrations: Migration[] = [];
  for (const [id, group] of groups) {
    const ups = group.filter((one) => one.role !== 'down');
    const downs = group.filter((one) => one.role === 'down');
    const [up] = ups;
    const [down] = downs;
    if (ups.length > 1 || downs.length > 1) problems.push(duplicate(id, ups.length > 1 ? ups : downs));
    if (up === undefined) {
      const path = down?.file.path ?? id;
      problems.push(
        new Failure('migration.down-without-up', `"${path}" is a way back without its migration`, {
          place: { file: path, line: 1, column: 1 },
        }),
      );
      continue;
    }
    migrations.push({
      id,
      module: up.file.module,
      version: up.label.text,
      name: up.name,
      label: up.label,
      order: up.order,
      format: up.format,
      file: up.file,
      requires: up.requires,
      ...(down === undefined ? {} : { downFile: down.file }),
      // Which they are is known when the module is in order.
      ...(up.covers === undefined ? {} : { covers: [] }),
    });
  }
  return migrations;
}

function duplicate(id: string, group: readonly Named[]): Failure {
  const paths = group.map((one) => one.file.path);
  return new Failure('migration.duplicate-id', `${count(paths.length, 'file')} have the id "${id}": ${joined(paths)}`, {
    place: { file: paths[0] ?? '', line: 1, column: 1 },
    data: { id, files: paths },
  });
}

/** The migrations of a module in their order. Without a common scheme they are as good as unordered, which is a problem. */
function streamOf(module: Module, migrations: readonly Migration[], problems: Failure[]): Stream {
  const [installers, steps] = [
    migrations.filter(({ covers }) => covers !== undefined),
    migrations.filter(({ covers }) => covers === undefined),
  ];
  const scheme = module.scheme ?? detectScheme((steps.length > 0 ? steps : installers).map((migration) => migration.label));
  if (scheme === undefined) {
    problems.push(mixed(steps, module));
    return { module, scheme: 'version', installers, migrations: [...steps].sort((a, b) => byText(a.id, b.id)) };
  }
  const spelt = scheme === 'version' ? unlikeSpelling(migrations, module) : undefined;
  if (spelt !== undefined) problems.push(spelt);
  const compare = labelComparer(scheme);
  const sorted = [...steps].sort((a, b) => compare(a.label, b.label) || a.order - b.order || byNatural(a.id, b.id));
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1], sorted[i]];
    if (before === undefined || after === undefined || compare(before.label, after.label) !== 0) continue;
    if (scheme !== 'version') problems.push(claimedTwice(before, after));
    else if (before.label.text !== after.label.text) problems.push(ambiguous(before, after));
  }
  return { module, scheme, installers: installers.map((one) => covering(one, sorted, { compare, module })), migrations: sorted };
}

/** What an installer stands for. Where the module has a file that removes it, that is the way back of an installer in SQL. */
function covering(
  installer: Migration,
  steps: readonly Migration[],
  { compare, module }: { readonly compare: (a: Label, b: Label) => number; readonly module: Module },
): Migration {
  const { uninstall } = module;
  const removes =
    uninstall !== undefined &&
    installer.downFile === undefined &&
    /\.sql$/.test(installer.file.name) &&
    !/lockstep:down/.test(installer.file.text);
  return {
    ...installer,
    ...(removes ? { downFile: uninstall, removesModule: true } : {}),
    covers: steps.filter(({ label }) => compare(label, installer.label) <= 0).map(({ id }) => id),
  };
}

/** Texts with their runs of digits compared as numbers, so that `2_x` comes before `10_x`. */
export function byNatural(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    const order = /^\d/.test(x) && /^\d/.test(y) ? compareDigits(x, y) : byText(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length || byText(a, b);
}

function claimedTwice(a: Migration, b: Migration): Failure {
  return new Failure('version.claimed-twice', `two migrations claim version ${a.version}: "${a.file.path}" and "${b.file.path}"`, {
    place: { file: b.file.path, line: 1, column: 1 },
    data: { version: a.version, files: [a.file.path, b.file.path] },
  });
}

function ambiguous(a: Migration, b: Migration): Failure {
  return new Failure(
    'order.ambiguous',
    `the versions ${a.version} ("${a.file.path}") and ${b.version} ("${b.file.path}") cannot be told apart`,
    { data: { files: [a.file.path, b.file.path] } },
  );
}

/**
 * Labels with and without a leading `v` in one module: compared part by part every one with it is below every one without, so that v0.0.7 would
 * come before 0.0.3. Nobody means that, and which of the two spellings is meant is not ours to say.
 */
function unlikeSpelling(migrations: readonly Migration[], module: Module): Failure | undefined {
  const [lettered, bare] = [/^v\d/i, /^\d/].map((spelling) => migrations.filter(({ label }) => spelling.test(label.text)));
  const [first] = lettered ?? [];
  const [second] = bare ?? [];
  if (first === undefined || second === undefined || lettered === undefined || bare === undefined) return undefined;
  const where = module.name === rootModule ? '' : ` in module "${module.name}"`;
  const fewer = lettered.length < bare.length ? lettered : bare;
  const files = fewer.map(({ file }) => file.path);
  const counts = `${lettered.length} with a leading v (${first.version}), ${bare.length} without (${second.version})`;
  return new Failure(
    'order.mixed-schemes',
    `versions are spelt in two ways${where}: ${counts}; ${joined(files.map((file) => `"${file}"`))}`,
    {
      place: { file: files[0] ?? '', line: 1, column: 1 },
      fix: ['write all versions of a module with the v, or all without it'],
      data: { files },
    },
  );
}

function mixed(migrations: readonly Migration[], module: Module): Failure {
  const by = new Map<Scheme, Migration[]>();
  for (const migration of migrations) {
    const [scheme = 'sequence'] = migration.label.candidates;
    by.set(scheme, [...(by.get(scheme) ?? []), migration]);
  }
  const summary = [...by].map(([scheme, list]) => `${list.length} ${scheme}`).join(', ');
  const offenders = [...by].sort(([, a], [, b]) => a.length - b.length).slice(0, -1);
  const where = module.name === rootModule ? '' : ` in module "${module.name}"`;
  const paths = offenders.flatMap(([scheme, list]) => list.map((migration) => `${migration.file.path} (${scheme})`));
  return new Failure('order.mixed-schemes', `sorting schemes are mixed${where}: ${summary}; ${joined(paths)}`, {
    place: { file: offenders[0]?.[1][0]?.file.path ?? '', line: 1, column: 1 },
    data: { schemes: Object.fromEntries([...by].map(([scheme, list]) => [scheme, list.map((migration) => migration.file.path)])) },
  });
}
