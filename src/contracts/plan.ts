import type { Place } from '../base/index.ts';
import type { Change } from '../schema/index.ts';
import type { Statement } from './statement.ts';

/** A change with the place it was written at. */
export interface SourcedChange {
  readonly change: Change;
  readonly at?: Place;
}

/** Statements of one transaction, or one statement outside any. */
export interface Group {
  readonly transactional: boolean;
  readonly statements: readonly Statement[];
}

/** How a migration that ran can be taken back. */
export type WayBack =
  | { readonly kind: 'statements'; readonly statements: readonly string[] }
  /** Code that only its file can run; what the structure had is inverted as far as `statements` go. */
  | { readonly kind: 'file'; readonly statements: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** What one migration does in one direction. */
export interface Step {
  readonly id: string;
  readonly module: string;
  readonly direction: 'up' | 'down';
  readonly groups: readonly Group[];
  readonly back: WayBack;
  /** Where evaluation of code stopped: what follows is decided at run time. */
  readonly boundary?: string;
  /** Statements already finished by an earlier, broken run. */
  readonly resumeAfter?: number;
}
