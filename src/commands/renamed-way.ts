import { Failure } from '../base/index.ts';
import type { Engine, Server } from '../contracts/index.ts';
import { alsoRenamed, type Renamed, type RenameHints, renamed } from '../diff/index.ts';
import { type Change, emptySchema, type Schema } from '../schema/index.ts';
import { type OnScratch, runAll } from './prove.ts';
import { readStructure, type Trial } from './structure.ts';
import { rendered, type Way, wayFrom } from './way.ts';

/** The two ends of a way, and what says how they are called. */
export interface Ends {
  readonly from: Schema;
  readonly to: Schema;
  readonly hints: RenameHints;
}

interface Means {
  readonly engine: Engine;
  readonly server: Server;
  /** Absent where nothing can be tried: then the model says what new names lead to. */
  readonly scratch: OnScratch | undefined;
}

/**
 * The way that gives new names first. What they do to everything that uses them is asked of the engine itself, on a scratch database, and
 * the rest of the way begins at what it says.
 */
export async function renamedWay(ends: Ends, means: Means): Promise<Way> {
  const { from, to, hints } = ends;
  const { engine, server, scratch } = means;
  const first = accepted(renamed(from, to, hints, engine.diff));
  const all = accepted(alsoRenamed(first, to, engine.diff));
  if (all.changes.length === 0) return wayFrom(from, to, engine, server);
  if (scratch === undefined) return continued(all, rendered(all.changes, from, means).parts, ends, means);
  const tried = await scratch((session) => tryNames(ends, session, 'with those that follow'));
  const named = 'why' in tried ? await scratch((session) => tryNames(ends, session, 'only')) : tried;
  if (!('why' in named)) return continued(named.renamed, named.parts, ends, means);
  throw new Failure('diff.refused', `the new names cannot be given: ${named.why}`, {
    state: 'nothing was changed; it was tried on a scratch database',
  });
}

function continued({ changes, schema }: Renamed, parts: Way['parts'], { to }: Ends, { engine, server }: Means): Way {
  const rest = wayFrom(schema, to, engine, server);
  const statements = parts.flatMap((part) => part.statements);
  return {
    ...rest,
    changes: [...changes, ...rest.changes],
    statements: [...statements, ...rest.statements],
    parts: [...parts, ...rest.parts],
  };
}

function accepted<T extends object>(result: T | { readonly refused: string }): T {
  if ('refused' in result) throw new Failure('diff.refused', result.refused, { state: 'nothing was changed' });
  return result;
}

type Tried = { readonly renamed: Renamed; readonly parts: Way['parts'] } | { readonly why: string };

/** Gives the names where nothing can be lost and reads what became of the structure; then those that only follow, where these can be given. */
async function tryNames({ from, to, hints }: Ends, session: Trial, which: 'only' | 'with those that follow'): Promise<Tried> {
  const { engine, server } = session;
  const begun = await runAll(wayFrom(emptySchema, from, engine, server).statements, session);
  if (begun !== undefined) return { why: begun.message };
  const parts: Way['parts'][number][] = [];
  const changes: Change[] = [];
  let schema = from;
  const give = async (wanted: Renamed): Promise<string | undefined> => {
    const own = rendered(wanted.changes, schema, session);
    const failed = await runAll(own.statements, session);
    if (failed !== undefined) return failed.message;
    parts.push(...own.parts);
    changes.push(...wanted.changes);
    schema = await readStructure(session);
    return undefined;
  };
  const failed = await give(accepted(renamed(from, to, hints, engine.diff)));
  if (failed !== undefined) return { why: failed };
  if (which === 'with those that follow') {
    const following = accepted(alsoRenamed({ changes: [], schema, leaving: new Set() }, to, engine.diff));
    const why = following.changes.length === 0 ? undefined : await give(following);
    if (why !== undefined) return { why };
  }
  return { renamed: { changes, schema, leaving: new Set() }, parts };
}
