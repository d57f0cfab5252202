import {
  type ColumnType,
  type Constraint,
  formatName,
  keyOf,
  type QualifiedName,
  referenceTo,
  type Schema,
  type SchemaObject,
  type Table,
  tableOf,
  tablesOf,
} from '../../src/schema/index.ts';

/** What in a schema cannot be: names given twice, references to what is not there, keys under which something else is kept. */
export function contradictions(schema: Schema): readonly string[] {
  return [...schema.objects].flatMap(([key, object]) => [
    ...(key === keyOf(referenceTo(object)) ? [] : [`${key} is kept under another key`]),
    ...(object.kind === 'table' ? inTable(schema, object) : inObject(schema, object)).map((fault) => `${key}: ${fault}`),
  ]);
}

function inTable(schema: Schema, table: Table): readonly string[] {
  const columns = table.columns.map((column) => column.name);
  return [
    ...twice(columns, 'column'),
    ...twice(
      table.constraints.flatMap((constraint) => constraint.name ?? []),
      'constraint',
    ),
    ...twice(
      table.indexes.map((index) => index.name),
      'index',
    ),
    ...twice(
      table.constraints.filter((constraint) => constraint.kind === 'primaryKey').map((constraint) => constraint.kind),
      'key',
    ),
    ...table.columns.flatMap((column) => unknownType(schema, column.type)),
    ...table.constraints.flatMap((constraint) => ('columns' in constraint ? absent(columns, constraint.columns) : [])),
    ...table.constraints.flatMap((constraint) => danglingReference(schema, constraint)),
    ...table.indexes.flatMap((index) => absent(columns, [...index.parts.flatMap((part) => part.column ?? []), ...(index.include ?? [])])),
    ...(schema.objects.has(keyOf({ kind: 'view', name: table.name })) ? ['is a view, too'] : []),
  ];
}

function inObject(schema: Schema, object: Exclude<SchemaObject, Table>): readonly string[] {
  switch (object.kind) {
    case 'trigger':
    case 'policy':
      return isRelation(schema, object.on) ? [] : [`lies on ${formatName(object.on)}`];
    case 'sequence': {
      if (object.ownedBy === undefined) return [];
      const { table, column } = object.ownedBy;
      return absent(tableOf(schema, table)?.columns.map(({ name }) => name) ?? [], [column]);
    }
    case 'domain':
      return unknownType(schema, object.type);
    case 'composite':
      return object.attributes.flatMap((attribute) => unknownType(schema, attribute.type));
    case 'view':
      return twice(
        (object.indexes ?? []).map((index) => index.name),
        'index',
      );
    case 'enum':
      return twice(object.values, 'value');
    default:
      return [];
  }
}

function danglingReference(schema: Schema, constraint: Constraint): readonly string[] {
  if (constraint.kind !== 'foreignKey') return [];
  const { table, columns } = constraint.references;
  const parent = tableOf(schema, table);
  return parent === undefined
    ? [`references ${formatName(table)}`]
    : absent(
        parent.columns.map(({ name }) => name),
        columns,
      );
}

function unknownType(schema: Schema, type: ColumnType): readonly string[] {
  if (type.kind === 'array') return unknownType(schema, type.of);
  if (type.kind !== 'named') return [];
  const kinds = ['enum', 'domain', 'composite'] as const;
  return kinds.some((kind) => schema.objects.has(keyOf({ kind, name: type.type }))) ? [] : [`has the type ${formatName(type.type)}`];
}

function isRelation(schema: Schema, name: QualifiedName): boolean {
  return tablesOf(schema).some((table) => formatName(table.name) === formatName(name)) || schema.objects.has(keyOf({ kind: 'view', name }));
}

function absent(known: readonly string[], used: readonly string[]): readonly string[] {
  return used.filter((name) => !known.includes(name)).map((name) => `uses ${name}`);
}

function twice(names: readonly string[], what: string): readonly string[] {
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `has two of the ${what} ${name}`);
}
