import type { Column, Constraint, ConstraintKind, Generated, Identity, Index, SchemaObject, Table } from './model.ts';
import type { Name, ObjectReference, QualifiedName } from './names.ts';
import type { ColumnType, Default, Row, RowReference, RowValue, Where } from './types.ts';

/** An object that stands for itself, beside tables: a view, a type, a routine, … */
export type StandaloneObject = Exclude<SchemaObject, Table>;

/** What of a column is to be different; `null` takes the property away, an absent property stays as it is. */
export interface ColumnChange {
  readonly type?: ColumnType;
  readonly nullable?: boolean;
  readonly default?: Default | null;
  readonly identity?: Identity | null;
  readonly generated?: Generated | null;
  readonly collation?: Name | null;
  readonly comment?: string | null;
  readonly extras?: Readonly<Record<string, string>> | null;
}

/** A script for every engine (`any`) or one for each engine by name. */
export type Script = Readonly<Record<string, string>>;

/** What a comment is set on. A column, constraint or index is named beside its table. */
export type CommentTarget =
  | ObjectReference
  | { readonly kind: 'column' | 'constraint' | 'index'; readonly table: QualifiedName; readonly name: Name };

/**
 * Names that were made from those of a table and its columns follow when these get others: PostgreSQL's own style (`plain`), or prefixed
 * ones of at most so many characters. Absent: every name stays.
 */
export type MadeNames = 'plain' | `prefixed:${number}`;

/** One thing that can happen to a database. The union is closed: an engine answers for every kind or does not compile. */
export type Change =
  | { readonly kind: 'createTable'; readonly table: Table }
  | { readonly kind: 'dropTable'; readonly table: QualifiedName }
  | { readonly kind: 'renameTable'; readonly from: QualifiedName; readonly to: QualifiedName; readonly names?: MadeNames }
  | {
      readonly kind: 'alterTable';
      readonly table: QualifiedName;
      /** `null` takes an option back to what the engine does by itself. */
      readonly options: Readonly<Record<string, string | number | boolean | null>>;
    }
  | { readonly kind: 'addColumn'; readonly table: QualifiedName; readonly column: Column; readonly after?: Name }
  | { readonly kind: 'dropColumn'; readonly table: QualifiedName; readonly name: Name }
  | { readonly kind: 'renameColumn'; readonly table: QualifiedName; readonly from: Name; readonly to: Name; readonly names?: MadeNames }
  | {
      readonly kind: 'alterColumn';
      readonly table: QualifiedName;
      readonly name: Name;
      readonly set: ColumnChange;
      /** How old values become new ones, where the engine cannot tell by itself. */
      readonly using?: string;
    }
  | { readonly kind: 'addConstraint'; readonly table: QualifiedName; readonly constraint: Constraint }
  | {
      readonly kind: 'dropConstraint';
      readonly table: QualifiedName;
      readonly name?: Name;
      /** Needed for a constraint without a name, helpful for the engines that drop each kind by another statement. */
      readonly type?: ConstraintKind;
      readonly columns?: readonly Name[];
      /** What a check without a name says. */
      readonly sql?: string;
      /** The table that a foreign key without a name points to. */
      readonly references?: QualifiedName;
    }
  | { readonly kind: 'renameConstraint'; readonly table: QualifiedName; readonly from: Name; readonly to: Name }
  | { readonly kind: 'validateConstraint'; readonly table: QualifiedName; readonly name: Name }
  | { readonly kind: 'createIndex'; readonly table: QualifiedName; readonly index: Index; readonly concurrently?: true }
  | { readonly kind: 'dropIndex'; readonly table: QualifiedName; readonly name: Name; readonly concurrently?: true }
  | { readonly kind: 'renameIndex'; readonly table: QualifiedName; readonly from: Name; readonly to: Name }
  | { readonly kind: 'createObject'; readonly object: StandaloneObject }
  | { readonly kind: 'replaceObject'; readonly object: StandaloneObject }
  | { readonly kind: 'dropObject'; readonly object: ObjectReference }
  | { readonly kind: 'renameObject'; readonly object: ObjectReference; readonly to: QualifiedName }
  | {
      readonly kind: 'addEnumValue';
      readonly type: QualifiedName;
      readonly value: string;
      readonly before?: string;
      readonly after?: string;
    }
  | { readonly kind: 'renameEnumValue'; readonly type: QualifiedName; readonly from: string; readonly to: string }
  | { readonly kind: 'setComment'; readonly on: CommentTarget; readonly comment: string | null }
  | {
      readonly kind: 'insertRows';
      readonly table: QualifiedName;
      readonly rows: readonly Row[];
      /** The name of each row, or null; absent where none has one. */
      readonly names?: RowNames;
    }
  | {
      readonly kind: 'updateRows';
      readonly table: QualifiedName;
      readonly set: Row;
      readonly where: Where;
      /** The values before, which make the change invertible. */
      readonly was?: Row;
      readonly keep?: false;
    }
  | {
      readonly kind: 'upsertRows';
      readonly table: QualifiedName;
      readonly key: readonly Name[];
      readonly rows: readonly Row[];
      readonly names?: RowNames;
      readonly keep?: false;
    }
  | {
      readonly kind: 'deleteRows';
      readonly table: QualifiedName;
      readonly where: Where;
      /** The whole rows, which make the change invertible. */
      readonly rows?: readonly Row[];
      readonly keep?: false;
    }
  | { readonly kind: 'sql'; readonly up: Script; readonly down?: Script };

/** Names beside rows: as many, null for a row without one. */
export type RowNames = readonly (string | null)[];
export type ChangeKind = Change['kind'];
export type Of<K extends ChangeKind> = Extract<Change, { readonly kind: K }>;

/** The tables, by name, that a change reads or writes: what must be known of the database before it can be rendered. */
export function tablesNamedBy(change: Change): readonly QualifiedName[] {
  switch (change.kind) {
    case 'createTable':
      return [change.table.name, ...change.table.constraints.flatMap(referencedTable)];
    case 'renameTable':
      return [change.from, change.to];
    case 'addConstraint':
      return [change.table, ...referencedTable(change.constraint)];
    case 'createObject':
    case 'replaceObject':
      return 'on' in change.object ? [change.object.on] : [];
    case 'dropObject':
    case 'renameObject':
      return change.object.on === undefined ? [] : [change.object.on];
    case 'setComment':
      return 'table' in change.on ? [change.on.table] : change.on.kind === 'table' ? [change.on.name] : [];
    case 'addEnumValue':
    case 'renameEnumValue':
    case 'sql':
      return [];
    case 'insertRows':
    case 'updateRows':
    case 'upsertRows':
    case 'deleteRows':
      return [change.table, ...referencesOf(change).map(({ table }) => table)];
    default:
      return [change.table];
  }
}

function referencedTable(constraint: Constraint): readonly QualifiedName[] {
  return constraint.kind === 'foreignKey' ? [constraint.references.table] : [];
}

/** The rows with names that a change asks for; most changes ask for none. */
export function referencesOf(change: Change): readonly RowReference[] {
  switch (change.kind) {
    case 'insertRows':
    case 'upsertRows':
      return change.rows.flatMap(referencesIn);
    case 'updateRows':
      return [...referencesIn(change.set), ...referencesInWhere(change.where)];
    case 'deleteRows':
      return referencesInWhere(change.where);
    default:
      return [];
  }
}

function referencesIn(row: Row): readonly RowReference[] {
  return Object.values(row).flatMap((value) => (isReference(value) ? [value.reference] : []));
}

function referencesInWhere(where: Where): readonly RowReference[] {
  return 'equals' in where ? referencesIn(where.equals) : [];
}

/** Whether a value stands for the key of a row with a name. */
export function isReference(value: RowValue): value is { readonly reference: RowReference } {
  return typeof value === 'object' && value !== null && 'reference' in value;
}
