import type { CompiledQuery, DatabaseConnection, Driver, Kysely, QueryResult } from 'kysely';
import type { Engine, Result } from '../../contracts/index.ts';
import type { AnyDatabase } from './migration.ts';

/** How a query of a migration reaches the database. */
export type Execute = (sql: string, parameters: readonly unknown[]) => Promise<Result>;

/** How Kysely's transactions begin and end; each is told how many are open with it. */
export interface Transactions {
  begin(depth: number): Promise<void>;
  commit(depth: number): Promise<void>;
  rollback(depth: number): Promise<void>;
}

/** Kysely over one given connection. Closing it does nothing. */
export async function kyselyOver(engine: Engine, execute: Execute, transactions: Transactions): Promise<Kysely<AnyDatabase>> {
  const kysely = await import('kysely');
  const parts = kysely as unknown as Record<string, new (...rest: unknown[]) => never>;
  const make = (name: string, ...rest: unknown[]): never => {
    const Part = parts[name];
    if (Part === undefined) throw new Error(`kysely has no ${name}`);
    return new Part(...rest);
  };
  // Every user of the one connection is given an object of its own, by which a transaction is known again at its end.
  const connect = (): DatabaseConnection => ({
    executeQuery: async <R>(compiled: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, affected, insertId } = await execute(compiled.sql, compiled.parameters);
      return {
        rows: rows as unknown as R[],
        ...(affected === undefined ? {} : { numAffectedRows: BigInt(affected) }),
        ...(insertId === undefined ? {} : { insertId: BigInt(insertId) }),
      };
    },
    streamQuery: async function* <R>(compiled: CompiledQuery) {
      yield await this.executeQuery<R>(compiled);
    },
  });
  const open: DatabaseConnection[] = [];
  const ending = async (connection: DatabaseConnection, end: (depth: number) => Promise<void>): Promise<void> => {
    if (open.at(-1) !== connection) throw new Error('transactions overlap on the one connection; await one before another begins');
    await end(open.length);
    open.pop();
  };
  const point = (verb: string) => async (_connection: DatabaseConnection, name: string) => {
    await execute(`${verb} ${engine.quote.identifier(name)}`, []);
  };
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connect()),
    beginTransaction: (connection) => transactions.begin(open.push(connection)),
    commitTransaction: (connection) => ending(connection, transactions.commit),
    rollbackTransaction: (connection) => ending(connection, transactions.rollback),
    savepoint: point('SAVEPOINT'),
    rollbackToSavepoint: point('ROLLBACK TO SAVEPOINT'),
    releaseSavepoint: point('RELEASE SAVEPOINT'),
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
  return new kysely.Kysely<AnyDatabase>({
    dialect: {
      createAdapter: () => make(engine.kysely.adapter),
      createDriver: () => driver,
      createIntrospector: (db) => make(engine.kysely.introspector, db),
      createQueryCompiler: () => make(engine.kysely.compiler),
    },
  });
}
