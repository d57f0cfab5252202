import { describe, expect, test } from 'vitest';
import { type Code, type Config, catalogue, Failure, type ListedMigration, status, up, verify } from '../../src/index.ts';
import { flavours, freshDatabase, freshFolder } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const table = (name: string): ListedMigration => ({
  name: `001_${name}`,
  sql: `CREATE TABLE ${name} (id integer);`,
  down: `DROP TABLE ${name};`,
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw error ?? new Error('nothing was refused');
  return error;
}

describe.each(flavours)('on %s', (flavour) => {
  test('calls that come at once in one process wait for each other, and each migration runs once', async () => {
    const database = await freshDatabase(flavour);
    const cwd = freshFolder();
    const migrations = [table('a'), { name: '002_b', sql: 'CREATE TABLE b (id integer);' }];
    const reports = await Promise.all([1, 2, 3].map(() => up({ cwd, url: database.url, env: {}, migrations })));
    expect(reports.flatMap((report) => report.done.map((item) => item.id))).toEqual(['001_a', '002_b']);
    expect(reports.flatMap((report) => report.failures)).toEqual([]);
    expect((await status({ cwd, url: database.url, env: {}, migrations })).upToDate).toBe(true);
    await database.drop();
  });

  test('functions of a list are migrations like those of files: checked, taken back, and noticed when they are edited', async () => {
    const { options, tables, drop } = await workbench(flavour);
    const define = (name: string): ListedMigration => ({
      name: '001_code',
      up: Function('{ sql }', `sql\`CREATE TABLE ${name} (id integer)\``),
      verify: async ({ sql }: { sql: { query(text: TemplateStringsArray): Promise<unknown> } }) => sql.query`SELECT * FROM a`,
    });
    expect((await up({ ...options, migrations: [define('a')], verify: true })).failures).toEqual([]);
    expect(await verify({ ...options, migrations: [define('a')] })).toMatchObject({ checked: 1, problems: [] });
    expect((await status({ ...options, migrations: [define('b')] })).migrations[0]?.flags).toEqual(['edited']);
    expect((await failureOf(up({ ...options, migrations: [define('b'), { name: '002_c', sql: 'SELECT 1' }] }))).code).toBe(
      'migration.edited',
    );
    expect(await tables()).toEqual(['a']);
    await drop();
  });

  test('what is wrong is a Failure with a code, before anything is touched', async () => {
    const { options, tables, drop } = await workbench(flavour);
    const wrong: readonly (readonly [
      code: Code,
      options: { readonly migrations: readonly ListedMigration[]; readonly config?: Config },
    ])[] = [
      ['migration.invalid', { migrations: [{ name: '001_a', text: 'up: []' }] }],
      ['migration.invalid', { migrations: [{ name: '001_a', up: 5 }] }],
      ['migration.duplicate-id', { migrations: [table('a'), table('a')] }],
      ['version.claimed-twice', { migrations: [table('a'), table('b')] }],
      ['migration.transaction-control', { migrations: [{ name: '001_a', sql: 'SELECT 1; ROLLBACK;' }] }],
      ['config.invalid', { migrations: [table('a')], config: { late: 'maybe' } as never }],
      ['config.invalid', { migrations: [table('a')], config: { migration: 'db' } as never }],
    ];
    for (const [code, more] of wrong) {
      const failure = await failureOf(up({ ...options, ...more }));
      expect([failure.code, failure.exitCode], failure.message).toEqual([code, catalogue[code].exit]);
      expect(failure.details.state, failure.message).toMatch(/^nothing was (run|connected)$/);
    }
    expect(await tables('own')).toEqual([]);
    await drop();
  });

  test('a signal ends a run behind the migration that is under way', async () => {
    const { options, tables, drop } = await workbench(flavour);
    const stop = new AbortController();
    const migrations = [
      table('a'),
      ...['b', 'c'].map((name, i) => ({ name: `00${i + 2}_${name}`, sql: `CREATE TABLE ${name} (id integer);` })),
    ];
    const emit: NonNullable<typeof options.emit> = (event) => {
      if (event.ev === 'migration.start' && event.migration === '002_b') stop.abort();
    };
    const report = await up({ ...options, migrations, stop: stop.signal, emit });
    expect(report.interrupted).toBe(true);
    expect(report.untouched.map((item) => item.id)).toEqual(['003_c']);
    expect(await tables()).toEqual(report.done.map((item) => item.id.slice(4)));
    expect((await up({ ...options, migrations })).failures).toEqual([]);
    expect(await tables()).toEqual(['a', 'b', 'c']);
    await drop();
  });
});
