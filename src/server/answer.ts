import type { Context } from 'hono';
import { type Code, catalogue, Failure, problemOf } from '../base/index.ts';

/** What goes out as JSON, in the same envelope as the command line's. */
export interface Envelope {
  readonly v: 1;
  readonly ok: boolean;
  readonly data: unknown;
  readonly problems: readonly unknown[];
}

/** Codes that have a status of their own; the others follow from their exit code. */
const statuses: Partial<Readonly<Record<Code, number>>> = {
  'team.unauthorised': 401,
  'team.forbidden': 403,
  'team.too-many': 429,
  'team.bad-request': 400,
  'team.unknown-call': 404,
  'team.too-large': 413,
  'user.unknown': 404,
  'key.unknown': 404,
  'announce.unknown': 404,
  'config.unknown-environment': 404,
  'team.busy': 503,
};
const byExit: Readonly<Record<number, number>> = { 3: 409, 4: 409, 5: 409, 6: 502, 64: 400, 65: 422 };

/** The HTTP status by which a script can tell how it ended: 200, or 4xx and 5xx. */
export function statusOf(failure: Failure): number {
  return statuses[failure.code] ?? byExit[catalogue[failure.code].exit] ?? 500;
}

export function agreedEnvelope(data: unknown): Envelope {
  return { v: 1, ok: true, data: data ?? null, problems: [] };
}

export function refusedEnvelope(failure: Failure): Envelope {
  const { problems = [failure], data } = failure.details;
  return { v: 1, ok: false, data: data ?? null, problems: problems.map((one) => problemOf(one)) };
}

/** Any error as a failure. What is not expected says nothing of its inside. */
export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('internal.bug', 'something went wrong in the server; its own log says more');
}

/** An answer whose values may be such as JSON does not know: whole numbers of any size, and bytes. */
export function jsonOf(context: Context, envelope: Envelope): Response {
  const text = JSON.stringify(envelope, (_key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Map || value instanceof Set) return [...value];
    if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
    // A Buffer has made itself into an object already.
    return isBuffer(value) ? `\\x${Buffer.from(value.data).toString('hex')}` : value;
  });
  return context.body(text, 200, { 'Content-Type': 'application/json' });
}

function isBuffer(value: unknown): value is { readonly data: readonly number[] } {
  return (
    value !== null &&
    typeof value === 'object' &&
    'type' in value &&
    value.type === 'Buffer' &&
    'data' in value &&
    Array.isArray(value.data)
  );
}
