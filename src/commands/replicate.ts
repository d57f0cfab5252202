import { extname } from 'node:path';
import { count, Failure, joined } from '../base/index.ts';
import type { Statement } from '../contracts/index.ts';
import { type LossName, type LossyMapping, losses as lossWords, mapSchema } from '../neutral/index.ts';
import {
  type Begin,
  type Building,
  buildingOf,
  type CopiedTable,
  checkProgress,
  type Progress,
  readProgress,
  runCopy,
  type TableCopy,
  tryBuilding,
} from '../replicate/index.ts';
import { acquireLock, type Session } from '../runner/index.ts';
import { canonicalSchema, keyOf, referenceTo, type Schema, tablesOf } from '../schema/index.ts';
import { sha256 } from './digest.ts';
import { waitOptions } from './open.ts';
import type { CommonOptions } from './options.ts';
import { type Database, databaseOf, openProject, type Project } from './project.ts';
import { type ReplicateReport, sameTable, writeReplica } from './replicate-file.ts';
import { confirm } from './run.ts';
import { databaseAt, onScratch, readSide, readStructure, type Side, type SideSource, sideSource, withSession } from './structure.ts';

export interface ReplicateOptions extends CommonOptions {
  /** `db`, a URL, a file or a folder; the project's database by default. */
  readonly from?: string;
  /** A URL, or a file to write: `.sql`, `.yaml`, `.yml`, `.json`, `.xml` or `.ini`. */
  readonly to: string;
  /** Rows go over too. */
  readonly data?: boolean;
  /** The names of losses that may happen. */
  readonly allowLossy?: readonly string[];
  readonly dryRun?: boolean;
}

/**
 * Copies a structure, and on request its rows, to an empty database of any engine, or writes both into a file. Everything that the other
 * engine cannot hold is named and refused unless it is allowed. Nothing in the target is dropped or overwritten.
 */
export async function replicate({
  from: given = 'db',
  to,
  data = false,
  allowLossy = [],
  dryRun = false,
  ...options
}: ReplicateOptions): Promise<ReplicateReport> {
  checkNames(allowLossy);
  const project = await openProject(options);
  const source = await sideSource(project, options, given);
  if (data && source.kind !== 'database') {
    throw new Failure('usage.invalid-value', `rows are copied out of a database, and "${given}" is none`, {
      state: 'nothing was copied',
      fix: ['run the file on a database, and name that', 'leave --data out'],
    });
  }
  const reference = source.kind === 'database' ? source.database : await databaseOf(project, options);
  const task = { project, options, source, reference, data, dryRun };
  if (isFile(to)) return writeReplica({ ...task, file: to });
  const target = await databaseAt(to, project, options);
  const side = await readSide(source, reference, project, options);
  return withSession(target, project, unstopped(options), { readOnly: dryRun }, (session) =>
    toDatabase({ ...task, side, target, session, allowed: new Set(allowLossy) }),
  );
}

/** A copy stops between two batches by itself: what it must take back or let go of then is still to be sent. */
function unstopped({ stop: _, ...options }: CommonOptions): CommonOptions {
  return options;
}

function isFile(to: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:/i.test(to) && /^\.(sql|ya?ml|json|xml|ini)$/i.test(extname(to));
}

function checkNames(names: readonly string[]): void {
  const unknown = names.filter((name) => !Object.hasOwn(lossWords, name));
  if (unknown.length === 0) return;
  throw new Failure('usage.invalid-value', `there is no loss called "${unknown.join('", "')}"`, {
    fix: [`the names are ${Object.keys(lossWords).join(', ')}`],
  });
}

interface Task {
  readonly project: Project;
  readonly options: CommonOptions;
  readonly source: SideSource;
  readonly reference: Database;
  readonly data: boolean;
  readonly dryRun: boolean;
  readonly side: Side;
  readonly target: Database;
  readonly session: Session;
  readonly allowed: ReadonlySet<string>;
}

/** The structure for the target, what it loses, and where the rows of its tables come from. */
interface Mapped {
  readonly schema: Schema;
  readonly losses: readonly LossyMapping[];
  readonly tables: readonly TableCopy[];
}

async function toDatabase(task: Task): Promise<ReplicateReport> {
  const { side, session, data, dryRun, options, target } = task;
  const mapped = mappedFor(task);
  const identity = sha256(`${side.title} ${data} ${canonicalSchema(mapped.schema)}`);
  refuseLosses(mapped.losses, task.allowed, dryRun);
  const before = await emptyOrBegun(session, identity);
  const building = buildingOf(mapped.schema, session);
  const report: Omit<ReplicateReport, 'tables'> = {
    from: side.title,
    to: target.target.shown,
    server: session.server.title,
    dryRun,
    resumed: before !== undefined,
    objects: mapped.schema.objects.size,
    losses: mapped.losses,
    statements: statementsOf(building),
  };
  if (dryRun) return { ...report, tables: [] };
  if (options.yes !== true) await confirm(options, question(task, mapped));
  const lock = await acquireLock(session, { ...waitOptions(task.project, options), lease: false, digest: sha256 });
  try {
    if (before === undefined) await tryOut(task, building);
    return { ...report, tables: await copied(task, mapped, { building, before, identity }) };
  } finally {
    await lock.release();
  }
}

/** Where structural statements cannot be undone, they are tried on a scratch database, if the user may make one. */
async function tryOut({ session, target, project, options }: Task, building: Building): Promise<void> {
  if (session.server.transactionalStructure) return tryBuilding(building, session);
  try {
    await onScratch(target, project, options, (scratch) => tryBuilding(building, scratch));
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'database.no-rights') throw error;
  }
}

function statementsOf({ first, last }: Building): readonly string[] {
  return [...first, ...last].flatMap(({ statements }) => statements.map(({ sql }: Statement) => sql));
}

function question({ side, target, data }: Task, { schema, losses }: Mapped): Parameters<typeof confirm>[1] {
  const what = `${count(schema.objects.size, 'object')} of ${side.title}${data ? ' and all rows' : ''} would be copied to ${target.target.shown}.`;
  return { text: what, losses: losses.map(({ object, becomes }) => `${object}: ${becomes}`), flag: '--yes' };
}

/** The same engine takes everything as it is; another one takes what can be said in its words. */
function mappedFor({ side, reference, target, data }: Task): Mapped {
  if (reference.engine.name === target.engine.name) {
    const { transfer } = target.engine;
    const held = [...side.schema.objects.values()].filter((object) => object.kind === 'opaque' && data && transfer.holdsRows(object.type));
    return {
      schema: side.schema,
      losses: held.map((object) => ({ name: 'opaque', object: keyOf(referenceTo(object)), becomes: 'its rows are not copied' })),
      tables: data ? tablesOf(side.schema).map((table, i) => sameTable(table, i + 1)) : [],
    };
  }
  const { schema, losses, tables } = mapSchema(side.schema, reference.engine.transfer.dialect, target.engine.transfer.dialect);
  return {
    schema,
    losses,
    tables: data
      ? tables.map(({ from, neutral, to }, i) => ({
          part: i + 1,
          from,
          to,
          parts: true,
          columns: to.columns.flatMap((column, at) => {
            const [origin, between] = [from.columns[at], neutral.columns[at]];
            if (origin === undefined || between === undefined || column.generated !== undefined) return [];
            return [{ from: origin, to: column, as: between.type }];
          }),
        }))
      : [],
  };
}

function refuseLosses(losses: readonly LossyMapping[], allowed: ReadonlySet<string>, dryRun: boolean): void {
  const refused = losses.filter(({ name }) => !allowed.has(name));
  if (refused.length === 0 || dryRun) return;
  const names = [...new Set(refused.map(({ name }) => name))].sort();
  throw new Failure('replicate.lossy', `${count(refused.length, 'thing')} cannot go over as they are: ${joined(names)}`, {
    state: 'nothing was copied',
    fix: [`--allow-lossy ${names.join(',')}`, 'lockstep replicate … --dry-run   what becomes of each'],
    problems: lossProblems(refused),
    data: { losses: refused },
  });
}

/** One problem for each name, with all that it concerns. */
function lossProblems(losses: readonly LossyMapping[]): readonly Failure[] {
  const byName = new Map<LossName, LossyMapping[]>();
  for (const loss of losses) byName.set(loss.name, [...(byName.get(loss.name) ?? []), loss]);
  return [...byName].map(([name, of]) => {
    const shown = of.slice(0, 8).map(({ object }) => object);
    const rest = of.length > shown.length ? `, and ${of.length - shown.length} more` : '';
    return new Failure('replicate.lossy', `${name}: ${of[0]?.becomes ?? lossWords[name]} (${shown.join(', ')}${rest})`, {
      fix: [`--allow-lossy ${name}`],
    });
  });
}

/** The target must be empty, or hold nothing but the beginning of this copy. */
async function emptyOrBegun(session: Session, identity: string): Promise<Progress | undefined> {
  const shown = session.target.shown;
  const progress = await readProgress(session);
  if (progress !== undefined) {
    checkProgress(progress, identity, shown);
    return progress;
  }
  const present = [...(await readStructure(session)).objects.keys()];
  if (present.length === 0) return undefined;
  const named = `${present.slice(0, 5).join(', ')}${present.length > 5 ? `, and ${present.length - 5} more` : ''}`;
  throw new Failure('replicate.not-empty', `${shown} is not empty: ${named}`, { state: 'nothing was changed', data: { present } });
}

interface Begun {
  readonly building: Building;
  readonly before: Progress | undefined;
  readonly identity: string;
}

async function copied(task: Task, { schema, tables }: Mapped, { building, before, identity }: Begun): Promise<readonly CopiedTable[]> {
  const { session, project, options, data, reference } = task;
  const sequences = data ? [...schema.objects.values()].flatMap((object) => (object.kind === 'sequence' ? [object] : [])) : [];
  const copy = { schema, tables, sequences, identity };
  const ends = (source: Session): Begin => ({
    source,
    target: session,
    emit: options.emit ?? (() => undefined),
    stop: options.stop,
  });
  if (!data) return runCopy(copy, building, before, ends(session));
  return withSession(reference, project, unstopped(options), { readOnly: true }, (source) => runCopy(copy, building, before, ends(source)));
}
