import { expect, test } from 'vitest';
import { sandbox } from '../support/sandbox.ts';

/** TypeScript that is no migration, and what is said: the exit code, the place and a part of the sentence. */
const hostile: readonly (readonly [what: string, text: string, code: number, place: string, says: string])[] = [
  ['what cannot be parsed', 'export default {\n  up({ schema }) {\n    schema.a( {;\n  },\n};\n', 65, '001_a.ts:3', 'cannot be loaded'],
  ['what throws', "const a = 1;\nthrow new Error('early');\n", 65, '001_a.ts:2', 'early'],
  ['what throws nothing', 'throw undefined;\n', 65, '001_a.ts:1', 'cannot be loaded'],
  ['what imports nothing', "import './nowhere.ts';\n", 65, '001_a.ts:1', 'nowhere.ts'],
  ['what exports nothing of use', 'export default 5;\n', 65, '001_a.ts:1', 'is no migration'],
  ['what ends the process', 'process.exit(0);\n', 70, '', 'was ended before it was done'],
  ['what never comes to an end', 'await new Promise(() => {});\n', 65, '001_a.ts:1', 'has not come within 10 s'],
  ['what awaits for ever when it runs', 'export default { async up() { await new Promise(() => {}); } };\n', 70, '', 'before it was done'],
];

test.concurrent.each(hostile)('%s is refused, and no database is touched', async (_, text, code, place, says) => {
  const project = sandbox({ 'migrations/001_a.ts': text });
  const said = await project.run(['up', '--url', 'sqlite:./a.db']);
  expect(said, said.stderr).toMatchObject({ code, stderr: expect.stringContaining(says) });
  expect(said.stderr).toContain(place);
  const state = await project.run(['status', '--json', '--url', 'sqlite:./a.db']);
  expect(JSON.parse(state.stdout)).toMatchObject({ data: { counts: { pending: 1, applied: 0, failed: 0 } } });
});

test('Ctrl-C ends a file that loops for ever', async () => {
  const project = sandbox({ 'migrations/001_a.ts': "import { writeSync } from 'node:fs';\nwriteSync(2, 'looping');\nwhile (true);\n" });
  const running = project.start(['up', '--url', 'sqlite:./a.db']);
  await running.until('looping');
  running.kill('SIGINT');
  expect(await running.done).toMatchObject({ code: null, signal: 'SIGINT' });
});
