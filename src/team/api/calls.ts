import type { Action } from '../protocol/index.ts';

/** A call that the team's server answers. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A part in braces is a property of the input. */
  readonly path: string;
  /** What the asker must be allowed to do; `nobody` may be anybody, even without a key. */
  readonly action: Action | 'nobody';
  readonly summary: string;
}

const base = '/api/v1';

/** All calls by their names. Server, client and the OpenAPI document are made of this list. */
export const calls = {
  me: { method: 'GET', path: `${base}/me`, action: 'own-keys', summary: 'who the key belongs to' },
  setup: { method: 'POST', path: `${base}/setup`, action: 'nobody', summary: 'make the first admin by the token that the server printed' },
  team: { method: 'GET', path: `${base}/team`, action: 'look', summary: 'check-outs, people in line, versions, running updates' },
  expected: { method: 'GET', path: `${base}/expected`, action: 'look', summary: 'the migrations that everybody should have' },
  checkout: { method: 'POST', path: `${base}/checkouts`, action: 'checkout', summary: 'check the structure out' },
  extend: { method: 'POST', path: `${base}/checkouts/{checkout}/extend`, action: 'checkout', summary: 'prolong a check-out' },
  release: { method: 'POST', path: `${base}/checkouts/{checkout}/release`, action: 'checkout', summary: 'give a check-out up' },
  cancel: { method: 'POST', path: `${base}/checkouts/{checkout}/cancel`, action: 'cancel', summary: "end another's check-out" },
  leave: { method: 'POST', path: `${base}/queue/leave`, action: 'checkout', summary: 'go out of the line' },
  prepare: { method: 'POST', path: `${base}/checkouts/{checkout}/prepare`, action: 'checkin', summary: 'begin a check-in' },
  drop: { method: 'POST', path: `${base}/checkouts/{checkout}/drop`, action: 'checkin', summary: 'break a check-in off' },
  announce: {
    method: 'POST',
    path: `${base}/checkouts/{checkout}/announce`,
    action: 'checkin',
    summary: 'end a check-in: the file is written',
  },
  announceFree: {
    method: 'POST',
    path: `${base}/versions`,
    action: 'checkin',
    summary: 'announce a migration that was written without a check-out',
  },
  withdraw: {
    method: 'POST',
    path: `${base}/versions/{number}/withdraw`,
    action: 'withdraw',
    summary: 'take back a version that no database has',
  },
  keepDraft: { method: 'POST', path: `${base}/drafts`, action: 'draft', summary: 'keep what could not be checked in' },
  drafts: { method: 'GET', path: `${base}/drafts`, action: 'look', summary: 'what could not be checked in' },
  reviews: { method: 'GET', path: `${base}/reviews`, action: 'look', summary: 'what people say of migrations' },
  comment: { method: 'POST', path: `${base}/reviews/comment`, action: 'checkin', summary: 'say something about a migration' },
  review: { method: 'POST', path: `${base}/reviews`, action: 'review', summary: 'approve a migration as it is, or ask for changes' },
  update: { method: 'POST', path: `${base}/update`, action: 'update', summary: "apply what is missing on the server's databases" },
  users: { method: 'GET', path: `${base}/users`, action: 'users', summary: 'all users' },
  addUser: { method: 'POST', path: `${base}/users`, action: 'users', summary: 'add a user, with a first key' },
  changeRole: { method: 'POST', path: `${base}/users/{user}/role`, action: 'users', summary: 'give a user another role' },
  removeUser: { method: 'DELETE', path: `${base}/users/{user}`, action: 'users', summary: 'take a user away with all keys' },
  keys: { method: 'GET', path: `${base}/keys`, action: 'own-keys', summary: "one's own keys; for an admin all" },
  addKey: { method: 'POST', path: `${base}/keys`, action: 'own-keys', summary: 'make a key; it is shown once' },
  revokeKey: { method: 'DELETE', path: `${base}/keys/{key}`, action: 'own-keys', summary: 'make a key useless' },
  events: { method: 'GET', path: `${base}/events`, action: 'look', summary: 'what has happened, without what concerns keys and rights' },
  audit: { method: 'GET', path: `${base}/audit`, action: 'audit', summary: 'the whole log with its hashes' },
  verifyAudit: { method: 'GET', path: `${base}/audit/verify`, action: 'audit', summary: 'whether the log is what was written' },
} as const satisfies Readonly<Record<string, Call>>;

export type CallName = keyof typeof calls;
