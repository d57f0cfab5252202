/** A value that a row can hold and a driver can be given. Texts of dates, arrays and the like are strings. */
export type Value = null | boolean | number | bigint | string | Uint8Array;

export type JsonValue = null | boolean | number | string | JsonObject | readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** JSON text with the keys of every object in order, so that equal data give equal text. Big integers and bytes are marked. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return { $bigint: inner.toString() };
    if (inner instanceof Uint8Array) return { $bytes: toHex(inner) };
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/** Lower-case hexadecimal of the bytes, two digits each. */
export function toHex(bytes: Uint8Array): string {
  const parts: string[] = [];
  // Pieces of a size that the engine keeps in one place; a long text grown by two digits at a time takes sixteen times its size.
  for (let begin = 0; begin < bytes.length; begin += 4096) {
    let part = '';
    for (const byte of bytes.subarray(begin, begin + 4096)) part += digits[byte];
    parts.push(part);
  }
  return parts.join('');
}

const digits: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Whether two plain values are the same: properties in any order, one that is undefined like one that is absent. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key in left) if (!same(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** The bytes of hexadecimal digits, two each. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A whole number in its one form: a number where that holds all its digits. */
export function exactNumber(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
