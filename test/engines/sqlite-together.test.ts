import { expect, test } from 'vitest';
import { diff } from '../../src/diff/index.ts';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { renderChanges } from '../../src/plan/index.ts';
import { type Change, canonicalSchema, emptySchema, type Schema } from '../../src/schema/index.ts';
import { type Memory, memory, send } from './sqlite-support.ts';

const t = { name: 't' };

/** Renders changes as a plan does, and runs them. */
async function plan(database: Memory, changes: readonly Change[], before?: Schema): Promise<readonly string[]> {
  const known = before ?? (await database.schema());
  const rendered = renderChanges(
    changes.map((change) => ({ change })),
    sqlite,
    database.server,
    known,
  );
  expect(rendered.problems.map(({ message }) => message)).toEqual([]);
  await send(database, rendered.statements);
  return rendered.statements.map(({ sql }) => sql);
}

function between(from: Schema, to: Schema): readonly Change[] {
  const found = diff(from, to, sqlite.diff);
  if ('refused' in found) throw new Error(found.refused);
  return found.changes;
}

function timesDropped(statements: readonly string[], name: string): number {
  return statements.filter((sql) => sql === `DROP TABLE "${name}"`).length;
}

const before = `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b varchar(9) DEFAULT 'x', gone INT CHECK (gone <> 4), kept INT CHECK (kept > 0));
  CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b);
  CREATE TABLE child (t_id INT REFERENCES t (id) ON DELETE CASCADE);
  CREATE VIEW names AS SELECT a, gone FROM t;
  CREATE TRIGGER watch AFTER INSERT ON t BEGIN INSERT INTO child VALUES (NEW.gone); END;
  CREATE TRIGGER far AFTER INSERT ON child BEGIN UPDATE t SET gone = 5 WHERE id = NEW.t_id; END;
  INSERT INTO t VALUES (1, '007', 'b', 1, 2), (9, NULL, 'd', NULL, 3); DELETE FROM t WHERE id = 9; DELETE FROM child; INSERT INTO child VALUES (1);`;
const after = `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL UNIQUE, b TEXT, kept BIGINT, size INT NOT NULL DEFAULT (1 + 2));
  CREATE INDEX t_a ON t (a DESC); CREATE UNIQUE INDEX t_size ON t (size);
  CREATE TABLE child (t_id INT REFERENCES t (id) ON DELETE CASCADE);
  CREATE VIEW names AS SELECT a, size FROM t;
  CREATE TRIGGER watch AFTER INSERT ON t BEGIN INSERT INTO child VALUES (NEW.size); END;
  CREATE TRIGGER far AFTER INSERT ON child BEGIN UPDATE t SET size = 5 WHERE id = NEW.t_id; END;`;

test('everything that differs in a table is one rebuild, under views, triggers and keys that lead to it, there and back', async () => {
  const [database, other] = [await memory(before), await memory(after)];
  const [was, wanted] = [await database.schema(), await other.schema()];
  expect(timesDropped(await plan(database, between(was, wanted)), 't')).toBe(1);
  expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(wanted));
  expect(await database.rows('SELECT id, a, b, kept, size FROM t')).toEqual([{ id: 1, a: '007', b: 'b', kept: 2, size: 3 }]);
  expect(await database.rows('SELECT * FROM child')).toEqual([{ t_id: 1 }]);
  expect(await database.rows("SELECT seq FROM sqlite_sequence WHERE name = 't'")).toEqual([{ seq: 9 }]);
  expect(timesDropped(await plan(database, between(await database.schema(), was)), 't')).toBe(1);
  expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(was));
  expect(await database.rows('SELECT id, a, b, kept, gone FROM t')).toEqual([{ id: 1, a: '007', b: 'b', kept: 2, gone: null }]);
});

test('a rename is done by SQLite itself, and what follows in one rebuild', async () => {
  const database = await memory(before);
  const statements = await plan(database, [
    { kind: 'renameColumn', table: t, from: 'a', to: 'title' },
    { kind: 'alterColumn', table: t, name: 'title', set: { collation: 'NOCASE' } },
    { kind: 'alterColumn', table: t, name: 'kept', set: { nullable: false } },
  ]);
  expect(timesDropped(statements, 't')).toBe(1);
  expect(await database.rows('SELECT title, kept FROM t')).toEqual([{ title: '007', kept: 2 }]);
});

test('a change that finds in the rows what an earlier one left there is not done at once with it', async () => {
  const database = await memory(before);
  await plan(database, [
    {
      kind: 'addColumn',
      table: t,
      column: { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: true, default: { sql: '(4 + 1)' } },
    },
    { kind: 'alterColumn', table: t, name: 'n', set: { default: null } },
    { kind: 'alterColumn', table: t, name: 'kept', set: { type: { kind: 'text' } }, using: "n || 'm'" },
    { kind: 'dropColumn', table: t, name: 'b' },
    { kind: 'addColumn', table: t, column: { name: 'b', type: { kind: 'text' }, nullable: true } },
  ]);
  expect(await database.rows('SELECT n, kept, b FROM t')).toEqual([{ n: 5, kept: '5m', b: null }]);
});

test('tables that point at each other are made with their keys, and go without a rebuild', async () => {
  const [database, other] = [
    await memory(),
    await memory(
      'CREATE TABLE a (id INTEGER PRIMARY KEY, b INT REFERENCES b); CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a)',
    ),
  ];
  const wanted = await other.schema();
  const made = await plan(database, between(emptySchema, wanted), emptySchema);
  expect(made.map((sql) => sql.split(' (')[0])).toEqual(['CREATE TABLE "a"', 'CREATE TABLE "b"']);
  expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(wanted));
  expect([...(await plan(database, between(wanted, emptySchema)))].sort()).toEqual(['DROP TABLE "a"', 'DROP TABLE "b"']);
});

test('a key of SQLite may hold NULL, and comes and goes as it is', async () => {
  const [database, other] = [await memory('CREATE TABLE t (a TEXT, b INT)'), await memory('CREATE TABLE t (a TEXT PRIMARY KEY, b INT)')];
  const wanted = await other.schema();
  await plan(database, between(await database.schema(), wanted));
  expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(wanted));
  await database.run('INSERT INTO t VALUES (NULL, 1), (NULL, 2)');
});

test('names of which only the case differs are respelled with their rows, under a view and a trigger that keep their texts', async () => {
  const readers = `CREATE VIEW v AS SELECT USERNAME FROM PRODUCTS;
    CREATE TRIGGER g AFTER INSERT ON products BEGIN SELECT NEW.username FROM Products; END;`;
  const [database, other] = [
    await memory(`CREATE TABLE Products (id INTEGER PRIMARY KEY, userName TEXT); CREATE INDEX I ON Products (USERNAME);
      CREATE TABLE c (p INT REFERENCES PRODUCTS); INSERT INTO Products VALUES (1, 'a'); ${readers}`),
    await memory(`CREATE TABLE products (id INTEGER PRIMARY KEY, username TEXT); CREATE INDEX i ON products (username);
      CREATE TABLE c (p INT REFERENCES products); ${readers}`),
  ];
  const [was, wanted] = [await database.schema(), await other.schema()];
  await plan(database, between(was, wanted));
  expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(wanted));
  expect(await database.rows('SELECT * FROM products')).toEqual([{ id: 1, username: 'a' }]);
  await plan(database, between(await database.schema(), was));
  expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(was));
  expect(await database.rows('SELECT * FROM products')).toEqual([{ id: 1, userName: 'a' }]);
});
