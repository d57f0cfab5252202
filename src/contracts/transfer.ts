import type { Dialect } from '../neutral/index.ts';
import type { Column, ColumnType, QualifiedName, RowValue, Sequence, Table } from '../schema/index.ts';
import type { Inquiry } from './inquiry.ts';

/** How the values of a column are read. */
export interface Reading {
  /** The expression to select. */
  readonly sql: string;
  /** The text of a value that is not null, where it is not given as that already; nothing for a value that the type does not have. */
  readonly text?: (value: unknown) => string | undefined;
  /** What equal values have in common, where their texts may differ (JSON). */
  readonly same?: (text: string) => string | undefined;
}

/** A column as it is written, and the neutral type that its texts are of; without one they are those of the same engine. */
export interface Written {
  readonly column: Column;
  readonly as: ColumnType | undefined;
}

export type TextRow = readonly (string | null)[];

/** Rows on their way into a table. `refused` is the number of a row with a value that the engine cannot hold. */
export type Batch =
  | { readonly kind: 'copy'; readonly sql: string; readonly data: string | Uint8Array }
  | { readonly kind: 'statement'; readonly sql: string }
  | { readonly kind: 'each'; readonly sql: string; readonly more: string; readonly rows: readonly (readonly unknown[])[] }
  | { readonly kind: 'refused'; readonly row: number; readonly why: string };

/** One statement for any number of rows, which follow it as text. */
export interface Flow {
  readonly sql: string;
  /** A query that gives a row where the table may be filled so. */
  readonly only?: string;
  /** The text of rows, whole lines of it. */
  text(rows: readonly TextRow[]): string;
}

/** How structure and rows of an engine go elsewhere and come in. */
export interface Transfer {
  readonly dialect: Dialect;
  /** Opens a transaction that sees the database as it is now, and has values written in a way that does not depend on settings. */
  readonly snapshot: readonly string[];
  /** Prepares a session that rows are written through: nothing is cut, no number is made up. */
  readonly writing: readonly string[];
  /** Takes that back: whatever is made behind the rows keeps the settings that it is made under. */
  readonly wrote: readonly string[];
  /** What a file begins with, so that the engine's own client takes its texts for what they are. */
  readonly opening: readonly string[];
  /** What a table's own rows are selected from. With `parts` those of its partitions are read with it. */
  from(table: Table, parts: boolean): string;
  /** Reads a column as texts of the neutral type, or as the engine's own where there is none. */
  read(column: Column, as: ColumnType | undefined): Reading;
  write(table: Table, columns: readonly Written[]): (rows: readonly TextRow[]) => Batch;
  /** A text that was read for the same engine, as a value that a change of rows holds and a migration writes. */
  value(column: Column, text: string): RowValue;
  /** How all rows go in at once; nothing where the engine has no such way, or would take a value of these columns for another than `write`. */
  flow?(table: Table, columns: readonly Written[]): Flow | undefined;
  /**
   * A query that counts a table in the engine: one row with `rows` and `checksum`, a whole number as text that depends on every value and
   * not on the order of the rows. Builds of the engine may reckon it differently. Absent where the engine has nothing to reckon with.
   */
  tally?(columns: readonly Column[], from: string): string;
  /** A query for the most bytes that a statement may have, as `most`, where the server has a bound and cuts the connection behind it. */
  readonly longest?: string;
  /** A text as it was read, as a literal to compare the column with; nothing where an order by it is not certain. */
  keyLiteral(column: Column, as: ColumnType | undefined, text: string): string | undefined;
  /** The next number that the column will be given, where the engine keeps one. */
  nextNumber(table: Table, column: Column): Inquiry<bigint | undefined>;
  /** Makes the next number of a column this one. */
  setNumber(table: Table, column: Column, next: bigint): readonly string[];
  /**
   * A statement that makes a column go on behind the highest number that is there, where rows that bring their own do not move it; it does
   * nothing for a column that does not count.
   */
  follow?(table: QualifiedName, column: string): string;
  /** A statement that makes a sequence go on where it stands now. */
  sequence(sequence: Sequence): Inquiry<string | undefined>;
  /** Foreign keys are made with their tables, and nothing checks them before the end. */
  readonly keysWithTables: boolean;
  /** Opaque objects, by their type, that must not be there while rows come in, beside triggers and views that hold rows. */
  isLater(type: string): boolean;
  /** Looks for rows without a parent, where the engine has not checked them: one row for each. */
  readonly orphans: string | undefined;
  /** Opaque objects, by their type, that have rows of their own, which are not copied. */
  holdsRows(type: string): boolean;
}
