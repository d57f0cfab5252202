import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../base/index.ts';
import { randomHex } from '../digest.ts';
import type { Project } from '../project.ts';
import { writing } from '../write.ts';

/** A check-in that has begun, as far as it got. It is noted before each step, so that a repeated command goes on. */
export interface BegunCheckin {
  readonly request: string;
  readonly message: string;
  /** The migrations that were there before; what is there beside them is of this check-in. */
  readonly before: readonly string[];
  /** The migration that was written and marked as applied here. */
  readonly written?: {
    readonly module: string;
    readonly id: string;
    readonly file?: string;
    readonly checksum: string;
    readonly statements: number;
  };
}

/** The check-out that this working copy believes to hold. The server knows better. */
export interface OwnCheckout {
  readonly checkout: number;
  readonly scope: string;
  /** Who holds it: several people may work through one copy, that of a server. */
  readonly by?: string;
  readonly message: string;
  readonly since: string;
  /** When its time is over, as the server said last. */
  readonly until: string;
  /** What a session must present to the guard of the database, where not all may pass. */
  readonly token?: string;
  /** Where the server's own log of statements stood when the check-out was taken. */
  readonly trail?: string;
  readonly checkin?: BegunCheckin;
}

/** What a working copy knows of its team. */
export interface TeamPlace {
  /** The name that this copy gave itself. */
  readonly copy: string;
  readonly server?: { readonly url: string; readonly user: string; readonly key: string };
  readonly checkout?: OwnCheckout;
}

const shown = '.lockstep/team.json';

function pathOf({ base }: Project): string {
  return join(base, shown);
}

/** What this working copy knows; a copy that knows nothing yet gets a name, which is kept with the first thing that is. */
export function readPlace(project: Project): TeamPlace {
  const path = pathOf(project);
  if (!existsSync(path)) return { copy: randomHex(8) };
  try {
    const place = JSON.parse(readFileSync(path, 'utf8')) as Partial<TeamPlace>;
    if (typeof place.copy !== 'string') throw new SyntaxError('it has no name of the working copy');
    return { ...place, copy: place.copy };
  } catch (error) {
    throw new Failure('config.invalid', `${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      state: 'nothing was asked of a server',
      fix: [`remove ${shown}, then: lockstep login URL --key-file FILE`],
    });
  }
}

/** Keeps what this working copy knows, for its owner's eyes only, whole or not at all. */
export function keepPlace(project: Project, place: TeamPlace): void {
  const path = pathOf(project);
  writing(shown, () => {
    mkdirSync(join(project.base, '.lockstep'), { recursive: true });
    keepFromGit(project);
    const made = `${path}.${process.pid}`;
    writeFileSync(made, `${JSON.stringify(place, null, 2)}\n`, { mode: 0o600 });
    chmodSync(made, 0o600);
    renameSync(made, path);
  });
}

/** What one of those who work through the same copy has of it: the check-out of somebody else is not theirs. */
export function ofPerson({ checkout, ...place }: TeamPlace, user: string): TeamPlace {
  return checkout === undefined || (checkout.by !== undefined && checkout.by !== user) ? place : { ...place, checkout };
}

/** The key must not be committed, also where nobody ran `init`. */
function keepFromGit({ base }: Project): void {
  const path = join(base, '.lockstep', '.gitignore');
  if (!existsSync(path)) writeFileSync(path, '*\n');
}

/** The check-out that the working copy in a folder believes to hold; nothing where it holds none, or where that cannot be read. */
export function ownCheckout(folder: string): OwnCheckout | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, shown), 'utf8')) as Partial<TeamPlace>).checkout;
  } catch {
    // Most working copies hold none, and whoever needs the file tells what is wrong with it.
    return undefined;
  }
}

/** Forgets all of it. */
export function forgetPlace(project: Project): void {
  rmSync(pathOf(project), { force: true });
}

/** Why a command that needs a check-out does nothing here. */
export function nothingOut(): Failure {
  return new Failure('checkout.none', 'this working copy has nothing checked out', { state: 'nothing was changed' });
}

/** Why a check-out can only be checked in any more. */
export function alreadyBegun({ checkout }: OwnCheckout): Failure {
  return new Failure(
    'checkin.begun',
    `the check-in of check-out ${checkout} has begun: its migration is written and marked as applied here`,
    {
      state: 'nothing was changed',
      fix: ['lockstep checkin   finishes it'],
    },
  );
}
