import { describe, expect, test } from 'vitest';
import { apply } from './apply.ts';
import type { Change } from './change.ts';
import { invert } from './invert.ts';
import { type Constraint, type Schema, type SchemaObject, schemaOf, type Table, tableOf } from './model.ts';
import type { Refusal } from './refusal.ts';

const integer = { kind: 'integer', bits: 32 } as const;
const mood = { kind: 'named', type: { name: 'mood' } } as const;

function table(name: string, constraints: readonly Constraint[] = [], rest: Partial<Table> = {}): Table {
  return {
    kind: 'table',
    name: { name },
    columns: ['id', 'a', 'b'].map((column) => ({ name: column, type: integer, nullable: false })),
    constraints,
    indexes: [],
    options: {},
    ...rest,
  };
}

const childOf = (parent: string, column: string): Constraint => ({
  kind: 'foreignKey',
  name: 'child',
  columns: ['a'],
  references: { table: { name: parent }, columns: [column] },
});

function applied(objects: readonly SchemaObject[], change: Change): Schema | Refusal {
  return apply(schemaOf(objects), change);
}

function keysAfter(objects: readonly SchemaObject[], change: Change): readonly string[] {
  const result = applied(objects, change);
  if ('refused' in result) throw new Error(result.refused);
  return [...result.objects.keys()];
}

describe('a column that is dropped', () => {
  test('takes the sequences along that it owns', () => {
    const counter: SchemaObject = { kind: 'sequence', name: { name: 'counter' }, ownedBy: { table: { name: 't' }, column: 'a' } };
    const drop: Change = { kind: 'dropColumn', table: { name: 't' }, name: 'a' };
    expect(keysAfter([table('t'), counter], drop)).toEqual(['table t']);
    expect(invert(drop, schemaOf([table('t'), counter]))).toContainEqual({ kind: 'createObject', object: counter });
  });

  test('stays when a foreign key of another table needs a key that would go with it', () => {
    const parent = table('t', [{ kind: 'unique', name: 'u', columns: ['a'], include: ['b'] }]);
    const drop: Change = { kind: 'dropColumn', table: { name: 't' }, name: 'b' };
    expect(applied([parent, table('c', [childOf('t', 'a')])], drop)).toEqual({ refused: 'a foreign key of "c" needs that key of "t"' });
    expect(keysAfter([parent, table('c')], drop)).toEqual(['table t', 'table c']);
  });
});

describe('a constraint that is dropped', () => {
  const one: Constraint = { kind: 'unique', name: 'one', columns: ['a'] };
  const two: Constraint = { kind: 'unique', columns: ['a'] };
  const left = (result: Schema | Refusal): unknown =>
    'refused' in result ? result : [...result.objects.values()].find((object) => object.kind === 'table')?.constraints;

  test('is the one without a name when only kind and columns are given', () => {
    const drop: Change = { kind: 'dropConstraint', table: { name: 't' }, type: 'unique', columns: ['a'] };
    expect(left(applied([table('t', [one, two])], drop))).toEqual([one]);
    expect(left(applied([table('t', [one])], drop))).toEqual([]);
  });

  test('may go although a foreign key needs such a key, when another one stays', () => {
    const drop: Change = { kind: 'dropConstraint', table: { name: 't' }, name: 'one' };
    const child = table('c', [childOf('t', 'a')]);
    expect(applied([table('t', [one]), child], drop)).toEqual({ refused: 'a foreign key of "c" needs that key of "t"' });
    expect(left(applied([table('t', [one, { ...two, name: 'two' }]), child], drop))).toEqual([{ ...two, name: 'two' }]);
    const index = { name: 'i', parts: [{ column: 'a' }], unique: true } as const;
    expect(left(applied([table('t', [one], { indexes: [index] }), child], drop))).toEqual([]);
  });

  test('cannot be told from another one when neither has a name', () => {
    const unique: Constraint = { kind: 'unique', columns: ['a'] };
    const add = { kind: 'addConstraint', table: { name: 't' }, constraint: { ...unique, nullsNotDistinct: true } } as const;
    expect(invert(add, schemaOf([table('t', [unique])]))).toEqual({
      irreversible: 'a unique without a name cannot be told from another one of "t"',
    });
    expect(invert(add, schemaOf([table('t')]))).toEqual([{ kind: 'dropConstraint', table: { name: 't' }, type: 'unique', columns: ['a'] }]);
  });

  test('is told from other checks without a name by what it says, whatever quotes it is spelled with', () => {
    const checks: readonly Constraint[] = [
      { kind: 'check', sql: 'a > 0' },
      { kind: 'check', sql: 'b > 0' },
    ];
    const before = schemaOf([table('t', checks)]);
    const left = apply(before, { kind: 'dropConstraint', table: { name: 't' }, type: 'check', sql: '"b" > 0' });
    expect('refused' in left ? left : tableOf(left, { name: 't' })?.constraints).toEqual([checks[0]]);
    expect(apply(before, { kind: 'dropConstraint', table: { name: 't' }, type: 'check', sql: 'c > 0' })).toEqual({
      refused: 'table "t" has no such constraint',
    });
  });
});

test.each([
  [
    {
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        { kind: 'primaryKey', columns: ['a'] },
      ],
    },
    'table "t" has two primary keys',
  ],
  [
    {
      constraints: [
        { kind: 'check', name: 'c', sql: 'a' },
        { kind: 'check', name: 'c', sql: 'b' },
      ],
    },
    'table "t" has two constraints "c"',
  ],
  [
    {
      indexes: [
        { name: 'i', parts: [{ column: 'a' }] },
        { name: 'i', parts: [{ column: 'b' }] },
      ],
    },
    'table "t" has two indexes "i"',
  ],
] as const)('a table with %j is refused', (rest, refused) => {
  expect(applied([], { kind: 'createTable', table: table('t', [], rest) })).toEqual({ refused });
});

describe('indexes of a materialized view', () => {
  const name = { name: 'v' };
  const index = { name: 'i', parts: [{ column: 'n' }] };
  const view: SchemaObject = { kind: 'view', name, query: 'SELECT 1 AS n', materialized: true, indexes: [index] };
  const indexesAfter = (change: Change): unknown => {
    const result = applied([view], change);
    return 'refused' in result ? result : [...result.objects.values()].map((object) => ('indexes' in object ? object.indexes : 'none'));
  };

  test('are created, renamed, commented and dropped like those of a table', () => {
    expect(indexesAfter({ kind: 'createIndex', table: name, index })).toEqual({ refused: 'view "v" already has an index "i"' });
    expect(indexesAfter({ kind: 'renameIndex', table: name, from: 'i', to: 'j' })).toEqual([[{ ...index, name: 'j' }]]);
    expect(indexesAfter({ kind: 'renameIndex', table: name, from: 'x', to: 'j' })).toEqual({ refused: 'view "v" has no index "x"' });
    expect(indexesAfter({ kind: 'dropIndex', table: name, name: 'x' })).toEqual({ refused: 'view "v" has no index "x"' });
    expect(indexesAfter({ kind: 'dropIndex', table: name, name: 'i' })).toEqual(['none']);
    expect(indexesAfter({ kind: 'setComment', on: { kind: 'index', table: name, name: 'i' }, comment: 'c' })).toEqual([
      [{ ...index, comment: 'c' }],
    ]);
  });
});

describe('what belongs to a view', () => {
  const view: SchemaObject = { kind: 'view', name: { name: 'v' }, query: 'SELECT 1' };
  const trigger: SchemaObject = { kind: 'trigger', name: { name: 'w' }, on: { name: 'v' }, definition: 'CREATE TRIGGER w ON v' };

  test('goes with it and comes back with it', () => {
    const drop: Change = { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } };
    expect(keysAfter([view, trigger], drop)).toEqual([]);
    expect(invert(drop, schemaOf([view, trigger]))).toEqual([
      { kind: 'createObject', object: view },
      { kind: 'createObject', object: trigger },
    ]);
  });

  test('follows it to another name', () => {
    expect(keysAfter([view, trigger], { kind: 'renameObject', object: { kind: 'view', name: { name: 'v' } }, to: { name: 'x' } })).toEqual([
      'view x',
      'trigger x/w',
    ]);
  });
});

describe('a type under another name', () => {
  const domain: SchemaObject = { kind: 'domain', name: { name: 'd' }, type: mood, nullable: true, checks: [] };
  const composite: SchemaObject = {
    kind: 'composite',
    name: { name: 'c' },
    attributes: [{ name: 'x', type: { kind: 'array', of: mood } }],
  };
  const type: SchemaObject = { kind: 'enum', name: { name: 'mood' }, values: [] };
  const routine: SchemaObject = { kind: 'routine', routine: 'function', name: { name: 'mood' }, definition: '' };

  test('is followed by everything that has it', () => {
    const result = applied([domain, composite, type], {
      kind: 'renameObject',
      object: { kind: 'enum', name: { name: 'mood' } },
      to: { name: 'm' },
    });
    expect('refused' in result ? result : [...result.objects.values()]).toEqual(
      expect.arrayContaining([
        { ...domain, type: { kind: 'named', type: { name: 'm' } } },
        { ...composite, attributes: [{ name: 'x', type: { kind: 'array', of: { kind: 'named', type: { name: 'm' } } } }] },
      ]),
    );
  });

  test('is not confused with something else of the same name', () => {
    const result = applied([domain, type, routine], {
      kind: 'renameObject',
      object: { kind: 'routine', name: { name: 'mood' } },
      to: { name: 'm' },
    });
    expect('refused' in result ? result : [...result.objects.values()]).toContainEqual(domain);
  });

  test('cannot be dropped while a domain or another type has it', () => {
    const drop: Change = { kind: 'dropObject', object: { kind: 'enum', name: { name: 'mood' } } };
    expect(applied([domain, type], drop)).toEqual({ refused: 'enum type "mood" is the type of a part of domain "d"' });
    expect(applied([composite, type], drop)).toEqual({ refused: 'enum type "mood" is the type of a part of composite type "c"' });
  });
});

test('kinds that share their names take them from each other', () => {
  const sequence: SchemaObject = { kind: 'sequence', name: { name: 't' } };
  const type: SchemaObject = { kind: 'enum', name: { name: 'x' }, values: [] };
  expect(applied([table('t')], { kind: 'createObject', object: sequence })).toEqual({ refused: 'there is already a table "t"' });
  expect(applied([sequence], { kind: 'createTable', table: table('t') })).toEqual({ refused: 'there is already a sequence "t"' });
  expect(applied([type], { kind: 'replaceObject', object: { kind: 'composite', name: { name: 'x' }, attributes: [] } })).toEqual({
    refused: 'there is already an enum type "x"',
  });
});

describe('a namespace', () => {
  const namespace: SchemaObject = { kind: 'namespace', name: { name: 'audit' } };
  const log = table('log', [], { name: { schema: 'audit', name: 'log' } });
  const child = table('c', [
    { kind: 'foreignKey', name: 'child', columns: ['a'], references: { table: { schema: 'audit', name: 'log' }, columns: ['id'] } },
  ]);

  test('takes what lies in it along to another name', () => {
    const rename: Change = { kind: 'renameObject', object: { kind: 'namespace', name: { name: 'audit' } }, to: { name: 'logs' } };
    const result = applied([namespace, log, child], rename);
    expect('refused' in result ? result : Object.fromEntries(result.objects)).toEqual({
      'table c': {
        ...child,
        constraints: [{ ...child.constraints[0], references: { table: { schema: 'logs', name: 'log' }, columns: ['id'] } }],
      },
      'namespace logs': { kind: 'namespace', name: { name: 'logs' } },
      'table logs.log': { ...log, name: { schema: 'logs', name: 'log' } },
    });
  });

  test('cannot be dropped while something lies in it', () => {
    const drop: Change = { kind: 'dropObject', object: { kind: 'namespace', name: { name: 'audit' } } };
    expect(applied([namespace, log], drop)).toEqual({ refused: 'schema "audit" is not empty: table "audit.log" lies in it' });
  });
});
