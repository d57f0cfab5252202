import { afterAll, describe, expect, test } from 'vitest';
import type { Connection, Engine, Server, Statement } from '../src/contracts/index.ts';
import { diff } from '../src/diff/index.ts';
import { renderChanges } from '../src/plan/index.ts';
import { canonicalSchema, emptySchema, type Schema, schemaOf, tablesOf } from '../src/schema/index.ts';
import { type DiffCase as Case, postgresDiffCases as postgres } from './engines/postgres-cases-diff.ts';
import { ask } from './support/ask.ts';
import { type Flavour, flavours, freshDatabase } from './support/database.ts';
import { emptied } from './support/emptied.ts';
import { engineFor } from './support/engine.ts';

const everywhere: readonly Case[] = [
  {
    title: 'columns come and go beside rows',
    before: "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, gone integer, name varchar(20)); INSERT INTO t (id, name) VALUES (1, 'a')",
    after: 'CREATE TABLE t (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, size integer DEFAULT 3)',
    kept: ['SELECT id, name FROM t', [{ id: 1, name: 'a' }]],
  },
  {
    title: 'no column of a table stays',
    before: 'CREATE TABLE t (a integer, b integer)',
    after: 'CREATE TABLE t (c integer, d integer)',
  },
  {
    title: 'tables point at each other',
    before: 'CREATE TABLE lonely (id integer)',
    after: `CREATE TABLE a (id integer NOT NULL PRIMARY KEY, b_id integer); CREATE TABLE b (id integer NOT NULL PRIMARY KEY, a_id integer,
      CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a (id)); CREATE TABLE c (id integer NOT NULL PRIMARY KEY, c_id integer,
      CONSTRAINT c_c FOREIGN KEY (c_id) REFERENCES c (id))`,
  },
  {
    title: 'a key moves to other columns under a foreign key',
    before: `CREATE TABLE p (a integer NOT NULL, b integer NOT NULL, CONSTRAINT p_key UNIQUE (a), CONSTRAINT p_other UNIQUE (b));
      CREATE TABLE c (p_id integer, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (a))`,
    after: `CREATE TABLE p (a integer NOT NULL, b integer NOT NULL, CONSTRAINT p_other UNIQUE (b));
      CREATE TABLE c (p_id integer, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (b))`,
  },
  {
    title: 'a view becomes a table of the same name',
    before: 'CREATE TABLE t (id integer); CREATE VIEW v AS SELECT id FROM t',
    after: 'CREATE TABLE t (id integer); CREATE TABLE v (id integer)',
  },
  {
    title: 'an index moves to another table with its name',
    before: 'CREATE TABLE a (id integer); CREATE TABLE b (id integer); CREATE INDEX i ON a (id)',
    after: 'CREATE TABLE a (id integer); CREATE TABLE b (id integer); CREATE INDEX i ON b (id)',
  },
  {
    title: 'views stand on views',
    before: 'CREATE TABLE t (id integer, n integer); CREATE VIEW a AS SELECT id, n FROM t; CREATE VIEW z AS SELECT id FROM a',
    after: 'CREATE TABLE t (id integer, m integer); CREATE VIEW z AS SELECT id, m FROM t; CREATE VIEW a AS SELECT m FROM z',
  },
];

const mysql: readonly Case[] = [
  {
    title: 'a column that a key leads to, and that has the key itself, may not be empty any more, and then it may again',
    before: `CREATE TABLE t (a integer NULL, b integer, UNIQUE (a), CONSTRAINT own FOREIGN KEY (a) REFERENCES t (a) ON UPDATE CASCADE)`,
    after: 'CREATE TABLE t (a integer NOT NULL, b integer, UNIQUE (a), CONSTRAINT own FOREIGN KEY (a) REFERENCES t (a) ON UPDATE CASCADE)',
  },
  {
    title: 'a column under a foreign key gets another type on both sides',
    before: `CREATE TABLE p (id int NOT NULL PRIMARY KEY); CREATE TABLE c (p_id int, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (id));
      INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)`,
    after:
      'CREATE TABLE p (id bigint NOT NULL PRIMARY KEY); CREATE TABLE c (p_id bigint, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (id))',
    kept: ['SELECT CAST(p_id AS char) AS p_id FROM c', [{ p_id: '1' }]],
  },
  {
    title: 'an index that the server made for a foreign key gives way to others, of whatever kind',
    before: `CREATE TABLE p (id int NOT NULL PRIMARY KEY, k varchar(9) UNIQUE); CREATE TABLE c (p_id int, p_k varchar(9), other int,
      FOREIGN KEY (p_id) REFERENCES p (id), FOREIGN KEY (p_k) REFERENCES p (k))`,
    after: `CREATE TABLE p (id int NOT NULL PRIMARY KEY, k varchar(9) UNIQUE); CREATE TABLE c (p_id int, p_k varchar(9), other int,
      INDEX serves (p_id, other), FULLTEXT INDEX words (p_k), INDEX p_k (p_k),
      CONSTRAINT c_ibfk_1 FOREIGN KEY (p_id) REFERENCES p (id), CONSTRAINT c_ibfk_2 FOREIGN KEY (p_k) REFERENCES p (k))`,
  },
  {
    title: 'an index that the server made for a foreign key stays beside a longer one when the key is gone',
    before: `CREATE TABLE p (id int NOT NULL PRIMARY KEY); CREATE TABLE c (p_id int, other int, FOREIGN KEY (p_id) REFERENCES p (id));
      ALTER TABLE c DROP FOREIGN KEY c_ibfk_1`,
    after:
      'CREATE TABLE p (id int NOT NULL PRIMARY KEY); CREATE TABLE c (p_id int, other int, INDEX p_id (p_id), UNIQUE both_ (p_id, other))',
  },
  {
    title: 'settings, definers and SQL SECURITY of what is made live through it, and are changed',
    before: `CREATE TABLE t (id int, n varchar(9)); SET sql_mode = 'PIPES_AS_CONCAT', collation_connection = 'latin1_bin'; CREATE VIEW v AS SELECT 'a' || 'b' AS x;
      CREATE FUNCTION f() RETURNS varchar(9) CHARSET utf8mb4 RETURN 'a' || 'b'; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 'a' || 'b'; CREATE EVENT same ON SCHEDULE EVERY 1 HOUR DO SELECT 1;
      CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 'a' || 'b'; INSERT INTO t VALUES (1, '');
      SET sql_mode = DEFAULT, collation_connection = @lockstep_connection`,
    after: `CREATE TABLE t (id int, n varchar(9)); CREATE DEFINER = a@b SQL SECURITY INVOKER VIEW v AS SELECT 'a' || 'b' AS x;
      CREATE DEFINER = a@b FUNCTION f() RETURNS varchar(9) CHARSET utf8mb4 SQL SECURITY INVOKER COMMENT 'new' RETURN 'a' || 'b';
      CREATE EVENT same ON SCHEDULE EVERY 1 HOUR ON COMPLETION PRESERVE COMMENT 'it''s' DO SELECT 2; SET time_zone = '+03:00';
      CREATE DEFINER = a@b EVENT e ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01' DISABLE COMMENT 'new' DO SELECT 'a' || 'b';
      CREATE DEFINER = a@b TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 'a' || 'b';
      ALTER DATABASE COLLATE utf8mb4_bin; CREATE PROCEDURE p(x varchar(9)) SELECT x; ALTER DATABASE COLLATE latin1_swedish_ci;
      SET time_zone = DEFAULT`,
    kept: ['SELECT n FROM t', [{ n: 'ab' }]],
  },
  {
    title: 'sequences, periods and histories come and go',
    before: "CREATE SEQUENCE s COMMENT = 'one'; CREATE TABLE t (id int)",
    after: `CREATE SEQUENCE s CACHE 5 COMMENT = 'two'; CREATE TABLE t (id int); CREATE TABLE u (id bigint DEFAULT nextval(s));
      CREATE TABLE h (a int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING;
      CREATE TABLE p (id int NOT NULL, d date NOT NULL, e date NOT NULL, PERIOD FOR life (d, e), PRIMARY KEY (id, life WITHOUT OVERLAPS));
      CREATE TABLE q (id int NOT NULL, d date NOT NULL, e date NOT NULL, PERIOD FOR life (d, e), UNIQUE once (id, life WITHOUT OVERLAPS))`,
  },
  {
    title: 'a default counts by a sequence of the same database',
    before: 'CREATE TABLE other (id int)',
    after: 'CREATE SEQUENCE s; CREATE TABLE t (n bigint DEFAULT nextval(`s`)); CREATE VIEW v AS SELECT n FROM t',
  },
  {
    title: 'views bear words of the language and names that are aliases in others',
    before: `CREATE TABLE t (x int, y int); CREATE VIEW v AS SELECT x AS g FROM t; CREATE VIEW \`select\` AS SELECT g FROM v;
      CREATE FUNCTION \`from\`(n int) RETURNS int RETURN n; CREATE VIEW \`as\` AS SELECT \`from\`(g) AS h FROM \`select\``,
    after: `CREATE TABLE t (x int, y int); CREATE VIEW v AS SELECT x AS g, y AS k FROM t; CREATE VIEW \`select\` AS SELECT g, k FROM v;
      CREATE VIEW a AS SELECT z.g FROM v z; CREATE VIEW z AS SELECT a.g FROM a`,
  },
  {
    title: 'the primary key moves to other columns',
    before: 'CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a))',
    after: 'CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b))',
  },
];

const sqlite: readonly Case[] = [
  {
    title: 'a trigger goes with its table, and another table gets one of its name',
    before: 'CREATE TABLE a (id integer); CREATE TABLE z (id integer); CREATE TRIGGER g AFTER INSERT ON z BEGIN SELECT 1; END',
    after: 'CREATE TABLE a (id integer); CREATE TRIGGER g AFTER INSERT ON a BEGIN SELECT 1; END',
  },
  {
    title: 'a table is rebuilt under views, triggers and keys that lead to it',
    before: `CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT); CREATE TABLE c (p_id INTEGER REFERENCES p (id) ON DELETE CASCADE); CREATE VIEW v AS SELECT n FROM p;
      CREATE TRIGGER g AFTER INSERT ON p BEGIN INSERT INTO c VALUES (NEW.id); END; INSERT INTO p VALUES (1, 'a')`,
    after: `CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT NOT NULL CHECK (n <> '')); CREATE TABLE c (p_id INTEGER REFERENCES p (id) ON DELETE CASCADE); CREATE VIEW v AS SELECT n FROM p;
      CREATE TRIGGER g AFTER INSERT ON p BEGIN INSERT INTO c VALUES (NEW.id); END`,
    kept: ['SELECT n, p_id FROM p JOIN c ON p_id = id', [{ n: 'a', p_id: 1 }]],
  },
];

const own: Readonly<Record<Flavour, readonly Case[]>> = { sqlite, pglite: postgres, postgres, mariadb: mysql };

interface Place {
  readonly connection: Connection;
  readonly server: Server;
  readonly engine: Engine;
  schema(): Promise<Schema>;
  run(statements: readonly Pick<Statement, 'sql'>[]): Promise<void>;
  end(): Promise<void>;
}

interface Kept extends Pick<Place, 'connection' | 'server' | 'engine'> {
  drop(): Promise<void>;
}

/** Databases of kinds of which emptying one costs less than making one. */
const free: Readonly<Partial<Record<Flavour, Kept[]>>> = { postgres: [], pglite: [] };

afterAll(async () => {
  for (const kept of Object.values(free).flat()) await kept.drop();
});

async function made(flavour: Flavour): Promise<Kept> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  const engine = await engineFor(database.driver.engine);
  for (const sql of engine.session.start) await connection.query(sql);
  const server = await ask(connection, engine.identify());
  const drop = async (): Promise<void> => {
    await connection.close();
    await database.drop();
  };
  return { connection, server, engine, drop };
}

async function place(flavour: Flavour, script: string): Promise<Place> {
  const kept = free[flavour]?.pop() ?? (await made(flavour));
  const { connection, server, engine } = kept;
  if (free[flavour] !== undefined) await emptied(connection, server);
  const run: Place['run'] = async (statements) => {
    for (const { sql } of statements)
      await connection.query(sql).catch((error: unknown) => Promise.reject(new Error(`${String(error)}\n${sql}`)));
  };
  await run(engine.split(script).statements);
  return {
    connection,
    server,
    engine,
    run,
    schema: async () => {
      const schema = await ask(connection, engine.inspect(server));
      return engine.facts === undefined ? schema : { ...schema, facts: await ask(connection, engine.facts(server)) };
    },
    end: async () => {
      if (free[flavour] === undefined) await kept.drop();
      else free[flavour].push(kept);
    },
  };
}

/** The statements from one structure to another. */
function way(from: Schema, to: Schema, { engine, server }: Place): readonly Statement[] {
  const found = diff(from, to, engine.diff);
  if ('refused' in found) throw new Error(found.refused);
  const rendered = renderChanges(
    found.changes.map((change) => ({ change })),
    engine,
    server,
    found.from,
  );
  expect(rendered.problems.map((problem) => problem.message)).toEqual([]);
  return rendered.statements;
}

/** A structure of a thousand tables like the only one of a structure. */
function thousand(schema: Schema): Schema {
  const [table] = tablesOf(schema);
  if (table === undefined) throw new Error('there is no table');
  return schemaOf(Array.from({ length: 1000 }, (_, i) => ({ ...table, name: { ...table.name, name: `${table.name.name}${i}` } })));
}

describe.each(flavours)('on %s', (flavour) => {
  test('one change in a thousand tables is one statement', async () => {
    const one = await place(flavour, 'CREATE TABLE t (id integer NOT NULL, n integer)');
    const schema = thousand(await one.schema());
    const other = await place(flavour, 'CREATE TABLE t (id integer NOT NULL, n integer, more integer)');
    const [changed] = tablesOf(await other.schema());
    const wanted = new Map(schema.objects);
    const [key, table] = [...schema.objects][500] ?? [];
    if (key === undefined || table?.kind !== 'table' || changed === undefined) throw new Error('there are no tables');
    wanted.set(key, { ...table, columns: changed.columns });
    const statements = way(schema, { ...schema, objects: wanted }, one);
    expect(statements.map(({ sql }) => sql.replaceAll(/["`]/g, ''))).toEqual([
      expect.stringMatching(/^ALTER TABLE \S*t500 ADD COLUMN more /i),
    ]);
    await one.end();
    await other.end();
  });

  test.each([...everywhere, ...own[flavour]].map((one) => [one.title, one] as const))(
    '%s: there, back, and made from nothing',
    async (_, { before, after, kept }) => {
      const old = await place(flavour, before);
      const other = await place(flavour, after);
      const [was, wanted] = [await old.schema(), await other.schema()];
      await other.end();

      expect(way(wanted, structuredClone(wanted), old)).toEqual([]);
      await old.run(way(was, wanted, old));
      expect(canonicalSchema(await old.schema())).toBe(canonicalSchema(wanted));
      if (kept !== undefined) expect((await old.connection.query(kept[0])).rows).toEqual(kept[1]);
      await old.run(way(await old.schema(), was, old));
      expect(canonicalSchema(await old.schema())).toBe(canonicalSchema(was));
      if (kept !== undefined) expect((await old.connection.query(kept[0])).rows).toEqual(kept[1]);
      await old.end();

      const empty = await place(flavour, '');
      await empty.run(way(emptySchema, wanted, empty));
      expect(canonicalSchema(await empty.schema())).toBe(canonicalSchema(wanted));
      await empty.run(way(await empty.schema(), emptySchema, empty));
      expect([...(await empty.schema()).objects.keys()]).toEqual([]);
      await empty.end();
    },
  );
});
