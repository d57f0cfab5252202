import { Failure } from '../base/index.ts';
import { DatabaseError, type Statement } from '../contracts/index.ts';
import { diff } from '../diff/index.ts';
import { renderChanges } from '../plan/index.ts';
import { ask, type Session } from '../runner/index.ts';
import { type Change, emptySchema, formatName, type Schema, type Sequence } from '../schema/index.ts';
import type { Tally } from './checksum.ts';
import { bareSchema, isDone } from './phases.ts';
import { beginProgress, endProgress, type Progress } from './progress.ts';
import type { Ends, TableCopy } from './reading.ts';
import { copyTable } from './rows.ts';

/** What is copied. */
export interface Copy {
  /** The target's structure. */
  readonly schema: Schema;
  /** Tables with rows; none where only the structure goes over. */
  readonly tables: readonly TableCopy[];
  /** Sequences that stand alone, on both sides by the same name. */
  readonly sequences: readonly Sequence[];
  /** Names this copy among all others. */
  readonly identity: string;
}

export interface CopiedTable extends Tally {
  readonly table: string;
}

/** The statements that make the structure: those that rows come behind, and those behind the rows. */
export interface Building {
  readonly first: readonly Part[];
  readonly last: readonly Part[];
}

export interface Part {
  readonly change: Change;
  readonly statements: readonly Statement[];
}

/** Works out how a structure is made around its rows. Refuses what the engine cannot do, all of it together. */
export function buildingOf(schema: Schema, { engine, server }: Ends['target']): Building {
  const bare = bareSchema(schema, engine);
  const parts = (from: Schema, to: Schema): readonly Part[] => {
    const found = diff(from, to, engine.diff);
    if ('refused' in found) throw new Failure('diff.refused', found.refused, { state: 'nothing was changed' });
    const rendered = renderChanges(
      found.changes.map((change) => ({ change })),
      engine,
      server,
      from,
    );
    const problems = rendered.problems.map(
      (problem) => new Failure('diff.refused', problem.message, { ...problem.details, state: 'nothing was changed' }),
    );
    if (rendered.deferred !== undefined) throw new Failure('diff.refused', rendered.deferred, { state: 'nothing was changed' });
    const [first] = problems;
    if (first !== undefined) {
      throw problems.length === 1 ? first : new Failure('diff.refused', `${problems.length} objects cannot be made`, { problems });
    }
    return rendered.parts;
  };
  return { first: parts(emptySchema, bare), last: parts(bare, schema) };
}

/** Makes the whole structure and takes it back, so that what the engine refuses is known before rows are copied for hours. */
export async function tryBuilding({ first, last }: Building, session: Session): Promise<void> {
  const { connection, engine } = session;
  if (session.server.transactionalStructure) await connection.query(engine.session.begin);
  let running = '';
  try {
    for (const { sql } of [...first, ...last].flatMap(({ statements }) => statements)) {
      running = sql;
      await connection.query(sql);
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new Failure(
      'replicate.failed',
      `the structure cannot exist on ${session.server.title}: ${error.message} (${running})`,
      { engine: { message: error.message, code: error.code }, state: 'nothing was changed; it was only tried' },
      error,
    );
  } finally {
    if (session.server.transactionalStructure) await connection.query(engine.session.rollback).catch(() => undefined);
  }
}

/** The two databases, and who is told. */
export type Begin = Omit<Ends, 'isResumed' | 'longest'>;

/** Copies structure and rows, or goes on with a copy that was broken off. Gives what is in each table afterwards. */
export async function runCopy(copy: Copy, building: Building, before: Progress | undefined, ends: Begin): Promise<readonly CopiedTable[]> {
  const { source } = ends;
  try {
    return await copyAll(copy, building, before, ends);
  } finally {
    // A library that is still holding on to a statement keeps the file locked behind its close; a server ends what a connection had open.
    const inFile = source.driver.lock(source.target).kind !== 'server';
    if (inFile && copy.tables.length > 0) await source.connection.query(source.engine.session.rollback).catch(() => undefined);
  }
}

async function copyAll(copy: Copy, building: Building, before: Progress | undefined, given: Begin): Promise<readonly CopiedTable[]> {
  const { source } = given;
  let ends: Ends = { ...given, isResumed: before !== undefined, longest: undefined };
  const { tables } = copy;
  if (tables.length > 0) for (const sql of source.engine.transfer.snapshot) await source.connection.query(sql);
  if (before === undefined) await together(beginProgress(given.target, copy.identity), ends);
  await build(building.first, before !== undefined, ends);
  // Which tables take rows for good as they come is known now that they are there.
  const target: Session = { ...given.target, server: await ask(given.target.connection, given.target.engine.identify()) };
  ends = { ...ends, target, longest: await longestOf(target) };
  for (const sql of target.engine.transfer.writing) await target.connection.query(sql);
  const copied: CopiedTable[] = [];
  for (const table of tables) {
    copied.push({ table: formatName(table.to.name), ...(await copyTable(table, before?.tables.get(table.part), ends)) });
  }
  for (const sql of target.engine.transfer.wrote) await target.connection.query(sql);
  await build(building.last, before !== undefined, ends);
  for (const table of tables) for (const sql of await numbersOf(table, source, target)) await target.connection.query(sql);
  for (const sequence of copy.sequences) {
    const sql = await ask(source.connection, source.engine.transfer.sequence(sequence));
    if (sql !== undefined) await target.connection.query(sql);
  }
  await checkOrphans(ends);
  await target.connection.query(endProgress);
  return copied;
}

async function longestOf({ connection, engine }: Session): Promise<number | undefined> {
  const { longest } = engine.transfer;
  return longest === undefined ? undefined : Number((await connection.query(longest)).rows[0]?.['most']);
}

/** Runs the parts of a structure that are not there yet: in one transaction where the engine can undo them. */
async function build(parts: readonly Part[], isResumed: boolean, ends: Ends): Promise<void> {
  const { connection, engine, server } = ends.target;
  const present = isResumed ? await ask(connection, engine.inspect(server)) : emptySchema;
  const missing = parts.filter(({ change }) => !isDone(change, present));
  await together(
    missing.flatMap(({ statements }) => statements.map(({ sql }) => sql)),
    ends,
  );
}

async function together(statements: readonly string[], { target: { connection, engine, server } }: Ends): Promise<void> {
  const one = server.transactionalStructure;
  let running = '';
  try {
    if (one) await connection.query(engine.session.begin);
    for (const sql of statements) {
      running = sql;
      await connection.query(sql);
    }
    if (one) await connection.query(engine.session.commit);
  } catch (error) {
    if (one) await connection.query(engine.session.rollback).catch(() => undefined);
    if (!(error instanceof DatabaseError)) throw error;
    const lost = error.lost || engine.errorKind(error) === 'lost';
    throw new Failure(
      lost ? 'connection.lost' : 'replicate.failed',
      `${lost ? 'the connection was lost at' : 'the target refuses'} a statement: ${error.message} (${running})`,
      {
        engine: { message: error.message, code: error.code },
        state: one ? 'nothing of this step is in the target; rows that were copied are' : 'what was made before it is in the target',
        fix: ['mend what the engine says, and run the same command again: it goes on where it was'],
      },
      error,
    );
  }
}

/** Statements that make columns that count go on where the source's would, and never below what is there. */
export async function numbersOf({ from, to }: TableCopy, source: Session, { engine }: Session): Promise<readonly string[]> {
  const statements: string[] = [];
  for (const column of to.columns) {
    const origin = from.columns.find(({ name }) => name === column.name);
    if (column.identity === undefined || origin?.identity === undefined) continue;
    const name = source.engine.quote.identifier(column.name);
    const { rows } = await source.connection.query(`SELECT max(${name}) AS most FROM ${source.engine.transfer.from(from, true)}`);
    const most = rows[0]?.['most'];
    const behind = most === null || most === undefined ? 1n : BigInt(String(most)) + 1n;
    const next = (await ask(source.connection, source.engine.transfer.nextNumber(from, origin))) ?? behind;
    statements.push(...engine.transfer.setNumber(to, column, next > behind ? next : behind));
  }
  return statements;
}

async function checkOrphans({ target: { connection, engine } }: Ends): Promise<void> {
  const { orphans } = engine.transfer;
  if (orphans === undefined) return;
  const { rows } = await connection.query(orphans);
  if (rows.length === 0) return;
  const tables = [...new Set(rows.map((row) => String(row['table'])))];
  throw new Failure('replicate.failed', `${rows.length} rows have no parent, in ${tables.join(', ')}`, {
    state: 'all rows and keys are in the target; the source has the same rows without parents',
    fix: ['delete or correct the rows in the source and begin anew'],
  });
}
