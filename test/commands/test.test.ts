import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/index.ts';
import { test as tryOut } from '../../src/commands/index.ts';
import { flavours, freshDatabase, type TestDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const good = {
  'migrations/001_a.sql':
    '-- lockstep:up\nCREATE TABLE a (id integer PRIMARY KEY);\n-- lockstep:down\nDROP TABLE a;\n-- lockstep:verify\nSELECT count(*) = 0 FROM a;\n',
  'migrations/002_b.yaml':
    'up:\n  - createTable: { name: b, columns: [{ name: id, type: integer }, { name: a, type: integer, references: a.id }] }\n  - createIndex: { table: b, columns: [id] }\n',
  'migrations/003_c.ts': `export default { async up({ schema, db }: any) { schema.addColumn('b', 'name', { type: 'varchar(20)' }); await db.insertInto('a').values({ id: 1 }).execute(); },
  async down({ schema, db }: any) { await db.deleteFrom('a').execute(); schema.dropColumn('b', 'name'); } };`,
};

describe.each(flavours)('on %s', (flavour) => {
  test('up, down and up again on a scratch database; the real one is not touched, and nothing is left', async () => {
    const database = await freshDatabase(flavour);
    const { folder } = sandbox(good);
    const options = { cwd: folder, url: database.url, env: {} };
    const before = await scratchDatabases(database);
    const report = await tryOut(options);
    expect(report.engines.map((engine) => engine.problems)).toEqual([[]]);
    expect(report).toMatchObject({ passed: true, engines: [{ migrations: 3, reversible: 3, irreversible: [] }] });
    expect(await scratchDatabases(database)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['migrations']);
    const connection = await database.connect();
    await expect(connection.query('SELECT * FROM a')).rejects.toThrow();
    await connection.close();
    await database.drop();
  });
});

// Making a PGlite takes seconds, and its answers are those of PostgreSQL.
describe.each(flavours.filter((flavour) => flavour !== 'pglite'))('on %s', (flavour) => {
  test('a way back that is missing is told, one that leads elsewhere or fails is a problem', async () => {
    const database = await freshDatabase(flavour);
    const project = sandbox({
      ...good,
      'migrations/004_d.sql': 'CREATE TABLE d (id integer);',
      'migrations/005_e.sql':
        '-- lockstep:up\nCREATE TABLE e (id integer);\nCREATE INDEX e_id ON e (id);\nCREATE TABLE left_behind (id integer);\n-- lockstep:down\nDROP TABLE e;\n',
    });
    const options = { cwd: project.folder, url: database.url, env: {} };
    const [first] = (await tryOut(options)).engines;
    expect(first).toMatchObject({
      reversible: 3,
      irreversible: [{ id: '004_d', why: 'SQL has a way back only when it is written down' }],
      problems: [
        {
          code: 'test.failed',
          message: 'migration 005_e: down does not lead back to the structure before',
          migration: '005_e',
          file: 'migrations/005_e.sql',
        },
      ],
    });
    expect(first?.problems[0]?.state).toContain('left_behind');
    project.write('migrations/005_e.sql', '-- lockstep:up\nCREATE TABLE e (id integer);\n-- lockstep:down\nDROP TABLE nowhere;\n');
    const [second] = (await tryOut(options)).engines;
    expect(second?.problems).toMatchObject([{ code: 'migration.failed', file: 'migrations/005_e.sql', line: 4, migration: '005_e' }]);
    expect(second?.problems[0]?.message).toContain('could not be taken back');
    project.write(
      'migrations/005_e.sql',
      '-- lockstep:up\nCREATE TABLE e (id integer);\n-- lockstep:down\nDROP TABLE e;\n-- lockstep:verify\nSELECT 1 = 2;\n',
    );
    const [third] = (await tryOut(options)).engines;
    expect(third?.problems).toMatchObject([{ code: 'migration.failed', file: 'migrations/005_e.sql', line: 6 }]);
    expect(third?.problems[0]?.message).toContain('a check does not hold');
    await database.drop();
  });
});

async function scratchDatabases(database: TestDatabase): Promise<readonly string[]> {
  const { flavour } = database;
  if (flavour === 'sqlite' || flavour === 'pglite') return [];
  const connection = await database.connect();
  const sql =
    flavour === 'postgres' ? `SELECT datname AS name FROM pg_database` : 'SELECT schema_name AS name FROM information_schema.schemata';
  const names = (await connection.query(sql)).rows.map((row) => String(row['name']));
  await connection.close();
  return names.filter((name) => name.startsWith('lockstep_scratch_')).sort();
}
test('--engines tries several, those with servers by the URLs that the project knows', async () => {
  const postgres = await freshDatabase('postgres');
  const project = sandbox({
    ...good,
    'lockstep.config.json': JSON.stringify({ url: 'sqlite:./a.db', environments: { live: { url: postgres.url } } }),
  });
  const call = await project.run(['test', '--engines', 'sqlite,postgres']);
  expect(call.code, call.stderr).toBe(0);
  expect(call.stdout.split('\n')).toEqual([
    expect.stringMatching(/^✔ SQLite .* up → down → up: 3 of 3 come back to the same structure /),
    expect.stringMatching(/^✔ PostgreSQL .* up → down → up: 3 of 3 come back to the same structure /),
    '',
  ]);
  expect(readdirSync(project.folder).sort()).toEqual(['lockstep.config.json', 'migrations']);
  project.write('migrations/004_d.sql', '-- lockstep:up\nCREATE TABLE d (id integer);\n-- lockstep:down\nSELECT 1;\n');
  const broken = await project.run(['test']);
  expect([broken.code, broken.stdout, broken.stderr]).toEqual([
    1,
    expect.stringMatching(/^✖ SQLite .*: 3 of 4 come back/),
    expect.stringContaining('  test.failed  migration 004_d: down does not lead back to the structure before\n'),
  ]);
  await postgres.drop();
});

test.each([
  ['mysql', 'config.no-database', 'no URL is known for mysql'],
  ['oracle', 'config.invalid-url', 'no driver is known for "oracle:"'],
])('--engines %s is refused where nothing is known of it', async (on, code, message) => {
  const { folder } = sandbox(good);
  const error = await tryOut({ cwd: folder, env: {}, on: [on] }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({ code, message });
});
