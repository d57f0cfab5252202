import { describe, expect, test } from 'vitest';
import { type Check, type DoctorReport, doctor, mark, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

const files = {
  'migrations/001_a.sql': 'CREATE TABLE a (id integer PRIMARY KEY);',
  'migrations/002_b.yaml': 'up:\n  - createTable: { name: b, columns: [{ name: id, type: integer }] }\n',
};

/** What is not well, as `outcome name: message`. */
const faults = ({ checks }: DoctorReport): readonly string[] =>
  checks.filter((check) => check.outcome !== 'ok').map((check) => `${check.outcome} ${check.name}: ${check.message}`);
const fixesOf = ({ checks }: DoctorReport): readonly (readonly string[])[] =>
  checks.filter((check: Check) => check.outcome !== 'ok').map((check) => check.fix);

describe.each(flavours)('on %s', (flavour) => {
  test('a project in order is healthy, before and behind its first run', async () => {
    const { options, tables, drop } = await workbench(flavour, files);
    const before = await doctor(options);
    expect([before.healthy, faults(before)]).toEqual([true, []]);
    expect(before.checks.map((check) => check.name)).toEqual([
      'node',
      'configuration',
      'migrations',
      'URL',
      'database',
      ...(before.checks.some((check) => check.name === 'clock') ? ['clock'] : []),
      'history',
      'migrations',
    ]);
    expect(before.checks.at(-2)?.message).toBe('nothing is applied yet');
    expect(before.checks.at(-1)?.message).toBe('2 pending, all of them can be read');
    expect(await tables('own')).toEqual([]);
    await up(options);
    const after = await doctor(options);
    expect([after.healthy, faults(after), after.checks.at(-1)?.message]).toEqual([true, [], '2 applied, nothing contradicts the files']);
    await drop();
  });

  test('every problem of history and files is found, each with what helps', async () => {
    const { options, project, drop } = await workbench(flavour, files);
    await up(options);
    project.write('migrations/001_a.sql', 'CREATE TABLE a (id integer PRIMARY KEY, name text);');
    project.remove('migrations/002_b.yaml');
    project.write('migrations/003_c.sql', `CREATE TABLE c (id integer);\nINSERT INTO c VALUES (1), (2);\nSELECT 'open;`);
    project.write('migrations/helper.sql', 'SELECT 1;');
    const report = await doctor(options);
    expect(report.healthy).toBe(false);
    expect(faults(report)).toEqual([
      'warning migrations: "migrations/helper.sql" is no migration and is not run',
      expect.stringMatching(/^error history: migration 001_a was edited after it had been applied at \d{4}/),
      'error history: the file of the applied migration 002_b is gone',
      "error migrations: ' is opened here and never closed (migrations/003_c.sql:3:8)",
    ]);
    for (const fix of fixesOf(report)) expect(fix.length).toBeGreaterThan(0);
    await mark({ ...options, mark: 'forget', id: '002_b', reason: 'x' });
    expect(faults(await doctor(options))).toHaveLength(3);
    await drop();
  });

  test('a migration that failed half way is found, with both ways out', async () => {
    const { options, drop } = await workbench(flavour, {
      ...files,
      'migrations/003_c.ts': `export default { async up({ step, sql }: any) { await step('one', () => { sql\`INSERT INTO a VALUES (1)\`; }); throw new Error('enough'); } };`,
    });
    await up(options);
    const report = await doctor(options);
    expect(faults(report)).toEqual(['error history: migration 003_c failed half way: enough']);
    expect(fixesOf(report)).toEqual([['lockstep up', 'lockstep down --partial']]);
    await drop();
  });
});

test('the program prints every check and exits with 1 when something stands in the way', async () => {
  const { run } = sandbox({ ...files, 'lockstep.config.json': '{ "url": "sqlite:./a.db" }', 'migrations/notes.txt': 'x' });
  const healthy = await run(['doctor']);
  expect([healthy.code, healthy.stderr]).toEqual([0, '']);
  expect(healthy.stdout).toContain(
    '  ✔ configuration: lockstep.config.json\n  ⚠ migrations: "migrations/notes.txt" is no migration and is not run\n',
  );
  expect(healthy.stdout).toMatch(
    / {2}✔ URL: sqlite:\.\/a\.db \(from lockstep\.config\.json\)\n.*\n.*\n.*\n.*\n {2}0 problems, 1 warning\.\n$/,
  );
  const broken = await run(['doctor', '--url', 'sqlite:./no/such/a.db']);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(
    / {2}✔ URL: sqlite:\.\/no\/such\/a\.db \(from --url\)\n {2}✖ database: .* cannot be opened: the folder .* does not exist\n {6}fix: correct the path in the URL, or make what it names\n {2}1 problem, 1 warning\.\n$/,
  );
});

test.each([
  [
    'a configuration that is wrong',
    { 'lockstep.config.json': '{ "lat": 1 }' },
    'error configuration: "lockstep.config.json" cannot be used: there is no property "lat"; did you mean "late"?',
  ],
  ['no URL', { 'migrations/001_a.sql': '' }, 'error database: no database is named'],
  [
    'no folder',
    { 'lockstep.config.json': '{ "url": "sqlite:./a.db" }' },
    'error migrations: the folder of migrations "migrations" does not exist',
  ],
  [
    'an unknown environment',
    { 'lockstep.config.json': '{ "environments": {} }', 'migrations/001_a.sql': '' },
    'error database: there is no environment "live"',
  ],
])('%s is found', async (_name, project, fault) => {
  const { folder } = sandbox(project);
  const report = await doctor({
    cwd: folder,
    env: {},
    ...('lockstep.config.json' in project && fault.includes('"live"') ? { environment: 'live' } : {}),
  });
  expect(faults(report)).toContainEqual(expect.stringContaining(fault));
  expect(report.healthy).toBe(false);
});
