import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { Driver } from '../../src/contracts/index.ts';
import { libsql, mysql2, pg, pglite } from '../../src/drivers/index.ts';
import { type Flavour, freshDatabase } from './database.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** An open connection of a program's own to an empty database, as a program would have it. */
export interface Lent {
  /** A driver made of it; each call makes another. */
  driver(): Driver;
  query(sql: string): Promise<Rows>;
  /** The settings of the session that this kind of database has and that a run may touch. */
  settings(): Promise<Rows>;
  close(): Promise<void>;
}

interface SqliteDatabase {
  readonly name: string;
  exec(sql: string): unknown;
  prepare(sql: string): { readonly reader: boolean; all(): unknown[]; run(): { changes: number; lastInsertRowid: number } };
  close(): unknown;
}

/** Opens a connection with a client library, and changes some of its settings. */
export async function lend(flavour: Flavour): Promise<Lent> {
  return { sqlite: lendSqlite, pglite: lendPglite, postgres: lendPostgres, mariadb: lendMariadb }[flavour]();
}

async function lendSqlite(): Promise<Lent> {
  const test = await freshDatabase('sqlite');
  const Library = createRequire(import.meta.url)('libsql') as new (path: string) => SqliteDatabase;
  const database = new Library(test.url.slice('sqlite:'.length));
  const query = async (sql: string): Promise<Rows> => database.prepare(sql).all() as Rows;
  database.exec('PRAGMA busy_timeout = 777; PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON; CREATE TEMP TABLE mine (id integer)');
  const names = ['busy_timeout', 'recursive_triggers', 'foreign_keys', 'query_only', 'legacy_alter_table', 'ignore_check_constraints'];
  return {
    driver: () => libsql({ database }),
    query,
    settings: async () => {
      const found = await Promise.all(names.map((name) => query(`PRAGMA ${name}`)));
      return [...found.flat().map((row) => ({ value: Object.values(row)[0] })), ...(await query('SELECT count(*) AS n FROM mine'))];
    },
    close: async () => {
      database.close();
      await test.drop();
    },
  };
}

const postgresSettings = `SELECT name, current_setting(name) FROM (VALUES ('search_path'), ('statement_timeout'), ('lock_timeout'), ('work_mem'),
  ('standard_conforming_strings'), ('role'), ('my.own')) settings (name)
UNION ALL SELECT 'user', session_user::text
UNION ALL SELECT 'mine', count(*)::text FROM mine
UNION ALL SELECT 'locks', count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() ORDER BY 1`;
const postgresChanges = `CREATE SCHEMA app; SET search_path = app; SET statement_timeout = '50s'; SET my.own = 'x';
CREATE TEMP TABLE mine (id integer); PREPARE answer AS SELECT 42`;

async function lendPostgres(): Promise<Lent> {
  const test = await freshDatabase('postgres');
  const client = new Client({ connectionString: test.url });
  await client.connect();
  await client.query(postgresChanges);
  return {
    driver: () => pg({ client }),
    query: async (sql) => (await client.query(sql)).rows as Rows,
    settings: async () => (await client.query(postgresSettings)).rows as Rows,
    close: async () => {
      await client.end();
      await test.drop();
    },
  };
}

async function lendPglite(): Promise<Lent> {
  const test = await freshDatabase('pglite');
  const database = await PGlite.create({ dataDir: test.url.slice('pglite:'.length) });
  await database.exec(postgresChanges);
  return {
    driver: () => pglite({ database }),
    query: async (sql) => (await database.query(sql)).rows as Rows,
    settings: async () => (await database.query(postgresSettings)).rows as Rows,
    close: async () => {
      await database.close();
      await test.drop();
    },
  };
}

async function lendMariadb(): Promise<Lent> {
  const test = await freshDatabase('mariadb');
  const connection = await createConnection({ uri: test.url });
  await connection.query(`SET sql_mode = 'ANSI_QUOTES', lock_wait_timeout = 77, time_zone = '+05:00', foreign_key_checks = 0`);
  await connection.query('CREATE TEMPORARY TABLE mine (id integer)');
  const query = async (sql: string): Promise<Rows> => (await connection.query(sql))[0] as unknown as Rows;
  return {
    driver: () => mysql2({ connection }),
    query,
    settings: () =>
      query(`SELECT @@sql_mode, @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@time_zone, @@foreign_key_checks, @@autocommit, @@sql_select_limit,
        @@character_set_client, @@character_set_results, @@collation_connection, DATABASE(), (SELECT count(*) FROM mine) AS n`),
    close: async () => {
      await connection.end();
      await test.drop();
    },
  };
}
