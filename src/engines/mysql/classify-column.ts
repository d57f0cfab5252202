import type { Server } from '../../contracts/index.ts';
import { has } from './flavours.ts';
import type { LockName } from './traits.ts';
import type { Words } from './words.ts';

/** What of a column's definition decides how its table is changed. */
export interface ColumnWords {
  /** The type holds any text that a column held before. */
  readonly text: boolean;
  readonly unique: boolean;
  readonly counts: boolean;
  readonly generated: 'virtual' | 'stored' | undefined;
  /** FIRST or AFTER stands there. */
  readonly placed: boolean;
  /** A key, a check or a reference stands there. */
  readonly keyed: boolean;
}

/** Reads a definition behind the name of the column, up to the comma or parenthesis that ends it. */
export function columnDefinition(words: Words): ColumnWords {
  const seen = new Set<string>();
  const text = /^(TEXT|LONGTEXT|MEDIUMTEXT)$/.test(words.peek().word);
  while (!words.atEnd && words.peek().word !== ',' && words.peek().word !== ')') {
    seen.add(words.peek().word);
    words.skip();
  }
  const stored = seen.has('STORED') || seen.has('PERSISTENT');
  return {
    text,
    unique: seen.has('UNIQUE') || seen.has('PRIMARY'),
    counts: seen.has('AUTO_INCREMENT') || seen.has('SERIAL'),
    generated: stored ? 'stored' : seen.has('AS') ? 'virtual' : undefined,
    placed: seen.has('FIRST') || seen.has('AFTER'),
    keyed: seen.has('UNIQUE') || seen.has('PRIMARY') || seen.has('KEY') || seen.has('REFERENCES') || seen.has('CHECK'),
  };
}

/** How a column is added, and whether every row is written anew for it. */
export function addColumnLock(column: ColumnWords, server: Server): { readonly lock: LockName; readonly rewrites: boolean } {
  if (column.generated === 'stored' || column.keyed) return { lock: 'copy', rewrites: true };
  if (column.counts) return { lock: 'shared', rewrites: true };
  if (column.generated === 'virtual') return { lock: 'instant', rewrites: false };
  const instant = has(server, column.placed ? 'instantAddAnywhere' : 'instantAddLast');
  return instant ? { lock: 'instant', rewrites: false } : { lock: 'online', rewrites: true };
}
