import { expect, test } from 'vitest';
import { pairsOf, tell } from '../../../test/engines/postgres-story.ts';

/** Statements about rows, rights, sessions and upkeep, and what nobody knows, each with its traits on the line below. */
const table = `
TRUNCATE users
  rows | ACCESS EXCLUSIVE | - all rows of users | loses rows users |  | ask
TRUNCATE TABLE ONLY users, app.teams RESTART IDENTITY CASCADE
  rows | ACCESS EXCLUSIVE | - all rows of users, - all rows of app.teams | loses rows users and on, loses rows app.teams and on |  | ask
INSERT INTO users (a) VALUES (1)
  rows | ROW EXCLUSIVE | + rows of users |  |  | ask
INSERT INTO users SELECT * FROM x ON CONFLICT DO NOTHING
  rows | ROW EXCLUSIVE | + rows of users |  |  | ask
UPDATE ONLY users SET a = 1
  rows | ROW EXCLUSIVE | ~ rows of users |  |  | ask
DELETE FROM app.users WHERE a = 1
  rows | ROW EXCLUSIVE | - rows of app.users | loses rows app.users |  | ask
MERGE INTO users u USING x ON u.a = x.a WHEN MATCHED THEN DELETE
  rows | ROW EXCLUSIVE | ~ rows of users | loses rows users |  | ask
MERGE INTO users u USING x ON u.a = x.a WHEN MATCHED THEN UPDATE SET a = 1
  rows | ROW EXCLUSIVE | ~ rows of users |  |  | ask
WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x
  rows | ROW EXCLUSIVE | - rows of a, + rows of b | loses rows a |  | ask
WITH x AS (SELECT 1) SELECT * FROM x
  query | ACCESS SHARE |  |  |  | repeat
WITH RECURSIVE x AS (SELECT 1 UNION SELECT 2), y AS MATERIALIZED (UPDATE a SET b = 1 RETURNING b) SELECT * FROM y
  rows | ROW EXCLUSIVE | ~ rows of a |  |  | ask
SELECT * FROM users WHERE a IN (1, 2)
  query | ACCESS SHARE |  |  |  | repeat
SELECT * FROM users FOR UPDATE
  query | ROW SHARE |  |  |  | repeat
SELECT count(*) FROM users
  query | ACCESS SHARE |  |  |  | repeat
SELECT migrate_everything()
  query | ACCESS SHARE |  |  |  | ask
SELECT * INTO copy FROM users
  structure | none | + table copy [table copy] |  | table copy | probe
SELECT pg_catalog.set_config('search_path', '', false)
  session | none |  |  |  | repeat
SELECT setval('s', 5)
  rows | none | ~ position of a sequence |  |  | ask
(SELECT 1)
  query | ACCESS SHARE |  |  |  | repeat
VALUES (1)
  query | ACCESS SHARE |  |  |  | repeat
TABLE users
  query | ACCESS SHARE |  |  |  | repeat
SHOW all
  query | ACCESS SHARE |  |  |  | repeat
COPY users FROM stdin
  rows | ROW EXCLUSIVE | + rows of users |  |  | ask
COPY users (a) TO stdout
  query | ACCESS SHARE |  |  |  | ask
COPY (DELETE FROM users RETURNING *) TO stdout
  rows | ROW EXCLUSIVE | - rows of users | loses rows users |  | ask
EXPLAIN DELETE FROM users
  query | ACCESS SHARE |  |  |  | repeat
EXPLAIN ANALYZE DELETE FROM users
  rows | ROW EXCLUSIVE | - rows of users | loses rows users |  | ask
EXPLAIN (ANALYZE, BUFFERS) DELETE FROM users
  rows | ROW EXCLUSIVE | - rows of users | loses rows users |  | ask
EXPLAIN (ANALYZE off) DELETE FROM users
  query | ACCESS SHARE |  |  |  | repeat
DO $$ BEGIN DROP TABLE users; END $$
  structure | unknown | ~ code block |  |  | ask
CALL app.p(1)
  structure | unknown | ~ procedure app.p runs |  |  | ask
EXECUTE x
  rows | ROW EXCLUSIVE |  |  |  | ask
COMMENT ON TABLE users IS 'x'
  structure | SHARE UPDATE EXCLUSIVE | ~ comment of table users |  |  | repeat
COMMENT ON COLUMN app.users.a IS 'x'
  structure | SHARE UPDATE EXCLUSIVE | ~ comment of column app.users.a |  |  | repeat
COMMENT ON CONSTRAINT c ON users IS 'x'
  structure | SHARE UPDATE EXCLUSIVE | ~ comment of constraint c of users |  |  | repeat
COMMENT ON FUNCTION f(int) IS 'x'
  structure | SHARE UPDATE EXCLUSIVE | ~ comment of function f |  |  | repeat
COMMENT ON TRIGGER t ON users IS 'x'
  structure | SHARE UPDATE EXCLUSIVE | ~ comment of trigger t of users |  |  | repeat
GRANT SELECT ON users TO joe
  structure | none | + rights |  |  | repeat
REVOKE ALL ON SCHEMA public FROM public
  structure | none | - rights |  |  | repeat
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE
  session | SHARE ROW EXCLUSIVE |  |  |  | repeat
LOCK users
  session | ACCESS EXCLUSIVE |  |  |  | repeat
VACUUM
  session alone | SHARE UPDATE EXCLUSIVE |  |  |  | repeat
VACUUM FULL users
  session alone | ACCESS EXCLUSIVE |  | rewrites users |  | repeat
VACUUM (FULL, ANALYZE) users
  session alone | ACCESS EXCLUSIVE |  | rewrites users |  | repeat
VACUUM ANALYZE users
  session alone | SHARE UPDATE EXCLUSIVE |  |  |  | repeat
ANALYZE users
  session | SHARE UPDATE EXCLUSIVE |  |  |  | repeat
CLUSTER
  structure alone | ACCESS EXCLUSIVE |  |  |  | repeat
CLUSTER users USING i
  structure | ACCESS EXCLUSIVE |  | rewrites users | table users | repeat
REINDEX TABLE users
  structure | ACCESS EXCLUSIVE |  | scans users | table users | repeat
REINDEX INDEX CONCURRENTLY i
  structure alone | SHARE UPDATE EXCLUSIVE |  |  | opaque "index i" | repeat
REINDEX (CONCURRENTLY) TABLE users
  structure alone | SHARE UPDATE EXCLUSIVE |  | scans users | table users | repeat
REINDEX DATABASE x
  structure alone | ACCESS EXCLUSIVE |  |  |  | repeat
REFRESH MATERIALIZED VIEW v
  rows | ACCESS EXCLUSIVE | ~ rows of v |  |  | repeat
REFRESH MATERIALIZED VIEW CONCURRENTLY v
  rows | EXCLUSIVE | ~ rows of v |  |  | repeat
SET search_path = app
  session | none |  |  |  | repeat
SET LOCAL lock_timeout = 5
  session | none |  |  |  | repeat
RESET ALL
  session | none |  |  |  | repeat
DISCARD ALL
  session alone | none |  |  |  | repeat
DISCARD TEMP
  session | none |  |  |  | repeat
BEGIN
  session | none |  |  |  | repeat
SAVEPOINT a
  session | none |  |  |  | repeat
ROLLBACK TO a
  session | none |  |  |  | repeat
COMMIT PREPARED 'x'
  structure alone | unknown |  |  |  | ask
NOTIFY x
  session | none |  |  |  | ask
CHECKPOINT
  session | none |  |  |  | repeat
SECURITY LABEL ON TABLE t IS 'x'
  structure | SHARE UPDATE EXCLUSIVE |  |  |  | repeat
IMPORT FOREIGN SCHEMA x FROM SERVER s INTO app
  structure | none | + foreign tables |  |  | ask
FROBNICATE users
  structure | unknown |  |  |  | ask
CREATE SOMETHING new
  structure | unknown |  |  |  | ask
CREATE
  structure | unknown |  |  |  | ask
ALTER TABLE
  structure | unknown |  |  |  | ask
DROP
  structure | unknown |  |  |  | ask
"quoted"
  structure | unknown |  |  |  | ask
;
  structure | unknown |  |  |  | ask
`;

test.each(pairsOf(table))('classify %s', (sql, traits) => {
  expect(tell(sql)).toBe(traits);
});
