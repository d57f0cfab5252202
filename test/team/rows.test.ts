import { afterEach, describe, expect, test } from 'vitest';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { type Desk, desk, rowsOf } from '../support/desk.ts';
import { dataOf } from '../support/team.ts';

const config = { 'lockstep.config.json': '{ "record": { "data": ["page", "section", "cfg_*"] } }\n' };

/** Keys that the database gives, a table that points to them and to itself, and one with keys of its own. */
const yaml = `up:
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
  - insert: { into: page, rows: [ { "@": home, title: Home }, { "@": about, title: About, parent: "@page.home" } ] }
  - insert: { into: section, rows: [ { code: top, page: "@page.home" } ] }
  - insert: { into: cfg_setting, rows: [ { name: colour, value: red }, { name: size, value: large } ] }
`;

const served: readonly Flavour[] = ['sqlite', 'postgres', 'mariadb'];
let own: Desk | undefined;
afterEach(async () => {
  await own?.database.drop();
  own = undefined;
});

const bytes: Partial<Record<Flavour, string>> = { postgres: "'\\x00ff27'" };
const everything =
  'SELECT p.title, q.title AS parent, p.big, p.price, p.day FROM page p LEFT JOIN page q ON q.id = p.parent ORDER BY p.title';

describe.each(served)('rows of tables of data on %s', (flavour) => {
  test('become part of the migration, with keys of their own on every database, and come back', async () => {
    own = await desk(flavour, { ...config, 'migrations/20260101T000000_first.yaml': yaml });
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
        stdout: expect.stringContaining('rows of page: 2 inserted, 1 updated, 0 deleted'),
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
  own = await desk('sqlite', { ...config, 'migrations/20260101T000000_first.yaml': yaml });
  await own.lockstep('up');
  await own.query("INSERT INTO page (title) VALUES ('by hand')");
  await own.lockstep('checkout', '-m', 'x');
  await own.query("UPDATE page SET title = 'changed' WHERE title = 'by hand'");
  const refused = await own.lockstep('checkin');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('record.no-name') });
  expect(own.files()).toHaveLength(1);
  expect((await own.lockstep('locks')).stdout).toContain('check-out 1');
});
