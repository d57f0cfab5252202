import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { deskCalls } from '../../src/server/desk/calls.ts';
import { calls } from '../../src/team/index.ts';
import { type Place, startPlace, take } from '../support/place.ts';
import { raw } from '../support/raw.ts';
import { type TeamBench, teamBench } from '../support/team.ts';

let bench: TeamBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

async function place(): Promise<Place> {
  bench = await teamBench('sqlite', 'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n');
  return startPlace(bench);
}

test('a stream goes on behind the last event that was heard, and tells of keys only who may know', async () => {
  const here = await place();
  const { ask, user, server, adminKey } = here;
  const ada = await user('ada@example.org', 'developer');
  const heard = async (key: string, last: string | undefined, until: RegExp): Promise<string> => {
    const stop = new AbortController();
    const response = await fetch(`${server.url}/api/v1/stream`, {
      headers: { Authorization: `Bearer ${key}`, ...(last === undefined ? {} : { 'Last-Event-ID': last }) },
      signal: stop.signal,
    });
    let text = '';
    try {
      for await (const part of response.body ?? []) {
        text += new TextDecoder().decode(part);
        if (until.test(text)) break;
      }
    } finally {
      stop.abort();
    }
    return text;
  };
  await take(here, ada, 'copy-of-ada');
  const all = await heard(adminKey, '0', /checkout\.taken/);
  const ids = [...all.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.map((_, index) => index + 1));
  expect(all).toContain('key.added');
  expect(await heard(ada, '0', /checkout\.taken/)).not.toContain('key.added');
  // Reconnected behind the one before the last, only the last comes.
  const again = await heard(adminKey, String(ids.length - 1), /checkout\.taken/);
  expect([...again.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual([ids.length]);
  for (const last of ['x', '-1', '1.5', '99999999999999999999']) {
    const refused = await fetch(`${server.url}/api/v1/stream`, { headers: { Authorization: `Bearer ${adminKey}`, 'Last-Event-ID': last } });
    expect(refused.status, last).toBe(400);
    await refused.body?.cancel();
  }
  expect((await ask('/api/v1/stream', { key: '' })).status).toBe(401);
});

test('whoever says only half of a request is let go of, and keeps nobody else out', { timeout: 60_000 }, async () => {
  const { ask, port } = await place();
  const slow = Array.from({ length: 200 }, () => raw(port, 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-', { quietMs: 40_000 }));
  const half = raw(
    port,
    'POST /api/v1/setup HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    { quietMs: 50_000 },
  );
  expect((await ask('/api/v1/team')).status).toBe(200);
  for (const heard of await Promise.all(slow)) expect(heard).toMatch(/^HTTP\/1\.1 408/);
  expect(await half).toMatch(/^HTTP\/1\.1 4(?:08|01|00)/);
  expect((await ask('/api/v1/team')).status).toBe(200);
});

test('the document describes every call, and every answer has the shape that it says', async () => {
  const { ask } = await place();
  const { text } = await ask('/openapi.json', { key: '' });
  const { openapi, paths, components } = JSON.parse(text) as {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: object };
  };
  expect(openapi).toMatch(/^3\.1/);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const there = [...Object.values(calls), ...Object.values(deskCalls)].map(({ method, path }) => `${method} ${path}`);
  const beside = ['GET /api/v1/stream', 'GET /api/v1/live', 'GET /healthz', 'GET /openapi.json'];
  const session = ['GET', 'POST', 'DELETE'].map((method) => `${method} /api/v1/session`);
  expect(described.sort()).toEqual([...there, ...beside, ...session].sort());
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.values(methods).map((one) => ({ path, ...one })));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { path, operationId, parameters = [], responses } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(
      parameters.filter((one) => one.in === 'path').map(({ name }) => name),
      operationId,
    ).toEqual(inPath);
    expect(Object.keys(responses), operationId).toContain('200');
  }
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) expect(components.schemas).toHaveProperty(name ?? '');
  for (const { path } of operations.filter(
    (one) => !one.path.includes('{') && one.path.startsWith('/api/') && !/(?:stream|live)$/.test(one.path),
  )) {
    const answer = JSON.parse((await ask(path)).text) as Readonly<Record<string, unknown>>;
    expect(answer, path).toMatchObject({ v: 1, ok: expect.any(Boolean), problems: expect.any(Array) });
    expect(answer, path).toHaveProperty('data');
  }
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: object;
}

test('beyond this machine it listens only with encryption', async () => {
  bench = await teamBench('sqlite', 'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n');
  const copy = await bench.copy('staging');
  await copy.lockstep('up');
  for (const host of ['0.0.0.0', '::', '10.0.0.1']) {
    expect(await copy.lockstep('serve', '--port', '0', '--host', host), host).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('needs TLS'),
    });
  }
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', 'tls.key', '-out', 'tls.pem', ...subject];
  await promisify(execFile)('openssl', made, { cwd: copy.folder });
  expect(await copy.lockstep('serve', '--port', '0', '--tls-cert', 'tls.pem')).toMatchObject({ code: 64 });
  const server = await bench.serve(copy, '--tls-cert', 'tls.pem', '--tls-key', 'tls.key');
  const [ca, key] = [readFileSync(join(copy.folder, 'tls.pem')), readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim()];
  expect(server.url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${server.url}/api/v1/me`, { ca, headers: { Authorization: `Bearer ${key}` } }, (response) =>
      resolve(response.statusCode),
    );
    sent.once('error', reject).end();
  });
  expect(status).toBe(200);
  // Who is not known is not believed, and in the clear nothing is answered.
  expect(await copy.lockstep('login', server.url, '--key-file', 'admin.key')).toMatchObject({ code: 6 });
  await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow();
});

test('the old call with a key in the address is answered only where that was switched on, and the key is in no log', async () => {
  const plain = await place();
  expect((await plain.ask('/update?action=update', { key: '' })).status).toBe(404);
  await bench?.close();
  bench = await teamBench('sqlite', 'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n');
  const { ask, user, adminKey, server, copy } = await startPlace(bench, '--query-update');
  const [lead, developer] = [await user('lea@example.org', 'lead'), await user('ada@example.org', 'developer')];
  const update = async (email: string, key: string, action = 'update'): Promise<string> => {
    const query = new URLSearchParams({ action, email, 'auth-key': key });
    const [byAddress, byForm] = [
      await ask(`/update?${query}`, { key: '' }),
      await ask('/update', { key: '', body: String(query), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    ];
    return `${byAddress.status} ${byAddress.text}, ${byForm.status} ${byForm.text}`;
  };
  expect(await update('lea@example.org', lead)).toBe('200 0:no-update-available, 200 0:no-update-available');
  writeFileSync(join(copy.folder, 'migrations/20260301T000000_more.sql'), 'CREATE TABLE more (id integer);\n');
  expect(await update('lea@example.org', lead)).toBe('200 1:update-success, 200 0:no-update-available');
  for (const [email, key] of [
    ['lea@example.org', `${lead}x`],
    ['lea@example.org', developer],
    ['ada@example.org', developer],
    ['admin', lead],
    ['lea@example.org', ''],
  ]) {
    expect(await update(email ?? '', key ?? ''), `${email} ${key?.length}`).toBe('401 0:unauthed, 401 0:unauthed');
  }
  expect(await update('lea@example.org', lead, 'test')).toBe('400 0:query-error, 400 0:query-error');
  writeFileSync(join(copy.folder, 'migrations/20260302T000000_wrong.sql'), 'CREATE TABLE more (id integer);\n');
  expect(await update('lea@example.org', lead)).toBe('500 0:internal-error, 500 0:internal-error');
  const said = server.running.said().stderr;
  for (const key of [lead, developer, adminKey]) expect(said).not.toContain(key);
  expect(said).toContain('GET /update 200');
});
