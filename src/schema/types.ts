import type { JsonValue } from '../base/index.ts';
import type { Name, QualifiedName } from './names.ts';

/**
 * The type of a column: neutral where every engine can say it, native where only one can. `declared` is the very text that a column was
 * declared by, where an engine keeps it (SQLite) and it is another than the usual one: `NUMERIC(10,2)` for a decimal.
 */
export type ColumnType = TypeOfValues & { readonly declared?: string };

type TypeOfValues =
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64; readonly unsigned?: true }
  | { readonly kind: 'decimal'; readonly precision?: number; readonly scale?: number }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string'; readonly length?: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'char'; readonly length: number }
  | { readonly kind: 'binary'; readonly length?: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly precision?: number }
  | { readonly kind: 'timestamp'; readonly zone: boolean; readonly precision?: number }
  | { readonly kind: 'interval' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'json' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'array'; readonly of: ColumnType }
  | { readonly kind: 'named'; readonly type: QualifiedName }
  | { readonly kind: 'native'; readonly engine: string; readonly text: string };

/** What a column holds when nothing is given: a plain value, or SQL in the engine's own words. */
export type Default = { readonly value: null | boolean | number | bigint | string } | { readonly sql: string };

/** A row that a data step named: its table, and the name that it was given. */
export interface RowReference {
  readonly table: QualifiedName;
  readonly name: string;
}

/** A value in a row of a change: a scalar, SQL to be evaluated, JSON, or the primary key of a row that has a name. */
export type RowValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly sql: string }
  | { readonly json: JsonValue }
  | { readonly reference: RowReference };
export type Row = Readonly<Record<Name, RowValue>>;

/** Which rows: equal to all of these values (null means IS NULL), or a condition in SQL. */
export type Where = { readonly equals: Row } | { readonly sql: string };
