import type { Server } from '../../../contracts/index.ts';
import type { QualifiedName } from '../../../schema/index.ts';
import { notOfExtension, notOwn, ofUser } from '../catalogue.ts';
import { fits, quote, text } from '../quote.ts';
import { resolved } from '../reader.ts';

/** What is to be read: the relations as a common table expression `wanted`, and whether the kinds beside tables belong to it. */
export interface Scope {
  /** Begins every query about relations. */
  readonly wanted: string;
  /** Only some tables are asked for, with what belongs to them. */
  readonly partial: boolean;
}

const kinds = "('r', 'p', 'v', 'm')";

/** Everything of the user's own namespaces. */
export const everything: Scope = {
  partial: false,
  wanted: `WITH wanted AS MATERIALIZED (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ${kinds} AND ${ofUser('n')} AND ${notOwn('c')} AND ${notOfExtension('pg_class', 'c.oid')})`,
};

/** Some tables, those whose foreign keys lead to them, and their partitions. */
export function someTables(tables: readonly QualifiedName[], server: Server): Scope {
  return {
    partial: true,
    wanted: `WITH asked AS (SELECT unnest(ARRAY[${tables.map((table) => oidOf(table, server)).join(', ')}]::oid[]) AS oid),
wanted AS MATERIALIZED (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ${kinds} AND (c.oid IN (SELECT oid FROM asked) OR (${ofUser('n')} AND ${notOwn('c')} AND (
    c.oid IN (SELECT co.conrelid FROM pg_catalog.pg_constraint co WHERE co.contype = 'f' AND co.confrelid IN (SELECT oid FROM asked))
    OR c.oid IN (SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent IN (SELECT oid FROM asked))))))`,
  };
}

/** The number of a relation by its name, or null. */
export function oidOf(name: QualifiedName, server: Server): string {
  // What has a name that is too long is refused where it is made, and can be told of there.
  if (![name.name, name.schema ?? ''].every(fits)) return 'NULL';
  return `to_regclass(${text(quote.name(resolved(name, server)))})`;
}
