import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Copy, TeamBench, TeamServer } from './team.ts';

/** An answer of a server. */
export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly code: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A server in a working copy, and the means to ask it anything. */
export interface Place {
  readonly copy: Copy;
  readonly server: TeamServer;
  readonly port: number;
  readonly adminKey: string;
  ask(
    path: string,
    how?: { readonly key?: string; readonly method?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Asked>;
  user(name: string, role: string): Promise<string>;
}

/** Starts one, which writes every answer down. */
export async function startPlace(bench: TeamBench, ...args: readonly string[]): Promise<Place> {
  const copy = await bench.copy(`staging${args.length}`);
  await copy.lockstep('up');
  const server = await bench.serve(copy, '--access-log', ...args);
  const adminKey = readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim();
  const ask: Place['ask'] = async (path, { key = adminKey, method, body, headers = {} } = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key === '' ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text.startsWith('{')
      ? (JSON.parse(text) as { readonly data: Asked['data']; readonly problems?: readonly { readonly code: string }[] })
      : undefined;
    return { status: response.status, headers: response.headers, text, code: answer?.problems?.[0]?.code, data: answer?.data ?? {} };
  };
  const user = async (name: string, role: string): Promise<string> =>
    String((await ask('/api/v1/users', { body: { user: name, role } })).data['key']);
  return { copy, server, port: Number(new URL(server.url).port), adminKey, ask, user };
}

/** Asks for the check-out of everything. */
export async function take({ ask }: Place, key: string, copy: string, more: object = {}): Promise<Asked> {
  const { data } = await ask('/api/v1/expected', { key });
  const body = {
    request: `take-${copy}`,
    scope: 'all',
    message: 'm',
    forMs: 3_600_000,
    copy,
    host: 'h',
    standing: { basis: data['basis'], behind: [], ahead: [] },
    ...more,
  };
  return ask('/api/v1/checkouts', { key, body });
}
