import { type Dice, diceOf } from './dice.ts';
import { addUsers, askOnce, type Reply, type ServerBench } from './team-server.ts';

export interface CallsReport {
  readonly rounds: number;
  readonly calls: number;
  /** Calls of which no answer was heard. */
  readonly lost: number;
  readonly kills: number;
  readonly versions: number;
  readonly takenOver: number;
  readonly wrong: readonly string[];
}

/** How long a client believed to hold a check-out: from its answer to the moment before it gave it away. */
interface Belief {
  readonly checkout: number;
  readonly scope: string;
  readonly from: number;
  to: number;
}

interface Client {
  readonly name: string;
  readonly key: string;
  readonly copy: string;
  readonly mayTakeOver: boolean;
  belief?: Belief;
  /** A check-in that has begun, remembered before anything of it is sent. */
  checkin?: {
    readonly request: string;
    readonly checkout: number;
    readonly module: string;
    readonly id: string;
    readonly checksum: string;
  };
}

interface Storm {
  readonly bench: ServerBench;
  readonly dice: Dice;
  readonly clients: readonly Client[];
  readonly beliefs: Belief[];
  /** The number that each check-in was told of, by its request. */
  readonly told: Map<string, number>;
  readonly wrong: string[];
  readonly free: { id: string; checksum: string }[];
  counts: { calls: number; lost: number; kills: number; requests: number };
  over: boolean;
}

const stepsPerClient = 14;
/** What a client may be told because others act too. */
const expectedRefusals = [
  'checkout.held',
  'checkout.queued',
  'checkout.undeployed',
  'checkout.moved',
  'checkout.changed',
  'team.busy',
  'team.too-many',
];
const lostRefusals = ['checkout.lost', 'checkin.unprepared'];

/** How many migrations a run of so many rounds can use up. */
export function filesFor(rounds: number): number {
  return rounds * 8;
}

/**
 * Clients make random calls of a real server, which is killed and started again meanwhile, and of whose answers many are not heard; what was
 * not answered is asked again in the same words. After each round: nobody believed to hold what another held, no version is lost, doubled or
 * left out, the log is whole, and the check-out can be had.
 */
export async function callRounds(
  bench: ServerBench,
  { rounds, seed, say }: { readonly rounds: number; readonly seed: number; readonly say: (line: string) => void },
): Promise<CallsReport> {
  const names = ['ada', 'ben', 'cleo', 'lead'].map((name) => `${name}@example.org`);
  const keys = [...(await addUsers(bench, names.slice(0, 3), 'developer')), ...(await addUsers(bench, names.slice(3), 'lead'))];
  const storm: Storm = {
    bench,
    dice: diceOf(seed),
    clients: names.map((name, index) => ({
      name,
      key: keys[index] ?? '',
      copy: `copy-of-${name.split('@')[0]}`,
      mayTakeOver: index === 3,
    })),
    beliefs: [],
    told: new Map(),
    wrong: [],
    free: [...bench.files],
    counts: { calls: 0, lost: 0, kills: 0, requests: 0 },
    over: false,
  };
  let versions = 0;
  let takenOver = 0;
  for (let round = 0; round < rounds; round++) {
    storm.over = false;
    const chaos = killing(storm);
    const deploying = deploys(storm);
    await Promise.all(storm.clients.map((client) => behave(storm, client)));
    storm.over = true;
    await Promise.all([chaos, deploying]);
    ({ versions, takenOver } = await settle(storm, round));
    if (storm.wrong.length > 0) say(storm.wrong.slice(-3).join('\n'));
    if ((round + 1) % 10 === 0)
      say(
        `calls: ${round + 1} rounds, ${storm.counts.calls} calls, ${storm.counts.kills} kills, ${versions} versions, ${storm.wrong.length} wrong`,
      );
    if (storm.wrong.length > 20) break;
  }
  const { calls, lost, kills } = storm.counts;
  return { rounds, calls, lost, kills, versions, takenOver, wrong: storm.wrong };
}

/** Asks; of some answers nothing is heard, because the asker gives up or the server is gone. */
async function ask(storm: Storm, key: string, path: string, body?: object): Promise<Reply | undefined> {
  const { bench, dice, counts, wrong } = storm;
  counts.calls += 1;
  const patienceMs = !storm.over && dice.chance(0.25) ? 1 + dice.below(8) : 20_000;
  const reply = await askOnce(bench.url(), key, path, { patienceMs, ...(body === undefined ? {} : { body }) });
  if (reply === undefined) {
    counts.lost += 1;
    // A server that is being started again answers nobody.
    await pause(60);
    return undefined;
  }
  if (reply.status >= 500 && reply.status !== 503 && !path.startsWith('update'))
    wrong.push(`${path} gave ${reply.status} ${reply.code}: ${reply.message}`);
  return reply;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function behave(storm: Storm, client: Client): Promise<void> {
  for (let step = 0; step < stepsPerClient; step++) {
    if (client.checkin !== undefined) await announce(storm, client);
    else if (client.belief === undefined) await take(storm, client);
    else if (storm.dice.chance(0.6)) await begin(storm, client);
    else if (storm.dice.chance(0.5)) await release(storm, client);
    else await take(storm, client);
    await pause(storm.dice.below(25));
  }
}

async function take(storm: Storm, client: Client): Promise<void> {
  const { dice, counts } = storm;
  const expected = await ask(storm, client.key, 'expected');
  if (expected?.status !== 200) return;
  // Whoever holds something asks for the same again.
  const scope = client.belief?.scope ?? dice.of(['all', 'all', 'module:shop', 'module:cms']);
  const held = client.mayTakeOver && client.belief === undefined && dice.chance(0.6) ? await heldByOther(storm, client, scope) : undefined;
  const waits = dice.chance(0.15);
  const reply = await ask(storm, client.key, 'checkouts', {
    request: `take-${client.copy}-${counts.requests++}`,
    scope,
    message: 'a storm',
    forMs: 3_600_000,
    copy: client.copy,
    host: 'h',
    standing: { basis: expected.data['basis'], behind: [], ahead: [] },
    ...(waits ? { wait: true } : {}),
    ...(held === undefined ? {} : { takeOver: { checkout: held, reason: 'a storm' } }),
  });
  if (reply === undefined) return;
  if (reply.status === 200) {
    const checkout = Number(reply.data['checkout']);
    if (client.belief?.checkout !== checkout) believe(storm, client, { checkout, scope: String(reply.data['scope']) });
  } else if (!expectedRefusals.includes(reply.code ?? ''))
    storm.wrong.push(`${client.name} asked for ${scope}: ${reply.code} ${reply.message}`);
}

function believe(storm: Storm, client: Client, { checkout, scope }: { readonly checkout: number; readonly scope: string }): void {
  const belief: Belief = { checkout, scope, from: performance.now(), to: Number.POSITIVE_INFINITY };
  if (client.belief !== undefined) client.belief.to = performance.now();
  client.belief = belief;
  storm.beliefs.push(belief);
}

/** Stops believing, before anything is sent by which others could get it. */
function doubt({ belief }: Client): void {
  if (belief !== undefined && belief.to === Number.POSITIVE_INFINITY) belief.to = performance.now();
}

async function heldByOther(storm: Storm, client: Client, scope: string): Promise<number | undefined> {
  const reply = await ask(storm, client.key, 'team');
  const held = (reply?.data['checkouts'] ?? []) as readonly {
    readonly checkout: number;
    readonly scope: string;
    readonly at: { readonly copy: string };
  }[];
  return held.find((one) => one.at.copy !== client.copy && (scope === 'all' || one.scope === 'all' || one.scope === scope))?.checkout;
}

async function begin(storm: Storm, client: Client): Promise<void> {
  const { belief } = client;
  const file = storm.free.shift();
  if (belief === undefined || file === undefined) return;
  client.checkin = {
    request: `checkin-${client.copy}-${storm.counts.requests++}`,
    checkout: belief.checkout,
    module: 'app',
    ...file,
  };
  await announce(storm, client);
}

/** Both phases, in the same words as before where an answer was not heard. */
async function announce(storm: Storm, client: Client): Promise<void> {
  const { checkin } = client;
  if (checkin === undefined) return;
  const { request, checkout, module, id, checksum } = checkin;
  const common = { copy: client.copy, request, message: 'a storm' };
  if (!storm.told.has(`prepared ${request}`)) {
    const prepared = await ask(storm, client.key, `checkouts/${checkout}/prepare`, common);
    if (prepared === undefined) return;
    if (prepared.status !== 200) return lostIt(storm, client, prepared);
    storm.told.set(`prepared ${request}`, 0);
  }
  doubt(client);
  const reply = await ask(storm, client.key, `checkouts/${checkout}/announce`, {
    ...common,
    module,
    migration: id,
    checksum,
    statements: 1,
  });
  if (reply === undefined) return;
  if (reply.status !== 200) return lostIt(storm, client, reply);
  const given = Number(reply.data['number']);
  const before = storm.told.get(request);
  if (before !== undefined && before !== given) storm.wrong.push(`${request} was version ${before}, and then ${given}`);
  storm.told.set(request, given);
  // Said again although it was answered: the same number.
  if (!storm.dice.chance(0.2)) forget(client);
}

function forget(client: Client): void {
  delete client.checkin;
  delete client.belief;
}

/** Another has taken it over, or a mere refusal that says so. */
function lostIt(storm: Storm, client: Client, reply: Reply): void {
  if (reply.code === 'team.too-many' || reply.code === 'team.busy') return;
  if (!lostRefusals.includes(reply.code ?? '')) storm.wrong.push(`${client.name}'s check-in: ${reply.code} ${reply.message}`);
  doubt(client);
  forget(client);
}

async function release(storm: Storm, client: Client): Promise<void> {
  const { belief } = client;
  if (belief === undefined) return;
  doubt(client);
  const reply = await ask(storm, client.key, `checkouts/${belief.checkout}/release`, { copy: client.copy });
  if (reply === undefined || reply.code === 'team.too-many') return;
  if (reply.status !== 200 && !lostRefusals.includes(reply.code ?? ''))
    storm.wrong.push(`${client.name} releases: ${reply.code} ${reply.message}`);
  delete client.belief;
}

interface Version {
  readonly number: number;
  readonly state: string;
  readonly migration: string;
  readonly request?: string;
}

/** Brings the files of announced versions and deploys them; some are withdrawn. */
async function deploys(storm: Storm): Promise<void> {
  while (!storm.over) {
    await pause(20 + storm.dice.below(80));
    await deployOnce(storm);
  }
}

async function deployOnce(storm: Storm): Promise<void> {
  const { bench, dice } = storm;
  const reply = await ask(storm, bench.adminKey, 'team');
  const open = ((reply?.data['versions'] ?? []) as readonly Version[]).filter(({ state }) => state === 'announced');
  const [first] = open;
  if (first === undefined) return;
  if (!storm.over && dice.chance(0.15)) {
    await ask(storm, bench.adminKey, `versions/${first.number}/withdraw`, { reason: 'a storm' });
    return;
  }
  for (const { migration } of open) bench.bring(migration);
  await ask(storm, bench.adminKey, 'update', {});
}

async function killing(storm: Storm): Promise<void> {
  while (!storm.over) {
    await pause(40 + storm.dice.below(400));
    if (storm.over) return;
    await storm.bench.killAndStart();
    storm.counts.kills += 1;
  }
}

/** Lets everybody finish, and holds what the server says against what everybody was told. */
async function settle(storm: Storm, round: number): Promise<{ readonly versions: number; readonly takenOver: number }> {
  const { bench, clients, wrong, told } = storm;
  const patient = async (work: () => Promise<boolean>, what: string): Promise<void> => {
    for (let tries = 0; tries < 60; tries++) {
      if (await work()) return;
      await pause(tries < 20 ? 20 : 1000);
    }
    wrong.push(`round ${round}: ${what} comes to no end`);
  };
  for (const client of clients) {
    await patient(async () => {
      await announce(storm, client);
      return client.checkin === undefined;
    }, `the check-in of ${client.name}`);
    await patient(async () => {
      await release(storm, client);
      return client.belief === undefined;
    }, `the release of ${client.name}`);
  }
  // A check-out that was given and never heard of is given again to whoever asks from the same place.
  const left = async (): Promise<readonly { readonly checkout: number; readonly at: { readonly copy: string } }[]> =>
    ((await ask(storm, bench.adminKey, 'team'))?.data['checkouts'] ?? []) as [];
  for (const { checkout, at } of await left()) {
    const owner = clients.find(({ copy }) => copy === at.copy);
    if (owner !== undefined) await ask(storm, owner.key, `checkouts/${checkout}/release`, { copy: at.copy });
  }
  for (const client of clients) {
    await patient(
      async () => (await ask(storm, client.key, 'queue/leave', { copy: client.copy }))?.status === 200,
      `the waiting of ${client.name}`,
    );
  }
  await patient(async () => {
    await deployOnce(storm);
    const versions = ((await ask(storm, bench.adminKey, 'team'))?.data['versions'] ?? []) as readonly Version[];
    return versions.every(({ state }) => state !== 'announced');
  }, 'the deployment');

  const events = await allEvents(storm);
  const announced = events.flatMap(({ event }) => (event.kind === 'announced' ? [event] : []));
  for (const [index, one] of announced.entries())
    if (one.number !== index + 1) wrong.push(`round ${round}: version ${one.number} stands where ${index + 1} should`);
  for (const [request, n] of told) {
    if (n > 0 && announced[n - 1]?.request !== request) wrong.push(`round ${round}: ${request} was told version ${n}, which is another's`);
  }
  const twice = announced.filter((one, index) => announced.findIndex(({ request }) => request === one.request) !== index);
  if (twice.length > 0) wrong.push(`round ${round}: announced twice: ${twice.map(({ request }) => request).join(', ')}`);
  const takenOver = new Set(
    events.flatMap(({ event }) => (event.kind === 'checkout.taken' ? (event.instead ?? []).map(({ checkout }) => checkout) : [])),
  );
  exclusive(storm, takenOver, round);
  const audit = await ask(storm, bench.adminKey, 'audit/verify');
  if (audit?.status !== 200 || audit.data['broken'] !== undefined) wrong.push(`round ${round}: the log: ${JSON.stringify(audit)}`);
  const [anybody] = clients;
  if (anybody !== undefined) {
    await take({ ...storm, dice: { ...storm.dice, of: (list) => list[0] as never, chance: () => false } }, anybody);
    if (anybody.belief === undefined) {
      const team = await ask(storm, bench.adminKey, 'team');
      wrong.push(`round ${round}: nobody can check out any more: ${JSON.stringify(team?.data)}`);
    }
    await release(storm, anybody);
  }
  storm.beliefs.length = 0;
  return { versions: announced.length, takenOver: takenOver.size };
}

/** Of what two believed to hold at one time, one must have been taken over. */
function exclusive({ beliefs, wrong }: Storm, takenOver: ReadonlySet<number>, round: number): void {
  const sure = beliefs.filter(({ checkout }) => !takenOver.has(checkout));
  for (const [index, one] of sure.entries()) {
    for (const other of sure.slice(index + 1)) {
      const overlap = one.scope === 'all' || other.scope === 'all' || one.scope === other.scope;
      if (overlap && one.checkout !== other.checkout && one.from < other.to && other.from < one.to)
        wrong.push(`round ${round}: check-outs ${one.checkout} and ${other.checkout} were held at once`);
    }
  }
}

interface Event {
  readonly seq: number;
  readonly event: {
    readonly kind: string;
    readonly number?: number;
    readonly request?: string;
    readonly instead?: readonly { readonly checkout: number }[];
  };
}

async function allEvents(storm: Storm): Promise<readonly Event[]> {
  const all: Event[] = [];
  for (;;) {
    const reply = await ask(storm, storm.bench.adminKey, `audit?after=${all.at(-1)?.seq ?? 0}&most=5000`);
    const events = (reply?.data['events'] ?? []) as readonly Event[];
    all.push(...events);
    if (events.length < 5000) return all;
  }
}
