import { afterEach, expect, test } from 'vitest';
import { type ServedProject, servedProject } from '../support/web.ts';

const files = {
  'lockstep.config.json': JSON.stringify({ review: { approvals: 1, destructive: 2 } }),
  'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer NOT NULL PRIMARY KEY, old integer);\n',
  'migrations/002_b.sql': '-- lockstep:up\nALTER TABLE a DROP COLUMN old;\n',
  '.lockstep/.gitignore': '*\n',
};
let project: ServedProject | undefined;
afterEach(async () => {
  await project?.close();
  project = undefined;
});

interface Answer {
  readonly status: number;
  readonly data: Record<string, unknown> | null;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

async function call(url: string, key: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...(key === '' ? {} : { Authorization: `Bearer ${key}` }), 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

test('on a protected database a migration runs when enough people have approved it as it is, and an edit clears that', async () => {
  const served = await servedProject('sqlite', files, { args: ['--admin-key-file', '.lockstep/admin.key'] });
  project = served;
  const admin = served.read('.lockstep/admin.key').trim();
  const keys: string[] = [];
  for (const user of ['ada', 'grace']) {
    const { data } = await call(served.url, admin, '/users', { user, role: 'lead' });
    keys.push(String(data?.['key']));
  }
  const [ada = '', grace = ''] = keys;
  expect(await served.lockstep('up', '--to', '001_a')).toMatchObject({ code: 0 });
  expect(await served.lockstep('protect', 'main', '-m', 'the only one')).toMatchObject({ code: 0 });

  const update = (): Promise<Answer> => call(served.url, ada, '/update', { confirm: 'main' });
  const checksum = async (): Promise<string> => String((await call(served.url, ada, '/migrations/002_b')).data?.['checksum']);
  const approve = (key: string, of: string): Promise<Answer> =>
    call(served.url, key, '/reviews', { module: 'app', migration: '002_b', checksum: of, verdict: 'approved' });

  expect((await update()).problems[0]).toMatchObject({ code: 'review.needed', message: expect.stringContaining('0 approvals of the 2') });
  const first = await checksum();
  await approve(ada, first);
  expect((await update()).problems[0]?.message).toContain('1 approval of the 2');
  await approve(ada, first);
  expect((await update()).problems[0]?.message).toContain('1 approval of the 2');
  await approve(grace, first);

  // Whoever edits it has other people’s approval for something else.
  served.write('migrations/002_b.sql', '-- lockstep:up\nALTER TABLE a DROP COLUMN old;\nALTER TABLE a ADD COLUMN other integer;\n');
  expect((await update()).problems[0]).toMatchObject({ code: 'review.needed', message: expect.stringContaining('0 approvals of the 2') });
  const second = await checksum();
  expect(second).not.toBe(first);
  await approve(ada, second);
  await call(served.url, grace, '/reviews', { module: 'app', migration: '002_b', checksum: second, verdict: 'changes' });
  expect((await update()).problems[0]?.message).toContain('1 approval of the 2');
  await approve(grace, second);
  // What is destroyed must be allowed all the same.
  expect((await update()).problems[0]?.code).not.toBe('review.needed');
  const here = await served.lockstep('up', '--confirm', 'main', '--allow', 'destructive');
  expect(here, here.stderr).toMatchObject({ code: 0 });
});

test('nobody approves what they have checked in', async () => {
  const served = await servedProject(
    'sqlite',
    { 'migrations/001_a.sql': files['migrations/001_a.sql'] },
    { before: [['up'], ['checkout', '-m', 'more']] },
  );
  project = served;
  await served.query('CREATE TABLE b (id integer PRIMARY KEY)');
  expect(await served.lockstep('checkin')).toMatchObject({ code: 0 });
  const { data } = await call(served.url, '', '/migrations/002_more');
  const checksum = String(data?.['checksum']);
  const mine = await call(served.url, '', '/reviews', { module: 'app', migration: '002_more', checksum, verdict: 'approved' });
  expect(mine.problems[0]?.code ?? mine).toBe('review.own');
  expect((await call(served.url, '', '/reviews/comment', { module: 'app', migration: '002_more', text: 'like this?' })).status).toBe(200);
  expect((await call(served.url, '', '/reviews')).data).toMatchObject([{ migration: '002_more', comments: [{ text: 'like this?' }] }]);
});
