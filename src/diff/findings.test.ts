import { describe, expect, test } from 'vitest';
import { type Column, canonicalSchema, type Schema, type SchemaObject, schemaOf, type Table } from '../schema/index.ts';
import { findings, means, takeOver, without } from './findings.ts';
import type { DiffRules } from './rules.ts';

const rules = { replaces: () => true, alters: () => true } as unknown as DiffRules;

function column(name: string, length = 40): Column {
  return { name, type: { kind: 'string', length }, nullable: true } as Column;
}

function table(name: string, columns: readonly Column[], more: Partial<Table> = {}): Table {
  return { kind: 'table', name: { name }, columns, constraints: [], indexes: [], options: {}, ...more };
}

const index = { name: 'by_name', parts: [{ column: 'name' }] } as const;
const counter: SchemaObject = {
  kind: 'sequence',
  name: { name: 'extra_id_seq' },
  ownedBy: { table: { name: 'extra' }, column: 'id' },
};
const grant: SchemaObject = {
  kind: 'opaque',
  type: 'grant',
  name: { name: 'read extra' },
  definition: '',
  drop: '',
  dependsOn: ['table extra'],
};
const audit: SchemaObject = { kind: 'trigger', name: { name: 'audit' }, on: { name: 'users' }, definition: 'x' };
const users = table('users', [column('name')]);
const extra = table('extra', [column('id')], { indexes: [{ name: 'by_id', parts: [{ column: 'id' }] }] });

describe('what differs is named once, with what comes along with it', () => {
  const cases: readonly [string, Schema, Schema, readonly string[]][] = [
    ['nothing', schemaOf([users]), schemaOf([users]), []],
    ['a table with its index, counter and grant', schemaOf([users]), schemaOf([users, extra, counter, grant]), ['+ table extra']],
    ['the same the other way', schemaOf([users, extra, counter, grant]), schemaOf([users]), ['- table extra']],
    ['a column', schemaOf([users]), schemaOf([table('users', [column('name'), column('note')])]), ['+ column users.note']],
    ['a changed column', schemaOf([users]), schemaOf([table('users', [column('name', 50)])]), ['~ column users.name']],
    ['an index', schemaOf([table('users', users.columns, { indexes: [index] })]), schemaOf([users]), ['- index users.by_name']],
    ['a trigger', schemaOf([users]), schemaOf([users, audit]), ['+ trigger users.audit']],
  ];
  test.each(cases)('%s', (_, from, to, wanted) => {
    const found = findings(from, to, rules);
    expect(found.map(({ sign, kind, name }) => `${sign} ${kind} ${name}`)).toEqual(wanted);
    expect(canonicalSchema(takeOver(from, to, found))).toBe(canonicalSchema(to));
    expect(canonicalSchema(takeOver(from, to, []))).toBe(canonicalSchema(from));
  });
});

test('what is taken over is that alone', () => {
  const from = schemaOf([users]);
  const to = schemaOf([table('users', [column('name', 50), column('note')], { comment: 'people', indexes: [index] }), extra]);
  const all = findings(from, to, rules);
  const chosen = (name: string): Schema =>
    takeOver(
      from,
      to,
      all.filter((one) => one.name === name),
    );
  const left = (name: string): readonly string[] => findings(chosen(name), to, rules).map((one) => one.name);
  expect(all.map(({ name }) => name)).toEqual(['extra', 'users', 'users.by_name', 'users.name', 'users.note']);
  expect(left('users')).toEqual(['extra', 'users.by_name', 'users.name', 'users.note']);
  expect(left('users.name')).toEqual(['extra', 'users', 'users.by_name', 'users.note']);
  expect(left('users.by_name')).toEqual(['extra', 'users', 'users.name', 'users.note']);
  expect(left('extra')).toEqual(['users', 'users.by_name', 'users.name', 'users.note']);
});

test('a mixed structure keeps what is known of both: what needs what, what comes from where, what is no part of it', () => {
  const facts = (need: string): NonNullable<Schema['facts']> => ({
    needs: new Map([['table users', [`table ${need}`]]]),
    shapes: new Map([['view v', [need]]]),
    inherited: new Map([['table users', [`table ${need}`]]]),
    unread: [need],
  });
  const [from, to] = [
    { ...schemaOf([users]), facts: facts('a') },
    { ...schemaOf([users, extra]), facts: facts('b') },
  ];
  const mixed = takeOver(from, to, findings(from, to, rules));
  expect(mixed.facts).toEqual({
    needs: new Map([['table users', ['table a', 'table b']]]),
    shapes: new Map([['view v', ['a']]]),
    inherited: new Map([['table users', ['table a', 'table b']]]),
    unread: ['a', 'b'],
  });
});

test('what differs is told property by property', () => {
  const [found] = findings(schemaOf([users]), schemaOf([table('users', [{ ...column('name', 50), comment: 'full' }])]), rules);
  expect(found?.differing).toEqual([
    { property: 'type', expected: { kind: 'string', length: 40 }, found: { kind: 'string', length: 50 } },
    { property: 'comment', found: 'full' },
  ]);
});

test('what is left out of a structure goes with what belongs to it', () => {
  expect([...without(schemaOf([users, audit, extra, counter, grant]), new Set(['table extra'])).objects.keys()]).toEqual([
    'table users',
    'trigger users/audit',
  ]);
});

test.each([
  ['users.by_name', true],
  ['by_name', true],
  ['users.*', true],
  ['*', true],
  ['user', false],
  ['users', false],
  ['users.by.name', false],
  ['users?by_name', false],
  ['*other', false],
])('%s means the index by_name of users: %s', (pattern, wanted) => {
  const [found] = findings(schemaOf([users]), schemaOf([table('users', users.columns, { indexes: [index] })]), rules);
  expect(found !== undefined && means(pattern, found)).toBe(wanted);
});
