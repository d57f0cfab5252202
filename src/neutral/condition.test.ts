import { describe, expect, test } from 'vitest';
import { conditionText, type Kinds } from './condition.ts';
import { neutralSpeech, type Speech } from './expression.ts';
import { readExpression } from './read-expression.ts';

const kinds: Kinds = new Map([
  ['n', 'integer'],
  ['price', 'decimal'],
  ['name', 'text'],
  ['day', 'date'],
  ['live', 'boolean'],
]);
const plain: Speech = neutralSpeech;
const mysql: Speech = { ...neutralSpeech, backslash: true };
const sqlite: Speech = { ...neutralSpeech, brackets: true, lengthOfCharacters: true };

function neutral(sql: string, speech: Speech): string | undefined {
  const read = readExpression(sql, speech);
  return read && conditionText(read, kinds);
}

describe('a condition in the words of no engine', () => {
  test.each<readonly [string, string, Speech]>([
    ['n > 0 and price <> 1.5', '("n" > 0) AND ("price" <> 1.5)', plain],
    ['NOT n = 1 OR n BETWEEN 2 AND 3', '(NOT ("n" = 1)) OR (("n" >= 2) AND ("n" <= 3))', plain],
    ["((name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", `"name" IN ('a', 'b')`, plain],
    ["name <> ALL (ARRAY['a'::text])", `"name" NOT IN ('a')`, plain],
    ['(n)::numeric < price', '"n" < "price"', plain],
    ["day > '2020-01-01'::date", `"day" > '2020-01-01'`, plain],
    ['n * 2 + abs(n - 1) >= coalesce(price, 0)', '(("n" * 2) + abs("n" - 1)) >= coalesce("price", 0)', plain],
    ['live = 1', '"live" = TRUE', plain],
    ['`live` in (0, 1)', '"live" IN (FALSE, TRUE)', mysql],
    ["name = 'it\\'s'", `"name" = 'it''s'`, mysql],
    ['[n] is not null', '"n" IS NOT NULL', sqlite],
    ['length(name) > 3', 'char_length("name") > 3', sqlite],
  ])('%s', (sql, wanted, speech) => {
    expect(neutral(sql, speech)).toBe(wanted);
  });

  test.each<readonly [string, string, Speech]>([
    ['a cast that rounds', '(price)::integer > 5', plain],
    ['a cast that cuts a moment', "(day)::date = '2020-01-01'", plain],
    ['a cast that cuts a text', "(name)::character varying(2) = 'ab'", plain],
    ['a literal that is cut', "name = 'abc'::character varying(2)", plain],
    ['one character of a column', "(name)::character = 'a'", plain],
    ['reckoning with dates', 'day > day + 7', plain],
    ['reckoning with texts', 'name + 1 > 2', plain],
    ['a text in double quotes', 'name = "other"', sqlite],
    ['division', 'n / 2 > 1', plain],
    ['an operator of one engine', 'n <=> 1', mysql],
    ['a function of one engine', 'md5(name) = name', plain],
    ['length where it counts bytes', 'length(name) > 3', mysql],
    ['a pattern', "name LIKE 'a%'", plain],
    ['a comparison of a comparison', 'n = n = n', plain],
    ['an introducer', "name = _utf8mb4'x'", mysql],
    ['a query', 'n IN (SELECT 1)', plain],
  ])('%s is left behind', (_, sql, speech) => {
    expect(neutral(sql, speech)).toBeUndefined();
  });
});
