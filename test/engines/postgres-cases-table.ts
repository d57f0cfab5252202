import { type Case, create, family, id, key, noted, number, people, t, table, text } from './postgres-case.ts';

/** Changes of whole tables. */
export const tables: readonly Case[] = [
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
      { ...id, name: 'd', identity: { start: 7 }, extras: { serial: '"t_counter"', sequenceType: 'integer', serialComment: 'counts' } },
    ]),
    same: `CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY, b int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2 MAXVALUE 100 CACHE 3 CYCLE),
      c smallint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1 MINVALUE -50)); CREATE SEQUENCE t_counter AS integer START 7;
      ALTER TABLE t ADD d bigint NOT NULL DEFAULT nextval('t_counter'); ALTER SEQUENCE t_counter OWNED BY t.d; COMMENT ON SEQUENCE t_counter IS 'counts'`,
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
