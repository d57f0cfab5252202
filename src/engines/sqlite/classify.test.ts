import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Server, Traits } from '../../contracts/index.ts';
import { classify } from './classify.ts';

const server = {} as Server;
const of = (sql: string): Traits => classify(sql, server);
const effects = (sql: string): readonly string[] => of(sql).effects.map(({ sign, text }) => `${sign} ${text}`);

test.each<readonly [string, Traits['family'], Traits['afterCrash'], readonly string[]]>([
  ['CREATE TABLE users (id)', 'structure', 'probe', ['+ table users']],
  ['create table main."Users" as select 1', 'structure', 'probe', ['+ table Users']],
  ["CREATE TABLE 'a b' (x)", 'structure', 'probe', ['+ table "a b"']],
  ['CREATE TABLE IF NOT EXISTS [users] (id)', 'structure', 'repeat', ['+ table users, if there is none']],
  ['CREATE TEMP TABLE x (a)', 'session', 'repeat', []],
  ['CREATE TABLE temp.x (a)', 'session', 'repeat', []],
  ['CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5 (a)', 'structure', 'repeat', ['+ virtual table f, if there is none']],
  ['CREATE UNIQUE INDEX aux.i ON t (a)', 'structure', 'probe', ['+ index aux.i']],
  ['CREATE VIEW v AS SELECT 1', 'structure', 'probe', ['+ view v']],
  ['CREATE TRIGGER tr AFTER UPDATE OF a, b ON t BEGIN DELETE FROM u; END', 'structure', 'probe', ['+ trigger tr']],
  ['ALTER TABLE a RENAME TO b', 'structure', 'probe', ['~ table a → b']],
  ['ALTER TABLE a RENAME COLUMN "x y" TO z', 'structure', 'probe', ['~ column a.x y → z']],
  ['ALTER TABLE a RENAME x TO y', 'structure', 'probe', ['~ column a.x → y']],
  ['ALTER TABLE aux.a ADD b INT', 'structure', 'probe', ['+ column aux.a.b']],
  ['ALTER TABLE a DROP COLUMN b', 'structure', 'probe', ['- column a.b']],
  ['ALTER TABLE a ALTER COLUMN b TO b TEXT', 'structure', 'probe', ['~ column a.b']],
  ['DROP TABLE a', 'structure', 'probe', ['- table a']],
  ['DROP TABLE IF EXISTS a', 'structure', 'repeat', ['- table a']],
  ['DROP VIEW v', 'structure', 'probe', ['- view v']],
  ['DROP INDEX i', 'structure', 'probe', ['- index i']],
  ['DROP TRIGGER IF EXISTS tr', 'structure', 'repeat', ['- trigger tr']],
  ['INSERT OR IGNORE INTO t VALUES (1)', 'rows', 'ask', ['+ rows of t']],
  ['REPLACE INTO t VALUES (1)', 'rows', 'ask', ['+ rows of t']],
  ['UPDATE OR FAIL t SET a = 1', 'rows', 'ask', ['~ rows of t']],
  ['DELETE FROM t', 'rows', 'ask', ['- rows of t']],
  ['WITH x AS (DELETE FROM y) INSERT INTO t SELECT * FROM x', 'rows', 'ask', ['+ rows of t']],
  ['WITH RECURSIVE replace(a) AS (SELECT 1), x AS MATERIALIZED (SELECT 2) DELETE FROM t', 'rows', 'ask', ['- rows of t']],
  ['WITH x AS (SELECT 1) SELECT * FROM x', 'query', 'repeat', []],
  ['SELECT 1', 'query', 'repeat', []],
  ['VALUES (1)', 'query', 'repeat', []],
  ['EXPLAIN QUERY PLAN DELETE FROM t', 'query', 'repeat', []],
  ['PRAGMA foreign_key_check', 'query', 'repeat', []],
  ['PRAGMA table_info(t)', 'query', 'repeat', []],
  ['PRAGMA foreign_keys = ON', 'session', 'repeat', []],
  ['PRAGMA main.cache_size(100)', 'session', 'repeat', []],
  ['PRAGMA user_version = 7', 'structure', 'repeat', ['~ user_version']],
  ['VACUUM', 'structure', 'repeat', ['~ the whole file']],
  ['ANALYZE t', 'structure', 'repeat', ['~ statistics']],
  ['REINDEX', 'structure', 'repeat', ['~ indexes built anew']],
  ['ATTACH "a.db" AS a', 'session', 'repeat', []],
  ['SAVEPOINT a', 'session', 'repeat', []],
  ['', 'query', 'repeat', []],
  ['FROBNICATE everything', 'structure', 'ask', []],
  ['CREATE SEQUENCE s', 'structure', 'ask', []],
  ['GRANT ALL ON t TO me', 'structure', 'ask', []],
  ['TRUNCATE t', 'structure', 'ask', []],
  ['"quoted"', 'structure', 'ask', []],
  ['INSERT', 'structure', 'ask', []],
])('%j is %s, after a crash: %s', (sql, family, afterCrash, shown) => {
  expect([of(sql).family, of(sql).afterCrash, effects(sql)]).toEqual([family, afterCrash, shown]);
});

test('what SQLite refuses inside a transaction, or does not obey there, runs outside one', () => {
  const outside = ['VACUUM', 'ATTACH x AS y', 'DETACH y', 'PRAGMA foreign_keys = OFF', 'PRAGMA journal_mode(wal)', 'PRAGMA wal_checkpoint'];
  const inside = [
    'CREATE TABLE t (a)',
    'DROP TABLE t',
    'DELETE FROM t',
    'PRAGMA legacy_alter_table = ON',
    'PRAGMA foreign_keys',
    'ANALYZE',
    'FROBNICATE',
  ];
  expect(outside.filter((sql) => of(sql).transactional)).toEqual([]);
  expect(inside.filter((sql) => !of(sql).transactional)).toEqual([]);
});

describe('losses', () => {
  const losses = (sql: string): unknown => of(sql).risks.flatMap((risk) => (risk.kind === 'loses' ? [risk.loss] : []));

  test.each([
    ['DROP TABLE IF EXISTS "a b"', { what: 'table', table: { name: 'a b' } }],
    ['DROP TABLE aux.t', { what: 'table', table: { schema: 'aux', name: 't' } }],
    ['ALTER TABLE t DROP c', { what: 'column', table: { name: 't' }, column: 'c' }],
    ['DELETE FROM main.t WHERE a = 1', { what: 'rows', table: { name: 't' } }],
    ['WITH x AS (SELECT 1) DELETE FROM t', { what: 'rows', table: { name: 't' } }],
    ['ALTER TABLE t ALTER COLUMN c TO c INT', { what: 'values', table: { name: 't' }, column: 'c' }],
  ])('%s', (sql, loss) => {
    expect(losses(sql)).toEqual([loss]);
  });

  test.each(['CREATE TABLE t (a)', 'DROP VIEW v', 'DROP INDEX i', 'UPDATE t SET a = 1', 'ALTER TABLE t ADD c', 'EXPLAIN DELETE FROM t'])(
    'none by %s',
    (sql) => {
      expect(losses(sql)).toEqual([]);
    },
  );

  test('of what the same script made do not count: what is new says so by its key', () => {
    expect(of('CREATE TABLE t (a)').effects[0]?.key).toBe('table t');
    expect(of('ALTER TABLE t ADD c').effects[0]?.key).toBe('column t.c');
    expect(of('CREATE TABLE IF NOT EXISTS t (a)').effects[0]?.key).toBeUndefined();
  });
});

test.each([
  ['ALTER TABLE t ADD a INT NOT NULL', true],
  ['ALTER TABLE t ADD a INT NOT NULL DEFAULT NULL', true],
  ['ALTER TABLE t ADD a INT NOT NULL DEFAULT 0', false],
  ['ALTER TABLE t ADD a INT DEFAULT (x NOT NULL)', false],
  ['ALTER TABLE t ADD a AS (b) NOT NULL', false],
  ['CREATE UNIQUE INDEX i ON t (a)', true],
  ['CREATE INDEX i ON t (a)', false],
])('%s may fail because of the rows: %s', (sql, may) => {
  expect(of(sql).risks.some((risk) => risk.kind === 'mayFail')).toBe(may);
});

test('locks are those of the whole database', () => {
  const locks = ['SELECT 1', 'INSERT INTO t VALUES (1)', 'CREATE TABLE t (a)', 'VACUUM', 'PRAGMA foreign_keys = ON', 'FROBNICATE'].map(
    (sql) => of(sql).lock.name,
  );
  expect(locks).toEqual(['SHARED', 'RESERVED', 'RESERVED', 'EXCLUSIVE', 'none', 'EXCLUSIVE']);
});

test('anything at all is classified', () => {
  const word = fc.constantFrom(
    'CREATE',
    'TABLE',
    'DROP',
    'ALTER',
    'WITH',
    'PRAGMA',
    'INSERT',
    'IF',
    'NOT',
    'EXISTS',
    '(',
    ')',
    '"',
    "'",
    ';',
    '.',
    ',',
    'ADD',
    'ON',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 8 }).map((list) => list.join(' ')),
      ),
      (sql) => {
        expect(['structure', 'rows', 'query', 'session']).toContain(of(sql).family);
      },
    ),
    { numRuns: 1000 },
  );
});
