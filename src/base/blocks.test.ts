import { expect, test } from 'vitest';
import { followBlocks } from './blocks.ts';

/** How deep the blocks are behind each word or mark of a statement. */
function depths(statement: string): readonly number[] {
  const blocks = followBlocks(new Set(['IF', 'LOOP', 'WHILE', 'REPEAT', 'FOR']));
  return statement.split(' ').map((token) => {
    if (/^\w+$/.test(token)) blocks.word(token.toUpperCase());
    else if (token.startsWith("'")) blocks.quoted();
    else blocks.symbol(token.charCodeAt(0));
    return blocks.depth;
  });
}

test.each([
  ['begin set x ; end', [1, 1, 1, 1, 0]],
  ['begin if a then b ; end if ; end', [1, 2, 2, 2, 2, 2, 1, 1, 1, 0]],
  ['if a then case b when c then d ; end case ; end if', [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 0, 0]],
  ['begin not atomic while a do b ; end while ; end', [1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 0]],
  ['loop leave x ; end loop', [1, 1, 1, 1, 0, 0]],
  ['begin x : repeat a ; until b end repeat ; end', [1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 0]],
])('%s is followed to its end', (statement, expected) => {
  expect(depths(statement)).toEqual(expected);
});

test.each([
  'select if ( a , b , c )',
  'set x = repeat ( a , 2 )',
  'select a for update',
  'declare continue handler for x',
  'return if ( a , b , c )',
])('%s opens no block', (statement) => {
  expect(Math.max(...depths(statement))).toBe(0);
});

test('a function behind THEN or ELSE of an expression is no block', () => {
  expect(depths('return case when a then if ( b ) else if ( c ) end').at(-1)).toBe(0);
});

test('behind the head of a routine a body may begin without BEGIN, but FOR UPDATE does not', () => {
  expect(depths('create procedure p ( ) if a then b ; end if').at(-1)).toBe(0);
  expect(depths('create procedure p ( ) if a then b ;').at(-1)).toBe(1);
  expect(depths("create procedure p ( ) comment 'x' while a do b ;").at(-1)).toBe(1);
  expect(depths('create procedure p ( ) select ( a ) for update').at(-1)).toBe(0);
});
