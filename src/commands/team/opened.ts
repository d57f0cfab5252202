import { Failure } from '../../base/index.ts';
import type { Connection, Opening, StructureGuard } from '../../contracts/index.ts';
import { actor } from '../open.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, type Project } from '../project.ts';
import { withSession } from '../structure.ts';
import type { OwnCheckout, TeamPlace } from './place.ts';

/** The name by which a database knows a check-out of a working copy. */
export function openingKey({ copy }: TeamPlace, { checkout }: Pick<OwnCheckout, 'checkout'>): string {
  return `${copy}/${checkout}`;
}

/** Works with the guard of the project's database. Gives nothing where no database refuses anything. */
export async function withGuard<T>(
  project: Project,
  options: CommonOptions,
  work: (guard: StructureGuard, connection: Connection) => Promise<T>,
): Promise<T | undefined> {
  const database = await databaseOf(project, options).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'config.no-database') return undefined;
    throw error;
  });
  const guard = database?.engine.guard?.structure;
  if (database === undefined || guard === undefined) return undefined;
  return withSession(database, project, options, { readOnly: false, guest: true }, async ({ server, connection }) =>
    server.guarded === true ? work(guard, connection) : undefined,
  );
}

/** The check-out of a working copy as its database is told of it; nothing where there is none, or its time is over. */
export function ownOpening(place: TeamPlace, holder: string): Opening | undefined {
  const { checkout: own } = place;
  const forMs = own === undefined ? 0 : Date.parse(own.until) - Date.now();
  if (own === undefined || forMs <= 0) return undefined;
  return {
    key: openingKey(place, own),
    holder: place.server?.user ?? holder,
    forMs,
    ...(own.token === undefined ? {} : { token: own.token }),
  };
}

/** Lets every tool change the structure of the database here for as long as the check-out lasts. Says whether there is a guard at all. */
export async function openGuard(project: Project, place: TeamPlace, options: CommonOptions): Promise<boolean> {
  const opening = ownOpening(place, actor(options).by);
  if (opening === undefined) return false;
  const opened = await withGuard(project, options, async (guard, connection) => {
    await connection.query(guard.open(opening));
    return true;
  });
  return opened === true;
}

/** Ends that. What was seen meanwhile is kept until it is forgotten. */
export async function closeGuard(project: Project, place: TeamPlace, own: OwnCheckout, options: CommonOptions): Promise<void> {
  await withGuard(project, options, async (guard, connection) => {
    await connection.query(guard.close(openingKey(place, own)));
  });
}
