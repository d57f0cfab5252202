import { expect, test } from 'vitest';
import { diff, down, drift, newMigration, plan, status, test as tryOut, up } from '../../src/commands/index.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

const files = {
  'migrations/001_own.sql': 'CREATE TABLE own (id integer);\n',
  'modules/blog/001_posts.sql': '-- lockstep:requires accounts@>=2 <11\nCREATE TABLE posts (id integer);\n',
  'modules/accounts/1_users.sql': 'CREATE TABLE users (id integer);\n',
  'modules/accounts/2_roles.sql': 'CREATE TABLE roles (id integer);\n',
  'modules/accounts/10_keys.sql': 'CREATE TABLE keys (id integer);\n',
};

async function pending({ options }: Workbench, more = {}): Promise<readonly string[]> {
  return (await status({ ...options, ...more })).migrations.filter(({ state }) => state === 'pending').map(({ id }) => id);
}

test('modules are found in their folder, run in one order, and can be named or left out', async () => {
  const bench = await workbench('sqlite', files);
  const { options, tables, drop } = bench;
  expect(await pending(bench)).toEqual(['001_own', 'accounts/1_users', 'accounts/2_roles', 'accounts/10_keys', 'blog/001_posts']);
  expect(await pending(bench, { modules: ['accounts'] })).toEqual(['accounts/1_users', 'accounts/2_roles', 'accounts/10_keys']);
  expect(await pending(bench, { exclude: ['accounts', 'app'] })).toEqual(['blog/001_posts']);
  await expect(status({ ...options, modules: ['acounts'] })).rejects.toMatchObject({
    code: 'module.unknown',
    message: 'there is no module "acounts"; did you mean "accounts"?',
  });
  await expect(up({ ...options, modules: ['blog'] })).rejects.toMatchObject({
    code: 'module.missing',
    message: 'migration blog/001_posts comes behind accounts/2_roles, which is pending and was left out',
  });
  await expect(plan({ ...options, modules: ['blog'] })).rejects.toMatchObject({ code: 'module.missing' });
  expect(await tables()).toEqual([]);
  await up({ ...options, modules: ['accounts', 'blog'] });
  // What other modules have made is no drift, whichever are named.
  expect((await drift({ ...options, modules: ['blog'] })).differences).toEqual([]);
  expect(await tables()).toEqual(['keys', 'posts', 'roles', 'users']);
  expect(await pending(bench)).toEqual(['001_own']);
  await drop();
});

test('what another module stands on is not taken back without it, whichever modules are named', async () => {
  const withWaysBack = Object.entries(files).map(([path, sql]) => {
    const [, table] = /CREATE TABLE (\w+)/.exec(sql) ?? [];
    return [path, `${sql.replace('CREATE', '-- lockstep:up\nCREATE')}-- lockstep:down\nDROP TABLE ${table};\n`] as const;
  });
  const { options, tables, drop } = await workbench('sqlite', Object.fromEntries(withWaysBack));
  await up(options);
  for (const id of ['accounts/2_roles', 'accounts/1_users']) {
    await expect(down({ ...options, id, yes: true })).rejects.toMatchObject({
      code: 'migration.required',
      message: `migration blog/001_posts is applied and requires ${id}`,
    });
  }
  await expect(down({ ...options, modules: ['accounts'], count: 'all', yes: true })).rejects.toMatchObject({ code: 'migration.required' });
  expect(await tables()).toEqual(['keys', 'own', 'posts', 'roles', 'users']);
  // Nobody requires the newest one, and together all may go.
  await down({ ...options, id: 'accounts/10_keys', yes: true });
  expect(await tables()).toEqual(['own', 'posts', 'roles', 'users']);
  await down({ ...options, count: 'all', yes: true });
  expect(await tables()).toEqual([]);
  await drop();
});

test('a new migration goes into the module that is named, behind what is there', async () => {
  const bench = await workbench('sqlite', { ...files, 'modules/shop/v1_9/01_a.sql': 'SELECT 1;\n' });
  const { options, project, drop } = bench;
  expect((await newMigration({ ...options, name: 'more', modules: ['shop'] })).file).toBe('modules/shop/v1_10/01_more.sql');
  expect((await newMigration({ ...options, name: 'more', modules: ['accounts'], format: 'yaml' })).file).toBe(
    'modules/accounts/11_more.yaml',
  );
  expect(await newMigration({ ...options, name: 'more', modules: ['app'] })).toMatchObject({
    id: '002_more',
    file: 'migrations/002_more.sql',
  });
  await expect(newMigration({ ...options, name: 'x', modules: ['shops'] })).rejects.toMatchObject({ code: 'module.unknown' });
  await expect(newMigration({ ...options, name: 'x', modules: ['shop', 'blog'] })).rejects.toMatchObject({ code: 'usage.invalid-value' });
  expect(project.read('modules/shop/v1_10/01_more.sql')).toContain('lockstep:up');
  expect((await pending(bench)).slice(-1)).toEqual(['shop/v1_10/01_more']);
  await drop();
});

test('migrations are tried, and read as a structure, by themselves: an installer stands beside them', async () => {
  const { options, drop } = await workbench('sqlite', {
    'modules/acme/v1_0/01_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE a;\n',
    'modules/acme/install.sql': '-- lockstep:installer covers=v1_0\nCREATE TABLE a (id integer);\nCREATE TABLE more (id integer);\n',
  });
  expect(await tryOut(options)).toMatchObject({ passed: true, engines: [{ reversible: 1 }] });
  expect((await diff({ ...options, from: 'empty', to: 'app' })).changes).toHaveLength(1);
  await drop();
});

test("what a pattern of the configuration names in a module stays the project's own", async () => {
  const { options, drop } = await workbench('sqlite', {
    'lockstep.config.json': '{ "migrations": ["modules/*/001*.sql"] }',
    'modules/blog/001_posts.sql': 'CREATE TABLE posts (id integer);\n',
    'modules/blog/002_tags.sql': 'CREATE TABLE tags (id integer);\n',
  });
  expect((await up(options)).done.map(({ id }) => id)).toEqual(['001_posts', 'blog/002_tags']);
  await drop();
});

test('folders of a program are no modules', async () => {
  const bench = await workbench('sqlite', { ...files, 'modules/ui/index.ts': 'throw new Error();\n', 'modules/ui/view/001_x.sql': 'x' });
  expect((await status(bench.options)).problems).toEqual([]);
  expect(await pending(bench, { exclude: ['accounts', 'blog'] })).toEqual(['001_own']);
  await bench.drop();
});

test('a project of modules alone needs no folder of migrations', async () => {
  const { 'migrations/001_own.sql': _, ...rest } = files;
  const { options, tables, drop } = await workbench('sqlite', rest);
  await up(options);
  expect(await tables()).toEqual(['keys', 'posts', 'roles', 'users']);
  await drop();
});

test('a newer version of a module that another only requires as a whole goes back; the last of it stays', async () => {
  const step = (table: string): string => `-- lockstep:up\nCREATE TABLE ${table} (id integer);\n-- lockstep:down\nDROP TABLE ${table};\n`;
  const { options, project, drop } = await workbench('sqlite', {
    'lockstep.config.json': '{ "modules": ["modules/core", { "path": "modules/news", "requires": ["core"] }] }',
    'modules/core/v1_0/01_a.sql': step('a'),
    'modules/news/v1_0/01_n.sql': step('n'),
  });
  await up(options);
  project.write('modules/core/v1_1/01_b.sql', step('b'));
  await up(options);
  expect((await down({ ...options, id: 'core/v1_1/01_b', yes: true })).done.map(({ id }) => id)).toEqual(['core/v1_1/01_b']);
  await expect(down({ ...options, id: 'core/v1_0/01_a', yes: true })).rejects.toMatchObject({ code: 'migration.required' });
  await drop();
});
