import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, type Place } from '../base/index.ts';
import type { Engine, Server } from '../contracts/index.ts';
import { writerOf } from '../formats/index.ts';
import { type Covered, coveredUpTo, formatOf, type Migration, readLabel, unknownModule } from '../migration/index.ts';
import { formatLoss, possibleLosses } from '../plan/index.ts';
import { prepareUp } from '../runner/index.ts';
import { type Key, type Schema, tableKey } from '../schema/index.ts';
import { fileSource } from '../sources/index.ts';
import { type Built, building, differing, findingLine, type Ground, type OtherRows, otherRows } from './built.ts';
import { emptyKept, hasMarks, installerText, type Kept, readKept } from './kept.ts';
import type { Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, databaseOf, openProject, writtenOut } from './project.ts';
import { freshEntry, unnoticed } from './replay.ts';
import { prepareAll, preparerFor } from './run.ts';
import { objectOf } from './split.ts';
import { onScratch } from './structure.ts';
import { checkFiles } from './up.ts';
import { scriptOf, type Way, wayFrom } from './way.ts';
import { writing } from './write.ts';

export interface ModuleDumpOptions extends CommonOptions {
  readonly module: string;
  /** The version up to which the installer stands for the migrations; the newest by default. */
  readonly covers?: string;
  /** `sql` by default. */
  readonly format?: string;
  /** The file to write; without one the text is only given. */
  readonly output?: string;
}

/** A statement of a covered migration that changes rows, and where it stands. */
export interface RowStatement {
  readonly migration: string;
  readonly sql: string;
  readonly place?: Place;
}

export interface ModuleDumpReport {
  readonly module: string;
  readonly covers: string;
  readonly server: string;
  readonly format: string;
  readonly text: string;
  readonly file?: string;
  /** The migrations that it stands for. */
  readonly covered: readonly string[];
  readonly requires: readonly string[];
  /** Objects that the module makes. */
  readonly objects: number;
  /** What it changes of what other modules made, a line each. */
  readonly foreign: readonly string[];
  /** Tables that the migrations fill and the installer does not, or not with the same. */
  readonly rows: readonly OtherRows[];
  /** The statements that fill or change rows. */
  readonly fills: readonly RowStatement[];
  readonly unread: readonly string[];
}

const state = 'nothing was written';

/**
 * Writes the installer of a module: what its migrations up to a version make of what the modules make that it requires, found by running
 * all of them on a scratch database. The text was run there and arrived at the same structure before it is given. A file that is there
 * already keeps its hand-written part; one without such a part is only replaced with `yes`.
 */
export async function dumpModule({ module: name, covers, format = 'sql', output, ...given }: ModuleDumpOptions): Promise<ModuleDumpReport> {
  const { modules: _, exclude: __, ...options } = given;
  const project = unnoticed(await openProject(options));
  const collected = await collectMigrations(project, options);
  checkFiles({ collected });
  const module = collected.modules.find((one) => one.name === name);
  if (module === undefined)
    throw unknownModule(
      name,
      collected.modules.map((one) => one.name),
    ).with({ state });
  const covered = coveredUpTo(collected.migrations, module, covers);
  const path = output === undefined ? undefined : resolve(project.base, output);
  const kept = path === undefined ? emptyKept : keptOf(path, output ?? '', format, options.yes === true);
  const ground: Ground = { project, database: await databaseOf(project, options), collected };
  const { engine } = ground.database;
  const history = await run(covered, ground, options);
  const way = wayFrom(history.before.schema, history.after.schema, engine, history.server);
  refuseLosses(way, history.before.schema, name);
  const back = wayBack(history, engine);
  const text = await textOf(way, { format, covered, kept, name, back, engine, besides: writtenOut(project) });
  const shown = output ?? `install.${format}`;
  const rows = await proven({ text, shown, covered, name, history }, ground, options);
  if (path !== undefined) writing(shown, () => replaceFile(path, text));
  return {
    module: name,
    covers: covered.version,
    server: history.server.title,
    format,
    text,
    ...(output === undefined ? {} : { file: output }),
    covered: covered.steps.map(({ id }) => id),
    requires: covered.requires,
    objects: [...history.after.schema.objects.keys()].filter((key) => !history.before.schema.objects.has(key)).length,
    foreign: foreignOf(way, history.before.schema),
    rows,
    fills: history.fills,
    unread: history.after.schema.facts?.unread ?? [],
  };
}

interface History {
  readonly before: Built;
  readonly after: Built;
  readonly server: Server;
  readonly fills: readonly RowStatement[];
}

/** What the covered migrations make of what the modules make that they require. */
function run({ base, steps }: Covered, ground: Ground, options: CommonOptions): Promise<History> {
  return building(ground, options, async (build, there) => {
    const before = await build(base);
    const fills = await rowStatements(there, steps);
    return { before, after: await build(steps), server: there.session.server, fills };
  });
}

async function rowStatements(there: Workplace, migrations: readonly Migration[]): Promise<readonly RowStatement[]> {
  const preparer = preparerFor(there);
  const steps = await prepareAll(migrations.map(freshEntry), (entry) => prepareUp(preparer, entry));
  return steps.flatMap(({ identity, groups }) =>
    groups
      .flatMap(({ statements }) => statements)
      .filter(({ family }) => family === 'rows')
      .map(({ sql, at }) => ({ migration: identity.id, sql, ...(at === undefined ? {} : { place: at }) })),
  );
}

/** An installer also meets databases in which other modules have rows, so it takes nothing of theirs away. */
function refuseLosses(way: Way, before: Schema, module: string): void {
  const losses = possibleLosses(way.statements).filter(({ table }) => before.objects.has(tableKey(table)));
  if (losses.length === 0) return;
  throw new Failure(
    'diff.refused',
    `the installer of "${module}" would destroy what other modules have: ${losses.map(formatLoss).join(', ')}`,
    {
      state,
      fix: ['leave this module to its migrations, or write its installer by hand'],
    },
  );
}

/** The way back where there is one that takes only its own away; else it is for whoever needs one to write it. */
function wayBack({ before, after, server }: History, engine: Engine): Way | undefined {
  try {
    return wayFrom(after.schema, before.schema, engine, server);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function foreignOf(way: Way, before: Schema): readonly string[] {
  const touched = new Map<Key, Set<string>>();
  for (const { change } of way.parts) {
    const key = objectOf(change);
    if (before.objects.has(key)) touched.set(key, (touched.get(key) ?? new Set()).add(change.kind));
  }
  return [...touched].map(([key, kinds]) => `${key}: ${[...kinds].join(', ')}`);
}

interface Writing {
  readonly format: string;
  readonly covered: Covered;
  readonly kept: Kept;
  readonly name: string;
  readonly back: Way | undefined;
  readonly engine: Engine;
  readonly besides: { readonly conventions?: false };
}

async function textOf(way: Way, { format, covered, kept, name, back, engine, besides }: Writing): Promise<string> {
  const { version: covers, requires } = covered;
  if (format === 'sql') {
    const down = back === undefined ? undefined : scriptOf(back.statements, engine);
    return installerText({ module: name, covers, requires, notes: [], up: scriptOf(way.statements, engine), down }, kept);
  }
  const write = writerOf(format);
  if (write === undefined) throw new Failure('usage.invalid-value', `no installer is written as "${format}"`, { state });
  return write(way.changes, undefined, { ...besides, ...(requires.length === 0 ? {} : { requires }), covers });
}

/** The hand-written part of a file. Refuses to replace a file that does not say what of it is kept. */
function keptOf(path: string, shown: string, format: string, sure: boolean): Kept {
  if (!existsSync(path)) return emptyKept;
  const text = readFileSync(path, 'utf8');
  if (format === 'sql' && hasMarks(text)) return readKept(text, shown);
  if (sure) return emptyKept;
  throw new Failure(
    'usage.invalid-value',
    format === 'sql'
      ? `"${shown}" is there and does not say what of it is written by hand`
      : `"${shown}" is there, and a hand-written part is only kept in SQL`,
    {
      state,
      fix: ['put -- lockstep:keep and -- lockstep:end-keep around it', '--yes   replace the whole file', 'name another file'],
    },
  );
}

interface Written {
  readonly text: string;
  readonly shown: string;
  readonly covered: Covered;
  readonly name: string;
  readonly history: History;
}

/** Runs the text as an installer on a scratch database. Refuses one that does not arrive where the migrations do; other rows are given. */
async function proven(
  { text, shown, covered, name, history }: Written,
  ground: Ground,
  options: CommonOptions,
): Promise<readonly OtherRows[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
  try {
    writeFileSync(join(folder, basename(shown)), text);
    const migration = await migrationAt(join(folder, basename(shown)), { shown, name, covered, ground });
    const found = await building(ground, options, async (build) => {
      await build(covered.base);
      return build([migration]);
    });
    const differences = await differing(history.after.schema, found.schema, ground, (work) =>
      onScratch(ground.database, ground.project, options, (session) => work(session)),
    );
    if (differences.length === 0) return otherRows(history.after, found);
    const lines = differences.map(findingLine);
    throw new Failure('diff.unproven', `the installer does not make what the migrations make: ${lines.join('; ')}`, {
      state: 'nothing was written; it was tried on a scratch database',
      fix: ['take what is named out of the hand-written part, or make it in a migration too'],
      data: { differing: lines },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Named {
  readonly shown: string;
  readonly name: string;
  readonly covered: Covered;
  readonly ground: Ground;
}

async function migrationAt(path: string, { shown, name, covered, ground: { project } }: Named): Promise<Migration> {
  const [file] = await fileSource(path, dirname(path), { shownFrom: project.base, module: name, loader: project.loader }).list();
  const format = file === undefined ? undefined : formatOf(file, project.formats);
  if (file === undefined || format === undefined)
    throw new Failure('usage.invalid-value', `the ending of "${shown}" is that of no format`, { state });
  const { version } = covered;
  const label = readLabel(version)?.label ?? { text: version, candidates: ['version'] };
  return {
    id: `${name}/install`,
    module: name,
    version,
    name: 'install',
    label,
    order: 0,
    format: format.name,
    file: { ...file, path: shown },
    requires: [],
  };
}

/** Replaces a file as a whole or not at all. */
function replaceFile(path: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
