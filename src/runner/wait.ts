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
    options.signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
