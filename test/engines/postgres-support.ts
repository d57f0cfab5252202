import { afterAll, beforeAll } from 'vitest';
import type { Connection, Rendered, Server, Statement } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';
import { apply, type Change, type Schema } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

export type PostgresFlavour = 'postgres' | 'pglite';
export const flavours: readonly PostgresFlavour[] = ['postgres', 'pglite'];

/** A database for the tests of one block, emptied before each of them, with a connection and what the engine knows of it. */
export interface Place {
  readonly database: TestDatabase;
  readonly connection: Connection;
  readonly server: Server;
  /** Takes everything out of the database and runs a script. */
  begin(script?: string): Promise<void>;
  run(script: string): Promise<void>;
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  schema(): Promise<Schema>;
  fingerprint(): Promise<string>;
}

/** Makes the place of a block of tests. It is a function because it is there only once the tests run. */
export function placeFor(flavour: PostgresFlavour): () => Place {
  let place: Place | undefined;
  beforeAll(async () => {
    place = await open(flavour);
  });
  afterAll(async () => {
    await place?.connection.close();
    await place?.database.drop();
  });
  return () => {
    if (place === undefined) throw new Error('the database is not there yet');
    return place;
  };
}

async function open(flavour: PostgresFlavour): Promise<Place> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  const server = await ask(connection, postgres.identify());
  const run = async (script: string): Promise<void> => {
    const { statements, problems } = postgres.split(script);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    for (const { sql } of statements) await connection.query(sql);
  };
  return {
    database,
    connection,
    server,
    begin: async (script = '') => {
      await empty(connection, server);
      await run(script);
    },
    run,
    rows: async (sql) => (await connection.query(sql)).rows,
    schema: () => ask(connection, postgres.inspect(server)),
    fingerprint: () => ask(connection, postgres.fingerprint(server)),
  };
}

async function empty(connection: Connection, server: Server): Promise<void> {
  for (const statement of postgres.session.reset(server)) await connection.query(statement);
  const { rows } = await connection.query(`SELECT format('DROP SCHEMA %I CASCADE', nspname) AS sql FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT format('DROP EVENT TRIGGER %I CASCADE', evtname) FROM pg_event_trigger
    UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
    UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE oid >= 16384`);
  for (const row of rows) await connection.query(String(row['sql'])).catch(() => undefined);
  await connection.query('CREATE SCHEMA public');
  // Nothing here outlives a crash of the server.
  await connection.query('SET synchronous_commit = off');
}

/** A change that an engine renders itself. */
export type Renderable = Exclude<Change, { kind: 'sql' }>;

export function renderOn(server: Server, before: Schema, change: Change): Rendered {
  if (change.kind === 'sql') throw new Error('SQL is not rendered');
  const handler = postgres.render[change.kind] as (change: Change, context: { server: Server; before: Schema }) => Rendered;
  return handler(change, { server, before });
}

/** The statements of something that must have been rendered. */
export function statementsOf(result: Rendered): readonly Statement[] {
  if ('unsupported' in result) throw new Error(`unsupported: ${result.unsupported}`);
  if ('deferred' in result) throw new Error(`deferred: ${result.deferred}`);
  return result;
}

/** Sends statements as a run does: those that may share a transaction in one, the others alone. */
export async function send(connection: Connection, statements: readonly Statement[]): Promise<void> {
  let open = false;
  const { begin, commit, rollback } = postgres.session;
  try {
    for (const statement of statements) {
      if (statement.transactional !== open) {
        await connection.query(open ? commit : begin);
        open = statement.transactional;
      }
      await connection.query(statement.sql);
    }
    if (open) await connection.query(commit);
  } catch (error) {
    if (open) await connection.query(rollback);
    throw error;
  }
}

/** The statements of changes, each rendered on the structure that the model says it meets, and that structure in the end. */
export function renderAll(
  server: Server,
  before: Schema,
  changes: readonly Change[],
): { readonly statements: readonly Statement[]; readonly after: Schema } {
  const statements: Statement[] = [];
  let schema = before;
  for (const change of changes) {
    const after = apply(schema, change);
    if ('refused' in after) throw new Error(`refused: ${after.refused}`);
    statements.push(...statementsOf(renderOn(server, schema, change)));
    schema = after;
  }
  return { statements, after: schema };
}
