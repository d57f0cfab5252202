import type { Kysely } from 'kysely';
import type { Extension } from '../../contracts/index.ts';
import type { Names, SchemaBuilder, TypeParts } from '../../schema/index.ts';

/** Tables of which nothing is said: what a migration knows is its own moment, not the application's latest types. */
// biome-ignore lint/suspicious/noExplicitAny: Kysely's own word for a database without types
export type AnyDatabase = any;

/** Functions that the configuration hands to migrations; projects extend it by declaration merging. */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be merged with
export interface Services {}

/** What the extensions of the configuration give, by their names; projects extend it by declaration merging. */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be merged with
export interface Extensions {}

/** Values for the names in a text: each `:name` outside of quotes and comments becomes a literal. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A query of a project's own kind. A plan shows what it says of itself and does not execute it. */
export interface QueryObject {
  /** One line or several, for people. */
  describe(): string | readonly string[];
  /** What `describe` leaves out; a plan shows each as `[name] = value`. */
  readonly parameters?: Parameters;
  /** Is given what the migration is given. What it queues runs before the next of the migration's own. */
  execute(context: MigrationContext): unknown;
}

/** How a query is given: as SQL with values in it, as a text with or without parameters, or as an object. */
export interface QueryWriter {
  (strings: TemplateStringsArray, ...values: readonly unknown[]): void;
  (text: string, parameters?: Parameters): void;
  (query: QueryObject): void;
}

/** A piece of SQL with values in it, which become literals. A value made by `sql.name` or `sql.raw` is put in as it is. */
export interface SqlTag {
  /** Runs in its turn among the structural changes. */
  (strings: TemplateStringsArray, ...values: readonly unknown[]): void;
  /** The same, for a text with parameters or an object. */
  readonly add: QueryWriter;
  /** Runs before everything else that has not run yet. */
  readonly before: QueryWriter;
  /** Runs after everything else. */
  readonly after: QueryWriter;
  /** Runs now and gives rows. */
  query<R = Record<string, unknown>>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<readonly R[]>;
  /** A quoted name: `users`, or `audit.users` in two parts. */
  name(...parts: readonly string[]): SqlFragment;
  raw(text: string): SqlFragment;
}

export interface SqlFragment {
  readonly fragment: string;
}

export interface BatchOptions {
  readonly table: string;
  /** A column with unique, ordered values; usually the primary key. */
  readonly key: string;
  /** Rows a batch; 1000 by default. */
  readonly size?: number;
  /** A condition in SQL that rows must meet. */
  readonly where?: string;
  /** A pause between batches, to leave room for others. */
  readonly pauseMs?: number;
}

/** The rows of one batch are those with `after < key <= upTo`. */
export interface Batch {
  readonly after: unknown;
  readonly upTo: unknown;
  readonly rows: number;
}

/** A table as it will be when what was asked for so far has run. */
export interface SeenTable {
  readonly name: string;
  readonly columns: readonly SeenColumn[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly string[];
  /** The names of the constraints that have one. */
  readonly constraints: readonly string[];
}

export interface SeenColumn extends TypeParts {
  readonly name: string;
  readonly nullable: boolean;
}

/** Looks at the structure as it will be when everything asked for so far has run. Nothing is run for it that would change anything. */
export interface SchemaReader {
  hasTable(table: string): Promise<boolean>;
  hasColumn(table: string, column: string): Promise<boolean>;
  hasIndex(table: string, index: string): Promise<boolean>;
  /** Nothing where there is no such table. */
  table(table: string): Promise<SeenTable | undefined>;
  /** The names of all tables, in order. */
  tables(): Promise<readonly string[]>;
}

/** Values that migrations of one run leave to those behind them. */
export type Shared = Pick<Map<string, unknown>, 'get' | 'set' | 'has' | 'delete'>;

/** What `up`, `down` and `verify` of a migration are given. */
export interface MigrationContext<DB = AnyDatabase> {
  /** Structural changes. They are queued, and run before the next query and at the end. */
  readonly schema: SchemaBuilder & SchemaReader;
  readonly sql: SqlTag;
  /** Kysely on the run's own connection, inside its transaction: https://kysely.dev */
  readonly db: Kysely<DB>;
  readonly services: Services;
  readonly ext: Extensions;
  /** The names that the naming policy of the project gives. */
  readonly names: Names;
  readonly shared: Shared;
  log(message: string): void;
  /**
   * A part that is committed on its own and remembered: when the migration is resumed it is not run again, and its result, which must
   * fit into JSON, is given back.
   */
  step<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  /** Goes through a table in batches, each committed and remembered, with progress. */
  batches(name: string, options: BatchOptions, work: (batch: Batch) => unknown): Promise<void>;
  readonly engine: { readonly name: string; readonly flavour: string; readonly version: readonly number[] };
}

export interface MigrationDefinition<DB = AnyDatabase> {
  readonly version?: string;
  readonly order?: number;
  readonly requires?: readonly string[];
  /** An installer: it builds its module from nothing, up to this version. */
  readonly covers?: string;
  /** `false`: statements run outside a transaction, each journalled. */
  readonly transaction?: boolean;
  up(context: MigrationContext<DB>): unknown;
  /** Absent: what was structural is inverted. `false`: there is no way back. */
  readonly down?: ((context: MigrationContext<DB>) => unknown) | false;
  /** Throws, or gives `false`, when the database is not as it should be. */
  verify?(context: MigrationContext<DB>): unknown;
}

/** Gives a migration its types; it is returned as it is. */
export function migration<DB = AnyDatabase>(definition: MigrationDefinition<DB>): MigrationDefinition<DB> {
  return definition;
}

/** An extension with the types of what it gives. */
export interface ExtensionDefinition<Given extends object> extends Extension {
  use(context: MigrationContext): Given;
}

/** Gives an extension its types; it is returned as it is. */
export function extension<Given extends object>(definition: ExtensionDefinition<Given>): ExtensionDefinition<Given> {
  return definition;
}
