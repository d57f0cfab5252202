import { notOfExtension, ofUser } from '../catalogue.ts';

/** Whether an option of a foreign server or table is one that nobody else should read. */
const secret = `lower(split_part(o, '=', 1)) ~ '(pass|secret|token|credential|key)'`;

/** `OPTIONS (…)` of something foreign, without what is secret. */
function options(column: string): string {
  return `coalesce(' OPTIONS (' || (SELECT string_agg(format('%I %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ')
    FROM unnest(${column}) o WHERE NOT ${secret}) || ')', '')`;
}

function visible(name: string, isVisible: string): string {
  return `CASE WHEN ${isVisible} THEN quote_ident(${name}) ELSE format('%I.%I', n.nspname, ${name}) END`;
}

const foreignColumns = `(SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || ${options('a.attfdwoptions')}
    || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END
    || CASE WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid)) ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY a.attnum)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;
const foreignChecks = `coalesce((SELECT string_agg(format(', CONSTRAINT %I %s', co.conname, pg_get_constraintdef(co.oid)), '' ORDER BY co.conname)
  FROM pg_catalog.pg_constraint co WHERE co.conrelid = c.oid AND co.contype = 'c'), '')`;

const side = (type: string): string => `CASE WHEN ${type} = 0 THEN 'NONE' ELSE format_type(${type}, NULL) END`;

/**
 * Where the kinds that have no place in the model stand in the catalogue: class, id, and how they are called. Their names depend on
 * `search_path`, as definitions do.
 */
export const otherObjects = `SELECT 'pg_catalog.pg_cast'::regclass AS class, x.oid AS id, 'cast'::text AS kind, NULL::text AS schema,
    (format_type(x.castsource, NULL) || ' AS ' || format_type(x.casttarget, NULL)) AS name, NULL::text AS owner, NULL::text AS arguments
    FROM pg_catalog.pg_cast x WHERE x.oid >= 16384 AND ${notOfExtension('pg_cast', 'x.oid')}
      -- Range types make their casts themselves.
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend own WHERE own.classid = 'pg_catalog.pg_cast'::regclass AND own.objid = x.oid AND own.deptype = 'i')
  UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, x.oid, 'operator', n.nspname, x.oprname, NULL, ${side('x.oprleft')} || ', ' || ${side('x.oprright')}
    FROM pg_catalog.pg_operator x JOIN pg_catalog.pg_namespace n ON n.oid = x.oprnamespace WHERE x.oprcode <> 0 AND ${ofUser('n')} AND ${notOfExtension('pg_operator', 'x.oid')}
  UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, x.oid, 'text search dictionary', n.nspname, x.dictname, NULL, NULL
    FROM pg_catalog.pg_ts_dict x JOIN pg_catalog.pg_namespace n ON n.oid = x.dictnamespace WHERE ${ofUser('n')} AND ${notOfExtension('pg_ts_dict', 'x.oid')}
  UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, x.oid, 'text search configuration', n.nspname, x.cfgname, NULL, NULL
    FROM pg_catalog.pg_ts_config x JOIN pg_catalog.pg_namespace n ON n.oid = x.cfgnamespace WHERE ${ofUser('n')} AND ${notOfExtension('pg_ts_config', 'x.oid')}
  UNION ALL SELECT 'pg_catalog.pg_conversion'::regclass, x.oid, 'conversion', n.nspname, x.conname, NULL, NULL
    FROM pg_catalog.pg_conversion x JOIN pg_catalog.pg_namespace n ON n.oid = x.connamespace WHERE ${ofUser('n')} AND ${notOfExtension('pg_conversion', 'x.oid')}
  UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, x.oid, 'foreign data wrapper', NULL, x.fdwname, NULL, NULL
    FROM pg_catalog.pg_foreign_data_wrapper x WHERE ${notOfExtension('pg_foreign_data_wrapper', 'x.oid')}
  UNION ALL SELECT 'pg_catalog.pg_foreign_server'::regclass, x.oid, 'server', NULL, x.srvname, NULL, NULL
    FROM pg_catalog.pg_foreign_server x WHERE ${notOfExtension('pg_foreign_server', 'x.oid')}
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass, c.oid, 'foreign table', n.nspname, c.relname, NULL, NULL
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f' AND ${ofUser('n')} AND ${notOfExtension('pg_class', 'c.oid')}
  UNION ALL SELECT 'pg_catalog.pg_language'::regclass, x.oid, 'language', NULL, x.lanname, NULL, NULL
    FROM pg_catalog.pg_language x WHERE x.lanispl AND x.oid >= 16384 AND ${notOfExtension('pg_language', 'x.oid')}`;

/** Their definitions; what a comment is set on stands in `target`. */
export const othersQuery = `WITH others AS (${otherObjects}), defined AS (
  SELECT o.class, o.id, format('CAST (%s AS %s)', format_type(x.castsource, NULL), format_type(x.casttarget, NULL)) AS target,
      CASE x.castmethod WHEN 'f' THEN ' WITH FUNCTION ' || x.castfunc::regprocedure WHEN 'i' THEN ' WITH INOUT' ELSE ' WITHOUT FUNCTION' END
      || CASE x.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END AS rest, '' AS more
    FROM others o JOIN pg_catalog.pg_cast x ON x.oid = o.id AND o.kind = 'cast'
  UNION ALL SELECT o.class, o.id, format('OPERATOR %I.%s (%s)', o.schema, o.name, o.arguments),
      format(' (%s)', concat_ws(', ', 'FUNCTION = ' || x.oprcode::regproc, 'LEFTARG = ' || CASE WHEN x.oprleft <> 0 THEN format_type(x.oprleft, NULL) END,
        'RIGHTARG = ' || CASE WHEN x.oprright <> 0 THEN format_type(x.oprright, NULL) END,
        'COMMUTATOR = ' || (SELECT format('OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_catalog.pg_operator c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = x.oprcom),
        'NEGATOR = ' || (SELECT format('OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_catalog.pg_operator c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = x.oprnegate),
        'RESTRICT = ' || NULLIF(x.oprrest::oid, 0)::regproc, 'JOIN = ' || NULLIF(x.oprjoin::oid, 0)::regproc,
        CASE WHEN x.oprcanhash THEN 'HASHES' END, CASE WHEN x.oprcanmerge THEN 'MERGES' END)), ''
    FROM others o JOIN pg_catalog.pg_operator x ON x.oid = o.id AND o.kind = 'operator'
  UNION ALL SELECT o.class, o.id, 'TEXT SEARCH DICTIONARY ' || ${visible('x.dictname', 'pg_ts_dict_is_visible(x.oid)')},
      format(' (TEMPLATE = %s%s)', t.shown, coalesce(', ' || x.dictinitoption, '')), ''
    FROM others o JOIN pg_catalog.pg_ts_dict x ON x.oid = o.id AND o.kind = 'text search dictionary' JOIN pg_catalog.pg_namespace n ON n.oid = x.dictnamespace
    JOIN LATERAL (SELECT format('%I.%I', tn.nspname, tt.tmplname) AS shown FROM pg_catalog.pg_ts_template tt JOIN pg_catalog.pg_namespace tn ON tn.oid = tt.tmplnamespace WHERE tt.oid = x.dicttemplate) t ON true
  UNION ALL SELECT o.class, o.id, 'TEXT SEARCH CONFIGURATION ' || ${visible('x.cfgname', 'pg_ts_config_is_visible(x.oid)')}, format(' (PARSER = %s)', p.shown),
      coalesce((SELECT string_agg(format(E';\\nALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s', ${visible('x.cfgname', 'pg_ts_config_is_visible(x.oid)')}, m.alias, m.dictionaries), '' ORDER BY m.alias)
        FROM (SELECT tok.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries FROM pg_catalog.pg_ts_config_map m
          JOIN ts_token_type(x.cfgparser) tok ON tok.tokid = m.maptokentype WHERE m.mapcfg = x.oid GROUP BY tok.alias) m), '')
    FROM others o JOIN pg_catalog.pg_ts_config x ON x.oid = o.id AND o.kind = 'text search configuration' JOIN pg_catalog.pg_namespace n ON n.oid = x.cfgnamespace
    JOIN LATERAL (SELECT format('%I.%I', pn.nspname, pp.prsname) AS shown FROM pg_catalog.pg_ts_parser pp JOIN pg_catalog.pg_namespace pn ON pn.oid = pp.prsnamespace WHERE pp.oid = x.cfgparser) p ON true
  UNION ALL SELECT o.class, o.id, 'CONVERSION ' || ${visible('x.conname', 'pg_conversion_is_visible(x.oid)')},
      format(' FOR %L TO %L FROM %s', pg_encoding_to_char(x.conforencoding), pg_encoding_to_char(x.contoencoding), x.conproc::regproc), CASE WHEN x.condefault THEN 'DEFAULT ' ELSE '' END
    FROM others o JOIN pg_catalog.pg_conversion x ON x.oid = o.id AND o.kind = 'conversion' JOIN pg_catalog.pg_namespace n ON n.oid = x.connamespace
  UNION ALL SELECT o.class, o.id, format('FOREIGN DATA WRAPPER %I', x.fdwname), coalesce(' HANDLER ' || NULLIF(x.fdwhandler, 0)::regproc, '')
      || coalesce(' VALIDATOR ' || NULLIF(x.fdwvalidator, 0)::regproc, '') || ${options('x.fdwoptions')}, ''
    FROM others o JOIN pg_catalog.pg_foreign_data_wrapper x ON x.oid = o.id AND o.kind = 'foreign data wrapper'
  UNION ALL SELECT o.class, o.id, format('SERVER %I', x.srvname), coalesce(' TYPE ' || quote_literal(x.srvtype), '') || coalesce(' VERSION ' || quote_literal(x.srvversion), '')
      || format(' FOREIGN DATA WRAPPER %I', w.fdwname) || ${options('x.srvoptions')}, ''
    FROM others o JOIN pg_catalog.pg_foreign_server x ON x.oid = o.id AND o.kind = 'server' JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = x.srvfdw
  UNION ALL SELECT o.class, o.id, 'FOREIGN TABLE ' || c.oid::regclass, format(' (%s%s) SERVER %I', ${foreignColumns}, ${foreignChecks}, s.srvname) || ${options('f.ftoptions')}, ''
    FROM others o JOIN pg_catalog.pg_class c ON c.oid = o.id AND o.kind = 'foreign table' JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
    JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
  UNION ALL SELECT o.class, o.id, format('LANGUAGE %I', x.lanname), coalesce(' HANDLER ' || NULLIF(x.lanplcallfoid, 0)::regproc, '')
      || coalesce(' INLINE ' || NULLIF(x.laninline, 0)::regproc, '') || coalesce(' VALIDATOR ' || NULLIF(x.lanvalidator, 0)::regproc, ''), CASE WHEN x.lanpltrusted THEN 'TRUSTED ' ELSE '' END
    FROM others o JOIN pg_catalog.pg_language x ON x.oid = o.id AND o.kind = 'language'
)
SELECT o.kind, o.schema::text AS schema, o.name::text AS name, o.arguments, d.target, d.rest, d.more, obj_description(o.id, o.class::regclass::text::name) AS comment
FROM others o JOIN defined d ON d.class = o.class AND d.id = o.id
ORDER BY 1, 2, 3, 4`;

/** Comments that stand on parts of objects which the model keeps without one, and the comment of the namespace that is always there. */
export const commentsQuery = `SELECT CASE c.relkind WHEN 'c' THEN 'composite' WHEN 'f' THEN 'foreign table' ELSE 'view' END AS kind, n.nspname::text AS schema, c.relname::text AS name,
  format('COLUMN %s.%I', c.oid::regclass, a.attname) AS target, d.description AS comment
FROM pg_catalog.pg_description d JOIN pg_catalog.pg_class c ON c.oid = d.objoid AND c.relkind IN ('v', 'm', 'c', 'f') JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND ${ofUser('n')} AND ${notOfExtension('pg_class', 'c.oid')}
UNION ALL SELECT 'column ' || ic.attname, n.nspname, ir.relname, format('SEQUENCE %s', c.oid::regclass), d.description
FROM pg_catalog.pg_description d JOIN pg_catalog.pg_class c ON c.oid = d.objoid AND c.relkind = 'S' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend i ON i.classid = 'pg_catalog.pg_class'::regclass AND i.objid = c.oid AND i.deptype = 'i' AND i.refobjsubid > 0
JOIN pg_catalog.pg_class ir ON ir.oid = i.refobjid JOIN pg_catalog.pg_attribute ic ON ic.attrelid = i.refobjid AND ic.attnum = i.refobjsubid
WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0 AND ${ofUser('n')}
UNION ALL SELECT 'domain', n.nspname, t.typname, format('CONSTRAINT %I ON DOMAIN %s', co.conname, format_type(t.oid, NULL)), d.description
FROM pg_catalog.pg_description d JOIN pg_catalog.pg_constraint co ON co.oid = d.objoid JOIN pg_catalog.pg_type t ON t.oid = co.contypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE d.classoid = 'pg_catalog.pg_constraint'::regclass AND ${ofUser('n')} AND ${notOfExtension('pg_type', 't.oid')}
UNION ALL SELECT 'namespace', NULL, n.nspname, 'SCHEMA public', d.description
FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objoid = n.oid
WHERE n.nspname = 'public' AND d.description <> 'standard public schema'
ORDER BY 1, 2, 3, 4`;

/** What is there and is not read, by kind and name. */
export const unreadQuery: string = ((): string => {
  const mine = (table: string, id: string): string => `${id} >= 16384 AND ${notOfExtension(table, id)}`;
  const rows = [
    `SELECT 'operator class ' || opcname AS shown FROM pg_catalog.pg_opclass x WHERE ${mine('pg_opclass', 'x.oid')}`,
    `SELECT 'operator family ' || opfname FROM pg_catalog.pg_opfamily x WHERE ${mine('pg_opfamily', 'x.oid')}`,
    `SELECT 'transform for ' || format_type(trftype, NULL) FROM pg_catalog.pg_transform x WHERE ${mine('pg_transform', 'x.oid')}`,
    `SELECT 'access method ' || amname FROM pg_catalog.pg_am x WHERE ${mine('pg_am', 'x.oid')}`,
    `SELECT 'text search parser ' || prsname FROM pg_catalog.pg_ts_parser x WHERE ${mine('pg_ts_parser', 'x.oid')}`,
    `SELECT 'text search template ' || tmplname FROM pg_catalog.pg_ts_template x WHERE ${mine('pg_ts_template', 'x.oid')}`,
    `SELECT 'base type ' || format_type(x.oid, NULL) FROM pg_catalog.pg_type x WHERE x.typtype = 'b' AND x.typelem = 0 AND ${mine('pg_type', 'x.oid')}`,
    `SELECT format('user mapping of %s for server %s', x.usename, s.srvname)
      FROM pg_catalog.pg_user_mappings x JOIN pg_catalog.pg_foreign_server s ON s.oid = x.srvid`,
    `SELECT 'secret options of server ' || x.srvname FROM pg_catalog.pg_foreign_server x WHERE EXISTS (SELECT FROM unnest(x.srvoptions) o WHERE ${secret})`,
    `SELECT 'secret options of foreign table ' || x.ftrelid::regclass FROM pg_catalog.pg_foreign_table x WHERE EXISTS (SELECT FROM unnest(x.ftoptions) o WHERE ${secret})`,
    `SELECT format('trigger %s on foreign table %s', x.tgname, x.tgrelid::regclass) FROM pg_catalog.pg_trigger x
      JOIN pg_catalog.pg_class c ON c.oid = x.tgrelid AND c.relkind = 'f' WHERE NOT x.tgisinternal`,
    `SELECT format('default of column %s of view %s', a.attname, c.oid::regclass) FROM pg_catalog.pg_attrdef x JOIN pg_catalog.pg_class c ON c.oid = x.adrelid AND c.relkind = 'v'
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.adnum`,
    // Where sequences can be unlogged, one behind a column is what its table is.
    `SELECT format('that sequence %s is %s', x.oid::regclass, CASE x.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'logged' END) FROM pg_catalog.pg_class x
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = x.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
      JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND t.relpersistence <> x.relpersistence
      LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = d.refobjid AND f.adnum = d.refobjsubid
      WHERE x.relkind = 'S' AND d.refobjsubid > 0 AND current_setting('server_version_num')::int >= 150000
        AND (d.deptype = 'i' OR pg_get_expr(f.adbin, f.adrelid) = format('nextval(%L::regclass)', x.oid::regclass))`,
    `SELECT 'rights on server ' || srvname FROM pg_catalog.pg_foreign_server WHERE srvacl IS NOT NULL`,
    `SELECT 'rights on language ' || lanname FROM pg_catalog.pg_language x WHERE x.lanacl IS NOT NULL AND ${mine('pg_language', 'x.oid')}`,
    `SELECT 'rights on aggregate ' || x.oid::regprocedure FROM pg_catalog.pg_proc x JOIN pg_catalog.pg_namespace n ON n.oid = x.pronamespace
      WHERE x.prokind = 'a' AND x.proacl IS NOT NULL AND ${ofUser('n')} AND ${notOfExtension('pg_proc', 'x.oid')}`,
    `SELECT 'subscription ' || subname FROM pg_catalog.pg_subscription WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())`,
  ];
  return `${rows.join('\nUNION ALL ')}\nORDER BY 1`;
})();
