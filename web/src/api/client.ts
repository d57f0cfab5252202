import type { Problem } from '../../../src/base/problem.ts';
import { deskCalls } from '../../../src/server/desk/calls.ts';
import type { DeskAnswers, DeskCallName, DeskGiven, DeskRun } from '../../../src/server/index.ts';
import { calls } from '../../../src/team/api/calls.ts';
import type { Answers, Call, CallName, Input, Recorded } from '../../../src/team/index.ts';

export type { DeskAnswers, DeskRun, Problem, Recorded };

/** Every call of the server, by name: what it takes and what it answers. */
export interface AllAnswers extends Omit<Answers, never>, DeskAnswers {}
export type Name = CallName | DeskCallName;
export type Given<N extends Name> = N extends DeskCallName ? DeskGiven<N> : N extends CallName ? Input<N> : never;
export type Answer<N extends Name> = N extends DeskCallName ? DeskAnswers[N] : N extends CallName ? Answers[N] : never;

/** What the server has refused, in the shape in which the command line tells it. */
export class Refused extends Error {
  readonly problems: readonly Problem[];
  readonly status: number;
  readonly data: unknown;
  constructor(status: number, problems: readonly Problem[], data: unknown) {
    super(problems[0]?.message ?? `the server answered ${status}`);
    this.problems = problems;
    this.status = status;
    this.data = data;
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

let token: string | null = null;

/** Keeps the token that goes with everything that changes something. */
export function keepToken(csrf: string | null): void {
  token = csrf;
}

const table: Readonly<Record<Name, Call>> = { ...calls, ...deskCalls };

/** Asks the server. Throws `Refused` with its reasons, or `Unreachable`. */
export function ask<N extends Name>(name: N, input: Given<N>): Promise<Answer<N>> {
  const { method, path } = table[name];
  return send(method, path, input as Readonly<Record<string, unknown>>) as Promise<Answer<N>>;
}

export async function send(method: string, path: string, input: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined && value !== ''));
  let target = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    const value = String(rest.get(part));
    rest.delete(part);
    return encodeURIComponent(value);
  });
  const hasBody = method === 'POST';
  if (!hasBody && rest.size > 0) target += `?${new URLSearchParams([...rest].map(([key, value]) => [key, String(value)]))}`;
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (hasBody) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && token !== null) headers['X-Lockstep-Csrf'] = token;
  let response: Response;
  try {
    response = await fetch(target, { method, headers, ...(hasBody ? { body: JSON.stringify(Object.fromEntries(rest)) } : {}) });
  } catch (error) {
    throw new Unreachable('the server does not answer', { cause: error });
  }
  const envelope = (await response.json().catch(() => undefined)) as
    | { readonly ok: boolean; readonly data: unknown; readonly problems: readonly Problem[] }
    | undefined;
  if (envelope === undefined) throw new Unreachable(`what answers is no server of Lockstep (HTTP ${response.status})`);
  if (!envelope.ok) throw new Refused(response.status, envelope.problems, envelope.data);
  return envelope.data;
}
