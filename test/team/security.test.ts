import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { calls, loadInputs } from '../../src/team/index.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type Place, startPlace, take } from '../support/place.ts';
import { raw } from '../support/raw.ts';
import { type TeamBench, teamBench } from '../support/team.ts';

const first = '-- lockstep:up\nCREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE orders;\n';

let bench: TeamBench | undefined;
let state: TestDatabase | undefined;
afterEach(async () => {
  await bench?.close();
  await state?.drop();
  [bench, state] = [undefined, undefined];
});

async function place(...args: readonly string[]): Promise<Place> {
  bench ??= await teamBench('sqlite', first);
  return startPlace(bench, ...args);
}

test("wrong, expired and other people's keys open nothing", async () => {
  const here = await place();
  const { ask, user } = here;
  const [ada, ben] = [await user('ada@example.org', 'developer'), await user('ben@example.org', 'developer')];
  const short = await ask('/api/v1/keys', { key: ada, body: { label: 'short', forMs: 50 } });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await ask('/api/v1/team', { key: String(short.data['secret']) })).toMatchObject({ status: 401, code: 'team.unauthorised' });
  const parts = ada.split('_');
  // The public half of one key and the secret half of another.
  expect((await ask('/api/v1/team', { key: [...parts.slice(0, -1), ben.split('_').at(-1)].join('_') })).status).toBe(401);
  for (const wrong of ['', ada.slice(0, -1), `${ada}0`, ada.toUpperCase()])
    expect((await ask('/api/v1/team', { key: wrong })).status, wrong).toBe(401);

  // Nobody sees, makes or revokes another's keys, or acts under another's name.
  const own = (await ask('/api/v1/keys', { key: ada })).text;
  expect(own).not.toContain('ben@');
  const bens = ben.split('_').slice(0, 2).join('_');
  expect(await ask(`/api/v1/keys/${bens}`, { key: ada, method: 'DELETE' })).toMatchObject({ status: 404, code: 'key.unknown' });
  expect((await ask('/api/v1/keys', { key: ada, body: { label: 'x', user: 'ben@example.org' } })).status).toBe(403);
  expect((await ask('/api/v1/keys', { key: ada, body: { label: 'x', user: 'admin' } })).status).toBe(403);
  expect((await ask('/api/v1/users/ada@example.org/role', { key: ada, body: { role: 'admin' } })).status).toBe(403);
  const taken = await take(here, ada, 'copy-of-ada');
  expect(taken.status).toBe(200);
  for (const [call, body] of [
    ['release', {}],
    ['extend', { forMs: 3_600_000 }],
    ['prepare', { request: 'request-0001', message: 'm' }],
    ['drop', {}],
    ['announce', { request: 'request-0001', message: 'm', module: 'app', migration: 'x', checksum: '0'.repeat(64), statements: 1 }],
  ] as const) {
    const stolen = await ask(`/api/v1/checkouts/${String(taken.data['checkout'])}/${call}`, {
      key: ben,
      body: { copy: 'copy-of-ada', ...body },
    });
    expect({ call, status: stolen.status, code: stolen.code }).toEqual({ call, status: 409, code: 'checkout.not-yours' });
  }
  // A check-out that one takes over names the right: a developer has it not.
  expect((await take(here, ben, 'copy-of-ben', { takeOver: { checkout: taken.data['checkout'], reason: 'r' } })).status).toBe(403);
  expect((await ask('/api/v1/team')).data).toMatchObject({ checkouts: [{ by: 'ada@example.org' }] });
});

/** A call with what it is given, filled into its path, its query or its body. */
function request(method: string, path: string, given: Readonly<Record<string, unknown>>): Parameters<Place['ask']> {
  const rest = { ...given };
  const at = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    const filled = String(rest[part]);
    delete rest[part];
    return encodeURIComponent(filled.toWellFormed());
  });
  if (method === 'POST') return [at, { method, body: rest }];
  const query = new URLSearchParams(Object.entries(rest).map(([key, one]): [string, string] => [key, String(one)]));
  return [`${at}?${query}`, { method }];
}

describe.each(['sqlite', 'postgres'] as const)('with its state on %s', (kind) => {
  test('texts stay texts: SQL, escapes, lines and names of prototypes in every property of every call', { timeout: 120_000 }, async () => {
    state = kind === 'postgres' ? await freshDatabase('postgres') : undefined;
    const { ask, server, copy } = await place(...(state === undefined ? [] : ['--state', state.url]));
    const { inputs } = await loadInputs();
    const hostile = [
      "'; DROP TABLE lockstep_team_event; --",
      '" OR 1=1 --',
      "\\'; DELETE FROM lockstep_team_event; --",
      '$$; DROP SCHEMA public CASCADE; $$',
      '{{7*7}}#{7*7}',
      '../../../etc/passwd',
      'line\r\nX-Injected: yes',
      '\u001b[2J\u001b]0;owned\u0007',
      '\u0000',
      '\u2028',
      '__proto__',
      '<script>alert(1)</script>',
      'é'.repeat(3000),
      '\ud800',
    ];
    const wellFormed: Readonly<Record<string, unknown>> = {
      request: 'request-0001',
      scope: 'all',
      message: 'm',
      forMs: 3_600_000,
      copy: 'copy-0001',
      host: 'h',
      checkout: 1,
      reason: 'r',
      number: 1,
      module: 'app',
      migration: 'x',
      checksum: '0'.repeat(64),
      statements: 1,
      text: 't',
      user: 'somebody@example.org',
      role: 'viewer',
      label: 'l',
      key: 'k',
      token: 't',
      standing: { basis: 'b', behind: [], ahead: [] },
    };
    const shapes = inputs as unknown as Readonly<Record<string, { readonly shape: object }>>;
    for (const [name, { method, path }] of Object.entries(calls)) {
      const properties = Object.keys(shapes[name]?.shape ?? {});
      const fixed = Object.fromEntries(properties.flatMap((one) => (one in wellFormed ? [[one, wellFormed[one]]] : [])));
      for (const [property, value] of properties.flatMap((one) => hostile.map((text) => [one, text] as const))) {
        const reply = await ask(...request(method, path, { ...fixed, [property]: value }));
        expect(reply.status, `${name}.${property} = ${JSON.stringify(value)}: ${reply.text}`).toBeLessThan(500);
        expect(reply.headers.get('x-injected')).toBeNull();
      }
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    expect((await ask('/api/v1/audit/verify')).data).not.toHaveProperty('broken');
    // Whatever stands in a line of the log is of one line.
    const said = server.running.said().stderr;
    expect(said).not.toContain('\u001b');
    expect(said.split('\n').filter((line) => !/^(?:$|\d{4}-\d\d-\d\dT|Lockstep listens| {2}\S)/.test(line))).toEqual([]);
    expect(server.running.said().stderr).not.toContain('unexpected:');
    expect(existsSync(join(copy.folder, 'etc'))).toBe(false);
  });
});

test('bodies that are too large, broken, nested or of another kind are refused, and the server stays', async () => {
  const { ask, port, adminKey } = await place();
  const path = '/api/v1/users';
  expect(await ask(path, { body: `{"user": "${'x'.repeat(4_000_000)}"}` })).toMatchObject({ status: 413, code: 'team.too-large' });
  const head = (more: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${adminKey}\r\nContent-Type: application/json\r\n${more}\r\n`;
  const chunk = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`;
  expect(await raw(port, `${head('Transfer-Encoding: chunked\r\n')}${chunk.repeat(40)}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413/);
  expect(await raw(port, `${head('Content-Length: 99999999999\r\n')}{`)).toMatch(/^HTTP\/1\.1 413/);
  // Two lengths, or a length beside chunks, are how requests are smuggled past a proxy.
  expect(await raw(port, `${head('Content-Length: 2\r\nContent-Length: 3\r\n')}{}`)).toMatch(/^HTTP\/1\.1 400/);
  expect(await raw(port, `${head('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400/);
  expect(await raw(port, `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  expect(await raw(port, '\u0016\u0003\u0001\u0002\u0000\u0001\u0000')).toMatch(/^HTTP\/1\.1 400/);
  for (const body of [
    '{',
    '[]',
    'null',
    '"x"',
    '1',
    '{"user": "x", "user"',
    '['.repeat(200_000),
    `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  ]) {
    expect((await ask(path, { body })).status, body.slice(0, 20)).toBe(400);
  }
  expect((await ask(path, { body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]) })).status).toBe(400);
  for (const body of [
    '{"__proto__": {"polluted": 1}, "user": "x@example.org", "role": "viewer"}',
    '{"constructor": {"prototype": {"polluted": 1}}}',
  ]) {
    expect((await ask(path, { body })).status).toBe(400);
  }
  expect((await ask(path, { body: 'user=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status).toBe(400);
  expect((await ask(path, { body: '{}', headers: { 'Content-Type': 'text/plain' } })).status).toBe(400);
  // What stands in the path cannot be said once more in the body.
  expect((await ask('/api/v1/users/admin/role', { body: { user: 'ada@example.org', role: 'viewer' } })).status).toBe(400);
  expect((await ask('/healthz')).status).toBe(200);
});

test('paths lead nowhere else', async () => {
  const { ask, port, copy } = await place();
  const before = readdirSync(copy.folder, { recursive: true }).length;
  for (const path of [
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/keys/..%2f..%2fusers',
    '/api/v1/users/%00/role',
    '/%zz',
    '//127.0.0.1/api/v1/team',
    '/.lockstep/team.db',
    '/admin.key',
  ]) {
    const heard = await raw(port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect(heard, path).toMatch(/^HTTP\/1\.1 4(?:00|01|04)/);
    expect(heard, path).not.toContain('root:');
  }
  for (const environment of ['../../etc', '/etc/passwd', '..\\..', 'a/../../b']) {
    expect((await ask('/api/v1/update', { body: { environment } })).status, environment).toBe(404);
  }
  // A module that is called like a path is no path here, and no module there.
  expect(await copy.lockstep('checkout', '--scope', 'module:../../outside', '-m', 'x')).not.toMatchObject({ code: 0 });
  expect(readdirSync(copy.folder, { recursive: true })).toHaveLength(before);
});

test('pages of elsewhere reach nothing: not by their name for this machine, not by a form, not by a redirection', async () => {
  bench = await teamBench('sqlite', first);
  const copy = await bench.copy('alone');
  await copy.lockstep('up');
  // Without users whoever works at this machine may do everything, so a page in its browser must not.
  const running = copy.start('serve', '--port', '0');
  await running.until('Deploy:');
  const url = /listens at (\S+)/.exec(running.said().stderr)?.[1] ?? '';
  const port = Number(new URL(url).port);
  const said = (headers: string, method = 'GET', path = '/api/v1/team'): Promise<string> =>
    raw(port, `${method} ${path} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
  expect(await said('Host: 127.0.0.1\r\n')).toMatch(/^HTTP\/1\.1 200/);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '127.0.0.1@evil.example',
    '[::1].evil.example',
    '',
  ]) {
    expect(await said(`Host: ${host}\r\n`), host).toMatch(/^HTTP\/1\.1 400/);
  }
  for (const origin of ['http://evil.example', 'null', 'https://127.0.0.1', `http://localhost:${port}`, 'file://']) {
    expect(await said(`Host: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\n`), origin).toMatch(/^HTTP\/1\.1 400/);
  }
  expect(await said(`Host: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\n`)).toMatch(/^HTTP\/1\.1 200/);
  const preflight = await said('Host: 127.0.0.1\r\nAccess-Control-Request-Method: POST\r\n', 'OPTIONS');
  expect(preflight).toMatch(/^HTTP\/1\.1 404/);
  expect(preflight.toLowerCase()).not.toContain('access-control-allow');
  const form =
    'POST /api/v1/update HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
  expect(await raw(port, form)).toMatch(/^HTTP\/1\.1 400/);
  running.kill('SIGTERM');
  await running.done;

  // A server that sends on: the key does not go along.
  const heard: string[] = [];
  const elsewhere = createServer((request, response) => {
    heard.push(String(request.headers.authorization));
    response.end('{}');
  }).listen(0, '127.0.0.1');
  const there = await new Promise<number>((resolve) =>
    elsewhere.once('listening', () => resolve((elsewhere.address() as AddressInfo).port)),
  );
  const first302 = createServer(
    (_, response) => void response.writeHead(302, { Location: `http://127.0.0.1:${there}/api/v1/me` }).end(),
  ).listen(0, '127.0.0.1');
  const at = await new Promise<number>((resolve) => first302.once('listening', () => resolve((first302.address() as AddressInfo).port)));
  writeFileSync(join(copy.folder, 'a.key'), 'lsk_secret\n');
  expect(await copy.lockstep('login', `http://127.0.0.1:${at}`, '--key-file', 'a.key')).toMatchObject({ code: 6 });
  expect(heard).toEqual([]);
  for (const one of [elsewhere, first302]) one.close();
});

test('no key stands in a log, an answer, an address or the state', async () => {
  const here = await place();
  const { ask, user, server, adminKey, copy } = here;
  const [ada, lead] = [await user('ada@example.org', 'developer'), await user('lea@example.org', 'lead')];
  const made = await ask('/api/v1/keys', { key: ada, body: { label: 'x' } });
  const secrets = [adminKey, ada, lead, String(made.data['secret'])];
  await take(here, ada, 'copy-of-ada');
  const said = [
    await ask('/api/v1/keys'),
    await ask('/api/v1/users'),
    await ask('/api/v1/audit'),
    await ask('/api/v1/events', { key: ada }),
    await ask('/api/v1/team', { key: `${ada}x` }),
    await ask(`/api/v1/team?key=${ada}`, { key: ada }),
    await ask('/api/v1/users', { body: { user: ada, role: 'wrong' } }),
    await ask('/openapi.json'),
  ].map(({ text, headers }) => `${text}${JSON.stringify([...headers])}`);
  const kept = readdirSync(join(copy.folder, '.lockstep')).map((name) => readFileSync(join(copy.folder, '.lockstep', name), 'latin1'));
  const written = `${server.running.said().stderr}${server.running.said().stdout}`;
  for (const secret of secrets) {
    for (const [index, text] of [...said, ...kept, written].entries()) expect(text.includes(secret), `a key in text ${index}`).toBe(false);
  }
  expect(written).toContain('/api/v1/team 401');
  expect(statSync(join(copy.folder, 'admin.key')).mode & 0o777).toBe(0o600);
});

test('the file of the first key is a new one, for its owner only', async () => {
  bench = await teamBench('sqlite', first);
  const copy = await bench.copy('staging');
  writeFileSync(join(copy.folder, 'there.key'), 'precious');
  for (const file of ['there.key', 'nowhere/first.key', '.']) {
    const refused = await copy.lockstep('serve', '--port', '0', '--admin-key-file', file);
    expect(refused, file).toMatchObject({ code: 64, stderr: expect.stringContaining('nothing was started') });
  }
  expect(readFileSync(join(copy.folder, 'there.key'), 'utf8')).toBe('precious');
  // No admin was made on the way whose key nobody has.
  const server = await bench.serve(copy);
  expect(
    (
      await fetch(`${server.url}/api/v1/users`, {
        headers: { Authorization: `Bearer ${readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim()}` },
      })
    ).status,
  ).toBe(200);
});
