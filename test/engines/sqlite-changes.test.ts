import { expect, test } from 'vitest';
import type { Column, Constraint, Table } from '../../src/schema/index.ts';
import { alter, type Case, checkCase, checked, people, t, text, trigger } from './sqlite-cases.ts';
import { type Made, memory, renderOn, statementsOf } from './sqlite-support.ts';

const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };
const key: Constraint = { kind: 'primaryKey', columns: ['id'] };
const table = (name: string, columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: { name },
  columns,
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
const family = `${people} CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INT REFERENCES t (id) ON DELETE CASCADE);`;
const add = (column: Column, more: { after?: string } = {}): Made => ({ kind: 'addColumn', table: t, column, ...more });

const allTypes: readonly Column['type'][] = [
  ...([8, 16, 32, 64] as const).flatMap((bits): Column['type'][] => [
    { kind: 'integer', bits },
    { kind: 'integer', bits, unsigned: true },
  ]),
  { kind: 'decimal' },
  { kind: 'decimal', precision: 10 },
  { kind: 'decimal', precision: 10, scale: 2 },
  { kind: 'float', bits: 32 },
  { kind: 'float', bits: 64 },
  { kind: 'boolean' },
  { kind: 'string' },
  { kind: 'string', length: 40 },
  { kind: 'text' },
  { kind: 'char', length: 2 },
  { kind: 'binary' },
  { kind: 'binary', length: 16 },
  { kind: 'date' },
  { kind: 'time' },
  { kind: 'time', precision: 3 },
  { kind: 'timestamp', zone: false },
  { kind: 'timestamp', zone: true, precision: 6 },
  { kind: 'interval' },
  { kind: 'uuid' },
  { kind: 'json' },
  { kind: 'enum', values: ['small', "it's", '😀', ''] },
  { kind: 'native', engine: 'sqlite', text: 'ANY' },
  { kind: 'native', engine: 'sqlite', text: '' },
  { kind: 'native', engine: 'sqlite', text: 'GEOMETRY(3,4)' },
  { kind: 'native', engine: 'sqlite', text: 'a-b "c"' },
  { kind: 'native', engine: 'sqlite', text: 'SELECT' },
];

const cases: readonly Case[] = [
  { title: 'createTable with an identity', change: { kind: 'createTable', table: table('t', [id, text('name')], { constraints: [key] }) } },
  {
    title: 'createTable with every type',
    change: {
      kind: 'createTable',
      table: table(
        't',
        allTypes.map((type, index) => ({ name: `c${index}`, type, nullable: index % 2 === 0 })),
      ),
    },
  },
  {
    title: 'createTable with every default',
    change: {
      kind: 'createTable',
      table: table('t', [
        text('a', { default: { value: null } }),
        text('b', { default: { value: 'it\'s \\ -- "x" 😀' } }),
        text('c', { default: { value: '' } }),
        { name: 'd', type: { kind: 'boolean' }, nullable: false, default: { value: true } },
        { name: 'e', type: { kind: 'integer', bits: 32 }, nullable: false, default: { value: -7 } },
        { name: 'f', type: { kind: 'integer', bits: 64 }, nullable: false, default: { value: 9007199254740993n } },
        { name: 'g', type: { kind: 'float', bits: 64 }, nullable: false, default: { value: 1.5 } },
        { name: 'h', type: { kind: 'timestamp', zone: false }, nullable: false, default: { sql: 'CURRENT_TIMESTAMP' } },
        text('i', { default: { sql: "lower('A') || 'b'" } }),
        { name: 'j', type: { kind: 'float', bits: 64 }, nullable: false, default: { sql: '1e-3' } },
        { name: 'k', type: { kind: 'binary' }, nullable: false, default: { sql: "x'00ff'" } },
      ]),
    },
  },
  {
    title: 'createTable with every constraint',
    given: 'CREATE TABLE parent (a INT, b INT, PRIMARY KEY (a, b));',
    change: {
      kind: 'createTable',
      table: table('t', [text('a'), text('b'), text('order'), text('quo"te')], {
        constraints: [
          {
            kind: 'primaryKey',
            name: 'the key',
            columns: ['order', 'a'],
            extras: { orders: 'desc,', collations: ',NOCASE', onConflict: 'replace' },
          },
          { kind: 'unique', columns: ['b', 'quo"te'], extras: { onConflict: 'ignore' } },
          { kind: 'unique', name: 'u', columns: ['quo"te'] },
          { kind: 'check', name: 'c', sql: 'length(a) > 0 AND "order" <> \'x)\'' },
          { kind: 'check', sql: "b NOT IN ('a', 'b')" },
          {
            kind: 'foreignKey',
            name: 'fk',
            columns: ['a', 'b'],
            references: { table: { name: 'parent' }, columns: ['a', 'b'] },
            onDelete: 'set null',
            onUpdate: 'cascade',
            deferrable: 'deferred',
          },
          {
            kind: 'foreignKey',
            columns: ['b'],
            references: { table: t, columns: ['quo"te'] },
            onDelete: 'restrict',
            deferrable: 'immediate',
          },
        ],
        indexes: [
          {
            name: 'i1',
            parts: [{ column: 'a', order: 'desc', collation: 'NOCASE' }, { sql: 'lower(b)' }],
            unique: true,
            where: 'b IS NOT NULL',
          },
          { name: 'i 2', parts: [{ sql: 'length("order") + 1', order: 'desc' }] },
        ],
      }),
    },
  },
  {
    title: 'createTable with generated columns, collations and options',
    change: {
      kind: 'createTable',
      table: table(
        't',
        [
          text('a', { nullable: false, collation: 'NOCASE', extras: { notNullConflict: 'ignore' } }),
          text('b', { generated: { sql: "a || ')'", stored: true } }),
          text('c', { generated: { sql: 'upper(a)', stored: false } }),
        ],
        { constraints: [{ kind: 'primaryKey', columns: ['a'] }], options: { strict: true, withoutRowid: true } },
      ),
    },
  },
  {
    title: 'createTable with a number as the key that is not counted up',
    change: {
      kind: 'createTable',
      table: table('t', [{ name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false }], { constraints: [key] }),
    },
  },
  { title: 'dropTable', given: `${people} CREATE INDEX i ON t (name); ${trigger.definition};`, change: { kind: 'dropTable', table: t } },
  {
    title: 'renameTable, followed by foreign keys, triggers and views',
    given: `${family} ${trigger.definition};`,
    change: { kind: 'renameTable', from: t, to: { name: 'the people' } },
    same: `CREATE TABLE "the people" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, age INT);
      CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INT REFERENCES "the people" (id) ON DELETE CASCADE);
      CREATE TRIGGER tr AFTER INSERT ON "the people" BEGIN UPDATE "the people" SET age = 1 WHERE id = NEW.id; END;`,
  },
  {
    title: 'alterTable: strict and without rowids',
    given: 'CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY, b INTEGER);',
    change: { kind: 'alterTable', table: t, options: { strict: true, withoutRowid: true } },
    same: 'CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER) STRICT, WITHOUT ROWID;',
  },
  { title: 'addColumn at the end', given: people, change: add(text('note', { nullable: false, default: { value: '-' } })) },
  {
    title: 'addColumn with an enum',
    given: people,
    change: add({ name: 'size', type: { kind: 'enum', values: ['s', 'm'] }, nullable: true }),
  },
  { title: 'addColumn behind another', given: people, change: add(text('first'), { after: 'id' }) },
  {
    title: 'addColumn whose default differs from row to row',
    given: people,
    change: add(text('at', { default: { sql: 'CURRENT_TIMESTAMP' } })),
  },
  {
    title: 'addColumn that is computed and stored',
    given: people,
    change: add(text('loud', { generated: { sql: 'upper(name)', stored: true } })),
  },
  { title: 'addColumn that is computed', given: people, change: add(text('loud', { generated: { sql: 'upper(name)', stored: false } })) },
  { title: 'dropColumn', given: people, change: { kind: 'dropColumn', table: t, name: 'age' } },
  {
    title: 'dropColumn with its indexes',
    given: `${people} CREATE INDEX i ON t (name, age); CREATE INDEX j ON t (name) WHERE age > 1; CREATE INDEX k ON t (name);`,
    change: { kind: 'dropColumn', table: t, name: 'age' },
  },
  {
    title: 'dropColumn with its checks and keys',
    given: `${checked} CREATE INDEX i ON t (b);`,
    change: { kind: 'dropColumn', table: t, name: 'a' },
  },
  {
    title: 'dropColumn of the primary key',
    given: people,
    change: { kind: 'dropColumn', table: t, name: 'id' },
  },
  { title: 'dropColumn that is computed', given: 'CREATE TABLE t (a, b AS (a + 1));', change: { kind: 'dropColumn', table: t, name: 'b' } },
  {
    title: 'renameColumn, followed by checks, indexes, foreign keys and triggers',
    given: `CREATE TABLE t (id INTEGER PRIMARY KEY, age INT CHECK (age > 0), next AS (age + 1), UNIQUE (age));
      CREATE INDEX i ON t (age, abs(age)) WHERE age > 3; CREATE TABLE child (a REFERENCES t (age));
      CREATE TRIGGER tr AFTER UPDATE OF age ON t BEGIN SELECT NEW.age; END;`,
    change: { kind: 'renameColumn', table: t, from: 'age', to: 'the years' },
    same: `CREATE TABLE t (id INTEGER PRIMARY KEY, "the years" INT CHECK ("the years" > 0), next AS ("the years" + 1), UNIQUE ("the years"));
      CREATE INDEX i ON t ("the years", abs("the years")) WHERE "the years" > 3; CREATE TABLE child (a REFERENCES t ("the years"));
      CREATE TRIGGER tr AFTER UPDATE OF "the years" ON t BEGIN SELECT NEW."the years"; END;`,
  },
  { title: 'alterColumn: type', given: people, change: alter({ type: { kind: 'string', length: 20 } }) },
  { title: 'alterColumn: an enum', given: people, change: alter({ type: { kind: 'enum', values: ['x'] } }) },
  { title: 'alterColumn: NOT NULL', given: people, change: alter({ nullable: false }) },
  { title: 'alterColumn: NULL', given: people, change: alter({ nullable: true }, 'name') },
  { title: 'alterColumn: default', given: people, change: alter({ default: { value: 18 } }) },
  { title: 'alterColumn: no default', given: 'CREATE TABLE t (age INT DEFAULT 1);', change: alter({ default: null }) },
  { title: 'alterColumn: collation', given: people, change: alter({ collation: 'NOCASE' }, 'name') },
  { title: 'alterColumn: computed', given: people, change: alter({ generated: { sql: 'length(name)', stored: true } }) },
  { title: 'alterColumn: computed no more', given: 'CREATE TABLE t (a INT, age AS (a));', change: alter({ generated: null }) },
  {
    title: 'alterColumn: identity',
    given: 'CREATE TABLE t (age BIGINT NOT NULL PRIMARY KEY, name TEXT);',
    change: alter({ identity: {} }),
  },
  { title: 'alterColumn: no identity', given: people, change: alter({ identity: null }, 'id') },
  {
    title: 'alterColumn: with an expression',
    given: people,
    change: alter({ type: { kind: 'text' } }, 'age', { using: "age || ' years'" }),
  },
];

test.each(cases)('$title: leads where the model says, and back', checkCase);

test('nothing is sent for a change that changes nothing', async () => {
  const database = await memory(people);
  const before = await database.schema();
  expect(statementsOf(renderOn(database.server, before, alter({ nullable: true, type: { kind: 'integer', bits: 32 } })))).toEqual([]);
  expect(statementsOf(renderOn(database.server, before, alter({ comment: null })))).toEqual([]);
});
