import type { Key } from '../schema/index.ts';
import type { Part } from './parts.ts';

/** One part that differs: only `after` is made, only `before` is dropped, both are altered. */
export interface Edit {
  readonly key: Key;
  readonly before?: Part;
  readonly after?: Part;
  /** Both are there, but it is dropped and made anew: it cannot be altered, or stands in the way of something else. */
  readonly rebuilt?: true;
  /** Of a column: the type that is altered, and with it the type of the column. */
  readonly through?: Key;
  /** Of a column: its default is an edit of its own. */
  readonly defaultApart?: true;
}

export type Edits = ReadonlyMap<Key, Edit>;
