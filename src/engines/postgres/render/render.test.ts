import { describe, expect, test } from 'vitest';
import type { Rendered, Server } from '../../../contracts/index.ts';
import {
  type Change,
  type Column,
  emptySchema,
  type Schema,
  type SchemaObject,
  schemaOf,
  type Table,
  unknownSchema,
} from '../../../schema/index.ts';
import { render } from './index.ts';
import { outputColumns } from './view.ts';

const server = (features: Readonly<Record<string, boolean>> = {}): Server =>
  ({ namespace: 'public', title: 'PostgreSQL 12.1', features }) as unknown as Server;

function rendered(change: Change, before: Schema = emptySchema, features: Readonly<Record<string, boolean>> = {}): Rendered {
  const handler = render[change.kind as 'dropTable'] as unknown as (change: Change, context: object) => Rendered;
  return handler(change, { server: server(features), before });
}

function sql(change: Change, before?: Schema): readonly string[] {
  const result = rendered(change, before);
  if (!Array.isArray(result)) throw new Error(JSON.stringify(result));
  return result.map((statement) => statement.sql);
}

const t = { name: 't' };
const column = (name: string, more: Partial<Column> = {}): Column => ({ name, type: { kind: 'text' }, nullable: true, ...more });
const table = (columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: t,
  columns,
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
const with1 = (...objects: readonly SchemaObject[]): Schema => schemaOf(objects);

describe('what is sent', () => {
  test('one ALTER TABLE for all that changes in a column, so that rows are written once', () => {
    const before = with1(table([column('a', { type: { kind: 'string', length: 5 }, default: { value: 'x' } })]));
    const set = { type: { kind: 'integer', bits: 32 }, nullable: false, default: { value: 1 } } as const;
    expect(sql({ kind: 'alterColumn', table: t, name: 'a', set }, before)).toEqual([
      'ALTER TABLE "t" ALTER COLUMN "a" TYPE integer USING "a"::integer, ALTER COLUMN "a" SET NOT NULL, ALTER COLUMN "a" DROP DEFAULT, ALTER COLUMN "a" SET DEFAULT 1',
    ]);
  });

  test('a counter is moved only where the bounds leave it out and it gives no number twice', () => {
    const s = (more: object): SchemaObject => ({ kind: 'sequence', name: { name: 's' }, ...more });
    const moves = (from: object, to: object): readonly string[] =>
      sql({ kind: 'replaceObject', object: s(to) } as Change, with1(s(from))).slice(0, -1);
    expect(moves({}, { maximum: 9 })).toEqual([]);
    expect(moves({ minimum: 5 }, {})).toEqual([]);
    expect(moves({}, { minimum: 5 })).toEqual([
      'ALTER SEQUENCE "s" MINVALUE 1 MAXVALUE 9223372036854775807',
      `SELECT setval('"s"', 5, is_called) FROM "s" WHERE last_value < 5 OR (NOT is_called AND last_value > 9223372036854775807)`,
    ]);
    expect(moves({ bits: 16, start: 20 }, { maximum: 9, bits: 16 })).toEqual([
      'ALTER SEQUENCE "s" MINVALUE 1 MAXVALUE 32767',
      `SELECT setval('"s"', 1, is_called) FROM "s" WHERE last_value < 1 OR (NOT is_called AND last_value > 9)`,
    ]);
    expect(moves({ bits: 16, maximum: 9 }, { increment: -1, bits: 32 })).toEqual([
      'ALTER SEQUENCE "s" AS integer MINVALUE -2147483648 MAXVALUE 9',
      `SELECT setval('"s"', -1, is_called) FROM "s" WHERE NOT is_called AND (last_value > -1 OR last_value < -2147483648)`,
    ]);
  });

  test('nothing where nothing is to be different', () => {
    const before = with1(table([column('a')]));
    expect(
      sql({ kind: 'alterColumn', table: t, name: 'a', set: { nullable: true, default: null, type: { kind: 'text' } } }, before),
    ).toEqual([]);
    expect(sql({ kind: 'updateRows', table: t, set: {}, where: { equals: { a: 1 } } })).toEqual([]);
  });

  test('at most a thousand rows in an INSERT, rows of one shape together, in their order', () => {
    const rows = [...Array.from({ length: 1001 }, (_, id) => ({ id })), { id: 1, a: 'x' }, { a: 'y', id: 2 }, {}];
    const statements = sql({ kind: 'insertRows', table: t, rows });
    expect(statements.map((text) => text.split('\n').length - 1)).toEqual([1000, 1, 2, 0]);
    expect(statements.slice(2)).toEqual([`INSERT INTO "t" ("id", "a") VALUES\n  (1, 'x'),\n  (2, 'y')`, 'INSERT INTO "t" DEFAULT VALUES']);
  });

  test('values of JSON columns in a form that JSON takes, and numbers for a column that counts by itself', () => {
    const before = with1(table([column('j', { type: { kind: 'json' } }), column('id', { identity: { always: true } })]));
    expect(sql({ kind: 'insertRows', table: t, rows: [{ id: 1, j: 5 }] }, before)).toEqual([
      `INSERT INTO "t" ("id", "j") OVERRIDING SYSTEM VALUE VALUES\n  (1, '5'::jsonb)`,
    ]);
    const upsert: Change = { kind: 'upsertRows', table: t, key: ['id'], rows: [{ id: 1, j: { json: [true] } }, { id: 2 }] };
    expect(sql(upsert)).toEqual([
      `INSERT INTO "t" ("id", "j") VALUES\n  (1, '[true]'::jsonb) ON CONFLICT ("id") DO UPDATE SET "j" = EXCLUDED."j"`,
      'INSERT INTO "t" ("id") VALUES\n  (2) ON CONFLICT ("id") DO NOTHING',
    ]);
  });

  test('a condition keeps its own precedence, and null is looked for', () => {
    expect(sql({ kind: 'deleteRows', table: t, where: { sql: 'a OR b' } })).toEqual(['DELETE FROM "t" WHERE (a OR b)']);
    expect(sql({ kind: 'updateRows', table: t, set: { a: 1 }, where: { equals: { b: null, c: 'x' } } })).toEqual([
      `UPDATE "t" SET "a" = 1 WHERE "b" IS NULL AND "c" = 'x'`,
    ]);
  });

  test('a constraint without a name is found by its columns when its turn comes', () => {
    const [text = ''] = sql({ kind: 'dropConstraint', table: t, type: 'unique', columns: ["a'b"] }, unknownSchema);
    expect(text).toMatch(/^DO .*INTO STRICT found FROM pg_catalog\.pg_constraint/s);
  });

  test('keys with the same columns apart, because CREATE TABLE would make one of them only', () => {
    const constraints = [
      { kind: 'primaryKey', columns: ['a'] },
      { kind: 'unique', name: 'u', columns: ['a'] },
    ] as const;
    expect(sql({ kind: 'createTable', table: table([column('a', { nullable: false })], { constraints }) })).toHaveLength(2);
  });

  test('a move to another namespace goes around a name that is taken on the way', () => {
    const move: Change = { kind: 'renameTable', from: t, to: { schema: 'app', name: 'u' } };
    expect(sql(move)).toEqual(['ALTER TABLE "t" RENAME TO "u"', 'ALTER TABLE "u" SET SCHEMA "app"']);
    const one = with1({ ...table([]), name: { name: 'u' } });
    expect(sql(move, one)).toEqual(['ALTER TABLE "t" SET SCHEMA "app"', 'ALTER TABLE "app"."t" RENAME TO "u"']);
    const two = with1({ ...table([]), name: { name: 'u' } }, { ...table([]), name: { schema: 'app', name: 't' } });
    expect(sql(move, two)).toHaveLength(3);
  });

  test('an enum that loses a value is made anew under the columns that have it', () => {
    const mood = (values: readonly string[]): SchemaObject => ({ kind: 'enum', name: { name: 'mood' }, values });
    const type = { kind: 'named', type: { name: 'mood' } } as const;
    const columns = [column('m', { type, default: { value: 'a' } }), column('l', { type: { kind: 'array', of: type } }), column('x')];
    const before = schemaOf([mood(['a', 'b']), table(columns)]);
    expect(sql({ kind: 'replaceObject', object: mood(['a']) as never }, before)).toEqual([
      'ALTER TYPE "mood" RENAME TO "mood__before"',
      `CREATE TYPE "mood" AS ENUM ('a')`,
      'ALTER TABLE "t" ALTER COLUMN "m" DROP DEFAULT, ALTER COLUMN "m" TYPE "mood" USING "m"::text::"mood", ' +
        `ALTER COLUMN "m" SET DEFAULT 'a', ALTER COLUMN "l" TYPE "mood"[] USING "l"::text[]::"mood"[]`,
      'DROP TYPE "mood__before"',
    ]);
  });
});

describe('what is told of it', () => {
  const typed = (from: Column['type'], to: Column['type']): readonly string[] => {
    const result = rendered({ kind: 'alterColumn', table: t, name: 'a', set: { type: to } }, with1(table([column('a', { type: from })])));
    return Array.isArray(result) ? result.flatMap(({ risks }) => risks.map(({ kind }: { kind: string }) => kind)) : [];
  };

  test('a wider type loses nothing, a narrower one may', () => {
    expect(typed({ kind: 'string', length: 20 }, { kind: 'string', length: 40 })).toEqual([]);
    expect(typed({ kind: 'integer', bits: 32 }, { kind: 'integer', bits: 64 })).toEqual(['rewrites']);
    expect(typed({ kind: 'string', length: 40 }, { kind: 'string', length: 20 })).toEqual(['rewrites', 'loses', 'mayFail']);
  });

  test('an index on a table that was just made stands in nobody’s way', () => {
    const made = rendered({ kind: 'createTable', table: table([column('a')], { indexes: [{ name: 'i', parts: [{ column: 'a' }] }] }) });
    expect(made).toMatchObject([{}, { sql: 'CREATE INDEX "i" ON "t" ("a")', lock: { blocks: 'nothing' }, risks: [] }]);
  });

  test('dropping a table touches those that its foreign keys lead to', () => {
    const foreign = { kind: 'foreignKey', columns: ['a'], references: { table: { name: 'p' }, columns: ['a'] } } as const;
    expect(rendered({ kind: 'dropTable', table: t }, with1(table([column('a')], { constraints: [foreign] })))).toMatchObject([
      { touches: ['table t', 'table p'] },
    ]);
  });

  test('a new enum value and a concurrent index stand outside transactions', () => {
    const index = { name: 'i', parts: [{ column: 'a' }] };
    expect(rendered({ kind: 'createIndex', table: t, index, concurrently: true })).toMatchObject([
      { transactional: false, afterCrash: 'probe' },
    ]);
    expect(rendered({ kind: 'addEnumValue', type: { name: 'm' }, value: 'x' })).toMatchObject([{ transactional: false }]);
  });
});

describe('what cannot be done', () => {
  test('keys of logged tables lead to logged tables only', () => {
    const named = (name: string, more: Partial<Table>): Table => ({ ...table([column('a')], more), name: { name } });
    const key = { kind: 'foreignKey', columns: ['a'], references: { table: { name: 'p' }, columns: ['a'] } } as const;
    const unlogged = { options: { unlogged: true } };
    const set = (name: string, value: boolean | null): Change => ({ kind: 'alterTable', table: { name }, options: { unlogged: value } });
    const add: Change = { kind: 'addConstraint', table: { name: 'c' }, constraint: key };
    const referring = with1(named('p', {}), named('c', { constraints: [key] }));
    expect(rendered(set('p', true), referring)).toMatchObject({ unsupported: expect.stringContaining('"c"') });
    expect(rendered(set('c', true), referring)).toHaveLength(1);
    const both = with1(named('p', unlogged), named('c', { ...unlogged, constraints: [key] }));
    expect(rendered(set('c', null), both)).toMatchObject({ unsupported: expect.stringContaining('"p"') });
    expect(rendered(set('p', false), both)).toHaveLength(1);
    expect(rendered(add, with1(named('p', unlogged), named('c', {})))).toMatchObject({ unsupported: expect.stringContaining('"p"') });
    expect(rendered(add, with1(named('p', unlogged), named('c', unlogged)))).toHaveLength(1);
  });

  const alter = (set: Extract<Change, { kind: 'alterColumn' }>['set']): Change => ({ kind: 'alterColumn', table: t, name: 'a', set });
  const partition = { ...table([]), name: { name: 'p' }, options: { partitionOf: 'public.t DEFAULT' } };
  const cases: readonly (readonly [string, Change, Schema])[] = [
    ['an option of another engine', { kind: 'createTable', table: table([], { options: { engine: 'InnoDB' } }) }, emptySchema],
    ['an inline enum', { kind: 'addColumn', table: t, column: column('e', { type: { kind: 'enum', values: ['a'] } }) }, emptySchema],
    [
      'an index on the beginning of a column',
      { kind: 'createIndex', table: t, index: { name: 'i', parts: [{ column: 'a', length: 5 }] } },
      emptySchema,
    ],
    [
      'nulls that are not distinct before version 15',
      { kind: 'addConstraint', table: t, constraint: { kind: 'unique', columns: ['a'], nullsNotDistinct: true } },
      emptySchema,
    ],
    [
      'a virtual column before version 18',
      { kind: 'addColumn', table: t, column: column('v', { generated: { sql: '1', stored: false } }) },
      emptySchema,
    ],
    ['a computed column out of a plain one', alter({ generated: { sql: '1', stored: true } }), with1(table([column('a')]))],
    ['an identity that may be empty', alter({ identity: {} }), with1(table([column('a')]))],
    ['other partitions', { kind: 'alterTable', table: t, options: { partitionBy: 'LIST (a)' } }, emptySchema],
    ['a table with its partitions', { kind: 'dropTable', table: t }, with1(table([]), partition)],
    ['an enum that is not known', { kind: 'replaceObject', object: { kind: 'enum', name: t, values: ['b'] } }, unknownSchema],
    ['an unnamed check among several', { kind: 'dropConstraint', table: t, type: 'check' }, unknownSchema],
    ['an extension under another name', { kind: 'renameObject', object: { kind: 'extension', name: t }, to: { name: 'u' } }, emptySchema],
    [
      'a routine whose definition is none',
      { kind: 'createObject', object: { kind: 'routine', routine: 'function', name: t, definition: 'DROP TABLE x' } },
      emptySchema,
    ],
    ['an upsert without its key', { kind: 'upsertRows', table: t, key: ['id'], rows: [{ a: 1 }] }, emptySchema],
  ];

  test.each(cases)('%s is refused with a way out', (_, change, before) => {
    expect(rendered(change, before)).toMatchObject({ unsupported: expect.stringMatching(/./), instead: expect.stringMatching(/./) });
  });

  test.each([
    ['a change of type', alter({ type: { kind: 'text' } })],
    ['an identity', alter({ identity: {} })],
    ['a collation', alter({ collation: 'C' })],
    ['a change of parents', { kind: 'alterTable', table: t, options: { partitionOf: null } }],
  ] satisfies readonly (readonly [string, Change])[])('%s waits until the table is known', (_, change) => {
    expect(rendered(change, unknownSchema)).toMatchObject({ deferred: expect.stringMatching(/not known yet/) });
  });

  test('a change of type with a rule of its own need not wait', () => {
    expect(sql({ ...alter({ type: { kind: 'text' } }), using: 'a::text' } as Change, unknownSchema)).toEqual([
      'ALTER TABLE "t" ALTER COLUMN "a" TYPE text USING a::text',
    ]);
  });
});

describe('outputColumns', () => {
  test.each([
    ['SELECT t.id,\n    t.name AS "Full name"\n   FROM t', ['id', 'Full name']],
    ['SELECT DISTINCT ON (a, b) a, (b + 1) AS c FROM t WHERE x IN (1, 2)', ['a', 'c']],
    ['WITH x AS (SELECT 1 AS n) SELECT n FROM x', ['n']],
    ['SELECT 1 AS A UNION SELECT 2', ['a']],
    ['SELECT CASE WHEN a THEN 1 ELSE 2 END AS z', ['z']],
    ['SELECT * FROM t', undefined],
    ['SELECT a, count(*) FROM t', undefined],
    ['VALUES (1)', undefined],
  ])('of %s', (query, columns) => {
    expect(outputColumns(query)).toEqual(columns);
  });
});
