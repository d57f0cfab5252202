import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sandbox } from '../support/sandbox.ts';

const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as { version: string };

test('the real program answers from a folder of its own', async () => {
  const project = sandbox({ 'migrations/0001_first.sql': 'CREATE TABLE first (id integer);\n' });
  expect(await project.run(['--version'])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  expect(project.read('migrations/0001_first.sql')).toContain('CREATE TABLE first');
});

test('a call that does not end in time is killed and tells what it had said', async () => {
  await expect(sandbox().run(['--version'], { timeout: 1 })).rejects.toThrow('lockstep --version did not end within 1 ms');
});

test('a running call can be killed with any signal', async () => {
  const call = sandbox().start(['--version']);
  call.kill('SIGKILL');
  expect(await call.done).toMatchObject({ code: null, signal: 'SIGKILL' });
});
