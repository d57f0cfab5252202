import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const table = (name: string): string => `-- lockstep:up\nCREATE TABLE ${name} (id integer);\n-- lockstep:down\nDROP TABLE ${name};\n`;

describe.each(['sqlite', 'postgres', 'mariadb'] as const)('a mark of protection on %s', (flavour) => {
  test('holds for everybody who reaches the database, until somebody who names it takes it away', async () => {
    const database = await freshDatabase(flavour);
    const { run } = sandbox({ 'migrations/001_a.sql': table('a'), 'migrations/002_b.sql': table('b') });
    const to = ['--url', database.url] as const;
    expect(await run(['up', ...to, '--to', '001'])).toMatchObject({ code: 0 });
    expect(await run(['protect', 'shop prod', '-m', 'live', ...to])).toMatchObject({ code: 0 });
    // No configuration knows of it.
    expect(await run(['up', ...to])).toMatchObject({ code: 5, stderr: expect.stringContaining("--confirm 'shop prod'") });
    expect(await run(['down', '--yes', ...to])).toMatchObject({ code: 5 });
    expect(await run(['mark', 'applied', '002', '--reason', 'r', ...to])).toMatchObject({ code: 5 });
    expect(await run(['refresh', '--restart', '--yes', ...to])).toMatchObject({ code: 5 });
    expect(await run(['up', ...to, '--confirm', 'shop'])).toMatchObject({ code: 3 });
    expect(await run(['up', ...to, '--confirm', 'shop prod'])).toMatchObject({ code: 0 });
    // It is no migration, and nothing that forgets migrations forgets it.
    expect((await run(['status', ...to])).stdout).toContain('0 pending · 2 applied');
    expect(await run(['refresh', '--restart', '--yes', ...to, '--confirm', 'shop prod'])).toMatchObject({ code: 0 });
    expect(await run(['mark', 'applied', '001', '--reason', 'r', ...to])).toMatchObject({ code: 5 });
    // Neither its name nor itself goes without being named.
    expect(await run(['protect', 'other', '-m', 'why', ...to])).toMatchObject({ code: 5 });
    expect(await run(['protect', '--off', '-m', 'why', ...to])).toMatchObject({ code: 5 });
    expect(await run(['protect', '--off', '-m', 'retired', ...to, '--confirm', 'shop prod'])).toMatchObject({ code: 0 });
    expect(await run(['mark', 'applied', '001', '--reason', 'r', ...to])).toMatchObject({ code: 0 });
    await database.drop();
  });
});
