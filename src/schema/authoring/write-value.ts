import { toHex } from '../../base/index.ts';
import type { RowNames } from '../change.ts';
import type { ColumnType, Default, Row, RowValue, Where } from '../types.ts';
import { looksLikeSql } from './read-column.ts';
import { isSpecial } from './read-value.ts';
import { formatReference, formatText, nameKey, shiftColumn } from './reference.ts';
import type { DefaultSpec } from './spec.ts';
import type { RowSpec, RowValueSpec, WhereSpec } from './spec-change.ts';

/** A default as an author writes it. `marked`: `null` has another meaning there, so a null literal is written `{ value: null }`. */
export function writeDefault(value: Default, type: ColumnType | undefined, marked = false): DefaultSpec {
  if ('sql' in value) return { sql: value.sql };
  if ((marked && value.value === null) || looksLikeSql(value.value, type)) return { value: value.value };
  return value.value;
}

/** A row as an author writes it. */
export function writeRow(row: Row): RowSpec {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [shiftColumn(column, 1), writeRowValue(value)]));
}

/** Rows as an author writes them, their names among their values. */
export function writeRows(rows: readonly Row[], names: RowNames | undefined): readonly RowSpec[] {
  return rows.map((row, i) => {
    const name = names?.[i] ?? null;
    return name === null ? writeRow(row) : { [nameKey]: name, ...writeRow(row) };
  });
}

/** A condition as an author writes it. */
export function writeWhere(where: Where): WhereSpec {
  if ('sql' in where) return { sql: where.sql };
  const equals = writeRow(where.equals);
  const [only, ...others] = Object.keys(equals);
  const ambiguous = others.length === 0 && (only === 'sql' || only === 'equals' || only === undefined);
  return ambiguous ? { equals } : equals;
}

function writeRowValue(value: RowValue): RowValueSpec {
  if (typeof value === 'string') return formatText(value);
  if (value === null || typeof value !== 'object') return value;
  if ('reference' in value) return formatReference(value.reference);
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if ('sql' in value) return { sql: value.sql };
  const { json } = value;
  return json !== null && typeof json === 'object' && !isSpecial(json) ? json : { json };
}
