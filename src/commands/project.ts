import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import { type Config, checkConfig, findConfig, readEnvironmentFile, targetOf } from '../config/index.ts';
import type { Driver, Engine, Format, FormatTools, Source, Target } from '../contracts/index.ts';
import { builtInDrivers } from '../drivers/index.ts';
import { builtInEngines, type EngineEntry } from '../engines/index.ts';
import { builtInFormats } from '../formats/index.ts';
import {
  type Collected,
  collect,
  type EngineSpellings,
  formatOf,
  type HeadedFile,
  type Header,
  interleave,
  type Module,
  type Placeholders,
  readTags,
  rootModule,
  type SourceFile,
  type Tags,
  tagsFile,
  withTags,
} from '../migration/index.ts';
import type { Conventions } from '../schema/index.ts';
import {
  type CodeLoader,
  codeLoader,
  type FixtureFile,
  type FoundModule,
  findFixtures,
  findModules,
  globSource,
  isGlob,
  listSource,
  listsFiles,
  manifestFiles,
  pathSource,
} from '../sources/index.ts';
import { authoringModule } from './authoring-module.ts';
import type { CommonOptions } from './options.ts';
import { placeholdersOf } from './placeholders.ts';

/** Where migrations lie that no configuration names. */
const usualFolder = 'migrations';
/** Where the fixtures of a project, and of a module, lie. */
const fixturesFolder = 'fixtures';

/** A project as its configuration and its files describe it, before any database is touched. */
export interface Project {
  readonly config: Config;
  readonly configFile: string | undefined;
  /** The folder that relative paths are meant from. */
  readonly base: string;
  readonly loader: CodeLoader;
  readonly formats: readonly Format[];
  readonly engines: readonly EngineEntry[];
  readonly drivers: readonly Driver[];
  /** The values of placeholders in the files of a module; nothing where they are left alone. */
  readonly placeholders: (module: Module | undefined) => Placeholders | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The folder that `new` writes to; nothing where the configuration names patterns only. */
  readonly folder: string | undefined;
}

/** Reads the configuration; the migrations are read by `collectMigrations`. */
export async function openProject(options: CommonOptions): Promise<Project> {
  const folder = resolve(options.cwd ?? process.cwd());
  const loader = codeLoader(folder, authoringModule);
  const found =
    options.config === undefined
      ? await findConfig(folder, options.configFile, (path) => loader.load(path))
      : { config: checkConfig(options.config, 'config', ''), file: undefined, base: folder };
  const { config, base } = found;
  const places = typeof config.migrations === 'string' ? [config.migrations] : (config.migrations ?? [usualFolder]);
  return {
    config,
    configFile: found.file,
    base,
    loader,
    formats: [...(config.formats ?? []), ...builtInFormats],
    engines: [...(config.engines ?? []).map((engine) => ({ name: engine.name, load: () => Promise.resolve(engine) })), ...builtInEngines],
    drivers: [...(config.drivers ?? []), ...builtInDrivers()],
    placeholders: placeholdersOf(config, options.variables, new Date()),
    variables: options.env ?? readEnvironmentFile(base, process.env),
    folder: options.dir ?? places.find((place) => !isGlob(place)),
  };
}

/** All migrations of the project in running order, with everything that is wrong about them. */
export async function collectMigrations(project: Project, options: CommonOptions): Promise<Collected> {
  const found = isOnlyHere(options) ? [] : await findModules(project.config.modules, project.base);
  const files: SourceFile[] = [];
  for (const source of sourcesOf(project, options)) files.push(...(await source.list()));
  // A pattern of the configuration may reach into modules: what it names stays the project's own.
  const own = new Set(files.map(({ path }) => path));
  const unread = found.flatMap(({ faults = [] }) => faults);
  const engines = found.some(({ manifest }) => listsFiles(manifest)) ? await engineSpellings(project, options) : undefined;
  for (const module of found) files.push(...(await filesOf(module, project, engines)).filter(({ path }) => !own.has(path)));
  const headed: HeadedFile[] = [];
  for (const file of files) headed.push({ file, header: await headerOf(file, project, unread) });
  const { scheme, provides = {} } = project.config;
  const provided = Object.entries(provides).map(([name, version]): Module => ({ name, version, scheme: 'version' }));
  const modules = [...provided.filter(({ name }) => !found.some((one) => one.name === name)), ...found];
  const collected = collect(headed, project.formats, [{ name: rootModule, ...(scheme === undefined ? {} : { scheme }) }, ...modules]);
  const ordered = project.config.order === 'interleaved' ? interleave(collected, scheme) : collected;
  const tags = readTagsOf(project);
  const lost = new Map([...tags].filter(([, id]) => !ordered.migrations.some((migration) => migration.id === id)));
  const named = { ...ordered, migrations: withTags(ordered.migrations, tags), ...(lost.size === 0 ? {} : { lostTags: lost }) };
  return unread.length === 0 ? named : { ...named, problems: [...unread, ...named.problems] };
}

/** The tags of a project; none where it has no file of them. */
export function readTagsOf({ base }: Pick<Project, 'base'>): Tags {
  const path = join(base, tagsFile);
  return existsSync(path) ? readTags(readFileSync(path, 'utf8')) : new Map();
}

/** What a file says of itself. One that cannot be read is a problem among the others, so that all of them are told together. */
async function headerOf(file: SourceFile, project: Project, problems: Failure[]): Promise<Header> {
  try {
    return (await formatOf(file, project.formats)?.header?.(file)) ?? {};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problems.push(error);
    return {};
  }
}

/** What is given for one run stands in place of everything that the project has. */
function isOnlyHere({ migrations, dir }: CommonOptions): boolean {
  return migrations !== undefined || dir !== undefined;
}

/** Whether there are modules, as far as can be told without reading them. */
function hasModules({ config, base }: Project): boolean {
  return config.modules !== undefined || existsSync(resolve(base, 'modules'));
}

/** The files of fixtures of the project and of its modules. */
export async function fixtureFiles(project: Project, options: CommonOptions): Promise<readonly FixtureFile[]> {
  const { base, loader, config } = project;
  const modules = isOnlyHere(options) ? [] : await findModules(config.modules, base);
  return [{ name: rootModule, folder: base }, ...modules].flatMap(({ name, folder }) =>
    findFixtures(join(folder, fixturesFolder), { shownFrom: base, module: name, loader }),
  );
}

/** The files of a module: those that its manifest lists, or all that lie in its folder. */
async function filesOf(
  { root, folder, name, manifest, faults }: FoundModule,
  { base, loader }: Project,
  engines: EngineSpellings | undefined,
): Promise<readonly SourceFile[]> {
  const context = { shownFrom: base, module: name, loader };
  // Without its manifest nobody knows what its files are.
  if (faults !== undefined) return [];
  if (engines !== undefined && listsFiles(manifest)) return manifestFiles(manifest, folder, { engines, ...context });
  const files = await pathSource(root, base, { ...context, except: join(folder, fixturesFolder) }).list();
  const own = files.filter(({ path }) => path !== manifest?.file);
  return own.map((file) => (file.folders.length === 0 && file.name === 'uninstall.sql' ? { ...file, listed: { as: 'uninstall' } } : file));
}

/** How engines are called in the names of files; with the one of the project's database. */
export async function engineSpellings(project: Project, options: CommonOptions): Promise<EngineSpellings> {
  const known = Object.fromEntries(project.engines.map(({ name, aliases = [] }) => [name, [name, ...aliases]]));
  return { own: (await databaseOf(project, options)).engine.name, known };
}

function sourcesOf(project: Project, options: CommonOptions): readonly Source[] {
  const { config, base, loader } = project;
  if (options.migrations !== undefined) return [listSource(options.migrations)];
  const context = { shownFrom: base, module: rootModule, loader, except: join(base, fixturesFolder) };
  const given = options.dir === undefined ? config.migrations : [options.dir];
  // Where there are modules, or sources of another kind, the folder that nobody names need not be there.
  const isOptional = (config.sources !== undefined || hasModules(project)) && !existsSync(resolve(base, usualFolder));
  const places = typeof given === 'string' ? [given] : (given ?? (isOptional ? [] : [usualFolder]));
  return [
    ...places.map((place) => (isGlob(place) ? globSource(place, base, context) : pathSource(place, base, context))),
    ...(config.sources ?? []),
  ];
}

export interface Database {
  /** What people call it: the environment's name, or the name in its URL. */
  readonly name: string;
  readonly target: Target;
  readonly driver: Driver;
  readonly engine: Engine;
  readonly protected: boolean;
}

/** The database that the options, the configuration or DATABASE_URL name. Refuses when none does. */
export async function databaseOf(project: Project, options: CommonOptions): Promise<Database> {
  const { config, base, drivers, engines, variables } = project;
  const environment = options.environment === undefined ? undefined : environmentOf(config, options.environment);
  const given = options.driver;
  const url =
    options.url ??
    environment?.url ??
    config.url ??
    variables['DATABASE_URL'] ??
    (given === undefined ? undefined : `${given.schemes[0]}:`);
  if (url === undefined || url === '') {
    throw new Failure('config.no-database', 'no database is named: neither by --url, nor in the configuration, nor by DATABASE_URL', {
      state: 'nothing was connected',
    });
  }
  const { target, driver } = targetOf(url, base, given === undefined ? drivers : [given, ...drivers]);
  if (given === undefined && driver.lock(target).kind === 'none' && /^[^:]*:(\/\/)?(\?.*)?$/.test(target.url)) {
    // In memory it would all seem to go well, and be gone.
    throw new Failure('config.invalid-url', `the URL "${target.shown}" names no database`, {
      state: 'nothing was connected',
      fix: [`${target.shown}./app.db   a file`, `${target.shown}:memory:   nothing that stays`],
    });
  }
  const used = given ?? driver;
  const engine = await engines.find((candidate) => candidate.name === used.engine)?.load();
  if (engine === undefined)
    throw new Failure('config.invalid', `the driver "${used.name}" is for the engine "${used.engine}", which is not known`);
  return { name: options.environment ?? nameIn(url), target, driver: used, engine, protected: environment?.protected === true };
}

/** One database of the configuration's environments. */
interface Named {
  readonly url: string | undefined;
  readonly protected?: boolean | undefined;
}

/** What `--env NAME` or `--env NAME/DATABASE` stands for. Refuses a name that is unknown, and one that stands for several. */
function environmentOf(config: Config, given: string): Named {
  const [name = '', chosen] = given.split('/', 2);
  const { environments = {} } = config;
  const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (environment === undefined) {
    const known = Object.keys(environments);
    throw new Failure(
      'config.unknown-environment',
      `there is no environment "${name}"; ${known.length === 0 ? 'the configuration has none' : `known are ${known.join(', ')}`}`,
    );
  }
  const { databases, url } = environment;
  if (databases === undefined && chosen === undefined) return { url, protected: environment.protected };
  const names = Object.keys(databases ?? {});
  const one = chosen ?? (names.length === 1 ? names[0] : undefined);
  if (one !== undefined && databases !== undefined && Object.hasOwn(databases, one)) {
    return { url: databases[one], protected: environment.protected };
  }
  throw new Failure(
    'config.unknown-environment',
    one === undefined
      ? `the environment "${name}" has ${names.length} databases: ${names.join(', ')}`
      : `the environment "${name}" has no database "${one}"${names.length === 0 ? '' : `; it has ${names.join(', ')}`}`,
    { fix: names.slice(0, 3).map((each) => `--env ${name}/${each}`) },
  );
}

/**
 * The databases that a list of environments stands for, each as `--env` takes it, in the configuration's order: `staging,prod`, `prod/eu`,
 * or `all`. Refuses names that are unknown.
 */
export function environmentsIn({ config }: Project, list: string): readonly string[] {
  const { environments = {} } = config;
  const all = Object.entries(environments).flatMap(([name, { databases }]) =>
    databases === undefined ? [name] : Object.keys(databases).map((each) => `${name}/${each}`),
  );
  if (list === 'all') return all;
  const wanted = list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  for (const one of wanted) if (!all.some((each) => each === one || each.startsWith(`${one}/`))) environmentOf(config, one);
  return all.filter((each) => wanted.some((one) => each === one || each.startsWith(`${one}/`)));
}

/** The last part of a URL's path, which is what people call their database. */
function nameIn(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, '').split('?')[0] ?? '';
  return basename(path).replace(/^:|:$/g, '') || url.split(':')[0] || 'database';
}

/** What the project says for all tables. */
export function conventionsOf({ config: { naming, defaultColumns } }: Project): Conventions {
  return {
    ...(naming === undefined || naming === 'default' ? {} : { naming }),
    ...(defaultColumns === undefined ? {} : { defaultColumns }),
  };
}

/** What a file that is written for the project must say: everything is written out, whatever its conventions are. */
export function writtenOut(project: Project): { readonly conventions?: false } {
  return Object.keys(conventionsOf(project)).length === 0 ? {} : { conventions: false };
}

/** What formats need of the outside: the tokens of an engine, and plain code. */
export function formatTools(project: Project, engine: Engine): FormatTools {
  return {
    tokens: (script) => engine.tokens(script),
    transpile: (text, path) => project.loader.transpile(text, path),
    engines: project.engines.map((one) => one.name),
    conventions: conventionsOf(project),
  };
}
