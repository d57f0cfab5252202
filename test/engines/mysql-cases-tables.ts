import type { Column } from '../../src/schema/index.ts';
import { type Case, family, id, key, people, t, table, text } from './mysql-cases.ts';
import type { Renderable } from './mysql-support.ts';

const alter = (set: Extract<Renderable, { kind: 'alterColumn' }>['set'], name = 'age'): Renderable => ({
  kind: 'alterColumn',
  table: t,
  name,
  set,
});
const add = (column: Column, more: { after?: string } = {}): Renderable => ({ kind: 'addColumn', table: t, column, ...more });

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

/** Every type and every kind of default, in a table of its own. */
export const columnCases: readonly Case[] = [
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
];

/** Tables and their columns. */
export const tableCases: readonly Case[] = [
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
    title: 'renameColumn that counts and is no key',
    given: 'CREATE TABLE t (id BIGINT AUTO_INCREMENT, a INT, KEY id (id))',
    change: { kind: 'renameColumn', table: t, from: 'id', to: 'number' },
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
];
