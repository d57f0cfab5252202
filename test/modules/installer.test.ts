import { describe, expect, test } from 'vitest';
import { down, plan, redo, status, to, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

const step = (table: string): string => `-- lockstep:up\nCREATE TABLE ${table} (id integer);\n-- lockstep:down\nDROP TABLE ${table};\n`;
/** A module with four versions and an installer for three of them, and another that needs it. */
const files = {
  'modules/acme/v1_0/01_a.sql': step('a'),
  'modules/acme/v1_1/01_b.sql': step('b'),
  'modules/acme/v1_2/01_c.sql': step('c'),
  'modules/acme/v1_3/01_d.sql': step('d'),
  'modules/acme/install.sql':
    '-- lockstep:installer covers=v1_2\nCREATE TABLE a (id integer);\nCREATE TABLE b (id integer);\nCREATE TABLE c (id integer);\nCREATE TABLE installed (id integer);\n',
};

async function states({ options }: Workbench): Promise<readonly string[]> {
  return (await status(options)).migrations.map(({ id, state, coveredBy }) => `${id} ${coveredBy === undefined ? state : 'to be covered'}`);
}

describe.each(flavours)('on %s', (flavour) => {
  test('an installer builds a module that has no history, and later versions follow', async () => {
    const bench = await workbench(flavour, files);
    const { options, tables, drop } = bench;
    expect(await states(bench)).toEqual([
      'acme/install pending',
      'acme/v1_0/01_a to be covered',
      'acme/v1_1/01_b to be covered',
      'acme/v1_2/01_c to be covered',
      'acme/v1_3/01_d pending',
    ]);
    expect((await status(options)).counts).toMatchObject({ pending: 2, applied: 0 });
    expect((await plan(options)).steps.map(({ id }) => id)).toEqual(['acme/install', 'acme/v1_3/01_d']);
    expect((await up(options)).done.map(({ id }) => id)).toEqual(['acme/install', 'acme/v1_3/01_d']);
    expect(await tables()).toEqual(['a', 'b', 'c', 'd', 'installed']);
    expect(await states(bench)).toEqual([
      'acme/install applied',
      'acme/v1_0/01_a covered',
      'acme/v1_1/01_b covered',
      'acme/v1_2/01_c covered',
      'acme/v1_3/01_d applied',
    ]);
    expect(await up(options)).toMatchObject({ done: [], failed: [] });
    await drop();
  });

  test('a module with a history never meets its installer', async () => {
    const { 'modules/acme/install.sql': install, ...steps } = files;
    const bench = await workbench(flavour, steps);
    const { options, project, tables, drop } = bench;
    await up({ ...options, to: 'acme@v1_0' });
    project.write('modules/acme/install.sql', install);
    expect((await up(options)).done.map(({ id }) => id)).toEqual(['acme/v1_1/01_b', 'acme/v1_2/01_c', 'acme/v1_3/01_d']);
    expect(await tables()).toEqual(['a', 'b', 'c', 'd']);
    await drop();
  });
});

test('an installer is of use only where all that it covers is wanted', async () => {
  const bench = await workbench('sqlite', files);
  const { options, tables, drop } = bench;
  await to({ ...options, to: 'acme@v1_1' });
  expect(await tables()).toEqual(['a', 'b']);
  await to({ ...options, to: 'zero', yes: true });
  expect(await tables()).toEqual([]);
  await to({ ...options, to: 'acme@v1_2' });
  expect(await tables()).toEqual(['a', 'b', 'c', 'installed']);
  await drop();
});

test.each([
  ['install.yaml', 'covers: v1_2\nup:\n  - createTable: { name: built, columns: [{ name: id, type: integer }] }\n'],
  [
    'install.xml',
    '<migration covers="v1_2"><up><createTable name="built"><columns><column name="id" type="integer"/></columns></createTable></up></migration>\n',
  ],
  [
    'install.ts',
    "export default { covers: 'v1_2', up({ schema }) { schema.createTable('built', { columns: [{ name: 'id', type: 'integer' }] }); } };\n",
  ],
])('an installer may be of any format: %s', async (name, text) => {
  const { 'modules/acme/install.sql': _, ...steps } = files;
  const { options, tables, drop } = await workbench('sqlite', { ...steps, [`modules/acme/${name}`]: text });
  await to({ ...options, to: 'acme@v1_2' });
  expect(await tables()).toEqual(['built']);
  await drop();
});

test('without it every migration runs by itself', async () => {
  const { options, tables, drop } = await workbench('sqlite', files);
  expect((await plan({ ...options, noInstaller: true })).steps.map(({ id }) => id)).not.toContain('acme/install');
  await to({ ...options, to: 'acme@v1_0', noInstaller: true });
  expect(await tables()).toEqual(['a']);
  await up({ ...options, noInstaller: true });
  expect(await tables()).toEqual(['a', 'b', 'c', 'd']);
  await drop();
});

test('one that fails leaves the module as it was, and runs again', async () => {
  const bench = await workbench('mariadb', {
    ...files,
    'modules/acme/install.sql': `${files['modules/acme/install.sql']}CREATE TABLE broken (;\n`,
  });
  const { options, project, tables, drop } = bench;
  expect((await up(options)).failed).toMatchObject([{ id: 'acme/install', partial: true }]);
  expect(await states(bench)).toContain('acme/v1_0/01_a to be covered');
  project.write('modules/acme/install.sql', `${files['modules/acme/install.sql']}CREATE TABLE broken (id integer);\n`);
  expect((await up(options)).done.map(({ id }) => id)).toEqual(['acme/install', 'acme/v1_3/01_d']);
  expect(await tables()).toEqual(['a', 'b', 'broken', 'c', 'd', 'installed']);
  await drop();
});

test('what an installer covers is taken back with it, or by its own way when that is wanted', async () => {
  const install =
    `${files['modules/acme/install.sql']}-- lockstep:down\nDROP TABLE IF EXISTS a;\nDROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS c;\nDROP TABLE installed;\n`.replace(
      'CREATE TABLE a',
      '-- lockstep:up\nCREATE TABLE a',
    );
  const bench = await workbench('sqlite', { ...files, 'modules/acme/install.sql': install });
  const { options, tables, drop } = bench;
  const sure = { ...options, yes: true };
  await up(options);
  await expect(down({ ...sure, count: 2 })).rejects.toMatchObject({
    code: 'migration.covered',
    message: expect.stringContaining('acme/install'),
  });
  await down({ ...sure, count: 2, throughInstaller: true });
  expect(await tables()).toEqual(['a', 'b', 'installed']);
  await up(options);
  expect(await tables()).toEqual(['a', 'b', 'c', 'd', 'installed']);
  expect((await down({ ...sure, count: 'all' })).done.map(({ id }) => id)).toEqual(['acme/v1_3/01_d', 'acme/v1_2/01_c', 'acme/install']);
  expect(await states(bench)).toContain('acme/v1_0/01_a to be covered');

  await up(options);
  expect((await redo({ ...sure, count: 'all' })).done.map(({ id, direction }) => `${direction} ${id}`)).toEqual([
    'down acme/v1_3/01_d',
    'down acme/install',
    'up acme/install',
    'up acme/v1_3/01_d',
  ]);
  expect(await states(bench)).toContain('acme/v1_0/01_a covered');
  await drop();
});
