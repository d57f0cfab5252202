import type { Server } from '../../../contracts/index.ts';
import { withComment } from '../catalogue.ts';
import { has } from '../flavours.ts';
import type { Scope } from './scope.ts';

/** Tables, views and materialised views. */
export function relationsQuery({ wanted }: Scope): string {
  return `${wanted}
SELECT c.oid::text AS id, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
  c.relpersistence = 'u' AS unlogged, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced, c.relreplident::text AS identity,
  c.reloptions::text[] AS storage, toast.reloptions::text[] AS toast, space.spcname::text AS tablespace, am.amname::text AS method,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by, pg_get_expr(c.relpartbound, c.oid) AS bound,
  (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
  (SELECT ic.relname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
    WHERE i.indrelid = c.oid AND i.indisreplident) AS identity_index,
  CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS of_type,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid, true) END AS query, c.relispopulated AS populated,
  said.description AS comment
FROM wanted JOIN pg_catalog.pg_class c ON c.oid = wanted.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_tablespace space ON space.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam AND am.amname <> 'heap'
${withComment('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`;
}

/** What `typeFromCatalogue` needs to know of the type of an attribute `a`; joins `t`, `e` and `tn`. */
const typeColumns = `format_type(a.atttypid, a.atttypmod) AS type, coalesce(e.oid, 0) <> 0 AS is_array,
  CASE WHEN coalesce(e.typtype, t.typtype) IN ('e', 'd', 'c') THEN tn.nspname::text END AS type_schema,
  CASE WHEN coalesce(e.typtype, t.typtype) IN ('e', 'd', 'c') THEN coalesce(e.typname, t.typname)::text END AS type_name`;
const typeJoins = `JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typlen = -1 AND t.typcategory = 'A'
JOIN pg_catalog.pg_namespace tn ON tn.oid = coalesce(e.typnamespace, t.typnamespace)
LEFT JOIN pg_catalog.pg_collation col ON col.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_namespace coln ON coln.oid = col.collnamespace`;

/** Columns of the tables, in their physical order. */
export function columnsQuery({ wanted }: Scope, server: Server): string {
  const compression = has(server, 'compression') ? 'a.attcompression::text' : 'NULL';
  return `${wanted}
SELECT a.attrelid::text AS relation, c.relname::text AS "table", a.attnum::int AS number, a.attname::text AS name, a.attnotnull AS required, ${typeColumns},
  coln.nspname::text AS collation_schema, col.collname::text AS collation, pg_get_expr(ad.adbin, ad.adrelid, true) AS expression,
  a.attidentity::text AS identity, a.attgenerated::text AS generated,
  CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage, ${compression} AS compression,
  CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END AS statistics, a.attoptions::text[] AS options,
  NOT a.attislocal AND NOT c.relispartition AS inherited, said.description AS comment
FROM wanted JOIN pg_catalog.pg_class c ON c.oid = wanted.oid AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
${typeJoins}
LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN pg_catalog.pg_description said
  ON said.classoid = 'pg_catalog.pg_class'::regclass AND said.objoid = a.attrelid AND said.objsubid = a.attnum
ORDER BY a.attrelid, a.attnum`;
}

/** Constraints of the tables; NOT NULL, which is an entry of its own since version 18, belongs to the columns. */
export function constraintsQuery({ wanted }: Scope, server: Server): string {
  const distinct = has(server, 'nullsNotDistinct') ? 'i.indnullsnotdistinct' : 'false';
  const setColumns = has(server, 'deleteSetColumns') ? 'co.confdelsetcols IS NOT NULL' : 'false';
  const period = has(server, 'temporalKeys') ? 'co.conperiod' : 'false';
  const enforced = has(server, 'notEnforced') ? 'co.conenforced' : 'true';
  return `${wanted}
SELECT co.conrelid::text AS relation, co.conname::text AS name, co.contype::text AS kind, co.conkey::int[]::text[] AS columns,
  fn.nspname::text AS target_schema, fc.relname::text AS target,
  (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(co.confkey) WITH ORDINALITY k(attnum, n)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = co.confrelid AND a.attnum = k.attnum) AS target_columns,
  co.confdeltype::text AS on_delete, co.confupdtype::text AS on_update, co.confmatchtype = 'f' AS match_full,
  co.condeferrable AS deferrable, co.condeferred AS deferred, co.convalidated AS valid, co.connoinherit AS no_inherit,
  pg_get_expr(co.conbin, co.conrelid, true) AS expression, pg_get_constraintdef(co.oid, true) AS definition,
  CASE WHEN co.contype IN ('p', 'u', 'x') THEN i.indkey::text END AS index_columns, coalesce(i.indnkeyatts, 0)::int AS key_columns,
  coalesce(${distinct}, false) AS nulls_not_distinct, coalesce(i.indisclustered, false) AS clustered,
  ic.reloptions::text[] AS storage, space.spcname::text AS tablespace, ${period} AS period, ${enforced} AS enforced,
  ${setColumns} AS set_columns, said.description AS comment
FROM wanted JOIN pg_catalog.pg_class rel ON rel.oid = wanted.oid
JOIN pg_catalog.pg_constraint co ON co.conrelid = wanted.oid AND co.contype IN ('p', 'u', 'f', 'c', 'x')
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = co.conindid AND co.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace space ON space.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_class fc ON fc.oid = co.confrelid
LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
${withComment('pg_constraint', 'co.oid')}
-- A foreign key to a partitioned table has a copy for each of its partitions.
WHERE (co.conparentid = 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint up WHERE up.oid = co.conparentid AND up.conrelid = co.conrelid))
  -- Heirs have the checks of their parents without being told; partitions must bring them along.
  AND (co.conislocal OR co.contype <> 'c' OR rel.relispartition)
ORDER BY co.conrelid, co.conname`;
}

/**
 * Indexes that no constraint stands for, one row for each of their parts. What is rarely there is looked up for each part instead of
 * being joined: with so many joins the server would spend more time on planning than on reading.
 */
export function indexesQuery({ wanted }: Scope, server: Server): string {
  const distinct = has(server, 'nullsNotDistinct') ? 'i.indnullsnotdistinct' : 'false';
  // An expression's own collation cannot be asked for, so one other than the default, which is number 100, is named.
  const collated = 'i.indcollation[ia.attnum - 1] NOT IN (0, coalesce(a.attcollation, 100))';
  const classed = 'NOT oc.opcdefault OR ia.attoptions IS NOT NULL';
  return `${wanted}
SELECT i.indexrelid::text AS id, i.indrelid::text AS relation, ic.relname::text AS name,
  (SELECT amname::text FROM pg_catalog.pg_am WHERE oid = ic.relam) AS method, i.indisunique AS "unique",
  i.indisvalid AS valid, i.indisclustered AS clustered, ${distinct} AS nulls_not_distinct, i.indnkeyatts::int AS key_columns,
  ic.reloptions::text[] AS storage, (SELECT spcname::text FROM pg_catalog.pg_tablespace WHERE oid = ic.reltablespace) AS tablespace,
  pg_get_expr(i.indpred, i.indrelid, true) AS predicate, (SELECT description FROM pg_catalog.pg_description
    WHERE classoid = 'pg_catalog.pg_class'::regclass AND objoid = i.indexrelid AND objsubid = 0) AS comment,
  ia.attnum::int AS n, a.attname::text AS "column",
  CASE WHEN i.indkey[ia.attnum - 1] = 0 THEN pg_get_indexdef(i.indexrelid, ia.attnum, true) END AS expression,
  i.indoption[ia.attnum - 1] & 1 = 1 AS descending, i.indoption[ia.attnum - 1] & 2 = 2 AS nulls_first,
  CASE WHEN ${classed} THEN (SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid = oc.opcnamespace) END AS class_schema,
  CASE WHEN ${classed} THEN oc.opcname::text END AS class, ia.attoptions::text[] AS class_options,
  CASE WHEN ${collated} THEN (SELECT coln.nspname::text FROM pg_catalog.pg_collation col JOIN pg_catalog.pg_namespace coln
    ON coln.oid = col.collnamespace WHERE col.oid = i.indcollation[ia.attnum - 1]) END AS collation_schema,
  CASE WHEN ${collated} THEN (SELECT collname::text FROM pg_catalog.pg_collation WHERE oid = i.indcollation[ia.attnum - 1]) END AS collation
FROM wanted JOIN pg_catalog.pg_index i ON i.indrelid = wanted.oid
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_attribute ia ON ia.attrelid = i.indexrelid
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[ia.attnum - 1] AND a.attnum <> 0
LEFT JOIN pg_catalog.pg_opclass oc ON ia.attnum <= i.indnkeyatts AND oc.oid = i.indclass[ia.attnum - 1]
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint co WHERE co.conindid = i.indexrelid AND co.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, ic.relname, ia.attnum`;
}

/** Attributes of composite types. */
export function attributesQuery(condition: string): string {
  return `SELECT c.oid::text AS relation, n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS attribute, ${typeColumns},
  coln.nspname::text AS collation_schema, col.collname::text AS collation, said.description AS comment
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (pg_catalog.pg_attribute a ${typeJoins}) ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
${withComment('pg_type', 'c.reltype')}
WHERE c.relkind = 'c' AND ${condition}
ORDER BY n.nspname, c.relname, a.attnum`;
}
