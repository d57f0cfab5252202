import type { Context, Hono } from 'hono';
import { Failure } from '../base/index.ts';
import type { CommonOptions, Host } from '../commands/index.ts';
import { type Asker, type Call, type CallName, calls, forbidden, loadInputs, may } from '../team/index.ts';
import { type Access, type Caller, isLoopbackName } from './access.ts';
import { agreedEnvelope, failureOf, jsonOf, refusedEnvelope, statusOf } from './answer.ts';
import { bodyOf } from './body.ts';
import { type DeskCallName, deskCalls } from './desk/calls.ts';
import { deskOf } from './desk/desk.ts';
import { streamEvents } from './events.ts';
import { openApi } from './openapi.ts';
import { addPages } from './pages.ts';
import { queryUpdate } from './query-update.ts';
import { checkCsrf, cookieIn, sessionsOf } from './sessions.ts';
import { streamsUntil } from './streams.ts';

export interface AppOptions {
  readonly host: Host;
  /** What the server was started with, for commands that are done in its own folder. */
  readonly commands: CommonOptions;
  readonly access: Access;
  readonly version: string;
  /** Browsers may send cookies over encrypted connections only. */
  readonly secure: boolean;
  /** The names by which the server may be called; of this machine by default. */
  readonly isOwnName?: (name: string) => boolean;
  /** Where a request comes from. */
  readonly addressOf: (context: Context) => string;
  /** Hears of every answer, for a log. */
  readonly log: (line: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly user: string | undefined;
    readonly ms: number;
  }) => void;
  /** Hears of errors that nobody expected. */
  readonly unexpected: (error: unknown) => void;
  /** Answer the update call of the Database Integration Manager too, whose keys stand in the address. */
  readonly queryUpdate: boolean;
  /** Aborted when the server stops: streams end then. */
  readonly stopping: AbortSignal;
}

/** The HTTP side: every call of the team and of the desk as a route, the streams, the web app, a document, and a sign of life. */
export async function makeApp(options: AppOptions): Promise<Hono> {
  const { host, access, version, addressOf, log, unexpected, stopping, isOwnName = isLoopbackName } = options;
  const [{ Hono }, { inputs, checkedInput }, { deskInputs, checkedDeskInput }] = await Promise.all([
    import('hono'),
    loadInputs(),
    import('./desk/inputs.ts'),
  ]);
  const app = new Hono();
  const users = new WeakMap<Request, string>();
  const streams = streamsUntil(stopping);
  const sessions = sessionsOf(host, Date.now);
  const desk = deskOf({ host, options: options.commands, version, isLocal: access.isLocal });

  app.use(async (context, next) => {
    const began = performance.now();
    await next();
    const { headers } = context.res;
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'no-referrer');
    headers.set('X-Frame-Options', 'DENY');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    log({
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      user: users.get(context.req.raw),
      ms: performance.now() - began,
    });
  });
  // A page of elsewhere that has its own name point to this machine sends that name with it.
  app.use(async (context, next) => {
    const { host: named, origin } = context.req.header();
    if (!isOwnName(named ?? '')) throw new Failure('team.bad-request', 'the server is not called by this name');
    if (origin !== undefined && !isSameOrigin(origin, named ?? ''))
      throw new Failure('team.bad-request', 'requests of other pages are not answered');
    await next();
  });
  app.onError((error, context) => {
    const failure = failureOf(error);
    if (failure !== error) unexpected(error);
    return context.json(refusedEnvelope(failure), statusOf(failure) as 400);
  });
  app.notFound((context) => {
    const failure = new Failure('team.unknown-call', 'there is no such call', { fix: ['GET /openapi.json lists all'] });
    return context.json(refusedEnvelope(failure), 404);
  });
  app.get('/healthz', (context) => context.json({ ok: true, version, now: new Date().toISOString() }));
  app.get('/openapi.json', (context) =>
    context.json(
      openApi(
        [
          { calls, inputs },
          { calls: deskCalls, inputs: deskInputs },
        ],
        version,
      ) as object,
    ),
  );

  const identified = async (context: Context): Promise<Asker> => {
    const session =
      context.req.header('authorization') === undefined ? await sessions.find(cookieIn(context.req.header('cookie'))) : undefined;
    if (session !== undefined) {
      if (context.req.method !== 'GET') checkCsrf(context.req.header('x-lockstep-csrf'), session.csrf);
      users.set(context.req.raw, session.asker.user);
      return session.asker;
    }
    const caller: Caller = { address: addressOf(context), authorization: context.req.header('authorization') };
    const asker = await access.identify(caller);
    users.set(context.req.raw, asker.user);
    return asker;
  };
  if (options.queryUpdate) app.on(['GET', 'POST'], '/update', (context) => queryUpdate(context, options));
  app.get('/api/v1/stream', async (context) => {
    const asker = await identified(context);
    if (!may(asker, 'look')) throw forbidden(asker, 'look');
    const after = Number(context.req.header('last-event-id') ?? context.req.query('after') ?? host.team.head());
    if (!Number.isSafeInteger(after) || after < 0) throw new Failure('team.bad-request', 'Last-Event-ID must be a number');
    return streams.answer(context, (out) => streamEvents({ team: host.team, asker, after, ...out }));
  });
  for (const [name, call] of Object.entries(calls) as [CallName, Call][]) {
    app.on(call.method, call.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (context) => {
      const asker = call.action === 'nobody' ? { user: 'nobody', role: 'viewer' as const } : await identified(context);
      if (call.action === 'nobody') access.slowDown(addressOf(context));
      else {
        const given = name === 'update' ? await environmentOf(context) : undefined;
        if (!may(asker, call.action, given)) throw forbidden(asker, call.action);
      }
      const input = checkedInput(name, await inputOf(context, call));
      const handler = host.service[name] as (asker: Asker, input: unknown) => Promise<unknown>;
      return context.json(agreedEnvelope(await handler(asker, input)));
    });
  }
  for (const [name, call] of Object.entries(deskCalls) as [DeskCallName, Call][]) {
    app.on(call.method, call.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (context) => {
      const asker = await identified(context);
      const given = name === 'run' ? await environmentOf(context, 'env') : undefined;
      if (call.action !== 'nobody' && !may(asker, call.action, given)) throw forbidden(asker, call.action);
      const input = checkedDeskInput(name, await inputOf(context, call));
      const handler = desk.handlers[name] as (asker: Asker, input: unknown) => Promise<unknown>;
      return jsonOf(context, agreedEnvelope(await handler(asker, input)));
    });
  }
  await addPages(app, { host, desk, access, sessions, streams, identified, addressOf, secure: options.secure });
  return app;
}

/** A body is read once; which environment an update is of decides on the right to it. */
async function environmentOf(context: Context, name = 'environment'): Promise<string | undefined> {
  const body = await bodyOf(context);
  const environment = body[name];
  return typeof environment === 'string' ? environment : undefined;
}

async function inputOf(context: Context, call: Call): Promise<Record<string, unknown>> {
  const given = call.method === 'POST' ? await bodyOf(context) : context.req.query();
  const inPath = context.req.param() as Record<string, string>;
  const twice = Object.keys(inPath).find((name) => Object.hasOwn(given, name));
  if (twice !== undefined) throw new Failure('team.bad-request', `"${twice}" stands in the path already`);
  return { ...given, ...inPath };
}

function isSameOrigin(origin: string, named: string): boolean {
  try {
    return new URL(origin).host === named;
  } catch {
    return false;
  }
}
