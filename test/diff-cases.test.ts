import { describe, expect, test } from 'vitest';
import type { Connection, Engine, Server, Statement } from '../src/contracts/index.ts';
import { diff } from '../src/diff/index.ts';
import { renderChanges } from '../src/plan/index.ts';
import { canonicalSchema, emptySchema, type Schema } from '../src/schema/index.ts';
import { ask } from './support/ask.ts';
import { type Flavour, flavours, freshDatabase } from './support/database.ts';
import { engineFor } from './support/engine.ts';

/** Two structures that differ in something that is hard to get right, and a row or two that must live through it. */
interface Case {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  /** What is still to be read afterwards, there and back. */
  readonly kept?: readonly [query: string, rows: readonly Readonly<Record<string, unknown>>[]];
}

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

const postgres: readonly Case[] = [
  {
    title: 'a column that views, a trigger, a policy and a computed column read gets another type',
    before: `CREATE TABLE t (id integer PRIMARY KEY, n integer, twice integer GENERATED ALWAYS AS (n * 2) STORED);
      CREATE VIEW a AS SELECT n FROM t; CREATE VIEW z AS SELECT n + 1 AS m FROM a;
      CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER watch BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION noted();
      CREATE POLICY own ON t USING (n > 0); INSERT INTO t (id, n) VALUES (1, 5)`,
    after: `CREATE TABLE t (id integer PRIMARY KEY, n bigint, twice integer GENERATED ALWAYS AS (n * 2) STORED);
      CREATE VIEW a AS SELECT n FROM t; CREATE VIEW z AS SELECT n + 1 AS m FROM a;
      CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER watch BEFORE UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION noted();
      CREATE POLICY own ON t USING (n > 0)`,
    kept: ['SELECT id::text AS id, n::text AS n, twice::text AS twice FROM t', [{ id: '1', n: '5', twice: '10' }]],
  },
  {
    title: 'an enum loses a value under a default, an array, an index and a check',
    before: `CREATE TYPE mood AS ENUM ('sad', 'glad', 'odd'); CREATE TABLE t (m mood DEFAULT 'glad', list mood[], CHECK (m <> 'sad'::mood));
      CREATE INDEX i ON t (m) WHERE m = 'glad'; CREATE VIEW v AS SELECT m FROM t WHERE m <> 'sad'; INSERT INTO t VALUES ('glad', '{glad}')`,
    after: `CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE t (m mood DEFAULT 'glad', list mood[], CHECK (m <> 'sad'::mood));
      CREATE INDEX i ON t (m) WHERE m = 'glad'; CREATE VIEW v AS SELECT m FROM t WHERE m <> 'sad'`,
    kept: ['SELECT m::text AS m, list::text AS list FROM t', [{ m: 'glad', list: '{glad}' }]],
  },
  {
    title: 'a function that a default, a check, an index and a view call returns another type',
    before: `CREATE FUNCTION f(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE TABLE t (a integer DEFAULT f(1), CHECK (f(a) > 0));
      CREATE INDEX i ON t (f(a)); CREATE VIEW v AS SELECT f(a) AS b FROM t; INSERT INTO t VALUES (7)`,
    after: `CREATE FUNCTION f(integer) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT $1::bigint'; CREATE TABLE t (a integer DEFAULT f(1), CHECK (f(a) > 0));
      CREATE INDEX i ON t (f(a)); CREATE VIEW v AS SELECT f(a) AS b FROM t`,
    kept: ['SELECT a FROM t', [{ a: 7 }]],
  },
  {
    title: 'a function needs the table whose default needs it',
    before: 'CREATE TABLE other (id integer)',
    after: `CREATE TABLE t (id integer, n integer); CREATE FUNCTION next_n() RETURNS integer LANGUAGE sql AS 'SELECT coalesce(max(n), 0) + 1 FROM t';
      ALTER TABLE t ALTER n SET DEFAULT next_n()`,
  },
  {
    title: 'a table goes with its trigger, and the function of the trigger too',
    before: `CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (id integer);
      CREATE TRIGGER watch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted()`,
    after: 'CREATE TABLE other (id integer)',
  },
  {
    title: 'a materialised view with an index is made anew with what stands on it',
    before:
      'CREATE TABLE t (id integer, n integer); CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE UNIQUE INDEX i ON m (id); CREATE VIEW v AS SELECT id FROM m',
    after:
      'CREATE TABLE t (id integer, n integer); CREATE MATERIALIZED VIEW m AS SELECT id, n FROM t; CREATE UNIQUE INDEX i ON m (id); CREATE VIEW v AS SELECT id FROM m',
  },
  {
    title: 'a domain gets another base under nothing, a composite another part',
    before: 'CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TYPE c AS (a integer)',
    after: 'CREATE DOMAIN d AS bigint CHECK (VALUE > 1); CREATE TYPE c AS (a integer, b text)',
  },
  {
    title: 'a sequence that a column owns goes to another column',
    before: "CREATE TABLE t (a integer, b integer); CREATE SEQUENCE s OWNED BY t.a; ALTER TABLE t ALTER a SET DEFAULT nextval('s') * 2",
    after: "CREATE TABLE t (b integer); CREATE SEQUENCE s OWNED BY t.b; ALTER TABLE t ALTER b SET DEFAULT nextval('s') * 2",
  },
  {
    title: 'rights live through a view that is made anew, and are given, taken away and made usual',
    before: `CREATE TABLE t (n integer); CREATE VIEW v AS SELECT n FROM t; GRANT SELECT ON v TO PUBLIC;
      CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
    after: `CREATE TABLE t (n bigint); CREATE VIEW v AS SELECT n FROM t; GRANT SELECT ON v TO PUBLIC; GRANT UPDATE (n) ON t TO PUBLIC;
      CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC`,
  },
  {
    title: 'a table goes whose sequence the default of another table needed',
    before: "CREATE TABLE a (id integer); CREATE SEQUENCE s OWNED BY a.id; CREATE TABLE z (n bigint DEFAULT nextval('s'))",
    after: 'CREATE TABLE other (id integer)',
  },
  {
    title: 'a column gets another collation and keeps its way of storing',
    before: 'CREATE TABLE t (a character(8)); ALTER TABLE t ALTER a SET STORAGE EXTERNAL',
    after: 'CREATE TABLE t (a text COLLATE "C"); ALTER TABLE t ALTER a SET STORAGE EXTERNAL',
  },
  {
    title: 'everything moves to another namespace',
    before: 'CREATE SCHEMA one; CREATE TABLE one.t (id integer); CREATE VIEW one.v AS SELECT id FROM one.t',
    after: 'CREATE SCHEMA two; CREATE TABLE two.t (id integer); CREATE VIEW two.v AS SELECT id FROM two.t',
  },
];

const mysql: readonly Case[] = [
  {
    title: 'a column under a foreign key gets another type on both sides',
    before: `CREATE TABLE p (id int NOT NULL PRIMARY KEY); CREATE TABLE c (p_id int, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (id));
      INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)`,
    after:
      'CREATE TABLE p (id bigint NOT NULL PRIMARY KEY); CREATE TABLE c (p_id bigint, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (id))',
    kept: ['SELECT CAST(p_id AS char) AS p_id FROM c', [{ p_id: '1' }]],
  },
  {
    title: 'a default counts by a sequence of the same database',
    before: 'CREATE TABLE other (id int)',
    after: 'CREATE SEQUENCE s; CREATE TABLE t (n bigint DEFAULT nextval(`s`)); CREATE VIEW v AS SELECT n FROM t',
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

async function place(flavour: Flavour, script: string): Promise<Place> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  const engine = await engineFor(database.driver.engine);
  for (const sql of engine.session.start) await connection.query(sql);
  const server = await ask(connection, engine.identify());
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
      await connection.close();
      await database.drop();
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
    from,
  );
  expect(rendered.problems.map((problem) => problem.message)).toEqual([]);
  return rendered.statements;
}

describe.each(flavours)('on %s', (flavour) => {
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
