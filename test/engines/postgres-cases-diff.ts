/** Two structures that differ in something that is hard to get right, and a row or two that must live through it. */
export interface DiffCase {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  /** What is still to be read afterwards, there and back. */
  readonly kept?: readonly [query: string, rows: readonly Readonly<Record<string, unknown>>[]];
}

/** What only PostgreSQL and PGlite know. */
export const postgresDiffCases: readonly DiffCase[] = [
  {
    title: 'a schema goes with a table that others may read, and its rights come back with it',
    before: 'CREATE SCHEMA n; CREATE TABLE n.t (id serial); GRANT SELECT ON n.t TO PUBLIC; GRANT USAGE ON SEQUENCE n.t_id_seq TO PUBLIC',
    after: 'CREATE TABLE other (id integer)',
  },
  {
    title: 'what new tables and routines get by themselves is kept from those that are to have less',
    before:
      'CREATE SCHEMA n; ALTER DEFAULT PRIVILEGES IN SCHEMA n GRANT SELECT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC; CREATE TABLE n.had (id integer)',
    after: `CREATE SCHEMA n; CREATE VIEW n.v AS SELECT 1 AS one; CREATE FUNCTION open() RETURNS integer LANGUAGE sql AS 'SELECT 1';
      ALTER DEFAULT PRIVILEGES IN SCHEMA n GRANT SELECT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
      CREATE TABLE n.had (id integer); CREATE TABLE n.more (id integer)`,
  },
  {
    title: 'a key gets other options with another name, and the foreign key on it does not hold the old one fast',
    before: `CREATE TABLE p (a text NOT NULL, CONSTRAINT p_old UNIQUE (a) WITH (fillfactor=80));
      CREATE TABLE c (p_a text, CONSTRAINT c_p FOREIGN KEY (p_a) REFERENCES p (a)); INSERT INTO p VALUES ('x'); INSERT INTO c VALUES ('x')`,
    after: `CREATE TABLE p (a text NOT NULL, CONSTRAINT p_new UNIQUE (a)); CREATE TABLE c (p_a text, CONSTRAINT c_p FOREIGN KEY (p_a) REFERENCES p (a))`,
    kept: ['SELECT a, p_a FROM p JOIN c ON p_a = a', [{ a: 'x', p_a: 'x' }]],
  },
  {
    title: 'types that no cast leads between change through their text',
    before: `CREATE TYPE mood AS ENUM ('1', '2'); CREATE TABLE t (n bigint, b boolean, u integer, l integer[]); INSERT INTO t VALUES (2, true, NULL, '{7}')`,
    after: `CREATE TYPE mood AS ENUM ('1', '2'); CREATE TABLE t (n mood, b numeric(3,1), u date, l text)`,
    kept: ['SELECT n::text AS n, b::int AS b, u IS NULL AS u, l::text AS l FROM t', [{ n: '2', b: 1, u: true, l: '{7}' }]],
  },
  {
    title: 'bounds move away from where sequences stand: one that began goes on in them, the others begin anew',
    before: `CREATE SEQUENCE begun; CREATE SEQUENCE fresh START 500; CREATE SEQUENCE apart MAXVALUE 10; CREATE SEQUENCE turned;
      CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY, b serial, c text); INSERT INTO t (c) SELECT 'x' FROM generate_series(1, 3);
      CREATE TABLE filler AS SELECT nextval('begun') AS n`,
    after: `CREATE SEQUENCE begun MINVALUE 100; CREATE SEQUENCE fresh MAXVALUE 50; CREATE SEQUENCE apart MINVALUE 20 START 30;
      CREATE SEQUENCE turned INCREMENT -1;
      CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY (MINVALUE 100), b serial, c text); ALTER SEQUENCE t_b_seq MINVALUE 50 START 60 RESTART;
      CREATE TABLE filler (n bigint)`,
    kept: ["SELECT nextval('begun') >= 100 AS begun, (SELECT array_agg(b ORDER BY b)::text FROM t) AS b", [{ begun: true, b: '{1,2,3}' }]],
  },
  {
    title: 'columns begin to count above the lowest that they may count',
    before: 'CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY, b text)',
    after: `CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY (MINVALUE -5 START 1), b text);
      CREATE TABLE u (a bigint GENERATED ALWAYS AS IDENTITY (MINVALUE -5 START 1), b serial); ALTER SEQUENCE u_b_seq MINVALUE -5`,
  },
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
    title: 'a partitioned table changes with its partitions, and partitions of partitions',
    before: `CREATE TABLE m (id int NOT NULL, d date NOT NULL, n int DEFAULT 1, gone text, note varchar(10), CONSTRAINT m_pos CHECK (n > 0)) PARTITION BY RANGE (d);
      CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); ALTER TABLE m1 ALTER n SET DEFAULT 7;
      CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (d);
      CREATE TABLE m2a PARTITION OF m2 FOR VALUES FROM ('2021-01-01') TO ('2021-06-01');
      CREATE TABLE left_over PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE INDEX m_n ON m (n); ALTER TABLE m ADD CONSTRAINT m_note UNIQUE (d, note); CREATE VIEW v AS SELECT n FROM m1;
      INSERT INTO m (id, d, n) VALUES (1, '2020-02-02', 4), (2, '2021-03-03', 5)`,
    after: `CREATE TABLE m (id int NOT NULL, d date NOT NULL, n bigint NOT NULL DEFAULT 2, note varchar(20), added text DEFAULT 'x' NOT NULL,
      CONSTRAINT m_pos2 CHECK (n > 0)) PARTITION BY RANGE (d);
      CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      ALTER TABLE m1 ALTER n SET DEFAULT 8; ALTER TABLE m1 ALTER added SET DEFAULT 'y';
      CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (d);
      CREATE TABLE m2a PARTITION OF m2 FOR VALUES FROM ('2021-01-01') TO ('2021-06-01');
      CREATE TABLE m3 PARTITION OF m FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
      CREATE TABLE left_over (id int NOT NULL, d date NOT NULL, n int DEFAULT 1);
      CREATE INDEX m_n ON m (n, id); CREATE INDEX m_added ON m (added); ALTER TABLE m ADD CONSTRAINT m_pk PRIMARY KEY (id, d);
      CREATE TABLE ref (id int, d date, FOREIGN KEY (id, d) REFERENCES m); CREATE VIEW v AS SELECT n FROM m1`,
    kept: [
      'SELECT id::text AS id, n::text AS n FROM m ORDER BY m.id',
      [
        { id: '1', n: '4' },
        { id: '2', n: '5' },
      ],
    ],
  },
  {
    title: 'heirs of heirs follow their parents and keep what is their own',
    before: `CREATE TABLE p (id int PRIMARY KEY, g int, gone int DEFAULT 3); CREATE TABLE h (x int) INHERITS (p); CREATE TABLE h2 (y int) INHERITS (h);
      ALTER TABLE h ALTER g SET DEFAULT 5; INSERT INTO h2 (id, g, x) VALUES (1, 2, 3)`,
    after: `CREATE TABLE p (id int PRIMARY KEY, g bigint, z int DEFAULT 4, CHECK (z > 0)); CREATE TABLE h (x int, q int, CHECK (q > 0)) INHERITS (p);
      CREATE TABLE h2 (y int) INHERITS (h); ALTER TABLE h ALTER g SET DEFAULT 6`,
    kept: ['SELECT id, g::int AS g, x FROM h2', [{ id: 1, g: 2, x: 3 }]],
  },
  {
    title: 'serial columns let their sequences go, take them over, and become identities that count on',
    before: `CREATE TABLE a (id serial PRIMARY KEY, n int GENERATED BY DEFAULT AS IDENTITY, s serial); INSERT INTO a DEFAULT VALUES; INSERT INTO a DEFAULT VALUES;
      CREATE SEQUENCE b_id_seq AS integer; CREATE TABLE b (id int NOT NULL DEFAULT nextval('b_id_seq')); SELECT setval('b_id_seq', 40)`,
    after: `CREATE SEQUENCE a_id_seq; CREATE TABLE a (id int PRIMARY KEY DEFAULT nextval('a_id_seq'), n serial, s int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME counts));
      CREATE TABLE b (id serial)`,
    kept: ['SELECT (SELECT last_value FROM a_id_seq)::text AS a, (SELECT last_value FROM b_id_seq)::text AS b', [{ a: '2', b: '40' }]],
  },
  {
    title: 'a column that counts owns other sequences beside its own',
    before: `CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY, b serial); CREATE SEQUENCE z AS smallint OWNED BY t.a; CREATE SEQUENCE zz OWNED BY t.b`,
    after: `CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY, b serial); CREATE SEQUENCE z AS smallint OWNED BY t.b; CREATE SEQUENCE zz OWNED BY t.a`,
  },
  {
    title: 'names go from aggregates and ranges to routines, domains and tables',
    before: `CREATE AGGREGATE r(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0'); CREATE TYPE d AS RANGE (subtype = integer);
      CREATE TYPE t AS RANGE (subtype = integer)`,
    after: `CREATE PROCEDURE r(a integer) LANGUAGE plpgsql AS 'BEGIN NULL; END'; CREATE DOMAIN d AS integer; CREATE TABLE t (a integer)`,
  },
  {
    title: 'extended statistics do not know the order of columns',
    before:
      'CREATE TABLE t (a integer, b integer); CREATE STATISTICS s (ndistinct) ON a, b FROM t; CREATE STATISTICS x ON a, (b + 1) FROM t',
    after:
      'CREATE TABLE t (b integer, a integer, c integer); CREATE STATISTICS s (ndistinct) ON a, b FROM t; CREATE STATISTICS z ON a, b, c FROM t',
  },
  {
    title: 'sequences are unlogged as their tables are, or by themselves',
    before: `CREATE UNLOGGED TABLE a (id bigserial, n bigint GENERATED ALWAYS AS IDENTITY (MINVALUE -5 START 1), m int);
      CREATE TABLE b (id serial, n int); CREATE SEQUENCE b_n OWNED BY b.n; CREATE UNLOGGED SEQUENCE alone; CREATE SEQUENCE other; CREATE UNLOGGED TABLE c (id serial)`,
    after: `CREATE UNLOGGED TABLE a (id bigint GENERATED ALWAYS AS IDENTITY, n bigserial, m serial);
      CREATE UNLOGGED TABLE b (id serial, n int); CREATE SEQUENCE b_n OWNED BY b.n; CREATE SEQUENCE alone; CREATE UNLOGGED SEQUENCE other;
      CREATE UNLOGGED TABLE c (id int NOT NULL DEFAULT nextval('other')); CREATE UNLOGGED TABLE d (id serial)`,
    kept: [
      `SELECT relname::text AS name FROM pg_class WHERE relkind = 'S' AND relpersistence = 'u' AND relname IN ('a_n_seq', 'b_n') ORDER BY relname`,
      [{ name: 'a_n_seq' }],
    ],
  },
  {
    title: 'what new objects get by themselves is taken away before they are made',
    before: 'CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC',
    after: 'CREATE SCHEMA s; CREATE TABLE s.t (id integer); ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT INSERT ON TABLES TO PUBLIC',
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
