import { type Name, parseName } from '../names.ts';
import { freeName, type Nameable } from './naming.ts';
import { type NamingPolicy, prefixedName } from './prefixed-names.ts';

/** The names that the naming policy gives, to tables and columns that need not be there. Each call stands for itself: no number is added. */
export interface Names {
  primaryKey(table: string, columns?: readonly string[]): Name;
  unique(table: string, columns: readonly string[]): Name;
  foreignKey(table: string, columns: readonly string[]): Name;
  check(table: string, column?: string): Name;
  index(table: string, columns: readonly string[]): Name;
  uniqueIndex(table: string, columns: readonly string[]): Name;
  /** With a prefix of one's own: `prefix_table_columns`, cut and hashed as the policy says; at most 63 characters without one. */
  of(prefix: string, table: string, columns: readonly string[]): Name;
}

/** What nothing is told of names may have at most: PostgreSQL's limit, the lowest of the engines. */
const longest = 63;

/** The names of a project; without a policy in PostgreSQL's own style. */
export function namesOf(policy?: NamingPolicy): Names {
  const name = (table: string, item: Nameable, columns: readonly Name[] = []): Name =>
    freeName({ table: parseName(table), columns, taken: new Set(), ...(policy === undefined ? {} : { policy }) }, item);
  const parts = (columns: readonly string[]): readonly { readonly column: Name }[] => columns.map((column) => ({ column }));
  return {
    primaryKey: (table, columns = []) => name(table, { kind: 'primaryKey', columns }),
    unique: (table, columns) => name(table, { kind: 'unique', columns }),
    foreignKey: (table, columns) => name(table, { kind: 'foreignKey', columns, references: { table: { name: '' }, columns: [] } }),
    check: (table, column) => name(table, { kind: 'check', sql: column ?? '' }, column === undefined ? [] : [column]),
    index: (table, columns) => name(table, { kind: 'index', parts: parts(columns) }),
    uniqueIndex: (table, columns) => name(table, { kind: 'index', unique: true, parts: parts(columns) }),
    of: (prefix, table, columns) => prefixedName({ prefix, table: parseName(table).name, columns }, policy?.max ?? longest, new Set()),
  };
}
