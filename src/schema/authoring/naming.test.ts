import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { index, name, qualifiedName } from '../../../test/support/arbitrary.ts';
import { domainCheckName, freeName, type Nameable } from './naming.ts';

const of = (table: string, item: Nameable, columns: readonly string[] = [], taken = new Set<string>()): string =>
  freeName({ table: { name: table }, columns, taken }, item);

const parent = { table: { name: 'users' }, columns: ['id'] };

describe('a name that nobody gave', () => {
  const items: readonly (readonly [string, Nameable, columns?: readonly string[]])[] = [
    ['orders_pkey', { kind: 'primaryKey', columns: ['a', 'b'] }],
    ['orders_email_key', { kind: 'unique', columns: ['email'] }],
    ['orders_a_b_key', { kind: 'unique', columns: ['a', 'b'] }],
    ['orders_coupon_id_fkey', { kind: 'foreignKey', columns: ['coupon_id'], references: parent }],
    ['orders_age_check', { kind: 'check', sql: "age > 0 AND 'name' <> ''" }, ['age', 'name']],
    ['orders_check', { kind: 'check', sql: 'age > number' }, ['age', 'number']],
    ['orders_check', { kind: 'check', sql: 'age > 0' }],
    [
      'orders_room_during_excl',
      {
        kind: 'exclude',
        using: 'gist',
        elements: [
          { sql: 'room', operator: '=' },
          { sql: 'during', operator: '&&' },
        ],
      },
    ],
    ['orders_email_idx', { kind: 'index', parts: [{ column: 'email' }] }],
    ['orders_lower_id_idx', { kind: 'index', parts: [{ sql: '(lower(email))' }, { column: 'id' }] }],
    ['orders_expr_idx', { kind: 'index', parts: [{ sql: 'a || b' }] }],
  ];
  for (const [wanted, item, columns] of items) {
    test(`of ${JSON.stringify(item)} is ${wanted}`, () => {
      expect(of('orders', item, columns)).toBe(wanted);
    });
  }

  test('is not one that is taken', () => {
    const taken = new Set(['orders_email_key']);
    expect(of('orders', { kind: 'unique', columns: ['email'] }, [], taken)).toBe('orders_email_key1');
    expect(of('orders', { kind: 'unique', columns: ['email'] }, [], taken)).toBe('orders_email_key2');
    const checks = new Set<string>();
    expect([domainCheckName({ name: 'email' }, checks), domainCheckName({ name: 'email' }, checks)]).toEqual([
      'email_check',
      'email_check1',
    ]);
  });

  test('is cut when it is longer than 63 bytes, differently for different wholes', () => {
    const long = 'a_table_whose_name_goes_on_and_on';
    const one = of(long, { kind: 'unique', columns: ['a_column_with_a_long_name', 'another'] });
    expect(one).toBe('a_table_whose_name_goes_on_and_on_a_column_with_a__24534094_key');
    expect(one).not.toBe(of(long, { kind: 'unique', columns: ['a_column_with_a_long_name', 'other'] }));
    expect(of('ü'.repeat(40), { kind: 'primaryKey', columns: ['id'] })).toMatch(/^ü{24}_[0-9a-f]{8}_pkey$/);
  });

  test('fits, is never taken, and is the same for the same things', () => {
    fc.assert(
      fc.property(qualifiedName, index, fc.array(name, { maxLength: 3 }), (table, { name: _, ...parts }, others) => {
        const item: Nameable = { kind: 'index', ...parts };
        const taken = new Set(others);
        const first = freeName({ table, columns: [], taken }, item);
        const second = freeName({ table, columns: [], taken }, item);
        expect(others).not.toContain(first);
        expect(second).not.toBe(first);
        expect(freeName({ table, columns: [], taken: new Set(others) }, item)).toBe(first);
        expect(new TextEncoder().encode(second).length).toBeLessThanOrEqual(63);
      }),
      { numRuns: 1000 },
    );
  });
});
