import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { status } from '../../src/commands/index.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';
import { noTerminal, onTerminal } from '../support/terminal.ts';

const files = {
  'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\n-- lockstep:down\nDROP TABLE a;\n',
  'lockstep.config.json': JSON.stringify({ url: 'sqlite:./a.db', environments: { live: { url: 'sqlite:./a.db', protected: true } } }),
};

async function applied(): Promise<Sandbox> {
  const project = sandbox(files);
  expect((await project.run(['up'])).code).toBe(0);
  return project;
}

const isApplied = async ({ folder }: Sandbox): Promise<boolean> => (await status({ cwd: folder, env: {} })).counts.applied === 1;

test.each([
  ['Enter', '\r', 3],
  ['n', 'n', 3],
  ['Esc', '\u001b', 3],
  ['Ctrl-C', '\u0003', 3],
  ['Ctrl-D, the end of input', '\u0004', 3],
  ['y', 'y', 0],
])('%s answers the question of `down`', async (_name, keys, exit) => {
  if (noTerminal !== undefined) return expect(noTerminal).toContain('script');
  const project = await applied();
  const { code, said } = await onTerminal(project.folder, ['down'], { typed: [{ behind: 'No', keys }] });
  expect(said).toContain('LOSES table a (1 row)');
  expect(said).toContain('1 migration would be taken back: 001_a.');
  expect(code, said).toBe(exit);
  if (exit === 3) expect(said).toMatch(/confirm\.rejected {2}the answer was No\n {2}State: {2}nothing was changed\n {2}Fix: {4}--yes\n/);
  expect(await isApplied(project)).toBe(exit === 3);
});

test.each([
  ['live', 0],
  ['Live', 3],
  ['', 3],
])('a protected database wants its name: "%s"', async (name, exit) => {
  if (noTerminal !== undefined) return expect(noTerminal).toContain('script');
  const project = await applied();
  const { code, said } = await onTerminal(project.folder, ['down', '-e', 'live'], { typed: [{ behind: 'Type live', keys: `${name}\r` }] });
  expect(code, said).toBe(exit);
  if (exit === 3) expect(said).toContain('Fix:    --confirm live');
  expect(await isApplied(project)).toBe(exit === 3);
});

test('without a terminal nothing is asked: every question has a flag, which the refusal names', async () => {
  const project = await applied();
  const refused = async (args: readonly string[], flag: string, env: Record<string, string> = {}): Promise<void> => {
    const { code, stdout, stderr } = await project.run(args, { env });
    expect([code, stderr + stdout]).toEqual([5, expect.stringContaining(flag)]);
    expect(stderr + stdout).toContain('confirm.needed');
    expect(await isApplied(project)).toBe(true);
  };
  await refused(['down'], '--yes');
  await refused(['redo'], '--yes');
  await refused(['to', 'zero'], '--yes');
  await refused(['down', '--json'], '"fix":["--yes"]');
  await refused(['down', '-e', 'live', '--yes'], '--confirm live');
  if (noTerminal === undefined) {
    for (const [args, env] of [
      [['down', '--no-input'], {}],
      [['down'], { CI: 'true' }],
      [['down', '--json'], {}],
    ] as const) {
      const { code, said } = await onTerminal(project.folder, args, { env });
      expect([code, said]).toEqual([5, expect.stringContaining('confirm.needed')]);
    }
  }
  expect((await project.run(['down', '-e', 'live', '--confirm', 'life'])).stderr).toContain('Fix:    --confirm live');
  expect((await project.run(['down', '-e', 'live', '--confirm', 'live'])).code).toBe(0);
  expect((await project.run(['up', '--force'])).code).toBe(0);
  expect((await project.run(['down', '--force'])).code).toBe(0);
  expect(await isApplied(project)).toBe(false);
});

test('init asks for engine, folder and example, and writes nothing when it is given up', async () => {
  if (noTerminal !== undefined) return expect(noTerminal).toContain('script');
  const project = sandbox();
  const gone = await onTerminal(project.folder, ['init'], { typed: [{ behind: 'PGlite', keys: '\u0003' }] });
  expect([gone.code, gone.said]).toEqual([3, expect.stringContaining('Nothing was written.')]);
  expect(readdirSync(project.folder)).toEqual([]);
  const done = await onTerminal(project.folder, ['init'], {
    typed: [
      { behind: 'PGlite', keys: '\u001b[B\r' },
      { behind: 'Where do migrations live', keys: '/db\r' },
      { behind: 'Example migration', keys: 'n' },
    ],
  });
  expect([done.code, done.said]).toEqual([0, expect.stringContaining('Ready for pglite:./.lockstep/pg.')]);
  expect(project.read('lockstep.config.ts')).toContain(`url: 'pglite:./.lockstep/pg',\n  migrations: 'migrations/db',`);
  expect(readdirSync(join(project.folder, 'migrations/db'))).toEqual([]);
  expect(existsSync(join(project.folder, '.lockstep/pg'))).toBe(false);
});
