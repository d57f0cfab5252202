import type { Inquiry, Server } from '../../contracts/index.ts';
import {
  type Constraint,
  canonicalSchema,
  type Default,
  type Index,
  type Schema,
  type SchemaObject,
  type Table,
} from '../../schema/index.ts';
import { folded } from './expression.ts';
import { inspect } from './inspect.ts';

/**
 * The whole structure in one text: everything that `sqlite_schema` says, in one spelling, because SQLite spells names in its own way
 * when it renames something. The order in which objects and columns were made does not count.
 */
export function* fingerprint(server: Server): Inquiry<string> {
  const schema = yield* inspect(server);
  const objects = new Map([...schema.objects].map(([key, object]) => [key, spelled(object)]));
  return canonicalSchema({ ...schema, objects } satisfies Schema);
}

function spelled(object: SchemaObject): SchemaObject {
  switch (object.kind) {
    case 'table':
      return spelledTable(object);
    case 'view':
      return { ...object, query: folded(object.query) };
    case 'trigger':
    case 'opaque':
      return { ...object, definition: folded(object.definition) };
    default:
      return object;
  }
}

function spelledTable(table: Table): Table {
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      ...(column.default === undefined ? {} : { default: spelledDefault(column.default) }),
      ...(column.generated === undefined ? {} : { generated: { ...column.generated, sql: folded(column.generated.sql) } }),
    })),
    constraints: table.constraints.map(
      (constraint): Constraint => (constraint.kind === 'check' ? { ...constraint, sql: folded(constraint.sql) } : constraint),
    ),
    indexes: table.indexes.map(
      (index): Index => ({
        ...index,
        parts: index.parts.map((part) => (part.sql === undefined ? part : { ...part, sql: folded(part.sql) })),
        ...(index.where === undefined ? {} : { where: folded(index.where) }),
      }),
    ),
  };
}

function spelledDefault(value: Default): Default {
  return 'sql' in value ? { sql: folded(value.sql) } : value;
}
