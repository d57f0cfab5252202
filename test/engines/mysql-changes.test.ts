import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysql } from '../../src/engines/mysql/index.ts';
import { type Column, type Constraint, canonicalSchema, type Index, type Table } from '../../src/schema/index.ts';
import { applied, empty, type OnServer, onServer, type Renderable, renderOn, runChanges, statementsOf, wayBack } from './mysql-support.ts';

interface Case {
  readonly title: string;
  readonly given?: string;
  readonly change: Renderable;
  /** SQL that gives the same structure by hand, where the server spells something else than the model. */
  readonly same?: string;
}

const t = { name: 't' };
const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };
const text = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: { kind: 'string', length: 40 },
  nullable: true,
  ...more,
});
const key: Constraint = { kind: 'primaryKey', columns: ['id'] };
const table = (name: string, columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: { name },
  columns,
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
const people = 'CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL, age INT, note TEXT, KEY age_idx (age));';
const family = `${people} CREATE TABLE child (id INT PRIMARY KEY, t_id BIGINT, other BIGINT, CONSTRAINT child_t FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE);`;
const alter = (set: Extract<Renderable, { kind: 'alterColumn' }>['set'], name = 'age'): Renderable => ({
  kind: 'alterColumn',
  table: t,
  name,
  set,
});
const add = (column: Column, more: { after?: string } = {}): Renderable => ({ kind: 'addColumn', table: t, column, ...more });
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
  definition: 'CREATE FUNCTION `twice`(`n` int(11))\nRETURNS int(11)\nDETERMINISTIC\nRETURN n * 2',
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

const types: readonly Column['type'][] = [
  ...([8, 16, 32, 64] as const).flatMap((bits): Column['type'][] => [
    { kind: 'integer', bits },
    { kind: 'integer', bits, unsigned: true },
  ]),
  { kind: 'decimal', precision: 10, scale: 2 },
  { kind: 'decimal', precision: 65, scale: 30 },
  { kind: 'float', bits: 32 },
  { kind: 'float', bits: 64 },
  { kind: 'boolean' },
  { kind: 'string', length: 40 },
  { kind: 'text' },
  { kind: 'char', length: 2 },
  { kind: 'binary' },
  { kind: 'binary', length: 16 },
  { kind: 'date' },
  { kind: 'time' },
  { kind: 'time', precision: 3 },
  { kind: 'timestamp', zone: false },
  { kind: 'timestamp', zone: true },
  { kind: 'timestamp', zone: false, precision: 6 },
  { kind: 'timestamp', zone: true, precision: 3 },
  { kind: 'uuid' },
  { kind: 'json' },
  { kind: 'enum', values: ['small', "it's", 'a\\b', 'ünï', '', 'a,b'] },
  ...[
    "set('x','y')",
    'tinytext',
    'text',
    'mediumtext',
    'tinyblob',
    'blob',
    'mediumblob',
    'binary(16)',
    'mediumint',
    'mediumint unsigned',
    'bit(3)',
    'year',
    'point',
    'inet6',
    'float(5,2)',
    'decimal(9,3) unsigned',
  ].map((native): Column['type'] => ({ kind: 'native', engine: 'mysql', text: native })),
];

const defaults: readonly Column[] = [
  text('a', { default: { value: 'it\'s \\ "quoted" ?' } }),
  text('a', { default: { value: '' } }),
  text('a', { default: { value: 'Grüße' } }),
  text('a', { default: { sql: "concat('a','b')" } }),
  text('a', { nullable: false, default: { value: 'NULL' } }),
  { name: 'a', type: { kind: 'integer', bits: 32 }, nullable: false, default: { value: 0 } },
  { name: 'a', type: { kind: 'integer', bits: 64 }, nullable: true, default: { value: -9007199254740993n } },
  { name: 'a', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true, default: { value: 1.5 } },
  {
    name: 'a',
    type: { kind: 'decimal', precision: 40, scale: 20 },
    nullable: true,
    default: { value: '12345678901234567890.12345678901234567890' },
  },
  { name: 'a', type: { kind: 'boolean' }, nullable: false, default: { value: true } },
  { name: 'a', type: { kind: 'boolean' }, nullable: false, default: { value: false } },
  { name: 'a', type: { kind: 'text' }, nullable: true, default: { value: 'long' } },
  { name: 'a', type: { kind: 'json' }, nullable: false, default: { value: '{"a": 1}' } },
  { name: 'a', type: { kind: 'date' }, nullable: true, default: { value: '2024-02-29' } },
  { name: 'a', type: { kind: 'timestamp', zone: false }, nullable: false, default: { sql: 'CURRENT_TIMESTAMP' } },
  {
    name: 'a',
    type: { kind: 'timestamp', zone: true, precision: 6 },
    nullable: false,
    default: { sql: 'CURRENT_TIMESTAMP' },
    extras: { onUpdate: 'CURRENT_TIMESTAMP' },
  },
  { name: 'a', type: { kind: 'timestamp', zone: true }, nullable: false },
  { name: 'a', type: { kind: 'uuid' }, nullable: false, default: { sql: 'uuid()' } },
  { name: 'a', type: { kind: 'enum', values: ['x', 'y'] }, nullable: false, default: { value: 'y' } },
];

const cases: readonly Case[] = [
  ...types.map(
    (type): Case => ({
      title: `createTable with a column ${JSON.stringify(type)}`,
      change: { kind: 'createTable', table: table('t', [{ name: 'a', type, nullable: true }]) },
    }),
  ),
  ...defaults.map(
    (column): Case => ({
      title: `createTable with the default ${JSON.stringify({ ...column, default: String(Object.values(column.default ?? {})) })}`,
      change: { kind: 'createTable', table: table('t', [id, column], { constraints: [key] }) },
    }),
  ),
  {
    title: 'createTable with everything',
    given: 'CREATE TABLE parent (id BIGINT PRIMARY KEY, code VARCHAR(10) UNIQUE)',
    change: {
      kind: 'createTable',
      table: table(
        't',
        [
          { ...id, comment: "the number; it's \\ ours" },
          text('name', { nullable: false, collation: 'utf8mb4_bin' }),
          text('latin', { collation: 'latin1_swedish_ci' }),
          { name: 'parent_id', type: { kind: 'integer', bits: 64 }, nullable: true },
          { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: true, extras: { width: '5' } },
          { name: 'twice', type: { kind: 'integer', bits: 32 }, nullable: true, generated: { sql: '`n` * 2', stored: true } },
          { name: 'thrice', type: { kind: 'integer', bits: 32 }, nullable: true, generated: { sql: '`n` * 3', stored: false } },
          { name: 'hidden', type: { kind: 'integer', bits: 32 }, nullable: true, extras: { invisible: 'yes', check: '`hidden` > 0' } },
        ],
        {
          constraints: [
            key,
            { kind: 'unique', name: 't_name', columns: ['name'], comment: 'one of a name' },
            {
              kind: 'foreignKey',
              name: 't_parent',
              columns: ['parent_id'],
              references: { table: { name: 'parent' }, columns: ['id'] },
              onDelete: 'set null',
              onUpdate: 'cascade',
            },
            { kind: 'check', name: 't_small', sql: '`n` < 1000' },
          ],
          indexes: [
            {
              name: 'down',
              parts: [
                { column: 'n', order: 'desc' },
                { column: 'name', length: 5 },
              ],
            },
            { name: 'words', parts: [{ column: 'name' }], method: 'fulltext' },
            { name: 'prefix', parts: [{ column: 'latin', length: 7 }], unique: true, comment: 'seven' },
            { name: 'passed', parts: [{ column: 'n' }], extras: { ignored: 'yes' } },
          ],
          options: { collation: 'utf8mb4_unicode_ci', row_format: 'COMPRESSED', key_block_size: 8 },
          comment: 'all there is; \\ ?',
        },
      ),
    },
  },
  {
    title: 'createTable whose foreign key has no name',
    given: people,
    change: {
      kind: 'createTable',
      table: table('child', [{ name: 't_id', type: { kind: 'integer', bits: 64 }, nullable: true }], {
        constraints: [
          { kind: 'foreignKey', columns: ['t_id'], references: { table: t, columns: ['id'] } },
          { kind: 'unique', columns: ['t_id'] },
        ],
      }),
    },
    same: `${people} CREATE TABLE child (t_id BIGINT, CONSTRAINT child_t_id_key UNIQUE (t_id), CONSTRAINT child_t_id_fkey FOREIGN KEY (t_id) REFERENCES t (id))`,
  },
  {
    title: 'createTable of another engine',
    change: { kind: 'createTable', table: table('t', [text('a')], { options: { engine: 'MyISAM' } }) },
  },
  {
    title: 'createTable with partitions',
    change: {
      kind: 'createTable',
      table: table('t', [{ name: 'a', type: { kind: 'integer', bits: 32 }, nullable: true }], {
        options: {
          partitionBy:
            'RANGE (`a`)\n(PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB,\n PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)',
        },
      }),
    },
  },
  {
    title: 'createTable whose column counts and is no key',
    change: { kind: 'createTable', table: table('t', [id, text('a')]) },
  },
  {
    title: 'dropTable',
    given: `${people} CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.age = 1`,
    change: { kind: 'dropTable', table: t },
  },
  { title: 'dropTable with a foreign key of its own', given: family, change: { kind: 'dropTable', table: { name: 'child' } } },
  { title: 'renameTable', given: family, change: { kind: 'renameTable', from: t, to: { name: 'people' } } },
  { title: 'alterTable engine', given: 'CREATE TABLE t (a INT)', change: { kind: 'alterTable', table: t, options: { engine: 'MyISAM' } } },
  { title: 'alterTable row_format', given: people, change: { kind: 'alterTable', table: t, options: { row_format: 'COMPRESSED' } } },
  { title: 'alterTable collation', given: people, change: { kind: 'alterTable', table: t, options: { collation: 'latin1_bin' } } },
  {
    title: 'alterTable partitionBy',
    given: 'CREATE TABLE t (a INT)',
    change: { kind: 'alterTable', table: t, options: { partitionBy: 'HASH (`a`)\nPARTITIONS 4' } },
  },
  {
    title: 'alterTable systemVersioning',
    given: 'CREATE TABLE t (a INT)',
    change: { kind: 'alterTable', table: t, options: { systemVersioning: true } },
  },

  { title: 'addColumn at the end', given: people, change: add(text('more', { comment: 'x' })) },
  {
    title: 'addColumn behind another',
    given: people,
    change: add(text('more', { nullable: false, default: { value: '-' } }), { after: 'id' }),
  },
  { title: 'addColumn that counts', given: 'CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2)', change: add(id) },
  {
    title: 'addColumn that is computed',
    given: people,
    change: add({ name: 'next', type: { kind: 'integer', bits: 32 }, nullable: true, generated: { sql: '`age` + 1', stored: false } }),
  },
  { title: 'dropColumn', given: people, change: { kind: 'dropColumn', table: t, name: 'note' } },
  { title: 'dropColumn with its index', given: people, change: { kind: 'dropColumn', table: t, name: 'age' } },
  {
    title: 'dropColumn with composite index, unique key and check',
    given: 'CREATE TABLE t (a INT, b INT, c INT, KEY ab (a, b), UNIQUE cb (c, b), CONSTRAINT small CHECK (a < b), KEY other (a, c))',
    change: { kind: 'dropColumn', table: t, name: 'b' },
  },
  {
    title: 'dropColumn of a composite primary key',
    given: 'CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (a, b))',
    change: { kind: 'dropColumn', table: t, name: 'b' },
  },
  {
    title: 'dropColumn of an index that served a foreign key',
    given: `${people} CREATE TABLE child (t_id BIGINT, b INT, KEY both_idx (t_id, b), CONSTRAINT child_t FOREIGN KEY (t_id) REFERENCES t (id))`,
    change: { kind: 'dropColumn', table: { name: 'child' }, name: 'b' },
  },
  { title: 'dropColumn of a foreign key', given: family, change: { kind: 'dropColumn', table: { name: 'child' }, name: 't_id' } },
  {
    title: 'renameColumn',
    given: `${family} ALTER TABLE t ADD CHECK (age > 0), ADD x INT AS (age + 1) VIRTUAL`,
    change: { kind: 'renameColumn', table: t, from: 'age', to: 'years' },
  },
  {
    title: 'renameColumn that a foreign key uses',
    given: family,
    change: { kind: 'renameColumn', table: { name: 'child' }, from: 't_id', to: 'parent' },
  },
  {
    title: 'renameColumn that a foreign key points to',
    given: family,
    change: { kind: 'renameColumn', table: t, from: 'id', to: 'number' },
  },

  { title: 'alterColumn type wider', given: people, change: alter({ type: { kind: 'integer', bits: 64 } }) },
  { title: 'alterColumn type narrower', given: people, change: alter({ type: { kind: 'string', length: 5 } }, 'name') },
  { title: 'alterColumn not null', given: people, change: alter({ nullable: false }) },
  { title: 'alterColumn null', given: people, change: alter({ nullable: true }, 'name') },
  { title: 'alterColumn default', given: people, change: alter({ default: { value: 7 } }) },
  { title: 'alterColumn default of a text', given: people, change: alter({ default: { value: "o'clock \\" } }, 'name') },
  { title: 'alterColumn default as SQL', given: people, change: alter({ default: { sql: '1 + 2' } }) },
  { title: 'alterColumn default away, nullable', given: 'CREATE TABLE t (age INT DEFAULT 3)', change: alter({ default: null }) },
  { title: 'alterColumn default away, not null', given: 'CREATE TABLE t (age INT NOT NULL DEFAULT 3)', change: alter({ default: null }) },
  { title: 'alterColumn collation', given: people, change: alter({ collation: 'latin1_bin' }, 'name') },
  { title: 'alterColumn comment', given: people, change: alter({ comment: 'years' }) },
  { title: 'alterColumn identity away', given: people, change: alter({ identity: null }, 'id') },
  { title: 'alterColumn identity, no key', given: 'CREATE TABLE t (id BIGINT NOT NULL)', change: alter({ identity: {} }, 'id') },
  { title: 'alterColumn invisible', given: people, change: alter({ extras: { invisible: 'yes' } }) },
  {
    title: 'alterColumn keeps what it does not name',
    given:
      "CREATE TABLE t (ts TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'x', e ENUM('a','b') NOT NULL DEFAULT 'b' CHECK (e <> 'c'))",
    change: alter({ nullable: true }, 'e'),
  },
  {
    title: 'alterColumn keeps ON UPDATE',
    given: 'CREATE TABLE t (ts TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))',
    change: alter({ comment: 'when' }, 'ts'),
  },
  {
    title: 'alterColumn computed otherwise',
    given: 'CREATE TABLE t (a INT, b INT AS (a + 1) VIRTUAL)',
    change: alter({ generated: { sql: '`a` + 2', stored: false } }, 'b'),
  },
  {
    title: 'alterColumn computed and kept',
    given: 'CREATE TABLE t (a INT, b INT AS (a + 1) VIRTUAL, c INT)',
    change: alter({ generated: { sql: '`a` + 1', stored: true } }, 'b'),
  },
  {
    title: 'alterColumn no longer computed',
    given: 'CREATE TABLE t (a INT, b INT AS (a + 1) STORED)',
    change: alter({ generated: null }, 'b'),
  },
  {
    title: 'alterColumn enum grows',
    given: "CREATE TABLE t (age ENUM('a') NOT NULL)",
    change: alter({ type: { kind: 'enum', values: ['a', 'b'] } }),
  },
  { title: 'alterColumn of a JSON column', given: 'CREATE TABLE t (age JSON)', change: alter({ nullable: false }) },

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

describe('a change that is rendered and run', () => {
  let server: OnServer;
  beforeAll(async () => {
    server = await onServer();
  });
  beforeEach(() => empty(server));
  afterAll(() => server.close());

  test.each(cases)('$title: gives the structure of the model, and its way back gives the old one', async ({ given = '', change, same }) => {
    await server.run(given);
    const before = await server.schema();
    const fingerprint = await server.fingerprint();
    const after = applied(before, change);
    const back = wayBack(change, before);

    await runChanges(server, [change], before);
    const found = canonicalSchema(await server.schema());
    if (same === undefined) expect(JSON.parse(found)).toEqual(JSON.parse(canonicalSchema(after)));
    await runChanges(server, back, after);
    expect((await server.fingerprint()).split('\n')).toEqual(fingerprint.split('\n'));

    if (same !== undefined) {
      await empty(server);
      await server.run(same);
      expect(JSON.parse(found)).toEqual(JSON.parse(canonicalSchema(await server.schema())));
    }
  });

  test('each statement touches something whose probe is another one afterwards', async () => {
    let probed = 0;
    for (const { title, given = '', change } of cases) {
      await empty(server);
      await server.run(given);
      for (const { sql, touches, afterCrash } of statementsOf(renderOn(server.server, await server.schema(), change))) {
        const probe = `SELECT ${mysql.probe(touches, server.server)} AS probe`;
        const was = await server.rows(probe);
        await server.connection.query(sql);
        if (afterCrash !== 'probe') continue;
        probed++;
        expect([title, sql, await server.rows(probe)]).not.toEqual([title, sql, was]);
      }
    }
    expect(probed).toBeGreaterThan(100);
  });

  test('no statement shuts out more than its plan says', async () => {
    const wishes = {
      INSTANT: 'ALGORITHM=INSTANT',
      'LOCK=NONE': 'ALGORITHM=INPLACE, LOCK=NONE',
      'LOCK=SHARED': 'ALGORITHM=INPLACE, LOCK=SHARED',
    };
    let wished = 0;
    for (const { title, given = '', change } of cases.slice(types.length + defaults.length)) {
      await empty(server);
      await server.run(given);
      for (const { sql, lock } of statementsOf(renderOn(server.server, await server.schema(), change))) {
        const wish = Object.entries(wishes).find(([word]) => lock.name.includes(word) && !lock.name.includes('COPY'))?.[1];
        if (wish === undefined || !/^(ALTER TABLE|CREATE \w* ?INDEX)/.test(sql) || sql.includes('ALGORITHM')) {
          await server.connection.query(sql);
          continue;
        }
        wished++;
        const asked = sql.startsWith('ALTER') ? `${sql}, ${wish}` : `${sql} ${wish.replace(',', '')}`;
        await expect(server.connection.query(asked), `${title}: ${asked}`).resolves.toBeDefined();
      }
    }
    expect(wished).toBeGreaterThan(40);
  });
});
