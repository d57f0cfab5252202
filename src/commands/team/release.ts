import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { count, Failure } from '../../base/index.ts';
import { down } from '../down.ts';
import { drift } from '../drift.ts';
import { mark } from '../mark.ts';
import { openProject } from '../project.ts';
import { forgetRows } from '../rows.ts';
import { confirm, type RunOptions } from '../run.ts';
import { throughDoor } from './door.ts';
import { forgetEvidence } from './evidence.ts';
import { alreadyBegun, keepPlace, nothingOut } from './place.ts';

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
    if (own === undefined) throw nothingOut();
    if (own.checkin?.written !== undefined) throw alreadyBegun(own);
    const restored = options.restore === true ? await takeBack(project.base, options) : undefined;
    const { differences } = await drift({ ...options, orEmpty: true });
    await door.call('release', { checkout: own.checkout, copy: door.place.copy });
    await forgetEvidence(project, rest, own, options);
    keepPlace(project, rest);
    forgetRows(project, own.checkout);
    return { checkout: own.checkout, server: door.title, left: differences.length, ...(restored === undefined ? {} : { restored }) };
  });
}

/** Takes the database back to what its history says: by a migration that holds the way back, which is run, and then taken away. */
async function takeBack(base: string, options: ReleaseOptions): Promise<number> {
  const { losses, back } = await drift({ ...options, orEmpty: true });
  if (back.length === 0) return 0;
  const lost = losses.map(({ text, rows }) => `${text} (${count(rows, 'row')})`);
  if (options.yes !== true) {
    await confirm(options, {
      text: `The structure would be taken back by ${count(back.length, 'statement')}${lost.length === 0 ? '' : `, which destroys: ${lost.join(', ')}`}.`,
      losses: lost,
      flag: '--yes',
    });
  }
  const { written } = await drift({ ...options, orEmpty: true, planBack: 'release' });
  if (written === undefined) return 0;
  const file = resolve(base, written.file);
  try {
    const report = await down({ ...options, yes: true, id: written.id });
    const [failed] = report.failed;
    if (failed?.problem !== undefined) throw new Failure('migration.failed', failed.problem.message);
  } catch (error) {
    await unmark(written.id, file, { ...options, reason: 'the structure was not taken back' });
    throw error instanceof Failure ? await whatStands(error, options) : error;
  }
  await unmark(written.id, file, { ...options, reason: 'the structure was taken back' });
  return back.length;
}

/** Takes the migration out of the history and its file away: whatever of it has run, what differs now is what the database says. */
async function unmark(id: string, file: string, options: ReleaseOptions & { readonly reason: string }): Promise<void> {
  // One that is in the database by the history would hide what differs; one that was taken back is none any more.
  await mark({ ...options, mark: 'pending', id }).catch(unlessKnown);
  rmSync(file, { force: true });
  await mark({ ...options, mark: 'forget', id }).catch(unlessKnown);
}

function unlessKnown(error: unknown): void {
  if (error instanceof Failure && (error.code === 'ref.unknown' || error.code === 'usage.invalid-value')) return;
  throw error;
}

/** A failure on the way back, with what differs now. */
async function whatStands(error: Failure, options: ReleaseOptions): Promise<Failure> {
  const { differences } = await drift({ ...options, orEmpty: true });
  const names = differences.map(({ sign, kind, name }) => `${sign} ${kind} ${name}`);
  return error.with({
    state: `the check-out stays yours; not taken back: ${names.join(', ')}`,
    fix: ['correct what is named, then  lockstep release --restore', 'lockstep drift   shows what differs'],
    data: { differences },
  });
}
