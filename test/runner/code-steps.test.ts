import { describe, expect, test } from 'vitest';
import { down, status, up } from '../../src/commands/index.ts';
import { flavours, freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

/** Rows that a batch is to touch once each: `n` counts how often it did. */
const filled = `CREATE TABLE people (id integer PRIMARY KEY, n integer);
INSERT INTO people (id, n) VALUES ${Array.from({ length: 25 }, (_, i) => `(${i * 3}, 0)`).join(', ')};`;

const batches = (inside: string): string => `export default { async up({ step, batches, db, sql }: any) {
  const made = await step('make', async () => {
    await db.insertInto('people').values({ id: 1000, n: 0 }).execute();
    return { rows: 1, at: new Date(0) };
  });
  await batches('count', { table: 'people', key: 'id', size: 10, where: 'id < 1000' }, async ({ after, upTo, rows }: any) => {
    sql\`UPDATE people SET n = n + \${made.rows} WHERE id <= \${upTo} \${after === undefined ? sql.raw('') : sql.raw('AND id > ' + after)}\`;
    ${inside}
  });
  await step('last', () => { sql\`INSERT INTO people (id, n) VALUES (2000, 0)\`; });
} };`;

describe.each(flavours)('steps on %s', (flavour) => {
  test('a throw inside batches keeps what is finished; the next run goes on behind it, and nothing happens twice', async () => {
    const { options, project, query, events, drop } = await workbench(flavour, {
      'migrations/001_people.sql': filled,
      'migrations/002_count.ts': batches(`if (upTo === 57) throw new Error('enough');`),
    });
    const broken = await up(options);
    expect(broken.failed).toMatchObject([{ id: '002_count', partial: true }]);
    expect(broken.failures[0]).toMatchObject({
      code: 'migration.threw',
      details: {
        place: { file: 'migrations/002_count.ts', line: 8 },
        state: 'NOT rolled back: step "make" and 10 rows of batches "count" of 002_count stay and are journalled',
        fix: ['edit migrations/002_count.ts:8, then  lockstep up'],
      },
    });
    const progress = events.flatMap((event) =>
      event.ev === 'statement.progress' && event.phase === 'count' ? [[event.done, event.total]] : [],
    );
    expect(progress).toEqual([[10, 25]]);
    const counts = async (): Promise<readonly number[]> =>
      (await query('SELECT n FROM people WHERE id < 1000 ORDER BY id')).map((row) => Number(row['n']));
    expect(await counts()).toEqual([...Array(10).fill(1), ...Array(15).fill(0)]);
    expect((await status(options)).migrations[1]).toMatchObject({ state: 'failed', partial: true, error: 'enough' });

    project.write('migrations/002_count.ts', batches(''));
    expect((await up(options)).failures).toEqual([]);
    expect(await counts()).toEqual(Array(25).fill(1));
    expect((await query('SELECT id FROM people WHERE id >= 1000 ORDER BY id')).map((row) => Number(row['id']))).toEqual([1000, 2000]);
    const steps = events.flatMap((event) => (event.ev === 'step.end' ? [[event.step, event.skipped]] : []));
    expect(steps).toEqual([
      ['make', false],
      ['make', true],
      ['last', false],
    ]);
    await drop();
  });

  test('a run that is killed in the middle of a batch goes on behind the last finished one', async () => {
    const database = await freshDatabase(flavour);
    const { run } = sandbox({
      'migrations/001_people.sql': filled,
      'migrations/002_count.ts': batches(`if (upTo === 57 && process.env.KILL) process.kill(process.pid, 'SIGKILL');`),
    });
    const env = { DATABASE_URL: database.url };
    expect((await run(['up'], { env: { ...env, KILL: '1' } })).signal).toBe('SIGKILL');
    const resumed = await run(['up', '--json=stream'], { env });
    expect(resumed.code, resumed.stdout).toBe(0);
    const events = resumed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter((event) => event.ev === 'statement.progress' && event.phase === 'count').map((event) => event.done)).toEqual([
      20, 25,
    ]);
    const connection = await database.connect();
    const { rows } = await connection.query('SELECT min(n) AS least, max(n) AS most, count(*) AS n FROM people WHERE id < 1000');
    expect(Object.values(rows[0] ?? {}).map(Number)).toEqual([1, 1, 25]);
    await connection.close();
    await database.drop();
  });

  test('a step in a step, overlapping steps and a step that is not awaited are refused', async () => {
    const text = (body: string): string => `export default { async up({ step, sql }: any) { await step('first', () => 1);\n ${body} } };`;
    const { options, project, drop } = await workbench(flavour, {
      'migrations/001_a.ts': text(`await step('a', () => step('b', () => 1));`),
    });
    const failure = async (): Promise<string> => {
      const [first] = (await up(options)).failures;
      return `${first?.code}: ${first?.message}`;
    };
    expect(await failure()).toBe('migration.threw: migration 001_a begins a step before another has ended');
    project.write('migrations/001_a.ts', text(`await Promise.all([step('a', () => 1), step('b', () => 1)]);`));
    expect(await failure()).toBe('migration.threw: migration 001_a begins a step before another has ended');
    project.write('migrations/001_a.ts', text(`step('a', async () => { await sql.query\`SELECT 1\` });`));
    expect(await failure()).toMatch(/^migration.in-flight: migration 001_a returned while /);
    project.write('migrations/001_a.ts', text(`await step('a', () => { sql.query\`SELECT 1\` });`));
    expect(await failure()).toBe('migration.in-flight: a step of migration 001_a ended while a query was still running');
    await drop();
  });

  test.each([
    ['last of all', 'sql.query`INSERT INTO people (id) VALUES (9)`;'],
    ['built by Kysely', `db.insertInto('people').values({ id: 9 }).execute();`],
    ['the only one', `sql.query\`SELECT 1\`;`],
  ])('a query that nobody awaits is refused: %s', async (_name, query) => {
    const { options, drop, tables } = await workbench(flavour, {
      'migrations/001_people.sql': 'CREATE TABLE people (id integer PRIMARY KEY);',
      'migrations/002_a.ts': `export default { async up({ sql, db }: any) { ${query} } };`,
    });
    const report = await up(options);
    expect(report.failures[0]).toMatchObject({
      code: 'migration.in-flight',
      message: 'migration 002_a returned while a query was still running',
      details: { state: 'rolled back: nothing of 002_a remains' },
    });
    expect(report.at).toEqual({ app: '001_people' });
    expect(await tables()).toEqual(['people']);
    await drop();
  });

  test('a query that nobody awaits and that fails is a failure of the migration, not of the process', async () => {
    const { options, drop } = await workbench(flavour, {
      'migrations/001_a.ts': `export default { async up({ sql }: any) {
        sql.query\`INSERT INTO nowhere VALUES (1)\`;
        await new Promise((resolve) => setTimeout(resolve, 50));
        await sql.query\`SELECT 1\`;
      } };`,
    });
    const [failure] = (await up(options)).failures;
    expect(failure?.code).toBe('migration.in-flight');
    expect(failure?.message).toMatch(/^migration 001_a did not await a query, and it failed: .*nowhere/);
    await drop();
  });

  test('without a transaction what was done before a failure stays, and a person must decide', async () => {
    const { options, query, project, drop } = await workbench(flavour, {
      'migrations/001_people.sql': 'CREATE TABLE people (id integer PRIMARY KEY);',
      'migrations/002_a.ts': `import { migration } from 'lockstep';
export default migration({ transaction: false, async up({ db }) {
  await db.insertInto('people').values({ id: 1 }).execute();
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('people').values({ id: 2 }).execute();
    throw new Error('no');
  });
} });`,
    });
    const { failures, failed } = await up(options);
    expect(failed).toMatchObject([{ partial: true }]);
    expect(failures[0]?.details.state).toBe(
      'NOT rolled back: what the code of 002_a changed outside its steps stays, and running it again would change it twice',
    );
    expect((await query('SELECT id FROM people')).map((row) => Number(row['id']))).toEqual([1]);
    project.write('migrations/002_a.ts', `export default { transaction: false, up() {} };`);
    expect((await up(options)).failures).toMatchObject([{ code: 'resume.undecidable' }]);
    await drop();
  });

  test('with transaction: false everything that succeeds is recorded', async () => {
    const { options, query, drop } = await workbench(flavour, {
      'migrations/001_a.ts': `export default { transaction: false, async up({ schema, sql, db }: any) {
  schema.createTable('people', { columns: [{ name: 'id', type: 'integer', primaryKey: true }] });
  await db.insertInto('people').values({ id: 1 }).execute();
  schema.addColumn('people', 'name', { type: 'varchar(20)' });
  sql\`UPDATE people SET name = 'Ada'\`;
} };`,
    });
    expect((await up(options)).failures).toEqual([]);
    expect(await query('SELECT name FROM people')).toEqual([{ name: 'Ada' }]);
    expect((await down({ ...options, yes: true }).catch((error: unknown) => error)) as Error).toMatchObject({
      code: 'migration.irreversible',
    });
    await drop();
  });
});
