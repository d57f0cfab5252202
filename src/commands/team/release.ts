import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../base/index.ts';
import { down } from '../down.ts';
import { drift } from '../drift.ts';
import { mark } from '../mark.ts';
import { openProject } from '../project.ts';
import type { RunOptions } from '../run.ts';
import { throughDoor } from './door.ts';
import { keepPlace } from './place.ts';

export interface ReleaseOptions extends RunOptions {
  /** Take the structure back to what the history says first. */
  readonly restore?: boolean;
}

export interface ReleaseReport {
  readonly checkout: number;
  readonly server: string;
  /** How many statements took the structure back. */
  readonly restored?: number;
  /** Differences that stay, as drift. */
  readonly left: number;
}

/** Gives the check-out of this working copy up. What was changed stays in the database unless it is to be taken back. */
export async function release(options: ReleaseOptions): Promise<ReleaseReport> {
  const project = await openProject(options);
  return throughDoor(project, options, async (door) => {
    const { checkout: own, ...rest } = door.place;
    if (own === undefined)
      throw new Failure('checkout.none', 'this working copy has nothing checked out', { state: 'nothing was changed' });
    if (own.checkin !== undefined && own.checkin.written !== undefined) {
      throw new Failure(
        'checkin.begun',
        `the check-in of check-out ${own.checkout} has begun: its migration is written and marked as applied here`,
        {
          state: 'nothing was changed',
          fix: ['lockstep checkin   finishes it'],
        },
      );
    }
    const restored = options.restore === true ? await takeBack(project.base, options) : undefined;
    const { differences } = await drift({ ...options, orEmpty: true });
    await door.call('release', { checkout: own.checkout, copy: door.place.copy });
    keepPlace(project, rest);
    return { checkout: own.checkout, server: door.title, left: differences.length, ...(restored === undefined ? {} : { restored }) };
  });
}

/** Takes the database back to what its history says: by a migration that holds the way back, which is run, and then taken away. */
async function takeBack(base: string, options: ReleaseOptions): Promise<number> {
  const { written, back } = await drift({ ...options, orEmpty: true, planBack: 'release' });
  if (written === undefined) return 0;
  try {
    const report = await down({ ...options, id: written.id });
    const [failed] = report.failed;
    if (failed !== undefined) throw new Failure('migration.failed', failed.problem?.message ?? 'the structure could not be taken back');
  } catch (error) {
    // What was not taken back at all is as before; the mark of a migration that never was would hide it.
    await mark({ ...options, mark: 'pending', id: written.id, reason: 'the structure was not taken back' }).catch(() => undefined);
    rmSync(resolve(base, written.file), { force: true });
    await mark({ ...options, mark: 'forget', id: written.id, reason: 'the structure was not taken back' }).catch(() => undefined);
    throw error;
  }
  rmSync(resolve(base, written.file), { force: true });
  await mark({ ...options, mark: 'forget', id: written.id, reason: 'the structure was taken back' });
  return back.length;
}
