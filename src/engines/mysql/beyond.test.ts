import { describe, expect, test } from 'vitest';
import { mariadb } from '../../../test/engines/mysql-story.ts';
import { beyond } from './beyond.ts';

const server = { ...mariadb, namespace: 'own', database: 'own' };

describe('what reaches beyond a database', () => {
  test.each([
    'USE other',
    'INSERT INTO other.t VALUES (1)',
    'INSERT IGNORE other.t SELECT 1',
    'REPLACE LOW_PRIORITY INTO `other`.t VALUES (1)',
    'UPDATE other.t SET a = 1',
    'UPDATE t JOIN other.u ON t.id = u.id SET u.a = 1',
    'UPDATE t, other.u SET u.a = 1',
    'DELETE FROM other.t',
    'DELETE other.u FROM t JOIN other.u ON t.id = u.id',
    'WITH x AS (SELECT 1) DELETE FROM other.t WHERE a IN (SELECT * FROM x)',
    'TRUNCATE other.t',
    'TRUNCATE TABLE other.t',
    'LOAD DATA INFILE "x" INTO TABLE other.t',
    'CALL other.p(1)',
    'CREATE TABLE other.t (id int)',
    'CREATE TABLE IF NOT EXISTS other.t (id int)',
    'CREATE OR REPLACE TEMPORARY TABLE other.t (id int)',
    'ALTER TABLE other.t ADD a int',
    'ALTER TABLE t RENAME TO other.t',
    'RENAME TABLE t TO other.t',
    'RENAME TABLE a TO b, c TO other.d',
    'DROP TABLE IF EXISTS a, other.b',
    'DROP VIEW other.v',
    'CREATE UNIQUE INDEX i ON other.t (a)',
    'DROP INDEX i ON other.t',
    'CREATE DEFINER = `a`@`b` TRIGGER other.x BEFORE INSERT ON t FOR EACH ROW SET @a = 1',
    'CREATE VIEW other.v AS SELECT 1',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM other.t',
    'ALTER DATABASE other CHARACTER SET utf8mb4',
    '/*!40101 USE other */',
  ])('elsewhere: %s', (sql) => {
    expect(beyond(sql, server)?.where).toBe('elsewhere');
  });

  test.each([
    'GRANT SELECT ON own.* TO reader',
    'CREATE USER reader',
    'DROP ROLE reader',
    'SET GLOBAL max_connections = 3',
    'SET PASSWORD = "x"',
    'FLUSH PRIVILEGES',
    'CREATE DATABASE other',
    'DROP SCHEMA other',
  ])('the server: %s', (sql) => {
    expect(beyond(sql, server)?.where).toBe('server');
  });

  test.each([
    'CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW INSERT INTO other.log VALUES (NEW.id)',
    'CREATE PROCEDURE p() BEGIN UPDATE other.t SET a = 1; END',
  ])('later: %s', (sql) => {
    expect(beyond(sql, server)?.where).toBe('later');
  });

  test.each([
    'USE own',
    'INSERT INTO own.t VALUES (1)',
    'INSERT INTO t SELECT a.b, c.d FROM other.u AS a, c',
    'INSERT INTO t (a, b) VALUES (1, 2) ON DUPLICATE KEY UPDATE t.a = 2',
    'UPDATE t AS x JOIN u ON x.id = u.id SET x.a = 1, u.b = x.c',
    'DELETE x FROM t AS x JOIN u ON x.id = u.id WHERE x.a = u.b',
    'DELETE t.* FROM t',
    'ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES other.u (id)',
    'CREATE TABLE t (a int, b int REFERENCES other.u (id))',
    'CREATE VIEW v AS SELECT a.b FROM other.t AS a JOIN other.u',
    'CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = NEW.b',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t',
    'CREATE PROCEDURE p() BEGIN INSERT INTO t SELECT a.b FROM other.u AS a ON DUPLICATE KEY UPDATE t.a = 1; SELECT a INTO b FROM other.c; END',
    'CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW SELECT a INTO NEW.b FROM other.c',
    'ALTER DATABASE CHARACTER SET utf8mb4',
    'START TRANSACTION',
    'SET @x = 1',
    'SELECT * FROM other.t',
    '/*!99999 USE other */',
  ])('inside: %s', (sql) => {
    expect(beyond(sql, server)).toBeUndefined();
  });
});
