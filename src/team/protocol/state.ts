import type { Announced, Ending, Recorded, TeamEvent, WorkingCopy } from './event.ts';
import type { Role } from './roles.ts';
import type { Scope } from './scope.ts';

/** A check-out that has not ended. */
export interface Checkout {
  /** Its number, which rises with each: the fencing token of its holder. */
  readonly checkout: number;
  readonly request: string;
  readonly scope: Scope;
  readonly by: string;
  readonly at: WorkingCopy;
  readonly message: string;
  readonly since: string;
  readonly until: string;
  readonly basis: string;
  /** Its time is over; whoever comes first may take it, and until then its holder may still check in. */
  readonly expired?: true;
  /** A check-in has begun: the file may be written already. */
  readonly prepared?: { readonly request: string; readonly since: string; readonly message: string };
}

/** A check-out that has ended, and how. */
export interface Ended {
  readonly checkout: number;
  readonly by: string;
  readonly at: WorkingCopy;
  readonly scope: Scope;
  readonly how: Ending;
  /** Who ended it. */
  readonly ender: string;
  readonly when: string;
  readonly reason?: string;
}

/** A migration that was checked in, as far as the server's databases have it. */
export interface Announcement extends Announced {
  readonly number: number;
  readonly since: string;
  readonly state: 'announced' | 'deployed' | 'mismatched' | 'withdrawn';
  /** The databases that have it, each with when that was seen first. */
  readonly deployed: Readonly<Record<string, string>>;
  /** What a database has under its name, where that is something else. */
  readonly mismatch?: { readonly database: string; readonly checksum: string };
  readonly withdrawal?: { readonly by: string; readonly reason: string };
}

export interface Waiting {
  readonly by: string;
  readonly at: WorkingCopy;
  readonly scope: Scope;
  readonly since: string;
}

export interface User {
  readonly user: string;
  readonly role: Role;
  readonly since: string;
}

export interface Key {
  readonly key: string;
  readonly user: string;
  readonly hash: string;
  readonly label: string;
  readonly since: string;
  readonly scopes?: readonly string[];
  readonly until?: string;
  readonly revoked?: string;
}

export interface Draft {
  readonly draft: number;
  readonly checkout: number;
  readonly by: string;
  readonly message: string;
  readonly since: string;
  readonly text: string;
}

/** What people say of a migration. */
export interface Review {
  readonly module: string;
  readonly migration: string;
  readonly comments: readonly { readonly by: string; readonly at: string; readonly text: string }[];
  /** The newest of each person. */
  readonly verdicts: readonly {
    readonly by: string;
    readonly at: string;
    readonly verdict: 'approved' | 'changes';
    readonly checksum: string;
  }[];
}

export interface Update {
  readonly update: string;
  readonly database: string;
  readonly by: string;
  readonly since: string;
}

/** What a team's events add up to. Owned by whoever folds them; `applied` changes it in its place. */
export interface TeamState {
  /** The newest event that is in it. */
  head: { readonly seq: number; readonly hash: string } | undefined;
  readonly checkouts: Map<number, Checkout>;
  readonly ended: Map<number, Ended>;
  lastCheckout: number;
  /** By number, from 1 without a gap. */
  readonly announcements: Announcement[];
  readonly queue: Waiting[];
  readonly users: Map<string, User>;
  readonly keys: Map<string, Key>;
  readonly drafts: Draft[];
  /** By module and migration. */
  readonly reviews: Map<string, Review>;
  /** Updates that run, or were broken off. */
  readonly updates: Map<string, Update>;
  /** Hashes of tokens for the first admin that were not used yet, with the end of their time. */
  readonly setups: Map<string, string>;
}

/** The state before anything has happened. */
export function noTeam(): TeamState {
  return {
    head: undefined,
    checkouts: new Map(),
    ended: new Map(),
    lastCheckout: 0,
    announcements: [],
    queue: [],
    users: new Map(),
    keys: new Map(),
    drafts: [],
    reviews: new Map(),
    updates: new Map(),
    setups: new Map(),
  };
}

type Handler<K extends TeamEvent['kind']> = (state: TeamState, event: Extract<TeamEvent, { kind: K }>, record: Recorded) => void;

const handlers: { readonly [K in TeamEvent['kind']]: Handler<K> } = {
  'checkout.taken': (state, event, { at, actor }) => {
    for (const { checkout, how } of event.instead) {
      end(state, checkout, { how, ender: actor, when: at, ...(event.reason === undefined ? {} : { reason: event.reason }) });
    }
    const { kind: _, instead: __, reason: ___, ...taken } = event;
    state.checkouts.set(event.checkout, { ...taken, since: at });
    state.lastCheckout = Math.max(state.lastCheckout, event.checkout);
    leave(state, event.at.copy);
  },
  'checkout.extended': (state, { checkout, until }) => change(state.checkouts, checkout, ({ expired: _, ...held }) => ({ ...held, until })),
  'checkout.expired': (state, { checkout }) => change(state.checkouts, checkout, (held): Checkout => ({ ...held, expired: true })),
  'checkout.ended': (state, { checkout, how, by, reason }, { at }) =>
    end(state, checkout, { how, ender: by, when: at, ...(reason === undefined ? {} : { reason }) }),
  'queue.joined': (state, { by, at, scope }, { at: since }) => {
    leave(state, at.copy);
    state.queue.push({ by, at, scope, since });
  },
  'queue.left': (state, { copy }) => leave(state, copy),
  'checkin.prepared': (state, { checkout, request, message }, { at }) =>
    change(state.checkouts, checkout, (held) => ({ ...held, prepared: { request, message, since: at } })),
  'checkin.dropped': (state, { checkout }) => change(state.checkouts, checkout, ({ prepared: _, ...held }) => held),
  announced: (state, { kind: _, ...announced }, { at }) => {
    state.announcements.push({ ...announced, since: at, state: 'announced', deployed: {} });
    if (announced.checkout !== undefined) end(state, announced.checkout, { how: 'checked-in', ender: announced.by, when: at });
  },
  withdrawn: (state, { number, by, reason }) =>
    announcement(state, number, (one) => ({ ...one, state: 'withdrawn', withdrawal: { by, reason } })),
  deployed: (state, { number, database }, { at }) =>
    announcement(state, number, ({ mismatch: _, ...one }) => ({
      ...one,
      state: 'deployed',
      deployed: { ...one.deployed, [database]: one.deployed[database] ?? at },
    })),
  mismatched: (state, { number, database, checksum }) =>
    announcement(state, number, (one) => ({ ...one, state: 'mismatched', mismatch: { database, checksum } })),
  'draft.kept': (state, { kind: _, ...draft }, { at }) => {
    state.drafts.push({ ...draft, since: at });
  },
  'review.commented': (state, { module, migration, by, text }, { at }) =>
    review(state, { module, migration }, (one) => ({ ...one, comments: [...one.comments, { by, at, text }] })),
  'review.given': (state, { module, migration, checksum, by, verdict }, { at }) =>
    review(state, { module, migration }, (one) => ({
      ...one,
      verdicts: [...one.verdicts.filter((other) => other.by !== by), { by, at, verdict, checksum }],
    })),
  'update.started': (state, { kind: _, ...update }, { at }) => {
    state.updates.set(update.update, { ...update, since: at });
  },
  'update.ended': (state, { update }) => {
    state.updates.delete(update);
  },
  'user.added': (state, { user, role }, { at }) => {
    state.users.set(user, { user, role, since: at });
  },
  'user.changed': (state, { user, role }) => change(state.users, user, (one) => ({ ...one, role })),
  'user.removed': (state, { user }, { at }) => {
    state.users.delete(user);
    for (const key of state.keys.values()) if (key.user === user) change(state.keys, key.key, (one) => ({ revoked: at, ...one }));
    state.queue.splice(0, state.queue.length, ...state.queue.filter(({ by }) => by !== user));
  },
  'key.added': (state, { kind: _, ...key }, { at }) => {
    state.keys.set(key.key, { ...key, since: at });
  },
  'key.revoked': (state, { key }, { at }) => change(state.keys, key, (one) => ({ ...one, revoked: at })),
  'setup.offered': (state, { hash, until }) => {
    state.setups.set(hash, until);
  },
  'setup.used': (state) => state.setups.clear(),
  'access.refused': () => undefined,
};

/** Takes an event into the state, which must be that of the event before it. */
export function applied(state: TeamState, record: Recorded): void {
  const handle = handlers[record.event.kind] as Handler<TeamEvent['kind']> | undefined;
  // A newer program may have written what this one does not know: going on would be guessing.
  if (handle === undefined) throw new Error(`event ${record.seq} is of a kind that this version does not know: ${record.event.kind}`);
  handle(state, record.event as never, record);
  state.head = { seq: record.seq, hash: record.hash };
}

function change<K, V>(map: Map<K, V>, key: K, edit: (value: V) => V): void {
  const value = map.get(key);
  if (value !== undefined) map.set(key, edit(value));
}

function end(state: TeamState, checkout: number, how: Pick<Ended, 'how' | 'ender' | 'when' | 'reason'>): void {
  const held = state.checkouts.get(checkout);
  if (held === undefined) return;
  state.checkouts.delete(checkout);
  state.ended.set(checkout, { checkout, by: held.by, at: held.at, scope: held.scope, ...how });
}

function review(state: TeamState, { module, migration }: Pick<Review, 'module' | 'migration'>, change: (one: Review) => Review): void {
  const key = `${module}/${migration}`;
  state.reviews.set(key, change(state.reviews.get(key) ?? { module, migration, comments: [], verdicts: [] }));
}

function leave(state: TeamState, copy: string): void {
  const found = state.queue.findIndex(({ at }) => at.copy === copy);
  if (found >= 0) state.queue.splice(found, 1);
}

function announcement(state: TeamState, number: number, edit: (one: Announcement) => Announcement): void {
  const found = state.announcements[number - 1];
  if (found !== undefined) state.announcements[number - 1] = edit(found);
}
