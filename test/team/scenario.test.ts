import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { dataOf, type TeamBench, teamBench } from '../support/team.ts';

const first = `-- lockstep:up
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, note varchar(40));
-- lockstep:down
DROP TABLE orders;
`;

let bench: TeamBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

interface Deployed {
  readonly ok: boolean;
  readonly data: { readonly done: readonly { readonly id: string }[]; readonly deployed: readonly number[] };
  readonly problems: readonly { readonly code: string }[];
}

async function deploy(url: string, key: string): Promise<{ readonly status: number; readonly answer: Deployed }> {
  const response = await fetch(`${url}/api/v1/update`, { method: 'POST', headers: { Authorization: `Bearer ${key}` } });
  return { status: response.status, answer: (await response.json()) as Deployed };
}

/** The team's database, and where the server keeps its state. */
const places: readonly (readonly [Flavour, 'sqlite' | 'postgres'])[] = [
  ['sqlite', 'sqlite'],
  ['postgres', 'postgres'],
  ['mariadb', 'sqlite'],
];

describe.each(places)('a team on %s with a server whose state is on %s', (flavour, kind) => {
  test('checks out, is denied, checks in, deploys, follows, takes over, and loses', { timeout: 120_000 }, async () => {
    bench = await teamBench(flavour, first);
    const [staging, ada, bob] = [await bench.copy('staging'), await bench.copy('ada'), await bench.copy('bob')];
    const state = kind === 'postgres' ? await freshDatabase('postgres') : undefined;
    for (const copy of [staging, ada, bob]) expect(await copy.lockstep('up')).toMatchObject({ code: 0 });
    const server = await bench.serve(staging, ...(state === undefined ? [] : ['--state', state.url]));
    const adminKey = readFileSync(join(staging.folder, 'admin.key'), 'utf8').trim();
    await bench.join(server, ada, 'ada@example.org', 'developer');
    await bench.join(server, bob, 'bob@example.org', 'lead');

    // Ada has it, and bob is told so.
    expect(await ada.lockstep('checkout', '-m', 'coupons')).toMatchObject({ code: 0, stdout: expect.stringContaining('yours until') });
    const denied = await bob.lockstep('checkout', '-m', 'prices');
    expect(denied).toMatchObject({ code: 4, stderr: expect.stringContaining('checkout.held') });
    expect(denied.stderr).toContain('ada@example.org');

    // Any tool changes the structure; the check-in makes one migration of it.
    await ada.query('CREATE TABLE coupon (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL)');
    await ada.query('ALTER TABLE orders ADD COLUMN coupon_id integer');
    await ada.query('CREATE TABLE scratch_table (id integer)');
    await ada.query('DROP TABLE scratch_table');
    const checkedIn = await ada.lockstep('checkin', '-m', 'orders: add coupons', '--json');
    expect(checkedIn).toMatchObject({ code: 0 });
    const { version, file } = dataOf<{ readonly version: { readonly number: number }; readonly file: string }>(checkedIn);
    expect(version.number).toBe(1);
    const text = readFileSync(join(ada.folder, file), 'utf8');
    expect(text).toContain('coupon');
    expect(text).not.toContain('scratch_table');
    expect((await ada.lockstep('status')).stdout).toContain('0 pending');

    // Nobody starts from what the others do not have.
    const early = await bob.lockstep('checkout', '-m', 'prices');
    expect(early).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.undeployed') });
    expect((await bob.lockstep('team', 'status')).stdout).toMatch(/version 1 PENDING.*ada@example.org/);
    // An update without the file deploys nothing, and says so.
    expect(await deploy(server.url, adminKey)).toMatchObject({ status: 200, answer: { data: { done: [], deployed: [] } } });

    // The file travels by git; the server applies it.
    await ada.git('add', '-A');
    await ada.git('commit', '-qm', 'coupons');
    await ada.git('push', '-q');
    await staging.git('pull', '-q');
    expect(await deploy(server.url, adminKey)).toMatchObject({ status: 200, answer: { ok: true, data: { deployed: [1] } } });
    await staging.query('SELECT coupon_id FROM orders');

    // Bob is behind until he has it too.
    const behind = await bob.lockstep('checkout', '-m', 'prices');
    expect(behind).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.behind') });
    await bob.git('pull', '-q');
    expect(await bob.lockstep('up')).toMatchObject({ code: 0 });
    await bob.query('SELECT code FROM coupon');
    expect(await bob.lockstep('checkout', '-m', 'prices')).toMatchObject({ code: 0 });

    // Ada may not take over; when she goes on without, she is told what became of it.
    expect(await ada.lockstep('checkout', '--take-over', '-m', 'urgent')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('team.forbidden'),
    });
    expect(await bob.lockstep('release')).toMatchObject({ code: 0 });
    expect(await ada.lockstep('checkout', '-m', 'more')).toMatchObject({ code: 0 });
    await ada.query('ALTER TABLE coupon ADD COLUMN kind varchar(10)');
    expect(await bob.lockstep('checkout', '--take-over', '-m', 'ada is on holiday')).toMatchObject({ code: 0 });
    const lost = await ada.lockstep('checkin', '-m', 'kinds');
    expect(lost).toMatchObject({ code: 4, stderr: expect.stringContaining('checkout.lost') });
    expect(lost.stderr).toContain('taken over by bob@example.org');
    expect(lost.stderr).toContain('ada is on holiday');
    expect(lost.stderr).toContain('.lockstep/drafts/');
    expect((await bob.lockstep('team', 'drafts')).stdout).toMatch(/draft 1 .*ada@example.org/);
    expect(await bob.lockstep('team', 'draft', '1')).toMatchObject({ code: 0, stdout: expect.stringContaining('kind') });
    expect(await bob.lockstep('team', 'draft', '2')).toMatchObject({ code: 3, stderr: expect.stringContaining('draft.unknown') });
    // Her work is still there, and can be brought in when bob is done.
    await ada.query('SELECT kind FROM coupon');
    expect(await bob.lockstep('release')).toMatchObject({ code: 0 });
    expect(await ada.lockstep('checkout', '-m', 'kinds')).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.drift') });
    expect(await ada.lockstep('checkout', '-m', 'kinds', '--with-drift')).toMatchObject({ code: 0 });
    expect(dataOf<{ readonly version: { readonly number: number } }>(await ada.lockstep('checkin', '--json')).version.number).toBe(2);
    expect(await server.stop()).toMatchObject({ code: 0 });
    await state?.drop();
  });
});
