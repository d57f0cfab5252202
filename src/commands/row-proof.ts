import { Failure } from '../base/index.ts';
import type { Batch, SourcedChange } from '../contracts/index.ts';
import { booksOf, namedUpsert, renderChanges, wayBackOf } from '../plan/index.ts';
import { type Change, emptySchema, type Schema, type SchemaObject, sameSchema, schemaOf, type Table, tablesOf } from '../schema/index.ts';
import { type OnScratch, runAll } from './prove.ts';
import { generatedKey, readTables, type TableRows, valueColumns } from './rows.ts';
import { readStructure, type Trial } from './structure.ts';
import { wayFrom } from './way.ts';

interface Claim {
  readonly before: Schema;
  readonly was: readonly TableRows[];
  readonly is: readonly TableRows[];
  /** Structure and rows, in the order of the migration. */
  readonly changes: readonly Change[];
}

/**
 * Makes the rows of before on a scratch database, runs the changes over them and takes them back, and compares every value both times; keys that
 * a database gives count by the names of their rows. Foreign keys and triggers stay away: the other ends need not be tables of data.
 */
export async function proveRows({ before, was, is, changes }: Claim, onScratch: OnScratch): Promise<void> {
  await onScratch(async (session) => {
    const { engine, server, connection } = session;
    const start = bare(before);
    await run(wayFrom(emptySchema, start, engine, server).statements, session, 'the structure before');
    for (const sql of engine.books.create(booksOf(engine, server))) await connection.query(sql);
    await fill(was, start, session);
    await nameRows(was, start, session);
    const sourced = changes
      .flatMap(bareChange)
      .map((change, i): SourcedChange => ({ change, under: { migration: 'checkin', number: i + 1 } }));
    const rendered = renderChanges(sourced, engine, server, start);
    const [problem] = rendered.problems;
    if (problem !== undefined) throw refused(problem.message);
    await run(rendered.statements, session, 'the way forth');
    await compare(is, rendered.after, session, 'the way forth');
    const { back } = wayBackOf(sourced, engine, { server, before: start, after: rendered.after, parts: rendered.parts });
    if (back.kind !== 'statements') throw refused(`there is no way back: ${back.kind === 'none' ? back.why : ''}`);
    for (const sql of back.statements) {
      await connection.query(sql).catch((error: unknown) => {
        throw refused(`the way back does not run: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    const found = await readStructure(session);
    const differs = [...start.objects].find(([key, object]) => !sameSchema(one(found.objects.get(key)), one(object)));
    if (differs !== undefined) throw refused(`the way back does not arrive: ${differs[0]}`);
    const gone = new Set(changes.flatMap((change) => (change.kind === 'dropTable' ? [change.table.name] : [])));
    const lost = changes.flatMap((change) => (change.kind === 'dropColumn' ? [`${change.table.name}.${change.name}`] : []));
    await compare(
      was.filter(({ name }) => !gone.has(name.name)),
      start,
      session,
      'the way back',
      new Set(lost),
    );
  });
}

function one(object: SchemaObject | undefined): Schema {
  return schemaOf(object === undefined ? [] : [object]);
}

function refused(why: string): Failure {
  return new Failure('record.refused', why, { state: 'nothing was written; it was tried on a scratch database' });
}

/** The structure without what ties rows to others. */
function bare(schema: Schema): Schema {
  const objects = [...schema.objects.values()].filter(({ kind }) => kind !== 'trigger');
  return { ...schema, objects: schemaOf(objects.map((object) => (object.kind === 'table' ? bareTable(object) : object))).objects };
}

function bareTable(table: Table): Table {
  return { ...table, constraints: table.constraints.filter(({ kind }) => kind !== 'foreignKey') };
}

function bareChange(change: Change): readonly Change[] {
  if (change.kind === 'createTable') return [{ ...change, table: bareTable(change.table) }];
  const isKey =
    change.kind === 'addConstraint'
      ? change.constraint.kind === 'foreignKey'
      : change.kind === 'dropConstraint' && change.type === 'foreignKey';
  const isTrigger =
    change.kind === 'createObject' || change.kind === 'replaceObject'
      ? change.object.kind === 'trigger'
      : change.kind === 'dropObject' && change.object.kind === 'trigger';
  return isKey || isTrigger ? [] : [change];
}

async function run(statements: Parameters<typeof runAll>[0], session: Trial, what: string): Promise<void> {
  const failed = await runAll(statements, session);
  if (failed !== undefined) throw refused(`${what} does not run: ${failed.message}`);
}

async function send(batch: Batch, { connection }: Trial): Promise<void> {
  if (batch.kind === 'copy') await connection.copy?.(batch.sql, batch.data);
  else if (batch.kind === 'statement') await connection.query(batch.sql);
  else if (batch.kind === 'each') await connection.each?.(batch.sql, batch.rows);
  else throw refused(batch.why);
}

async function fill(tables: readonly TableRows[], schema: Schema, session: Trial): Promise<void> {
  const { engine, connection } = session;
  const known = new Map(tablesOf(schema).map((table) => [table.name.name, table]));
  for (const sql of engine.transfer.writing) await connection.query(sql);
  for (const { name, columns, rows } of tables) {
    const table = known.get(name.name);
    if (table === undefined || rows.length === 0) continue;
    const written = valueColumns(table).filter((column) => columns.includes(column.name));
    const write = engine.transfer.write(
      table,
      written.map((column) => ({ column, as: undefined })),
    );
    for (let from = 0; from < rows.length; from += 500) {
      const batch = write(rows.slice(from, from + 500).map((row) => written.map((column) => row[columns.indexOf(column.name)] ?? null)));
      await send(batch, session);
    }
  }
  for (const sql of engine.transfer.wrote) await connection.query(sql);
}

/** Gives rows their names, and lets numbers go on behind those that are there. */
async function nameRows(tables: readonly TableRows[], schema: Schema, session: Trial): Promise<void> {
  const { engine, server, connection } = session;
  const known = new Map(tablesOf(schema).map((table) => [table.name.name, table]));
  for (const { name, names } of tables) {
    const table = known.get(name.name);
    const key = table === undefined ? undefined : generatedKey(table);
    if (table === undefined || key === undefined) continue;
    if (engine.transfer.follow !== undefined) await connection.query(engine.transfer.follow(table.name, key.name));
    for (const [text, row] of Object.entries(names)) {
      const rows = [{ [key.name]: engine.transfer.value(key, text) }];
      const given = namedUpsert(
        engine,
        { server, before: schema },
        { kind: 'upsertRows', table: table.name, key: [key.name], rows, names: [row] },
        undefined,
      );
      if (Array.isArray(given)) await run(given as Parameters<typeof run>[0], session, 'naming rows');
    }
  }
}

/** Refuses rows that are not those that are wanted, but for columns whose values a change has lost. */
async function compare(
  wanted: readonly TableRows[],
  schema: Schema,
  session: Trial,
  what: string,
  lost: ReadonlySet<string> = new Set(),
): Promise<void> {
  const tables = tablesOf(schema).filter(({ name }) => wanted.some((rows) => rows.name.name === name.name));
  const found = new Map((await readTables(session, tables)).map((rows) => [rows.name.name, rows]));
  for (const rows of wanted) {
    const table = tables.find(({ name }) => name.name === rows.name.name);
    const other = found.get(rows.name.name);
    if (table === undefined || other === undefined) throw refused(`${what} does not arrive: table ${rows.name.name} is not there`);
    const columns = rows.columns.filter((column) => !lost.has(`${rows.name.name}.${column}`));
    const [left, right] = [symbolic(rows, columns, table, wanted), symbolic(other, columns, table, [...found.values()])];
    if (left.length !== right.length || left.some((row, i) => row !== right[i])) {
      const at = left.findIndex((row, i) => row !== right[i]);
      throw refused(`${what} does not arrive at the rows of ${rows.name.name}: ${left[at] ?? 'no row'} would be ${right[at] ?? 'no row'}`);
    }
  }
}

/** Rows as texts that two databases have in common: keys that a database gave by their names. */
function symbolic(rows: TableRows, columns: readonly string[], table: Table, all: readonly TableRows[]): readonly string[] {
  const names = new Map<string, Readonly<Record<string, string>>>();
  const key = generatedKey(table);
  if (key !== undefined) names.set(key.name, rows.names);
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'foreignKey' || constraint.columns.length !== 1) continue;
    const target = all.find(({ name }) => name.name === constraint.references.table.name);
    if (target !== undefined) names.set(constraint.columns[0] ?? '', target.names);
  }
  return rows.rows
    .map((row) =>
      JSON.stringify(
        columns.map((column) => {
          const text = row[rows.columns.indexOf(column)] ?? null;
          return text === null ? null : (names.get(column)?.[text] ?? text);
        }),
      ),
    )
    .sort();
}
