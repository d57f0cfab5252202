import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newMigration, plan, status, to, up } from '../../src/commands/index.ts';
import type { Config } from '../../src/config/index.ts';
import type { Source } from '../../src/contracts/index.ts';
import { flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

const table = (name: string): string => `CREATE TABLE ${name} (id integer);\n`;
/** A source of somebody else: two files that lie nowhere. */
const elsewhere: Source = {
  name: 'elsewhere',
  list: () =>
    Promise.resolve([
      { path: 'elsewhere/0.0.6_six.sql', text: table('six'), folders: [], name: 'v0.0.6_six.sql', module: 'elsewhere' },
      {
        path: 'elsewhere/0.0.12_twelve.yaml',
        text: 'up:\n  - createTable: { name: twelve, columns: [ { name: id, type: integer } ] }\n',
        folders: [],
        name: 'v0.0.12_twelve.yaml',
        module: 'elsewhere',
      },
    ]),
};
const files = {
  'migrations/v0.0.1_one.sql': table('one'),
  'migrations/v0.0.7_seven.ini': '[up.1.createTable]\nname = seven\ncolumns.id.type = integer\n',
  'team/b/v0.0.2_two.yaml': 'up:\n  - createTable: { name: two, columns: [ { name: id, type: integer } ] }\n',
  'team/c/v0.0.10_ten.sql': table('ten'),
  'modules/cms/lockstep.module.yaml':
    'module: cms\nname: Content\nversion: 0.0.11\nupdates:\n  - update.0.0.3.sql\n  - { file: more.sql, version: 0.0.11 }\n',
  'modules/cms/update.0.0.3.sql': table('three'),
  'modules/cms/more.sql': table('eleven'),
  'modules/blog/v0.0.5_five.ts':
    "import { migration } from 'lockstep';\nexport default migration({ async up({ schema }) { schema.createTable('five', { columns: [{ name: 'id', type: 'integer' }] }); } });\n",
};
const inPackage = {
  'node_modules/shop-base/package.json':
    '{ "name": "shop-base", "version": "1.0.0", "lockstep": { "module": "shop", "migrations": "sql" } }',
  'node_modules/shop-base/sql/v0.0.4_four.sql': table('four'),
};
const config: Config = {
  order: 'interleaved',
  migrations: ['migrations', 'team/**/*.{sql,yaml}'],
  modules: ['modules/*', 'shop-base'],
  sources: [elsewhere],
};

async function bench(flavour: (typeof flavours)[number]): Promise<Workbench> {
  const made = await workbench(flavour, files);
  for (const [path, text] of Object.entries(inPackage)) {
    mkdirSync(dirname(join(made.project.folder, path)), { recursive: true });
    writeFileSync(join(made.project.folder, path), text);
  }
  return made;
}

describe.each(flavours)('on %s', (flavour) => {
  test('folder, pattern, manifest, package and a source of somebody else stand in one order', async () => {
    const { options, tables, drop } = await bench(flavour);
    const report = await up({ ...options, config });
    expect(report.failures).toEqual([]);
    const order = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'ten', 'eleven', 'twelve'];
    expect(report.done.map(({ id }) => id).map((id) => order.find((name) => id.includes(`_${name}`)) ?? id)).toEqual(
      order.map((name) => ({ three: 'cms/0.0.3/update.0.0.3', eleven: 'cms/0.0.11/more' })[name] ?? name),
    );
    expect(await tables()).toEqual([...order].sort());
    expect(await status({ ...options, config })).toMatchObject({ upToDate: true, problems: [] });
    await drop();
  });
});

const two = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  'modules/a/001_x.sql': table('x'),
  'modules/a/003_z.sql': table('z'),
  'modules/b/002_y.sql': table('y'),
  ...more,
});
const shared: Config = { order: 'interleaved' };

test('two teams share one sequence: what is older than the newest of either is late, and a number is that of either', async () => {
  const { options, project, drop } = await workbench('sqlite', two());
  expect((await to({ ...options, config: shared, to: '2' })).done.map(({ id }) => id)).toEqual(['a/001_x', 'b/002_y']);
  await up({ ...options, config: shared });
  project.write('modules/b/0025_w.sql', table('w'));
  expect((await status({ ...options, config: shared })).counts).toMatchObject({ pending: 1, late: 0 });
  project.remove('modules/b/0025_w.sql');
  project.write('modules/b/0_w.sql', table('w'));
  expect((await status({ ...options, config: shared })).counts).toMatchObject({ pending: 1, late: 1 });
  await drop();
});

test('a new migration counts on where the teams are together', async () => {
  const { options, project, drop } = await workbench('sqlite', two());
  expect(await newMigration({ ...options, config: shared, name: 'more', modules: ['b'] })).toMatchObject({
    file: 'modules/b/004_more.sql',
  });
  project.write('modules/c/lockstep.module.yaml', 'module: c\nname: C\nversion: 1\n');
  expect(await newMigration({ ...options, config: shared, name: 'first', modules: ['c'] })).toMatchObject({
    file: 'modules/c/005_first.sql',
  });
  await drop();
});

test('what requires a later number waits for it, and a list of migrations has its order, too', async () => {
  const { options, drop } = await workbench('sqlite', two({ 'modules/b/002_y.sql': `-- lockstep:requires a@3\n${table('y')}` }));
  expect((await plan({ ...options, config: shared })).steps.map(({ id }) => id)).toEqual(['a/001_x', 'a/003_z', 'b/002_y']);
  const migrations = [
    { name: '002_q', module: 'one', sql: table('q') },
    { name: '001_p', module: 'two', sql: table('p') },
  ];
  expect((await up({ ...options, config: shared, migrations })).done.map(({ id }) => id)).toEqual(['two/001_p', 'one/002_q']);
  await drop();
});

test.each([
  [
    'modules/b/003_other.sql',
    'version.claimed-twice',
    /claim version 003 of the one order: "modules\/a\/003_z\.sql" and "modules\/b\/003_other\.sql"/,
  ],
  ['modules/c/v1_2/01_c.sql', 'order.mixed-schemes', /a has sequence.*c has version/],
])('%s is refused before anything runs: %s', async (path, code, message) => {
  const { options, tables, drop } = await workbench('sqlite', two({ [path]: table('c') }));
  await expect(up({ ...options, config: shared })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await tables('own')).toEqual([]);
  await drop();
});
