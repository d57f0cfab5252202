import { type Code, catalogue, Failure, type FailureDetails } from '../../base/index.ts';
import { type Answers, type Call, type CallName, type Checkout, calls, type Input } from '../../team/index.ts';
import type { TeamPlace } from './place.ts';

/** The way to a team: its server, or where there is none the same rules in this process, for one person. */
export interface Door {
  readonly kind: 'server' | 'local';
  /** Where it leads, for people. */
  readonly title: string;
  /** Who we are there. */
  readonly user: string;
  readonly place: TeamPlace;
  call<N extends CallName>(name: N, input: Input<N>): Promise<Answers[N]>;
  close(): Promise<void>;
}

/** Whether a check-out is that of whoever comes through the door: several people may work through one copy, that of a server. */
export function isOwn({ by, at }: Pick<Checkout, 'by' | 'at'>, { place, user }: Pick<Door, 'place' | 'user'>): boolean {
  return at.copy === place.copy && (user === '' || by === user);
}

export interface ServerAccess {
  readonly url: string;
  readonly key: string;
}

/** The way to a server over HTTP. */
export function remoteDoor(access: ServerAccess & { readonly user?: string }, place: TeamPlace): Door {
  return {
    kind: 'server',
    title: access.url,
    user: access.user ?? '',
    place,
    call: (name, input) => callServer(access, name, input as Readonly<Record<string, unknown>>),
    close: () => Promise.resolve(),
  };
}

const timeoutMs = 30_000;
/** An update takes as long as its migrations. */
const updateTimeoutMs = 24 * 3_600_000;
const tries = 4;

/** Sends a call, again where no answer came: every call can be repeated without doing harm. */
async function callServer<N extends CallName>(
  access: ServerAccess,
  name: N,
  input: Readonly<Record<string, unknown>>,
): Promise<Answers[N]> {
  const call: Call = calls[name];
  for (let tried = 1; ; tried++) {
    try {
      return await sent(access, name, call, input);
    } catch (error) {
      if (error instanceof Failure || tried === tries || name === 'update') throw unreachable(access, error);
      await new Promise((resolve) => setTimeout(resolve, 100 * 3 ** (tried - 1)));
    }
  }
}

async function sent<N extends CallName>(
  { url, key }: ServerAccess,
  name: N,
  { method, path }: Call,
  input: Readonly<Record<string, unknown>>,
): Promise<Answers[N]> {
  const rest = { ...input };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    const value = rest[part];
    delete rest[part];
    return encodeURIComponent(String(value));
  });
  const target = new URL(filled, url);
  if (method !== 'POST')
    for (const [part, value] of Object.entries(rest)) if (value !== undefined) target.searchParams.set(part, String(value));
  const response = await fetch(target, {
    method,
    // A key that follows a redirection is somebody else's.
    redirect: 'error',
    signal: AbortSignal.timeout(name === 'update' ? updateTimeoutMs : timeoutMs),
    headers: { Authorization: `Bearer ${key}`, ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}) },
    ...(method === 'POST' ? { body: JSON.stringify(rest) } : {}),
  });
  const text = await response.text();
  const answer = envelopeOf(text);
  if (answer === undefined)
    throw new Failure('team.unreachable', `what answers at ${url} is no server of Lockstep (HTTP ${response.status})`);
  if (answer.ok) return answer.data as Answers[N];
  throw failureOf(answer);
}

interface Envelope {
  readonly ok: boolean;
  readonly data: unknown;
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly state?: string;
    readonly fix?: readonly string[];
  }[];
}

function envelopeOf(text: string): Envelope | undefined {
  try {
    const answer = JSON.parse(text) as Partial<Envelope> & { readonly v?: unknown };
    return answer.v === 1 && typeof answer.ok === 'boolean' && Array.isArray(answer.problems) ? (answer as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

function failureOf({ problems: [first], data }: Envelope): Failure {
  if (first === undefined) return new Failure('team.unreachable', 'the server refused and did not say why');
  const details: FailureDetails = {
    ...(first.state === undefined ? {} : { state: first.state }),
    ...(first.fix === undefined ? {} : { fix: first.fix }),
    ...(data !== null && typeof data === 'object' ? { data: data as Readonly<Record<string, unknown>> } : {}),
  };
  const known = Object.hasOwn(catalogue, first.code);
  // A newer server may know codes that we do not.
  return known
    ? new Failure(first.code as Code, first.message, details)
    : new Failure('team.bad-request', `${first.code}: ${first.message}`, details);
}

function unreachable({ url }: ServerAccess, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || cause.name : String(cause);
  return new Failure('team.unreachable', `no server answers at ${url}: ${why}`, {
    state: 'whether it was heard is not known; asking again does no harm',
  });
}
