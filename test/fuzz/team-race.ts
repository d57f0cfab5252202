import { addUsers, askOnce, type Reply, type ServerBench } from './team-server.ts';

export interface RaceReport {
  readonly rounds: number;
  /** Rounds in which not exactly one of those who asked got the check-out, in words. */
  readonly wrong: readonly string[];
  readonly answers: number;
}

const clients = 50;

/** Fifty working copies of fifty people ask for the check-out at once, round for round; whoever gets it gives it back. */
export async function raceRounds(
  bench: ServerBench,
  { rounds, say }: { readonly rounds: number; readonly say: (line: string) => void },
): Promise<RaceReport> {
  const names = Array.from({ length: clients }, (_, index) => `racer${index}@example.org`);
  const keys = await addUsers(bench, names, 'developer');
  const wrong: string[] = [];
  let answers = 0;
  for (let round = 0; round < rounds; round++) {
    const expected = await patient(() => askOnce(bench.url(), keys[round % clients] ?? '', 'expected'));
    const replies = await Promise.all(
      keys.map((key, index) => askOnce(bench.url(), key, 'checkouts', { body: wish(round, index, String(expected.data['basis'])) })),
    );
    answers += replies.length;
    const holders = replies.flatMap((reply, index) => (reply?.status === 200 ? [{ reply, index }] : []));
    const strange = replies.filter((reply) => reply?.status !== 200 && reply?.code !== 'checkout.held');
    if (holders.length !== 1 || strange.length > 0) {
      wrong.push(`round ${round}: ${holders.length} holders; ${strange.map((reply) => `${reply?.status} ${reply?.code}`).join(', ')}`);
    }
    for (const { reply, index } of holders) {
      const path = `checkouts/${String(reply.data['checkout'])}/release`;
      await patient(() => askOnce(bench.url(), keys[index] ?? '', path, { body: { copy: copyOf(index) } }));
    }
    if ((round + 1) % 100 === 0) say(`race: ${round + 1} rounds, ${wrong.length} wrong`);
  }
  const audit = await patient(() => askOnce(bench.url(), bench.adminKey, 'audit/verify'));
  if (audit.data['broken'] !== undefined) wrong.push(`the chain of the log is broken: ${JSON.stringify(audit.data)}`);
  return { rounds, wrong, answers };
}

const copyOf = (index: number): string => `copy-of-racer-${index}`;

function wish(round: number, index: number, basis: string): object {
  return {
    request: `request-${round}-${index}`,
    scope: index % 3 === 0 ? 'module:shop' : 'all',
    message: 'a race',
    forMs: 3_600_000,
    copy: copyOf(index),
    host: `machine-${index}`,
    standing: { basis, behind: [], ahead: [] },
  };
}

/** Asks until it is answered: a key may ask so often in a minute only. */
async function patient(ask: () => Promise<Reply | undefined>): Promise<Reply> {
  for (let tries = 0; tries < 200; tries++) {
    const reply = await ask();
    if (reply !== undefined && reply.status !== 429) return reply;
    await new Promise((resolve) => setTimeout(resolve, reply === undefined ? 100 : 1000));
  }
  throw new Error('the server does not answer any more');
}
