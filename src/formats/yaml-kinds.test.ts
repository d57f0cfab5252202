import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { type AuthoredKind, authoredKinds, type Change, type Column, type StandaloneObject } from '../schema/index.ts';
import { yaml } from './yaml.ts';

interface Case {
  /** The entry without its kind, in flow style. */
  readonly spec: string;
  readonly changes: readonly Change[];
}

const users = { name: 'users' };
const integer = { kind: 'integer', bits: 32 } as const;
const column = (rest: Partial<Column>): Column => ({ name: 'id', type: integer, nullable: true, ...rest });

const tables = {
  createTable: {
    spec: `{ name: shop.coupon, comment: Codes, options: { unlogged: true, fill: 70 }, columns: [
      { name: id, type: bigint, identity: true, primaryKey: true },
      { name: code, type: string, length: 40, nullable: false, unique: true, check: code <> '' },
      { name: order_id, type: int, references: shop.orders.id, default: 0 },
      { name: at, type: timestamptz, default: { sql: now() } },
      { name: total, type: "decimal(10,2)", generated: "price * amount" } ],
      foreignKeys: [ { columns: [order_id], references: { table: orders, columns: [id] }, onDelete: set null } ],
      unique: [ [code, at], { columns: [total], name: one_total, nullsNotDistinct: true } ],
      checks: [ total > 0, { name: null, sql: total < 9 } ],
      exclude: [ { using: gist, elements: [ { sql: code, operator: "=" } ] } ],
      indexes: [ { columns: [at, { column: code, order: desc, nulls: last }] }, { columns: [ { sql: lower(code) } ], unique: true } ] }`,
    changes: [
      {
        kind: 'createTable',
        table: {
          kind: 'table',
          name: { schema: 'shop', name: 'coupon' },
          comment: 'Codes',
          options: { unlogged: true, fill: 70 },
          columns: [
            { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} },
            { name: 'code', type: { kind: 'string', length: 40 }, nullable: false },
            { name: 'order_id', type: integer, nullable: true, default: { value: 0 } },
            { name: 'at', type: { kind: 'timestamp', zone: true }, nullable: true, default: { sql: 'now()' } },
            {
              name: 'total',
              type: { kind: 'decimal', precision: 10, scale: 2 },
              nullable: true,
              generated: { sql: 'price * amount', stored: true },
            },
          ],
          constraints: [
            { kind: 'primaryKey', name: 'coupon_pkey', columns: ['id'] },
            { kind: 'unique', name: 'coupon_code_key', columns: ['code'] },
            { kind: 'check', name: 'coupon_code_check', sql: "code <> ''" },
            {
              kind: 'foreignKey',
              name: 'coupon_order_id_fkey',
              columns: ['order_id'],
              references: { table: { schema: 'shop', name: 'orders' }, columns: ['id'] },
            },
            { kind: 'unique', name: 'coupon_code_at_key', columns: ['code', 'at'] },
            { kind: 'unique', name: 'one_total', columns: ['total'], nullsNotDistinct: true },
            {
              kind: 'foreignKey',
              name: 'coupon_order_id_fkey1',
              columns: ['order_id'],
              references: { table: { name: 'orders' }, columns: ['id'] },
              onDelete: 'set null',
            },
            { kind: 'check', name: 'coupon_total_check', sql: 'total > 0' },
            { kind: 'check', sql: 'total < 9' },
            { kind: 'exclude', name: 'coupon_code_excl', using: 'gist', elements: [{ sql: 'code', operator: '=' }] },
          ],
          indexes: [
            { name: 'coupon_at_code_idx', parts: [{ column: 'at' }, { column: 'code', order: 'desc', nulls: 'last' }] },
            { name: 'coupon_lower_idx', parts: [{ sql: 'lower(code)' }], unique: true },
          ],
        },
      },
    ],
  },
  dropTable: { spec: 'audit.log', changes: [{ kind: 'dropTable', table: { schema: 'audit', name: 'log' } }] },
  renameTable: {
    spec: '{ from: users, to: people }',
    changes: [{ kind: 'renameTable', from: users, to: { name: 'people' }, names: 'plain' }],
  },
  alterTable: {
    spec: '{ table: users, options: { unlogged: null, fill: 80 } }',
    changes: [{ kind: 'alterTable', table: users, options: { unlogged: null, fill: 80 } }],
  },
  addColumn: {
    spec: '{ table: users, name: team, type: int, after: id, unique: one_team, references: { table: teams, column: id, onDelete: cascade }, check: team > 0 }',
    changes: [
      { kind: 'addColumn', table: users, column: column({ name: 'team' }), after: 'id' },
      { kind: 'addConstraint', table: users, constraint: { kind: 'unique', name: 'one_team', columns: ['team'] } },
      {
        kind: 'addConstraint',
        table: users,
        constraint: {
          kind: 'foreignKey',
          name: 'users_team_fkey',
          columns: ['team'],
          references: { table: { name: 'teams' }, columns: ['id'] },
          onDelete: 'cascade',
        },
      },
      { kind: 'addConstraint', table: users, constraint: { kind: 'check', name: 'users_team_check', sql: 'team > 0' } },
    ],
  },
  dropColumn: { spec: '{ table: users, name: email }', changes: [{ kind: 'dropColumn', table: users, name: 'email' }] },
  renameColumn: {
    spec: '{ table: users, from: name, to: full_name, names: keep }',
    changes: [{ kind: 'renameColumn', table: users, from: 'name', to: 'full_name' }],
  },
  alterColumn: {
    spec: '{ table: users, name: age, set: { type: smallint, default: null, nullable: false, comment: null }, using: "age::smallint" }',
    changes: [
      {
        kind: 'alterColumn',
        table: users,
        name: 'age',
        set: { type: { kind: 'integer', bits: 16 }, default: null, nullable: false, comment: null },
        using: 'age::smallint',
      },
    ],
  },
  addConstraint: {
    spec: '{ table: users, unique: [email, team] }',
    changes: [
      { kind: 'addConstraint', table: users, constraint: { kind: 'unique', name: 'users_email_team_key', columns: ['email', 'team'] } },
    ],
  },
  dropConstraint: {
    spec: '{ table: users, type: unique, columns: [email] }',
    changes: [{ kind: 'dropConstraint', table: users, type: 'unique', columns: ['email'] }],
  },
  renameConstraint: { spec: '{ table: users, from: a, to: b }', changes: [{ kind: 'renameConstraint', table: users, from: 'a', to: 'b' }] },
  validateConstraint: { spec: '{ table: users, name: a }', changes: [{ kind: 'validateConstraint', table: users, name: 'a' }] },
  createIndex: {
    spec: '{ table: users, columns: [email], where: active, concurrently: true, unique: false }',
    changes: [
      {
        kind: 'createIndex',
        table: users,
        index: { name: 'users_email_idx', parts: [{ column: 'email' }], where: 'active' },
        concurrently: true,
      },
    ],
  },
  dropIndex: {
    spec: '{ table: users, name: users_email_idx, concurrently: true }',
    changes: [{ kind: 'dropIndex', table: users, name: 'users_email_idx', concurrently: true }],
  },
  renameIndex: { spec: '{ table: users, from: a, to: b }', changes: [{ kind: 'renameIndex', table: users, from: 'a', to: 'b' }] },
} as const satisfies Partial<Record<AuthoredKind, Case>>;

const others = {
  addEnumValue: {
    spec: '{ type: mood, value: calm, before: glad }',
    changes: [{ kind: 'addEnumValue', type: { name: 'mood' }, value: 'calm', before: 'glad' }],
  },
  renameEnumValue: {
    spec: '{ type: mood, from: sad, to: blue }',
    changes: [{ kind: 'renameEnumValue', type: { name: 'mood' }, from: 'sad', to: 'blue' }],
  },
  setComment: {
    spec: '{ on: column, table: users, name: email, comment: "Where mail goes" }',
    changes: [{ kind: 'setComment', on: { kind: 'column', table: users, name: 'email' }, comment: 'Where mail goes' }],
  },
  insert: {
    spec: '{ into: users, rows: [ { id: 9007199254740993, name: "007", at: { sql: now() }, tags: [a, b], more: { a: 1 }, one: { json: 1 }, key: { hex: 00FF }, gone: null } ] }',
    changes: [
      {
        kind: 'insertRows',
        table: users,
        rows: [
          {
            id: 9007199254740993n,
            name: '007',
            at: { sql: 'now()' },
            tags: { json: ['a', 'b'] },
            more: { json: { a: 1 } },
            one: { json: 1 },
            key: new Uint8Array([0, 255]),
            gone: null,
          },
        ],
      },
    ],
  },
  update: {
    spec: '{ table: users, set: { active: false }, where: { id: 1 }, was: { active: true } }',
    changes: [{ kind: 'updateRows', table: users, set: { active: false }, where: { equals: { id: 1 } }, was: { active: true } }],
  },
  upsert: {
    spec: '{ into: users, key: [id], rows: [ { id: 1, name: Ada } ] }',
    changes: [{ kind: 'upsertRows', table: users, key: ['id'], rows: [{ id: 1, name: 'Ada' }] }],
  },
  delete: {
    spec: '{ from: users, where: { sql: "id > 5" } }',
    changes: [{ kind: 'deleteRows', table: users, where: { sql: 'id > 5' } }],
  },
  sql: {
    spec: '{ up: { postgres: CREATE CAST, any: SELECT 1 }, down: SELECT 2 }',
    changes: [{ kind: 'sql', up: { postgres: 'CREATE CAST', any: 'SELECT 1' }, down: { any: 'SELECT 2' } }],
  },
} as const satisfies Partial<Record<AuthoredKind, Case>>;

/** For each kind of object a spec with all its properties, and what it is read as; the name is `thing`. */
const objects = {
  View: {
    spec: 'query: SELECT 1 AS n, materialized: true, columns: [n], indexes: [ { columns: [n] } ], options: { a: b }, comment: c',
    object: {
      kind: 'view',
      name: { name: 'thing' },
      query: 'SELECT 1 AS n',
      materialized: true,
      columns: ['n'],
      indexes: [{ name: 'thing_n_idx', parts: [{ column: 'n' }] }],
      options: { a: 'b' },
      comment: 'c',
    },
  },
  Sequence: {
    spec: 'bits: 32, start: 5, increment: 2, minimum: 1, maximum: 9007199254740993, cache: 3, cycle: true, ownedBy: audit.log.id',
    object: {
      kind: 'sequence',
      name: { name: 'thing' },
      bits: 32,
      start: 5,
      increment: 2,
      minimum: 1,
      maximum: 9007199254740993n,
      cache: 3,
      cycle: true,
      ownedBy: { table: { schema: 'audit', name: 'log' }, column: 'id' },
    },
  },
  Enum: { spec: 'values: [yes, no, "1"]', object: { kind: 'enum', name: { name: 'thing' }, values: ['yes', 'no', '1'] } },
  Domain: {
    spec: 'type: "varchar(9)", nullable: false, default: x, collation: C, checks: [ VALUE <> 1, { name: b, sql: VALUE > 2 } ]',
    object: {
      kind: 'domain',
      name: { name: 'thing' },
      type: { kind: 'string', length: 9 },
      nullable: false,
      default: { value: 'x' },
      collation: 'C',
      checks: [
        { name: 'thing_check', sql: 'VALUE <> 1' },
        { name: 'b', sql: 'VALUE > 2' },
      ],
    },
  },
  Composite: {
    spec: 'attributes: [ { name: a, type: "int[]" }, { name: b, type: text, collation: C } ]',
    object: {
      kind: 'composite',
      name: { name: 'thing' },
      attributes: [
        { name: 'a', type: { kind: 'array', of: integer } },
        { name: 'b', type: { kind: 'text' }, collation: 'C' },
      ],
    },
  },
  Routine: {
    spec: 'routine: function, arguments: integer, definition: CREATE FUNCTION',
    object: { kind: 'routine', routine: 'function', name: { name: 'thing' }, arguments: 'integer', definition: 'CREATE FUNCTION' },
  },
  Trigger: {
    spec: 'on: audit.log, definition: CREATE TRIGGER',
    object: { kind: 'trigger', name: { name: 'thing' }, on: { schema: 'audit', name: 'log' }, definition: 'CREATE TRIGGER' },
  },
  Policy: {
    spec: 'on: users, restrictive: true, command: select, roles: [app], using: a, check: b',
    object: {
      kind: 'policy',
      name: { name: 'thing' },
      on: users,
      restrictive: true,
      command: 'select',
      roles: ['app'],
      using: 'a',
      check: 'b',
    },
  },
  Extension: { spec: 'version: "1.10"', object: { kind: 'extension', name: { name: 'thing' }, version: '1.10' } },
  Namespace: { spec: 'comment: Inner', object: { kind: 'namespace', name: { name: 'thing' }, comment: 'Inner' } },
  Opaque: {
    spec: 'type: statistics, definition: CREATE STATISTICS, drop: DROP STATISTICS, dependsOn: [table users]',
    object: {
      kind: 'opaque',
      type: 'statistics',
      name: { name: 'thing' },
      definition: 'CREATE STATISTICS',
      drop: 'DROP STATISTICS',
      dependsOn: ['table users'],
    },
  },
} as const satisfies Record<string, { readonly spec: string; readonly object: StandaloneObject }>;

function objectCases(): Readonly<Record<string, Case>> {
  const cases = Object.entries(objects).flatMap(([word, { spec, object }]): [string, Case][] => {
    const on = 'on' in object ? { on: object.on } : {};
    const which = 'on' in object ? `, on: ${object.kind === 'trigger' ? 'audit.log' : 'users'}` : '';
    const signature = 'arguments' in object ? { arguments: object.arguments } : {};
    const reference = { kind: object.kind, name: object.name, ...on, ...signature };
    const named = `name: thing${which}${'arguments' in object ? `, arguments: ${object.arguments}` : ''}`;
    return [
      [`create${word}`, { spec: `{ name: thing, ${spec} }`, changes: [{ kind: 'createObject', object }] }],
      [`replace${word}`, { spec: `{ name: thing, ${spec} }`, changes: [{ kind: 'replaceObject', object }] }],
      [`drop${word}`, { spec: `{ ${named} }`, changes: [{ kind: 'dropObject', object: reference }] }],
      [`rename${word}`, { spec: `{ ${named}, to: other }`, changes: [{ kind: 'renameObject', object: reference, to: { name: 'other' } }] }],
    ];
  });
  return Object.fromEntries(cases);
}

const cases: Readonly<Record<string, Case>> = { ...tables, ...others, ...objectCases() };

async function read(name: string, text: string): Promise<readonly Change[]> {
  const { up } = await yaml.read(migrationOf(sourceFile(name, text)), formatTools);
  return up.kind === 'changes' ? up.changes.map(({ change }) => change) : [];
}

test('every kind of change has an example here', () => {
  expect(Object.keys(cases).sort()).toEqual([...authoredKinds].sort());
});

test.each(Object.entries(cases))('%s is read from YAML and JSON', async (kind, { spec, changes }) => {
  const text = `up:\n  - ${kind}: ${spec}\n`;
  expect(await read('1_a.yaml', text)).toEqual(changes);
  const data: unknown = parse(text, { intAsBigInt: true });
  const json = JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? `#${value}#` : value)).replaceAll(/"#|#"/g, '');
  expect(await read('1_a.json', json)).toEqual(changes);
});

test('the short forms of drop say the same as the long ones', async () => {
  expect(await read('1_a.yaml', 'up: [ { dropView: a.b }, { dropTable: { name: t } }, { dropRoutine: f } ]')).toEqual([
    { kind: 'dropObject', object: { kind: 'view', name: { schema: 'a', name: 'b' } } },
    { kind: 'dropTable', table: { name: 't' } },
    { kind: 'dropObject', object: { kind: 'routine', name: { name: 'f' } } },
  ]);
});

test('each kind of constraint can be added', async () => {
  const text = `up:
  - addConstraint: { table: t, primaryKey: { columns: [a], include: [b], deferrable: deferred } }
  - addConstraint: { table: t, foreignKey: { columns: [a], references: { table: x, columns: [b] }, match: full, notValid: true } }
  - addConstraint: { table: t, check: a > 0 }
  - addConstraint: { table: t, exclude: { name: e, using: gist, elements: [ { sql: a, operator: "&&" } ], where: b } }
  - addConstraint: { table: t, unique: { name: null, columns: [a] } }
`;
  expect((await read('1_a.yaml', text)).map((change) => (change.kind === 'addConstraint' ? change.constraint : change))).toEqual([
    { kind: 'primaryKey', name: 't_pkey', columns: ['a'], include: ['b'], deferrable: 'deferred' },
    {
      kind: 'foreignKey',
      name: 't_a_fkey',
      columns: ['a'],
      references: { table: { name: 'x' }, columns: ['b'] },
      match: 'full',
      notValid: true,
    },
    { kind: 'check', name: 't_check', sql: 'a > 0' },
    { kind: 'exclude', name: 'e', using: 'gist', elements: [{ sql: 'a', operator: '&&' }], where: 'b' },
    { kind: 'unique', columns: ['a'] },
  ]);
});

test('where knows columns that are named like its own words', async () => {
  const text = `up:
  - delete: { from: t, where: { equals: { sql: x } } }
  - delete: { from: t, where: { equals: 1 } }
  - delete: { from: t, where: { sql: x, other: 1 } }
`;
  expect((await read('1_a.yaml', text)).map((change) => (change.kind === 'deleteRows' ? change.where : change))).toEqual([
    { equals: { sql: 'x' } },
    { equals: { equals: 1 } },
    { equals: { sql: 'x', other: 1 } },
  ]);
});
