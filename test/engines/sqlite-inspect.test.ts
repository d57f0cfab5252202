import { describe, expect, test } from 'vitest';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { apply, type Schema, tableOf } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { type Memory, memory } from './sqlite-support.ts';

const keys = (schema: Schema): readonly string[] => [...schema.objects.keys()].sort();
const some = (database: Memory, ...names: readonly string[]): Promise<Schema> =>
  ask(
    database.connection,
    sqlite.inspect(
      database.server,
      names.map((name) => ({ name })),
    ),
  );

const shop = `
  CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer_id INT NOT NULL REFERENCES Customer, total NUMERIC(10,2));
  CREATE TABLE item (order_id REFERENCES "order" (ID), sku TEXT);
  CREATE TABLE other (note TEXT DEFAULT 'references customer');
  CREATE INDEX order_customer ON "order" (CUSTOMER_ID);
  CREATE VIEW sums AS SELECT customer_id, sum(total) AS total FROM "order" GROUP BY customer_id;
  CREATE TRIGGER order_insert AFTER INSERT ON "order" BEGIN SELECT 1; END;
  CREATE TRIGGER sums_insert INSTEAD OF INSERT ON sums BEGIN SELECT 1; END;`;

describe('of everything', () => {
  test('tables, views and triggers are read, by the names as they are declared', async () => {
    const schema = await (await memory(shop)).schema();
    expect(schema.scope).toBe('all');
    expect(keys(schema)).toEqual([
      'table customer',
      'table item',
      'table order',
      'table other',
      'trigger order/order_insert',
      'trigger sums/sums_insert',
      'view sums',
    ]);
    expect(tableOf(schema, { name: 'order' })).toEqual({
      kind: 'table',
      name: { name: 'order' },
      columns: [
        { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: { reuse: true } },
        { name: 'customer_id', type: { kind: 'integer', bits: 32 }, nullable: false },
        { name: 'total', type: { kind: 'decimal', precision: 10, scale: 2, declared: 'NUMERIC(10,2)' }, nullable: true },
      ],
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        { kind: 'foreignKey', columns: ['customer_id'], references: { table: { name: 'customer' }, columns: ['id'] } },
      ],
      indexes: [{ name: 'order_customer', parts: [{ column: 'customer_id' }] }],
      options: {},
    });
  });

  test('what SQLite, libSQL and Lockstep keep for themselves is left out', async () => {
    const database = await memory(`
      CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);
      INSERT INTO t DEFAULT VALUES;
      ANALYZE;
      CREATE VIRTUAL TABLE notes USING fts5 (body);
      CREATE VIRTUAL TABLE boxes USING rtree (id, x0, x1);`);
    for (const sql of sqlite.history.create({ history: '"lockstep_history"', log: '"lockstep_log"' })) await database.connection.query(sql);
    expect(keys(await database.schema())).toEqual(['opaque boxes', 'opaque notes', 'table t']);
    const old = { ...database.server, features: {} };
    expect(keys(await ask(database.connection, sqlite.inspect(old)))).toEqual(['opaque boxes', 'opaque notes', 'table t']);
  });

  test('a table whose text is not understood is kept as it is, with its indexes, and never half read', async () => {
    const database = await memory(`
      CREATE TABLE t (a, b);
      CREATE INDEX i ON t (a);
      PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET sql = 'CREATE TABLE t (a, b, EXCLUDE (a))' WHERE name = 't';`);
    const schema = await database.schema();
    expect([...schema.objects.values()]).toEqual([
      { kind: 'opaque', type: 'table', name: { name: 't' }, definition: 'CREATE TABLE t (a, b, EXCLUDE (a))', drop: 'DROP TABLE "t"' },
      { kind: 'opaque', type: 'index', name: { name: 'i' }, definition: 'CREATE INDEX i ON t (a)', drop: 'DROP INDEX "i"' },
    ]);
  });

  test('a table made by a query is one like any other', async () => {
    const database = await memory(`${shop} CREATE TABLE copy AS SELECT id, name AS "the name", 1.5 AS x FROM customer;`);
    expect(tableOf(await database.schema(), { name: 'copy' })?.columns.map((column) => [column.name, column.type])).toEqual([
      ['id', { kind: 'integer', bits: 32 }],
      ['the name', { kind: 'text' }],
      ['x', { kind: 'native', engine: 'sqlite', text: '' }],
    ]);
  });

  test('names that differ only in letters beyond ASCII are two names', async () => {
    const database = await memory('CREATE TABLE t (ä INT, Ä INT CHECK (Ä > 0), PRIMARY KEY (Ä)); CREATE INDEX "É" ON t (ä);');
    expect(tableOf(await database.schema(), { name: 't' })).toMatchObject({
      constraints: [
        { kind: 'check', sql: 'Ä > 0' },
        { kind: 'primaryKey', columns: ['Ä'] },
      ],
      indexes: [{ parts: [{ column: 'ä' }] }],
    });
  });
});

describe('of some tables', () => {
  test('what belongs to them and what points to them is read, and their absence is known', async () => {
    const schema = await some(await memory(shop), 'customer', 'nowhere');
    expect(keys(schema)).toEqual(['table customer', 'table order', 'trigger order/order_insert']);
    expect(schema.scope).toEqual(new Set(['table customer', 'view customer', 'table nowhere', 'view nowhere', 'table order']));
    const dropped = apply(schema, { kind: 'dropTable', table: { name: 'customer' } });
    expect(dropped).toEqual({ refused: expect.stringContaining('"order"') });
  });

  test('they are the same as in the reading of everything', async () => {
    const database = await memory(shop);
    const all = await database.schema();
    for (const name of ['customer', 'order', 'item', 'other', 'sums']) {
      const part = await some(database, name);
      for (const [key, object] of part.objects) expect(object).toEqual(all.objects.get(key));
      expect(part.objects.size).toBeGreaterThan(0);
    }
  });

  test('a view is read with its triggers', async () => {
    expect(keys(await some(await memory(shop), 'sums'))).toEqual(['trigger sums/sums_insert', 'view sums']);
  });

  test('of another database file nothing is said', async () => {
    const database = await memory("ATTACH ':memory:' AS aux; CREATE TABLE aux.t (a);");
    const schema = await ask(
      database.connection,
      sqlite.inspect(database.server, [
        { schema: 'aux', name: 't' },
        { schema: 'main', name: 't' },
      ]),
    );
    expect(schema.scope).toEqual(new Set(['table t', 'view t']));
    expect(keys(schema)).toEqual([]);
  });

  test('the number of queries does not grow with the number of tables', () => {
    const counted = (tables: number): number => {
      const names = Array.from({ length: tables }, (_, index) => `t${index}`);
      const answers: readonly (readonly Record<string, unknown>[])[] = [
        names.map((name) => ({ type: 'table', name, tbl_name: name, sql: `CREATE TABLE ${name} (a)` })),
        names.map((name) => ({ name, type: 'table' })),
        names.map((name) => ({ tbl: name, name: 'a', type: '', required: 0, pk: 0, hidden: 0 })),
      ];
      const inquiry = sqlite.inspect({ features: { tableList: true } } as never);
      let queries = 0;
      for (let step = inquiry.next(); !step.done; step = inquiry.next({ rows: answers[queries++] ?? [] }));
      return queries;
    };
    expect(counted(1000)).toBe(counted(1));
  });
});

test('the fingerprint does not depend on the order in which things were made, and depends on everything else', async () => {
  const print = async (script: string): Promise<string> => (await memory(script)).fingerprint();
  const base = 'CREATE TABLE t (a INT, b TEXT); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;';
  expect(await print('create table "t" ( b text, a int ); create view v as select  "a" from t; create index [i] on T (A)')).toBe(
    await print(base),
  );
  const others = [
    base.replace('INT', 'INTEGER'),
    base.replace('b TEXT', 'b TEXT NOT NULL'),
    base.replace('b TEXT', "b TEXT DEFAULT 'x'"),
    base.replace('b TEXT', 'b TEXT COLLATE NOCASE'),
    base.replace('b TEXT', 'b TEXT CHECK (a > 0)'),
    base.replace('b TEXT', 'b TEXT UNIQUE'),
    base.replace('b TEXT', 'b TEXT REFERENCES t (a)'),
    base.replace('(a INT', '(a INT PRIMARY KEY ON CONFLICT FAIL'),
    base.replace('TEXT)', 'TEXT) STRICT'),
    base.replace('INDEX', 'UNIQUE INDEX'),
    base.replace('(a);', '(a DESC);'),
    base.replace('(a);', '(a) WHERE a > 1;'),
    base.replace('SELECT a FROM', 'SELECT b FROM'),
    `${base} CREATE TRIGGER tr DELETE ON t BEGIN SELECT 1; END;`,
    `${base} CREATE VIRTUAL TABLE f USING fts5 (x);`,
  ];
  const prints = await Promise.all([base, ...others].map(print));
  expect(new Set(prints).size).toBe(others.length + 1);
});
