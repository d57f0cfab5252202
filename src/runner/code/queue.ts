import { type Place, placeInStack } from '../../base/index.ts';
import type { Engine, SourcedChange } from '../../contracts/index.ts';
import type { Change } from '../../schema/index.ts';
import { literal } from './literal.ts';
import type { Parameters, QueryObject, QueryWriter, SqlFragment, SqlTag } from './migration.ts';
import { bindNames } from './parameters.ts';

/** Something that waits for its turn: a change, or a query that only its own code knows. */
export type QueueItem = SourcedChange | { readonly query: QueryObject; readonly at?: Place };

/** Structural calls and queries of a migration in the order in which they shall run. */
export interface ChangeQueue {
  add(change: Change): void;
  put(where: Turn, item: Waiting): void;
  /** What `take` would give, without forgetting it. */
  waiting(): readonly QueueItem[];
  /** Everything that waits, and forgets it; what was put off to the end only when it is the end. */
  take(end: boolean): readonly QueueItem[];
}

/** Before everything that waits, among it, or behind everything. */
export type Turn = 'before' | 'among' | 'after';

type Waiting = Pick<SourcedChange, 'change' | 'parameters'> | { readonly query: QueryObject };

/** A queue for the changes of one file; each keeps the place in it that it was called from. */
export function changeQueue(file: string | undefined): ChangeQueue {
  const lists: Record<Turn, QueueItem[]> = { before: [], among: [], after: [] };
  const put = (where: Turn, item: Waiting): void => {
    const at = file === undefined ? undefined : placeInStack(new Error(), { path: file });
    lists[where].push(at === undefined ? item : { ...item, at });
  };
  return {
    add: (change) => put('among', { change }),
    put,
    waiting: () => [...lists.before, ...lists.among],
    take: (end) => {
      const taken = [...lists.before, ...lists.among, ...(end ? lists.after : [])];
      lists.before = [];
      lists.among = [];
      if (end) lists.after = [];
      return taken;
    },
  };
}

/** The `sql` of a migration: texts and objects are queued, and `query` is sent by `send`. */
export function sqlTag(
  engine: Engine,
  queue: Pick<ChangeQueue, 'put'>,
  send: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): SqlTag {
  const text = (strings: TemplateStringsArray, values: readonly unknown[]): string =>
    strings.reduce((sql, piece, i) => sql + (i === 0 ? '' : literal(engine, values[i - 1])) + piece, '');
  const change = (sql: string): Change => ({ kind: 'sql', up: { any: sql } });
  const writer = (where: Turn): QueryWriter => {
    const write = (first: TemplateStringsArray | string | QueryObject, ...rest: readonly unknown[]): void => {
      if (typeof first === 'string') {
        const { sql, shown } = bindNames(engine, first, (rest[0] ?? {}) as Parameters);
        queue.put(where, { change: change(sql), ...(shown === undefined ? {} : { parameters: shown }) });
      } else if ('raw' in first) queue.put(where, { change: change(text(first, rest)) });
      else queue.put(where, { query: first });
    };
    return write;
  };
  const tag = (strings: TemplateStringsArray, ...values: readonly unknown[]): void =>
    queue.put('among', { change: change(text(strings, values)) });
  const more: { readonly [K in keyof SqlTag]: SqlTag[K] } = {
    add: writer('among'),
    before: writer('before'),
    after: writer('after'),
    query: async <R>(strings: TemplateStringsArray, ...values: readonly unknown[]) => (await send(text(strings, values))) as readonly R[],
    name: (...parts: readonly string[]): SqlFragment => ({
      fragment: parts
        .flatMap((part) => part.split('.'))
        .map((part) => engine.quote.identifier(part))
        .join('.'),
    }),
    raw: (fragment: string): SqlFragment => ({ fragment }),
  };
  // A function has a `name` that cannot be assigned to, only defined anew.
  return Object.defineProperties(tag, Object.getOwnPropertyDescriptors(more)) as SqlTag;
}
