import { hostname } from 'node:os';
import { count, Failure } from '../../base/index.ts';
import type { Checkout, Expected, MigrationRef, Standing } from '../../team/index.ts';
import { scopeOf } from '../../team/index.ts';
import { randomHex } from '../digest.ts';
import { drift } from '../drift.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, openProject, type Project } from '../project.ts';
import { keepRows, readData } from '../rows.ts';
import { appliedMigrations } from './applied.ts';
import { throughDoor } from './door.ts';
import { trailPosition } from './evidence.ts';
import { openGuard } from './opened.ts';
import { keepPlace, type OwnCheckout } from './place.ts';
import { type Door, isOwn } from './remote.ts';

export interface CheckoutOptions extends CommonOptions {
  /** What it is for. */
  readonly message: string;
  /** `all` by default, or `module:NAME`. */
  readonly scope?: string;
  /** How long it holds, in milliseconds; two hours by default. */
  readonly forMs?: number;
  /** How long to stand in line where somebody else holds it, in milliseconds. */
  readonly lineMs?: number;
  /** End the check-out of somebody else. The message says why. */
  readonly takeOver?: boolean;
  /** Differences that are there already become part of the check-in. */
  readonly withDrift?: boolean;
  /** Where the database refuses structural statements, only sessions pass that present a token: for a database that several people share. */
  readonly byToken?: boolean;
  /** Hears that it has to wait, and for whom. */
  readonly waiting?: (failure: Failure) => void;
}

export interface CheckoutReport extends Checkout {
  /** Where the check-out is kept. */
  readonly server: string;
  /** It was held already. */
  readonly again: boolean;
  /** Differences that were there before. */
  readonly drift: number;
  /** The database refuses structural statements outside this check-out. */
  readonly guarded: boolean;
  /** What a session sends first so that its structural statements pass, where not all do. */
  readonly present?: string;
}

const usualMs = 2 * 3_600_000;
const askEveryMs = 1_000;
const comparisons = 10;

/**
 * Checks the structure out for this working copy. Refuses a database that has differences which no migration explains, unless they are meant
 * to be part of the next check-in: they would be taken for its work.
 */
export async function checkout(options: CheckoutOptions): Promise<CheckoutReport> {
  const scope = scopeOf(options.scope ?? 'all');
  if (scope === undefined) throw new Failure('usage.invalid-value', `--scope takes "all" or "module:NAME", not "${options.scope}"`);
  const project = await openProject(options);
  return throughDoor(project, options, async (door) => {
    const { place } = door;
    const found = place.checkout === undefined ? await driftBefore(options) : 0;
    const taken = await takeInTurn(door, options, { request: randomHex(16), scope });
    const again = place.checkout?.checkout === taken.checkout;
    const { checkout: number, by, message, since, until } = taken;
    if (!again) {
      try {
        keepRows(project, number, await readData(project, options));
      } catch (error) {
        await door.call('release', { checkout: number, copy: place.copy });
        throw error;
      }
    }
    const held = again ? place.checkout : undefined;
    const own = await ownOf(project, { checkout: number, scope, by, message, since, ...held, until }, options);
    const now = { ...place, checkout: own };
    keepPlace(project, now);
    const guarded = await openGuard(project, now, options);
    const present = guarded && own.token !== undefined ? await presenting(project, own.token, options) : undefined;
    return { ...taken, server: door.title, again, drift: found, guarded, ...(present === undefined ? {} : { present }) };
  });
}

/** The check-out as this working copy keeps it, with what is found out once. */
async function ownOf(project: Project, own: OwnCheckout, { byToken, ...options }: CheckoutOptions): Promise<OwnCheckout> {
  const trail = own.trail ?? (await trailPosition(project, options));
  return {
    ...own,
    ...(trail === undefined ? {} : { trail }),
    ...(byToken === true && own.token === undefined ? { token: randomHex(16) } : {}),
  };
}

/** What a session sends first so that the guard lets its structural statements through. */
async function presenting(project: Project, token: string, options: CommonOptions): Promise<string | undefined> {
  const { engine } = await databaseOf(project, options);
  return engine.guard?.structure?.present(token);
}

interface Wanted {
  readonly request: string;
  readonly scope: Checkout['scope'];
}

/** Asks until it is given, as long as there is reason to: the server moved on meanwhile, or somebody wants to stand in line. */
async function takeInTurn(door: Door, options: CheckoutOptions, wanted: Wanted): Promise<Checkout> {
  const until = performance.now() + (options.lineMs ?? 0);
  for (let compared = 1; ; ) {
    try {
      return await take(door, options, wanted);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'checkout.moved' && compared++ < comparisons) continue;
      await standInLine(error, { door, options, until });
    }
  }
}

/** Waits a moment where waiting can help and is wanted; else it goes out of the line and gives up. */
async function standInLine(
  error: Failure,
  { door, options, until }: { readonly door: Door; readonly options: CheckoutOptions; readonly until: number },
): Promise<void> {
  if ((error.code !== 'checkout.held' && error.code !== 'checkout.queued') || options.lineMs === undefined) throw error;
  const left = until - performance.now();
  if (left <= 0 || options.stop?.aborted === true) {
    await door.call('leave', { copy: door.place.copy });
    throw error;
  }
  options.waiting?.(error);
  await new Promise((resolve) => setTimeout(resolve, Math.min(askEveryMs, left)));
}

async function take(door: Door, options: CheckoutOptions, { request, scope }: Wanted): Promise<Checkout> {
  const { copy } = door.place;
  const held = options.takeOver === true ? await heldByOther(door, scope) : undefined;
  const standing = await standingOf(door, options);
  return door.call('checkout', {
    request,
    scope,
    message: options.message,
    forMs: options.forMs ?? usualMs,
    copy,
    host: hostname(),
    standing: { basis: standing.basis, behind: [...standing.behind], ahead: [...standing.ahead] },
    ...(options.lineMs === undefined ? {} : { wait: true }),
    ...(held === undefined ? {} : { takeOver: { checkout: held, reason: options.message } }),
  });
}

/** The check-out that a take-over would end, as it is now: one that is taken in between is not touched. */
async function heldByOther(door: Door, scope: Checkout['scope']): Promise<number | undefined> {
  const { checkouts } = await door.call('team', {});
  return checkouts.find((one) => !isOwn(one, door) && (scope === 'all' || one.scope === 'all' || one.scope === scope))?.checkout;
}

/** How the database here compares with what everybody should have. */
export async function standingOf(door: Door, options: CommonOptions): Promise<Standing> {
  const { basis, migrations, complete } = await door.call('expected', {});
  const here = await appliedMigrations(options);
  const byId = (list: readonly Expected[]): ReadonlyMap<string, Expected> =>
    new Map(list.map((one) => [`${one.module}/${one.migration}`, one]));
  const [own, all] = [byId(here), byId(migrations)];
  const ref = ({ module, migration }: Expected): MigrationRef => ({ module, migration });
  return {
    basis,
    behind: [...all].filter(([id, one]) => own.get(id)?.checksum !== one.checksum).map(([, one]) => ref(one)),
    ahead: complete ? [...own].filter(([id]) => !all.has(id)).map(([, one]) => ref(one)) : [],
  };
}

/** Counts the differences that are there before anything was changed under the check-out. */
async function driftBefore(options: CheckoutOptions): Promise<number> {
  const { differences } = await drift({ ...options, orEmpty: true });
  if (differences.length > 0 && options.withDrift !== true) {
    const names = differences.slice(0, 3).map(({ sign, name }) => `${sign} ${name}`);
    throw new Failure(
      'checkout.drift',
      `the database has ${count(differences.length, 'difference')} that no migration explains: ${names.join(', ')}${differences.length > 3 ? ', …' : ''}`,
      {
        state: 'nothing was checked out',
        fix: [
          'lockstep drift   shows them and the three answers',
          'lockstep checkout --with-drift   they become part of the next check-in',
        ],
        data: { differences },
      },
    );
  }
  return differences.length;
}
