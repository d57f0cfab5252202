import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatabaseError, type Statement } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';
import { apply, type Change, canonicalSchema, formatName, invert, type Schema, tableOf, tablesOf } from '../../src/schema/index.ts';
import { rounds } from '../support/effort.ts';
import { anyChange, literalFor, newTable, type Pick, tableNames } from './postgres-arbitrary.ts';
import { type Place, type PostgresFlavour, placeFor, renderAll, renderOn, send } from './postgres-support.ts';

/**
 * The database may refuse a change for what its rows hold, because a foreign key between such types is impossible, because a check does
 * not fit the new type of a column, or because an index or key of that name, which the model looks for in one table only, is in the way.
 * That is no fault.
 */
function isRefusal(error: unknown, change: Change, before: Schema): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return (
    /^(22|23)|^(42804|42846|42830|0A000|55000|2BP01)$/.test(error.code) ||
    (/^(rename|create)Table$/.test(change.kind) && error.code === '42P07') ||
    (error.code === '42883' && meetsCheck(change, before))
  );
}

/** Whether a column gets another type that a check of its table speaks of. */
function meetsCheck(change: Change, before: Schema): boolean {
  if (change.kind !== 'alterColumn' || change.set.type === undefined) return false;
  const { name } = change;
  const constraints = tableOf(before, change.table)?.constraints ?? [];
  return constraints.some((one) => one.kind === 'check' && one.sql.replaceAll('""', '"').includes(name));
}

/** One change that ran, with the structure that it met. */
interface Taken {
  readonly change: Change;
  readonly before: Schema;
}

interface Walk {
  readonly taken: readonly Taken[];
  readonly after: Schema;
  readonly sent: readonly Statement[];
}

/** Runs random changes one by one and compares each with the model; those that do not fit, or that the rows refuse, are left out. */
async function wander(place: Place, pick: Pick): Promise<Walk> {
  const taken: Taken[] = [];
  const sent: Statement[] = [];
  let before = await place.schema();
  for (let left = pick([1, 2, 3, 4, 5]); left > 0 && tablesOf(before).length > 0; left--) {
    const change = anyChange(before, pick, left);
    const next = apply(before, change);
    if ('refused' in next) continue;
    const rendered = renderOn(place.server, before, change);
    if ('unsupported' in rendered || 'deferred' in rendered) continue;
    if (!(await sends(place, rendered, { change, before }))) continue;
    const actual = await place.schema();
    const text = meetsCheck(change, before) ? uncast : unquoted;
    expect(text(actual), JSON.stringify(change)).toBe(text(next));
    taken.push({ change, before });
    sent.push(...rendered);
    before = actual;
  }
  return { taken, after: before, sent };
}

/**
 * The structure as text without quotes: whether a renamed column stands in quotes inside an expression does not matter. The sequence of
 * an identity keeps its name when its column or table gets another one, which the model does not say.
 */
function unquoted(schema: Schema): string {
  return canonicalSchema(schema)
    .replaceAll(/[\\"]/g, '')
    .replaceAll(/extras:\{sequence:[^,}]*\},/g, '')
    .replaceAll(/,sequence:[^,}]*|sequence:[^,}]*,/g, '');
}

/** The same without casts of numbers, which the server writes where a check compares them with a column that got another type. */
function uncast(schema: Schema): string {
  return unquoted(schema).replaceAll(/(\d)::(?:numeric|bigint|smallint|integer|double precision|real)/g, '$1');
}

/** Whether the database took the statements; an error that is no refusal fails the test with everything that leads to it. */
async function sends(place: Place, statements: readonly Statement[], { change, before }: Taken): Promise<boolean> {
  try {
    await send(place.connection, statements);
    return true;
  } catch (error) {
    if (isRefusal(error, change, before)) return false;
    throw new Error(`${JSON.stringify(change)}\n${statements.map(({ sql }) => sql).join(';\n')}`, { cause: error });
  }
}

/** Takes everything back; nothing when a change has no way back, or when values are missing that are gone by design. */
async function back(place: Place, walk: Walk): Promise<readonly Statement[] | undefined> {
  const sent = [...walk.sent];
  let current = walk.after;
  for (const { change, before } of walk.taken.toReversed()) {
    const inverse = invert(change, before);
    if ('irreversible' in inverse) return undefined;
    const { statements } = renderAll(place.server, current, inverse);
    if (!(await sends(place, statements, { change, before: current }))) return undefined;
    sent.push(...statements);
    current = await place.schema();
  }
  return sent;
}

type Values = Readonly<Record<string, unknown>>;

/** The values of every column that can be read, by `table.column`. */
async function valuesOf(place: Place, schema: Schema): Promise<Values> {
  const found: Record<string, unknown> = {};
  for (const table of tablesOf(schema)) {
    for (const { name } of table.columns) {
      const { quote } = postgres;
      const sql = `SELECT ${quote.identifier(name)}::text AS value FROM ${quote.name(table.name)} ORDER BY 1`;
      found[`${formatName(table.name)}.${name}`] = await place.rows(sql);
    }
  }
  return found;
}

/** Tells the columns whose values some statement may have lost. Once something was renamed, names no longer tell. */
function mayDiffer(sent: readonly Statement[], { taken }: Walk): (key: string) => boolean {
  const losses = sent.flatMap(({ risks }) => risks.flatMap((risk) => (risk.kind === 'loses' ? [risk.loss] : [])));
  if (losses.length > 0 && taken.some(({ change }) => change.kind.startsWith('rename'))) return () => true;
  const lost = losses.map(({ table, column = '' }) => `${formatName(table)}.${column}`);
  return (key) => lost.some((one) => key === one || (one.endsWith('.') && key.startsWith(one)));
}

/** Some tables with two rows each. */
async function furnish(place: Place, pick: Pick): Promise<void> {
  await place.begin("CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('sad', 'glad')");
  for (const name of tableNames.slice(0, pick([1, 2, 3]))) {
    const table = newTable(name, pick);
    await send(place.connection, renderAll(place.server, await place.schema(), [{ kind: 'createTable', table }]).statements);
    const columns = table.columns.map((column) => postgres.quote.identifier(column.name)).join(', ');
    const rows = [1, 2].map((n) => `(${table.columns.map(({ type }) => literalFor(type, n)).join(', ')})`);
    await place.run(`INSERT INTO ${postgres.quote.name(name)} (${columns}) VALUES ${rows.join(', ')}`);
  }
}

const budgets: readonly (readonly [PostgresFlavour, number])[] = [
  ['postgres', rounds(40, 1500)],
  ['pglite', rounds(6, 200)],
];

describe.each(budgets)('on %s', (flavour, numRuns) => {
  const place = placeFor(flavour);

  test('changes lead where the model says, and back to what was there, values included', { timeout: 1_800_000 }, async () => {
    const property = fc.asyncProperty(fc.gen(), async (generate) => {
      const pick: Pick = (list) => {
        const chosen = list[generate(fc.nat, { max: list.length - 1 })];
        if (chosen === undefined) throw new Error('there is nothing to choose from');
        return chosen;
      };
      await furnish(place(), pick);
      const before = await place().schema();
      const first = await place().fingerprint();
      const values = await valuesOf(place(), before);

      const walk = await wander(place(), pick);
      const sent = await back(place(), walk);

      if (sent === undefined) return;
      expect(await place().fingerprint()).toBe(first);
      const now = await valuesOf(place(), before);
      const differs = mayDiffer(sent, walk);
      for (const [key, value] of Object.entries(values)) if (!differs(key)) expect(now[key], key).toEqual(value);
    });
    // The error says what ran; making it smaller would take minutes.
    await fc.assert(property, { numRuns, endOnFailure: true });
  });
});
