import { describe, expect, test } from 'vitest';
import type { Rendered, Server } from '../../../contracts/index.ts';
import { type Change, emptySchema, type Schema, schemaOf, type Table, unknownSchema } from '../../../schema/index.ts';
import { describeServer } from '../flavours.ts';
import { render } from './index.ts';

type Renderable = Exclude<Change, { kind: 'sql' }>;

const row = { db: 'shop', sql_mode: 'STRICT_TRANS_TABLES', lower_case: 0, explicit_timestamps: 1 };
const server = (version: string, more: Readonly<Record<string, unknown>> = {}): Server => describeServer({ ...row, ...more, version });
const mariadb = server('10.11.18-MariaDB');
const mysql8 = server('8.4.0');
const mysql57 = server('5.7.44');
const t = { name: 't' };
const users: Table = {
  kind: 'table',
  name: t,
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} },
    { name: 'name', type: { kind: 'string', length: 40 }, nullable: false, comment: 'full' },
    { name: 'mood', type: { kind: 'enum', values: ['good', '?'] }, nullable: true },
    { name: 'twice', type: { kind: 'integer', bits: 32 }, nullable: true, generated: { sql: '`id` * 2', stored: false } },
  ],
  constraints: [
    { kind: 'primaryKey', columns: ['id'] },
    { kind: 'unique', name: 'name_key', columns: ['name'] },
    { kind: 'check', name: 'named', sql: "`name` <> ''" },
    { kind: 'check', sql: '`id` > 0' },
  ],
  indexes: [{ name: 'idx', parts: [{ column: 'mood' }] }],
  options: { collation: 'utf8mb4_bin' },
};
const known = schemaOf([users]);

function rendered(change: Renderable, met: Server, before: Schema): Rendered {
  const handler = render[change.kind] as (change: Change, context: { server: Server; before: Schema }) => Rendered;
  return handler(change, { server: met, before });
}

function sql(change: Renderable, met = mariadb, before: Schema = known): readonly string[] {
  const result = rendered(change, met, before);
  if (!Array.isArray(result)) throw new Error(JSON.stringify(result));
  return result.map((statement) => statement.sql);
}

describe('each version gets the words that it knows', () => {
  const rename: Renderable = { kind: 'renameColumn', table: t, from: 'mood', to: 'feeling' };
  const index = { name: 'i', parts: [{ sql: 'lower(`name`)' }] };
  const check = { kind: 'check', name: 'c', sql: '`id` > 1' } as const;

  test.each<readonly [string, Renderable, Server, readonly string[]]>([
    ['a column is renamed by name', rename, mysql8, ['ALTER TABLE `t` RENAME COLUMN `mood` TO `feeling`']],
    ['a column is renamed by name', rename, mariadb, ['ALTER TABLE `t` RENAME COLUMN `mood` TO `feeling`']],
    ['an index over an expression', { kind: 'createIndex', table: t, index }, mysql8, ['CREATE INDEX `i` ON `t` ((lower(`name`)))']],
    ['a check goes by its own word', { kind: 'dropConstraint', table: t, name: 'named' }, mysql8, ['ALTER TABLE `t` DROP CHECK `named`']],
    [
      'a check goes as a constraint',
      { kind: 'dropConstraint', table: t, name: 'named' },
      mariadb,
      ['ALTER TABLE `t` DROP CONSTRAINT `named`'],
    ],
    [
      'a check is added',
      { kind: 'addConstraint', table: t, constraint: check },
      mysql8,
      ['ALTER TABLE `t` ADD CONSTRAINT `c` CHECK (`id` > 1)'],
    ],
    [
      'an index is renamed',
      { kind: 'renameIndex', table: t, from: 'idx', to: 'jdx' },
      mysql57,
      ['ALTER TABLE `t` RENAME INDEX `idx` TO `jdx`'],
    ],
    [
      'an index is built anew',
      { kind: 'renameIndex', table: t, from: 'idx', to: 'jdx' },
      server('10.4.0-MariaDB'),
      ['ALTER TABLE `t` DROP INDEX `idx`, ADD INDEX `jdx` (`mood`)'],
    ],
    [
      'a trigger is replaced in one step',
      {
        kind: 'replaceObject',
        object: {
          kind: 'trigger',
          name: { name: 'tr' },
          on: t,
          definition: 'create trigger tr before insert on t for each row set @x = 1',
        },
      },
      mariadb,
      ['create trigger tr before insert on t for each row set @x = 1'],
    ],
    [
      'a column of any type is added with UUID as text',
      { kind: 'addColumn', table: t, column: { name: 'u', type: { kind: 'uuid' }, nullable: true } },
      mysql8,
      ['ALTER TABLE `t` ADD COLUMN `u` char(36) CHARACTER SET ascii COLLATE ascii_general_ci NULL'],
    ],
    [
      'a concurrent index blocks nobody',
      { kind: 'createIndex', table: t, index: { name: 'i', parts: [{ column: 'name' }] }, concurrently: true },
      mariadb,
      ['CREATE INDEX `i` ON `t` (`name`) ALGORITHM=INPLACE LOCK=NONE'],
    ],
    [
      'a concurrent drop blocks nobody',
      { kind: 'dropIndex', table: t, name: 'idx', concurrently: true },
      mariadb,
      ['ALTER TABLE `t` DROP INDEX `idx`, ALGORITHM=INPLACE, LOCK=NONE'],
    ],
    [
      'a generated column may be NOT NULL',
      {
        kind: 'addColumn',
        table: t,
        column: { name: 'g', type: { kind: 'integer', bits: 32 }, nullable: false, generated: { sql: '1', stored: true } },
      },
      mysql8,
      ['ALTER TABLE `t` ADD COLUMN `g` int GENERATED ALWAYS AS (1) STORED NOT NULL'],
    ],
  ])('%s', (_, change, met, expected) => {
    expect(sql(change, met)).toEqual(expected);
  });

  test('an existing trigger or routine is replaced in one step by MariaDB, and dropped first by MySQL', () => {
    const trigger = {
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition: 'CREATE TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW SET @x = 1',
    } as const;
    const routine = {
      kind: 'routine',
      routine: 'procedure',
      name: { name: 'p' },
      definition: 'CREATE DEFINER=`a`@`b` PROCEDURE p() SELECT 1',
      comment: "it's",
    } as const;
    const before = schemaOf([users, trigger, routine]);
    expect(sql({ kind: 'replaceObject', object: trigger }, mariadb, before)).toEqual([
      'CREATE OR REPLACE TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW SET @x = 1',
    ]);
    expect(sql({ kind: 'replaceObject', object: trigger }, mysql8, before)).toEqual(['DROP TRIGGER IF EXISTS `tr`', trigger.definition]);
    expect(sql({ kind: 'replaceObject', object: routine }, mariadb, before)).toEqual([
      'CREATE OR REPLACE DEFINER=`a`@`b` PROCEDURE p() SELECT 1',
      "ALTER PROCEDURE `p` COMMENT 'it''s'",
    ]);
    expect(
      sql(
        { kind: 'replaceObject', object: { ...routine, routine: 'function', definition: 'CREATE FUNCTION p() RETURNS INT RETURN 1' } },
        mariadb,
        before,
      ),
    ).toEqual(['DROP PROCEDURE IF EXISTS `p`', 'CREATE FUNCTION p() RETURNS INT RETURN 1', "ALTER FUNCTION `p` COMMENT 'it''s'"]);
    expect(sql({ kind: 'renameObject', object: { kind: 'routine', name: { name: 'p' } }, to: { name: 'q' } }, mariadb, before)).toEqual([
      'DROP PROCEDURE `p`',
      'CREATE DEFINER=`a`@`b` PROCEDURE `q`() SELECT 1',
      "ALTER PROCEDURE `q` COMMENT 'it''s'",
    ]);
  });
});

describe('what cannot be done is said with a reason and a proposal', () => {
  const column = (type: Table['columns'][number]['type'], more: object = {}): Renderable => ({
    kind: 'addColumn',
    table: t,
    column: { name: 'x', type, nullable: true, ...more },
  });
  const indexed = (more: object): Renderable => ({
    kind: 'createIndex',
    table: t,
    index: { name: 'i', parts: [{ column: 'name' }], ...more },
  });
  const foreign = (more: object): Renderable => ({
    kind: 'addConstraint',
    table: t,
    constraint: { kind: 'foreignKey', columns: ['id'], references: { table: t, columns: ['id'] }, ...more },
  });
  const named = { name: { name: 'x' } };
  const trigger = {
    kind: 'trigger',
    name: { name: 'tr' },
    on: t,
    definition: 'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = NEW.`Mood`',
  } as const;

  const refused: readonly (readonly [string, Renderable, Server?, Schema?])[] = [
    ['an interval', column({ kind: 'interval' })],
    ['a collation of a number', column({ kind: 'date' }, { collation: 'utf8mb4_bin' })],
    ['a collation that is none', column({ kind: 'text' }, { collation: 'en-US' })],
    ['a clause of another engine', column({ kind: 'text' }, { extras: { storage: 'external' } })],
    ['a comment beyond three bytes', column({ kind: 'text' }, { comment: '😀' })],
    ['an invisible column of an old version', column({ kind: 'text' }, { extras: { invisible: 'yes' } }), mysql57],
    ['a check with the column on MySQL', column({ kind: 'text' }, { extras: { check: '1' } }), mysql8],
    ['NOT NULL on a generated column of MariaDB', column({ kind: 'text' }, { nullable: false, generated: { sql: '1', stored: true } })],
    [
      'a timestamp that the server would change by itself',
      column({ kind: 'timestamp', zone: true }, { nullable: false }),
      server('10.6.0-MariaDB', { explicit_timestamps: 0 }),
    ],
    ['a partial index', indexed({ where: 'id > 1' })],
    ['INCLUDE', indexed({ include: ['id'] })],
    ['NULLS NOT DISTINCT', indexed({ unique: true, nullsNotDistinct: true })],
    ['NULLS FIRST', indexed({ parts: [{ column: 'name', nulls: 'first' }] })],
    ['an operator class', indexed({ parts: [{ column: 'name', operatorClass: 'text_ops' }] })],
    ['a collation in an index', indexed({ parts: [{ column: 'name', collation: 'utf8mb4_bin' }] })],
    ['DESC that would be forgotten', indexed({ parts: [{ column: 'name', order: 'desc' }] }), mysql57],
    ['an index over an expression on MariaDB', indexed({ parts: [{ sql: 'lower(name)' }] })],
    ['an unknown kind of index', indexed({ method: 'gin' })],
    [
      'an index on a view',
      { kind: 'createIndex', table: { name: 'v' }, index: { name: 'i', parts: [] } },
      mariadb,
      schemaOf([{ kind: 'view', name: { name: 'v' }, query: 'select 1' }]),
    ],
    ['a deferrable key', foreign({ deferrable: 'deferred' })],
    ['MATCH FULL', foreign({ match: 'full' })],
    ['SET DEFAULT', foreign({ onDelete: 'set default' })],
    ['NOT VALID', foreign({ notValid: true })],
    ['a comment on a foreign key', foreign({ comment: 'x' })],
    ['an exclusion constraint', { kind: 'addConstraint', table: t, constraint: { kind: 'exclude', using: 'gist', elements: [] } }],
    ['a check that would be forgotten', { kind: 'addConstraint', table: t, constraint: { kind: 'check', sql: '1' } }, mysql57],
    ['validating', { kind: 'validateConstraint', table: t, name: 'named' }],
    ['an option of another engine', { kind: 'alterTable', table: t, options: { unlogged: true } }],
    ['a character set beside a collation', { kind: 'alterTable', table: t, options: { charset: 'latin1' } }],
    ['USING', { kind: 'alterColumn', table: t, name: 'name', set: { type: { kind: 'text' } }, using: 'upper(name)' }],
    ['a virtual column that is to keep its values', { kind: 'alterColumn', table: t, name: 'twice', set: { generated: null } }],
    ['a value that may have been read wrongly', { kind: 'alterColumn', table: t, name: 'mood', set: { nullable: false } }],
    [
      'renaming a column that a trigger uses',
      { kind: 'renameColumn', table: t, from: 'mood', to: 'x' },
      mariadb,
      schemaOf([users, trigger]),
    ],
    ['renaming a column that a check uses', { kind: 'renameColumn', table: t, from: 'name', to: 'x' }, mysql8],
    ['renaming a column that another is computed from', { kind: 'renameColumn', table: t, from: 'id', to: 'x' }, mysql8],
    ['an enum type', { kind: 'createObject', object: { kind: 'enum', ...named, values: [] } }],
    ['a domain', { kind: 'createObject', object: { kind: 'domain', ...named, type: { kind: 'text' }, nullable: true, checks: [] } }],
    ['a composite type', { kind: 'dropObject', object: { kind: 'composite', ...named } }],
    ['a policy', { kind: 'createObject', object: { kind: 'policy', ...named, on: t } }],
    ['an extension', { kind: 'createObject', object: { kind: 'extension', ...named } }],
    ['a namespace', { kind: 'createObject', object: { kind: 'namespace', ...named } }],
    ['a materialised view', { kind: 'createObject', object: { kind: 'view', ...named, query: 'select 1', materialized: true } }],
    [
      'an unknown option of a view',
      { kind: 'createObject', object: { kind: 'view', ...named, query: 'select 1', options: { security_barrier: 'true' } } },
    ],
    ['a sequence of MySQL', { kind: 'createObject', object: { kind: 'sequence', ...named } }, mysql8],
    [
      'a sequence that belongs to a column',
      { kind: 'createObject', object: { kind: 'sequence', ...named, ownedBy: { table: t, column: 'id' } } },
    ],
    ['a value of an enum type', { kind: 'addEnumValue', type: { name: 'x' }, value: 'a' }],
    ['a renamed value', { kind: 'renameEnumValue', type: { name: 'x' }, from: 'a', to: 'b' }],
    ['a comment on a view', { kind: 'setComment', on: { kind: 'view', ...named }, comment: 'x' }],
    ['a comment on a check', { kind: 'setComment', on: { kind: 'constraint', table: t, name: 'named' }, comment: 'x' }],
    [
      'two expressions that read each other',
      { kind: 'updateRows', table: t, set: { a: { sql: 'b' }, b: { sql: 'a' } }, where: { equals: {} } },
    ],
  ];

  test.each(refused.map(([what, change, met = mariadb, before = known]) => ({ what, change, met, before })))(
    '$what',
    ({ change, met, before }) => {
      expect(rendered(change, met, before)).toEqual({ unsupported: expect.stringMatching(/\w/), instead: expect.stringMatching(/\w/) });
    },
  );
});

describe('what needs a table that is not known waits', () => {
  test.each<readonly [string, Renderable]>([
    ['dropColumn', { kind: 'dropColumn', table: t, name: 'a' }],
    ['alterColumn', { kind: 'alterColumn', table: t, name: 'a', set: { nullable: false } }],
    ['alterColumn default away', { kind: 'alterColumn', table: t, name: 'a', set: { default: null } }],
    [
      'addColumn that counts',
      { kind: 'addColumn', table: t, column: { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} } },
    ],
    ['dropConstraint of a foreign key', { kind: 'dropConstraint', table: t, name: 'f', type: 'foreignKey' }],
    ['dropConstraint of something', { kind: 'dropConstraint', table: t, name: 'f' }],
    ['renameConstraint', { kind: 'renameConstraint', table: t, from: 'a', to: 'b' }],
    ['alterTable collation', { kind: 'alterTable', table: t, options: { collation: 'utf8mb4_bin' } }],
    ['a comment on a column', { kind: 'setComment', on: { kind: 'column', table: t, name: 'a' }, comment: 'x' }],
    ['dropObject routine', { kind: 'dropObject', object: { kind: 'routine', name: { name: 'p' } } }],
    ['dropObject opaque', { kind: 'dropObject', object: { kind: 'opaque', name: { name: 'e' } } }],
  ])('%s', (_, change) => {
    expect(rendered(change, mariadb, unknownSchema)).toEqual({ deferred: expect.stringMatching(/not known yet/) });
  });

  test.each<readonly [Renderable, readonly string[]]>([
    [
      { kind: 'addColumn', table: t, column: { name: 'a', type: { kind: 'text' }, nullable: true } },
      ['ALTER TABLE `t` ADD COLUMN `a` longtext NULL'],
    ],
    [{ kind: 'dropConstraint', table: t, name: 'u', type: 'unique' }, ['ALTER TABLE `t` DROP INDEX `u`']],
    [{ kind: 'dropConstraint', table: t, type: 'primaryKey' }, ['ALTER TABLE `t` DROP PRIMARY KEY']],
    [{ kind: 'alterColumn', table: t, name: 'a', set: { default: { value: 'x' } } }, ["ALTER TABLE `t` ALTER COLUMN `a` SET DEFAULT 'x'"]],
    [{ kind: 'dropIndex', table: t, name: 'i' }, ['DROP INDEX `i` ON `t`']],
    [{ kind: 'renameColumn', table: t, from: 'a', to: 'b' }, ['ALTER TABLE `t` RENAME COLUMN `a` TO `b`']],
  ])('%j does not', (change, expected) => {
    expect(sql(change, mariadb, unknownSchema)).toEqual(expected);
  });

  test('a check without a name is found only in the database', () => {
    expect(
      rendered(
        { kind: 'dropConstraint', table: t, type: 'check', columns: ['x'] },
        mariadb,
        schemaOf([{ ...users, constraints: [{ kind: 'check', sql: '1' }] }]),
      ),
    ).toEqual([]);
    expect(
      rendered(
        { kind: 'dropConstraint', table: t, type: 'check' },
        mariadb,
        schemaOf([{ ...users, constraints: [{ kind: 'check', sql: '1' }] }]),
      ),
    ).toEqual({
      deferred: expect.stringContaining('has named the check'),
    });
  });
});

describe('what a column is changed to decides what may be lost', () => {
  const risks = (set: Extract<Renderable, { kind: 'alterColumn' }>['set'], name = 'name', met = mariadb): readonly string[] => {
    const result = rendered({ kind: 'alterColumn', table: t, name, set }, met, known);
    if (!Array.isArray(result)) throw new Error(JSON.stringify(result));
    return result.flatMap((statement) =>
      statement.risks.map((risk: { kind: string; loss?: { what: string } }) =>
        risk.loss === undefined ? risk.kind : `loses ${risk.loss.what}`,
      ),
    );
  };

  test('a wider type loses nothing', () => {
    expect(risks({ type: { kind: 'string', length: 60 } })).toEqual([]);
    expect(risks({ type: { kind: 'text' } })).toEqual(['rewrites']);
  });

  test('a narrower type, or another character set, may', () => {
    expect(risks({ type: { kind: 'string', length: 10 } })).toEqual(['rewrites', 'mayFail', 'loses values']);
    expect(risks({ collation: 'latin1_bin' })).toEqual(['rewrites', 'mayFail', 'loses values']);
    expect(risks({ collation: 'utf8mb4_general_ci' })).toEqual(['rewrites']);
  });

  test('a comment touches no row', () => {
    expect(risks({ comment: 'x' })).toEqual([]);
  });

  test('NOT NULL fails in a strict mode, and changes values in any other', () => {
    const nullable = schemaOf([{ ...users, columns: [{ name: 'a', type: { kind: 'integer', bits: 32 }, nullable: true }] }]);
    const of = (met: Server): readonly string[] => {
      const result = rendered({ kind: 'alterColumn', table: t, name: 'a', set: { nullable: false } }, met, nullable);
      return Array.isArray(result) ? result.flatMap((statement) => statement.risks.map((risk: { kind: string }) => risk.kind)) : [];
    };
    expect(of(mariadb)).toEqual(['rewrites', 'mayFail']);
    expect(of(server('10.11.18-MariaDB', { sql_mode: '' }))).toEqual(['rewrites', 'mayFail', 'loses']);
  });
});

test('rows are sent in batches of a size that every server takes', () => {
  const many = Array.from({ length: 2_500 }, (_, id) => ({ id }));
  expect(sql({ kind: 'insertRows', table: t, rows: many }).map((text) => text.split('\n').length - 1)).toEqual([1_000, 1_000, 500]);
  const large = Array.from({ length: 5 }, (_, id) => ({ id, text: 'x'.repeat(400_000) }));
  expect(sql({ kind: 'insertRows', table: t, rows: large }).map((text) => text.split('\n').length - 1)).toEqual([2, 2, 1]);
  expect(sql({ kind: 'insertRows', table: t, rows: [] })).toEqual([]);
});

test('an empty schema is as good as a known one for what is made anew', () => {
  expect(sql({ kind: 'dropTable', table: { schema: 'other', name: 'x' } }, mariadb, emptySchema)).toEqual(['DROP TABLE `other`.`x`']);
});
