import type { Change, Column, Constraint, Index, Table } from '../../src/schema/index.ts';
import type { PostgresFlavour, Renderable } from './postgres-support.ts';

/** One change on a database, for every kind of change and for the edges of many. */
export interface Case {
  readonly title: string;
  /** What is there before. */
  readonly given?: string;
  readonly change: Renderable;
  /** What makes the same structure by hand, where PostgreSQL spells something otherwise than the model. */
  readonly same?: string;
  /** Why there is no way back. */
  readonly irreversible?: string;
  /** The inverse is one that PostgreSQL cannot do, for this reason. */
  readonly noReturn?: string;
  readonly only?: PostgresFlavour;
}

const t = { name: 't' };
const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false };
const text = (name: string, more: Partial<Column> = {}): Column => ({ name, type: { kind: 'text' }, nullable: true, ...more });
const number = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: { kind: 'integer', bits: 32 },
  nullable: true,
  ...more,
});
const key: Constraint = { kind: 'primaryKey', name: 't_pkey', columns: ['id'] };
const table = (columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: t,
  columns,
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
const create = (columns: readonly Column[], more: Partial<Table> = {}): Renderable => ({
  kind: 'createTable',
  table: table(columns, more),
});
const alter = (
  set: Extract<Change, { kind: 'alterColumn' }>['set'],
  more: { readonly name?: string; readonly using?: string } = {},
): Renderable => ({
  kind: 'alterColumn',
  table: t,
  name: more.name ?? 'name',
  set,
  ...(more.using === undefined ? {} : { using: more.using }),
});
const add = (column: Column): Renderable => ({ kind: 'addColumn', table: t, column });
const constrain = (constraint: Constraint): Renderable => ({ kind: 'addConstraint', table: t, constraint });
const index = (more: Omit<Index, 'name'>, concurrently?: true): Renderable => ({
  kind: 'createIndex',
  table: t,
  index: { name: 't_idx', ...more },
  ...(concurrently === undefined ? {} : { concurrently }),
});
const people = 'CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, name text NOT NULL, age integer);';
const family = `${people} CREATE TABLE child (id bigint PRIMARY KEY, t_id bigint CONSTRAINT child_fk REFERENCES t (id));`;
const noted = "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";

const tables: readonly Case[] = [
  { title: 'createTable', change: create([id, text('name', { nullable: false })], { constraints: [key], comment: "it's a \\ table" }) },
  { title: 'createTable without columns', change: create([]) },
  {
    title: 'createTable with every type',
    change: create(
      (
        [
          { kind: 'integer', bits: 16 },
          { kind: 'integer', bits: 32 },
          { kind: 'integer', bits: 64 },
          { kind: 'decimal' },
          { kind: 'decimal', precision: 10, scale: 0 },
          { kind: 'decimal', precision: 10, scale: 2 },
          { kind: 'float', bits: 32 },
          { kind: 'float', bits: 64 },
          { kind: 'boolean' },
          { kind: 'string' },
          { kind: 'string', length: 40 },
          { kind: 'text' },
          { kind: 'char', length: 2 },
          { kind: 'binary' },
          { kind: 'date' },
          { kind: 'time' },
          { kind: 'time', precision: 3 },
          { kind: 'timestamp', zone: false },
          { kind: 'timestamp', zone: true },
          { kind: 'timestamp', zone: true, precision: 6 },
          { kind: 'timestamp', zone: false, precision: 0 },
          { kind: 'interval' },
          { kind: 'uuid' },
          { kind: 'json' },
          { kind: 'array', of: { kind: 'integer', bits: 32 } },
          { kind: 'array', of: { kind: 'string', length: 5 } },
          { kind: 'array', of: { kind: 'named', type: { name: 'mood' } } },
          { kind: 'named', type: { name: 'mood' } },
          { kind: 'named', type: { schema: 'app', name: 'Odd "type"' } },
          { kind: 'native', engine: 'postgres', text: 'json' },
          { kind: 'native', engine: 'postgres', text: 'inet' },
          { kind: 'native', engine: 'postgres', text: 'bit varying(5)' },
          { kind: 'native', engine: 'postgres', text: 'interval day to second(3)' },
          { kind: 'native', engine: 'postgres', text: 'time(2) with time zone' },
          { kind: 'native', engine: 'postgres', text: 'int4range' },
          { kind: 'native', engine: 'postgres', text: 'numeric(3,-2)' },
        ] as const
      ).map((type, at) => ({ name: `c${at}`, type, nullable: true })),
    ),
    given: `CREATE TYPE mood AS ENUM ('sad'); CREATE SCHEMA app; CREATE DOMAIN app."Odd ""type""" AS integer;`,
    same: `CREATE TABLE t (c0 smallint, c1 int, c2 bigint, c3 numeric, c4 numeric(10), c5 numeric(10,2), c6 real, c7 float8, c8 bool, c9 varchar,
      c10 varchar(40), c11 text, c12 char(2), c13 bytea, c14 date, c15 time, c16 time(3), c17 timestamp, c18 timestamptz, c19 timestamptz(6),
      c20 timestamp(0), c21 interval, c22 uuid, c23 jsonb, c24 int[], c25 varchar(5)[], c26 mood[], c27 mood, c28 app."Odd ""type""",
      c29 json, c30 inet, c31 varbit(5), c32 interval day to second(3), c33 timetz(2), c34 int4range, c35 numeric(3,-2))`,
  },
  {
    title: 'createTable with every default',
    change: create([
      text('a', { default: { value: 'it\'s \\ -- "x" 😀' } }),
      text('b', { default: { value: '' } }),
      { name: 'c', type: { kind: 'boolean' }, nullable: false, default: { value: true } },
      number('d', { default: { value: -7 } }),
      { name: 'e', type: { kind: 'integer', bits: 64 }, nullable: false, default: { value: 9007199254740993n } },
      { name: 'f', type: { kind: 'float', bits: 64 }, nullable: true, default: { value: 1.5 } },
      { name: 'g', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true, default: { value: 9.95 } },
      { name: 'h', type: { kind: 'timestamp', zone: true }, nullable: true, default: { sql: 'now()' } },
      { name: 'i', type: { kind: 'date' }, nullable: true, default: { value: '2026-01-31' } },
      { name: 'j', type: { kind: 'uuid' }, nullable: true, default: { value: '6e65c3a1-0f4f-4e43-9d3c-0a5f6a1c2b3d' } },
      { name: 'k', type: { kind: 'json' }, nullable: true, default: { value: '{"a": [1]}' } },
      { name: 'l', type: { kind: 'string', length: 5 }, nullable: true, default: { value: 'x' } },
      { name: 'm', type: { kind: 'char', length: 3 }, nullable: true, default: { value: 'abc' } },
      { name: 'n', type: { kind: 'integer', bits: 16 }, nullable: true, default: { value: 3 } },
      { name: 'o', type: { kind: 'timestamp', zone: true }, nullable: true, default: { value: '2026-01-31 10:00:00+00' } },
      { name: 'p', type: { kind: 'binary' }, nullable: true, default: { sql: "'\\xdead'::bytea" } },
      { name: 'q', type: { kind: 'array', of: { kind: 'text' } }, nullable: true, default: { sql: "'{}'::text[]" } },
      { name: 'r', type: { kind: 'boolean' }, nullable: true, default: { sql: '1 = 1 AND NOT false IS NULL' } },
    ]),
    same: `CREATE TABLE t (a text DEFAULT E'it''s \\\\ -- "x" 😀', b text DEFAULT '', c boolean NOT NULL DEFAULT true, d integer DEFAULT -7,
      e bigint NOT NULL DEFAULT 9007199254740993, f float8 DEFAULT 1.5, g numeric(10,2) DEFAULT 9.95, h timestamptz DEFAULT now(), i date DEFAULT '2026-01-31',
      j uuid DEFAULT '6e65c3a1-0f4f-4e43-9d3c-0a5f6a1c2b3d', k jsonb DEFAULT '{"a": [1]}', l varchar(5) DEFAULT 'x', m char(3) DEFAULT 'abc', n smallint DEFAULT 3,
      o timestamptz DEFAULT '2026-01-31 10:00:00+00', p bytea DEFAULT '\\xdead', q text[] DEFAULT '{}', r boolean DEFAULT (1 = 1 AND NOT false IS NULL))`,
  },
  {
    title: 'createTable with every constraint',
    given: `CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b));`,
    change: create(
      [
        number('a', { nullable: false }),
        number('b'),
        number('c'),
        { name: 'd', type: { kind: 'native', engine: 'postgres', text: 'int4range' }, nullable: true },
      ],
      {
        constraints: [
          { kind: 'primaryKey', name: 'pk', columns: ['a'], include: ['b'], extras: { with: 'fillfactor=70' } },
          { kind: 'unique', name: 'uq', columns: ['b', 'c'], deferrable: 'deferred', comment: 'a unique one' },
          { kind: 'unique', name: 'uqn', columns: ['c'], nullsNotDistinct: true, include: ['a'] },
          {
            kind: 'foreignKey',
            name: 'fk',
            columns: ['b', 'c'],
            references: { table: { name: 'parent' }, columns: ['a', 'b'] },
            onDelete: 'set null',
            onUpdate: 'cascade',
            match: 'full',
            deferrable: 'immediate',
          },
          {
            kind: 'foreignKey',
            name: 'self',
            columns: ['c'],
            references: { table: t, columns: ['a'] },
            notValid: true,
            comment: 'of itself',
          },
          { kind: 'check', name: 'ck', sql: 'a < b' },
          { kind: 'check', name: 'ckn', sql: 'b > 0 AND c <> 1', noInherit: true, notValid: true },
          { kind: 'exclude', name: 'ex', using: 'gist', elements: [{ sql: 'd', operator: '&&' }], where: 'a > 0', deferrable: 'immediate' },
        ],
      },
    ),
  },
  {
    title: 'createTable with every identity',
    change: create([
      { ...id, identity: {} },
      number('b', {
        nullable: false,
        identity: { always: true, start: 5, increment: 2 },
        extras: { maximum: '100', cache: '3', cycle: 'true' },
      }),
      {
        name: 'c',
        type: { kind: 'integer', bits: 16 },
        nullable: false,
        identity: { start: -1, increment: -1 },
        extras: { minimum: '-50' },
      },
      { ...id, name: 'd', identity: { start: 7 }, extras: { serial: '"t_counter"', sequenceType: 'integer' } },
    ]),
    same: `CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY, b int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2 MAXVALUE 100 CACHE 3 CYCLE),
      c smallint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1 MINVALUE -50)); CREATE SEQUENCE t_counter AS integer START 7;
      ALTER TABLE t ADD d bigint NOT NULL DEFAULT nextval('t_counter'); ALTER SEQUENCE t_counter OWNED BY t.d`,
  },
  {
    title: 'createTable with what a column can have',
    change: create([
      text('a', { collation: 'C', comment: 'a comment', extras: { storage: 'external', statistics: '200' } }),
      text('b', { collation: 'app."german"', extras: { compression: 'pglz', options: 'n_distinct=5' } }),
      text('c', { generated: { sql: "a || 'x'", stored: true }, collation: 'C' }),
    ]),
    given: "CREATE SCHEMA app; CREATE COLLATION app.german (provider = libc, locale = 'C');",
    same: `CREATE TABLE t (a text COLLATE "C", b text COMPRESSION pglz COLLATE app.german, c text COLLATE "C" GENERATED ALWAYS AS (a || 'x') STORED);
      ALTER TABLE t ALTER a SET STORAGE external, ALTER a SET STATISTICS 200, ALTER b SET (n_distinct=5); COMMENT ON COLUMN t.a IS 'a comment'`,
    only: 'postgres',
  },
  {
    title: 'createTable with a virtual column',
    change: create([number('a'), number('b', { generated: { sql: 'a + 1', stored: false } })]),
    only: 'pglite',
  },
  {
    title: 'createTable with indexes',
    change: create([id, text('a'), text('b')], {
      indexes: [
        {
          name: 'i1',
          parts: [
            { column: 'a', order: 'desc' },
            { column: 'b', nulls: 'first' },
          ],
          comment: 'an index',
        },
        {
          name: 'i2',
          parts: [{ sql: 'lower(a)', collation: 'C', operatorClass: 'text_pattern_ops' }],
          unique: true,
          where: 'b IS NOT NULL',
          include: ['id'],
        },
        { name: 'i3', parts: [{ sql: "(a || '-') || b" }], extras: { with: 'fillfactor=50', clustered: 'true' } },
        { name: 'i4', parts: [{ column: 'b' }], method: 'hash' },
        { name: 'i5', parts: [{ column: 'id' }], unique: true, nullsNotDistinct: true },
      ],
    }),
    same: `CREATE TABLE t (id bigint NOT NULL, a text, b text); CREATE INDEX i1 ON t (a DESC, b NULLS FIRST); COMMENT ON INDEX i1 IS 'an index';
      CREATE UNIQUE INDEX i2 ON t (lower(a) COLLATE "C" text_pattern_ops) INCLUDE (id) WHERE b IS NOT NULL; CREATE INDEX i3 ON t ((a || '-' || b)) WITH (fillfactor=50);
      ALTER TABLE t CLUSTER ON i3; CREATE INDEX i4 ON t USING hash (b); CREATE UNIQUE INDEX i5 ON t (id) NULLS NOT DISTINCT`,
  },
  {
    title: 'createTable with options',
    change: create([id], {
      constraints: [key],
      options: {
        unlogged: true,
        fillfactor: 60,
        autovacuum_enabled: false,
        'toast.autovacuum_enabled': false,
        rowSecurity: 'forced',
        replicaIdentity: 'full',
      },
    }),
    same: `CREATE UNLOGGED TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY) WITH (fillfactor=60, autovacuum_enabled=false, toast.autovacuum_enabled=false);
      ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY FULL`,
  },
  {
    title: 'createTable as a partition',
    given: 'CREATE TABLE parent (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);',
    change: create([id, { name: 'at', type: { kind: 'date' }, nullable: false }], {
      options: { partitionOf: "parent FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" },
    }),
  },
  { title: 'createTable with partitions', change: create([id], { options: { partitionBy: 'HASH (id)' } }) },
  {
    title: 'createTable as an heir',
    given: 'CREATE TABLE parent (id bigint NOT NULL);',
    change: create([id, text('own')], { options: { inherits: 'parent' } }),
  },
  {
    title: 'createTable in another namespace',
    given: 'CREATE SCHEMA app',
    change: { kind: 'createTable', table: { ...table([id]), name: { schema: 'app', name: 'T x' } } },
  },
  {
    title: 'dropTable with everything on it',
    given: `${people} ${noted} CREATE INDEX i ON t (age); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted();
      ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t FOR SELECT USING (age > 1); ALTER TABLE t ADD n serial; COMMENT ON COLUMN t.age IS 'years';
      CREATE SEQUENCE extra OWNED BY t.age;`,
    change: { kind: 'dropTable', table: t },
  },
  { title: 'renameTable', given: family, change: { kind: 'renameTable', from: t, to: { name: 'persons' } } },
  {
    title: 'renameTable to another namespace',
    given: `${family} CREATE SCHEMA app`,
    change: { kind: 'renameTable', from: t, to: { schema: 'app', name: 'persons' } },
  },
  {
    title: 'alterTable',
    given: `${people} CREATE UNIQUE INDEX by_name ON t (name);`,
    change: {
      kind: 'alterTable',
      table: t,
      options: { unlogged: true, fillfactor: 50, rowSecurity: 'enabled', replicaIdentity: 'index "by_name"', autovacuum_enabled: false },
    },
  },
  {
    title: 'alterTable back to what is usual',
    given: `CREATE UNLOGGED TABLE t (id int) WITH (fillfactor=50); ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY NOTHING;`,
    change: { kind: 'alterTable', table: t, options: { unlogged: null, fillfactor: null, rowSecurity: null, replicaIdentity: null } },
  },
  {
    title: 'alterTable into a partition',
    given: 'CREATE TABLE parent (id bigint NOT NULL) PARTITION BY LIST (id); CREATE TABLE t (id bigint NOT NULL);',
    change: { kind: 'alterTable', table: t, options: { partitionOf: "parent FOR VALUES IN ('1', '2')" } },
  },
  {
    title: 'alterTable into an heir',
    given: 'CREATE TABLE parent (id bigint); CREATE TABLE other (id bigint); CREATE TABLE t (id bigint) INHERITS (other);',
    change: { kind: 'alterTable', table: t, options: { inherits: 'other, parent' } },
  },
];

const columns: readonly Case[] = [
  { title: 'addColumn', given: people, change: add(text('mail', { nullable: false, default: { value: '' }, comment: 'where to write' })) },
  { title: 'addColumn with an identity', given: people, change: add(number('n', { nullable: false, identity: { start: 10 } })) },
  {
    title: 'addColumn that is serial',
    given: people,
    change: add(number('n', { nullable: false, identity: {}, extras: { serial: '"t_n_seq"' } })),
  },
  { title: 'addColumn that is computed', given: people, change: add(number('n', { generated: { sql: 'age + 1', stored: true } })) },
  {
    title: 'dropColumn with what uses it',
    given: `CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b int, c int, CONSTRAINT ab CHECK (a < b), CONSTRAINT ac UNIQUE (a, c));
      CREATE INDEX i1 ON t (b) INCLUDE (a); CREATE INDEX i2 ON t ((a + 1)); CREATE INDEX i3 ON t (b) WHERE a > 1; CREATE INDEX i4 ON t (b);`,
    change: { kind: 'dropColumn', table: t, name: 'a' },
  },
  {
    title: 'dropColumn that is serial',
    given: 'CREATE TABLE t (id serial PRIMARY KEY, a int);',
    change: { kind: 'dropColumn', table: t, name: 'id' },
  },
  {
    title: 'renameColumn with what uses it',
    given: `${family} CREATE INDEX i ON t (lower(name)) WHERE name <> ''; ALTER TABLE t ADD CHECK (name <> 'x'), ADD full_name text GENERATED ALWAYS AS (name || '!') STORED;
      CREATE POLICY p ON t USING (name = 'a');`,
    change: { kind: 'renameColumn', table: t, from: 'name', to: 'label' },
  },
  { title: 'renameColumn that others refer to', given: family, change: { kind: 'renameColumn', table: t, from: 'id', to: 'number' } },
  {
    title: 'alterColumn to a wider type',
    given: 'CREATE TABLE t (name varchar(5) NOT NULL);',
    change: alter({ type: { kind: 'string', length: 20 } }),
  },
  {
    title: 'alterColumn from text to a number with its default',
    given: "CREATE TABLE t (name text DEFAULT '7', b int); INSERT INTO t VALUES ('5');",
    change: alter({ type: { kind: 'integer', bits: 32 }, default: { value: 8 } }),
  },
  {
    title: 'alterColumn from a number to text',
    given: 'CREATE TABLE t (name int); INSERT INTO t VALUES (5);',
    change: alter({ type: { kind: 'text' } }),
  },
  {
    title: 'alterColumn between enums',
    given:
      "CREATE TYPE a AS ENUM ('x', 'y'); CREATE TYPE b AS ENUM ('y', 'x'); CREATE TABLE t (name a DEFAULT 'x'); INSERT INTO t VALUES ('y');",
    change: alter({ type: { kind: 'named', type: { name: 'b' } } }),
  },
  {
    title: 'alterColumn from truth to number',
    given: 'CREATE TABLE t (name boolean); INSERT INTO t VALUES (true);',
    change: alter({ type: { kind: 'integer', bits: 16 } }),
  },
  {
    title: 'alterColumn with a rule of its own',
    given: "CREATE TABLE t (name text); INSERT INTO t VALUES ('12 kg');",
    change: alter({ type: { kind: 'integer', bits: 32 } }, { using: "split_part(name, ' ', 1)::int" }),
  },
  {
    title: 'alterColumn of an array',
    given: "CREATE TABLE t (name text[]); INSERT INTO t VALUES ('{1,2}');",
    change: alter({ type: { kind: 'array', of: { kind: 'integer', bits: 32 } } }),
  },
  { title: 'alterColumn to not null', given: people, change: alter({ nullable: false }, { name: 'age' }) },
  { title: 'alterColumn to may be null', given: people, change: alter({ nullable: true }) },
  { title: 'alterColumn gives a default', given: people, change: alter({ default: { sql: "lower('A'::text)" } }) },
  { title: 'alterColumn takes the default', given: "CREATE TABLE t (name text DEFAULT 'x')", change: alter({ default: null }) },
  { title: 'alterColumn gives a collation', given: people, change: alter({ collation: 'C' }) },
  { title: 'alterColumn takes the collation', given: 'CREATE TABLE t (name varchar(5) COLLATE "C")', change: alter({ collation: null }) },
  {
    title: 'alterColumn gives an identity',
    given: 'CREATE TABLE t (name int NOT NULL); INSERT INTO t VALUES (41)',
    change: alter({ identity: { always: true } }),
  },
  {
    title: 'alterColumn takes the identity',
    given: 'CREATE TABLE t (name int GENERATED ALWAYS AS IDENTITY (START 5))',
    change: alter({ identity: null }),
  },
  {
    title: 'alterColumn changes the identity',
    given: 'CREATE TABLE t (name int GENERATED ALWAYS AS IDENTITY)',
    change: alter({ identity: { increment: 5 }, extras: { cache: '7' } }),
  },
  {
    title: 'alterColumn takes the identity and not null',
    given: 'CREATE TABLE t (name int GENERATED BY DEFAULT AS IDENTITY)',
    change: alter({ identity: null, nullable: true }),
  },
  {
    title: 'alterColumn of a serial to bigint',
    given: 'CREATE TABLE t (name serial)',
    change: alter({ type: { kind: 'integer', bits: 64 } }),
  },
  {
    title: 'alterColumn of an identity to bigint',
    given: 'CREATE TABLE t (name int GENERATED ALWAYS AS IDENTITY)',
    change: alter({ type: { kind: 'integer', bits: 64 } }),
  },
  {
    title: 'alterColumn from serial to identity',
    given: 'CREATE TABLE t (name serial); INSERT INTO t VALUES (9)',
    change: alter({ identity: {}, extras: null }),
  },
  { title: 'alterColumn makes no serial', given: 'CREATE TABLE t (name serial)', change: alter({ identity: null, extras: null }) },
  {
    title: 'alterColumn of extras',
    given: 'CREATE TABLE t (name text)',
    change: alter({ extras: { storage: 'main', statistics: '50', options: 'n_distinct=-0.5', compression: 'pglz' } }),
  },
  {
    title: 'alterColumn of the comment',
    given: "CREATE TABLE t (name text); COMMENT ON COLUMN t.name IS 'old'",
    change: alter({ comment: 'new' }),
  },
  {
    title: 'alterColumn takes the expression',
    given: 'CREATE TABLE t (a int, name int GENERATED ALWAYS AS (a + 1) STORED)',
    change: alter({ generated: null }),
    noReturn: 'cannot make an existing column',
  },
  {
    title: 'alterColumn changes the expression',
    given: 'CREATE TABLE t (a int, name int GENERATED ALWAYS AS (a + 1) STORED)',
    change: alter({ generated: { sql: 'a + 2', stored: true } }),
    only: 'pglite',
  },
];

const constraints: readonly Case[] = [
  {
    title: 'addConstraint primary key',
    given: 'CREATE TABLE t (id int, b int NOT NULL)',
    change: constrain({ kind: 'primaryKey', name: 'k', columns: ['id', 'b'] }),
  },
  {
    title: 'addConstraint unique',
    given: people,
    change: constrain({ kind: 'unique', name: 'k', columns: ['name'], comment: 'one of a kind' }),
  },
  {
    title: 'addConstraint foreign key',
    given: family,
    change: constrain({
      kind: 'foreignKey',
      name: 'k',
      columns: ['age'],
      references: { table: { name: 'child' }, columns: ['id'] },
      onDelete: 'cascade',
      notValid: true,
    }),
  },
  {
    title: 'addConstraint check',
    given: people,
    change: constrain({ kind: 'check', name: 'k', sql: 'age > 0 -- years' }),
    same: 'ALTER TABLE t ADD CONSTRAINT k CHECK (age > 0)',
  },
  {
    title: 'addConstraint exclude',
    given: 'CREATE TABLE t (r int4range)',
    change: constrain({ kind: 'exclude', name: 'k', using: 'gist', elements: [{ sql: 'r', operator: '&&' }] }),
  },
  {
    title: 'addConstraint unique without a name',
    given: people,
    change: constrain({ kind: 'unique', columns: ['name', 'age'] }),
    same: 'ALTER TABLE t ADD UNIQUE (name, age)',
  },
  {
    title: 'addConstraint primary key without a name',
    given: 'CREATE TABLE t (id int NOT NULL)',
    change: constrain({ kind: 'primaryKey', columns: ['id'] }),
    same: 'ALTER TABLE t ADD PRIMARY KEY (id)',
  },
  {
    title: 'addConstraint check without a name',
    given: 'CREATE TABLE t (id int NOT NULL)',
    change: constrain({ kind: 'check', sql: 'id > 0' }),
    same: 'ALTER TABLE t ADD CHECK (id > 0)',
  },
  { title: 'dropConstraint', given: family, change: { kind: 'dropConstraint', table: { name: 'child' }, name: 'child_fk' } },
  {
    title: 'dropConstraint by its columns',
    given: `${people} ALTER TABLE t ADD UNIQUE (name), ADD UNIQUE (age, name);`,
    change: { kind: 'dropConstraint', table: t, type: 'unique', columns: ['age', 'name'] },
  },
  { title: 'dropConstraint primary key', given: people, change: { kind: 'dropConstraint', table: t, type: 'primaryKey', name: 't_pkey' } },
  {
    title: 'renameConstraint',
    given: family,
    change: { kind: 'renameConstraint', table: { name: 'child' }, from: 'child_fk', to: 'parent' },
  },
  {
    title: 'validateConstraint',
    given: `${people} ALTER TABLE t ADD CONSTRAINT k CHECK (age > 0) NOT VALID`,
    change: { kind: 'validateConstraint', table: t, name: 'k' },
  },
  {
    title: 'createIndex',
    given: people,
    change: index({ parts: [{ column: 'name' }, { column: 'age', order: 'desc', nulls: 'last' }], where: 'age > 3' }),
  },
  {
    title: 'createIndex concurrently',
    given: people,
    change: index({ parts: [{ column: 'name' }], unique: true, comment: 'made beside the work' }, true),
  },
  {
    title: 'createIndex on a materialised view',
    given: 'CREATE MATERIALIZED VIEW t AS SELECT 1 AS name',
    change: index({ parts: [{ column: 'name' }] }),
  },
  {
    title: 'createIndex in another namespace',
    given: 'CREATE SCHEMA app; CREATE TABLE app.t (a int)',
    change: { kind: 'createIndex', table: { schema: 'app', name: 't' }, index: { name: 'i', parts: [{ column: 'a' }] } },
  },
  {
    title: 'dropIndex',
    given: `${people} CREATE INDEX i ON t (age); COMMENT ON INDEX i IS 'x'`,
    change: { kind: 'dropIndex', table: t, name: 'i' },
  },
  {
    title: 'dropIndex concurrently',
    given: `${people} CREATE INDEX i ON t (age)`,
    change: { kind: 'dropIndex', table: t, name: 'i', concurrently: true },
  },
  { title: 'renameIndex', given: `${people} CREATE INDEX i ON t (age)`, change: { kind: 'renameIndex', table: t, from: 'i', to: 'j' } },
];

const make = (object: Extract<Change, { kind: 'createObject' }>['object']): Renderable => ({ kind: 'createObject', object });
const replace = (object: Extract<Change, { kind: 'createObject' }>['object']): Renderable => ({ kind: 'replaceObject', object });
/** As PostgreSQL prints it: before version 16 with the table before each column. */
const shortened = 'SELECT 1 AS id,\n    2 AS name';
const f = { schema: 'app', name: 'f' };
const body = (result: string): string =>
  `CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS integer\n LANGUAGE sql\nAS $function$ SELECT ${result} $function$\n`;

const objects: readonly Case[] = [
  {
    title: 'createObject view',
    given: people,
    change: make({ kind: 'view', name: { name: 'v' }, query: shortened, options: { security_barrier: 'true' }, comment: 'a view' }),
  },
  {
    title: 'createObject materialised view',
    given: people,
    change: make({
      kind: 'view',
      name: { name: 'v' },
      query: shortened,
      materialized: true,
      indexes: [{ name: 'i', parts: [{ column: 'id' }], unique: true }],
      comment: 'kept',
      options: { populated: 'false' },
    }),
  },
  {
    title: 'replaceObject view',
    given: `${people} CREATE VIEW v AS SELECT 1 AS id; COMMENT ON VIEW v IS 'old'`,
    change: replace({ kind: 'view', name: { name: 'v' }, query: shortened }),
  },
  {
    title: 'replaceObject view with other options',
    given: `${people} CREATE VIEW v AS SELECT 1 AS id, 3 AS name`,
    change: replace({ kind: 'view', name: { name: 'v' }, query: shortened, options: { security_barrier: 'true' } }),
  },
  {
    title: 'replaceObject materialised view',
    given: `${people} CREATE MATERIALIZED VIEW v AS SELECT id FROM t; CREATE INDEX i ON v (id)`,
    change: replace({ kind: 'view', name: { name: 'v' }, query: shortened, materialized: true }),
  },
  { title: 'replaceObject that is not there', given: people, change: replace({ kind: 'view', name: { name: 'v' }, query: shortened }) },
  {
    title: 'dropObject view',
    given: `${people} CREATE VIEW v AS SELECT id FROM t`,
    change: { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } },
  },
  {
    title: 'dropObject materialised view',
    given: `${people} CREATE MATERIALIZED VIEW v AS SELECT id FROM t; CREATE INDEX i ON v (id)`,
    change: { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } },
  },
  {
    title: 'renameObject view',
    given: `${people} CREATE VIEW v AS SELECT id FROM t; CREATE SCHEMA app`,
    change: { kind: 'renameObject', object: { kind: 'view', name: { name: 'v' } }, to: { schema: 'app', name: 'w' } },
  },
  {
    title: 'createObject sequence',
    given: people,
    change: make({
      kind: 'sequence',
      name: { name: 's' },
      bits: 32,
      start: 5,
      increment: -2,
      minimum: -100,
      maximum: 50,
      cache: 9,
      cycle: true,
      ownedBy: { table: t, column: 'age' },
      comment: 'counts',
    }),
  },
  {
    title: 'replaceObject sequence',
    given: 'CREATE SEQUENCE s START 5 CYCLE',
    change: replace({ kind: 'sequence', name: { name: 's' }, maximum: 9007199254740993n, comment: 'other' }),
  },
  {
    title: 'renameObject sequence',
    given: 'CREATE SEQUENCE s',
    change: { kind: 'renameObject', object: { kind: 'sequence', name: { name: 's' } }, to: { name: 'r' } },
  },
  { title: 'createObject enum', change: make({ kind: 'enum', name: { name: 'mood' }, values: ['sad', "it's", ''], comment: 'a mood' }) },
  {
    title: 'replaceObject enum with values in between',
    given: "CREATE TYPE mood AS ENUM ('b', 'd')",
    change: replace({ kind: 'enum', name: { name: 'mood' }, values: ['a', 'b', 'c', 'd', 'e'] }),
    noReturn: 'cannot become this one in place',
  },
  {
    title: 'renameObject enum',
    given: "CREATE TYPE mood AS ENUM ('b'); CREATE TABLE t (m mood[])",
    change: { kind: 'renameObject', object: { kind: 'enum', name: { name: 'mood' } }, to: { name: 'humour' } },
  },
  {
    title: 'addEnumValue',
    given: "CREATE TYPE mood AS ENUM ('a', 'c')",
    change: { kind: 'addEnumValue', type: { name: 'mood' }, value: 'b', before: 'c' },
    irreversible: 'cannot be taken out',
  },
  {
    title: 'addEnumValue at the end',
    given: "CREATE TYPE mood AS ENUM ('a', 'c')",
    change: { kind: 'addEnumValue', type: { name: 'mood' }, value: "d'" },
    irreversible: 'cannot be taken out',
  },
  {
    title: 'renameEnumValue',
    given: "CREATE TYPE mood AS ENUM ('a', 'c')",
    change: { kind: 'renameEnumValue', type: { name: 'mood' }, from: 'a', to: 'b' },
  },
  {
    title: 'createObject domain',
    change: make({
      kind: 'domain',
      name: { name: 'mail' },
      type: { kind: 'string', length: 80 },
      nullable: false,
      default: { value: 'x@y' },
      collation: 'C',
      checks: [{ name: 'at', sql: "VALUE::text ~~ '%@%'::text" }],
      comment: 'mail',
    }),
  },
  {
    title: 'replaceObject domain',
    given: "CREATE DOMAIN mail AS text CONSTRAINT a CHECK (VALUE <> 'a') CONSTRAINT b CHECK (VALUE <> 'b')",
    change: replace({
      kind: 'domain',
      name: { name: 'mail' },
      type: { kind: 'text' },
      nullable: false,
      default: { value: 'q' },
      checks: [
        { name: 'b', sql: "VALUE <> 'b'::text" },
        { name: 'c', sql: "VALUE <> 'c'::text" },
      ],
    }),
  },
  {
    title: 'createObject composite',
    change: make({
      kind: 'composite',
      name: { name: 'pair' },
      attributes: [
        { name: 'a', type: { kind: 'integer', bits: 32 } },
        { name: 'b "q"', type: { kind: 'text' }, collation: 'C' },
      ],
      comment: 'two',
    }),
  },
  {
    title: 'replaceObject composite',
    given: 'CREATE TYPE pair AS (a int, b text, c date)',
    change: replace({
      kind: 'composite',
      name: { name: 'pair' },
      attributes: [
        { name: 'a', type: { kind: 'integer', bits: 64 } },
        { name: 'b', type: { kind: 'text' } },
        { name: 'c', type: { kind: 'date' } },
        { name: 'd', type: { kind: 'uuid' } },
      ],
    }),
  },
  {
    title: 'createObject routine',
    given: 'CREATE SCHEMA app',
    change: make({ kind: 'routine', routine: 'function', name: f, arguments: 'integer', definition: body('a + 1'), comment: 'adds' }),
  },
  {
    title: 'replaceObject routine',
    given: `CREATE SCHEMA app; ${body('a')}`,
    change: replace({ kind: 'routine', routine: 'function', name: f, arguments: 'integer', definition: body('a + 1'), comment: 'adds' }),
  },
  {
    title: 'renameObject routine',
    given: `CREATE SCHEMA app; ${body('a')}`,
    change: { kind: 'renameObject', object: { kind: 'routine', name: f, arguments: 'integer' }, to: { name: 'g' } },
    same: 'ALTER FUNCTION app.f(integer) RENAME TO g; ALTER FUNCTION app.g(integer) SET SCHEMA public',
  },
  {
    title: 'dropObject routine',
    given: 'CREATE PROCEDURE p(a int, INOUT b text) LANGUAGE sql AS $$ SELECT b $$',
    change: { kind: 'dropObject', object: { kind: 'routine', name: { name: 'p' }, arguments: 'integer, text' } },
  },
  {
    title: 'createObject trigger that does not fire',
    given: people + noted,
    change: make({
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition:
        'CREATE TRIGGER tr BEFORE UPDATE OF age ON t FOR EACH ROW WHEN (new.age > 3) EXECUTE FUNCTION noted();\nALTER TABLE "t" DISABLE TRIGGER "tr"',
      comment: 'watches',
    }),
  },
  {
    title: 'replaceObject trigger',
    given: `${people}${noted} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted(); ALTER TABLE t DISABLE TRIGGER tr`,
    change: replace({
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition: 'CREATE TRIGGER tr AFTER DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION noted()',
    }),
  },
  {
    title: 'replaceObject constraint trigger',
    given: `${people}${noted} CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted()`,
    change: replace({
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition: 'CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION noted()',
    }),
  },
  {
    title: 'renameObject trigger',
    given: `${people}${noted} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted()`,
    change: { kind: 'renameObject', object: { kind: 'trigger', name: { name: 'tr' }, on: t }, to: { name: 'watch' } },
    same: 'ALTER TRIGGER tr ON t RENAME TO watch',
  },
  {
    title: 'createObject policy',
    given: people,
    change: make({
      kind: 'policy',
      name: { name: 'own' },
      on: t,
      restrictive: true,
      command: 'update',
      roles: ['postgres'],
      using: 'age > 1',
      check: 'age < 9',
      comment: 'only those',
    }),
  },
  {
    title: 'replaceObject policy',
    given: `${people} CREATE POLICY own ON t USING (age = 1)`,
    change: replace({ kind: 'policy', name: { name: 'own' }, on: t, using: 'age > 1' }),
  },
  {
    title: 'renameObject policy',
    given: `${people} CREATE POLICY own ON t USING (age = 1)`,
    change: { kind: 'renameObject', object: { kind: 'policy', name: { name: 'own' }, on: t }, to: { name: 'mine' } },
  },
  { title: 'createObject namespace', change: make({ kind: 'namespace', name: { name: 'App' }, comment: 'a place' }) },
  {
    title: 'renameObject namespace',
    given: 'CREATE SCHEMA app; CREATE TABLE app.t (a int)',
    change: { kind: 'renameObject', object: { kind: 'namespace', name: { name: 'app' } }, to: { name: 'shop' } },
  },
  {
    title: 'createObject extension',
    given: 'CREATE SCHEMA app',
    change: make({ kind: 'extension', name: { schema: 'app', name: 'citext' }, comment: 'case' }),
    only: 'postgres',
  },
  {
    title: 'renameObject extension to another namespace',
    given: 'CREATE SCHEMA app; CREATE EXTENSION citext',
    change: { kind: 'renameObject', object: { kind: 'extension', name: { name: 'citext' } }, to: { schema: 'app', name: 'citext' } },
    only: 'postgres',
  },
  ...['table t', 'view v', 'sequence s', 'enum mood', 'domain dom', 'composite pair', 'routine fn', 'namespace app'].map((named): Case => {
    const [kind = '', name = ''] = named.split(' ');
    return {
      title: `setComment on ${kind}`,
      given: `${people} CREATE VIEW v AS SELECT 1 AS a; CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN dom AS int; CREATE TYPE pair AS (a int); CREATE SCHEMA app; CREATE FUNCTION fn() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
      change: {
        kind: 'setComment',
        on: { kind: kind as 'table', name: { name }, ...(kind === 'routine' ? { arguments: '' } : {}) },
        comment: "it's said",
      },
    };
  }),
  {
    title: 'setComment on a column',
    given: people,
    change: { kind: 'setComment', on: { kind: 'column', table: t, name: 'age' }, comment: 'years' },
  },
  {
    title: 'setComment on a constraint',
    given: people,
    change: { kind: 'setComment', on: { kind: 'constraint', table: t, name: 't_pkey' }, comment: 'the key' },
  },
  {
    title: 'setComment on an index',
    given: `${people} CREATE INDEX i ON t (age); COMMENT ON INDEX i IS 'x'`,
    change: { kind: 'setComment', on: { kind: 'index', table: t, name: 'i' }, comment: null },
  },
];

/** Objects that the model keeps in PostgreSQL's own words: what is read makes the same again. */
const opaque: readonly Case[] = (
  [
    ['rule', `${people} CREATE TABLE log (a int);`, 'CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (1)', 'rule r on t'],
    [
      'aggregate',
      '',
      "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE)",
      'aggregate total(integer)',
    ],
    ['statistics', people, 'CREATE STATISTICS st (dependencies) ON name, age FROM t', 'statistics st'],
    ['type', '', 'CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi)', 'type span'],
    ['collation', '', "CREATE COLLATION plain (provider = libc, locale = 'C')", 'collation plain'],
    ['publication', people, "CREATE PUBLICATION pub FOR TABLE t WITH (publish = 'insert, update')", 'publication pub'],
    [
      'event trigger',
      "CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
      "CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION told()",
      'event trigger ev',
    ],
    [
      'constraint',
      'CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int)',
      'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL (b)',
      'constraint k on t',
    ],
  ] as const
).map(([kind, given, sql, name]) => ({
  title: `dropObject opaque ${kind}`,
  given: `${given}; ${sql}; ${kind === 'statistics' ? "COMMENT ON STATISTICS st IS 'two'" : ''}`,
  change: { kind: 'dropObject', object: { kind: 'opaque', name: { name } } },
}));

const rows: readonly Case[] = [
  {
    title: 'insertRows',
    given: people,
    change: {
      kind: 'insertRows',
      table: t,
      rows: [
        { id: 1, name: 'a' },
        { id: 2, name: 'b', age: 3 },
      ],
    },
  },
  {
    title: 'updateRows',
    given: people,
    change: { kind: 'updateRows', table: t, set: { name: 'b' }, where: { equals: { id: 1, age: null } }, was: { name: 'a' } },
  },
  {
    title: 'upsertRows',
    given: people,
    change: { kind: 'upsertRows', table: t, key: ['id'], rows: [{ id: 1, name: 'a' }] },
    irreversible: 'upsert',
  },
  { title: 'deleteRows', given: people, change: { kind: 'deleteRows', table: t, where: { sql: 'age > 3 -- old' }, rows: [] } },
];

export const cases: readonly Case[] = [...tables, ...columns, ...constraints, ...objects, ...opaque, ...rows];
