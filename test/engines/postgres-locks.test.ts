import { describe, expect, test } from 'vitest';
import { postgres } from '../../src/engines/postgres/index.ts';
import { placeFor } from './postgres-support.ts';

const given = `CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), r int4range, at date NOT NULL DEFAULT now());
  CREATE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NOT VALID, ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES parent NOT VALID;
  CREATE VIEW v AS SELECT id FROM parent; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX mi ON m (a); CREATE SEQUENCE s;
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
  CREATE POLICY po ON t USING (true); CREATE RULE ru AS ON DELETE TO t DO ALSO NOTHING; CREATE TYPE pair AS (x int); CREATE TYPE mood AS ENUM ('a');
  CREATE TABLE parts (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF parts FOR VALUES IN (1); CREATE TABLE loose (id int); CREATE TABLE plain (id int);
  CREATE STATISTICS st ON a, b FROM t; INSERT INTO parent VALUES (1); INSERT INTO t (id, a) VALUES (1, 1); CREATE DOMAIN dom AS int;`;

/** Statements of which each takes one lock on what was there before. */
const statements = `
SELECT * FROM t
SELECT * FROM t FOR UPDATE
INSERT INTO parent VALUES (9)
UPDATE parent SET id = 2 WHERE id = 5
DELETE FROM parent WHERE id = 5
WITH x AS (DELETE FROM parent WHERE id = 5 RETURNING id) SELECT * FROM x
TRUNCATE t
COPY parent TO stdout
CREATE INDEX j ON t (b)
CREATE UNIQUE INDEX j ON t (id)
DROP INDEX i
ALTER INDEX i RENAME TO k
ALTER INDEX i SET (fillfactor = 50)
REINDEX TABLE t
REINDEX INDEX i
CLUSTER t USING t_pkey
CREATE TABLE child (id int REFERENCES parent)
CREATE TABLE child (id int) INHERITS (parent)
CREATE TABLE more PARTITION OF parts FOR VALUES IN (2)
CREATE TABLE alone (id int)
ALTER TABLE t ADD COLUMN c int
ALTER TABLE t ADD COLUMN c int REFERENCES parent
ALTER TABLE t DROP COLUMN b
ALTER TABLE t ALTER b TYPE text
ALTER TABLE t ALTER a SET NOT NULL
ALTER TABLE t ALTER at DROP NOT NULL
ALTER TABLE t ALTER a SET DEFAULT 5
ALTER TABLE t ALTER a SET STATISTICS 10
ALTER TABLE t ALTER a SET (n_distinct = 5)
ALTER TABLE t ALTER b SET STORAGE external
ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID
ALTER TABLE t ADD CONSTRAINT ff FOREIGN KEY (id) REFERENCES parent
ALTER TABLE t ADD CONSTRAINT ff FOREIGN KEY (id) REFERENCES parent NOT VALID
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (r WITH &&)
ALTER TABLE t DROP CONSTRAINT ck
ALTER TABLE t DROP CONSTRAINT fk
ALTER TABLE t VALIDATE CONSTRAINT ck
ALTER TABLE t VALIDATE CONSTRAINT fk
ALTER TABLE t ALTER CONSTRAINT fk DEFERRABLE
ALTER TABLE t RENAME COLUMN a TO z
ALTER TABLE t RENAME TO z
ALTER TABLE t RENAME CONSTRAINT ck TO z
ALTER TABLE t SET SCHEMA app
ALTER TABLE t SET UNLOGGED
ALTER TABLE t SET (fillfactor = 50)
ALTER TABLE t RESET (fillfactor)
ALTER TABLE t ENABLE ROW LEVEL SECURITY
ALTER TABLE t DISABLE TRIGGER tr
ALTER TABLE t DISABLE RULE ru
ALTER TABLE t CLUSTER ON i
ALTER TABLE t REPLICA IDENTITY FULL
ALTER TABLE t OWNER TO postgres
ALTER TABLE parts ATTACH PARTITION loose FOR VALUES IN (3)
ALTER TABLE parts DETACH PARTITION part
ALTER TABLE loose INHERIT plain
DROP TABLE t
DROP TABLE IF EXISTS loose
CREATE TRIGGER t2 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
DROP TRIGGER tr ON t
ALTER TRIGGER tr ON t RENAME TO t3
CREATE POLICY p2 ON t USING (true)
ALTER POLICY po ON t USING (false)
DROP POLICY po ON t
CREATE RULE r2 AS ON UPDATE TO t DO ALSO NOTHING
DROP RULE ru ON t
CREATE OR REPLACE VIEW v AS SELECT id FROM parent
ALTER VIEW v RENAME TO w
DROP VIEW v
DROP MATERIALIZED VIEW m
REFRESH MATERIALIZED VIEW m
REFRESH MATERIALIZED VIEW CONCURRENTLY m
ALTER SEQUENCE s INCREMENT BY 5
ALTER SEQUENCE s RENAME TO z
DROP SEQUENCE s
CREATE STATISTICS s2 ON a, id FROM t
COMMENT ON TABLE t IS 'x'
COMMENT ON COLUMN t.a IS 'x'
ANALYZE t
LOCK TABLE t IN SHARE MODE
LOCK t
CREATE TYPE other AS ENUM ('x')
ALTER TYPE mood RENAME VALUE 'a' TO 'b'
DROP TYPE mood
CREATE SEQUENCE s2
CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'
CREATE SCHEMA other
SET search_path = app`
  .trim()
  .split('\n');

/** Lock modes as the manual writes them, weakest first. */
const modes = [
  'none',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

describe('the lock that is told', () => {
  const place = placeFor('postgres');

  test.each(statements)('of %s is the strongest that the server takes', async (sql) => {
    const { begin, connection, server, rows } = place();
    await begin(`CREATE SCHEMA app; ${given}`);
    const [there] = await rows("SELECT string_agg(oid::text, ',') AS oids FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    await connection.query('BEGIN');
    try {
      await connection.query(sql);
      const held = await rows(`SELECT DISTINCT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN (${there?.['oids']})`);
      const names = held.map(({ mode }) =>
        String(mode)
          .replace(/Lock$/, '')
          .replaceAll(/(?<=.)(?=[A-Z])/g, ' ')
          .toUpperCase(),
      );
      const strongest = modes[Math.max(0, ...names.map((name) => modes.indexOf(name)))];
      expect(postgres.classify(sql, server).lock.name).toBe(strongest);
    } finally {
      await connection.query('ROLLBACK');
    }
  });

  test.each(
    `VACUUM t
CREATE INDEX CONCURRENTLY j ON t (b)
DROP INDEX CONCURRENTLY i
REINDEX TABLE CONCURRENTLY t
REINDEX SCHEMA public
CLUSTER
CREATE DATABASE ls_never
DROP DATABASE ls_never
CREATE TABLESPACE ls_never LOCATION '/x'
ALTER SYSTEM SET work_mem = '4MB'
ALTER DATABASE postgres SET TABLESPACE pg_default
ALTER TABLE parts DETACH PARTITION part CONCURRENTLY
CREATE SUBSCRIPTION ls_never CONNECTION '' PUBLICATION p
DISCARD ALL
COMMIT PREPARED 'x'`.split('\n'),
  )('%s is refused inside a transaction by the server, and told to be', async (sql) => {
    const { begin, connection, server } = place();
    await begin(given);
    await connection.query('BEGIN');
    const error: unknown = await connection.query(sql).catch((reason: unknown) => reason);
    await connection.query('ROLLBACK');
    expect(error).toMatchObject({ code: '25001' });
    expect(postgres.classify(sql, server).transactional).toBe(false);
  });
});
