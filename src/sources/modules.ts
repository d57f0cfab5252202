import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { Failure } from '../base/index.ts';
import { isVersionFolder, type Module, type ModuleConfig, readLabel } from '../migration/index.ts';
import { isMigration } from './shared/files.ts';
import { isGlob } from './shared/pattern.ts';

/** A module and where it lies. */
export interface FoundModule extends Module {
  /** The folder of the module. */
  readonly folder: string;
  /** The folder of its migrations: its own, or `migrations` in it. */
  readonly root: string;
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
    for (const folder of folders) if (named !== undefined || holdsMigrations(folder)) found.push(moduleAt(folder, config));
  }
  for (const [i, { name, folder }] of found.entries()) {
    const other = found.findIndex((one) => one.name === name);
    if (other < i) throw invalid(`two modules are called "${name}": ${shown(found[other]?.folder ?? '', base)} and ${shown(folder, base)}`);
  }
  return found;
}

/** Whether a folder that nobody names is a module: `modules` may as well hold the parts of a program. */
function holdsMigrations(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const { name } = entry;
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

function moduleAt(folder: string, { name, scheme, requires }: ModuleConfig): FoundModule {
  const own = ofPackage(folder);
  const root = own.migrations === undefined ? join(folder, 'migrations') : resolve(folder, own.migrations);
  const all = requires ?? own.requires;
  return {
    name: name ?? own.module ?? basename(folder),
    folder,
    root: existsSync(root) ? root : folder,
    ...(scheme === undefined ? {} : { scheme }),
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
