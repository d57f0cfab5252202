import type { Place } from '../base/index.ts';
import type { Change } from '../schema/index.ts';
import type { Statement } from './statement.ts';

/** A change with the place it was written at. */
export interface SourcedChange {
  readonly change: Change;
  readonly at?: Place;
  /** Rows of the table that it renames or drops may have names, which go with it. */
  readonly carries?: true;
  /** Under what the rows that it changes are kept: the migration that it goes up with, and its number there. */
  readonly under?: { readonly migration: string; readonly number: number };
  /** Values that its author gave by name and that stand in it as literals, for people. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Names that it gives may stand for rows which are gone; these names are free. */
  readonly retakes?: true;
}

/** Statements of one transaction, or one statement outside any. */
export interface Group {
  readonly transactional: boolean;
  readonly statements: readonly Statement[];
}

/** How a migration that ran can be taken back. Only SQL is kept, never code. */
export type WayBack =
  | {
      readonly kind: 'statements';
      readonly statements: readonly string[];
      /** Rows were changed too, and nothing takes that back. */
      readonly structureOnly?: true;
      /** Rows that were changed are kept, and come back. */
      readonly kept?: true;
      /** Statements that cannot run in a transaction are among them, or the author wants none. */
      readonly transaction?: false;
    }
  /** A function of its file takes it back. */
  | { readonly kind: 'file' }
  | { readonly kind: 'none'; readonly why: string };
