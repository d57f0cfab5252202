import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type CatalogueEntry, catalogue } from '../../src/base/index.ts';
import { explain, explainable } from '../../src/commands/index.ts';
import { sandbox } from '../support/sandbox.ts';
import { findProgram } from '../support/server/keep.ts';

const run = promisify(execFile);

const files = {
  'lockstep.config.mjs': `export default { migrations: 'db', environments: { live: { url: 'sqlite:./x' }, stage: { url: 'sqlite:./y' } } };`,
  'db/001_a.sql': '',
  'db/002_b c.up.sql': '',
  'db/002_b c.down.sql': '',
  'other/003_c.sql': '',
};

describe('completion', () => {
  test.each([
    [['st'], ['status']],
    [['up', '--la'], ['--late']],
    [
      ['up', '--late', ''],
      ['run', 'warn', 'refuse'],
    ],
    [['up', '--late=w'], ['--late=warn']],
    [['up', '--late', '=', 'w'], ['warn']],
    [['--json', 'up', '--on-error', 'b'], ['backout']],
    [
      ['status', '-e', ''],
      ['live', 'stage'],
    ],
    [['--env', 'st'], ['stage']],
    [
      ['down', '00'],
      ['001_a', '002_b c'],
    ],
    [
      ['to', ''],
      ['001_a', '002_b c', 'latest', 'first', 'prev', 'next', 'zero'],
    ],
    [['to', '--dir', 'other', '0'], ['003_c']],
    [['mark', 'ap'], ['applied']],
    [['mark', 'accept', '001'], ['001_a']],
    [['explain', 'migration.ed'], ['migration.edited']],
    [['completion', 'b'], ['bash']],
    [['new', '--format', 'y'], ['yaml']],
  ])('%j may go on with %j', async (words, expected) => {
    const { stdout, code } = await sandbox(files).run(['__complete', ...words]);
    expect([code, stdout.trimEnd().split('\n')]).toEqual([0, expected]);
  });

  test.each(['bash', 'zsh', 'fish'])('the script for %s is understood by it', async (shell) => {
    const project = sandbox(files);
    const { stdout, code } = await project.run(['completion', shell]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('lockstep __complete')]);
    // Where the shell is not installed, at least its script was made.
    if (findProgram(shell) === undefined) return;
    project.write('script', stdout);
    await run(shell, ['-n', `${project.folder}/script`]);
  });

  test('bash proposes names with blanks so that they stay one word', async () => {
    if (findProgram('bash') === undefined) return;
    const project = sandbox(files);
    project.write('script', (await project.run(['completion', 'bash'])).stdout);
    const program = new URL('../../bin/lockstep', import.meta.url).pathname;
    const ask = `source ./script; lockstep() { '${process.execPath}' '${program}' "$@"; }
      COMP_WORDS=(lockstep to 002); COMP_CWORD=2; _lockstep; printf '%s|' "\${COMPREPLY[@]}"`;
    expect((await run('bash', ['-c', ask], { cwd: project.folder })).stdout).toBe('002_b\\ c|');
  });

  test.each([
    [['completion'], 'usage.missing-argument'],
    [['completion', 'tcsh'], 'usage.invalid-value'],
    [['completion', 'bash', 'zsh'], 'usage.invalid-value'],
  ])('%j is refused', async (args, code) => {
    expect(await sandbox().run(args)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining(code) });
  });
});

describe('explain', () => {
  test.each(Object.entries<CatalogueEntry>(catalogue))('%s has a title, a text, what helps and an exit code', (code, entry) => {
    const { title, fix, exit, explain: text } = explain(code);
    expect({ title, fix, exit, explain: text }).toEqual(entry);
    for (const words of [title, text, ...fix]) expect(words.trim()).not.toBe('');
    expect(fix.length).toBeGreaterThan(0);
  });

  test('everything that is listed can be explained, by people and by programs', async () => {
    const { run: call } = sandbox();
    for (const word of explainable()) expect(explain(word).explain.length).toBeGreaterThan(20);
    const listed = JSON.parse((await call(['explain', '--json'])).stdout).data;
    expect(listed.map((one: { code: string }) => one.code)).toEqual(explainable());
    const human = await call(['explain', 'migration.edited']);
    expect(human.stdout).toContain('migration.edited  (exit code 3)\nA file was edited after it had been applied\n');
    expect(human.stdout).toContain('What helps:\n  restore the file and write a new migration\n');
    expect((await call(['explain', 'Pending'])).stdout).toContain('Not applied in this database.');
  });

  test('what is not known is answered with what was probably meant', () => {
    expect(() => explain('migration.edted')).toThrow('there is no code or word "migration.edted"; did you mean "migration.edited"?');
    expect(() => explain('qqqqqqqq')).toThrow(/^there is no code or word "qqqqqqqq"$/);
    expect(() => explain('toString')).toThrow('there is no code or word "toString"');
  });
});
