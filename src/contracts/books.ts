import type { Column, QualifiedName, Schema, Where } from '../schema/index.ts';

/** The tables of data steps, quoted and qualified: the names of rows, and what rows were before. */
export interface Books {
  readonly names: string;
  readonly kept: string;
}

/** Rows of this table have so many values for what is kept: `c1`, `c2`, … */
export const keptColumns = 100;

/** The SQL of names of rows and of kept rows. Expressions in, expressions out; names are already quoted. */
export interface BookTexts {
  /** Creates the tables if they are missing; safe to send twice. */
  create(books: Books): readonly string[];
  /** Asks whether the names are there: rows if so. */
  exists(books: Books): string;
  /** A value of a column in the form that the books hold, exactly. */
  store(expression: string, column: Column | undefined): string;
  /** The opposite of `store`. */
  load(expression: string, column: Column | undefined): string;
  /** Whether a value of a column is the stored one, NULL like NULL. */
  same(expression: string, stored: string, column: Column | undefined): string;
  /** An expression that fails with a text, which is an expression too and must not be constant. */
  fail(text: string): string;
  /** Texts one behind the other. */
  concat(...expressions: readonly string[]): string;
  /** Which rows, without WHERE. */
  condition(table: QualifiedName, where: Where, before: Schema): string;
  /**
   * Runs an INSERT of one row and hands its primary key to another statement, which `into` makes of the key's expressions and of what
   * stands behind FROM; nothing where the engine cannot tell the key of such a row.
   */
  inserted(row: InsertedRow, into: (keys: readonly string[], from: string) => string): readonly string[] | undefined;
  /** Behind a SELECT: its rows stay as they are until the transaction ends. Empty where nobody else can write anyway. */
  readonly hold: string;
  /** Rows that come to be between two statements of a transaction are seen by the second. */
  readonly seesNewRows: boolean;
  /** Sets columns of a table (alias `t`) from another (alias `b`); all are expressions. */
  updateFrom(table: string, from: string, on: string, set: Readonly<Record<string, string>>): string;
  /** Stands behind the columns of an INSERT that gives values for identity columns. */
  readonly overriding: string;
  /** What must be set in the session before values of these columns are written back, and set again behind them. */
  exactly?(columns: readonly Column[]): readonly [before: string, after: string] | undefined;
}

/** A row that is being inserted. */
export interface InsertedRow {
  readonly insert: string;
  readonly table: string;
  readonly key: readonly Column[];
}
