import { describe, expect, test } from 'vitest';
import { postgres } from '../../src/engines/postgres/index.ts';
import { canonicalSchema, keyOf, type QualifiedName, tableOf } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { flavours, placeFor } from './postgres-support.ts';

const family = `CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id serial PRIMARY KEY, p int REFERENCES parent, at timestamptz DEFAULT '2026-01-31 12:00:00+00');
  CREATE TABLE other (id int); CREATE VIEW seen AS SELECT id FROM other; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('a');
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION note();
  CREATE TABLE app.parent (id int, m app.mood DEFAULT 'a', CHECK (m <> 'a')); CREATE VIEW app.seen AS SELECT id FROM parent; CREATE SEQUENCE free; CREATE SEQUENCE mine OWNED BY child.p;`;

describe.each(flavours)('on %s', (flavour) => {
  const place = placeFor(flavour);
  const read = (tables?: readonly QualifiedName[]): Promise<Awaited<ReturnType<ReturnType<typeof place>['schema']>>> =>
    ask(place().connection, postgres.inspect(place().server, tables));

  test('leaves out what is the system’s, an extension’s, temporary or our own', async () => {
    const { begin, run } = place();
    await begin('CREATE TABLE t (a int)');
    await run('CREATE TEMP TABLE passing (a int)');
    for (const sql of postgres.history.create({ history: 'lockstep_history', log: 'lockstep_log' })) await run(sql);
    if (flavour === 'postgres') await run('CREATE EXTENSION citext');
    const keys = [...(await read()).objects.keys()];
    expect(keys).toEqual(flavour === 'postgres' ? ['table t', 'extension citext'] : ['table t']);
  });

  test('reads some tables with what belongs to them, and the tables whose foreign keys lead to them', async () => {
    await place().begin(family);
    const some = await read([{ name: 'parent' }, { name: 'nowhere' }]);
    expect([...some.objects.keys()].sort()).toEqual(['sequence mine', 'table child', 'table parent', 'trigger parent/tr']);
    expect(some.scope).toEqual(new Set(['table parent', 'table nowhere']));
    const all = await read();
    expect(tableOf(some, { name: 'child' })).toEqual(tableOf(all, { name: 'child' }));
    expect(await read([])).toEqual({ objects: new Map(), scope: new Set() });
  });

  test('reads a view that is asked for by its name, and the partitions of a table', async () => {
    await place().begin(`${family} CREATE TABLE whole (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF whole DEFAULT`);
    const some = await read([{ name: 'seen' }, { name: 'whole' }]);
    expect([...some.objects.keys()].sort()).toEqual(['table part', 'table whole', 'view seen']);
    expect(tableOf(some, { name: 'part' })?.options).toEqual({ partitionOf: 'whole DEFAULT' });
  });

  test('says the same whatever the session is set to, and leaves its settings alone', async () => {
    const { begin, run, rows, schema, fingerprint } = place();
    await begin(family);
    const [first, finger] = [canonicalSchema(await schema()), await fingerprint()];
    expect(first).toContain('2026-01-31 12:00:00+00');
    const settings =
      "SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone, current_setting('datestyle') AS style";
    const odd =
      "SET search_path = app, public; SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'; SET standard_conforming_strings = off; SET extra_float_digits = -5";
    await run(odd);
    const before = await rows(settings);
    expect([canonicalSchema(await schema()), await fingerprint()]).toEqual([first, finger]);
    expect(await rows(settings)).toEqual(before);

    await run("RESET ALL; BEGIN; SET LOCAL search_path = app; SET timezone = 'Asia/Tokyo'");
    const inside = await rows(settings);
    expect([canonicalSchema(await schema()), await fingerprint()]).toEqual([first, finger]);
    expect(await rows(settings)).toEqual(inside);
    await run('COMMIT');
    expect(await rows(settings)).toMatchObject([{ path: expect.stringContaining('public'), zone: 'Asia/Tokyo' }]);
  });

  test('names stand without the namespace of the connection and with every other', async () => {
    const { begin, run } = place();
    await begin(family);
    const seen = (await read()).objects.get('view app.seen');
    expect(seen).toMatchObject({ query: expect.stringMatching(/FROM parent$/) });
    await run('SET search_path = app');
    const server = await ask(place().connection, postgres.identify());
    const other = await ask(place().connection, postgres.inspect(server));
    expect([...other.objects.keys()]).toContain('table public.parent');
    expect(other.objects.get('view seen')).toMatchObject({ query: expect.stringMatching(/FROM public\.parent$/) });
    expect(other.objects.get('table parent')).toMatchObject({
      columns: [{ name: 'id' }, { name: 'm', type: { kind: 'named', type: { name: 'mood' } }, default: { value: 'a' } }],
    });
  });

  test('the fingerprint does not depend on the order in which things were made', async () => {
    const { begin, fingerprint } = place();
    await begin('CREATE TABLE a (x int, y text); CREATE TABLE b (z int); CREATE INDEX i ON a (x); CREATE INDEX j ON a (y)');
    const first = await fingerprint();
    await begin('CREATE TABLE b (z int); CREATE TABLE a (y text, x int); CREATE INDEX j ON a (y); CREATE INDEX i ON a (x)');
    expect(await fingerprint()).toBe(first);
  });

  test.each([
    'ALTER TABLE t ALTER a SET DEFAULT 2',
    'ALTER TABLE t ALTER a TYPE bigint',
    'ALTER TABLE t ALTER a SET NOT NULL',
    'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE t SET (fillfactor = 50)',
    "COMMENT ON COLUMN t.a IS 'x'",
    'CREATE INDEX i ON t (a)',
    'ALTER TABLE t ADD CHECK (a > 0)',
    'CREATE OR REPLACE VIEW v AS SELECT 2 AS a',
    'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 2$$',
    "ALTER TYPE mood ADD VALUE 'z'",
    'ALTER DOMAIN d SET NOT NULL',
    'ALTER TYPE pair ADD ATTRIBUTE z int',
    'ALTER SEQUENCE s INCREMENT BY 2',
    'CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING',
    'CREATE POLICY p ON t USING (true)',
    'ALTER TABLE t DISABLE TRIGGER tr',
    'CREATE AGGREGATE agg(int) (SFUNC = int4pl, STYPE = int)',
    'CREATE TYPE span AS RANGE (subtype = int)',
    'CREATE STATISTICS st ON a, b FROM t',
    'CREATE PUBLICATION pub FOR TABLE t',
    "CREATE COLLATION co (provider = libc, locale = 'C')",
    'CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)',
    'CREATE CAST (pair AS text) WITH INOUT',
    'CREATE TEXT SEARCH CONFIGURATION ts (COPY = simple)',
    'CREATE SCHEMA other',
    'ALTER TABLE t ALTER i SET GENERATED ALWAYS',
  ])('the fingerprint is another one after %s', async (sql) => {
    const { begin, run, fingerprint } = place();
    await begin(`CREATE TABLE t (a int, b text, i int GENERATED BY DEFAULT AS IDENTITY); CREATE VIEW v AS SELECT 1 AS a; CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN d AS int;
      CREATE TYPE pair AS (x int); CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note()`);
    const first = await fingerprint();
    await run(sql);
    expect(await fingerprint()).not.toBe(first);
  });

  test('neither the fingerprint nor a probe moves when only rows do', async () => {
    const { begin, run, rows, server, fingerprint } = place();
    await begin('CREATE TABLE t (a serial PRIMARY KEY, b text); CREATE SEQUENCE s');
    const probe = `SELECT ${postgres.probe(['table t', 'sequence s'], server)} AS probe`;
    const [first, probed] = [await fingerprint(), await rows(probe)];
    await run("INSERT INTO t (b) SELECT 'x' FROM generate_series(1, 100); SELECT nextval('s'); ANALYZE t");
    expect([await fingerprint(), await rows(probe)]).toEqual([first, probed]);
  });

  test('a probe says the same whatever the session is set to, is never null, and fits into a statement', async () => {
    const { begin, run, rows, server } = place();
    await begin(
      'CREATE TABLE t (a int CHECK (a > 0), b timestamptz DEFAULT now()); CREATE TABLE note (x text); INSERT INTO note VALUES (NULL)',
    );
    const probe = postgres.probe(
      ['table t', 'table nowhere', 'routine app.f', 'opaque "event trigger e"', 'trigger t/tr', 'nonsense'],
      server,
    );
    const first = await rows(`SELECT (${probe}) AS probe`);
    await run("SET search_path = ''; SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'");
    expect(await rows(`SELECT (${probe}) AS probe`)).toEqual(first);
    await run(`UPDATE public.note SET x = (${probe}); INSERT INTO public.note VALUES (${probe}), (${postgres.probe([], server)})`);
    const texts = (await rows('SELECT x FROM public.note')).map(({ x }) => x);
    expect(texts).toEqual([first[0]?.['probe'], first[0]?.['probe'], 'nothing']);
  });

  test('names and values of every sort come back as they went in', async () => {
    const { begin, connection, rows, schema, server } = place();
    await begin();
    const odd = ['a"b', "it's", 'back\\slash', 'Größe 😀', 'x'.repeat(63), '$$', 'select', ' ', 'a.b/c (d)'];
    const texts = ['', 'it\'s \\ "x" $$ 😀 \n\t', "\\'", '\\x00', 'ÿ', '%s %I ; --', "E'a'"];
    const { quote } = postgres;
    for (const name of odd) {
      const table = quote.name({ name });
      await connection.query(`CREATE TABLE ${table} (${odd.map((column) => `${quote.identifier(column)} text`).join(', ')})`);
      await connection.query(`COMMENT ON TABLE ${table} IS ${quote.literal(name)}`);
    }
    const read = await schema();
    for (const name of odd) {
      expect(tableOf(read, { name })).toMatchObject({ comment: name, columns: odd.map((column) => ({ name: column })) });
      expect(read.objects.has(keyOf({ kind: 'table', name: { name } }))).toBe(true);
    }
    for (const setting of ['on', 'off']) {
      await connection.query(`SET standard_conforming_strings = ${setting}; SET escape_string_warning = off; SET backslash_quote = off`);
      for (const text of texts) expect(await rows(`SELECT ${quote.literal(text)} AS x`)).toEqual([{ x: text }]);
      expect(await rows(`SELECT encode(${quote.literal(new Uint8Array([0, 92, 255]))}, 'hex') AS x`)).toEqual([{ x: '005cff' }]);
      expect(await rows(`SELECT ${quote.literal({ json: { 'a\\"': ["it's", null] } })} AS x`)).toEqual([{ x: { 'a\\"': ["it's", null] } }]);
      expect(
        await rows(`SELECT ${quote.literal(-0)}::text AS a, ${quote.literal(Number.NaN)}::text AS b, ${quote.literal(2 ** 60)}::text AS c`),
      ).toEqual([{ a: '-0', b: 'NaN', c: '1152921504606846976' }]);
    }
    expect(server.namespace).toBe('public');
  });
});
