import type { CommonOptions } from './options.ts';
import { openProject } from './project.ts';

/** What the configuration decides for everybody who works with it, with what holds where it says nothing. */
export interface Policies {
  readonly checkouts: 'off' | 'advisory' | 'required';
  /** How many must have approved a migration before it runs on a protected database; of one that destroys something. */
  readonly approvals: number;
  readonly destructive: number;
  readonly late: 'run' | 'warn' | 'refuse';
  readonly onError: 'halt' | 'ignore' | 'backout';
  /** The moments at which programs of the project's own are called. */
  readonly hooks: readonly string[];
  /** Tables whose rows are recorded at a check-in. */
  readonly data: readonly string[];
}

/** What the project has decided. Connects to nothing. */
export async function policies(options: CommonOptions): Promise<Policies> {
  const { config } = await openProject(options);
  const { checkouts = 'off', review = {}, late = 'warn', onError = 'halt', hooks = {}, record = {} } = config;
  const { approvals = 0, destructive = approvals } = review;
  return { checkouts, approvals, destructive, late, onError, hooks: Object.keys(hooks), data: record.data ?? [] };
}
