import { describe, expect, test } from 'vitest';
import type { Server } from '../../contracts/index.ts';
import { classify } from './classify.ts';
import { describeServer } from './flavours.ts';

const row = { db: 'shop', user: 'ada', session: 7, explicit_timestamps: '1', sql_mode: 'STRICT_TRANS_TABLES', lower_case: 0, read_only: 0 };
const mariadb: Server = {
  ...describeServer({ ...row, version: '10.11.18-MariaDB' }),
  unsafeTables: new Set(['table log', 'table audit.events']),
};
const mysql8 = describeServer({ ...row, version: '8.0.36' });

/** What a statement comes down to, in one line each. */
function story(sql: string, server = mariadb): Readonly<Record<string, unknown>> {
  const { family, transactional, lock, risks, effects, touches, afterCrash } = classify(sql, server);
  return {
    is: `${family}, ${transactional ? 'transactional' : 'commits'}, ${afterCrash}, blocks ${lock.blocks}`,
    risks: risks.map((risk) =>
      risk.kind === 'loses'
        ? `loses ${risk.loss.what} ${[risk.loss.table.schema, risk.loss.table.name, risk.loss.column].filter((part) => part !== undefined).join('.')}`
        : risk.kind,
    ),
    effects: effects.map((effect) => `${effect.sign} ${effect.text}`),
    touches,
  };
}

interface Expected {
  readonly is: string;
  readonly risks?: readonly string[];
  readonly effects?: readonly string[];
  readonly touches?: readonly string[];
}

const structure: readonly (readonly [string, Expected])[] = [
  [
    'CREATE TABLE users (id INT)',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ table users'], touches: ['table users'] },
  ],
  [
    'create table if not exists `shop`.`users` (id int)',
    { is: 'structure, commits, repeat, blocks nothing', effects: ['+ table users'], touches: ['table users'] },
  ],
  [
    'CREATE OR REPLACE TABLE users (id INT)',
    {
      is: 'structure, commits, repeat, blocks everything',
      risks: ['loses table users'],
      effects: ['+ table users'],
      touches: ['table users'],
    },
  ],
  [
    'CREATE TABLE audit.`a.b` (id INT, FOREIGN KEY (id) REFERENCES x (id))',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ table audit."a.b"'], touches: ['table audit."a.b"'] },
  ],
  [
    'CREATE TABLE copy SELECT * FROM users',
    { is: 'structure, commits, ask, blocks nothing', effects: ['+ table copy'], touches: ['table copy'] },
  ],
  [
    'CREATE TABLE copy (id INT) AS (SELECT 1)',
    { is: 'structure, commits, ask, blocks nothing', effects: ['+ table copy'], touches: ['table copy'] },
  ],
  [
    'CREATE TABLE old (id INT) ENGINE=MyISAM',
    { is: 'structure, commits, probe, blocks nothing', effects: ['+ table old'], touches: ['table old'] },
  ],
  [
    'DROP TABLE users',
    {
      is: 'structure, commits, probe, blocks everything',
      risks: ['loses table users'],
      effects: ['- table users'],
      touches: ['table users'],
    },
  ],
  [
    'DROP TABLE IF EXISTS a, other.b CASCADE',
    {
      is: 'structure, commits, repeat, blocks everything',
      risks: ['loses table a', 'loses table other.b'],
      effects: ['- table a', '- table other.b'],
      touches: ['table a', 'table other.b'],
    },
  ],
  [
    'DROP TABLE a, b',
    {
      is: 'structure, commits, ask, blocks everything',
      risks: ['loses table a', 'loses table b'],
      effects: ['- table a', '- table b'],
      touches: ['table a', 'table b'],
    },
  ],
  [
    'RENAME TABLE a TO b, c TO d',
    {
      is: 'structure, commits, probe, blocks everything',
      effects: ['~ table a → b', '~ table c → d'],
      touches: ['table a', 'table b', 'table c', 'table d'],
    },
  ],
  [
    'RENAME TABLE a TO tmp, b TO a, tmp TO b',
    {
      is: 'structure, commits, ask, blocks everything',
      effects: ['~ table a → tmp', '~ table b → a', '~ table tmp → b'],
      touches: ['table a', 'table tmp', 'table b'],
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
    { is: 'structure, commits, probe, blocks structure', risks: ['scans', 'mayFail'], effects: ['+ index i'], touches: ['index users/i'] },
  ],
  [
    'CREATE FULLTEXT INDEX i ON users (bio)',
    { is: 'structure, commits, probe, blocks writes', risks: ['scans'], effects: ['+ index i'], touches: ['index users/i'] },
  ],
  ['DROP INDEX i ON users', { is: 'structure, commits, probe, blocks structure', effects: ['- index i'], touches: ['index users/i'] }],
  [
    'DROP INDEX `PRIMARY` ON users',
    { is: 'structure, commits, probe, blocks writes', risks: ['rewrites'], effects: ['- primary key of users'], touches: ['table users'] },
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

const alter: readonly (readonly [string, Expected])[] = [
  ['ADD COLUMN age INT', { is: 'structure, commits, probe, blocks everything', effects: ['+ column users.age'], touches: ['table users'] }],
  [
    'ADD age INT NOT NULL AFTER id, ADD COLUMN (b INT, c DECIMAL(10,2) DEFAULT (1+1))',
    {
      is: 'structure, commits, probe, blocks everything',
      effects: ['+ column users.age', '+ column users.b', '+ column users.c'],
      touches: ['table users'],
    },
  ],
  [
    'ADD COLUMN IF NOT EXISTS age INT',
    { is: 'structure, commits, repeat, blocks everything', effects: ['+ column users.age'], touches: ['table users'] },
  ],
  [
    'ADD COLUMN total INT AS (a + b) STORED',
    { is: 'structure, commits, probe, blocks writes', risks: ['rewrites'], effects: ['+ column users.total'], touches: ['table users'] },
  ],
  [
    'ADD COLUMN id BIGINT AUTO_INCREMENT PRIMARY KEY FIRST',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail'],
      effects: ['+ column users.id'],
      touches: ['table users'],
    },
  ],
  [
    'DROP COLUMN age, DROP `old name`',
    {
      is: 'structure, commits, probe, blocks everything',
      risks: ['loses column users.age', 'loses column users.old name'],
      effects: ['- column users.age', '- column users.old name'],
      touches: ['table users'],
    },
  ],
  [
    'DROP COLUMN IF EXISTS age',
    {
      is: 'structure, commits, repeat, blocks everything',
      risks: ['loses column users.age'],
      effects: ['- column users.age'],
      touches: ['table users'],
    },
  ],
  [
    'MODIFY COLUMN age SMALLINT NOT NULL',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail', 'loses values users.age'],
      effects: ['~ column users.age'],
      touches: ['table users'],
    },
  ],
  [
    'MODIFY name TEXT',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail'],
      effects: ['~ column users.name'],
      touches: ['table users'],
    },
  ],
  [
    'CHANGE name full_name VARCHAR(10)',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail', 'loses values users.name'],
      effects: ['~ column users.name → full_name'],
      touches: ['table users'],
    },
  ],
  [
    'ALTER COLUMN age SET DEFAULT 3',
    { is: 'structure, commits, repeat, blocks everything', effects: ['~ column users.age'], touches: ['table users'] },
  ],
  [
    'RENAME COLUMN a TO b, RENAME INDEX i TO j',
    { is: 'structure, commits, probe, blocks everything', effects: ['~ column users.a → b', '~ index i → j'], touches: ['table users'] },
  ],
  [
    'RENAME INDEX i TO j',
    { is: 'structure, commits, probe, blocks everything', effects: ['~ index i → j'], touches: ['index users/i', 'index users/j'] },
  ],
  [
    'RENAME TO people',
    { is: 'structure, commits, probe, blocks everything', effects: ['~ table users → people'], touches: ['table users', 'table people'] },
  ],
  [
    'ADD CONSTRAINT u UNIQUE KEY (email), ADD INDEX (age)',
    {
      is: 'structure, commits, probe, blocks structure',
      risks: ['scans', 'mayFail', 'scans'],
      effects: ['+ constraint u', '+ index of users'],
      touches: ['table users'],
    },
  ],
  [
    'ADD INDEX age_idx USING BTREE (age)',
    { is: 'structure, commits, probe, blocks structure', risks: ['scans'], effects: ['+ index age_idx'], touches: ['index users/age_idx'] },
  ],
  [
    'ADD PRIMARY KEY (id)',
    {
      is: 'structure, commits, probe, blocks structure',
      risks: ['rewrites', 'mayFail'],
      effects: ['+ primary key of users'],
      touches: ['table users'],
    },
  ],
  [
    'ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail'],
      effects: ['+ constraint f'],
      touches: ['table users'],
    },
  ],
  [
    'ADD CHECK (age > 0)',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['scans', 'mayFail'],
      effects: ['+ check of users'],
      touches: ['table users'],
    },
  ],
  [
    'DROP FOREIGN KEY f, DROP CHECK c, DROP KEY i, DROP PRIMARY KEY',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites'],
      effects: ['- constraint f', '- constraint c', '- index i', '- primary key of users'],
      touches: ['table users'],
    },
  ],
  [
    'CONVERT TO CHARACTER SET latin1',
    { is: 'structure, commits, repeat, blocks writes', risks: ['rewrites', 'loses values users'], touches: ['table users'] },
  ],
  ['CONVERT TO CHARACTER SET utf8mb4', { is: 'structure, commits, repeat, blocks writes', risks: ['rewrites'], touches: ['table users'] }],
  ["ENGINE=InnoDB, COMMENT='x'", { is: 'structure, commits, repeat, blocks writes', risks: ['rewrites'], touches: ['table users'] }],
  ['DISABLE KEYS', { is: 'structure, commits, repeat, blocks everything', touches: ['table users'] }],
  ['EXCHANGE PARTITION p WITH TABLE t', { is: 'structure, commits, ask, blocks everything', touches: ['table users'] }],
  ['TRUNCATE PARTITION p', { is: 'structure, commits, ask, blocks everything', risks: ['loses rows users'], touches: ['table users'] }],
  ['DROP PARTITION p', { is: 'structure, commits, probe, blocks everything', risks: ['loses rows users'], touches: ['table users'] }],
  [
    'ADD COLUMN a INT, ALGORITHM=INPLACE, LOCK=NONE',
    { is: 'structure, commits, probe, blocks structure', effects: ['+ column users.a'], touches: ['table users'] },
  ],
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

const normal = (expected: Expected): Readonly<Record<string, unknown>> => ({ risks: [], effects: [], touches: [], ...expected });

describe('what a statement does is read from its words', () => {
  test.each([...structure, ...others])('%s', (sql, expected) => {
    expect(story(sql)).toEqual(normal(expected));
  });

  test.each(alter)('ALTER TABLE users %s', (actions, expected) => {
    expect(story(`ALTER TABLE users ${actions}`)).toEqual(normal(expected));
  });

  test('MariaDB deletes rows for a unique key when it is told to ignore them', () => {
    expect(story('ALTER IGNORE TABLE users ADD UNIQUE (email)')['risks']).toContain('loses rows users');
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

  test('a column is added at once where the version can', () => {
    const old = describeServer({ ...row, version: '5.7.44' });
    expect(classify('ALTER TABLE t ADD a INT', old).risks).toEqual([{ kind: 'rewrites', table: { name: 't' } }]);
    expect(classify('ALTER TABLE t ADD a INT', mysql8).risks).toEqual([]);
  });

  test('names in double quotes are names under ANSI_QUOTES, and strings elsewhere', () => {
    const ansi = describeServer({ ...row, version: '10.11.18-MariaDB', sql_mode: 'ANSI_QUOTES' });
    expect(classify('DROP TABLE "a""b"', ansi).touches).toEqual(['table "a""b"']);
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
