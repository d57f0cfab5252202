import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { Failure, lineStarts, placeAt, together } from '../base/index.ts';
import { DatabaseError, type Server } from '../contracts/index.ts';
import { rootModule } from '../migration/index.ts';
import { renderChanges } from '../plan/index.ts';
import { ask, openSession, refusal, type Session } from '../runner/index.ts';
import type { Schema } from '../schema/index.ts';
import { createScratch } from '../scratch/index.ts';
import { tableStore } from '../stores/index.ts';
import { waitOptions } from './open.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, type Database, databaseOf, formatTools, type Project } from './project.ts';
import { up } from './up.ts';

/** A structure as it was read, and the server that wrote it down: only structures read from one build of an engine can be compared. */
export interface Side {
  /** What people call it. */
  readonly title: string;
  readonly schema: Schema;
  readonly server: Server;
}

/** Where a structure comes from: `db` (the project's database), a URL, a file, a folder, a folder of migrations up to one, or `empty`. */
export type SideSource =
  | { readonly kind: 'database'; readonly database: Database }
  /** `at` is the last migration of a folder that counts. */
  | { readonly kind: 'path'; readonly path: string; readonly shown: string; readonly at?: string }
  | { readonly kind: 'empty' };

/** Finds out what a side is. Refuses what is neither a URL that some driver understands nor there as a file. */
export async function sideSource(project: Project, options: CommonOptions, given: string): Promise<SideSource> {
  if (given === 'empty') return { kind: 'empty' };
  if (given === 'db') return { kind: 'database', database: await databaseOf(project, options) };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(given)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme.length > 1)
    return { kind: 'database', database: await databaseOf(project, { ...options, url: given }) };
  const path = resolve(project.base, given);
  if (existsSync(path)) return { kind: 'path', path, shown: given };
  const [, folder = '', at = ''] = /^(.+)@([^@]+)$/.exec(given) ?? [];
  const before = resolve(project.base, folder);
  if (folder !== '' && existsSync(before)) return { kind: 'path', path: before, shown: given, at };
  throw new Failure('source.missing', `there is no file and no folder "${given}"`, {
    state: 'nothing was compared',
    fix: ['--from db   the database of the project', '--from postgres://…   another one', '--from schema.sql   a file'],
  });
}

/** Opens a session on a database for reading its structure, or on a scratch database for making one. */
export async function withSession<T>(
  { driver, engine, target }: Pick<Database, 'driver' | 'engine' | 'target'>,
  project: Project,
  options: CommonOptions,
  how: { readonly readOnly: boolean },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession({
    driver,
    engine,
    target,
    store: project.config.store ?? tableStore(project.config.history ?? {}),
    label: 'lockstep structure',
    readOnly: how.readOnly,
    lock: waitOptions(project, options),
  });
  try {
    return await work(session);
  } catch (error) {
    throw refusal(session, error);
  } finally {
    await session.close();
  }
}

/** Works on an empty database of the same build as another one, which is taken away afterwards. */
export async function onScratch<T>(
  like: Database,
  project: Project,
  options: CommonOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const scratch = await createScratch(like.driver, like.engine, like.target);
  try {
    return await withSession(scratch, project, options, { readOnly: false }, work);
  } finally {
    await scratch.drop();
  }
}

/** The whole structure of an open database with what its catalogue says of it. */
export async function readStructure({ connection, engine, server }: Session): Promise<Schema> {
  const schema = await ask(connection, engine.inspect(server));
  return engine.facts === undefined ? schema : { ...schema, facts: await ask(connection, engine.facts(server)) };
}

/** Reads a side. Files are run on a scratch database like the reference, so that its engine writes down what they mean. */
export async function readSide(source: SideSource, reference: Database, project: Project, options: CommonOptions): Promise<Side> {
  switch (source.kind) {
    case 'database':
      return withSession(source.database, project, options, { readOnly: true }, async (session) => {
        await refuseUnseen(session);
        return { title: source.database.target.shown, schema: await readStructure(session), server: session.server };
      });
    case 'empty':
      return onScratch(reference, project, options, async (session) => ({
        title: 'nothing',
        schema: await readStructure(session),
        server: session.server,
      }));
    case 'path':
      return readPath(source, reference, project, options);
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

type Path = Extract<SideSource, { readonly kind: 'path' }>;

async function readPath({ path, shown, at }: Path, reference: Database, project: Project, options: CommonOptions): Promise<Side> {
  const scratch = await createScratch(reference.driver, reference.engine, reference.target);
  const read = (session: Session): Promise<Side> =>
    readStructure(session).then((schema) => ({ title: shown, schema, server: session.server }));
  try {
    if (statSync(path).isDirectory() && (at !== undefined || (await isMigrations(path, project, options)))) {
      const { driver: _, ...rest } = options;
      await up({
        ...rest,
        url: scratch.target.url,
        dir: path,
        late: 'run',
        allow: ['destructive'],
        ...(at === undefined ? {} : { to: at }),
      });
      return await withSession(scratch, project, options, { readOnly: true }, read);
    }
    return await withSession(scratch, project, options, { readOnly: false }, async (session) => {
      for (const file of filesAt(path)) await runFile(file, session, project);
      return read(session);
    });
  } finally {
    await scratch.drop();
  }
}

/** A folder is one of migrations when every file in it bears a label. */
export async function isMigrations(path: string, project: Project, options: CommonOptions): Promise<boolean> {
  const { migrations, problems } = await collectMigrations(project, { ...options, dir: path });
  return migrations.length > 0 && !problems.some((problem) => problem.code === 'migration.unmatched-file');
}

/** The file itself, or all files of a folder. */
export function filesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
}

/** Runs a file that describes a structure: a script, or a file of changes. */
async function runFile(file: string, session: Session, project: Project): Promise<void> {
  const text = readFileSync(file, 'utf8');
  const ending = extname(file).slice(1).toLowerCase();
  if (ending === 'sql') return runScript(text, file, session);
  const format = project.formats.find((candidate) => candidate.extensions.includes(ending));
  if (format === undefined)
    throw new Failure('source.unreadable', `"${file}" is no file of a structure: its ending is unknown`, { state: 'nothing was compared' });
  const migration = { id: file, module: rootModule, version: '', name: '', label: '', format: format.name, file: { path: file, text } };
  const parsed = await format.read(migration as never, formatTools(project, session.engine));
  if (parsed.up.kind !== 'changes')
    throw new Failure('source.unreadable', `"${file}" holds code, and only changes describe a structure`, {
      state: 'nothing was compared',
    });
  const rendered = renderChanges(parsed.up.changes, session.engine, session.server, await readStructure(session));
  if (rendered.problems.length > 0) throw together(rendered.problems, (n) => `${n} changes of "${file}" cannot be made`);
  for (const { sql } of rendered.statements) await session.connection.query(sql);
}

/** Runs a script statement by statement; the first that fails is named with its place. */
async function runScript(text: string, file: string, { connection, engine }: Session): Promise<void> {
  const starts = lineStarts(text);
  const split = engine.split(text);
  if (split.problems.length > 0) {
    throw together(
      split.problems.map(({ code, message, offset }) => new Failure(code, message, { place: placeAt(file, starts, offset), source: text })),
      (n) => `${n} places of "${file}" cannot be understood`,
    );
  }
  for (const { sql, offset, copyData } of split.statements) {
    try {
      if (copyData === undefined) await connection.query(sql);
      else await connection.copy?.(sql, copyData);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const inside = error.position ?? engine.locate(sql, error) ?? 0;
      throw new Failure(
        'schema.invalid',
        `a statement of "${file}" cannot be run: ${error.message}`,
        {
          place: placeAt(file, starts, offset + inside),
          source: text,
          engine: { message: error.message, ...(error.code === '' ? {} : { code: error.code }) },
          state: 'nothing was changed; it was tried on a scratch database',
        },
        error,
      );
    }
  }
}
