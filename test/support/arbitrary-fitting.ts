import fc, { type Arbitrary } from 'fast-check';
import {
  type Change,
  type ChangeKind,
  type CommentTarget,
  keyOf,
  type Of,
  type QualifiedName,
  type Row,
  referenceTo,
  type Schema,
  type StandaloneObject,
  type Table,
  tablesOf,
} from '../../src/schema/index.ts';
import { columnNames, fittingConstraint, fittingIndex, mood, plainColumn, tableNames } from './arbitrary-schema.ts';
import { kind, optional, yes } from './arbitrary-value.ts';

type Fitting = { readonly [K in ChangeKind]: (schema: Schema) => Arbitrary<Of<K>> | undefined };

/** For each kind of change those that are likely to fit a schema; nothing where it has no object of the sort. */
export const fittingByKind: Fitting = {
  createTable: (schema) =>
    from(free(schema), (name) =>
      optional({ id: plainColumn(fc.constant('id')), email: plainColumn(fc.constant('email')), comment: note }, 'id').chain(
        ({ id, email, comment }) => {
          const columns = email === undefined ? [id] : [id, email];
          const table: Table = {
            kind: 'table',
            name,
            columns,
            constraints: [],
            indexes: [],
            options: {},
            ...(comment === undefined ? {} : { comment }),
          };
          return fittingConstraint(['id'], [table, ...tablesOf(schema)], name.name).map((constraint) => ({
            kind: 'createTable' as const,
            table: { ...table, constraints: [constraint] },
          }));
        },
      ),
    ),
  dropTable: (schema) => from(tablesOf(schema), (table) => fc.constant({ kind: 'dropTable', table: table.name })),
  renameTable: (schema) =>
    from(tablesOf(schema), (table) => from(free(schema), (to) => fc.constant({ kind: 'renameTable', from: table.name, to }))),
  alterTable: (schema) =>
    from(tablesOf(schema), (table) =>
      fc.record({
        kind: kind('alterTable'),
        table: fc.constant(table.name),
        options: fc.constantFrom({ unlogged: null }, { unlogged: false, fill: 5 }),
      }),
    ),
  addColumn: (schema) =>
    from(tablesOf(schema), (table) =>
      from(missing(table), (name) =>
        optional(
          { kind: kind('addColumn'), table: fc.constant(table.name), column: plainColumn(fc.constant(name)), after: columnOf(table) },
          'kind',
          'table',
          'column',
        ),
      ),
    ),
  dropColumn: (schema) =>
    from(tablesOf(schema), (table) => columnOf(table).map((name) => ({ kind: 'dropColumn', table: table.name, name }))),
  renameColumn: (schema) =>
    from(tablesOf(schema), (table) =>
      from([...missing(table), 'renamed'], (to) =>
        columnOf(table).map((name) => ({ kind: 'renameColumn', table: table.name, from: name, to })),
      ),
    ),
  alterColumn: (schema) =>
    from(tablesOf(schema), (table) =>
      fc
        .tuple(
          columnOf(table),
          plainColumn(fc.constant('id')),
          fc.uniqueArray(fc.constantFrom('default', 'identity', 'collation', 'comment', 'extras', 'generated')),
        )
        .map(([name, { name: _, ...set }, nulls]) => ({
          kind: 'alterColumn',
          table: table.name,
          name,
          set: { ...set, ...Object.fromEntries(nulls.map((property) => [property, null])) },
        })),
    ),
  addConstraint: (schema) =>
    from(tablesOf(schema), (table) => {
      const key = fc
        .uniqueArray(columnOf(table), { minLength: 1, maxLength: 2 })
        .map((columns) => ({ kind: 'primaryKey' as const, columns }));
      const other = fittingConstraint(
        table.columns.map((column) => column.name),
        tablesOf(schema),
        'added',
      );
      return fc.record({
        kind: kind('addConstraint'),
        table: fc.constant(table.name),
        constraint: fc.oneof({ arbitrary: key, weight: 1 }, { arbitrary: other, weight: 3 }),
      });
    }),
  dropConstraint: (schema) =>
    from(constraintsOf(schema), ({ table, constraint }) =>
      fc.constant({
        kind: 'dropConstraint',
        table: table.name,
        type: constraint.kind,
        ...(constraint.name === undefined ? {} : { name: constraint.name }),
        ...('columns' in constraint ? { columns: constraint.columns } : {}),
      }),
    ),
  renameConstraint: (schema) =>
    from(namedConstraintsOf(schema), ({ table, name }) =>
      fc.constant({ kind: 'renameConstraint', table, from: name, to: 'renamed_constraint' }),
    ),
  validateConstraint: (schema) =>
    from(namedConstraintsOf(schema), ({ table, name }) => fc.constant({ kind: 'validateConstraint', table, name })),
  createIndex: (schema) =>
    from(tablesOf(schema), (table) =>
      optional(
        {
          kind: kind('createIndex'),
          table: fc.constant(table.name),
          index: fittingIndex(
            table.columns.map((column) => column.name),
            'added_idx',
          ),
          concurrently: yes,
        },
        'kind',
        'table',
        'index',
      ),
    ),
  dropIndex: (schema) =>
    from(indexesOf(schema), ({ table, name }) =>
      optional({ kind: kind('dropIndex'), table: fc.constant(table), name: fc.constant(name), concurrently: yes }, 'kind', 'table', 'name'),
    ),
  renameIndex: (schema) =>
    from(indexesOf(schema), ({ table, name }) => fc.constant({ kind: 'renameIndex', table, from: name, to: 'renamed_idx' })),
  createObject: (schema) => from([...fresh, ...freshOn(schema)], (object) => fc.constant({ kind: 'createObject', object })),
  replaceObject: (schema) =>
    from([...fresh, ...objectsOf(schema)], (object) => fc.constant({ kind: 'replaceObject', object: { ...object, comment: 'replaced' } })),
  dropObject: (schema) => from(objectsOf(schema), (object) => fc.constant({ kind: 'dropObject', object: referenceTo(object) })),
  renameObject: (schema) =>
    from(objectsOf(schema), (object) => fc.constant({ kind: 'renameObject', object: referenceTo(object), to: { name: 'renamed_object' } })),
  addEnumValue: (schema) =>
    hasMood(schema) ? fc.constant({ kind: 'addEnumValue', type: mood, value: 'calm', before: 'glad' }) : undefined,
  renameEnumValue: (schema) =>
    hasMood(schema) ? fc.constant({ kind: 'renameEnumValue', type: mood, from: 'glad', to: 'happy' }) : undefined,
  setComment: (schema) =>
    from(targetsOf(schema), (on) => fc.record({ kind: kind('setComment'), on: fc.constant(on), comment: fc.constantFrom(null, 'set') })),
  insertRows: (schema) =>
    from(tablesOf(schema), (table) => rowOf(table).map((row) => ({ kind: 'insertRows', table: table.name, rows: [row] }))),
  updateRows: (schema) =>
    from(tablesOf(schema), (table) =>
      fc
        .tuple(rowOf(table), rowOf(table))
        .map(([set, was]) => ({ kind: 'updateRows', table: table.name, set, where: { equals: was }, was })),
    ),
  upsertRows: (schema) =>
    from(tablesOf(schema), (table) =>
      rowOf(table).map((row) => ({ kind: 'upsertRows', table: table.name, key: Object.keys(row), rows: [row] })),
    ),
  deleteRows: (schema) =>
    from(tablesOf(schema), (table) =>
      rowOf(table).map((row) => ({ kind: 'deleteRows', table: table.name, where: { equals: row }, rows: [row] })),
    ),
  sql: () => fc.constant({ kind: 'sql', up: { any: 'SELECT 1' }, down: { any: 'SELECT 2' } }),
};

/** A change of any kind that is likely to fit a schema, `sql` aside, after which nothing is known. */
export function fittingChange(schema: Schema): Arbitrary<Change> {
  const { sql: _, ...structural } = fittingByKind;
  const possible = Object.values(structural).flatMap((make) => (make(schema) as Arbitrary<Change> | undefined) ?? []);
  return fc.oneof(...possible);
}

const note = fc.constantFrom('a note', 'another');

function from<T, R>(list: readonly T[], make: (one: T) => Arbitrary<R> | undefined): Arbitrary<R> | undefined {
  const made = list.flatMap((one) => make(one) ?? []);
  return made.length === 0 ? undefined : fc.oneof(...made);
}

function free(schema: Schema): readonly QualifiedName[] {
  const taken = new Set(tablesOf(schema).map((table) => table.name.name));
  return tableNames.filter((name) => !taken.has(name.name));
}

function hasMood(schema: Schema): boolean {
  const found = schema.objects.get(keyOf({ kind: 'enum', name: mood }));
  return found?.kind === 'enum' && found.values.includes('glad');
}

function missing(table: Table): readonly string[] {
  return columnNames.filter((name) => !table.columns.some((column) => column.name === name));
}

function columnOf(table: Table): Arbitrary<string> {
  return fc.constantFrom(...table.columns.map((column) => column.name));
}

function rowOf(table: Table): Arbitrary<Row> {
  return fc.record(Object.fromEntries(table.columns.map((column) => [column.name, fc.nat(9)])));
}

function objectsOf(schema: Schema): readonly StandaloneObject[] {
  return [...schema.objects.values()].filter((object) => object.kind !== 'table');
}

function constraintsOf(schema: Schema): readonly { readonly table: Table; readonly constraint: Table['constraints'][number] }[] {
  return tablesOf(schema).flatMap((table) => table.constraints.map((constraint) => ({ table, constraint })));
}

function namedConstraintsOf(schema: Schema): readonly { readonly table: QualifiedName; readonly name: string }[] {
  return constraintsOf(schema).flatMap(({ table, constraint: { name } }) => (name === undefined ? [] : [{ table: table.name, name }]));
}

function indexesOf(schema: Schema): readonly { readonly table: QualifiedName; readonly name: string }[] {
  return [...schema.objects.values()].flatMap((object) =>
    object.kind === 'table' || object.kind === 'view'
      ? (object.indexes ?? []).map((index) => ({ table: object.name, name: index.name }))
      : [],
  );
}

function targetsOf(schema: Schema): readonly CommentTarget[] {
  return [
    ...[...schema.objects.values()].map(referenceTo),
    ...tablesOf(schema).flatMap((table) => table.columns.map(({ name }) => ({ kind: 'column' as const, table: table.name, name }))),
    ...namedConstraintsOf(schema).map((one) => ({ kind: 'constraint' as const, ...one })),
    ...indexesOf(schema).map((one) => ({ kind: 'index' as const, ...one })),
  ];
}

const fresh: readonly StandaloneObject[] = [
  { kind: 'view', name: { name: 'fresh' }, query: 'SELECT 1' },
  { kind: 'sequence', name: { name: 'fresh' } },
  { kind: 'enum', name: { name: 'fresh' }, values: [] },
  { kind: 'domain', name: { name: 'fresh' }, type: { kind: 'text' }, nullable: true, checks: [] },
  { kind: 'composite', name: { name: 'fresh' }, attributes: [] },
  { kind: 'routine', routine: 'procedure', name: { name: 'fresh' }, definition: 'CREATE PROCEDURE fresh()' },
  { kind: 'extension', name: { name: 'fresh' } },
  { kind: 'namespace', name: { name: 'fresh' } },
  { kind: 'opaque', type: 'cast', name: { name: 'fresh' }, definition: 'CREATE CAST', drop: 'DROP CAST' },
];

function freshOn(schema: Schema): readonly StandaloneObject[] {
  return tablesOf(schema).flatMap((table): StandaloneObject[] => [
    { kind: 'trigger', name: { name: 'fresh' }, on: table.name, definition: 'CREATE TRIGGER fresh' },
    { kind: 'policy', name: { name: 'fresh' }, on: table.name, restrictive: true },
  ]);
}
