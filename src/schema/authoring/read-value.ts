import type { JsonValue } from '../../base/index.ts';
import type { RowNames } from '../change.ts';
import type { Row, RowValue, Where } from '../types.ts';
import { nameKey, readReferenceText, shiftColumn } from './reference.ts';
import type { ScalarSpec } from './spec.ts';
import type { RowSpec, RowValueSpec, WhereSpec } from './spec-change.ts';
import { below, each, type Spot, text, wrong } from './spot.ts';

/** A whole or broken number; a big integer that fits becomes a number, so that one value has one form. */
export function number(value: number | bigint, spot: Spot): number | bigint {
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  if (typeof value !== 'number') wrong(spot, 'must be a number');
  else if (!Number.isFinite(value)) wrong(spot, `${value} is no number that a database can be given; write it as text or SQL`);
  return value;
}

/** Reads a literal. */
export function readScalar(value: ScalarSpec, spot: Spot): ScalarSpec {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return number(value, spot);
  wrong(spot, 'must be text, a number, true, false or null');
  return null;
}

/** Reads a row; its keys are names of columns. */
export function readRow(spec: RowSpec, spot: Spot): Row {
  return Object.fromEntries(
    Object.entries(spec).map(([column, value]) => {
      if (column === '') wrong(spot, 'a name cannot be empty');
      if (column === nameKey)
        wrong(below(spot, column), 'only a row that is inserted or upserted has a name; a column called @ is written @@');
      return [shiftColumn(column, -1), readRowValue(value, below(spot, column))];
    }),
  );
}

/** Reads rows that may have names. */
export function readNamedRows(specs: readonly RowSpec[], spot: Spot): { readonly rows: readonly Row[]; readonly names?: RowNames } {
  const names: (string | null)[] = [];
  const rows = each(specs, spot, (spec, at): Row => {
    const { [nameKey]: name, ...rest } = spec;
    names.push(name === undefined ? null : text(name as string, below(at, nameKey)));
    if (name === '') wrong(below(at, nameKey), 'a name cannot be empty');
    if (typeof name === 'string' && names.indexOf(name) < names.length - 1) wrong(below(at, nameKey), `another row is called "${name}"`);
    return readRow(rest, at);
  });
  return names.every((name) => name === null) ? { rows } : { rows, names };
}

/** Reads a list of rows. */
export function readRows(specs: readonly RowSpec[], spot: Spot): readonly Row[] {
  return each(specs, spot, readRow);
}

/** Reads which rows are meant. Without any condition it would be all of them, which must be said in SQL. */
export function readWhere(spec: WhereSpec, spot: Spot): Where {
  const keys = Object.keys(spec);
  const only = keys.length === 1 ? keys[0] : undefined;
  const value = only === undefined ? undefined : (spec as RowSpec)[only];
  if (only === 'sql' && typeof value === 'string') return { sql: value };
  const isEquals = only === 'equals' && typeof value === 'object' && value !== null && !Array.isArray(value);
  const row = (isEquals ? value : spec) as RowSpec;
  if (Object.keys(row).length === 0) wrong(spot, 'all rows would be meant; if so, write { sql: "1 = 1" }');
  return { equals: readRow(row, isEquals ? below(spot, 'equals') : spot) };
}

function readRowValue(value: RowValueSpec, spot: Spot): RowValue {
  if (typeof value === 'string') return readReferenceText(value);
  if (typeof value !== 'object' || value === null) return readScalar(value, spot);
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value) || !isSpecial(value)) return { json: readJson(value as JsonValue, spot) };
  if ('sql' in value) return { sql: text(value['sql'] as string, below(spot, 'sql')) };
  if ('json' in value) return { json: readJson(value['json'] as JsonValue, below(spot, 'json')) };
  return readHex(value['hex'], below(spot, 'hex'));
}

/** Whether a mapping is one of the marked forms `{ sql }`, `{ json }` and `{ hex }`, and not a piece of JSON. */
export function isSpecial(value: object): value is Readonly<Record<string, unknown>> {
  const keys = Object.keys(value);
  return keys.length === 1 && ['sql', 'json', 'hex'].includes(keys[0] ?? '');
}

function readHex(digits: unknown, spot: Spot): Uint8Array {
  if (typeof digits !== 'string' || !/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    wrong(spot, 'bytes are written as text of hexadecimal digits, two for each');
    return new Uint8Array();
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Copies a piece of JSON, so that later edits of the original do not reach the change. */
function readJson(value: JsonValue, spot: Spot): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint') {
    // Many large numbers come out as they went in; only the others lose something.
    if (String(Number(value)) === String(value)) return Number(value);
    wrong(spot, 'a whole number of this size loses digits in JSON; write it as text, or the whole JSON as { sql }');
    return null;
  }
  if (Array.isArray(value)) return value.map((item: JsonValue, i) => readJson(item, below(spot, i)));
  if (typeof value === 'object' && isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]: [string, JsonValue]) => [key, readJson(item, below(spot, key))]));
  }
  wrong(spot, 'this is no JSON value; write dates and the like as text');
  return null;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
