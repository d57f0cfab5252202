import { Failure, type Problem, problemOf } from '../base/index.ts';
import type { Flag, State } from '../migration/index.ts';
import type { CommonOptions } from './options.ts';
import { databaseOf, environmentsIn, openProject } from './project.ts';
import { type StatusReport, status } from './status.ts';

/** One database of the matrix. */
export interface MatrixDatabase {
  /** As `--env` takes it. */
  readonly name: string;
  readonly target: string;
  readonly protected: boolean;
  readonly server?: string;
  readonly counts?: StatusReport['counts'];
  readonly upToDate?: boolean;
  /** Why nothing is known of it. */
  readonly problem?: Problem;
}

/** What a migration is on one database. */
export interface MatrixCell {
  readonly state: State;
  readonly flags: readonly Flag[];
  readonly partial: boolean;
}

/** Migrations by databases. */
export interface MatrixReport {
  readonly databases: readonly MatrixDatabase[];
  /** In running order; those without a file come last. `cells` has one for each database, `null` where nothing is known. */
  readonly migrations: readonly {
    readonly module: string;
    readonly id: string;
    readonly version: string;
    readonly name: string;
    readonly cells: readonly (MatrixCell | null)[];
  }[];
  readonly upToDate: boolean;
}

export interface MatrixOptions extends CommonOptions {
  /** `all`, or names of environments with commas between them. */
  readonly environments: string;
  /** Where there are no environments: the project's own database, under the name `""`. */
  readonly orHome?: boolean;
}

/** The name of the database that is meant where no environment is. */
const home = '';

/** A database that the configuration knows, without a look at it. */
export interface KnownDatabase {
  /** As `--env` takes it; `""` for the project's own. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly target: string;
  readonly protected: boolean;
}

/** The databases of the configuration: the project's own, where it has one, before those of the environments. */
export async function knownDatabases(options: CommonOptions): Promise<readonly KnownDatabase[]> {
  const project = await openProject(options);
  const found: KnownDatabase[] = [];
  for (const name of [home, ...environmentsIn(project, 'all')]) {
    const known = await databaseOf(project, inside(name, options)).catch((error: unknown) => {
      if (error instanceof Failure && name === home) return undefined;
      throw error;
    });
    if (known !== undefined) found.push({ name, title: known.name, target: known.target.shown, protected: known.protected });
  }
  return found;
}

/** So many databases are asked at once. */
const atOnce = 8;

/**
 * What is applied on each of several databases of the configuration. One that cannot be reached is named and does not hold up the others.
 * Writes nothing.
 */
export async function matrix({ orHome = false, ...options }: MatrixOptions): Promise<MatrixReport> {
  const project = await openProject(options);
  const listed = environmentsIn(project, options.environments);
  const names = listed.length === 0 && orHome ? [home] : listed;
  const found = new Map<string, StatusReport | Failure>();
  const waiting = [...names];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) found.set(name, await statusOf(name, options));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, work));
  const databases: MatrixDatabase[] = [];
  for (const name of names) {
    const { target, protected: isProtected } = await databaseOf(project, inside(name, options));
    databases.push({ name, target: target.shown, protected: isProtected, ...summary(found.get(name)) });
  }
  const reports = names.map((name) => found.get(name)).map((report) => (report instanceof Failure ? undefined : report));
  return { databases, migrations: rowsOf(reports), upToDate: databases.every(({ upToDate }) => upToDate === true) };
}

function inside(name: string, { environment: _, ...options }: CommonOptions): CommonOptions {
  return name === home ? options : { ...options, environment: name };
}

async function statusOf(environment: string, options: CommonOptions): Promise<StatusReport | Failure> {
  try {
    return await status(inside(environment, options));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function summary(found: StatusReport | Failure | undefined): Partial<MatrixDatabase> {
  if (found === undefined) return {};
  if (found instanceof Failure) return { problem: problemOf(found) };
  const { server, counts, upToDate } = found;
  return { server, counts, upToDate };
}

/** Every migration that any database knows of. The files are the same for all, so the first that lists one says where it stands. */
function rowsOf(reports: readonly (StatusReport | undefined)[]): MatrixReport['migrations'] {
  const rows = new Map<string, MatrixReport['migrations'][number]>();
  const cells = reports.map((report) => new Map(report?.migrations.map((one) => [one.id, one])));
  const all = reports.flatMap((report) => report?.migrations ?? []);
  const filed = all.filter(({ flags }) => !flags.includes('file-missing'));
  for (const { module, id, version, name } of [...filed, ...all]) {
    if (rows.has(id)) continue;
    const inEach = cells.map((known, index): MatrixCell | null => {
      if (reports[index] === undefined) return null;
      const one = known.get(id);
      return one === undefined
        ? { state: 'pending', flags: [], partial: false }
        : { state: one.state, flags: one.flags, partial: one.partial };
    });
    rows.set(id, { module, id, version, name, cells: inEach });
  }
  return [...rows.values()];
}
