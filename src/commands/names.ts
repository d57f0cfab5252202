import { Failure } from '../base/index.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, environmentsIn, openProject } from './project.ts';

/** What a project has names for, for completion. */
export interface ProjectNames {
  readonly environments: readonly string[];
  readonly migrations: readonly string[];
}

/** The names of a project as its files have them; no database is asked. Where there is no usable project there are none. */
export async function projectNames(options: CommonOptions = {}): Promise<ProjectNames> {
  try {
    const project = await openProject(options);
    const environments = environmentsIn(project, 'all');
    const { migrations } = await collectMigrations(project, options).catch(() => ({ migrations: [] }));
    return { environments, migrations: migrations.map((migration) => migration.id) };
  } catch (error) {
    if (error instanceof Failure) return { environments: [], migrations: [] };
    throw error;
  }
}
