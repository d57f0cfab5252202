import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { type Key, type QualifiedName, type Schema, type SchemaObject, schemaOf, tableKey } from '../../schema/index.ts';
import { notOfExtension, ofUser } from './catalogue.ts';
import {
  policiesQuery,
  publicationsQuery,
  restQuery,
  routinesQuery,
  rulesQuery,
  sequencesQuery,
  triggersQuery,
  typesQuery,
} from './inspect/object-queries.ts';
import { commentsQuery, othersQuery } from './inspect/other-queries.ts';
import { defaultPrivilegesQuery, privilegesQuery, readDefaultPrivileges, readPrivileges } from './inspect/privileges.ts';
import { attributesQuery, columnsQuery, constraintsQuery, indexesQuery, relationsQuery } from './inspect/queries.ts';
import { readObjects } from './inspect/read-objects.ts';
import { readComments, readOthers } from './inspect/read-others.ts';
import { readRelations } from './inspect/read-relations.ts';
import { readTypes } from './inspect/read-types.ts';
import { everything, type Scope, someTables } from './inspect/scope.ts';
import { type Stable, stably } from './stable.ts';

/**
 * Reads the structure with a fixed number of queries, in one message. Names in the connection's default namespace come out without it, in definitions
 * too. With `tables`, reads only these, what belongs to them, the tables whose foreign keys lead to them and their partitions.
 */
export function* inspect(server: Server, tables?: readonly QualifiedName[]): Inquiry<Schema> {
  if (tables?.length === 0) return { objects: new Map(), scope: new Set() };
  const scope = tables === undefined ? everything : someTables(tables, server);
  const objects = yield* stably(server, (stable) => read(scope, server, stable));
  return schemaOf(objects, tables === undefined ? 'all' : new Set<Key>(tables.map(tableKey)));
}

function* read(scope: Scope, server: Server, stable: Stable): Inquiry<readonly SchemaObject[]> {
  const ofRelations = {
    relations: relationsQuery(scope),
    columns: columnsQuery(scope, server),
    constraints: constraintsQuery(scope, server),
    indexes: indexesQuery(scope, server),
    sequences: sequencesQuery(scope),
    triggers: triggersQuery(scope, server),
    policies: policiesQuery(scope),
    rules: rulesQuery(scope),
  };
  if (scope.partial) return readRelations(yield* named(stable, ofRelations), server);
  const rows = yield* named(stable, {
    ...ofRelations,
    types: typesQuery(),
    attributes: attributesQuery(`${ofUser('n')} AND ${notOfExtension('pg_class', 'c.oid')}`),
    routines: routinesQuery(),
    rest: restQuery(server),
    publications: publicationsQuery(server),
    privileges: privilegesQuery,
    others: othersQuery,
    comments: commentsQuery,
    usual: defaultPrivilegesQuery,
  });
  return [
    ...readRelations(rows, server),
    ...readTypes(rows, server),
    ...readObjects(rows, server),
    ...readOthers(rows.others, server),
    ...readComments(rows.comments, server),
    ...readPrivileges(rows.privileges, server),
    ...readDefaultPrivileges(rows.usual),
  ];
}

/** The rows of queries by the names of these. */
function* named<K extends string>(
  stable: Stable,
  queries: Readonly<Record<K, string>>,
): Inquiry<Readonly<Record<K, readonly ResultRow[]>>> {
  const sets = yield* stable(...Object.values<string>(queries));
  return Object.fromEntries(Object.keys(queries).map((name, i) => [name, sets[i] ?? []])) as unknown as Record<K, readonly ResultRow[]>;
}
