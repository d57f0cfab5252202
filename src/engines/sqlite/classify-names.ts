import type { QualifiedName } from '../../schema/index.ts';
import { local } from './quote.ts';
import type { Reader } from './tokens.ts';

/** `name` or `schema.name`; `main` is left out because it is what names without a namespace mean. */
export function qualified(read: Reader): QualifiedName | undefined {
  const first = read.name();
  if (first === undefined || !read.accept('.')) return first === undefined ? undefined : { name: first };
  const second = read.name();
  return second === undefined ? undefined : local({ schema: first, name: second });
}
