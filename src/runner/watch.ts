import type { Connection, ResultRow } from '../contracts/index.ts';
import type { Key } from '../schema/index.ts';
import { describeHolder } from './lock.ts';
import type { Run } from './run-types.ts';

/** Looks, from a second connection, at how a long statement gets on and who stands in its way. */
export interface Watch {
  /** Sessions that stood in the way when it was looked last, or that hold locks on the objects now. */
  blockers(touches: readonly Key[]): Promise<readonly string[]>;
  end(): Promise<void>;
}

const firstLookMs = 1_000;
const lookMs = 2_000;

/** Begins to look when a second has passed; short migrations cost nothing. */
export function startWatch(run: Run, migration: string): Watch {
  const { session } = run;
  const number = session.server.session;
  const begun = performance.now();
  let connection: Connection | undefined;
  let seen: readonly string[] = [];
  let ended = false;
  let looking: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = async (): Promise<void> => {
    const elapsedMs = Math.round(performance.now() - begun);
    try {
      if (session.another === undefined || number === undefined) return run.emit({ ev: 'statement.progress', migration, elapsedMs });
      connection ??= await session.another();
      const blocking = await rowsOf(connection, session.engine.blockers?.(number));
      if (blocking.length > 0) seen = blocking.map(describeHolder);
      const [progress] = await rowsOf(connection, session.engine.progress?.(number));
      run.emit({
        ev: 'statement.progress',
        migration,
        elapsedMs,
        ...progressOf(progress, elapsedMs),
        ...(blocking.length > 0 ? { blockedBy: seen.join('; ') } : {}),
      });
    } catch {
      // Looking is a courtesy: a server that allows no second connection must not disturb the work.
      connection = undefined;
    }
  };
  const schedule = (ms: number): void => {
    timer = setTimeout(() => {
      looking = look().then(() => {
        if (!ended) schedule(lookMs);
      });
    }, ms);
    timer.unref();
  };
  schedule(firstLookMs);

  return {
    blockers: async (touches) => {
      await looking;
      if (seen.length > 0 || session.engine.holders === undefined || touches.length === 0) return seen;
      return rowsOf(session.connection, session.engine.holders(touches)).then(
        (rows) => rows.map(describeHolder),
        () => seen,
      );
    },
    end: async () => {
      ended = true;
      clearTimeout(timer);
      await looking;
      await connection?.close().catch(() => undefined);
    },
  };
}

async function rowsOf(
  connection: Connection,
  query: { readonly sql: string; readonly parameters?: readonly unknown[] } | undefined,
): Promise<readonly ResultRow[]> {
  return query === undefined ? [] : (await connection.query(query.sql, query.parameters)).rows;
}

/** Done, total and, once it means something (one percent or five seconds), the time that is left. */
function progressOf(row: ResultRow | undefined, elapsedMs: number): { done?: number; total?: number; phase?: string; etaMs?: number } {
  if (row === undefined) return {};
  const [done, total] = [Number(row['done'] ?? 0), Number(row['total'] ?? 0)];
  const meaningful = total > 0 && done > 0 && (done / total >= 0.01 || elapsedMs >= 5_000);
  return {
    ...(total > 0 ? { done, total } : {}),
    ...(typeof row['phase'] === 'string' ? { phase: row['phase'] } : {}),
    ...(meaningful ? { etaMs: Math.round((elapsedMs * (total - done)) / done) } : {}),
  };
}
