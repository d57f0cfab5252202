import type { Connection, Driver, Engine, Server, Statement } from '../../src/contracts/index.ts';
import type { Schema } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import type { Dialect } from './blueprint.ts';

/** An empty database that is handed out, and given back. */
export interface Place {
  readonly connection: Connection;
  readonly driver: Driver;
  readonly engine: Engine;
  readonly server: Server;
  /** For the engine's own programs. */
  readonly url: string;
  done(): Promise<void>;
}

/** Where the rounds of one engine happen. */
export interface Bench {
  readonly dialect: Dialect;
  /** `settings` says what of the sessions is chosen by chance. */
  place(settings: number): Promise<Place>;
  /** The structure by the engine's own words, in lines without an order. */
  dump(place: Place, settled: boolean): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The structure as `diff` reads it. */
export async function structureOf({ connection, engine, server }: Place): Promise<Schema> {
  const schema = await ask(connection, engine.inspect(server));
  return engine.facts === undefined ? schema : { ...schema, facts: await ask(connection, engine.facts(server)) };
}

/** Sends statements as a run does: those that may share a transaction in one, with the check of keys before it ends. */
export async function send({ connection, engine, server }: Place, statements: readonly Statement[]): Promise<void> {
  let open = false;
  const commit = async (): Promise<void> => {
    if (!open) return;
    const check = engine.checkBeforeCommit?.(statements.flatMap(({ touches }) => touches));
    const violations = check === undefined ? [] : (await connection.query(check.sql)).rows;
    if (violations.length > 0) throw new Error(`keys without rows: ${JSON.stringify(violations)}`);
    await connection.query(engine.session.commit);
    open = false;
  };
  try {
    for (const { sql, transactional } of statements) {
      if (!transactional || !server.transactionalStructure) await commit();
      else if (!open) {
        await connection.query(engine.session.begin);
        open = true;
      }
      await connection
        .query(sql)
        .catch((error: unknown) => Promise.reject(new Error(`${(error as Error).message}: ${sql}`, { cause: error })));
    }
    await commit();
  } catch (error) {
    if (open) await connection.query(engine.session.rollback);
    throw error;
  }
}
