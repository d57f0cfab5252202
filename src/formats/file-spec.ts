import { type Change, type ChangeSpec, writeChange } from '../schema/index.ts';

/** The way back as it is written: changes, or why there is none; without it `up` is inverted. */
export type WrittenDown = readonly Change[] | { readonly irreversible: string };

/** What stands in the file beside its changes. */
export interface WriteOptions {
  /** The conventions of the project do not count in the file. */
  readonly conventions?: false;
  /** Each statement is committed by itself. */
  readonly transaction?: false;
}

/** A migration file as the grammar has it. */
export function fileSpec(changes: readonly Change[], down: WrittenDown | undefined, options: WriteOptions = {}): object {
  const up: readonly ChangeSpec[] = changes.map(writeChange);
  if (down === undefined) return { ...options, up };
  return { ...options, up, down: 'irreversible' in down ? down : down.map(writeChange) };
}
