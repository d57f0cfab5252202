import { describe, expect, test } from 'vitest';
import { down, plan, status, up, verify } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const create = `schema.createTable('people', { columns: [{ name: 'id', type: 'integer', primaryKey: true }] });`;

describe.each(flavours)('the way back of code on %s', (flavour) => {
  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    ((await work.catch((error: unknown) => error)) as { code?: string }).code;

  test('without a down what is structural is inverted; rows are not, and the plan says so', async () => {
    const { options, tables, query, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ schema, db }: any) {
        ${create}
        await db.insertInto('people').values({ id: 1 }).execute();
        schema.createTable('pets', { columns: [{ name: 'owner', type: 'integer', references: 'people.id' }] });
      } };`,
    });
    expect((await plan(options)).steps.map((step) => step.back)).toEqual(['structure only']);
    expect((await up(options)).done.map((item) => item.back)).toEqual(['structure only']);
    expect(await tables()).toEqual(['people', 'pets']);
    expect(await codeOf(down(options))).toBe('confirm.needed');
    expect((await down({ ...options, yes: true })).done.map((item) => item.id)).toEqual(['001_people']);
    expect(await tables()).toEqual([]);
    expect((await up(options)).failures).toEqual([]);
    expect((await query('SELECT id FROM people')).length).toBe(1);
    await drop();
  });

  test('a down of its own is run; one that throws leaves the migration applied', async () => {
    const text = (more: string): string => `export default { up({ schema }: any) { ${create} },
      async down({ schema, sql }: any) { await sql.query\`DELETE FROM people\`; ${more} schema.dropTable('people'); } };`;
    const { options, project, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': text(`throw new Error('not yet');`),
    });
    expect((await up(options)).done.map((item) => item.back)).toEqual(['file']);
    const failed = await down({ ...options, yes: true });
    expect(failed.failures).toMatchObject([
      {
        code: 'migration.threw',
        details: { state: 'rolled back: 001_people is still applied', place: { file: 'migrations/001_people.ts', line: 2 } },
      },
    ]);
    expect(await tables()).toEqual(['people']);
    expect((await status(options)).migrations).toMatchObject([{ state: 'applied' }]);
    project.write('migrations/001_people.ts', text(''));
    expect(await codeOf(down({ ...options, yes: true }))).toBe('migration.edited');
    project.write('migrations/001_people.ts', text(`throw new Error('not yet');`));
    await drop();
  });

  test('down: false is a way back that does not exist', async () => {
    const { options, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `import { migration } from 'lockstep';
export default migration({ up: ({ schema }) => { ${create} }, down: false });`,
    });
    expect((await up(options)).done.map((item) => item.back)).toEqual(['none']);
    const error = await down({ ...options, yes: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'migration.irreversible',
      message: 'there is no way back for migration 001_people: the author says that there is no way back',
    });
    expect(await tables()).toEqual(['people']);
    await drop();
  });

  test('what queries do to the structure is not inverted, and says so', async () => {
    const { options, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ db, schema }: any) {
        await db.schema.createTable('people').addColumn('id', 'integer').execute();
        schema.addColumn('people', 'name', { type: 'varchar(20)' });
      } };`,
    });
    expect((await up(options)).failures).toEqual([]);
    const error = await down({ ...options, yes: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: 'there is no way back for migration 001_people: its code changes the structure by queries, which are not inverted',
    });
    expect(await tables()).toEqual(['people']);
    await drop();
  });

  test('a failure behind a structural query tells the truth about what stays', async () => {
    const { options, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ db }: any) {
        await db.schema.createTable('people').addColumn('id', 'integer').execute();
        throw new Error('no');
      } };`,
    });
    const report = await up(options);
    const stays = flavour === 'mariadb';
    expect(report.failed).toMatchObject([{ partial: stays }]);
    expect(report.failures[0]?.details.state).toBe(
      stays
        ? 'NOT rolled back: what the code of 001_people changed outside its steps stays, and running it again would change it twice'
        : 'rolled back: nothing of 001_people remains',
    );
    expect(await tables()).toEqual(stays ? ['people'] : []);
    await drop();
  });

  test.each([
    ['a query', 'await sql.query`COMMIT`;', 'migration.transaction-control'],
    ['Kysely', `await db.executeQuery({ sql: 'ROLLBACK', parameters: [], query: { kind: 'RawNode' } });`, 'migration.transaction-control'],
    ['a change', 'sql`COMMIT`;', 'change.unsupported'],
  ])('%s may not end the transaction', async (_name, body, code) => {
    const { options, tables, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ schema, sql, db }: any) { await sql.query\`SELECT 1\`;\n${create}\n${body} } };`,
    });
    const { failures } = await up(options);
    expect(failures[0]).toMatchObject({ code, details: { place: { file: 'migrations/001_people.ts', line: 3 } } });
    // MariaDB commits structural statements by itself, and the failure says so.
    expect(await tables()).toEqual(failures[0]?.details.state?.startsWith('NOT rolled back') ? ['people'] : []);
    await drop();
  });

  test('verify may look, also at what is not committed yet, and what it changes is rolled back', async () => {
    const text = (check: string): string => `export default { async up({ schema, db }: any) { ${create}
  await db.insertInto('people').values({ id: 1 }).execute(); },
  async verify({ db, sql, schema }: any) { ${check} } };`;
    const look = `const { n } = await db.selectFrom('people').select(({ fn }: any) => fn.countAll().as('n')).executeTakeFirstOrThrow();
    await db.insertInto('people').values({ id: 99 }).execute();
    if (Number(n) !== 1) throw new Error('there are ' + n);`;
    const { options, project, query, drop } = await workbench(flavour, { 'migrations/001_people.ts': text(look) });
    expect((await up({ ...options, verify: true })).failures).toEqual([]);
    expect(await verify(options)).toMatchObject({ compared: 1, checked: 1, problems: [] });
    expect(await query('SELECT id FROM people')).toHaveLength(1);

    await query('INSERT INTO people VALUES (2)');
    expect((await verify(options)).problems).toMatchObject([
      {
        code: 'verify.failed',
        message: 'a check of migration 001_people does not hold: there are 2',
        file: 'migrations/001_people.ts',
        line: 5,
      },
    ]);
    project.write('migrations/002_false.ts', `export default { up() {}, verify: () => false };`);
    const report = await up({ ...options, verify: true });
    expect(report.failures).toMatchObject([{ code: 'migration.failed', details: { state: 'rolled back: nothing of 002_false remains' } }]);
    expect(report.failures[0]?.message).toContain('a check does not hold: it gives false');
    project.write(
      'migrations/002_false.ts',
      `export default { async up({ sql }: any) { await sql.query\`SELECT 1\`; }, verify({ schema }: any) { schema.dropTable('people'); } };`,
    );
    expect((await up({ ...options, verify: true })).failures[0]?.message).toContain('schema.dropTable changes something');
    await drop();
  });

  test('services come from the configuration, and only a run calls them', async () => {
    const { options, query, drop } = await workbench(flavour, {
      'migrations/001_people.ts': `export default { async up({ schema, db, services }: any) {
        ${create}
        const id = await services.numbers.next('people');
        await db.insertInto('people').values({ id }).execute();
      } };`,
    });
    const asked: string[] = [];
    const config = { services: { numbers: { next: (what: string) => Promise.resolve(asked.push(what) + 40) } } };
    expect((await plan({ ...options, config })).steps[0]?.boundary).toBe('services.numbers.next');
    expect(asked).toEqual([]);
    expect((await up({ ...options, config })).failures).toEqual([]);
    expect(await query('SELECT id FROM people')).toEqual([{ id: 41 }]);
    await drop();
  });
});
