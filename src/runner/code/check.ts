import { Failure } from '../../base/index.ts';
import type { CodeFunction } from '../../contracts/index.ts';
import { schemaBuilder } from '../../schema/index.ts';
import type { Session } from '../session.ts';
import { kyselyOver } from './kysely.ts';
import type { MigrationContext } from './migration.ts';
import { sqlTag } from './queue.ts';

/**
 * Whether the check that a migration has as a function holds: it gives anything but `false`. It may only look; what would change the
 * structure, and what would be remembered, is refused. Throws what the function throws.
 */
export async function codeHolds(
  session: Session,
  code: CodeFunction,
  given: { readonly services: Readonly<Record<string, unknown>>; log(message: string): void },
): Promise<boolean> {
  const { connection, engine, server } = session;
  const refuse = (): never => {
    throw new Failure('migration.invalid', 'a check may look at the database and change nothing');
  };
  const context: MigrationContext = {
    schema: schemaBuilder(refuse),
    sql: sqlTag(
      engine,
      { add: refuse, addBefore: refuse, addAfter: refuse, take: () => [] },
      async (sql) => (await connection.query(sql)).rows,
    ),
    db: await kyselyOver(engine, (sql, parameters) => connection.query(sql, parameters)),
    services: given.services as MigrationContext['services'],
    log: given.log,
    step: refuse,
    batches: refuse,
    engine: { name: engine.name, flavour: server.flavour, version: server.version },
  };
  return (await (code as (context: MigrationContext) => unknown)(context)) !== false;
}
