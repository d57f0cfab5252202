import { count, Failure, type Problem } from '../../base/index.ts';
import { type Entry, isFixture } from '../../migration/index.ts';
import type { CommonOptions } from '../options.ts';
import type { Project } from '../project.ts';
import { warning } from '../report.ts';
import { knownToTeam } from './known.ts';
import { readPlace } from './place.ts';

/**
 * Holds migrations that are to run against what the team knows, where the configuration wants check-outs: what nobody has announced is
 * refused, or told of, unless this working copy has checked the structure out.
 */
export async function checkAnnounced(project: Project, pending: readonly Entry[], options: CommonOptions): Promise<readonly Problem[]> {
  const { checkouts = 'off' } = project.config;
  if (checkouts === 'off' || pending.length === 0) return [];
  const place = readPlace(project);
  if (place.checkout !== undefined && Date.parse(place.checkout.until) > Date.now()) return [];
  const known = await announcedIds(project, options);
  const unknown = pending.filter(({ module, id, row }) => !known.has(`${module}/${id}`) && (row === undefined || !isFixture(row)));
  if (unknown.length === 0) return [];
  const names = unknown.slice(0, 3).map(({ id }) => id);
  const message = `${count(unknown.length, 'migration')} that nobody has announced: ${names.join(', ')}${unknown.length > 3 ? ', …' : ''}`;
  if (checkouts === 'advisory') return [warning('checkout.required', message, { migration: names[0] ?? '' })];
  throw new Failure('checkout.required', message, {
    state: 'nothing was changed',
    fix: ['lockstep checkout -m WHY   then run them, and check in', 'git pull   when a teammate has announced them meanwhile'],
    data: { migrations: unknown.map(({ id }) => id) },
  });
}

/** Everything that the team's server expects of everybody, or without a server what was checked in here, as `module/id`. */
async function announcedIds(project: Project, options: CommonOptions): Promise<ReadonlySet<string>> {
  const { migrations } = await knownToTeam(project, options, 'expected', ({ announcements }) => ({
    basis: '',
    complete: false,
    migrations: announcements.filter(({ state }) => state !== 'withdrawn'),
  }));
  return new Set(migrations.map(({ module, migration }) => `${module}/${migration}`));
}
