import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diff, dump } from '../../src/commands/index.ts';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { refused } from '../support/refused.ts';
import { asOwner, makeRole } from '../support/role.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const served: readonly Flavour[] = ['sqlite', 'postgres', 'mariadb'];
const statements = [
  'CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL)',
  'CREATE INDEX users_name ON users (name)',
  'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE VIEW buyers AS SELECT users.name FROM users JOIN orders ON orders.user_id = users.id',
  'CREATE VIEW names AS SELECT name FROM buyers',
];
const script = (list: readonly string[]): string => list.map((sql) => `${sql};\n`).join('');

describe.each(served)('on %s', (flavour) => {
  test('statements may stand in any order, and the dump is the same text in every format', async () => {
    const { options, project, drop } = await workbench(flavour);
    const wanted = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(statements, { minLength: statements.length }),
        fc.constantFrom('sql', 'ts', 'yaml', 'json'),
        async (mixed, format) => {
          project.write('mixed.sql', script(mixed));
          const { text } = await dump({ ...options, from: 'mixed.sql', format });
          expect(text).toBe(wanted.get(format) ?? text);
          wanted.set(format, text);
        },
      ),
      { numRuns: rounds(5, 40) },
    );
    await drop();
  });

  // How a format spells a structure is no matter of the server: SQLite shows all of them.
  const split = flavour === 'sqlite' ? ['sql', 'ts', 'yaml', 'json'] : ['sql', 'yaml'];
  test.each(split)('a file for each object in %s is read again, and written over by the next', async (format) => {
    const { options, project, drop } = await workbench(flavour, { 'all.sql': script(statements) });
    const { files = [] } = await dump({ ...options, from: 'all.sql', format, output: 'parts', split: true });
    expect(files).toEqual(
      ['table.orders', 'table.users', 'view.buyers', 'view.names'].map((name) => expect.stringMatching(`^${name}.*\\.${format}$`)),
    );
    expect((await diff({ ...options, from: 'all.sql', to: 'parts' })).changes).toEqual([]);
    project.write('all.sql', script(statements.slice(0, 2)));
    await dump({ ...options, from: 'all.sql', format, output: 'parts', split: true });
    expect(readdirSync(join(project.folder, 'parts')).filter((name) => !name.startsWith('.'))).toHaveLength(1);
    project.write('parts/mine.txt', '');
    expect(await refused(dump({ ...options, from: 'all.sql', format, output: 'parts', split: true }))).toMatchObject({
      code: 'usage.invalid-value',
      message: expect.stringContaining('mine.txt'),
    });
    await drop();
  });

  test('a later statement about the same object waits for the earlier one', async () => {
    const { options, drop } = await workbench(flavour, {
      'a.sql': 'ALTER TABLE t ADD COLUMN n integer;\nCREATE TABLE t (id integer);\n',
      'b.sql': 'CREATE TABLE t (id integer, n integer);\n',
    });
    expect((await diff({ ...options, from: 'a.sql', to: 'b.sql' })).changes).toEqual([]);
    await drop();
  });

  test('a module, a migration of it, and code that exports changes are sides', async () => {
    const { options, drop } = await workbench(flavour, {
      'migrations/001_a.sql': `-- lockstep:up\nCREATE TABLE a (id ${flavour === 'sqlite' ? 'INTEGER' : 'bigint'});\n-- lockstep:down\nDROP TABLE a;\n`,
      'migrations/002_b.sql': 'CREATE TABLE b (id integer);\n',
      'list.ts': "export default [{ createTable: { name: 'a', columns: [{ name: 'id', type: 'bigint' }] } }];\n",
      'call.ts':
        "import { migration } from 'lockstep';\nexport default migration({ up({ schema }) { schema.createTable('a', { columns: [{ name: 'id', type: 'bigint' }] }); } });\n",
      'asks.ts': "import { migration } from 'lockstep';\nexport default migration({ async up({ sql }) { await sql.query`SELECT 1`; } });\n",
    });
    for (const to of ['list.ts', 'call.ts', 'migrations/001_a.sql', 'app@001'])
      expect((await diff({ ...options, from: 'migrations@001', to })).changes).toEqual([]);
    expect((await diff({ ...options, from: 'app@001', to: 'app' })).changes).toMatchObject([{ kind: 'createTable' }]);
    expect(await refused(diff({ ...options, from: 'asks.ts', to: 'empty' }))).toMatchObject({
      code: 'source.unreadable',
      message: /needs a query/,
    });
    await drop();
  });
});

describe('what a side cannot be read from', () => {
  const broken = {
    'empty.sql': '',
    'remarks.sql': '-- only a remark\n',
    'latin.sql': '',
    'note.txt': 'a note',
    'readme/README.md': '# nothing',
    'mixed/001_a.sql': 'CREATE TABLE a (id integer);',
    'mixed/other.sql': 'CREATE TABLE b (id integer);',
    'syntax.sql': 'CREATE VIEW v AS SELECT id FROM t;\nCREATE TABLE t (id integer,,);\n',
    'back.sql': 'CREATE TABLE t (id integer);\nROLLBACK;\n',
    'twice.sql': 'CREATE TABLE t (id integer);\nCREATE TABLE t (id integer);\n',
    'bad.yaml': 'up:\n  - createTabel: { name: t }\n',
    'throws.ts': "throw new Error('no');\n",
  };
  const cases: readonly [title: string, side: string, code: string, message: RegExp, line?: number][] = [
    ['a missing file', 'nowhere.sql', 'source.missing', /no file and no folder "nowhere.sql"/],
    ['an empty file', 'empty.sql', 'source.unreadable', /"empty.sql" describes nothing/],
    ['a file of remarks', 'remarks.sql', 'source.unreadable', /"remarks.sql" describes nothing/],
    ['a folder without files', 'nothing', 'source.unreadable', /"nothing" holds no file/],
    ['a folder without files of a structure', 'readme', 'source.unreadable', /no file of a known ending/],
    ['a file of an unknown ending', 'note.txt', 'source.unreadable', /its ending is none of \.sql/],
    ['a file in another encoding', 'latin.sql', 'source.unreadable', /not UTF-8/, 2],
    ['migrations beside other files', 'mixed', 'source.unreadable', /beside files without a label: mixed\/other.sql/],
    ['a syntax error, not what lacks for it', 'syntax.sql', 'schema.invalid', /cannot be run: .*; 1 more/, 2],
    ['statements that are taken back', 'back.sql', 'migration.transaction-control', /takes statements back/, 2],
    ['an object that is made twice', 'twice.sql', 'schema.invalid', /already exists/, 2],
    ['a change that does not exist', 'bad.yaml', 'migration.unknown-change', /createTabel/, 2],
    ['code that cannot be loaded', 'throws.ts', 'migration.invalid', /cannot be loaded: no/, 1],
    ['a name of no module', 'cms@v1', 'source.missing', /no file and no folder "cms@v1"/],
  ];
  test.each(cases)('%s', async (_, side, code, message, line) => {
    const { options, project, drop } = await workbench('postgres', broken);
    mkdirSync(join(project.folder, 'nothing'));
    writeFileSync(join(project.folder, 'latin.sql'), Buffer.from('CREATE TABLE t (id integer);\n-- caf\xe9\n', 'latin1'));
    const failure = await refused(dump({ ...options, from: side }));
    expect(failure).toMatchObject({
      code,
      message: expect.stringMatching(message),
      details: { ...(line === undefined ? {} : { place: { file: side, line } }) },
    });
    await drop();
  });

  test('a file that may not be read', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read every file');
    const { options, project, drop } = await workbench('sqlite', { 'mine.sql': script(statements) });
    chmodSync(join(project.folder, 'mine.sql'), 0);
    expect(await refused(dump({ ...options, from: 'mine.sql' }))).toMatchObject({ code: 'source.unreadable', message: /may not be read/ });
    await drop();
  });

  test.each([
    ['mariadb', 'CREATE DATABASE shop'],
    ['mariadb', 'USE mysql'],
    ['mariadb', 'DROP TABLE IF EXISTS mysql.users'],
    ['mariadb', 'INSERT INTO `mysql`.`users` VALUES (1)'],
    ['mariadb', "CREATE USER shop IDENTIFIED BY 'x'"],
    ['mariadb', 'SET GLOBAL max_connections = 5'],
    ['postgres', 'DROP DATABASE IF EXISTS shop'],
    ['postgres', 'CREATE ROLE shop'],
    ['postgres', 'ALTER SYSTEM SET work_mem = 1'],
  ] as const)('on %s a file that reaches beyond its database is not run: %s', async (flavour, sql) => {
    const { options, drop } = await workbench(flavour, { 'a.sql': `CREATE TABLE t (id integer);\n${sql};\n` });
    expect(await refused(dump({ ...options, from: 'a.sql' }))).toMatchObject({
      code: 'schema.invalid',
      message: expect.stringContaining('beyond the database'),
      details: { place: { line: 2 }, state: 'nothing was run' },
    });
    await drop();
  });
});

describe('scratch databases', () => {
  const wanted = { 'schema.sql': script(statements) };

  test('two builds are compared in the words of the first', async () => {
    const { options, query, drop } = await workbench('postgres', wanted);
    for (const sql of statements) await query(sql);
    const other = await freshDatabase('pglite');
    await asOwner(other, ...statements, 'ALTER TABLE users ADD COLUMN email text');
    const { changes, server } = await diff({ ...options, to: other.url });
    expect(changes.map(({ kind }) => kind)).toEqual(['addColumn']);
    expect(server).toMatch(/^PostgreSQL/);
    await asOwner(other, 'CREATE TABLE later (id integer, twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL)');
    expect(await refused(diff({ ...options, to: other.url }))).toMatchObject({
      code: 'diff.refused',
      message: expect.stringMatching(/PostgreSQL 18/),
    });
    await drop();
    await other.drop();
  });

  test('without the right to make databases it is tried on PGlite, and what is not proven bears a mark', async () => {
    const database = await freshDatabase('postgres');
    const role = await makeRole(database, 'p');
    await asOwner(database, 'GRANT ALL ON SCHEMA public TO PUBLIC');
    const project = sandbox(wanted);
    const options = { cwd: project.folder, url: role.url, env: { USER: 'tester' } };
    const report = await diff({ ...options, to: 'schema.sql', write: 'all of it', format: 'sql' });
    expect(report).toMatchObject({ proven: { why: expect.stringMatching(/^it was tried on PGlite .* only, not on PostgreSQL/) } });
    expect(project.read(report.file ?? '')).toMatch(/^-- UNPROVEN: it was tried on PGlite/);
    await role.drop();
    await database.drop();
  });

  test.each(['sqlite', 'postgres', 'mariadb'] as const)(
    'of %s are named, go after an interruption, and those of a killed process with the next run',
    async (flavour) => {
      const database = await freshDatabase(flavour);
      const many = Array.from({ length: 4000 }, (_, i) => `CREATE TABLE t${i} (id integer);\n`).join('');
      const project = sandbox({ ...wanted, 'many.sql': many });
      const env = { DATABASE_URL: database.url };
      const connection = await database.connect();
      const list = {
        sqlite: '',
        postgres: "SELECT datname AS name FROM pg_database WHERE datname LIKE 'lockstep%'",
        mariadb: "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'lockstep%'",
      }[flavour];
      const of = async (pid: number): Promise<readonly string[]> => {
        const there = list === '' ? readdirSync(tmpdir()) : (await connection.query(list)).rows.map((row) => String(row['name']));
        return there.filter((name) => name.startsWith('lockstep') && name.includes(`_${pid}_`));
      };
      const begun = async (): Promise<ReturnType<typeof project.start>> => {
        const running = project.start(['dump', '--from', 'many.sql', '-o', 'many.out'], { env });
        while ((await of(running.pid)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return running;
      };
      const killed = await begun();
      killed.kill('SIGKILL');
      await killed.done;
      expect(await of(killed.pid)).toHaveLength(1);
      const interrupted = await begun();
      expect(await of(killed.pid)).toEqual([]);
      interrupted.kill('SIGINT');
      expect(await interrupted.done).toMatchObject({ code: 130 });
      expect(await of(interrupted.pid)).toEqual([]);

      const said = await project.run(['diff', '--to', 'schema.sql'], { env });
      expect(said.stdout).toMatch(/✔ Proven: arrives, and leads back; tried on a temporary database lockstep.scratch.\w+ on \w+ [\d.]+\./);
      await connection.close();
      await database.drop();
    },
  );
});
