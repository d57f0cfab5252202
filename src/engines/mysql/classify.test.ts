import { describe, expect, test } from 'vitest';
import { type Expected, mariadb, mysql8, normal, row, story } from '../../../test/engines/mysql-story.ts';
import { classify } from './classify.ts';
import { describeServer } from './flavours.ts';

const structure: readonly (readonly [string, Expected])[] = [
  [
    'CREATE TABLE users (id INT)',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ table users'], touches: ['table users (existence)'] },
  ],
  [
    'create table if not exists `shop`.`users` (id int)',
    { is: 'structure, commits, repeat, blocks nothing', effects: ['+ table users'], touches: ['table users (existence)'] },
  ],
  [
    'CREATE OR REPLACE TABLE users (id INT)',
    {
      is: 'structure, commits, repeat, blocks everything',
      risks: ['loses table users'],
      effects: ['+ table users'],
      touches: ['table users (existence)'],
    },
  ],
  [
    'CREATE TABLE audit.`a.b` (id INT, FOREIGN KEY (id) REFERENCES x (id))',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ table audit."a.b"'], touches: ['table audit."a.b" (existence)'] },
  ],
  [
    'CREATE TABLE copy SELECT * FROM users',
    { is: 'structure, commits, ask, blocks nothing', effects: ['+ table copy'], touches: ['table copy (existence)'] },
  ],
  [
    'CREATE TABLE copy (id INT) AS (SELECT 1)',
    { is: 'structure, commits, ask, blocks nothing', effects: ['+ table copy'], touches: ['table copy (existence)'] },
  ],
  [
    'CREATE TABLE old (id INT) ENGINE=MyISAM',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ table old'], touches: ['table old (existence)'] },
  ],
  [
    'DROP TABLE users',
    {
      is: 'structure, commits, probe, blocks everything',
      risks: ['loses table users'],
      effects: ['- table users'],
      touches: ['table users (existence)'],
    },
  ],
  [
    'DROP TABLE IF EXISTS a, other.b CASCADE',
    {
      is: 'structure, commits, repeat, blocks everything',
      risks: ['loses table a', 'loses table other.b'],
      effects: ['- table a', '- table other.b'],
      touches: ['table a (existence)', 'table other.b (existence)'],
    },
  ],
  [
    'DROP TABLE a, b',
    {
      is: 'structure, commits, ask, blocks everything',
      risks: ['loses table a', 'loses table b'],
      effects: ['- table a', '- table b'],
      touches: ['table a (existence)', 'table b (existence)'],
    },
  ],
  [
    'RENAME TABLE a TO b, c TO d',
    {
      is: 'structure, commits, probe, blocks everything',
      effects: ['~ table a → b', '~ table c → d'],
      touches: ['table a (itself)', 'table b (itself)', 'table c (itself)', 'table d (itself)'],
    },
  ],
  [
    'RENAME TABLE a TO tmp, b TO a, tmp TO b',
    {
      is: 'structure, commits, ask, blocks everything',
      effects: ['~ table a → tmp', '~ table b → a', '~ table tmp → b'],
      touches: ['table a (itself)', 'table tmp (itself)', 'table b (itself)'],
    },
  ],
  [
    'TRUNCATE TABLE users',
    {
      is: 'structure, commits, ask, blocks everything',
      risks: ['loses rows users'],
      effects: ['- rows of users'],
      touches: ['table users'],
    },
  ],
  [
    'CREATE UNIQUE INDEX i ON users (email)',
    {
      is: 'structure, commits, probe, blocks structure',
      risks: ['scans', 'mayFail'],
      effects: ['+ index i'],
      touches: ['index users/i'],
    },
  ],
  [
    'CREATE FULLTEXT INDEX i ON users (bio)',
    { is: 'structure, commits, probe, blocks writes', risks: ['scans'], effects: ['+ index i'], touches: ['index users/i'] },
  ],
  ['DROP INDEX i ON users', { is: 'structure, commits, probe, blocks structure', effects: ['- index i'], touches: ['index users/i'] }],
  [
    'DROP INDEX `PRIMARY` ON users',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites'],
      effects: ['- primary key of users'],
      touches: ['index users/PRIMARY'],
    },
  ],
  [
    'CREATE DEFINER=`a`@`b` SQL SECURITY INVOKER VIEW v AS SELECT 1',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ view v'], touches: ['view v'] },
  ],
  [
    'CREATE OR REPLACE ALGORITHM=MERGE VIEW v AS SELECT 1',
    { is: 'structure, commits, repeat, blocks everything', effects: ['~ view v'], touches: ['view v'] },
  ],
  [
    'DROP VIEW a, b',
    { is: 'structure, commits, ask, blocks everything', effects: ['- view a', '- view b'], touches: ['view a', 'view b'] },
  ],
  [
    'CREATE TRIGGER tr BEFORE INSERT ON users FOR EACH ROW SET @x = 1',
    { is: 'structure, commits, probe, blocks everything', effects: ['+ trigger tr'], touches: ['trigger users/tr'] },
  ],
  [
    'DROP TRIGGER IF EXISTS tr',
    { is: 'structure, commits, repeat, blocks everything', effects: ['- trigger tr'], touches: ['trigger tr'] },
  ],
  [
    'CREATE DEFINER=CURRENT_USER() PROCEDURE p() SELECT 1',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ procedure p'], touches: ['routine p'] },
  ],
  [
    'CREATE AGGREGATE FUNCTION f(a INT) RETURNS INT RETURN 1',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ function f'], touches: ['routine f'] },
  ],
  [
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ event e'], touches: ['opaque e'] },
  ],
  ['DROP SEQUENCE s', { is: 'structure, commits, probe, blocks everything', effects: ['- sequence s'], touches: ['sequence s'] }],
  [
    'DROP DATABASE old',
    {
      is: 'structure, commits, probe, blocks everything',
      risks: ['loses table old.*'],
      effects: ['- database old'],
      touches: ['namespace old'],
    },
  ],
  ['OPTIMIZE TABLE users', { is: 'structure, commits, repeat, blocks structure', risks: ['rewrites'] }],
  ['ANALYZE TABLE users', { is: 'structure, commits, repeat, blocks structure' }],
  ['GRANT SELECT ON shop.* TO ada', { is: 'structure, commits, repeat, blocks nothing' }],
  ['REVOKE SELECT ON shop.* FROM ada', { is: 'structure, commits, ask, blocks nothing' }],
  ['CREATE USER IF NOT EXISTS ada', { is: 'structure, commits, repeat, blocks nothing' }],
  ['CREATE ROLE r', { is: 'structure, commits, ask, blocks nothing' }],
  ['EXECUTE stmt', { is: 'structure, commits, ask, blocks everything' }],
  [
    'BEGIN NOT ATOMIC DROP TABLE a; DELETE FROM b; END',
    { is: 'structure, commits, ask, blocks everything', risks: ['loses table *', 'loses rows *'] },
  ],
  ['FROBNICATE users', { is: 'structure, commits, ask, blocks everything' }],
];

const others: readonly (readonly [string, Expected])[] = [
  ['INSERT INTO users (a) VALUES (1)', { is: 'rows, transactional, ask, blocks structure', effects: ['+ rows of users'] }],
  ['INSERT IGNORE log VALUES (1)', { is: 'rows, commits, ask, blocks structure', effects: ['+ rows of log'] }],
  ['INSERT INTO users SELECT * FROM log', { is: 'rows, transactional, ask, blocks structure', effects: ['+ rows of users'] }],
  ['REPLACE INTO audit.events VALUES (1)', { is: 'rows, commits, ask, blocks structure', effects: ['+ rows of audit.events'] }],
  ['UPDATE users SET a = 1', { is: 'rows, transactional, ask, blocks structure', effects: ['~ rows of users'] }],
  ['UPDATE users u JOIN log l ON u.id = l.id SET l.a = 1', { is: 'rows, commits, ask, blocks structure', effects: ['~ rows of users'] }],
  [
    'DELETE FROM users WHERE id = 1',
    { is: 'rows, transactional, ask, blocks structure', risks: ['loses rows users'], effects: ['- rows of users'] },
  ],
  [
    'DELETE a, b.* FROM a JOIN b ON a.id = b.id',
    { is: 'rows, transactional, ask, blocks structure', risks: ['loses rows a', 'loses rows b'], effects: ['- rows of a', '- rows of b'] },
  ],
  [
    'WITH x AS (SELECT 1) DELETE FROM users',
    { is: 'rows, transactional, ask, blocks structure', risks: ['loses rows users'], effects: ['- rows of users'] },
  ],
  ['WITH x AS (SELECT 1) SELECT * FROM x', { is: 'query, transactional, repeat, blocks structure' }],
  ["LOAD DATA INFILE 'x' INTO TABLE users", { is: 'rows, transactional, ask, blocks structure', effects: ['+ rows of users'] }],
  ['CALL fill()', { is: 'rows, commits, ask, blocks structure' }],
  ['SELECT * FROM users', { is: 'query, transactional, repeat, blocks structure' }],
  ['(SELECT 1) UNION (SELECT 2)', { is: 'query, transactional, repeat, blocks structure' }],
  ['SELECT 1 INTO @x', { is: 'session, transactional, repeat, blocks structure' }],
  [
    'ANALYZE FORMAT=JSON DELETE FROM users',
    { is: 'rows, transactional, ask, blocks structure', risks: ['loses rows users'], effects: ['- rows of users'] },
  ],
  ['SET NAMES utf8mb4', { is: 'session, transactional, repeat, blocks nothing' }],
  ['SET autocommit = 1', { is: 'session, commits, repeat, blocks nothing' }],
  ['SET SESSION sql_log_bin = 0', { is: 'session, commits, repeat, blocks nothing' }],
  ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', { is: 'session, commits, repeat, blocks nothing' }],
  [
    'SET STATEMENT max_statement_time = 1 FOR DELETE FROM users',
    { is: 'rows, transactional, ask, blocks structure', risks: ['loses rows users'], effects: ['- rows of users'] },
  ],
  ['USE other', { is: 'session, transactional, repeat, blocks nothing', risks: ['mayFail'] }],
  ['CREATE TEMPORARY TABLE t (id INT)', { is: 'session, transactional, repeat, blocks nothing', effects: ['+ temporary table t'] }],
  ['DROP TEMPORARY TABLE IF EXISTS t', { is: 'session, transactional, repeat, blocks nothing', effects: ['- temporary table t'] }],
  ['LOCK TABLES users WRITE', { is: 'session, commits, repeat, blocks everything' }],
  ['FLUSH TABLES', { is: 'session, commits, repeat, blocks everything' }],
  ["XA COMMIT 'x'", { is: 'session, commits, ask, blocks nothing' }],
  ['-- nothing', { is: 'session, transactional, repeat, blocks nothing' }],
];

describe('what a statement does is read from its words', () => {
  test.each([...structure, ...others])('%s', (sql, expected) => {
    expect(story(sql)).toEqual(normal(expected));
  });

  test('a code comment counts where the server would run it', () => {
    expect(story('/*!50001 DROP TABLE users */')['risks']).toEqual(['loses table users']);
    expect(story('/*M!100000 DROP TABLE users */')['risks']).toEqual(['loses table users']);
    expect(story('/*M!100000 DROP TABLE users */', mysql8)['risks']).toEqual([]);
    expect(story('/*!80000 DROP TABLE users */')['risks']).toEqual([]);
    expect(story('/*!80000 DROP TABLE users */', mysql8)['risks']).toEqual(['loses table users']);
    expect(
      story('/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 1 */')['effects'],
    ).toEqual(['+ trigger tr']);
    expect(story('/*M!999999\\- enable the sandbox mode */ SELECT 1')['is']).toMatch(/^query/);
  });

  test('MySQL drops several tables in one step, MariaDB one after the other', () => {
    expect(classify('DROP TABLE a, b', mysql8).afterCrash).toBe('probe');
    expect(classify('DROP TABLE a, b', mariadb).afterCrash).toBe('ask');
  });

  test('MySQL locks the tables that a new key points to', () => {
    const sql = 'CREATE TABLE a (id INT, FOREIGN KEY (id) REFERENCES b (id))';
    expect([classify(sql, mysql8).lock.blocks, classify(sql, mariadb).lock.blocks]).toEqual(['everything', 'nothing']);
  });

  test('names in double quotes are names under ANSI_QUOTES, and strings elsewhere', () => {
    const ansi = describeServer({ ...row, version: '10.11.18-MariaDB', sql_mode: 'ANSI_QUOTES' });
    expect(classify('DROP TABLE "a""b"', ansi).touches).toEqual(['table "a""b" (existence)']);
  });

  test('nothing makes it throw', () => {
    for (const sql of [
      '',
      ';',
      '(',
      'ALTER',
      'ALTER TABLE',
      'ALTER TABLE t',
      'ALTER TABLE t ADD',
      'CREATE',
      'CREATE OR',
      'DROP',
      'DELETE',
      "'",
      '`',
      'CREATE TRIGGER',
      'RENAME TABLE a',
      'SET',
      '/*!',
      '\u{1f600}',
    ]) {
      expect(classify(sql, mariadb).family).toBeDefined();
    }
  });
});
