import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/base/index.ts';
import { type DiffOptions, diff, dump, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { refused } from '../support/refused.ts';
import { workbench } from '../support/workbench.ts';

const schema = `CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, email varchar(80));
CREATE INDEX users_email ON users (email);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id));
CREATE VIEW buyers AS SELECT name FROM users;
`;
const files = {
  'schema.sql': schema,
  'broken.sql': 'CREATE TABLE a (id integer);\nCREATE TABLE b (id integer\n);\nCREATE INDEX i ON nowhere (id);\n',
  'map.yaml': 'up:\n  - createTable: { name: users, columns: [{ name: id, type: integer }] }\n',
  'migrations/001_users.sql':
    "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(20));\nINSERT INTO users VALUES (1, 'Ada');\n",
};

describe.each(flavours)('on %s', (flavour) => {
  test('what a file describes becomes a migration that leads there and back', async () => {
    const { options, project, query, drop } = await workbench(flavour, files);
    await up(options);
    const report = await diff({ ...options, to: 'schema.sql', write: 'as the file says' });
    expect(report).toMatchObject({ to: 'schema.sql', proven: true, reordered: [], rows: { tables: 1, rows: 2, without: [] } });
    expect(report.changes.map(({ kind }) => kind).sort()).toEqual([
      'addColumn',
      'alterColumn',
      'createIndex',
      'createObject',
      'createTable',
    ]);
    expect(project.read(report.file ?? '')).toMatch(/users_email/);

    // Neither side was touched, and what is proven runs.
    expect((await diff({ ...options, to: 'migrations', from: 'db' })).changes.length).toBeGreaterThan(0);
    await up(options);
    expect((await diff({ ...options, to: 'schema.sql' })).changes).toEqual([]);
    expect((await diff({ ...options, from: 'migrations', to: 'db' })).changes).toEqual([]);
    expect((await diff({ ...options, from: 'migrations@001_users', to: 'db' })).changes).toEqual(report.changes);
    expect(await query('SELECT id, name, email FROM users')).toMatchObject([{ name: 'Ada', email: null }]);
    await drop();
  });

  test.each(['ts', 'yaml', 'json'])('a difference that is written as %s is one for every engine', async (format) => {
    const { options, project, drop } = await workbench(flavour, files);
    const report = await diff({ ...options, from: 'empty', to: 'map.yaml', write: 'users', format });
    expect(project.read(report.file ?? '')).toMatch(/createTable[\s\S]*down[\s\S]*dropTable/);
    await drop();
  });

  test('a way back that fails where rows are is told when it is written', async () => {
    const { options, query, drop } = await workbench(flavour, { 'schema.sql': 'CREATE TABLE users (id integer NOT NULL PRIMARY KEY);\n' });
    await query('CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL)');
    const { rows, proven } = await diff({ ...options, to: 'schema.sql' });
    expect(proven).toBe(true);
    // MariaDB fills the column with empty texts by itself.
    if (flavour === 'mariadb') expect(rows?.noWayBack).toEqual([]);
    else expect(rows?.noWayBack).toMatchObject([{ table: 'users', why: expect.stringContaining('stand in the way') }]);
    await drop();
  });

  test('the tables of the history are no part of a structure, whatever the configuration calls them', async () => {
    const config = { 'lockstep.config.json': '{ "history": { "table": "done_history" } }' };
    const { options, drop } = await workbench(flavour, { ...files, ...config });
    await up(options);
    expect((await dump(options)).text).not.toMatch(/done_|lockstep_/);
    expect((await diff({ ...options, to: 'migrations' })).changes).toEqual([]);
    await drop();
  });

  test('the way to nothing and from nothing', async () => {
    const { options, drop } = await workbench(flavour, files);
    const made = await diff({ ...options, from: 'empty', to: 'schema.sql' });
    const gone = await diff({ ...options, from: 'schema.sql', to: 'empty' });
    expect([made.proven, gone.proven]).toEqual([true, true]);
    expect(gone.changes).toEqual(made.back);
    await drop();
  });

  test.each(['sql', 'ts', 'yaml', 'json'])(
    'a structure that is dumped as %s is made again by its file, and dumped the same',
    async (format) => {
      const { options, project, query, drop } = await workbench(flavour, files);
      const [users = '', index = '', orders = '', view = ''] = schema.split(';\n');
      for (const sql of [users, view, orders, index]) await query(sql);
      const file = `made.${format}`;
      const { text, objects } = await dump({ ...options, format, output: file });
      expect([objects, project.read(file)]).toEqual([3, text]);
      expect((await diff({ ...options, to: file })).changes).toEqual([]);
      expect((await dump({ ...options, from: file, format })).text).toBe(text);
      // The order in which things were made leaves no trace.
      expect((await dump({ ...options, from: 'schema.sql', format })).text).toBe(text);
      await drop();
    },
  );

  test('wrong sides are refused with what would help', async () => {
    const { options, drop } = await workbench(flavour, files);
    const wrong = async (more: Partial<DiffOptions>): Promise<Failure> => refused(diff({ ...options, to: 'schema.sql', ...more }));
    expect(await wrong({ to: 'nowhere.sql' })).toMatchObject({ code: 'source.missing' });
    const broken = await wrong({ to: 'broken.sql' });
    expect(broken).toMatchObject({ code: 'schema.invalid', details: { place: { line: 4 } } });
    expect(await wrong({ format: 'toml', write: 'x' })).toMatchObject({ code: 'usage.invalid-value' });
    const other = flavour === 'sqlite' ? 'pglite:./other' : 'sqlite:./other.db';
    expect(await wrong({ to: other })).toMatchObject({
      code: 'diff.refused',
      message: expect.stringContaining('only structures of one engine can be compared'),
    });
    await drop();
  });
});
