import { Failure, type Problem, problemOf } from '../base/index.ts';
import { type Finding, findings } from '../diff/index.ts';
import { type Entry, isPending, resolve, withInstallers } from '../migration/index.ts';
import { ask, type Outcome, prepareDown, prepareUp, type Run, runSteps, type Session, type Step } from '../runner/index.ts';
import { type Schema, tableOf, tablesOf } from '../schema/index.ts';
import { comparable } from './comparable.ts';
import type { Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, databaseOf, openProject, type Project } from './project.ts';
import { freshEntry, onScratchOnly, unnoticed } from './replay.ts';
import { prepareAll, preparerFor, withRun } from './run.ts';
import { onEmpty, readStructure } from './structure.ts';
import { type ShownTable, shownTable } from './structure-report.ts';
import { checkFiles } from './up.ts';

export interface TestOptions extends CommonOptions {
  /** URL schemes of databases to try on, in place of the configured one: `sqlite`, `pglite`. */
  readonly on?: readonly string[];
  /** Try only this migration; those before it are run so that it meets what it will meet. */
  readonly only?: string;
}

export interface TestedEngine {
  /** Where it was tried. */
  readonly on: string;
  readonly server: string;
  readonly migrations: number;
  /** Went up, came down to the same structure, and went up again to the same. */
  readonly reversible: number;
  /** Those that have no way back, and why. */
  readonly irreversible: readonly { readonly id: string; readonly why: string }[];
  readonly problems: readonly Problem[];
  readonly ms: number;
  /** With `only`: what it makes of the structure. */
  readonly tried?: Tried;
}

/** What one migration makes of the structure. */
export interface Tried {
  readonly id: string;
  /** `+` it makes, `-` it takes away, `~` it changes. */
  readonly differences: readonly Pick<Finding, 'sign' | 'kind' | 'name' | 'differing'>[];
  /** The tables behind it, and those that it takes away. */
  readonly tables: readonly ShownTable[];
}

export interface TestReport {
  readonly engines: readonly TestedEngine[];
  readonly passed: boolean;
}

/** Takes every migration up, down and up again on scratch databases and compares the structures. The real database is not touched. */
export async function test(options: TestOptions = {}): Promise<TestReport> {
  const project = unnoticed(await openProject(options));
  const collected = await collectMigrations(project, options);
  const engines: TestedEngine[] = [];
  // A connection of the caller's own is a database that must not be touched.
  const { driver: given, ...rest } = options;
  const urls = options.on?.map((scheme) => urlFor(project, options, scheme)) ?? [await ownUrl(project, options)];
  for (const url of urls) {
    const database = await databaseOf(project, { ...rest, url });
    checkFiles({ collected });
    await onEmpty(database, project, rest, async (session) => {
      const workplace: Workplace = { project, database, collected, session, close: () => Promise.resolve() };
      engines.push(await testOn(workplace, options, database.driver.name));
    });
  }
  return { engines, passed: engines.every((one) => one.problems.length === 0) };
}

/** The URL of the project's database; for a connection that was handed in, a new one of its kind. */
async function ownUrl(project: Project, options: TestOptions): Promise<string> {
  const { driver, target } = await databaseOf(project, options);
  if (options.driver === undefined || options.url !== undefined) return target.url;
  if (driver.lock(target).kind !== 'server') return `${driver.schemes[0]}::memory:`;
  throw new Failure('config.no-database', 'a connection that is handed in cannot make a scratch database; name the server by a URL');
}

/** The URL that the project has for a scheme; embedded databases need none. */
function urlFor({ config, drivers, variables }: Project, { url }: TestOptions, scheme: string): string {
  const known = [url, config.url, variables['DATABASE_URL'], ...Object.values(config.environments ?? {}).map((one) => one.url)];
  const found = known.find((one) => one?.startsWith(`${scheme}:`));
  if (found !== undefined) return found;
  const driver = drivers.find((one) => one.schemes.includes(scheme));
  if (driver?.lock({ url: `${scheme}::memory:`, shown: '', base: '' }).kind !== 'server') return `${scheme}::memory:`;
  throw new Failure('config.no-database', `no URL is known for ${scheme}`, {
    state: 'nothing was connected',
    fix: [`add an environment with a ${scheme} URL to the configuration`],
  });
}

async function testOn(workplace: Workplace, options: TestOptions, on: string): Promise<TestedEngine> {
  const { collected, session } = workplace;
  const begun = performance.now();
  // An installer stands beside what it covers, so that both cannot be tried on one database.
  const entries = withInstallers(collected.migrations.map(freshEntry), { noInstaller: true }).filter(isPending);
  const only = options.only === undefined ? undefined : resolve(options.only, entries);
  const found: Found = { problems: [], irreversible: [], reversible: 0 };
  let tried: Tried | undefined;
  await withRun(workplace, { ...options, verify: true }, async (run) => {
    await run.setUp();
    if (only === undefined) return tryAll(workplace, run, entries, found);
    found.problems.push(...(await firstProblem(workplace, run, entries.slice(0, entries.indexOf(only)))));
    if (found.problems.length > 0) return;
    const before = await readStructure(session);
    await tryAll(workplace, run, [only], found);
    tried = triedOf(only.id, workplace, before, await readStructure(session));
  });
  const ms = performance.now() - begun;
  const migrations = only === undefined ? collected.migrations.length : 1;
  return { on, server: session.server.title, migrations, ...found, ms, ...(tried === undefined ? {} : { tried }) };
}

/** What is found while migrations are tried. */
interface Found {
  readonly problems: Problem[];
  readonly irreversible: TestedEngine['irreversible'][number][];
  reversible: number;
}

async function tryAll(workplace: Workplace, run: Run, entries: readonly Entry[], found: Found): Promise<void> {
  for (const entry of entries) {
    const result = await tryOne(workplace, { ...run, verify: true }, entry);
    if (result.problem !== undefined) found.problems.push(result.problem);
    if (result.irreversible !== undefined) found.irreversible.push({ id: entry.id, why: result.irreversible });
    if (result.problem === undefined && result.irreversible === undefined) found.reversible++;
    // What comes after a migration that cannot even go up says nothing.
    if (result.stuck) break;
  }
}

/** Runs what stands before the one that is tried; gives why that cannot be done. */
async function firstProblem(workplace: Workplace, run: Run, entries: readonly Entry[]): Promise<readonly Problem[]> {
  for (const entry of entries) {
    const failed = await runOne(workplace, run, entry, 'up');
    if (failed !== undefined) return [problemOf(failed)];
  }
  return [];
}

function triedOf(id: string, { project, session }: Workplace, was: Schema, is: Schema): Tried {
  const [before, after] = [comparable(project, was).schema, comparable(project, is).schema];
  const differences = findings(before, after, session.engine.diff).map(({ sign, kind, name, differing }) => ({
    sign,
    kind,
    name,
    differing,
  }));
  const gone = tablesOf(before).filter(({ name }) => tableOf(after, name) === undefined);
  return { id, differences, tables: [...tablesOf(after), ...gone].map(shownTable) };
}

async function tryOne(
  workplace: Workplace,
  run: Run,
  entry: Entry,
): Promise<{ readonly problem?: Problem; readonly irreversible?: string; readonly stuck: boolean }> {
  const { session } = workplace;
  const before = await structure(session);
  const up = await runOne(workplace, run, entry, 'up');
  if (up !== undefined) return { problem: problemOf(up), stuck: true };
  const after = await structure(session);
  const down = await runOne(workplace, run, await withRow(session, entry), 'down');
  if (down?.code === 'migration.irreversible') return { irreversible: down.message.replace(/^.*?: /, ''), stuck: false };
  if (down !== undefined) return { problem: problemOf(down), stuck: true };
  const back = await structure(session);
  if (back !== before)
    return { problem: problemOf(differs(entry, 'down does not lead back to the structure before', before, back)), stuck: true };
  const again = await runOne(workplace, run, await withRow(session, entry), 'up');
  if (again !== undefined) return { problem: problemOf(again), stuck: true };
  const twice = await structure(session);
  if (twice !== after)
    return { problem: problemOf(differs(entry, 'a second up does not lead to the structure of the first', after, twice)), stuck: true };
  return { stuck: false };
}

async function runOne(workplace: Workplace, run: Run, entry: Entry, direction: 'up' | 'down'): Promise<Failure | undefined> {
  const preparer = preparerFor(workplace);
  let steps: readonly Step[];
  try {
    const prepared = await prepareAll([entry], (one) =>
      direction === 'up' ? prepareUp(preparer, one) : prepareDown(preparer, one, { asApplied: false }),
    );
    steps = prepared.map((step) => onScratchOnly(step, workplace.session));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  const { failed, interrupted } = await runSteps(run, steps, { onError: 'halt', wayBack: () => Promise.resolve([]) });
  // What did not run must not count as tried.
  if (interrupted) throw new Failure('interrupted', 'the test was interrupted', { state: 'the database was not touched' });
  const outcome: Outcome | undefined = failed[0]?.outcome;
  return outcome?.kind === 'failed' ? outcome.failure : undefined;
}

async function withRow(session: Session, entry: Entry): Promise<Entry> {
  const row = (await session.store.read(session))?.find((candidate) => candidate.id === entry.id);
  return row === undefined ? entry : { ...entry, row, state: row.state };
}

function structure(session: Session): Promise<string> {
  return ask(session.connection, session.engine.fingerprint(session.server));
}

function differs(entry: Entry, what: string, wanted: string, got: string): Failure {
  const [expected, found] = [wanted.split('\n'), got.split('\n')];
  const missing = expected.filter((line) => !found.includes(line)).map((line) => `- ${line}`);
  const extra = found.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`);
  return new Failure('test.failed', `migration ${entry.id}: ${what}`, {
    place: { file: entry.migration?.file.path ?? entry.id, line: 1, column: 1 },
    state: [...missing, ...extra].slice(0, 20).join('\n'),
    data: { migration: entry.id, missing, extra },
  });
}
