import type { Key, Name, ObjectReference, QualifiedName } from './names.ts';
import { keyOf } from './names.ts';
import type { ColumnType, Default } from './types.ts';

/**
 * The structure of a database as plain data. `scope` says what is known: everything, or only the objects with these keys
 * (present or not); about any other object nothing can be said.
 */
export interface Schema {
  readonly objects: ReadonlyMap<Key, SchemaObject>;
  readonly scope: 'all' | ReadonlySet<Key>;
  /** What the engine says of the objects beside what they are; no part of the structure. */
  readonly facts?: Facts;
}

export interface Facts {
  /** For an object or a part of one, what must be there before it is made and cannot go while it is there. */
  readonly needs: ReadonlyMap<Key, readonly Key[]>;
  /** The columns that a view gives, each with its type as the engine writes it. */
  readonly shapes: ReadonlyMap<Key, readonly string[]>;
  /**
   * For a table that is a part or an heir of others, and for what it has from them (columns, constraints, indexes): the tables and parts
   * that it comes from. A change of those is a change of these.
   */
  readonly inherited?: ReadonlyMap<Key, readonly Key[]>;
  /** What is there and is no part of the structure as it was read, in a reader's words. */
  readonly unread?: readonly string[];
  /** Whom new objects will belong to, where that makes a difference. */
  readonly user?: string;
}

export type SchemaObject =
  | Table
  | View
  | Sequence
  | EnumType
  | Domain
  | CompositeType
  | Routine
  | Trigger
  | Policy
  | Extension
  | Namespace
  | Opaque;

export interface Table {
  readonly kind: 'table';
  readonly name: QualifiedName;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  readonly options: TableOptions;
  readonly comment?: string;
}

/** What only one engine has: `unlogged`, `strict`, `engine`, `collation`, `rowSecurity`, `partitionBy`, … by its own name. */
export type TableOptions = Readonly<Record<string, string | number | boolean>>;

export interface Column {
  readonly name: Name;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly default?: Default;
  readonly identity?: Identity;
  readonly generated?: Generated;
  readonly collation?: Name;
  readonly comment?: string;
  /** Clauses of one engine that have no neutral word, by name: `onUpdate`, `charset`, `invisible`, `storage`, … */
  readonly extras?: Readonly<Record<string, string>>;
}

/** A number that the engine counts up. `always` refuses values given by hand where the engine can. */
export interface Identity {
  readonly always?: true;
  readonly start?: number | bigint;
  readonly increment?: number;
  /** The number of a deleted last row may be given again (SQLite without AUTOINCREMENT). */
  readonly reuse?: true;
}

export interface Generated {
  readonly sql: string;
  readonly stored: boolean;
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
/** `immediate`: can be put off and is checked at once by default; `deferred`: is checked at commit by default. */
export type Deferrable = 'immediate' | 'deferred';

export type Constraint =
  | {
      readonly kind: 'primaryKey';
      readonly name?: Name;
      readonly columns: readonly Name[];
      readonly include?: readonly Name[];
      readonly deferrable?: Deferrable;
      readonly extras?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'unique';
      readonly name?: Name;
      readonly columns: readonly Name[];
      readonly include?: readonly Name[];
      readonly nullsNotDistinct?: true;
      readonly deferrable?: Deferrable;
      readonly comment?: string;
      readonly extras?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'foreignKey';
      readonly name?: Name;
      readonly columns: readonly Name[];
      readonly references: { readonly table: QualifiedName; readonly columns: readonly Name[] };
      readonly onDelete?: ReferentialAction;
      readonly onUpdate?: ReferentialAction;
      readonly match?: 'full';
      readonly deferrable?: Deferrable;
      readonly notValid?: true;
      readonly comment?: string;
    }
  | {
      readonly kind: 'check';
      readonly name?: Name;
      readonly sql: string;
      readonly noInherit?: true;
      readonly notValid?: true;
      readonly comment?: string;
    }
  | {
      readonly kind: 'exclude';
      readonly name?: Name;
      readonly using: string;
      readonly elements: readonly { readonly sql: string; readonly operator: string }[];
      readonly where?: string;
      readonly deferrable?: Deferrable;
      readonly comment?: string;
    };
export type ConstraintKind = Constraint['kind'];

export interface Index {
  readonly name: Name;
  readonly parts: readonly IndexPart[];
  readonly unique?: true;
  readonly method?: string;
  readonly include?: readonly Name[];
  readonly where?: string;
  readonly nullsNotDistinct?: true;
  readonly comment?: string;
  readonly extras?: Readonly<Record<string, string>>;
}

export interface IndexPart {
  /** Exactly one of the two is given. */
  readonly column?: Name;
  readonly sql?: string;
  readonly order?: 'desc';
  readonly nulls?: 'first' | 'last';
  readonly collation?: Name;
  readonly operatorClass?: string;
  /** How many characters or bytes of the column are indexed (MySQL). */
  readonly length?: number;
}

export interface View {
  readonly kind: 'view';
  readonly name: QualifiedName;
  readonly query: string;
  readonly materialized?: true;
  readonly columns?: readonly Name[];
  readonly indexes?: readonly Index[];
  /** `security_invoker`, `check_option`, `algorithm`, … by the engine's own name. */
  readonly options?: Readonly<Record<string, string>>;
  readonly comment?: string;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly name: QualifiedName;
  readonly bits?: 16 | 32 | 64;
  readonly start?: number | bigint;
  readonly increment?: number | bigint;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly cache?: number;
  readonly cycle?: true;
  /** A crash may set it back (PostgreSQL). */
  readonly unlogged?: true;
  readonly ownedBy?: { readonly table: QualifiedName; readonly column: Name };
  readonly comment?: string;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: QualifiedName;
  readonly values: readonly string[];
  readonly comment?: string;
}

export interface Domain {
  readonly kind: 'domain';
  readonly name: QualifiedName;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly default?: Default;
  readonly collation?: Name;
  readonly checks: readonly { readonly name: Name; readonly sql: string }[];
  readonly comment?: string;
}

export interface CompositeType {
  readonly kind: 'composite';
  readonly name: QualifiedName;
  readonly attributes: readonly { readonly name: Name; readonly type: ColumnType; readonly collation?: Name }[];
  readonly comment?: string;
}

/** A function or procedure. `definition` is its whole CREATE statement, which only the engine understands. */
export interface Routine {
  readonly kind: 'routine';
  readonly routine: 'function' | 'procedure';
  readonly name: QualifiedName;
  readonly arguments?: string;
  readonly definition: string;
  readonly comment?: string;
}

/** `definition` is the whole CREATE TRIGGER statement. */
export interface Trigger {
  readonly kind: 'trigger';
  readonly name: QualifiedName;
  readonly on: QualifiedName;
  readonly definition: string;
  readonly comment?: string;
}

/** Row security of PostgreSQL: https://www.postgresql.org/docs/current/sql-createpolicy.html */
export interface Policy {
  readonly kind: 'policy';
  readonly name: QualifiedName;
  readonly on: QualifiedName;
  readonly restrictive?: true;
  readonly command?: 'select' | 'insert' | 'update' | 'delete';
  readonly roles?: readonly Name[];
  readonly using?: string;
  readonly check?: string;
  readonly comment?: string;
}

export interface Extension {
  readonly kind: 'extension';
  readonly name: QualifiedName;
  readonly version?: string;
  readonly comment?: string;
}

export interface Namespace {
  readonly kind: 'namespace';
  readonly name: QualifiedName;
  readonly comment?: string;
}

/** What only the engine understands: created, ordered and dropped like anything else, never translated. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly type: string;
  readonly name: QualifiedName;
  readonly definition: string;
  readonly drop: string;
  readonly dependsOn?: readonly Key[];
  readonly comment?: string;
}

export const emptySchema: Schema = { objects: new Map(), scope: 'all' };
/** Nothing is known: the state after SQL or code that only the engine understands. */
export const unknownSchema: Schema = { objects: new Map(), scope: new Set() };

export function referenceTo(object: SchemaObject): ObjectReference {
  switch (object.kind) {
    case 'trigger':
    case 'policy':
      return { kind: object.kind, name: object.name, on: object.on };
    case 'routine':
      return object.arguments === undefined
        ? { kind: 'routine', name: object.name }
        : { kind: 'routine', name: object.name, arguments: object.arguments };
    default:
      return { kind: object.kind, name: object.name };
  }
}

export function schemaOf(objects: Iterable<SchemaObject>, scope: Schema['scope'] = 'all'): Schema {
  const map = new Map<Key, SchemaObject>();
  for (const object of objects) map.set(keyOf(referenceTo(object)), object);
  return { objects: map, scope };
}

/** Whether the schema can say for certain that the object does not exist. */
export function isAbsent(schema: Schema, key: Key): boolean {
  return !schema.objects.has(key) && (schema.scope === 'all' || schema.scope.has(key));
}

export function tableOf(schema: Schema, name: QualifiedName): Table | undefined {
  const found = schema.objects.get(keyOf({ kind: 'table', name }));
  return found?.kind === 'table' ? found : undefined;
}

export function tablesOf(schema: Schema): readonly Table[] {
  return [...schema.objects.values()].filter((object) => object.kind === 'table');
}
