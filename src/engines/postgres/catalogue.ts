import type { ResultRow, Server } from '../../contracts/index.ts';
import type { Name, QualifiedName } from '../../schema/index.ts';
import { text } from './quote.ts';

/** Lockstep's own tables, which are no part of any structure. */
export const ownTables: readonly Name[] = [
  'lockstep_history',
  'lockstep_log',
  'lockstep_lock',
  'lockstep_replicate',
  'lockstep_reference',
  'lockstep_kept',
];

/** The namespace of the guard, which is no part of any structure either. */
export const guardSchema: Name = 'lockstep_guard';

/** A condition for namespaces of the user: not the system's, not those of temporary tables, not Lockstep's own. */
export function ofUser(namespace: string): string {
  return `${namespace}.nspname NOT IN ('information_schema', ${text(guardSchema)}) AND left(${namespace}.nspname, 3) <> 'pg_'`;
}

/** A condition for event triggers that are not those of the guard. */
export function notOfGuard(trigger: string): string {
  return `left(${trigger}.evtname, ${guardSchema.length + 1}) <> ${text(`${guardSchema}_`)}`;
}

/** A condition for objects that no extension has made. `table` is the catalogue table of the object, `id` its number there. */
export function notOfExtension(table: string, id: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend ext
    WHERE ext.classid = 'pg_catalog.${table}'::regclass AND ext.objid = ${id} AND ext.deptype = 'e')`;
}

/** A condition for relations that are not Lockstep's own. */
export function notOwn(relation: string): string {
  return `${relation}.relname NOT IN (${ownTables.map(text).join(', ')})`;
}

/** An outer join that gives the comment of an object as `alias.description`. */
export function withComment(table: string, id: string, alias = 'said'): string {
  return `LEFT JOIN pg_catalog.pg_description ${alias}
  ON ${alias}.classoid = 'pg_catalog.${table}'::regclass AND ${alias}.objoid = ${id} AND ${alias}.objsubid = 0`;
}

/** Reads a column that is never null. */
export function str(row: ResultRow, column: string): string {
  return String(row[column]);
}

/** Reads a column that may be null. */
export function opt(row: ResultRow, column: string): string | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : String(value);
}

export function flag(row: ResultRow, column: string): boolean {
  return row[column] === true;
}

/** Reads an array of texts; null is an empty one. */
export function list(row: ResultRow, column: string): readonly string[] {
  const value = row[column];
  return Array.isArray(value) ? value.map(String) : [];
}

/** A name in the model: without its namespace where that is the connection's own. */
export function named(row: ResultRow, server: Server, schema = 'schema', name = 'name'): QualifiedName {
  const own = { name: str(row, name) };
  const namespace = opt(row, schema);
  return namespace === undefined || namespace === server.namespace ? own : { schema: namespace, ...own };
}

/** A whole number of the catalogue: a big integer only where a plain one would lose digits. */
export function whole(value: unknown): number | bigint {
  const exact = BigInt(String(value));
  return exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}

/** The properties that have a value: what is undefined is left out, so that equal data have equal keys. */
export function given<T extends object>(properties: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The rows by what a column of theirs says. */
export function groupBy(rows: readonly ResultRow[], column: string): ReadonlyMap<string, readonly ResultRow[]> {
  const groups = new Map<string, ResultRow[]>();
  for (const row of rows) {
    const group = groups.get(str(row, column));
    if (group === undefined) groups.set(str(row, column), [row]);
    else group.push(row);
  }
  return groups;
}
