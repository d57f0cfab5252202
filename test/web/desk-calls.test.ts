import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeskCallName, deskCalls } from '../../src/server/desk/calls.ts';
import { deskInputs } from '../../src/server/desk/inputs.ts';
import { actions, roles } from '../../src/team/index.ts';
import { type ServedProject, servedProject } from '../support/web.ts';

const notes =
  '-- lockstep:up\nCREATE TABLE notes (id integer NOT NULL PRIMARY KEY, body varchar(200));\n-- lockstep:down\nDROP TABLE notes;\n';
let project: ServedProject;
const keys = new Map<string, string>();

beforeAll(async () => {
  project = await servedProject(
    'sqlite',
    { 'migrations/001_notes.sql': notes, '.lockstep/.gitignore': '*\n' },
    { before: [['up']], args: ['--admin-key-file', '.lockstep/admin.key', '--access-log'] },
  );
  keys.set('admin', project.read('.lockstep/admin.key').trim());
  for (const role of roles.filter((one) => one !== 'admin')) {
    const { data } = await send('admin', 'POST', '/api/v1/users', { user: `the-${role}`, role });
    keys.set(role, String((data as { readonly key: string }).key));
  }
});
afterAll(() => project.close());

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
  readonly data: unknown;
}

async function send(as: string, method: string, path: string, input: Readonly<Record<string, unknown>>): Promise<Reply> {
  const rest = { ...input };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    const value = rest[part];
    delete rest[part];
    return encodeURIComponent(String(value).toWellFormed());
  });
  const target = new URL(filled, project.url);
  if (method === 'GET') for (const [name, value] of Object.entries(rest)) target.searchParams.set(name, String(value).toWellFormed());
  const response = await fetch(target, {
    method,
    headers: { ...(keys.has(as) ? { Authorization: `Bearer ${keys.get(as) ?? ''}` } : {}), 'Content-Type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(rest) }),
  });
  const text = await response.text();
  const { problems, data } = JSON.parse(text === '' ? '{"problems":[]}' : text) as {
    readonly problems: readonly { readonly code: string }[];
    readonly data: unknown;
  };
  return { status: response.status, text, code: problems[0]?.code, data };
}

const names = Object.keys(deskCalls) as DeskCallName[];
/** Enough for each call to get as far as the right to it. */
const least: Partial<Record<DeskCallName, Readonly<Record<string, unknown>>>> = {
  migration: { id: 'nothing' },
  stopRun: { run: 'nothing' },
};

describe.each(names)('%s', (name) => {
  const { method, path, action } = deskCalls[name];

  test('is refused without a key, to those whose role is too small, and to none else', async () => {
    // After twenty of them in a minute nobody is told even that.
    expect([401, 429]).toContain((await send('nobody', method, path, least[name] ?? {})).status);
    for (const role of roles) {
      const { status, code } = await send(role, method, path, { ...least[name], unknown: true });
      const mayDo = roles.indexOf(role) >= roles.indexOf(actions[action]);
      expect([role, status, code]).toEqual(mayDo ? [role, 400, 'team.bad-request'] : [role, 403, 'team.forbidden']);
    }
  });

  test('takes any text without harm', async () => {
    const hostile = [
      "'; DROP TABLE notes; --",
      '../../../etc/passwd',
      '\r\nX-Injected: yes',
      '\u0000',
      '__proto__',
      '<script>alert(1)</script>',
      'é'.repeat(3000),
    ];
    const usual: Readonly<Record<string, unknown>> = {
      kind: 'load',
      script: 'SELECT 1;',
      message: 'm',
      name: 'n',
      ignore: 'x',
      why: 'y',
      until: '2020-01-01',
      run: 'r',
      id: 'i',
      forMs: 60_000,
    };
    const properties = Object.keys(deskInputs[name].shape);
    const fixed = Object.fromEntries(properties.flatMap((one) => (one in usual ? [[one, usual[one]]] : [])));
    for (const property of properties) {
      for (const text of hostile) {
        const reply = await send('admin', method, path, { ...fixed, [property]: text });
        expect(reply.status, `${property} = ${JSON.stringify(text)}: ${reply.text}`).toBeLessThan(500);
      }
    }
    expect((await project.lockstep('sql', 'SELECT count(*) AS n FROM notes')).code).toBe(0);
    expect(project.running.said().stderr).not.toContain('unexpected:');
    expect(existsSync(join(project.folder, '../etc'))).toBe(false);
  });
});
