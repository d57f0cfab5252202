import type { Connection } from '../../src/contracts/index.ts';

/** Names of namespaces that structures have. */
const own = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
/** Rights with those that are there by default. */
const rights = (acl: string, kind: string, owner: string): string =>
  `(SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(${acl}, acldefault('${kind}', ${owner}))) x)`;
/** A number that is a default as a whole: whether it stood in quotes is kept, and means nothing. */
const plain = (expression: string): string =>
  `regexp_replace(${expression}, '^''(-?\\d+(?:\\.\\d+)?)''::(?:numeric|smallint|integer|bigint|real|double precision)$', '\\1')`;
const comments = (from: string): string => `coalesce(obj_description(${from}), '')`;

/** The name of the view in whose words a materialised view is compared: the engine cannot read that again in its place. */
const stand = `'settled ' || md5(c.relname)`;

/** What the functions say by which PostgreSQL's own dump writes things down, for builds that no pg_dump is at hand for. */
const queries: readonly string[] = [
  `SELECT 'schema', n.nspname, ${rights('n.nspacl', 'n', 'n.nspowner')}, ${comments("n.oid, 'pg_namespace'")} FROM pg_namespace n WHERE ${own}`,
  `SELECT 'relation', c.oid::regclass::text, c.relkind, c.relpersistence, c.reloptions::text, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition,
     pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), ${comments("c.oid, 'pg_class'")},
     CASE WHEN c.relkind = 'v' OR c.relkind = 'm' AND to_regclass(format('%I.%I', n.nspname, ${stand})) IS NULL THEN pg_get_viewdef(c.oid) END, (SELECT string_agg(i.inhparent::regclass::text, ',') FROM pg_inherits i WHERE i.inhrelid = c.oid),
     ${rights('c.relacl', 'r', 'c.relowner')}
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND c.relkind IN ('r', 'v', 'm', 'p')`,
  `SELECT 'column', c.oid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, a.attstattarget, a.attoptions::text,
     ${plain('pg_get_expr(d.adbin, d.adrelid)')}, (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation), col_description(c.oid, a.attnum),
     (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(a.attacl) x), CASE WHEN c.relkind IN ('v', 'm') THEN a.attnum END
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE ${own} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'p', 'c')`,
  `SELECT 'constraint', k.conrelid::regclass::text, k.contypid::regtype::text, k.conname, k.contype, k.convalidated, k.contype = 'c' AND k.connoinherit, pg_get_constraintdef(k.oid), ${comments("k.oid, 'pg_constraint'")}
     FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${own} AND k.contype <> 'n'`,
  `SELECT 'index', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered, i.indisreplident, ${comments("i.indexrelid, 'pg_class'")}
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own}`,
  `SELECT 'sequence', c.oid::regclass::text, c.relpersistence, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle, ${rights('c.relacl', 's', 'c.relowner')}, ${comments("c.oid, 'pg_class'")},
     (SELECT d.deptype::text || d.refobjid::regclass::text || '.' || a.attname FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own}`,
  `SELECT 'type', t.oid::regtype::text, t.typtype, t.typnotnull, ${plain('t.typdefault')}, format_type(t.typbasetype, t.typtypmod), ${rights('t.typacl', 'T', 't.typowner')}, ${comments("t.oid, 'pg_type'")},
     (SELECT l.collname FROM pg_collation l WHERE l.oid = t.typcollation), (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
     (SELECT r.rngsubtype::regtype::text FROM pg_range r WHERE r.rngtypid = t.oid)
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE ${own} AND t.typtype <> 'm' AND t.typcategory <> 'A' AND (t.typrelid = 0 OR c.relkind = 'c')`,
  `SELECT 'routine', p.oid::regprocedure::text, CASE WHEN p.prokind = 'a' THEN '' ELSE pg_get_functiondef(p.oid) END, ${rights('p.proacl', 'f', 'p.proowner')}, ${comments("p.oid, 'pg_proc'")},
     (SELECT (g.aggtransfn, g.aggtranstype::regtype, g.agginitval)::text FROM pg_aggregate g WHERE g.aggfnoid = p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own}`,
  `SELECT 'trigger', pg_get_triggerdef(g.oid), g.tgenabled, ${comments("g.oid, 'pg_trigger'")} FROM pg_trigger g WHERE NOT g.tgisinternal`,
  `SELECT 'rule', pg_get_ruledef(r.oid), r.ev_enabled, ${comments("r.oid, 'pg_rewrite'")} FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND r.rulename <> '_RETURN'`,
  `SELECT 'policy', p.polrelid::regclass::text, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), ${comments("p.oid, 'pg_policy'")} FROM pg_policy p`,
  `SELECT 'statistics', regexp_replace(pg_get_statisticsobjdef(s.oid), ' ON .* FROM ', ' FROM '),
     (SELECT string_agg(part, ', ' ORDER BY part) FROM unnest(string_to_array(pg_get_statisticsobjdef_columns(s.oid), ', ')) part), ${comments("s.oid, 'pg_statistic_ext'")} FROM pg_statistic_ext s`,
  `SELECT 'publication', p.pubname, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, ${comments("p.oid, 'pg_publication'")},
     (SELECT string_agg(r.prrelid::regclass::text, ',' ORDER BY r.prrelid::regclass::text) FROM pg_publication_rel r WHERE r.prpubid = p.oid) FROM pg_publication p`,
  `SELECT 'default rights', d.defaclnamespace::regnamespace::text, d.defaclobjtype, d.defaclacl::text FROM pg_default_acl d`,
  `SELECT 'collation', c.oid::regcollation::text, c.collprovider, c.collcollate, c.collctype, ${comments("c.oid, 'pg_collation'")} FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE ${own}`,
  `SELECT 'search', c.oid::regconfig::text, c.cfgparser, ${comments("c.oid, 'pg_ts_config'")},
     (SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', ' ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)
     FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace WHERE ${own}`,
  `SELECT 'event trigger', e.evtname, e.evtevent, e.evtenabled, e.evttags::text, e.evtfoid::regprocedure::text, ${comments("e.oid, 'pg_event_trigger'")} FROM pg_event_trigger e`,
];

/** Statements that let the engine read its own words once more: which ANDs and casts stand in one another settles only then. */
const rereading: readonly string[] = [
  `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I; ALTER TABLE %1$s ADD CONSTRAINT %2$I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid, true))
     || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L', c.conname, c.conrelid::regclass, obj_description(c.oid, 'pg_constraint')), '')
     FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE ${own} AND c.contype = 'c' AND c.conrelid <> 0 AND c.coninhcount = 0`,
  `SELECT format('DROP INDEX %s; %s', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid, 0, true))
     || coalesce(format('; COMMENT ON INDEX %s IS %L', i.indexrelid::regclass, obj_description(i.indexrelid, 'pg_class')), '')
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${own} AND c.relkind = 'i' AND NOT c.relispartition AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
  `SELECT format('CREATE OR REPLACE VIEW %s%s AS %s', c.oid::regclass, ' WITH (' || array_to_string(c.reloptions, ', ') || ')', pg_get_viewdef(c.oid, true))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND c.relkind = 'v'`,
  `SELECT format('CREATE VIEW %I.%I AS %s', n.nspname, ${stand}, pg_get_viewdef(c.oid, true))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own} AND c.relkind = 'm'`,
  `SELECT format('ALTER POLICY %I ON %s%s%s', p.polname, p.polrelid::regclass, ' USING (' || pg_get_expr(p.polqual, p.polrelid, true) || ')',
     ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid, true) || ')') FROM pg_policy p`,
  `SELECT format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid, true))
     FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE ${own} AND a.attgenerated = '' AND c.relkind IN ('r', 'p')`,
];
const settle = `DO $settle$ DECLARE statement text; BEGIN
  FOR statement IN ${rereading.join(' UNION ALL ')} LOOP EXECUTE statement; END LOOP;
END $settle$`;

/** The structure in lines without an order; settled, with its checks as the engine prints them when it has read them again. */
export async function catalogueOf(connection: Connection, settled: boolean): Promise<readonly string[]> {
  const lines: string[] = [];
  await connection.query('BEGIN');
  try {
    if (settled) await connection.query(settle);
    for (const sql of queries) {
      const { rows } = await connection.query(`SELECT q::text AS line FROM (${sql}) q`);
      lines.push(...rows.map(({ line }) => String(line)));
    }
  } finally {
    await connection.query('ROLLBACK');
  }
  return lines;
}
