import { describe, expect, test } from 'vitest';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import type { Parsed } from '../contracts/index.ts';
import { writeJson, writeYaml, yaml } from './yaml.ts';

async function read(text: string, name = '1_a.yaml'): Promise<Parsed> {
  return yaml.read(migrationOf(sourceFile(name, text)), formatTools);
}

async function readPair(up: string, down: string, names: readonly [string, string] = ['1_a.up.yaml', '1_a.down.yaml']): Promise<Parsed> {
  return yaml.read(migrationOf(sourceFile(names[0], up), sourceFile(names[1], down)), formatTools);
}

const nothing: Parsed = { up: { kind: 'changes', changes: [] }, transaction: { up: true, down: true } };

describe('a file', () => {
  test.each(['', '\n', '# only a comment\n', '---\n', '\uFEFF', 'up:\n', 'up: []\n', 'up:\n  # nothing yet\n', '{}'])(
    'without changes is a migration that does nothing: %j',
    async (text) => {
      expect(await read(text)).toEqual(nothing);
    },
  );

  test.each(['', ' \n', '{}', '{ "up": null }', '\uFEFF{ "up": [] }'])('of JSON without changes does nothing: %j', async (text) => {
    expect(await read(text, '1_a.json')).toEqual(nothing);
  });

  test('gives each change its place', async () => {
    const { up } = await read(
      '# first\nup:\n  - dropTable: a\n  - addColumn:\n      table: b\n      name: c\n      type: int\n      unique: true\n',
    );
    expect(up.kind === 'changes' && up.changes.map(({ change, at }) => [change.kind, at])).toEqual([
      ['dropTable', { file: 'migrations/1_a.yaml', line: 3, column: 5 }],
      ['addColumn', { file: 'migrations/1_a.yaml', line: 4, column: 5 }],
      ['addConstraint', { file: 'migrations/1_a.yaml', line: 4, column: 5 }],
    ]);
  });

  test('that begins with a byte order mark has the same places as one that does not', async () => {
    const { up } = await read('\uFEFF{ "up": [ { "dropTable": "a" } ] }', '1_a.json');
    expect(up.kind === 'changes' && up.changes[0]?.at?.column).toBe(13);
  });

  test('has the same texts whatever its line ends are', async () => {
    const text = 'up:\n  - sql: |\n      SELECT 1;\n\n      SELECT 2;\n';
    const changes = (parsed: Parsed): unknown => parsed.up.kind === 'changes' && parsed.up.changes.map(({ change }) => change);
    expect(changes(await read(text.replaceAll('\n', '\r\n')))).toEqual(changes(await read(text)));
  });

  test('may use anchors for what it says twice', async () => {
    const { up } = await read(
      'up:\n  - addColumn: { table: a, name: x, type: &t varchar(9) }\n  - addColumn: { table: b, name: x, type: *t }\n',
    );
    expect(up.kind === 'changes' && up.changes.map(({ change }) => change.kind === 'addColumn' && change.column.type)).toEqual([
      { kind: 'string', length: 9 },
      { kind: 'string', length: 9 },
    ]);
  });

  test('whose aliases stand for very much is refused before it becomes large', async () => {
    const parts = ['x0: &x0 [a, a, a, a, a, a, a, a, a, a]'];
    for (let i = 1; i < 12; i++)
      parts.push(
        `x${i}: &x${i} [${Array(10)
          .fill(`*x${i - 1}`)
          .join(', ')}]`,
      );
    const insert = `up: [ { insert: { into: t, rows: [ { ${parts.join(', ')} } ] } } ]`;
    await expect(read(insert)).rejects.toThrow('aliases stand for too much data here');
    await expect(read(`up: &a [ *a, *a ]\n`)).rejects.toThrow('nested deeper than 100 levels');
  });

  test('of very deep brackets is refused', async () => {
    await expect(read('['.repeat(30_000))).rejects.toThrow('nested deeper than 100 levels');
    await expect(read('- '.repeat(30_000))).rejects.toThrow('nested deeper than 100 levels');
    await expect(read('? '.repeat(30_000))).rejects.toThrow('nested deeper than 100 levels');
    await expect(read('['.repeat(30_000) + ']'.repeat(30_000), '1_a.json')).rejects.toThrow('nested deeper than 100 levels');
  });

  test('cannot reach the prototype of objects', async () => {
    const { up } = await read('up:\n  - insert: { into: t, rows: [ { constructor: 1, toString: { prototype: 2 } } ] }\n');
    const [sourced] = up.kind === 'changes' ? up.changes : [];
    const row = sourced?.change.kind === 'insertRows' ? sourced.change.rows[0] : undefined;
    expect(Object.entries(row ?? {})).toEqual([
      ['constructor', 1],
      ['toString', { json: { prototype: 2 } }],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the way back', () => {
  test.each(['up: []', 'up: []\ndown: auto', 'up: []\ndown:'])('is made by inversion unless something is said: %j', async (text) => {
    expect(await read(text)).toEqual(nothing);
  });

  test('may be changes, none at all, or impossible', async () => {
    expect((await read('down: [ { dropTable: a } ]')).down).toMatchObject({ changes: [{ change: { kind: 'dropTable' } }] });
    expect((await read('down: []')).down).toEqual({ kind: 'changes', changes: [] });
    expect((await read('down: { irreversible: rows are gone }')).down).toEqual({ kind: 'irreversible', why: 'rows are gone' });
  });

  test('may stand in a file of its own, under either name', async () => {
    const down = { changes: [{ change: { kind: 'dropTable' }, at: { file: 'migrations/1_a.down.yaml' } }] };
    expect((await readPair('up: []', 'down: [ { dropTable: a } ]')).down).toMatchObject(down);
    expect((await readPair('up: []', 'up: [ { dropTable: a } ]')).down).toMatchObject(down);
    expect((await readPair('up: []', 'down: { irreversible: no }')).down).toEqual({ kind: 'irreversible', why: 'no' });
  });

  test('is refused when it is given twice or in something else', async () => {
    await expect(readPair('down: []', 'down: []')).rejects.toThrow('the way back is given twice: here and in migrations/1_a.down.yaml');
    await expect(readPair('up: []', 'up: []\ndown: []')).rejects.toThrow('"up" belongs to the other one');
    await expect(readPair('up: []', 'verify: []')).rejects.toThrow('"verify" belongs to the other one');
    await expect(readPair('up: []', 'DROP TABLE a', ['1_a.up.yaml', '1_a.down.sql'])).rejects.toThrow(
      '"migrations/1_a.down.sql" cannot be the way back of a migration that is data',
    );
  });

  test('says of itself whether it wants a transaction', async () => {
    expect((await read('transaction: false')).transaction).toEqual({ up: false, down: false });
    expect((await read('transaction: { down: false }')).transaction).toEqual({ up: true, down: false });
    expect((await readPair('up: []', 'transaction: false\ndown: []')).transaction).toEqual({ up: true, down: false });
  });
});

test('what is verified becomes SQL with its place', async () => {
  expect((await read('verify:\n  - SELECT true\n')).verify).toEqual({
    kind: 'changes',
    changes: [{ change: { kind: 'sql', up: { any: 'SELECT true' } }, at: { file: 'migrations/1_a.yaml', line: 2, column: 5 } }],
  });
});

describe('the header', () => {
  test.each([
    ['version: 1.10', { version: '1.10' }],
    ['version: 007', { version: '007' }],
    ['version: 20261122101500999888', { version: '20261122101500999888' }],
    ['version: v1_2\norder: 3', { version: 'v1_2', order: 3 }],
    ['requires: [ "accounts@>=v1_1", billing ]', { requires: ['accounts@>=v1_1', 'billing'] }],
    ['up: [ { insert: { into: t, rows: [ { version: 1, order: 2 } ] } } ]', {}],
    ['order: first', {}],
    ['version: [', {}],
    ['', {}],
  ])('of %j is %j', async (text, header) => {
    expect(await yaml.header?.(sourceFile('1_a.yaml', text))).toEqual(header);
  });

  test('is found in JSON, also behind escapes', async () => {
    expect(await yaml.header?.(sourceFile('1_a.json', '{ "version": "1.10", "order": 2 }'))).toEqual({ version: '1.10', order: 2 });
    expect(await yaml.header?.(sourceFile('1_a.json', '{ "\\u0076ersion": "3" }'))).toEqual({ version: '3' });
  });
});

describe('what counts of a text', () => {
  const significant = (text: string, name = '1_a.yaml'): unknown => yaml.significant(migrationOf(sourceFile(name, text)), formatTools);

  test('is the same for other comments, order, style, line ends and white space in SQL, and for JSON', async () => {
    const text = 'up:\n  - addColumn: { table: a, name: b, type: int }\n  - sql: SELECT 1\ndown:\n  - sql: { up: SELECT 2 }\n';
    const other = `# again
verify: [ SELECT 1 ]
down: [ sql: { up: "SELECT   2" } ]
up:
  - addColumn:
      type: int   # a number
      name: "b"
      table: a
  - sql: |
      SELECT
        1
`;
    const json =
      '{ "down": [{ "sql": { "up": "SELECT 2" } }], "up": [{ "addColumn": { "type": "int", "table": "a", "name": "b" } }, { "sql": "SELECT 1" }] }';
    const wanted = await significant(text);
    expect(await significant(other)).toEqual(wanted);
    expect(await significant(other.replaceAll('\n', '\r\n'))).toEqual(wanted);
    expect(await significant(json, '1_a.json')).toEqual(wanted);
  });

  test('is different for other values, and up is apart from down', async () => {
    const one = await significant('up: [ { dropTable: a } ]\ndown: [ { dropTable: b } ]');
    expect(await significant('up: [ { dropTable: a } ]\ndown: [ { dropTable: c } ]')).toMatchObject({ up: (one as { up: string }).up });
    expect(await significant('up: [ { dropTable: a } ]\ndown: [ { dropTable: c } ]')).not.toEqual(one);
    expect(await significant('up: [ { insert: { into: t, rows: [ { a: 1 } ] } } ]')).not.toEqual(
      await significant('up: [ { insert: { into: t, rows: [ { a: "1" } ] } } ]'),
    );
  });

  test('is the text itself when nobody can parse it', async () => {
    expect(await significant('up: [')).toEqual({ up: 'up: [', down: 'up: [' });
  });

  test('of a pair comes from both files', async () => {
    const migration = migrationOf(
      sourceFile('1_a.up.yaml', 'up: [ { dropTable: a } ]'),
      sourceFile('1_a.down.yaml', 'up: [ { dropTable: b } ]'),
    );
    expect(await yaml.significant(migration, formatTools)).toEqual({ up: '[{"dropTable":"a"}]', down: '[{"dropTable":"b"}]' });
  });
});

describe('a new file', () => {
  test('of YAML does nothing and says what it is for', async () => {
    const text = yaml.skeleton('Add users # email', 'yaml', '..');
    expect(text.split('\n')[0]).toBe('# Add users # email');
    expect(await read(text)).toEqual(nothing);
    const filled = text.replaceAll(/^(\s*)# (?=[- ])/gm, '$1');
    expect((await read(filled)).up).toMatchObject({ changes: [{ change: { kind: 'createTable' } }] });
  });

  test('of JSON does nothing', async () => {
    expect(await read(yaml.skeleton('Add users', 'json', '..'), '1_a.json')).toEqual(nothing);
  });
});

describe('a file that is written', () => {
  test('has columns and rows on lines of their own, and nothing that is understood without being said', async () => {
    const { up } = await read(`up:
  - createTable:
      name: coupon
      columns:
        - { name: id, type: bigint, identity: true, primaryKey: true }
        - { name: code, type: string, length: 40, nullable: false, unique: true }
        - { name: order_id, type: int, nullable: true, references: { table: orders, column: id } }
      checks: [ { sql: order_id > 0 } ]
      indexes: [ { name: coupon_code_idx, columns: [ { column: code } ] } ]
  - sql: "UPDATE coupon\\nSET code = 'x'\\n"
`);
    const changes = up.kind === 'changes' ? up.changes.map(({ change }) => change) : [];
    expect(await writeYaml(changes, { irreversible: 'codes are gone' })).toBe(`up:
  - createTable:
      name: coupon
      columns:
        - { name: id, type: bigint, identity: true, primaryKey: true }
        - { name: code, type: varchar(40), nullable: false, unique: true }
        - { name: order_id, type: integer, references: orders.id }
      checks: [ order_id > 0 ]
      indexes:
        - { columns: [ code ] }
  - sql: |
      UPDATE coupon
      SET code = 'x'
down:
  irreversible: codes are gone
`);
    expect(await writeJson(changes.slice(1), [{ kind: 'dropTable', table: { name: 'coupon' } }])).toBe(`{
  "up": [
    { "sql": "UPDATE coupon\\nSET code = 'x'\\n" }
  ],
  "down": [
    { "dropTable": "coupon" }
  ]
}
`);
  });
});
