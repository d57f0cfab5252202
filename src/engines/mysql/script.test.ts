import { describe, expect, test } from 'vitest';
import { script } from './script.ts';
import { split } from './split.ts';

describe('a script of statements', () => {
  test.each([
    ['needs nothing', ['CREATE TABLE t (id int)', "INSERT INTO t VALUES ('a;b')"], false],
    ['has a body', ['CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END', 'DROP TABLE t'], true],
    ['ends in a comment', ['CREATE FUNCTION f () RETURNS int RETURN 1 -- one', 'DROP TABLE t'], true],
    ['ends in a comment of another kind', ['SELECT 1 # one', 'DROP TABLE t'], true],
    ['holds the usual marks', ['CREATE PACKAGE k AS PROCEDURE a; /* ;; // $$ */ END', 'DROP TABLE t'], true],
    ['ends in a semicolon', ['CREATE PACKAGE BODY k AS PROCEDURE a AS BEGIN NULL; END; END;', 'DROP TABLE t'], true],
  ])('that %s is cut into the same statements again', (_, statements, delimited) => {
    const text = script(statements);
    expect(split(text)).toMatchObject({ statements: statements.map((sql) => ({ sql })), problems: [] });
    expect(text.includes('DELIMITER')).toBe(delimited);
    expect(text.endsWith(';\n')).toBe(true);
  });
});
