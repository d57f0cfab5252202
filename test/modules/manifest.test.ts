import { describe, expect, test } from 'vitest';
import { installModule, listModules, status, up } from '../../src/commands/index.ts';
import { cms, cmsAt } from '../support/cms.ts';
import { flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

async function versions({ options }: Workbench): Promise<readonly unknown[]> {
  return (await listModules(options)).modules.map(({ name, version, newest, pending }) => [name, version, newest, pending]);
}

async function recorded({ query }: Workbench): Promise<readonly unknown[]> {
  return (await query('SELECT code, version FROM x_modules')).map(({ code, version }) => `${code} ${version}`);
}

describe.each(flavours)('on %s', (flavour) => {
  test('a module with a manifest is installed at its version, and what its install file holds is covered', async () => {
    const bench = await workbench(flavour, cms('0.0.4'));
    const { options, tables, drop } = bench;
    expect((await installModule({ ...options, name: 'cms' })).done.map(({ id }) => id)).toEqual(['cms/install']);
    expect(await tables()).toEqual(['x_authors', 'x_modules', 'x_pages', 'x_tags']);
    expect(await recorded(bench)).toEqual(['cms 0.0.4']);
    expect(await versions(bench)).toEqual([['cms', '0.0.4', '0.0.4', 0]]);
    expect((await status(options)).migrations.map(({ id, state }) => [id, state])).toEqual([
      ['cms/install', 'applied'],
      ['cms/0.0.2/update.002', 'covered'],
      ['cms/0.0.3/update.003', 'covered'],
      ['cms/0.0.4/update.004', 'covered'],
    ]);
    await drop();
  });

  test('one that was installed at an older version gets the later updates only, in the order of their versions', async () => {
    const bench = await workbench(flavour, cms('0.0.2', { updates: [] }));
    const { options, project, drop } = bench;
    await installModule({ ...options, name: 'cms' });
    expect(await versions(bench)).toEqual([['cms', '0.0.2', '0.0.2', 0]]);
    cmsAt(project, '0.0.4', { updates: ['update.004.mysql.sql', 'update.003.mysql.sql', 'update.002.mysql.sql'] });
    expect(await versions(bench)).toEqual([['cms', '0.0.2', '0.0.4', 2]]);
    expect((await up(options)).done.map(({ id }) => id)).toEqual(['cms/0.0.3/update.003', 'cms/0.0.4/update.004']);
    expect(await recorded(bench)).toEqual(['cms 0.0.4']);
    expect(await versions(bench)).toEqual([['cms', '0.0.4', '0.0.4', 0]]);
    await drop();
  });
});
