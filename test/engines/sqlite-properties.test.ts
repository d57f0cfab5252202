import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { DatabaseError } from '../../src/contracts/index.ts';
import {
  apply,
  type Change,
  type Column,
  type Constraint,
  emptySchema,
  invertAll,
  type Schema,
  type Table,
  tablesOf,
} from '../../src/schema/index.ts';
import { rounds } from '../support/effort.ts';
import { type Made, type Memory, make, memory, renderOn, statementsOf } from './sqlite-support.ts';

/** A wish for a change; it picks its subject from whatever structure it meets. */
type Wish = (schema: Schema) => Change | undefined;

const names = ['a', 'b', 'the c', 'größe', 'it"s', 'Order', 'key'] as const;
const name = fc.constantFrom(...names);
/** Expressions of the model follow a renamed column by its name alone, so that must not be a keyword. */
const newName = fc.constantFrom(...names.filter((one) => one !== 'Order' && one !== 'key'));
const type: Arbitrary<Column['type']> = fc.constantFrom<Column['type'][]>(
  { kind: 'integer', bits: 32 },
  { kind: 'integer', bits: 64 },
  { kind: 'text' },
  { kind: 'string', length: 20 },
  { kind: 'decimal', precision: 8, scale: 2 },
  { kind: 'float', bits: 64 },
  { kind: 'boolean' },
  { kind: 'json' },
  { kind: 'timestamp', zone: true },
  { kind: 'enum', values: ['1', '2', '3'] },
);
const value: Arbitrary<Column['default']> = fc.constantFrom(
  { value: 1 },
  { value: "it's" },
  { value: null },
  { sql: "lower('X')" },
  { sql: 'CURRENT_DATE' },
);
const column: Arbitrary<Column> = fc
  .tuple(name, type, fc.boolean(), fc.option(value, { nil: undefined }), fc.boolean())
  .map(([own, kind, nullable, preset, folds]) => ({
    name: own,
    type: kind,
    nullable,
    ...(preset === undefined ? {} : { default: preset }),
    ...(folds ? { collation: 'NOCASE' } : {}),
  }));
const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };

const start: Arbitrary<Schema> = fc
  .tuple(fc.uniqueArray(column, { minLength: 2, maxLength: 4, selector: (one) => one.name }), fc.boolean())
  .map(([columns, checked]) => {
    const nullable = columns.map((one) => ({ ...one, nullable: true }));
    const first = columns[0]?.name ?? 'a';
    const one: Table = {
      kind: 'table',
      name: { name: 'one' },
      columns: [id, ...nullable],
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        ...(checked ? [{ kind: 'check', name: 'known', sql: 'id > 0' } as const] : []),
        { kind: 'unique', name: 'both', columns: ['id', first] },
      ],
      indexes: [{ name: 'one_first', parts: [{ column: first, order: 'desc' }], where: 'id IS NOT NULL' }],
      options: {},
    };
    const two: Table = {
      kind: 'table',
      name: { name: 'two' },
      columns: [
        { name: 'ref', type: { kind: 'integer', bits: 64 }, nullable: true },
        { name: 'note', type: { kind: 'text' }, nullable: true },
      ],
      constraints: [{ kind: 'foreignKey', columns: ['ref'], references: { table: one.name, columns: ['id'] }, onDelete: 'cascade' }],
      indexes: [],
      options: {},
    };
    const definition =
      'CREATE TRIGGER watch AFTER INSERT ON two BEGIN UPDATE two SET note = NEW.note || NEW.ref WHERE rowid = NEW.rowid; END';
    const objects = [one, two, { kind: 'trigger', name: { name: 'watch' }, on: two.name, definition } as const];
    return objects.reduce<Schema>(
      (schema, object) =>
        after(schema, object.kind === 'table' ? { kind: 'createTable', table: object } : { kind: 'createObject', object }) ?? schema,
      emptySchema,
    );
  });

function after(schema: Schema, change: Change): Schema | undefined {
  const next = apply(schema, change);
  return 'refused' in next ? undefined : next;
}

const at = fc.nat(20);
const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
const onTable = (index: number, make_: (table: Table) => Change | undefined): Wish => {
  return (schema) => {
    const table = pick(tablesOf(schema), index);
    return table === undefined ? undefined : make_(table);
  };
};
const named = (constraint: Constraint): constraint is Constraint & { name: string } => constraint.name !== undefined;

const wish: Arbitrary<Wish> = fc.oneof(
  fc.tuple(at, column, fc.boolean()).map(([t, added, inside]) =>
    onTable(t, (table) => ({
      kind: 'addColumn',
      table: table.name,
      column: added,
      ...(inside ? { after: table.columns[0]?.name ?? '' } : {}),
    })),
  ),
  fc
    .tuple(at, at)
    .map(([t, c]) => onTable(t, (table) => ({ kind: 'dropColumn', table: table.name, name: pick(table.columns, c)?.name ?? '' }))),
  fc
    .tuple(at, at, newName)
    .map(([t, c, to]) =>
      onTable(t, (table) => ({ kind: 'renameColumn', table: table.name, from: pick(table.columns, c)?.name ?? '', to })),
    ),
  fc
    .tuple(
      at,
      at,
      fc.oneof(
        type.map((changed) => ({ type: changed })),
        fc.boolean().map((nullable) => ({ nullable })),
        fc
          .oneof(
            fc.constant(null),
            value.map((preset) => preset ?? null),
          )
          .map((preset) => ({ default: preset })),
        fc.constantFrom(null, 'NOCASE', 'RTRIM').map((collation) => ({ collation })),
      ),
    )
    .map(([t, c, set]) =>
      onTable(t, (table) => ({ kind: 'alterColumn', table: table.name, name: pick(table.columns, c)?.name ?? '', set })),
    ),
  fc.tuple(at, at, name).map(([t, c, own]) =>
    onTable(t, (table) => ({
      kind: 'addConstraint',
      table: table.name,
      constraint: {
        kind: 'unique',
        name: own,
        columns: ['id', pick(table.columns, c)?.name ?? ''].filter(
          (one, i, all) => all.indexOf(one) === i && table.columns.some((known) => known.name === one),
        ),
      },
    })),
  ),
  fc.tuple(at).map(([t]) =>
    onTable(t, (table) => ({
      kind: 'addConstraint',
      table: table.name,
      constraint: { kind: 'check', sql: `"${(table.columns[0]?.name ?? '').replaceAll('"', '""')}" >= 0` },
    })),
  ),
  fc.tuple(at, at).map(([t, c]) =>
    onTable(t, (table) => {
      const found = pick(table.constraints.filter(named), c);
      return found === undefined ? undefined : { kind: 'dropConstraint', table: table.name, name: found.name };
    }),
  ),
  fc.tuple(at, at, name).map(([t, c, to]) =>
    onTable(t, (table) => {
      const found = pick(table.constraints.filter(named), c);
      return found === undefined ? undefined : { kind: 'renameConstraint', table: table.name, from: found.name, to };
    }),
  ),
  fc.tuple(at, at, name, fc.boolean()).map(([t, c, own, folds]) =>
    onTable(t, (table) => ({
      kind: 'createIndex',
      table: table.name,
      index: { name: own, parts: [{ column: pick(table.columns, c)?.name ?? '', ...(folds ? { collation: 'NOCASE' } : {}) }] },
    })),
  ),
  fc
    .tuple(at, at)
    .map(([t, c]) => onTable(t, (table) => ({ kind: 'dropIndex', table: table.name, name: pick(table.indexes, c)?.name ?? '' }))),
  fc
    .tuple(at, at, name)
    .map(([t, c, to]) => onTable(t, (table) => ({ kind: 'renameIndex', table: table.name, from: pick(table.indexes, c)?.name ?? '', to }))),
  fc
    .tuple(at, fc.constantFrom('three', 'the four', 'FIVE'))
    .map(([t, to]) => onTable(t, (table) => ({ kind: 'renameTable', from: table.name, to: { name: to } }))),
  fc.tuple(at, fc.constantFrom('six', 'seven')).map(([t, to]) =>
    onTable(t, (table) => ({
      kind: 'createTable',
      table: { ...table, name: { name: to }, constraints: table.constraints.filter((one) => one.kind === 'primaryKey'), indexes: [] },
    })),
  ),
  fc.tuple(at).map(([t]) => onTable(t, (table) => ({ kind: 'dropTable', table: table.name }))),
);

/** A database with this structure and some rows. */
async function built(schema: Schema): Promise<Memory> {
  const database = await memory();
  const tables = tablesOf(schema);
  for (const object of [...tables, ...[...schema.objects.values()].filter((other) => other.kind !== 'table')]) {
    const change: Made = object.kind === 'table' ? { kind: 'createTable', table: object } : { kind: 'createObject', object };
    for (const { sql } of statementsOf(renderOn(database.server, emptySchema, change))) await database.connection.query(sql);
  }
  return database;
}

/** The rows of every table, column by column: a table that is made anew may have them in another order of columns. */
async function rowsOf(database: Memory, schema: Schema): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const table of tablesOf(schema)) {
    for (const one of table.columns) {
      const quoted = `"${one.name.replaceAll('"', '""')}"`;
      const rows = await database.rows(`SELECT ${quoted} AS value FROM "${table.name.name}" ORDER BY rowid`);
      found.set(
        JSON.stringify([table.name.name, one.name]),
        rows.map((row) => row['value']),
      );
    }
  }
  return found;
}

/** The column whose values a change may alter. */
function subjectOf(change: Change): string | undefined {
  if (change.kind === 'alterColumn' || change.kind === 'dropColumn') return JSON.stringify([change.table.name, change.name]);
  return undefined;
}

async function expectKept(
  database: Memory,
  change: Change,
  [before, then]: readonly [ReadonlyMap<string, unknown>, Schema],
): Promise<void> {
  if (change.kind === 'renameTable' || change.kind === 'renameColumn') return;
  const now = await rowsOf(database, then);
  for (const [key, values] of before) if (now.has(key) && key !== subjectOf(change)) expect(now.get(key)).toEqual(values);
}

/** The structure is the one that the model describes: as if it had been made like that from the beginning. */
async function expectStructure(database: Memory, schema: Schema): Promise<void> {
  const direct = await built(schema);
  expect(await database.fingerprint()).toBe(await direct.fingerprint());
  await direct.connection.close();
}

test('random changes lead where the model says, keep the rows, and their inverses lead back', { timeout: 600_000 }, async () => {
  const run = { made: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(start, fc.array(wish, { minLength: 1, maxLength: 6 }), fc.context(), async (structure, wishes, context) => {
      const database = await built(structure);
      await database.run(rows);
      const [first, fingerprint] = [await database.schema(), await database.fingerprint()];
      const made: Change[] = [];
      let schema = first;
      for (const wanted of wishes) {
        const possible = granted(database, wanted, schema);
        if (possible === undefined) continue;
        context.log(JSON.stringify(possible.change));
        const done = await tried(database, possible.change, [schema, possible.next]);
        run[done ? 'made' : 'refused']++;
        if (!done) continue;
        schema = possible.next;
        made.push(possible.change);
      }
      await expectStructure(database, schema);
      const back = invertAll(made, first);
      if ('irreversible' in back) throw new Error(back.irreversible);
      if (await canReturn(database, back)) expect(await database.fingerprint()).toBe(fingerprint);
      await database.connection.close();
    }),
    { numRuns: rounds(250, 2000) },
  );
  expect(run.made).toBeGreaterThan(run.refused);
});

const rows = `INSERT OR IGNORE INTO one (id) VALUES (1), (5), (9);
  INSERT INTO two (ref) SELECT id FROM one WHERE id < 9;
  INSERT INTO two (ref) VALUES (NULL);
  DELETE FROM one WHERE id = 9;`;

/** What a wish comes to on a structure: a change that fits and that SQLite can make, and the structure behind it. */
function granted(database: Memory, wanted: Wish, schema: Schema): { readonly change: Made; readonly next: Schema } | undefined {
  const change = wanted(schema);
  if (change === undefined || change.kind === 'sql') return undefined;
  const next = after(schema, change);
  return next === undefined || 'unsupported' in renderOn(database.server, schema, change) ? undefined : { change, next };
}

/** Makes a change. Only what the rows or the triggers do not allow may be refused, and then nothing has happened. */
async function tried(database: Memory, change: Change, [before, next]: readonly [Schema, Schema]): Promise<boolean> {
  const rows = await rowsOf(database, before);
  try {
    await make(database, change);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !/constraint failed|Cannot add|error in trigger|already|duplicate/.test(error.message))
      throw error;
    await expectStructure(database, before);
    expect(await rowsOf(database, before)).toEqual(rows);
    return false;
  }
  await expectKept(database, change, [rows, next]);
  return true;
}

/** Rows that came in or changed since may not fit the old structure; anything else must work. */
async function canReturn(database: Memory, back: readonly Change[]): Promise<boolean> {
  try {
    await make(database, ...back);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && /constraint failed|Cannot add a NOT NULL/.test(error.message)) return false;
    throw error;
  }
}
