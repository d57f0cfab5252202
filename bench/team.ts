import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { addUsers, askOnce, type ServerBench, serverBench } from '../test/fuzz/team-server.ts';

const [clients, streams, keysEach] = [200, 20, 5];

interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

/**
 * 200 clients that ask how the team stands as fast as they are answered, 20 streams of events, and one client who checks out and gives back;
 * and the same load on a bare server that sends the same bytes. Prints what was measured, and what was lost.
 */
export async function measureTeam(folder: string, seconds: number): Promise<boolean> {
  const bench = await serverBench(folder, { files: 0 });
  try {
    const keys = await manyKeys(bench);
    const sample = await bodyOf(`${bench.url()}/api/v1/team`, keys[0] ?? '');
    const bare = await startBare(sample);
    const raw = await load(`${bare.url}/`, keys, Math.min(seconds, 20));
    bare.stop();
    const before = memoryOf(bench.pid());
    const heard = Array.from({ length: streams }, (_, index) => listen(`${bench.url()}/api/v1/stream?after=0`, keys[index] ?? ''));
    const over = new AbortController();
    const busy = checkouts(bench, over.signal);
    const measured = await load(`${bench.url()}/api/v1/team`, keys, seconds);
    over.abort();
    const rounds = await busy;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = memoryOf(bench.pid());
    const { data } = await patient(() => askOnce(bench.url(), bench.adminKey, 'audit/verify'));
    const total = Number(data['events']);
    const lost = heard.filter(
      (one) => one.ids().length === 0 || one.ids().some((id, index, all) => index > 0 && id <= (all[index - 1] ?? 0)),
    );
    const last = heard.map((one) => one.ids().at(-1) ?? 0);
    for (const one of heard) one.stop();
    const row = (name: string, { perSecond, p50, p99, refused }: Load): string =>
      `  ${name.padEnd(10)} ${perSecond.toFixed(0).padStart(6)} answers/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms   ${refused} refused`;
    console.log(`team: ${clients} clients with ${keysEach} keys each, ${streams} streams, ${seconds} s, ${rounds} check-outs given back`);
    console.log(row('bare', raw));
    console.log(row('lockstep', measured));
    console.log(
      `  ratio      ${(raw.perSecond / measured.perSecond).toFixed(2)} x fewer answers than the bare server; the load itself takes a core of both`,
    );
    console.log(`  memory     ${before} MB before, ${after} MB after, ${memoryOf(bench.pid(), 'VmHWM')} MB at most`);
    console.log(
      `  events     ${total} in the log; the streams ended at ${Math.min(...last)} to ${Math.max(...last)}; ${lost.length} out of order`,
    );
    console.log(`  chain      ${data['broken'] === undefined ? 'whole' : `broken: ${JSON.stringify(data['broken'])}`}`);
    return lost.length === 0 && Math.min(...last) >= total - 1 && data['broken'] === undefined;
  } finally {
    await bench.close();
  }
}

/** A key may ask 1200 times a minute, so each client takes turns with several. */
async function manyKeys(bench: ServerBench): Promise<readonly string[]> {
  const names = Array.from({ length: clients }, (_, index) => `client${index}@example.org`);
  const first = await addUsers(bench, names, 'developer');
  const more: string[] = [];
  for (const key of first) {
    for (let n = 1; n < keysEach; n++) {
      const made = await patient(() => askOnce(bench.url(), key, 'keys', { body: { label: `${n}` } }));
      more.push(String(made.data['secret']));
    }
  }
  return [...first, ...more];
}

async function patient(ask: () => ReturnType<typeof askOnce>): Promise<NonNullable<Awaited<ReturnType<typeof askOnce>>>> {
  for (;;) {
    const reply = await ask();
    if (reply !== undefined && reply.status !== 429) return reply;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function checkouts(bench: ServerBench, signal: AbortSignal): Promise<number> {
  let rounds = 0;
  const ask = (path: string, body?: object) => askOnce(bench.url(), bench.adminKey, path, body === undefined ? {} : { body });
  for (; !signal.aborted; rounds++) {
    const expected = await ask('expected');
    const standing = { basis: expected?.data['basis'], behind: [], ahead: [] };
    const taken = await ask('checkouts', {
      request: `request-${rounds}-x`,
      scope: 'all',
      message: 'load',
      forMs: 3_600_000,
      copy: 'copy-of-load',
      host: 'h',
      standing,
    });
    if (taken?.status === 200) await ask(`checkouts/${String(taken.data['checkout'])}/release`, { copy: 'copy-of-load' });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return rounds;
}

/** As many clients as there are, each with one connection, each asking again as soon as it is answered. */
async function load(url: string, keys: readonly string[], seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  let refused = 0;
  const until = performance.now() + seconds * 1000;
  const began = performance.now();
  const one = async (index: number): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn++) {
      const key = keys[index + clients * (turn % keysEach)] ?? '';
      const start = performance.now();
      const status = await answered(url, key, agent);
      times.push(performance.now() - start);
      if (status !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => one(index)));
  agent.destroy();
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: times.length / took, p50: at(0.5), p99: at(0.99), refused };
}

function answered(url: string, key: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { Authorization: `Bearer ${key}` } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject).end();
  });
}

function bodyOf(url: string, key: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { Authorization: `Bearer ${key}` } }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve(text));
    }).once('error', reject);
  });
}

/** The numbers of the events that come by one stream. */
function listen(url: string, key: string): { ids(): readonly number[]; stop(): void } {
  const ids: number[] = [];
  let rest = '';
  const sent = get(url, { headers: { Authorization: `Bearer ${key}` } }, (response) => {
    response.setEncoding('utf8').on('data', (part: string) => {
      const lines = `${rest}${part}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('id: ')) ids.push(Number(line.slice(4)));
    });
    response.on('error', () => undefined);
  });
  sent.on('error', () => undefined);
  return { ids: () => ids, stop: () => sent.destroy() };
}

/** A server that does nothing but send these bytes. */
async function startBare(body: string): Promise<{ readonly url: string; stop(): void }> {
  const script = `const body = process.env.BODY;
require('node:http').createServer((request, response) => { request.resume(); response.writeHead(200, { 'Content-Type': 'application/json' }); response.end(body); })
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = spawn(process.execPath, ['-e', script], { env: { BODY: body }, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(String(data).trim())));
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') };
}

/** What a process has in memory, or had at most, in MB. */
function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const kib = new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}
