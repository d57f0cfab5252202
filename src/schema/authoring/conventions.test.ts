import { describe, expect, test } from 'vitest';
import type { Change } from '../change.ts';
import { type SchemaBuilder, schemaBuilder } from './builder.ts';
import { defaultColumnProblems } from './conventions.ts';
import { type NameParts, prefixedName } from './prefixed-names.ts';
import type { ColumnSpec, Conventions } from './spec.ts';

const long = 'a_rather_long_table_name_for_testing';
const parts = (prefix: string, table: string, ...columns: readonly string[]): NameParts => ({ prefix, table, columns });

describe('a name with its kind in front', () => {
  test.each<readonly [NameParts, number, string]>([
    [parts('idx', 'test_table', 'created'), 50, 'idx_test_table_created'],
    [parts('idx', 'Test_Table', 'Created'), 50, 'idx_test_table_created'],
    [parts('idx', long, 'another_field', 'created'), 50, 'IDX_433D8D3A45B4F955B23DB7B8'],
    [parts('fk', long, 'user_owner_id'), 50, 'FK_433D8D3A9EB185F9'],
    [parts('fk', long, 'user_owner_id'), 63, `fk_${long}_user_owner_id`],
    [parts('idx', 'table1', 'column1', 'column2', 'column3'), 30, 'IDX_1C95229D341CE00BAD15B1B1DA'],
    [parts('pk', 'orders'), 30, 'pk_orders'],
    // The sum of col342 is 00e08dce.
    [parts('idx', long, 'col342'), 30, 'IDX_433D8D3AE08DCE'],
  ])('%o, at most %d', (name, max, wanted) => {
    expect(prefixedName(name, max, new Set())).toBe(wanted);
  });

  test('is told from those that are taken, and stays as short', () => {
    const name = parts('idx', long, 'another_field', 'created');
    const first = prefixedName(name, 28, new Set());
    const second = prefixedName(name, 28, new Set([first]));
    expect([first, second]).toEqual(['IDX_433D8D3A45B4F955B23DB7B8', 'IDX_433D8D3A45B4F955B23DB7B1']);
    expect(prefixedName(parts('idx', 't', 'a'), 30, new Set(['idx_t_a', 'idx_t_a1']))).toBe('idx_t_a2');
    // Cut at 12, both hashes begin alike.
    expect(prefixedName(parts('idx', long, 'b'), 12, new Set(['IDX_433D8D3A']))).toBe('IDX_433D8D31');
  });
});

const columns: readonly ColumnSpec[] = [
  { name: 'id', type: 'bigint', identity: true, primaryKey: true },
  { name: 'created_at', type: 'timestamp', nullable: false, default: { sql: 'CURRENT_TIMESTAMP' } },
];

function made(conventions: Conventions, write: (schema: SchemaBuilder) => void): readonly Change[] {
  const changes: Change[] = [];
  write(schemaBuilder((change) => changes.push(change), undefined, conventions));
  return changes;
}

const columnsOf = ([change]: readonly Change[]): readonly string[] =>
  change?.kind === 'createTable' ? change.table.columns.map(({ name }) => name) : [];

describe('default columns', () => {
  const code: ColumnSpec = { name: 'code', type: 'string' };
  test.each<readonly [what: string, Parameters<SchemaBuilder['createTable']>[1], wanted: readonly string[]]>([
    ['stand in every table, the key in front', { columns: [code] }, ['id', 'code', 'created_at']],
    ['are left out where none is wanted', { columns: [code], defaultColumns: false }, ['code']],
    ['are those that are named', { columns: [code], defaultColumns: ['created_at'] }, ['code', 'created_at']],
    ['give way to a column of the same name', { columns: [code, { name: 'created_at', type: 'date' }] }, ['id', 'code', 'created_at']],
    ['give way to a key of the table', { columns: [{ ...code, primaryKey: true }] }, ['code', 'created_at']],
    ['give way to a key of several columns', { columns: [code], primaryKey: ['code'] }, ['code', 'created_at']],
  ])('%s', (_, spec, wanted) => {
    expect(columnsOf(made({ defaultColumns: columns }, (schema) => schema.createTable('t', spec)))).toEqual(wanted);
  });

  test('bring their keys along', () => {
    const [change] = made({ defaultColumns: columns }, (schema) => schema.createTable('t', { columns: [code] }));
    expect(change).toMatchObject({ table: { constraints: [{ kind: 'primaryKey', name: 't_pkey', columns: ['id'] }] } });
  });

  test('that do not exist cannot be wanted, and wrong ones are told', () => {
    expect(() => made({ defaultColumns: columns }, (schema) => schema.createTable('t', { columns: [], defaultColumns: ['x'] }))).toThrow(
      'schema.createTable: defaultColumns: there is no default column "x"',
    );
    expect(defaultColumnProblems([...columns, { name: 'id', type: 'inti' }]).map(({ path, message }) => [path[0], message])).toEqual([
      [2, expect.stringContaining('unknown type "inti"; did you mean "int"?')],
      [2, 'two default columns have the name "id"'],
    ]);
  });
});

describe('a naming policy', () => {
  const policy = { naming: { style: 'prefixed', max: 30 } } as const;

  test('names what nobody named, and nothing else', () => {
    const changes = made(policy, (schema) => {
      schema.createTable('orders', {
        columns: [
          { name: 'id', type: 'int', primaryKey: true },
          { name: 'user_id', type: 'int', references: 'users.id', unique: 'mine' },
        ],
        indexes: [{ columns: ['user_id'] }, { columns: ['id', 'user_id'], unique: true }],
        checks: ['user_id > 0'],
      });
      schema.createIndex('orders', { columns: ['id'] });
    });
    expect(changes).toMatchObject([
      {
        table: {
          constraints: [{ name: 'pk_orders' }, { name: 'mine' }, { name: 'fk_orders_user_id' }, { name: 'chk_orders_user_id' }],
          indexes: [{ name: 'idx_orders_user_id' }, { name: 'uniq_orders_id_user_id' }],
        },
      },
      { index: { name: 'idx_orders_id' } },
    ]);
  });

  test.each<readonly [string, (schema: SchemaBuilder) => void]>([
    [`the name of table "${long}" has 36 characters`, (schema) => schema.createTable(long, { columns: [] })],
    [`the name of table "${long}" has 36 characters`, (schema) => schema.renameTable('t', long)],
    [`the name of column "${long}" of table "t" has 36 characters`, (schema) => schema.addColumn('t', long, { type: 'int' })],
    [`the name of column "${long}" of table "t" has 36 characters`, (schema) => schema.renameColumn('t', 'a', long)],
  ])('refuses longer names than it allows: %s', (message, write) => {
    expect(() => made(policy, write)).toThrow(`${message}, and the naming policy allows 30`);
    expect(made({ naming: { ...policy.naming, identifiers: 63 } }, write)).toHaveLength(1);
  });
});
