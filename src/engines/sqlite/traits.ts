import type { Effect, Lock, Risk, Traits } from '../../contracts/index.ts';
import { formatName, type Key, type QualifiedName } from '../../schema/index.ts';

/**
 * The locks of a whole database, SQLite has no finer ones (https://www.sqlite.org/lockingv3.html#locking). A writer holds RESERVED and
 * lets others read until it commits.
 */
export const locks = {
  none: { blocks: 'nothing', name: 'none' },
  reads: { blocks: 'nothing', name: 'SHARED' },
  writes: { blocks: 'writes', name: 'RESERVED' },
  everything: { blocks: 'everything', name: 'EXCLUSIVE' },
} as const satisfies Readonly<Record<string, Lock>>;

/** A statement that changes the catalogue, in a transaction like everything structural in SQLite. */
export function structure(given: Partial<Traits>): Traits {
  return {
    family: 'structure',
    transactional: true,
    lock: locks.writes,
    risks: [],
    effects: [],
    touches: [],
    afterCrash: 'probe',
    ...given,
  };
}

export function rows(given: Partial<Traits>): Traits {
  return structure({ family: 'rows', afterCrash: 'ask', ...given });
}

export function query(given: Partial<Traits> = {}): Traits {
  return structure({ family: 'query', lock: locks.reads, afterCrash: 'repeat', ...given });
}

export function session(given: Partial<Traits> = {}): Traits {
  return structure({ family: 'session', lock: locks.none, afterCrash: 'repeat', ...given });
}

/**
 * Stands among the touches of a statement that can leave a row without its parent: it changes rows, or takes away what they point to.
 * Other statements need no check of keys before COMMIT. A table named `*` stands for any.
 */
export function rowsOf(table: QualifiedName): Key {
  return `rows ${formatName(table)}`;
}

export function effect(sign: Effect['sign'], text: string, key?: string): Effect {
  return key === undefined ? { sign, text } : { sign, text, key };
}

export function mayFail(why: string): Risk {
  return { kind: 'mayFail', why };
}

export function rewrites(table: QualifiedName): Risk {
  return { kind: 'rewrites', table };
}
