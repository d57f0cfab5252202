import type { Inquiry, Query, ResultRow, Server } from '../../contracts/index.ts';
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
import { type RelationRows, readRelations } from './inspect/read-relations.ts';
import { readTypes } from './inspect/read-types.ts';
import { everything, type Scope, someTables } from './inspect/scope.ts';
import { stably } from './stable.ts';

/**
 * Reads the structure with a fixed number of queries. Names in the connection's default namespace come out without it, in definitions
 * too. With `tables`, reads only these, what belongs to them, the tables whose foreign keys lead to them and their partitions.
 */
export function* inspect(server: Server, tables?: readonly QualifiedName[]): Inquiry<Schema> {
  if (tables?.length === 0) return { objects: new Map(), scope: new Set() };
  const scope = tables === undefined ? everything : someTables(tables, server);
  const objects = yield* stably(server, (stable) => read(scope, server, stable));
  return schemaOf(objects, tables === undefined ? 'all' : new Set<Key>(tables.map(tableKey)));
}

function* read(scope: Scope, server: Server, stable: (sql: string) => Query): Inquiry<readonly SchemaObject[]> {
  const rows: RelationRows = {
    relations: (yield stable(relationsQuery(scope))).rows,
    columns: (yield stable(columnsQuery(scope, server))).rows,
    constraints: (yield stable(constraintsQuery(scope, server))).rows,
    indexes: (yield stable(indexesQuery(scope, server))).rows,
    sequences: (yield stable(sequencesQuery(scope))).rows,
    triggers: (yield stable(triggersQuery(scope, server))).rows,
    policies: (yield stable(policiesQuery(scope))).rows,
    rules: (yield stable(rulesQuery(scope))).rows,
  };
  const relations = readRelations(rows, server);
  if (scope.partial) return relations;
  const types: readonly ResultRow[] = (yield stable(typesQuery())).rows;
  const attributes = (yield stable(attributesQuery(`${ofUser('n')} AND ${notOfExtension('pg_class', 'c.oid')}`))).rows;
  const routines = (yield stable(routinesQuery())).rows;
  const rest = (yield stable(restQuery(server))).rows;
  const publications = (yield stable(publicationsQuery(server))).rows;
  const privileges = readPrivileges((yield stable(privilegesQuery)).rows, server);
  const others = readOthers((yield stable(othersQuery)).rows, server);
  const comments = readComments((yield stable(commentsQuery)).rows, server);
  const usual = readDefaultPrivileges((yield stable(defaultPrivilegesQuery)).rows);
  return [
    ...relations,
    ...readTypes({ types, attributes }, server),
    ...readObjects({ routines, rest, publications }, server),
    ...others,
    ...comments,
    ...privileges,
    ...usual,
  ];
}
