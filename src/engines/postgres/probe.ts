import type { Server } from '../../contracts/index.ts';
import type { Key, ObjectReference, QualifiedName } from '../../schema/index.ts';
import { readKey } from './keys.ts';
import { quote, text } from './quote.ts';
import { resolved } from './reader.ts';

/**
 * An expression whose text differs before and after a structural statement on these objects. It reads the catalogue's own columns, not
 * the printed definitions, because those depend on settings such as `search_path` that need not be the same after a crash.
 */
export function probe(touches: readonly Key[], server: Server): string {
  const parts = [...new Set(touches)].sort().flatMap((key) => partOf(readKey(key), server));
  if (parts.length === 0) return "'nothing'";
  return `(SELECT md5(concat_ws('|', ${parts.map((part) => `coalesce((${part}), '-')`).join(', ')})))`;
}

function partOf(reference: ObjectReference | undefined, server: Server): readonly string[] {
  if (reference === undefined || reference.name.name === '') return [];
  const { kind, on } = reference;
  const name = resolved(reference.name, server);
  switch (kind) {
    case 'table':
    case 'view':
    case 'sequence':
      return [relation(name)];
    case 'enum':
    case 'domain':
    case 'composite':
      return [type(name)];
    case 'routine':
      return [routine(name)];
    case 'trigger':
    case 'policy':
      // Both are seen in their table.
      return on === undefined ? [] : [relation(resolved(on, server))];
    case 'extension':
      return [`SELECT concat_ws(',', extversion, extnamespace) FROM pg_catalog.pg_extension WHERE extname = ${text(name.name)}`];
    case 'namespace':
      return [`SELECT concat_ws(',', oid, nspowner) FROM pg_catalog.pg_namespace WHERE nspname = ${text(reference.name.name)}`];
    case 'opaque':
      return opaque(reference.name, server);
  }
}

/** The catalogue rows of a relation and of everything in it: columns, constraints, indexes, triggers, policies, rules, parents, comments. */
function relation(name: QualifiedName): string {
  const rows = (from: string, alias: string, condition: string): string =>
    `(SELECT md5(string_agg(${alias}::text, ';' ORDER BY ${alias}::text)) FROM pg_catalog.${from} ${alias} WHERE ${condition})`;
  const columns = `(SELECT md5(string_agg(ROW(a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attcollation,
    a.attidentity, a.attgenerated, a.attstorage, a.attstattarget, a.attoptions, d.adbin)::text, ';' ORDER BY a.attnum)) FROM pg_catalog.pg_attribute a
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;
  const indexes = `(SELECT md5(string_agg(ROW(i.*, ic.relname, ic.reloptions, ic.reltablespace)::text, ';' ORDER BY i.indexrelid))
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid OR i.indexrelid = c.oid)`;
  return `SELECT concat_ws(',', c.relname, c.relnamespace, c.relkind, c.relowner, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
  c.relreplident, c.reltablespace, c.relam, c.reloftype, c.reloptions::text, c.relpartbound::text, ${columns}, ${indexes},
  ${rows('pg_constraint', 'co', 'co.conrelid = c.oid')}, ${rows('pg_trigger', 't', 't.tgrelid = c.oid')},
  ${rows('pg_policy', 'p', 'p.polrelid = c.oid')}, ${rows('pg_rewrite', 'r', 'r.ev_class = c.oid')},
  ${rows('pg_sequence', 's', 's.seqrelid = c.oid')}, ${rows('pg_inherits', 'h', 'h.inhrelid = c.oid OR h.inhparent = c.oid')},
  ${rows('pg_description', 'd', "d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid")})
FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(${text(quote.name(name))})`;
}

function type(name: QualifiedName): string {
  return `SELECT concat_ws(',', t.typname, t.typnamespace, t.typowner, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefaultbin::text,
  (SELECT string_agg(e.enumlabel, ';' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
  (SELECT string_agg(ROW(a.attname, a.atttypid, a.atttypmod, a.attcollation)::text, ';' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
  (SELECT string_agg(co::text, ';' ORDER BY co.conname) FROM pg_catalog.pg_constraint co WHERE co.contypid = t.oid),
  obj_description(t.oid, 'pg_type'))
FROM pg_catalog.pg_type t WHERE t.oid = to_regtype(${text(quote.name(name))})`;
}

/** All routines of that name: a statement need not say which of them it means. */
function routine(name: QualifiedName): string {
  const costs = "'{procost,prorows,proacl}'::text[]";
  return `SELECT string_agg((to_jsonb(p) - ${costs})::text || coalesce(obj_description(p.oid, 'pg_proc'), ''), ';' ORDER BY p.oid)
FROM pg_catalog.pg_proc p WHERE p.proname = ${text(name.name)} AND p.pronamespace = to_regnamespace(${namespaceOf(name)})`;
}

function namespaceOf(name: QualifiedName): string {
  return name.schema === undefined ? 'current_schema()' : text(quote.identifier(name.schema));
}

/** Opaque objects begin with their kind; those that `unseen` of classify-drop.ts lists are not looked at. */
function opaque(name: QualifiedName, server: Server): readonly string[] {
  const found = opaqueKinds.find(([noun]) => name.name.startsWith(`${noun} `));
  if (found === undefined) return [];
  const [noun, look] = found;
  const own = name.name.slice(noun.length + 1).replace(/\(.*\)$/s, '');
  return [look(resolved({ ...name, name: own }, server))];
}

type Look = (name: QualifiedName) => string;

const byName =
  (from: string, column: string): Look =>
  ({ name }) =>
    `SELECT md5(x::text) FROM pg_catalog.${from} x WHERE x.${column} = ${text(name)}`;

const inNamespace =
  (from: string, column: string, namespace: string): Look =>
  (name) =>
    `SELECT md5(x::text) FROM pg_catalog.${from} x
WHERE x.${column} = ${text(name.name)} AND x.${namespace} = to_regnamespace(${namespaceOf(name)})`;

/** Longer kinds before the shorter ones that they begin with. */
const opaqueKinds: readonly (readonly [noun: string, look: Look])[] = [
  ['index', relation],
  ['foreign table', relation],
  ['type', type],
  ['aggregate', routine],
  ['event trigger', byName('pg_event_trigger', 'evtname')],
  [
    'publication',
    ({
      name,
    }) => `SELECT concat(md5(x::text), (SELECT string_agg(r::text, ';' ORDER BY r.prrelid) FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = x.oid))
FROM pg_catalog.pg_publication x WHERE x.pubname = ${text(name)}`,
  ],
  ['statistics', inNamespace('pg_statistic_ext', 'stxname', 'stxnamespace')],
  ['collation', inNamespace('pg_collation', 'collname', 'collnamespace')],
  [
    'database',
    ({ name }) =>
      `SELECT concat_ws(',', datdba, encoding, dattablespace, datallowconn) FROM pg_catalog.pg_database WHERE datname = ${text(name)}`,
  ],
  ['tablespace', byName('pg_tablespace', 'spcname')],
  ['role', byName('pg_roles', 'rolname')],
];
