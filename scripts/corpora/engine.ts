import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const large = 200_000_000;

/** What the engine's own programs do: run a file, and write down the structure without Lockstep's own tables. */
export interface OwnPrograms {
  run(url: string, file: string): Promise<void>;
  dump(url: string): Promise<string>;
}

const postgres: OwnPrograms = {
  run: async (url, file) => {
    await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-f', file], { maxBuffer: large });
  },
  dump: async (url) => {
    const { stdout } = await run('pg_dump', ['--schema-only', '--exclude-table=lockstep_*', '-d', url], { maxBuffer: large });
    // Each dump is framed by a random word.
    return stdout.replace(/^\\(?:un)?restrict .*\n/gm, '');
  },
};

const mariadb: OwnPrograms = {
  run: async (url, file) => {
    const { connection, database } = mariadbArguments(url);
    const child = run('mariadb', ['--no-defaults', '--default-character-set=utf8mb4', ...connection, database], { maxBuffer: large });
    child.child.stdin?.end(readFileSync(file));
    await child;
  },
  dump: async (url) => {
    const { connection, database } = mariadbArguments(url);
    const own = ['history', 'log', 'lock'].map((table) => `--ignore-table=${database}.lockstep_${table}`);
    const what = ['--no-data', '--skip-comments', '--routines', '--triggers', '--events', '--skip-dump-date'];
    const { stdout } = await run('mariadb-dump', ['--no-defaults', ...connection, ...what, ...own, database], { maxBuffer: large });
    return stdout.replaceAll(database, 'DATABASE');
  },
};

function mariadbArguments(text: string): { readonly connection: readonly string[]; readonly database: string } {
  const url = new URL(text);
  const password = url.password === '' ? [] : [`--password=${decodeURIComponent(url.password)}`];
  const connection = ['-h', url.hostname, '-P', url.port || '3306', '-u', decodeURIComponent(url.username), ...password];
  return { connection, database: url.pathname.slice(1) };
}

const sqlite: OwnPrograms = {
  run: async (url, file) => {
    const child = run('sqlite3', ['-bail', sqliteFile(url)], { maxBuffer: large });
    child.child.stdin?.end(readFileSync(file));
    await child;
  },
  dump: async (url) => {
    // The table of counters is made by SQLite itself for the first table that counts, which may be Lockstep's.
    const others = "tbl_name NOT LIKE 'lockstep\\_%' ESCAPE '\\' AND name <> 'sqlite_sequence'";
    const structure = `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE ${others} ORDER BY type, name`;
    const { stdout } = await run('sqlite3', ['-json', sqliteFile(url), structure], { maxBuffer: large });
    const rows = stdout === '' ? [] : (JSON.parse(stdout) as readonly unknown[]);
    return rows.map((row) => JSON.stringify(row)).join('\n');
  },
};

function sqliteFile(url: string): string {
  return url.slice('sqlite:'.length);
}

/** By the engine that a history is written for. */
export const ownPrograms = { postgres, mysql: mariadb, sqlite } as const;
