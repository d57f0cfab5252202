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

/**
 * Text becomes something else only by a cast that is asked for, which fails loudly where a value does not fit. Casts between other types
 * are not asked for by themselves: an explicit one may cut values silently where the assignment would refuse.
 */
function needsCast(from: ColumnType, to: ColumnType): boolean {
  if (isText(to)) return false;
  if (isText(from) || from.kind === 'named' || to.kind === 'named') return true;
  return (from.kind === 'boolean') !== (to.kind === 'boolean') && (from.kind === 'integer' || to.kind === 'integer');
}
