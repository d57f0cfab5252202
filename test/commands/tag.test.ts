import { expect, test } from 'vitest';
import { diff, down, plan, tag, to, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const step = (table: string): string => `-- lockstep:up\nCREATE TABLE ${table} (id integer);\n-- lockstep:down\nDROP TABLE ${table};\n`;
const files = { 'migrations/001_a.sql': step('a'), 'migrations/002_b.sql': step('b'), 'migrations/003_c.sql': step('c') };
const ids = (list: readonly { readonly id: string }[]): readonly string[] => list.map(({ id }) => id);

test.each(flavours)('on %s a tag is a target, either way', async (flavour) => {
  const { options, tables, drop } = await workbench(flavour, files);
  expect((await tag({ ...options, name: 'spring', at: '002' })).made).toEqual({ name: 'spring', id: '002_b' });
  expect(ids((await plan({ ...options, to: 'spring' })).steps)).toEqual(['001_a', '002_b']);
  await up({ ...options, to: 'spring' });
  expect(await tables()).toEqual(['a', 'b']);
  await up(options);
  await to({ ...options, to: 'spring', yes: true });
  expect(await tables()).toEqual(['a', 'b']);
  await drop();
});

test('a history in a file, and the comparison of structures, know tags as well', async () => {
  const { options, tables, drop } = await workbench('sqlite', files);
  const config = { history: { file: 'history.yaml' } };
  await tag({ ...options, name: 'spring', at: '001_a' });
  await up({ ...options, config });
  await to({ ...options, config, to: 'spring', yes: true });
  expect(await tables()).toEqual(['a']);
  const report = await diff({ ...options, from: 'migrations@spring', to: 'migrations' });
  expect(report.changes).toMatchObject([{ table: { name: { name: 'b' } } }, { table: { name: { name: 'c' } } }]);
  await drop();
});

test('a state ends with what was the last then, whatever is added behind it', async () => {
  const { options, project, drop } = await workbench('sqlite', files);
  await tag({ ...options, name: 'release-2.1' });
  project.write('migrations/004_d.sql', step('d'));
  expect(ids((await plan({ ...options, to: 'release-2.1' })).steps)).toEqual(['001_a', '002_b', '003_c']);
  await drop();
});

test('a name that could mean something else is refused', async () => {
  const { options, drop } = await workbench('sqlite', {
    ...files,
    'migrations/004_spring.sql': step('d'),
    'modules/blog/001_p.sql': step('p'),
  });
  const refused = [
    'latest',
    'Latest',
    'first',
    'zero',
    'v2.1',
    '2.1',
    '002',
    '20260101',
    'a',
    'spr',
    'spring',
    'blog',
    'x@y',
    'two words',
    '-n',
    '',
    '__proto__',
  ];
  for (const name of refused) {
    await expect(tag({ ...options, name }), name).rejects.toMatchObject({ code: 'tag.name' });
  }
  for (const at of ['prev', 'next', '+1', '-1', 'zero', 'blog@next']) {
    await expect(tag({ ...options, name: 'mine', at }), at).rejects.toMatchObject({ code: 'usage.invalid-value' });
  }
  await expect(tag({ ...options, name: 'mine', at: '9' })).rejects.toMatchObject({ code: 'ref.unknown' });
  expect(await tag(options)).toEqual({ tags: [] });
  await drop();
});

test('a tag is never moved in passing; it is removed, and one that is unknown has a suggestion', async () => {
  const { options, drop } = await workbench('sqlite', files);
  await tag({ ...options, name: 'summer', at: '002' });
  await tag({ ...options, name: 'constructor', at: '001' });
  await expect(tag({ ...options, name: 'summer' })).rejects.toMatchObject({ code: 'tag.exists' });
  await expect(up({ ...options, to: 'sumner' })).rejects.toMatchObject({ code: 'ref.unknown', message: /did you mean "summer"/ });
  await expect(tag({ ...options, name: 'sumner', remove: true })).rejects.toMatchObject({ code: 'tag.unknown', message: /"summer"/ });
  await up(options);
  await expect(down({ ...options, id: 'summer', yes: true })).rejects.toMatchObject({ message: /is a tag/ });
  const removed = await tag({ ...options, name: 'summer', remove: true });
  expect([removed.removed?.id, removed.tags]).toEqual(['002_b', [{ name: 'constructor', id: '001_a' }]]);
  await expect(to({ ...options, to: 'summer', yes: true })).rejects.toMatchObject({ code: 'ref.unknown' });
  await drop();
});

test('a tag that leads nowhere, or that a migration is called as well, moves nothing', async () => {
  const { options, project, tables, drop } = await workbench('sqlite', files);
  await tag({ ...options, name: 'spring', at: '002' });
  project.write('migrations/004_spring.sql', step('d'));
  await expect(up({ ...options, to: 'spring' })).rejects.toMatchObject({ code: 'ref.ambiguous' });
  project.remove('migrations/004_spring.sql');
  project.remove('migrations/002_b.sql');
  expect((await tag(options)).tags).toEqual([{ name: 'spring', id: '002_b', lost: true }]);
  for (const move of [up, to, plan]) await expect(move({ ...options, to: 'spring' })).rejects.toMatchObject({ code: 'tag.lost' });
  await expect(diff({ ...options, from: 'migrations@spring', to: 'migrations' })).rejects.toMatchObject({ code: 'tag.lost' });
  project.write('lockstep.tags.json', '{ "latest": "001_a" }');
  await expect(up(options)).rejects.toMatchObject({ code: 'tag.file' });
  expect(await tables()).toEqual([]);
  await drop();
});

test('the program names states, lists them and goes there', async () => {
  const project = sandbox({ 'lockstep.config.json': '{ "url": "sqlite:./app.db" }', ...files });
  expect(await project.run(['tag'])).toMatchObject({ code: 0, stdout: 'There are no tags.\n' });
  expect((await project.run(['tag', 'spring', '002'])).stdout).toContain('spring is the state up to 002_b.');
  expect(await project.run(['tag', 'spring'])).toMatchObject({ code: 64 });
  expect(await project.run(['up', '--to', 'spring'])).toMatchObject({ code: 0 });
  expect(JSON.parse((await project.run(['status', '--json'])).stdout)).toMatchObject({ data: { counts: { applied: 2, pending: 1 } } });
  expect(JSON.parse((await project.run(['tag', '--json'])).stdout)).toMatchObject({ data: { tags: [{ name: 'spring', id: '002_b' }] } });
  expect((await project.run(['tag', 'spring', '--remove'])).stdout).toContain('spring is no tag any more');
  expect(await project.run(['to', 'spring', '--yes'])).toMatchObject({ code: 64 });
});
