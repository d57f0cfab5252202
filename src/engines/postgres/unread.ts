import type { Inquiry } from '../../contracts/index.ts';
import { notOfExtension } from './catalogue.ts';

/** Catalogue tables of which `inspect` reads nothing; what the server was made with has lower numbers than what users made. */
const catalogues: readonly string[] = [
  'pg_am',
  'pg_cast',
  'pg_conversion',
  'pg_foreign_data_wrapper',
  'pg_foreign_server',
  'pg_language',
  'pg_opclass',
  'pg_operator',
  'pg_opfamily',
  'pg_subscription',
  'pg_transform',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_ts_parser',
  'pg_ts_template',
];

/** What is in the database and `inspect` knows nothing of, in the server's words: `operator ===(integer,integer)`. */
export function* unread(): Inquiry<readonly string[]> {
  const rest = catalogues.map((table) => {
    // Subscriptions belong to databases; all other tables here are those of this one.
    const here =
      table === 'pg_subscription' ? 'x.subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())' : 'true';
    return `SELECT pg_describe_object('pg_catalog.${table}'::regclass, x.oid, 0) AS what FROM pg_catalog.${table} x
      WHERE x.oid >= 16384 AND ${here} AND ${notOfExtension(table, 'x.oid')}`;
  });
  const relations = `SELECT pg_describe_object('pg_catalog.pg_class'::regclass, x.oid, 0) FROM pg_catalog.pg_class x
    WHERE x.oid >= 16384 AND x.relkind = 'f' AND ${notOfExtension('pg_class', 'x.oid')}`;
  const types = `SELECT pg_describe_object('pg_catalog.pg_type'::regclass, x.oid, 0) FROM pg_catalog.pg_type x
    WHERE x.oid >= 16384 AND x.typtype = 'b' AND x.typelem = 0 AND ${notOfExtension('pg_type', 'x.oid')}`;
  const { rows } = yield { sql: `${[...rest, relations, types].join('\nUNION ALL ')}\nORDER BY 1` };
  return rows.map((row) => String(row['what']));
}
