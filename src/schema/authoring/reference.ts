import type { QualifiedName } from '../names.ts';
import type { RowReference } from '../types.ts';

/** The key of a row under which its name stands; a column called `@` is written `@@`. */
export const nameKey = '@';

const part = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$-]*)`;
const shape = new RegExp(String.raw`^@(${part})\.(${part})(?:\.(${part}))?$`, 'u');
const escaped = new RegExp(String.raw`^@+${part}\.${part}(?:\.${part})?$`, 'u');
const plain = /^[\p{L}_][\p{L}\p{N}_$-]*$/u;

/** Reads `@page.home` or `@sales.page.home`; `@@page.home` is the text `@page.home`, and a text of any other shape is itself. */
export function readReferenceText(text: string): string | { readonly reference: RowReference } {
  const match = shape.exec(text);
  if (match === null) return text.startsWith('@@') && escaped.test(text) ? text.slice(1) : text;
  const parts = match.slice(1).flatMap((found) => (found === undefined ? [] : [unquoted(found)]));
  const name = parts.at(-1) ?? '';
  const table: QualifiedName = parts.length === 3 ? { schema: parts[0] ?? '', name: parts[1] ?? '' } : { name: parts[0] ?? '' };
  return { reference: { table, name } };
}

/** The opposite of `readReferenceText` for a reference. */
export function formatReference({ table, name }: RowReference): string {
  const parts = [...(table.schema === undefined ? [] : [table.schema]), table.name, name];
  return `@${parts.map((one) => (plain.test(one) ? one : `"${one.replaceAll('"', '""')}"`)).join('.')}`;
}

/** The opposite of `readReferenceText` for a text. */
export function formatText(text: string): string {
  return escaped.test(text) ? `@${text}` : text;
}

/** The name of a column as a key of a row, or the other way with `-1`. */
export function shiftColumn(column: string, by: 1 | -1): string {
  if (!/^@+$/.test(column)) return column;
  return by === 1 ? `@${column}` : column.slice(1);
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}
