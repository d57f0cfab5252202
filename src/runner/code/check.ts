import { calledFrom, Failure, placeInStack, withCaller } from '../../base/index.ts';
import { type CodeFunction, DatabaseError, type Extension, type Result } from '../../contracts/index.ts';
import { type Conventions, namesOf } from '../../schema/index.ts';
import type { BrokenCheck, Identity } from '../run-types.ts';
import { schemaView } from '../schema-view.ts';
import type { Session } from '../session.ts';
import { openCalls } from './calls.ts';
import { type BareContext, withExtensions } from './extensions.ts';
import { kyselyOver } from './kysely.ts';
import { schemaReader } from './look.ts';
import type { MigrationContext } from './migration.ts';
import { sqlTag } from './queue.ts';

export interface CodeCheckOptions {
  readonly identity: Identity;
  readonly services: Readonly<Record<string, unknown>>;
  readonly extensions: readonly Extension[];
  readonly conventions?: Conventions;
  readonly log: (message: string) => void;
}

/**
 * Runs the `verify` of a code migration, which may ask the database and nothing else. It holds unless it throws or gives false. The
 * caller has opened what is rolled back behind it.
 */
export async function runCodeCheck(session: Session, code: CodeFunction, options: CodeCheckOptions): Promise<BrokenCheck | undefined> {
  const { id, file, text } = options.identity;
  const calls = openCalls(id);
  try {
    const context = await checkContext(session, options, calls);
    const answer = await (code as (context: MigrationContext) => unknown)(context);
    await calls.end();
    return answer === false ? { at: undefined, why: 'it gives false', error: undefined } : undefined;
  } catch (thrown) {
    const error = calls.unheard() ?? thrown;
    const at = file === undefined ? undefined : placeInStack(error, { path: file, ...(text === undefined ? {} : { text }) });
    const message = error instanceof Error ? error.message : String(error);
    return { at, why: message, error: error instanceof DatabaseError ? error : undefined };
  } finally {
    calls.close();
  }
}

async function checkContext(
  session: Session,
  { identity, services, extensions, conventions, log }: CodeCheckOptions,
  calls: ReturnType<typeof openCalls>,
): Promise<MigrationContext> {
  const { connection, engine, server } = session;
  const refuse = (what: string): never => {
    throw new Failure('migration.threw', `${what} changes something, and the check of migration ${identity.id} may only look`);
  };
  const query = async (sql: string, parameters: readonly unknown[]): Promise<Result> => {
    const called = calledFrom();
    try {
      return await calls.query(() => connection.query(sql, parameters));
    } catch (error) {
      throw withCaller(error, called);
    }
  };
  const savepoint = (verb: string) => async (depth: number) => {
    await query(`${verb} lockstep_${depth}`, []);
  };
  const transactions = {
    begin: savepoint('SAVEPOINT'),
    commit: savepoint('RELEASE SAVEPOINT'),
    rollback: savepoint('ROLLBACK TO SAVEPOINT'),
  };
  const reader = schemaReader((tables, answer) =>
    calls.query(async () => {
      const view = schemaView(session);
      await view.know(tables);
      return answer(view.current());
    }),
  );
  const schema = new Proxy(reader as MigrationContext['schema'], {
    get: (target, name) => (Object.hasOwn(target, name) ? Reflect.get(target, name) : () => refuse(`schema.${String(name)}`)),
  });
  const bare: BareContext = {
    schema,
    sql: sqlTag(engine, { put: () => refuse('sql') }, async (sql) => (await query(sql, [])).rows),
    db: await kyselyOver(engine, query, transactions),
    services: services as MigrationContext['services'],
    names: namesOf(conventions?.naming),
    shared: new Map(),
    log,
    step: (name) => refuse(`step "${name}"`),
    batches: (name) => refuse(`batches "${name}"`),
    engine: { name: engine.name, flavour: server.flavour, version: server.version },
  };
  return withExtensions(bare, extensions);
}
