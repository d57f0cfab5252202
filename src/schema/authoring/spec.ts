import type { Deferrable, ReferentialAction } from '../model.ts';
import type { NamingPolicy } from './prefixed-names.ts';

/** `users` or `audit.users`; a part with a dot in it stands in double quotes. */
export type NameText = string;

/** A literal, or SQL in the engine's own words. `{ value }` is the literal also where the plain form would mean something else. */
export type DefaultSpec = null | boolean | number | bigint | string | { readonly sql: string } | { readonly value: ScalarSpec };
/** A literal. */
export type ScalarSpec = null | boolean | number | bigint | string;

/** A neutral type by its text, a type of the database, or one of a single engine in its own words: `{ native: { ENGINE: text } }`. */
export type TypeName = string | { readonly named: NameText } | { readonly native: Readonly<Record<string, string>> };

/** A type with what belongs to it; flattened into columns, domains and attributes. */
export interface TypeParts {
  /** A neutral word, with its length or precision behind it if wanted: `varchar(40)`, `decimal(10,2)`, `int[]`. */
  readonly type: TypeName;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly unsigned?: boolean;
  /** The values of an `enum`. */
  readonly values?: readonly string[];
  /** What an `array` holds. */
  readonly of?: TypeSpec;
  /** The very text that it is declared by, where the engine keeps that. */
  readonly declared?: string;
}
/** A type that stands alone, as the element of an array does. */
export type TypeSpec = TypeName | TypeParts;

/** How the engine counts a column up. */
export interface IdentitySpec {
  readonly always?: boolean;
  readonly start?: number | bigint;
  readonly increment?: number;
  readonly reuse?: boolean;
}
/** How a column is computed from others. */
export interface GeneratedSpec {
  readonly sql: string;
  /** Computed when written (the default) or when read. */
  readonly stored?: boolean;
}

/** A column, with the constraints that concern it alone. */
export interface ColumnSpec extends TypeParts {
  readonly name: string;
  /** Default: true, but false in a primary key and for a column that counts up. */
  readonly nullable?: boolean;
  readonly default?: DefaultSpec;
  readonly identity?: boolean | IdentitySpec;
  readonly generated?: string | GeneratedSpec;
  readonly collation?: string;
  readonly comment?: string;
  readonly extras?: Readonly<Record<string, string>>;
  readonly primaryKey?: boolean;
  /** `true`, or the name of the constraint. */
  readonly unique?: boolean | string;
  /** `users.id`, or the parts. */
  readonly references?: string | ColumnReferenceSpec;
  /** A condition in SQL. */
  readonly check?: string;
}

/** A name that is absent is given by the naming policy; `null` leaves it to the engine. */
export type ConstraintName = string | null;

/** What a foreign key has beside its columns. */
export interface ReferenceOptions {
  readonly name?: ConstraintName;
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  readonly match?: 'full';
  readonly deferrable?: Deferrable;
  readonly notValid?: boolean;
  readonly comment?: string;
}
/** A foreign key written at its column. */
export interface ColumnReferenceSpec extends ReferenceOptions {
  readonly table: NameText;
  readonly column: string;
}
/** A foreign key of any number of columns. */
export interface ForeignKeySpec extends ReferenceOptions {
  readonly columns: readonly string[];
  readonly references: { readonly table: NameText; readonly columns: readonly string[] };
}
/** A primary key with more than its columns. */
export interface PrimaryKeySpec {
  readonly name?: ConstraintName;
  readonly columns: readonly string[];
  readonly include?: readonly string[];
  readonly deferrable?: Deferrable;
  readonly extras?: Readonly<Record<string, string>>;
}
/** A unique constraint with more than its columns. */
export interface UniqueSpec extends PrimaryKeySpec {
  readonly nullsNotDistinct?: boolean;
  readonly comment?: string;
}
/** A check with more than its condition. */
export interface CheckSpec {
  readonly name?: ConstraintName;
  readonly sql: string;
  readonly noInherit?: boolean;
  readonly notValid?: boolean;
  readonly comment?: string;
}
/** An exclusion constraint (PostgreSQL). */
export interface ExcludeSpec {
  readonly name?: ConstraintName;
  readonly using: string;
  readonly elements: readonly { readonly sql: string; readonly operator: string }[];
  readonly where?: string;
  readonly deferrable?: Deferrable;
  readonly comment?: string;
}
/** The authored shape of each kind of constraint. */
export interface ConstraintSpecs {
  readonly primaryKey: readonly string[] | PrimaryKeySpec;
  readonly unique: readonly string[] | UniqueSpec;
  readonly foreignKey: ForeignKeySpec;
  readonly check: string | CheckSpec;
  readonly exclude: ExcludeSpec;
}

/** Exactly one of `column` and `sql` is given. */
export interface IndexPartSpec {
  readonly column?: string;
  readonly sql?: string;
  readonly order?: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly collation?: string;
  readonly operatorClass?: string;
  readonly length?: number;
}
/** An index; without a name the naming policy gives one. */
export interface IndexSpec {
  readonly name?: string;
  readonly columns: readonly (string | IndexPartSpec)[];
  readonly unique?: boolean;
  readonly method?: string;
  readonly include?: readonly string[];
  readonly where?: string;
  readonly nullsNotDistinct?: boolean;
  readonly comment?: string;
  readonly extras?: Readonly<Record<string, string>>;
}

/** A table with all that belongs to it. */
export interface TableSpec {
  readonly name: NameText;
  /** Which of the project's default columns the table has: all by default, none, or those named. */
  readonly defaultColumns?: false | readonly string[];
  readonly columns: readonly ColumnSpec[];
  readonly primaryKey?: ConstraintSpecs['primaryKey'];
  readonly unique?: readonly ConstraintSpecs['unique'][];
  readonly foreignKeys?: readonly ConstraintSpecs['foreignKey'][];
  readonly checks?: readonly ConstraintSpecs['check'][];
  readonly exclude?: readonly ConstraintSpecs['exclude'][];
  readonly indexes?: readonly IndexSpec[];
  readonly comment?: string;
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

/** What of a column is to be different; `null` takes the property away. The parts of a type belong to a `type` beside them. */
export interface ColumnSetSpec extends Partial<TypeParts> {
  readonly nullable?: boolean;
  readonly default?: DefaultSpec;
  readonly identity?: boolean | IdentitySpec | null;
  readonly generated?: string | GeneratedSpec | null;
  readonly collation?: string | null;
  readonly comment?: string | null;
  readonly extras?: Readonly<Record<string, string>> | null;
}

/** What a project says once for all its tables. */
export interface Conventions {
  /** How names are made that nobody gave; PostgreSQL's own style by default. */
  readonly naming?: NamingPolicy;
  /** Columns of every table that is created. */
  readonly defaultColumns?: readonly ColumnSpec[];
}
