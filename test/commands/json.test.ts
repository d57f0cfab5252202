import { describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const files = {
  'lockstep.config.json': '{ "url": "sqlite:./a.db" }',
  'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE a;\n-- lockstep:verify\nSELECT 1;\n',
  'migrations/002_b.yaml': 'up:\n  - createTable: { name: b, columns: [{ name: id, type: integer }] }\n',
  'migrations/003_c.ts': `export default { async up({ schema, db, log }) { await db.insertInto('b').values({ id: 1 }).execute(); log('hi'); } };`,
};

const envelope = { v: 1, env: null, problems: [] };
const run = { database: 'a.db', server: expect.stringMatching(/^SQLite/), target: 'sqlite:./a.db' };
const item = (id: string, direction: string, back: unknown = expect.any(String)): object => ({
  module: 'app',
  id,
  version: id.slice(0, 3),
  direction,
  statements: expect.any(Number),
  ms: expect.any(Number),
  back,
});

/** The one object that a call writes to standard output; nothing may stand on either stream beside it. */
async function json(project: Sandbox, args: readonly string[], exit = 0): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await project.run([...args, '--json']);
  expect([code, stderr], stdout).toEqual([exit, '']);
  expect(stdout.endsWith('}\n') && !stdout.slice(0, -1).includes('\n')).toBe(true);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({ v: 1, ok: exit === 0, exitCode: exit, env: null });
  return answer;
}

test('every command answers with one object of the documented shape', async () => {
  const project = sandbox(files);
  expect(await json(project, ['status'])).toEqual({
    ...envelope,
    command: 'status',
    ok: true,
    exitCode: 0,
    data: {
      ...run,
      migrations: ['001_a.sql', '002_b.yaml', '003_c.ts'].map((name) => ({
        module: 'app',
        id: name.slice(0, 5),
        version: name.slice(0, 3),
        name: name.slice(4, 5),
        state: 'pending',
        flags: [],
        partial: false,
        file: `migrations/${name}`,
      })),
      counts: { pending: 3, applied: 0, failed: 0, edited: 0, missing: 0, late: 0 },
      problems: [],
      upToDate: false,
    },
  });
  expect(await json(project, ['plan'])).toMatchObject({
    command: 'plan',
    data: {
      ...run,
      exact: false,
      summary: { add: 2, change: 0, destroy: 0 },
      steps: [
        {
          id: '001_a',
          direction: 'up',
          transaction: 'one',
          back: 'statements',
          statements: [{ sql: 'CREATE TABLE a (id integer)', line: 2 }],
        },
        { id: '002_b', back: 'statements' },
        { id: '003_c', boundary: 'a query' },
      ],
    },
  });
  expect(await json(project, ['up', '--dry-run'])).toMatchObject({ data: { dryRun: true, done: [], failed: [], untouched: [{}, {}, {}] } });
  expect(await json(project, ['up', '--verify'])).toEqual({
    ...envelope,
    command: 'up',
    ok: true,
    exitCode: 0,
    data: {
      ...run,
      direction: 'up',
      run: expect.stringMatching(/^\d{8}T\d{6}-[0-9a-f]{8}$/),
      done: [item('001_a', 'up', 'statements'), item('002_b', 'up', 'statements'), item('003_c', 'up', 'structure only')],
      failed: [],
      untouched: [],
      warnings: [],
      interrupted: false,
      rehearsed: false,
      ms: expect.any(Number),
      at: { app: '003_c' },
    },
  });
  expect(await json(project, ['up'])).toMatchObject({ data: { done: [], failed: [], untouched: [], nothing: '0 pending' } });
  expect(await json(project, ['verify'])).toMatchObject({ data: { compared: 3, checked: 1, problems: [] } });
  expect(await json(project, ['doctor'])).toMatchObject({ data: { healthy: true, checks: expect.any(Array) } });
  expect(await json(project, ['down', '--dry-run', '001'])).toMatchObject({
    data: { steps: [{ id: '001_a', direction: 'down' }], done: [] },
  });
  expect(await json(project, ['down', '--yes'])).toMatchObject({
    data: { direction: 'down', done: [item('003_c', 'down')], failed: [], untouched: [] },
  });
  expect(await json(project, ['redo', '--yes'])).toMatchObject({ data: { done: [item('002_b', 'down'), item('002_b', 'up')] } });
  expect(await json(project, ['to', 'first', '--yes'])).toMatchObject({ data: { done: [item('002_b', 'down')], at: { app: '001_a' } } });
  expect(await json(project, ['mark', 'applied', '002', '--reason', 'x'])).toMatchObject({
    data: { database: 'a.db', id: '002_b', mark: 'applied', from: 'reverted', now: expect.any(String) },
  });
  expect(await json(project, ['new', 'x y'])).toMatchObject({ data: { id: '004_x_y', file: 'migrations/004_x_y.sql', format: 'sql' } });
  expect(await json(project, ['init'])).toMatchObject({ data: { url: 'sqlite:./a.db', secret: false, files: [{ what: 'kept' }, {}] } });
  expect(await json(project, ['explain', 'plan'])).toMatchObject({ data: { code: 'plan', explain: expect.any(String) } });
  expect(await json(project, ['completion', 'fish'])).toMatchObject({ data: { script: expect.any(String) } });
  project.remove('migrations/003_c.ts');
  expect(await json(project, ['test'])).toMatchObject({
    data: { passed: true, engines: [{ migrations: 3, reversible: 3, irreversible: [], problems: [], server: expect.any(String) }] },
  });
});

describe('a failure', () => {
  test('of a migration stands in the lists and among the problems, with its place', async () => {
    const project = sandbox({ ...files, 'migrations/002_b.yaml': '', 'migrations/003_c.ts': '', 'migrations/003_c.sql': 'SELECT 1;' });
    project.remove('migrations/003_c.ts');
    project.write('migrations/002_b.sql', 'CREATE TABLE b (id integer);\nINSERT INTO nowhere VALUES (1);');
    project.remove('migrations/002_b.yaml');
    const problem = {
      code: 'migration.failed',
      level: 'error',
      message: 'migration 002_b failed at statement 2 of 2: no such table: nowhere',
      file: 'migrations/002_b.sql',
      line: 2,
      column: 13,
      state: 'rolled back: nothing of 002_b remains',
      fix: ['edit migrations/002_b.sql:2, then  lockstep up'],
      migration: '002_b',
    };
    expect(await json(project, ['up'], 2)).toMatchObject({
      data: {
        done: [{ id: '001_a' }],
        failed: [{ id: '002_b', partial: false, problem }],
        untouched: [{ id: '003_c' }],
        at: { app: '001_a' },
      },
      problems: [problem],
    });
    expect(await json(project, ['status', '--exit-code'], 1)).toMatchObject({
      data: { migrations: [{}, { state: 'failed', flags: [], error: 'no such table: nowhere' }, {}] },
    });
  });

  test.each([
    [['up', '--bogus'], 64, 'up', 'usage.unknown-flag', undefined],
    [['bogus'], 64, null, 'usage.unknown-command', undefined],
    [['status', '--late', 'x'], 64, 'status', 'usage.unknown-flag', undefined],
    [[], 64, null, 'usage.missing-argument', undefined],
    [['to', 'nowhere'], 64, 'to', 'ref.unknown', undefined],
    [['down'], 5, 'down', 'confirm.needed', 'nothing was changed'],
    [['status', '--url', 'sqlite:./no/such.db'], 6, 'status', 'connection.failed', 'nothing was changed'],
    [['up', '-e', 'live'], 78, 'up', 'config.unknown-environment', undefined],
  ])('%j is said in the same shape', async (args, exit, command, code, state) => {
    const project = sandbox({ ...files, 'migrations/003_c.ts': 'export const up = () => undefined;' });
    if (args[0] === 'down') await project.run(['up']);
    const { stdout } = await project.run([...args, '--json']);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({
      v: 1,
      command,
      ok: false,
      exitCode: exit,
      problems: [{ code, level: 'error', fix: [expect.any(String)] }],
    });
    expect(answer.problems[0].state).toBe(state);
    expect(JSON.stringify(answer)).not.toContain('COMMAND');
  });

  test('of several files is several problems, each with its place and the state', async () => {
    const project = sandbox({ ...files, 'migrations/002_b.yaml': 'up:\n  - creatTable: {}\n  - dropTabl: a\n' });
    const { problems } = await json(project, ['up'], 65);
    expect(problems).toMatchObject([
      { code: 'migration.unknown-change', file: 'migrations/002_b.yaml', line: 2, column: 5, state: 'nothing was run' },
      { code: 'migration.unknown-change', file: 'migrations/002_b.yaml', line: 3, column: 5, state: 'nothing was run' },
    ]);
  });
});

describe('--json=stream', () => {
  const lines = async (project: Sandbox, args: readonly string[]): Promise<Record<string, unknown>[]> => {
    const { stdout, stderr } = await project.run([...args, '--json=stream']);
    expect(stderr).toBe('');
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  test('writes an object a line with time and event; the result is the last', async () => {
    const events = await lines(sandbox(files), ['up']);
    for (const event of events)
      expect(event).toMatchObject({ t: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), ev: expect.any(String) });
    expect(events.map((event) => event['ev'])).toEqual([
      'lock.acquired',
      'run.start',
      ...['migration.start', 'statement.start', 'statement.end', 'migration.end'],
      ...['migration.start', 'statement.start', 'statement.end', 'migration.end'],
      ...['migration.start', 'statement.start', 'statement.end', 'log', 'migration.end'],
      'done',
      'result',
    ]);
    expect(events.at(-1)).toMatchObject({ v: 1, command: 'up', ok: true, exitCode: 0, data: { done: [{}, {}, {}] } });
  });

  test.each([
    [['status', '--nope'], 64],
    [['bogus'], 64],
    [['up', '--url', 'sqlite:./no/such.db'], 6],
    [['down'], 0],
    [['doctor'], 0],
  ])('%j ends with the result too', async (args, exit) => {
    const events = await lines(sandbox(files), args);
    expect(events.at(-1)).toMatchObject({ ev: 'result', exitCode: exit, ok: exit === 0 });
    expect(events.filter((event) => event['ev'] === 'result')).toHaveLength(1);
  });

  test('tells what failed before it tells the result', async () => {
    const events = await lines(sandbox({ ...files, 'migrations/002_b.yaml': 'up:\n  - sql: INSERT INTO nowhere VALUES (1)\n' }), ['up']);
    expect(events.filter((event) => event['ev'] === 'error')).toMatchObject([{ code: 'migration.failed', migration: '002_b' }]);
    expect(events.at(-1)).toMatchObject({ ev: 'result', exitCode: 2, data: { failed: [{ id: '002_b' }], untouched: [{ id: '003_c' }] } });
  });
});
