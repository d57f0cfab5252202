import { describe, expect, test } from 'vitest';
import { concurrentIndex } from './activity.ts';

describe('concurrentIndex', () => {
  test.each([
    [
      'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I x" ON ONLY app.Users USING btree (a)',
      {
        index: { schema: 'app', name: 'I x' },
        table: { schema: 'app', name: 'users' },
        drop: 'DROP INDEX CONCURRENTLY IF EXISTS "app"."I x"',
      },
    ],
    [
      'create index concurrently i on users (a)',
      { index: { name: 'i' }, table: { name: 'users' }, drop: 'DROP INDEX CONCURRENTLY IF EXISTS "i"' },
    ],
    ['CREATE INDEX CONCURRENTLY ON users (a)', { index: undefined, table: { name: 'users' }, drop: '' }],
    ['CREATE INDEX i ON users (a)', undefined],
    ['REINDEX INDEX CONCURRENTLY i', undefined],
    ['DROP INDEX CONCURRENTLY i', undefined],
    ['SELECT 1', undefined],
    ['CREATE INDEX CONCURRENTLY', undefined],
  ])('of %s', (sql, index) => {
    expect(concurrentIndex(sql)).toEqual(index);
  });
});
