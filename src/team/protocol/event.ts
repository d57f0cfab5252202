import type { Role } from './roles.ts';
import type { Scope } from './scope.ts';

/** A working copy: two copies on one machine are two clients. */
export interface WorkingCopy {
  /** A random name that the copy gave itself. */
  readonly copy: string;
  readonly host: string;
}

/** How a check-out ended before its holder checked in. */
export type Ending = 'released' | 'checked-in' | 'taken-over' | 'expired' | 'cancelled';

/**
 * What has happened in a team, one line a thing. The list of these is all that the server keeps of check-outs, announcements, people and
 * keys: the state is what they add up to. A kind that is here once is never changed, because old lists must be read for ever.
 */
export type TeamEvent =
  | {
      readonly kind: 'checkout.taken';
      readonly checkout: number;
      /** Chosen by the client, so that one that hears no answer may ask again. */
      readonly request: string;
      readonly scope: Scope;
      readonly by: string;
      readonly at: WorkingCopy;
      readonly message: string;
      readonly until: string;
      /** The fingerprint of what was applied everywhere when it was taken. */
      readonly basis: string;
      /** Check-outs that end with it. */
      readonly instead: readonly { readonly checkout: number; readonly how: Ending }[];
      /** Why it was taken over. */
      readonly reason?: string;
    }
  | { readonly kind: 'checkout.extended'; readonly checkout: number; readonly until: string }
  | { readonly kind: 'checkout.expired'; readonly checkout: number }
  | { readonly kind: 'checkout.ended'; readonly checkout: number; readonly how: Ending; readonly by: string; readonly reason?: string }
  | { readonly kind: 'queue.joined'; readonly by: string; readonly at: WorkingCopy; readonly scope: Scope }
  | { readonly kind: 'queue.left'; readonly copy: string }
  | { readonly kind: 'checkin.prepared'; readonly checkout: number; readonly request: string; readonly message: string }
  | { readonly kind: 'checkin.dropped'; readonly checkout: number; readonly request: string }
  | ({ readonly kind: 'announced'; readonly number: number } & Announced)
  | { readonly kind: 'withdrawn'; readonly number: number; readonly by: string; readonly reason: string }
  | { readonly kind: 'deployed'; readonly number: number; readonly database: string }
  | { readonly kind: 'mismatched'; readonly number: number; readonly database: string; readonly checksum: string }
  | {
      readonly kind: 'draft.kept';
      readonly draft: number;
      readonly checkout: number;
      readonly by: string;
      readonly message: string;
      /** The migration that was not announced. */
      readonly text: string;
    }
  | { readonly kind: 'review.commented'; readonly module: string; readonly migration: string; readonly by: string; readonly text: string }
  | {
      readonly kind: 'review.given';
      readonly module: string;
      readonly migration: string;
      /** Of the text that was read. */
      readonly checksum: string;
      readonly by: string;
      readonly verdict: 'approved' | 'changes';
    }
  | { readonly kind: 'update.started'; readonly update: string; readonly database: string; readonly by: string }
  | {
      readonly kind: 'update.ended';
      readonly update: string;
      readonly outcome: 'done' | 'failed' | 'refused' | 'interrupted';
      readonly applied: readonly string[];
      readonly code?: string;
      readonly message?: string;
    }
  | { readonly kind: 'user.added'; readonly user: string; readonly role: Role }
  | { readonly kind: 'user.changed'; readonly user: string; readonly role: Role }
  | { readonly kind: 'user.removed'; readonly user: string }
  | {
      readonly kind: 'key.added';
      readonly key: string;
      readonly user: string;
      /** SHA-256 of the secret part; the secret itself is shown once and kept nowhere. */
      readonly hash: string;
      readonly label: string;
      readonly scopes?: readonly string[];
      readonly until?: string;
    }
  | { readonly kind: 'key.revoked'; readonly key: string }
  | { readonly kind: 'setup.offered'; readonly hash: string; readonly until: string }
  | { readonly kind: 'setup.used'; readonly hash: string }
  | { readonly kind: 'access.refused'; readonly from: string; readonly why: string; readonly times: number };

export type TeamEventKind = TeamEvent['kind'];

/** What is told of a migration that was checked in. */
export interface Announced {
  readonly request: string;
  /** Absent of one that was announced without a check-out. */
  readonly checkout?: number;
  readonly module: string;
  /** The migration's own id. */
  readonly migration: string;
  readonly checksum: string;
  readonly message: string;
  readonly by: string;
  readonly statements: number;
}

/** An event as it stands in the log: who did it and when, and the hash that chains it to the one before. */
export interface Recorded {
  /** 1 for the first; there is no gap. */
  readonly seq: number;
  /** RFC 3339, UTC, by the server's clock. */
  readonly at: string;
  /** Whose key or session it was; `server` where nobody asked. */
  readonly actor: string;
  readonly event: TeamEvent;
  readonly hash: string;
}

/** The classes by which the log can be filtered. */
export const eventClasses = ['state', 'version', 'update', 'security'] as const;
export type EventClass = (typeof eventClasses)[number];

const classes: Readonly<Record<TeamEventKind, EventClass>> = {
  'checkout.taken': 'state',
  'checkout.extended': 'state',
  'checkout.expired': 'state',
  'checkout.ended': 'state',
  'queue.joined': 'state',
  'queue.left': 'state',
  'checkin.prepared': 'state',
  'checkin.dropped': 'state',
  announced: 'version',
  withdrawn: 'version',
  deployed: 'version',
  mismatched: 'version',
  'draft.kept': 'state',
  'review.commented': 'version',
  'review.given': 'version',
  'update.started': 'update',
  'update.ended': 'update',
  'user.added': 'security',
  'user.changed': 'security',
  'user.removed': 'security',
  'key.added': 'security',
  'key.revoked': 'security',
  'setup.offered': 'security',
  'setup.used': 'security',
  'access.refused': 'security',
};

export function classOf({ kind }: TeamEvent): EventClass {
  return classes[kind];
}
