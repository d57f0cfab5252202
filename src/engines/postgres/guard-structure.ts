import type { GuardState, Inquiry, SeenStatement, StructureGuard } from '../../contracts/index.ts';
import { guardSchema, list, str } from './catalogue.ts';
import { text } from './quote.ts';

/**
 * Refuses structural statements by event triggers, and keeps those that pass under a check-out. It is a rail, not a wall: whoever calls its
 * functions on purpose passes, and whoever may drop event triggers can take it away.
 *
 * At the beginning of a command only its kind is known, not its objects. What can concern a temporary object is therefore judged at its
 * end, which takes it back; all else is refused before it has waited for a lock or written a row.
 * https://www.postgresql.org/docs/current/event-trigger-definition.html
 */
export const structureGuard: StructureGuard = {
  on: (by) => [...made, `INSERT INTO ${guardSchema}.guard (by, digest) SELECT ${text(by)}, (${digest})`, ...triggers],
  off: [
    'SET LOCAL client_min_messages = warning',
    ...['start', 'end', 'rewrite', 'drop'].map((name) => `DROP EVENT TRIGGER IF EXISTS ${guardSchema}_${name}`),
    `DROP SCHEMA IF EXISTS ${guardSchema} CASCADE`,
  ],
  enter: `SELECT ${guardSchema}.enter(a.pid, a.backend_start) FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_backend_pid()`,
  leave: `SELECT ${guardSchema}.leave(pg_backend_pid())`,
  open: ({ key, holder, forMs, token }) =>
    `SELECT ${guardSchema}.open(${text(key)}, ${text(holder)}, ${Math.max(0, Math.round(forMs))} * interval '1 millisecond', ${
      token === undefined ? 'NULL' : text(token)
    })`,
  close: (key) => `SELECT ${guardSchema}.close(${text(key)})`,
  present: (token) => `SELECT set_config('lockstep.token', ${text(token)}, false)`,
  state,
  seen,
  forget: (key, ids) =>
    `SELECT ${guardSchema}.forget(${text(key)}, ${ids === undefined ? 'NULL' : `ARRAY[${ids.map((id) => text(id)).join(', ')}]::text[]`})`,
  refusedCode: 'LS001',
};

const digest = `SELECT md5(string_agg(p.prosrc, '' ORDER BY p.proname)) FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${text(guardSchema)}`;

const time = (value: string): string => `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What a statement can be that makes, changes or drops something temporary. */
const temporary =
  '^(CREATE|ALTER|DROP) (TABLE|TABLE AS|VIEW|SEQUENCE|INDEX|TRIGGER|RULE|POLICY|STATISTICS|FUNCTION|PROCEDURE|ROUTINE|AGGREGATE|TYPE|DOMAIN)$|^SELECT INTO$|^COMMENT$';
/** What can make the first temporary thing of a session. */
const first = '^CREATE (TABLE|TABLE AS|VIEW|SEQUENCE|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN)$|^SELECT INTO$';
const noStructure = "'REINDEX', 'REFRESH MATERIALIZED VIEW'";
const begun = 'SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on';

const made: readonly string[] = [
  `CREATE SCHEMA ${guardSchema}`,
  `COMMENT ON SCHEMA ${guardSchema} IS 'refuses changes of the structure outside a check-out; taken away by: lockstep guard off'`,
  `CREATE TABLE ${guardSchema}.guard (one boolean PRIMARY KEY DEFAULT true CHECK (one), version int NOT NULL DEFAULT 1, by text NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(), digest text NOT NULL)`,
  `CREATE TABLE ${guardSchema}.opened (key text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL, token text)`,
  `CREATE TABLE ${guardSchema}.session (pid int PRIMARY KEY, started timestamptz NOT NULL)`,
  `CREATE TABLE ${guardSchema}.seen (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, at timestamptz NOT NULL,
  by text NOT NULL, program text NOT NULL, transaction text NOT NULL, kind text NOT NULL, statement text NOT NULL, objects text[] NOT NULL)`,
  `CREATE INDEX seen_key ON ${guardSchema}.seen (key, id)`,
  `GRANT USAGE ON SCHEMA ${guardSchema} TO PUBLIC`,
  `GRANT SELECT ON ${guardSchema}.guard, ${guardSchema}.session TO PUBLIC`,
  `GRANT SELECT (holder, until, token) ON ${guardSchema}.opened TO PUBLIC`,
  `CREATE FUNCTION ${guardSchema}.enter(int, timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER ${begun} AS $$
  DELETE FROM ${guardSchema}.session s WHERE s.pid = $1 OR NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = s.pid);
  INSERT INTO ${guardSchema}.session VALUES ($1, $2) ON CONFLICT (pid) DO UPDATE SET started = $2;
$$`,
  `CREATE FUNCTION ${guardSchema}.leave(int) RETURNS void LANGUAGE sql SECURITY DEFINER ${begun} AS $$
  DELETE FROM ${guardSchema}.session s WHERE s.pid = $1;
$$`,
  `CREATE FUNCTION ${guardSchema}.open(text, text, interval, text) RETURNS void LANGUAGE sql SECURITY DEFINER ${begun} AS $$
  DELETE FROM ${guardSchema}.opened o WHERE o.until < clock_timestamp() AND NOT EXISTS (SELECT FROM ${guardSchema}.seen s WHERE s.key = o.key);
  INSERT INTO ${guardSchema}.opened VALUES ($1, $2, clock_timestamp() + $3, encode(sha256(convert_to($4, 'UTF8')), 'hex'))
    ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, until = excluded.until, token = excluded.token;
$$`,
  `CREATE FUNCTION ${guardSchema}.close(text) RETURNS void LANGUAGE sql SECURITY DEFINER ${begun} AS $$
  DELETE FROM ${guardSchema}.opened o WHERE o.key = $1;
$$`,
  `CREATE FUNCTION ${guardSchema}.seen_by(text) RETURNS SETOF ${guardSchema}.seen LANGUAGE sql STABLE SECURITY DEFINER ${begun} AS $$
  SELECT * FROM ${guardSchema}.seen s WHERE s.key = $1;
$$`,
  `CREATE FUNCTION ${guardSchema}.forget(text, text[]) RETURNS void LANGUAGE sql SECURITY DEFINER ${begun} AS $$
  DELETE FROM ${guardSchema}.seen s WHERE s.key = $1 AND ($2 IS NULL OR s.id::text = ANY ($2));
$$`,
  // The row of the session is looked for by whoever sends the statement: nobody else is told when another's session began.
  `CREATE FUNCTION ${guardSchema}.is_run() RETURNS boolean LANGUAGE sql STABLE ${begun} AS $$
  SELECT EXISTS (SELECT FROM ${guardSchema}.session s JOIN pg_stat_activity a ON a.pid = s.pid AND a.backend_start = s.started
    WHERE s.pid = pg_backend_pid());
$$`,
  `CREATE FUNCTION ${guardSchema}.is_open() RETURNS boolean LANGUAGE sql VOLATILE ${begun} AS $$
  SELECT EXISTS (SELECT FROM ${guardSchema}.opened o WHERE o.until > clock_timestamp()
    AND (o.token IS NULL OR o.token = encode(sha256(convert_to(current_setting('lockstep.token', true), 'UTF8')), 'hex')));
$$`,
  `CREATE FUNCTION ${guardSchema}.refuse(tag text) RETURNS void LANGUAGE plpgsql ${begun} AS $$
DECLARE held text;
BEGIN
  SELECT string_agg(format('%s until %s', o.holder, to_char(o.until, 'HH24:MI')), ', ') INTO held FROM ${guardSchema}.opened o WHERE o.until > clock_timestamp();
  IF held IS NULL THEN
    RAISE EXCEPTION 'the structure is checked in: % was refused', tag USING ERRCODE = 'LS001',
      HINT = 'lockstep checkout -m WHY   opens it here for every tool; data can always be changed';
  END IF;
  RAISE EXCEPTION 'the structure is checked out by %: % was refused in this session', held, tag USING ERRCODE = 'LS001',
    HINT = 'lockstep sql   passes, and any session of the holder after: SET lockstep.token = ''…'', as lockstep guard status says; data can always be changed';
END $$`,
  `CREATE FUNCTION ${guardSchema}.is_temporary(namespace text, identity text) RETURNS boolean LANGUAGE sql IMMUTABLE ${begun} AS $$
  SELECT coalesce(namespace = 'pg_temp' OR namespace LIKE 'pg\\_temp\\_%', false) OR coalesce(identity ~ '( (on|for) |^)pg_temp(_[0-9]+)?\\.', false);
$$`,
  `CREATE FUNCTION ${guardSchema}.keep(tag text, statement text, program text, who text, objects text[]) RETURNS void LANGUAGE sql SECURITY DEFINER ${begun} AS $$
  INSERT INTO ${guardSchema}.seen (key, at, by, program, transaction, kind, statement, objects)
  SELECT o.key, clock_timestamp(), who, program, txid_current()::text, tag,
    regexp_replace(regexp_replace(statement, '(password\\s*=?\\s*)E?''(?:[^'']|'''')*''', '\\1''…''', 'gi'), '(password\\s*=\\s*)[^''\\s]+', '\\1…', 'gi'), objects
  FROM ${guardSchema}.opened o WHERE o.until > clock_timestamp()
    AND (o.token IS NULL OR o.token = encode(sha256(convert_to(current_setting('lockstep.token', true), 'UTF8')), 'hex'))
  ORDER BY o.token IS NULL, o.until DESC LIMIT 1;
$$`,
  `CREATE FUNCTION ${guardSchema}.at_start() RETURNS event_trigger LANGUAGE plpgsql ${begun} AS $$
BEGIN
  IF tg_tag IN (${noStructure}) OR ${guardSchema}.is_run() OR ${guardSchema}.is_open() THEN RETURN; END IF;
  -- What is done in steps of its own cannot be taken back at the end.
  IF tg_tag ~ '${temporary}' AND (tg_tag ~ '${first}' OR pg_my_temp_schema() <> 0) AND current_query() !~* '\\mconcurrently\\M' THEN RETURN; END IF;
  PERFORM ${guardSchema}.refuse(tg_tag);
END $$`,
  `CREATE FUNCTION ${guardSchema}.at_rewrite() RETURNS event_trigger LANGUAGE plpgsql ${begun} AS $$
BEGIN
  IF ${guardSchema}.is_run() OR ${guardSchema}.is_open() THEN RETURN; END IF;
  IF EXISTS (SELECT FROM pg_class c WHERE c.oid = pg_event_trigger_table_rewrite_oid() AND c.relpersistence = 't') THEN RETURN; END IF;
  PERFORM ${guardSchema}.refuse(tg_tag);
END $$`,
  judged('at_end', 'pg_event_trigger_ddl_commands()', 'c.schema_name', 'true'),
  judged('at_drop', 'pg_event_trigger_dropped_objects()', "CASE WHEN c.is_temporary THEN 'pg_temp' ELSE c.schema_name END", 'c.original'),
];

/** The function that judges by the objects, and keeps what passed. */
function judged(name: string, objects: string, namespace: string, shown: string): string {
  return `CREATE FUNCTION ${guardSchema}.${name}() RETURNS event_trigger LANGUAGE plpgsql ${begun} AS $$
DECLARE lasting text[];
BEGIN
  IF tg_tag IN (${noStructure}) OR ${guardSchema}.is_run() THEN RETURN; END IF;
  SELECT array_agg(concat_ws(' ', c.object_type, c.object_identity)) FILTER (WHERE ${shown}) INTO lasting FROM ${objects} c
    WHERE NOT ${guardSchema}.is_temporary(${namespace}, c.object_identity);
  IF lasting IS NULL THEN RETURN; END IF;
  IF NOT ${guardSchema}.is_open() THEN PERFORM ${guardSchema}.refuse(tg_tag); END IF;
  PERFORM ${guardSchema}.keep(tg_tag, current_query(), coalesce(current_setting('application_name', true), ''), session_user::text, lasting);
END $$`;
}

/** The last is the one by which statements are refused from then on. */
const events = {
  drop: ['sql_drop', 'at_drop'],
  rewrite: ['table_rewrite', 'at_rewrite'],
  end: ['ddl_command_end', 'at_end'],
  start: ['ddl_command_start', 'at_start'],
};
const triggers = Object.entries(events).map(
  ([name, [event, call]]) => `CREATE EVENT TRIGGER ${guardSchema}_${name} ON ${event} EXECUTE FUNCTION ${guardSchema}.${call}()`,
);

function* state(): Inquiry<GuardState | undefined> {
  const { rows } = yield { sql: `SELECT to_regclass('${guardSchema}.guard') IS NOT NULL AS there` };
  if (rows[0]?.['there'] !== true) return undefined;
  const { rows: found } = yield {
    sql: `SELECT g.by, ${time('g.since')} AS since, g.digest = (${digest}) AS same,
  ARRAY(SELECT w.name FROM unnest(ARRAY[${Object.keys(events)
    .map((name) => text(`${guardSchema}_${name}`))
    .join(', ')}]) w(name) WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtname = w.name)) AS gone,
  ARRAY(SELECT e.evtname::text FROM pg_catalog.pg_event_trigger e WHERE e.evtname LIKE '${guardSchema}\\_%' AND e.evtenabled NOT IN ('O', 'A')) AS disabled
FROM ${guardSchema}.guard g`,
  };
  const { rows: open } = yield {
    sql: `SELECT o.holder, ${time('o.until')} AS until, o.token IS NOT NULL AS "byToken" FROM ${guardSchema}.opened o WHERE o.until > clock_timestamp() ORDER BY o.until`,
  };
  const [row] = found;
  if (row === undefined) return { by: 'unknown', since: '', damaged: ['its table is empty'], open: [] };
  return {
    by: str(row, 'by'),
    since: str(row, 'since'),
    damaged: [
      ...list(row, 'gone').map((name) => `the event trigger ${name} is gone`),
      ...list(row, 'disabled').map((name) => `the event trigger ${name} is switched off`),
      ...(row['same'] === true ? [] : ['its functions are not what was put up']),
    ],
    open: open.map((one) => ({ holder: str(one, 'holder'), until: str(one, 'until'), byToken: one['byToken'] === true })),
  };
}

/** Several triggers see one statement, and several statements of one message have one text: what was sent once is told once. */
function* seen(key: string): Inquiry<readonly SeenStatement[]> {
  const { rows } = yield {
    sql: `SELECT min(s.id)::text AS id, array_agg(s.id::text) AS ids, ${time('min(s.at)')} AS at, s.by, s.program, string_agg(DISTINCT s.kind, ', ') AS kind, s.statement,
  (SELECT array_agg(DISTINCT o) FROM ${guardSchema}.seen_by(${text(key)}) t, unnest(t.objects) o WHERE t.transaction = s.transaction AND t.statement = s.statement) AS objects
FROM ${guardSchema}.seen_by(${text(key)}) s GROUP BY s.transaction, s.by, s.program, s.statement ORDER BY min(s.id)`,
  };
  return rows.map((row) => ({
    id: list(row, 'ids').join('+'),
    at: str(row, 'at'),
    by: str(row, 'by'),
    program: str(row, 'program'),
    kind: str(row, 'kind'),
    text: str(row, 'statement'),
    objects: list(row, 'objects'),
  }));
}
