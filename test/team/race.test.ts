import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type TeamBench, teamBench } from '../support/team.ts';

const first = `-- lockstep:up
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);
-- lockstep:down
DROP TABLE orders;
`;
const clients = 50;
const rounds = 10;

let bench: TeamBench | undefined;
let state: TestDatabase | undefined;
afterEach(async () => {
  await bench?.close();
  await state?.drop();
  [bench, state] = [undefined, undefined];
});

interface Answer {
  readonly status: number;
  readonly data: { readonly checkout: number; readonly by: string; readonly at: { readonly copy: string } };
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

async function call(url: string, key: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

/** Fifty working copies ask at once; gives the check-outs that were granted after each round, and lets go of them. */
async function race(urls: readonly string[], key: string): Promise<readonly number[]> {
  const granted: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { basis } = (await call(urls[0] ?? '', key, 'expected')).data as unknown as { readonly basis: string };
    const answers = await Promise.all(
      Array.from({ length: clients }, (_, index) =>
        call(urls[index % urls.length] ?? '', key, 'checkouts', {
          request: `request-${round}-${index}`,
          scope: index % 3 === 0 ? 'module:shop' : 'all',
          message: 'prices',
          forMs: 3_600_000,
          copy: `copy-${String(index).padStart(4, '0')}`,
          host: `machine-${index}`,
          standing: { basis, behind: [], ahead: [] },
        }),
      ),
    );
    const holders = answers.filter(({ status }) => status === 200);
    expect(holders).toHaveLength(1);
    for (const { status, problems } of answers.filter((answer) => answer.status !== 200)) {
      expect({ status, code: problems[0]?.code }).toEqual({ status: 409, code: 'checkout.held' });
    }
    const { checkout, at } = (holders[0] as Answer).data;
    granted.push(checkout);
    expect(await call(urls.at(-1) ?? '', key, `checkouts/${checkout}/release`, { copy: at.copy })).toMatchObject({ status: 200 });
  }
  return granted;
}

const places = [
  { title: 'one server with its state on SQLite', onPostgres: false, servers: 1 },
  { title: 'two servers over one state on PostgreSQL', onPostgres: true, servers: 2 },
] as const;

test.each(places)('of fifty who ask $title at once exactly one gets the check-out, round for round', async ({ onPostgres, servers }) => {
  bench = await teamBench('sqlite', first);
  state = onPostgres ? await freshDatabase('postgres') : undefined;
  const urls: string[] = [];
  let key = '';
  for (let index = 0; index < servers; index++) {
    const copy = await bench.copy(`server-${index}`);
    expect(await copy.lockstep('up')).toMatchObject({ code: 0 });
    urls.push((await bench.serve(copy, ...(state === undefined ? [] : ['--state', state.url]))).url);
    if (index === 0) key = readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim();
  }
  const granted = await race(urls, key);
  // Numbers rise without a gap: nobody was given one that nobody was told of.
  expect(granted).toEqual(Array.from({ length: rounds }, (_, index) => index + 1));
  const { data } = await call(urls[0] ?? '', key, 'audit/verify');
  expect(data).not.toHaveProperty('broken');
});
