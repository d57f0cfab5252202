import * as z from 'zod';
import { Failure } from '../../base/index.ts';
import { eventClasses, roles, type Scope, scopeOf } from '../protocol/index.ts';
import type { CallName } from './calls.ts';

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    // A line feed or an escape in what is shown in a line would be a line of its own making.
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');
const text = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*(?:\n[^\p{Cc}\p{Zl}\p{Zp}]*)*$/u, 'must not hold control characters');
const id = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be 8 to 64 letters, digits, _ or -');
const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const user = z.string().min(1).max(254);
const role = z.enum(roles);
const scope = z
  .custom<Scope>((value) => typeof value === 'string' && scopeOf(value) !== undefined, 'must be "all" or "module:NAME"')
  .meta({
    type: 'string',
    pattern: '^(all|module:.+)$',
  });
const day = 86_400_000;
const forMs = z
  .number()
  .int()
  .min(60_000)
  .max(31 * day);
const migration = z.strictObject({ module: line(255), migration: line(500) });
const standing = z.strictObject({ basis: line(64), behind: z.array(migration).max(100_000), ahead: z.array(migration).max(100_000) });
const nothing = z.strictObject({});
const page = { after: z.coerce.number().int().min(0).default(0), most: z.coerce.number().int().min(1).max(5000).default(500) };
const checksum = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const ofMigration = { module: line(255), migration: line(500) };
const announced = {
  request: id,
  module: line(255),
  migration: line(500),
  checksum,
  message: text,
  statements: z.number().int().min(0),
};

/** What each call takes; parts of the path and of the query count as properties. What is not named here is refused. */
export const inputs = {
  me: nothing,
  setup: z.strictObject({ token: line(200), user }),
  team: nothing,
  expected: nothing,
  checkout: z.strictObject({
    request: id,
    scope,
    message: text,
    forMs,
    copy: id,
    host: line(255),
    standing,
    wait: z.boolean().optional(),
    takeOver: z.strictObject({ checkout: number, reason: text }).optional(),
  }),
  extend: z.strictObject({ checkout: number, copy: id, forMs }),
  release: z.strictObject({ checkout: number, copy: id }),
  cancel: z.strictObject({ checkout: number, reason: text }),
  leave: z.strictObject({ copy: id }),
  prepare: z.strictObject({ checkout: number, copy: id, request: id, message: text }),
  drop: z.strictObject({ checkout: number, copy: id }),
  announce: z.strictObject({ checkout: number, copy: id, ...announced }),
  announceFree: z.strictObject(announced),
  withdraw: z.strictObject({ number, reason: text }),
  keepDraft: z.strictObject({ checkout: number, copy: id, message: text, text: z.string().min(1).max(1_000_000) }),
  drafts: nothing,
  reviews: nothing,
  comment: z.strictObject({ ...ofMigration, text }),
  review: z.strictObject({ ...ofMigration, checksum, verdict: z.enum(['approved', 'changes']) }),
  update: z.strictObject({ environment: line(100).optional(), confirm: line(100).optional() }),
  users: nothing,
  addUser: z.strictObject({ user, role }),
  changeRole: z.strictObject({ user, role }),
  removeUser: z.strictObject({ user }),
  keys: nothing,
  addKey: z.strictObject({
    label: line(100),
    user: user.optional(),
    scopes: z.array(line(120)).min(1).max(20).optional(),
    forMs: z
      .number()
      .int()
      .min(1)
      .max(3660 * day)
      .optional(),
  }),
  revokeKey: z.strictObject({ key: line(40) }),
  events: z.strictObject({ ...page, class: z.enum(eventClasses).optional() }),
  audit: z.strictObject({ ...page, class: z.enum(eventClasses).optional() }),
  verifyAudit: nothing,
} as const satisfies Readonly<Record<CallName, z.ZodType>>;

/** What a call is given, before defaults. */
export type Input<N extends CallName> = z.input<(typeof inputs)[N]>;
/** What a handler gets. */
export type Checked<N extends CallName> = z.output<(typeof inputs)[N]>;

/** What a call was given, checked and with defaults. Refuses it with the names of the properties that are wrong. */
export function checkedInput<N extends CallName>(name: N, given: unknown): Checked<N> {
  const parsed = inputs[name].safeParse(given);
  if (parsed.success) return parsed.data as Checked<N>;
  const lines = parsed.error.issues.slice(0, 5).map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new Failure('team.bad-request', lines.join('; '), { state: 'nothing was changed' });
}
