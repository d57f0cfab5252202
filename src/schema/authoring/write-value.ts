import { toHex } from '../../base/index.ts';
import type { ColumnType, Default, Row, RowValue, Where } from '../types.ts';
import { looksLikeSql } from './read-column.ts';
import { isSpecial } from './read-value.ts';
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
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, writeRowValue(value)]));
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
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if ('sql' in value) return { sql: value.sql };
  const { json } = value;
  return json !== null && typeof json === 'object' && !isSpecial(json) ? json : { json };
}
