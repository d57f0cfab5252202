import { describe, expect, test } from 'vitest';
import { plan, status, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const people = `schema.createTable('people', {
      columns: [{ name: 'id', type: 'integer', primaryKey: true }, { name: 'name', type: 'varchar(40)' }],
    });`;

describe.each(flavours)('code on %s', (flavour) => {
  test('schema, sql, Kysely and steps work together in one file, in the order in which they are written', async () => {
    const { options, query, events, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `import { migration } from 'lockstep';
interface Person { id: number; name: string }
export default migration<{ people: Person }>({
  async up({ schema, sql, db, log, engine }) {
    ${people}
    sql\`INSERT INTO people (id, name) VALUES (\${1}, \${"O'Hara"})\`;
    sql.before\`CREATE TABLE first (id integer)\`;
    sql.after\`INSERT INTO first (id) SELECT count(*) FROM people\`;
    await db.insertInto('people').values([{ id: 2, name: 'Grace' }]).execute();
    const rows = await sql.query<Person>\`SELECT * FROM \${sql.name('people')} WHERE id IN (\${[1, 2]}) ORDER BY id\`;
    log(rows.map((row) => row.name).join(' and '));
    await db.updateTable('people').set({ name: 'Ada' }).where('id', '=', 1).execute();
    schema.addColumn('people', 'born', { type: 'integer' });
    log(engine.name);
  },
});`,
    });
    const report = await up(options);
    expect(report.failed).toEqual([]);
    expect(report.done.map((item) => [item.id, item.statements])).toEqual([['001_people', 8]]);
    expect(events.flatMap((event) => (event.ev === 'log' ? [event.message] : []))).toEqual([
      "O'Hara and Grace",
      { sqlite: 'sqlite', pglite: 'postgres', postgres: 'postgres', mariadb: 'mysql' }[flavour],
    ]);
    expect(await query('SELECT id, name, born FROM people ORDER BY id')).toEqual([
      { id: 1, name: 'Ada', born: null },
      { id: 2, name: 'Grace', born: null },
    ]);
    expect((await query('SELECT id FROM first')).map((row) => Number(row['id']))).toEqual([2]);
    await drop();
  });

  test.each([
    [
      '001_one.ts',
      `export default { async up({ schema }: any) { schema.createTable('t', { columns: [{ name: 'id', type: 'integer' }] }) } };`,
    ],
    [
      '001_one.mts',
      `const type: string = 'integer';\nexport const up = ({ schema }: any) => schema.createTable('t', { columns: [{ name: 'id', type }] });`,
    ],
    [
      '001_one.cts',
      `const name: string = 't';\nexport = { up({ schema }: any) { schema.createTable(name, { columns: [{ name: 'id', type: 'integer' }] }) } };`,
    ],
    ['001_one.js', `export async function up({ sql }) { await sql.query\`CREATE TABLE t (id integer)\`; }`],
    ['001_one.js', `exports.up = async ({ sql }) => { sql\`CREATE TABLE t (id integer)\`; };`],
    [
      '001_one.mjs',
      `import { migration } from 'lockstep';\nexport default migration({ up: ({ sql }) => sql\`CREATE TABLE t (id integer)\` });`,
    ],
    [
      '001_one.cjs',
      `const { migration } = require('lockstep');\nmodule.exports = migration({ up({ sql }) { sql\`CREATE TABLE t (id integer)\`; } });`,
    ],
  ])('%s, %s', async (name, text) => {
    const { options, tables, drop } = await workbench(flavour, { [`migrations/${name}`]: text });
    expect((await up(options)).failures).toEqual([]);
    expect(await tables()).toEqual(['t']);
    await drop();
  });

  test('what fails takes back everything that it did, and says where it failed', async () => {
    const { options, project, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { up({ schema }: any) { ${people} } };`,
      'migrations/002_rows.ts': `export default {
  async up({ db }: any) {
    await db.insertInto('people').values({ id: 1, name: 'Ada' }).execute();
    await db.transaction().execute(async (trx: any) => {
      await trx.insertInto('people').values({ id: 2, name: 'Grace' }).execute();
    });
    throw new Error('changed my mind');
  },
};`,
    });
    const failed = await up(options);
    const [failure] = failed.failures;
    expect(failure).toMatchObject({
      code: 'migration.threw',
      message: 'migration 002_rows threw: changed my mind',
      exitCode: 2,
      details: {
        place: { file: 'migrations/002_rows.ts', line: 7, column: 11 },
        state: 'rolled back: nothing of 002_rows remains',
        fix: ['edit migrations/002_rows.ts:7, then  lockstep up'],
      },
    });
    expect(await tables()).toEqual(['people']);
    project.write('migrations/002_rows.ts', `export default { up: ({ db }: any) => db.insertInto('people').values({ id: 1 }).execute() };`);
    expect((await up(options)).done.map((item) => item.id)).toEqual(['002_rows']);
    await drop();
  });

  test('a query that fails is placed where the migration called it', async () => {
    const { options, drop } = await workbench(flavour, {
      'migrations/001_bad.ts': `export default {
  async up({ db, sql }: any) {
    await sql.query\`SELECT 1\`;
    await db
      .insertInto('nowhere')
      .values({ id: 1 })
      .execute();
  },
};`,
    });
    const [failure] = (await up(options)).failures;
    expect(failure).toMatchObject({ code: 'migration.failed', details: { place: { file: 'migrations/001_bad.ts', line: 4 } } });
    expect(failure?.message).toMatch(/^migration 001_bad failed in a query of its code: .*nowhere/);
    await drop();
  });

  test('a caught error inside a transaction of Kysely leaves the rest of the migration standing', async () => {
    const { options, query, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ schema, db }: any) {
        ${people}
        await db.insertInto('people').values({ id: 1, name: 'Ada' }).execute();
        await db.transaction().execute(async (trx: any) => {
          await trx.insertInto('people').values({ id: 2, name: 'Grace' }).execute();
          await trx.insertInto('people').values({ id: 1, name: 'again' }).execute();
        }).catch(() => undefined);
        await Promise.all([3, 4, 5].map((id) => db.insertInto('people').values({ id, name: 'x' }).execute()));
      } };`,
    });
    expect((await up(options)).failures).toEqual([]);
    expect((await query('SELECT id FROM people ORDER BY id')).map((row) => Number(row['id']))).toEqual([1, 3, 4, 5]);
    await drop();
  });

  test('a plan shows what comes before the first query, and runs nothing', async () => {
    const { options, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ schema, db }: any) { ${people}\n await db.selectFrom('people').execute(); } };`,
    });
    const report = await plan(options);
    expect(report.steps.map((step) => [step.statements.length, step.boundary])).toEqual([[1, 'a query']]);
    expect(report.exact).toBe(false);
    expect(await tables()).toEqual([]);
    await drop();
  });

  test('a helper file belongs to the migration: its edit is noticed, its comments are not', async () => {
    const { options, project, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `import { names } from '../shared/names.ts';\nimport data from '../shared/data.json';
export default { async up({ schema, db }: any) { ${people}
  for (const [i, name] of [...names, ...data].entries()) await db.insertInto('people').values({ id: i, name }).execute(); } };`,
      'shared/names.ts': `export const names: readonly string[] = ['Ada', 'Grace'];\n`,
      'shared/data.json': '["Edith"]',
    });
    const flags = async (): Promise<readonly unknown[]> => (await status(options)).migrations.map((one) => one.flags);
    await up(options);
    project.write('shared/names.ts', `// who was here\nexport const names: readonly string[] = [\n  'Ada',\n  'Grace' ];\n`);
    expect(await flags()).toEqual([[]]);
    project.write('shared/data.json', '["Mary"]');
    expect(await flags()).toEqual([['edited']]);
    project.write('shared/data.json', '["Edith"]');
    project.write('shared/names.ts', `export const names: readonly string[] = ['Ada', 'Hedy'];\n`);
    expect(await flags()).toEqual([['edited']]);
    await expect(up(options)).rejects.toMatchObject({ code: 'migration.edited' });
    await drop();
  });
});
