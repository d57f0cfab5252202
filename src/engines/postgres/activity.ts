import type { ConcurrentIndex, Query } from '../../contracts/index.ts';
import type { Key } from '../../schema/index.ts';
import { ofUser } from './catalogue.ts';
import { rfc3339 } from './history.ts';
import { readKey } from './keys.ts';
import { quote, text } from './quote.ts';
import { reader } from './reader.ts';

const who = `coalesce(host(a.client_addr), 'local') AS host, a.application_name AS program, a.usename::text AS "user", a.state,
  ${rfc3339('a.xact_start')} AS since, left(a.query, 500) AS query`;

/** Sessions that a session waits for; a prepared transaction, which belongs to none, has the number 0. */
export function blockers(session: string): Query {
  return {
    sql: `SELECT DISTINCT b.pid::text AS session, ${who}
FROM unnest(pg_blocking_pids($1::int)) b(pid) LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid`,
    parameters: [session],
  };
}

const lockable: ReadonlySet<string> = new Set(['table', 'view', 'sequence', 'opaque']);

/** Other sessions with locks on the relations that were touched. Names without a namespace are looked up where the asking session would. */
export function holders(touches: readonly Key[]): Query {
  const relations = touches.flatMap((key) => {
    const reference = readKey(key);
    const name = reference?.on ?? reference?.name;
    if (reference === undefined || name === undefined || !(reference.on !== undefined || lockable.has(reference.kind))) return [];
    return [`to_regclass(${text(quote.name({ ...name, name: name.name.replace(/^index /, '') }))})`];
  });
  return {
    sql: `SELECT l.pid::text AS session, ${who}, string_agg(DISTINCT l.mode, ', ') AS lock
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.granted AND l.pid <> pg_backend_pid() AND l.locktype = 'relation'
  AND l.relation IN (${relations.length === 0 ? 'NULL' : relations.join(', ')})
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
GROUP BY l.pid, a.client_addr, a.application_name, a.usename, a.state, a.xact_start, a.query
ORDER BY a.xact_start`,
  };
}

/**
 * How far a session is: https://www.postgresql.org/docs/current/progress-reporting.html. The view for COPY exists since version 14; what
 * is behind it can be asked for by name, so that one text serves every version.
 */
export function progress(session: string): Query {
  const copies = "current_setting('server_version_num')::int >= 140000";
  return {
    sql: `SELECT done::text, total::text, phase FROM (
SELECT pid, CASE WHEN lockers_total > lockers_done THEN lockers_done WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END AS done,
  CASE WHEN lockers_total > lockers_done THEN lockers_total WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END AS total, phase
FROM pg_catalog.pg_stat_progress_create_index
UNION ALL SELECT pid, CASE WHEN phase = 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END, heap_blks_total, phase
FROM pg_catalog.pg_stat_progress_vacuum
UNION ALL SELECT pid, heap_blks_scanned, heap_blks_total, phase FROM pg_catalog.pg_stat_progress_cluster
UNION ALL SELECT pid, param1, param2, 'copying' FROM pg_stat_get_progress_info(CASE WHEN ${copies} THEN 'COPY' ELSE 'VACUUM' END)
WHERE ${copies}) p WHERE p.pid = $1::int`,
    parameters: [session],
  };
}

/**
 * Indexes that a build or rebuild left invalid (`_ccnew` and `_ccold` of REINDEX among them). Those that are being built now, and those
 * of partitioned tables, which are invalid until every partition has its part, are none.
 */
export function invalidIndexes(): Query {
  return {
    sql: `SELECT n.nspname::text AS schema, t.relname::text AS table, c.relname::text AS index
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i' AND ${ofUser('n')}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
ORDER BY 1, 2, 3`,
  };
}

/** The index that `CREATE INDEX CONCURRENTLY` makes. REINDEX CONCURRENTLY leaves the index as it was when it fails, so it is none. */
export function concurrentIndex(sql: string): ConcurrentIndex | undefined {
  const r = reader(sql);
  if (!r.take('CREATE')) return undefined;
  r.take('UNIQUE');
  if (!r.take('INDEX', 'CONCURRENTLY')) return undefined;
  r.take('IF', 'NOT', 'EXISTS');
  const name = r.is('ON') ? undefined : r.name();
  if (!r.take('ON')) return undefined;
  r.take('ONLY');
  const table = r.name();
  if (table === undefined) return undefined;
  // The index lies where its table does. One that the server names cannot be dropped by a name.
  const index =
    name === undefined ? undefined : table.schema === undefined ? { name: name.name } : { schema: table.schema, name: name.name };
  return { index, table, drop: index === undefined ? '' : `DROP INDEX CONCURRENTLY IF EXISTS ${quote.name(index)}` };
}
