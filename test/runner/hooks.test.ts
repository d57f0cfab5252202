import { expect, test } from 'vitest';
import { onDatabase } from '../support/activity.ts';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { brokenRun } from '../support/recovery.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const files = {
  'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE a;',
  'migrations/002_b.sql': '-- lockstep:up\nCREATE TABLE b (id integer);\n-- lockstep:down\nDROP TABLE b;',
  'migrations/003_c.sql': '-- lockstep:up\nCREATE TABLE c (id integer);\n-- lockstep:down\nDROP TABLE c;',
};

/** Hooks that write down that they were called; the one that FAIL_IN names throws, at a migration and in a direction that may be named. */
const config = `import { appendFileSync } from 'node:fs';
const note = (name) => async ({ migration, direction, database, query }) => {
  const [{ one }] = await query('SELECT 1 AS one');
  if (Number(one) !== 1 || !database.includes(':')) throw new Error('a hook is told nonsense');
  appendFileSync('calls', [name, direction, migration].filter((word) => word !== undefined).join(' ') + '\\n');
  if (name === process.env.FAIL_IN && (process.env.FAIL_AT ?? migration) === migration && (process.env.FAIL_GOING ?? direction) === direction) throw new Error('no such luck');
};
export default { hooks: Object.fromEntries(['beforeRun', 'beforeMigration', 'afterMigration', 'afterRun'].map((name) => [name, note(name)])) };`;

function calls(project: Sandbox): readonly string[] {
  const all = project.read('calls').trim().split('\n');
  project.remove('calls');
  return all;
}

const around = (direction: string, ...ids: readonly string[]): readonly string[] => [
  `beforeRun ${direction}`,
  ...ids.flatMap((id) => [`beforeMigration ${direction} ${id}`, `afterMigration ${direction} ${id}`]),
  `afterRun ${direction}`,
];

test.each((['sqlite', 'postgres', 'mariadb'] as const satisfies readonly Flavour[]).slice(0, rounds(1, 3)))(
  'hooks are called around runs and migrations on %s',
  async (flavour) => {
    const database = await freshDatabase(flavour);
    const project = sandbox({ ...files, 'lockstep.config.mjs': config });
    const env = { DATABASE_URL: database.url };
    const outcome = await project.run(['up', '--json=stream'], { env });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(calls(project)).toEqual(around('up', '001_a', '002_b', '003_c'));
    expect(outcome.stdout.match(/"ev":"hook","hook":"\w+"(,"migration":"\w+")?/g)).toHaveLength(8);
    expect((await project.run(['down', '2', '--yes'], { env })).code).toBe(0);
    expect(calls(project)).toEqual(around('down', '003_c', '002_b'));
    // Where there is nothing to do nothing is begun.
    expect((await project.run(['up', '--to', '001'], { env })).code).toBe(0);
    expect(() => project.read('calls')).toThrow('ENOENT');
    await database.drop();
  },
);

interface Case {
  readonly fails: { readonly FAIL_IN: string; readonly FAIL_AT?: string; readonly FAIL_GOING?: string };
  readonly flags?: readonly string[];
  readonly said: object;
  readonly calls: readonly string[];
}

const upTo = (id: string): readonly string[] => around('up', '001_a', '002_b').slice(0, around('up', '001_a', '002_b').indexOf(id) + 1);

const cases: Readonly<Record<string, Case>> = {
  'before the run stops it': {
    fails: { FAIL_IN: 'beforeRun' },
    said: { codes: ['hook.failed'], message: 'the hook beforeRun threw: no such luck', state: 'nothing was run', done: [], failed: [] },
    calls: ['beforeRun up'],
  },
  'before a migration stops it there': {
    fails: { FAIL_IN: 'beforeMigration', FAIL_AT: '002_b' },
    said: {
      codes: ['hook.failed'],
      message: 'the hook beforeMigration threw at migration 002_b: no such luck',
      state: 'nothing of 002_b ran',
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    },
    calls: [...upTo('beforeMigration up 002_b'), 'afterRun up'],
  },
  'behind a migration leaves it applied and stops there': {
    fails: { FAIL_IN: 'afterMigration', FAIL_AT: '002_b' },
    said: {
      codes: ['hook.failed'],
      message: 'the hook afterMigration threw at migration 002_b: no such luck',
      state: '002_b is applied',
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '002_b',
    },
    calls: [...upTo('afterMigration up 002_b'), 'afterRun up'],
  },
  'behind a migration undoes the one transaction of a run': {
    fails: { FAIL_IN: 'afterMigration', FAIL_AT: '002_b' },
    flags: ['--transaction', 'all'],
    said: {
      codes: ['hook.failed'],
      state: 'rolled back: nothing of this run remains',
      done: [],
      failed: ['002_b'],
      untouched: ['001_a', '003_c'],
      at: '',
    },
    calls: [...upTo('afterMigration up 002_b'), 'afterRun up'],
  },
  'behind a migration takes the run back where that is wanted': {
    fails: { FAIL_IN: 'afterMigration', FAIL_AT: '003_c', FAIL_GOING: 'up' },
    flags: ['--on-error', 'backout'],
    said: {
      codes: ['hook.failed'],
      state: '003_c was taken back with the run',
      done: [],
      failed: ['003_c'],
      untouched: ['001_a', '002_b'],
      at: '',
    },
    calls: [
      ...around('up', '001_a', '002_b', '003_c').slice(0, -1),
      ...around('down', '003_c', '002_b', '001_a').slice(1, -1),
      'afterRun up',
    ],
  },
  'behind a migration, both ways, stops the way back': {
    fails: { FAIL_IN: 'afterMigration', FAIL_AT: '003_c' },
    flags: ['--on-error', 'backout'],
    said: {
      codes: ['hook.failed', 'hook.failed'],
      state: '003_c was taken back with the run',
      done: ['001_a', '002_b'],
      failed: ['003_c', '003_c'],
      untouched: [],
      at: '002_b',
    },
    calls: [...around('up', '001_a', '002_b', '003_c').slice(0, -1), ...around('down', '003_c').slice(1, -1), 'afterRun up'],
  },
  'behind the run does not hide what was done': {
    fails: { FAIL_IN: 'afterRun' },
    said: {
      codes: ['hook.failed'],
      message: 'the hook afterRun threw: no such luck',
      state: 'the run is over: what it did stays',
      done: ['001_a', '002_b', '003_c'],
      failed: [],
      untouched: [],
      at: '003_c',
    },
    calls: around('up', '001_a', '002_b', '003_c'),
  },
};

test.each(Object.keys(cases))('a hook that fails %s', async (name) => {
  const one = cases[name];
  if (one === undefined) throw new Error(name);
  const database = await freshDatabase('sqlite');
  const project = sandbox({ ...files, 'lockstep.config.mjs': config });
  const env = { DATABASE_URL: database.url, ...one.fails };
  const broken = brokenRun(await project.run(['up', '--json', ...(one.flags ?? [])], { env }));
  expect(broken).toMatchObject({ code: 2, ...one.said });
  expect(calls(project)).toEqual(one.calls);
  const rows = await onDatabase(database, "SELECT id FROM lockstep_history WHERE state = 'applied' ORDER BY id");
  expect(broken.at ?? '').toBe(rows.map(({ id }) => id).at(-1) ?? '');
  await database.drop();
});
