import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Flavour, freshDatabase, type TestDatabase } from './database.ts';
import { type Outcome, sandbox } from './sandbox.ts';

/** A project of one person, without a server, with a database of its own. */
export interface Desk {
  readonly folder: string;
  readonly database: TestDatabase;
  write(path: string, text: string): void;
  /** What any other tool would do. */
  query(...statements: readonly string[]): Promise<void>;
  rows(sql: string): Promise<readonly string[]>;
  lockstep(...args: readonly string[]): Promise<Outcome>;
  /** The program on another database. */
  on(other: TestDatabase, ...args: readonly string[]): Promise<Outcome>;
  files(folder?: string): readonly string[];
  read(path: string): string;
}

/** Makes one, with these files. */
export async function desk(flavour: Flavour, files: Readonly<Record<string, string>>): Promise<Desk> {
  const box = sandbox();
  const database = await freshDatabase(flavour);
  for (const [path, text] of Object.entries(files)) box.write(path, text);
  const on = (other: TestDatabase, ...args: readonly string[]): Promise<Outcome> => box.run(args, { env: { DATABASE_URL: other.url } });
  return {
    folder: box.folder,
    database,
    write: (path, text) => void box.write(path, text),
    query: async (...statements) => {
      const connection = await database.connect();
      try {
        for (const sql of statements) await connection.query(sql);
      } finally {
        await connection.close();
      }
    },
    rows: (sql) => rowsOf(database, sql),
    lockstep: (...args) => on(database, ...args),
    on,
    files: (folder = 'migrations') => readdirSync(join(box.folder, folder)).sort(),
    read: (path) => readFileSync(join(box.folder, path), 'utf8'),
  };
}

/** Rows of a query, as texts. */
export async function rowsOf(database: TestDatabase, sql: string): Promise<readonly string[]> {
  const connection = await database.connect();
  try {
    return (await connection.query(sql)).rows.map((row) => Object.values(row).map(String).join(' | '));
  } finally {
    await connection.close();
  }
}
