import type { ColumnType } from '../../schema/index.ts';

const native: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 16_777_215,
};
const everything = 4_294_967_295;
const bytesOfCharacter = 4;

/** Whether values that the one type holds may not fit, or not stay what they are, in the other. In doubt they may not. */
export function narrows(from: ColumnType, to: ColumnType): boolean {
  if (JSON.stringify(from) === JSON.stringify(to)) return false;
  const room = textRoom(to);
  if (room !== undefined) return longestText(from) > room;
  const bytes = binaryRoom(to);
  if (bytes !== undefined) return (binaryRoom(from) ?? Number.POSITIVE_INFINITY) > bytes;
  switch (to.kind) {
    case 'integer':
    case 'boolean':
      return integerNarrows(from, to);
    case 'decimal':
      return decimalNarrows(digitsOf(from), to);
    case 'float':
      return floatNarrows(from, to.bits);
    case 'timestamp':
      if (from.kind === 'date') return to.zone;
      return from.kind !== 'timestamp' || from.zone !== to.zone || (from.precision ?? 0) > (to.precision ?? 0);
    case 'time':
      return from.kind !== 'time' || (from.precision ?? 0) > (to.precision ?? 0);
    case 'enum':
      return from.kind !== 'enum' || from.values.some((value) => !to.values.includes(value));
    default:
      return true;
  }
}

function decimalNarrows(
  digits: ReturnType<typeof digitsOf>,
  { precision = 0, scale = 0 }: Extract<ColumnType, { kind: 'decimal' }>,
): boolean {
  return digits === undefined || digits.whole > precision - scale || digits.fraction > scale;
}

/** A double holds every whole number of 32 bits, a float those of 16. */
function floatNarrows(from: ColumnType, bits: 32 | 64): boolean {
  if (from.kind === 'boolean') return false;
  if (from.kind === 'float') return bits === 32;
  return from.kind !== 'integer' || from.bits >= bits;
}

function integerNarrows(from: ColumnType, to: Extract<ColumnType, { kind: 'integer' | 'boolean' }>): boolean {
  const [bits, unsigned] = to.kind === 'boolean' ? [8, false] : [to.bits, to.unsigned === true];
  if (from.kind === 'boolean') return unsigned;
  if (from.kind !== 'integer') return true;
  if (from.unsigned === true) return unsigned ? from.bits > bits : from.bits >= bits;
  return unsigned || from.bits > bits;
}

/** Bytes of text that a type has room for; nothing for other types. */
function textRoom(type: ColumnType): number | undefined {
  switch (type.kind) {
    case 'text':
      return everything;
    case 'string':
      return (type.length ?? 255) * bytesOfCharacter;
    case 'native':
      return /text$/.test(type.text) ? native[type.text] : undefined;
    default:
      return undefined;
  }
}

function longestText(type: ColumnType): number {
  switch (type.kind) {
    case 'char':
      return type.length * bytesOfCharacter;
    case 'uuid':
      return 36 * bytesOfCharacter;
    case 'enum':
      return Math.max(0, ...type.values.map((value) => value.length)) * bytesOfCharacter;
    case 'integer':
    case 'boolean':
    case 'decimal': {
      const digits = digitsOf(type);
      return digits === undefined ? everything : (digits.whole + digits.fraction + 2) * bytesOfCharacter;
    }
    case 'date':
    case 'time':
    case 'timestamp':
      return 26 * bytesOfCharacter;
    case 'json':
    case 'native':
    case 'float':
      return textRoom(type) ?? everything;
    default:
      return textRoom(type) ?? Number.POSITIVE_INFINITY;
  }
}

function binaryRoom(type: ColumnType): number | undefined {
  if (type.kind === 'binary') return type.length ?? everything;
  return type.kind === 'native' ? native[/blob$/.test(type.text) ? type.text : ''] : undefined;
}

function digitsOf(type: ColumnType): { readonly whole: number; readonly fraction: number } | undefined {
  switch (type.kind) {
    case 'boolean':
      return { whole: 3, fraction: 0 };
    case 'integer':
      return { whole: { 8: 3, 16: 5, 32: 10, 64: 20 }[type.bits], fraction: 0 };
    case 'decimal':
      return { whole: (type.precision ?? 10) - (type.scale ?? 0), fraction: type.scale ?? 0 };
    default:
      return undefined;
  }
}
