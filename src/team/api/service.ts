import { type Digest, Failure, type RandomHex } from '../../base/index.ts';
import {
  type Announcement,
  type Asker,
  addKey,
  addUser,
  announce,
  announceFree,
  brokenAt,
  type Checkout,
  cancelCheckout,
  changeRole,
  classOf,
  commentOn,
  type Draft,
  dropCheckin,
  type Ended,
  type EventClass,
  extendCheckout,
  firstAdmin,
  isOver,
  judgeMigration,
  type Key,
  keepDraft,
  leaveQueue,
  may,
  moment,
  movedOn,
  prepareCheckin,
  type Recorded,
  type Review,
  releaseCheckout,
  removeUser,
  revokeKey,
  type TeamState,
  takeCheckout,
  type Update,
  type User,
  type Waiting,
  withdraw,
} from '../protocol/index.ts';
import type { Team } from '../team.ts';
import type { CallName } from './calls.ts';
import type { Checked } from './inputs.ts';
import { hashOf, newKey } from './keys.ts';

/** A migration that everybody should have. */
export interface Expected {
  readonly module: string;
  readonly migration: string;
  readonly checksum: string;
  /** The version, where it was announced. */
  readonly number?: number;
}

/** Which environment an update is of, and the name that confirms it where that is protected. */
export interface UpdateWanted {
  readonly environment?: string | undefined;
  readonly confirm?: string | undefined;
}

/** What every answer to an update tells; the report of the run stands beside it. */
export interface UpdateAnswer {
  readonly done: readonly { readonly id: string }[];
  /** Versions that the database has now and had not before. */
  readonly deployed: readonly number[];
  /** Versions that it has under the same name with another text. */
  readonly mismatched: readonly number[];
}

/** What a service is made of beside the log. */
export interface ServiceMeans {
  readonly team: Team;
  readonly digest: Digest;
  readonly random: RandomHex;
  /** What the server's own database has had; nothing while it has none. */
  readonly applied: () => Promise<readonly Expected[] | undefined>;
  /** Applies what is missing on the databases of an environment. */
  readonly update: (asker: Asker, wanted: UpdateWanted) => Promise<UpdateAnswer>;
  /** Somebody in line has asked again. */
  readonly waits: Waits;
}

/** Who of those in line is still there: they ask every second or two, and count as gone when they stop. */
export interface Waits {
  seen(copy: string): void;
  isThere(waiting: Waiting): boolean;
}

/** How the team stands. Times are the server's. */
export interface TeamView {
  readonly now: string;
  readonly head: number;
  readonly checkouts: readonly (Checkout & { readonly over: boolean })[];
  readonly queue: readonly Waiting[];
  /** Versions that are not deployed everywhere yet, and the newest others. */
  readonly versions: readonly Announcement[];
  readonly latest: number;
  readonly updates: readonly Update[];
  /** The check-outs that ended last. */
  readonly ended: readonly Ended[];
}

/** A key as it is listed: without what it is known by. */
export type ListedKey = Omit<Key, 'hash'>;

/** Events that were asked for, and up to which number was looked. */
export interface EventPage {
  readonly events: readonly Recorded[];
  readonly last: number;
}

/** What each call answers. */
export interface Answers {
  readonly me: { readonly user: string; readonly role: string; readonly scopes?: readonly string[] };
  readonly setup: { readonly user: string; readonly key: string };
  readonly team: TeamView;
  readonly expected: {
    readonly basis: string;
    readonly migrations: readonly Expected[];
    /** The server has a database, so nothing else can be expected. */
    readonly complete: boolean;
  };
  readonly checkout: Checkout;
  readonly extend: Checkout;
  readonly release: { readonly released: number };
  readonly cancel: { readonly cancelled: number };
  readonly leave: null;
  readonly prepare: Checkout;
  readonly drop: null;
  readonly announce: Announcement;
  readonly announceFree: Announcement;
  readonly withdraw: { readonly withdrawn: number };
  readonly keepDraft: Draft;
  readonly drafts: readonly Draft[];
  readonly reviews: readonly Review[];
  readonly comment: Review;
  readonly review: Review;
  readonly update: UpdateAnswer;
  readonly users: readonly User[];
  readonly addUser: { readonly user: string; readonly role: string; readonly key: string };
  readonly changeRole: User;
  readonly removeUser: { readonly removed: string };
  readonly keys: readonly ListedKey[];
  readonly addKey: ListedKey & { readonly secret: string };
  readonly revokeKey: { readonly revoked: string };
  readonly events: EventPage;
  readonly audit: EventPage;
  readonly verifyAudit: {
    readonly events: number;
    readonly head: string | null;
    readonly broken?: { readonly seq: number; readonly why: string };
  };
}

type Handler<N extends CallName> = (asker: Asker, input: Checked<N>) => Promise<Answers[N]>;
export type Service = { readonly [N in CallName]: Handler<N> };

/** The calls of the team's server, each for an asker whose right to it has been seen already. */
export function serviceOf({ team, digest, random, applied, update, waits }: ServiceMeans): Service {
  const expected = async (): Promise<Answers['expected']> => {
    const there = await applied();
    const migrations = await team.look((state) => union(there ?? [], state.announcements));
    return { basis: digest(JSON.stringify(migrations)), migrations, complete: there !== undefined };
  };
  const by = (asker: Asker, { checkout, copy }: { readonly checkout: number; readonly copy: string }) => ({
    checkout,
    copy,
    by: asker.user,
  });
  const issue = async (actor: string, request: Omit<Parameters<typeof addKey>[1], 'key' | 'hash'>): Promise<Answers['addKey']> => {
    const { key, secret } = newKey(random);
    const { hash: _, ...listed } = await team.act(actor, (state, now) =>
      addKey(state, { ...request, key, hash: hashOf(secret, digest) }, { now }),
    );
    return { ...listed, secret };
  };
  return {
    me: ({ user, role, scopes }) => Promise.resolve({ user, role, ...(scopes === undefined ? {} : { scopes }) }),
    setup: async (_asker, { token, user }) => {
      const { key, secret } = newKey(random);
      const hash = hashOf(secret, digest);
      await team.act(user, (state, now) => firstAdmin(state, { token: digest(token), user, key, hash }, { now }));
      return { user, key: secret };
    },
    team: () => team.look((state) => viewOf(state, Date.now())),
    expected,
    checkout: async (asker, { copy, host, wait, takeOver, ...input }) => {
      if (takeOver !== undefined && !may(asker, 'take-over')) throw forbidden(asker, 'take-over');
      if (wait === true) waits.seen(copy);
      const wanted = {
        ...input,
        by: asker.user,
        at: { copy, host },
        ...(wait === undefined ? {} : { wait }),
        ...(takeOver === undefined ? {} : { takeOver }),
      };
      const decided = (basis: string) => (state: TeamState, now: number) =>
        takeCheckout(state, wanted, { now, basis, isThere: waits.isThere });
      const assumed = decided(input.standing.basis);
      // The database is looked at only for somebody who would get it; who is refused anyway costs nothing.
      const { ok } = await team.look((state) => assumed(state, Date.now()));
      if (ok) return team.act(asker.user, decided((await expected()).basis));
      return team.act(asker.user, (state, now) => {
        const refusal = assumed(state, now);
        // It became free in this moment, and nobody has looked at the database.
        return refusal.ok ? movedOn() : refusal;
      });
    },
    extend: (asker, input) =>
      team.act(asker.user, (state, now) => extendCheckout(state, { ...by(asker, input), forMs: input.forMs }, { now })),
    release: (asker, input) => team.act(asker.user, (state) => releaseCheckout(state, by(asker, input))),
    cancel: (asker, input) => team.act(asker.user, (state) => cancelCheckout(state, { ...input, by: asker.user })),
    leave: (asker, { copy }) => team.act(asker.user, (state) => leaveQueue(state, { copy, by: asker.user })),
    prepare: (asker, input) =>
      team.act(asker.user, (state, now) =>
        prepareCheckin(state, { ...by(asker, input), request: input.request, message: input.message }, { now }),
      ),
    drop: (asker, input) => team.act(asker.user, (state) => dropCheckin(state, by(asker, input))),
    announce: (asker, input) => team.act(asker.user, (state) => announce(state, { ...input, by: asker.user })),
    announceFree: (asker, input) => team.act(asker.user, (state) => announceFree(state, { ...input, by: asker.user })),
    withdraw: (asker, input) => team.act(asker.user, (state) => withdraw(state, { ...input, by: asker.user })),
    keepDraft: (asker, input) => team.act(asker.user, (state) => keepDraft(state, { ...input, by: asker.user })),
    drafts: () => team.look((state) => [...state.drafts]),
    reviews: () => team.look((state) => [...state.reviews.values()]),
    comment: (asker, input) => team.act(asker.user, (state) => commentOn(state, { ...input, by: asker.user })),
    review: (asker, input) => team.act(asker.user, (state) => judgeMigration(state, { ...input, by: asker.user })),
    update,
    users: () => team.look((state) => [...state.users.values()]),
    addUser: async (asker, input) => {
      const { key, secret } = newKey(random);
      const first = { key, hash: hashOf(secret, digest) };
      const { user, role } = await team.act(asker.user, (state) => addUser(state, { ...input, first }));
      return { user, role, key: secret };
    },
    changeRole: (asker, input) => team.act(asker.user, (state) => changeRole(state, input)),
    removeUser: (asker, { user }) => team.act(asker.user, (state) => removeUser(state, { user, by: asker.user })),
    keys: (asker) =>
      team.look((state) =>
        [...state.keys.values()].filter(({ user }) => user === asker.user || may(asker, 'users')).map(({ hash: _, ...listed }) => listed),
      ),
    addKey: async (asker, { label, user = asker.user, scopes, forMs }) => {
      if (user !== asker.user && !may(asker, 'users')) throw forbidden(asker, 'users');
      return issue(asker.user, {
        user,
        label,
        ...(scopes === undefined ? {} : { scopes }),
        ...(forMs === undefined ? {} : { until: moment(Date.now() + forMs) }),
      });
    },
    revokeKey: (asker, { key }) =>
      team.act(asker.user, (state) => revokeKey(state, { key, ...(may(asker, 'users') ? {} : { by: asker.user }) })),
    events: async (_asker, { after, most, class: wanted }) =>
      pageOf(await team.events(after, most), after, (one) => one !== 'security' && (wanted === undefined || one === wanted)),
    audit: async (_asker, { after, most, class: wanted }) =>
      pageOf(await team.events(after, most), after, (one) => wanted === undefined || one === wanted),
    verifyAudit: () => verified(team, digest),
  };
}

/** What an asker may not do, and what would let them. */
export function forbidden(asker: Asker, action: string): Failure {
  const what = asker.scopes === undefined ? `${asker.user} is ${asker.role}` : `this key is good for ${asker.scopes.join(', ')} only`;
  return new Failure('team.forbidden', `${what}, which is not enough for: ${action}`, { state: 'nothing was changed' });
}

/** What the server's database has, and what is announced and on its way there. */
function union(applied: readonly Expected[], announced: readonly Announcement[]): readonly Expected[] {
  const byId = new Map(applied.map((one) => [`${one.module}/${one.migration}`, one]));
  for (const { module, migration, checksum, number, state } of announced) {
    if (state === 'withdrawn') continue;
    const key = `${module}/${migration}`;
    // Where both know it, the announcement counts: a database that has something else is told of as a mismatch.
    byId.set(key, { module, migration, checksum, number });
  }
  return [...byId.values()].sort((a, b) => (`${a.module}/${a.migration}` < `${b.module}/${b.migration}` ? -1 : 1));
}

function pageOf(records: readonly Recorded[], after: number, wanted: (one: EventClass) => boolean): EventPage {
  return { events: records.filter(({ event }) => wanted(classOf(event))), last: records.at(-1)?.seq ?? after };
}

const shownVersions = 20;

function viewOf(state: TeamState, now: number): TeamView {
  const newest = state.announcements.length - shownVersions;
  return {
    now: moment(now),
    head: state.head?.seq ?? 0,
    checkouts: [...state.checkouts.values()].map((held) => ({ ...held, over: isOver(held, { now }) })),
    queue: [...state.queue],
    versions: state.announcements.filter((one, index) => index >= newest || one.state === 'announced' || one.state === 'mismatched'),
    latest: state.announcements.length,
    updates: [...state.updates.values()],
    ended: [...state.ended.values()].slice(-shownVersions),
  };
}

async function verified(team: Team, digest: Digest): Promise<Answers['verifyAudit']> {
  const most = 5000;
  let before: Recorded | undefined;
  for (;;) {
    const records = await team.events(before?.seq ?? 0, most);
    const broken = brokenAt(records, digest, before);
    before = records.at(-1) ?? before;
    const found = { events: before?.seq ?? 0, head: before?.hash ?? null };
    if (broken !== undefined) return { ...found, broken };
    if (records.length < most) return found;
  }
}
