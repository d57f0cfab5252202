import { expect, test } from 'vitest';
import { beyond } from './beyond.ts';

test.each([
  'CREATE ROLE reader',
  "ALTER USER reader PASSWORD 'x'",
  'DROP DATABASE IF EXISTS other',
  'ALTER SYSTEM SET work_mem = 1',
  'ALTER DATABASE own SET search_path = a',
  'GRANT readers TO reader',
  'REVOKE ADMIN OPTION FOR readers FROM reader',
  'REVOKE ALL ON DATABASE own FROM PUBLIC',
  'GRANT CREATE ON TABLESPACE fast TO reader',
  'REASSIGN OWNED BY a TO b',
  'DROP OWNED BY a',
  "COMMENT ON DATABASE own IS 'x'",
])('it concerns the server: %s', (sql) => {
  expect(beyond(sql)?.where).toBe('server');
});

test.each([
  'CREATE TABLE role (id int)',
  'CREATE USER MAPPING FOR reader SERVER s',
  'GRANT SELECT ON role TO reader',
  'GRANT SELECT ON TABLE a.t, database TO reader',
  'REVOKE GRANT OPTION FOR SELECT ON t FROM reader',
  'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader',
  "COMMENT ON COLUMN role.id IS 'x'",
  'DROP TABLE a',
])('it stays inside: %s', (sql) => {
  expect(beyond(sql)).toBeUndefined();
});
