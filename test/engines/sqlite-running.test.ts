import { describe, expect, test } from 'vitest';
import { DatabaseError, type Loss } from '../../src/contracts/index.ts';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { keyOf } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { freshDatabase } from '../support/database.ts';
import { type Memory, memory } from './sqlite-support.ts';

test('the library is asked for its version, its settings and the name of the file', async () => {
  const database = await freshDatabase('sqlite');
  const connection = await database.connect();
  const server = await ask(connection, sqlite.identify());
  expect(server).toMatchObject({
    flavour: 'sqlite',
    title: expect.stringMatching(/^SQLite 3\.\d+\.\d+$/),
    transactionalStructure: true,
    namespace: 'main',
    database: 'test.db',
    readOnly: false,
    clock: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    features: { renameColumn: true, dropColumn: true, strict: true, tableList: true, foreignKeys: false, legacyAlterTable: false },
  });
  await connection.close();
  await database.drop();
  expect((await memory('', 'sqlite::memory:?foreign_keys=on')).server).toMatchObject({
    database: ':memory:',
    features: { foreignKeys: true },
  });
});

describe('the history', () => {
  const tables = { history: '"main"."the history"', log: '"lockstep_log"' };
  const { history, quote } = sqlite;
  const prepared = async (): Promise<Memory> => {
    const database = await memory();
    for (let twice = 0; twice < 2; twice++) for (const sql of history.create(tables)) await database.connection.query(sql);
    return database;
  };
  const first = { module: "'app'", version: "'1'", name: "'one'", state: "'applied'" };

  test('a row is put in, then some of its columns are set', async () => {
    const database = await prepared();
    const id = quote.literal("it's");
    await database.connection.query(history.upsert(tables.history, id, { ...first, started_at: history.now }));
    await database.connection.query(history.upsert(tables.history, id, { ...first, done: '3', error: quote.literal('é\n"') }));
    await database.connection.query(history.upsert(tables.history, id, { ...first, state: "'failed'", total: '4' }));
    expect(await database.rows(`SELECT * FROM ${tables.history}`)).toEqual([
      expect.objectContaining({
        id: "it's",
        state: 'failed',
        done: 3,
        total: 4,
        error: 'é\n"',
        started_at: expect.stringMatching(/Z$/),
        back: null,
        probe: null,
      }),
    ]);
  });

  test('ids differ in case, and a row without what it needs is refused', async () => {
    const database = await prepared();
    for (const id of ["'a'", "'A'"]) await database.connection.query(history.upsert(tables.history, id, first));
    expect(await database.rows(`SELECT count(*) AS n FROM ${tables.history}`)).toEqual([{ n: 2 }]);
    await expect(database.run(`INSERT INTO ${tables.history} (id, module) VALUES ('b', 'app')`)).rejects.toThrow('NOT NULL');
  });

  test('the log counts its entries and takes only whole ones', async () => {
    const database = await prepared();
    await database.run(`INSERT INTO lockstep_log (at, event) VALUES (${history.now}, 'up'); DELETE FROM lockstep_log;`);
    await database.run(`INSERT INTO lockstep_log (at, event, detail) VALUES (${history.now}, 'down', 'x')`);
    expect(await database.rows('SELECT seq, event FROM lockstep_log')).toEqual([{ seq: 2, event: 'down' }]);
    await expect(database.run("INSERT INTO lockstep_log (event) VALUES ('up')")).rejects.toThrow('NOT NULL');
  });
});

test('a reset takes settings and temporary tables back', async () => {
  const database = await memory();
  const settings =
    'SELECT * FROM pragma_foreign_keys, pragma_legacy_alter_table, pragma_recursive_triggers, pragma_ignore_check_constraints, pragma_writable_schema';
  const before = await database.rows(settings);
  await database.run(`PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = ON; PRAGMA recursive_triggers = ${database.server.features['recursiveTriggers'] ? 'OFF' : 'ON'};
    PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON; CREATE TEMP TABLE gone (a); CREATE TABLE stays (a);`);
  expect(await database.rows(settings)).not.toEqual(before);
  for (const sql of sqlite.session.reset(database.server)) await database.connection.query(sql);
  expect(await database.rows(settings)).toEqual(before);
  await expect(database.rows('SELECT * FROM gone')).rejects.toThrow('no such table: gone');
  expect(await database.rows('SELECT * FROM stays')).toEqual([]);
});

test('the time to wait for locks is set in milliseconds', async () => {
  const database = await memory();
  await database.connection.query(sqlite.session.lockTimeout(1234.5));
  expect(await database.rows('PRAGMA busy_timeout')).toEqual([{ timeout: 1235 }]);
});

describe('a probe', () => {
  const shop =
    'CREATE TABLE t (a INT); CREATE TABLE u (b INT); CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;';
  const on = (database: Memory, ...touches: readonly string[]): Promise<unknown> =>
    database.rows(`SELECT (${sqlite.probe(touches, database.server)}) AS probe`);

  test.each([
    ['table t', 'ALTER TABLE t ADD COLUMN c'],
    ['table t', 'CREATE INDEX i ON t (a)'],
    ['table t', 'DROP TABLE t'],
    ['table T', 'CREATE TRIGGER other AFTER DELETE ON t BEGIN SELECT 1; END'],
    ['table new', 'CREATE TABLE new (a)'],
    ['view v', 'DROP VIEW v'],
    [keyOf({ kind: 'trigger', name: { name: 'tr' }, on: { name: 't' } }), 'DROP TRIGGER tr'],
    [keyOf({ kind: 'trigger', name: { name: 'tr' } }), 'DROP TRIGGER tr'],
  ])('of %s is another after %s', async (key, sql) => {
    const database = await memory(shop);
    const before = await on(database, key);
    expect(await on(database, key)).toEqual(before);
    await database.run(sql);
    expect(await on(database, key)).not.toEqual(before);
  });

  test('does not see other objects, is never NULL and can be written into a row', async () => {
    const database = await memory(shop);
    const before = await on(database, 'table t');
    await database.run('DROP TABLE u');
    expect(await on(database, 'table t')).toEqual(before);
    expect(await on(database, 'table nowhere')).toEqual([{ probe: '' }]);
    expect(await on(database)).toEqual([{ probe: '' }]);
    await database.run(`CREATE TABLE kept (p TEXT NOT NULL); INSERT INTO kept VALUES (${sqlite.probe(['table t'], database.server)})`);
    await database.run(`UPDATE kept SET p = ${sqlite.probe(['index it"s', 'table "a.b"'], database.server)}`);
  });
});

test('losses are counted where something is there', async () => {
  const database = await memory(`
    CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, NULL), (2, 'x');
    CREATE TABLE empty (a); ATTACH ':memory:' AS other; CREATE TABLE other.t (a); INSERT INTO other.t VALUES (1);`);
  const table = (name: string, schema?: string): Loss['table'] => (schema === undefined ? { name } : { schema, name });
  const wanted: readonly Loss[] = [
    { what: 'table', table: table('T') },
    { what: 'rows', table: table('empty') },
    { what: 'column', table: table('t', 'main'), column: 'b' },
    { what: 'values', table: table('t'), column: 'A' },
    { what: 'column', table: table('t'), column: 'nowhere' },
    { what: 'table', table: table('nowhere') },
    { what: 'table', table: table('t', 'other') },
    { what: 'table', table: table('t', 'nowhere') },
  ];
  const found = await ask(database.connection, sqlite.losses(wanted, database.server));
  expect(found.map(({ rows }) => rows)).toEqual([2, 0, 1, 2, 0, 0, 1, 0]);
  expect(found.map(({ loss }) => loss)).toEqual(wanted);
  expect(await ask(database.connection, sqlite.losses([], database.server))).toEqual([]);
});

describe('keys without rows', () => {
  const orphans = `
    CREATE TABLE parent (id INTEGER PRIMARY KEY, q_id INT);
    CREATE TABLE child (a INT, b INT, FOREIGN KEY (a) REFERENCES Parent (id));
    CREATE TABLE far (x REFERENCES parent);
    CREATE TABLE spot (a);
    CREATE TRIGGER writes AFTER INSERT ON spot BEGIN INSERT INTO far VALUES (NEW.a); END;
    INSERT INTO child VALUES (1, 1); INSERT INTO far VALUES (2);`;
  const found = async (database: Memory, ...touches: readonly string[]): Promise<unknown> => {
    const query = sqlite.checkBeforeCommit?.(touches);
    return query === undefined
      ? 'not asked'
      : (await database.rows(query.sql)).map((row) => `${row['table']} ${row['rowid']} ${row['parent']} ${row['key']}`).sort();
  };

  test('are looked for in the tables whose rows were touched, in those that point there, and where triggers write', async () => {
    const database = await memory(orphans);
    expect(await found(database, 'rows child')).toEqual(['child 1 Parent a']);
    expect(await found(database, 'rows PARENT')).toEqual(['child 1 Parent a', 'far 1 parent x']);
    expect(await found(database, 'rows spot')).toEqual(['far 1 parent x']);
    expect(await found(database, 'rows nowhere')).toEqual([]);
    expect(await found(database)).toEqual(['child 1 Parent a', 'far 1 parent x']);
    expect(await found(database, 'rows *', 'table parent')).toEqual(['child 1 Parent a', 'far 1 parent x']);
  });

  test('are not looked for when no row was touched', async () => {
    expect(await found(await memory(orphans), 'table parent', 'view v')).toBe('not asked');
    const asked = (sql: string): boolean => sqlite.checkBeforeCommit?.(sqlite.classify(sql, {} as never).touches) !== undefined;
    expect(
      [
        'CREATE TABLE t (a)',
        'CREATE INDEX i ON t (a)',
        'ALTER TABLE t ADD COLUMN a INT',
        'DROP INDEX i',
        'ANALYZE',
        'PRAGMA user_version = 3',
      ].filter(asked),
    ).toEqual([]);
    const needed = [
      'DROP TABLE t',
      'INSERT INTO t VALUES (1)',
      'DELETE FROM t',
      'WITH x AS (SELECT 1) UPDATE t SET a = 1',
      'ALTER TABLE t ADD a REFERENCES p DEFAULT 1',
      'FROBNICATE t',
    ];
    expect(needed.filter((sql) => !asked(sql))).toEqual([]);
  });
});

/** The error that a statement ends with, from the library itself. */
async function failure(script: string, sql: string): Promise<DatabaseError> {
  const database = await memory(script);
  const error = await database.connection.query(sql).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`no error from ${sql}`);
  return error;
}

describe('errors', () => {
  const script = 'CREATE TABLE t (a INT, b TEXT); CREATE TABLE "t u" (a); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT 1;';

  test.each([
    ['SELECT * FROM nowhere', 'no-table'],
    ['INSERT INTO main.nowhere VALUES (1)', 'no-table'],
    ['CREATE TABLE t (a)', 'exists'],
    ['CREATE INDEX i ON t (b)', 'exists'],
    ['CREATE TABLE v (a)', 'exists'],
    ['ALTER TABLE t RENAME TO v', 'exists'],
    ['SELEC 1', 'syntax'],
    ['SELECT (1', 'syntax'],
    ["SELECT 'a", 'syntax'],
    ['SELECT nowhere FROM t', 'other'],
    ['PRAGMA query_only = ON; INSERT INTO t VALUES (1, 2)', 'read-only'],
  ])('%s is %s', async (sql, kind) => {
    const [last, ...before] = sql.split('; ').reverse();
    expect(sqlite.errorKind(await failure(`${script} ${before.join('; ')};`, last ?? ''))).toBe(kind);
  });

  test('a database that another writes is busy, one that is not there is missing', async () => {
    const database = await freshDatabase('sqlite');
    const [one, two] = [await database.connect(), await database.connect()];
    await one.query('CREATE TABLE t (a)');
    await one.query(sqlite.session.begin);
    await two.query(sqlite.session.lockTimeout(1));
    const kindOf = (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'none',
        (error: unknown) => (error instanceof DatabaseError ? sqlite.errorKind(error) : 'foreign'),
      );
    expect(await kindOf(two.query(sqlite.session.begin))).toBe('busy');
    await one.query(sqlite.session.rollback);
    const missing = { ...database.target, url: 'sqlite:/nowhere/at/all.db' };
    expect(await kindOf(Promise.resolve().then(() => database.driver.connect(missing, { label: 'lockstep test' })))).toBe('no-database');
    for (const connection of [one, two]) await connection.close();
    await database.drop();
  });

  test.each([
    ['SELECT a FROM t WHERE ^nope = 1'],
    ['SELECT a FROM t WHERE t.^nope = 1'],
    ['SELECT a FROM t WHERE b = ^"open"'],
    ['CREATE TABLE w (a TEXT CHECK (a IN (^"x", "y")))'],
    ['SELECT * FROM ^nowhere'],
    ['DROP INDEX ^"no index"'],
    ['SELECT ^nofunction(1)'],
    ['CREATE TABLE w (^a, b, ^c, ^C)', 2],
    ['INSERT INTO t (a, ^nope) VALUES (1, 2)'],
    ['CREATE TABLE ^t (a)'],
    ['CREATE TABLE w (a, FOREIGN KEY (^nope) REFERENCES t (a))'],
    ['CREATE TABLE w (a TEXT COLLATE ^zork)'],
    ['CREATE TABLE w (a) ^STRICTLY'],
    ['^SELEC a FROM t'],
    ['SELECT a, b, ^FROM t'],
    ['SELECT a FROM t WHERE (b IN (1, 2,^))'],
    ['SELECT ^#'],
    ["SELECT a, ^'open"],
    ['SELECT a FROM (SELECT 1^'],
    ["INSERT INTO t VALUES ('größe 😀', ^nope)"],
    ['ALTER TABLE t DROP COLUMN ^nope'],
  ])('the place is found in %s', async (marked, which = 0) => {
    const places = [...marked.matchAll(/\^/g)].map((match, index) => match.index - index);
    const sql = marked.replaceAll('^', '');
    expect(sqlite.locate(sql, await failure(script, sql))).toBe(places[which]);
  });

  test('no place is given where several could be meant, or nothing is named', async () => {
    const sql = 'SELECT a b c FROM t WHERE c = 1 AND c = 2 c';
    expect(sqlite.locate(sql, await failure(script, sql))).toBeUndefined();
    expect(sqlite.locate('SELECT 1', new DatabaseError('database or disk is full', { code: 'SQLITE_FULL' }))).toBeUndefined();
  });
});
