import { type Connection, DatabaseError, type Rendered, type Server, type Statement } from '../../src/contracts/index.ts';
import { mysql } from '../../src/engines/mysql/index.ts';
import { apply, type Change, invert, type Schema } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

export type Renderable = Exclude<Change, { kind: 'sql' }>;

/** A database on the server and what the engine knows of it. */
export interface OnServer {
  readonly database: TestDatabase;
  readonly connection: Connection;
  readonly server: Server;
  /** Runs statements of a script one by one. */
  run(script: string): Promise<void>;
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  schema(): Promise<Schema>;
  fingerprint(): Promise<string>;
  close(): Promise<void>;
}

/** A database of its own, with these statements run. */
export async function onServer(script = ''): Promise<OnServer> {
  const database = await freshDatabase('mariadb');
  const connection = await database.connect();
  for (const statement of mysql.session.start) await connection.query(statement);
  const server = await ask(connection, mysql.identify());
  const run = async (text: string): Promise<void> => {
    const { statements, problems } = mysql.split(text);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    for (const { sql } of statements) await connection.query(sql);
  };
  await run(script);
  return {
    database,
    connection,
    server,
    run,
    rows: async (sql) => (await connection.query(sql)).rows,
    schema: () => ask(connection, mysql.inspect(server)),
    fingerprint: () => ask(connection, mysql.fingerprint(server)),
    close: async () => {
      await connection.close();
      await database.drop();
    },
  };
}

/** Empties the database: its tables, views, sequences, routines and events go. */
export async function empty({ connection, server }: OnServer): Promise<void> {
  await connection.query(`DROP DATABASE ${mysql.quote.identifier(server.database)}`);
  await connection.query(`CREATE DATABASE ${mysql.quote.identifier(server.database)}`);
  await connection.query(`USE ${mysql.quote.identifier(server.database)}`);
}

export function renderOn(server: Server, before: Schema, change: Renderable): Rendered {
  const handler = mysql.render[change.kind] as (change: Change, context: { server: Server; before: Schema }) => Rendered;
  return handler(change, { server, before });
}

/** The statements of something that must have been rendered. */
export function statementsOf(result: Rendered): readonly Statement[] {
  if ('unsupported' in result) throw new Error(`unsupported: ${result.unsupported}`);
  if ('deferred' in result) throw new Error(`deferred: ${result.deferred}`);
  return result;
}

/** The structure that a change leads to, which must fit. */
export function applied(before: Schema, change: Change): Schema {
  const after = apply(before, change);
  if ('refused' in after) throw new Error(`refused: ${after.refused}`);
  return after;
}

/** Renders changes one after another on the structure that each meets, and runs them. */
export async function runChanges({ connection, server }: OnServer, changes: readonly Change[], before: Schema): Promise<readonly string[]> {
  const sent: string[] = [];
  let schema = before;
  for (const change of changes) {
    if (change.kind === 'sql') throw new Error('SQL is not rendered');
    for (const { sql } of statementsOf(renderOn(server, schema, change))) {
      sent.push(sql);
      await connection.query(sql).catch((error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${sql}`);
      });
    }
    schema = applied(schema, change);
  }
  return sent;
}

/** The way back of a change, which must have one. */
export function wayBack(change: Change, before: Schema): readonly Change[] {
  const back = invert(change, before);
  if ('irreversible' in back) throw new Error(`irreversible: ${back.irreversible}`);
  return back;
}

/** A second session on the same database. */
export async function withSecond({ database }: OnServer, work: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await database.connect();
  try {
    for (const statement of mysql.session.start) await connection.query(statement);
    await work(connection);
  } finally {
    await connection.close();
  }
}

/** What the database said of something that must fail. */
export async function errorOf(work: Promise<unknown>): Promise<DatabaseError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DatabaseError) return error;
  throw error ?? new Error('it did not fail');
}

/** The number of a session on the server. */
export async function numberOf(connection: Connection): Promise<string> {
  return String((await connection.query('SELECT CONNECTION_ID() AS id')).rows[0]?.['id']);
}
