import { describe, expect, test } from 'vitest';
import { down, up } from '../../src/commands/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

/** Rows in the engine's own words, whatever types their driver gives. */
async function rowsOf({ query }: Workbench, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  return (await query(sql)).map((row) => Object.values(row).map((value) => (value === null ? null : String(value))));
}

const quoted = (flavour: Flavour, name: string): string =>
  flavour === 'mariadb' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;

async function goUp({ options }: Workbench, to?: string): Promise<void> {
  const { failed } = await up({ ...options, allow: ['destructive'], ...(to === undefined ? {} : { to }) });
  expect(failed.map(({ problem }) => problem)).toEqual([]);
}

async function goDown({ options }: Workbench, count: number | 'all' = 'all'): Promise<void> {
  const { failed } = await down({ ...options, count, yes: true });
  expect(failed.map(({ problem }) => problem)).toEqual([]);
}

describe.each(flavours)('on %s', (flavour) => {
  test('keys of several columns, texts, decimals and UUIDs lead to their rows, which come back as they were', async () => {
    const odd = `o'dd "n\`ame ü`;
    const yaml = JSON.stringify(`"${odd.replaceAll('"', '""')}"`);
    const bench = await workbench(flavour, {
      'migrations/001_tables.yaml': `up:
  - createTable:
      name: ${yaml}
      columns: [{ name: "k\\"1'é", type: varchar(40), primaryKey: true }, { name: k2, type: "decimal(20,3)", primaryKey: true }, { name: note, type: varchar(40) }]
  - createTable:
      name: u
      columns: [{ name: id, type: uuid, primaryKey: true }, { name: up, type: uuid, references: u.id }, { name: n, type: integer }]
  - createTable:
      name: d
      columns: [{ name: id, type: "decimal(30,10)", primaryKey: true }, { name: u, type: uuid, references: u.id }]
`,
      'migrations/002_rows.yaml': `up:
  - insert: { into: ${yaml}, rows: [ { "@": "é 'x'", "k\\"1'é": "it's \\"ü\\" ", k2: "12345678901234567.125", note: a }, { "k\\"1'é": "it's \\"Ü\\"", k2: 0, note: b } ] }
  - insert: { into: u, rows: [ { "@": one, id: 6f0c6c1e-1d2b-4f6a-9a55-0d1d2b3c4e61, n: 1 }, { "@": two, id: 5F0C6C1E-1D2B-4F6A-9A55-0D1D2B3C4E60, up: "@u.one", n: 2 } ] }
  - insert: { into: d, rows: [ { "@": exact, id: "12345678901234567890.0123456789", u: "@u.two" } ] }
`,
      'migrations/003_change.yaml': `up:
  - update: { table: ${yaml}, set: { note: changed }, where: { "k\\"1'é": ${JSON.stringify(`@"${odd.replaceAll('"', '""')}"."é 'x'"`)} } }
  - update: { table: u, set: { n: 20 }, where: { id: "@u.two" } }
  - delete: { from: d, where: { id: "@d.exact" } }
  - delete: { from: ${yaml}, where: { sql: "k2 >= 0" } }
  - delete: { from: u, where: { sql: "1 = 1" } }
`,
    });
    const shown = async (): Promise<unknown> => [
      await rowsOf(bench, `SELECT * FROM ${quoted(flavour, odd)} ORDER BY 2`),
      await rowsOf(bench, 'SELECT * FROM u ORDER BY n'),
      await rowsOf(bench, 'SELECT * FROM d'),
    ];
    await goUp(bench, '002_rows');
    const before = await shown();
    expect(before).toMatchObject([{ length: 2 }, { length: 2 }, { length: 1 }]);
    await goUp(bench);
    expect(await shown()).toEqual([[], [], []]);
    await goDown(bench, 1);
    expect(await shown()).toEqual(before);
    await goDown(bench, 1);
    expect(await shown()).toEqual([[], [], []]);
    expect(await bench.query('SELECT name FROM lockstep_reference')).toEqual([]);
    await bench.drop();
  });

  test('names go along with a renamed table there and back, and rows of a column that is new are restored', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_page.yaml': `up:
  - createTable: { name: page, columns: [{ name: id, type: bigint, identity: true, primaryKey: true }, { name: title, type: varchar(40) }] }
  - insert: { into: page, rows: [ { "@": home, title: Home } ] }
`,
      'migrations/002_rename.yaml': 'up:\n  - renameTable: { from: page, to: leaf }\n',
      'migrations/003_add.yaml': `up:
  - addColumn: { table: leaf, name: age, type: integer }
  - update: { table: leaf, set: { age: 3, title: Old }, where: { id: "@leaf.home" } }
`,
      'migrations/004_drop.yaml': 'up:\n  - dropTable: leaf\n',
    });
    await goUp(bench, '003_add');
    expect(await rowsOf(bench, 'SELECT age, title FROM leaf')).toEqual([['3', 'Old']]);
    await goDown(bench, 1);
    expect(await rowsOf(bench, 'SELECT title FROM leaf')).toEqual([['Home']]);
    expect(await rowsOf(bench, 'SELECT table_name, name FROM lockstep_reference')).toEqual([['leaf', 'home']]);
    await goDown(bench, 1);
    expect(await rowsOf(bench, 'SELECT table_name, name FROM lockstep_reference')).toEqual([['page', 'home']]);
    await goUp(bench);
    expect(await rowsOf(bench, 'SELECT table_name, name FROM lockstep_reference')).toEqual([]);
    await bench.drop();
  });

  test('rows that point to each other are deleted together and come back in any order', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_delete.yaml': 'up:\n  - delete: { from: tree, where: { sql: "id <> 9" } }\n',
    });
    await bench.query('CREATE TABLE tree (id integer PRIMARY KEY, parent integer, FOREIGN KEY (parent) REFERENCES tree (id))');
    await bench.query('INSERT INTO tree VALUES (5, NULL)');
    await bench.query('INSERT INTO tree VALUES (3, 5)');
    await bench.query('INSERT INTO tree VALUES (1, 3)');
    // MariaDB looks at each row by itself, so that it deletes no circle.
    if (flavour !== 'mariadb') await bench.query('UPDATE tree SET parent = 1 WHERE id = 5');
    const before = await rowsOf(bench, 'SELECT id, parent FROM tree ORDER BY id');
    const { failed } = await up({ ...bench.options, allow: ['destructive'] });
    expect(failed.map(({ problem }) => problem)).toEqual([]);
    expect(await rowsOf(bench, 'SELECT id FROM tree')).toEqual([]);
    await goDown(bench);
    expect(await rowsOf(bench, 'SELECT id, parent FROM tree ORDER BY id')).toEqual(before);
    await bench.drop();
  });
});

test('a key of 0 that MariaDB would number anew comes back as 0, and moments as themselves', async () => {
  const bench = await workbench('mariadb', {
    'migrations/001_change.yaml': `up:
  - update: { table: t, set: { at: "2026-01-01 00:00:00" }, where: { sql: "id >= 0" } }
  - delete: { from: t, where: { id: 0 } }
  - insert: { into: t, rows: [{ "@": ten, id: 10, at: "2026-01-01 00:00:00" }] }
`,
  });
  await bench.query('CREATE TABLE t (id integer PRIMARY KEY AUTO_INCREMENT, at timestamp(3) NULL)');
  await bench.query(
    "SET STATEMENT sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00' FOR INSERT INTO t VALUES (0, '2025-10-26 00:30:00.125'), (2, '2025-10-26 01:30:00.5'), (3, NULL)",
  );
  const shown = (): Promise<unknown> => rowsOf(bench, 'SELECT id, CAST(UNIX_TIMESTAMP(at) AS CHAR) FROM t ORDER BY id');
  const before = await shown();
  await goUp(bench);
  await goDown(bench);
  expect(await shown()).toEqual(before);
  await bench.drop();
});

test.each(['postgres', 'pglite'] as const)('on %s rows of tables in other schemas have names and come back', async (flavour) => {
  const bench = await workbench(flavour, {
    'migrations/001_rows.yaml': `up:
  - insert: { into: far.page, rows: [ { "@": home, title: Home } ] }
  - insert: { into: page, rows: [ { "@": home, title: near, far: "@far.page.home" } ] }
  - update: { table: far.page, set: { title: changed }, where: { title: there } }
`,
  });
  await bench.query('DROP SCHEMA IF EXISTS far CASCADE');
  await bench.query('CREATE SCHEMA far');
  await bench.query('CREATE TABLE far.page (id serial PRIMARY KEY, title text)');
  await bench.query("INSERT INTO far.page (title) VALUES ('there')");
  await bench.query('CREATE TABLE page (id serial PRIMARY KEY, title text, far integer REFERENCES far.page (id))');
  await goUp(bench);
  expect(await rowsOf(bench, 'SELECT title, far FROM page')).toEqual([['near', '2']]);
  expect(await rowsOf(bench, 'SELECT title FROM far.page ORDER BY id')).toEqual([['changed'], ['Home']]);
  await goDown(bench);
  expect(await rowsOf(bench, 'SELECT title FROM far.page')).toEqual([['there']]);
  expect(await rowsOf(bench, 'SELECT title FROM page')).toEqual([]);
  await bench.query('DROP SCHEMA far CASCADE');
  await bench.drop();
});

test('the program overwrites rows that were changed since when it is told to', async () => {
  const { project, options, query, drop } = await workbench('sqlite', {
    'migrations/001_update.yaml': 'up:\n  - update: { table: k, set: { n: 5 }, where: { id: 1 } }\n',
  });
  await query('CREATE TABLE k (id integer PRIMARY KEY, n integer)');
  await query('INSERT INTO k VALUES (1, 1)');
  const env = { DATABASE_URL: options.url };
  expect((await project.run(['up'], { env })).code).toBe(0);
  await query('UPDATE k SET n = 6');
  const refused = await project.run(['down', '--yes'], { env });
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('--allow changed-rows') });
  expect(await query('SELECT n FROM k')).toEqual([{ n: 6 }]);
  expect((await project.run(['down', '--yes', '--allow', 'changed-rows'], { env })).code).toBe(0);
  expect(await query('SELECT n FROM k')).toEqual([{ n: 1 }]);
  await drop();
});

test.each(['sqlite', 'mariadb'] as const)(
  'on %s redo keeps what was there at first, and mark forget takes away what was kept',
  async (flavour) => {
    const { project, options, query, drop } = await workbench(flavour, {
      'migrations/001_rows.yaml': `up:
  - update: { table: k, set: { n: 5 }, where: { id: 1 } }
  - insert: { into: k, rows: [{ "@": two, id: 2, n: 2 }] }
`,
    });
    await query('CREATE TABLE k (id integer PRIMARY KEY, n integer)');
    await query('INSERT INTO k VALUES (1, 1)');
    const env = { DATABASE_URL: options.url };
    for (const args of [['up'], ['redo', '--yes']]) expect(await project.run(args, { env })).toMatchObject({ code: 0 });
    expect((await query('SELECT image FROM lockstep_kept ORDER BY image')).map((row) => String(row['image']))).toEqual(['after', 'before']);
    expect((await project.run(['down', '--yes'], { env })).code).toBe(0);
    expect(await query('SELECT id, n FROM k')).toEqual([{ id: 1, n: 1 }]);
    // MariaDB has no transaction for all.
    expect((await project.run(flavour === 'sqlite' ? ['up', '--transaction', 'all'] : ['up'], { env })).code).toBe(0);
    project.remove('migrations/001_rows.yaml');
    const forgotten = await project.run(['mark', 'forget', '001_rows', '--reason', 'done by hand', '--yes'], { env });
    expect(forgotten, forgotten.stderr).toMatchObject({ code: 0 });
    expect(await query('SELECT image FROM lockstep_kept')).toEqual([]);
    await drop();
  },
);
