import { joined } from '../../base/index.ts';
import { agreed, type Decision, moment, present, type Refused, refused, type World } from './decision.ts';
import type { Ending, WorkingCopy } from './event.ts';
import { overlap, type Scope, scopeTitle } from './scope.ts';
import type { Checkout, TeamState, Waiting } from './state.ts';

/** A migration as two sides compare it. */
export interface MigrationRef {
  readonly module: string;
  readonly migration: string;
}

/** How a client's database compares with what is applied everywhere. The client compares; the server knows what it compared with. */
export interface Standing {
  /** The fingerprint of the list that the client compared itself with. */
  readonly basis: string;
  /** What is there and not here, or other here. */
  readonly behind: readonly MigrationRef[];
  /** What is here and not there. */
  readonly ahead: readonly MigrationRef[];
}

export interface CheckoutRequest {
  readonly request: string;
  readonly by: string;
  readonly at: WorkingCopy;
  readonly scope: Scope;
  readonly message: string;
  readonly forMs: number;
  readonly standing: Standing;
  /** Stand in line where somebody holds it. */
  readonly wait?: boolean;
  /** Take over this check-out, and why. Whoever asks must have the right to. */
  readonly takeOver?: { readonly checkout: number; readonly reason: string };
}

/** The world of a check-out: also what is applied everywhere now, and who of those in line is still there. */
export interface CheckoutWorld extends World {
  readonly basis: string;
  readonly isThere: (waiting: Waiting) => boolean;
}

/** A check-in that has begun keeps its check-out this much longer, because the file may be written already. */
const graceMs = 15 * 60_000;

/** Until when a check-out counts, in milliseconds since 1970. */
function endOf({ until, prepared }: Checkout): number {
  const end = Date.parse(until);
  return prepared === undefined ? end : Math.max(end, Date.parse(prepared.since) + graceMs);
}

/** Whether the time of a check-out is over. */
export function isOver(held: Checkout, { now }: World): boolean {
  return endOf(held) <= now;
}

/**
 * Decides on a check-out. Refuses while somebody else holds it, or stands in line for it; while an announcement is not deployed; while the
 * client compared itself with what is no longer so, or is behind or ahead. Asked again by the same working copy it gives the same
 * check-out, prolonged: a lost answer does no harm.
 */
export function takeCheckout(state: TeamState, wanted: CheckoutRequest, world: CheckoutWorld): Decision<Checkout> {
  const until = moment(world.now + wanted.forMs);
  const inTheWay = [...state.checkouts.values()].filter(({ scope }) => overlap(scope, wanted.scope));
  const own = inTheWay.find((held) => held.scope === wanted.scope && held.by === wanted.by && held.at.copy === wanted.at.copy);
  const others = inTheWay.filter((held) => held !== own);
  if (own !== undefined && others.every((held) => isOver(held, world))) return prolonged(own, until);
  const replaced = others.filter((held) => isOver(held, world)).map(({ checkout }) => ended(checkout, 'expired'));
  const holders = others.filter((held) => !isOver(held, world));
  const taken = holders.find(({ checkout }) => checkout === wanted.takeOver?.checkout);
  if (wanted.takeOver !== undefined && taken === undefined) return notThat(wanted.takeOver.checkout, holders);
  if (taken !== undefined) replaced.push(ended(taken.checkout, 'taken-over'));
  const holder = holders.find((held) => held !== taken);
  if (holder !== undefined) return inLine(state, wanted, occupied(holder, wanted));
  const before = taken === undefined ? firstInLine(state, wanted, world) : undefined;
  if (before !== undefined) return inLine(state, wanted, queued(before));
  const unfit = unfitting(state, wanted, world);
  if (unfit !== undefined) return unfit;
  const checkout = state.lastCheckout + 1;
  return agreed((after) => present(after.checkouts.get(checkout)), {
    kind: 'checkout.taken',
    checkout,
    request: wanted.request,
    scope: wanted.scope,
    by: wanted.by,
    at: wanted.at,
    message: wanted.message,
    until,
    basis: wanted.standing.basis,
    instead: replaced,
    ...(wanted.takeOver === undefined ? {} : { reason: wanted.takeOver.reason }),
  });
}

function prolonged({ checkout, until: before, expired }: Checkout, until: string): Decision<Checkout> {
  const answer = (after: TeamState): Checkout => present(after.checkouts.get(checkout));
  return until <= before && expired === undefined ? agreed(answer) : agreed(answer, { kind: 'checkout.extended', checkout, until });
}

function ended(checkout: number, how: Ending): { readonly checkout: number; readonly how: Ending } {
  return { checkout, how };
}

function occupied(holder: Checkout, wanted: CheckoutRequest): Refused {
  const isMe = holder.by === wanted.by;
  if (isMe && holder.at.copy === wanted.at.copy) {
    return refused('checkout.held', `you hold ${scopeTitle(holder.scope)} here already, since ${holder.since}`, {
      state: 'your check-out stays as it is',
      fix: ['lockstep checkin', 'lockstep release'],
      data: { holder },
    });
  }
  const where = `${isMe ? 'you, in another working copy' : holder.by} (${holder.at.host})`;
  const free =
    wanted.scope === 'all' || holder.scope === 'all'
      ? []
      : [`lockstep checkout --scope NAME   another module than ${wanted.scope.slice(7)}`];
  return refused('checkout.held', `${scopeTitle(holder.scope)} is checked out by ${where} since ${holder.since}: ${holder.message}`, {
    state: 'nothing was checked out',
    fix: ['lockstep checkout --wait   stands in line', ...free, 'lockstep checkout --take-over -m WHY   for leads and admins: ends theirs'],
    data: { holder },
  });
}

function queued(before: Waiting): Refused {
  return refused(
    'checkout.queued',
    `${before.by} (${before.at.host}) stands in line for ${scopeTitle(before.scope)} since ${before.since}`,
    {
      state: 'nothing was checked out',
      data: { before },
    },
  );
}

/** The refusal; of one who wants to wait, also his place in the line. */
function inLine(state: TeamState, { wait, by, at, scope }: CheckoutRequest, refusal: Refused): Refused {
  if (wait !== true) return refusal;
  const waiting = state.queue.find((one) => one.at.copy === at.copy && one.scope === scope);
  const line = state.queue.filter((one) => overlap(one.scope, scope));
  const place = waiting === undefined ? line.length + 1 : line.indexOf(waiting) + 1;
  const failure = refusal.failure.with({ data: { ...refusal.failure.details.data, place } });
  return { ok: false, failure, events: waiting === undefined ? [{ kind: 'queue.joined', by, at, scope }] : [] };
}

/** Whoever stands in line before the one who asks, and is still there. */
function firstInLine(state: TeamState, { at, scope }: CheckoutRequest, { isThere }: CheckoutWorld): Waiting | undefined {
  for (const waiting of state.queue) {
    if (waiting.at.copy === at.copy) return undefined;
    if (overlap(waiting.scope, scope) && isThere(waiting)) return waiting;
  }
  return undefined;
}

function notThat(wanted: number, holders: readonly Checkout[]): Refused {
  const [now] = holders;
  const message =
    now === undefined
      ? `check-out ${wanted} has ended already`
      : `not check-out ${wanted} is held, but ${now.checkout}, by ${now.by} since ${now.since}`;
  return refused('checkout.changed', message, {
    state: 'nothing was taken over',
    fix: ['lockstep locks   who holds what now', 'lockstep checkout'],
    ...(now === undefined ? {} : { data: { holder: now } }),
  });
}

/** Why the structure may not be changed from where the client stands. */
function unfitting(state: TeamState, { standing }: CheckoutRequest, { basis }: CheckoutWorld): Refused | undefined {
  const open = state.announcements.filter((one) => one.state === 'announced' || one.state === 'mismatched');
  const [first] = open;
  if (first !== undefined) {
    const numbers = joined(open.map(({ number }) => String(number)));
    return refused(
      'checkout.undeployed',
      `version ${numbers} is announced and not deployed yet: ${first.module}/${first.migration}, checked in by ${first.by} ("${first.message}")`,
      {
        state: 'nothing was checked out',
        fix: [
          'bring its file to the server and deploy it: POST /api/v1/update',
          `lockstep team withdraw ${first.number} -m WHY   for leads and admins`,
        ],
        data: { announcements: open },
      },
    );
  }
  if (standing.basis !== basis) {
    return movedOn();
  }
  if (standing.behind.length > 0) {
    return refused('checkout.behind', `the server has ${listed(standing.behind)}, and this database has not, or has it otherwise`, {
      state: 'nothing was checked out',
      fix: ['git pull', 'lockstep up'],
      data: { migrations: standing.behind },
    });
  }
  if (standing.ahead.length > 0) {
    return refused('checkout.ahead', `this database has ${listed(standing.ahead)}, which the server does not know`, {
      state: 'nothing was checked out',
      fix: ['bring the files to the server and deploy them: POST /api/v1/update', 'lockstep down   takes them back here'],
      data: { migrations: standing.ahead },
    });
  }
  return undefined;
}

/** What a client is told that must compare itself anew. */
export function movedOn(): Refused {
  return refused('checkout.moved', 'what is applied on the server has changed since this working copy was compared with it', {
    state: 'nothing was checked out',
    fix: ['lockstep checkout'],
  });
}

function listed(migrations: readonly MigrationRef[]): string {
  const shown = migrations.slice(0, 3).map(({ migration }) => migration);
  const more = migrations.length - shown.length;
  return more === 0 ? joined(shown) : `${shown.join(', ')} and ${more} more`;
}

/** Who asks for something that only the holder of a check-out may do, and by which. */
export interface HolderRequest {
  readonly checkout: number;
  readonly by: string;
  readonly copy: string;
}

/** The check-out that the asker holds, or why he holds none: it was never his, or it has ended, by whom and how. */
export function heldBy(state: TeamState, { checkout, by, copy }: HolderRequest): Checkout | Refused {
  const held = state.checkouts.get(checkout);
  if (held !== undefined) {
    if (held.by === by && held.at.copy === copy) return held;
    return refused('checkout.not-yours', `check-out ${checkout} is ${held.by}'s (${held.at.host})`, { state: 'nothing was changed' });
  }
  const over = state.ended.get(checkout);
  if (over === undefined || over.by !== by || over.at.copy !== copy) {
    return refused('checkout.none', `this working copy holds no check-out ${checkout}`, { state: 'nothing was changed' });
  }
  const hows: Readonly<Record<Ending, string>> = {
    released: 'was released',
    'checked-in': 'was checked in',
    'taken-over': `was taken over by ${over.ender}`,
    expired: `ran out, and ${over.ender} took it`,
    cancelled: `was cancelled by ${over.ender}`,
  };
  const why = over.reason === undefined ? '' : `: ${over.reason}`;
  return refused('checkout.lost', `your check-out ${checkout} ${hows[over.how]} at ${over.when}${why}`, {
    state: 'your changes are still in your database',
    fix: ['lockstep diff --from migrations --to db --write NAME   keeps them as a migration', 'lockstep checkout'],
    data: { ended: over },
  });
}

/** Prolongs a check-out that is still held. */
export function extendCheckout(state: TeamState, request: HolderRequest & { readonly forMs: number }, { now }: World): Decision<Checkout> {
  const held = heldBy(state, request);
  return 'ok' in held ? held : prolonged(held, moment(now + request.forMs));
}

/** Gives a check-out up. One that its holder has given up already is given up: a lost answer does no harm. */
export function releaseCheckout(state: TeamState, request: HolderRequest): Decision<{ readonly released: number }> {
  const over = state.ended.get(request.checkout);
  const answer = () => ({ released: request.checkout });
  if (over?.how === 'released' && over.by === request.by && over.at.copy === request.copy) return agreed(answer);
  const held = heldBy(state, request);
  if ('ok' in held) return held;
  return agreed(answer, { kind: 'checkout.ended', checkout: request.checkout, how: 'released', by: request.by });
}

/** Ends another's check-out without taking it. Whoever asks must have the right to. */
export function cancelCheckout(
  state: TeamState,
  { checkout, by, reason }: { readonly checkout: number; readonly by: string; readonly reason: string },
): Decision<{ readonly cancelled: number }> {
  if (!state.checkouts.has(checkout)) return notThat(checkout, [...state.checkouts.values()]);
  return agreed(() => ({ cancelled: checkout }), { kind: 'checkout.ended', checkout, how: 'cancelled', by, reason });
}

/** Goes out of the line; nobody can send another out of it. */
export function leaveQueue(state: TeamState, { copy, by }: { readonly copy: string; readonly by: string }): Decision<null> {
  return state.queue.some((waiting) => waiting.at.copy === copy && waiting.by === by)
    ? agreed(() => null, { kind: 'queue.left', copy })
    : agreed(() => null);
}

/** What time has brought: check-outs that ran out, and people in line who went away. */
export function swept(state: TeamState, world: World & Pick<CheckoutWorld, 'isThere'>): Decision<null> {
  const over = [...state.checkouts.values()].filter((held) => held.expired === undefined && isOver(held, world));
  const gone = state.queue.filter((waiting) => !world.isThere(waiting));
  return agreed(
    () => null,
    ...over.map(({ checkout }) => ({ kind: 'checkout.expired', checkout }) as const),
    ...gone.map(({ at }) => ({ kind: 'queue.left', copy: at.copy }) as const),
  );
}
