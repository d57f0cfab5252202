import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

test('a difference is printed with its risks and its proof, and is an exit code only when asked for', async () => {
  const database = await freshDatabase('sqlite');
  const project = sandbox({
    'migrations/001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, legacy TEXT);\n',
    'schema.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX users_name ON users (name);\n',
  });
  const run = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> => {
    const { code, stdout, stderr } = await project.run(args, { env: { DATABASE_URL: database.url } });
    return { code, said: stdout + stderr };
  };
  await run('up');

  const shown = await run('diff', '--to', 'schema.sql');
  expect(shown.code).toBe(0);
  expect(shown.said).toMatch(/~ column users\.name[\s\S]*\+ index users_name[\s\S]*- column users\.legacy/);
  expect(shown.said).toMatch(
    /3 changes · \d+ statements from .* to schema\.sql\.\n✔ Proven: arrives, and leads back; tried on a temporary database [\w-]+ on SQLite [\d.]+\./,
  );

  expect(shown.said).toMatch(
    /- column users\.legacy\n {4}! rewrites table users\n {4}! may fail: .*\n {4}! LOSES column users\.legacy with what it holds\n/,
  );
  expect((await run('diff', '--to', 'schema.sql', '--exit-code')).code).toBe(1);
  const script = await run('diff', '--to', 'schema.sql', '--sql');
  expect(script.said).toMatch(/CREATE INDEX .*;\n/);
  expect(script.said).not.toMatch(/Proven|changes ·/);

  const same = await run('diff', '--from', 'migrations', '--to', 'db', '--exit-code');
  expect(same).toMatchObject({ code: 0, said: expect.stringMatching(/^✔ No difference between migrations and /) });

  const written = await run('diff', '--to', 'schema.sql', '--write', 'tidy up');
  expect(written.said).toMatch(/\+ migrations\/002_tidy_up\.yaml\n {2}Next: {2}lockstep plan/);
  expect((await run('up', '--allow', 'destructive')).code).toBe(0);
  expect((await run('diff', '--to', 'schema.sql', '--exit-code')).code).toBe(0);

  expect(await run('diff')).toMatchObject({ code: 64, said: expect.stringContaining('lockstep diff --to schema.sql') });
  await database.drop();
});
