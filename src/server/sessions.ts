import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Failure } from '../base/index.ts';
import type { Host } from '../commands/index.ts';
import { type Asker, hashOf, keyName } from '../team/index.ts';

/** A browser that has shown a key once and holds a cookie since. */
export interface Session {
  readonly key: string;
  readonly hash: string;
  /** Sent back in a header with everything that changes something: a page of elsewhere cannot read it. */
  readonly csrf: string;
  readonly until: number;
}

export interface Sessions {
  /** Begins one for the owner of a key that was found good. Gives what the cookie holds, and the token. */
  begin(secret: string): { readonly cookie: string; readonly csrf: string };
  /** Whose session it is; nothing where there is none, or its time is over, or its key is no longer good. */
  find(cookie: string | undefined): Promise<{ readonly asker: Asker; readonly csrf: string } | undefined>;
  end(cookie: string | undefined): void;
}

export const cookieName = 'lockstep_session';
/** A session ends so long after it was used last. */
export const sessionMs = 12 * 3_600_000;
const sessionsMost = 10_000;

/** Sessions in the memory of this process, known by digests of what the cookies hold. */
export function sessionsOf(host: Pick<Host, 'askerOf'>, clock: () => number): Sessions {
  const all = new Map<string, Session>();
  return {
    begin: (secret) => {
      const key = keyName(secret);
      if (key === undefined) throw new Failure('team.unauthorised', 'the key is not good here');
      const [cookie, csrf] = [randomBytes(32).toString('hex'), randomBytes(24).toString('hex')];
      for (const [known, { until }] of all) if (until <= clock() || all.size >= sessionsMost) all.delete(known);
      all.set(digest(cookie), { key, hash: hashOf(secret, digest), csrf, until: clock() + sessionMs });
      return { cookie, csrf };
    },
    find: async (cookie) => {
      if (cookie === undefined) return undefined;
      const known = digest(cookie);
      const session = all.get(known);
      if (session === undefined) return undefined;
      // A key that was revoked meanwhile ends its sessions.
      const asker = session.until <= clock() ? 'expired' : await host.askerOf(session);
      if (typeof asker === 'string') {
        all.delete(known);
        return undefined;
      }
      all.set(known, { ...session, until: clock() + sessionMs });
      return { asker, csrf: session.csrf };
    },
    end: (cookie) => {
      if (cookie !== undefined) all.delete(digest(cookie));
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Refuses a request that changes something and lacks the token of its session. */
export function checkCsrf(given: string | undefined, wanted: string): void {
  const [left, right] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  if (left.length === right.length && timingSafeEqual(left, right)) return;
  throw new Failure('team.forbidden', 'the request does not come from a page of this session', { state: 'nothing was changed' });
}

/** The value of a cookie in a request's header: https://www.rfc-editor.org/rfc/rfc6265#section-4.2 */
export function cookieIn(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2);
    if (name === cookieName && value !== undefined && /^[0-9a-f]{64}$/.test(value)) return value;
  }
  return undefined;
}
