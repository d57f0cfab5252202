import { PGlite } from '@electric-sql/pglite';
import type { CommonOptions } from '../../src/commands/index.ts';
import type { ResultRow, RunEvent } from '../../src/contracts/index.ts';
import { pglite } from '../../src/drivers/index.ts';
import { type Flavour, freshDatabase } from './database.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

/** A project and an empty database, on which commands are run in the test's own process. */
export interface Workbench {
  readonly flavour: Flavour;
  readonly project: Sandbox;
  /** What every command is told: the folder, the database, and a user. */
  readonly options: CommonOptions;
  /** Everything that the commands have said so far. */
  readonly events: readonly RunEvent[];
  query(sql: string): Promise<readonly ResultRow[]>;
  /** The names of all tables but those of the history; with `own` of all. */
  tables(own?: 'own'): Promise<readonly string[]>;
  drop(): Promise<void>;
}

/** A PGlite takes a second to open, so that the tests of one file share one, emptied for each. */
let shared: Promise<PGlite> | undefined;

/** A project with these files on an empty database of a kind. */
export async function workbench(flavour: Flavour, files: Readonly<Record<string, string>> = {}): Promise<Workbench> {
  const project = sandbox(files);
  const events: RunEvent[] = [];
  const common = { cwd: project.folder, env: { USER: 'tester' }, emit: (event: RunEvent) => void events.push(event) };
  const base = { flavour, project, events };
  if (flavour === 'pglite') {
    shared ??= freshDatabase('pglite').then(({ url }) => PGlite.create({ dataDir: url.slice('pglite:'.length) }));
    const database = await shared;
    await database.exec('ROLLBACK; DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const query = async (sql: string): Promise<readonly ResultRow[]> => (await database.query<ResultRow>(sql)).rows;
    const options = { ...common, driver: pglite({ database }) };
    return { ...base, options, query, tables: (own) => tablesOf(flavour, query, own), drop: () => Promise.resolve() };
  }
  const database = await freshDatabase(flavour);
  const query = async (sql: string): Promise<readonly ResultRow[]> => {
    const connection = await database.connect();
    try {
      return (await connection.query(sql)).rows;
    } finally {
      await connection.close();
    }
  };
  const options = { ...common, url: database.url };
  return { ...base, options, query, tables: (own) => tablesOf(flavour, query, own), drop: () => database.drop() };
}

async function tablesOf(flavour: Flavour, query: Workbench['query'], own: 'own' | undefined): Promise<readonly string[]> {
  const sql = {
    sqlite: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
    pglite: `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    postgres: `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    mariadb: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()`,
  }[flavour];
  const names = (await query(sql)).map((row) => String(row['name']));
  return names.filter((name) => own === 'own' || !/^lockstep_/.test(name)).sort();
}
