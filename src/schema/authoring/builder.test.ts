import { describe, expect, test } from 'vitest';
import { Failure } from '../../base/index.ts';
import type { Change } from '../change.ts';
import { type SchemaBuilder, schemaBuilder } from './builder.ts';
import { authoredKinds } from './read.ts';

function changesOf(write: (schema: SchemaBuilder) => void): readonly Change[] {
  const changes: Change[] = [];
  write(schemaBuilder((change) => changes.push(change), ['postgres', 'sqlite']));
  return changes;
}

const users = { name: 'users' };
const string = { kind: 'string', length: 8 } as const;

const calls: readonly (readonly [string, (schema: SchemaBuilder) => void, ...changes: Change[]])[] = [
  [
    'createTable',
    (schema) => schema.createTable('coupon', { columns: [{ name: 'id', type: 'bigint', identity: true, primaryKey: true }] }),
    {
      kind: 'createTable',
      table: {
        kind: 'table',
        name: { name: 'coupon' },
        columns: [{ name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} }],
        constraints: [{ kind: 'primaryKey', name: 'coupon_pkey', columns: ['id'] }],
        indexes: [],
        options: {},
      },
    },
  ],
  ['dropTable', (schema) => schema.dropTable('audit.log'), { kind: 'dropTable', table: { schema: 'audit', name: 'log' } }],
  [
    'renameTable',
    (schema) => schema.renameTable('users', 'people'),
    { kind: 'renameTable', from: users, to: { name: 'people' }, names: 'plain' },
  ],
  ['alterTable', (schema) => schema.alterTable('users', { fill: null }), { kind: 'alterTable', table: users, options: { fill: null } }],
  [
    'addColumn',
    (schema) => schema.addColumn('users', 'locale', { type: 'string', length: 8, default: 'en', unique: true, after: 'id' }),
    { kind: 'addColumn', table: users, column: { name: 'locale', type: string, nullable: true, default: { value: 'en' } }, after: 'id' },
    { kind: 'addConstraint', table: users, constraint: { kind: 'unique', name: 'users_locale_key', columns: ['locale'] } },
  ],
  ['dropColumn', (schema) => schema.dropColumn('users', 'age'), { kind: 'dropColumn', table: users, name: 'age' }],
  [
    'renameColumn',
    (schema) => schema.renameColumn('users', 'name', 'full_name', { names: 'keep' }),
    { kind: 'renameColumn', table: users, from: 'name', to: 'full_name' },
  ],
  [
    'alterColumn',
    (schema) => schema.alterColumn('users', 'locale', { type: 'varchar(8)', default: null, using: 'trim(locale)' }),
    { kind: 'alterColumn', table: users, name: 'locale', set: { type: string, default: null }, using: 'trim(locale)' },
  ],
  [
    'addConstraint',
    (schema) => schema.addConstraint('users', { check: { sql: 'age > 0', notValid: true } }),
    { kind: 'addConstraint', table: users, constraint: { kind: 'check', name: 'users_check', sql: 'age > 0', notValid: true } },
  ],
  ['dropConstraint', (schema) => schema.dropConstraint('users', 'a'), { kind: 'dropConstraint', table: users, name: 'a' }],
  [
    'dropConstraint without a name',
    (schema) => schema.dropConstraint('users', { type: 'unique', columns: ['a'] }),
    { kind: 'dropConstraint', table: users, type: 'unique', columns: ['a'] },
  ],
  [
    'renameConstraint',
    (schema) => schema.renameConstraint('users', 'a', 'b'),
    { kind: 'renameConstraint', table: users, from: 'a', to: 'b' },
  ],
  ['validateConstraint', (schema) => schema.validateConstraint('users', 'a'), { kind: 'validateConstraint', table: users, name: 'a' }],
  [
    'createIndex',
    (schema) => schema.createIndex('users', { columns: ['email'], unique: true, concurrently: true }),
    {
      kind: 'createIndex',
      table: users,
      index: { name: 'users_email_idx', parts: [{ column: 'email' }], unique: true },
      concurrently: true,
    },
  ],
  ['dropIndex', (schema) => schema.dropIndex('users', 'a'), { kind: 'dropIndex', table: users, name: 'a' }],
  ['renameIndex', (schema) => schema.renameIndex('users', 'a', 'b'), { kind: 'renameIndex', table: users, from: 'a', to: 'b' }],
  [
    'createTrigger',
    (schema) => schema.createTrigger('watch', { on: 'users', definition: 'CREATE TRIGGER' }),
    { kind: 'createObject', object: { kind: 'trigger', name: { name: 'watch' }, on: users, definition: 'CREATE TRIGGER' } },
  ],
  [
    'replaceView',
    (schema) => schema.replaceView('v', { query: 'SELECT 1' }),
    { kind: 'replaceObject', object: { kind: 'view', name: { name: 'v' }, query: 'SELECT 1' } },
  ],
  [
    'dropTrigger',
    (schema) => schema.dropTrigger('watch', { on: 'users' }),
    { kind: 'dropObject', object: { kind: 'trigger', name: { name: 'watch' }, on: users } },
  ],
  [
    'renameRoutine',
    (schema) => schema.renameRoutine('f', 'g', { arguments: 'int' }),
    { kind: 'renameObject', object: { kind: 'routine', name: { name: 'f' }, arguments: 'int' }, to: { name: 'g' } },
  ],
  [
    'addEnumValue',
    (schema) => schema.addEnumValue('mood', 'calm', { after: 'sad' }),
    { kind: 'addEnumValue', type: { name: 'mood' }, value: 'calm', after: 'sad' },
  ],
  [
    'renameEnumValue',
    (schema) => schema.renameEnumValue('mood', 'sad', 'blue'),
    { kind: 'renameEnumValue', type: { name: 'mood' }, from: 'sad', to: 'blue' },
  ],
  [
    'setComment',
    (schema) => schema.setComment({ on: 'index', table: 'users', name: 'a' }, null),
    { kind: 'setComment', on: { kind: 'index', table: users, name: 'a' }, comment: null },
  ],
  [
    'insert',
    (schema) => schema.insert('users', [{ id: 5n, big: 2n ** 60n, key: new Uint8Array([1]), tags: ['a'], at: { sql: 'now()' } }]),
    {
      kind: 'insertRows',
      table: users,
      rows: [{ id: 5, big: 2n ** 60n, key: new Uint8Array([1]), tags: { json: ['a'] }, at: { sql: 'now()' } }],
    },
  ],
  [
    'update',
    (schema) => schema.update('users', { set: { a: 1 }, where: { id: 2 }, was: { a: 0 } }),
    { kind: 'updateRows', table: users, set: { a: 1 }, where: { equals: { id: 2 } }, was: { a: 0 } },
  ],
  [
    'upsert',
    (schema) => schema.upsert('users', { key: ['id'], rows: [{ id: 1 }] }),
    { kind: 'upsertRows', table: users, key: ['id'], rows: [{ id: 1 }] },
  ],
  [
    'delete',
    (schema) => schema.delete('users', { where: { sql: 'id > 5' } }),
    { kind: 'deleteRows', table: users, where: { sql: 'id > 5' } },
  ],
  [
    'sql',
    (schema) => schema.sql({ up: { sqlite: 'VACUUM', any: '' }, down: '' }),
    { kind: 'sql', up: { sqlite: 'VACUUM', any: '' }, down: { any: '' } },
  ],
];

describe('a call becomes changes', () => {
  for (const [method, write, ...changes] of calls) {
    test(method, () => {
      expect(changesOf(write)).toEqual(changes);
    });
  }

  test('for every kind of change there is a method', () => {
    expect(Object.keys(schemaBuilder(() => undefined)).sort()).toEqual([...authoredKinds].sort());
  });

  test('that later edits of what was handed over do not reach', () => {
    const row = { id: 1, tags: ['a'] };
    const rows = [row];
    const changes = changesOf((schema) => schema.insert('users', rows));
    row.id = 2;
    row.tags.push('b');
    rows.push(row);
    expect(changes).toEqual([{ kind: 'insertRows', table: users, rows: [{ id: 1, tags: { json: ['a'] } }] }]);
  });
});

describe('a call that cannot be understood', () => {
  const failureOf = (write: (schema: SchemaBuilder) => void): Failure => {
    try {
      changesOf(write);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  // What no compiler saw: the specs are typed, so each of these is an error in an editor.
  const untyped: readonly (readonly [string, (schema: SchemaBuilder) => void, message: string])[] = [
    [
      'has a type unknown',
      (schema) => schema.addColumn('t', 'a', { type: 'vachar' }),
      'schema.addColumn: type: unknown type "vachar"; did you mean "varchar"?',
    ],
    [
      'has a property too many',
      // @ts-expect-error there is no such property
      (schema) => schema.addColumn('t', 'a', { type: 'int', nulable: false }),
      'schema.addColumn: nulable: there is no property "nulable" here',
    ],
    [
      'has a wrong property deep inside',
      // @ts-expect-error there is no such property
      (schema) => schema.createTable('t', { columns: [{ name: 'a', type: 'int', references: { table: 'b', colum: 'c', column: 'c' } }] }),
      'schema.createTable: columns[0].references.colum: there is no property "colum" here',
    ],
    [
      'has text in the place of true',
      // @ts-expect-error true or false
      (schema) => schema.addColumn('t', 'a', { type: 'int', nullable: 'false' }),
      'schema.addColumn: nullable: must be true or false',
    ],
    [
      'has a date in a row',
      // @ts-expect-error a date is no value
      (schema) => schema.insert('t', [{ at: new Date(0) }]),
      'schema.insert: rows[0].at: this is no JSON value; write dates and the like as text',
    ],
    [
      'has a number that is none',
      (schema) => schema.insert('t', [{ a: Number.NaN }]),
      'schema.insert: rows[0].a: NaN is no number that a database can be given',
    ],
    ['names no such engine', (schema) => schema.sql({ mysq: 'SELECT 1' }), 'schema.sql: mysq: there is no engine "mysq"'],
    ['has a name in three parts', (schema) => schema.dropTable('a.b.c'), 'schema.dropTable: "a.b.c" is no name'],
  ];

  test.each(untyped)('because it %s says so', (_, write, message) => {
    const failure = failureOf(write);
    expect(failure.code).toBe('migration.invalid');
    expect(failure.message).toContain(message);
  });

  test('says everything that is wrong, and adds nothing', () => {
    const added: Change[] = [];
    const schema = schemaBuilder((change) => added.push(change));
    expect(() =>
      schema.createTable('t', {
        columns: [
          { name: '', type: 'int' },
          { name: 'b', type: 'vachar' },
        ],
      }),
    ).toThrow('schema.createTable was given 2 things that it does not understand');
    expect(added).toEqual([]);
  });
});
