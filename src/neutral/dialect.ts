import type { Column, ColumnType, Schema, Table, TableOptions } from '../schema/index.ts';
import type { Speech } from './expression.ts';
import type { LossName } from './losses.ts';

/** A type in other words, and what is lost by it. */
export interface Mapped {
  readonly type: ColumnType;
  readonly losses?: readonly LossName[];
  /** The least and the greatest number that the column may hold, where the type alone would take more. */
  readonly range?: readonly [least: string, greatest?: string];
}

/** Where a column stands, as far as its type depends on it. */
export interface TypeUse {
  /** It belongs to a primary key, a unique key, or either end of a foreign key. */
  readonly inKey: boolean;
  readonly identity: boolean;
}

/** What an engine can hold; each `false` has a loss of its own. */
export interface Abilities {
  readonly comments: boolean;
  readonly partialIndexes: boolean;
  readonly include: boolean;
  readonly deferrable: 'all' | 'foreign keys' | 'none';
  readonly expressionIndexes: boolean;
  readonly matchFull: boolean;
  readonly setDefault: boolean;
  readonly nullsNotDistinct: boolean;
  /** A column that counts up must be the whole primary key, or begin some key, or may stand anywhere. */
  readonly identity: 'whole primary key' | 'first in a key' | 'anywhere';
  /** The names of indexes are names of the whole schema, not of a table. */
  readonly indexNamesOfSchema: boolean;
  /** The names of foreign keys are names of the whole schema. */
  readonly keyNamesOfSchema: boolean;
  /** Both ends of a foreign key must have one type. */
  readonly sameKeyTypes: boolean;
  /** A column that changes with the row that it points to may stand in a check. */
  readonly checksOfFollowers: boolean;
  /** An index on a text without a bound covers only its beginning. */
  readonly prefixLength?: number;
  /** An enum is a type with a name of its own. */
  readonly namedEnums: boolean;
  /** Names are at most so many bytes long. */
  readonly nameLength: number;
  /** Columns may be computed when they are read; all engines can keep them. */
  readonly virtual: boolean;
}

/** How an engine speaks of what every engine has: its own words in, neutral ones out, and back. Pure. */
export interface Dialect {
  readonly speech: Speech;
  readonly abilities: Abilities;
  /** A column's type in neutral words. Native and named types are neutral afterwards. */
  typeOut(column: Column, schema: Schema): Mapped;
  /** A neutral type in the engine's own words. */
  typeIn(type: ColumnType, use: TypeUse): Mapped;
  /** What tables are made with, so that they hold and compare any text as it is. */
  readonly tableOptions: TableOptions;
  /** What of a table's options says something that other engines cannot. */
  tableLosses(table: Table): readonly LossName[];
  /** What of a column's own clauses does. */
  columnLosses(column: Column): readonly LossName[];
  /** Kinds of indexes, by `method`, that are the usual one. */
  readonly plainMethods: readonly string[];
  /** A check that the engine keeps in a column's own clauses. */
  checkOf(column: Column): string | undefined;
  /** The present moment as the default of a column of the type. */
  nowFor(what: 'timestamp' | 'date', type: ColumnType): string;
  /** What an index of another method is called among the losses. */
  methodLoss(method: string): LossName;
  /** The table is a part of another one, whose rows are read with it. */
  isPart(table: Table): boolean;
}
