import { Failure } from '../base/index.ts';
import type { Engine, Risk, Server, Statement } from '../contracts/index.ts';
import { formatLoss, possibleLosses } from '../plan/index.ts';
import { canonicalSchema, emptySchema, type Key, type Schema, type SchemaObject, sameSchema } from '../schema/index.ts';
import { errorOf, mayBeTogether, mostAtOnce, runTogether } from './batch.ts';
import type { PlannedStatement } from './report.ts';
import { keepsRows, type SampleRows } from './sample.ts';
import { readStructure, type Trial } from './structure.ts';
import { type Way, wayFrom } from './way.ts';

/** Does a piece of work on an empty database of the right build, which is taken away afterwards. */
export type OnScratch = <T>(work: (session: Trial) => Promise<T>) => Promise<T>;

/** Two structures as one build writes them down. */
export interface Settled {
  readonly before: Schema;
  readonly after: Schema;
  /** Why they are as they were read. */
  readonly why?: string;
  /** A database on which the structure before was made, and nothing else was done. */
  readonly standing?: Trial;
}

/**
 * Engines write expressions down differently once they have read their own words again, so both structures are made anew from what was
 * read and read again.
 */
export function settle(before: Schema, after: Schema, scratch: OnScratch): Promise<Omit<Settled, 'standing'>> {
  return whileSettled(before, after, scratch, ({ standing: _, ...settled }) => Promise.resolve(settled));
}

/** The same, for work that has the database on which the structure before was made: there a way can be tried without making it once more. */
export async function whileSettled<T>(
  before: Schema,
  after: Schema,
  scratch: OnScratch,
  work: (settled: Settled) => Promise<T>,
): Promise<T> {
  if (sameSchema(before, after)) return work({ before, after });
  const right = await madeAnew(after, scratch);
  return scratch(async (standing) => {
    const left = await madeOn(standing, before);
    if ('why' in left) return work({ before, after, why: left.why });
    if ('why' in right) return work({ before, after, why: right.why });
    return work({ before: left.schema, after: right.schema, standing });
  });
}

/** A structure as a scratch database gives it back that it was made on, or why it cannot be made there. */
export async function madeAnew(schema: Schema, scratch: OnScratch): Promise<Made> {
  return scratch((session) => madeOn(session, schema));
}

type Made = { readonly schema: Schema } | { readonly why: string };

async function madeOn(session: Trial, schema: Schema): Promise<Made> {
  const way = wayFrom(emptySchema, schema, session.engine, session.server);
  const failed = await runAll(way.statements, session);
  if (failed !== undefined) return { why: `the structure cannot be made on a scratch database: ${failed.message}` };
  const made = await readStructure(session);
  expectSame(skeleton(made), skeleton(schema), 'the structure, made anew on a scratch database,', 'differs from what was read');
  return { schema: made };
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

/** Two structures, and ways between them that are said to lead there and back. */
export interface Claim extends Settled {
  readonly forth: Way;
  readonly back: Way;
}

/**
 * Runs the changes where nothing can be lost, there and back, and once more where there are rows. Refuses a way that does not arrive, and
 * one that loses more than it says; what was found of the rows is told to whoever asks.
 */
export async function prove(claim: Claim, scratch: OnScratch, told?: (rows: SampleRows) => void): Promise<true> {
  const { before, forth, standing } = claim;
  if (forth.changes.length === 0) return true;
  const rows =
    standing === undefined
      ? await scratch(async (session) => {
          const start = wayFrom(emptySchema, before, session.engine, session.server);
          await arrive(session, start, before, 'the structure before, made anew,');
          return thereAndBack(claim, session);
        })
      : await thereAndBack(claim, standing);
  told?.(rows);
  return true;
}

async function thereAndBack({ before, after, forth, back }: Claim, session: Trial): Promise<SampleRows> {
  await arrive(session, forth, after, 'the way forth');
  await arrive(session, back, before, 'the way back');
  return keepsRows({ before, after, forth, back }, session);
}

export async function arrive(session: Trial, way: Way, wanted: Schema, what: string): Promise<void> {
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

/** Runs statements in their order, many in one message where that does the same; the first that fails is told. */
export async function runAll(
  statements: readonly Statement[],
  trial: Trial,
): Promise<{ readonly message: string; readonly sql: string } | undefined> {
  for (let from = 0; from < statements.length; ) {
    const ahead = statements.slice(from, from + mostAtOnce);
    const apart = ahead.findIndex((statement) => !mayBeTogether(statement, trial));
    const group = apart < 0 ? ahead : ahead.slice(0, Math.max(apart, 1));
    const done = await runTogether(
      group.map(({ sql }) => sql),
      trial,
    );
    for (const { sql } of group.slice(done)) {
      const error = await errorOf(sql, trial);
      if (error !== undefined) return { message: `${error.message} (${sql})`, sql };
    }
    from += group.length;
  }
  return undefined;
}

/** Refuses two structures that are not the same, and names what differs. */
export function expectSame(found: Schema, wanted: Schema, what: string, how: string): void {
  if (sameSchema(found, wanted)) return;
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

/** A statement as reports show it. */
export function planned({ sql, transactional, lock, risks, effects }: Statement): PlannedStatement {
  return { sql, transactional, lock: lock.name, blocks: lock.blocks, risks, effects };
}

/** SQL, or YAML where the statements, read as SQL, would be said to lose what they do not: a table that is rebuilt, a type that only gets wider. */
export function formatFor({ statements }: Way, engine: Engine, server: Server): 'sql' | 'yaml' {
  const said = (read: (statement: Statement) => readonly Risk[]): string =>
    possibleLosses(statements.map((statement) => ({ ...statement, risks: read(statement) })))
      .map(formatLoss)
      .join('\n');
  return said(({ risks }) => risks) === said(({ sql }) => engine.classify(sql, server).risks) ? 'sql' : 'yaml';
}
