import { describe, expect, test } from 'vitest';
import { split, tokens, transactionControl } from './split.ts';

const statements = (script: string): readonly string[] => split(script).statements.map(({ sql }) => sql);

describe('split', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['semicolons', 'SELECT 1; SELECT 2 ;; SELECT 3', ['SELECT 1', 'SELECT 2', 'SELECT 3']],
    ['strings', `SELECT ';', ";", \`;\`; SELECT 'it''s \\'; x'`, [`SELECT ';', ";", \`;\``, `SELECT 'it''s \\'; x'`]],
    ['comments', '# one;\n-- two;\nSELECT 1 /* ; */; --x', ['SELECT 1 /* ; */', '--x']],
    ['two dashes without a blank', 'SELECT 1--1; SELECT 2', ['SELECT 1--1', 'SELECT 2']],
    [
      'executable comments',
      '/*!40101 SET NAMES utf8 */; /*M!100000 SELECT 1 */;',
      ['/*!40101 SET NAMES utf8 */', '/*M!100000 SELECT 1 */'],
    ],
    [
      'executable comments with code that looks like their end',
      "/*!50003 CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = '*/'; /* c */ SET @b = 1; END */; SELECT 2",
      ["/*!50003 CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = '*/'; /* c */ SET @b = 1; END */", 'SELECT 2'],
    ],
    [
      'DELIMITER',
      'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 2;',
      ['CREATE PROCEDURE p() BEGIN SELECT 1; END', 'SELECT 2'],
    ],
    ['DELIMITER that words may end with', 'delimiter $$\nSELECT END$$\nSELECT 2$$', ['SELECT END', 'SELECT 2']],
    [
      'a trigger',
      'CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET @x = 1; SET @y = 2; END; SELECT 1',
      ['CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET @x = 1; SET @y = 2; END', 'SELECT 1'],
    ],
    [
      'a trigger without BEGIN',
      'CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW IF NEW.x THEN SET @x = IF(1, 2, 3); END IF; SELECT 1',
      ['CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW IF NEW.x THEN SET @x = IF(1, 2, 3); END IF', 'SELECT 1'],
    ],
    [
      'labels, loops, handlers and CASE',
      'CREATE DEFINER=`root`@`%` PROCEDURE IF NOT EXISTS p() main: BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1; l: LOOP CASE x WHEN 1 THEN LEAVE l; ELSE SET y = CASE WHEN a THEN IF(b, 1, 2) END; END CASE; END LOOP l; WHILE a DO SET b = 1; END WHILE; REPEAT SET c = 1; UNTIL d END REPEAT; FOR i IN 1..3 DO SELECT i; END FOR; END main; SELECT 1',
      [
        'CREATE DEFINER=`root`@`%` PROCEDURE IF NOT EXISTS p() main: BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1; l: LOOP CASE x WHEN 1 THEN LEAVE l; ELSE SET y = CASE WHEN a THEN IF(b, 1, 2) END; END CASE; END LOOP l; WHILE a DO SET b = 1; END WHILE; REPEAT SET c = 1; UNTIL d END REPEAT; FOR i IN 1..3 DO SELECT i; END FOR; END main',
        'SELECT 1',
      ],
    ],
    [
      'a function of one expression',
      'CREATE FUNCTION f(a INT) RETURNS INT RETURN CASE WHEN a THEN 1 ELSE 2 END; SELECT 1',
      ['CREATE FUNCTION f(a INT) RETURNS INT RETURN CASE WHEN a THEN 1 ELSE 2 END', 'SELECT 1'],
    ],
    [
      'an event',
      'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; END; SELECT 2',
      ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; END', 'SELECT 2'],
    ],
    [
      'a block outside a routine',
      'BEGIN NOT ATOMIC SELECT 1; END; IF 1 THEN SELECT 2; END IF; SELECT 3',
      ['BEGIN NOT ATOMIC SELECT 1; END', 'IF 1 THEN SELECT 2; END IF', 'SELECT 3'],
    ],
    ['a transaction', 'BEGIN; INSERT INTO t VALUES (1); COMMIT', ['BEGIN', 'INSERT INTO t VALUES (1)', 'COMMIT']],
    [
      'names such as begin and end',
      'CREATE TABLE t (begin INT, `end` INT); SELECT t.end FROM t; SELECT 1',
      ['CREATE TABLE t (begin INT, `end` INT)', 'SELECT t.end FROM t', 'SELECT 1'],
    ],
    ['NULL as \\N', 'SELECT \\N; SELECT 1', ['SELECT \\N', 'SELECT 1']],
    ['commands that only show something', 'status\nSELECT 1;\nwarnings;\n\\s\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['a statement whose first word is also a command', 'USE other; SELECT 1', ['USE other', 'SELECT 1']],
  ])('understands %s', (_, script, expected) => {
    expect(split(script).problems).toEqual([]);
    expect(statements(script)).toEqual(expected);
  });

  test.each([
    ['source other.sql', 'migration.meta-command', 0],
    ['SELECT 1;\n\\. other.sql', 'migration.meta-command', 10],
    ['system rm -rf x', 'migration.meta-command', 0],
    ['connect other;', 'migration.meta-command', 0],
    ['status; DROP TABLE t', 'migration.meta-command', 0],
    ['\\s DROP TABLE t', 'migration.meta-command', 0],
    ['SELECT 1\\G', 'migration.meta-command', 8],
    ["SELECT 'open", 'migration.invalid', 7],
    ['CREATE PROCEDURE p() BEGIN SELECT 1;', 'migration.invalid', 0],
  ])('says what is wrong with %s', (script, code, offset) => {
    expect(split(script).problems.map((problem) => [problem.code, problem.offset])).toEqual([[code, offset]]);
  });

  test('gives the place where each statement begins', () => {
    expect(split('-- first\nSELECT 1;\n\n  SELECT 2').statements.map(({ offset }) => offset)).toEqual([9, 22]);
  });
});

describe('tokens', () => {
  test.each([
    ['select a from t', 'SELECT  a\n-- why\nFROM/**/ t'],
    ['create table t (a int not null)', 'CREATE TABLE t(a INT NOT NULL)'],
    ["insert into t values ('a\r\nb')", "INSERT INTO t VALUES ('a\nb')"],
  ])('are equal for %j and %j', (one, other) => {
    expect(tokens(one)).toBe(tokens(other));
  });

  test.each([
    ['SELECT 1', 'SELECT 2'],
    ["SELECT 'a'", "SELECT 'A'"],
    ['SELECT * FROM Users', 'SELECT * FROM users'],
    ['/*!80000 SELECT 1 */', '/*!80000 SELECT 2 */'],
    ['SELECT /*+ NO_ICP(t) */ 1', 'SELECT 1'],
    ['SELECT `a`', 'SELECT a'],
  ])('differ for %j and %j', (one, other) => {
    expect(tokens(one)).not.toBe(tokens(other));
  });
});

test.each([
  ['BEGIN', 'begin'],
  ['begin work', 'begin'],
  ['/* x */ START TRANSACTION READ WRITE', 'begin'],
  ['SET autocommit=0', 'begin'],
  ['SET SESSION autocommit = OFF', 'begin'],
  ['SET @@session.autocommit = 0', 'begin'],
  ['LOCK TABLES a WRITE', 'begin'],
  ['COMMIT AND CHAIN', 'commit'],
  ['UNLOCK TABLES', 'commit'],
  ['ROLLBACK', 'rollback'],
  ['ROLLBACK TO SAVEPOINT a', undefined],
  ['ROLLBACK WORK TO a', undefined],
  ['BEGIN NOT ATOMIC SELECT 1; END', undefined],
  ['SET autocommit=1', undefined],
  ['SET autocommit=0, sql_mode=DEFAULT', undefined],
  ['START SLAVE', undefined],
  ['XA START "x"', undefined],
  ['SAVEPOINT a', undefined],
])('%s plays the role %s in the script’s own transactions', (sql, role) => {
  expect(transactionControl(sql)).toBe(role);
});
