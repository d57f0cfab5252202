import { describe, expect, test } from 'vitest';
import { flavours, freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const table = (name: string): string => `-- lockstep:up\nCREATE TABLE ${name} (id integer);\n-- lockstep:down\nDROP TABLE ${name};\n`;

interface Told {
  readonly entries: readonly { readonly event: string; readonly migration?: string; readonly by?: string; readonly detail?: string }[];
  readonly more: boolean;
}

describe.each(flavours)('the history of a database on %s', (flavour) => {
  test('tells everything that was done, newest first', async () => {
    const database = await freshDatabase(flavour);
    const { run } = sandbox({
      'lockstep.config.json': JSON.stringify({ url: database.url }),
      'migrations/001_a.sql': table('a'),
      'migrations/002_b.sql': table('b'),
    });
    const told = async (...args: readonly string[]): Promise<Told> =>
      (JSON.parse((await run(['history', '--json', ...args])).stdout) as { readonly data: Told }).data;
    expect((await told()).entries).toEqual([]);
    await run(['up']);
    await run(['down', '--yes']);
    await run(['mark', 'applied', '002', '--reason', 'by hand']);
    const { entries, more } = await told();
    expect(more).toBe(false);
    expect(entries.filter(({ event }) => event !== 'created').map(({ event, migration }) => [event, migration])).toEqual([
      ['mark', '002_b'],
      ['down', '002_b'],
      ['up', '002_b'],
      ['up', '001_a'],
    ]);
    expect(entries[0]).toMatchObject({ by: 'tester', detail: expect.stringContaining('by hand') });
    expect(await told('--limit', '1')).toMatchObject({ entries: [{ event: 'mark' }], more: true });
    await database.drop();
  });
});

test('a history in a file says that it keeps no log', async () => {
  const { run } = sandbox({
    'lockstep.config.json': '{ "url": "sqlite:./a.db", "history": { "file": "history.yaml" } }',
    'migrations/001_a.sql': table('a'),
  });
  await run(['up']);
  expect(await run(['history'])).toMatchObject({ code: 3, stderr: expect.stringContaining('history.no-log') });
});
