import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  apply,
  type Change,
  type Column,
  type ColumnType,
  type Constraint,
  canonicalSchema,
  emptySchema,
  type Index,
  invert,
  type Schema,
  type Table,
  tableOf,
  tablesOf,
} from '../../src/schema/index.ts';
import { rounds } from '../support/effort.ts';
import { empty, type OnServer, onServer, renderOn, runChanges } from './mysql-support.ts';

let server: OnServer;
beforeAll(async () => {
  server = await onServer();
});
afterAll(() => server.close());

const types: readonly ColumnType[] = [
  { kind: 'integer', bits: 32 },
  { kind: 'integer', bits: 64 },
  { kind: 'string', length: 20 },
  { kind: 'string', length: 80 },
  { kind: 'decimal', precision: 12, scale: 2 },
  { kind: 'boolean' },
  { kind: 'timestamp', zone: false, precision: 3 },
];
const columnName = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const tableName = fc.constantFrom('t1', 't2', 't3');
const anyType = fc.constantFrom(...types);

const column = (name: string): fc.Arbitrary<Column> =>
  fc
    .record({ type: anyType, nullable: fc.constant(true), comment: fc.option(fc.constantFrom('note', "it's"), { nil: undefined }) })
    .map(({ comment, ...rest }) => ({
      name,
      ...rest,
      ...(comment === undefined ? {} : { comment }),
    }));

const columns = fc.uniqueArray(columnName, { minLength: 2, maxLength: 4 }).chain((names) => fc.tuple(...names.map(column)));
const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };

/** A table with a counting key and a pointer to the first table, which have nothing in them that a change could break on. */
const table = (name: string): fc.Arbitrary<Table> =>
  fc.record({ columns, counts: fc.boolean(), points: fc.boolean() }).map(({ columns: own, counts, points }) => ({
    kind: 'table',
    name: { name },
    columns: [
      { ...id, ...(counts ? {} : { identity: undefined }) } as Column,
      { name: 'ref', type: { kind: 'integer', bits: 64 }, nullable: true },
      ...own,
    ].map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as Column),
    constraints: [
      { kind: 'primaryKey', columns: ['id'] },
      ...(points
        ? [{ kind: 'foreignKey', name: `${name}_ref`, columns: ['ref'], references: { table: { name: 't1' }, columns: ['id'] } } as const]
        : []),
    ],
    indexes: [],
    options: {},
  }));

const schemas = fc.tuple(table('t1'), table('t2'), table('t3'));

const names = fc.uniqueArray(fc.oneof(columnName, fc.constant('ref')), { minLength: 1, maxLength: 2 });
const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  names.map((list): Constraint => ({ kind: 'unique', name: `u_${list.join('_')}`, columns: list })),
  columnName.map((name): Constraint => ({ kind: 'check', name: `ck_${name}`, sql: `octet_length(\`${name}\`) < 99` })),
  fc.tuple(fc.constantFrom('ref', 'a'), tableName).map(
    ([name, parent]): Constraint => ({
      kind: 'foreignKey',
      name: `fk_${name}_${parent}`,
      columns: [name],
      references: { table: { name: parent }, columns: ['id'] },
    }),
  ),
);
const index: fc.Arbitrary<Index> = names.map((list) => ({ name: `i_${list.join('_')}`, parts: list.map((name) => ({ column: name })) }));

/** A change that may or may not fit; those that do not are passed over. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(tableName, columnName.chain(column)).map(([name, one]): Change => ({ kind: 'addColumn', table: { name }, column: one })),
  fc
    .tuple(tableName, fc.oneof(columnName, fc.constant('ref')))
    .map(([name, one]): Change => ({ kind: 'dropColumn', table: { name }, name: one })),
  fc
    .tuple(tableName, fc.constantFrom('a', 'b', 'ref', 'id'), fc.constantFrom('f', 'g h'))
    .map(([name, from, to]): Change => ({ kind: 'renameColumn', table: { name }, from, to })),
  fc
    .tuple(tableName, columnName, anyType)
    .map(([name, one, type]): Change => ({ kind: 'alterColumn', table: { name }, name: one, set: { type, default: null } })),
  fc
    .tuple(tableName, columnName, fc.boolean())
    .map(([name, one, nullable]): Change => ({ kind: 'alterColumn', table: { name }, name: one, set: { nullable } })),
  fc.tuple(tableName, columnName).map(
    ([name, one]): Change => ({
      kind: 'alterColumn',
      table: { name },
      name: one,
      set: { type: { kind: 'decimal', precision: 12, scale: 2 }, default: { value: 1.5 }, comment: 'changed' },
    }),
  ),
  fc
    .tuple(tableName, fc.boolean())
    .map(([name, counts]): Change => ({ kind: 'alterColumn', table: { name }, name: 'id', set: { identity: counts ? {} : null } })),
  fc.tuple(tableName, constraint).map(([name, one]): Change => ({ kind: 'addConstraint', table: { name }, constraint: one })),
  fc.tuple(tableName, constraint).map(([name, one]): Change => ({ kind: 'dropConstraint', table: { name }, name: one.name ?? '' })),
  tableName.map((name): Change => ({ kind: 'dropConstraint', table: { name }, type: 'primaryKey' })),
  tableName.map((name): Change => ({ kind: 'dropConstraint', table: { name }, name: `${name}_ref` })),
  tableName.map((name): Change => ({ kind: 'renameConstraint', table: { name }, from: `${name}_ref`, to: 'points' })),
  fc.tuple(tableName, index).map(([name, one]): Change => ({ kind: 'createIndex', table: { name }, index: one })),
  fc.tuple(tableName, index).map(([name, one]): Change => ({ kind: 'dropIndex', table: { name }, name: one.name })),
  fc
    .tuple(tableName, fc.constantFrom('t4', 'a table'))
    .map(([from, to]): Change => ({ kind: 'renameTable', from: { name: from }, to: { name: to } })),
  tableName.map((name): Change => ({ kind: 'setComment', on: { kind: 'table', name: { name } }, comment: 'said' })),
);

/** Two rows in every table, with values that fit every type. */
async function fill(schema: Schema): Promise<void> {
  for (const { name, columns: own } of tablesOf(schema)) {
    const plain = own.filter((one) => one.name !== 'ref');
    const values = (n: number): string =>
      plain.map((one) => (one.type.kind === 'timestamp' ? `'2024-01-0${n} 00:00:00.000'` : String(n))).join(', ');
    await server.connection.query(
      `INSERT INTO ${name.name} (${plain.map((one) => one.name).join(', ')}) VALUES (${values(1)}), (${values(2)})`,
    );
  }
}

/** What stands in a table's columns, by the name of the column. */
async function contents(name: string): Promise<ReadonlyMap<string, unknown>> {
  const rows = await server.rows(`SELECT * FROM \`${name}\` ORDER BY 1`);
  const [first = {}] = rows;
  return new Map(
    Object.keys(first).map((one) => [
      one,
      rows
        .map((row) => row[one])
        .map(String)
        .sort(),
    ]),
  );
}

/** The table that a change is about, under the name that it has then and afterwards. */
function subject(one: Change): readonly [string, string] | undefined {
  if (one.kind === 'renameTable') return [one.from.name, one.to.name];
  return 'table' in one && 'name' in one.table ? ['schema' in one.table ? '' : String(one.table.name), String(one.table.name)] : undefined;
}

/** Runs a change and takes it back. Gives false when rows stand in its way, which the server must have noticed before it did anything. */
async function thereAndBack(one: Change, schema: Schema, back: readonly Change[]): Promise<boolean> {
  const fingerprint = await server.fingerprint();
  const after = apply(schema, one);
  if ('refused' in after) throw new Error(after.refused);
  const about = subject(one);
  const then = about === undefined ? new Map<string, unknown>() : await contents(about[0]);
  const refused = await runChanges(server, [one], schema).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (refused !== undefined) {
    expect(refused).toMatch(/Duplicate entry|truncated|constraint|foreign key|NULL|Incorrect|Out of range|incompatible|Invalid|too long/i);
    expect(await server.fingerprint()).toBe(fingerprint);
    return false;
  }
  expect(JSON.parse(canonicalSchema(await server.schema()))).toEqual(JSON.parse(canonicalSchema(after)));
  if (about !== undefined) {
    const touched = new Set('name' in one ? [one.name] : one.kind === 'renameColumn' ? [one.from, one.to] : []);
    const now = await contents(about[1]);
    for (const [name, values] of then) if (!touched.has(name) && now.has(name)) expect([name, now.get(name)]).toEqual([name, values]);
  }
  await runChanges(server, back, after);
  expect((await server.fingerprint()).split('\n')).toEqual(fingerprint.split('\n'));
  return true;
}

/** A column that would come back with one value in all rows cannot come back as it was: that would stand in the way of its keys. */
function losesValues(one: Change, schema: Schema): boolean {
  if (one.kind !== 'dropColumn') return false;
  return tableOf(schema, one.table)?.columns.some((own) => own.name === one.name && (!own.nullable || own.default !== undefined)) === true;
}

test('any changes that fit can be run, lead to what the model says, keep the rows, and can be taken back', async () => {
  let run = 0;
  const property = fc.asyncProperty(schemas, fc.array(change, { minLength: 8, maxLength: 12 }), async (tables, changes) => {
    await empty(server);
    await runChanges(
      server,
      tables.map((one): Change => ({ kind: 'createTable', table: one })),
      emptySchema,
    );
    let schema = await server.schema();
    await fill(schema);
    for (const one of changes) {
      if (one.kind === 'sql' || 'refused' in apply(schema, one) || losesValues(one, schema)) continue;
      const back = invert(one, schema);
      if ('unsupported' in renderOn(server.server, schema, one) || 'irreversible' in back) continue;
      if (!(await thereAndBack(one, schema, back))) continue;
      run++;
      // What came back may hold other rows than before, so that now and then a change does not go through again.
      await runChanges(server, [one], schema).catch(() => undefined);
      schema = await server.schema();
    }
  });
  await fc.assert(property, { numRuns: rounds(40, 300), interruptAfterTimeLimit: rounds(40_000, 900_000) });
  expect(run).toBeGreaterThan(20);
});
