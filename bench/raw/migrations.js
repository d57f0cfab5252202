import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The work that every tool has before it talks to a database: list the files, read and hash them.
 * @param {string} folder
 */
export function migrations(folder) {
  return readdirSync(folder)
    .sort()
    .map((id) => {
      const sql = readFileSync(join(folder, id), 'utf8');
      return { id, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * The limit of what a tool could do: files that the history does not know, each with its row.
 * @param {{
 *   rows: () => Promise<readonly { id: string, checksum: string }[]>,
 *   apply: (sql: string, row: string) => Promise<void>,
 *   close: () => Promise<void>,
 * }} database
 * @param {string} folder
 * @param {boolean} write
 */
export async function run(database, folder, write) {
  const files = migrations(folder);
  const known = new Map((await database.rows()).map(({ id, checksum }) => [id, checksum]));
  let pending = 0;
  for (const { id, sql, checksum } of files) {
    const recorded = known.get(id);
    if (recorded !== undefined && recorded !== checksum) throw new Error(`${id} was edited`);
    if (recorded !== undefined) continue;
    pending++;
    if (write)
      await database.apply(sql, `INSERT INTO history (id, checksum, applied_at) VALUES ('${id}', '${checksum}', '2026-01-01T00:00:00Z')`);
  }
  await database.close();
  process.stdout.write(`${pending} of ${files.length}\n`);
}

export const historyTable =
  'CREATE TABLE IF NOT EXISTS history (id varchar(200) PRIMARY KEY, checksum varchar(64) NOT NULL, applied_at varchar(40) NOT NULL)';
