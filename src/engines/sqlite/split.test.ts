import { describe, expect, test } from 'vitest';
import { split, tokens, transactionControl } from './split.ts';

const parts = (script: string): readonly string[] => split(script).statements.map(({ sql }) => sql);

test.each<readonly [string, string, readonly string[]]>([
  ['two statements', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  ['comments and empty statements', '-- a;\n;; /* b; */ SELECT 1; -- c;\n;', ['SELECT 1']],
  ['strings and names of four kinds', `SELECT ';', ";", \`;\`, [;]; SELECT 'it'';s'`, [`SELECT ';', ";", \`;\`, [;]`, "SELECT 'it'';s'"]],
  ['a backslash that hides nothing', "SELECT '\\'; SELECT 2", ["SELECT '\\'", 'SELECT 2']],
  [
    'a trigger with CASE inside',
    'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE x SET a = CASE b WHEN 1 THEN 2 ELSE 3 END; END; SELECT 2',
    [
      'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END; UPDATE x SET a = CASE b WHEN 1 THEN 2 ELSE 3 END; END',
      'SELECT 2',
    ],
  ],
  [
    'a trigger with CASE before its body',
    'create temp trigger if not exists t update of a on x when case new.a when 1 then 1 end begin delete from y; end; select 2',
    ['create temp trigger if not exists t update of a on x when case new.a when 1 then 1 end begin delete from y; end', 'select 2'],
  ],
  [
    'columns called end',
    'CREATE TRIGGER t INSERT ON x BEGIN SELECT NEW.end; SELECT "end"; END; SELECT 2',
    ['CREATE TRIGGER t INSERT ON x BEGIN SELECT NEW.end; SELECT "end"; END', 'SELECT 2'],
  ],
  ['transactions, which are no bodies', 'BEGIN; SELECT 1; END; SELECT 2', ['BEGIN', 'SELECT 1', 'END', 'SELECT 2']],
  ['a table with a column called begin', 'CREATE TABLE t (begin INT, a); SELECT 1', ['CREATE TABLE t (begin INT, a)', 'SELECT 1']],
  ['settings of the terminal that only change what it shows', '.headers on\n.mode column\nSELECT 1;\n.timer off', ['SELECT 1']],
  ['numbers that begin with a dot', 'SELECT\n.5; SELECT 1', ['SELECT\n.5', 'SELECT 1']],
])('%s', (_, script, expected) => {
  expect(split(script).problems).toEqual([]);
  expect(parts(script)).toEqual(expected);
});

test('the place of each statement is known', () => {
  const script = '-- one\nSELECT 1;\n\n/* two */ SELECT 2;';
  expect(split(script).statements.map(({ offset }) => script.slice(offset, offset + 8))).toEqual(['SELECT 1', 'SELECT 2']);
});

test.each([
  ['.read other.sql', '.read'],
  ['SELECT 1;\n  .import data.csv t\n', '.import'],
  ['.OUTPUT x', '.output'],
])('%j is refused as a command of the terminal', (script, name) => {
  expect(split(script).problems).toEqual([
    { code: 'migration.meta-command', message: `${name} is a command of a terminal client, no SQL`, offset: expect.any(Number) },
  ]);
});

test.each(["SELECT 'a; SELECT 2", 'SELECT "a', 'SELECT [a', 'SELECT `a', 'SELECT 1 /* a', 'CREATE TRIGGER t INSERT ON x BEGIN SELECT 1;'])(
  'what never ends is a problem: %s',
  (script) => {
    expect(split(script).problems.map(({ code }) => code)).toEqual(['migration.invalid']);
  },
);

describe('the tokens', () => {
  const text = 'CREATE TABLE Users (id INTEGER PRIMARY KEY, "Name" TEXT DEFAULT \'a  b\')';

  test.each([
    ['white space', text.replaceAll(' (', '\n\t(').replaceAll(', ', ' ,\r\n')],
    ['comments', `-- new\n${text.replace('(id', '(/* the key */ id')} -- end`],
    [
      'the case of keywords and types',
      text
        .replace('CREATE TABLE', 'create Table')
        .replace('INTEGER PRIMARY KEY', 'integer primary key')
        .replace('TEXT DEFAULT', 'text default'),
    ],
  ])('are equal for another spelling of %s', (_, other) => {
    expect(other).not.toBe(text);
    expect(tokens(other)).toBe(tokens(text));
  });

  test.each([
    ['a literal', text.replace('a  b', 'a b')],
    ['the case of a literal', text.replace('a  b', 'A  b')],
    ['a name', text.replace('Users', 'users')],
    ['a quoted name', text.replace('"Name"', '"name"')],
    ['a word less', text.replace(' PRIMARY KEY', '')],
  ])('are different for %s', (_, other) => {
    expect(tokens(other)).not.toBe(tokens(text));
  });
});

test.each([
  ['BEGIN', 'begin'],
  ['begin immediate', 'begin'],
  ['/* x */ BEGIN EXCLUSIVE TRANSACTION', 'begin'],
  ['COMMIT', 'commit'],
  ['END TRANSACTION', 'commit'],
  ['ROLLBACK', 'rollback'],
  ['ROLLBACK TRANSACTION', 'rollback'],
  ['ROLLBACK TO one', undefined],
  ['ROLLBACK TRANSACTION TO SAVEPOINT one', undefined],
  ['SAVEPOINT one', undefined],
  ['RELEASE one', undefined],
  ['SELECT 1', undefined],
  ['', undefined],
])('%j controls transactions: %s', (sql, role) => {
  expect(transactionControl(sql)).toBe(role);
});
