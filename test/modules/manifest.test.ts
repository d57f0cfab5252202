import { describe, expect, test } from 'vitest';
import { installModule, listModules, status, uninstallModule, up } from '../../src/commands/index.ts';
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

  test('it is uninstalled by its own file, is not called installed by anything, and can be installed again', async () => {
    const bench = await workbench(flavour, cms('0.0.2', { updates: [] }));
    const { options, project, query, tables, drop } = bench;
    await installModule({ ...options, name: 'cms' });
    cmsAt(project, '0.0.4');
    await up(options);
    await expect(uninstallModule({ ...options, name: 'cms' })).rejects.toMatchObject({
      code: 'confirm.needed',
      details: { data: { losses: ['table x_tags (1 row)', 'table x_modules (1 row)'] } },
    });
    expect(await uninstallModule({ ...options, name: 'cms', yes: true })).toMatchObject({ module: 'cms', version: '0.0.4', failed: [] });
    expect(await tables()).toEqual([]);
    expect(await versions(bench)).toEqual([['cms', undefined, '0.0.4', 1]]);
    const rows = await query('SELECT state FROM lockstep_history ORDER BY id');
    expect(rows.map(({ state }) => state)).toEqual(['reverted', 'reverted', 'reverted']);
    expect(await query("SELECT event, migration FROM lockstep_log WHERE event = 'uninstall'")).toEqual([
      { event: 'uninstall', migration: 'cms/install' },
    ]);
    expect(await uninstallModule({ ...options, name: 'cms', yes: true })).toMatchObject({ nothing: 'cms is not installed' });
    await installModule({ ...options, name: 'cms' });
    expect(await versions(bench)).toEqual([['cms', '0.0.4', '0.0.4', 0]]);
    expect(await tables()).toEqual(['x_authors', 'x_modules', 'x_pages', 'x_tags']);
    await drop();
  });

  test('an install file that fails leaves nothing of the module, and runs again when it is corrected', async () => {
    const broken = cms('0.0.4');
    const names = Object.keys(broken).filter((path) => path.includes('/install.'));
    const bench = await workbench(flavour, {
      ...broken,
      ...Object.fromEntries(
        names.map((path) => [
          path,
          `${broken[path]}INSERT INTO <DB_PREFIX>nothing VALUES (1);
`,
        ]),
      ),
    });
    const { options, project, tables, drop } = bench;
    const report = await installModule({ ...options, name: 'cms' });
    expect(report.failed).toMatchObject([{ id: 'cms/install', partial: false }]);
    expect(report.failures).toHaveLength(1);
    expect(report.version).toBeUndefined();
    expect(await tables()).toEqual([]);
    cmsAt(project, '0.0.4');
    expect(await installModule({ ...options, name: 'cms' })).toMatchObject({ version: '0.0.4', failed: [] });
    await drop();
  });

  test('an update that fails stops there: those before it are recorded, and a later run goes on', async () => {
    const bench = await workbench(flavour, cms('0.0.2'));
    const { options, project, drop } = bench;
    await installModule({ ...options, name: 'cms' });
    const files = cms('0.0.4');
    for (const [path, text] of Object.entries(files))
      project.write(
        path,
        path.includes('update.004')
          ? `SELECT nothing FROM nowhere;
${text}`
          : text,
      );
    expect((await up(options)).failed).toMatchObject([{ id: 'cms/0.0.4/update.004' }]);
    expect(await versions(bench)).toEqual([['cms', '0.0.3', '0.0.4', 1]]);
    cmsAt(project, '0.0.4');
    expect((await up(options)).done.map(({ id }) => id)).toEqual(['cms/0.0.4/update.004']);
    expect(await recorded(bench)).toEqual(['cms 0.0.4']);
    await drop();
  });
});
