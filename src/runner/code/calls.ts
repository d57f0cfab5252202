import { Failure } from '../../base/index.ts';

/** What code has asked for and not waited for yet. Queries run one after another, whoever sends them. */
export interface Calls {
  /** The calls of a part that runs while one of these is answered; they wait for each other only. */
  within(): Calls;
  /** Runs a query behind all that wait already. After the end nothing is run any more and nobody hears of anything. */
  query<T>(work: () => Promise<T>): Promise<T>;
  /** Counts a step from its call to its end. */
  step<T>(work: () => Promise<T>): Promise<T>;
  /** What the runner itself does on behalf of a call; when the function has returned, it is done to its end or not begun. */
  own<T>(work: () => Promise<T>): Promise<T>;
  /** A part of the code has returned. Refuses when a query of it is still open, or failed and nobody has heard of it. */
  settle(): Promise<void>;
  /** The function itself has returned: the same, and nothing may come any more. */
  end(): Promise<void>;
  /** The function has thrown: what it left running comes no further. */
  stop(): Promise<void>;
  /** The failure for a query that nobody waited for and that failed; it explains whatever fails behind it. */
  unheard(): Failure | undefined;
  /** Listens no longer for failures that nobody hears of. */
  close(): void;
}

/** Hears of rejections that nobody handled. */
interface Listener {
  readonly own: WeakSet<object>;
  failed(): Error | undefined;
  close(): void;
}

// Node ends the process over a rejection that nobody handles; here it is a fault of the migration like any other.
function listenForUnheard(): Listener {
  const own = new WeakSet<object>();
  let failed: Error | undefined;
  const listen = (reason: unknown): void => {
    if (reason instanceof Error && own.has(reason)) failed ??= reason;
    else if (process.listenerCount('unhandledRejection') === 1) throw reason;
  };
  process.on('unhandledRejection', listen);
  return {
    own,
    failed: () => failed,
    close: () => {
      process.off('unhandledRejection', listen);
    },
  };
}

/** The calls of one function of a migration, from now on. */
export function openCalls(migration: string): Calls {
  return callsWith(migration, listenForUnheard());
}

function callsWith(migration: string, listener: Listener): Calls {
  const { own } = listener;
  /** Queries so far, and those of them and of the steps that have no answer yet. */
  let sent = 0;
  let open = 0;
  let steps = 0;
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();
  const begun = new Set<Promise<unknown>>();

  const unheard = (): Failure | undefined => {
    const failed = listener.failed();
    return failed === undefined
      ? undefined
      : new Failure('migration.in-flight', `migration ${migration} did not await a query, and it failed: ${failed.message}`, {}, failed);
  };
  const heard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const value = await work();
      return ended ? await never() : value;
    } catch (error) {
      if (ended) return never();
      if (error instanceof Error) own.add(error);
      throw error;
    }
  };
  const check = async (before: number, what: string): Promise<void> => {
    const until = sent;
    // A query builder takes a few turns of its own before it sends anything.
    await new Promise((resolve) => setImmediate(resolve));
    const failure = unheard();
    if (failure !== undefined) throw failure;
    const still = before + sent - until;
    if (still === 0) return;
    throw new Failure('migration.in-flight', `${what} while ${still === 1 ? 'a query was' : `${still} queries were`} still running`);
  };
  const stop = async (): Promise<void> => {
    ended = true;
    await Promise.all(begun);
  };
  return {
    query: (work) => {
      sent++;
      if (ended) return never();
      open++;
      const turn = last.then(work).finally(() => {
        open--;
      });
      last = turn.catch(() => undefined);
      return heard(() => turn);
    },
    step: (work) => {
      if (ended) return never();
      steps++;
      return heard(work).finally(() => {
        steps--;
      });
    },
    own: async (work) => {
      if (ended) return never();
      const running = work();
      const quiet = running.catch(() => undefined);
      begun.add(quiet);
      try {
        return await running;
      } finally {
        begun.delete(quiet);
      }
    },
    settle: async () => {
      await check(open, `a step of migration ${migration} ended`);
      if (ended) await never();
    },
    end: async () => {
      const before = open + steps;
      await stop();
      await check(before, `migration ${migration} returned`);
    },
    stop,
    unheard,
    within: () => callsWith(migration, listener),
    close: () => listener.close(),
  };
}

/** For those who should have waited: an answer, good or bad, would only do harm. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
