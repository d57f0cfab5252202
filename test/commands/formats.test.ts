import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { convert, dump, newMigration, up } from '../../src/commands/index.ts';
import { sandbox } from '../support/sandbox.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/formats.md', import.meta.url)), 'utf8');
/** The examples of the page, by the name that stands behind their language. */
const examples = [...page.matchAll(/^```\w+ (\w+\.\w+)\n([\s\S]*?)^```$/gm)].map(([, name = '', text = '']) => ({ name, text }));
const formats = ['yaml', 'json', 'xml', 'ini', 'ts', 'js', 'sql'] as const;
const config = { 'lockstep.config.json': '{ "url": "sqlite:./a.db" }', 'package.json': '{ "type": "module" }' };

test('the table of the page is one table in all formats', async () => {
  expect(examples.map(({ name }) => name)).toEqual(formats.map((format) => `coupon.${format}`));
  const texts = new Set<string>();
  for (const { name, text } of examples) {
    const { folder } = sandbox({ ...config, [`migrations/001_${name}`]: text });
    expect(await up({ cwd: folder, env: {} })).toMatchObject({ done: [{}], failed: [] });
    texts.add((await dump({ cwd: folder, env: {} })).text);
  }
  expect([...texts]).toHaveLength(1);
});

describe('convert', () => {
  const yaml = `# the title
requires: [ "app" ]
order: 2
transaction: false
up:
  - createTable: { name: a, columns: [ { name: id, type: bigint, identity: true, primaryKey: true }, { name: b, type: varchar(9), default: "42" } ] }
  - insert: { into: a, rows: [ { b: "null" }, { b: null } ] } # two
  - sql: { up: "UPDATE a SET b = '<&>'\\nWHERE b = 'x'\\n", down: "SELECT 1" }
down:
  - dropTable: a
`;

  test.each(['json', 'xml', 'ini', 'ts', 'js'])('to %s and back loses nothing but comments, and tells these', async (format) => {
    const { folder, read } = sandbox({ ...config, '002_a.yaml': yaml });
    const common = { cwd: folder, env: {} };
    const there = await convert({ ...common, file: '002_a.yaml', format, output: `002_b.${format}` });
    expect(there.left).toEqual(['the comment in 002_a.yaml:1: # the title', 'the comment in 002_a.yaml:7: # two']);
    expect(read(`002_b.${format}`)).toBe(there.text);
    const plain = await convert({ ...common, file: '002_a.yaml', format: 'yaml' });
    const back = await convert({ ...common, file: `002_b.${format}`, format: 'yaml' });
    const lines = (text: string): readonly string[] => text.split('\n').toSorted();
    expect(lines(back.text)).toEqual(lines(plain.text));
    await expect(convert({ ...common, file: '002_a.yaml', format, output: `002_b.${format}` })).rejects.toThrow('no file is overwritten');
  });

  test.each(['yaml', 'json', 'xml', 'ini'])('of a script to %s runs the same statements', async (format) => {
    const sql = `-- title
-- lockstep:no-transaction
-- lockstep:requires app, app@>=001
-- lockstep:up
CREATE TABLE a (b text DEFAULT ';'); -- kept
INSERT INTO a VALUES ('<&>"');
-- lockstep:down
DROP TABLE a;
-- lockstep:verify
SELECT count(*) = 1 FROM a;
`;
    const { folder } = sandbox({ ...config, '001_a.sql': sql });
    const report = await convert({ cwd: folder, env: {}, file: '001_a.sql', format });
    expect(report.left).toEqual(['the comment in 001_a.sql:1: -- title']);
    expect(report.text).toContain('-- kept');
    const other = sandbox({ ...config, [`migrations/001_a.${format}`]: report.text });
    const done = await other.run(['up', '--verify']);
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect((await other.run(['down', '--yes'])).code).toBe(0);
    const back = await convert({ cwd: other.folder, env: {}, file: `migrations/001_a.${format}`, format: 'sql' });
    for (const part of ['-- lockstep:requires app, app@>=001', '-- lockstep:no-transaction', 'DROP TABLE a', 'SELECT count(*) = 1 FROM a;'])
      expect(back.text).toContain(part);
  });

  test('to SQL writes what the engine runs on what the migrations before have made, with its way back', async () => {
    const { folder } = sandbox({
      ...config,
      'migrations/001_a.sql': 'CREATE TABLE a (id integer PRIMARY KEY);',
      'migrations/002_b.xml':
        '<migration><up><addColumn table="a" name="b" type="varchar(9)"/><sql sqlite="SELECT 1" mysql="SELECT 2"/></up></migration>',
    });
    const { text, left } = await convert({ cwd: folder, env: {}, file: 'migrations/002_b.xml', format: 'sql' });
    expect(text).toContain('ALTER TABLE "a" ADD COLUMN "b" VARCHAR(9)');
    expect(text).toContain('-- lockstep:irreversible');
    expect(left).toEqual(['the SQL for mysql']);
  });

  test('refuses code that does more than change the structure, and what code would have to verify', async () => {
    const { folder } = sandbox({
      ...config,
      '001_a.ts':
        "import { migration } from 'lockstep';\nexport default migration({\n  async up({ db }) {\n    await db.deleteFrom('a').execute();\n  },\n});\n",
      '002_b.yaml': 'up: []\nverify: [ SELECT 1 ]\n',
    });
    const common = { cwd: folder, env: {} };
    await expect(convert({ ...common, file: '001_a.ts', format: 'ini' })).rejects.toMatchObject({
      message: expect.stringContaining('it needs a query'),
      details: { place: { file: '001_a.ts', line: 3 } },
    });
    await expect(convert({ ...common, file: '002_b.yaml', format: 'ts' })).rejects.toThrow('must be written by hand');
    await expect(convert({ ...common, file: '003_c.yaml', format: 'ts' })).rejects.toThrow('there is no file "003_c.yaml"');
    await expect(convert({ ...common, file: '002_b.yaml', format: 'toml' })).rejects.toThrow('there is no format "toml"');
  });
});

test.each(formats)('a new table in %s has an id that counts up, and runs', async (format) => {
  const { folder } = sandbox(config);
  const common = { cwd: folder, env: {} };
  await newMigration({ ...common, name: 'things', format, change: 'createTable:thing' });
  expect(await up(common)).toMatchObject({ done: [{}], failed: [] });
  expect((await dump({ ...common, format: 'yaml' })).text).toContain('- { name: id, type: bigint, identity: true, primaryKey: true');
});

test('a change in words that is not understood is refused with what would be', async () => {
  const { folder, run } = sandbox(config);
  expect((await run(['new', 'a', '--change', 'createTabel:a'])).stderr).toContain('did you mean "createTable"?');
  expect((await run(['new', 'a', '--change', 'addColumn:a'])).stderr).toContain('addColumn:TABLE.COLUMN:TYPE');
  await expect(newMigration({ cwd: folder, env: {}, name: 'a', change: 'addColumn:a.b:varchr(1)' })).rejects.toThrow('varchr');
});

test.each([
  ['yaml', 'verify:\n  - SELECT 1 = 1\n  - SELECT 1 = 2\n', 'migrations/001_a.yaml:3:5'],
  ['xml', '<migration>\n  <verify>SELECT 1 = 2</verify>\n</migration>', 'migrations/001_a.xml:2:11'],
  ['ini', 'verify = SELECT 1 = 2', 'migrations/001_a.ini:1:10'],
])('a check in %s that does not hold stops the migration, at its place', async (format, text, place) => {
  const { run } = sandbox({ ...config, [`migrations/001_a.${format}`]: text });
  const { code, stderr } = await run(['up', '--verify']);
  expect([code, stderr]).toEqual([2, expect.stringContaining(place)]);
});
