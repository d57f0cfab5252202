import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { Failure } from '../base/index.ts';
import { isManifest, manifestNames } from '../formats/index.ts';
import { isVersionFolder, type Module, type ModuleConfig, readLabel } from '../migration/index.ts';
import { isMigration } from './shared/files.ts';
import { listsFiles, manifestIn } from './shared/manifest.ts';
import { isGlob } from './shared/pattern.ts';

/** A module and where it lies. */
export interface FoundModule extends Module {
  /** The folder of the module. */
  readonly folder: string;
  /** The folder of its migrations: its own, or `migrations` in it. */
  readonly root: string;
  /** Why its manifest cannot be understood. */
  readonly faults?: readonly Failure[];
}

/** Where modules lie that no configuration names. */
const usual = 'modules/*';

/**
 * The modules that the configuration names, or every folder in `modules` where it names none; in the order in which they are named, those of
 * a pattern by their names. Refuses what is not there, and two of one name.
 */
export async function findModules(named: readonly (string | ModuleConfig)[] | undefined, base: string): Promise<readonly FoundModule[]> {
  if (named === undefined && !existsSync(join(base, 'modules'))) return [];
  const found: FoundModule[] = [];
  for (const one of named ?? [usual]) {
    const config = typeof one === 'string' ? { path: one } : one;
    const folders = isGlob(config.path) ? await foldersOf(config.path, base) : [place(config.path, base)];
    for (const folder of folders) if (named !== undefined || holdsMigrations(folder)) found.push(await moduleAt(folder, base, config));
  }
  const folders = new Map<string, string>();
  for (const { name, folder } of found) {
    const other = folders.get(name);
    if (other !== undefined) throw invalid(`two modules are called "${name}": ${shown(other, base)} and ${shown(folder, base)}`);
    folders.set(name, folder);
  }
  return found;
}

/** Whether a folder that nobody names is a module: `modules` may as well hold the parts of a program. */
function holdsMigrations(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const { name } = entry;
    const names: readonly string[] = manifestNames;
    if (names.includes(name) && entry.isFile()) return isManifest(name, readFileSync(join(folder, name), 'utf8'));
    if (entry.isDirectory()) return name === 'migrations' || isVersionFolder(name);
    return name.endsWith('.sql') || (isMigration.test(name) && readLabel(name) !== undefined);
  });
}

async function foldersOf(pattern: string, base: string): Promise<readonly string[]> {
  const { globSync } = await import('tinyglobby');
  const found = globSync(pattern, { cwd: base, absolute: true, onlyDirectories: true, expandDirectories: false });
  return found
    .map((path) => resolve(path))
    .filter((path) => !['node_modules'].includes(basename(path)))
    .sort();
}

/** The folder of a path or of a package. */
function place(path: string, base: string): string {
  const folder = resolve(base, path);
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return folder;
    throw invalid(`"${path}" is a file, no folder of a module`);
  }
  try {
    return dirname(createRequire(join(base, 'package.json')).resolve(`${path}/package.json`));
  } catch {
    throw new Failure('source.missing', `there is no folder and no installed package "${path}"`, {
      state: 'nothing was connected',
      fix: [`npm install ${path}`, 'correct `modules` in the configuration'],
    });
  }
}

async function moduleAt(
  folder: string,
  base: string,
  { name, scheme, requires, placeholders, prefix }: ModuleConfig,
): Promise<FoundModule> {
  const own = ofPackage(folder);
  const read = await manifestIn(folder, base);
  const manifest = read?.manifest;
  const root = own.migrations === undefined ? join(folder, 'migrations') : resolve(folder, own.migrations);
  const all = requires ?? own.requires ?? manifest?.requires;
  const values = placeholders === false || prefix === undefined ? placeholders : { DB_PREFIX: prefix, ...placeholders };
  const ordered = scheme ?? (listsFiles(manifest) ? 'version' : undefined);
  return {
    name: name ?? manifest?.code ?? own.module ?? basename(folder),
    folder,
    root: existsSync(root) ? root : folder,
    ...(read?.faults === undefined ? {} : { faults: read.faults }),
    ...(manifest === undefined ? {} : { manifest, version: manifest.version, removable: manifest.removable }),
    ...(values === undefined ? {} : { placeholders: values }),
    ...(ordered === undefined ? {} : { scheme: ordered }),
    ...(all === undefined ? {} : { requires: all }),
  };
}

interface OfPackage {
  readonly module?: string;
  readonly migrations?: string;
  readonly requires?: readonly string[];
}

/** What the key `lockstep` of a module's package.json says. */
function ofPackage(folder: string): OfPackage {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return {};
  let said: unknown;
  try {
    said = (JSON.parse(readFileSync(file, 'utf8')) as { lockstep?: unknown }).lockstep;
  } catch (error) {
    throw invalid(`"${file}" is no JSON: ${(error as Error).message}`);
  }
  if (typeof said !== 'object' || said === null) return {};
  const { module, migrations, requires } = said as Readonly<Record<string, unknown>>;
  return {
    ...(typeof module === 'string' ? { module } : {}),
    ...(typeof migrations === 'string' ? { migrations } : {}),
    ...(Array.isArray(requires) ? { requires: requires.map(String) } : {}),
  };
}

function shown(path: string, base: string): string {
  return path.startsWith(base + sep) ? path.slice(base.length + 1) : path;
}

function invalid(message: string): Failure {
  return new Failure('config.invalid', message, { state: 'nothing was connected' });
}
