import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { tokens as sqliteTokens } from '../../src/engines/sqlite/split.ts';

const run = promisify(execFile);
const large = 200_000_000;

/** What the engine's own programs do: run a file, and write down the structure without Lockstep's own tables. */
export interface OwnPrograms {
  run(url: string, file: string): Promise<void>;
  dump(url: string): Promise<string>;
  /** The structure in lines that do not depend on how it was spelled, where the dump is the text that was typed in. */
  readonly read?: (url: string) => Promise<string>;
}

const postgres: OwnPrograms = {
  run: async (url, file) => {
    await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-f', file], { maxBuffer: large });
  },
  dump: async (url) => {
    const { stdout } = await run('pg_dump', ['--schema-only', '--no-owner', '--exclude-table=lockstep_*', '-d', url], { maxBuffer: large });
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
    return plainEvents(stdout.replaceAll(database, 'DATABASE')).replace(triggerHead, (head) => head.toUpperCase());
  },
};

/** The words before the table of a trigger are kept as they were typed. */
const triggerHead = /(?<=TRIGGER `(?:[^`]|``)*` )(?:before|after) (?:insert|update|delete) on(?= )/gi;

/** An event that was told no beginning begins when it is made: today, in these runs. */
function plainEvents(dump: string): string {
  const today = new Date().toISOString().slice(0, 10);
  return dump.replace(/ STARTS '(\d{4}-\d\d-\d\d) [\d:]+'/g, (text, day) => (day === today ? '' : text));
}

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
  read: async (url) => {
    const tables = `FROM sqlite_schema m, pragma_%(m.name) x WHERE m.type = 'table' AND m.name <> 'sqlite_sequence' AND m.name NOT LIKE 'lockstep\\_%' ESCAPE '\\'`;
    const queries = [
      `SELECT 'column' AS part, m.name AS "on", x.name, upper(replace(x.type, ' ', '')) AS type, x."notnull" AND NOT (x.pk = 1 AND upper(x.type) = 'INTEGER') AS required, x.dflt_value, x.pk, x.hidden ${tables.replace('%', 'table_xinfo')}`,
      `SELECT 'key' AS part, m.name AS "on", x.seq, lower(x."table") AS parent, lower(x."from") AS "from", lower(x."to") AS "to", x.on_update, x.on_delete, x."match" ${tables.replace('%', 'foreign_key_list')}`,
      `SELECT 'index' AS part, m.name AS "on", iif(x.origin = 'c', x.name, '') AS name, x."unique", x.origin, x.partial,
        (SELECT json_group_array(json_array(i.name, i."desc", i.coll, i.key)) FROM pragma_index_xinfo(x.name) i) AS columns ${tables.replace('%', 'index_list')}`,
    ];
    const lines: string[] = [];
    const { stdout: texts } = await run('sqlite3', ['-json', sqliteFile(url), readers], { maxBuffer: large });
    for (const { name, sql } of (texts === '' ? [] : JSON.parse(texts)) as readonly { name: string; sql: string }[])
      lines.push(`${name} is ${sqliteTokens(sql).replaceAll('\n', ' ')}`);
    for (const query of queries) {
      const { stdout } = await run('sqlite3', ['-json', sqliteFile(url), query], { maxBuffer: large });
      const rows = stdout === '' ? [] : (JSON.parse(stdout) as readonly unknown[]);
      lines.push(...rows.map((row) => JSON.stringify(row).replaceAll(/\\[nrt]|\s+/g, ' ')));
    }
    return lines.join('\n');
  },
};

const readers = `SELECT type || ' ' || name AS name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') OR sql LIKE 'create virtual%'`;

function sqliteFile(url: string): string {
  return url.slice('sqlite:'.length);
}

/** By the engine that a history is written for. */
export const ownPrograms = { postgres, mysql: mariadb, sqlite } as const;
