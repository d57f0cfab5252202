import type { Place } from '../base/index.ts';
import type { Key, Name, QualifiedName } from '../schema/index.ts';

/** The strongest lock that a statement takes: what others cannot do meanwhile, and the engine's own word for it. */
export interface Lock {
  readonly blocks: 'nothing' | 'structure' | 'writes' | 'everything';
  readonly name: string;
}

/**
 * What would be gone: a table, a column, rows (DELETE, TRUNCATE), or values that a narrower type cannot hold. A table named `*` stands
 * for those that the text does not name: all of its namespace, or any where it has none.
 */
export interface Loss {
  readonly what: 'table' | 'column' | 'rows' | 'values';
  readonly table: QualifiedName;
  readonly column?: Name;
  /** The rows of all tables whose foreign keys lead here go too (TRUNCATE … CASCADE). */
  readonly cascade?: true;
}

export type Risk =
  | { readonly kind: 'loses'; readonly loss: Loss }
  | { readonly kind: 'rewrites'; readonly table: QualifiedName }
  /** What a table keeps of its past takes on the new shape, so it no longer says what was there then. */
  | { readonly kind: 'rewritesHistory'; readonly table: QualifiedName }
  | { readonly kind: 'scans'; readonly table: QualifiedName }
  | { readonly kind: 'mayFail'; readonly why: string };

/** One line of a plan: what appears (`+`), is different (`~`) or goes (`-`). */
export interface Effect {
  readonly sign: '+' | '~' | '-';
  /** `table coupons`, `column users.name → full_name`. */
  readonly text: string;
  readonly key?: Key;
}

/** What is known of a statement without running it, whether it was rendered from a change or written by hand. */
export interface Traits {
  /** `structure` changes the catalogue, `rows` changes data, `query` reads, `session` only concerns the connection. */
  readonly family: 'structure' | 'rows' | 'query' | 'session';
  /** Whether it may run, and be undone, inside a transaction. */
  readonly transactional: boolean;
  readonly lock: Lock;
  readonly risks: readonly Risk[];
  readonly effects: readonly Effect[];
  /** The objects whose catalogue entries tell whether a structural statement has happened. */
  readonly touches: readonly Key[];
  /**
   * What to do with a statement outside a transaction that was under way when everything stopped: run it again because twice is as
   * good as once, look whether the objects it touches have changed, or ask a person.
   */
  readonly afterCrash: 'repeat' | 'probe' | 'ask';
}

/** What is sent, with everything a screen, a reviewer or the journal needs. */
export interface Statement extends Traits {
  readonly sql: string;
  readonly at?: Place;
  /** Values that its author gave by name and that stand in `sql` as literals, for people. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Belongs to the change of the statement before it, and to its transaction if both may be in one. */
  readonly joined?: true;
  /** Of a change of rows: its table, and how many rows it means now, as a number or as a query for `n`. */
  readonly affects?: { readonly table: QualifiedName; readonly rows: number | string };
  /** Reads or writes the books of data steps, whose tables must be there before it runs. */
  readonly books?: true;
  /** Rows that follow a `COPY … FROM stdin` in a script. */
  readonly copyData?: string;
}

/** What an engine cannot do, why, and what to do instead. A value, not an error: it reaches the reader before anything runs. */
export interface Unsupported {
  readonly unsupported: string;
  readonly instead: string;
}

export function unsupported(reason: string, instead: string): Unsupported {
  return { unsupported: reason, instead };
}
