import { expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

const table = (name: string): string => `-- lockstep:up\nCREATE TABLE "${name}" (id integer);\n-- lockstep:down\nDROP TABLE "${name}";\n`;
const config = { 'lockstep.config.json': '{ "url": "sqlite:./a.db" }' };

interface Told {
  readonly migrations: readonly { readonly id: string; readonly state: string; readonly flags: readonly string[] }[];
}

/** What the program says of each migration: its state and its flags. */
async function told({ run }: Sandbox): Promise<readonly string[]> {
  const { stdout } = await run(['status', '--json']);
  return (JSON.parse(stdout) as { readonly data: Told }).data.migrations.map(({ id, state, flags }) => [id, state, ...flags].join(' '));
}

/** The ids that a run has brought up, in its order. */
async function done({ run }: Sandbox, args: readonly string[] = []): Promise<readonly string[]> {
  const { stdout } = await run(['up', '--json', ...args]);
  return (JSON.parse(stdout) as { readonly data: { readonly done: readonly { readonly id: string }[] } }).data.done.map(({ id }) => id);
}

test('an installer, versions and the order in them decide what runs on a fresh database and on one with a history', async () => {
  const files = {
    ...config,
    'modules/test1/installation.sql': '-- lockstep:installer covers=v1_0\nCREATE TABLE a (id integer);\n',
    'modules/test1/v1_0/first.sql': table('a'),
    'modules/test1/v1_1/second.sql': table('b'),
    'modules/test2/v1_0/a.sql': `-- lockstep:order 11\n${table('c')}`,
    'modules/test2/v1_0/b.sql': `-- lockstep:order 10\n${table('d')}`,
    'modules/test2/v1_1/a.sql': `-- lockstep:order 12\n${table('e')}`,
    'modules/test2/v1_1/b.sql': `-- lockstep:order 11\n${table('f')}`,
  };
  const others = ['test2/v1_0/b', 'test2/v1_0/a', 'test2/v1_1/b', 'test2/v1_1/a'];
  const fresh = sandbox(files);
  expect(await done(fresh)).toEqual(['test1/installation', 'test1/v1_1/second', ...others]);
  expect(await done(fresh)).toEqual([]);
  const begun = sandbox(files);
  await begun.run(['to', 'test1@v1_0', '--no-installer']);
  expect(await done(begun)).toEqual(['test1/v1_1/second', ...others]);
});

test('a lower step that comes late is flagged, and runs', async () => {
  const project = sandbox({ ...config, 'modules/m/v1_0/01_a.sql': table('a'), 'modules/m/v1_2/01_c.sql': table('c') });
  await done(project);
  project.write('modules/m/v1_1/01_b.sql', table('b'));
  project.write('modules/m/v1_0/02_d.sql', table('d'));
  expect(await told(project)).toEqual([
    'm/v1_0/01_a applied',
    'm/v1_0/02_d pending late',
    'm/v1_1/01_b pending late',
    'm/v1_2/01_c applied',
  ]);
  expect(await done(project)).toEqual(['m/v1_0/02_d', 'm/v1_1/01_b']);
  expect(await told(project)).not.toContainEqual(expect.stringMatching(/pending/));
});

test('of two migrations in one version the second fails: it is the one that runs again', async () => {
  const project = sandbox({
    ...config,
    'modules/m/v1_2/01_a.sql': table('a'),
    'modules/m/v1_2/02_b.sql': 'CREATE TABLE b (;\n',
    'modules/m/v1_3/01_c.sql': table('c'),
  });
  expect(await project.run(['up'])).toMatchObject({ code: 2 });
  expect(await told(project)).toEqual(['m/v1_2/01_a applied', 'm/v1_2/02_b failed', 'm/v1_3/01_c pending']);
  project.write('modules/m/v1_2/02_b.sql', table('b'));
  expect(await done(project)).toEqual(['m/v1_2/02_b', 'm/v1_3/01_c']);
});

test('newer versions run though their texts sort before the older ones', async () => {
  const versions = { a: ['0.0.9', '0.0.10'], b: ['1.9', '1.10'], c: ['v1_9', 'v1_10'] };
  const numbers = ['1_a', '2_b', '9_c', '10_d', '100_e'];
  const project = sandbox({ ...config, ...Object.fromEntries(numbers.map((name) => [`migrations/${name}.sql`, table(name)])) });
  for (const [name, [older]] of Object.entries(versions)) project.write(`modules/${name}/${older}/01_old.sql`, table(`${name}_old`));
  expect(await done(project)).toEqual([...numbers, 'a/0.0.9/01_old', 'b/1.9/01_old', 'c/v1_9/01_old']);
  for (const [name, [, newer]] of Object.entries(versions)) project.write(`modules/${name}/${newer}/01_new.sql`, table(`${name}_new`));
  const newer = ['a/0.0.10/01_new', 'b/1.10/01_new', 'c/v1_10/01_new'];
  expect((await told(project)).filter((one) => one.includes('pending'))).toEqual(newer.map((id) => `${id} pending`));
  expect(await done(project)).toEqual(newer);
});

test('two labels of which neither comes first are refused, and nothing runs', async () => {
  const project = sandbox({ ...config, 'modules/m/v1_1/01_a.sql': table('a'), 'modules/m/v1_01/01_b.sql': table('b') });
  const { code, stderr } = await project.run(['up']);
  expect([code, stderr]).toEqual([65, expect.stringContaining('order.ambiguous')]);
  for (const folder of ['v1_1', 'v1_01']) expect(stderr).toContain(`modules/m/${folder}/`);
  expect((await told(project)).every((one) => one.endsWith('pending'))).toBe(true);
});

test('the closing line names some of many modules, and how many more there are', async () => {
  const modules = Array.from({ length: 12 }, (_, i) => [`modules/m${i + 10}/v1_0/01_a.sql`, table(`t${i}`)]);
  const { stdout } = await sandbox({ ...config, ...Object.fromEntries(modules) }).run(['up']);
  expect(stdout).toMatch(/ is at m10\/v1_0\/01_a, .*m17\/v1_0\/01_a, 4 more\.$/m);
});
