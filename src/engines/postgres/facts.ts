import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { type Facts, type Key, keyOf, type ObjectKind, type PartKind, partKey, type QualifiedName } from '../../schema/index.ts';
import { named, notOfGuard, ofUser, opt, str } from './catalogue.ts';
import { otherObjects, unreadQuery } from './inspect/other-queries.ts';
import { type Stable, stably } from './stable.ts';
import { opaqueName } from './traits.ts';

/**
 * What PostgreSQL's catalogue knows of dependencies (https://www.postgresql.org/docs/current/catalog-pg-depend.html), and the columns of
 * views. What a part needs by what it says itself (a key its columns) is left out.
 */
export function facts(server: Server): Inquiry<Facts> {
  return stably(server, (stable) => read(server, stable));
}

function* read(server: Server, stable: Stable): Inquiry<Facts> {
  const [needing = [], shaped = [], inheriting = [], others = []] = yield* stable(needsQuery, shapesQuery, inheritedQuery, unreadQuery);
  const needs = new Map<Key, Key[]>();
  for (const row of needing) {
    const [dependant, needed] = [keyIn(row, '', server), keyIn(row, 'ref_', server)];
    const column = opt(row, 'ref_column');
    add(needs, dependant, needed);
    if (column !== undefined && opt(row, 'ref_kind') === 'table')
      add(needs, dependant, partKey('column', named(row, server, 'ref_schema', 'ref_name'), column));
  }
  const shapes = new Map<Key, string[]>();
  for (const row of shaped) add(shapes, keyOf({ kind: 'view', name: named(row, server) }), str(row, 'shape'));
  const inherited = new Map<Key, Key[]>();
  for (const row of inheriting) add(inherited, keyIn(row, '', server), keyIn(row, 'ref_', server));
  const unread = others.map((row) => str(row, 'shown'));
  return { needs, shapes, inherited, unread, user: server.user };
}

function add<T>(lists: Map<Key, T[]>, key: Key, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

const partKinds: readonly string[] = ['column', 'default', 'constraint', 'index'] satisfies readonly PartKind[];
const modelled: readonly string[] = ['table', 'view', 'sequence', 'enum', 'domain', 'composite', 'extension', 'namespace'];

/** The key of the object or part that a row names in the columns with a prefix. */
function keyIn(row: ResultRow, prefix: string, server: Server): Key {
  const kind = str(row, `${prefix}kind`);
  const name: QualifiedName = named(row, server, `${prefix}schema`, `${prefix}name`);
  const owner = opt(row, `${prefix}owner`);
  // What hangs on a table has the table's namespace.
  const on: QualifiedName | undefined = owner === undefined ? undefined : { ...name, name: owner };
  const more = opt(row, `${prefix}arguments`);
  if (partKinds.includes(kind) && on !== undefined) return partKey(kind as PartKind, on, name.name);
  if (kind === 'routine') return keyOf({ kind, name, arguments: more ?? '' });
  if ((kind === 'trigger' || kind === 'policy') && on !== undefined) return keyOf({ kind, name: { name: name.name }, on });
  if (modelled.includes(kind)) return keyOf({ kind: kind as ObjectKind, name: kind === 'namespace' ? { name: name.name } : name });
  if (on !== undefined) return keyOf({ kind: 'opaque', name: opaqueName(kind, name, { name: on.name }) });
  return keyOf({ kind: 'opaque', name: opaqueName(kind, more === undefined ? name : { ...name, name: `${name.name}(${more})` }) });
}

/** Views with the name and type of each column. */
const shapesQuery = `SELECT n.nspname::text AS schema, c.relname::text AS name,
  format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attcollation <> 0 THEN ' COLLATE ' || a.attcollation::regcollation END) AS shape
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('v', 'm') AND ${ofUser('n')}
ORDER BY c.oid, a.attnum`;

/** Everything with a name that something may need, by its place in the catalogue: class, id, and how the model calls it. */
const objects = `objects AS (
  SELECT 'pg_catalog.pg_class'::regclass AS class, c.oid AS id, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence'
      WHEN 'c' THEN 'composite' ELSE 'table' END AS kind, n.nspname AS schema, c.relname AS name, NULL::name AS owner, NULL::text AS arguments
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c') AND ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass, i.indexrelid, CASE WHEN co.oid IS NULL THEN 'index' ELSE 'constraint' END, n.nspname,
      coalesce(co.conname, ic.relname), t.relname, NULL
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
    LEFT JOIN pg_catalog.pg_constraint co ON co.conindid = i.indexrelid AND co.contype IN ('p', 'u', 'x') WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, co.oid, 'constraint', n.nspname, co.conname, t.relname, NULL
    FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_class t ON t.oid = co.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, co.oid, 'domain', n.nspname, d.typname, NULL, NULL
    FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_type d ON d.oid = co.contypid JOIN pg_catalog.pg_namespace n ON n.oid = d.typnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, ad.oid, CASE WHEN a.attgenerated = '' THEN 'default' ELSE 'column' END, n.nspname, a.attname, t.relname, NULL
    FROM pg_catalog.pg_attrdef ad JOIN pg_catalog.pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
    JOIN pg_catalog.pg_class t ON t.oid = ad.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, r.oid, CASE WHEN r.rulename = '_RETURN' THEN 'view' ELSE 'rule' END, n.nspname,
      CASE WHEN r.rulename = '_RETURN' THEN t.relname ELSE r.rulename END, CASE WHEN r.rulename <> '_RETURN' THEN t.relname END, NULL
    FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class t ON t.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass, g.oid, 'trigger', n.nspname, g.tgname, t.relname, NULL
    FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
    WHERE NOT g.tgisinternal AND ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, p.oid, 'policy', n.nspname, p.polname, t.relname, NULL
    FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class t ON t.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid, CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'routine' END, n.nspname, p.proname, NULL, oidvectortypes(p.proargtypes)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_type'::regclass, y.oid, CASE b.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'type' WHEN 'm' THEN 'type'
      ELSE CASE r.relkind WHEN 'c' THEN 'composite' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END END,
      n.nspname, coalesce(r.relname, b.typname), NULL, NULL
    FROM pg_catalog.pg_type y JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN y.typelem <> 0 AND y.typlen = -1 AND y.typcategory = 'A' THEN y.typelem ELSE y.oid END
    JOIN pg_catalog.pg_namespace n ON n.oid = b.typnamespace LEFT JOIN pg_catalog.pg_class r ON r.oid = b.typrelid
    WHERE b.typtype IN ('e', 'd', 'r', 'm', 'c') AND ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_collation'::regclass, c.oid, 'collation', n.nspname, c.collname, NULL, NULL
    FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass, s.oid, 'statistics', n.nspname, s.stxname, NULL, NULL
    FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace WHERE ${ofUser('n')}
  UNION ALL SELECT 'pg_catalog.pg_event_trigger'::regclass, e.oid, 'event trigger', NULL, e.evtname, NULL, NULL FROM pg_catalog.pg_event_trigger e WHERE ${notOfGuard('e')}
  UNION ALL SELECT 'pg_catalog.pg_publication_rel'::regclass, r.oid, 'publication', NULL, p.pubname, NULL, NULL
    FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
  UNION ALL ${otherObjects}
)`;

/** Pairs of what needs and what is needed. What an extension made stands for the extension. */
const needsQuery = `WITH ${objects}
SELECT DISTINCT CASE WHEN own.attname IS NULL THEN a.kind ELSE 'column' END AS kind, a.schema::text AS schema,
  coalesce(own.attname, a.name)::text AS name, CASE WHEN own.attname IS NULL THEN a.owner ELSE a.name END::text AS owner, a.arguments,
  coalesce(b.kind, 'extension') AS ref_kind, CASE WHEN b.kind IS NULL THEN xn.nspname ELSE b.schema END::text AS ref_schema,
  coalesce(b.name, x.extname)::text AS ref_name, b.owner::text AS ref_owner, b.arguments AS ref_arguments, att.attname::text AS ref_column
FROM pg_catalog.pg_depend d JOIN objects a ON a.class = d.classid AND a.id = d.objid
LEFT JOIN pg_catalog.pg_depend e ON e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension x ON x.oid = e.refobjid LEFT JOIN pg_catalog.pg_namespace xn ON xn.oid = x.extnamespace
LEFT JOIN objects b ON b.class = d.refclassid AND b.id = d.refobjid AND x.oid IS NULL
LEFT JOIN pg_catalog.pg_attribute own ON a.kind = 'table' AND d.classid = 'pg_catalog.pg_class'::regclass AND own.attrelid = d.objid
  AND own.attnum = d.objsubid AND d.objsubid > 0
LEFT JOIN pg_catalog.pg_attribute att ON d.refclassid = 'pg_catalog.pg_class'::regclass AND att.attrelid = d.refobjid AND att.attnum = d.refobjsubid
  AND d.refobjsubid > 0
WHERE d.deptype IN ('n', 'a') AND (b.kind IS NOT NULL OR x.oid IS NOT NULL)
  AND NOT (a.kind IN ('index', 'constraint', 'default') AND b.kind = 'table' AND b.schema = a.schema AND b.name = a.owner)
  AND (a.kind, a.schema, a.name, coalesce(a.owner, '')) IS DISTINCT FROM (b.kind, b.schema, b.name, coalesce(b.owner, ''))
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`;

/** Tables with the tables that they are partitions or heirs of, and what they have from them with that from which it comes. */
const inheritedQuery = `WITH ${objects}, pairs AS (
  SELECT 'pg_catalog.pg_class'::regclass AS class, i.inhrelid AS id, i.inhparent AS parent, i.inhseqno AS n FROM pg_catalog.pg_inherits i
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, co.oid, co.conparentid, 1 FROM pg_catalog.pg_constraint co
    WHERE co.contype = 'f' AND co.conparentid <> 0
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, co.oid, up.oid, i.inhseqno FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_constraint co ON co.conrelid = i.inhrelid AND co.contype = 'c' AND co.coninhcount > 0
    JOIN pg_catalog.pg_constraint up ON up.conrelid = i.inhparent AND up.contype = 'c' AND up.conname = co.conname
)
SELECT a.kind, a.schema::text AS schema, a.name::text AS name, a.owner::text AS owner, a.arguments, b.kind AS ref_kind, b.schema::text AS ref_schema,
  b.name::text AS ref_name, b.owner::text AS ref_owner, b.arguments AS ref_arguments, p.n
FROM pairs p JOIN objects a ON a.class = p.class AND a.id = p.id JOIN objects b ON b.class = p.class AND b.id = p.parent
UNION ALL SELECT 'column', n.nspname, a.attname, c.relname, NULL, 'column', un.nspname, up.attname, uc.relname, NULL, i.inhseqno
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.inhrelid AND a.attnum > 0 AND a.attinhcount > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_attribute up ON up.attrelid = i.inhparent AND up.attname = a.attname AND up.attnum > 0
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p') JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class uc ON uc.oid = i.inhparent JOIN pg_catalog.pg_namespace un ON un.oid = uc.relnamespace
WHERE ${ofUser('n')}
ORDER BY 1, 2, 3, 4, 11`;
