import type { Inquiry, Server } from '../../contracts/index.ts';
import { notOfExtension, notOfGuard, notOwn, ofUser } from './catalogue.ts';
import { has } from './flavours.ts';
import { stably } from './stable.ts';

/**
 * The whole structure as sorted lines in PostgreSQL's own words, without numbers of the catalogue. Independent of the order in which
 * things were made: columns count by name, identity sequences by their settings.
 */
export function* fingerprint(server: Server): Inquiry<string> {
  const lines = [...relationLines(server), ...otherLines(server)].map((select) => `SELECT ${select}`).join('\nUNION ALL ');
  const sql = `SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") AS lines FROM (\n${lines}\n) structure(line)`;
  return yield* stably(server, function* (stable) {
    const [rows] = yield* stable(sql);
    return String(rows?.[0]?.['lines'] ?? '');
  });
}

/** One line of parts; those that are null are left out but keep their place. */
function line(kind: string, ...parts: readonly string[]): string {
  return `concat_ws(E'\\t', '${kind}', ${parts.map((part) => `coalesce((${part})::text, '')`).join(', ')})`;
}

const relationName = "quote_ident(n.nspname) || '.' || quote_ident(c.relname)";
const relations = (kinds: string): string =>
  `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND c.relkind IN (${kinds})
    AND ${ofUser('n')} AND ${notOwn('c')} AND ${notOfExtension('pg_class', 'c.oid')}`;
const anyRelation = relations("'r', 'p', 'v', 'm', 'f'");
const space = (column: string): string => `SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = ${column}`;
const sorted = (array: string): string => `SELECT string_agg(x, ', ' ORDER BY x) FROM unnest(${array}) x`;

const settings = `format('%s %s %s..%s cache %s %s %s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
    format_type(s.seqtypid, NULL))`;

function relationLines(server: Server): readonly string[] {
  const compression = has(server, 'compression') ? 'a.attcompression' : "''";
  const distinct = has(server, 'nullsNotDistinct') ? 'i.indnullsnotdistinct' : 'false';
  const enforced = has(server, 'notEnforced') ? 'co.conenforced' : 'true';
  return [
    `${line(
      'relation',
      relationName,
      'c.relkind',
      'c.relpersistence',
      'c.relrowsecurity',
      'c.relforcerowsecurity',
      'c.relreplident',
      sorted('c.reloptions'),
      "SELECT string_agg(x, ', ' ORDER BY x) FROM pg_catalog.pg_class t, unnest(t.reloptions) x WHERE t.oid = c.reltoastrelid",
      space('c.reltablespace'),
      'SELECT amname FROM pg_catalog.pg_am WHERE oid = c.relam',
      "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END",
      'pg_get_expr(c.relpartbound, c.oid)',
      "SELECT string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno) FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid",
      'CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype END',
      "CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END",
      "CASE WHEN c.relkind = 'm' THEN c.relispopulated END",
      `SELECT concat_ws(' ', (SELECT srvname FROM pg_catalog.pg_foreign_server WHERE oid = ft.ftserver), ft.ftoptions::text)
        FROM pg_catalog.pg_foreign_table ft WHERE ft.ftrelid = c.oid`,
    )} FROM ${anyRelation}`,
    `${line(
      'column',
      relationName,
      'quote_ident(a.attname)',
      "CASE WHEN c.relkind IN ('v', 'm', 'c') THEN a.attnum END",
      'format_type(a.atttypid, a.atttypmod)',
      'a.attnotnull',
      'pg_get_expr(d.adbin, d.adrelid)',
      'a.attidentity',
      'a.attgenerated',
      'SELECT quote_ident(collname) FROM pg_catalog.pg_collation WHERE oid = a.attcollation',
      'a.attstorage',
      compression,
      'NULLIF(a.attstattarget, -1)',
      sorted('a.attoptions'),
      sorted('a.attfdwoptions'),
      `SELECT ${settings} FROM pg_catalog.pg_depend own JOIN pg_catalog.pg_sequence s ON s.seqrelid = own.objid
        WHERE own.classid = 'pg_catalog.pg_class'::regclass AND own.refclassid = 'pg_catalog.pg_class'::regclass
          AND own.refobjid = c.oid AND own.refobjsubid = a.attnum AND own.deptype = 'i'`,
      `SELECT concat_ws(' ', n.convalidated, n.connoinherit) FROM pg_catalog.pg_constraint n
        WHERE n.conrelid = c.oid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum]`,
    )} FROM ${relations("'r', 'p', 'v', 'm', 'f', 'c'")}
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum`,
    `${line(
      'constraint',
      relationName,
      'quote_ident(co.conname)',
      'pg_get_constraintdef(co.oid)',
      'co.convalidated',
      enforced,
      `SELECT pg_get_indexdef(i.indexrelid) || i.indisclustered FROM pg_catalog.pg_index i
        WHERE i.indexrelid = co.conindid AND co.contype IN ('p', 'u', 'x')`,
    )} FROM ${anyRelation} JOIN pg_catalog.pg_constraint co ON co.conrelid = c.oid AND co.contype NOT IN ('n', 't')
    AND (co.conparentid = 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint up
      WHERE up.oid = co.conparentid AND up.conrelid = co.conrelid))`,
    `${line(
      'index',
      relationName,
      'pg_get_indexdef(i.indexrelid)',
      'i.indisvalid',
      'i.indisclustered',
      'i.indisreplident',
      distinct,
      space('ic.reltablespace'),
    )} FROM ${anyRelation} JOIN pg_catalog.pg_index i ON i.indrelid = c.oid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint co WHERE co.conindid = i.indexrelid AND co.contype IN ('p', 'u', 'x'))`,
    `${line('trigger', relationName, 'pg_get_triggerdef(t.oid)', 't.tgenabled')} FROM ${anyRelation}
    JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal`,
    `${line('rule', relationName, 'pg_get_ruledef(r.oid)', 'r.ev_enabled')} FROM ${anyRelation}
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'`,
    `${line(
      'policy',
      relationName,
      'quote_ident(p.polname)',
      'p.polcmd',
      'p.polpermissive',
      `SELECT string_agg(CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o)::text END, ', ' ORDER BY pg_get_userbyid(o))
        FROM unnest(p.polroles) o`,
      'pg_get_expr(p.polqual, p.polrelid)',
      'pg_get_expr(p.polwithcheck, p.polrelid)',
    )} FROM ${anyRelation} JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid`,
    `${line(
      'sequence',
      relationName,
      settings,
      `SELECT d.refobjid::regclass || '.' || a.attname FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
          AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a'`,
    )} FROM ${relations("'S'")} JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`,
  ];
}

/** An object of a namespace that no extension made: its catalogue table as `x`, its namespace as `n`. */
function inNamespace(table: string, namespace: string): string {
  return `pg_catalog.${table} x JOIN pg_catalog.pg_namespace n ON n.oid = x.${namespace} AND ${ofUser('n')}
    AND ${notOfExtension(table, 'x.oid')}`;
}

function otherLines(server: Server): readonly string[] {
  const collation = has(server, 'collationLocale') ? 'x.colllocale' : has(server, 'icuLocale') ? 'x.colliculocale' : 'NULL';
  const published = has(server, 'publicationParts') ? publishedPart : "''";
  return [
    `${line('schema', 'quote_ident(n.nspname)')} FROM pg_catalog.pg_namespace n
    WHERE ${ofUser('n')} AND ${notOfExtension('pg_namespace', 'n.oid')}`,
    `${line('extension', 'quote_ident(x.extname)', 'x.extversion', 'quote_ident(n.nspname)')} FROM pg_catalog.pg_extension x
    JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace`,
    `${line(
      'type',
      "n.nspname || '.' || x.typname",
      'x.typtype',
      "SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = x.oid",
      "CASE WHEN x.typtype = 'd' THEN format_type(x.typbasetype, x.typtypmod) END",
      'x.typnotnull',
      'pg_get_expr(x.typdefaultbin, 0)',
      `SELECT string_agg(quote_ident(co.conname) || ' ' || pg_get_constraintdef(co.oid), ', ' ORDER BY co.conname)
        FROM pg_catalog.pg_constraint co WHERE co.contypid = x.oid AND co.contype = 'c'`,
      "CASE WHEN x.typtype = 'd' THEN (SELECT collname FROM pg_catalog.pg_collation WHERE oid = x.typcollation) END",
      `SELECT concat_ws(' ', format_type(r.rngsubtype, NULL), r.rngcanonical, r.rngsubdiff,
        (SELECT opcname FROM pg_catalog.pg_opclass WHERE oid = r.rngsubopc)) FROM pg_catalog.pg_range r WHERE r.rngtypid = x.oid`,
    )} FROM ${inNamespace('pg_type', 'typnamespace')} WHERE x.typtype IN ('e', 'd', 'r', 'b') AND x.typelem = 0`,
    `${line('routine', 'x.oid::regprocedure', "CASE WHEN x.prokind <> 'a' THEN pg_get_functiondef(x.oid) END", aggregate)}
    FROM ${inNamespace('pg_proc', 'pronamespace')}`,
    `${line(
      'event trigger',
      'quote_ident(x.evtname)',
      'x.evtevent',
      'x.evtenabled',
      'x.evtfoid::regproc',
      sorted('x.evttags'),
    )} FROM pg_catalog.pg_event_trigger x WHERE ${notOfExtension('pg_event_trigger', 'x.oid')} AND ${notOfGuard('x')}`,
    `${line(
      'publication',
      'quote_ident(x.pubname)',
      'x.puballtables',
      'x.pubinsert',
      'x.pubupdate',
      'x.pubdelete',
      'x.pubtruncate',
      `SELECT string_agg(concat_ws(' ', r.prrelid::regclass::text, ${published}), ', ' ORDER BY r.prrelid::regclass::text)
        FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = x.oid`,
    )} FROM pg_catalog.pg_publication x`,
    `${line('statistics', 'pg_get_statisticsobjdef(x.oid)')} FROM ${inNamespace('pg_statistic_ext', 'stxnamespace')}`,
    `${line(
      'collation',
      "n.nspname || '.' || x.collname",
      'x.collprovider',
      'x.collisdeterministic',
      'x.collcollate',
      'x.collctype',
      collation,
    )} FROM ${inNamespace('pg_collation', 'collnamespace')}`,
    `${line('operator', 'x.oid::regoperator', 'x.oprresult::regtype', 'x.oprcode', 'x.oprrest', 'x.oprjoin')}
    FROM ${inNamespace('pg_operator', 'oprnamespace')}`,
    `${line(
      'operator class',
      "n.nspname || '.' || x.opcname",
      'SELECT amname FROM pg_catalog.pg_am WHERE oid = x.opcmethod',
      'x.opcintype::regtype',
      'x.opcdefault',
    )} FROM ${inNamespace('pg_opclass', 'opcnamespace')}`,
    `${line(
      'text search configuration',
      "n.nspname || '.' || x.cfgname",
      'SELECT prsname FROM pg_catalog.pg_ts_parser WHERE oid = x.cfgparser',
      `SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapdict::regdictionary), ', ' ORDER BY m.maptokentype, m.mapseqno)
        FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = x.oid`,
    )} FROM ${inNamespace('pg_ts_config', 'cfgnamespace')}`,
    `${line(
      'text search dictionary',
      "n.nspname || '.' || x.dictname",
      'SELECT tmplname FROM pg_catalog.pg_ts_template WHERE oid = x.dicttemplate',
      'x.dictinitoption',
    )} FROM ${inNamespace('pg_ts_dict', 'dictnamespace')}`,
    `${line(
      'cast',
      'x.castsource::regtype',
      'x.casttarget::regtype',
      'x.castcontext',
      'x.castmethod',
      'NULLIF(x.castfunc, 0)::regprocedure',
    )} FROM pg_catalog.pg_cast x WHERE x.oid >= 16384 AND ${notOfExtension('pg_cast', 'x.oid')}`,
    `${line('server', 'quote_ident(x.srvname)', 'x.srvtype', sorted('x.srvoptions'))}
    FROM pg_catalog.pg_foreign_server x WHERE ${notOfExtension('pg_foreign_server', 'x.oid')}`,
    // What the database was made with has lower numbers.
    `${line('comment', 'pg_describe_object(x.classoid, x.objoid, x.objsubid)', 'x.description')}
    FROM pg_catalog.pg_description x WHERE x.objoid >= 16384`,
  ];
}

/** The columns and the condition of a published table. */
const publishedPart = `concat_ws(' ', (SELECT string_agg(quote_ident(a.attname), ',' ORDER BY a.attname) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)), pg_get_expr(r.prqual, r.prrelid))`;

const aggregate = `SELECT concat_ws(' ', g.aggtransfn, format_type(g.aggtranstype, NULL), g.aggtransspace, g.aggfinalfn, g.aggfinalmodify, g.aggcombinefn,
    quote_literal(g.agginitval), g.aggmtransfn, g.aggminvtransfn, quote_literal(g.aggminitval), NULLIF(g.aggsortop, 0)::regoperator, x.proparallel)
  FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = x.oid`;
