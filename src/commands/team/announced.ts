import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { count, Failure, type Problem } from '../../base/index.ts';
import { type Entry, isFixture } from '../../migration/index.ts';
import { openTeam } from '../../team/index.ts';
import { sha256 } from '../digest.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, openProject, type Project } from '../project.ts';
import { warning } from '../report.ts';
import { lastingLog } from './log.ts';
import { readPlace } from './place.ts';
import { remoteDoor } from './remote.ts';

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
  const place = readPlace(project);
  if (place.server !== undefined) {
    const { migrations } = await remoteDoor(place.server, place).call('expected', {});
    return new Set(migrations.map(({ module, migration }) => `${module}/${migration}`));
  }
  const file = join(project.base, '.lockstep', 'team.db');
  if (!existsSync(file)) return new Set();
  const own: CommonOptions = { ...(options.cwd === undefined ? {} : { cwd: options.cwd }), config: { url: `sqlite:${file}`, modules: [] } };
  const log = lastingLog(await databaseOf(await openProject(own), own));
  try {
    const team = await openTeam({ log, clock: () => new Date(), digest: sha256 });
    const announced = await team.look((now) => now.announcements.filter(({ state }) => state !== 'withdrawn'));
    return new Set(announced.map(({ module, migration }) => `${module}/${migration}`));
  } finally {
    await log.close();
  }
}
