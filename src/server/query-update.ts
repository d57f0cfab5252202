import type { Context } from 'hono';
import { Failure } from '../base/index.ts';
import type { Host } from '../commands/index.ts';
import { may } from '../team/index.ts';
import type { Access } from './access.ts';
import { bodyText } from './body.ts';

/** What the call is answered by. */
export interface QueryUpdate {
  readonly host: Host;
  readonly access: Access;
  readonly addressOf: (context: Context) => string;
  readonly unexpected: (error: unknown) => void;
}

/**
 * The deploy call of the Database Integration Manager for Symphony CMS: `?action=update&email=…&auth-key=…`, answered by `1:update-success`
 * or `0:` and a reason, for hooks that know nothing else. The key stands in the address, where proxies and histories keep it.
 */
export async function queryUpdate(context: Context, { host, access, addressOf, unexpected }: QueryUpdate): Promise<Response> {
  const form = new URLSearchParams(context.req.method === 'POST' ? await bodyText(context) : '');
  const given = (name: string): string | undefined => context.req.query(name) ?? form.get(name) ?? undefined;
  if (given('action') !== 'update') return context.text('0:query-error', 400);
  try {
    const asker = await access.identify({ address: addressOf(context), authorization: `Bearer ${given('auth-key') ?? ''}` });
    if (asker.user !== given('email') || !may(asker, 'update')) return context.text('0:unauthed', 401);
    const { done } = await host.service.update(asker, {});
    return done.length === 0 ? context.text('0:no-update-available') : context.text('1:update-success');
  } catch (error) {
    if (error instanceof Failure && error.code === 'team.unauthorised') return context.text('0:unauthed', 401);
    if (!(error instanceof Failure)) unexpected(error);
    return context.text('0:internal-error', 500);
  }
}
