import { describe, expect, test } from 'vitest';
import { DatabaseError } from '../../contracts/index.ts';
import { errorKind, locate } from './errors.ts';

describe('errorKind', () => {
  test.each([
    [{ code: 'ECONNREFUSED' }, 'lost'],
    [{ code: '08006' }, 'lost'],
    [{ code: '57P01' }, 'lost'],
    [{ code: '53300' }, 'lost'],
    [{ code: '28P01' }, 'credentials'],
    [{ code: '28000' }, 'credentials'],
    [{ code: '40001' }, 'deadlock'],
    [{ code: '23505' }, 'exists'],
    [{ code: '' }, 'other'],
  ] as const)('of %j is %s', (fields, kind) => {
    expect(errorKind(new DatabaseError('x', fields))).toBe(kind);
  });

  test('a connection that broke is lost whatever was said last', () => {
    expect(errorKind(new DatabaseError('Connection terminated unexpectedly', { lost: true }))).toBe('lost');
    expect(errorKind(new DatabaseError('timeout expired'))).toBe('lost');
  });

  test('a missing password, which the client library finds itself, is one of credentials', () => {
    expect(errorKind(new DatabaseError('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'))).toBe('credentials');
  });
});

describe('locate', () => {
  test.each([
    ['CREATE TABLE app."Users" (a int)', 'relation "Users" already exists', 'CREATE TABLE app.'.length],
    ['ALTER TABLE users ADD Email text', 'column "email" of relation "users" already exists', 'ALTER TABLE users ADD '.length],
    ["SELECT 'users' FROM users", 'relation "users" is odd', "SELECT 'users' FROM ".length],
    ['DROP TABLE x', 'table "app.x" does not exist', 'DROP TABLE '.length],
  ])('finds in %s what "%s" is about', (sql, message, offset) => {
    expect(locate(sql, new DatabaseError(message))).toBe(offset);
  });

  test('finds nothing where the message names nothing that stands there', () => {
    expect(locate('SELECT 1', new DatabaseError('relation "users" does not exist'))).toBeUndefined();
    expect(locate('SELECT 1', new DatabaseError('out of memory'))).toBeUndefined();
  });

  test('keeps the position that the server gave', () => {
    expect(locate('SELECT a', new DatabaseError('column "b"', { position: 7 }))).toBe(7);
  });
});
