import { describe, expect, test } from 'vitest';
import { pairsOf, server, tell } from '../../../test/engines/postgres-story.ts';
import { classify } from './classify.ts';

/** Statements about objects, each with its traits on the line below. */
const table = `
CREATE TABLE public.users (id int PRIMARY KEY, "Team" int REFERENCES app.Teams (id))
  structure | SHARE ROW EXCLUSIVE | + table users [table users] |  | table users, table app.teams | probe
CREATE UNLOGGED TABLE IF NOT EXISTS users (id int)
  structure | none | + table users |  | table users | repeat
CREATE TEMP TABLE users (id int)
  structure | none | + temporary table users [table users] |  | table users | probe
CREATE TABLE p PARTITION OF app.parent FOR VALUES IN (1)
  structure | ACCESS EXCLUSIVE | + table p [table p] |  | table p, table app.parent | probe
CREATE TABLE c (x int) INHERITS (a, public.b)
  structure | SHARE UPDATE EXCLUSIVE | + table c [table c] |  | table c, table a, table b | probe
CREATE TABLE t AS SELECT 1
  structure | none | + table t [table t] |  | table t | probe
CREATE INDEX i ON users (a)
  structure | SHARE | + index i | scans users | table users | probe
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY app.users (a)
  structure alone | SHARE UPDATE EXCLUSIVE | + index i | scans app.users, may fail | table app.users | probe
CREATE INDEX ON users (a)
  structure | SHARE | + index of users | scans users | table users | probe
CREATE INDEX IF NOT EXISTS i ON users (a)
  structure | SHARE | + index i | scans users | table users | repeat
CREATE VIEW v AS SELECT 1
  structure | none | + view v [view v] |  | view v | probe
CREATE OR REPLACE VIEW app.v AS SELECT 1
  structure | ACCESS EXCLUSIVE | + view app.v |  | view app.v | repeat
CREATE MATERIALIZED VIEW v AS SELECT 1
  structure | none | + materialized view v [view v] |  | view v | probe
CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ DROP TABLE x $$
  structure | none | + function f |  | routine f | repeat
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'
  structure | none | + procedure p [routine p] |  | routine p | probe
CREATE AGGREGATE a(int) (SFUNC = int4pl, STYPE = int)
  structure | none | + aggregate a [opaque "aggregate a"] |  | opaque "aggregate a" | probe
CREATE TRIGGER t BEFORE INSERT OR UPDATE OF a ON app.users FOR EACH ROW EXECUTE FUNCTION f()
  structure | SHARE ROW EXCLUSIVE | + trigger t of app.users [trigger app.users/t] |  | trigger app.users/t, table app.users | probe
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()
  structure | SHARE ROW EXCLUSIVE | + trigger t of users [trigger users/t] |  | trigger users/t, table users | probe
CREATE POLICY p ON users USING (true)
  structure | ACCESS EXCLUSIVE | + policy p of users [policy users/p] |  | policy users/p, table users | probe
CREATE RULE r AS ON INSERT TO users DO NOTHING
  structure | ACCESS EXCLUSIVE | + rule r of users [opaque "rule r on users"] |  | opaque "rule r on users", table users | probe
CREATE TYPE mood AS ENUM ('a')
  structure | none | + enum type mood [enum mood] |  | enum mood | probe
CREATE TYPE pair AS (a int)
  structure | none | + composite type pair [composite pair] |  | composite pair | probe
CREATE TYPE span AS RANGE (subtype = int)
  structure | none | + type span [opaque "type span"] |  | opaque "type span" | probe
CREATE DOMAIN d AS text
  structure | none | + domain d [domain d] |  | domain d | probe
CREATE SEQUENCE s
  structure | none | + sequence s [sequence s] |  | sequence s | probe
CREATE SCHEMA IF NOT EXISTS app
  structure | none | + schema app |  | namespace app | repeat
CREATE SCHEMA AUTHORIZATION joe
  structure | none | + schema joe [namespace joe] |  | namespace joe | probe
CREATE EXTENSION IF NOT EXISTS citext
  structure | none | + extension citext |  | extension citext | repeat
CREATE DATABASE x
  structure alone | none | + database x [opaque "database x"] |  | opaque "database x" | probe
CREATE TABLESPACE x LOCATION '/x'
  structure alone | none | + tablespace x [opaque "tablespace x"] |  | opaque "tablespace x" | probe
CREATE SUBSCRIPTION x CONNECTION '' PUBLICATION p
  structure alone | none | + subscription x [opaque "subscription x"] |  | opaque "subscription x" | ask
CREATE PUBLICATION p FOR TABLE t
  structure | none | + publication p [opaque "publication p"] |  | opaque "publication p" | probe
CREATE STATISTICS s ON a, b FROM t
  structure | SHARE UPDATE EXCLUSIVE | + statistics s [opaque "statistics s"] |  | opaque "statistics s" | probe
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()
  structure | none | + event trigger e [opaque "event trigger e"] |  | opaque "event trigger e" | probe
CREATE ROLE r
  structure | none | + role r [opaque "role r"] |  | opaque "role r" | probe
CREATE CAST (a AS b) WITHOUT FUNCTION
  structure | none | + cast |  |  | ask
CREATE OPERATOR === (FUNCTION = f)
  structure | none | + operator |  |  | ask
CREATE COLLATION c (locale = 'C')
  structure | none | + collation c [opaque "collation c"] |  | opaque "collation c" | probe
CREATE TEXT SEARCH CONFIGURATION c (COPY = english)
  structure | none | + text search configuration c [opaque "text search configuration c"] |  | opaque "text search configuration c" | ask
ALTER TABLE users ADD COLUMN a text
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] |  | table users | probe
ALTER TABLE users ADD a text NOT NULL
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] | may fail | table users | probe
ALTER TABLE users ADD COLUMN IF NOT EXISTS a int DEFAULT 5 NOT NULL
  structure | ACCESS EXCLUSIVE | + column users.a |  | table users | repeat
ALTER TABLE users ADD a timestamptz DEFAULT now()
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] |  | table users | probe
ALTER TABLE users ADD a uuid DEFAULT gen_random_uuid() CHECK (length(a) > 3)
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] | rewrites users, scans users | table users | probe
ALTER TABLE users ADD a numeric(10,2) DEFAULT 0
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] |  | table users | probe
ALTER TABLE users ADD id bigserial PRIMARY KEY
  structure | ACCESS EXCLUSIVE | + column users.id [column users.id] | rewrites users, scans users | table users | probe
ALTER TABLE users ADD a int GENERATED ALWAYS AS (b + 1) STORED
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] | rewrites users | table users | probe
ALTER TABLE users ADD a int GENERATED ALWAYS AS (b + 1) VIRTUAL
  structure | ACCESS EXCLUSIVE | + column users.a [column users.a] |  | table users | probe
ALTER TABLE users ADD team int REFERENCES teams
  structure | ACCESS EXCLUSIVE | + column users.team [column users.team] |  | table users, table teams | probe
ALTER TABLE users DROP COLUMN IF EXISTS a, DROP b CASCADE
  structure | ACCESS EXCLUSIVE | - column users.a, - column users.b | loses column users.a, loses column users.b | table users | probe
ALTER TABLE ONLY app.users ALTER COLUMN a TYPE text, ALTER b SET DATA TYPE varchar(5) USING left(b, 5), ALTER c SET NOT NULL
  structure | ACCESS EXCLUSIVE | ~ column app.users.a type text, ~ column app.users.b type varchar(5), ~ column app.users.c not null | rewrites app.users, loses values app.users.b, may fail, scans app.users, may fail | table app.users | probe
ALTER TABLE users ALTER a DROP NOT NULL, ALTER a SET DEFAULT 1, ALTER a DROP DEFAULT
  structure | ACCESS EXCLUSIVE | ~ column users.a may be empty, ~ column users.a default, ~ column users.a no default |  | table users | probe
ALTER TABLE users ALTER a SET STATISTICS 5, ALTER a SET (n_distinct = 5)
  structure | SHARE UPDATE EXCLUSIVE | ~ column users.a statistics, ~ column users.a options |  | table users | probe
ALTER TABLE users ALTER a ADD GENERATED ALWAYS AS IDENTITY
  structure | ACCESS EXCLUSIVE | ~ column users.a identity |  | table users | probe
ALTER TABLE users ADD CONSTRAINT c CHECK (a > 0)
  structure | ACCESS EXCLUSIVE | + constraint c of users | scans users, may fail | table users | probe
ALTER TABLE users ADD CONSTRAINT c CHECK (a > 0) NOT VALID
  structure | ACCESS EXCLUSIVE | + constraint c of users |  | table users | probe
ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES app.teams (id) NOT VALID
  structure | SHARE ROW EXCLUSIVE | + constraint f of users |  | table users, table app.teams | probe
ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES teams
  structure | SHARE ROW EXCLUSIVE | + foreign key of users | scans users, may fail | table users, table teams | probe
ALTER TABLE users ADD UNIQUE (a)
  structure | ACCESS EXCLUSIVE | + unique of users | scans users, may fail | table users | probe
ALTER TABLE users ADD PRIMARY KEY USING INDEX i
  structure | ACCESS EXCLUSIVE | + primary key of users |  | table users | probe
ALTER TABLE users DROP CONSTRAINT IF EXISTS c
  structure | ACCESS EXCLUSIVE | - constraint c of users |  | table users | repeat
ALTER TABLE users VALIDATE CONSTRAINT c
  structure | SHARE UPDATE EXCLUSIVE | ~ constraint c of users is valid | scans users, may fail | table users | probe
ALTER TABLE users RENAME COLUMN a TO b
  structure | ACCESS EXCLUSIVE | ~ column users.a → b |  | table users | probe
ALTER TABLE users RENAME a TO "B"
  structure | ACCESS EXCLUSIVE | ~ column users.a → B |  | table users | probe
ALTER TABLE users RENAME TO people
  structure | ACCESS EXCLUSIVE | ~ table users → people |  | table users, table people | probe
ALTER TABLE users RENAME CONSTRAINT a TO b
  structure | ACCESS EXCLUSIVE | ~ constraint a of users → b |  | table users | probe
ALTER TABLE users SET SCHEMA app
  structure | ACCESS EXCLUSIVE | ~ table users → app.users |  | table users, table app.users | probe
ALTER TABLE app.users SET SCHEMA public
  structure | ACCESS EXCLUSIVE | ~ table app.users → users |  | table app.users, table users | probe
ALTER TABLE users SET UNLOGGED
  structure | ACCESS EXCLUSIVE | ~ table users | rewrites users | table users | probe
ALTER TABLE users SET (fillfactor = 50)
  structure | SHARE UPDATE EXCLUSIVE | ~ table users |  | table users | probe
ALTER TABLE users RESET (fillfactor)
  structure | SHARE UPDATE EXCLUSIVE | ~ table users |  | table users | probe
ALTER TABLE users ENABLE ROW LEVEL SECURITY
  structure | ACCESS EXCLUSIVE | ~ table users |  | table users | probe
ALTER TABLE users DISABLE TRIGGER ALL
  structure | SHARE ROW EXCLUSIVE | ~ table users |  | table users | probe
ALTER TABLE users CLUSTER ON i
  structure | SHARE UPDATE EXCLUSIVE | ~ table users |  | table users | probe
ALTER TABLE users OWNER TO joe
  structure | ACCESS EXCLUSIVE | ~ table users |  | table users | probe
ALTER TABLE p ATTACH PARTITION q FOR VALUES IN (1)
  structure | ACCESS EXCLUSIVE | ~ partition q joins p | scans q, may fail | table p, table q | probe
ALTER TABLE p DETACH PARTITION q
  structure | ACCESS EXCLUSIVE | ~ partition q leaves p |  | table p, table q | probe
ALTER TABLE p DETACH PARTITION q CONCURRENTLY
  structure alone | SHARE UPDATE EXCLUSIVE | ~ partition q leaves p |  | table p, table q | probe
ALTER TABLE users INHERIT parent
  structure | ACCESS EXCLUSIVE | ~ table users |  | table users, table parent | probe
ALTER INDEX i RENAME TO j
  structure | SHARE UPDATE EXCLUSIVE | ~ index i → j |  | opaque "index i", opaque "index j" | probe
ALTER INDEX i SET TABLESPACE x
  structure | ACCESS EXCLUSIVE | ~ index i |  | opaque "index i" | probe
ALTER VIEW v RENAME TO w
  structure | ACCESS EXCLUSIVE | ~ view v → w |  | view v, view w | probe
ALTER SEQUENCE s RESTART
  structure | SHARE ROW EXCLUSIVE | ~ sequence s |  | sequence s | probe
ALTER SEQUENCE app.s SET SCHEMA public
  structure | ACCESS EXCLUSIVE | ~ sequence app.s → s |  | sequence app.s, sequence s | probe
ALTER TYPE mood ADD VALUE 'b' BEFORE 'a'
  structure alone | none | + value 'b' of enum type mood |  | enum mood | probe
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'b'
  structure alone | none | + value 'b' of enum type mood |  | enum mood | repeat
ALTER TYPE mood RENAME VALUE 'a' TO 'b'
  structure | none | ~ value 'a' of enum type mood → 'b' |  | enum mood | probe
ALTER TYPE pair ADD ATTRIBUTE c int
  structure | ACCESS EXCLUSIVE | ~ type pair | may fail | enum pair, composite pair | probe
ALTER TYPE mood RENAME TO humour
  structure | none | ~ type mood → humour |  | enum mood, composite mood, enum humour, composite humour | probe
ALTER DOMAIN d ADD CHECK (VALUE > 0)
  structure | none | ~ domain d |  | domain d | probe
ALTER FUNCTION f(int) RENAME TO g
  structure | none | ~ function f → g |  | routine f, routine g | probe
ALTER TRIGGER t ON users RENAME TO u
  structure | ACCESS EXCLUSIVE | ~ trigger t of users → u |  | trigger users/t, table users, trigger users/u | probe
ALTER POLICY p ON users USING (true)
  structure | ACCESS EXCLUSIVE | ~ policy p of users |  | policy users/p, table users | probe
ALTER SYSTEM SET work_mem = '1MB'
  structure alone | none | ~ settings of the server |  |  | repeat
ALTER DATABASE x SET work_mem = '1MB'
  structure | none | ~ database x |  |  | repeat
ALTER DATABASE x SET TABLESPACE y
  structure alone | none | ~ database x |  |  | ask
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO joe
  structure | none | ~ default rights |  |  | repeat
ALTER SUBSCRIPTION s REFRESH PUBLICATION
  structure alone | none | ~ subscription |  |  | ask
ALTER ROLE joe SUPERUSER
  structure | none | ~ role joe |  | opaque "role joe" | probe
DROP TABLE IF EXISTS users, app.teams CASCADE
  structure | ACCESS EXCLUSIVE | - table users [table users], - table app.teams [table app.teams] | loses table users, loses table app.teams | table users, table app.teams | repeat
DROP TABLE users
  structure | ACCESS EXCLUSIVE | - table users [table users] | loses table users | table users | probe
DROP INDEX CONCURRENTLY IF EXISTS app.i
  structure alone | SHARE UPDATE EXCLUSIVE | - index app.i [opaque app."index i"] |  | opaque app."index i" | repeat
DROP INDEX i
  structure | ACCESS EXCLUSIVE | - index i [opaque "index i"] |  | opaque "index i" | probe
DROP VIEW v
  structure | ACCESS EXCLUSIVE | - view v [view v] |  | view v | probe
DROP MATERIALIZED VIEW v
  structure | ACCESS EXCLUSIVE | - materialized view v [view v] |  | view v | probe
DROP SCHEMA app CASCADE
  structure | ACCESS EXCLUSIVE | - schema app [namespace app] | loses table app.* | namespace app | probe
DROP SCHEMA app
  structure | ACCESS EXCLUSIVE | - schema app [namespace app] |  | namespace app | probe
DROP TYPE mood CASCADE
  structure | none | - type mood | loses column *.type mood | enum mood, composite mood | probe
DROP TYPE mood
  structure | none | - type mood |  | enum mood, composite mood | probe
DROP DOMAIN d CASCADE
  structure | none | - domain d [domain d] | loses column *.domain d | domain d | probe
DROP EXTENSION citext CASCADE
  structure | ACCESS EXCLUSIVE | - extension citext [extension citext] | loses column *.extension citext | extension citext | probe
DROP FUNCTION f(int, text), g
  structure | none | - function f [routine f], - function g [routine g] |  | routine f, routine g | probe
DROP TRIGGER t ON users
  structure | ACCESS EXCLUSIVE | - trigger t of users [trigger users/t] |  | trigger users/t, table users | probe
DROP POLICY IF EXISTS p ON users
  structure | ACCESS EXCLUSIVE | - policy p of users [policy users/p] |  | policy users/p, table users | repeat
DROP RULE r ON users
  structure | ACCESS EXCLUSIVE | - rule r of users [opaque "rule r on users"] |  | opaque "rule r on users", table users | probe
DROP DATABASE x
  structure alone | none | - database x [opaque "database x"] | loses table * | opaque "database x" | probe
DROP OWNED BY joe
  structure | ACCESS EXCLUSIVE | - everything that the roles own | loses table * |  | repeat
DROP SUBSCRIPTION s
  structure alone | none | - subscription s [opaque "subscription s"] |  | opaque "subscription s" | ask
DROP SEQUENCE s
  structure | ACCESS EXCLUSIVE | - sequence s [sequence s] |  | sequence s | probe
`;

describe('classify', () => {
  test.each(pairsOf(table))('%s', (sql, traits) => {
    expect(tell(sql)).toBe(traits);
  });

  test.each(['', '/* nothing */ -- at all', ';', '\0', "'never ends", '$x$', '((((', 'ALTER TABLE t ADD', 'CREATE INDEX ON'])(
    'takes %j to do the worst, or nothing, and never throws',
    (sql) => {
      expect(() => classify(sql, server)).not.toThrow();
    },
  );

  test('comments, hints and white space in between change nothing', () => {
    expect(tell('/* a */ DROP -- b\n TABLE /*+ c */ users')).toBe(tell('DROP TABLE users'));
  });

  test('reads no further than it must: a large INSERT costs no more than a small one', () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => `(${n}, 'DELETE FROM users')`).join(', ');
    expect(tell(`INSERT INTO users VALUES ${rows}`)).toBe(tell('INSERT INTO users VALUES (1)'));
  });

  test('names fold as the server folds them, and those in quotes do not', () => {
    const { touches } = classify('DROP TABLE Users, "Users", U&"d\\0061t+\\+000061", "a""b", PUBLIC.x', server);
    expect(touches).toEqual(['table users', 'table Users', 'table dat+a', 'table "a""b"', 'table x']);
  });
});
