import type { Change } from '../../src/schema/index.ts';
import { type Case, noted, people, t } from './postgres-case.ts';
import type { Renderable } from './postgres-support.ts';

const make = (object: Extract<Change, { kind: 'createObject' }>['object']): Renderable => ({ kind: 'createObject', object });
const replace = (object: Extract<Change, { kind: 'createObject' }>['object']): Renderable => ({ kind: 'replaceObject', object });
/** As PostgreSQL prints it: before version 16 with the table before each column. */
const shortened = 'SELECT 1 AS id,\n    2 AS name';
const f = { schema: 'app', name: 'f' };
const body = (result: string): string =>
  `CREATE OR REPLACE FUNCTION app.f(a integer)\n RETURNS integer\n LANGUAGE sql\nAS $function$ SELECT ${result} $function$\n`;

/** Changes of views, types, routines and the like. */
export const objects: readonly Case[] = [
  {
    title: 'createObject view',
    given: people,
    change: make({ kind: 'view', name: { name: 'v' }, query: shortened, options: { security_barrier: 'true' }, comment: 'a view' }),
  },
  {
    title: 'createObject materialised view',
    given: people,
    change: make({
      kind: 'view',
      name: { name: 'v' },
      query: shortened,
      materialized: true,
      indexes: [{ name: 'i', parts: [{ column: 'id' }], unique: true }],
      comment: 'kept',
      options: { populated: 'false' },
    }),
  },
  {
    title: 'replaceObject view',
    given: `${people} CREATE VIEW v AS SELECT 1 AS id; COMMENT ON VIEW v IS 'old'`,
    change: replace({ kind: 'view', name: { name: 'v' }, query: shortened }),
  },
  {
    title: 'replaceObject view with other options',
    given: `${people} CREATE VIEW v AS SELECT 1 AS id, 3 AS name`,
    change: replace({ kind: 'view', name: { name: 'v' }, query: shortened, options: { security_barrier: 'true' } }),
  },
  {
    title: 'replaceObject materialised view',
    given: `${people} CREATE MATERIALIZED VIEW v AS SELECT id FROM t; CREATE INDEX i ON v (id)`,
    change: replace({ kind: 'view', name: { name: 'v' }, query: shortened, materialized: true }),
  },
  { title: 'replaceObject that is not there', given: people, change: replace({ kind: 'view', name: { name: 'v' }, query: shortened }) },
  {
    title: 'dropObject view',
    given: `${people} CREATE VIEW v AS SELECT id FROM t`,
    change: { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } },
  },
  {
    title: 'dropObject materialised view',
    given: `${people} CREATE MATERIALIZED VIEW v AS SELECT id FROM t; CREATE INDEX i ON v (id)`,
    change: { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } },
  },
  {
    title: 'renameObject view',
    given: `${people} CREATE VIEW v AS SELECT id FROM t; CREATE SCHEMA app`,
    change: { kind: 'renameObject', object: { kind: 'view', name: { name: 'v' } }, to: { schema: 'app', name: 'w' } },
  },
  {
    title: 'createObject sequence',
    given: people,
    change: make({
      kind: 'sequence',
      name: { name: 's' },
      bits: 32,
      start: 5,
      increment: -2,
      minimum: -100,
      maximum: 50,
      cache: 9,
      cycle: true,
      ownedBy: { table: t, column: 'age' },
      comment: 'counts',
    }),
  },
  {
    title: 'replaceObject sequence',
    given: 'CREATE SEQUENCE s START 5 CYCLE',
    change: replace({ kind: 'sequence', name: { name: 's' }, maximum: 9007199254740993n, comment: 'other' }),
  },
  {
    title: 'renameObject sequence',
    given: 'CREATE SEQUENCE s',
    change: { kind: 'renameObject', object: { kind: 'sequence', name: { name: 's' } }, to: { name: 'r' } },
  },
  { title: 'createObject enum', change: make({ kind: 'enum', name: { name: 'mood' }, values: ['sad', "it's", ''], comment: 'a mood' }) },
  {
    title: 'replaceObject enum with values in between',
    given: "CREATE TYPE mood AS ENUM ('b', 'd')",
    change: replace({ kind: 'enum', name: { name: 'mood' }, values: ['a', 'b', 'c', 'd', 'e'] }),
  },
  {
    title: 'renameObject enum',
    given: "CREATE TYPE mood AS ENUM ('b'); CREATE TABLE t (m mood[])",
    change: { kind: 'renameObject', object: { kind: 'enum', name: { name: 'mood' } }, to: { name: 'humour' } },
  },
  {
    title: 'addEnumValue',
    given: "CREATE TYPE mood AS ENUM ('a', 'c')",
    change: { kind: 'addEnumValue', type: { name: 'mood' }, value: 'b', before: 'c' },
    irreversible: 'cannot be taken out',
  },
  {
    title: 'addEnumValue at the end',
    given: "CREATE TYPE mood AS ENUM ('a', 'c')",
    change: { kind: 'addEnumValue', type: { name: 'mood' }, value: "d'" },
    irreversible: 'cannot be taken out',
  },
  {
    title: 'renameEnumValue',
    given: "CREATE TYPE mood AS ENUM ('a', 'c')",
    change: { kind: 'renameEnumValue', type: { name: 'mood' }, from: 'a', to: 'b' },
  },
  {
    title: 'createObject domain',
    change: make({
      kind: 'domain',
      name: { name: 'mail' },
      type: { kind: 'string', length: 80 },
      nullable: false,
      default: { value: 'x@y' },
      collation: 'C',
      checks: [{ name: 'at', sql: "VALUE::text ~~ '%@%'::text" }],
      comment: 'mail',
    }),
  },
  {
    title: 'replaceObject domain',
    given: "CREATE DOMAIN mail AS text CONSTRAINT a CHECK (VALUE <> 'a') CONSTRAINT b CHECK (VALUE <> 'b')",
    change: replace({
      kind: 'domain',
      name: { name: 'mail' },
      type: { kind: 'text' },
      nullable: false,
      default: { value: 'q' },
      checks: [
        { name: 'b', sql: "VALUE <> 'b'::text" },
        { name: 'c', sql: "VALUE <> 'c'::text" },
      ],
    }),
  },
  {
    title: 'createObject composite',
    change: make({
      kind: 'composite',
      name: { name: 'pair' },
      attributes: [
        { name: 'a', type: { kind: 'integer', bits: 32 } },
        { name: 'b "q"', type: { kind: 'text' }, collation: 'C' },
      ],
      comment: 'two',
    }),
  },
  {
    title: 'replaceObject composite',
    given: 'CREATE TYPE pair AS (a int, b text, c date)',
    change: replace({
      kind: 'composite',
      name: { name: 'pair' },
      attributes: [
        { name: 'a', type: { kind: 'integer', bits: 64 } },
        { name: 'b', type: { kind: 'text' } },
        { name: 'c', type: { kind: 'date' } },
        { name: 'd', type: { kind: 'uuid' } },
      ],
    }),
  },
  {
    title: 'createObject routine',
    given: 'CREATE SCHEMA app',
    change: make({ kind: 'routine', routine: 'function', name: f, arguments: 'integer', definition: body('a + 1'), comment: 'adds' }),
  },
  {
    title: 'replaceObject routine',
    given: `CREATE SCHEMA app; ${body('a')}`,
    change: replace({ kind: 'routine', routine: 'function', name: f, arguments: 'integer', definition: body('a + 1'), comment: 'adds' }),
  },
  {
    title: 'renameObject routine',
    given: `CREATE SCHEMA app; ${body('a')}`,
    change: { kind: 'renameObject', object: { kind: 'routine', name: f, arguments: 'integer' }, to: { name: 'g' } },
    same: 'ALTER FUNCTION app.f(integer) RENAME TO g; ALTER FUNCTION app.g(integer) SET SCHEMA public',
  },
  {
    title: 'dropObject routine',
    given: 'CREATE PROCEDURE p(a int, INOUT b text) LANGUAGE sql AS $$ SELECT b $$',
    change: { kind: 'dropObject', object: { kind: 'routine', name: { name: 'p' }, arguments: 'integer, text' } },
  },
  {
    title: 'createObject trigger that does not fire',
    given: people + noted,
    change: make({
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition:
        'CREATE TRIGGER tr BEFORE UPDATE OF age ON t FOR EACH ROW WHEN (new.age > 3) EXECUTE FUNCTION noted();\nALTER TABLE "t" DISABLE TRIGGER "tr"',
      comment: 'watches',
    }),
  },
  {
    title: 'replaceObject trigger',
    given: `${people}${noted} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted(); ALTER TABLE t DISABLE TRIGGER tr`,
    change: replace({
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition: 'CREATE TRIGGER tr AFTER DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION noted()',
    }),
  },
  {
    title: 'replaceObject constraint trigger',
    given: `${people}${noted} CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted()`,
    change: replace({
      kind: 'trigger',
      name: { name: 'tr' },
      on: t,
      definition: 'CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION noted()',
    }),
  },
  {
    title: 'renameObject trigger',
    given: `${people}${noted} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted()`,
    change: { kind: 'renameObject', object: { kind: 'trigger', name: { name: 'tr' }, on: t }, to: { name: 'watch' } },
    same: 'ALTER TRIGGER tr ON t RENAME TO watch',
  },
  {
    title: 'createObject policy',
    given: people,
    change: make({
      kind: 'policy',
      name: { name: 'own' },
      on: t,
      restrictive: true,
      command: 'update',
      roles: ['postgres'],
      using: 'age > 1',
      check: 'age < 9',
      comment: 'only those',
    }),
  },
  {
    title: 'replaceObject policy',
    given: `${people} CREATE POLICY own ON t USING (age = 1)`,
    change: replace({ kind: 'policy', name: { name: 'own' }, on: t, using: 'age > 1' }),
  },
  {
    title: 'renameObject policy',
    given: `${people} CREATE POLICY own ON t USING (age = 1)`,
    change: { kind: 'renameObject', object: { kind: 'policy', name: { name: 'own' }, on: t }, to: { name: 'mine' } },
  },
  { title: 'createObject namespace', change: make({ kind: 'namespace', name: { name: 'App' }, comment: 'a place' }) },
  {
    title: 'renameObject namespace',
    given: 'CREATE SCHEMA app; CREATE TABLE app.t (a int)',
    change: { kind: 'renameObject', object: { kind: 'namespace', name: { name: 'app' } }, to: { name: 'shop' } },
  },
  {
    title: 'createObject extension',
    given: 'CREATE SCHEMA app',
    change: make({ kind: 'extension', name: { schema: 'app', name: 'citext' }, comment: 'case' }),
    only: 'postgres',
  },
  {
    title: 'renameObject extension to another namespace',
    given: 'CREATE SCHEMA app; CREATE EXTENSION citext',
    change: { kind: 'renameObject', object: { kind: 'extension', name: { name: 'citext' } }, to: { schema: 'app', name: 'citext' } },
    only: 'postgres',
  },
  ...['table t', 'view v', 'sequence s', 'enum mood', 'domain dom', 'composite pair', 'routine fn', 'namespace app'].map((named): Case => {
    const [kind = '', name = ''] = named.split(' ');
    return {
      title: `setComment on ${kind}`,
      given: `${people} CREATE VIEW v AS SELECT 1 AS a; CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN dom AS int; CREATE TYPE pair AS (a int); CREATE SCHEMA app; CREATE FUNCTION fn() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
      change: {
        kind: 'setComment',
        on: { kind: kind as 'table', name: { name }, ...(kind === 'routine' ? { arguments: '' } : {}) },
        comment: "it's said",
      },
    };
  }),
  {
    title: 'setComment on a column',
    given: people,
    change: { kind: 'setComment', on: { kind: 'column', table: t, name: 'age' }, comment: 'years' },
  },
  {
    title: 'setComment on a constraint',
    given: people,
    change: { kind: 'setComment', on: { kind: 'constraint', table: t, name: 't_pkey' }, comment: 'the key' },
  },
  {
    title: 'setComment on an index',
    given: `${people} CREATE INDEX i ON t (age); COMMENT ON INDEX i IS 'x'`,
    change: { kind: 'setComment', on: { kind: 'index', table: t, name: 'i' }, comment: null },
  },
];

/** Objects that the model keeps in PostgreSQL's own words: what is read makes the same again. */
