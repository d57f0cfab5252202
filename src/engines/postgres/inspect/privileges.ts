import type { ResultRow, Server } from '../../../contracts/index.ts';
import { type Key, keyOf, type Opaque, type QualifiedName, type Schema, type SchemaObject } from '../../../schema/index.ts';
import { flag, groupBy, list, named, notOwn, ofUser, opt, str } from '../catalogue.ts';
import { quote } from '../quote.ts';
import { opaqueName } from '../traits.ts';

/**
 * Rights that were given or taken away, one row for each grantee of each object: `given` is false for what everybody usually has and this
 * one has not. What the owner has by being the owner is no right that was given.
 * https://www.postgresql.org/docs/current/ddl-priv.html
 */
export const privilegesQuery = `WITH secured AS (
  SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind, n.nspname AS schema, c.relname AS name,
      NULL::text AS arguments, NULL::name AS "column", c.relacl AS acl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS usual
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relacl IS NOT NULL AND ${ofUser('n')} AND ${notOwn('c')}
  UNION ALL SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, n.nspname, c.relname, NULL, a.attname, a.attacl, NULL
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND ${ofUser('n')} AND ${notOwn('c')}
  UNION ALL SELECT 'routine', n.nspname, p.proname, oidvectortypes(p.proargtypes), NULL, p.proacl, acldefault('f', p.proowner)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE p.proacl IS NOT NULL AND p.prokind <> 'a' AND ${ofUser('n')}
  UNION ALL SELECT CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' ELSE 'composite' END, n.nspname, t.typname, NULL, NULL, t.typacl, acldefault('T', t.typowner)
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typacl IS NOT NULL AND t.typtype IN ('d', 'e', 'c') AND ${ofUser('n')}
  UNION ALL SELECT 'namespace', NULL, n.nspname, NULL, NULL, n.nspacl, coalesce((SELECT i.initprivs FROM pg_catalog.pg_init_privs i
      WHERE i.classoid = 'pg_catalog.pg_namespace'::regclass AND i.objoid = n.oid), acldefault('n', n.nspowner))
    FROM pg_catalog.pg_namespace n WHERE n.nspacl IS NOT NULL AND ${ofUser('n')}
), rights AS (
  SELECT s.kind, s.schema, s.name, s.arguments, s."column", x.grantee, x.privilege_type, x.is_grantable, true AS given
    FROM secured s, aclexplode(s.acl) x
    WHERE x.grantee <> x.grantor AND NOT EXISTS (SELECT FROM aclexplode(s.usual) u WHERE (u.grantee, u.privilege_type, u.is_grantable) = (x.grantee, x.privilege_type, x.is_grantable))
  UNION ALL SELECT s.kind, s.schema, s.name, s.arguments, s."column", u.grantee, u.privilege_type, u.is_grantable, false
    FROM secured s, aclexplode(s.usual) u
    WHERE u.grantee <> u.grantor AND NOT EXISTS (SELECT FROM aclexplode(s.acl) x WHERE (x.grantee, x.privilege_type) = (u.grantee, u.privilege_type))
)
SELECT r.kind, r.schema::text AS schema, r.name::text AS name, r.arguments, r."column"::text AS "column", r.given, r.is_grantable AS grantable,
  CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.grantee)) END AS grantee,
  array_agg(r.privilege_type ORDER BY r.privilege_type) AS privileges
FROM rights r GROUP BY r.kind, r.schema, r.name, r.arguments, r."column", r.given, r.is_grantable, r.grantee
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`;

/** What new objects of a role get by themselves: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html */
export const defaultPrivilegesQuery = `WITH secured AS (
  SELECT d.defaclrole AS role, n.nspname AS schema, d.defaclobjtype AS kind, d.defaclacl AS acl,
    CASE WHEN d.defaclnamespace = 0 THEN acldefault(d.defaclobjtype, d.defaclrole) END AS usual
  FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
), rights AS (
  SELECT s.role, s.schema, s.kind, x.grantee, x.privilege_type, x.is_grantable, true AS given FROM secured s, aclexplode(s.acl) x
    WHERE NOT EXISTS (SELECT FROM aclexplode(s.usual) u WHERE (u.grantee, u.privilege_type, u.is_grantable) = (x.grantee, x.privilege_type, x.is_grantable))
  UNION ALL SELECT s.role, s.schema, s.kind, u.grantee, u.privilege_type, u.is_grantable, false FROM secured s, aclexplode(s.usual) u
    WHERE NOT EXISTS (SELECT FROM aclexplode(s.acl) x WHERE (x.grantee, x.privilege_type) = (u.grantee, u.privilege_type))
)
SELECT pg_get_userbyid(r.role)::text AS role, r.schema::text AS schema, r.given, r.is_grantable AS grantable,
  CASE r.kind WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END AS kind,
  CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.grantee)) END AS grantee,
  array_agg(r.privilege_type ORDER BY r.privilege_type) AS privileges
FROM rights r GROUP BY r.role, r.schema, r.kind, r.given, r.is_grantable, r.grantee
ORDER BY 1, 2, 5, 3, 4, 6`;

/** The default rights of each role, by what they are for, as opaque objects. */
export function readDefaultPrivileges(rows: readonly ResultRow[]): readonly Opaque[] {
  const named = rows.map((row) => ({ ...row, object: [str(row, 'role'), opt(row, 'schema') ?? '', str(row, 'kind')].join(' ') }));
  return [...groupBy(named, 'object')].flatMap(([name, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const schema = opt(first, 'schema');
    const where = schema === undefined ? '' : ` IN SCHEMA ${quote.identifier(schema)}`;
    const start = `ALTER DEFAULT PRIVILEGES FOR ROLE ${quote.identifier(str(first, 'role'))}${where}`;
    const said = (give: boolean): string =>
      group.map((row) => `${start} ${statementOf(row, str(row, 'kind'), flag(row, 'given') === give)}`).join(';\n');
    return [
      {
        kind: 'opaque',
        type: 'default privileges',
        name: opaqueName('default privileges', { name }),
        definition: said(true),
        drop: said(false),
        ...(schema === undefined ? {} : { dependsOn: [keyOf({ kind: 'namespace', name: { name: schema } })] }),
      },
    ];
  });
}

/** The rights on each object as one opaque object: they are given when it is made and taken back when they are to be others. */
export function readPrivileges(rows: readonly ResultRow[], server: Server): readonly Opaque[] {
  const objects = groupBy(
    rows.map((row) => ({ ...row, object: [str(row, 'kind'), opt(row, 'schema'), str(row, 'name'), opt(row, 'arguments')].join('\0') })),
    'object',
  );
  return [...objects.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [privilegesOn(first, group, server)];
  });
}

function privilegesOn(row: ResultRow, rows: readonly ResultRow[], server: Server): Opaque {
  const kind = str(row, 'kind') as 'table';
  const name = kind === ('namespace' as string) ? { name: str(row, 'name') } : named(row, server);
  const signature = opt(row, 'arguments');
  const key: Key = keyOf(signature === undefined ? { kind, name } : { kind, name, arguments: signature });
  const target = targetOf(str(row, 'kind'), name, signature);
  const said = (give: boolean): string => rows.map((right) => statementOf(right, target, flag(right, 'given') === give)).join(';\n');
  return {
    kind: 'opaque',
    type: 'privileges',
    name: rightsName(str(row, 'kind'), name, signature),
    definition: said(true),
    drop: said(false),
    dependsOn: [key],
  };
}

/** What the rights on an object are called. */
function rightsName(kind: string, name: QualifiedName, signature: string | undefined): QualifiedName {
  return opaqueName('privileges', { ...name, name: `${kind} ${name.name}${signature === undefined ? '' : `(${signature})`}` });
}

function targetOf(kind: string, name: QualifiedName, signature: string | undefined): string {
  return `${targetWords[kind] ?? 'TABLE'} ${nameOf(kind, name)}${signature === undefined ? '' : `(${signature})`}`;
}

const presetWords: Readonly<Record<string, string>> = {
  table: 'TABLES',
  view: 'TABLES',
  sequence: 'SEQUENCES',
  routine: 'ROUTINES',
  domain: 'TYPES',
  enum: 'TYPES',
  composite: 'TYPES',
  namespace: 'SCHEMAS',
};

/** Whether default rights that the user has set would give, or take, a right of a new object that it does not have so in a structure. */
export function oversteps(preset: SchemaObject, object: SchemaObject, to: Schema): boolean {
  const word = presetWords[object.kind];
  if (preset.kind !== 'opaque' || word === undefined) return false;
  const [within] = preset.dependsOn ?? [];
  if (within !== undefined && within !== keyOf({ kind: 'namespace', name: { name: object.name.schema ?? '' } })) return false;
  const start = `ALTER DEFAULT PRIVILEGES FOR ROLE ${quote.identifier(to.facts?.user ?? '')} `;
  const signature = object.kind === 'routine' ? object.arguments : undefined;
  const rights = to.objects.get(keyOf({ kind: 'opaque', name: rightsName(object.kind, object.name, signature) }));
  const said = rights?.kind === 'opaque' ? rights.definition.split(';\n') : [];
  const target = targetOf(object.kind, object.name, signature);
  return preset.definition.split(';\n').some((line) => {
    const [, right = '', who = ''] = line.startsWith(start) ? (presetLine.exec(line) ?? []) : [];
    return line.includes(` ON ${word} `) && right !== '' && !said.includes(`${right} ON ${target} ${who}`);
  });
}

const presetLine = /((?:GRANT|REVOKE) [A-Z, ]+) ON [A-Z]+ ((?:TO|FROM) .*)$/s;

const targetWords: Readonly<Record<string, string>> = {
  table: 'TABLE',
  view: 'TABLE',
  sequence: 'SEQUENCE',
  routine: 'ROUTINE',
  domain: 'DOMAIN',
  enum: 'TYPE',
  composite: 'TYPE',
  namespace: 'SCHEMA',
};

function nameOf(kind: string, name: QualifiedName): string {
  return kind === 'namespace' ? quote.identifier(name.name) : quote.name(name);
}

function statementOf(row: ResultRow, target: string, give: boolean): string {
  const column = opt(row, 'column');
  const of = column === undefined ? '' : ` (${quote.identifier(column)})`;
  const privileges = list(row, 'privileges')
    .map((privilege) => `${privilege}${of}`)
    .join(', ');
  const who = str(row, 'grantee');
  if (!give) return `REVOKE ${privileges} ON ${target} FROM ${who}`;
  return `GRANT ${privileges} ON ${target} TO ${who}${flag(row, 'grantable') ? ' WITH GRANT OPTION' : ''}`;
}
