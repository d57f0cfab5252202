import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/index.ts';
import { down, type Mark, mark, redo, status, to, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const files = {
  'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE a;\n',
  'migrations/002_b.yaml': 'up:\n  - createTable: { name: b, columns: [{ name: id, type: integer }] }\n',
  'migrations/003_c.ts': `export default { up({ schema }: any) { schema.createTable('c', { columns: [{ name: 'id', type: 'integer' }] }); } };`,
};

async function refused(work: Promise<unknown>): Promise<readonly [code: string, message: string]> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw error ?? new Error('nothing was refused');
  return [error.code, error.message];
}

describe.each(flavours)('on %s', (flavour) => {
  test('each mark changes the history alone, keeps the reason, and says what is so now', async () => {
    const { options, project, tables, query, drop } = await workbench(flavour, files);
    const say = async (verb: Mark, id: string): Promise<readonly string[]> => {
      const { from, now } = await mark({ ...options, mark: verb, id, reason: `because of "${id}" 'n' more` });
      return [from, now];
    };
    const states = async (): Promise<readonly string[]> =>
      (await status(options)).migrations.map((one) => [one.state, ...one.flags].join(' '));

    // What was made by hand is marked, in every format, although it is there already.
    await query('CREATE TABLE a (id integer)');
    await query('CREATE TABLE b (id integer)');
    expect(await say('applied', '001')).toEqual(['pending', 'baseline: marked as applied, not run']);
    expect(await say('applied', '002_b')).toEqual(['pending', 'baseline: marked as applied, not run']);
    expect(await states()).toEqual(['baseline', 'baseline', 'pending']);
    expect(await tables()).toEqual(['a', 'b']);
    expect((await up(options)).done.map((item) => item.id)).toEqual(['003_c']);

    expect(await say('pending', '003')).toEqual(['applied', 'pending: it will be run again']);
    expect(await states()).toEqual(['baseline', 'baseline', 'reverted']);
    expect(await say('applied', '003_c')).toEqual(['reverted', 'baseline: marked as applied, not run']);

    project.write('migrations/002_b.yaml', `${files['migrations/002_b.yaml']}  - dropTable: x\n`);
    expect(await states()).toEqual(['baseline', 'baseline edited', 'baseline']);
    expect(await say('accept', '002')).toEqual(['baseline', 'the text of the file is taken as what was applied']);
    expect(await states()).toEqual(['baseline', 'baseline', 'baseline']);

    project.remove('migrations/003_c.ts');
    expect(await states()).toEqual(['baseline', 'baseline', 'baseline file-missing']);
    expect(await say('forget', '003_c')).toEqual(['baseline', 'forgotten']);
    expect(await states()).toEqual(['baseline', 'baseline']);
    expect(await tables()).toEqual(['a', 'b', 'c']);

    const log = await query(`SELECT detail FROM lockstep_log WHERE event = 'mark' ORDER BY seq`);
    expect(log.map((row) => String(row['detail']).split(':')[0])).toEqual(['applied', 'applied', 'pending', 'applied', 'accept', 'forget']);
    expect(String(log[0]?.['detail'])).toBe(`applied: because of "001" 'n' more`);
    await drop();
  });

  test('a mark that does not fit is refused with why, and changes nothing', async () => {
    const { options, project, tables, drop } = await workbench(flavour, files);
    const say = (verb: Mark, id: string, statement?: number): Promise<readonly [string, string]> =>
      refused(mark({ ...options, mark: verb, id, reason: 'x', ...(statement === undefined ? {} : { statement }) }));
    const unfit = (id: string, why: string): readonly [string, string] => [
      'usage.invalid-value',
      `migration ${id} cannot be marked like that: ${why}`,
    ];
    expect(await say('pending', '001')).toEqual(unfit('001_a', 'it is pending already'));
    expect(await say('accept', '001')).toEqual(unfit('001_a', 'it was not edited'));
    expect(await say('forget', '001')).toEqual(unfit('001_a', 'the history has no row of it'));
    expect(await say('applied', 'nowhere')).toEqual(['ref.unknown', 'no migration is called "nowhere"']);
    expect(await say('applied', '00')).toEqual(['ref.ambiguous', '"00" may be 001_a, 002_b or 003_c']);
    expect(await tables('own')).toEqual([]);
    await up(options);
    expect(await say('applied', '001')).toEqual(unfit('001_a', 'it is in the database already'));
    expect(await say('applied', '001', 1)).toEqual(unfit('001_a', 'statement 1 of it is not in doubt'));
    expect(await say('forget', '001')).toEqual(unfit('001_a', 'its file is there; `mark pending` makes it run again'));
    project.remove('migrations/003_c.ts');
    expect(await say('pending', '003')).toEqual(unfit('003_c', 'it has no file; `forget` takes its row away'));
    expect((await status(options)).counts).toMatchObject({ applied: 3, pending: 0, missing: 1 });
    await drop();
  });

  test('a protected database wants its name for a mark, too', async () => {
    const { options, drop } = await workbench(flavour, files);
    const config = { environments: { live: { url: options.url ?? 'pglite:', protected: true } } };
    const { url: _, ...rest } = options;
    const live = { ...rest, config, environment: 'live', mark: 'applied', id: '001', reason: 'x' } as const;
    expect(await refused(mark(live))).toEqual(['confirm.needed', expect.stringContaining('--confirm live')]);
    expect(await mark({ ...live, confirm: 'live' })).toMatchObject({ database: 'live', id: '001_a' });
    await drop();
  });

  test('`to` and `redo` go either way by every kind of reference', async () => {
    const { options, tables, drop } = await workbench(flavour, files);
    const go = async (reference: string): Promise<string> => {
      const report = await to({ ...options, yes: true, to: reference });
      return report.nothing ?? report.done.map((item) => `${item.direction === 'up' ? '+' : '-'}${item.id.slice(4)}`).join(' ');
    };
    expect(await go('002_b')).toBe('+a +b');
    expect(await go('002_b.yaml')).toBe('already at 002_b.yaml');
    expect(await go('next')).toBe('+c');
    expect(await go('latest')).toBe('already at latest');
    expect(await go('prev')).toBe('-c');
    expect(await go('+1')).toBe('+c');
    expect(await go('-2')).toBe('-c -b');
    expect(await go('b')).toBe('+b');
    expect(await go('first')).toBe('-b');
    expect(await go('zero')).toBe('-a');
    expect(await tables()).toEqual([]);
    expect(await refused(to({ ...options, to: '00' }))).toEqual(['ref.unknown', expect.stringContaining('none comes before it')]);
    expect((await redo({ ...options, yes: true })).nothing).toBe('nothing is applied');
    await up(options);
    const again = await redo({ ...options, yes: true, count: 2 });
    expect(again.done.map((item) => `${item.direction} ${item.id}`)).toEqual(['down 003_c', 'down 002_b', 'up 002_b', 'up 003_c']);
    expect(await tables()).toEqual(['a', 'b', 'c']);
    // One in the middle can be taken back alone, and comes back by itself.
    expect((await down({ ...options, yes: true, id: '002' })).done.map((item) => item.id)).toEqual(['002_b']);
    expect(await tables()).toEqual(['a', 'c']);
    expect((await up(options)).done.map((item) => item.id)).toEqual(['002_b']);
    await drop();
  });

  test('a redo that fails on its way up says so and leaves the migration pending', async () => {
    const { options, query, drop } = await workbench(flavour, {
      ...files,
      'migrations/004_d.sql':
        '-- lockstep:up\nINSERT INTO a VALUES (1);\nINSERT INTO b SELECT count(*) FROM a;\n-- lockstep:down\nDROP TABLE b;\n',
    });
    await up(options);
    const report = await redo({ ...options, yes: true });
    expect(report.done.map((item) => `${item.direction} ${item.id}`)).toEqual(['down 004_d']);
    expect(report.failed).toMatchObject([{ id: '004_d', direction: 'up', problem: { code: 'migration.failed' } }]);
    expect((await status(options)).migrations.at(-1)).toMatchObject({ id: '004_d', state: 'failed' });
    expect(await query('SELECT count(*) AS n FROM a')).toHaveLength(1);
    await drop();
  });
});
