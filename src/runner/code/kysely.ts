import type { CompiledQuery, DatabaseConnection, Driver, Kysely, QueryResult } from 'kysely';
import type { Engine, Result } from '../../contracts/index.ts';
import type { AnyDatabase } from './migration.ts';

/** How a query of a migration reaches the database. `reads` tells a SELECT, which leaves nothing behind. */
export type Execute = (sql: string, parameters: readonly unknown[], reads: boolean) => Promise<Result>;

/**
 * Kysely over one given connection. Queries run one after another; its transactions become savepoints of the transaction that is open;
 * closing it does nothing.
 */
export async function kyselyOver(engine: Engine, execute: Execute): Promise<Kysely<AnyDatabase>> {
  const kysely = await import('kysely');
  const parts = kysely as unknown as Record<string, new (...rest: unknown[]) => never>;
  const make = (name: string, ...rest: unknown[]): never => {
    const Part = parts[name];
    if (Part === undefined) throw new Error(`kysely has no ${name}`);
    return new Part(...rest);
  };
  let depth = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };
  const connection: DatabaseConnection = {
    executeQuery: <R>(compiled: CompiledQuery): Promise<QueryResult<R>> =>
      inTurn(async () => {
        const reads = compiled.query.kind === 'SelectQueryNode';
        const { rows, affected, insertId } = await execute(compiled.sql, compiled.parameters, reads);
        return {
          rows: rows as unknown as R[],
          ...(affected === undefined ? {} : { numAffectedRows: BigInt(affected) }),
          ...(insertId === undefined ? {} : { insertId: BigInt(insertId) }),
        };
      }),
    streamQuery: async function* <R>(compiled: CompiledQuery) {
      yield await connection.executeQuery<R>(compiled);
    },
  };
  const savepoint = (sql: string): Promise<void> => inTurn(() => execute(sql, [], true)).then(() => undefined);
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: () => savepoint(`SAVEPOINT lockstep_${++depth}`),
    commitTransaction: () => savepoint(`RELEASE SAVEPOINT lockstep_${depth--}`),
    rollbackTransaction: () => savepoint(`ROLLBACK TO SAVEPOINT lockstep_${depth--}`),
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
