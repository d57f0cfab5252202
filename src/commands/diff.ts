import { Failure } from '../base/index.ts';
import { DatabaseError, type Engine, type Risk, type Server, type Statement } from '../contracts/index.ts';
import { formatLoss, possibleLosses } from '../plan/index.ts';
import type { Session } from '../runner/index.ts';
import { type Change, canonicalSchema, emptySchema, type Key, type Schema, type SchemaObject } from '../schema/index.ts';
import { newMigration } from './new.ts';
import type { CommonOptions } from './options.ts';
import { type Database, databaseOf, openProject } from './project.ts';
import type { PlannedStatement } from './report.ts';
import { onScratch, readSide, readStructure, type Side, type SideSource, sideSource } from './structure.ts';
import { fileText, type Way, wayFrom } from './way.ts';

export interface DiffOptions extends CommonOptions {
  /** `db`, a URL, a file, a folder, or `empty`; the project's database by default. */
  readonly from?: string;
  readonly to: string;
  /** The name of a migration to write. */
  readonly write?: string;
  /** `sql`, `yaml` or `json`; SQL by default where it says all that is known of the changes, else YAML. */
  readonly format?: string;
}

export interface DiffReport {
  readonly from: string;
  readonly to: string;
  readonly server: string;
  readonly changes: readonly Change[];
  readonly statements: readonly PlannedStatement[];
  /** The way back. */
  readonly back: readonly Change[];
  readonly reordered: Way['reordered'];
  /** The changes ran on a scratch database, arrived where they should, and led back; or why that could not be tried. */
  readonly proven: true | { readonly why: string };
  /** The file of the migration that was written. */
  readonly file?: string;
}

/**
 * Compares two structures and says what leads from one to the other. Nothing is shown that was not tried: the changes are run on a scratch
 * database, must arrive at the wanted structure and lead back.
 */
export async function diff({ from: given = 'db', to: wanted, write, format: asked, ...options }: DiffOptions): Promise<DiffReport> {
  const project = await openProject(options);
  const from = await sideSource(project, options, given);
  const to = await sideSource(project, options, wanted);
  const reference = await referenceOf([from, to], () => databaseOf(project, options));
  const [before, after] = [await readSide(from, reference, project, options), await readSide(to, reference, project, options)];
  refuseOtherBuild(before, after);
  const { engine } = reference;
  const scratch: OnScratch = (work) => onScratch(reference, project, options, work);
  const settled = await settle(before.schema, after.schema, scratch);
  const forth = wayFrom(settled.before, settled.after, engine, before.server);
  const back = wayFrom(settled.after, settled.before, engine, before.server);
  const proven = settled.why === undefined ? await prove({ ...settled, forth, back }, scratch) : { why: settled.why };
  const report: DiffReport = {
    from: before.title,
    to: after.title,
    server: before.server.title,
    changes: forth.changes,
    statements: forth.statements.map(planned),
    back: back.changes,
    reordered: forth.reordered,
    proven,
  };
  if (write === undefined || forth.changes.length === 0) return report;
  const format = asked ?? (saysTheSame(forth, engine, before.server) ? 'sql' : 'yaml');
  const { file } = await newMigration({ ...options, name: write, format, text: await fileText(format, forth, back) });
  return { ...report, file };
}

/** The build of an engine that both sides are read by: that of a database among them, else of the project's. */
async function referenceOf(sources: readonly SideSource[], otherwise: () => Promise<Database>): Promise<Database> {
  for (const source of sources) if (source.kind === 'database') return source.database;
  return otherwise();
}

/** Two builds write one structure down differently, and two engines mean different things by one word. */
function refuseOtherBuild(before: Side, after: Side): void {
  if (before.server.title === after.server.title) return;
  throw new Failure(
    'diff.refused',
    `${before.title} is ${before.server.title}, and ${after.title} is ${after.server.title}: only what one build writes down can be compared`,
    {
      state: 'nothing was changed',
      fix: ['lockstep dump --from Y -o y.sql   then compare with the file, where both are of one engine'],
    },
  );
}

type OnScratch = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

interface Settled {
  readonly before: Schema;
  readonly after: Schema;
  /** Why they are as they were read. */
  readonly why?: string;
}

/**
 * Engines write expressions down differently once they have read their own words again, so both structures are made anew from what was
 * read and read again.
 */
async function settle(before: Schema, after: Schema, scratch: OnScratch): Promise<Settled> {
  if (canonicalSchema(before) === canonicalSchema(after)) return { before, after };
  const [left, right] = [await madeAnew(before, scratch), await madeAnew(after, scratch)];
  const why = [left, right].find((side) => 'why' in side);
  return why !== undefined && 'why' in why
    ? { before, after, why: why.why }
    : { before: (left as { schema: Schema }).schema, after: (right as { schema: Schema }).schema };
}

async function madeAnew(schema: Schema, scratch: OnScratch): Promise<{ readonly schema: Schema } | { readonly why: string }> {
  return scratch(async (session) => {
    const way = wayFrom(emptySchema, schema, session.engine, session.server);
    const failed = await runAll(way.statements, session);
    if (failed !== undefined) return { why: `the structure cannot be made on a scratch database: ${failed.message}` };
    const made = await readStructure(session);
    expectSame(skeleton(made), skeleton(schema), 'the structure, made anew on a scratch database,', 'differs from what was read');
    return { schema: made };
  });
}

/** What engines write down in their own words. */
const spelled: ReadonlySet<string> = new Set([
  'sql',
  'query',
  'definition',
  'drop',
  'where',
  'using',
  'check',
  'default',
  'partitionOf',
  'partitionBy',
]);

/** The structure without the texts that may be spelled in several ways. */
function skeleton(schema: Schema): Schema {
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spelled.has(key) ? '' : bare(inner)]));
  };
  return { ...schema, objects: new Map([...schema.objects].map(([key, object]) => [key, bare(object) as SchemaObject])) };
}

interface Claim extends Settled {
  readonly forth: Way;
  readonly back: Way;
}

/** Runs the changes where nothing can be lost, there and back. Refuses a way that does not arrive. */
async function prove({ before, after, forth, back }: Claim, scratch: OnScratch): Promise<true> {
  if (forth.changes.length === 0) return true;
  return scratch<true>(async (session) => {
    const start = wayFrom(emptySchema, before, session.engine, session.server);
    await arrive(session, start, before, 'the structure before, made anew,');
    await arrive(session, forth, after, 'the way forth');
    await arrive(session, back, before, 'the way back');
    return true;
  });
}

async function arrive(session: Session, way: Way, wanted: Schema, what: string): Promise<void> {
  const failed = await runAll(way.statements, session);
  if (failed !== undefined) {
    throw new Failure('diff.unproven', `${what} does not run: ${failed.message}`, {
      engine: { message: failed.message },
      state: 'nothing was changed; it was tried on a scratch database',
      data: { statement: failed.sql },
    });
  }
  expectSame(await readStructure(session), wanted, what, 'does not arrive');
}

async function runAll(
  statements: readonly Statement[],
  { connection }: Session,
): Promise<{ readonly message: string; readonly sql: string } | undefined> {
  for (const { sql } of statements) {
    try {
      await connection.query(sql);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return { message: `${error.message} (${sql})`, sql };
    }
  }
  return undefined;
}

function expectSame(found: Schema, wanted: Schema, what: string, how: string): void {
  if (canonicalSchema(found) === canonicalSchema(wanted)) return;
  const keys = new Set<Key>([...found.objects.keys(), ...wanted.objects.keys()]);
  const one = (schema: Schema, key: Key): string => {
    const object = schema.objects.get(key);
    return object === undefined ? '' : canonicalSchema({ objects: new Map([[key, object]]), scope: 'all' });
  };
  const differing = [...keys].filter((key) => one(found, key) !== one(wanted, key));
  throw new Failure('diff.unproven', `${what} ${how}: ${differing.join(', ')}`, {
    state: 'nothing was changed; it was tried on a scratch database',
    data: { differing: differing.map((key) => ({ key, wanted: one(wanted, key), found: one(found, key) })) },
  });
}

function planned({ sql, transactional, lock, risks, effects }: Statement): PlannedStatement {
  return { sql, transactional, lock: lock.name, blocks: lock.blocks, risks, effects };
}

/** Whether the statements, read as SQL, would be said to lose what they do not: a table that is rebuilt, a type that only gets wider. */
function saysTheSame({ statements }: Way, engine: Engine, server: Server): boolean {
  const said = (read: (statement: Statement) => readonly Risk[]): string =>
    possibleLosses(statements.map((statement) => ({ ...statement, risks: read(statement) })))
      .map(formatLoss)
      .join('\n');
  return said(({ risks }) => risks) === said(({ sql }) => engine.classify(sql, server).risks);
}
