import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf, type ObjectReference } from '../../schema/index.ts';
import { readKey } from './keys.ts';

const part = fc.oneof(
  fc.constantFrom('users', 'a.b', 'a/b', 'a"b', 'index users_idx', 'f(int)', ' ', 'Größe'),
  fc.string({ minLength: 1 }),
);
const name = fc.oneof(
  part.map((own) => ({ name: own })),
  fc.record({ schema: part, name: part }),
);

test('a key leads back to its reference', () => {
  const reference: fc.Arbitrary<ObjectReference> = fc.oneof(
    fc.record({ kind: fc.constantFrom('table' as const, 'opaque' as const), name }),
    fc.record({ kind: fc.constant('trigger' as const), name, on: name }),
    fc.record({
      kind: fc.constant('routine' as const),
      name,
      arguments: fc.constantFrom('', 'integer, text', 'numeric(5,2)', '"odd (type)"'),
    }),
  );
  fc.assert(
    fc.property(reference, (one) => {
      expect(readKey(keyOf(one))).toEqual(one);
    }),
  );
});

test('another text is no key', () => {
  expect(readKey('')).toBeUndefined();
  expect(readKey('nonsense')).toBeUndefined();
});
