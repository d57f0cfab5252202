import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  apply,
  type Change,
  type Column,
  type ColumnType,
  type Constraint,
  canonicalSchema,
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
  columnName.map((name): Constraint => ({ kind: 'check', name: `ck_${name}`, sql: `\`${name}\` is not null` })),
  fc
    .tuple(fc.constantFrom('ref', 'a'), tableName)
    .map(
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
    .map(([name, one, type]): Change => ({ kind: 'alterColumn', table: { name }, name: one, set: { type } })),
  fc
    .tuple(tableName, columnName, fc.boolean())
    .map(([name, one, nullable]): Change => ({ kind: 'alterColumn', table: { name }, name: one, set: { nullable } })),
  fc
    .tuple(tableName, columnName)
    .map(
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

test('any changes that fit can be run, lead to what the model says, keep the rows, and can be taken back', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(schemas, fc.array(change, { minLength: 8, maxLength: 12 }), async (tables, changes) => {
      await empty(server);
      let schema: Schema = { objects: new Map(), scope: 'all' };
      const create = tables.map((one): Change => ({ kind: 'createTable', table: one }));
      await runChanges(server, create, schema);
      schema = await server.schema();
      await fill(schema);
      for (const one of changes) {
        const after = apply(schema, one);
        if (one.kind === 'sql' || 'refused' in after) continue;
        const rendered = renderOn(server.server, schema, one);
        const back = invert(one, schema);
        if ('unsupported' in rendered || 'irreversible' in back) continue;
        const fingerprint = await server.fingerprint();
        const about = subject(one);
        const then = about === undefined ? new Map<string, unknown>() : await contents(about[0]);
        const refused = await runChanges(server, [one], schema).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (refused !== undefined) {
          // Rows that are in the way are the server's business; then nothing must have changed.
          expect(String(refused)).toMatch(
            /Duplicate entry|truncated|CONSTRAINT|foreign key|NULL|Incorrect|Out of range|incompatible|Invalid|Data too long|constraint/i,
          );
          expect(await server.fingerprint()).toBe(fingerprint);
          continue;
        }
        run++;
        const found = await server.schema();
        expect(JSON.parse(canonicalSchema(found))).toEqual(JSON.parse(canonicalSchema(after)));
        if (about !== undefined) {
          const touched = new Set('name' in one ? [one.name] : one.kind === 'renameColumn' ? [one.from, one.to] : []);
          const now = await contents(about[1]);
          for (const [name, values] of then) if (!touched.has(name) && now.has(name)) expect([name, now.get(name)]).toEqual([name, values]);
        }
        await runChanges(server, back, after);
        expect((await server.fingerprint()).split('\n')).toEqual(fingerprint.split('\n'));
        await runChanges(server, [one], schema).catch(() => undefined);
        schema = await server.schema();
        if (tableOf(schema, { name: 't1' }) === undefined && tablesOf(schema).length === 0) throw new Error('all tables are gone');
      }
    }),
    { numRuns: rounds(12, 300), interruptAfterTimeLimit: rounds(40_000, 900_000) },
  );
  expect(run).toBeGreaterThan(20);
});
