import { Failure } from '../../src/base/index.ts';
import { type OnScratch, prove, whileSettled } from '../../src/commands/prove.ts';
import { type Way, wayFrom } from '../../src/commands/way.ts';
import type { Schema } from '../../src/schema/index.ts';
import { type Bench, type Place, send, structureOf } from './bench.ts';
import { type Blueprint, stepsOf, without } from './blueprint.ts';
import { type Filled, filledTables } from './rows.ts';

/** Two structures, and what of the sessions is chosen by chance. */
export interface Pair {
  readonly before: Blueprint;
  readonly after: Blueprint;
  readonly settings: number;
}

/** `refused`: a reason was given and nothing was changed. `wrong` is everything else but arriving. */
export interface Verdict {
  readonly kind: 'passed' | 'refused' | 'wrong' | 'unloadable';
  readonly why: string;
  readonly statements: number;
  readonly rows: number;
}

/** Leaves out what the engine does not take, with all that needs it; says why. */
export async function loadable(
  bench: Bench,
  parts: Blueprint,
  settings: number,
): Promise<{ readonly parts: Blueprint; readonly why: readonly string[] }> {
  const why: string[] = [];
  let rest = parts;
  for (;;) {
    const place = await bench.place(settings);
    try {
      const failed = await load(bench, rest, place);
      if (failed === undefined) return { parts: rest, why };
      why.push(failed.why);
      rest = without(rest, [failed.id]);
    } finally {
      await place.done();
    }
  }
}

async function load(
  _bench: Bench,
  parts: Blueprint,
  { connection }: Place,
): Promise<{ readonly id: string; readonly why: string } | undefined> {
  for (const { id, sql } of stepsOf(parts)) {
    try {
      await connection.query(sql);
    } catch (error) {
      return { id, why: `${(error as Error).message}: ${sql}` };
    }
  }
  return undefined;
}

/** Goes from the one to the other with rows and back, and holds every end against what the engine says of a database made by hand. */
export async function runRound(bench: Bench, pair: Pair): Promise<Verdict> {
  const { before, after, settings } = pair;
  const [old, wanted] = [await bench.place(settings), await bench.place(settings)];
  const filled = filledTables(before, after).filter(({ insert }) => insert.length > 0);
  const counts = { statements: 0, rows: 0 };
  const verdict = (kind: Verdict['kind'], why: string): Verdict => ({ kind, why, ...counts });
  try {
    const failed = (await load(bench, before, old)) ?? (await load(bench, after, wanted));
    if (failed !== undefined) return verdict('unloadable', failed.why);
    const [begin, end] = bench.dialect.filling;
    const inserts = filled.flatMap(({ insert }) => insert);
    for (const sql of [begin, ...inserts, end]) {
      try {
        await old.connection.query(sql);
      } catch (error) {
        return verdict('unloadable', `${(error as Error).message}: ${sql}`);
      }
    }
    counts.rows = inserts.length;
    await there(bench, { ...pair, old, wanted, filled, counts });
    return verdict('passed', '');
  } catch (error) {
    if (error instanceof Failure) {
      const data = JSON.stringify(error.details.data ?? '').slice(0, 1500);
      return verdict(
        error.code === 'diff.refused' || error.code === 'change.unsupported' ? 'refused' : 'wrong',
        `${error.code}: ${error.message} ${data}`,
      );
    }
    return verdict('wrong', error instanceof Error ? error.message : String(error));
  } finally {
    await old.done();
    await wanted.done();
  }
}

interface Journey extends Pair {
  readonly old: Place;
  readonly wanted: Place;
  readonly filled: readonly Filled[];
  readonly counts: { statements: number; rows: number };
}

async function there(bench: Bench, { old, wanted, filled, counts, settings }: Journey): Promise<void> {
  const [was, is] = [await structureOf(old), await structureOf(wanted)];
  const scratch = async <T>(work: (place: Place) => Promise<T>): Promise<T> => {
    const place = await bench.place(settings);
    try {
      return await work(place);
    } finally {
      await place.done();
    }
  };
  const values = await valuesOf(old, filled);
  const start = { raw: await bench.dump(old, false), place: undefined as readonly string[] | undefined };
  start.place = await bench.dump(old, true);
  const { forth, back, proven } = await provenWay(was, is, old, scratch);
  if (proven !== true) throw new Failure('diff.unproven', proven.why);
  counts.statements = forth.statements.length;

  await send(old, forth.statements).catch((error: unknown) => Promise.reject(new Error(`forth does not run: ${(error as Error).message}`)));
  await expectSame(bench, old, wanted, 'forth');
  const now = await structureOf(old);
  if (wayFrom(now, is, old.engine, old.server).changes.length > 0) {
    const settled = await provenWay(now, is, old, scratch);
    if (settled.forth.changes.length > 0)
      throw new Error(`the second difference is not empty: ${settled.forth.statements.map(({ sql }) => sql).join('; ')}`);
  }
  expectValues(values, await valuesOf(old, filled), 'forth');

  await send(old, back.statements).catch((error: unknown) => Promise.reject(new Error(`back does not run: ${(error as Error).message}`)));
  const end = await bench.dump(old, false);
  if (differing(end, start.raw) !== undefined) {
    const difference = differing(await bench.dump(old, true), start.place);
    if (difference !== undefined) throw new Error(`back the dump differs: ${difference}`);
  }
  expectValues(values, await valuesOf(old, filled), 'back');
}

/** What `diff` does between two structures that were read: both are settled, and the ways are tried where nothing can be lost. */
async function provenWay(
  from: Schema,
  to: Schema,
  { engine, server }: Place,
  scratch: OnScratch,
): Promise<{ readonly forth: Way; readonly back: Way; readonly proven: true | { readonly why: string } }> {
  return whileSettled(from, to, scratch, async (settled) => {
    const forth = wayFrom(settled.before, settled.after, engine, server);
    const back = wayFrom(settled.after, settled.before, engine, server);
    const proven = settled.why === undefined ? await prove({ ...settled, forth, back }, scratch) : { why: settled.why };
    return { forth, back, proven };
  });
}

async function expectSame(bench: Bench, found: Place, wanted: Place, what: string): Promise<void> {
  if (differing(await bench.dump(found, false), await bench.dump(wanted, false)) === undefined) return;
  const difference = differing(await bench.dump(found, true), await bench.dump(wanted, true));
  if (difference !== undefined) throw new Error(`${what} the dump differs: ${difference}`);
}

function differing(found: readonly string[], wanted: readonly string[]): string | undefined {
  const [has, needs] = [new Set(found), new Set(wanted)];
  const shown = (line: string): string => line.replaceAll('\u001f', ' ').slice(0, 700);
  const missing = wanted.filter((line) => !has.has(line)).map((line) => `\n- ${shown(line)}`);
  const extra = found.filter((line) => !needs.has(line)).map((line) => `\n+ ${shown(line)}`);
  return missing.length + extra.length === 0 ? undefined : [...missing, ...extra].join('');
}

type Values = ReadonlyMap<string, readonly string[]>;

async function valuesOf({ connection }: Place, filled: readonly Filled[]): Promise<Values> {
  const values = new Map<string, readonly string[]>();
  for (const { unchanged, converted } of filled) {
    for (const sql of [unchanged, converted]) {
      if (sql === '') continue;
      const { rows } = await connection.query(sql);
      const shown = rows.map((row) => JSON.stringify(Object.values(row).map((value) => plain(value, sql === converted))));
      values.set(sql, shown.sort());
    }
  }
  return values;
}

/** A value as text; digits under another type are compared as numbers. */
function plain(value: unknown, asNumber: boolean): string {
  if (value === null) return 'NULL';
  return asNumber ? String(Number(value)) : typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function expectValues(before: Values, now: Values, what: string): void {
  for (const [sql, rows] of before) {
    const found = now.get(sql) ?? [];
    if (found.join('\n') !== rows.join('\n'))
      throw new Error(`${what} the rows differ: ${sql}\n- ${rows.join('\n- ')}\n+ ${found.join('\n+ ')}`);
  }
}

/** What leads from nothing to a structure, for a report. */
export function scriptOf(parts: Blueprint): string {
  return stepsOf(parts)
    .map(({ sql }) => `${sql};`)
    .join('\n');
}
