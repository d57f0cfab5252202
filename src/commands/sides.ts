import { Failure, same } from '../base/index.ts';
import type { Server } from '../contracts/index.ts';
import { isServed } from '../scratch/index.ts';
import type { CommonOptions } from './options.ts';
import { type Database, databaseOf, type Project } from './project.ts';
import { madeAnew, type OnScratch } from './prove.ts';
import { onScratch, readSide, type Side, type SideSource } from './structure.ts';

/** Two structures in the words of one build, and where things are tried on it. */
export interface Sides {
  readonly before: Side;
  readonly after: Side;
  readonly reference: Database;
  /** What statements are written for: the server of the reference where it was met, else the one that the structures were made on. */
  readonly server: Server;
  readonly scratch: OnScratch;
  /** The scratch database that was used last, and why what was tried there does not count for the server. */
  tried(): Tried | undefined;
}

export interface Tried {
  /** `a temporary database lockstep_scratch_… on PostgreSQL 15.8`. */
  readonly on: string;
  readonly other?: string;
}

/**
 * Reads two sides. Where they were written down by two builds of one engine, they are made anew on a scratch database like the reference:
 * the first of them that is a database, else the project's. Refuses two engines, and a structure that cannot be made there.
 */
export async function readSides(from: SideSource, to: SideSource, project: Project, options: CommonOptions): Promise<Sides> {
  const databases = [from, to].flatMap((source) => (source.kind === 'database' ? [source.database] : []));
  refuseTwoEngines(databases);
  const reference = databases[0] ?? (await databaseOf(project, options));
  let last: Tried | undefined;
  const scratch: OnScratch = (work) =>
    onScratch(reference, project, options, (session, other) => {
      last = { on: `${session.target.shown} on ${session.server.title}`, ...(other === undefined ? {} : { other }) };
      return work(session);
    });
  const read = await readBoth(from, to, (source) => readSide(source, reference, project, options));
  const [before, after] =
    read[0].server.title === read[1].server.title ? read : [await brought(read[0], scratch), await brought(read[1], scratch)];
  const met = from.kind === 'database' ? read[0] : to.kind === 'database' ? read[1] : before;
  return { before, after, reference, server: met.server, scratch, tried: () => last };
}

/** Reads both sides, two databases of servers at once; a database is read by the settings of the first side. */
async function readBoth(from: SideSource, to: SideSource, read: (source: SideSource) => Promise<Side>): Promise<readonly [Side, Side]> {
  if (to.kind !== 'database') return [await read(from), await read(to)];
  if (!isApart(from) || !isApart(to)) {
    const first = await read(from);
    return [first, await read({ ...to, settings: first.server.settings })];
  }
  const [one, other] = await Promise.allSettled([read(from), read(to)]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  const { settings } = one.value.server;
  return [one.value, same(settings, other.value.server.settings) ? other.value : await read({ ...to, settings })];
}

/** Whether a side has a connection of its own to a server, which another one need not wait for. */
function isApart(source: SideSource): boolean {
  return (
    source.kind === 'database' && source.database.driver.lent === undefined && isServed(source.database.driver, source.database.target)
  );
}

function refuseTwoEngines([one, other]: readonly Database[]): void {
  if (one === undefined || other === undefined || one.engine.name === other.engine.name) return;
  throw new Failure(
    'diff.refused',
    `${one.target.shown} is of ${one.engine.title} and ${other.target.shown} of ${other.engine.title}: only structures of one engine can be compared`,
    {
      state: 'nothing was changed',
      fix: ['lockstep dump --from Y --format yaml -o y.yaml   then --to y.yaml, as far as the engine knows its types'],
    },
  );
}

/** A structure as the build of the scratch databases writes it down. */
async function brought(side: Side, scratch: OnScratch): Promise<Side> {
  const reason = (why: string, title: string): Failure =>
    new Failure('diff.refused', `${side.title} was written down by ${side.server.title} and cannot be made on ${title}: ${why}`, {
      state: 'nothing was changed',
      fix: ['compare it with a structure of its own version'],
    });
  return scratch(async (session) => {
    const { title } = session.server;
    if (title === side.server.title) return side;
    const made = await madeAnew(side.schema, (work) => work(session)).catch((error: unknown) => {
      throw error instanceof Failure && /^(diff|change)\./.test(error.code) ? reason(error.message, title) : error;
    });
    if ('why' in made) throw reason(made.why, title);
    return { ...side, schema: made.schema, server: session.server };
  });
}
