import { describe, expect, test } from 'vitest';
import { flavours, freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const files = {
  'migrations/001_a.ts': `export default { up({ schema, sql }) {
  schema.createTable('a', { columns: [{ name: 'id', type: 'integer' }] });
  sql.after('INSERT INTO a (id) VALUES (:id)', { id: 5 });
  sql.after({ describe: () => 'count them all', parameters: { limit: 3 }, execute: ({ sql }) => sql.query\`INSERT INTO a (id) VALUES (6)\` });
} };`,
};

interface Case {
  readonly flags: readonly string[];
  readonly runs: boolean;
  /** Whether the SQL is told. */
  readonly sql: boolean;
}

const cases: readonly Case[] = [
  { flags: [], runs: true, sql: false },
  { flags: ['--force'], runs: true, sql: false },
  { flags: ['--dry-run'], runs: false, sql: false },
  { flags: ['--dry-run', '--show-sql'], runs: false, sql: true },
  { flags: ['--dry-run', '--show-queries'], runs: false, sql: true },
  { flags: ['--force', '--dry-run'], runs: false, sql: false },
  { flags: ['--force', '--show-sql'], runs: true, sql: true },
];

const tables = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  postgres: "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  mariadb: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
};

describe.each(flavours)('options of up on %s', (flavour) => {
  test.each(cases)('up $flags', async ({ flags, runs, sql }) => {
    const database = await freshDatabase(flavour);
    const project = sandbox(files);
    const { code, stdout, stderr } = await project.run(['up', ...flags], { env: { DATABASE_URL: database.url } });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const all = stdout + stderr;
    expect(all.includes('INSERT INTO a (id) VALUES (5)')).toBe(sql);
    expect(all.includes('CREATE TABLE')).toBe(sql);
    if (!runs) expect(all).toContain('decided at run time, from count them all on');
    expect(all.includes('[limit] = 3')).toBe(sql && !runs);
    const connection = await database.connect();
    const { rows } = await connection.query(tables[flavour === 'pglite' ? 'postgres' : flavour]);
    expect(rows.map(({ name }) => name).includes('a')).toBe(runs);
    // Nothing at all is written where nothing runs, not even the tables of the history.
    if (!runs) expect(rows).toEqual([]);
    else expect((await connection.query('SELECT id FROM a ORDER BY id')).rows).toEqual([{ id: 5 }, { id: 6 }]);
    await connection.close();
    await database.drop();
  });
});
