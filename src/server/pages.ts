import type { Context, Hono } from 'hono';
import { Failure } from '../base/index.ts';
import type { Host } from '../commands/index.ts';
import { type Asker, forbidden, may } from '../team/index.ts';
import type { Access } from './access.ts';
import { agreedEnvelope } from './answer.ts';
import { pagePolicy, readAssets } from './assets.ts';
import { bodyOf } from './body.ts';
import type { Desk } from './desk/desk.ts';
import { streamLive } from './live.ts';
import { checkCsrf, cookieIn, cookieName, type Sessions, sessionMs } from './sessions.ts';
import type { Streams } from './streams.ts';

export interface PagesOptions {
  readonly host: Host;
  readonly desk: Desk;
  readonly access: Access;
  readonly sessions: Sessions;
  readonly streams: Streams;
  /** Who asks; refuses whoever may not ask at all. */
  readonly identified: (context: Context) => Promise<Asker>;
  readonly addressOf: (context: Context) => string;
  readonly secure: boolean;
}

/** What a browser needs beside the calls: a session in place of a key, the stream of everything, and the files of the web app. */
export async function addPages(app: Hono, options: PagesOptions): Promise<void> {
  addSessions(app, options);
  addLive(app, options);
  const assets = await readAssets();
  const page = assets.get('/');
  app.get('*', async (context, next) => {
    const { path } = context.req;
    const isPage =
      !/^\/(?:api|assets|update|healthz|openapi\.json)(?:\/|$)/.test(path) && (context.req.header('accept') ?? '').includes('text/html');
    const asset = assets.get(path) ?? (isPage ? page : undefined);
    if (asset === undefined) return next();
    context.header('Content-Type', asset.type);
    context.header('Content-Security-Policy', pagePolicy);
    context.header('Cross-Origin-Opener-Policy', 'same-origin');
    context.header('Cache-Control', asset.lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    return context.body(asset.body);
  });
}

function addSessions(app: Hono, { access, sessions, identified, addressOf, secure }: PagesOptions): void {
  const path = '/api/v1/session';
  const cookie = (value: string, seconds: number): string =>
    `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
  app.get(path, async (context) => {
    const session = await sessions.find(cookieIn(context.req.header('cookie')));
    const asker = session?.asker ?? (await identified(context));
    return context.json(agreedEnvelope({ user: asker.user, role: asker.role, csrf: session?.csrf ?? null }));
  });
  app.post(path, async (context) => {
    const { key } = await bodyOf(context);
    if (typeof key !== 'string') throw new Failure('team.bad-request', 'key: must be a text', { state: 'nothing was changed' });
    const secret = key.trim();
    const asker = await access.identify({ address: addressOf(context), authorization: `Bearer ${secret}` });
    if (asker.scopes !== undefined) {
      throw new Failure('team.forbidden', 'the key of a machine opens no session', { state: 'nothing was changed' });
    }
    const begun = sessions.begin(secret);
    context.header('Set-Cookie', cookie(begun.cookie, sessionMs / 1000));
    return context.json(agreedEnvelope({ user: asker.user, role: asker.role, csrf: begun.csrf }));
  });
  app.delete(path, async (context) => {
    const given = cookieIn(context.req.header('cookie'));
    const session = await sessions.find(given);
    if (session !== undefined) checkCsrf(context.req.header('x-lockstep-csrf'), session.csrf);
    sessions.end(given);
    context.header('Set-Cookie', cookie('', 0));
    return context.json(agreedEnvelope(null));
  });
}

function addLive(app: Hono, { host, desk, streams, identified }: PagesOptions): void {
  app.get('/api/v1/live', async (context) => {
    const asker = await identified(context);
    if (!may(asker, 'look')) throw forbidden(asker, 'look');
    const last = context.req.header('last-event-id');
    return streams.answer(context, (out) => streamLive({ team: host.team, desk, asker, last, ...out }));
  });
}
