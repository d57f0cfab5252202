import { describe, expect, test } from 'vitest';
import type { Column, ColumnType, Table } from '../schema/index.ts';
import { columnLikeness, nameLikeness, tableLikeness } from './similar.ts';

const text: ColumnType = { kind: 'string', length: 20 };
const whole: ColumnType = { kind: 'integer', bits: 32 };
const column = (name: string, type: ColumnType = text, more: Partial<Column> = {}): Column => ({ name, type, nullable: true, ...more });
const table = (name: string, ...columns: readonly Column[]): Table => ({
  kind: 'table',
  name: { name },
  columns,
  constraints: [],
  indexes: [],
  options: {},
});

describe('two names', () => {
  test.each([
    ['name', 'name', 1],
    ['name', 'Name', 1],
    ['fullName', 'full_name', 1],
    ['mail', 'email', 0.8],
    ['name', 'full_name', 0.67],
    ['user_id', 'owner_id', 0.57],
    ['title', 'headline', 0.25],
    ['', 'x', 0],
  ])('%s and %s are alike by %d', (a, b, likeness) => {
    expect(nameLikeness(a, b)).toBeCloseTo(likeness, 2);
    expect(nameLikeness(b, a)).toBe(nameLikeness(a, b));
  });
});

describe('a column that is gone and one that is new', () => {
  const like = (gone: Column, fresh: Column): number =>
    columnLikeness({ table: table('t', gone), column: gone }, { table: table('t', fresh), column: fresh });

  test.each<readonly [Column, Column, number]>([
    [column('name'), column('full_name'), 0.83],
    [column('name'), column('full_name', { kind: 'text' }), 0.68],
    [column('title'), column('headline'), 0.63],
    [column('a'), column('b', whole), 0],
    [column('made'), column('made_on', { kind: 'date' }), 0],
    [column('a', text, { generated: { sql: 'b', stored: true } }), column('aa'), 0],
    [column('name'), column('full_name', text, { nullable: false }), 0.78],
  ])('%o and %o', (gone, fresh, likeness) => {
    expect(like(gone, fresh)).toBeCloseTo(likeness, 2);
  });

  test('are likelier the same where the same keys hold both', () => {
    const parent = { table: { name: 'users' }, columns: ['id'] };
    const [gone, fresh] = [column('user_id', whole), column('owner_id', whole)];
    const key = (columns: readonly string[]): Table['constraints'] => [{ kind: 'foreignKey', columns, references: parent }];
    const before = { table: { ...table('t', gone), constraints: key(['user_id']) }, column: gone };
    const after = { table: { ...table('t', fresh), constraints: key(['owner_id']) }, column: fresh };
    expect(columnLikeness(before, after)).toBeCloseTo(columnLikeness(before, { ...after, table: table('t', fresh) }) + 0.1, 2);
  });
});

test.each<readonly [Table, Table, number]>([
  [table('users', column('id', whole), column('name')), table('people', column('id', whole), column('name')), 0.7],
  [table('users', column('id', whole), column('name')), table('user', column('id', whole), column('name')), 0.94],
  [table('users', column('id', whole)), table('people', column('nr', whole)), 0],
  [table('users', column('id', whole)), table('people', column('id')), 0.35],
])('tables are alike by their columns and their names: %#', (gone, fresh, likeness) => {
  expect(tableLikeness(gone, fresh)).toBeCloseTo(likeness, 2);
});
