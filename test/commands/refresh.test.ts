import { expect, test } from 'vitest';
import { down, refresh, status, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const step = (table: string): string => `-- lockstep:up\nCREATE TABLE ${table} (id integer);\n-- lockstep:down\nDROP TABLE ${table};\n`;
const files = { 'migrations/001_a.sql': step('a'), 'migrations/002_b.sql': step('b'), 'migrations/003_c.sql': step('c') };
const ids = (list: readonly { readonly id: string }[]): readonly string[] => list.map(({ id }) => id);

test('it tells what is new, vanished and changed, writes nothing, and tells the same again', async () => {
  const { options, project, tables, drop } = await workbench('sqlite', files);
  expect(ids((await refresh(options)).new)).toEqual(['001_a', '002_b', '003_c']);
  expect(await tables('own')).toEqual([]);
  await up({ ...options, to: '002' });
  project.remove('migrations/001_a.sql');
  project.write('migrations/002_b.sql', step('bb'));
  project.write('migrations/004_d.sql', step('d'));
  const before = await status(options);
  for (const report of [await refresh(options), await refresh(options)]) {
    expect([ids(report.new), ids(report.vanished), ids(report.changed)]).toEqual([['003_c', '004_d'], ['001_a'], ['002_b']]);
    expect(report.restarted).toBeUndefined();
  }
  expect(await status(options)).toEqual(before);
  await drop();
});

test.each(flavours)('on %s a restart asks before it forgets what is applied; keep-applied forgets only memories', async (flavour) => {
  const { options, tables, query, drop } = await workbench(flavour, files);
  await up(options);
  await down({ ...options, yes: true });
  const kept = await refresh({ ...options, restart: true, keepApplied: true });
  expect([kept.restarted?.kept, ids(kept.restarted?.forgotten ?? [])]).toEqual([2, ['003_c']]);
  expect(ids(kept.new)).toEqual(['003_c']);
  expect((await status(options)).counts).toMatchObject({ applied: 2, pending: 1 });
  await expect(refresh({ ...options, restart: true })).rejects.toMatchObject({ code: 'confirm.needed' });
  const asked: string[] = [];
  const no = (question: { readonly text: string }): Promise<boolean> => Promise.resolve(asked.push(question.text) === 0);
  await expect(refresh({ ...options, restart: true, ask: no })).rejects.toMatchObject({ code: 'confirm.rejected' });
  expect(asked).toEqual(['The history would forget that 2 migrations are applied (001_a, 002_b), and `up` would run them again.']);
  expect((await status(options)).counts).toMatchObject({ applied: 2, pending: 1 });
  const anew = await refresh({ ...options, restart: true, yes: true });
  expect([anew.restarted?.kept, ids(anew.restarted?.forgotten ?? []), ids(anew.new)]).toEqual([
    0,
    ['001_a', '002_b'],
    ['001_a', '002_b', '003_c'],
  ]);
  expect(await tables()).toEqual(['a', 'b']);
  const log = await query(`SELECT migration, detail FROM lockstep_log WHERE detail LIKE 'refresh%' ORDER BY migration`);
  expect(log.map((row) => `${row['migration']}: ${row['detail']}`)).toEqual([
    '001_a: refresh --restart: it was applied',
    '002_b: refresh --restart: it was applied',
    '003_c: refresh --restart: it was reverted',
  ]);
  await drop();
});

test('only the modules that are named begin anew', async () => {
  const { options, drop } = await workbench('sqlite', { ...files, 'modules/blog/001_p.sql': step('p') });
  await up(options);
  const report = await refresh({ ...options, restart: true, yes: true, modules: ['blog'] });
  expect(ids(report.restarted?.forgotten ?? [])).toEqual(['blog/001_p']);
  expect((await status(options)).counts).toMatchObject({ applied: 3, pending: 1 });
  await drop();
});

test('what is half applied is never forgotten', async () => {
  const { options, drop } = await workbench('sqlite', {
    'migrations/001_a.sql': '-- lockstep:no-transaction\nCREATE TABLE a (id integer);\nCREATE TABLE a (id integer);\n',
  });
  await up(options);
  await expect(refresh({ ...options, restart: true, yes: true })).rejects.toMatchObject({ code: 'migration.failed' });
  expect((await refresh({ ...options, restart: true, keepApplied: true })).restarted).toEqual({ forgotten: [], kept: 1 });
  expect((await status(options)).migrations).toMatchObject([{ state: 'failed', partial: true }]);
  await drop();
});

test('the program tells what it found, and needs an answer where it would forget', async () => {
  const project = sandbox({
    'lockstep.config.json': '{ "url": "sqlite:./app.db", "environments": { "live": { "url": "sqlite:./app.db", "protected": true } } }',
    ...files,
  });
  await project.run(['up', '--to', '002']);
  const told = await project.run(['refresh']);
  expect(told).toMatchObject({ code: 0 });
  expect(told.stdout).toContain('1 new, 0 vanished, 0 changed. Nothing was written.');
  expect((await project.run(['refresh', '--keep-applied'])).code).toBe(64);
  expect(await project.run(['refresh', '--restart'])).toMatchObject({ code: 5 });
  expect(await project.run(['refresh', '--restart', '--yes', '--env', 'live'])).toMatchObject({ code: 5 });
  const json = await project.run(['refresh', '--restart', '--env', 'live', '--confirm', 'live', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    data: { database: 'live', restarted: { kept: 0, forgotten: [{ id: '001_a' }, { id: '002_b' }] } },
  });
});
