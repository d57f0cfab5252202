import { describe, expect, test } from 'vitest';
import type { RenderContext, Rendered, Server } from '../../../contracts/index.ts';
import {
  type Change,
  type Column,
  type Constraint,
  emptySchema,
  type Index,
  type Schema,
  schemaOf,
  type Table,
  unknownSchema,
} from '../../../schema/index.ts';
import { classify } from '../classify.ts';
import { render } from './index.ts';

type Made = Exclude<Change, { kind: 'sql' }>;
const server = { features: { renameColumn: true, dropColumn: true, strict: true } } as unknown as Server;
const name = { name: 't' };
const text: Column = { name: 'a', type: { kind: 'text' }, nullable: true };
const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };
const key: Constraint = { kind: 'primaryKey', columns: ['id'] };
const table: Table = {
  kind: 'table',
  name,
  columns: [id, text],
  constraints: [key],
  indexes: [{ name: 'i', parts: [{ column: 'a' }] }],
  options: {},
};
const known = schemaOf([table]);

function rendered(change: Made, before: Schema = known, on: Server = server): Rendered {
  const handler = render[change.kind] as (change: Change, context: RenderContext) => Rendered;
  return handler(change, { server: on, before });
}

const create = (more: Partial<Table>): Made => ({ kind: 'createTable', table: { ...table, ...more } });
const column = (more: Partial<Column>): Made => create({ columns: [id, { ...text, ...more }], indexes: [] });
const constraint = (more: Constraint): Made => ({ kind: 'addConstraint', table: name, constraint: more });
const index = (more: Partial<Index>): Made => ({
  kind: 'createIndex',
  table: name,
  index: { name: 'j', parts: [{ column: 'a' }], ...more },
});
const object = (more: Extract<Made, { kind: 'createObject' }>['object']): Made => ({ kind: 'createObject', object: more });

describe('what SQLite cannot do is refused with a reason and a way out', () => {
  test.each<readonly [string, Made]>([
    ['has no comments', create({ comment: 'x' })],
    ['has no comments', column({ comment: 'x' })],
    ['has no comments', { kind: 'setComment', on: { kind: 'table', name }, comment: 'x' }],
    ['has no comments', { kind: 'alterColumn', table: name, name: 'a', set: { comment: 'x' } }],
    ['has no comments', index({ comment: 'x' })],
    ['has no comments', object({ kind: 'view', name: { name: 'v' }, query: 'SELECT 1', comment: 'x' })],
    ['names that begin with "sqlite_"', create({ name: { name: 'SQLITE_x' } })],
    ['no table option "engine"', create({ options: { engine: 'InnoDB' } })],
    ['has no primary key', create({ columns: [text], constraints: [], options: { withoutRowid: true } })],
    ['WITHOUT ROWID cannot count up', create({ options: { withoutRowid: true } })],
    ['WITHOUT ROWID cannot count up', { kind: 'alterTable', table: name, options: { withoutRowid: true } }],
    ['not the whole primary key', create({ constraints: [{ kind: 'primaryKey', columns: ['id', 'a'] }] })],
    ['counts up but is no integer', column({ identity: {} })],
    ['counts from 1', create({ columns: [{ ...id, identity: { start: 100 } }, text] })],
    ['counts from 1', create({ columns: [{ ...id, identity: { increment: 2 } }, text] })],
    ['no clause "charset"', column({ extras: { charset: 'latin1' } })],
    ['has no arrays', column({ type: { kind: 'array', of: { kind: 'text' } } })],
    ['types of its own making', column({ type: { kind: 'named', type: { name: 'mood' } } })],
    ['cannot be in a STRICT table', create({ columns: [id, { ...text, type: { kind: 'string', length: 3 } }], options: { strict: true } })],
    ['cannot be in a STRICT table', { kind: 'addColumn', table: { name: 's' }, column: { ...text, name: 'b', type: { kind: 'boolean' } } }],
    ['no exclusion constraints', constraint({ kind: 'exclude', using: 'gist', elements: [{ sql: 'a', operator: '=' }] })],
    ['old rows need not obey', constraint({ kind: 'check', sql: 'a > 0', notValid: true })],
    ['no table inheritance', constraint({ kind: 'check', sql: 'a > 0', noInherit: true })],
    ['MATCH FULL', constraint({ kind: 'foreignKey', columns: ['a'], references: { table: name, columns: ['id'] }, match: 'full' })],
    [
      'another database file',
      constraint({ kind: 'foreignKey', columns: ['a'], references: { table: { schema: 'x', name: 't' }, columns: ['id'] } }),
    ],
    ['includes no other columns', constraint({ kind: 'unique', columns: ['a'], include: ['id'] })],
    ['cannot be deferred', constraint({ kind: 'unique', columns: ['a'], deferrable: 'deferred' })],
    ['NULLs are always distinct', constraint({ kind: 'unique', columns: ['a'], nullsNotDistinct: true })],
    ['no clause "using"', constraint({ kind: 'unique', columns: ['a'], extras: { using: 'hash' } })],
    ['not validated', { kind: 'validateConstraint', table: name, name: 'x' }],
    ['which in SQLite only a primary key does', { kind: 'dropConstraint', table: name, type: 'primaryKey' }],
    ['no indexes of the kind "gin"', index({ method: 'gin' })],
    ['includes no other columns', index({ include: ['id'] })],
    ['NULLs are always distinct', index({ nullsNotDistinct: true })],
    ['no clause "visible"', index({ extras: { visible: 'no' } })],
    ['where NULLs stand', index({ parts: [{ column: 'a', nulls: 'last' }] })],
    ['no operator classes', index({ parts: [{ column: 'a', operatorClass: 'text_ops' }] })],
    ['beginning of a column', index({ parts: [{ column: 'a', length: 10 }] })],
    ['view of SQLite has no indexes', { kind: 'createIndex', table: { name: 'v' }, index: { name: 'j', parts: [] } }],
    ['no materialised views', object({ kind: 'view', name: { name: 'v' }, query: 'SELECT 1', materialized: true })],
    ['no view option "check_option"', object({ kind: 'view', name: { name: 'v' }, query: 'SELECT 1', options: { check_option: 'local' } })],
    ['no sequences', object({ kind: 'sequence', name: { name: 's' } })],
    ['no enum types', object({ kind: 'enum', name: { name: 'e' }, values: [] })],
    ['no enum types', { kind: 'addEnumValue', type: { name: 'e' }, value: 'x' }],
    ['no enum types', { kind: 'renameEnumValue', type: { name: 'e' }, from: 'x', to: 'y' }],
    ['no domains', object({ kind: 'domain', name: { name: 'd' }, type: { kind: 'text' }, nullable: true, checks: [] })],
    ['no composite types', object({ kind: 'composite', name: { name: 'c' }, attributes: [] })],
    ['no routines', object({ kind: 'routine', routine: 'function', name: { name: 'f' }, definition: '' })],
    ['no row security', object({ kind: 'policy', name: { name: 'p' }, on: name })],
    ['extensions for a connection', object({ kind: 'extension', name: { name: 'x' } })],
    ['no namespaces', object({ kind: 'namespace', name: { name: 'x' } })],
    ['no namespaces', { kind: 'dropObject', object: { kind: 'namespace', name: { name: 'x' } } }],
    ['another database file', { kind: 'renameTable', from: name, to: { schema: 'x', name: 't' } }],
    ['attached database', { kind: 'alterColumn', table: { schema: 'aux', name: 't' }, name: 'a', set: { nullable: false } }],
    ['there is no table "nowhere"', { kind: 'alterColumn', table: { name: 'nowhere' }, name: 'a', set: { nullable: false } }],
  ])('%s', (reason, change) => {
    const strict: Table = { ...table, name: { name: 's' }, options: { strict: true } };
    const attached: Table = { ...table, name: { schema: 'aux', name: 't' } };
    const before = schemaOf([table, strict, attached, { kind: 'view', name: { name: 'v' }, query: 'SELECT 1' }]);
    expect(rendered(change, before)).toEqual({ unsupported: expect.stringContaining(reason), instead: expect.stringMatching(/^\S.{10,}/) });
  });
});

describe('what needs to know the structure waits for it', () => {
  test.each<readonly [string, Made]>([
    ['dropColumn', { kind: 'dropColumn', table: name, name: 'a' }],
    ['alterColumn', { kind: 'alterColumn', table: name, name: 'a', set: { nullable: false } }],
    ['addColumn in the middle', { kind: 'addColumn', table: name, column: text, after: 'id' }],
    ['addColumn with an expression', { kind: 'addColumn', table: name, column: { ...text, default: { sql: 'now()' } } }],
    ['addConstraint', constraint({ kind: 'check', sql: 'a > 0' })],
    ['dropConstraint', { kind: 'dropConstraint', table: name, name: 'x' }],
    ['renameConstraint', { kind: 'renameConstraint', table: name, from: 'x', to: 'y' }],
    ['renameIndex', { kind: 'renameIndex', table: name, from: 'x', to: 'y' }],
    ['alterTable', { kind: 'alterTable', table: name, options: { strict: true } }],
    [
      'replaceObject of a view, whose triggers would go',
      { kind: 'replaceObject', object: { kind: 'view', name: { name: 'v' }, query: 'SELECT 1' } },
    ],
    ['renameObject', { kind: 'renameObject', object: { kind: 'view', name: { name: 'v' } }, to: { name: 'w' } }],
    ['dropObject of what only its own words drop', { kind: 'dropObject', object: { kind: 'opaque', name: { name: 'f' } } }],
  ])('%s', (_, change) => {
    expect(rendered(change, unknownSchema)).toEqual({ deferred: expect.any(String) });
  });

  test.each<readonly [string, Made]>([
    ['createTable', { kind: 'createTable', table }],
    ['dropTable', { kind: 'dropTable', table: name }],
    ['renameTable', { kind: 'renameTable', from: name, to: { name: 'u' } }],
    ['addColumn', { kind: 'addColumn', table: name, column: { ...text, nullable: false, default: { value: 'x' } } }],
    ['renameColumn', { kind: 'renameColumn', table: name, from: 'a', to: 'b' }],
    ['createIndex', index({})],
    ['dropIndex', { kind: 'dropIndex', table: name, name: 'i' }],
    ['createObject', { kind: 'createObject', object: { kind: 'view', name: { name: 'v' }, query: 'SELECT 1' } }],
    [
      'replaceObject of a trigger',
      {
        kind: 'replaceObject',
        object: { kind: 'trigger', name: { name: 'tr' }, on: name, definition: 'CREATE TRIGGER tr INSERT ON t BEGIN SELECT 1; END' },
      },
    ],
    ['dropObject', { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } }],
    ['insertRows', { kind: 'insertRows', table: name, rows: [{ a: 1 }] }],
    ['updateRows', { kind: 'updateRows', table: name, set: { a: 1 }, where: { equals: { id: 1 } } }],
    ['upsertRows', { kind: 'upsertRows', table: name, key: ['id'], rows: [{ id: 1, a: 'x' }] }],
    ['deleteRows', { kind: 'deleteRows', table: name, where: { sql: 'a > 1' } }],
  ])('but not %s, and its text alone says what it does', (_, change) => {
    const result = rendered(change, unknownSchema);
    expect(result).toEqual(expect.any(Array));
    for (const { sql, ...traits } of result as Extract<Rendered, readonly unknown[]>) {
      const own = classify(sql, server);
      expect({ ...traits, effects: own.effects, risks: own.risks, touches: own.touches }).toEqual(own);
    }
  });
});

test('a new table says once what appears, and its indexes scan nothing', () => {
  const statements = rendered({ kind: 'createTable', table }, emptySchema) as Extract<Rendered, readonly unknown[]>;
  expect(statements.map(({ effects, risks, touches }) => ({ effects, risks, touches }))).toEqual([
    { effects: [{ sign: '+', text: 'table t', key: 'table t' }], risks: [], touches: ['table t'] },
    { effects: [{ sign: '+', text: 'index i' }], risks: [], touches: ['table t'] },
  ]);
});

test('a connection that checks foreign keys has that switched off around the transaction, never inside it', () => {
  const on = { features: { ...server.features, foreignKeys: true } } as unknown as Server;
  const change: Made = { kind: 'alterColumn', table: name, name: 'a', set: { nullable: false } };
  const statements = rendered(change, known, on) as Extract<Rendered, readonly unknown[]>;
  const outside = statements.filter((statement) => !statement.transactional);
  expect(outside.map(({ sql }) => sql)).toEqual(['PRAGMA foreign_keys = OFF', 'PRAGMA foreign_keys = ON']);
  expect([statements[0], statements.at(-1)]).toEqual(outside);
  expect((rendered(change) as typeof statements).every((statement) => statement.transactional)).toBe(true);
});
