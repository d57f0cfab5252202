import type { Server } from '../../contracts/index.ts';
import type { Key, QualifiedName } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { type KeyParts, keyParts } from './keys.ts';
import { nameLiteral, quote } from './quote.ts';

/**
 * An expression that is another text after any structural change of these objects. Every look at information_schema names its database
 * and table as constants, so that no other table is opened: https://mariadb.com/kb/en/optimizing-for-latest-news-style-queries/
 */
export function probe(touches: readonly Key[], server: Server): string {
  const parts = touches.map((key) => probeOf(keyParts(key), server));
  return parts.length === 0 ? "''" : `CONCAT_WS(';', ${parts.join(', ')})`;
}

function probeOf(parts: KeyParts, server: Server): string {
  const { kind, name, on } = parts;
  const schema = parts.schema ?? server.database;
  switch (kind) {
    case 'table':
    case 'view':
    case 'sequence':
      return relation(kind, { schema, name }, server);
    case 'index':
      return indexes(at('TABLE_SCHEMA', schema, 'TABLE_NAME', on ?? name));
    case 'trigger': {
      const place =
        on === undefined ? `TRIGGER_SCHEMA = ${nameLiteral(schema)}` : at('EVENT_OBJECT_SCHEMA', schema, 'EVENT_OBJECT_TABLE', on);
      return digest(
        'TRIGGERS',
        ['TRIGGER_NAME', 'EVENT_MANIPULATION', 'ACTION_TIMING', 'ACTION_ORDER', 'ACTION_STATEMENT', 'CREATED'],
        `${place} AND TRIGGER_NAME = ${nameLiteral(name)}`,
      );
    }
    case 'routine':
      return digest(
        'ROUTINES',
        ['ROUTINE_TYPE', 'ROUTINE_DEFINITION', 'LAST_ALTERED', 'ROUTINE_COMMENT', 'SECURITY_TYPE'],
        at('ROUTINE_SCHEMA', schema, 'ROUTINE_NAME', name),
      );
    case 'namespace':
      return digest('SCHEMATA', ['SCHEMA_NAME', 'DEFAULT_COLLATION_NAME'], `SCHEMA_NAME = ${nameLiteral(name)}`);
    default:
      // Events and packages; two looks, because the key does not say which.
      return `CONCAT(${digest('EVENTS', ['EVENT_DEFINITION', 'LAST_ALTERED', 'STATUS', 'EVENT_COMMENT'], at('EVENT_SCHEMA', schema, 'EVENT_NAME', name))}, '/', ${digest(
        'ROUTINES',
        ['ROUTINE_TYPE', 'LAST_ALTERED'],
        at('ROUTINE_SCHEMA', schema, 'ROUTINE_NAME', name),
      )})`;
  }
}

function at(schemaColumn: string, schema: string, nameColumn: string, name: string): string {
  return `${schemaColumn} = ${nameLiteral(schema)} AND ${nameColumn} = ${nameLiteral(name)}`;
}

/** A table, view or sequence: first whether it is there at all, which is all that most new tables are asked. */
function relation(kind: string, { schema, name }: Required<QualifiedName>, server: Server): string {
  const here = at('TABLE_SCHEMA', schema, 'TABLE_NAME', name);
  const itself = digest('TABLES', ['TABLE_TYPE', 'ENGINE', 'TABLE_COLLATION', 'CREATE_OPTIONS', 'TABLE_COMMENT'], here);
  const inside =
    kind === 'view'
      ? [digest('VIEWS', ['VIEW_DEFINITION', 'CHECK_OPTION', 'SECURITY_TYPE'], here)]
      : kind === 'sequence'
        ? []
        : tableParts(schema, name, server);
  if (inside.length === 0) return itself;
  return `IF(EXISTS(SELECT 1 FROM information_schema.TABLES WHERE ${here}), CONCAT_WS(',', ${[itself, ...inside].join(', ')}), '-')`;
}

function tableParts(schema: string, name: string, server: Server): readonly string[] {
  const here = at('TABLE_SCHEMA', schema, 'TABLE_NAME', name);
  const columns = [
    'COLUMN_NAME',
    'ORDINAL_POSITION',
    'COLUMN_TYPE',
    'IS_NULLABLE',
    'COLUMN_DEFAULT',
    'COLLATION_NAME',
    'EXTRA',
    'COLUMN_COMMENT',
    'GENERATION_EXPRESSION',
  ];
  const parted = `EXISTS(SELECT 1 FROM information_schema.TABLES WHERE ${here} AND CREATE_OPTIONS LIKE '%partitioned%')`;
  return [
    digest('COLUMNS', columns, here),
    indexes(here),
    digest('TABLE_CONSTRAINTS', ['CONSTRAINT_NAME', 'CONSTRAINT_TYPE'], `CONSTRAINT_SCHEMA = ${nameLiteral(schema)} AND ${here}`),
    digest(
      'REFERENTIAL_CONSTRAINTS',
      ['CONSTRAINT_NAME', 'UPDATE_RULE', 'DELETE_RULE', 'REFERENCED_TABLE_NAME'],
      at('CONSTRAINT_SCHEMA', schema, 'TABLE_NAME', name),
    ),
    ...(has(server, 'mariadb') && has(server, 'checks')
      ? [digest('CHECK_CONSTRAINTS', ['CONSTRAINT_NAME', 'CHECK_CLAUSE'], at('CONSTRAINT_SCHEMA', schema, 'TABLE_NAME', name))]
      : []),
    `IF(${parted}, ${digest('PARTITIONS', ['PARTITION_NAME', 'PARTITION_DESCRIPTION', 'PARTITION_EXPRESSION', 'SUBPARTITION_NAME'], here)}, '')`,
  ];
}

function indexes(here: string): string {
  return digest(
    'STATISTICS',
    ['INDEX_NAME', 'SEQ_IN_INDEX', 'COLUMN_NAME', 'NON_UNIQUE', 'SUB_PART', 'COLLATION', 'INDEX_TYPE', 'INDEX_COMMENT'],
    here,
  );
}

/** The number of rows and 64 bits of what they say, in any order. Not GROUP_CONCAT, which a session variable cuts short. */
function digest(table: string, columns: readonly string[], where: string): string {
  const row = `CONCAT_WS('|', ${columns.map((column) => `COALESCE(${column}, '~')`).join(', ')})`;
  return `(SELECT CONCAT(COUNT(*), ':', BIT_XOR(CAST(CONV(LEFT(MD5(${row}), 16), 16, 10) AS UNSIGNED))) FROM information_schema.${table} WHERE ${where})`;
}
