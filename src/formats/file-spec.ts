import { type Change, type ChangeSpec, type MigrationSpec, writeChange } from '../schema/index.ts';

/** The way back as it is written: changes, or why there is none; without it `up` is inverted. */
export type WrittenDown = readonly Change[] | { readonly irreversible: string };

/** What stands in the file beside its changes. */
export interface WriteOptions {
  /** The conventions of the project do not count in the file. */
  readonly conventions?: false;
  /** `false`: each statement is committed by itself. */
  readonly transaction?: boolean | { readonly up: boolean; readonly down: boolean };
  /** What else belongs to the file; its name says it otherwise. */
  readonly version?: string;
  readonly order?: number;
  readonly requires?: readonly string[];
  readonly covers?: string;
  /** SQL that must give true afterwards. */
  readonly verify?: readonly string[];
}

/** A migration file as the grammar has it. */
export function fileSpec(
  changes: readonly Change[],
  down: WrittenDown | undefined,
  { verify, ...options }: WriteOptions = {},
): MigrationSpec {
  const up: readonly ChangeSpec[] = changes.map(writeChange);
  return {
    ...options,
    up,
    ...(down === undefined ? {} : { down: 'irreversible' in down ? down : down.map(writeChange) }),
    ...(verify === undefined ? {} : { verify }),
  };
}
