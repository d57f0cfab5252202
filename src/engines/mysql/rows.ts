import type { ResultRow } from '../../contracts/index.ts';

/** A value as text; nothing becomes an empty text. */
export function field(row: ResultRow, column: string): string {
  return optional(row, column) ?? '';
}

export function optional(row: ResultRow, column: string): string | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : String(value);
}

/** Some servers give the texts of their dictionary as bytes. */
export function asText(row: ResultRow): ResultRow {
  const entries = Object.entries(row).map(([column, value]) => [
    column,
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  ]);
  return Object.fromEntries(entries);
}
