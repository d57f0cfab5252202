import { expect, test } from 'vitest';
import { checkModules, installModule, listModules, newMigration, uninstallModule, up } from '../../src/commands/index.ts';
import { cms, cmsAt } from '../support/cms.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const url = ['--url', 'sqlite:./app.db'];

test('the program installs, updates and uninstalls a module by its manifest, and says what it did', async () => {
  const project = sandbox(cms('0.0.2'));
  const run = (...words: string[]) => project.run([...words, ...url]);
  expect(await run('module', 'install', 'cms')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/cms\/install +modules\/cms\/data\/install\.sqlite\.sql +4 statements[\s\S]*cms is at 0\.0\.2\./),
  });
  expect(await run('module', 'install', 'cms')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('cms 0.0.2 is already installed.'),
  });
  expect(await run('module', 'install', 'cms', '--strict')).toMatchObject({ code: 1 });
  cmsAt(project, '0.0.4');
  expect(await run('module', 'update', 'cms')).toMatchObject({ code: 0, stdout: expect.stringContaining('cms is at 0.0.4.') });
  expect(await run('module', 'update', 'cms')).toMatchObject({ code: 0, stdout: expect.stringContaining('cms 0.0.4 is current.') });
  expect(await run('module', 'uninstall', 'cms')).toMatchObject({ code: 5, stderr: expect.stringContaining('--yes') });
  expect(await run('module', 'uninstall', 'cms', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/table x_tags \(1 row\)[\s\S]*cms 0\.0\.4 is uninstalled: 4 statements\./),
  });
  expect(await run('module', 'uninstall', 'cms', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('cms is not installed'),
  });
  expect(await run('install')).toMatchObject({ code: 0, stdout: expect.stringContaining('has a history already') });
});

test('a database is built from nothing by one command', async () => {
  const project = sandbox({
    ...cms('0.0.4', { more: '<requirements><framework>1.2</framework><accounts/></requirements>' }),
    'lockstep.config.js': "export default { modules: ['modules/cms', 'modules/accounts'], provides: { framework: '1.2.0' } };\n",
    'modules/accounts/001_users.sql': 'CREATE TABLE users (id integer);\n',
  });
  const built = await project.run(['install', '--json', ...url]);
  expect(JSON.parse(built.stdout)).toMatchObject({
    data: { fresh: true, done: [{ id: 'accounts/001_users' }, { id: 'cms/install', version: '0.0.4' }] },
  });
});

test.each([
  ['lower', "provides: { framework: '1.1.9' }", 'and the newest version of framework is 1.1.9'],
  ['absent', '', 'which is not there'],
])('a version that a manifest requires and that is %s is refused before anything runs', async (_, provides, why) => {
  const project = sandbox({
    ...cms('0.0.4', { more: '<requirements><framework>1.2</framework></requirements>' }),
    'lockstep.config.js': `export default { ${provides} };\n`,
  });
  expect(await project.run(['module', 'install', 'cms', ...url])).toMatchObject({ code: 65, stderr: expect.stringContaining(why) });
});

test('updates that stand as elements of their own all run', async () => {
  const bench = await workbench('sqlite', cms('0.0.2', { bare: true }));
  await installModule({ ...bench.options, name: 'cms' });
  cmsAt(bench.project, '0.0.4', { bare: true });
  expect((await up(bench.options)).done.map(({ id }) => id)).toEqual(['cms/0.0.3/update.003', 'cms/0.0.4/update.004']);
  await bench.drop();
});

const chain = (versions: readonly string[], manifestVersion: string): Readonly<Record<string, string>> => ({
  'modules/shop/lockstep.module.yaml': `version: ${manifestVersion}\ninstall: install.sql\nupdates:\n${versions
    .map((one) => `  - update.${one}.sql\n`)
    .join('')}uninstall: uninstall.sql\n`,
  'modules/shop/data/install.sql': 'CREATE TABLE built (id integer);\n',
  'modules/shop/data/uninstall.sql': 'DROP TABLE built;\n',
  ...Object.fromEntries(
    versions.map((one) => [`modules/shop/data/update.${one}.sql`, `CREATE TABLE t${one.replaceAll('.', '_')} (id integer);\n`]),
  ),
});

test.each([
  ['0.0.9', '0.0.10', '0.0.10', ['shop/0.0.10/update.0.0.10']],
  ['1.9', '1.10', '1.10', ['shop/1.10/update.1.10']],
  ['0.9.9', '1.0.0', '1.0.0', ['shop/1.0.0/update.1.0.0']],
  ['1.0.10', '1.1.0', '110', ['shop/1.1.0/update.110']],
  ['0.0.3', '0.0.4', '003', []],
])('a module installed at %s whose manifest goes to %s with update.%s runs what is newer', async (from, to, name, expected) => {
  const bench = await workbench('sqlite', chain([], from));
  await installModule({ ...bench.options, name: 'shop' });
  for (const [path, text] of Object.entries(chain([name], to))) bench.project.write(path, text);
  expect((await up(bench.options)).done.map(({ id }) => id)).toEqual(expected);
  await bench.drop();
});

test('a module that is there by other hands is taken over at its version, and only later updates run', async () => {
  const bench = await workbench('sqlite', cms('0.0.4'));
  const { options, query } = bench;
  await query('CREATE TABLE x_modules (code varchar(20), version varchar(20), installed_at varchar(30))');
  await query("INSERT INTO x_modules VALUES ('cms', '0.0.2', '')");
  await expect(installModule({ ...options, name: 'cms', as: '0.0.5' })).rejects.toMatchObject({ code: 'usage.invalid-value' });
  expect(await installModule({ ...options, name: 'cms', as: '0.0.2' })).toMatchObject({ done: [], version: '0.0.2' });
  expect((await up(options)).done.map(({ id }) => id)).toEqual(['cms/0.0.3/update.003', 'cms/0.0.4/update.004']);
  await expect(installModule({ ...options, name: 'cms', as: '0.0.2' })).rejects.toMatchObject({ code: 'usage.invalid-value' });
  await bench.drop();
});

test('everything in which a manifest and its files contradict each other is found', async () => {
  const files = cms('0.0.4');
  const project = sandbox({
    ...files,
    'modules/cms/info.xml': (files['modules/cms/info.xml'] ?? '')
      .replace('<version>0.0.4<', '<version>0.0.10<')
      .replace(
        '        <filename>update.003.mysql.sql</filename>',
        '        <filename>update.002.mysql.sql</filename>\n        <filename>update.005.mysql.sql</filename>',
      )
      .replace('<uninstall>', '<update>update.1111.sql</update>\n      <uninstall>'),
    'modules/cms/data/update.004.pgsql.sql': '',
    'modules/old/v1.0/01_a.sql': 'CREATE TABLE a (id integer);\n',
    'modules/bad/info.xml': '<?xml version="1.0"?>\n<module>\n  <version>1.0</verison>\n</module>\n',
    'lockstep.config.js': 'export default {};\n',
  });
  project.remove('modules/cms/data/update.004.pgsql.sql');
  const { code, stdout } = await project.run(['module', 'check', '--json', ...url]);
  expect(code).toBe(1);
  const { modules } = (JSON.parse(stdout) as { data: Awaited<ReturnType<typeof checkModules>> }).data;
  const told = Object.fromEntries(
    modules.map(({ name, problems }) => [name, problems.map(({ message, file, line }) => `${file}:${line} ${message}`)]),
  );
  expect(told['cms']).toEqual([
    expect.stringMatching(/info\.xml:\d+ updates are listed in two spellings/),
    expect.stringMatching(/info\.xml:\d+ "update\.002\.mysql\.sql" is listed twice, first in line \d+/),
    expect.stringMatching(/"update\.005\.mysql\.sql" is listed and not there; searched for: update\.005\.sqlite\.sql/),
    expect.stringMatching(/"update\.1111\.sql" is listed and not there/),
    expect.stringMatching(/the version of "update\.1111\.sql" is not known: "1111" cannot|the version of "update\.1111\.sql" is not known/),
    expect.stringMatching(/no file for postgres, which other files of the module have: update\.004\.postgres\.sql/),
    expect.stringMatching(/update\.003\.mysql\.sql:1 "data\/update\.003\.mysql\.sql" is there and the manifest does not list it/),
    expect.stringMatching(/update\.003\.pgsql\.sql/),
    expect.stringMatching(/update\.003\.sqlite\.sql/),
  ]);
  expect(told['old']).toEqual([expect.stringContaining('the folder "v1.0" is no label of a version')]);
  expect(told['bad']).toEqual([expect.stringMatching(/^modules\/bad\/info\.xml:3 <\/verison> closes nothing here/)]);
});

test('a version that is not the one of the highest update is found, and a good manifest is not complained of', async () => {
  const { options, project, drop } = await workbench('sqlite', cms('0.0.4'));
  expect(await checkModules(options)).toMatchObject({ found: 0, modules: [{ name: 'cms', version: '0.0.4', problems: [] }] });
  project.write('modules/cms/info.xml', (cms('0.0.4')['modules/cms/info.xml'] ?? '').replace('<version>0.0.4', '<version>0.0.7'));
  expect((await checkModules({ ...options, name: 'cms' })).modules[0]?.problems).toMatchObject([
    { message: "the manifest's version is 0.0.7, and its highest update leads to 0.0.4", line: 6 },
  ]);
  await drop();
});

test('an update is written for each engine, and the manifest lists it and keeps everything else', async () => {
  const { options, project, drop } = await workbench('sqlite', cms('0.0.4'));
  const before = project.read('modules/cms/info.xml');
  await expect(newMigration({ ...options, name: 'more', modules: ['cms'] })).rejects.toMatchObject({ code: 'confirm.needed' });
  expect(await newMigration({ ...options, name: 'more', modules: ['cms'], yes: true })).toMatchObject({
    id: 'cms/0.0.5/update.005',
    files: ['mysql', 'pgsql', 'sqlite'].map((engine) => `modules/cms/data/update.005.${engine}.sql`),
    manifest: 'modules/cms/info.xml',
  });
  expect(project.read('modules/cms/info.xml')).toBe(
    before
      .replace('<version>0.0.4<', '<version>0.0.5<')
      .replace('update.004.mysql.sql</filename>\n', 'update.004.mysql.sql</filename>\n        <filename>update.005.mysql.sql</filename>\n'),
  );
  await newMigration({ ...options, name: 'far', modules: ['cms'], version: '0.0.10', yes: true });
  expect((await listModules(options)).modules).toMatchObject([{ name: 'cms', newest: '0.0.10' }]);
  await expect(newMigration({ ...options, name: 'old', modules: ['cms'], version: '0.0.9', yes: true })).rejects.toMatchObject({
    code: 'usage.invalid-value',
  });
  await drop();
});

test.each([
  [
    'lockstep.module.yaml',
    '# ours\nversion: 1.9 # so far\nupdates:\n  - update.1.8.sql   # old\n  - update.1.9.sql\n',
    '  - update.1.10.sql\n',
  ],
  ['lockstep.module.yaml', 'version: "1.9"\nupdates: [update.1.8.sql, update.1.9.sql]\n', 'update.1.10.sql,'],
  [
    'lockstep.module.yaml',
    'version: 1.9\nupdates:\n  - { file: update.1.8.sql }\n  - file: update.1.9.sql\n    version: 1.9\n',
    '  - update.1.10.sql\n',
  ],
  ['lockstep.module.yaml', 'version: 1.9\ninstall: install.sql\n', 'updates:\n  - update.1.10.sql\n'],
  [
    'lockstep.module.json',
    '{\n  "version": "1.9",\n  "updates": [\n    "update.1.8.sql",\n    "update.1.9.sql"\n  ]\n}\n',
    '    "update.1.10.sql",\n',
  ],
])('%s gets an update, and is the same but for that and the version', async (name, text, added) => {
  const { options, project, drop } = await workbench('sqlite', {
    [`modules/shop/${name}`]: text,
    'modules/shop/data/install.sql': 'SELECT 1;\n',
    'modules/shop/data/update.1.8.sql': 'SELECT 1;\n',
    'modules/shop/data/update.1.9.sql': 'SELECT 1;\n',
  });
  await newMigration({ ...options, name: 'next', modules: ['shop'], yes: true });
  const now = project.read(`modules/shop/${name}`);
  expect(now).toContain(added);
  expect(
    now
      .replace(added, '')
      .replace('1.10', '1.9')
      .replace(/, +update/g, ', update')
      .replace('[ ', '['),
  ).toBe(text);
  await drop();
});

test('what was there before a failed install is kept, where the engine cannot roll back', async () => {
  const bench = await workbench('mariadb', cms('0.0.4'));
  const { options, query, tables, drop } = bench;
  await query('CREATE TABLE x_tags (id integer)');
  await query('INSERT INTO x_tags VALUES (7)');
  const report = await installModule({ ...options, name: 'cms' });
  expect(report.failures.map(({ code }) => code)).toEqual(['migration.failed', 'module.not-undone']);
  expect(report.failures[1]?.message).toContain('x_tags was there before');
  expect(report.version).toBeUndefined();
  expect(await tables()).toEqual(['x_tags']);
  expect(await query('SELECT id FROM x_tags')).toMatchObject([{ id: 7 }]);
  await drop();
});

test('a module is kept that its manifest keeps, or that another one requires', async () => {
  const files = { ...cms('0.0.2'), 'lockstep.config.js': 'export default {};\n' };
  const { options, project, drop } = await workbench('sqlite', {
    ...files,
    'modules/blog/001_posts.sql': '-- lockstep:requires cms\nCREATE TABLE posts (id integer);\n',
  });
  await up(options);
  const uninstall = { ...options, name: 'cms', yes: true };
  await expect(uninstallModule(uninstall)).rejects.toMatchObject({
    code: 'module.kept',
    message: expect.stringContaining('required by blog'),
  });
  project.remove('modules/blog/001_posts.sql');
  cmsAt(project, '0.0.2', { more: '<removable>false</removable>' });
  project.write('lockstep.config.js', 'export default {};\n');
  await expect(uninstallModule(uninstall)).rejects.toMatchObject({ code: 'module.kept', message: expect.stringContaining('its manifest') });
  await drop();
});

test('a statement of the uninstall file that fails is told, and the module is not half there', async () => {
  const bench = await workbench('mariadb', cms('0.0.2'));
  const { options, query, tables, drop } = bench;
  await installModule({ ...options, name: 'cms' });
  await query('DROP TABLE x_authors');
  const stopped = await uninstallModule({ ...options, name: 'cms', yes: true });
  expect(stopped.failed).toMatchObject([{ id: 'cms/install', partial: true }]);
  expect(await query("SELECT state, direction FROM lockstep_history WHERE id = 'cms/install'")).toEqual([
    { state: 'failed', direction: 'down' },
  ]);
  await expect(up(options)).rejects.toMatchObject({ code: 'migration.failed' });
  await query('CREATE TABLE x_authors (id integer)');
  expect((await uninstallModule({ ...options, name: 'cms', yes: true })).failed).toEqual([]);
  expect(await tables()).toEqual([]);
  await installModule({ ...options, name: 'cms' });
  await query('DROP TABLE x_authors');
  expect(await uninstallModule({ ...options, name: 'cms', yes: true, onError: 'ignore' })).toMatchObject({ failed: [] });
  expect(await tables()).toEqual([]);
  expect((await listModules(options)).modules).toMatchObject([{ name: 'cms', pending: 1 }]);
  await drop();
});
