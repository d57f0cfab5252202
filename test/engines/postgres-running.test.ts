import { describe, expect, test } from 'vitest';
import { type Loss, lossCap } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';
import { type Change, type ColumnType, emptySchema } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { flavours, placeFor, renderAll, send } from './postgres-support.ts';

const tables = { history: '"public"."lockstep_history"', log: '"public"."lockstep_log"' };
const first = { module: "'app'", version: "'1'", name: "'it''s'", state: "'failed'" };

describe.each(flavours)('on %s', (flavour) => {
  const place = placeFor(flavour);
  const { history } = postgres;
  const lost = (...losses: readonly Loss[]): Promise<readonly unknown[]> =>
    ask(place().connection, postgres.losses(losses, place().server)).then((found) => found.map(({ loss, rows }) => [loss, rows]));

  test('the history can be set up twice, and has the columns that the store asks for', async () => {
    const { begin, run, rows } = place();
    await begin();
    await run([...history.create(tables), ...history.create(tables)].join(';'));
    const columns = async (table: string): Promise<string> =>
      String(
        (
          await rows(
            `SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) AS names FROM information_schema.columns WHERE table_name = '${table}'`,
          )
        )[0]?.['names'],
      );
    expect(await columns('lockstep_history')).toBe(
      'id module version name state checksum down_checksum text_hash file format started_at finished_at milliseconds run by_user host error reason done total finished intent probe direction text back rendered kind fixture_set',
    );
    expect(await columns('lockstep_log')).toBe('seq at event migration run by_user host detail');
  });

  test('a row is inserted, then updated in the columns that are given', async () => {
    const { begin, run, rows } = place();
    await begin(history.create(tables).join(';'));
    await run(history.upsert(tables.history, "'a'", { ...first, done: '2', started_at: history.now }));
    await run(history.upsert(tables.history, "'a'", { ...first, state: "'applied'", error: "'late'", done: '(SELECT 40 + 2)' }));
    expect(await rows(`SELECT id, name, state, done, total, error, started_at FROM ${tables.history}`)).toEqual([
      {
        id: 'a',
        name: "it's",
        state: 'applied',
        done: 42,
        total: 0,
        error: 'late',
        started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);
  });

  test('the time that has passed is counted from the message, and what came before it added', async () => {
    const { begin, run, rows } = place();
    await begin();
    await run('BEGIN; SELECT pg_sleep(0.03)');
    const elapsed = `${history.elapsed({ now: 0, agoMs: 1000.2 })} AS ms`;
    const [row] = await rows(`SELECT pg_sleep(0.03); SELECT ${elapsed}, EXTRACT(epoch FROM clock_timestamp() - now()) * 1000 AS real`);
    await run('COMMIT');
    expect(Number(row?.['ms'])).toBeGreaterThanOrEqual(1030);
    expect(Number(row?.['ms'])).toBeLessThanOrEqual(Number(row?.['real']) + 1001 - 30);
  });

  test('losses are counted: rows, and values that are not null; what is empty or not there loses nothing', async () => {
    await place().begin(
      `CREATE TABLE t (a int, "B" text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (NULL, NULL); CREATE TABLE empty (a int); CREATE VIEW v AS SELECT 1 AS a`,
    );
    const t = { name: 't' };
    expect(
      await lost(
        { what: 'table', table: t },
        { what: 'column', table: t, column: 'a' },
        { what: 'values', table: { schema: 'public', name: 't' }, column: 'B' },
        { what: 'rows', table: { name: 'empty' } },
        { what: 'table', table: { name: 'nowhere' } },
        { what: 'column', table: t, column: 'nowhere' },
        { what: 'table', table: { name: 'v' } },
      ),
    ).toEqual([
      [{ what: 'table', table: t }, 3],
      [{ what: 'column', table: t, column: 'a' }, 2],
      [{ what: 'values', table: t, column: 'B' }, 1],
    ]);
    expect(await lost()).toEqual([]);
  });

  test('losses are counted no further than the cap', async () => {
    await place().begin('CREATE UNLOGGED TABLE t (a int)');
    await place().run(`INSERT INTO t SELECT generate_series(1, ${lossCap + 500})`);
    expect(await lost({ what: 'rows', table: { name: 't' } })).toEqual([[{ what: 'rows', table: { name: 't' } }, lossCap + 1]]);
  });

  test('what one statement takes from several tables is told for each of them', async () => {
    const { begin, server } = place();
    await begin(`CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('a'); CREATE DOMAIN feeling AS app.mood; CREATE TABLE app.t (m app.mood[], f feeling); INSERT INTO app.t VALUES ('{a}', 'a');
      CREATE TABLE app.empty (a int); CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY REFERENCES p); CREATE TABLE g (id int REFERENCES c); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1); INSERT INTO g VALUES (1), (1);`);
    const of = async (sql: string): Promise<readonly unknown[]> =>
      lost(...postgres.classify(sql, server).risks.flatMap((risk) => (risk.kind === 'loses' ? [risk.loss] : [])));
    expect(await of('DROP SCHEMA app CASCADE')).toEqual([[{ what: 'table', table: { schema: 'app', name: 't' } }, 1]]);
    expect(await of('DROP TYPE app.mood CASCADE')).toEqual([
      [{ what: 'column', table: { schema: 'app', name: 't' }, column: 'm' }, 1],
      [{ what: 'column', table: { schema: 'app', name: 't' }, column: 'f' }, 1],
    ]);
    expect(await of('TRUNCATE p CASCADE')).toEqual([
      [{ what: 'rows', table: { name: 'p' } }, 1],
      [{ what: 'rows', table: { name: 'c' } }, 1],
      [{ what: 'rows', table: { name: 'g' } }, 2],
    ]);
    expect(await of('TRUNCATE p')).toEqual([[{ what: 'rows', table: { name: 'p' } }, 1]]);
    expect(await of('DROP DATABASE elsewhere')).toEqual([[{ what: 'table', table: { name: '*' } }, lossCap + 1]]);
  });

  test('rows that row security hides count as many', async () => {
    const { begin, run } = place();
    await begin(`CREATE TABLE t (a int); CREATE TABLE empty (a int); INSERT INTO t VALUES (1); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE empty ENABLE ROW LEVEL SECURITY;
      CREATE ROLE ls_${flavour}_hidden; GRANT USAGE ON SCHEMA public TO ls_${flavour}_hidden; GRANT SELECT ON t, empty TO ls_${flavour}_hidden`);
    await run(`SET ROLE ls_${flavour}_hidden`);
    const found = await lost({ what: 'rows', table: { name: 't' } }, { what: 'rows', table: { name: 'empty' } });
    await run(`RESET ROLE; DROP OWNED BY ls_${flavour}_hidden; DROP ROLE ls_${flavour}_hidden`);
    expect(found).toEqual([[{ what: 'rows', table: { name: 't' } }, lossCap + 1]]);
  });
});

/** Types in pairs, with a value that fits most of them. */
const types: readonly (readonly [ColumnType, string])[] = [
  [{ kind: 'integer', bits: 16 }, '7'],
  [{ kind: 'integer', bits: 32 }, '7'],
  [{ kind: 'integer', bits: 64 }, '7'],
  [{ kind: 'decimal' }, '7.5'],
  [{ kind: 'decimal', precision: 6, scale: 2 }, '7.25'],
  [{ kind: 'decimal', precision: 8, scale: 2 }, '7.25'],
  [{ kind: 'decimal', precision: 20, scale: 4 }, '7.25'],
  [{ kind: 'float', bits: 32 }, '7.5'],
  [{ kind: 'float', bits: 64 }, '7.5'],
  [{ kind: 'boolean' }, 'true'],
  [{ kind: 'string', length: 5 }, "'7'"],
  [{ kind: 'string', length: 9 }, "'7'"],
  [{ kind: 'string' }, "'7'"],
  [{ kind: 'text' }, "'7'"],
  [{ kind: 'char', length: 3 }, "'7'"],
  [{ kind: 'date' }, "'2026-01-31'"],
  [{ kind: 'time' }, "'10:00:01.25'"],
  [{ kind: 'time', precision: 1 }, "'10:00:01.2'"],
  [{ kind: 'timestamp', zone: false }, "'2026-01-31 10:00:01.25'"],
  [{ kind: 'timestamp', zone: false, precision: 1 }, "'2026-01-31 10:00:01.2'"],
  [{ kind: 'timestamp', zone: true }, "'2026-01-31 10:00:01.25+02'"],
  [{ kind: 'uuid' }, "'6e65c3a1-0f4f-4e43-9d3c-0a5f6a1c2b3d'"],
  [{ kind: 'json' }, "'7'"],
  [{ kind: 'named', type: { name: 'mood' } }, "'7'"],
  [{ kind: 'array', of: { kind: 'integer', bits: 32 } }, "'{7}'"],
  [{ kind: 'array', of: { kind: 'text' } }, "'{7}'"],
];

describe('a change of type that is told to keep values', () => {
  const place = placeFor('postgres');
  const before = `CREATE TYPE mood AS ENUM ('7'); SET timezone = 'Europe/Berlin'`;

  test.each(types)('from %j keeps them, and writes the table anew only where it is told', { timeout: 120_000 }, async (from, value) => {
    const { begin, run, rows, connection, server } = place();
    await begin(before);
    const table = {
      kind: 'table',
      name: { name: 't' },
      columns: [{ name: 'c', type: from, nullable: true }],
      constraints: [],
      indexes: [],
      options: {},
    } as const;
    const look = async (): Promise<{ readonly value: unknown; readonly file: unknown }> => {
      const [row] = await rows("SELECT c::text AS value, pg_relation_filenode('t') AS file FROM t");
      return { value: row?.['value'], file: row?.['file'] };
    };
    const retype = (type: ColumnType): Change => ({ kind: 'alterColumn', table: table.name, name: 'c', set: { type } });
    for (const [to] of types) {
      await run('DROP TABLE IF EXISTS t');
      const made = renderAll(server, emptySchema, [{ kind: 'createTable', table }]);
      await send(connection, made.statements);
      await run(`INSERT INTO t VALUES (${value})`);
      const first = await look();
      const there = renderAll(server, made.after, [retype(to)]);
      const risks = new Set(there.statements.flatMap((statement) => statement.risks.map(({ kind }) => kind)));
      const what = JSON.stringify([from, to]);
      const error = await send(connection, there.statements).then(
        () => undefined,
        (reason: unknown) => reason as { readonly code: string },
      );
      if (error !== undefined) {
        // No cast leads there, or the value does not fit: then nothing was promised.
        expect(error.code, what).toMatch(/^(42804|42846|22\w+)$/);
        expect(risks, what).toContain('loses');
        continue;
      }
      if (!risks.has('rewrites')) expect((await look()).file, what).toBe(first.file);
      if (risks.has('loses')) continue;
      await send(connection, renderAll(server, there.after, [retype(from)]).statements);
      expect((await look()).value, what).toBe(first.value);
    }
  });
});
