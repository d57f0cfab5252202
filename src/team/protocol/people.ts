import { agreed, type Decision, present, type Refused, refused, type World } from './decision.ts';
import { type Asker, isKeyScope, type Role } from './roles.ts';
import type { Key, TeamState, User } from './state.ts';

/** A name of a user: an address or a plain word, without what could mislead in a line of a log. */
function isUserName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._%+@-]{0,253}$/u.test(text);
}

/** A first key, known by the hash of its secret. */
export interface FirstKey {
  readonly key: string;
  readonly hash: string;
}

/** Adds somebody with a first key, both or none. Refuses a name that is taken or cannot be one. */
export function addUser(
  state: TeamState,
  { user, role, first }: { readonly user: string; readonly role: Role; readonly first: FirstKey },
): Decision<User> {
  if (!isUserName(user)) {
    return refused('user.name', `${JSON.stringify(user)} cannot be the name of a user`, {
      state: 'nobody was added',
      fix: ['take an address or a plain word of at most 254 characters'],
    });
  }
  const before = state.users.get(user);
  if (before !== undefined) {
    return refused('user.taken', `${user} is there already, as ${before.role}`, {
      state: 'nobody was added',
      fix: [`lockstep users role ${user} ${role}`, `lockstep keys add --user ${user}`],
    });
  }
  return agreed(
    (after) => present(after.users.get(user)),
    { kind: 'user.added', user, role },
    { kind: 'key.added', ...first, user, label: 'first key' },
  );
}

/** Notes that whoever knows a token may become the first admin, once and for a while. Refuses where there are users. */
export function offerSetup(state: TeamState, { hash, until }: { readonly hash: string; readonly until: string }): Decision<null> {
  if (state.users.size > 0) return refused('setup.done', 'the team has users already', { state: 'nothing was offered' });
  return agreed(() => null, { kind: 'setup.offered', hash, until });
}

/** Makes the first admin with a first key. Refuses a token that was not offered, was used, or is over. `token` is its hash. */
export function firstAdmin(
  state: TeamState,
  { token, user, key, hash }: { readonly token: string; readonly user: string; readonly key: string; readonly hash: string },
  { now }: World,
): Decision<User> {
  const until = state.setups.get(token);
  if (state.users.size > 0 || until === undefined || Date.parse(until) <= now) {
    return refused('setup.done', 'this link was used, is over, or was never given', {
      state: 'nobody was added',
      fix: ['start the server again: where there is no user it prints a new link', 'ask an admin for a key'],
    });
  }
  const added = addUser(state, { user, role: 'admin', first: { key, hash } });
  if (!added.ok) return added;
  return agreed((after) => present(after.users.get(user)), { kind: 'setup.used', hash: token }, ...added.events, {
    kind: 'key.added',
    key,
    user,
    hash,
    label: 'first key',
  });
}

/** Gives somebody another role. Refuses to take the last admin away. */
export function changeRole(state: TeamState, { user, role }: { readonly user: string; readonly role: Role }): Decision<User> {
  const before = state.users.get(user);
  if (before === undefined) return unknown(state, user);
  if (before.role === role) return agreed(() => before);
  if (before.role === 'admin' && isLastAdmin(state, user)) return lastAdmin(user);
  return agreed((after) => present(after.users.get(user)), { kind: 'user.changed', user, role });
}

/** Takes somebody away with all keys; check-outs end. Refuses to take the last admin away. */
export function removeUser(
  state: TeamState,
  { user, by }: { readonly user: string; readonly by: string },
): Decision<{ readonly removed: string }> {
  if (!state.users.has(user)) return unknown(state, user);
  if (isLastAdmin(state, user)) return lastAdmin(user);
  const held = [...state.checkouts.values()].filter((one) => one.by === user);
  return agreed(
    () => ({ removed: user }),
    ...held.map(({ checkout }) => ({ kind: 'checkout.ended', checkout, how: 'cancelled', by, reason: `${user} was removed` }) as const),
    { kind: 'user.removed', user },
  );
}

export interface KeyRequest {
  readonly key: string;
  readonly user: string;
  readonly hash: string;
  readonly label: string;
  readonly scopes?: readonly string[];
  readonly until?: string;
}

/** Notes a key by the hash of its secret. Refuses one for nobody, and scopes that mean nothing. */
export function addKey(state: TeamState, request: KeyRequest, { now }: World): Decision<Key> {
  if (!state.users.has(request.user)) return unknown(state, request.user);
  const wrong = request.scopes?.find((scope) => !isKeyScope(scope));
  if (wrong !== undefined) {
    return refused('key.scope', `${JSON.stringify(wrong)} is nothing that a key can be good for`, {
      state: 'no key was made',
      fix: ['update:ENVIRONMENT', 'update', 'look'],
    });
  }
  if (request.until !== undefined && Date.parse(request.until) <= now) {
    return refused('key.expired', 'the key would be over before it began', { state: 'no key was made' });
  }
  return agreed((after) => present(after.keys.get(request.key)), { kind: 'key.added', ...request });
}

/** Makes a key useless from now on. `by` may be left out by those who may revoke everybody's. */
export function revokeKey(
  state: TeamState,
  { key, by }: { readonly key: string; readonly by?: string },
): Decision<{ readonly revoked: string }> {
  const found = state.keys.get(key);
  // Whoever may not see a key is not told that it is there.
  if (found === undefined || (by !== undefined && found.user !== by)) {
    return refused('key.unknown', `there is no key ${key} of yours`, { state: 'nothing was revoked', fix: ['lockstep keys list'] });
  }
  return found.revoked === undefined ? agreed(() => ({ revoked: key }), { kind: 'key.revoked', key }) : agreed(() => ({ revoked: key }));
}

/** Who asks by a key that was sent, or why it is good for nothing. Both hashes are as long, and all of them is compared. */
export function judgedKey(
  state: TeamState,
  sent: { readonly key: string; readonly hash: string },
  { now }: World,
): Asker | 'unknown' | 'revoked' | 'expired' {
  const found = state.keys.get(sent.key);
  if (found === undefined || !equal(found.hash, sent.hash)) return 'unknown';
  if (found.revoked !== undefined) return 'revoked';
  if (found.until !== undefined && Date.parse(found.until) <= now) return 'expired';
  const user = state.users.get(found.user);
  if (user === undefined) return 'revoked';
  return { user: user.user, role: user.role, ...(found.scopes === undefined ? {} : { scopes: found.scopes }) };
}

/** Takes as long whichever character differs. */
function equal(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function isLastAdmin(state: TeamState, user: string): boolean {
  return ![...state.users.values()].some((one) => one.role === 'admin' && one.user !== user) && state.users.get(user)?.role === 'admin';
}

function lastAdmin(user: string): Refused {
  return refused('user.last-admin', `${user} is the only admin left`, {
    state: 'nothing was changed',
    fix: ['lockstep users role SOMEBODY admin   makes another one first'],
  });
}

function unknown(state: TeamState, user: string): Refused {
  return refused('user.unknown', `there is no user ${user}`, {
    state: 'nothing was changed',
    fix: ['lockstep users list', ...(state.users.size === 0 ? ['lockstep users add EMAIL --role admin'] : [])],
  });
}
