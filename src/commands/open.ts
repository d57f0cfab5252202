import { hostname, userInfo } from 'node:os';
import { parseDuration } from '../base/index.ts';
import { DatabaseError } from '../contracts/index.ts';
import {
  type Collected,
  type Entry,
  entriesOf,
  formatOf,
  type HistoryRow,
  inScope,
  isInDatabase,
  isPartial,
  type Migration,
  type Scope,
  withInstallers,
} from '../migration/index.ts';
import { openSession, refusal, type Session, textHash, type WaitOptions } from '../runner/index.ts';
import { sha256 } from './digest.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, conventionsOf, type Database, databaseOf, formatTools, openProject, type Project } from './project.ts';
import { storeOf } from './store.ts';

/** A project with its migrations and an open connection to one database. */
export interface Workplace {
  readonly project: Project;
  readonly database: Database;
  readonly collected: Collected;
  readonly session: Session;
  /** The modules that the command is about; all of them where it is absent. */
  readonly scope?: Scope;
  close(): Promise<void>;
}

/** Who we are, for the history and for those who wait for us. */
export function actor(options: CommonOptions): { readonly by: string; readonly host: string } {
  if (options.seat !== undefined) return { by: options.seat.asker.user, host: hostname() };
  const variables = options.env ?? process.env;
  let user = variables['LOCKSTEP_USER'] ?? variables['USER'] ?? variables['USERNAME'];
  if (user === undefined || user === '') {
    try {
      user = userInfo().username;
    } catch {
      // A container may have a user number without a name.
      user = 'unknown';
    }
  }
  return { by: user, host: hostname() };
}

interface How {
  /** What the server shows of us. */
  readonly command: string;
  readonly readOnly: boolean;
  /** A person works on the connection: a guarded database treats it like that of any other program. */
  readonly guest?: boolean;
}

/** Opens everything that a command needs. With `readOnly` nothing is created, not even an empty database. */
export async function openWorkplace(options: CommonOptions, how: How): Promise<Workplace> {
  const project = await openProject(options);
  const database = await databaseOf(project, options);
  const collected = await collectMigrations(project, options);
  const { by, host } = actor(options);
  const session = await openSession({
    driver: database.driver,
    engine: database.engine,
    target: database.target,
    store: storeOf(project),
    label: shortened(`lockstep ${how.command} ${by}@${host}[${process.pid}]`),
    readOnly: how.readOnly,
    ...(how.guest === true ? { guest: true } : {}),
    ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
    ...(options.emit === undefined ? {} : { emit: options.emit }),
    lock: waitOptions(project, options),
  });
  const { modules: only, exclude } = options;
  const scope: Scope = { ...(only === undefined ? {} : { only }), ...(exclude === undefined ? {} : { exclude }) };
  return { project, database, collected, session, scope, close: () => session.close() };
}

/** Opens everything, works in it, and closes it again. What the database refuses on the way is a failure with a code of its own. */
export async function inWorkplace<T>(options: CommonOptions, how: How, work: (workplace: Workplace) => Promise<T>): Promise<T> {
  const workplace = await openWorkplace(options, how);
  try {
    return await work(workplace);
  } catch (error) {
    throw refusal(workplace.session, error);
  } finally {
    await workplace.close();
  }
}

const defaultLockTimeout = 60_000;

/** How long to wait for other runs, and what they are told of us. */
export function waitOptions(project: Project, options: CommonOptions): WaitOptions {
  const { by, host } = actor(options);
  return {
    timeoutMs: options.lockTimeoutMs ?? parseDuration(project.config.lockTimeout) ?? defaultLockTimeout,
    holder: `${by}@${host}, process ${process.pid}, since ${new Date().toISOString()}`,
    emit: options.emit ?? (() => undefined),
    ...(options.stop === undefined ? {} : { signal: options.stop }),
  };
}

/** PostgreSQL cuts the name of a program at 63 bytes. */
function shortened(label: string): string {
  return label.replace(/[^\x20-\x7e]/g, '?').slice(0, 63);
}

/** The history as it is now, joined with the files. */
export async function readEntries(
  workplace: Workplace,
): Promise<{ readonly entries: readonly Entry[]; readonly all: readonly Entry[]; readonly isSetUp: boolean }> {
  const { session, collected } = workplace;
  const brief = await session.store.read(session).catch((error: unknown) => {
    if (!(error instanceof DatabaseError) || session.engine.errorKind(error) !== 'rights') throw error;
    throw refusal(session, error, { what: 'the history cannot be read', grant: ['grant the user SELECT on the tables of the history'] });
  });
  const rows = brief === undefined ? undefined : await withOrphans(workplace, brief);
  const edited = await editedMigrations(workplace, rows ?? []);
  const entries = entriesOf(collected.migrations, rows ?? [], (migration) => edited.has(migration.id));
  const modules = new Set([...collected.modules.map(({ name }) => name), ...entries.map(({ module }) => module)]);
  const all = withInstallers(entries);
  return { entries: inScope(all, workplace.scope ?? {}, [...modules]), all, isSetUp: rows !== undefined };
}

/** Rows that no file describes, and those of installers, are read whole: what they stand for is told by no file. */
async function withOrphans({ session, collected }: Workplace, rows: readonly HistoryRow[]): Promise<readonly HistoryRow[]> {
  const filed = new Set(collected.migrations.map((migration) => migration.id));
  const installers = new Set(collected.migrations.flatMap(({ id, covers }) => (covers === undefined ? [] : [id])));
  const orphans = rows.filter((row) => (!filed.has(row.id) || installers.has(row.id)) && row.module === undefined).map((row) => row.id);
  if (orphans.length === 0) return rows;
  const whole = new Map((await session.store.read(session, orphans))?.map((row) => [row.id, row]));
  return rows.map((row) => whole.get(row.id) ?? row);
}

/** Of the migrations that ran here, those whose tokens differ now. Files that are the same to the letter are not read any further. */
async function editedMigrations(workplace: Workplace, rows: readonly HistoryRow[]): Promise<ReadonlySet<string>> {
  const { collected, project, database } = workplace;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const tools = formatTools(project, database.engine);
  const edited = new Set<string>();
  for (const migration of collected.migrations) {
    const row = byId.get(migration.id);
    if (
      row?.checksum === undefined ||
      !(isInDatabase(row) || isPartial(row)) ||
      textHash(migration, sha256, conventionsOf(project)) === row.textHash
    )
      continue;
    // What of a broken migration may be edited is decided by its finished statements.
    if (!isInDatabase(row)) continue;
    // An installer is written anew for each version: then it is another one than that which ran.
    if (migration.covers !== undefined && row.version !== undefined && row.version !== migration.version) continue;
    if ((await checksumOf(migration, workplace, tools)) !== row.checksum) edited.add(migration.id);
  }
  return edited;
}

async function checksumOf(migration: Migration, { project }: Workplace, tools: ReturnType<typeof formatTools>): Promise<string> {
  const format = formatOf(migration.file, project.formats);
  return format === undefined ? '' : sha256((await format.significant(migration, tools)).up);
}
