import type { Host } from '../commands/index.ts';
import { type Asker, classOf, may, type Recorded } from '../team/index.ts';
import type { Out } from './streams.ts';

export interface StreamOptions extends Out {
  readonly team: Host['team'];
  readonly asker: Asker;
  /** The newest event that the listener has seen. */
  readonly after: number;
}

const page = 500;
const beatMs = 15_000;

/**
 * Sends events as server-sent events, each with its number as id, so that whoever reconnects is given what came in between:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html. What concerns keys goes only to those who may see the audit log.
 */
export async function streamEvents({ team, asker, after, signal, send }: StreamOptions): Promise<void> {
  const seesAll = may(asker, 'audit');
  let sent = after;
  let wake: () => void = () => undefined;
  let woken = false;
  let beaten = true;
  const rouse = (): void => {
    woken = true;
    wake();
  };
  const deaf = team.hear(rouse);
  const beat = setInterval(() => {
    beaten = true;
    rouse();
  }, beatMs);
  signal.addEventListener('abort', rouse, { once: true });
  try {
    await send(`retry: 1000\n: the newest is ${team.head()}\n\n`);
    while (!signal.aborted) {
      woken = false;
      // The log itself is asked now and then only: many listeners hear of the same events.
      const records: readonly Recorded[] = (beaten ? undefined : team.recent(sent, page)) ?? (await team.events(sent, page));
      const mustBeat = beaten;
      beaten = false;
      const shown = records.filter(({ event }) => seesAll || classOf(event) !== 'security');
      const text = shown
        .map(({ hash: _, ...record }) => `id: ${record.seq}\nevent: ${record.event.kind}\ndata: ${JSON.stringify(record)}\n\n`)
        .join('');
      sent = records.at(-1)?.seq ?? sent;
      if (text !== '') await send(text);
      else if (mustBeat) await send(': still here\n\n');
      if (records.length === page || woken || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    deaf();
    clearInterval(beat);
  }
}
