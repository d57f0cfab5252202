import type { CodeFunction, Engine, Server, SourcedChange } from '../../contracts/index.ts';
import { type Conventions, schemaBuilder } from '../../schema/index.ts';
import { kyselyOver } from './kysely.ts';
import type { MigrationContext } from './migration.ts';
import { changeQueue, sqlTag } from './queue.ts';

export interface Evaluated {
  readonly changes: readonly SourcedChange[];
  /** The first thing that needs a database: evaluation ended there. */
  readonly boundary?: string;
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
}

/**
 * Runs the function of a migration without a database, until it is done or until its first query, step or call of a service. What it
 * queued until then is known; the promise it waits for is never answered. Throws what the function throws.
 */
export async function evaluate(code: CodeFunction, { engine, server, engines, conventions, file }: Where): Promise<Evaluated> {
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
  const context: MigrationContext = {
    schema: schemaBuilder(
      (change) => {
        if (boundary === undefined) queue.add(change);
      },
      engines,
      conventions,
    ),
    sql: sqlTag(engine, queue, aQuery),
    db: await kyselyOver(engine, aQuery, { begin: aQuery, commit: aQuery, rollback: aQuery }),
    services: new Proxy({}, { get: (_target, name) => stopAt(`services.${String(name)}`, stop) }),
    log: () => undefined,
    step: (name) => stop(`step "${name}"`),
    batches: (name) => stop(`batches "${name}"`),
    engine: { name: engine.name, flavour: server.flavour, version: server.version },
  };
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
  return boundary === undefined ? { changes: queue.take(true) } : { changes: queue.take(false), boundary };
}

/** A service of any shape: whatever is called on it ends the evaluation. */
function stopAt(path: string, stop: (what: string) => Promise<never>): unknown {
  return new Proxy(() => undefined, {
    get: (_target, name) => (name === 'then' ? undefined : stopAt(`${path}.${String(name)}`, stop)),
    apply: () => stop(path),
  });
}
