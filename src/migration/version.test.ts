import { describe, expect, test } from 'vitest';
import { compareVersions, versionComparer } from './version.ts';

/** What PHP 8.2 says of two labels, there and in the other order. */
const pairs: readonly (readonly [a: string, order: Order, b: string, reversed: Order])[] = [
  ['', '<', 'v1_0', '>'],
  ['v1_0', '<', 'v1_0_0', '>'],
  ['v1_1', '=', 'v1_01', '='],
  ['v1_9', '<', 'v1_10', '>'],
  ['v1_0', '<', 'v1_0_1', '>'],
  ['v1_0', '>', 'v1_0a', '<'],
  ['v1_0', '>', 'v1_0_RC1', '<'],
  ['v1_0', '>', 'v1_0_beta2', '<'],
  ['v1_0', '<', 'v1_0_pl1', '>'],
  ['v1_0', '>', 'v1_0_foo', '<'],
  ['v1_0_foo', '<', 'v1_0_dev', '>'],
  ['v1_0', '<', '1_0', '>'],
  ['v1_0', '>', 'v1', '<'],
  ['v1_0', '<', 'v2_0', '>'],
  ['v1_16', '<', 'V1_17', '>'],
  ['v1_14', '<', 'v1_14_1', '>'],
  ['v1_14_1', '<', 'v1_14_2', '>'],
  ['v1_37', '<', 'v7_0_0_0', '>'],
  ['v7_0_0_1', '<', 'v7_1_0_0', '>'],
  ['1.0', '<', '1.0.0', '>'],
  ['1.0', '<', '1.0.1', '>'],
  ['1.0.1', '<', '1.1', '>'],
  ['1.0', '>', '1.0-dev', '<'],
  ['1.0-dev', '<', '1.0alpha1', '>'],
  ['1.0alpha1', '<', '1.0b1', '>'],
  ['1.0b1', '<', '1.0rc1', '>'],
  ['1.0rc1', '<', '1.0', '>'],
  ['1.0', '<', '1.0pl1', '>'],
  ['1.0RC1', '=', '1.0rc1', '='],
  ['1.0-1', '=', '1.0.1', '='],
  ['1.0+1', '=', '1.0.1', '='],
  ['1_0', '=', '1.0', '='],
  ['0.0', '<', '1.0', '>'],
  ['01', '=', '1', '='],
  ['1.02', '=', '1.2', '='],
  ['1.0', '>', '1', '<'],
  ['0.0.9', '<', '0.0.10', '>'],
  ['1.9', '<', '1.10', '>'],
  ['v1_0_foo', '=', 'v1_0_zoo', '='],
  ['v1_0_foo', '<', 'v1_0_bar', '>'],
  ['v1_0_bar', '=', 'v1_0_beta', '='],
  ['v1_0_apple', '=', 'v1_0_alpha', '='],
  ['v1_0_post', '=', 'v1_0_pl', '='],
  ['v1_0_dexter', '<', 'v1_0_dev', '>'],
  ['v1_0_foo', '<', 'v1_0_1', '>'],
  ['Query', '<', 'v1_0', '>'],
];

type Order = '<' | '=' | '>';
const orders: Readonly<Record<Order, number>> = { '<': -1, '=': 0, '>': 1 };

describe('labels compare as version_compare of PHP does', () => {
  test.each(pairs)('%j %s %j', (a, order, b, reversed) => {
    expect([compareVersions(a, b), compareVersions(b, a)]).toEqual([orders[order], orders[reversed]]);
  });

  test('also where many are compared with each other', () => {
    const compare = versionComparer();
    const labels = [...new Set(pairs.flatMap(([a, , b]) => [a, b]))];
    for (const a of labels) for (const b of labels) expect([a, b, compare(a, b)]).toEqual([a, b, compareVersions(a, b)]);
  });
});
