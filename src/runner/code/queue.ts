import { placeInStack } from '../../base/index.ts';
import type { Engine, SourcedChange } from '../../contracts/index.ts';
import type { Change } from '../../schema/index.ts';
import type { SqlFragment, SqlTag } from './migration.ts';

/** Structural calls of a migration in the order in which they shall run. */
export interface ChangeQueue {
  add(change: Change): void;
  /** Everything that waits, and forgets it; what was put off to the end only when it is the end. */
  take(end: boolean): readonly SourcedChange[];
}

/** A queue for the changes of one file; each keeps the place in it that it was called from. */
export function changeQueue(file: string | undefined): ChangeQueue & { addBefore(change: Change): void; addAfter(change: Change): void } {
  let first: SourcedChange[] = [];
  let waiting: SourcedChange[] = [];
  let last: SourcedChange[] = [];
  const placed = (change: Change): SourcedChange => {
    const at = file === undefined ? undefined : placeInStack(new Error(), { path: file });
    return at === undefined ? { change } : { change, at };
  };
  return {
    add: (change) => waiting.push(placed(change)),
    addBefore: (change) => first.push(placed(change)),
    addAfter: (change) => last.push(placed(change)),
    take: (end) => {
      const taken = [...first, ...waiting, ...(end ? last : [])];
      first = [];
      waiting = [];
      if (end) last = [];
      return taken;
    },
  };
}

/** The `sql` of a migration: texts are queued, and `query` is sent by `send`. */
export function sqlTag(
  engine: Engine,
  queue: ReturnType<typeof changeQueue>,
  send: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): SqlTag {
  const text = (strings: TemplateStringsArray, values: readonly unknown[]): string =>
    strings.reduce((sql, piece, i) => sql + (i === 0 ? '' : literal(engine, values[i - 1])) + piece, '');
  const change = (sql: string): Change => ({ kind: 'sql', up: { any: sql } });
  const tag = (strings: TemplateStringsArray, ...values: readonly unknown[]): void => queue.add(change(text(strings, values)));
  const more: { readonly [K in keyof SqlTag]: SqlTag[K] } = {
    before: (strings: TemplateStringsArray, ...values: readonly unknown[]): void => queue.addBefore(change(text(strings, values))),
    after: (strings: TemplateStringsArray, ...values: readonly unknown[]): void => queue.addAfter(change(text(strings, values))),
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

/** A value as SQL. */
export function literal(engine: Engine, value: unknown): string {
  if (typeof value === 'object' && value !== null && 'fragment' in value) return String(value.fragment);
  if (value instanceof Date) return engine.quote.literal(value.toISOString());
  if (Array.isArray(value)) return value.map((one) => literal(engine, one)).join(', ');
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) return engine.quote.literal({ json: value as never });
  return engine.quote.literal(value as never);
}
