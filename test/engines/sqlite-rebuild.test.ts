import { describe, expect, test } from 'vitest';
import type { Column } from '../../src/schema/index.ts';
import { type Made, type Memory, make, memory, rendered, renderOn, send, statementsOf } from './sqlite-support.ts';

const t = { name: 't' };
const check: Made = { kind: 'addConstraint', table: t, constraint: { kind: 'check', name: 'positive', sql: 'amount >= 0' } };

/** Everything that hangs on a table, with rows. */
const busy = `
  CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE, amount INT DEFAULT 1, twice AS (amount * 2) STORED,
    boss INT REFERENCES t (id) ON DELETE CASCADE);
  CREATE INDEX t_name ON t (name DESC) WHERE amount > 0;
  CREATE UNIQUE INDEX t_low ON t (lower(name));
  CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INT REFERENCES t (id) ON DELETE CASCADE ON UPDATE SET NULL);
  CREATE TABLE log (line TEXT);
  CREATE VIEW names AS SELECT id, name FROM t;
  CREATE VIEW loud AS SELECT upper(name) AS name FROM names;
  CREATE TRIGGER t_insert AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('insert ' || NEW.id); END;
  CREATE TRIGGER t_delete AFTER DELETE ON t BEGIN INSERT INTO log VALUES ('delete ' || OLD.id); END;
  CREATE TRIGGER child_insert AFTER INSERT ON child BEGIN UPDATE t SET amount = amount + 1 WHERE id = NEW.t_id; END;
  INSERT INTO t (id, name, amount, boss) VALUES (3, 'a', 1, NULL), (7, 'b', 2, 3), (9, 'gone', 0, NULL);
  INSERT INTO child VALUES (1, 3), (2, 7);
  DELETE FROM t WHERE id = 9;
  DELETE FROM log;`;

async function contents(database: Memory): Promise<unknown> {
  const [tables, children, log, counter] = await Promise.all([
    database.rows('SELECT id, name, amount, twice, boss FROM t ORDER BY id'),
    database.rows('SELECT * FROM child ORDER BY id'),
    database.rows('SELECT * FROM log'),
    database.rows("SELECT seq FROM sqlite_sequence WHERE name = 't'"),
  ]);
  return { tables, children, log, counter };
}

describe.each(['sqlite::memory:', 'sqlite::memory:?foreign_keys=on'])('a table made anew on %s', (url) => {
  test('keeps its rows, counter, indexes, triggers, views and the keys that point to it', async () => {
    const database = await memory(busy, url);
    const before = await contents(database);
    const texts = await database.rows(
      "SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL AND tbl_name <> 't' ORDER BY name",
    );
    await make(database, check);
    expect(await contents(database)).toEqual(before);
    expect(
      await database.rows(
        "SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL AND tbl_name <> 't' ORDER BY name",
      ),
    ).toEqual(texts);
    expect(await database.rows("SELECT name FROM sqlite_master WHERE tbl_name = 't' AND sql IS NOT NULL ORDER BY name")).toEqual(
      ['t', 't_delete', 't_insert', 't_low', 't_name'].map((name) => ({ name })),
    );
    expect(await database.rows('SELECT * FROM loud ORDER BY name')).toEqual([{ name: 'A' }, { name: 'B' }]);
  });

  test('works afterwards as it did: counter, triggers, cascades', async () => {
    const database = await memory(busy, url);
    await make(database, check);
    await database.run(
      "PRAGMA foreign_keys = ON; INSERT INTO t (name) VALUES ('new'); INSERT INTO child VALUES (3, 10); DELETE FROM t WHERE id = 3;",
    );
    expect(await database.rows('SELECT id, amount FROM t')).toEqual([{ id: 10, amount: 2 }]);
    expect(await database.rows('SELECT * FROM child')).toEqual([{ id: 3, t_id: 10 }]);
    expect(await database.rows('SELECT line FROM log')).toEqual(['insert 10', 'delete 7', 'delete 3'].map((line) => ({ line })));
    await expect(database.run("INSERT INTO t (name) VALUES ('NEW')")).rejects.toThrow('UNIQUE constraint failed');
    await expect(database.run('INSERT INTO t (amount) VALUES (-1)')).rejects.toThrow('CHECK constraint failed: positive');
  });

  test('leaves the settings of the connection as they were', async () => {
    const database = await memory(busy, url);
    const settings = 'SELECT * FROM pragma_foreign_keys, pragma_legacy_alter_table';
    const before = await database.rows(settings);
    await make(database, check);
    expect(await database.rows(settings)).toEqual(before);
  });
});

test('whatever statement is the last to run, a rollback leaves nothing behind', async () => {
  const database = await memory(busy);
  const [before, fingerprint] = [await contents(database), await database.fingerprint()];
  const statements = statementsOf(await rendered(database, check));
  expect(statements.every((statement) => statement.transactional)).toBe(true);
  for (let last = 0; last < statements.length; last++) {
    await database.run('BEGIN IMMEDIATE');
    for (const statement of statements.slice(0, last + 1)) await database.connection.query(statement.sql);
    await database.run('ROLLBACK');
    expect(await contents(database)).toEqual(before);
    expect(await database.fingerprint()).toBe(fingerprint);
  }
});

test('nothing is said to be lost, the rewriting is, and every statement touches the table', async () => {
  const database = await memory(busy);
  const statements = statementsOf(await rendered(database, check));
  expect(statements.flatMap((statement) => statement.risks)).toEqual([
    { kind: 'rewrites', table: t },
    { kind: 'mayFail', why: 'rows of "t" for which this is false: amount >= 0' },
  ]);
  expect(statements.flatMap((statement) => statement.effects)).toEqual([{ sign: '+', text: 'check of t: amount >= 0' }]);
  expect([...new Set(statements.flatMap((statement) => statement.touches))]).toEqual(['table t', 'rows t']);
});

test('rowids stay where no column bears them, also when columns have taken two of their names', async () => {
  const database = await memory(`
    CREATE TABLE t (body TEXT, rowid TEXT, oid INT);
    INSERT INTO t (_rowid_, body) VALUES (5, 'five'), (2, 'two'), (90, 'ninety');
    CREATE VIRTUAL TABLE search USING fts5 (body, content='t', content_rowid='_rowid_');
    INSERT INTO search (search) VALUES ('rebuild');`);
  await make(database, { kind: 'addConstraint', table: t, constraint: { kind: 'unique', columns: ['body'] } });
  expect(await database.rows('SELECT _rowid_ AS id, body FROM t ORDER BY body')).toEqual([
    { id: 5, body: 'five' },
    { id: 90, body: 'ninety' },
    { id: 2, body: 'two' },
  ]);
  expect(await database.rows("SELECT rowid AS id FROM search WHERE search MATCH 'ninety'")).toEqual([{ id: 90 }]);
});

test('a column that begins to count gives the rows that are there the numbers they had inside', async () => {
  const database = await memory("CREATE TABLE t (body TEXT); INSERT INTO t (rowid, body) VALUES (4, 'x'), (6, 'y');");
  const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };
  await make(
    database,
    { kind: 'addColumn', table: t, column: id },
    { kind: 'addConstraint', table: t, constraint: { kind: 'primaryKey', columns: ['id'] } },
  );
  await database.run("INSERT INTO t (body) VALUES ('z')");
  expect(await database.rows('SELECT id, body FROM t')).toEqual([
    { id: 4, body: 'x' },
    { id: 6, body: 'y' },
    { id: 7, body: 'z' },
  ]);
});

describe('rows are never left out or changed silently', () => {
  const duplicates = 'CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES (1, 1), (1, 2), (NULL, 3);';

  test.each(['ignore', 'replace', 'fail'])('a new key with ON CONFLICT %s refuses rows that are equal', async (onConflict) => {
    const database = await memory(duplicates);
    const before = await database.fingerprint();
    const constraint = { kind: 'unique', columns: ['a'], extras: { onConflict } } as const;
    await expect(make(database, { kind: 'addConstraint', table: t, constraint })).rejects.toThrow('UNIQUE constraint failed');
    expect(await database.rows('SELECT count(*) AS n FROM t')).toEqual([{ n: 3 }]);
    expect(await database.fingerprint()).toBe(before);
  });

  test('NOT NULL ON CONFLICT REPLACE refuses the rows that have no value', async () => {
    const database = await memory(duplicates);
    const set = { nullable: false, default: { value: 'none' }, extras: { notNullConflict: 'replace' } };
    await expect(make(database, { kind: 'alterColumn', table: t, name: 'a', set })).rejects.toThrow('NOT NULL constraint failed');
    await make(database, { kind: 'alterColumn', table: t, name: 'a', set, using: "coalesce(a, '-')" });
    expect(await database.rows('SELECT a FROM t')).toEqual([{ a: '1' }, { a: '1' }, { a: '-' }]);
  });

  test('a foreign key whose rows have no parent is not committed', async () => {
    const database = await memory(`${duplicates} CREATE TABLE p (id TEXT PRIMARY KEY); INSERT INTO p VALUES ('1');`);
    const references = { table: { name: 'p' }, columns: ['id'] };
    const add = (column: string): Made => ({
      kind: 'addConstraint',
      table: t,
      constraint: { kind: 'foreignKey', columns: [column], references },
    });
    await expect(make(database, add('b'))).rejects.toThrow('"table":"t","rowid":2,"parent":"p","key":"b"');
    await make(database, add('a'));
  });
});

describe('a column that goes', () => {
  const keyed = `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE, b INT); INSERT INTO t VALUES (1, 2, 3);`;
  const drop: Made = { kind: 'dropColumn', table: t, name: 'a' };

  test.each([
    ['a view', 'CREATE VIEW v AS SELECT a FROM t', 'error in view v after drop column'],
    ['a trigger', 'CREATE TRIGGER tr AFTER UPDATE ON t BEGIN SELECT NEW.a; END', 'error in trigger tr after drop column'],
    [
      'a trigger of another table',
      'CREATE TRIGGER tr AFTER UPDATE ON o BEGIN UPDATE t SET b = a; END',
      'error in trigger tr after drop column',
    ],
  ])('is refused as long as %s uses it, and everything stays', async (_, user, message) => {
    const database = await memory(`${keyed} CREATE TABLE o (x); ${user};`);
    const before = await database.fingerprint();
    await expect(make(database, drop)).rejects.toThrow(message);
    expect(await database.fingerprint()).toBe(before);
    expect(await database.rows('SELECT * FROM t')).toEqual([{ id: 1, a: 2, b: 3 }]);
  });

  test('is a loss only where it holds something', async () => {
    const database = await memory('CREATE TABLE t (a INT, b INT UNIQUE, c AS (a), d AS (a) UNIQUE);');
    const risks = async (name: string): Promise<unknown> =>
      statementsOf(await rendered(database, { kind: 'dropColumn', table: t, name })).flatMap((statement) =>
        statement.risks.filter((risk) => risk.kind === 'loses'),
      );
    expect(await risks('b')).toEqual([{ kind: 'loses', loss: { what: 'column', table: t, column: 'b' } }]);
    expect(await risks('c')).toEqual([]);
    expect(await risks('d')).toEqual([]);
  });
});

test('a trigger that writes a column that goes is named, because SQLite does not find it', async () => {
  const database = await memory(
    'CREATE TABLE t (a INT, b INT); CREATE TABLE o (x); CREATE TRIGGER tr AFTER INSERT ON o BEGIN UPDATE t SET a = 1; END;',
  );
  const statements = statementsOf(await rendered(database, { kind: 'dropColumn', table: t, name: 'a' }));
  expect(statements.flatMap((statement) => statement.risks)).toContainEqual({
    kind: 'mayFail',
    why: 'trigger "tr" of "o", which names "a"',
  });
  await send(database, statements);
  await expect(database.run('INSERT INTO o VALUES (1)')).rejects.toThrow('no such column: a');
});

describe('what has come to a table since the change was planned is not lost', () => {
  test.each([
    ['a column', 'ALTER TABLE t ADD COLUMN extra', 'column "extra" of "t" is not as it was planned for'],
    ['an index', 'CREATE INDEX extra ON t (name)', 'index "extra" of "t"'],
    ['a trigger', 'CREATE TRIGGER extra AFTER UPDATE ON t BEGIN SELECT 1; END', 'trigger "extra" of "t"'],
  ])('%s', async (_, sql, message) => {
    const database = await memory(busy);
    const statements = statementsOf(await rendered(database, check));
    await database.run(`${sql};`);
    const fingerprint = await database.fingerprint();
    await expect(send(database, statements)).rejects.toThrow(message);
    expect(await database.fingerprint()).toBe(fingerprint);
  });

  test('a trigger that the model renames otherwise than SQLite is not put back wrong', async () => {
    const database = await memory(`
      CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE copy (name TEXT, title TEXT);
      CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO copy (name) VALUES (NEW.name); END;`);
    const before = await database.fingerprint();
    const rename: Made = { kind: 'renameColumn', table: t, from: 'name', to: 'title' };
    const alter: Made = { kind: 'alterColumn', table: t, name: 'title', set: { nullable: false } };
    await expect(make(database, rename, alter)).rejects.toThrow('trigger "tr" of "t" is not as it was planned for');
    expect(await database.fingerprint()).toBe(before);
    await make(database, rename);
    await make(database, alter);
    await database.run("INSERT INTO t (title) VALUES ('x')");
    expect(await database.rows('SELECT * FROM copy')).toEqual([{ name: 'x', title: null }]);
  });
});

test('libraries without RENAME COLUMN and DROP COLUMN make the table anew', async () => {
  const database = await memory('CREATE TABLE t (a INT CHECK (a > 0), b TEXT); CREATE INDEX i ON t (b); INSERT INTO t VALUES (1, 2);');
  const old = { ...database.server, features: { ...database.server.features, renameColumn: false, dropColumn: false } };
  await send(database, statementsOf(renderOn(old, await database.schema(), { kind: 'renameColumn', table: t, from: 'a', to: 'c' })));
  expect(await database.rows('SELECT b, c FROM t WHERE c > 0')).toEqual([{ b: '2', c: 1 }]);
  await send(database, statementsOf(renderOn(old, await database.schema(), { kind: 'dropColumn', table: t, name: 'b' })));
  expect(await database.rows('SELECT * FROM t')).toEqual([{ c: 1 }]);
  expect(await database.fingerprint()).toBe(await (await memory('CREATE TABLE t (c INT CHECK (c > 0))')).fingerprint());
});

test('a table whose text holds strings in double quotes is made anew although the library takes no such text any more', async () => {
  const database = await memory(`
    CREATE TABLE t (kind TEXT CHECK (kind IN ('a', 'b')), n INT CHECK (n > 0));
    CREATE INDEX i ON t (n) WHERE kind = 'a';
    PRAGMA writable_schema = ON;
    UPDATE sqlite_master SET sql = replace(sql, '''', '"');
    PRAGMA writable_schema = RESET;
    INSERT INTO t VALUES ('a', 1);`);
  await expect(database.run('CREATE TABLE u (kind TEXT CHECK (kind IN ("a", "b")))')).rejects.toThrow('no such column');
  await make(database, { kind: 'alterColumn', table: t, name: 'n', set: { default: { value: 3 } } });
  await expect(database.run("INSERT INTO t VALUES ('c', 1)")).rejects.toThrow('CHECK constraint failed');
  expect(await database.rows('SELECT * FROM t')).toEqual([{ kind: 'a', n: 1 }]);
  expect((await database.rows("SELECT sql FROM sqlite_master WHERE name = 'i'"))[0]?.['sql']).toContain("kind = 'a'");
});

test('checks that name their own table, references to itself and statistics survive', async () => {
  const database = await memory(`
    CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES T (ID), CHECK (t.id > 0 AND "T".up IS NOT id));
    CREATE INDEX i ON t (up);
    INSERT INTO t VALUES (1, NULL), (2, 1);
    ANALYZE;`);
  expect(database.server.features['statistics']).toBe(false);
  const asked = await memory();
  expect(asked.server.features['statistics']).toBe(false);
  const server = { ...database.server, features: { ...database.server.features, statistics: true } };
  const statistics = await database.rows('SELECT * FROM sqlite_stat1');
  await send(
    database,
    statementsOf(
      renderOn(server, await database.schema(), {
        kind: 'addColumn',
        table: t,
        column: { name: 'x', type: { kind: 'text' }, nullable: true },
        after: 'id',
      }),
    ),
  );
  expect(await database.rows('SELECT * FROM sqlite_stat1')).toEqual(statistics);
  await expect(database.run('INSERT INTO t (id, up) VALUES (5, 5)')).rejects.toThrow('CHECK constraint failed');
  expect(await database.rows('SELECT "table", "to" FROM pragma_foreign_key_list(\'t\')')).toEqual([{ table: 't', to: 'id' }]);
});

describe('what a type does to the values', () => {
  const values = "CREATE TABLE t (a TEXT, b INT, c REAL, d); INSERT INTO t VALUES ('007', 7, 0.5, '1e2');";
  const alter = (name: string, type: Column['type']): Made => ({ kind: 'alterColumn', table: t, name, set: { type } });
  const losses = async (change: Made): Promise<number> =>
    statementsOf(await rendered(await memory(values), change)).flatMap((statement) =>
      statement.risks.filter((risk) => risk.kind === 'loses'),
    ).length;

  test.each([
    ['a text that becomes a number', alter('a', { kind: 'integer', bits: 64 })],
    ['a fraction that becomes a text', alter('c', { kind: 'text' })],
    ['a number that becomes a fraction', alter('b', { kind: 'float', bits: 64 })],
    ['anything that becomes a number', alter('d', { kind: 'decimal' })],
  ])('is a possible loss: %s', async (_, change) => {
    expect(await losses(change)).toBe(1);
  });

  test.each([
    ['a text that becomes another text', alter('a', { kind: 'string', length: 3 })],
    ['a number that becomes a wider or narrower one', alter('b', { kind: 'integer', bits: 8 })],
    ['a number that becomes a text', alter('b', { kind: 'text' })],
    ['what becomes bytes, because nothing is converted', alter('a', { kind: 'binary' })],
  ])('is none: %s', async (_, change) => {
    expect(await losses(change)).toBe(0);
  });

  test('is a possible loss when an expression makes them', async () => {
    expect(await losses({ ...(alter('b', { kind: 'text' }) as Extract<Made, { kind: 'alterColumn' }>), using: "''" })).toBe(1);
  });
});
