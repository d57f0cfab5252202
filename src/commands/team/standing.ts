import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../../base/index.ts';
import type { Answers, CallName, Input, MigrationRef, TeamView } from '../../team/index.ts';
import type { CommonOptions } from '../options.ts';
import { openProject } from '../project.ts';
import { confirm } from '../run.ts';
import { standingOf } from './checkout.ts';
import { openDoor, throughDoor } from './door.ts';
import { forgetPlace, keepPlace, readPlace } from './place.ts';
import { type Door, isOwn, remoteDoor } from './remote.ts';

export interface TeamReport extends TeamView {
  readonly server: string;
  readonly isLocal: boolean;
  readonly user: string;
  /** The check-out that this working copy holds, by its number. */
  readonly own?: number;
  readonly behind: readonly MigrationRef[];
  readonly ahead: readonly MigrationRef[];
  /** Why this database could not be compared. */
  readonly uncompared?: string;
}

export interface TeamOptions extends CommonOptions {
  /** Leave the database alone: what it lacks is not told. */
  readonly uncompared?: boolean;
}

/** How the team stands, and this working copy in it. */
export async function teamStatus({ uncompared = false, ...options }: TeamOptions): Promise<TeamReport> {
  const project = await openProject(options);
  return throughDoor(project, options, async (door) => {
    const standing = uncompared
      ? { behind: [], ahead: [] }
      : await standingOf(door, options).catch((error: unknown) => {
          // The team can be looked at from where no database is.
          if (error instanceof Failure && !error.code.startsWith('team.')) return error;
          throw error;
        });
    // Comparing has also told the server what its database has.
    const view = await door.call('team', {});
    const own = view.checkouts.find((one) => isOwn(one, door));
    const compared = standing instanceof Failure ? { behind: [], ahead: [], uncompared: standing.message } : standing;
    return {
      ...view,
      server: door.title,
      isLocal: door.kind === 'local',
      user: door.user,
      ...(own === undefined ? {} : { own: own.checkout }),
      behind: compared.behind,
      ahead: compared.ahead,
      ...('uncompared' in compared ? { uncompared: compared.uncompared } : {}),
    };
  });
}

export interface LoginReport {
  readonly server: string;
  readonly user: string;
  readonly role: string;
}

/** Pairs this working copy with a server, after the server has said whose the key is. Refuses to send a key in the clear to another machine. */
export async function login(options: CommonOptions & { readonly server: string; readonly key: string }): Promise<LoginReport> {
  const project = await openProject(options);
  const url = serverUrl(options.server);
  const place = readPlace(project);
  const { user, role } = await remoteDoor({ url, key: options.key }, place).call('me', {});
  if (place.checkout !== undefined && place.server?.url !== url) {
    throw new Failure(
      'checkout.held',
      `this working copy holds check-out ${place.checkout.checkout} ${place.server === undefined ? 'without a server' : `at ${place.server.url}`}`,
      {
        state: 'nothing was kept',
        fix: ['lockstep checkin', 'lockstep release'],
      },
    );
  }
  keepPlace(project, { ...place, server: { url, user, key: options.key } });
  return { server: url, user, role };
}

function serverUrl(text: string): string {
  const wrong = (why: string): Failure =>
    new Failure('usage.invalid-value', `"${text.replace(/\/\/[^/@]*@/, '//…@')}" cannot be the address of a server: ${why}`, {
      state: 'nothing was kept',
      fix: ['lockstep login http://127.0.0.1:7420 --key-file FILE'],
    });
  if (!URL.canParse(text)) throw wrong('it is no URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw wrong('a key is given by --key-file, not in the address');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong('it begins with neither https: nor http:');
  if (url.protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    throw wrong('over http: the key could be read on the way; use https:');
  }
  return url.origin;
}

/** Reads a key from a file, or from standard input. */
export function keyFrom(file: string, folder: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(folder, file), 'utf8').trim();
  } catch (error) {
    throw new Failure(
      'usage.invalid-value',
      `--key-file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {},
      error,
    );
  }
}

export interface LeaveOptions extends CommonOptions {
  /** Destroy what was kept here too: the state of the team without a server, drafts, and what was noted at check-outs. */
  readonly purge?: boolean;
}

export interface LeaveReport {
  /** The address of the server that was left. */
  readonly left: string | undefined;
  /** The files that were destroyed. */
  readonly purged: readonly string[];
}

/**
 * Forgets the server and the key in this working copy; what happened in the team stays where it is kept, unless all of it here is to be
 * destroyed too. Refuses while this working copy holds a check-out.
 */
export async function leaveTeam(options: LeaveOptions): Promise<LeaveReport> {
  const project = await openProject(options);
  const place = readPlace(project);
  if (place.checkout !== undefined) {
    throw new Failure('checkout.held', `this working copy holds check-out ${place.checkout.checkout}`, {
      state: 'nothing was forgotten',
      fix: ['lockstep checkin', 'lockstep release'],
    });
  }
  const purged = options.purge === true ? ofTeam(project.base) : [];
  if (purged.length > 0 && options.yes !== true) {
    await confirm(options, {
      text: `What this team has kept here would be destroyed: ${purged.join(', ')}. A server that keeps its state here must have stopped.`,
      losses: purged,
      flag: '--yes',
    });
  }
  for (const file of purged) rmSync(join(project.base, file), { recursive: true, force: true });
  forgetPlace(project);
  return { left: place.server?.url, purged };
}

/** What a team keeps in a working copy beside the place itself; other things in `.lockstep`, such as a database, are none of it. */
function ofTeam(base: string): readonly string[] {
  const folder = join(base, '.lockstep');
  if (!existsSync(folder)) return [];
  const own = /^(?:team\.db(?:-wal|-shm|-journal|\.lockstep-lock)?|drafts|(?:recorded|rows)-\d+\.jsonl)$/;
  return readdirSync(folder)
    .filter((name) => own.test(name))
    .sort()
    .map((name) => `.lockstep/${name}`);
}

export interface AskOptions extends CommonOptions {
  /** A server and a key for this call alone. */
  readonly access?: { readonly server: string; readonly key: string };
}

/** Asks the team one thing. */
export async function askTeam<N extends CallName>(options: AskOptions, name: N, input: Input<N>): Promise<Answers[N]> {
  const project = await openProject(options);
  const { access } = options;
  const door: Door =
    access === undefined
      ? await openDoor(project, options)
      : remoteDoor({ url: serverUrl(access.server), key: access.key }, readPlace(project));
  try {
    return await door.call(name, input);
  } finally {
    await door.close();
  }
}
