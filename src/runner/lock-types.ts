import type { Digest } from '../base/index.ts';
import type { Emit } from '../contracts/index.ts';

/** The right to change one database, held by one run at a time. */
export interface RunLock {
  /** A statement that fails, with an error of this code, when the lock is no longer ours; travels before what is written. */
  readonly assert: { readonly sql: string; readonly lostCode: string } | undefined;
  /** It is a row with a heartbeat, not a lock of the session. */
  readonly lease?: true;
  release(): Promise<void>;
}

/** How to wait for another run. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** Who we are, for those who wait. */
  readonly holder: string;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

export interface LockOptions extends WaitOptions {
  /** A row with a heartbeat in place of a lock of the session: for poolers that hand one session to many clients. */
  readonly lease: boolean;
  /** A digest that makes names of a bounded length. */
  readonly digest: Digest;
}

/** What came of one try: the lock, or who holds it. */
export type LockAttempt = { readonly lock: RunLock } | { readonly holder: string };
