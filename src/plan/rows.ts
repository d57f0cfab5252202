import type { Engine, RenderContext, Rendered, SourcedChange, Statement } from '../contracts/index.ts';
import { type Change, invert, type Of, type Row, referencesOf } from '../schema/index.ts';
import { bookStatement } from './books.ts';
import { keeping, keptAround } from './keep.ts';
import { deleteNamed, freedNames, namedInsert, namedUpsert, type RowsChange, withKeys } from './references.ts';

interface RenderedRows {
  readonly rendered: Rendered;
  readonly back?: readonly string[];
  readonly lacking?: string;
}

/** Renders a change of rows: with the keys of rows that it names, with names for rows that it makes, and with what keeps its rows. */
export function renderRows(
  change: RowsChange,
  engine: Engine,
  context: RenderContext,
  sourced: Pick<SourcedChange, 'under' | 'retakes'>,
): RenderedRows {
  const { under } = sourced;
  const keyed = withKeys(change, engine, context);
  if ('refused' in keyed) return { rendered: keyed.refused };
  if (keyed.change.kind === 'insertRows') return renderInsert(keyed.change, change as Of<'insertRows'>, { engine, context, ...sourced });
  const keep = under === undefined ? undefined : keeping(keyed.change, engine, context, under);
  const kept = keep !== undefined && 'back' in keep ? keep : undefined;
  const rendered = handle(kept?.change ?? keyed.change, engine, context);
  if (!Array.isArray(rendered)) return { rendered };
  const names = keyed.change.kind === 'upsertRows' ? namedUpsert(engine, context, keyed.change, under?.migration) : [];
  if (!Array.isArray(names)) return { rendered: names as Rendered };
  const asked = referencesOf(change).length > 0;
  const affects = { table: change.table, rows: rowsOf(keyed.change, engine, context) };
  const changing = (rendered as readonly Statement[]).map(
    (statement, i): Statement => ({ ...statement, ...(i === 0 ? { affects } : {}), ...(asked ? { books: true } : {}) }),
  );
  const own = [...changing, ...(names as readonly Statement[])];
  if (kept !== undefined) return { rendered: keptAround(kept, own), back: kept.back };
  return { rendered: own, ...(keep !== undefined && 'lacking' in keep ? { lacking: keep.lacking } : {}) };
}

function handle(change: RowsChange, engine: Engine, context: RenderContext): Rendered {
  const handler = engine.render[change.kind] as (change: RowsChange, context: RenderContext) => Rendered;
  return handler(change, context);
}

/** How many rows a change means: as many as it gives, or those that fulfil its condition. */
function rowsOf(change: RowsChange, engine: Engine, { before }: RenderContext): number | string {
  if (change.kind === 'insertRows' || change.kind === 'upsertRows') return change.rows.length;
  return `SELECT count(*) AS n FROM ${engine.quote.name(change.table)} WHERE ${engine.books.condition(change.table, change.where, before)}`;
}

interface Around extends Pick<SourcedChange, 'under' | 'retakes'> {
  readonly engine: Engine;
  readonly context: RenderContext;
}

/** Rows between those with names go in together, as without names; one with a name goes in alone, so that its key can be told. */
function renderInsert(change: Of<'insertRows'>, written: Of<'insertRows'>, { engine, context, under, retakes }: Around): RenderedRows {
  const { table, names } = change;
  const asked = referencesOf(written).length > 0;
  const statements: Statement[] = [];
  const back: string[] = [];
  let lacking: string | undefined;
  for (const { rows, written: own, name } of pieces(change.rows, written.rows, names)) {
    const rendered = handle({ kind: 'insertRows', table, rows }, engine, context);
    if (!Array.isArray(rendered)) return { rendered };
    const affects = { table, rows: rows.length };
    const plain = (rendered as readonly Statement[]).map(
      (statement, i): Statement => ({ ...statement, ...(i === 0 ? { affects } : {}), ...(asked ? { books: true } : {}) }),
    );
    const [first] = plain;
    if (name === null || first === undefined) {
      statements.push(...plain);
      if (names === undefined) continue;
      const undone = undo({ kind: 'insertRows', table, rows: own }, engine, context);
      if (typeof undone === 'string') lacking ??= undone;
      else back.unshift(...undone);
      continue;
    }
    const named = namedInsert(engine, context, { table, row: rows[0] ?? {}, name, insert: first, migration: under?.migration });
    if (!Array.isArray(named)) return { rendered: named as Rendered };
    if (retakes === true) statements.push(...freedNames(engine, context, table, name).map(bookStatement));
    statements.push(...(named as readonly Statement[]));
    const undone = deleteNamed(engine, context, table, [name]);
    if (Array.isArray(undone)) back.unshift(...(undone as readonly string[]));
  }
  if (names === undefined) return { rendered: statements };
  return { rendered: statements, ...(lacking === undefined ? { back } : { lacking }) };
}

interface Piece {
  readonly rows: readonly Row[];
  /** The same rows with their references. */
  readonly written: readonly Row[];
  readonly name: string | null;
}

function pieces(rows: readonly Row[], written: readonly Row[], names: Of<'insertRows'>['names']): readonly Piece[] {
  if (names === undefined) return [{ rows, written, name: null }];
  const found: { rows: Row[]; written: Row[]; name: string | null }[] = [];
  rows.forEach((row, i) => {
    const name = names[i] ?? null;
    const last = found.at(-1);
    if (last === undefined || name !== null || last.name !== null) found.push({ rows: [row], written: [written[i] ?? row], name });
    else {
      last.rows.push(row);
      last.written.push(written[i] ?? row);
    }
  });
  return found;
}

/** What deletes inserted rows again, or why that cannot be told. */
function undo(change: Of<'insertRows'>, engine: Engine, context: RenderContext): readonly string[] | string {
  const inverse = invert(change, context.before);
  if ('irreversible' in inverse) return inverse.irreversible;
  const texts: string[] = [];
  for (const one of inverse as readonly Change[]) {
    if (one.kind !== 'deleteRows') continue;
    const keyed = withKeys(one, engine, context);
    const rendered = 'refused' in keyed ? keyed.refused : handle(keyed.change, engine, context);
    if (!Array.isArray(rendered)) return 'a row cannot be deleted again';
    texts.unshift(...(rendered as readonly Statement[]).map(({ sql }) => sql));
  }
  return texts;
}
