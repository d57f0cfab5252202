import { type Asker, classOf, may, type Recorded, type Team } from '../team/index.ts';
import type { Desk } from './desk/desk.ts';
import type { Out } from './streams.ts';

/** The one stream of the pages: what happens in the team, and how runs go. */
export interface LiveOptions extends Out {
  readonly team: Team;
  readonly desk: Pick<Desk, 'hear'>;
  readonly asker: Asker;
  /** What the listener had last, as it was sent in `id`. */
  readonly last: string | undefined;
}

const page = 500;
const beatMs = 15_000;

/**
 * Sends server-sent events: `team` with an event of the log, `run` with a run as it is now, and `reset` where what came in between is not known, so
 * that everything must be asked anew. What concerns keys goes only to those who may see the audit log.
 */
export async function streamLive({ team, desk, asker, last, signal, send }: LiveOptions): Promise<void> {
  const seesAll = may(asker, 'audit');
  // Only the newest state of a run matters, however many steps it has made meanwhile.
  const changed = new Map<string, string>();
  let wake: () => void = () => undefined;
  let woken = false;
  const rouse = (): void => {
    woken = true;
    wake();
  };
  const deaf = [
    team.hear(rouse),
    desk.hear((run) => {
      changed.set(run.run, JSON.stringify(run));
      rouse();
    }),
  ];
  const beat = setInterval(() => void send(': still here\n\n').catch(() => undefined), beatMs);
  signal.addEventListener('abort', rouse, { once: true });
  let sent = /^\d{1,15}$/.test(last ?? '') ? Number(last) : undefined;
  try {
    await send('retry: 1000\n');
    if (sent === undefined || sent > team.head()) sent = team.head();
    // Runs are not replayed: who comes back looks at them again.
    await send(`id: ${sent}\nevent: reset\ndata: {}\n\n`);
    while (!signal.aborted) {
      woken = false;
      const records: readonly Recorded[] = team.recent(sent, page) ?? (await team.events(sent, page));
      const shown = records.filter(({ event }) => seesAll || classOf(event) !== 'security');
      const runs = [...changed.values()];
      changed.clear();
      const text = [
        ...shown.map(({ hash: _, ...record }) => `id: ${record.seq}\nevent: team\ndata: ${JSON.stringify(record)}\n\n`),
        ...runs.map((run) => `event: run\ndata: ${run}\n\n`),
      ].join('');
      sent = records.at(-1)?.seq ?? sent;
      if (text !== '') await send(text);
      if (records.length === page || woken || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    for (const one of deaf) one();
    clearInterval(beat);
  }
}
