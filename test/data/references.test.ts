import { describe, expect, test } from 'vitest';
import { down, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const structure = `up:
  - createTable:
      name: page
      columns:
        - { name: id, type: bigint, identity: true, primaryKey: true }
        - { name: parent, type: bigint, references: page.id }
        - { name: title, type: varchar(80), nullable: false }
  - createTable:
      name: "order line"
      columns:
        - { name: id, type: varchar(20), primaryKey: true }
        - { name: page, type: bigint, nullable: false, references: page.id }
        - { name: note, type: text }
`;

describe.each(flavours)('on %s', (flavour) => {
  test('a row has a name, later rows are bound to the key that the database gave it, and down takes rows and names away', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_structure.yaml': structure,
      'migrations/002_home.yaml': `up:
  - insert:
      into: page
      rows:
        - { title: first }
        - { "@": home, title: Home }
        - { "@": "Über uns", title: About, parent: "@page.home" }
`.replace('        - { title: first }\n', ''),
      'migrations/003_lines.yaml': `up:
  - insert:
      into: '"order line"'
      rows:
        - { "@": "one's", id: "it's \\"1\\"", page: '@page."Über uns"', note: "@@page.home" }
        - { id: b, page: "@page.home", note: "me@page.home" }
  - update:
      table: page
      set: { title: Start }
      where: { id: "@page.home" }
  - delete: { from: "\\"order line\\"", where: { id: '@"order line"."one''s"' }, keep: false }
`,
    });
    const { options, query, drop } = bench;
    await query(`SELECT 1`);
    await up({ ...options, to: '001_structure' });
    // Keys are those of this database.
    await query(`INSERT INTO page (title) VALUES ('there already')`);
    const first = await up({ ...options, to: '002_home' });
    expect(first.failed).toEqual([]);
    const pages = (await query('SELECT id, parent, title FROM page ORDER BY id')).map(({ id, parent, title }) => [
      Number(id),
      parent === null ? null : Number(parent),
      title,
    ]);
    expect(pages).toEqual([
      [1, null, 'there already'],
      [2, null, 'Home'],
      [3, 2, 'About'],
    ]);
    const second = await up({ ...options, allow: ['destructive'] });
    expect(second.failed).toEqual([]);
    const quoted = flavour === 'mariadb' ? '`order line`' : '"order line"';
    expect((await query(`SELECT id, page, note FROM ${quoted} ORDER BY id`)).map(({ id, page, note }) => [id, Number(page), note])).toEqual(
      [['b', 2, 'me@page.home']],
    );
    expect(await query('SELECT title FROM page WHERE id = 2')).toEqual([{ title: 'Start' }]);
    await drop();
  });

  test('what was named comes away with its migration', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_structure.yaml': structure,
      'migrations/002_home.yaml': `up:
  - insert:
      into: page
      rows:
        - { "@": home, title: Home }
        - { "@": about, title: About, parent: "@page.home" }
`,
    });
    const { options, query, tables, drop } = bench;
    expect((await up(options)).failed).toEqual([]);
    expect(await query('SELECT count(*) AS n FROM lockstep_reference')).toHaveLength(1);
    expect((await down({ ...options, yes: true })).failed).toEqual([]);
    const counted = async (table: string): Promise<number> => Number((await query(`SELECT count(*) AS n FROM ${table}`))[0]?.['n']);
    expect([await counted('page'), await counted('lockstep_reference')]).toEqual([0, 0]);
    expect((await up(options)).failed).toEqual([]);
    expect(await counted('page')).toBe(2);
    expect(await tables()).toEqual(['order line', 'page']);
    await drop();
  });
});

test('a name that no row has is told with its place and the nearest one before anything runs', async () => {
  const bench = await workbench('sqlite', {
    'migrations/001_structure.yaml': structure,
    'migrations/002_rows.yaml': `up:
  - insert:
      into: page
      rows:
        - { "@": about, title: About, parent: "@page.home" }
        - { "@": home, title: Home }
  - update: { table: page, set: { title: x }, where: { id: "@page.hone" } }
`,
  });
  const { options, tables, drop } = bench;
  await expect(up(options)).rejects.toMatchObject({
    details: {
      problems: [
        { code: 'reference.unknown', details: { place: { file: 'migrations/002_rows.yaml', line: 2 } } },
        {
          code: 'reference.unknown',
          message: expect.stringContaining('@page.hone'),
          details: { fix: expect.arrayContaining(['did you mean @page.home?']) },
        },
      ],
    },
  });
  expect(await tables()).toEqual([]);
  await drop();
});

test('names go with a table that is renamed, and a name that a row has cannot be given again', async () => {
  const bench = await workbench('sqlite', {
    'migrations/001_structure.yaml': structure,
    'migrations/002_home.yaml': 'up:\n  - insert: { into: page, rows: [ { "@": home, title: Home } ] }\n',
    'migrations/003_rename.yaml': 'up:\n  - renameTable: { from: page, to: leaf }\n',
    'migrations/004_more.yaml': 'up:\n  - insert: { into: leaf, rows: [ { "@": about, title: About, parent: "@leaf.home" } ] }\n',
  });
  const { options, project, query, drop } = bench;
  expect((await up(options)).failed).toEqual([]);
  expect(await query('SELECT title, parent FROM leaf ORDER BY id')).toEqual([
    { title: 'Home', parent: null },
    { title: 'About', parent: 1 },
  ]);
  project.write('migrations/005_again.yaml', 'up:\n  - insert: { into: leaf, rows: [ { "@": home, title: Home } ] }\n');
  await expect(up(options)).rejects.toMatchObject({ code: 'reference.taken' });
  project.remove('migrations/005_again.yaml');
  expect((await down({ ...options, count: 'all', yes: true })).failed).toEqual([]);
  expect(await query('SELECT name FROM lockstep_reference')).toEqual([]);
  await drop();
});
