import { randomBytes } from 'node:crypto';
import type { TestDatabase } from './database.ts';

/** A user of a server with rights of its own. */
export interface Role {
  readonly name: string;
  /** The database as this user reaches it. */
  readonly url: string;
  /** The same with another password. */
  withPassword(password: string): string;
  drop(): Promise<void>;
}

/** Runs statements on a database as the user that the tests have. */
export async function asOwner(database: TestDatabase, ...statements: readonly string[]): Promise<void> {
  const connection = await database.connect();
  try {
    for (const sql of statements) await connection.query(sql);
  } finally {
    await connection.close();
  }
}

/** A user who may log in with a password, and nothing else but what is granted. */
export async function makeRole(database: TestDatabase, password: string): Promise<Role> {
  const name = `ls_${randomBytes(6).toString('hex')}`;
  const url = (given: string): string => {
    const at = new URL(database.url);
    at.username = name;
    at.password = encodeURIComponent(given);
    return at.href;
  };
  const role = { name, url: url(password), withPassword: url };
  if (database.flavour === 'mariadb') {
    await asOwner(database, `CREATE USER ${name}@'%' IDENTIFIED BY '${password}'`);
    return { ...role, drop: () => asOwner(database, `DROP USER ${name}@'%'`) };
  }
  await asOwner(
    database,
    // Two tests may come at once; whoever is second finds it.
    `DO $$ BEGIN CREATE ROLE guarded; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
    `CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE guarded`,
  );
  return { ...role, drop: () => asOwner(database, `DROP OWNED BY ${name}`, `DROP ROLE ${name}`) };
}
