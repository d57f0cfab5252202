import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallSchema } from '../../test/support/arbitrary.ts';
import { applyAll, type Column, canonicalSchema, type Schema, schemaOf, type Table, tablesOf } from '../schema/index.ts';
import { type DiffRules, diff, noHints, type Rename, renamed, reversedHints } from './index.ts';

const rules: DiffRules = {
  replaces: () => true,
  alters: () => true,
  retypes: () => false,
  hinders: () => false,
  renames: { fold: (name) => name.toLowerCase(), hinders: () => false, inPlace: () => true },
};
const column = (name: string): Column => ({ name, type: { kind: 'text' }, nullable: true });
const table = (name: string, columns: readonly string[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: { name },
  columns: columns.map(column),
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
const move = (from: string, to: string, of = 't'): Rename => ({ kind: 'renameColumn', table: { name: of }, from, to });
const told = (changes: readonly { readonly kind: string }[]): readonly string[] =>
  changes.map((change) => {
    const { kind, from, to, name } = change as Record<string, unknown>;
    const text = (value: unknown): string =>
      typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : String(value);
    return from === undefined ? `${kind} ${text(name)}` : `${text(from)}>${text(to)}`;
  });
const way = (
  before: readonly Table[],
  after: readonly Table[],
  renames: readonly Rename[],
  dropped: readonly string[] = [],
): readonly string[] | string => {
  const found = diff(schemaOf(before), schemaOf(after), rules, { renames, dropped: new Set(dropped) });
  return 'refused' in found ? found.refused : told(found.changes);
};

describe('names are given in an order in which each is free', () => {
  test.each<
    readonly [title: string, had: readonly string[], has: readonly string[], renames: readonly Rename[], wanted: readonly string[] | string]
  >([
    ['one', ['a'], ['b'], [move('a', 'b')], ['a>b']],
    ['a chain', ['a', 'b'], ['b', 'c'], [move('a', 'b'), move('b', 'c')], ['b>c', 'a>b']],
    ['a swap', ['a', 'b'], ['a', 'b'], [move('a', 'b'), move('b', 'a')], ['a>lockstep_name_1', 'b>a', 'lockstep_name_1>b']],
    [
      'a swap with other capitals',
      ['a', 'b'],
      ['A', 'B'],
      [move('a', 'B'), move('b', 'A')],
      ['a>lockstep_name_1', 'b>A', 'lockstep_name_1>B'],
    ],
    ['one that is taken', ['a', 'b'], ['b'], [move('a', 'b')], 't.a → b: column t/b is there already, and would have to be dropped'],
    ['one for two', ['a', 'b'], ['c'], [move('a', 'c'), move('b', 'c')], 't.a → c and t.b → c cannot both be'],
    ['two for one', ['a'], ['b', 'c'], [move('a', 'b'), move('a', 'c')], 't.a → b and t.a → c cannot both be'],
  ])('%s', (_, had, has, renames, wanted) => {
    expect(way([table('t', had)], [table('t', has)], renames)).toEqual(wanted);
  });

  test('what is dropped by name makes room, and is not asked about', () => {
    expect(way([table('t', ['a', 'b', 'x'])], [table('t', ['b', 'x'])], [move('a', 'b')], ['column t/b'])).toEqual([
      'b>lockstep_name_1',
      'a>b',
      'dropColumn lockstep_name_1',
    ]);
  });
});

describe('names that the engine takes for one', () => {
  const differs = (before: readonly Table[], after: readonly Table[], by: DiffRules = rules): readonly string[] | string => {
    const found = diff(schemaOf(before), schemaOf(after), by);
    return 'refused' in found ? found.refused : told(found.changes);
  };

  test('are changed without a word, of columns and of tables', () => {
    expect(differs([table('t', ['id'])], [table('t', ['ID'])])).toEqual(['id>ID']);
    expect(differs([table('t', ['id', 'b'])], [table('T', ['ID', 'b'])])).toEqual(['t>T', 'id>ID']);
  });

  test('are of two tables where the engine tells only names of tables apart', () => {
    const renames = { fold: (name: string, of: string) => (of === 'table' ? name : name.toLowerCase()) };
    const apart: DiffRules = { ...rules, renames: { hinders: () => false, inPlace: () => true, ...renames } };
    expect(differs([table('t', ['id'])], [table('t', ['ID']), table('T', ['id'])], apart)).toEqual(['id>ID', 'createTable undefined']);
  });

  test('are taken: a table that is given the name of another in other capitals waits for it', () => {
    const hints: readonly Rename[] = [
      { kind: 'renameTable', from: { name: 'a' }, to: { name: 'B' } },
      { kind: 'renameTable', from: { name: 'b' }, to: { name: 'c' } },
    ];
    expect(way([table('a', ['x']), table('b', ['y'])], [table('B', ['x']), table('c', ['y'])], hints)).toEqual(['b>c', 'a>B']);
  });
});

test('of constraints without a name that a drop cannot tell apart, those that stay are made anew', () => {
  const plain = { kind: 'unique', columns: ['a'] } as const;
  const tolerant = { ...plain, extras: { onConflict: 'ignore' } };
  for (const constraints of [
    [plain, tolerant],
    [tolerant, plain],
  ]) {
    for (const kept of constraints) {
      const [before, after] = [schemaOf([table('t', ['a'], { constraints })]), schemaOf([table('t', ['a'], { constraints: [kept] })])];
      const found = diff(before, after, rules);
      if ('refused' in found) throw new Error(found.refused);
      expect(canonicalSchema(applied(before, found.changes))).toBe(canonicalSchema(after));
    }
  }
});

test('what is named after a table follows it', () => {
  const key = (name: string): Partial<Table> => ({ constraints: [{ kind: 'unique', name, columns: ['a'] }] });
  const rename: Rename = { kind: 'renameTable', from: { name: 't' }, to: { name: 'u' } };
  expect(way([table('t', ['a'], key('t_a_key'))], [table('u', ['a'], key('u_a_key'))], [rename])).toEqual(['t>u', 't_a_key>u_a_key']);
});

test('a question is asked for everything that is gone and may have become something new', () => {
  const ask = (from: Schema, to: Schema): readonly unknown[] => {
    const found = diff(from, to, rules, noHints);
    if ('refused' in found) throw new Error(found.refused);
    return found.questions.map(({ gone, candidates }) => [gone, candidates.map(({ rename, certain }) => [...told([rename]), certain])]);
  };
  const [before, after] = [schemaOf([table('t', ['id', 'name'])]), schemaOf([table('t', ['id', 'full_name'])])];
  expect(ask(before, after)).toEqual([['column t/name', [['name>full_name', true]]]]);
  expect(ask(before, schemaOf([table('u', ['id', 'name'])]))).toEqual([['table t', [['t>u', false]]]]);
  expect(ask(schemaOf([table('t', ['mail'])]), schemaOf([table('t', ['email', 'mail_2'])]))).toEqual([
    [
      'column t/mail',
      [
        ['mail>email', false],
        ['mail>mail_2', false],
      ],
    ],
  ]);
  expect(ask(before, before)).toEqual([]);
});

test('whatever tables and columns are called afterwards, the way leads there and back and makes nothing anew', () => {
  fc.assert(
    fc.property(smallSchema, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (schema, choices) => {
      const choose = (): number => choices.next().value ?? 0;
      const renames = tablesOf(schema).flatMap((one): readonly Rename[] => {
        const names = one.columns.map(({ name }) => name);
        // Columns move on in a circle, or get names of their own.
        const pairs = names.map((from, i) => [from, choose() === 0 ? (names[(i + 1) % names.length] ?? from) : `${from}_now`] as const);
        const moved = pairs.filter(([from, to]) => from !== to);
        const isFair = new Set(pairs.map(([, to]) => to)).size === names.length;
        const all = isFair ? moved.map(([from, to]): Rename => ({ kind: 'renameColumn', table: one.name, from, to })) : [];
        return choose() === 0 ? [...all, { kind: 'renameTable', from: one.name, to: { ...one.name, name: `${one.name.name}_now` } }] : all;
      });
      const there = renamed(schema, schema, { renames, dropped: new Set() }, rules);
      if ('refused' in there) return;
      expect(canonicalSchema(applied(schema, there.changes))).toBe(canonicalSchema(there.schema));
      const back = diff(there.schema, schema, rules, reversedHints(renames));
      if ('refused' in back) throw new Error(back.refused);
      expect(canonicalSchema(applied(there.schema, back.changes))).toBe(canonicalSchema(schema));
      const lost = back.changes.filter(({ kind }) => kind === 'dropTable' || kind === 'dropColumn');
      expect(lost).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

function applied(schema: Schema, changes: Parameters<typeof applyAll>[1]): Schema {
  const result = applyAll(schema, changes);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}
