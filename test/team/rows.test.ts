import { afterEach, describe, expect, test } from 'vitest';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { type Desk, desk, rowsOf } from '../support/desk.ts';
import { dataOf } from '../support/team.ts';

const config = { 'lockstep.config.json': '{ "record": { "data": ["page", "section", "cfg_*"] } }\n' };

/** Keys that the database gives, a table that points to them and to itself, and one with keys of its own. */
const tables = `up:
  - createTable:
      name: page
      columns:
        - { name: id, type: bigint, identity: true, primaryKey: true }
        - { name: parent, type: bigint, references: page.id }
        - { name: title, type: varchar(80), nullable: false }
        - { name: body, type: blob }
        - { name: big, type: bigint }
        - { name: price, type: "decimal(20,4)" }
        - { name: day, type: date }
        - { name: extra, type: json }
  - createTable:
      name: section
      columns:
        - { name: code, type: varchar(20), primaryKey: true }
        - { name: page, type: bigint, references: page.id }
  - createTable:
      name: cfg_setting
      columns:
        - { name: name, type: varchar(40), primaryKey: true }
        - { name: value, type: varchar(80) }
`;
const inserts = `up:
  - insert: { into: page, rows: [ { "@": home, title: Home }, { "@": about, title: About, parent: "@page.home" } ] }
  - insert: { into: section, rows: [ { code: top, page: "@page.home" } ] }
  - insert: { into: cfg_setting, rows: [ { name: colour, value: red }, { name: size, value: large } ] }
`;

const structure = 'migrations/20260101T000000_first.yaml';
const filled = { ...config, [structure]: tables, 'migrations/20260102T000000_rows.yaml': inserts };

const served: readonly Flavour[] = ['sqlite', 'pglite', 'postgres', 'mariadb'];
let own: Desk | undefined;
afterEach(async () => {
  await own?.database.drop();
  own = undefined;
});

const bytes: Partial<Record<Flavour, string>> = { postgres: "'\\x00ff27'", pglite: "'\\x00ff27'" };
const everything =
  'SELECT p.title, q.title AS parent, p.big, p.price, p.day FROM page p LEFT JOIN page q ON q.id = p.parent ORDER BY p.title';

describe.each(served)('rows of tables of data on %s', (flavour) => {
  test('become part of the migration, with keys of their own on every database, and come back', { timeout: 240_000 }, async () => {
    own = await desk(flavour, filled);
    const elsewhere = await freshDatabase(flavour);
    try {
      expect(await own.lockstep('up')).toMatchObject({ code: 0 });
      // Elsewhere the same rows get other keys.
      expect(await own.on(elsewhere, 'up')).toMatchObject({ code: 0 });
      const other = await elsewhere.connect();
      await other.query("INSERT INTO page (title) VALUES ('Only there')");
      await other.close();
      const before = await rowsOf(elsewhere, everything);

      expect(await own.lockstep('checkout', '-m', 'news')).toMatchObject({ code: 0 });
      await own.query(
        `INSERT INTO page (title, parent, body, big, price, day, extra) SELECT 'News', id, ${bytes[flavour] ?? "x'00ff27'"}, 9007199254740993, 12.3400, '2026-02-03', '{"a": [1, null]}' FROM page WHERE title = 'Home'`,
        "INSERT INTO page (title, parent) SELECT '@page.home', id FROM page WHERE title = 'News'",
        "UPDATE page SET title = 'About us' WHERE title = 'About'",
        "INSERT INTO section (code, page) SELECT 'news', id FROM page WHERE title = 'News'",
        "DELETE FROM cfg_setting WHERE name = 'size'",
        "UPDATE cfg_setting SET value = NULL WHERE name = 'colour'",
        'ALTER TABLE cfg_setting ADD COLUMN kind varchar(10)',
        "UPDATE cfg_setting SET kind = 'css'",
      );
      const plan = await own.lockstep('checkin', '--dry-run');
      expect(plan, plan.stderr).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('rows of page: 2 inserted, 1 updated, 0 deleted'),
      });
      const done = await own.lockstep('checkin', '--json');
      expect(done, done.stderr).toMatchObject({ code: 0 });
      const { file, rows } = dataOf<{ readonly file: string; readonly rows: readonly object[] }>(done);
      expect(rows).toContainEqual({ table: 'section', inserted: 1, updated: 0, deleted: 0 });
      const text = own.read(file);
      expect(text).toContain('@page.about');

      const applied = await own.on(elsewhere, 'up', '--allow', 'destructive', '--yes');
      expect(applied, applied.stderr).toMatchObject({ code: 0 });
      const here = await own.rows(everything);
      expect(here.find((row) => row.startsWith('News'))).toContain('News | Home | 9007199254740993 | 12.34');
      const there = await rowsOf(elsewhere, everything);
      expect(there.filter((row) => !row.startsWith('Only there'))).toEqual(here);
      for (const sql of [
        'SELECT s.code, p.title FROM section s JOIN page p ON p.id = s.page ORDER BY s.code',
        'SELECT name, value, kind FROM cfg_setting ORDER BY name',
        "SELECT body, extra FROM page WHERE title = 'News'",
      ])
        expect(await rowsOf(elsewhere, sql)).toEqual(await own.rows(sql));

      const back = await own.on(elsewhere, 'down', '--yes');
      expect(back, back.stderr).toMatchObject({ code: 0 });
      expect(await rowsOf(elsewhere, everything)).toEqual(before);
      expect(await rowsOf(elsewhere, 'SELECT name, value FROM cfg_setting ORDER BY name')).toEqual(['colour | red', 'size | large']);
      // Where it was recorded it comes back too, though it never ran there.
      const backHere = await own.lockstep('down', '--yes');
      expect(backHere, backHere.stderr).toMatchObject({ code: 0 });
      expect(await own.rows('SELECT title FROM page ORDER BY title')).toEqual(['About', 'Home']);
    } finally {
      await elsewhere.drop();
    }
  });
});

describe.each(served)('rows on %s', (flavour) => {
  test('that are gone are found by name elsewhere, under names that tables and columns got meanwhile, and come back', {
    timeout: 240_000,
  }, async () => {
    own = await desk(flavour, filled);
    const elsewhere = await freshDatabase(flavour);
    try {
      expect(await own.lockstep('up')).toMatchObject({ code: 0 });
      expect(await own.on(elsewhere, 'to', '20260101T000000_first')).toMatchObject({ code: 0 });
      // The keys that rows have here are other rows' there.
      const there = await elsewhere.connect();
      for (const title of ['x', 'y', 'z']) await there.query(`INSERT INTO page (title) VALUES ('${title}')`);
      await there.close();
      expect(await own.on(elsewhere, 'up')).toMatchObject({ code: 0 });

      await own.lockstep('checkout', '-m', 'about is gone');
      await own.query(
        "DELETE FROM page WHERE title = 'About'",
        'ALTER TABLE page RENAME COLUMN title TO heading',
        "UPDATE page SET heading = 'House' WHERE heading = 'Home'",
        "DELETE FROM cfg_setting WHERE name = 'colour'",
        'ALTER TABLE cfg_setting RENAME COLUMN value TO setting',
      );
      const done = await own.lockstep('checkin', '--rename', 'page.title:heading', '--rename', 'cfg_setting.value:setting', '--json');
      expect(done, done.stderr + done.stdout).toMatchObject({ code: 0 });
      const { file, rows } = dataOf<{ readonly file: string; readonly rows: readonly object[] }>(done);
      expect(rows).toEqual([
        { table: 'page', inserted: 0, updated: 1, deleted: 1 },
        { table: 'cfg_setting', inserted: 0, updated: 0, deleted: 1 },
      ]);
      expect(own.read(file)).toContain('@page.about');

      const refused = await own.on(elsewhere, 'up', '--yes');
      expect(refused, refused.stderr).toMatchObject({ code: 3, stderr: expect.stringContaining('destructive') });
      const applied = await own.on(elsewhere, 'up', '--allow', 'destructive', '--yes');
      expect(applied, applied.stderr).toMatchObject({ code: 0 });
      const headings = 'SELECT heading, parent FROM page ORDER BY heading';
      expect(await rowsOf(elsewhere, headings)).toEqual(['House | null', 'x | null', 'y | null', 'z | null']);
      expect(await own.rows(headings)).toEqual(['House | null']);
      const settings = 'SELECT name, setting FROM cfg_setting ORDER BY name';
      expect(await rowsOf(elsewhere, settings)).toEqual(await own.rows(settings));

      const back = await own.on(elsewhere, 'down', '--yes');
      expect(back, back.stderr).toMatchObject({ code: 0 });
      expect(await rowsOf(elsewhere, 'SELECT title, parent FROM page ORDER BY title')).toEqual([
        'About | 4',
        'Home | null',
        'x | null',
        'y | null',
        'z | null',
      ]);
      expect(await rowsOf(elsewhere, 'SELECT name, value FROM cfg_setting ORDER BY name')).toEqual(['colour | red', 'size | large']);
    } finally {
      await elsewhere.drop();
    }
  });
});

test.each(served)(
  'on %s a row that a name leads to and that is gone is not silently passed over',
  { timeout: 240_000 },
  async (flavour) => {
    own = await desk(flavour, {
      ...filled,
      'migrations/20260103T000000_change.yaml': 'up:\n  - update: { table: page, set: { title: House }, where: { id: "@page.home" } }\n',
    });
    expect(await own.lockstep('to', '20260102T000000_rows')).toMatchObject({ code: 0 });
    await own.query('DELETE FROM section', 'UPDATE page SET parent = NULL', "DELETE FROM page WHERE title = 'Home'");
    const failed = await own.lockstep('up');
    expect(failed, failed.stderr).toMatchObject({ code: 65, stderr: expect.stringContaining('@page.home') });
    expect(await own.rows('SELECT title FROM page')).toEqual(['About']);
  },
);

test('a moment of MariaDB is the same moment in a session with another time zone', async () => {
  own = await desk('mariadb', {
    ...config,
    'migrations/001_a.sql': 'CREATE TABLE cfg_event (name varchar(20) PRIMARY KEY, at timestamp(3) NULL, wall datetime NULL);\n',
  });
  const elsewhere = await freshDatabase('mariadb');
  try {
    await own.lockstep('up');
    await own.on(elsewhere, 'up');
    await own.lockstep('checkout', '-m', 'events');
    // 01:30 there is twice in the night in which summer ends; the zone of the session must not matter.
    await own.query("SET time_zone = '+05:30'", "INSERT INTO cfg_event VALUES ('a', '2026-10-25 06:30:00.125', '2026-10-25 01:30:00')");
    const done = await own.lockstep('checkin');
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(await own.on(elsewhere, 'up')).toMatchObject({ code: 0 });
    const moments = 'SELECT name, CAST(UNIX_TIMESTAMP(at) AS CHAR) AS at, CAST(wall AS CHAR) AS wall FROM cfg_event';
    expect(await own.rows(moments)).toEqual(['a | 1792890000.125 | 2026-10-25 01:30:00']);
    expect(await rowsOf(elsewhere, moments)).toEqual(await own.rows(moments));
  } finally {
    await elsewhere.drop();
  }
});

test('more rows than can be written down are refused by the name of the table, and nothing is checked out', async () => {
  own = await desk('sqlite', { ...config, 'migrations/001_a.sql': 'CREATE TABLE cfg_many (a integer PRIMARY KEY);\n' });
  await own.lockstep('up');
  await own.query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001) INSERT INTO cfg_many SELECT i FROM n');
  const refused = await own.lockstep('checkout', '-m', 'x');
  expect(refused, refused.stderr).toMatchObject({ code: 3, stderr: expect.stringContaining('record.too-many') });
  expect(refused.stderr).toContain('cfg_many');
  expect((await own.lockstep('locks')).stdout).toContain('Nothing is checked out');
  await own.query('DELETE FROM cfg_many WHERE a = 1');
  expect(await own.lockstep('checkout', '-m', 'x')).toMatchObject({ code: 0 });
});

test('a table of data without a primary key is refused by name, and nothing is checked out', async () => {
  own = await desk('sqlite', {
    ...config,
    'migrations/001_a.sql': 'CREATE TABLE cfg_plain (a integer);\nCREATE TABLE acfg_x (a integer);\n',
  });
  await own.lockstep('up');
  const refused = await own.lockstep('checkout', '-m', 'x');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('record.no-key') });
  expect(refused.stderr).toContain('cfg_plain');
  expect((await own.lockstep('locks')).stdout).toContain('Nothing is checked out');
});

test('a row with a key of this database and without a name is refused, and the check-out stays', async () => {
  own = await desk('sqlite', filled);
  await own.lockstep('up');
  await own.query("INSERT INTO page (title) VALUES ('by hand')");
  await own.lockstep('checkout', '-m', 'x');
  await own.query("UPDATE page SET title = 'changed' WHERE title = 'by hand'");
  const refused = await own.lockstep('checkin');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('record.no-name') });
  expect(own.files()).toHaveLength(2);
  expect((await own.lockstep('locks')).stdout).toContain('check-out 1');
});
