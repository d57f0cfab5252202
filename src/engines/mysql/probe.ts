import type { Server } from '../../contracts/index.ts';
import type { Key, QualifiedName } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { type KeyParts, keyParts } from './keys.ts';
import { nameLiteral } from './quote.ts';

/**
 * An expression that is another text after any structural change of these objects. Every look at information_schema names its database
 * and table as constants, so that no other table is opened:
 * https://dev.mysql.com/doc/refman/5.7/en/information-schema-optimization.html
 */
export function probe(touches: readonly Key[], server: Server): string {
  const parts = touches.map((key) => probeOf(keyParts(key), server));
  return parts.length === 0 ? "''" : `CONCAT_WS(';', ${parts.join(', ')})`;
}

function probeOf(parts: KeyParts, server: Server): string {
  const { kind, name, on, part } = parts;
  const schema = parts.schema ?? server.database;
  const here = at('TABLE_SCHEMA', schema, 'TABLE_NAME', name);
  switch (kind) {
    case 'table':
      return tableParts(part, { schema, name }, server);
    case 'index':
      return `(SELECT COUNT(*) FROM information_schema.STATISTICS WHERE ${at('TABLE_SCHEMA', schema, 'TABLE_NAME', on ?? '')} AND INDEX_NAME = ${nameLiteral(name)})`;
    case 'view':
      return digest('VIEWS', ['TABLE_NAME', 'VIEW_DEFINITION', 'CHECK_OPTION', 'SECURITY_TYPE'], here);
    case 'sequence':
      return itself(here);
    case 'trigger': {
      const place =
        on === undefined ? `TRIGGER_SCHEMA = ${nameLiteral(schema)}` : at('EVENT_OBJECT_SCHEMA', schema, 'EVENT_OBJECT_TABLE', on);
      const columns = ['TRIGGER_NAME', 'EVENT_MANIPULATION', 'ACTION_TIMING', 'ACTION_ORDER', 'ACTION_STATEMENT', 'CREATED'];
      return digest('TRIGGERS', columns, `${place} AND TRIGGER_NAME = ${nameLiteral(name)}`);
    }
    case 'routine':
      return routines(schema, name);
    case 'namespace':
      return digest('SCHEMATA', ['SCHEMA_NAME', 'DEFAULT_COLLATION_NAME'], `SCHEMA_NAME = ${nameLiteral(name)}`);
    default:
      // Events and packages; two looks, because the key does not say which.
      return `CONCAT(${digest('EVENTS', ['EVENT_DEFINITION', 'LAST_ALTERED', 'STATUS', 'EVENT_COMMENT'], at('EVENT_SCHEMA', schema, 'EVENT_NAME', name))}, '/', ${routines(schema, name)})`;
  }
}

function at(schemaColumn: string, schema: string, nameColumn: string, name: string): string {
  return `${schemaColumn} = ${nameLiteral(schema)} AND ${nameColumn} = ${nameLiteral(name)}`;
}

function routines(schema: string, name: string): string {
  const columns = ['ROUTINE_TYPE', 'ROUTINE_DEFINITION', 'LAST_ALTERED', 'ROUTINE_COMMENT', 'SECURITY_TYPE'];
  return digest('ROUTINES', columns, at('ROUTINE_SCHEMA', schema, 'ROUTINE_NAME', name));
}

/** One part of a table, or all of them but the partitions when none is named. */
function tableParts(part: string | undefined, table: Required<QualifiedName>, server: Server): string {
  const here = at('TABLE_SCHEMA', table.schema, 'TABLE_NAME', table.name);
  switch (part) {
    case 'existence':
      return `(SELECT COUNT(*) FROM information_schema.TABLES WHERE ${here})`;
    case 'itself':
      return itself(here);
    case 'columns':
      return columns(here);
    case 'indexes':
      return indexes(here);
    case 'constraints':
      return constraints(table, server);
    case 'partitions':
      return digest(
        'PARTITIONS',
        ['PARTITION_NAME', 'PARTITION_DESCRIPTION', 'PARTITION_METHOD', 'PARTITION_EXPRESSION', 'SUBPARTITION_NAME'],
        here,
      );
    default:
      return `CONCAT_WS(',', ${[itself(here), columns(here), indexes(here), constraints(table, server)].join(', ')})`;
  }
}

function itself(here: string): string {
  return digest('TABLES', ['TABLE_TYPE', 'ENGINE', 'TABLE_COLLATION', 'CREATE_OPTIONS', 'TABLE_COMMENT'], here);
}

function columns(here: string): string {
  const told = ['COLUMN_NAME', 'ORDINAL_POSITION', 'COLUMN_TYPE', 'IS_NULLABLE', 'COLUMN_DEFAULT', 'COLLATION_NAME', 'EXTRA'];
  return digest('COLUMNS', [...told, 'COLUMN_COMMENT', 'GENERATION_EXPRESSION'], here);
}

function indexes(here: string): string {
  const told = ['INDEX_NAME', 'SEQ_IN_INDEX', 'COLUMN_NAME', 'NON_UNIQUE', 'SUB_PART', 'COLLATION', 'INDEX_TYPE', 'INDEX_COMMENT'];
  return digest('STATISTICS', told, here);
}

function constraints({ schema, name }: Required<QualifiedName>, server: Server): string {
  const here = at('CONSTRAINT_SCHEMA', schema, 'TABLE_NAME', name);
  const looks = [
    digest('TABLE_CONSTRAINTS', ['CONSTRAINT_NAME', 'CONSTRAINT_TYPE'], `${here} AND TABLE_SCHEMA = ${nameLiteral(schema)}`),
    digest('REFERENTIAL_CONSTRAINTS', ['CONSTRAINT_NAME', 'UPDATE_RULE', 'DELETE_RULE', 'REFERENCED_TABLE_NAME'], here),
    ...(has(server, 'columnChecks') ? [digest('CHECK_CONSTRAINTS', ['CONSTRAINT_NAME', 'CHECK_CLAUSE'], here)] : []),
  ];
  return `CONCAT_WS(',', ${looks.join(', ')})`;
}

/** The number of rows and 64 bits of what they say, in any order. Not GROUP_CONCAT, which a session variable cuts short. */
function digest(table: string, columns: readonly string[], where: string): string {
  const row = `CONCAT_WS('|', ${columns.map((column) => `COALESCE(${column}, '~')`).join(', ')})`;
  return `(SELECT CONCAT(COUNT(*), ':', BIT_XOR(CAST(CONV(LEFT(MD5(${row}), 16), 16, 10) AS UNSIGNED))) FROM information_schema.${table} WHERE ${where})`;
}
