import type { Context } from 'hono';
import { Failure } from '../base/index.ts';

/** The largest body: a draft of a million characters, each at most three bytes, and its frame. */
const bodyBytes = 3_500_000;

/** The body of a request as an object; an empty one where there is none. Refuses what is no JSON object, and too much of anything. */
export async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  // A form of another page can send a body of the plain kinds without being asked; JSON it cannot.
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const text = await bodyText(context);
  if (text === '') return {};
  if (type !== 'application/json') throw new Failure('team.bad-request', 'the body must be JSON, and Content-Type say so');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Failure('team.bad-request', 'the body is no JSON');
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new Failure('team.bad-request', 'the body must be an object');
  return body as Record<string, unknown>;
}

const texts = new WeakMap<Request, Promise<string>>();

/** The body as text, read once and not beyond what is allowed, whatever its announced length. */
export function bodyText(context: Context): Promise<string> {
  const request = context.req.raw;
  const known = texts.get(request);
  if (known !== undefined) return known;
  const reading = (async () => {
    const length = Number(context.req.header('content-length') ?? 0);
    if (length > bodyBytes) throw new Failure('team.too-large', `the body is larger than ${bodyBytes} bytes`);
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of request.body ?? []) {
      size += part.length;
      if (size > bodyBytes) throw new Failure('team.too-large', `the body is larger than ${bodyBytes} bytes`);
      parts.push(part);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  })().catch((error: unknown) => {
    throw error instanceof TypeError ? new Failure('team.bad-request', 'the body is no UTF-8') : error;
  });
  texts.set(request, reading);
  return reading;
}
