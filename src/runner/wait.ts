import { Failure } from '../base/index.ts';
import type { Target } from '../contracts/index.ts';
import type { LockAttempt, RunLock, WaitOptions } from './lock-types.ts';

/** Tries until the lock is ours. */
export async function waitForLock(target: Target, attempt: () => Promise<LockAttempt>, options: WaitOptions): Promise<RunLock> {
  const begun = Date.now();
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    const outcome = await attempt();
    const waitedMs = Date.now() - begun;
    if ('lock' in outcome) {
      options.emit({ ev: 'lock.acquired', ms: waitedMs });
      return outcome.lock;
    }
    options.emit({ ev: 'lock.waiting', holder: outcome.holder, waitedMs });
    if (waitedMs + pause > options.timeoutMs) {
      throw new Failure('lock.busy', `another run is at work on ${target.shown}: ${outcome.holder}`, {
        state: 'nothing was changed by this run',
        data: { holder: outcome.holder, waitedMs },
      });
    }
    await pauseFor(pause, options.signal);
    if (options.signal?.aborted === true) throw interruptedWhile(`waiting for another run: ${outcome.holder}`);
  }
}

/** Waits, but not beyond the moment in which a signal aborts. */
export function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}

/** The failure of a run that was interrupted before it began. */
export function interruptedWhile(what: string): Failure {
  return new Failure('interrupted', `interrupted while ${what}`, { state: 'nothing was changed by this run' });
}
