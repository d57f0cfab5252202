import { ask } from './ask.ts';
import type { Flavour, TestDatabase } from './database.ts';
import { engineFor } from './engine.ts';

/**
 * A configuration whose driver counts every call and kills its own process with SIGKILL at the one that KILL_AT names: odd numbers
 * before a call, even ones behind it. Statements are sent one by one, so that every boundary between them can be hit.
 */
export function killingConfig(flavour: Flavour, more = ''): string {
  const driver = {
    sqlite: 'process.getBuiltinModule?.("node:sqlite") ? nodeSqlite() : libsql()',
    pglite: 'pglite()',
    postgres: 'pg()',
    mariadb: 'mysql2()',
  }[flavour];
  return `import { libsql, mysql2, nodeSqlite, pg, pglite } from 'lockstep';
import { appendFileSync } from 'node:fs';
const base = ${driver};
let calls = 0;
const tick = () => {
  calls++;
  if (calls === Number(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
  if (process.env.COUNT_TO) appendFileSync(process.env.COUNT_TO, '.');
};
const watched = (connection) => ({
  ...connection,
  query: async (...rest) => {
    tick();
    const result = await connection.query(...rest);
    tick();
    return result;
  },
});
let first = true;
export default {
  drivers: [{ ...base, scripts: false, connect: async (...rest) => {
    const connection = await base.connect(...rest);
    const counted = first;
    first = false;
    return counted ? watched(connection) : connection;
  } }],
  ${more}
};
`;
}

/** Everything of a database that a run may have changed: its structure in the engine's own words, and the rows of the named tables. */
export async function contentsOf(database: TestDatabase, tables: readonly string[]): Promise<string> {
  const connection = await database.connect();
  try {
    const engine = await engineFor(database.driver.engine);
    for (const statement of engine.session.start) await connection.query(statement);
    const server = await ask(connection, engine.identify());
    const structure = await ask(connection, engine.fingerprint(server));
    const rows: string[] = [];
    for (const table of tables) {
      const result = await connection.query(`SELECT * FROM ${table}`);
      rows.push(
        `${table}: ${result.rows
          .map((row) => JSON.stringify(row))
          .sort()
          .join(' ')}`,
      );
    }
    // The name of the database stands in what some engines say of their objects.
    return [structure, ...rows].join('\n').replaceAll(server.database, 'database');
  } finally {
    await connection.close();
  }
}

/** How often the log says that each migration went up. */
export async function upsInLog(database: TestDatabase): Promise<Readonly<Record<string, number>>> {
  const connection = await database.connect();
  try {
    const { rows } = await connection.query(
      `SELECT migration, count(*) AS n FROM lockstep_log WHERE event = 'up' GROUP BY migration ORDER BY migration`,
    );
    return Object.fromEntries(rows.map((row) => [String(row['migration']), Number(row['n'])]));
  } finally {
    await connection.close();
  }
}
