import type { Context } from 'hono';
import { Failure } from '../base/index.ts';

/** What feeds a stream. */
export interface Out {
  readonly signal: AbortSignal;
  /** Sends a piece; resolves when it may be followed by the next. */
  readonly send: (text: string) => Promise<unknown>;
}

export interface Streams {
  /** Answers with server-sent events for as long as they are fed. Refuses when too many are open. */
  answer(context: Context, feed: (out: Out) => Promise<void>): Promise<Response>;
}

const streamsMost = 1000;

/** Streams that end when the listener goes, or the server stops. */
export function streamsUntil(stopping: AbortSignal): Streams {
  let open = 0;
  return {
    answer: async (context, feed) => {
      if (open >= streamsMost) throw new Failure('team.too-many', `${streamsMost} streams are open already`);
      const { stream } = await import('hono/streaming');
      open += 1;
      context.header('Content-Type', 'text/event-stream');
      context.header('Cache-Control', 'no-cache, no-transform');
      return stream(context, async (out) => {
        const ended = new AbortController();
        out.onAbort(() => ended.abort());
        try {
          await feed({ signal: AbortSignal.any([ended.signal, stopping]), send: (text) => out.write(text) });
        } finally {
          open -= 1;
        }
      });
    },
  };
}
