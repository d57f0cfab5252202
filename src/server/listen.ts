import { readFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Failure } from '../base/index.ts';
import { type CommonOptions, type Host, localUser } from '../commands/index.ts';
import { accessBy, isLoopback, isLoopbackName } from './access.ts';
import { makeApp } from './app.ts';

export interface ListenOptions {
  readonly host: Host;
  /** What the server was started with. */
  readonly commands: CommonOptions;
  readonly version: string;
  /** 0 for a free one. */
  readonly port: number;
  /** The address to listen on; 127.0.0.1 by default. Any other needs TLS, or a proxy that does it. */
  readonly address?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly behindProxy?: boolean;
  /** Names by which the server is called from outside. */
  readonly names?: readonly string[];
  readonly keysOnly: boolean;
  /** Answer `/update?action=update&email=…&auth-key=…` too. */
  readonly queryUpdate?: boolean;
  /** Requests of one key in a minute. */
  readonly perKey?: number;
  /** One line for every answer. */
  readonly log: (line: string) => void;
}

export interface Listening {
  readonly url: string;
  /** Takes no more requests, lets those that run end, and gives up on them after a while. */
  stop(): Promise<void>;
}

const graceMs = 10_000;
/** Whoever is slower than this with a request is let go of; Node looks for such ones every so often. */
const bounds = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 2_000 };

/** Listens. Refuses to be reached from other machines without encryption. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, version, port, address = '127.0.0.1', tls, behindProxy = false, names = [], keysOnly, perKey = 1200, log } = options;
  const isOpen = !isLoopback(address);
  if (isOpen && tls === undefined && !behindProxy) {
    throw new Failure('usage.invalid-value', `listening on ${address} needs TLS: keys would travel in the clear`, {
      state: 'nothing was started',
      fix: ['--tls-cert FILE --tls-key FILE', '--behind-proxy   where a proxy on this machine does it'],
    });
  }
  const [{ createAdaptorServer }, { getConnInfo }] = await Promise.all([import('@hono/node-server'), import('@hono/node-server/conninfo')]);
  const stopping = new AbortController();
  const named = new Set(names.map((name) => name.toLowerCase()));
  const app = await makeApp({
    host,
    commands: options.commands,
    version,
    secure: tls !== undefined || behindProxy,
    access: accessBy({
      host,
      keysOnly: keysOnly || isOpen || behindProxy,
      perKey,
      wrong: 20,
      localUser: localUser(options.commands),
      stopping: stopping.signal,
    }),
    isOwnName: (name) => isLoopbackName(name) || named.has(name.replace(/:\d+$/, '').toLowerCase()),
    // What others say of where they are is not believed; a proxy of one's own puts the true address last.
    addressOf: (context) => {
      const forwarded = behindProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
      return forwarded ?? getConnInfo(context).remote.address ?? '';
    },
    log: ({ method, path, status, user, ms }) =>
      log(`${new Date().toISOString()} ${method} ${shown(path)} ${status} ${user === undefined ? '-' : shown(user)} ${ms.toFixed(1)} ms`),
    unexpected: (error) =>
      log(`${new Date().toISOString()} unexpected: ${shown(error instanceof Error ? (error.stack ?? error.message) : String(error))}`),
    queryUpdate: options.queryUpdate === true,
    stopping: stopping.signal,
  });
  const secure = tls === undefined ? undefined : { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  const server = createAdaptorServer({
    fetch: app.fetch,
    ...(secure === undefined
      ? { createServer: createPlain, serverOptions: bounds }
      : { createServer: createSecure, serverOptions: { ...secure, ...bounds } }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Failure('usage.invalid-value', `port ${port} is in use already`, {
              state: 'nothing was started',
              fix: ['--port 0   a free one'],
            })
          : error,
      );
    });
    server.listen(port, address, resolve);
  });
  const bound = server.address() as AddressInfo;
  const shownHost = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    url: `http${tls === undefined ? '' : 's'}://${names[0] ?? shownHost}:${bound.port}`,
    stop: async () => {
      stopping.abort();
      await new Promise<void>((resolve) => {
        const impatient = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs);
        impatient.unref();
        // A connection whose stream has ended is idle from then on.
        const sweep = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 50);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(impatient);
          resolve();
        });
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      });
    },
  };
}

/** What stands in a log in one line, whatever was sent. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).slice(0, 2000);
}
