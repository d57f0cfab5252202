import { expect, test } from 'vitest';
import { status, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const table = (name: string): string =>
  `export default { up({ schema }: any) { schema.createTable('${name}', { columns: [{ name: 'id', type: 'integer' }] }); } };`;
const broken = `export default { async up({ schema }: any) {
  if (!(await schema.hasTable('b'))) schema.createTable('b', { columns: [{ name: 'id', type: 'integer' }] });
  schema.insert('b', [{ id: 1 }]);
  schema.insert('nowhere', [{ id: 1 }]);
} };`;

test.each(flavours)(
  'a run that failed at the second migration of a version goes on there, and a lower one that comes later runs, on %s',
  async (flavour) => {
    const { options, project, query, tables, drop } = await workbench(flavour, {
      'modules/shop/v1_1/01_a.ts': table('a'),
      'modules/shop/v1_2/01_c.ts': table('c'),
      'modules/shop/v1_2/02_b.ts': broken,
      'modules/shop/v1_3/01_d.ts': table('d'),
    });
    const first = await up(options);
    expect(first.done.map(({ id }) => id)).toEqual(['shop/v1_1/01_a', 'shop/v1_2/01_c']);
    expect([first.failed.map(({ id }) => id), first.untouched.map(({ id }) => id)]).toEqual([['shop/v1_2/02_b'], ['shop/v1_3/01_d']]);
    expect(first.failures[0]?.message).toContain('nowhere');
    await query('CREATE TABLE nowhere (id integer)');
    project.write('modules/shop/v1_0/01_early.ts', table('early'));
    const second = await up(options);
    expect(second.failures).toEqual([]);
    expect(second.done.map(({ id }) => id)).toEqual(['shop/v1_0/01_early', 'shop/v1_2/02_b', 'shop/v1_3/01_d']);
    expect(await tables()).toEqual(['a', 'b', 'c', 'd', 'early', 'nowhere']);
    expect((await query('SELECT id FROM b')).map(({ id }) => Number(id))).toEqual([1]);
    expect((await status(options)).upToDate).toBe(true);
    await drop();
  },
);
