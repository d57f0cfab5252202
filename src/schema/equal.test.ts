import { expect, test } from 'vitest';
import { canonicalSchema, type Schema, sameSchema, schemaOf, type Table } from './index.ts';

const table = (columns: Table['columns'], more: Partial<Table> = {}): Schema =>
  schemaOf([{ kind: 'table', name: { name: 't' }, columns, constraints: [], indexes: [], options: {}, ...more }]);
const id = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false } as const;
const name = { name: 'name', type: { kind: 'text' }, nullable: true } as const;

test.each([
  ['the same tables', table([id, name]), table([{ ...id }, { ...name }]), true],
  ['columns in another order', table([id, name]), table([name, id]), true],
  ['a property that is given as undefined', table([id]), table([id], { comment: undefined } as unknown as Partial<Table>), true],
  ['a column more', table([id]), table([id, name]), false],
  ['another type', table([id]), table([{ ...id, type: { kind: 'integer', bits: 32 } }]), false],
  ['an object more', table([id]), schemaOf([...table([id]).objects.values(), { kind: 'sequence', name: { name: 's' } }]), false],
  [
    'an object in place of another',
    schemaOf([{ kind: 'sequence', name: { name: 'r' } }]),
    schemaOf([{ kind: 'sequence', name: { name: 's' } }]),
    false,
  ],
  ['a large number and a small one', sequence(9007199254740993n), sequence(9007199254740992n), false],
])('%s are the same structure as their texts say', (_, a, b, equal) => {
  expect(sameSchema(a, b)).toBe(equal);
  expect(canonicalSchema(a) === canonicalSchema(b)).toBe(equal);
});

function sequence(start: bigint): Schema {
  return schemaOf([{ kind: 'sequence', name: { name: 's' }, start }]);
}
