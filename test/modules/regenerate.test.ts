import { describe, expect, test } from 'vitest';
import { dumpModule, status, up, verifyInstallers } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

/** A module in four versions beside the one that it requires and whose table it widens. */
const files = {
  'modules/users/v1_0/01_users.sql': '-- lockstep:up\nCREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);\n',
  'modules/blog/v1_0/01_pages.sql':
    '-- lockstep:requires users@>=v1_0\n-- lockstep:up\nCREATE TABLE pages (id integer NOT NULL PRIMARY KEY, author integer, CONSTRAINT pages_author FOREIGN KEY (author) REFERENCES users (id));\n',
  'modules/blog/v1_1/01_title.yaml':
    'up:\n  - addColumn: { table: pages, name: title, type: varchar(80) }\n  - createIndex: { table: pages, name: pages_by_title, columns: [title] }\n',
  'modules/blog/v1_2/01_settings.sql':
    "-- lockstep:up\nCREATE TABLE settings (name varchar(40) NOT NULL PRIMARY KEY, value varchar(40));\nINSERT INTO settings VALUES ('colour', 'blue'), ('size', '3');\nALTER TABLE users ADD COLUMN pages integer;\n",
  'modules/blog/v1_3/01_tags.sql': '-- lockstep:up\nCREATE TABLE tags (id integer NOT NULL PRIMARY KEY, tag varchar(20));\n',
};
const filling = "INSERT INTO settings VALUES ('colour', 'blue'), ('size', '3');\n";
const output = 'modules/blog/install.sql';
const kept = `-- lockstep:keep\n-- the presets\n${filling}-- lockstep:end-keep\n`;
const covering = ['blog/v1_0/01_pages', 'blog/v1_1/01_title', 'blog/v1_2/01_settings'];

test.each(flavours)('on %s an installer makes what the migrations make, and later versions follow', async (flavour) => {
  const { options: own, drop } = await workbench(flavour, {
    ...files,
    [output]: `-- lockstep:installer covers=v1_1\nDROP TABLE x;\n${kept}`,
  });
  // A connection that is handed in cannot make scratch databases beside it.
  const { driver: _, ...rest } = own;
  const options = flavour === 'pglite' ? { ...rest, url: 'pglite::memory:' } : own;
  const dumped = await dumpModule({ ...options, module: 'blog', covers: 'v1_2', output });
  expect(dumped).toMatchObject({
    covers: 'v1_2',
    covered: covering,
    requires: ['users@>=v1_0'],
    foreign: ['table users: addColumn'],
    rows: [],
  });
  expect(dumped.text).toMatch(/^-- lockstep:installer covers=v1_2\n-- lockstep:requires users@>=v1_0\n/);
  expect(dumped.text).not.toContain('DROP TABLE x');
  for (const name of ['pages_by_title', 'pages_author']) expect(dumped.text).toContain(name);
  if (flavour !== 'pglite') expect(await verifyInstallers(options)).toMatchObject({ problems: [], whole: 'same' });
  await up(own);
  expect((await status(own)).migrations.filter(({ module }) => module === 'blog').map(({ id, state }) => `${id} ${state}`)).toEqual([
    'blog/install applied',
    ...covering.map((id) => `${id} covered`),
    'blog/v1_3/01_tags applied',
  ]);
  await drop();
});

describe('on sqlite', () => {
  test('rows are told and not written, and what is written by hand stays', async () => {
    const { options, project, drop } = await workbench('sqlite', files);
    const dumped = await dumpModule({ ...options, module: 'blog', covers: 'v1_2', output });
    expect(dumped).toMatchObject({
      rows: [{ table: 'settings', wanted: 2, found: 0 }],
      fills: [{ migration: 'blog/v1_2/01_settings', place: { file: 'modules/blog/v1_2/01_settings.sql', line: 3 } }],
    });
    expect(await verifyInstallers(options)).toMatchObject({
      problems: [{ code: 'installer.differs', message: expect.stringContaining('~ rows of settings (2') }],
    });
    const byHand = dumped.text.replace('-- lockstep:keep\n-- lockstep:end-keep\n', kept);
    project.write(output, byHand);
    expect(await dumpModule({ ...options, module: 'blog', covers: 'v1_2', output })).toMatchObject({ rows: [], text: byHand });
    const newer = await dumpModule({ ...options, module: 'blog', output });
    expect(newer.text).toContain(kept);
    expect(newer.text).toMatch(/covers=v1_3[\s\S]*tags/);
    expect(project.read(output)).toBe(newer.text);
    await drop();
  });

  test('a drift by hand is found, and exits with 1', async () => {
    const { options, project, drop } = await workbench('sqlite', files);
    await dumpModule({ ...options, module: 'blog', covers: 'v1_2', output });
    project.write(
      output,
      project.read(output).replace('-- lockstep:keep\n', `ALTER TABLE pages ADD COLUMN secret integer;\n${filling}-- lockstep:keep\n`),
    );
    const url = options.url ?? '';
    const said = await project.run(['verify', '--installer', '--module', 'blog', '--url', url]);
    expect(said).toMatchObject({ code: 1, stdout: expect.stringContaining('+ column pages.secret') });
    expect(said.stderr).toContain(`lockstep dump --module blog --covers v1_2 -o ${output}`);
    const dumped = await project.run(['dump', '--module', 'blog', '--covers', 'v1_1', '-o', output, '--url', url]);
    expect(dumped).toMatchObject({ code: 0, stdout: expect.stringContaining('blog up to v1_1: 2 migrations') });
    expect(await project.run(['verify', '--installer', '--url', url])).toMatchObject({ code: 0 });
    await drop();
  });

  test.each(['ts', 'js', 'yaml', 'json', 'xml', 'ini'])('an installer may be written as %s', async (format) => {
    const { options, project, tables, drop } = await workbench('sqlite', files);
    const file = `modules/blog/install.${format}`;
    await dumpModule({ ...options, module: 'blog', covers: 'v1_3', format, output: file });
    expect((await up(options)).done.map(({ id }) => id)).toEqual(['users/v1_0/01_users', 'blog/install']);
    expect(await tables()).toEqual(['pages', 'settings', 'tags', 'users']);
    const again = dumpModule({ ...options, module: 'blog', covers: 'v1_3', format, output: file });
    await expect(again).rejects.toMatchObject({ code: 'usage.invalid-value', message: expect.stringContaining('only kept in SQL') });
    expect(project.read(file)).toContain('v1_3');
    await drop();
  });

  test('what cannot be an installer is refused, and no file is touched', async () => {
    const { options, project, drop } = await workbench('sqlite', {
      ...files,
      [output]: '-- lockstep:installer covers=v1_0\n-- all by hand\nCREATE TABLE pages (id integer);\n',
      'modules/users/v1_1/01_back.sql': '-- lockstep:requires blog@>=v1_0\nCREATE TABLE authors (id integer);\n',
      'modules/blog/v1_4/01_authors.sql': '-- lockstep:requires users@>=v1_1\nCREATE TABLE x (id integer);\n',
      'modules/greedy/v1/01_take.sql': '-- lockstep:requires users\nALTER TABLE users DROP COLUMN name;\n',
    });
    const before = project.read(output);
    const dumping = (module: string, covers: string): Promise<unknown> => dumpModule({ ...options, module, covers, output });
    await expect(dumping('blog', 'v1_2')).rejects.toMatchObject({
      code: 'usage.invalid-value',
      message: expect.stringContaining('by hand'),
    });
    await expect(dumping('blog', 'v9')).rejects.toMatchObject({ code: 'usage.invalid-value', message: expect.stringContaining('v1_3') });
    await expect(dumping('blgo', 'v9')).rejects.toMatchObject({ code: 'module.unknown' });
    await expect(dumping('blog', 'v1_4')).rejects.toMatchObject({ code: 'module.circle' });
    const greedy = dumpModule({ ...options, module: 'greedy' });
    await expect(greedy).rejects.toMatchObject({ code: 'diff.refused', message: expect.stringContaining('users.name') });
    expect(project.read(output)).toBe(before);
    project.write(output, `DROP TABLE x;\n${kept}`.replace('-- the presets', 'ALTER TABLE pages ADD COLUMN secret integer;'));
    await expect(dumping('blog', 'v1_2')).rejects.toMatchObject({
      code: 'diff.unproven',
      message: expect.stringContaining('pages.secret'),
    });
    await drop();
  });
});

test.each([
  ['v1_1', 'v1_01'],
  ['v1_foo', 'v1_zoo'],
])('versions that compare as equal are refused where they are spelt differently: %s and %s', async (one, other) => {
  const { options, drop } = await workbench('sqlite', {
    [`modules/m/${one}/01_a.sql`]: 'CREATE TABLE a (id integer);\n',
    [`modules/m/${other}/02_b.sql`]: 'CREATE TABLE b (id integer);\n',
  });
  for (const work of [up, verifyInstallers, () => dumpModule({ ...options, module: 'm' })])
    await expect(work(options)).rejects.toMatchObject({ code: 'order.ambiguous', message: expect.stringContaining(other) });
  await drop();
});
