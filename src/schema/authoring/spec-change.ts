import type { JsonValue } from '../../base/index.ts';
import type { MadeNames } from '../change.ts';
import type { ConstraintKind } from '../model.ts';
import type { ObjectKind } from '../names.ts';
import type { ColumnSetSpec, ColumnSpec, ConstraintSpecs, IndexSpec, NameText, ScalarSpec, TableSpec } from './spec.ts';
import type { ObjectNameSpec, ObjectSpecs, ObjectWord } from './spec-object.ts';

/** A plain list or mapping counts as JSON; `hex` is bytes, two digits each. */
export type RowValueSpec =
  | ScalarSpec
  | Uint8Array
  | { readonly sql: string }
  | { readonly json: JsonValue }
  | { readonly hex: string }
  | JsonValue;
/** Values by the names of their columns. */
export type RowSpec = Readonly<Record<string, RowValueSpec>>;
/** Equal to all of these values, or a condition in SQL. `{ equals }` is the former for a column named `sql` or `equals`. */
export type WhereSpec = RowSpec | { readonly sql: string } | { readonly equals: RowSpec };

/** What is commented, and the comment. */
export interface CommentSpec {
  readonly on: ObjectKind | 'column' | 'constraint' | 'index';
  /** The table of a column, constraint, index, trigger or policy. */
  readonly table?: NameText;
  readonly name: NameText;
  readonly arguments?: string;
  /** `null` takes the comment away. */
  readonly comment: string | null;
}

/** One SQL text for every engine, or one for each engine by name (`any` for all others). */
export type ScriptSpec = string | Readonly<Record<string, string>>;
/** SQL, with a way back if there is one. */
export type SqlSpec = ScriptSpec | { readonly up: ScriptSpec; readonly down?: ScriptSpec };

/** What in a table gets another name. */
export interface RenamingSpec {
  readonly table: NameText;
  readonly from: string;
  readonly to: string;
}
/** What becomes of names that were made from the old one: they follow by the project's naming policy unless it says otherwise. */
export interface FollowSpec {
  readonly names?: 'keep' | MadeNames;
}
/** What in a table is meant. */
export interface NamedInTableSpec {
  readonly table: NameText;
  readonly name: string;
}
type OneConstraint = { readonly [K in ConstraintKind]: { readonly [P in K]: ConstraintSpecs[P] } }[ConstraintKind];

/** What an author writes for changes of tables and what belongs to them. */
export interface TableChangeSpecs {
  readonly createTable: TableSpec;
  readonly dropTable: NameText | { readonly name: NameText };
  readonly renameTable: { readonly from: NameText; readonly to: NameText } & FollowSpec;
  readonly alterTable: { readonly table: NameText; readonly options: Readonly<Record<string, string | number | boolean | null>> };
  readonly addColumn: ColumnSpec & { readonly table: NameText; readonly after?: string };
  readonly dropColumn: NamedInTableSpec;
  readonly renameColumn: RenamingSpec & FollowSpec;
  readonly alterColumn: { readonly table: NameText; readonly name: string; readonly set: ColumnSetSpec; readonly using?: string };
  readonly addConstraint: { readonly table: NameText } & OneConstraint;
  readonly dropConstraint: {
    readonly table: NameText;
    readonly name?: string;
    readonly type?: ConstraintKind;
    readonly columns?: readonly string[];
    readonly sql?: string;
    readonly references?: NameText;
  };
  readonly renameConstraint: RenamingSpec;
  readonly validateConstraint: NamedInTableSpec;
  readonly createIndex: IndexSpec & { readonly table: NameText; readonly concurrently?: boolean };
  readonly dropIndex: NamedInTableSpec & { readonly concurrently?: boolean };
  readonly renameIndex: RenamingSpec;
}

/** What an author writes for changes of objects that stand for themselves. */
export type ObjectChangeSpecs = { readonly [W in ObjectWord as `create${W}` | `replace${W}`]: ObjectSpecs[W] } & {
  readonly [W in ObjectWord as `drop${W}`]: NameText | ObjectNameSpec;
} & { readonly [W in ObjectWord as `rename${W}`]: ObjectNameSpec & { readonly to: NameText } };

/** What an author writes for changes of enum values, comments, rows, and for SQL. */
export interface OtherChangeSpecs {
  readonly addEnumValue: { readonly type: NameText; readonly value: string; readonly before?: string; readonly after?: string };
  readonly renameEnumValue: { readonly type: NameText; readonly from: string; readonly to: string };
  readonly setComment: CommentSpec;
  readonly insert: { readonly into: NameText; readonly rows: readonly RowSpec[] };
  readonly update: {
    readonly table: NameText;
    readonly set: RowSpec;
    readonly where: WhereSpec;
    readonly was?: RowSpec;
    readonly keep?: boolean;
  };
  readonly upsert: { readonly into: NameText; readonly key: readonly string[]; readonly rows: readonly RowSpec[]; readonly keep?: boolean };
  readonly delete: { readonly from: NameText; readonly where: WhereSpec; readonly rows?: readonly RowSpec[]; readonly keep?: boolean };
  readonly sql: SqlSpec;
}

/** What an author writes for each kind of change. The same in every format and, shaped as methods, in the builder. */
export interface ChangeSpecs extends TableChangeSpecs, OtherChangeSpecs, ObjectChangeSpecs {}
/** The kinds of change by the names that authors use. */
export type AuthoredKind = keyof ChangeSpecs;
/** A mapping with one key, its kind. */
export type ChangeSpec = { readonly [K in AuthoredKind]: { readonly [P in K]: ChangeSpecs[P] } }[AuthoredKind];

/** A migration file. */
export interface MigrationSpec {
  readonly up?: readonly ChangeSpec[] | null;
  readonly down?: readonly ChangeSpec[] | 'auto' | { readonly irreversible: string } | null;
  readonly verify?: readonly string[] | null;
  readonly transaction?: boolean | { readonly up?: boolean; readonly down?: boolean };
  readonly version?: string | number | bigint;
  /** `false`: the conventions of the project do not count here, everything is written out. */
  readonly covers?: string | number | bigint;
  readonly conventions?: boolean;
  readonly order?: number;
  readonly requires?: readonly string[];
  readonly $schema?: string;
}
