import type { Inquiry, ResultRow } from '../../contracts/index.ts';
import { quote } from './quote.ts';
import { asText, field, optional } from './rows.ts';

interface Tables {
  readonly tables: readonly ResultRow[];
  readonly columns: readonly ResultRow[];
  readonly checks: readonly ResultRow[];
}

/**
 * Adds what only SHOW CREATE TABLE tells: partitions, periods, and expressions in which information_schema shows a question mark, which
 * may stand for a character beyond U+FFFF. Its three-byte Unicode has no place for those.
 */
export function* withSpecial<T extends Tables>(found: T): Inquiry<T & { readonly special: readonly ResultRow[] }> {
  const doubtful = [
    ...found.columns.filter((row) => isDoubtful(row, 'dflt', 'formula')),
    ...found.checks.filter((row) => isDoubtful(row, 'clause')),
  ];
  // A period is told by it alone too, and shows itself as a check that two columns are in order.
  const periods = found.checks.filter((row) => /^`[^`]+` < `[^`]+`$/.test(field(row, 'clause')));
  const opened = new Set([...doubtful, ...periods].map(keyOf));
  const special: ResultRow[] = [];
  for (const row of found.tables) {
    const { db, name } = row;
    if (isSpecial(row) || opened.has(keyOf(row))) special.push({ db, name, sql: yield* show('TABLE', row, 'name') });
  }
  const shown = new Map(special.map((row) => [keyOf(row), field(row, 'sql')]));
  return {
    ...found,
    columns: found.columns.map((row) => inColumn(row, shown.get(keyOf(row)))),
    checks: found.checks.map((row) => inCheck(row, shown.get(keyOf(row)))),
    special,
  };
}

interface Definitions {
  readonly views: readonly ResultRow[];
  readonly triggers: readonly ResultRow[];
  readonly routines: readonly ResultRow[];
  readonly events: readonly ResultRow[];
}

/**
 * Adds what only SHOW CREATE tells of other objects. Of views it is the whole text, because information_schema leaves out the character
 * sets of strings, and of routines, as the engine's own dump has them; of triggers and events where a question mark is shown.
 */
export function* withDefinitions<T extends Definitions>(found: T): Inquiry<T> {
  return {
    ...found,
    views: yield* whole(found.views, 'query'),
    routines: yield* whole(found.routines, 'code'),
    triggers: yield* patched(found.triggers, { type: 'TRIGGER', name: 'trig', text: 'code' }),
    events: yield* patched(found.events, { type: 'EVENT', name: 'name', text: 'code' }),
  };
}

function keyOf(row: ResultRow): string {
  return `${field(row, 'db')}\0${field(row, 'name')}`;
}

function isDoubtful(row: ResultRow, ...columns: readonly string[]): boolean {
  return columns.some((column) => field(row, column).includes('?'));
}

/** Partitions and history are told in full by SHOW CREATE TABLE alone. */
function isSpecial(table: ResultRow): boolean {
  return /\bpartitioned\b/.test(field(table, 'options')) || table['type'] === 'SYSTEM VERSIONED';
}

const answers = ['Create Table', 'Create View', 'SQL Original Statement', 'Create Event', 'Create Function', 'Create Procedure'];

/** The text that SHOW CREATE gives; an empty one where the user may not see it. */
function* show(type: string, row: ResultRow, name: string): Inquiry<string> {
  const [shown = {}] = (yield { sql: `SHOW CREATE ${type} ${quote.name({ schema: field(row, 'db'), name: field(row, name) })}` }).rows.map(
    asText,
  );
  return field(shown, [...answers, 'Create Package', 'Create Package Body'].find((column) => column in shown) ?? '');
}

/** Views or routines with their CREATE statements, as far as the user may see them. */
function* whole(rows: readonly ResultRow[], text: string): Inquiry<readonly ResultRow[]> {
  const all: ResultRow[] = [];
  for (const row of rows)
    all.push(field(row, text) === '' ? row : { ...row, definition: yield* show(optional(row, 'type') ?? 'VIEW', row, 'name') });
  return all;
}

interface Place {
  readonly type: string;
  readonly name: string;
  readonly text: string;
}

function* patched(rows: readonly ResultRow[], { type, name, text }: Place): Inquiry<readonly ResultRow[]> {
  const all: ResultRow[] = [];
  for (const row of rows) {
    if (!isDoubtful(row, text)) {
      all.push(row);
      continue;
    }
    const [value, shown] = [field(row, text), yield* show(type, row, name)];
    all.push({ ...row, [text]: restored(value, shown) ?? value });
  }
  return all;
}

function inColumn(row: ResultRow, table: string | undefined): ResultRow {
  if (table === undefined || !isDoubtful(row, 'dflt', 'formula')) return row;
  const line = lineOf(table, `  ${quote.identifier(field(row, 'col'))} `);
  const text = (column: string): unknown => (isDoubtful(row, column) ? restored(field(row, column), line) : undefined) ?? row[column];
  return { ...row, dflt: text('dflt'), formula: text('formula') };
}

function inCheck(row: ResultRow, table: string | undefined): ResultRow {
  if (table === undefined || !isDoubtful(row, 'clause')) return row;
  const name = quote.identifier(field(row, 'con'));
  const line = lineOf(table, row['level'] === 'Column' ? `  ${name} ` : `  CONSTRAINT ${name} `);
  return { ...row, clause: restored(field(row, 'clause'), line) ?? row['clause'] };
}

function lineOf(table: string, beginning: string): string {
  return table.split('\n').find((line) => line.startsWith(beginning)) ?? '';
}

/** The same text with the characters that question marks stand for: one for each, or one for each byte. Nothing where it does not occur. */
export function restored(text: string, shown: string): string | undefined {
  const literal = (part: string): string => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const pattern = text
    .split(/(\?+)/)
    .map((part) => (part.startsWith('?') ? `[?\\u{10000}-\\u{10ffff}]{1,${part.length}}` : literal(part)))
    .join('');
  return new RegExp(pattern, 'su').exec(shown)?.[0];
}
