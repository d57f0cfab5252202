import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { down, newMigration, up } from '../../src/commands/index.ts';
import { sandbox } from '../support/sandbox.ts';

const stamp = /\d{8}T\d{6}/;

describe('init', () => {
  test('--yes sets up what runs at once; a second time everything is kept', async () => {
    const { folder, run, read } = sandbox();
    const first = await run(['init', '--yes']);
    expect(first.stdout.replace(stamp, '…').split('\n')).toEqual([
      '  + lockstep.config.ts',
      '  + migrations/…_hello.sql',
      '  + .gitignore                            + .lockstep/',
      '✔ Ready for sqlite:./.lockstep/dev.db. Nothing was run on a database yet.',
      '  Next:  lockstep up   applies the example',
      '',
    ]);
    expect(readdirSync(join(folder, '.lockstep'))).toEqual([]);
    const config = read('lockstep.config.ts');
    const second = await run(['init', '--yes', '--url', 'pglite:./pg', '--dir', 'db']);
    expect(second.stdout).toBe(
      '  = lockstep.config.ts  kept: it holds; --url and --dir changed nothing\n' +
        '✔ Ready for sqlite:./.lockstep/dev.db. Nothing was run on a database yet.\n  Next:  lockstep new NAME  ·  lockstep status\n',
    );
    expect([read('lockstep.config.ts'), readdirSync(folder).sort()]).toEqual([
      config,
      ['.gitignore', '.lockstep', 'lockstep.config.ts', 'migrations'],
    ]);
    expect((await run(['up', '--verify'])).code).toBe(0);
    expect((await run(['down', '--yes'])).code).toBe(0);
  });

  test('a password goes to .env, which keeps what it holds, and is never printed', async () => {
    const { run, read } = sandbox({ '.env': 'OTHER=1', '.gitignore': 'node_modules' });
    const { stdout, code } = await run(['init', '--yes', '--no-example', '--url', 'postgres://ada:s3cr3t@127.0.0.1:1/shop']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Ready for postgres://ada:***@127.0.0.1:1/shop.')]);
    expect(stdout).not.toContain('s3cr3t');
    expect(read('.env')).toBe('OTHER=1\nDATABASE_URL="postgres://ada:s3cr3t@127.0.0.1:1/shop"\n');
    expect(read('.gitignore')).toBe('node_modules\n.lockstep/\n.env\n');
    expect(read('lockstep.config.ts')).not.toContain('ada');
    expect((await run(['status'])).stderr).toContain('postgres://ada:***@127.0.0.1:1/shop cannot be reached');
  });

  test('quotes, blanks and letters of any kind in URL and folder make a configuration that works', async () => {
    const { run, read } = sandbox();
    expect((await run(['init', '--yes', '--url', `sqlite:./it's "a" b\\c.db`, '--dir', `my 'migrations'/größe`])).code).toBe(0);
    expect(read('lockstep.config.ts')).toContain(`url: "sqlite:./it's \\"a\\" b\\\\c.db",\n  migrations: "my 'migrations'/größe",`);
    expect((await run(['up'])).stdout).toMatch(/1 applied/);
  });

  test('a configuration in package.json counts, and files of other tools are left alone', async () => {
    const { folder, run } = sandbox({
      'package.json': '{ "lockstep": { "url": "sqlite:./own.db", "migrations": "db" } }',
      'db/20240101120000_first/migration.sql': 'CREATE TABLE first (id integer);',
      'prisma/schema.prisma': 'x',
    });
    const { stdout } = await run(['init']);
    expect(stdout).toContain('  = package.json  kept');
    expect(stdout).toContain('Ready for sqlite:./own.db.');
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'db', 'package.json', 'prisma']);
    expect(JSON.parse((await run(['status', '--json'])).stdout).data.migrations.map((one: { id: string }) => one.id)).toEqual([
      '20240101120000_first',
    ]);
  });

  test.each([
    [['--url', 'nonsense'], 78, 'config.invalid-url'],
    [['--url', 'oracle://x/y'], 78, 'config.invalid-url'],
    [['--url', 'postgres://a:b@c@d/e'], 78, 'config.invalid-url'],
    [['--dir', 'taken'], 78, 'source.missing'],
    [['extra'], 64, 'usage.invalid-value'],
    [['--dir', 'taken/below'], 64, 'usage.invalid-value'],
  ])('%j is refused and writes nothing', async (args, exit, code) => {
    const { folder, run } = sandbox({ taken: 'a file' });
    const { code: ended, stderr } = await run(['init', '--yes', ...args]);
    expect([ended, stderr]).toEqual([exit, expect.stringContaining(code)]);
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('new', () => {
  test.each(['sql', 'ts', 'js', 'yaml', 'json'])('a migration in %s is a file that runs, up and down', async (format) => {
    const { folder, read } = sandbox({ 'lockstep.config.json': '{ "url": "sqlite:./a.db", "migrations": "db/steps" }' });
    const options = { cwd: folder, env: {}, yes: true };
    const made = await newMigration({ ...options, name: 'add users', format });
    expect(made.id).toMatch(/^\d{8}T\d{6}_add_users$/);
    expect(made.file).toBe(`db/steps/${made.id}.${format}`);
    if (format === 'yaml' || format === 'json') expect(read(made.file)).toContain('../../node_modules/lockstep/migration.schema.json');
    expect((await up(options)).done.map((item) => item.id)).toEqual([made.id]);
    expect((await down(options)).done.map((item) => item.id)).toEqual([made.id]);
  });

  test.each([
    [`it's "quoted" */ -- x`, 'it_s_quoted_x'],
    ['Größe ändern 日本', 'größe_ändern_日本'],
    ['two\nlines', 'two_lines'],
    ['../../etc/passwd', 'etc_passwd'],
    ['up', 'up'],
    ['x.down', 'x_down'],
    ['a'.repeat(300), 'a'.repeat(100)],
  ])('the name %j is written as %s, in every format, and the file can be read', async (name, slug) => {
    const { folder } = sandbox({ 'lockstep.config.json': '{ "url": "sqlite:./a.db" }' });
    const formats = ['sql', 'ts', 'js', 'yaml', 'json', 'xml', 'ini'];
    for (const format of formats) await newMigration({ cwd: folder, env: {}, name, format });
    expect(readdirSync(join(folder, 'migrations')).map((file) => file.replace(stamp, ''))).toEqual(
      formats.map((format) => `_${slug}.${format}`),
    );
    expect(await up({ cwd: folder, env: {} })).toMatchObject({ done: formats.map(() => ({})), failed: [] });
  });

  test.each([
    ['', 'needs a name'],
    ['  ', 'holds no letter and no digit'],
    ['!?', 'holds no letter and no digit'],
  ])('the name %j is refused', async (name, message) => {
    const { folder, run } = sandbox();
    const { code, stderr } = await run(['new', name]);
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    [{ 'migrations/009_x.sql': '' }, '010_next.sql'],
    [{ 'migrations/v1_9_x.sql': '' }, 'v1_10_next.sql'],
    [{ 'migrations/20240131_x.sql': '' }, /^\d{8}T\d{6}_next\.sql$/],
  ])('the label goes on as the folder has begun', async (files, expected) => {
    const { folder } = sandbox(files);
    await newMigration({ cwd: folder, env: {}, name: 'next' });
    const [made] = readdirSync(join(folder, 'migrations')).filter((name) => name.includes('next'));
    expect(made).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('labels of several kinds, and patterns without a folder, are refused: the file would never be run', async () => {
    const mixed = sandbox({ 'migrations/001_a.sql': '', 'migrations/v2_b.sql': '' });
    expect(await mixed.run(['new', 'next'])).toMatchObject({ code: 65, stderr: expect.stringContaining('order.mixed-schemes') });
    expect(readdirSync(join(mixed.folder, 'migrations'))).toHaveLength(2);
    const pattern = sandbox({ 'lockstep.config.json': '{ "migrations": ["modules/*/db"] }' });
    expect(await pattern.run(['new', 'next'])).toMatchObject({ code: 64, stderr: expect.stringContaining('lockstep new NAME --dir DIR') });
    expect(readdirSync(pattern.folder)).toEqual(['lockstep.config.json']);
    const list = sandbox({ 'lockstep.config.json': '{ "migrations": ["modules/*/db", "more"] }' });
    expect((await list.run(['new', 'next'])).stdout).toContain('+ more/');
  });
});
