import { expect, test } from 'vitest';
import { installModule, listModules } from '../../src/commands/index.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const files = {
  'modules/accounts/001_users.sql': 'CREATE TABLE users (id integer);\n',
  'modules/blog/v1_0/01_posts.sql': '-- lockstep:requires accounts\nCREATE TABLE posts (id integer);\n',
  'modules/blog/v1_1/01_tags.sql': 'CREATE TABLE tags (id integer);\n',
  'modules/shop/001_goods.sql': 'CREATE TABLE goods (id integer);\n',
};

test('a module is installed with what it requires, and nothing else', async () => {
  const { options, tables, drop } = await workbench('sqlite', files);
  const now = async (): Promise<readonly unknown[]> =>
    (await listModules(options)).modules.map(({ name, version, newest, pending, applied }) => [name, version, newest, pending, applied]);
  expect(await now()).toEqual([
    ['accounts', undefined, '001', 1, 0],
    ['blog', undefined, 'v1_1', 2, 0],
    ['shop', undefined, '001', 1, 0],
  ]);
  expect((await installModule({ ...options, name: 'blog' })).done.map(({ id }) => id)).toEqual([
    'accounts/001_users',
    'blog/v1_0/01_posts',
    'blog/v1_1/01_tags',
  ]);
  expect(await tables()).toEqual(['posts', 'tags', 'users']);
  expect(await now()).toEqual([
    ['accounts', '001', '001', 0, 1],
    ['blog', 'v1_1', 'v1_1', 0, 2],
    ['shop', undefined, '001', 1, 0],
  ]);
  expect(await installModule({ ...options, name: 'blog' })).toMatchObject({ done: [], nothing: '0 pending' });
  await drop();
});

test('the program lists modules, installs one, and knows a name that is nearly right', async () => {
  const project = sandbox(files);
  const url = ['--url', 'sqlite:./app.db'];
  const before = await project.run(['module', ...url]);
  expect(before).toMatchObject({ code: 0, stdout: expect.stringMatching(/blog +not installed +2 pending/) });
  expect(await project.run(['module', 'install', 'blgo', ...url])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('did you mean "blog"?'),
  });
  expect(await project.run(['module', 'update', 'blog', ...url])).toMatchObject({ code: 0, stdout: expect.stringContaining('3 applied') });
  expect(await project.run(['module', 'remove', ...url])).toMatchObject({ code: 64 });
});
