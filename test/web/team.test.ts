import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { closeBrowser, openPage } from '../support/browser.ts';
import { type ServedProject, servedProject, visit } from '../support/web.ts';

const notes =
  '-- lockstep:up\nCREATE TABLE notes (id integer NOT NULL PRIMARY KEY, body varchar(200));\n-- lockstep:down\nDROP TABLE notes;\n';
let project: ServedProject | undefined;
afterEach(async () => {
  await project?.close();
  project = undefined;
});
afterAll(closeBrowser);

/** A server with an admin and these users; gives the key of each. */
async function team(
  users: Readonly<Record<string, string>>,
): Promise<{ readonly served: ServedProject; readonly keys: ReadonlyMap<string, string> }> {
  const served = await servedProject(
    'postgres',
    { 'migrations/20260101T000000_notes.sql': notes, '.lockstep/.gitignore': '*\n' },
    { before: [['up']], args: ['--admin-key-file', '.lockstep/admin.key'] },
  );
  project = served;
  const admin = served.read('.lockstep/admin.key').trim();
  const keys = new Map([['admin', admin]]);
  for (const [user, role] of Object.entries(users)) {
    const response = await fetch(`${served.url}/api/v1/users`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ user, role }),
    });
    const { data } = (await response.json()) as { readonly data: { readonly key: string } };
    keys.set(user, data.key);
  }
  return { served, keys };
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('Key', { exact: true }).fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

test('from a check-out to its deployment with two people', async () => {
  const { served, keys } = await team({ ada: 'developer', grace: 'lead' });
  const [ada, grace] = [await openPage(served.url), await openPage(served.url)];
  await ada.goto('/checkout');
  await signIn(ada, keys.get('ada') ?? '');
  await grace.goto('/checkout');
  await signIn(grace, keys.get('grace') ?? '');

  await ada.getByLabel('What for').fill('titles');
  await ada.getByRole('button', { name: 'Check out', exact: true }).click();
  await ada.getByText('Checked out by you').waitFor();
  // What one does the other sees without asking.
  await grace.getByRole('link', { name: /ada · everything/ }).waitFor();
  await grace.getByRole('heading', { name: /Checked out by ada/ }).waitFor();
  // Nor is it hers because both work through the same server.
  const refused = await grace.evaluate<readonly string[]>(`(async () => {
    const { csrf } = (await (await fetch('/api/v1/session')).json()).data;
    const headers = { 'Content-Type': 'application/json', 'X-Lockstep-Csrf': csrf };
    const send = async (path, body) => (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const code = async (path, body) => (await send(path, body)).problems[0]?.code ?? 'done';
    const sql = await send('/api/v1/desk/sql', { script: 'CREATE TABLE hers (id integer);' });
    return [await code('/api/v1/desk/release', { restore: true }), await code('/api/v1/desk/checkin', { message: 'hers' }), sql.data.problem.code];
  })()`);
  expect(refused).toEqual(['checkout.none', 'checkout.none', 'guard.refused']);

  await served.query('ALTER TABLE notes ADD COLUMN title varchar(80)');
  await ada.getByRole('button', { name: 'Look again' }).click();
  await ada.getByText('column notes.title').waitFor();
  await ada.getByRole('button', { name: 'Check in', exact: true }).click();
  await ada.getByText('Free to check out').waitFor();
  await visit(grace, '/changes');
  await grace.getByText('1. titles').waitFor();
  await grace.getByRole('button', { name: 'Deploy here' }).click();
  await grace.getByText('✔ deployed').waitFor();
  await visit(ada, '/history');
  await ada.getByRole('tab', { name: 'The team' }).click();
  await ada.getByText('ada checked in version 1: titles').waitFor();
});

test('a check-out that is taken over is told to whom it belonged', async () => {
  const { served, keys } = await team({ ada: 'developer', grace: 'lead' });
  const [ada, grace] = [await openPage(served.url), await openPage(served.url)];
  await ada.goto('/checkout');
  await signIn(ada, keys.get('ada') ?? '');
  await ada.getByLabel('What for').fill('titles');
  await ada.getByRole('button', { name: 'Check out', exact: true }).click();
  await ada.getByText('Checked out by you').waitFor();
  await grace.goto('/checkout');
  await signIn(grace, keys.get('grace') ?? '');
  await grace.getByRole('button', { name: 'Take over…' }).click();
  await grace.getByLabel('Why', { exact: true }).fill('ada is on holiday');
  await grace.getByRole('button', { name: 'Take over', exact: true }).click();
  await grace.getByText('Checked out by you').waitFor();
  await ada.getByRole('heading', { name: /Checked out by grace/ }).waitFor();
  expect(await ada.getByRole('button', { name: 'Take over…' }).isDisabled()).toBe(true);
  await visit(ada, '/history');
  await ada.getByRole('tab', { name: 'The team' }).click();
  await ada.getByText('grace checked out the structure: ada is on holiday').waitFor();
});

test('a session that is over keeps what was typed, and a wrong key says so', async () => {
  const { served, keys } = await team({ ada: 'developer' });
  const page = await openPage(served.url);
  await page.goto('/checkout');
  await page.getByLabel('Key', { exact: true }).fill('lsk_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('the key is not good here').waitFor();
  await signIn(page, keys.get('ada') ?? '');
  await page.getByLabel('What for').fill('a long sentence that took a while to write');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Check out', exact: true }).click();
  await page.getByText('Your session is over').waitFor();
  await signIn(page, keys.get('ada') ?? '');
  expect(await page.getByLabel('What for').inputValue()).toBe('a long sentence that took a while to write');
  await page.getByRole('button', { name: 'Check out', exact: true }).click();
  await page.getByText('Checked out by you').waitFor();
});

test('who may only look is offered nothing else, and the server refuses it too', async () => {
  const { served, keys } = await team({ eve: 'viewer' });
  const page = await openPage(served.url);
  await page.goto('/migrations');
  await signIn(page, keys.get('eve') ?? '');
  await page.getByText('20260101T000000_notes').first().waitFor();
  expect(await page.getByRole('button', { name: 'Take back the last' }).isDisabled()).toBe(true);
  await visit(page, '/audit');
  await page.getByText('The audit log is for leads and admins.').waitFor();
  const answers = await page.evaluate<readonly number[]>(`(async () => {
    const { csrf } = (await (await fetch('/api/v1/session')).json()).data;
    const send = (headers) => fetch('/api/v1/runs', { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: '{"kind":"up"}' });
    return [(await send({ 'X-Lockstep-Csrf': csrf })).status, (await send({})).status];
  })()`);
  expect(answers).toEqual([403, 403]);
});

test('a key that is revoked ends the session, and no page of another origin is let in', async () => {
  const { served, keys } = await team({ ada: 'developer' });
  const key = keys.get('ada') ?? '';
  const begun = await fetch(`${served.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  const cookie = begun.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^lockstep_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  const { csrf } = ((await begun.json()) as { readonly data: { readonly csrf: string } }).data;
  const own = { Cookie: cookie.split(';')[0] ?? '', 'Content-Type': 'application/json' };
  const checkout = (headers: Record<string, string>): Promise<number> =>
    fetch(`${served.url}/api/v1/desk/checkout`, { method: 'POST', headers: { ...own, ...headers }, body: '{"message":"x"}' }).then(
      ({ status }) => status,
    );
  expect(await checkout({})).toBe(403);
  expect(await checkout({ 'X-Lockstep-Csrf': 'a'.repeat(48) })).toBe(403);
  expect(await checkout({ 'X-Lockstep-Csrf': csrf, Origin: 'https://evil.example' })).toBe(400);
  expect(await checkout({ 'X-Lockstep-Csrf': csrf })).toBe(200);
  const admin = { Authorization: `Bearer ${keys.get('admin') ?? ''}` };
  await fetch(`${served.url}/api/v1/keys/${key.slice(0, 16)}`, { method: 'DELETE', headers: admin });
  expect(await fetch(`${served.url}/api/v1/session`, { headers: own }).then(({ status }) => status)).toBe(401);
});

test('what is served says what a page may load, and nothing lies outside of it', async () => {
  const { served } = await team({});
  const page = await fetch(served.url, { headers: { Accept: 'text/html' } });
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  const text = await page.text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)?.[1] ?? '';
  const asset = await fetch(served.url + script);
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  for (const path of [
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/build.json',
    '/cli.js',
    '/.lockstep/admin.key',
  ])
    expect(await fetch(served.url + path).then(({ status }) => status)).toBe(404);
});
