import { describe, expect, test } from 'vitest';
import { down, plan, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const config = `import { defineConfig, extension } from 'lockstep';
export const stamps = extension({
  name: 'stamps',
  uses: ['kinds'],
  use: ({ schema, ext, names, engine, log }) => ({
    add(table: string) {
      schema.addColumn(table, 'changed', ext.kinds.moment());
      schema.createIndex(table, { name: names.index(table, ['changed']), columns: ['changed'] });
      log('stamped on ' + engine.name.length);
    },
  }),
});
export const kinds = extension({ name: 'kinds', use: () => ({ moment: () => ({ type: 'varchar(40)' as const }) }) });
export const loud = extension({ name: 'kinds', priority: -10, use: () => ({ moment: () => ({ type: 'varchar(80)' as const }) }) });
declare module 'lockstep' {
  interface Extensions {
    stamps: ReturnType<typeof stamps.use>;
    kinds: ReturnType<typeof kinds.use>;
  }
}
export default defineConfig({ extensions: [stamps, kinds, loud] });`;

const migrations = {
  'migrations/001_a.ts': `import { migration } from 'lockstep';
export default migration({
  up({ schema, ext }) {
    schema.createTable('a', { columns: [{ name: 'id', type: 'integer', primaryKey: true }] });
    ext.stamps.add('a');
  },
});`,
  'migrations/002_b.ts': `import { migration } from 'lockstep';
export default migration({
  async up({ schema, ext, shared }) {
    const column = (await schema.table('a'))?.columns.find(({ name }) => name === 'changed');
    shared.set('type', column?.type);
    schema.createTable('b', { columns: [{ name: 'id', type: 'integer', primaryKey: true }] });
    schema.renameTable('b', 'c');
    if ((await schema.hasTable('c')) && !(await schema.hasTable('b'))) ext.stamps.add('c');
  },
});`,
  'migrations/003_c.ts': `import { migration } from 'lockstep';
export default migration({
  async up({ schema, shared }) {
    schema.addColumn('c', 'note', { type: shared.get('type') === 'varchar(80)' ? 'varchar(80)' : 'integer' });
    schema.insert('c', [{ id: 1, note: (await schema.tables()).join(' ') }]);
  },
});`,
};

describe.each(flavours)('extensions on %s', (flavour) => {
  test('make changes that a plan knows and that are inverted, and see the structure as it will be', async () => {
    const { options, query, tables, drop } = await workbench(flavour, { 'lockstep.config.ts': config, ...migrations });
    const planned = await plan(options);
    expect(planned.steps.map(({ id, boundary }) => [id, boundary])).toEqual([
      ['001_a', undefined],
      ['002_b', undefined],
      ['003_c', undefined],
    ]);
    expect(planned.steps[1]?.statements.some(({ sql }) => sql.includes('c_changed_idx'))).toBe(true);
    expect((await up(options)).failures).toEqual([]);
    expect(await query('SELECT note, changed FROM c')).toEqual([{ note: 'a c', changed: null }]);
    expect((await down({ ...options, count: 3, yes: true } as never)).failures).toEqual([]);
    expect(await tables()).toEqual([]);
    await drop();
  });
});

const one = (fields: string): string => `{ use: () => ({}), ${fields} }`;

test.each([
  [`[${one("name: ''")}]`, '"extensions[0]" must have a name'],
  ["[{ name: 'a', use: 1 }]", '"extensions[0]" (a) must have a function `use`'],
  [`[${one("name: 'a', priority: '1'")}]`, 'the priority of "extensions[0]" (a) must be a number'],
  [
    `[${one("name: 'a'")}, ${one("name: 'b'")}, ${one("name: 'a', priority: 0")}]`,
    '"extensions[0]" and "extensions[2]" are both called "a"',
  ],
  [`[${one("name: 'audit'")}, ${one("name: 'b', uses: ['audti']")}]`, 'did you mean "audit"?'],
  [`[${one("name: 'a', uses: ['b']")}, ${one("name: 'b', uses: ['a']")}]`, 'a → b → a'],
])('extensions: %s is refused with its place', async (list, message) => {
  const project = sandbox({ 'lockstep.config.mjs': `export default {\n  extensions: ${list},\n};` });
  const { code, stderr } = await project.run(['status', '--url', 'sqlite:a.db']);
  expect([code, stderr]).toEqual([78, expect.stringContaining(message)]);
  expect(stderr).toContain('lockstep.config.mjs:2');
});

test.each([
  ['ext.adit.go()', 'there is no extension "adit"; did you mean "audit"?'],
  ['ext.audit.other()', 'the extension "audit" does not say that it uses "plain"'],
  ['ext.late.go()', 'the extension "late" must give an object, at once'],
])('%s is refused where it is called', async (call, message) => {
  const project = sandbox({
    'lockstep.config.mjs': `export default { extensions: [
  { name: 'audit', use: ({ ext }) => ({ other: () => ext.plain.go() }) }, { name: 'plain', use: () => ({ go() {} }) }, { name: 'late', use: async () => ({}) },
] };`,
    'migrations/001_a.mjs': `export const up = ({ ext }) => {\n  ${call};\n};`,
  });
  const { code, stderr } = await project.run(['plan', '--url', 'sqlite:a.db']);
  expect([code, stderr]).toEqual([65, expect.stringContaining(message)]);
  expect(stderr).toContain('migrations/001_a.mjs:2');
});
