import { describe, expect, test } from 'vitest';
import type { Constraint, Index } from '../../src/schema/index.ts';
import { type Case, checkCase, checked, people, t, trigger } from './sqlite-cases.ts';
import { type Made, make, memory, renderOn, statementsOf } from './sqlite-support.ts';

const constrain = (constraint: Constraint): Made => ({ kind: 'addConstraint', table: t, constraint });
const view = { kind: 'view', name: { name: 'v' }, query: 'SELECT id, name FROM t' } as const;
const fullText = {
  kind: 'opaque',
  type: 'virtual table',
  name: { name: 'notes' },
  definition: 'CREATE VIRTUAL TABLE notes USING fts5 (body)',
  drop: 'DROP TABLE "notes"',
} as const;

const cases: readonly Case[] = [
  {
    title: 'addConstraint: primary key',
    given: 'CREATE TABLE t (a TEXT, b TEXT);',
    change: constrain({ kind: 'primaryKey', name: 'pk', columns: ['b', 'a'] }),
  },
  {
    title: 'addConstraint: primary key of one number',
    given: 'CREATE TABLE t (a INTEGER NOT NULL, b TEXT);',
    change: constrain({ kind: 'primaryKey', columns: ['a'] }),
  },
  { title: 'addConstraint: unique', given: people, change: constrain({ kind: 'unique', name: 'u', columns: ['name', 'age'] }) },
  { title: 'addConstraint: check', given: people, change: constrain({ kind: 'check', sql: 'age > 0' }) },
  {
    title: 'addConstraint: foreign key',
    given: `${people} CREATE TABLE house (id INTEGER PRIMARY KEY);`,
    change: constrain({
      kind: 'foreignKey',
      name: 'fk',
      columns: ['age'],
      references: { table: { name: 'house' }, columns: ['id'] },
      onDelete: 'cascade',
    }),
  },
  { title: 'dropConstraint by name', given: checked, change: { kind: 'dropConstraint', table: t, name: 'a_small' } },
  {
    title: 'dropConstraint by columns',
    given: 'CREATE TABLE t (a INT, b INT UNIQUE, UNIQUE (a, b));',
    change: { kind: 'dropConstraint', table: t, type: 'unique', columns: ['b'] },
  },
  {
    title: 'dropConstraint: primary key',
    given: 'CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY, b INT);',
    change: { kind: 'dropConstraint', table: t, type: 'primaryKey' },
  },
  { title: 'renameConstraint', given: checked, change: { kind: 'renameConstraint', table: t, from: 'ab', to: 'a and b' } },
  {
    title: 'createIndex',
    given: people,
    change: {
      kind: 'createIndex',
      table: t,
      index: { name: 'i', parts: [{ column: 'name', order: 'desc' }], unique: true },
      concurrently: true,
    },
  },
  { title: 'dropIndex', given: `${people} CREATE INDEX i ON t (name);`, change: { kind: 'dropIndex', table: t, name: 'i' } },
  {
    title: 'renameIndex',
    given: `${people} CREATE UNIQUE INDEX i ON t (lower(name) DESC) WHERE age > 1;`,
    change: { kind: 'renameIndex', table: t, from: 'i', to: 'the index' },
  },
  { title: 'createObject: view', given: people, change: { kind: 'createObject', object: { ...view, columns: ['one', 'two'] } } },
  { title: 'createObject: trigger', given: people, change: { kind: 'createObject', object: trigger } },
  { title: 'createObject: virtual table', change: { kind: 'createObject', object: fullText } },
  {
    title: 'replaceObject: view, with its triggers',
    given: `${people} CREATE VIEW v AS SELECT id FROM t; CREATE TRIGGER vt INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE id = OLD.id; END;`,
    change: { kind: 'replaceObject', object: view },
  },
  { title: 'replaceObject that is not there', given: people, change: { kind: 'replaceObject', object: view } },
  {
    title: 'replaceObject: trigger',
    given: `${people} CREATE TRIGGER tr AFTER DELETE ON t BEGIN SELECT 1; END;`,
    change: { kind: 'replaceObject', object: trigger },
  },
  {
    title: 'dropObject: view',
    given: `${people} CREATE VIEW v AS ${view.query};`,
    change: { kind: 'dropObject', object: { kind: 'view', name: view.name } },
  },
  {
    title: 'dropObject: trigger',
    given: `${people} ${trigger.definition};`,
    change: { kind: 'dropObject', object: { kind: 'trigger', name: trigger.name, on: t } },
  },
  {
    title: 'dropObject: virtual table',
    given: `${fullText.definition};`,
    change: { kind: 'dropObject', object: { kind: 'opaque', name: fullText.name } },
  },
  {
    title: 'renameObject: view',
    given: `${people} CREATE VIEW v AS ${view.query};`,
    change: { kind: 'renameObject', object: { kind: 'view', name: view.name }, to: { name: 'w' } },
  },
  {
    title: 'renameObject: view, with its triggers',
    given: `${people} CREATE VIEW v AS ${view.query}; CREATE TRIGGER vt INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE id = OLD.id; END;`,
    change: { kind: 'renameObject', object: { kind: 'view', name: view.name }, to: { name: 'w' } },
  },
  {
    title: 'renameObject: trigger',
    given: `${people} ${trigger.definition};`,
    change: { kind: 'renameObject', object: { kind: 'trigger', name: trigger.name, on: t }, to: { name: 'the trigger' } },
    same: `${people} ${trigger.definition.replace('tr', '"the trigger"')};`,
  },
  { title: 'insertRows', given: people, change: { kind: 'insertRows', table: t, rows: [{ id: 1, name: 'a' }] } },
  { title: 'setComment to nothing', given: people, change: { kind: 'setComment', on: { kind: 'table', name: t }, comment: null } },
];

test.each(cases)('$title: leads where the model says, and back', checkCase);

describe('rows', () => {
  const values = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, UNIQUE (a));';

  test('are inserted with every kind of value', async () => {
    const database = await memory(values);
    const bytes = new Uint8Array([0, 39, 255]);
    await make(database, {
      kind: 'insertRows',
      table: t,
      rows: [
        { id: 1, a: "it's", b: bytes },
        { id: 2, b: { json: { x: [1, "'"] } }, a: true },
        { id: 3, a: { sql: 'abs(-5) -- five' } },
        {},
      ],
    });
    expect(await database.rows('SELECT id, a, hex(b) AS bytes, b FROM t')).toEqual([
      { id: 1, a: "it's", bytes: '0027FF', b: expect.anything() },
      { id: 2, a: 1, bytes: expect.any(String), b: '{"x":[1,"\'"]}' },
      { id: 3, a: 5, bytes: '', b: null },
      { id: 4, a: null, bytes: '', b: null },
    ]);
  });

  test('are updated, put in or brought up to date, and deleted', async () => {
    const database = await memory(`${values} INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', 2);`);
    await make(database, { kind: 'updateRows', table: t, set: { b: 9 }, where: { equals: { b: null, a: 'x' } } });
    await make(database, {
      kind: 'upsertRows',
      table: t,
      key: ['a'],
      rows: [
        { a: 'y', b: 5 },
        { a: 'z', b: 6 },
      ],
    });
    await make(database, { kind: 'upsertRows', table: t, key: ['a'], rows: [{ a: 'z' }] });
    await make(database, { kind: 'deleteRows', table: t, where: { sql: 'b = 9' } });
    expect(await database.rows('SELECT a, b FROM t ORDER BY a')).toEqual([
      { a: 'y', b: 5 },
      { a: 'z', b: 6 },
    ]);
  });

  test('travel in bounded statements', () => {
    const change: Made = { kind: 'insertRows', table: t, rows: Array.from({ length: 1001 }, (_, index) => ({ id: index })) };
    const server = { features: {} } as never;
    expect(statementsOf(renderOn(server, { objects: new Map(), scope: 'all' }, change))).toHaveLength(3);
  });
});

test('an index that is to be created beside others says that writers wait', async () => {
  const index: Index = { name: 'i', parts: [{ column: 'name' }] };
  const database = await memory(people);
  const result = renderOn(database.server, await database.schema(), { kind: 'createIndex', table: t, index, concurrently: true });
  expect(statementsOf(result).flatMap((statement) => statement.effects)).toEqual([{ sign: '+', text: 'index i, writers wait meanwhile' }]);
});
