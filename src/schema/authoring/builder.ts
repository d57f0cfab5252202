import { count, Failure, together } from '../../base/index.ts';
import type { Change } from '../change.ts';
import { authoredKinds, readChange } from './read.ts';
import { objectWords } from './read-object.ts';
import type { ColumnSetSpec, ColumnSpec, Conventions, IndexSpec, TableSpec } from './spec.ts';
import type { AuthoredKind, ChangeSpecs, CommentSpec, FollowSpec, RowSpec, WhereSpec } from './spec-change.ts';
import type { ObjectNameSpec, ObjectSpecs, ObjectWord, WhichSpec } from './spec-object.ts';
import type { Path, Problem } from './spot.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What belongs to tables, rows and SQL. The shapes are those of YAML, with the names in front. */
interface TableBuilder {
  createTable(name: string, spec: Omit<TableSpec, 'name'>): void;
  dropTable(name: string): void;
  /** Names made from the old one follow, unless `names` is `keep`. */
  renameTable(from: string, to: string, options?: FollowSpec): void;
  /** `null` takes an option back to what the engine does by itself. */
  alterTable(table: string, options: ChangeSpecs['alterTable']['options']): void;
  addColumn(table: string, name: string, spec: Omit<ColumnSpec, 'name'> & { readonly after?: string }): void;
  dropColumn(table: string, name: string): void;
  /** Names made from the old one follow, unless `names` is `keep`. */
  renameColumn(table: string, from: string, to: string, options?: FollowSpec): void;
  /** `null` takes a property away; `using` is SQL that makes new values of old ones. */
  alterColumn(table: string, name: string, set: ColumnSetSpec & { readonly using?: string }): void;
  addConstraint(table: string, spec: Without<ChangeSpecs['addConstraint'], 'table'>): void;
  /** By its name, or by its kind and columns where it has none. */
  dropConstraint(table: string, which: string | Omit<ChangeSpecs['dropConstraint'], 'table'>): void;
  renameConstraint(table: string, from: string, to: string): void;
  validateConstraint(table: string, name: string): void;
  createIndex(table: string, spec: IndexSpec & { readonly concurrently?: boolean }): void;
  dropIndex(table: string, name: string, options?: { readonly concurrently?: boolean }): void;
  renameIndex(table: string, from: string, to: string): void;

  addEnumValue(type: string, value: string, options?: { readonly before?: string; readonly after?: string }): void;
  renameEnumValue(type: string, from: string, to: string): void;
  /** `null` takes the comment away. */
  setComment(on: Omit<CommentSpec, 'comment'>, comment: string | null): void;

  insert(into: string, rows: readonly RowSpec[]): void;
  /** `was` holds the values before and makes the change invertible. */
  update(table: string, spec: { readonly set: RowSpec; readonly where: WhereSpec; readonly was?: RowSpec; readonly keep?: boolean }): void;
  upsert(into: string, spec: { readonly key: readonly string[]; readonly rows: readonly RowSpec[]; readonly keep?: boolean }): void;
  /** `rows` holds the whole rows and makes the change invertible. */
  delete(from: string, spec: { readonly where: WhereSpec; readonly rows?: readonly RowSpec[]; readonly keep?: boolean }): void;
  /** SQL as a change: for every engine, or for each by its name, with a way back if wanted. */
  sql(spec: ChangeSpecs['sql']): void;
}

/** createView, replaceView, dropView, renameView, and so on for every kind of object. */
type ObjectBuilder = {
  readonly [W in ObjectWord as `create${W}` | `replace${W}`]: (name: string, spec: Omit<ObjectSpecs[W], 'name'>) => void;
} & { readonly [W in ObjectWord as `drop${W}`]: (name: string, which?: WhichSpec) => void } & {
  readonly [W in ObjectWord as `rename${W}`]: (name: string, to: string, which?: WhichSpec) => void;
};

/** What TypeScript migrations write changes with: one method for each kind of change. */
export interface SchemaBuilder extends TableBuilder, ObjectBuilder {}

/** How the arguments of each method make the spec of its kind; a kind without a method does not compile. */
type Shapes<K extends AuthoredKind> = { readonly [P in K]: (...args: Parameters<SchemaBuilder[P]>) => ChangeSpecs[P] };
type ObjectKinds = `${'create' | 'replace' | 'drop' | 'rename'}${ObjectWord}`;

const objectShapes = Object.fromEntries(
  Object.values(objectWords).flatMap((word) => [
    [`create${word}`, (name: string, spec: object) => ({ ...spec, name })],
    [`replace${word}`, (name: string, spec: object) => ({ ...spec, name })],
    [`drop${word}`, (name: string, which?: WhichSpec): ObjectNameSpec => ({ ...which, name })],
    [`rename${word}`, (name: string, to: string, which?: WhichSpec): ObjectNameSpec & { to: string } => ({ ...which, name, to })],
  ]),
) as unknown as Shapes<ObjectKinds>;

const renaming = (table: string, from: string, to: string): ChangeSpecs['renameIndex'] => ({ table, from, to });
const named = (table: string, name: string): ChangeSpecs['dropColumn'] => ({ table, name });

const shapes: Shapes<AuthoredKind> = {
  ...objectShapes,
  createTable: (name, spec) => ({ ...spec, name }),
  dropTable: (name) => name,
  renameTable: (from, to, options) => ({ ...options, from, to }),
  alterTable: (table, options) => ({ table, options }),
  addColumn: (table, name, spec) => ({ ...spec, table, name }),
  dropColumn: named,
  renameColumn: (table, from, to, options) => ({ ...options, table, from, to }),
  alterColumn: (table, name, { using, ...set }) => ({ table, name, set, ...(using === undefined ? {} : { using }) }),
  addConstraint: (table, spec) => ({ ...spec, table }),
  dropConstraint: (table, which) => (typeof which === 'string' ? { table, name: which } : { ...which, table }),
  renameConstraint: renaming,
  validateConstraint: named,
  createIndex: (table, spec) => ({ ...spec, table }),
  dropIndex: (table, name, options) => ({ ...options, table, name }),
  renameIndex: renaming,
  addEnumValue: (type, value, options) => ({ ...options, type, value }),
  renameEnumValue: (type, from, to) => ({ type, from, to }),
  setComment: (on, comment) => ({ ...on, comment }),
  insert: (into, rows) => ({ into, rows }),
  update: (table, spec) => ({ ...spec, table }),
  upsert: (into, spec) => ({ ...spec, into }),
  delete: (from, spec) => ({ ...spec, from }),
  sql: (spec) => spec,
};

/**
 * The object that TypeScript migrations call. Each call is read at once and handed on as changes; one that cannot be understood
 * throws a `Failure` with all that is wrong. With `engines`, scripts and native types for other engines are refused; the
 * conventions are those of the project.
 */
export function schemaBuilder(add: (change: Change) => void, engines?: readonly string[], conventions?: Conventions): SchemaBuilder {
  const methods = authoredKinds.map((kind) => {
    const shape = shapes[kind] as (...args: readonly unknown[]) => never;
    const method = (...args: readonly unknown[]): void => {
      const problems: Problem[] = [];
      const spot = {
        path: [],
        problems,
        ...(engines === undefined ? {} : { engines }),
        ...(conventions === undefined ? {} : { conventions }),
      };
      const changes = readChange(kind, shape(...args), spot);
      if (problems.length > 0) throw failure(kind, problems);
      for (const change of changes) add(change);
    };
    return [kind, method] as const;
  });
  return Object.fromEntries(methods) as unknown as SchemaBuilder;
}

function failure(kind: AuthoredKind, problems: readonly Problem[]): Failure {
  const failures = problems.map(
    ({ path, message }) =>
      new Failure('migration.invalid', `schema.${kind}: ${path.length === 0 ? '' : `${formatPath(path)}: `}${message}`),
  );
  return together(failures, (n) => `schema.${kind} was given ${count(n, 'thing')} that it does not understand`);
}

function formatPath(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}
