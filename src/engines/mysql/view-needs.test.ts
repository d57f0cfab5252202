import { describe, expect, test } from 'vitest';
import { keyOf } from '../../schema/index.ts';
import { needsIn } from './view-needs.ts';

const relation = (name: string): readonly string[] =>
  (['table', 'view', 'sequence'] as const).map((kind) => keyOf({ kind, name: { name } }));
const routine = (name: string): readonly string[] => [keyOf({ kind: 'routine', name: { name } })];

describe('what a view reads', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'is told from aliases and columns',
      'select `a`.`x` AS `z` from (`shop`.`t` `a` join `shop`.`z` `t`)',
      [...relation('t'), ...relation('z')],
    ],
    [
      'may bear a word or a backtick',
      'select `shop`.`a``b`.`x` AS `x` from `shop`.`a``b` where `x` in (select 1 from `shop`.`select`)',
      [...relation('a`b'), ...relation('select')],
    ],
    [
      'is a function where a parenthesis follows',
      "select `f`(1) AS `f(1)`,`shop`.`g`('`shop`.`no`') AS `g`",
      [...routine('f'), ...routine('g')],
    ],
    ['is nothing of another database', 'select `other`.`t`.`x` AS `x` from `other`.`t`', []],
    ['is not told where an alias bears the name of the database', 'select `shop`.`x` AS `x` from `shop`.`t` `shop`', []],
  ])('%s', (_, query, expected) => {
    expect(needsIn(query, 'shop')).toEqual(expected);
  });
});
