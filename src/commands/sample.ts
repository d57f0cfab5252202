import { byText, Failure, topological } from '../base/index.ts';
import { DatabaseError, type Loss, type Statement } from '../contracts/index.ts';
import { possibleLosses } from '../plan/index.ts';
import {
  type Change,
  type Column,
  canonicalSchema,
  emptySchema,
  formatName,
  type Key,
  type Name,
  type QualifiedName,
  type Row,
  type Schema,
  sameName,
  schemaOf,
  type Table,
  tableKey,
  tableOf,
  tablesOf,
} from '../schema/index.ts';
import { errorOf, mostAtOnce, runTogether } from './batch.ts';
import { sampleValue } from './sample-values.ts';
import type { Trial } from './structure.ts';
import { type Way, wayFrom } from './way.ts';

/** What became of rows that were made up. */
export interface SampleRows {
  /** Tables whose rows were followed, and how many rows they held. */
  readonly tables: number;
  readonly rows: number;
  /** Tables of which nothing can be said, and why. */
  readonly without: readonly { readonly table: string; readonly why: string }[];
  /** Tables whose rows stand in the way of the way back, which then fails. */
  readonly noWayBack: readonly { readonly table: string; readonly why: string }[];
}

interface Claim {
  readonly before: Schema;
  readonly after: Schema;
  readonly forth: Way;
  readonly back: Way;
}

const perTable = 2;
const state = 'nothing was changed; it was tried on a scratch database';

/**
 * Puts rows into the tables of a database that has the structure before, goes the way forth, and looks whether they are all still there
 * but for what the way says that it loses. Refuses a way that loses more than it says.
 */
export async function keepsRows({ before, after, forth, back }: Claim, session: Trial): Promise<SampleRows> {
  const isMade = [...before.objects.values()].some(({ kind }) => kind === 'trigger' || kind === 'routine' || kind === 'opaque');
  const made = isMade ? wayFrom(emptySchema, before, session.engine, session.server).statements : [];
  const reaching = [...made, ...forth.statements]
    .map(({ sql }) => session.engine.beyond(sql, session.server))
    .find((found) => found?.where === 'later');
  // A row that is put in or changed might set it off.
  if (reaching !== undefined) return noRows(before, `the structure ${reaching.what}`);
  const { filled, refused } = await fill(before, session);
  const losses = possibleLosses(forth.statements);
  const heirs = heirsIn(before);
  const followed = [...filled.keys()].map((table) => ({ ...fate(table, { before, after, forth, back }, losses), heirs: heirs(table) }));
  const held = new Map<Followed, readonly string[]>();
  for (const one of followed) held.set(one, await rowsOf(one, 'was', session));
  const emptied = await go(forth.statements, followed, session);
  const isGone = (one: Followed): boolean => one.goes === true || emptied.has(formatName(one.table.name));
  for (const [one, rows] of held) {
    if (isGone(one)) continue;
    const now = await rowsOf(one, 'is', session);
    const gone = followed.filter((other) => one.heirs.has(tableKey(other.table.name)) && isGone(other));
    const highest = gone.filter((other) => !gone.some(({ heirs: below }) => below.has(tableKey(other.table.name))));
    const mayGo = highest.reduce((sum, other) => sum + (held.get(other)?.length ?? 0), 0);
    if (!areKept(rows, now, mayGo)) throw silentLoss(one, rows, now);
  }
  const kept = followed.filter(({ table }) => !emptied.has(formatName(table.name)));
  return {
    tables: kept.length,
    rows: kept.reduce((sum, { table }) => sum + (filled.get(table) ?? 0), 0),
    without: [...refused, ...emptied].map(([table, why]) => ({ table, why })),
    noWayBack: [
      ...(await wayBack(
        back,
        followed.filter((one) => !isGone(one)),
        session,
      )),
    ].map(([table, why]) => ({ table, why })),
  };
}

/** Goes back with the rows that are left, and gives the tables whose rows had to be taken away for it. */
async function wayBack(back: Way, left: readonly Followed[], session: Trial): Promise<ReadonlyMap<string, string>> {
  try {
    return await go(back.statements, left, session);
  } catch (error) {
    // It led back where no rows were; which of them are in the way is not known.
    if (error instanceof Failure && error.code === 'diff.unproven')
      return new Map([[left.map(({ table }) => formatName(table.name)).join(', '), error.message]]);
    throw error;
  }
}

function noRows(schema: Schema, why: string): SampleRows {
  return { tables: 0, rows: 0, noWayBack: [], without: tablesOf(schema).map(({ name }) => ({ table: formatName(name), why })) };
}

/** Fills tables again and again while that gets on: a row may need one of another table. Gives how many rows each has. */
async function fill(
  schema: Schema,
  session: Trial,
): Promise<{ readonly filled: ReadonlyMap<Table, number>; readonly refused: ReadonlyMap<string, string> }> {
  const refused = new Map<string, string>();
  const filled = new Map<Table, number>();
  let waiting = await fillTogether(inOrder(tablesOf(schema)), schema, { session, filled });
  for (let moved = true; moved && waiting.length > 0; ) {
    const left: Table[] = [];
    for (const table of waiting) {
      const outcome = await fillTable(table, schema, session);
      if (typeof outcome === 'number') filled.set(table, outcome);
      else {
        left.push(table);
        refused.set(formatName(table.name), outcome);
      }
    }
    moved = left.length < waiting.length;
    waiting = left;
  }
  for (const table of filled.keys()) refused.delete(formatName(table.name));
  return { filled, refused };
}

/** Tables behind those that their foreign keys lead to, else by their names. */
function inOrder(tables: readonly Table[]): readonly Table[] {
  const named = tables.toSorted((a, b) => byText(formatName(a.name), formatName(b.name)));
  const byKey = new Map(named.map((table) => [tableKey(table.name), table]));
  const sorted = topological(named, (table) =>
    table.constraints.flatMap((one) => {
      const target = one.kind === 'foreignKey' ? byKey.get(tableKey(one.references.table)) : undefined;
      return target === undefined || target === table ? [] : [target];
    }),
  );
  return 'order' in sorted ? sorted.order : named;
}

/** Fills many tables by one message where all their rows fit at once, and gives those that are left to be filled one by one. */
async function fillTogether(
  tables: readonly Table[],
  schema: Schema,
  { session, filled }: { readonly session: Trial; readonly filled: Map<Table, number> },
): Promise<readonly Table[]> {
  // Where a message is no transaction, nobody knows what is there of one that failed.
  if (!session.server.transactionalStructure) return tables;
  const left: Table[] = [];
  const fillHalves = async (group: readonly Table[]): Promise<void> => {
    const texts = group.flatMap((table) => insertsOf(table, schema, session) ?? []);
    const isWhole = texts.length === group.length * perTable && (await runTogether(texts, session)) === texts.length;
    if (isWhole) for (const table of group) filled.set(table, perTable);
    else if (group.length === 1) left.push(...group);
    else for (const half of [group.slice(0, group.length / 2), group.slice(group.length / 2)]) await fillHalves(half);
  };
  const perMessage = mostAtOnce / perTable;
  for (let from = 0; from < tables.length; from += perMessage) await fillHalves(tables.slice(from, from + perMessage));
  return left;
}

function insertsOf(table: Table, schema: Schema, session: Trial): readonly string[] | undefined {
  const texts: string[] = [];
  for (let row = 0; row < perTable; row++) {
    const values = rowFor(table, row, { schema, mustOnly: false });
    const statements = typeof values === 'string' ? values : insertOf(table, values, session);
    if (typeof statements === 'string' || statements.length !== 1) return undefined;
    texts.push(...statements);
  }
  return texts;
}

/** How many rows a table took, or why it took none. Where all values at once do not fit, only those that must be given are. */
async function fillTable(table: Table, schema: Schema, session: Trial): Promise<number | string> {
  let count = 0;
  let why = '';
  for (let row = 0; row < perTable; row++) {
    for (const mustOnly of [false, true]) {
      const values = rowFor(table, row, { schema, mustOnly });
      const failed = typeof values === 'string' ? values : await insert(table, values, session);
      if (failed === undefined) {
        count++;
        break;
      }
      why = failed;
    }
  }
  return count > 0 ? count : why;
}

function rowFor(table: Table, row: number, { schema, mustOnly }: { readonly schema: Schema; readonly mustOnly: boolean }): Row | string {
  const values: Record<Name, Row[string]> = {};
  for (const column of table.columns) {
    if (column.generated !== undefined || column.identity !== undefined) continue;
    const isFree = column.nullable || column.default !== undefined;
    if (isFree && mustOnly) continue;
    const value = sampleValue(column, row, schema);
    if (value !== undefined) values[column.name] = value;
    else if (!isFree) return `no value of the type of ${column.name} can be made up`;
  }
  return Object.keys(values).length > 0 ? values : 'it has no column that needs a value';
}

/** The statements that put a row into a table, or why there are none. */
function insertOf(table: Table, row: Row, { engine, server }: Trial): readonly string[] | string {
  const rendered = engine.render.insertRows({ kind: 'insertRows', table: table.name, rows: [row] }, { server, before: schemaOf([table]) });
  if ('unsupported' in rendered) return rendered.unsupported;
  if ('deferred' in rendered) return rendered.deferred;
  return rendered.map(({ sql }) => sql);
}

async function insert(table: Table, row: Row, session: Trial): Promise<string | undefined> {
  const statements = insertOf(table, row, session);
  if (typeof statements === 'string') return statements;
  try {
    for (const sql of statements) await session.connection.query(sql);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  }
}

/** A table with rows, by its names before and after, with those of its columns whose values must live on. */
interface Followed {
  readonly table: Table;
  readonly name: QualifiedName;
  /** Its rows go, and the way says so. */
  readonly goes?: true;
  readonly columns: readonly { readonly was: Name; readonly is: Name }[];
  /** Its partitions and other heirs, whose rows are rows of it too. */
  readonly heirs: ReadonlySet<Key>;
}

/** The partitions and other heirs of tables, those of heirs among them. */
function heirsIn({ facts }: Schema): (table: Table) => ReadonlySet<Key> {
  const below = new Map<Key, Key[]>();
  for (const [heir, parents] of facts?.inherited ?? [])
    for (const parent of parents) below.set(parent, [...(below.get(parent) ?? []), heir]);
  return ({ name }) => {
    const found = new Set<Key>(below.get(tableKey(name)));
    for (const heir of found) for (const next of below.get(heir) ?? []) found.add(next);
    return found;
  };
}

/** Whether rows are the same as before, but for so many that went with an heir. */
function areKept(was: readonly string[], now: readonly string[], mayGo: number): boolean {
  const left = [...was];
  for (const row of now) {
    const at = left.indexOf(row);
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length <= mayGo;
}

/** What must be left of a table. Refuses that it, or a column of it, is gone without a word. */
function fate(table: Table, { after, forth }: Claim, losses: readonly Loss[]): Omit<Followed, 'heirs'> {
  const name = forth.changes.reduce(
    (at, change) => (change.kind === 'renameTable' && sameName(change.from, at) ? change.to : at),
    table.name,
  );
  const says = (what: Loss['what'], column?: Name): boolean =>
    losses.some(
      (loss) =>
        loss.what === what &&
        (sameName(loss.table, table.name) || sameName(loss.table, name)) &&
        (column === undefined || loss.column === column),
    );
  if (says('table') || says('rows')) return { table, name, goes: true, columns: [] };
  const now = tableOf(after, name);
  if (now === undefined) throw unsaid(`table ${formatName(table.name)}`);
  const columns = table.columns.flatMap((column) => {
    const is = renamedColumn(column.name, [table.name, name], forth.changes);
    if (column.generated !== undefined || says('column', column.name) || says('column', is)) return [];
    const other = now.columns.find((one) => one.name === is);
    if (other === undefined) throw unsaid(`column ${formatName(table.name)}.${column.name}`);
    return other.generated === undefined && sameType(column, other) ? [{ was: column.name, is }] : [];
  });
  return { table, name, columns };
}

function renamedColumn(column: Name, tables: readonly QualifiedName[], changes: readonly Change[]): Name {
  return changes.reduce(
    (at, change) =>
      change.kind === 'renameColumn' && change.from === at && tables.some((table) => sameName(table, change.table)) ? change.to : at,
    column,
  );
}

/** Values of another type may be spelled differently. */
function sameType({ type: a }: Column, { type: b }: Column): boolean {
  const one = (type: Column['type']): string =>
    canonicalSchema(schemaOf([{ kind: 'domain', name: { name: 'd' }, type, nullable: true, checks: [] }]));
  return one(a) === one(b);
}

/** The rows of a table as texts, in an order of their own, by the names that it had or has. */
async function rowsOf({ table, name, columns }: Followed, when: 'was' | 'is', { connection, engine }: Trial): Promise<readonly string[]> {
  const list = columns.map((column, i) => `${engine.quote.identifier(column[when])} AS c${i}`);
  const from = engine.quote.name(when === 'was' ? table.name : name);
  const { rows } = await connection.query(`SELECT ${list.length === 0 ? '1' : list.join(', ')} FROM ${from}`);
  const shown = (value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return rows.map((row) => JSON.stringify(Object.values(row).map(shown))).sort();
}

/**
 * Goes the way. Rows that a statement cannot live with (a column that may not be empty any more, a key over equal values) are taken
 * away and told: the engine itself would have refused the statement, so that nothing is lost by it.
 */
async function go(statements: readonly Statement[], followed: readonly Followed[], session: Trial): Promise<ReadonlyMap<string, string>> {
  const emptied = new Map<string, string>();
  const left = (): readonly Followed[] => followed.filter(({ table }) => !emptied.has(formatName(table.name)));
  for (const { sql, touches } of statements) {
    const first = (await errorOf(sql, session))?.message;
    if (first === undefined) continue;
    const touched = left().filter(({ table, name }) => [table.name, name].some((one) => touches.includes(tableKey(one))));
    const concerned = left().filter((one) => touched.includes(one) || touched.some(({ heirs }) => heirs.has(tableKey(one.table.name))));
    let error: string | undefined = first;
    for (const those of [concerned, left()]) {
      if (error === undefined || those.length === 0) continue;
      await empty(those, session);
      for (const { table } of those) emptied.set(formatName(table.name), `its rows stand in the way: ${first}`);
      error = (await errorOf(sql, session))?.message;
    }
    if (error !== undefined) throw new Failure('diff.unproven', `the way does not run where rows are: ${error} (${sql})`, { state });
  }
  return emptied;
}

/** Takes the rows of tables away, by the name that each has by then; those that rows of others lead to come later. */
async function empty(tables: readonly Followed[], session: Trial): Promise<void> {
  for (let left = tables, before = left.length + 1; left.length < before; ) {
    before = left.length;
    const failed: Followed[] = [];
    for (const one of left) {
      const names = sameName(one.name, one.table.name) ? [one.name] : [one.table.name, one.name];
      let isEmpty = false;
      for (const name of names) isEmpty = (await emptied(name, session)) || isEmpty;
      if (!isEmpty) failed.push(one);
    }
    left = failed;
  }
}

/** A publication may forbid DELETE, and a rule or trigger let it do nothing. */
async function emptied(table: QualifiedName, session: Trial): Promise<boolean> {
  const name = session.engine.quote.name(table);
  for (const sql of [`DELETE FROM ${name}`, `TRUNCATE TABLE ${name}`]) {
    if ((await errorOf(sql, session)) !== undefined) continue;
    if ((await session.connection.query(`SELECT 1 FROM ${name}`)).rows.length === 0) return true;
  }
  return false;
}

function unsaid(what: string): Failure {
  return new Failure('diff.unproven', `the way forth loses ${what} and does not say so`, { state });
}

function silentLoss({ table }: Followed, rows: readonly string[], now: readonly string[]): Failure {
  const name = formatName(table.name);
  const what = now.length < rows.length ? `${rows.length - now.length} of ${rows.length} rows of ${name}` : `values of ${name}`;
  const failure = unsaid(what);
  return failure.with({ data: { table: name, before: rows, after: now } });
}
