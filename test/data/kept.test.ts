import { describe, expect, test } from 'vitest';
import { down, plan, up } from '../../src/commands/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

/** A table with a column of every type that could lose something on its way through a text, and rows with their extremes. */
const everything: { readonly [F in Flavour]?: readonly string[] } = {
  sqlite: [
    `CREATE TABLE v (id INTEGER PRIMARY KEY, a, r REAL, t TEXT, b BLOB, n NUMERIC, s INTEGER GENERATED ALWAYS AS (id * 2) STORED)`,
    `INSERT INTO v (id, a, r, t, b, n) VALUES (9007199254740993, '007', 0.1, 'it''s "x" \\ ü', x'00ff27', 1e300), (2, x'', -0.0, '', x'00', NULL), (3, 3.0, 9e999, NULL, NULL, 12345678901234567890)`,
  ],
  mariadb: [
    `CREATE TABLE v (id BIGINT PRIMARY KEY, f FLOAT, d DOUBLE, n DECIMAL(40,10), b VARBINARY(20), t VARCHAR(40) CHARACTER SET latin1, x TEXT CHARACTER SET utf8mb4, j JSON, e ENUM('a','b'), z SET('x','y'), dt DATETIME(6), bit1 BIT(9), day DATE, s BIGINT AS (id * 2) STORED) ENGINE=InnoDB`,
    `INSERT INTO v (id, f, d, n, b, t, x, j, e, z, dt, bit1, day) VALUES (9007199254740993, 1.1, 0.1, 123456789012345678901234567890.0123456789, X'00FF27', CONVERT(X'FCE9' USING latin1), CONVERT(X'F09F9880' USING utf8mb4), '{"a": [1, 2.50]}', 'b', 'x,y', '2026-01-02 03:04:05.678901', b'101010101', '2026-02-28'), (2, NULL, 1e-300, NULL, X'', '', ' ', NULL, NULL, '', NULL, NULL, NULL)`,
  ],
};
const postgres = [
  `CREATE TYPE mood AS ENUM ('so so', 'it''s')`,
  `CREATE TABLE v (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n numeric, f double precision, r real, b bytea, t text, j json, jb jsonb, ts timestamp, tz timestamptz, d date, i interval, a text[], m mood, u uuid, s bigint GENERATED ALWAYS AS (n::bigint) STORED)`,
  `INSERT INTO v (n, f, r, b, t, j, jb, ts, tz, d, i, a, m, u) VALUES (1234567.500, 0.1, 1.1, '\\x00ff27', E'it''s "x" \\\\ ü', '{"a": 1,  "a": 2}', 'null', '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05.678901+05', '2026-02-28', '1 mon 2 days 00:00:03.5', '[0:1]={"a b",NULL}', 'it''s', '5f0c6c1e-1d2b-4f6a-9a55-0d1d2b3c4e5f'), (0, 'NaN', '-Infinity', '', '', '[]', '{"b": [1.50]}', 'infinity', '-infinity', '0044-03-15 BC', '0', '{}', NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
];

const sample = (flavour: Flavour): readonly string[] => everything[flavour] ?? postgres;
/** All values in the engine's own words. */
async function all({ flavour, query }: Workbench): Promise<unknown> {
  const sql = {
    sqlite: `SELECT quote(id) AS id, quote(a) AS a, typeof(a) AS ta, printf('%!.20g', r) AS r, quote(t) AS t, quote(b) AS b, quote(n) AS n, typeof(n) AS tn, s FROM v ORDER BY id`,
    mariadb: `SELECT CAST(id AS CHAR) AS id, CAST(f + 0E0 AS CHAR) AS f, CAST(d AS CHAR) AS d, CAST(n AS CHAR) AS n, HEX(b) AS b, HEX(t) AS t, HEX(x) AS x, CAST(j AS CHAR) AS j, e + 0 AS e, z + 0 AS z, CAST(dt AS CHAR) AS dt, bit1 + 0 AS bit1, CAST(day AS CHAR) AS d2, CAST(s AS CHAR) AS s FROM v ORDER BY id`,
    postgres: `SELECT v::text AS row FROM v ORDER BY id`,
    pglite: `SELECT v::text AS row FROM v ORDER BY id`,
  }[flavour];
  return query(sql);
}

const settings: { readonly [F in Flavour]: string } = {
  sqlite: `{ a: 1, r: 2, t: "x", b: { hex: "01" }, n: 3 }`,
  mariadb: `{ f: 2, d: 3, n: 4, b: { hex: "01" }, t: x, x: y, j: { sql: "'[]'" }, e: a, z: y, dt: "2026-01-01 00:00:00", bit1: 1, day: "2026-01-01" }`,
  postgres: `{ n: 1, f: 2, r: 3, b: { hex: "01" }, t: x, j: { json: [] }, jb: { json: [] }, ts: "2026-01-01", tz: "2026-01-01", d: "2026-01-01", i: "1 day", a: "{x}", m: "so so", u: "5f0c6c1e-1d2b-4f6a-9a55-0d1d2b3c4e00" }`,
  pglite: '',
};
const set = (flavour: Flavour): string => settings[flavour] || settings.postgres;

describe.each(flavours)('on %s', (flavour) => {
  test('down brings back what an update and a deletion of rows of every type changed', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_update.yaml': `up:\n  - update: { table: v, set: ${set(flavour)}, where: { sql: "v.id > 0" } }\n`,
      'migrations/002_delete.yaml': `up:\n  - delete: { from: v, where: { sql: "id > 1 -- all but the first" } }\n`,
    });
    const { options, query, drop } = bench;
    for (const sql of sample(flavour)) await query(sql);
    const before = await all(bench);
    const ran = await up({ ...options, allow: ['destructive'] });
    expect(ran.failed).toEqual([]);
    expect(await all(bench)).not.toEqual(before);
    const back = await down({ ...options, count: 'all', yes: true });
    expect(back.failed).toEqual([]);
    expect(await all(bench)).toEqual(before);
    expect(await query('SELECT migration FROM lockstep_kept')).toEqual([]);
    await drop();
  });

  test('down takes what an upsert inserted away and brings back what it changed', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_upsert.yaml': `up:
  - upsert: { into: k, key: [code], rows: [ { "@": a, code: a, n: 10 }, { code: b, n: 20 }, { "@": c, code: c, n: 30 } ] }
`,
    });
    const { options, query, drop } = bench;
    const id = {
      sqlite: 'INTEGER PRIMARY KEY',
      mariadb: 'INT AUTO_INCREMENT PRIMARY KEY',
      postgres: 'serial PRIMARY KEY',
      pglite: 'serial PRIMARY KEY',
    }[flavour];
    await query(`CREATE TABLE k (id ${id}, code varchar(20) NOT NULL UNIQUE, n integer)`);
    await query(`INSERT INTO k (code, n) VALUES ('b', 2), ('x', 9), ('a', NULL)`);
    const rows = async (): Promise<unknown> => (await query('SELECT code, n FROM k ORDER BY code')).map((row) => [row['code'], row['n']]);
    const before = await rows();
    expect((await up(options)).failed).toEqual([]);
    expect(await rows()).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
      ['x', 9],
    ]);
    const named = await query(
      'SELECT r.name, k.code FROM lockstep_reference r JOIN k ON r.key_value = ' +
        (flavour === 'sqlite' ? 'k.id' : flavour === 'mariadb' ? 'CAST(k.id AS CHAR)' : 'k.id::text') +
        ' ORDER BY r.name',
    );
    expect(named.map((row) => [row['name'], row['code']])).toEqual([
      ['a', 'a'],
      ['c', 'c'],
    ]);
    expect((await down({ ...options, yes: true })).failed).toEqual([]);
    expect(await rows()).toEqual(before);
    expect(await query('SELECT name FROM lockstep_reference')).toEqual([]);
    await drop();
  });

  test('a row that somebody changed since is not overwritten', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_update.yaml': `up:\n  - update: { table: k, set: { n: 5 }, where: { id: 1 } }\n`,
    });
    const { options, query, drop } = bench;
    await query(`CREATE TABLE k (id integer PRIMARY KEY, n integer)`);
    await query(`INSERT INTO k VALUES (1, 1), (2, 2)`);
    expect((await up(options)).failed).toEqual([]);
    await query('UPDATE k SET n = 6 WHERE id = 1');
    const refused = await down({ ...options, yes: true });
    expect(refused.failed[0]?.problem).toMatchObject({ code: 'kept.changed' });
    expect((await query('SELECT n FROM k WHERE id = 1'))[0]?.['n']).toBe(6);
    await query('UPDATE k SET n = 5 WHERE id = 1');
    expect((await down({ ...options, yes: true })).failed).toEqual([]);
    expect((await query('SELECT n FROM k WHERE id = 1'))[0]?.['n']).toBe(1);
    await drop();
  });
});

test('a plan counts the rows that a change means now, and says where only the run can', async () => {
  const bench = await workbench('sqlite', {
    'migrations/001_rows.yaml': `up:
  - update: { table: k, set: { n: 5 }, where: { sql: "n > 1" } }
  - delete: { from: k, where: { n: 5 } }
`,
  });
  const { options, query, drop } = bench;
  await query('CREATE TABLE k (id integer PRIMARY KEY, n integer)');
  await query('INSERT INTO k VALUES (1, 1), (2, 2), (3, 3)');
  const { steps } = await plan(options);
  expect(steps[0]?.statements.flatMap(({ rows }) => rows ?? [])).toEqual([2, 'at run time']);
  expect(steps[0]?.back).toBe('data kept');
  expect(await query('SELECT count(*) AS n FROM k')).toEqual([{ n: 3 }]);
  await drop();
});

test('rows that go with deleted ones are not kept, so there is no way back', async () => {
  const bench = await workbench('sqlite', { 'migrations/001_rows.yaml': 'up:\n  - delete: { from: k, where: { id: 1 } }\n' });
  const { options, query, drop } = bench;
  await query('CREATE TABLE k (id integer PRIMARY KEY)');
  await query('CREATE TABLE part (k integer REFERENCES k (id) ON DELETE CASCADE)');
  expect((await plan(options)).steps[0]).toMatchObject({
    back: 'none',
    whyNoBack: expect.stringContaining('rows of "part" change with those'),
  });
  await drop();
});

test('old values come back over later ones only when that is asked for', async () => {
  const bench = await workbench('sqlite', {
    'migrations/001_update.yaml': 'up:\n  - update: { table: k, set: { n: 5 }, where: { id: 1 } }\n',
  });
  const { options, query, drop } = bench;
  await query('CREATE TABLE k (id integer PRIMARY KEY, n integer)');
  await query('INSERT INTO k VALUES (1, 1)');
  await up(options);
  await query('UPDATE k SET n = 6');
  expect((await down({ ...options, yes: true, allow: ['changed-rows'] })).failed).toEqual([]);
  expect(await query('SELECT n FROM k')).toEqual([{ n: 1 }]);
  await drop();
});
