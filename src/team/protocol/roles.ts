/** What people may be, from the least to the most; each may do what those before it may. */
export const roles = ['viewer', 'developer', 'reviewer', 'lead', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What can be asked of the team's server, with the least role that may. `self` is everybody, for what is their own. */
export const actions = {
  look: 'viewer',
  'own-keys': 'viewer',
  checkout: 'developer',
  checkin: 'developer',
  draft: 'developer',
  review: 'reviewer',
  'take-over': 'lead',
  cancel: 'lead',
  withdraw: 'lead',
  update: 'lead',
  audit: 'lead',
  users: 'admin',
  settings: 'admin',
} as const satisfies Readonly<Record<string, Role>>;
export type Action = keyof typeof actions;

/** Whoever asks: a person by a key or a session, or a machine whose key is good for a few things only. */
export interface Asker {
  readonly user: string;
  readonly role: Role;
  /** Of a machine's key: what it is good for, for example `update:staging`; then the role counts for nothing. */
  readonly scopes?: readonly string[];
}

/** Whether the asker may do something; `of` is the environment that an update is of. */
export function may(asker: Asker, action: Action, of?: string): boolean {
  if (asker.scopes !== undefined) {
    return asker.scopes.some((scope) => scope === action || scope === `${action}:*` || (of !== undefined && scope === `${action}:${of}`));
  }
  return roles.indexOf(asker.role) >= roles.indexOf(actions[action]);
}

/** Whether a text is the scope of a machine's key: `look`, or `update` with or without an environment. */
export function isKeyScope(text: string): boolean {
  return /^(?:look|update(?::(?:\*|[A-Za-z0-9_.-]+))?)$/.test(text);
}
