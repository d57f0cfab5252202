import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../base/index.ts';
import { logMigrations, openTeam, type Team } from '../../team/index.ts';
import { sha256 } from '../digest.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, openProject, type Project } from '../project.ts';
import { up } from '../up.ts';
import { lastingLog } from './log.ts';

/** Where the events of a team lie that has no other place for them. */
export function ownState(project: Project): string {
  const folder = join(project.base, '.lockstep');
  mkdirSync(folder, { recursive: true });
  return `sqlite:${join(folder, 'team.db')}`;
}

/**
 * Opens the database in which a team's events are kept, after making or bringing up to date its table by migrations of Lockstep's own.
 * Refuses an engine on which a table cannot be kept from being changed.
 */
export async function openState(url: string, options: CommonOptions): Promise<{ readonly team: Team; close(): Promise<void> }> {
  // The state has nothing to do with the project's own modules, sources and histories.
  const own: CommonOptions = {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    config: { url, modules: [] },
  };
  const database = await databaseOf(await openProject(own), own);
  const migrations = logMigrations(database.engine);
  if (migrations === undefined) {
    throw new Failure('config.invalid', `the state of a server cannot be kept in ${database.engine.title}`, {
      state: 'nothing was created',
      fix: ['use SQLite or PostgreSQL'],
    });
  }
  await up({ ...own, migrations });
  const log = lastingLog(database);
  try {
    return { team: await openTeam({ log, clock: () => new Date(), digest: sha256 }), close: log.close };
  } catch (error) {
    await log.close();
    throw error;
  }
}
