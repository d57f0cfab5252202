import fc, { type Arbitrary } from 'fast-check';
import {
  type Column,
  type ColumnType,
  type Constraint,
  type Index,
  type QualifiedName,
  type Schema,
  type StandaloneObject,
  schemaOf,
  type Table,
} from '../../src/schema/index.ts';
import { kind, optional, yes } from './arbitrary-value.ts';

/** Names of tables in small schemas; a few stay free for what is created or renamed. */
export const tableNames: readonly QualifiedName[] = [
  { name: 'users' },
  { name: 'orders' },
  { name: 'items' },
  { schema: 'audit', name: 'log' },
];
/** Names of columns in small schemas. */
export const columnNames: readonly string[] = ['id', 'email', 'amount', 'state', 'parent'];
/** The enum type that columns of small schemas may have. */
export const mood: QualifiedName = { name: 'mood' };

const plainTypes: readonly ColumnType[] = [
  { kind: 'integer', bits: 32 },
  { kind: 'integer', bits: 64 },
  { kind: 'string', length: 40 },
  { kind: 'text' },
  { kind: 'boolean' },
  { kind: 'decimal', precision: 10, scale: 2 },
  { kind: 'timestamp', zone: true },
];
const comment = fc.constantFrom('a note', 'another');
const extras = fc.constantFrom({ storage: 'main' }, {});

/** A column that fits anywhere: nothing in it depends on others. */
export function plainColumn(name: Arbitrary<string>): Arbitrary<Column> {
  return optional(
    {
      name,
      type: fc.oneof(fc.constantFrom(...plainTypes), fc.constant<ColumnType>({ kind: 'named', type: mood })),
      nullable: fc.boolean(),
      default: fc.constantFrom({ value: 1 }, { value: null }, { sql: 'now()' }),
      identity: fc.constantFrom({}, { always: true as const }),
      collation: fc.constant('C'),
      comment,
      extras,
    },
    'name',
    'type',
    'nullable',
  );
}

/** A constraint over columns of a table, with a name made from `stem` or none. Foreign keys point to primary keys of `parents`. */
export function fittingConstraint(columns: readonly string[], parents: readonly Table[], stem: string): Arbitrary<Constraint> {
  const some = fc.uniqueArray(fc.constantFrom(...columns), { minLength: 1, maxLength: 2 });
  const one = fc.constantFrom(...columns);
  const name = fc.constant(`${stem}_key`);
  const keys = parents.flatMap((parent) =>
    parent.constraints.flatMap((key) => (key.kind === 'primaryKey' ? [{ table: parent.name, columns: key.columns }] : [])),
  );
  return fc.oneof(
    optional({ kind: kind('unique'), name, columns: some, include: some, nullsNotDistinct: yes, comment }, 'kind', 'columns'),
    optional(
      { kind: kind('check'), name, sql: one.map((column) => `${column} IS NOT NULL AND "${column}" <> 'id'`), notValid: yes, comment },
      'kind',
      'sql',
    ),
    ...keys.map((references) =>
      optional(
        {
          kind: kind('foreignKey'),
          name,
          columns: one.map((column) => [column]),
          references: fc.constant(references),
          onDelete: fc.constant('cascade' as const),
          notValid: yes,
        },
        'kind',
        'columns',
        'references',
      ),
    ),
    optional(
      {
        kind: kind('exclude'),
        name,
        using: fc.constant('gist'),
        elements: one.map((column) => [{ sql: column, operator: '=' }]),
        where: one.map((column) => `${column} > 0`),
      },
      'kind',
      'using',
      'elements',
    ),
  );
}

/** An index over columns of a table. */
export function fittingIndex(columns: readonly string[], name: string): Arbitrary<Index> {
  const one = fc.constantFrom(...columns);
  const part = fc.oneof(
    optional({ column: one, order: fc.constant('desc' as const) }, 'column'),
    fc.record({ sql: one.map((column) => `lower(${column})`) }),
  );
  return optional(
    {
      name: fc.constant(name),
      parts: fc.array(part, { minLength: 1, maxLength: 2 }),
      unique: yes,
      include: one.map((column) => [column]),
      where: one.map((column) => `${column} IS NULL`),
      comment,
    },
    'name',
    'parts',
  );
}

function bareTable(name: QualifiedName): Arbitrary<Table> {
  return fc
    .record({
      columns: fc
        .uniqueArray(fc.constantFrom(...columnNames), { minLength: 2, maxLength: 4 })
        .chain((names) => fc.tuple(...names.map((one) => plainColumn(fc.constant(one))))),
      key: fc.boolean(),
      generated: fc.boolean(),
      options: fc.constantFrom({}, { unlogged: true }),
      comment: fc.option(comment, { nil: undefined }),
    })
    .map(({ columns, key, generated, options, comment: note }) => {
      const [first, second, ...others] = columns.map((column, i) => (key && i === 0 ? { ...column, nullable: false } : column));
      if (first === undefined || second === undefined) throw new Error('a table has two columns');
      const computed = generated ? { ...second, generated: { sql: `upper(${first.name})`, stored: true } } : second;
      return {
        kind: 'table',
        name,
        columns: [first, computed, ...others],
        constraints: key ? [{ kind: 'primaryKey', name: `${name.name}_pkey`, columns: [first.name] }] : [],
        indexes: [],
        options,
        ...(note === undefined ? {} : { comment: note }),
      } satisfies Table;
    });
}

function withConstraints(table: Table, tables: readonly Table[]): Arbitrary<Table> {
  const columns = table.columns.map((column) => column.name);
  return fc
    .record({
      constraints: fc
        .nat(3)
        .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => fittingConstraint(columns, tables, `${table.name.name}_${i}`)))),
      indexes: fc
        .nat(2)
        .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => fittingIndex(columns, `${table.name.name}_${i}_idx`)))),
    })
    .map(({ constraints, indexes }) => ({ ...table, constraints: [...table.constraints, ...constraints], indexes }));
}

/** Objects that lie on a table or mention it, and others of every kind. */
function objectsFor(tables: readonly Table[]): Arbitrary<readonly StandaloneObject[]> {
  const table = fc.constantFrom(...tables);
  const column = table.chain((one) => fc.constantFrom(...one.columns.map((each) => ({ table: one.name, column: each.name }))));
  const all: readonly Arbitrary<StandaloneObject>[] = [
    table.map((one): StandaloneObject => ({ kind: 'view', name: { name: 'overview' }, query: `SELECT * FROM ${one.name.name}` })),
    fc.constant<StandaloneObject>({
      kind: 'view',
      name: { name: 'totals' },
      query: 'SELECT 1 AS n',
      materialized: true,
      indexes: [totalsIndex],
    }),
    column.map((ownedBy): StandaloneObject => ({ kind: 'sequence', name: { name: 'counter' }, start: 5, ownedBy })),
    column.map(
      (one): StandaloneObject => ({
        kind: 'trigger',
        name: { name: 'watch' },
        on: one.table,
        definition: `CREATE TRIGGER watch AFTER UPDATE OF ${one.column} ON ${one.table.name} EXECUTE FUNCTION noted('${one.column}')`,
      }),
    ),
    fc.constant<StandaloneObject>({
      kind: 'trigger',
      name: { name: 'instead' },
      on: { name: 'overview' },
      definition: 'CREATE TRIGGER instead',
    }),
    column.map((one): StandaloneObject => ({ kind: 'policy', name: { name: 'own' }, on: one.table, using: `${one.column} IS NULL` })),
    fc.constant<StandaloneObject>({
      kind: 'domain',
      name: { name: 'feeling' },
      type: { kind: 'named', type: mood },
      nullable: true,
      checks: [{ name: 'feeling_check', sql: "VALUE <> 'sad'" }],
    }),
    fc.constant<StandaloneObject>({
      kind: 'composite',
      name: { name: 'pair' },
      attributes: [{ name: 'one', type: { kind: 'array', of: { kind: 'named', type: mood } } }],
    }),
    fc.constant<StandaloneObject>({
      kind: 'routine',
      routine: 'function',
      name: mood,
      arguments: 'text',
      definition: 'CREATE FUNCTION mood(text)',
    }),
    fc.constant<StandaloneObject>({ kind: 'extension', name: { name: 'citext' }, version: '1.6' }),
    fc.constant<StandaloneObject>({ kind: 'namespace', name: { name: 'audit' } }),
    fc.constant<StandaloneObject>({
      kind: 'opaque',
      type: 'statistics',
      name: { name: 'stats' },
      definition: 'CREATE STATISTICS stats',
      drop: 'DROP STATISTICS stats',
    }),
  ];
  return fc.tuple(...all.map((object) => fc.option(object, { nil: undefined }))).map((objects) => {
    const kept = objects.filter((object) => object !== undefined);
    const hasOverview = kept.some((object) => object.kind === 'view' && object.name.name === 'overview');
    return hasOverview ? kept : kept.filter((object) => object.kind !== 'trigger' || object.name.name !== 'instead');
  });
}

const totalsIndex: Index = { name: 'totals_n_idx', parts: [{ column: 'n' }] };

/** A small schema without contradictions: what is referenced exists, names differ, key columns are not empty. */
export const smallSchema: Arbitrary<Schema> = fc
  .uniqueArray(fc.constantFrom(...tableNames), { minLength: 1, maxLength: 3 })
  .chain((names) => fc.tuple(...names.map(bareTable)))
  .chain((tables) => fc.record({ tables: fc.tuple(...tables.map((table) => withConstraints(table, tables))), objects: objectsFor(tables) }))
  .map(({ tables, objects }) =>
    schemaOf([...namespacesOf(tables), ...tables, { kind: 'enum', name: mood, values: ['sad', 'glad'] }, ...objects]),
  );

function namespacesOf(tables: readonly Table[]): readonly StandaloneObject[] {
  const names = new Set(tables.flatMap(({ name }) => name.schema ?? []));
  return [...names].map((name) => ({ kind: 'namespace', name: { name } }));
}
