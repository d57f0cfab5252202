import type { Server } from '../../../contracts/index.ts';
import { notOfExtension, notOfGuard, ofUser, withComment } from '../catalogue.ts';
import { has } from '../flavours.ts';
import type { Scope } from './scope.ts';

/** Sequences: those that stand alone, and those that a column owns. */
export function sequencesQuery({ wanted, partial }: Scope): string {
  return `${wanted}
SELECT s.oid::text AS id, n.nspname::text AS schema, s.relname::text AS name, s.oid::regclass::text AS shown,
  format_type(q.seqtypid, NULL) AS type, q.seqstart::text AS start, q.seqincrement::text AS increment, q.seqmin::text AS minimum,
  q.seqmax::text AS maximum, q.seqcache::text AS cache, q.seqcycle AS cycle, s.relpersistence = 'u' AS unlogged,
  d.refobjid::text AS owner, d.refobjsubid::int AS owner_column, d.deptype = 'i' AS internal, said.description AS comment
FROM pg_catalog.pg_sequence q JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
${withComment('pg_class', 's.oid')}
WHERE d.refobjid IN (SELECT oid FROM wanted)${
    partial ? '' : ` OR (d.refobjid IS NULL AND ${ofUser('n')} AND s.relpersistence <> 't' AND ${notOfExtension('pg_class', 's.oid')})`
  }
ORDER BY n.nspname, s.relname`;
}

/** Triggers that somebody made, with whether they fire. */
export function triggersQuery({ wanted }: Scope, server: Server): string {
  const own = has(server, 'triggerParents') ? 'AND t.tgparentid = 0' : '';
  return `${wanted}
SELECT t.tgrelid::text AS relation, t.tgname::text AS name, pg_get_triggerdef(t.oid, true) AS definition, t.tgenabled::text AS enabled,
  said.description AS comment
FROM wanted JOIN pg_catalog.pg_trigger t ON t.tgrelid = wanted.oid AND NOT t.tgisinternal ${own}
${withComment('pg_trigger', 't.oid')}
ORDER BY t.tgrelid, t.tgname`;
}

export function policiesQuery({ wanted }: Scope): string {
  return `${wanted}
SELECT p.polrelid::text AS relation, p.polname::text AS name, p.polpermissive AS permissive, p.polcmd::text AS command,
  (SELECT array_agg(CASE WHEN r.oid IS NULL THEN 'public' ELSE r.rolname::text END ORDER BY k.n) FROM unnest(p.polroles) WITH ORDINALITY k(oid, n)
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = k.oid) AS roles,
  pg_get_expr(p.polqual, p.polrelid, true) AS using, pg_get_expr(p.polwithcheck, p.polrelid, true) AS "check", said.description AS comment
FROM wanted JOIN pg_catalog.pg_policy p ON p.polrelid = wanted.oid
${withComment('pg_policy', 'p.oid')}
ORDER BY p.polrelid, p.polname`;
}

export function rulesQuery({ wanted }: Scope): string {
  return `${wanted}
SELECT r.ev_class::text AS relation, r.rulename::text AS name, pg_get_ruledef(r.oid, true) AS definition, r.ev_enabled::text AS enabled,
  said.description AS comment
FROM wanted JOIN pg_catalog.pg_rewrite r ON r.ev_class = wanted.oid AND r.rulename <> '_RETURN'
${withComment('pg_rewrite', 'r.oid')}
ORDER BY r.ev_class, r.rulename`;
}

/** Enums, domains and range types. */
export function typesQuery(): string {
  return `SELECT n.nspname::text AS schema, t.typname::text AS name, t.typtype::text AS kind,
  (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS labels,
  format_type(t.typbasetype, t.typtypmod) AS base, coalesce(be.oid, 0) <> 0 AS is_array,
  CASE WHEN coalesce(be.typtype, b.typtype) IN ('e', 'd', 'c') THEN bn.nspname::text END AS type_schema,
  CASE WHEN coalesce(be.typtype, b.typtype) IN ('e', 'd', 'c') THEN coalesce(be.typname, b.typname)::text END AS type_name,
  t.typnotnull AS required, pg_get_expr(t.typdefaultbin, 0, true) AS expression,
  coln.nspname::text AS collation_schema, col.collname::text AS collation,
  (SELECT array_agg(co.conname::text ORDER BY co.conname) FROM pg_catalog.pg_constraint co WHERE co.contypid = t.oid AND co.contype = 'c') AS check_names,
  (SELECT array_agg(pg_get_expr(co.conbin, 0, true) ORDER BY co.conname) FROM pg_catalog.pg_constraint co
    WHERE co.contypid = t.oid AND co.contype = 'c') AS checks,
  format_type(r.rngsubtype, NULL) AS subtype, NULLIF(r.rngcanonical::oid, 0)::regproc::text AS canonical,
  NULLIF(r.rngsubdiff::oid, 0)::regproc::text AS difference, CASE WHEN NOT rc.opcdefault THEN rc.opcname::text END AS class,
  CASE WHEN r.rngcollation <> rs.typcollation THEN (SELECT format('%I.%I', gn.nspname, g.collname) FROM pg_catalog.pg_collation g
    JOIN pg_catalog.pg_namespace gn ON gn.oid = g.collnamespace WHERE g.oid = r.rngcollation) END AS range_collation, said.description AS comment
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_type be ON be.oid = b.typelem AND b.typlen = -1 AND b.typcategory = 'A'
LEFT JOIN pg_catalog.pg_namespace bn ON bn.oid = coalesce(be.typnamespace, b.typnamespace)
LEFT JOIN pg_catalog.pg_collation col ON col.oid = t.typcollation AND t.typtype = 'd' AND t.typcollation <> b.typcollation
LEFT JOIN pg_catalog.pg_namespace coln ON coln.oid = col.collnamespace
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_type rs ON rs.oid = r.rngsubtype
LEFT JOIN pg_catalog.pg_opclass rc ON rc.oid = r.rngsubopc
${withComment('pg_type', 't.oid')}
WHERE t.typtype IN ('e', 'd', 'r') AND ${ofUser('n')} AND ${notOfExtension('pg_type', 't.oid')}
ORDER BY n.nspname, t.typname`;
}

/** Functions, procedures and aggregates. */
export function routinesQuery(): string {
  return `SELECT n.nspname::text AS schema, p.proname::text AS name, p.prokind::text AS kind, oidvectortypes(p.proargtypes) AS arguments,
  CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition,
  CASE WHEN p.prokind = 'a' THEN pg_get_function_arguments(p.oid) END AS aggregate_arguments,
  CASE WHEN p.prokind = 'a' THEN concat_ws(', ', 'SFUNC = ' || g.aggtransfn::regproc, 'STYPE = ' || format_type(g.aggtranstype, NULL),
    'SSPACE = ' || NULLIF(g.aggtransspace, 0), 'FINALFUNC = ' || NULLIF(g.aggfinalfn::oid, 0)::regproc, CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
    'FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify WHEN 's' THEN 'SHAREABLE' WHEN 'w' THEN 'READ_WRITE' END,
    'COMBINEFUNC = ' || NULLIF(g.aggcombinefn::oid, 0)::regproc, 'SERIALFUNC = ' || NULLIF(g.aggserialfn::oid, 0)::regproc,
    'DESERIALFUNC = ' || NULLIF(g.aggdeserialfn::oid, 0)::regproc, 'INITCOND = ' || quote_literal(g.agginitval),
    'MSFUNC = ' || NULLIF(g.aggmtransfn::oid, 0)::regproc, 'MINVFUNC = ' || NULLIF(g.aggminvtransfn::oid, 0)::regproc,
    'MSTYPE = ' || CASE WHEN g.aggmtranstype <> 0 THEN format_type(g.aggmtranstype, NULL) END, 'MSSPACE = ' || NULLIF(g.aggmtransspace, 0),
    'MFINALFUNC = ' || NULLIF(g.aggmfinalfn::oid, 0)::regproc, CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
    'MFINALFUNC_MODIFY = ' || CASE WHEN g.aggmtransfn::oid <> 0 THEN CASE g.aggmfinalmodify WHEN 's' THEN 'SHAREABLE' WHEN 'w' THEN 'READ_WRITE' END END,
    'MINITCOND = ' || quote_literal(g.aggminitval), 'SORTOP = ' || NULLIF(g.aggsortop, 0)::regoperator,
    'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END, CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END
  ) END AS aggregate, said.description AS comment
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
${withComment('pg_proc', 'p.oid')}
WHERE ${ofUser('n')} AND ${notOfExtension('pg_proc', 'p.oid')}
  -- Range types make their constructors themselves.
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend own WHERE own.classid = 'pg_catalog.pg_proc'::regclass AND own.objid = p.oid AND own.deptype = 'i')
ORDER BY n.nspname, p.proname, 4`;
}

/** What stands in no table's or type's shadow: namespaces, extensions, event triggers, extended statistics, collations. */
export function restQuery(server: Server): string {
  const columns = (order: string): string =>
    `(SELECT ' ON ' || string_agg(quote_ident(a.attname), ', ' ORDER BY ${order}) FROM unnest(s.stxkeys) k
      JOIN pg_catalog.pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k)`;
  // Columns stand in the order of the table there, which is no part of the structure.
  const statistics = `coalesce(replace(pg_get_statisticsobjdef(s.oid), ${columns('a.attnum')}, ${columns('a.attname')}), pg_get_statisticsobjdef(s.oid))`;
  const locale = has(server, 'collationLocale') ? 'c.colllocale' : has(server, 'icuLocale') ? 'c.colliculocale' : 'NULL::text';
  return `SELECT 'namespace' AS kind, NULL AS schema, n.nspname::text AS name, NULL AS owner, NULL AS definition, said.description AS comment
FROM pg_catalog.pg_namespace n ${withComment('pg_namespace', 'n.oid')}
WHERE ${ofUser('n')} AND ${notOfExtension('pg_namespace', 'n.oid')}
UNION ALL SELECT 'extension', n.nspname::text, x.extname::text, NULL, NULL, said.description
FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace ${withComment('pg_extension', 'x.oid')}
WHERE x.oid >= 16384
UNION ALL SELECT 'event trigger', NULL, e.evtname::text, e.evtenabled::text,
  format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()', e.evtname, e.evtevent,
    ' WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ') FROM unnest(e.evttags) tag) || ')', e.evtfoid::regproc), said.description
FROM pg_catalog.pg_event_trigger e ${withComment('pg_event_trigger', 'e.oid')}
WHERE ${notOfExtension('pg_event_trigger', 'e.oid')} AND ${notOfGuard('e')}
UNION ALL SELECT 'statistics', n.nspname::text, s.stxname::text, NULL, ${statistics}
  || coalesce(format(E';\\nALTER STATISTICS %I.%I SET STATISTICS ', n.nspname, s.stxname) || CASE WHEN (to_jsonb(s) ->> 'stxstattarget')::int >= 0 THEN to_jsonb(s) ->> 'stxstattarget' END, ''), said.description
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace ${withComment('pg_statistic_ext', 's.oid')}
WHERE ${ofUser('n')} AND ${notOfExtension('pg_statistic_ext', 's.oid')}
UNION ALL SELECT 'collation', n.nspname::text, c.collname::text, NULL,
  format('CREATE COLLATION %s (%s)', 
    CASE WHEN pg_collation_is_visible(c.oid) THEN quote_ident(c.collname) ELSE format('%I.%I', n.nspname, c.collname) END,
    concat_ws(', ', 'provider = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
    'locale = ' || quote_literal(coalesce(${locale}, CASE WHEN c.collcollate = c.collctype THEN c.collcollate END)),
    CASE WHEN c.collcollate <> c.collctype THEN format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype) END,
    CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END)), said.description
FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace ${withComment('pg_collation', 'c.oid')}
WHERE ${ofUser('n')} AND ${notOfExtension('pg_collation', 'c.oid')}
ORDER BY 1, 2, 3`;
}

/** Publications with what they carry, one row for each of it. */
export function publicationsQuery(server: Server): string {
  const columns = has(server, 'publicationParts')
    ? `(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs))`
    : 'NULL';
  const condition = has(server, 'publicationParts') ? 'pg_get_expr(r.prqual, r.prrelid, true)' : 'NULL';
  const schemas = has(server, 'publicationParts')
    ? `UNION ALL SELECT s.pnpubid, 'TABLES IN SCHEMA ' || quote_ident(n.nspname)
    FROM pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid`
    : '';
  const roots = `CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END`;
  return `SELECT p.pubname::text AS name, p.puballtables AS everything, said.description AS comment,
  (SELECT array_agg(part.shown ORDER BY part.shown) FROM (
    SELECT r.prpubid AS pub, 'TABLE ONLY ' || r.prrelid::regclass || coalesce(' (' || ${columns} || ')', '') || coalesce(' WHERE (' || ${condition} || ')', '') AS shown
    FROM pg_catalog.pg_publication_rel r ${schemas}) part WHERE part.pub = p.oid) AS parts,
  concat_ws(', ', 'publish = ' || quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)), ${has(server, 'publicationRoots') ? roots : 'NULL'}) AS options
FROM pg_catalog.pg_publication p ${withComment('pg_publication', 'p.oid')}
ORDER BY p.pubname`;
}
