import { expect, test } from 'vitest';
import { flat } from '../../scripts/corpora/flat.ts';

const flattened = (sql: string): string => flat(sql.split(' ')).join(' ');

test('only an AND in an AND and an OR in an OR lose their parentheses', () => {
  expect(flattened('check ( ( ( a > 0 ) and ( ( b >= 0 ) AND ( b <= 5 ) ) ) )')).toBe(
    'check ( ( ( a > 0 ) and ( b >= 0 ) AND ( b <= 5 ) ) )',
  );
  expect(flattened('( ( ( a or ( b or c ) ) ) and ( d or e ) )')).toBe('( ( ( a or b or c ) ) and ( d or e ) )');
  expect(flattened('( a and not ( b and c ) ) ( d and f ( e and g ) )')).toBe('( a and not ( b and c ) ) ( d and f ( e and g ) )');
  expect(flattened('a ) and ( b')).toBe('a ) and ( b )');
});
