import { expect, test } from 'vitest';
import { diff, dump, plan, status, up } from '../../src/commands/index.ts';
import type { Config } from '../../src/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const config: Config = {
  naming: { style: 'prefixed', max: 30 },
  defaultColumns: [
    { name: 'id', type: 'bigint', identity: true, primaryKey: true },
    { name: 'note', type: 'string', length: 40 },
  ],
};
const files = {
  'migrations/001_a.yaml': 'up:\n  - createTable: { name: a, columns: [{ name: code, type: int, nullable: false, unique: true }] }\n',
  'migrations/002_b.json':
    '{ "up": [{ "createTable": { "name": "b", "columns": [{ "name": "code", "type": "int" }], "defaultColumns": false } }] }\n',
  'migrations/003_c.ts':
    "import { migration } from 'lockstep';\nexport default migration({ up({ schema }) {\n  schema.createTable('c', { columns: [{ name: 'code', type: 'int' }] });\n} });\n",
};

// A connection that is handed in cannot make scratch databases.
test.each(flavours.filter((flavour) => flavour !== 'pglite'))(
  'on %s the conventions of the project make columns and names, once, and are written out in what is dumped',
  async (flavour) => {
    const { options, query, project, drop } = await workbench(flavour, files);
    await up({ ...options, config });
    for (const table of ['a', 'c']) expect(await query(`SELECT id, note, code FROM ${table}`)).toEqual([]);
    await expect(query('SELECT note FROM b')).rejects.toThrow();
    const { text } = await dump({ ...options, config, format: 'yaml', output: 'map.yaml' });
    expect(text).toContain('conventions: false');
    expect(text.match(/name: note/g)).toHaveLength(2);
    expect(project.read('map.yaml')).toBe(text);
    expect((await diff({ ...options, config, to: 'map.yaml' })).changes).toEqual([]);
    await drop();
  },
);

test('other conventions are another text: what has run with the old ones is told as edited, what none of them concerns is not', async () => {
  const { options, drop } = await workbench('sqlite', files);
  await up({ ...options, config });
  const edited = async (other: Config): Promise<readonly string[]> =>
    (await status({ ...options, config: other })).migrations.filter(({ flags }) => flags.includes('edited')).map(({ id }) => id);
  expect(await edited(config)).toEqual([]);
  expect(await edited({ ...config, defaultColumns: config.defaultColumns?.slice(1) ?? [] })).toEqual(['001_a', '003_c']);
  expect(await edited({ ...config, naming: { style: 'prefixed', max: 50 } })).toEqual(['001_a', '002_b', '003_c']);
  await drop();
});

test('a name that is too long is refused with the file, before anything runs', async () => {
  const name = 'a_table_with_a_name_that_goes_on_and_on';
  const { options, drop } = await workbench('sqlite', {
    'migrations/001_a.yaml': `up:\n  - createTable: { name: ${name}, columns: [{ name: x, type: int }] }\n`,
  });
  await expect(plan({ ...options, config })).rejects.toMatchObject({
    code: 'migration.invalid',
    message: `the name of table "${name}" has 39 characters, and the naming policy allows 30`,
    details: { place: { file: expect.stringContaining('001_a.yaml'), line: 2 } },
  });
  await drop();
});

test.each<readonly [string, unknown]>([
  ['"naming" must be', { naming: 'short' }],
  ['"naming" must be', { naming: { style: 'prefixed', max: 4 } }],
  ['"defaultColumns" must be', { defaultColumns: [{ name: 'id' }] }],
  ['unknown type "inti"', { defaultColumns: [{ name: 'id', type: 'inti' }] }],
])('wrong conventions are refused: %s', async (message, wrong) => {
  const { options, drop } = await workbench('sqlite', files);
  await expect(status({ ...options, config: wrong as Config })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(message),
  });
  await drop();
});
