import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import type { Connection, Driver, Server } from '../contracts/index.ts';
import { rootModule } from '../migration/index.ts';
import { ask, openSession, refusal, type Session } from '../runner/index.ts';
import type { Schema } from '../schema/index.ts';
import { createScratch, embedded, isServed, type Scratch } from '../scratch/index.ts';
import { withoutBooks } from './comparable.ts';
import { confined } from './confined.ts';
import { type Workplace, waitOptions } from './open.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, type Database, databaseOf, type Project } from './project.ts';
import { freshEntry, replay, unnoticed } from './replay.ts';
import { storeOf } from './store.ts';
import { isMigrations, readDescription } from './structure-files.ts';
import { makeDescribed } from './structure-run.ts';
import { checkFiles, selectPending } from './up.ts';

/** A structure as it was read, and the server that wrote it down: only structures read from one build of an engine can be compared. */
export interface Side {
  /** What people call it. */
  readonly title: string;
  readonly schema: Schema;
  readonly server: Server;
  /** Files of its folder that say nothing of a structure. */
  readonly ignored?: readonly string[];
}

/** Where a structure comes from: `db` (the project's database), a URL, a file, a folder, migrations up to one, a module, or `empty`. */
export type SideSource =
  /** `settings` are those of the other side, by which this one is read. */
  | { readonly kind: 'database'; readonly database: Database; readonly settings?: Server['settings'] | undefined }
  /** `at` is the last migration of a folder that counts. */
  | { readonly kind: 'path'; readonly path: string; readonly shown: string; readonly at?: string }
  /** The migrations of a module of the project, all of them or those up to one. */
  | { readonly kind: 'module'; readonly shown: string; readonly at?: string }
  | { readonly kind: 'empty' };

/** Finds out what a side is. Refuses what is neither a URL that some driver understands nor there as a file. */
export async function sideSource(project: Project, options: CommonOptions, given: string): Promise<SideSource> {
  if (given === 'empty') return { kind: 'empty' };
  if (given === 'db') return { kind: 'database', database: await databaseOf(project, options) };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(given)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme.length > 1) return { kind: 'database', database: await databaseAt(given, project, options) };
  const path = resolve(project.base, given);
  if (existsSync(path)) return { kind: 'path', path, shown: given };
  const [, folder = '', at = ''] = /^(.+)@([^@]+)$/.exec(given) ?? [];
  const before = resolve(project.base, folder);
  if (folder !== '' && existsSync(before)) return { kind: 'path', path: before, shown: given, at };
  const [, module, ref] = /^([^@]+)(?:@(.+))?$/.exec(given) ?? [];
  if (module === rootModule) return { kind: 'module', shown: given, ...(ref === undefined ? {} : { at: ref }) };
  throw new Failure('source.missing', `there is no file and no folder "${given}"`, {
    state: 'nothing was compared',
    fix: ['--from db   the database of the project', '--from postgres://…   another one', '--from schema.sql   a file'],
  });
}

/** The database of a URL, whatever connection was handed in or environment named for the project's own. */
export function databaseAt(url: string, project: Project, { driver: _, environment: __, ...options }: CommonOptions): Promise<Database> {
  return databaseOf(project, { ...options, url });
}

/** Migrations as a side: where they lie, and the last one that counts. */
type From = CommonOptions & { readonly to?: string };

/** Opens a session on a database for reading its structure, or on a scratch database for making one. */
export async function withSession<T>(
  { driver, engine, target }: Pick<Database, 'driver' | 'engine' | 'target'>,
  project: Project,
  options: CommonOptions,
  how: { readonly readOnly: boolean; readonly guest?: boolean },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession({
    driver,
    engine,
    target,
    store: storeOf(project),
    label: 'lockstep structure',
    ...how,
    lock: waitOptions(project, options),
  });
  const cancel = (): void => void session.connection.cancel?.();
  options.cancel?.addEventListener('abort', cancel);
  try {
    return await work(options.stop === undefined ? session : { ...session, connection: stoppable(session.connection, options.stop) });
  } catch (error) {
    throw refusal(session, error);
  } finally {
    options.cancel?.removeEventListener('abort', cancel);
    await session.close();
  }
}

/** A connection that begins nothing more once it shall stop, so that what was made meanwhile is taken away as after an error. */
function stoppable(connection: Connection, stop: AbortSignal): Connection {
  let rested = performance.now();
  const unlessStopped = async <T>(work: () => Promise<T>): Promise<T> => {
    // An embedded database answers at once, and signals are only heard between turns.
    if (performance.now() - rested > 50) {
      await new Promise((resolve) => setImmediate(resolve));
      rested = performance.now();
    }
    if (stop.aborted) throw new Failure('interrupted', 'interrupted', { state: 'nothing was changed' });
    return work();
  };
  const { copy, cancel } = connection;
  return {
    query: (sql, parameters) => unlessStopped(() => connection.query(sql, parameters)),
    script: (sql) => unlessStopped(() => connection.script(sql)),
    ...(copy === undefined
      ? {}
      : { copy: (sql: string, data: string | Uint8Array) => unlessStopped(() => copy.call(connection, sql, data)) }),
    ...(connection.stream === undefined ? {} : { stream: connection.stream.bind(connection) }),
    ...(connection.bulk === undefined ? {} : { bulk: connection.bulk.bind(connection) }),
    ...(connection.each === undefined ? {} : { each: connection.each.bind(connection) }),
    ...(cancel === undefined ? {} : { cancel: () => cancel.call(connection) }),
    close: () => connection.close(),
  };
}

/**
 * Works on an empty database of the same build as another one, which is taken away afterwards. Where the server lets this user make none,
 * it is an embedded one of the same engine; `other` then says why what is found there does not count for the server, unless both are of
 * one major version. The server need not be asked where it is known; over a connection that was handed in and is in use it cannot.
 */
export async function onScratch<T>(
  like: Database & { readonly server?: Server },
  project: Project,
  options: CommonOptions,
  work: (session: Session, other?: string) => Promise<T>,
): Promise<T> {
  return withScratch(like, project, (scratch, refused) =>
    withSession(scratch, project, options, { readOnly: false }, async (session) =>
      work(confined(session), refused === undefined ? undefined : await otherBuild(session.server, refused, { like, project, options })),
    ),
  );
}

/** The same on a database of the very build, or not at all: what is read there is held against what the server itself wrote down. */
export async function onOwnBuild<T>(
  like: Parameters<typeof onScratch>[0],
  project: Project,
  options: CommonOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return onScratch(like, project, options, (session, other) => {
    if (other === undefined) return work(session);
    throw new Failure('database.no-rights', other, {
      state: 'nothing was changed',
      fix: ['grant the right to create databases', 'use a user that has it'],
    });
  });
}

/** Works on an empty database like another one, on its server where it has one. Refuses where none can be made there. */
export async function onEmpty<T>(
  { driver, engine, target }: Database,
  project: Project,
  options: CommonOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const scratch = await createScratch(driver, engine, target);
  try {
    return await withSession(scratch, project, options, { readOnly: false }, (session) => work(confined(session)));
  } finally {
    await scratch.drop();
  }
}

async function withScratch<T>(like: Database, project: Project, work: (scratch: Scratch, refused?: Failure) => Promise<T>): Promise<T> {
  const [scratch, refused] = await scratchLike(like, project);
  try {
    return await work(scratch, refused);
  } finally {
    await scratch.drop();
  }
}

async function scratchLike({ driver, engine, target }: Database, project: Project): Promise<readonly [Scratch, Failure?]> {
  try {
    return [await createScratch(driver, engine, target)];
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'database.no-rights') throw error;
    const fits = (one: Driver): boolean =>
      one.engine === engine.name && one.lent === undefined && !isServed(one, { ...target, url: `${one.schemes[0]}:x` });
    const own = project.drivers.find(fits);
    if (own === undefined) throw error;
    return [await embedded(own, engine), error];
  }
}

interface Where {
  readonly like: Parameters<typeof onScratch>[0];
  readonly project: Project;
  readonly options: CommonOptions;
}

async function otherBuild(found: Server, refused: Failure, { like, project, options }: Where): Promise<string | undefined> {
  const wanted = like.server ?? (await withSession(like, project, options, { readOnly: true }, ({ server }) => Promise.resolve(server)));
  if (wanted.version[0] === found.version[0]) return undefined;
  return `it was tried on ${found.title} only, not on ${wanted.title}: ${refused.message}`;
}

/** A session as far as a structure is read or made by it. */
export type Trial = Pick<Session, 'connection' | 'driver' | 'engine' | 'server'>;

/** The whole structure of an open database with what its catalogue says of it, as of one moment where the engine can. No transaction may be open. */
export async function readStructure({ connection, engine, server }: Omit<Trial, 'driver'>): Promise<Schema> {
  const read = async (): Promise<Schema> => {
    const schema = await ask(connection, engine.inspect(server));
    return engine.facts === undefined ? schema : { ...schema, facts: await ask(connection, engine.facts(server)) };
  };
  const { snapshot, rollback } = engine.session;
  if (snapshot === undefined) return read();
  await connection.query(snapshot);
  try {
    return await read();
  } finally {
    await connection.query(rollback).catch(() => undefined);
  }
}

/** Reads a side. Files are run on a scratch database like the reference, so that its engine writes down what they mean. */
export async function readSide(source: SideSource, reference: Database, project: Project, options: CommonOptions): Promise<Side> {
  switch (source.kind) {
    case 'database':
      return withSession(source.database, project, options, { readOnly: true }, async (session) => {
        await refuseUnseen(session);
        const schema = withoutBooks(project, await readStructure(readAs(session, source.settings)));
        return { title: source.database.target.shown, schema, server: session.server };
      });
    case 'empty':
      return onScratch(reference, project, options, async (session) => ({
        title: 'nothing',
        schema: await readStructure(session),
        server: session.server,
      }));
    case 'path':
      return readPath(source, reference, project, options);
    case 'module':
      return readMigrations({ ...options, ...(source.at === undefined ? {} : { to: source.at }) }, source.shown, reference, project);
  }
}

/** Refuses to read a structure of which the user may not see everything: that would be missing from a dump, and dropped or made twice by a difference. */
export async function refuseUnseen({ connection, engine, server, target }: Session): Promise<void> {
  const unseen = engine.unseen === undefined ? [] : await ask(connection, engine.unseen(server));
  if (unseen.length === 0) return;
  throw new Failure(
    'schema.unseen',
    `${target.shown} does not show "${server.user}" the whole structure; hidden: ${unseen.map(({ what }) => what).join(', ')}`,
    { state: 'nothing was changed', fix: unseen.map(({ grant }) => grant) },
  );
}

function readAs(session: Session, settings: Server['settings']): Session {
  return settings === undefined ? session : { ...session, server: { ...session.server, settings } };
}

type Path = Extract<SideSource, { readonly kind: 'path' }>;

async function readPath({ path, shown, at }: Path, reference: Database, project: Project, all: CommonOptions): Promise<Side> {
  const { migrations: _, ...options } = all;
  if (at !== undefined || (statSync(path).isDirectory() && (await isMigrations(path, shown, project, options)))) {
    return readMigrations({ ...options, dir: path, ...(at === undefined ? {} : { to: at }) }, shown, reference, project);
  }
  return onScratch(reference, project, options, async (session) => {
    const description = await readDescription(path, shown, project, session);
    await makeDescribed(description, session, readStructure);
    const side: Side = { title: shown, schema: await readStructure(session), server: session.server };
    return description.ignored.length === 0 ? side : { ...side, ignored: description.ignored };
  });
}

/** What migrations make of nothing, all of them or those up to one. */
async function readMigrations(source: From, shown: string, reference: Database, given: Project): Promise<Side> {
  const { to, ...options } = source;
  const project = unnoticed(given);
  const collected = await collectMigrations(project, options);
  checkFiles({ collected }, to);
  const pending = selectPending(collected.migrations.map(freshEntry), { noInstaller: true, ...(to === undefined ? {} : { to }) });
  const migrations = pending.flatMap(({ migration }) => migration ?? []);
  return onScratch(reference, project, options, async (session) => {
    const there: Workplace = { project, database: reference, collected, session, close: () => Promise.resolve() };
    const failed = await replay(there, migrations, options);
    if (failed !== undefined) throw failed;
    return { title: shown, schema: await readStructure(session), server: session.server };
  });
}
