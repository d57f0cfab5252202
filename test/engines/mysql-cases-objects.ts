import type { Constraint, Index } from '../../src/schema/index.ts';
import { type Case, family, key, people, t } from './mysql-cases.ts';
import type { Renderable } from './mysql-support.ts';

const constrain = (constraint: Constraint, name = 't'): Renderable => ({ kind: 'addConstraint', table: { name }, constraint });
const createIndex = (index: Index, more: { concurrently?: true } = {}): Renderable => ({ kind: 'createIndex', table: t, index, ...more });
const ofChild: Constraint = { kind: 'foreignKey', name: 'child_other', columns: ['other'], references: { table: t, columns: ['id'] } };
const trigger = {
  kind: 'trigger',
  name: { name: 'tr' },
  on: t,
  definition: 'CREATE TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW SET NEW.age = 1',
} as const;
const routine = {
  kind: 'routine',
  routine: 'function',
  name: { name: 'twice' },
  definition: 'CREATE FUNCTION `twice`(`n` int(11)) RETURNS int(11)\n    DETERMINISTIC\nRETURN n * 2',
} as const;
const view = { kind: 'view', name: { name: 'v' }, query: 'select `t`.`id` AS `id` from `t`' } as const;
const event = {
  kind: 'opaque',
  type: 'event',
  name: { name: 'ev' },
  definition: "CREATE EVENT `ev` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SET @x = 1",
  drop: 'DROP EVENT `ev`',
} as const;
const sequence = { kind: 'sequence', name: { name: 's' }, start: 5, increment: 2, maximum: 99, cycle: true } as const;

/** Keys, indexes, standalone objects and comments. */
export const objectCases: readonly Case[] = [
  { title: 'addConstraint primary key', given: 'CREATE TABLE t (id INT, b INT)', change: constrain(key) },
  {
    title: 'addConstraint primary key on a column that counts',
    given: 'CREATE TABLE t (id BIGINT AUTO_INCREMENT, b INT, KEY id (id))',
    change: constrain(key),
  },
  { title: 'addConstraint unique', given: people, change: constrain({ kind: 'unique', name: 't_name_key', columns: ['name', 'age'] }) },
  { title: 'addConstraint check', given: people, change: constrain({ kind: 'check', name: 'grown', sql: '`age` >= 18' }) },
  { title: 'addConstraint foreign key', given: family, change: constrain(ofChild, 'child') },
  {
    title: 'addConstraint foreign key that an index serves',
    given: `${family} CREATE INDEX serves ON child (other, id)`,
    change: constrain(ofChild, 'child'),
  },
  {
    title: 'addConstraint second foreign key over the same column',
    given: family,
    change: constrain({ ...ofChild, columns: ['t_id'] }, 'child'),
  },
  {
    title: 'dropConstraint foreign key whose index another one needs',
    given: `${family} ALTER TABLE child ADD CONSTRAINT also FOREIGN KEY (t_id) REFERENCES t (id)`,
    change: { kind: 'dropConstraint', table: { name: 'child' }, name: 'child_t' },
  },
  {
    title: 'addConstraint foreign key that serves another',
    given: `${people} CREATE UNIQUE INDEX two ON t (id, age); CREATE TABLE child (a BIGINT, b INT, CONSTRAINT short FOREIGN KEY (a) REFERENCES t (id))`,
    change: constrain({ kind: 'foreignKey', name: 'long', columns: ['a', 'b'], references: { table: t, columns: ['id', 'age'] } }, 'child'),
  },
  {
    title: 'dropConstraint primary key',
    given: 'CREATE TABLE t (id INT PRIMARY KEY)',
    change: { kind: 'dropConstraint', table: t, type: 'primaryKey' },
  },
  {
    title: 'dropConstraint primary key of a column that counts',
    given: people,
    change: { kind: 'dropConstraint', table: t, type: 'primaryKey' },
  },
  {
    title: 'dropConstraint unique',
    given: 'CREATE TABLE t (a INT, CONSTRAINT u UNIQUE (a))',
    change: { kind: 'dropConstraint', table: t, name: 'u' },
  },
  {
    title: 'dropConstraint unique that served a foreign key',
    given: `${people} CREATE TABLE child (a BIGINT, CONSTRAINT u UNIQUE (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id))`,
    change: { kind: 'dropConstraint', table: { name: 'child' }, name: 'u' },
  },
  {
    title: 'dropConstraint check',
    given: 'CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))',
    change: { kind: 'dropConstraint', table: t, name: 'c' },
  },
  { title: 'dropConstraint foreign key', given: family, change: { kind: 'dropConstraint', table: { name: 'child' }, name: 'child_t' } },
  {
    title: 'dropConstraint foreign key with an index of another name',
    given: `${people} CREATE TABLE child (a BIGINT, KEY mine (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id))`,
    change: { kind: 'dropConstraint', table: { name: 'child' }, name: 'f' },
  },
  {
    title: 'renameConstraint unique',
    given: 'CREATE TABLE t (a INT, CONSTRAINT u UNIQUE (a))',
    change: { kind: 'renameConstraint', table: t, from: 'u', to: 'w' },
  },
  {
    title: 'renameConstraint check',
    given: 'CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))',
    change: { kind: 'renameConstraint', table: t, from: 'c', to: 'd' },
  },
  {
    title: 'renameConstraint foreign key',
    given: family,
    change: { kind: 'renameConstraint', table: { name: 'child' }, from: 'child_t', to: 'to_t' },
  },

  {
    title: 'createIndex',
    given: people,
    change: createIndex({ name: 'i', parts: [{ column: 'age' }, { column: 'name', length: 3 }], comment: 'x' }),
  },
  {
    title: 'createIndex concurrently',
    given: people,
    change: createIndex({ name: 'i', parts: [{ column: 'name' }] }, { concurrently: true }),
  },
  {
    title: 'createIndex unique over a part',
    given: people,
    change: createIndex({ name: 'i', unique: true, parts: [{ column: 'note', length: 30 }] }),
  },
  { title: 'createIndex descending', given: people, change: createIndex({ name: 'i', parts: [{ column: 'age', order: 'desc' }] }) },
  { title: 'createIndex full text', given: people, change: createIndex({ name: 'i', method: 'fulltext', parts: [{ column: 'note' }] }) },
  {
    title: 'createIndex spatial',
    given: 'CREATE TABLE t (p POINT NOT NULL)',
    change: createIndex({ name: 'i', method: 'spatial', parts: [{ column: 'p' }] }),
  },
  {
    title: 'createIndex that takes the place of a foreign key’s own',
    given: family,
    change: { kind: 'createIndex', table: { name: 'child' }, index: { name: 'i', parts: [{ column: 't_id' }, { column: 'other' }] } },
  },
  { title: 'dropIndex', given: people, change: { kind: 'dropIndex', table: t, name: 'age_idx' } },
  {
    title: 'dropIndex that served a foreign key',
    given: `${people} CREATE TABLE child (a BIGINT, KEY mine (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id))`,
    change: { kind: 'dropIndex', table: { name: 'child' }, name: 'mine' },
  },
  { title: 'renameIndex', given: people, change: { kind: 'renameIndex', table: t, from: 'age_idx', to: 'years_idx' } },

  { title: 'createObject view', given: people, change: { kind: 'createObject', object: view } },
  {
    title: 'createObject view with options',
    given: people,
    change: {
      kind: 'createObject',
      object: {
        ...view,
        query: 'select `t`.`id` AS `id` from `t` where `t`.`age` > 1',
        options: { algorithm: 'MERGE', sql_security: 'INVOKER', check_option: 'LOCAL' },
      },
    },
  },
  { title: 'replaceObject view', given: `${people} CREATE VIEW v AS SELECT name FROM t`, change: { kind: 'replaceObject', object: view } },
  {
    title: 'dropObject view',
    given: `${people} CREATE VIEW v AS SELECT name FROM t`,
    change: { kind: 'dropObject', object: { kind: 'view', name: { name: 'v' } } },
  },
  {
    title: 'renameObject view',
    given: `${people} CREATE VIEW v AS SELECT name FROM t`,
    change: { kind: 'renameObject', object: { kind: 'view', name: { name: 'v' } }, to: { name: 'w' } },
  },
  { title: 'createObject trigger', given: people, change: { kind: 'createObject', object: trigger } },
  {
    title: 'replaceObject trigger',
    given: `${people} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.age = 2`,
    change: { kind: 'replaceObject', object: trigger },
  },
  {
    title: 'dropObject trigger',
    given: `${people} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.age = 2`,
    change: { kind: 'dropObject', object: { kind: 'trigger', name: { name: 'tr' }, on: t } },
  },
  { title: 'createObject function', change: { kind: 'createObject', object: routine } },
  { title: 'createObject function with a comment', change: { kind: 'createObject', object: { ...routine, comment: "it's twice" } } },
  {
    title: 'replaceObject function',
    given: 'CREATE FUNCTION twice(n INT) RETURNS INT RETURN 1',
    change: { kind: 'replaceObject', object: routine },
  },
  {
    title: 'dropObject procedure',
    given: 'CREATE PROCEDURE p(IN a VARCHAR(10) CHARACTER SET latin1, OUT b INT) SQL SECURITY INVOKER BEGIN SET b = 1; END',
    change: { kind: 'dropObject', object: { kind: 'routine', name: { name: 'p' } } },
  },
  { title: 'createObject sequence', change: { kind: 'createObject', object: sequence } },
  {
    title: 'replaceObject sequence',
    given: 'CREATE SEQUENCE s START WITH 3 MINVALUE 2 CACHE 5',
    change: { kind: 'replaceObject', object: sequence },
  },
  {
    title: 'dropObject sequence',
    given: 'CREATE SEQUENCE s',
    change: { kind: 'dropObject', object: { kind: 'sequence', name: { name: 's' } } },
  },
  {
    title: 'renameObject sequence',
    given: 'CREATE SEQUENCE s',
    change: { kind: 'renameObject', object: { kind: 'sequence', name: { name: 's' } }, to: { name: 'z' } },
  },
  { title: 'createObject event', change: { kind: 'createObject', object: event } },
  {
    title: 'replaceObject event',
    given: "CREATE EVENT ev ON SCHEDULE AT '2035-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'x' DO SET @y = 2",
    change: { kind: 'replaceObject', object: event },
  },

  {
    title: 'setComment on a table',
    given: people,
    change: { kind: 'setComment', on: { kind: 'table', name: t }, comment: "who's who \\" },
  },
  {
    title: 'setComment on a column',
    given: people,
    change: { kind: 'setComment', on: { kind: 'column', table: t, name: 'age' }, comment: 'years' },
  },
  {
    title: 'setComment on an index',
    given: people,
    change: { kind: 'setComment', on: { kind: 'index', table: t, name: 'age_idx' }, comment: 'for reports' },
  },
  {
    title: 'setComment on a unique key',
    given: 'CREATE TABLE t (a INT, CONSTRAINT u UNIQUE (a))',
    change: { kind: 'setComment', on: { kind: 'constraint', table: t, name: 'u' }, comment: 'one' },
  },
  {
    title: 'setComment on a function',
    given: 'CREATE FUNCTION twice(n INT) RETURNS INT RETURN 1',
    change: { kind: 'setComment', on: { kind: 'routine', name: { name: 'twice' } }, comment: 'not really' },
  },
];
