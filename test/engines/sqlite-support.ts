import type { Connection, Rendered, Server, Statement } from '../../src/contracts/index.ts';
import { sqliteDriver } from '../../src/drivers/index.ts';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { apply, type Change, type Schema } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';

/** A database in memory and what the engine knows of it. */
export interface Memory {
  readonly connection: Connection;
  readonly server: Server;
  /** Runs statements of a script one by one. */
  run(script: string): Promise<void>;
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  schema(): Promise<Schema>;
  fingerprint(): Promise<string>;
}

/** A change that an engine renders. */
export type Made = Exclude<Change, { kind: 'sql' }>;

/** An empty database in memory, with these statements run. */
export async function memory(script = '', url = 'sqlite::memory:'): Promise<Memory> {
  const connection = await sqliteDriver().connect({ url, shown: url, base: '/' }, { label: 'lockstep test' });
  const server = await ask(connection, sqlite.identify());
  const run = async (text: string): Promise<void> => {
    for (const { sql } of sqlite.split(text).statements) await connection.query(sql);
  };
  await run(script);
  return {
    connection,
    server,
    run,
    rows: async (sql) => (await connection.query(sql)).rows,
    schema: () => ask(connection, sqlite.inspect(server)),
    fingerprint: () => ask(connection, sqlite.fingerprint(server)),
  };
}

/** What a change is rendered to on the structure that is there. */
export async function rendered(database: Memory, change: Made): Promise<Rendered> {
  return renderOn(database.server, await database.schema(), change);
}

export function renderOn(server: Server, before: Schema, change: Made): Rendered {
  const handler = sqlite.render[change.kind] as (change: Change, context: { server: Server; before: Schema }) => Rendered;
  return handler(change, { server, before });
}

/** The statements of something that must have been rendered. */
export function statementsOf(result: Rendered): readonly Statement[] {
  if ('unsupported' in result) throw new Error(`unsupported: ${result.unsupported}`);
  if ('deferred' in result) throw new Error(`deferred: ${result.deferred}`);
  return result;
}

/** Sends statements as a run does: those that may share a transaction in one, with the check of keys before it ends. */
export async function send(database: Memory, statements: readonly Statement[]): Promise<void> {
  const { connection } = database;
  let open = false;
  const commit = async (): Promise<void> => {
    if (!open) return;
    const check = sqlite.checkBeforeCommit?.(statements.flatMap((statement) => statement.touches));
    const violations = check === undefined ? [] : (await connection.query(check.sql)).rows;
    if (violations.length > 0) throw new Error(`keys without rows: ${JSON.stringify(violations)}`);
    await connection.query(sqlite.session.commit);
    open = false;
  };
  try {
    for (const statement of statements) {
      if (!statement.transactional) await commit();
      else if (!open) {
        await connection.query(sqlite.session.begin);
        open = true;
      }
      await connection.query(statement.sql);
    }
    await commit();
  } catch (error) {
    if (open) await connection.query(sqlite.session.rollback);
    throw error;
  }
}

/** Renders changes one after another, each on the structure that the model says it meets, and runs them all; gives that structure. */
export async function make(database: Memory, ...changes: readonly Change[]): Promise<Schema> {
  const statements: Statement[] = [];
  let schema = await database.schema();
  for (const change of changes) {
    if (change.kind === 'sql') throw new Error('SQL is not rendered');
    const after = apply(schema, change);
    if ('refused' in after) throw new Error(`refused: ${after.refused}`);
    statements.push(...statementsOf(renderOn(database.server, schema, change)));
    schema = after;
  }
  await send(database, statements);
  return schema;
}
