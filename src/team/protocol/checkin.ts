import { type HolderRequest, heldBy, isOver } from './checkout.ts';
import { agreed, type Decision, present, refused, type World } from './decision.ts';
import type { Announced, TeamEvent } from './event.ts';
import type { Announcement, Checkout, Draft, TeamState } from './state.ts';

export interface PrepareRequest extends HolderRequest {
  /** Chosen by the client for the whole check-in; it is the same in both phases and when they are repeated. */
  readonly request: string;
  readonly message: string;
}

/**
 * The first phase of a check-in: from here on the check-out waits for the file, also a while after its time. Refuses whoever does not hold
 * it, and one whose time is over while another part of the structure was checked in meanwhile. Repeated, it gives the same answer.
 */
export function prepareCheckin(state: TeamState, request: PrepareRequest, world: World): Decision<Checkout> {
  const held = heldBy(state, request);
  if ('ok' in held) return held;
  const answer = (after: TeamState): Checkout => present(after.checkouts.get(request.checkout));
  if (held.prepared?.request === request.request && !isOver(held, world)) return agreed(answer);
  return agreed(answer, { kind: 'checkin.prepared', checkout: request.checkout, request: request.request, message: request.message });
}

/** Says that a check-in which has begun will not be finished; the check-out stays. */
export function dropCheckin(state: TeamState, request: HolderRequest): Decision<null> {
  const held = heldBy(state, request);
  if ('ok' in held) return held;
  const { prepared } = held;
  return prepared === undefined
    ? agreed(() => null)
    : agreed(() => null, { kind: 'checkin.dropped', checkout: request.checkout, request: prepared.request });
}

export interface AnnounceRequest extends Omit<Announced, 'checkout'>, HolderRequest {}

/**
 * The second phase: the file is written, its number is given, and the check-out ends. The number is one more than the last, so there can
 * be no gap. The same request announced again gives the number that it has; refuses whoever lost the check-out meanwhile, and a migration
 * that is announced already with another text.
 */
export function announce(state: TeamState, request: AnnounceRequest): Decision<Announcement> {
  const before = state.announcements.find((one) => one.request === request.request);
  if (before !== undefined) {
    if (before.checksum === request.checksum && before.migration === request.migration && before.by === request.by)
      return agreed(() => before);
    return refused('announce.mismatch', `this check-in was announced already, as version ${before.number} with another text`, {
      state: `version ${before.number} stays as it was announced`,
      fix: ['put the file back as it was announced', `lockstep team withdraw ${before.number} -m WHY   for leads and admins`],
      data: { announcement: before },
    });
  }
  const held = heldBy(state, request);
  if ('ok' in held) return held;
  if (held.prepared?.request !== request.request) {
    return refused('checkin.unprepared', `check-out ${request.checkout} has no check-in ${request.request} that has begun`, {
      state: 'nothing was announced',
      fix: ['lockstep checkin'],
    });
  }
  const same = state.announcements.find(
    (one) => one.state !== 'withdrawn' && one.module === request.module && one.migration === request.migration,
  );
  if (same !== undefined) {
    return refused('announce.taken', `${request.migration} is announced already, as version ${same.number} by ${same.by}`, {
      state: 'nothing was announced',
      fix: ['give the file another name, then: lockstep checkin'],
      data: { announcement: same },
    });
  }
  const { copy: _, ...announced } = request;
  return added(state, announced);
}

/** Announces a migration that was written without a check-out, for a team that does not demand one. */
export function announceFree(state: TeamState, request: Omit<Announced, 'checkout'>): Decision<Announcement> {
  const before = state.announcements.find(
    (one) => one.state !== 'withdrawn' && one.module === request.module && one.migration === request.migration,
  );
  if (before === undefined) return added(state, request);
  if (before.checksum === request.checksum) return agreed(() => before);
  return refused(
    'announce.taken',
    `${request.migration} is announced already with another text, as version ${before.number} by ${before.by}`,
    {
      state: 'nothing was announced',
      data: { announcement: before },
    },
  );
}

function added(state: TeamState, announced: Announced): Decision<Announcement> {
  const number = state.announcements.length + 1;
  return agreed((after) => present(after.announcements[number - 1]), { kind: 'announced', number, ...announced });
}

/** Takes back an announcement that no database has. Its number stays taken, so that no two things are ever called the same. */
export function withdraw(
  state: TeamState,
  { number, by, reason }: { readonly number: number; readonly by: string; readonly reason: string },
): Decision<{ readonly withdrawn: number }> {
  const found = state.announcements[number - 1];
  if (found === undefined) return refused('announce.unknown', `there is no version ${number}; the newest is ${state.announcements.length}`);
  if (found.state === 'withdrawn') return agreed(() => ({ withdrawn: number }));
  const [database] = Object.keys(found.deployed);
  if (database !== undefined) {
    return refused('announce.deployed', `version ${number} is deployed on ${database}, so it cannot be withdrawn`, {
      state: 'nothing was changed',
      fix: ['take it back by a new migration'],
    });
  }
  return agreed(() => ({ withdrawn: number }), { kind: 'withdrawn', number, by, reason });
}

/** What one of the server's databases has had, by `module/id`. */
export type AppliedThere = ReadonlyMap<string, string>;

/**
 * Compares announcements with what a database has had: those that are there with an equal checksum are deployed, those with another one are
 * told of. Says nothing twice.
 */
export function seenOn(state: TeamState, database: string, there: AppliedThere): Decision<null> {
  const events = state.announcements.flatMap((one): readonly TeamEvent[] => {
    if (one.state === 'withdrawn') return [];
    const checksum = there.get(`${one.module}/${one.migration}`);
    if (checksum === undefined) return [];
    if (checksum === one.checksum) {
      return one.deployed[database] === undefined || one.mismatch?.database === database
        ? [{ kind: 'deployed', number: one.number, database }]
        : [];
    }
    return one.mismatch?.database === database && one.mismatch.checksum === checksum
      ? []
      : [{ kind: 'mismatched', number: one.number, database, checksum }];
  });
  return agreed(() => null, ...events);
}

/** Keeps what a holder could not check in because the check-out was lost. Kept once for each check-out. */
export function keepDraft(
  state: TeamState,
  { checkout, by, copy, message, text }: HolderRequest & { readonly message: string; readonly text: string },
): Decision<Draft> {
  const before = state.drafts.find((one) => one.checkout === checkout && one.text === text);
  if (before !== undefined) return agreed(() => before);
  const over = state.ended.get(checkout) ?? state.checkouts.get(checkout);
  if (over === undefined || over.by !== by || over.at.copy !== copy) {
    return refused('checkout.none', `this working copy never held check-out ${checkout}`, { state: 'nothing was kept' });
  }
  const draft = { draft: state.drafts.length + 1, checkout, by, message, text };
  return agreed((after) => present(after.drafts[draft.draft - 1]), { kind: 'draft.kept', ...draft });
}
