import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Action, type Call, calls, type Role, roles } from '../../src/team/index.ts';
import { type TeamBench, teamBench } from '../support/team.ts';

const first = `-- lockstep:up
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);
-- lockstep:down
DROP TABLE orders;
`;
const wrongKeysInAMinute = 20;

/** The least role that may, written down once more: a right that moves is seen here. */
const least: Readonly<Record<Action, Role>> = {
  look: 'viewer',
  'own-keys': 'viewer',
  checkout: 'developer',
  checkin: 'developer',
  draft: 'developer',
  review: 'reviewer',
  'take-over': 'lead',
  cancel: 'lead',
  withdraw: 'lead',
  update: 'lead',
  audit: 'lead',
  users: 'admin',
  settings: 'admin',
};

let bench: TeamBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

type Ask = (method: string, path: string, body?: object) => Promise<{ readonly status: number; readonly data: Record<string, string> }>;

function asker(url: string, key: string | undefined): Ask {
  return async (method, path, body = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }) },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    const { data } = (await response.json()) as { readonly data: Record<string, string> };
    return { status: response.status, data };
  };
}

/** Every call that needs a key, with a path that names nothing there is. */
const guarded = (Object.values(calls) as readonly Call[]).flatMap(({ method, path, action }) =>
  action === 'nobody' ? [] : [{ method, path: path.replaceAll(/\{\w+\}/g, '999'), action }],
);

test('every call is answered to those who may, refused to all others, and keys cannot be tried out', async () => {
  bench = await teamBench('sqlite', first);
  const copy = await bench.copy('staging');
  expect(await copy.lockstep('up')).toMatchObject({ code: 0 });
  const { url } = await bench.serve(copy);
  const admin = asker(url, readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim());

  for (const role of roles) {
    const { status, data } = await admin('POST', '/api/v1/users', { user: `${role}@example.org`, role });
    expect(status).toBe(200);
    const ask = asker(url, data['key']);
    for (const { method, path, action } of guarded) {
      const { status: answered } = await ask(method, path);
      const mayDo = roles.indexOf(role) >= roles.indexOf(least[action]);
      expect([401, 403].includes(answered), `${role}: ${method} ${path} gave ${answered}`).toBe(!mayDo);
    }
  }

  // A machine's key is good for what it says and nothing else, though an admin made it.
  for (const scope of ['look', 'update', 'update:staging']) {
    const made = await admin('POST', '/api/v1/keys', { label: scope, scopes: [scope] });
    const ask = asker(url, made.data['secret']);
    for (const { method, path, action } of guarded) {
      const { status } = await ask(method, path);
      expect(status === 403, `${scope}: ${method} ${path} gave ${status}`).toBe(action !== scope);
    }
    for (const environment of ['staging', 'production']) {
      const { status } = await ask('POST', '/api/v1/update', { environment });
      expect(status === 403, `${scope} for ${environment} gave ${status}`).toBe(scope !== 'update' && scope !== `update:${environment}`);
    }
  }

  // Revoked keys, made-up ones and none are refused alike; a good key is not turned away because of them.
  const over = await admin('POST', '/api/v1/keys', { label: 'over' });
  expect((await asker(url, over.data['secret'])('GET', '/api/v1/team')).status).toBe(200);
  expect((await admin('DELETE', `/api/v1/keys/${over.data['key']}`)).status).toBe(200);
  const statuses: number[] = [];
  for (const key of [over.data['secret'], `${over.data['key']}_${'0'.repeat(64)}`, 'nonsense']) {
    statuses.push((await asker(url, key)('GET', '/api/v1/team')).status);
  }
  for (const { method, path } of guarded.slice(0, wrongKeysInAMinute)) statuses.push((await asker(url, undefined)(method, path)).status);
  expect(statuses).toEqual(statuses.map((_, index) => (index < wrongKeysInAMinute ? 401 : 429)));
  expect((await admin('GET', '/api/v1/team')).status).toBe(200);
});
