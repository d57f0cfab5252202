import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysql } from '../../src/engines/mysql/index.ts';
import { type Table, tableOf } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { empty, type OnServer, onServer } from './mysql-support.ts';

let server: OnServer;
beforeAll(async () => {
  server = await onServer();
});
beforeEach(() => empty(server));
afterAll(() => server.close());

const some = (...names: readonly string[]) =>
  ask(
    server.connection,
    mysql.inspect(
      server.server,
      names.map((name) => ({ name })),
    ),
  );
const table = async (name = 't'): Promise<Table> => {
  const found = tableOf(await server.schema(), { name });
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
};

describe('reading some tables', () => {
  test('gives them, their triggers, and the tables that point to them', async () => {
    await server.run(`CREATE TABLE parent (id INT PRIMARY KEY); CREATE TABLE t (id INT PRIMARY KEY, p INT, CONSTRAINT f FOREIGN KEY (p) REFERENCES parent (id));
      CREATE TABLE child (id INT, CONSTRAINT g FOREIGN KEY (id) REFERENCES t (id)); CREATE TABLE other (id INT);
      CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 1; CREATE VIEW v AS SELECT id FROM t`);
    const schema = await some('t', 'nowhere');
    expect([...schema.objects.keys()].sort()).toEqual(['table child', 'table t', 'trigger t/tr']);
    expect(schema.scope).toEqual(new Set(['table t', 'table nowhere']));
    expect(tableOf(schema, { name: 't' })).toEqual(await table());
    expect([...(await some('v')).objects.keys()]).toEqual(['view v']);
    expect((await some()).objects.size).toBe(0);
  });

  test('tells apart names that differ in case', async () => {
    await server.run('CREATE TABLE t (a INT); CREATE TABLE T (b INT)');
    expect([...(await some('T')).objects.keys()]).toEqual(['table T']);
  });

  test('asks as many queries for many tables as for one', async () => {
    await server.run(Array.from({ length: 30 }, (_, i) => `CREATE TABLE t${i} (id INT PRIMARY KEY, a INT, KEY (a))`).join(';'));
    const count = async (names?: readonly string[]): Promise<number> => {
      const inquiry = mysql.inspect(
        server.server,
        names?.map((name) => ({ name })),
      );
      let queries = 0;
      for (let step = inquiry.next(); !step.done; queries++) step = inquiry.next(await server.connection.query(step.value.sql));
      return queries;
    };
    expect(await count(['t0'])).toBe(await count(Array.from({ length: 30 }, (_, i) => `t${i}`)));
    expect(await count()).toBeLessThan(16);
  });
});

describe('the index of a foreign key', () => {
  const parent = 'CREATE TABLE parent (id INT PRIMARY KEY);';
  test.each([
    ['belongs to the key when the server made it', 'CREATE TABLE t (a INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))', []],
    [
      'belongs to the key when it was made under its name',
      'CREATE TABLE t (a INT, KEY f (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))',
      [],
    ],
    [
      'is an index when it has another name',
      'CREATE TABLE t (a INT, KEY g (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))',
      ['g'],
    ],
    [
      'is an index when it has more columns',
      'CREATE TABLE t (a INT, b INT, KEY f (a, b), CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))',
      ['f'],
    ],
    [
      'is an index when another serves the key',
      'CREATE TABLE t (a INT, b INT, KEY f (a), KEY g (a, b), CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))',
      ['f', 'g'],
    ],
    [
      'is an index when somebody wrote a comment on it',
      "CREATE TABLE t (a INT, KEY f (a) COMMENT 'mine', CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))",
      ['f'],
    ],
    ['is an index when the key was given no name', 'CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES parent (id))', ['a']],
    [
      'is nothing when the primary key serves',
      'CREATE TABLE t (a INT PRIMARY KEY, CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id))',
      [],
    ],
  ])('%s', async (_, sql, indexes) => {
    await server.run(`${parent} ${sql}`);
    expect((await table()).indexes.map(({ name }) => name).sort()).toEqual(indexes);
  });
});

test('tables with history and with periods are told in full', async () => {
  await server.run(`CREATE TABLE t (id INT PRIMARY KEY, s DATE, e DATE, rs TIMESTAMP(6) GENERATED ALWAYS AS ROW START, re TIMESTAMP(6) GENERATED ALWAYS AS ROW END,
    PERIOD FOR SYSTEM_TIME (rs, re), PERIOD FOR validity (s, e), UNIQUE k (id, validity WITHOUT OVERLAPS)) WITH SYSTEM VERSIONING`);
  const found = await table();
  expect(found.options).toMatchObject({ systemVersioning: true, period: '`validity` (`s`, `e`), PERIOD FOR SYSTEM_TIME (`rs`, `re`)' });
  expect(found.constraints).toEqual([{ kind: 'primaryKey', columns: ['id'] }]);
  expect(found.indexes).toMatchObject([{ name: 'k', extras: { withoutOverlaps: 'validity' } }]);
  expect(found.columns.find(({ name }) => name === 'rs')?.generated).toEqual({ sql: 'ROW START', stored: true });
});

test('views name no database, but for aliases that bear its name', async () => {
  const db = server.server.database;
  await server.run(
    `CREATE TABLE t (id INT); CREATE VIEW v AS SELECT id, '\`${db}\`.' AS s FROM t; CREATE VIEW w AS SELECT ${db}.id FROM t ${db}`,
  );
  const schema = await server.schema();
  expect(schema.objects.get('view v')).toMatchObject({ query: `select \`t\`.\`id\` AS \`id\`,'\`${db}\`.' AS \`s\` from \`t\`` });
  expect(schema.objects.get('view w')).toMatchObject({ query: expect.stringContaining(`from \`t\` \`${db}\``) });
});

test('characters beyond U+FFFF and the character sets of strings are read as they are', async () => {
  await server.run(`CREATE TABLE t (a VARCHAR(20) DEFAULT (CONCAT('😀?', 'x')), b VARCHAR(20), g VARCHAR(20) AS (CONCAT(b, '😁')) VIRTUAL,
      CONSTRAINT one CHECK (a <> '😂'), CONSTRAINT two CHECK (a <> '😃'), CHECK (b <> '?')) CHARACTER SET utf8mb4;
    CREATE VIEW v AS SELECT _latin1'x' AS a, '😄' AS b; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.b = '😅?';
    CREATE FUNCTION f(IN n VARCHAR(9) CHARSET utf8mb4) RETURNS VARCHAR(9) CHARSET utf8mb4 RETURN '😆'; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT '😇'`);
  const { objects } = await server.schema();
  const { columns, constraints } = await table();
  expect(columns[0]?.default).toEqual({ sql: "concat('😀?','x')" });
  expect(columns[2]?.generated?.sql).toBe("concat(`b`,'😁')");
  expect(constraints.map((one) => (one.kind === 'check' ? one.sql : '')).sort()).toEqual(["`a` <> '😂'", "`a` <> '😃'", "`b` <> '?'"]);
  expect(objects.get('view v')).toMatchObject({ query: "select _latin1'x' AS `a`,'😄' AS `b`" });
  expect(objects.get('trigger t/tr')).toMatchObject({ definition: expect.stringContaining("SET NEW.b = '😅?'") });
  expect(objects.get('routine f')).toMatchObject({ definition: expect.stringMatching(/^CREATE FUNCTION `f`\(IN n .*RETURN '😆'$/s) });
  expect(objects.get('opaque e')).toMatchObject({ definition: "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT '😇'" });
});

test('settings of the session and definers are told where they are not those of this session', async () => {
  await server.run(`SET sql_mode = 'ANSI_QUOTES', collation_connection = 'utf8mb4_bin', time_zone = '+05:00'; CREATE TABLE t (id INT);
    CREATE DEFINER = nobody@nowhere FUNCTION f() RETURNS INT COMMENT 'said' RETURN 1; CREATE VIEW v AS SELECT 'x' AS x;
    CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 1;
    SET sql_mode = DEFAULT, collation_connection = @lockstep_connection, time_zone = DEFAULT; CREATE FUNCTION plain() RETURNS INT RETURN 1`);
  const { objects } = await server.schema();
  const settings = "SET sql_mode = 'ANSI_QUOTES', collation_connection = 'utf8mb4_bin'";
  expect(objects.get('routine f')).toMatchObject({
    definition: `${settings};\nCREATE DEFINER="nobody"@"nowhere" FUNCTION "f"() RETURNS int(11)\nRETURN 1`,
    comment: 'said',
  });
  expect(objects.get('view v')).toMatchObject({ options: { collation_connection: 'utf8mb4_bin' } });
  expect(objects.get('opaque e')).toMatchObject({
    definition: `${settings}, time_zone = '+05:00';\nCREATE EVENT \`e\` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1`,
  });
  expect(objects.get('trigger t/tr')).toMatchObject({ definition: expect.stringContaining(`${settings};\nCREATE TRIGGER`) });
  expect(objects.get('routine plain')).toMatchObject({ definition: 'CREATE FUNCTION `plain`() RETURNS int(11)\nRETURN 1' });
});

test('triggers of one moment are told in their order', async () => {
  await server.run(`CREATE TABLE t (a INT); CREATE TRIGGER z BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.a = NEW.a * 2;
    CREATE TRIGGER b AFTER INSERT ON t FOR EACH ROW SET @x = 1`);
  const { objects } = await server.schema();
  expect(objects.get('trigger t/a')).toMatchObject({
    definition: 'CREATE TRIGGER `a` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `z` SET NEW.a = NEW.a * 2',
  });
  expect(objects.get('trigger t/z')).toMatchObject({ definition: 'CREATE TRIGGER `z` BEFORE INSERT ON `t` FOR EACH ROW SET NEW.a = 1' });
  expect(objects.get('trigger t/b')).toMatchObject({ definition: expect.not.stringContaining('FOLLOWS') });
});

test('a function and a procedure of one name are both there', async () => {
  await server.run(
    'CREATE FUNCTION f() RETURNS INT RETURN 1; CREATE PROCEDURE f() SELECT 1; CREATE EVENT f ON SCHEDULE EVERY 1 DAY DO SELECT 1',
  );
  const routines = [...(await server.schema()).objects.values()].filter(({ kind }) => kind === 'routine');
  expect(routines).toHaveLength(2);
  expect((await server.schema()).objects.has('opaque f')).toBe(true);
});

describe('the fingerprint', () => {
  test('does not depend on the order in which things were made, nor on rows and counters', async () => {
    await server.run(
      'CREATE TABLE a (x INT, y INT, KEY kx (x), KEY ky (y)); CREATE TABLE b (id INT AUTO_INCREMENT PRIMARY KEY); CREATE VIEW v AS SELECT 1 AS one',
    );
    const first = await server.fingerprint();
    await server.run('INSERT INTO b VALUES (77); ANALYZE TABLE b');
    expect(await server.fingerprint()).toBe(first);
    await empty(server);
    await server.run(
      'CREATE VIEW v AS SELECT 1 AS one; CREATE TABLE b (id INT AUTO_INCREMENT PRIMARY KEY); CREATE TABLE a (y INT, x INT, KEY ky (y), KEY kx (x))',
    );
    expect(await server.fingerprint()).toBe(first);
  });

  test.each([
    'ALTER TABLE t MODIFY a BIGINT',
    "ALTER TABLE t COMMENT = 'x'",
    "ALTER TABLE t MODIFY a INT COMMENT 'x'",
    'ALTER TABLE t ENGINE = MyISAM',
    'ALTER TABLE t ALTER a SET DEFAULT 1',
    'CREATE INDEX i ON t (b)',
    'ALTER TABLE t DROP INDEX k, ADD INDEX k (a DESC)',
    'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)',
    'ALTER TABLE t PARTITION BY HASH (a) PARTITIONS 2',
    'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 1',
    'CREATE PROCEDURE p(IN a INT) SELECT 1',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    'CREATE SEQUENCE s',
    'CREATE OR REPLACE VIEW v AS SELECT 2 AS one',
    'ALTER VIEW v AS SELECT a AS one FROM t',
  ])('sees %s', async (sql) => {
    await server.run('CREATE TABLE t (a INT, b INT, KEY k (a)); CREATE VIEW v AS SELECT 1 AS one');
    const before = await server.fingerprint();
    await server.run(sql);
    expect(await server.fingerprint()).not.toBe(before);
  });
});
