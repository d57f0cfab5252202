import { Failure, formatPlace, problemOf } from '../base/index.ts';
import { isOutside } from '../contracts/index.ts';
import { type Collected, type Entry, isInDatabase, isPending } from '../migration/index.ts';
import { openSession, prepareUp, refusal, type Session } from '../runner/index.ts';
import { type Check, copyChecks } from './doctor-team.ts';

import { actor, readEntries, type Workplace, waitOptions } from './open.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, databaseOf, openProject, type Project } from './project.ts';
import { prepareAll, preparerFor } from './run.ts';
import { storeOf } from './store.ts';
import { problemOfEntry } from './up.ts';

export interface DoctorReport {
  readonly checks: readonly Check[];
  readonly healthy: boolean;
}

export interface DoctorOptions extends CommonOptions {
  /** The version of this program, to be held against the server's. */
  readonly version?: string;
}

/** Looks at everything that a run needs, one thing after another, and says what helps. Changes nothing. */
export async function doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
  const checks: Check[] = [nodeCheck()];
  let opened: Session | undefined;
  const attempt = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const failure = opened === undefined ? error : refusal(opened, error);
      if (!(failure instanceof Failure)) throw error;
      checks.push(...failed(name, failure));
      return undefined;
    }
  };
  const project = await attempt('configuration', () => openProject(options));
  if (project === undefined) return finished(checks);
  checks.push(ok('configuration', project.configFile ?? 'none, the defaults hold'));
  checks.push(...((await attempt('server', () => copyChecks(project, options.version))) ?? []));
  const collected = await attempt('migrations', () => collectMigrations(project, options));
  if (collected !== undefined) checks.push(...fileChecks(collected));
  const database = await attempt('database', () => databaseOf(project, options));
  if (database === undefined) return finished(checks);
  checks.push(ok('URL', `${database.target.shown} (from ${originOfUrl(project, options)})`));
  const begun = performance.now();
  const { by, host } = actor(options);
  const session = await attempt('database', () =>
    openSession({
      ...database,
      store: storeOf(project),
      label: `lockstep doctor ${by}@${host}`.slice(0, 63),
      readOnly: true,
      lock: waitOptions(project, options),
      ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
    }),
  );
  if (session === undefined) return finished(checks);
  opened = session;
  try {
    checks.push(
      ok('database', `${session.server.title}, reached in ${Math.round(performance.now() - begun)} ms with ${database.driver.name}`),
    );
    checks.push(...serverChecks(session));
    if (collected !== undefined) {
      const workplace: Workplace = { project, database, collected, session, close: () => Promise.resolve() };
      const entries = await attempt('history', async () => (await readEntries(workplace)).entries);
      if (entries !== undefined) {
        checks.push(...historyChecks(entries), ...placeCheck(session));
        if (collected.problems.length === 0) checks.push(...((await attempt('migrations', () => pendingChecks(workplace, entries))) ?? []));
      }
    }
    checks.push(...((await attempt('indexes', () => indexChecks(session))) ?? []));
  } finally {
    await session.close();
  }
  return finished(checks);
}

function fileChecks({ problems, unmatched, migrations }: Collected): readonly Check[] {
  return [
    ...problems.flatMap((failure) => failed('migrations', failure)),
    ...unmatched.map(({ path }) =>
      warn('migrations', `"${path}" is no migration and is not run`, ['rename it, or move it out of the folder']),
    ),
    ...(problems.length === 0 ? [ok('migrations', `${migrations.length} found`)] : []),
  ];
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough
    ? ok('node', process.versions.node)
    : { name: 'node', outcome: 'error', message: `Node ${process.versions.node} is too old`, fix: ['install Node 20.19 or newer'] };
}

function originOfUrl(project: Project, options: CommonOptions): string {
  if (options.url !== undefined) return '--url';
  if (options.environment !== undefined) return `environment ${options.environment}`;
  return project.config.url === undefined ? 'DATABASE_URL' : (project.configFile ?? 'configuration');
}

function serverChecks(session: Session): readonly Check[] {
  const { server } = session;
  const checks: Check[] = [];
  if (server.readOnly) checks.push(warn('rights', 'the database is open for reading only', ['use a URL that can write']));
  if (server.clock !== undefined) {
    const skew = Math.abs(Date.parse(server.clock) - Date.now()) / 1000;
    checks.push(
      skew < 30
        ? ok('clock', `differs by ${skew.toFixed(1)} s`)
        : warn('clock', `the clocks of this machine and the server differ by ${Math.round(skew)} s`, ['set the clocks by a time server']),
    );
  }
  return checks;
}

function historyChecks(entries: readonly Entry[]): readonly Check[] {
  const rows = entries.filter((entry) => entry.row !== undefined);
  if (rows.length === 0) return [ok('history', 'nothing is applied yet')];
  const checks: Check[] = [];
  for (const entry of rows) {
    const failure = problemOfEntry(entry);
    if (failure !== undefined) checks.push(...failed('history', failure));
    if (entry.partial && entry.row?.direction !== 'down') {
      checks.push({
        name: 'history',
        outcome: 'error',
        message: `migration ${entry.id} failed half way: ${firstLine(entry.row?.error ?? '')}`,
        fix: ['lockstep up', 'lockstep down --partial'],
      });
    }
  }
  return checks.length > 0
    ? checks
    : [ok('history', `${entries.filter((entry) => isInDatabase(entry.row)).length} applied, nothing contradicts the files`)];
}

/** What a history that is not in the database cannot know. */
function placeCheck({ store }: Session): readonly Check[] {
  if (!isOutside(store)) return [];
  const message = `it is kept outside of the database (${store.name}), so it does not change when the database is restored, copied or made anew`;
  return [
    warn('history', message, ['after a restore, compare:  lockstep drift', 'bring back the history of the same day with the database']),
  ];
}

/** Whether everything that is pending can be read and fits the structure that it would meet. */
async function pendingChecks(workplace: Workplace, entries: readonly Entry[]): Promise<readonly Check[]> {
  const pending = entries.filter(isPending);
  if (pending.length === 0) return [];
  const preparer = preparerFor(workplace);
  const steps = await prepareAll(pending, (entry) => prepareUp(preparer, entry));
  return [ok('migrations', `${steps.length} pending, all of them can be read`)];
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

async function indexChecks({ connection, engine }: Session): Promise<readonly Check[]> {
  if (engine.invalidIndexes === undefined) return [];
  const query = engine.invalidIndexes();
  const { rows } = await connection.query(query.sql, query.parameters);
  return rows.map((row) =>
    warn('indexes', `index ${String(row['index'])} on ${String(row['table'])} is not valid: a build of it failed`, [
      `DROP INDEX ${engine.quote.identifier(String(row['index']))}, then build it again`,
    ]),
  );
}

/** One line for each problem, with its place. */
function failed(name: string, failure: Failure): readonly Check[] {
  return (failure.details.problems ?? [failure]).map((one) => {
    const { place } = one.details;
    const where = place === undefined || place.line === 1 ? '' : ` (${formatPlace(place)})`;
    return { name, outcome: 'error', message: `${one.message}${where}`, fix: problemOf(one).fix };
  });
}

function ok(name: string, message: string): Check {
  return { name, outcome: 'ok', message, fix: [] };
}

function warn(name: string, message: string, fix: readonly string[]): Check {
  return { name, outcome: 'warning', message, fix };
}

function finished(checks: readonly Check[]): DoctorReport {
  return { checks, healthy: checks.every((check) => check.outcome !== 'error') };
}
