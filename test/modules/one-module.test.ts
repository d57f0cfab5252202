import { expect, test } from 'vitest';
import { plan, to, up } from '../../src/commands/index.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

const step = (table: string, requires = ''): string =>
  `${requires}-- lockstep:up\nCREATE TABLE ${table} (id integer);\n-- lockstep:down\nDROP TABLE ${table};\n`;
const files = {
  'migrations/001_own.sql': step('own'),
  'modules/accounts/1_users.sql': step('users'),
  'modules/accounts/2_roles.sql': step('roles'),
  'modules/blog/v1_0/01_posts.sql': step('posts'),
  'modules/blog/v1_1/01_tags.sql': step('tags'),
  'modules/blog/v1_2/01_links.sql': step('links', '-- lockstep:requires accounts@2\n'),
  'modules/shop/1_items.sql': step('items'),
};

async function bench(): Promise<Workbench> {
  return await workbench('sqlite', files);
}

test('a target in a module moves that module alone, both ways', async () => {
  const { options, tables, drop } = await bench();
  await up(options);
  const everything = ['items', 'links', 'own', 'posts', 'roles', 'tags', 'users'];
  expect(await tables()).toEqual(everything);
  const there = await to({ ...options, to: 'blog@v1_0', yes: true });
  expect(there.done.map(({ id }) => id)).toEqual(['blog/v1_2/01_links', 'blog/v1_1/01_tags']);
  expect(await tables()).toEqual(['items', 'own', 'posts', 'roles', 'users']);
  expect((await to({ ...options, to: 'blog@next', yes: true })).done.map(({ id }) => id)).toEqual(['blog/v1_1/01_tags']);
  expect((await to({ ...options, to: 'blog@zero', yes: true })).done).toHaveLength(2);
  expect(await tables()).toEqual(['items', 'own', 'roles', 'users']);
  const rounded = await up({ ...options, to: 'blog@1.1.5' });
  expect(rounded.warnings.map(({ message }) => message)).toEqual(['blog@1.1.5 means blog/v1_1/01_tags, the last one before it']);
  expect((await to({ ...options, to: 'blog@latest' })).done.map(({ id }) => id)).toEqual(['blog/v1_2/01_links']);
  expect(await tables()).toEqual(everything);
  await drop();
});

test('a module is not taken from under another one, and a dry run says so too', async () => {
  const { options, tables, drop } = await bench();
  await up(options);
  const refusal = { code: 'migration.required', message: 'migration blog/v1_2/01_links is applied and requires accounts/2_roles' };
  await expect(to({ ...options, to: 'accounts@1', yes: true })).rejects.toMatchObject(refusal);
  await expect(plan({ ...options, to: 'accounts@1' })).rejects.toMatchObject(refusal);
  expect(await tables()).toHaveLength(7);
  await drop();
});

test('a module does not go where it requires what is pending elsewhere', async () => {
  const { options, tables, drop } = await bench();
  await up({ ...options, to: 'blog@v1_1' });
  expect(await tables()).toEqual(['posts', 'tags']);
  const refusal = {
    code: 'module.missing',
    message: 'migration blog/v1_2/01_links comes behind accounts/2_roles, which is pending and was left out',
  };
  await expect(up({ ...options, to: 'blog@v1_2' })).rejects.toMatchObject(refusal);
  await expect(plan({ ...options, to: 'blog@v1_2' })).rejects.toMatchObject(refusal);
  await up({ ...options, to: 'accounts@latest' });
  await to({ ...options, to: 'blog@v1_2' });
  expect(await tables()).toEqual(['links', 'posts', 'roles', 'tags', 'users']);
  await drop();
});

test('a module that is not there is named with the one that may be meant', async () => {
  const { options, drop } = await bench();
  await expect(to({ ...options, to: 'blgo@v1_0' })).rejects.toMatchObject({
    code: 'module.unknown',
    message: 'there is no module "blgo"; did you mean "blog"?',
  });
  await drop();
});
