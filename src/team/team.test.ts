import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../base/index.ts';
import { type EventLog, memoryLog } from './log/log.ts';
import {
  announce,
  applied,
  brokenAt,
  cancelCheckout,
  isOver,
  noTeam,
  overlap,
  prepareCheckin,
  type Recorded,
  releaseCheckout,
  type Scope,
  seenOn,
  swept,
  type TeamState,
  takeCheckout,
  withdraw,
} from './protocol/index.ts';
import { openTeam, type Team } from './team.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const hour = 3_600_000;
const scopes: readonly Scope[] = ['all', 'module:shop', 'module:cms'];

/** What a client remembers between two calls, also when no answer came. */
interface Client {
  readonly name: string;
  readonly copy: string;
  held?: { readonly checkout: number; readonly scope: Scope };
  checkin?: { readonly request: string; readonly checkout: number; readonly module: string };
  /** The numbers that it was told of, by request. */
  readonly told: Map<string, number>;
}

interface Bench {
  readonly clients: readonly Client[];
  /** Two servers over one log. */
  readonly teams: readonly Team[];
  now: number;
  requests: number;
  readonly log: EventLog;
}

type Step = (bench: Bench) => Promise<void>;

/** Asks, and hears of the answer or does not: what was decided is decided either way. A refusal is an answer. */
async function asked<T>(lost: boolean, work: () => Promise<T>): Promise<T | undefined> {
  try {
    const answer = await work();
    return lost ? undefined : answer;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return undefined;
  }
}

const who = fc.integer({ min: 0, max: 3 });
const lost = fc.boolean();
const server = fc.integer({ min: 0, max: 1 });

const steps: readonly fc.Arbitrary<Step>[] = [
  fc.record({ who, lost, server, scope: fc.constantFrom(...scopes), wait: fc.boolean() }).map(
    (one): Step =>
      async (bench) => {
        const client = bench.clients[one.who] as Client;
        const held = await asked(one.lost, () =>
          (bench.teams[one.server] as Team).act(client.name, (state, now) =>
            takeCheckout(
              state,
              {
                request: `r${bench.requests++}`,
                by: client.name,
                at: { copy: client.copy, host: 'h' },
                scope: one.scope,
                message: 'm',
                forMs: hour,
                standing: { basis: 'b', behind: [], ahead: [] },
                wait: one.wait,
              },
              { now, basis: 'b', isThere: () => true },
            ),
          ),
        );
        if (held !== undefined) client.held = { checkout: held.checkout, scope: held.scope };
      },
  ),
  fc.record({ who, lost, server }).map(
    (one): Step =>
      async (bench) => {
        const client = bench.clients[one.who] as Client;
        const { held } = client;
        if (held === undefined) return;
        // The request is remembered before it is sent.
        client.checkin ??= {
          request: `c${bench.requests++}`,
          checkout: held.checkout,
          module: held.scope === 'all' ? 'app' : held.scope.slice('module:'.length),
        };
        const { request, checkout } = client.checkin;
        const by = { checkout, by: client.name, copy: client.copy };
        await asked(one.lost, () =>
          (bench.teams[one.server] as Team).act(client.name, (state, now) =>
            prepareCheckin(state, { ...by, request, message: 'm' }, { now }),
          ),
        );
      },
  ),
  fc.record({ who, lost, server }).map(
    (one): Step =>
      async (bench) => {
        const client = bench.clients[one.who] as Client;
        if (client.checkin === undefined) return;
        const { request, checkout, module } = client.checkin;
        const answer = await asked(one.lost, () =>
          (bench.teams[one.server] as Team).act(client.name, (state) =>
            announce(state, {
              request,
              checkout,
              by: client.name,
              copy: client.copy,
              module,
              migration: `m-${request}`,
              checksum: request,
              message: 'm',
              statements: 1,
            }),
          ),
        );
        if (answer === undefined) return;
        client.told.set(request, answer.number);
        delete client.checkin;
        delete client.held;
      },
  ),
  fc.record({ who, lost, server }).map(
    (one): Step =>
      async (bench) => {
        const client = bench.clients[one.who] as Client;
        const { held } = client;
        if (held === undefined) return;
        const answer = await asked(one.lost, () =>
          (bench.teams[one.server] as Team).act(client.name, (state) =>
            releaseCheckout(state, { checkout: held.checkout, by: client.name, copy: client.copy }),
          ),
        );
        if (answer !== undefined) {
          delete client.held;
          delete client.checkin;
        }
      },
  ),
  fc.record({ who, lost, server }).map(
    (one): Step =>
      async (bench) => {
        const client = bench.clients[one.who] as Client;
        const team = bench.teams[one.server] as Team;
        const other = await team.look((state) => [...state.checkouts.values()].find(({ by }) => by !== client.name));
        if (other === undefined) return;
        const held = await asked(one.lost, () =>
          team.act(client.name, (state, now) =>
            takeCheckout(
              state,
              {
                request: `t${bench.requests++}`,
                by: client.name,
                at: { copy: client.copy, host: 'h' },
                scope: other.scope,
                message: 'm',
                forMs: hour,
                standing: { basis: 'b', behind: [], ahead: [] },
                takeOver: { checkout: other.checkout, reason: 'away' },
              },
              { now, basis: 'b', isThere: () => true },
            ),
          ),
        );
        if (held !== undefined) client.held = { checkout: held.checkout, scope: held.scope };
      },
  ),
  fc.record({ server, number: fc.integer({ min: 1, max: 6 }) }).map(
    ({ server: at, number }): Step =>
      async (bench) => {
        await asked(false, () => (bench.teams[at] as Team).act('lead', (state) => withdraw(state, { number, by: 'lead', reason: 'r' })));
      },
  ),
  fc.record({ server, minutes: fc.integer({ min: 1, max: 90 }) }).map(
    ({ server: at, minutes }): Step =>
      async (bench) => {
        bench.now += minutes * 60_000;
        await (bench.teams[at] as Team).act('server', (state, now) => swept(state, { now, isThere: () => true }));
      },
  ),
  server.map(
    (at): Step =>
      async (bench) =>
        deploy(bench.teams[at] as Team),
  ),
];

async function deploy(team: Team): Promise<void> {
  await team.act('server', (state) =>
    seenOn(
      state,
      'staging',
      new Map(
        state.announcements.filter((one) => one.state !== 'withdrawn').map((one) => [`${one.module}/${one.migration}`, one.checksum]),
      ),
    ),
  );
}

function expectSound(state: TeamState, now: number): void {
  const held = [...state.checkouts.values()].filter((one) => !isOver(one, { now }));
  for (const [index, one] of held.entries()) {
    for (const other of held.slice(index + 1)) expect(overlap(one.scope, other.scope), `${one.checkout} and ${other.checkout}`).toBe(false);
  }
  expect(state.announcements.map(({ number }) => number)).toEqual(state.announcements.map((_, index) => index + 1));
  expect(new Set(state.announcements.map(({ request }) => request)).size).toBe(state.announcements.length);
  for (const checkout of state.checkouts.keys()) expect(state.ended.has(checkout)).toBe(false);
}

async function benchOf(): Promise<Bench> {
  const log = memoryLog();
  const bench = { now: Date.parse('2026-01-01T00:00:00Z'), requests: 0, log };
  const clock = (): Date => new Date(bench.now);
  const teams = [await openTeam({ log, clock, digest }), await openTeam({ log, clock, digest })];
  const clients = [0, 1, 2, 3].map((index): Client => ({ name: `u${index % 3}`, copy: `copy-${index}`, told: new Map() }));
  return Object.assign(bench, { teams, clients });
}

test('whatever is asked and whatever answer is lost, nobody shares a check-out, no version is lost or doubled, and the way on is open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...steps), { maxLength: 60 }), async (list) => {
      const bench = await benchOf();
      for (const step of list) {
        await step(bench);
        await (bench.teams[0] as Team).look((state) => expectSound(state, bench.now));
      }
      const [team] = bench.teams as [Team];
      // What a client was told stays so.
      for (const { told } of bench.clients) {
        for (const [request, number] of told) {
          expect(await team.look((state) => state.announcements[number - 1]?.request)).toBe(request);
        }
      }
      // However it stands, somebody gets on without anything being mended by hand.
      bench.now += 2 * hour;
      await deploy(team);
      const held = await team.act('new', (state, now) =>
        takeCheckout(
          state,
          {
            request: 'last',
            by: 'new',
            at: { copy: 'new', host: 'h' },
            scope: 'all',
            message: 'm',
            forMs: hour,
            standing: { basis: 'b', behind: [], ahead: [] },
          },
          { now, basis: 'b', isThere: () => false },
        ),
      );
      expect(held.by).toBe('new');
      // The log alone says all of it.
      const records = await bench.log.read(0, Number.POSITIVE_INFINITY);
      expect(brokenAt(records, digest)).toBeUndefined();
      const folded = noTeam();
      for (const record of records) applied(folded, record);
      expect(await team.look((state) => structuredClone(state))).toEqual(folded);
    }),
    { numRuns: 150 },
  );
});

test('of fifty who ask two servers at once one gets the check-out, and all others are told by whom it is held', async () => {
  const bench = await benchOf();
  const answers = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) =>
      (bench.teams[index % 2] as Team).act(`u${index}`, (state, now) =>
        takeCheckout(
          state,
          {
            request: `r${index}`,
            by: `u${index}`,
            at: { copy: `c${index}`, host: 'h' },
            scope: index % 3 === 0 ? 'module:shop' : 'all',
            message: 'm',
            forMs: hour,
            standing: { basis: 'b', behind: [], ahead: [] },
          },
          { now, basis: 'b', isThere: () => true },
        ),
      ),
    ),
  );
  const winners = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.by] : []));
  expect(winners).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'rejected')
      expect(answer.reason).toMatchObject({ code: 'checkout.held', message: expect.stringContaining(winners[0] ?? '') });
  }
});

test('a list of events of which one was changed, left out or moved is not believed', async () => {
  const bench = await benchOf();
  const [team] = bench.teams as [Team];
  for (const user of ['a', 'b', 'c', 'd']) {
    await team.act(user, (state) => ({ ok: true, events: [{ kind: 'user.added', user, role: 'viewer' }], answer: () => state.users.size }));
  }
  const records = await bench.log.read(0, 10);
  expect(brokenAt(records, digest)).toBeUndefined();
  const [one, two, three, four] = records as [Recorded, Recorded, Recorded, Recorded];
  expect(brokenAt([one, { ...two, actor: 'x' }, three, four], digest)).toMatchObject({ seq: 2 });
  expect(brokenAt([one, { ...two, event: { kind: 'user.added', user: 'b', role: 'admin' } }, three, four], digest)).toMatchObject({
    seq: 2,
  });
  expect(brokenAt([one, three, four], digest)).toMatchObject({ seq: 2 });
  expect(brokenAt([one, three, two, four], digest)).toMatchObject({ seq: 2 });
  expect(brokenAt([{ ...two, seq: 1 }, { ...one, seq: 2 }, three, four], digest)).toMatchObject({ seq: 1 });
  const damaged: EventLog = { read: () => Promise.resolve([one, three]), append: () => Promise.resolve() };
  await expect(openTeam({ log: damaged, clock: () => new Date(), digest })).rejects.toMatchObject({ code: 'team.log-damaged' });
});

test('a check-out that was cancelled, taken over or ran out tells its holder by whom and why', async () => {
  const bench = await benchOf();
  const [team] = bench.teams as [Team];
  const take = (name: string, more: object = {}) =>
    team.act(name, (state, now) =>
      takeCheckout(
        state,
        {
          request: name,
          by: name,
          at: { copy: name, host: 'h' },
          scope: 'all',
          message: 'm',
          forMs: hour,
          standing: { basis: 'b', behind: [], ahead: [] },
          ...more,
        },
        { now, basis: 'b', isThere: () => true },
      ),
    );
  const prepare = (name: string, checkout: number) =>
    team.act(name, (state, now) => prepareCheckin(state, { checkout, by: name, copy: name, request: 'c', message: 'm' }, { now }));
  const ada = await take('ada');
  const bob = await take('bob', { takeOver: { checkout: ada.checkout, reason: 'ada is away' } });
  await expect(prepare('ada', ada.checkout)).rejects.toMatchObject({
    code: 'checkout.lost',
    message: expect.stringMatching(/taken over by bob .*: ada is away/),
  });
  // A second take-over of what is held no more ends nobody's.
  await expect(take('eve', { takeOver: { checkout: ada.checkout, reason: 'r' } })).rejects.toMatchObject({ code: 'checkout.changed' });
  await team.act('lead', (state) => cancelCheckout(state, { checkout: bob.checkout, by: 'lead', reason: 'release day' }));
  await expect(prepare('bob', bob.checkout)).rejects.toMatchObject({ message: expect.stringMatching(/cancelled by lead .*: release day/) });
  const eve = await take('eve');
  bench.now += 2 * hour;
  // Nobody came: it is still eve's.
  await expect(prepare('eve', eve.checkout)).resolves.toMatchObject({ checkout: eve.checkout });
  bench.now += 2 * hour;
  await take('ada');
  await expect(prepare('eve', eve.checkout)).rejects.toMatchObject({ message: expect.stringMatching(/ran out, and ada took it/) });
});
