import * as z from 'zod';
import { Failure } from '../../base/index.ts';
import type { DeskCallName } from './calls.ts';

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');
const text = z.string().trim().min(1).max(2000);
const env = line(200).optional();
const day = 86_400_000;
const forMs = z
  .number()
  .int()
  .min(60_000)
  .max(31 * day);
const names = z.array(line(500)).max(200);
const nothing = z.strictObject({});
const ofDatabase = z.strictObject({ env });
const checkin = z.strictObject({
  message: text.optional(),
  format: line(10).optional(),
  /** The proposed migration as a person has edited it. */
  text: z.string().min(1).max(1_000_000).optional(),
  rename: names.optional(),
  drop: names.optional(),
});

/** What each call of the desk takes; parts of the path and of the query count as properties. What is not named here is refused. */
export const deskInputs = {
  project: nothing,
  begin: z.strictObject({ url: line(2000), example: z.boolean() }),
  policies: nothing,
  databases: nothing,
  status: ofDatabase,
  migration: z.strictObject({ env, id: line(500) }),
  trial: z.strictObject({ env, id: line(500) }),
  plan: z.strictObject({ env, to: line(500).optional(), down: line(500).optional() }),
  structure: ofDatabase,
  drift: ofDatabase,
  history: z.strictObject({ env, most: z.coerce.number().int().min(1).max(1000).optional() }),
  compare: z.strictObject({ env, from: line(600), to: line(600) }),
  fixtures: ofDatabase,
  fixtureText: z.strictObject({ file: line(1000) }),
  runs: nothing,
  run: z.strictObject({
    env,
    kind: z.enum(['up', 'down', 'load', 'remove']),
    to: line(500).optional(),
    id: line(500).optional(),
    count: z.number().int().min(1).max(100_000).optional(),
    partial: z.boolean().optional(),
    sets: names.optional(),
    reload: names.optional(),
    allow: names.optional(),
    confirm: line(100).optional(),
  }),
  stopRun: z.strictObject({ run: line(40), now: z.boolean().optional() }),
  desk: nothing,
  deskTeam: nothing,
  deskCheckout: z.strictObject({
    message: text,
    scope: line(120).optional(),
    forMs: forMs.optional(),
    takeOver: z.boolean().optional(),
    withDrift: z.boolean().optional(),
  }),
  deskExtend: z.strictObject({ forMs }),
  deskRelease: z.strictObject({ restore: z.boolean().optional() }),
  deskChanges: nothing,
  deskEvidence: nothing,
  deskPlan: checkin,
  deskCheckin: checkin,
  sql: z.strictObject({ script: z.string().min(1).max(1_000_000), confirm: line(100).optional() }),
  recordDrift: z.strictObject({ env, name: line(200), rename: names.optional(), drop: names.optional() }),
  planDriftBack: z.strictObject({ env, name: line(200) }),
  ignoreDrift: z.strictObject({ env, ignore: line(500), why: text, until: line(10) }),
} as const satisfies Readonly<Record<DeskCallName, z.ZodType>>;

export type DeskInput<N extends DeskCallName> = z.output<(typeof deskInputs)[N]>;
/** What a page sends, before defaults. */
export type DeskGiven<N extends DeskCallName> = z.input<(typeof deskInputs)[N]>;

/** What a call was given, checked. Refuses it with the names of the properties that are wrong. */
export function checkedDeskInput<N extends DeskCallName>(name: N, given: unknown): DeskInput<N> {
  const parsed = deskInputs[name].safeParse(given);
  if (parsed.success) return parsed.data as DeskInput<N>;
  const lines = parsed.error.issues.slice(0, 5).map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new Failure('team.bad-request', lines.join('; '), { state: 'nothing was changed' });
}
