import { canonicalJson } from '../../base/index.ts';
import type { ColumnType } from '../../schema/index.ts';
import { typeReadBack } from './types.ts';

/** What happens to the rows when a column changes from one type to another. */
export interface TypeChange {
  /** Every value keeps its meaning. */
  readonly keepsValues: boolean;
  /** The table is written anew: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES */
  readonly rewrites: boolean;
  /** The engine converts only when told how, because an assignment would not. */
  readonly needsCast: boolean;
}

/** Judges a change of type. What is not known to be harmless is taken to lose values and to rewrite. */
export function typeChange(before: ColumnType, after: ColumnType): TypeChange {
  const from = typeReadBack(before);
  const to = typeReadBack(after);
  if (canonicalJson(from) === canonicalJson(to)) return { keepsValues: true, rewrites: false, needsCast: false };
  if (from.kind === 'array' && to.kind === 'array') return { ...typeChange(from.of, to.of), rewrites: true };
  return { keepsValues: keeps(from, to), rewrites: !inPlace(from, to), needsCast: needsCast(from, to) };
}

function isText(type: ColumnType): type is Extract<ColumnType, { readonly kind: 'string' | 'text' | 'char' }> {
  return type.kind === 'string' || type.kind === 'text' || type.kind === 'char';
}

/** The most characters that a text holds. */
function room(type: Extract<ColumnType, { readonly kind: 'string' | 'text' | 'char' }>): number {
  return type.kind === 'text' ? Number.POSITIVE_INFINITY : (type.length ?? Number.POSITIVE_INFINITY);
}

/** How the widening pairs keep values; the pairs that are not here do not. */
function keeps(from: ColumnType, to: ColumnType): boolean {
  if (isText(to)) {
    if (isText(from)) return room(to) >= room(from);
    return room(to) === Number.POSITIVE_INFINITY && to.kind !== 'char' && from.kind !== 'native';
  }
  switch (from.kind) {
    case 'integer':
      return integerKeeps(from.bits, to);
    case 'float':
      return to.kind === 'float' && to.bits >= from.bits;
    case 'decimal':
      return to.kind === 'decimal' && decimalKeeps(from, to);
    case 'boolean':
      return to.kind === 'integer';
    case 'date':
      return to.kind === 'timestamp';
    case 'time':
      return to.kind === 'time' && digits(to.precision) >= digits(from.precision);
    case 'timestamp':
      return to.kind === 'timestamp' && (to.zone || !from.zone) && digits(to.precision) >= digits(from.precision);
    default:
      return false;
  }
}

function integerKeeps(bits: 8 | 16 | 32 | 64, to: ColumnType): boolean {
  const needed = { 8: 3, 16: 5, 32: 10, 64: 19 }[bits];
  if (to.kind === 'integer') return to.bits >= bits;
  if (to.kind === 'float') return to.bits === 64 ? bits <= 32 : bits <= 16;
  return to.kind === 'decimal' && (to.precision === undefined || to.precision - (to.scale ?? 0) >= needed);
}

type Decimal = Extract<ColumnType, { readonly kind: 'decimal' }>;

function decimalKeeps(from: Decimal, to: Decimal): boolean {
  if (to.precision === undefined) return true;
  if (from.precision === undefined) return false;
  const [fromScale, toScale] = [from.scale ?? 0, to.scale ?? 0];
  return toScale >= fromScale && to.precision - toScale >= from.precision - fromScale;
}

/** Times without a precision have six digits. */
function digits(precision: number | undefined): number {
  return precision ?? 6;
}

/** The pairs that only change what the catalogue says. */
function inPlace(from: ColumnType, to: ColumnType): boolean {
  if (isText(from) && isText(to)) return from.kind !== 'char' && to.kind !== 'char' && room(to) >= room(from);
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    return decimalKeeps(from, to) && (to.precision === undefined || (to.scale ?? 0) === (from.scale ?? 0));
  }
  if ((from.kind === 'time' && to.kind === 'time') || (from.kind === 'timestamp' && to.kind === 'timestamp' && from.zone === to.zone)) {
    return digits(to.precision) >= digits(from.precision);
  }
  return false;
}

const numbers: readonly ColumnType['kind'][] = ['integer', 'decimal', 'float'];

/** Pairs of types of which the first becomes the second by itself, as pg_cast of PostgreSQL 15 says; numbers among themselves do all. */
const assigned: readonly (readonly [RegExp, RegExp])[] = [
  [/^date$/, /^timestamp/],
  [/^timestamp$/, /^(date|time|timestamptz)$/],
  [/^timestamptz$/, /^(date|time|timestamp|time with time zone)$/],
  [/^time$/, /^(interval|time with time zone)$/],
  [/^(interval|time with time zone)$/, /^time$/],
  [/^(json|jsonb)$/, /^(json|jsonb)$/],
  [/^(inet|cidr)$/, /^(inet|cidr)$/],
  [/^macaddr8?$/, /^macaddr8?$/],
  [/^bit( varying)?$/, /^bit( varying)?$/],
  [/^(integer|decimal)$/, /^money$/],
  [/^money$/, /^decimal$/],
  [/^(oid|reg[a-z]+)$/, /^(oid|integer)$/],
  [/^(oid|integer)$/, /^(oid|reg[a-z]+)$/],
  [/^(point|box|path)$/, /^(box|polygon)$/],
  [/^polygon$/, /^path$/],
];

/** What a type is called, without its size. */
function wordOf(type: ColumnType): string {
  if (type.kind === 'timestamp') return type.zone ? 'timestamptz' : 'timestamp';
  return type.kind === 'native' ? type.text.replace(/\([^)]*\)/, '') : type.kind;
}

/**
 * Whether the engine converts only when told how. Casts between types that are assigned to each other are not asked for: an explicit one
 * may cut values silently where the assignment would refuse.
 */
function needsCast(from: ColumnType, to: ColumnType): boolean {
  if (isText(to)) return false;
  if (from.kind === 'named' || to.kind === 'named') return true;
  const [was, is] = [wordOf(from), wordOf(to)];
  if (was === is || (numbers.includes(from.kind) && numbers.includes(to.kind))) return false;
  return !assigned.some(([one, other]) => one.test(was) && other.test(is));
}
