import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Answers, type Input, noTeam, openTeam, type TeamState } from '../../team/index.ts';
import { sha256 } from '../digest.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, openProject, type Project } from '../project.ts';
import { lastingLog } from './log.ts';
import { readPlace } from './place.ts';
import { remoteDoor } from './remote.ts';

/**
 * What a team knows, for a command that runs migrations and asks nothing else of it: from its server, from the state in this process, or from
 * that in this folder. Where there is none, nothing has happened in the team.
 */
export async function knownToTeam<N extends 'expected' | 'reviews'>(
  project: Project,
  options: CommonOptions,
  name: N,
  ofState: (state: TeamState) => Answers[N],
): Promise<Answers[N]> {
  const place = readPlace(project);
  if (place.server !== undefined) return remoteDoor(place.server, place).call(name, {} as Input<N>);
  if (options.seat !== undefined) return options.seat.team.look(ofState);
  const file = join(project.base, '.lockstep', 'team.db');
  if (!existsSync(file)) return ofState(noTeam());
  const own: CommonOptions = { ...(options.cwd === undefined ? {} : { cwd: options.cwd }), config: { url: `sqlite:${file}`, modules: [] } };
  const log = lastingLog(await databaseOf(await openProject(own), own));
  try {
    const team = await openTeam({ log, clock: () => new Date(), digest: sha256 });
    return await team.look(ofState);
  } finally {
    await log.close();
  }
}
