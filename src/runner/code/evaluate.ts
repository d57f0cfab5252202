import type { CodeFunction, Engine, Extension, Server, SourcedChange } from '../../contracts/index.ts';
import { applyAll, type Conventions, namesOf, schemaBuilder } from '../../schema/index.ts';
import type { SchemaView } from '../schema-view.ts';
import { type BareContext, withExtensions } from './extensions.ts';
import { kyselyOver } from './kysely.ts';
import { type Look, schemaReader } from './look.ts';
import type { MigrationContext } from './migration.ts';
import { changeQueue, type QueueItem, sqlTag } from './queue.ts';
import { type PlannedShared, plannedShared, watchedShared } from './shared.ts';

export interface Evaluated {
  readonly changes: readonly SourcedChange[];
  /** The first thing that needs a database: evaluation ended there, or what follows it waits for it. */
  readonly boundary?: string;
  /** What waits behind a query that is an object, beginning with that. */
  readonly behind?: readonly QueueItem[];
  /** It looked at the structure or at shared values, so what it does is decided anew when it runs. */
  readonly looked?: true;
}

interface Where {
  readonly engine: Engine;
  readonly server: Server;
  /** Names that a script may be given for. */
  readonly engines: readonly string[];
  /** What the project says for all tables. */
  readonly conventions?: Conventions;
  /** The file of the code, for the places of its changes. */
  readonly file: string;
  /** The structure that the code meets; absent: to look at it needs a database. */
  readonly view?: SchemaView;
  readonly extensions?: readonly Extension[];
  readonly shared?: PlannedShared;
}

/**
 * Runs the function of a migration without a database, until it is done or until its first query, step or call of a service. What it
 * queued until then is known; the promise it waits for is never answered. Throws what the function throws.
 */
export async function evaluate(code: CodeFunction, where: Where): Promise<Evaluated> {
  const { engine, server, engines, conventions, file, shared = plannedShared() } = where;
  const queue = changeQueue(file);
  let boundary: string | undefined;
  let reached: (() => void) | undefined;
  const atBoundary = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const stop = (what: string): Promise<never> => {
    boundary ??= what;
    reached?.();
    return new Promise(() => undefined);
  };
  const aQuery = (): Promise<never> => stop('a query');
  let looked = false;
  const stopHere = (what: string): never => {
    void stop(what);
    throw new Error(`${what} is known only when the migration runs`);
  };
  const look: Look = async (tables, answer) => {
    const { view } = where;
    const isPlain = queue.waiting().every((item) => 'change' in item && item.change.kind !== 'sql');
    if (boundary !== undefined || view === undefined || view.isLost() || !isPlain) return stop('a look at the structure');
    looked = true;
    const changes = queue.waiting().flatMap((item) => ('change' in item ? [item.change] : []));
    await view.know(tables);
    await view.ensure(changes);
    const after = applyAll(view.current(), changes);
    return 'refused' in after ? stop('a look at the structure') : answer(after);
  };
  const builder = schemaBuilder(
    (change) => {
      if (boundary === undefined) queue.add(change);
    },
    engines,
    conventions,
  );
  const bare: BareContext = {
    schema: { ...builder, ...schemaReader(look) },
    sql: sqlTag(engine, { put: (turn, item) => (boundary === undefined ? queue.put(turn, item) : undefined) }, aQuery),
    db: await kyselyOver(engine, aQuery, { begin: aQuery, commit: aQuery, rollback: aQuery }),
    services: new Proxy({}, { get: (_target, name) => stopAt(`services.${String(name)}`, stop) }),
    names: namesOf(conventions?.naming),
    shared: watchedShared(shared.values, () => {
      if (shared.lost) stopHere('a shared value');
      looked = true;
    }),
    log: () => undefined,
    step: (name) => stop(`step "${name}"`),
    batches: (name) => stop(`batches "${name}"`),
    engine: { name: engine.name, flavour: server.flavour, version: server.version },
  };
  const context: MigrationContext =
    where.extensions === undefined
      ? { ...bare, ext: new Proxy({}, { get: (_target, name) => stopAt(`ext.${String(name)}`, stop) }) }
      : withExtensions(bare, where.extensions);
  const running = Promise.resolve().then(() => (code as (context: MigrationContext) => unknown)(context));
  try {
    await Promise.race([running, atBoundary]);
    // A query that is not awaited is sent a few turns later; it must be found here, or it would never be run.
    await new Promise((resolve) => setImmediate(resolve));
  } catch (error) {
    // What the code does with an answer that it never got says nothing.
    if (boundary === undefined) throw error;
  }
  running.catch(() => undefined);
  const waiting = queue.take(boundary === undefined);
  const object = waiting.findIndex((item) => 'query' in item);
  const known = object < 0 ? waiting : waiting.slice(0, object);
  const behind = object < 0 ? [] : waiting.slice(object);
  const [first] = behind;
  if (first !== undefined && 'query' in first) boundary = [first.query.describe()].flat().join('; ');
  if (boundary !== undefined) shared.lost = true;
  return {
    changes: known.flatMap((item) => ('change' in item ? [item] : [])),
    ...(boundary === undefined ? {} : { boundary }),
    ...(behind.length === 0 ? {} : { behind }),
    ...(looked ? { looked } : {}),
  };
}

/** A service of any shape: whatever is called on it ends the evaluation. */
function stopAt(path: string, stop: (what: string) => Promise<never>): unknown {
  return new Proxy(() => undefined, {
    get: (_target, name) => (name === 'then' ? undefined : stopAt(`${path}.${String(name)}`, stop)),
    apply: () => stop(path),
  });
}
