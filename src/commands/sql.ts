import { Failure, lineStarts, placeAt } from '../base/index.ts';
import { DatabaseError, type Effect, type ResultRow } from '../contracts/index.ts';
import { openWorkplace, type Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { confirmProtected } from './run.ts';
import { keepStatement, kindOf } from './team/evidence.ts';
import { type OwnCheckout, ofPerson, readPlace } from './team/place.ts';
import { remoteDoor } from './team/remote.ts';

/** What one statement gave. */
export interface SqlResult {
  readonly sql: string;
  readonly rows: readonly ResultRow[];
  /** How many rows it changed, where the engine tells. */
  readonly affected?: number;
  /** It changed the structure. */
  readonly isStructure: boolean;
}

/**
 * A connection that refuses structural statements unless this working copy has checked the structure out, and writes down those that pass.
 * Statements that read or change rows always pass; on a protected database the first that changes something must be confirmed.
 */
export interface SqlConnection {
  /** The database, without secrets, and its server. */
  readonly title: string;
  readonly server: string;
  /** Whether a script ends with a whole statement: nothing of it waits for a closing quote or a semicolon. */
  isWhole(script: string): boolean;
  /**
   * Runs the statements of a script one after the other; `each` hears of every result. Throws at the first that is refused or fails, with
   * its place; what ran before it has happened.
   */
  run(script: string, each?: (result: SqlResult) => void, file?: string): Promise<readonly SqlResult[]>;
  /** A transaction was begun and not ended. */
  isOpen(): boolean;
  /** Rolls back what was begun and not committed, and ends the connection. */
  close(): Promise<void>;
}

/** Opens such a connection to the project's database. */
export async function openSql(options: CommonOptions): Promise<SqlConnection> {
  const workplace = await openWorkplace(options, { command: 'sql', readOnly: false, guest: true });
  const { session, database, project } = workplace;
  const { engine, connection, server } = session;
  const own = readPlace(project).checkout;
  try {
    const guard = server.guarded === true ? engine.guard?.structure : undefined;
    if (guard !== undefined && own?.token !== undefined) await connection.query(guard.present(own.token));
  } catch (error) {
    await session.close();
    throw error;
  }
  let inTransaction = false;
  let confirmed = false;
  const keep = (holding: OwnCheckout, sql: string, effects: readonly Effect[]): void => {
    // The guard and the server's own log see it by themselves.
    if (server.guarded === true || holding.trail !== undefined) return;
    keepStatement(project, holding, sql, { kind: kindOf(engine, sql), objects: effects.map(({ text }) => text), by: server.user });
  };
  const one = async (sql: string, copyData: string | undefined): Promise<SqlResult> => {
    const { family, effects } = engine.classify(sql, server);
    const control = engine.transactionControl(sql);
    if (!confirmed && (family === 'structure' || family === 'rows')) {
      await confirmProtected(workplace, options, 'Statements that change something would run.');
      confirmed = true;
    }
    const holding = family === 'structure' ? await heldFor(workplace, options) : undefined;
    if (copyData !== undefined) {
      if (connection.copy === undefined) throw new Failure('sql.failed', 'this driver cannot take rows behind COPY');
      await connection.copy(sql, copyData);
      return { sql, rows: [], isStructure: false };
    }
    const { rows, affected } = await connection.query(sql);
    if (control === 'begin') inTransaction = true;
    else if (control !== undefined) inTransaction = false;
    if (holding !== undefined) keep(holding, sql, effects);
    return { sql, rows, isStructure: family === 'structure', ...(affected === undefined || family === 'query' ? {} : { affected }) };
  };
  return {
    title: database.target.shown,
    server: server.title,
    isWhole: (script) => {
      if (!script.trimEnd().endsWith(';')) return false;
      return engine.split(`${script}\nSELECT 1`).statements.length > engine.split(script).statements.length;
    },
    run: async (script, each, file = 'sql') => {
      const { statements, problems } = engine.split(script);
      const place = (offset: number) => placeAt(file, lineStarts(script), offset);
      const [wrong] = problems;
      if (wrong !== undefined) throw new Failure(wrong.code, wrong.message, { place: place(wrong.offset), state: 'nothing was run' });
      const results: SqlResult[] = [];
      for (const [i, { sql, offset, copyData }] of statements.entries()) {
        try {
          const result = await one(sql, copyData);
          results.push(result);
          each?.(result);
        } catch (error) {
          throw explained(error, { workplace, sql, script, at: (inside) => place(offset + inside), done: i, of: statements.length });
        }
      }
      return results;
    },
    isOpen: () => inTransaction,
    close: async () => {
      if (inTransaction) await connection.query(engine.session.rollback).catch(() => undefined);
      await session.close();
    },
  };
}

/** The check-out by which structural statements pass; refuses where this working copy has none, or has lost it. */
async function heldFor({ project }: Workplace, { seat }: CommonOptions): Promise<OwnCheckout> {
  const refuse = (why: string): Failure =>
    new Failure('guard.refused', `${why}: structural statements are refused`, { state: 'the statement was not run' });
  const kept = readPlace(project);
  const place = seat === undefined || kept.server !== undefined ? kept : ofPerson(kept, seat.asker.user);
  const { checkout: own, server } = place;
  if (own === undefined) throw refuse('the structure is checked in');
  if (Date.parse(own.until) <= Date.now()) throw refuse(`the time of check-out ${own.checkout} is over`);
  if (server === undefined) return own;
  // A check-out that was taken over is known to the server only.
  const { checkouts } = await remoteDoor(server, place).call('team', {});
  if (checkouts.some((one) => one.checkout === own.checkout && one.at.copy === place.copy)) return own;
  throw refuse(`check-out ${own.checkout} is no longer yours`);
}

interface Failing {
  readonly workplace: Workplace;
  readonly sql: string;
  readonly script: string;
  readonly at: (inside: number) => ReturnType<typeof placeAt>;
  readonly done: number;
  readonly of: number;
}

function explained(error: unknown, { workplace, sql, script, at, done, of }: Failing): unknown {
  const ran = of === 1 ? [] : [`${done} of ${of} statements ran before it`];
  const said = (...words: readonly (string | undefined)[]) => {
    const state = [...words, ...ran].filter((word) => word !== undefined).join('; ');
    return { source: script, ...(state === '' ? {} : { state }) };
  };
  if (error instanceof Failure) return error.with({ place: at(0), ...said(error.details.state) });
  if (!(error instanceof DatabaseError)) return error;
  const { engine } = workplace.session;
  if (error.code === engine.guard?.structure?.refusedCode) {
    return new Failure('guard.refused', error.message, { place: at(0), ...said('the statement was not run') }, error);
  }
  const offset = error.position ?? engine.locate(sql, error) ?? 0;
  return new Failure(
    'sql.failed',
    error.message,
    {
      place: at(offset),
      engine: { message: error.message, ...(error.code === '' ? {} : { code: error.code }) },
      ...said(),
      ...(error.hint === undefined ? {} : { fix: [error.hint] }),
    },
    error,
  );
}
