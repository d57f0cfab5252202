import { Failure } from '../base/index.ts';
import type { Host } from '../commands/index.ts';
import type { Asker } from '../team/index.ts';
import { limiter } from './limits.ts';

/** What is known of a request before it is read. */
export interface Caller {
  /** The address that the connection comes from. */
  readonly address: string;
  readonly authorization: string | undefined;
}

export interface Access {
  /** Who asks. Refuses wrong keys, and whoever asks too often. */
  identify(caller: Caller): Promise<Asker>;
  /** Whether whoever works at this machine needs no key, because there are no users yet. */
  isLocal(): Promise<boolean>;
  /** Counts a call that needs no key as if a wrong one had been sent, so that a token cannot be guessed. */
  slowDown(address: string): void;
}

export interface AccessOptions {
  readonly host: Pick<Host, 'asker' | 'hasUsers' | 'team'>;
  /** Keys are needed also while there are no users. */
  readonly keysOnly: boolean;
  /** Requests of one key in a minute. */
  readonly perKey: number;
  /** Wrong keys from one address in a minute. */
  readonly wrong: number;
  /** Who works at this machine, while no key is needed. */
  readonly localUser: string;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** How long refused accesses of one address are counted before they are noted as one event. */
const noteEveryMs = 60_000;
const sumEveryMs = 5_000;
/** So many addresses are counted at once. */
const addressesMost = 10_000;

/** Knows askers by their keys. Before there are users only this machine may ask, and whoever does is its user. */
export function accessBy({ host, keysOnly, perKey, wrong, localUser, stopping }: AccessOptions): Access {
  const requests = limiter(perKey, Date.now);
  const failures = limiter(wrong, Date.now);
  const noted = new Map<string, { readonly since: number; readonly why: string; times: number }>();
  // The asker is not kept waiting for the log, and a log that cannot be written lets nobody in.
  const write = (from: string, why: string, times: number): void =>
    void host.team
      .act('server', () => ({ ok: true, events: [{ kind: 'access.refused', from, why, times }], answer: () => null }))
      .catch(() => undefined);
  const note = (from: string, why: string): void => {
    const last = noted.get(from);
    if (last !== undefined) {
      last.times += 1;
      return;
    }
    if (noted.size > addressesMost) noted.clear();
    noted.set(from, { since: Date.now(), why, times: 0 });
    write(from, why, 1);
  };
  // The first is noted at once, and how many followed when the minute is over.
  const summing = setInterval(() => {
    for (const [from, { since, why, times }] of noted) {
      if (Date.now() - since < noteEveryMs) continue;
      noted.delete(from);
      if (times > 0) write(from, why, times);
    }
  }, sumEveryMs);
  summing.unref();
  stopping.addEventListener('abort', () => clearInterval(summing), { once: true });
  return {
    isLocal: async () => !keysOnly && !(await host.hasUsers()),
    slowDown: (address) => {
      if (!failures.take(address)) throw tooMany();
    },
    identify: async ({ address, authorization }) => {
      if (authorization === undefined && !keysOnly && isLoopback(address) && !(await host.hasUsers()))
        return { user: localUser, role: 'admin' };
      const [, secret] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '') ?? [];
      const asker = secret === undefined ? ('missing' as const) : await host.asker(secret);
      if (typeof asker === 'string') {
        // A good key is never turned away because of what others at the same address send.
        if (!failures.take(address)) throw tooMany();
        note(address, asker);
        throw new Failure(
          'team.unauthorised',
          secret === undefined ? 'a key is needed: Authorization: Bearer …' : 'the key is not good here',
          {
            state: 'nothing was changed',
          },
        );
      }
      if (!requests.take(secret ?? address)) throw new Failure('team.too-many', `more than ${perKey} requests in a minute; wait a little`);
      return asker;
    },
  };
}

function tooMany(): Failure {
  return new Failure('team.too-many', 'too many wrong keys from this address; wait a minute', { state: 'nothing was changed' });
}

/** Whether an address is of this machine. */
export function isLoopback(address: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/.test(address);
}

/** Whether the name by which a server was called, with or without a port, is one of this machine: a page of elsewhere cannot use it. */
export function isLoopbackName(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}
