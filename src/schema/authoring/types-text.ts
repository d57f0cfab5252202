import { closest } from '../../base/index.ts';
import type { ColumnType } from '../types.ts';
import { given } from './spot.ts';

/** What may stand in brackets behind a type, or beside it as a property. */
export type TypeArgument = 'length' | 'precision' | 'scale';
/** The arguments of a type by name. */
export type TypeArguments = { readonly [K in TypeArgument]?: number };

interface Word {
  /** In the order in which they stand in brackets. */
  readonly takes: readonly TypeArgument[];
  readonly unsigned?: true;
  make(given: TypeArguments): ColumnType;
}

const integer = (bits: 8 | 16 | 32 | 64): Word => ({ takes: [], unsigned: true, make: () => ({ kind: 'integer', bits }) });
const float = (bits: 32 | 64): Word => ({ takes: [], make: () => ({ kind: 'float', bits }) });
const plain = (kind: 'boolean' | 'text' | 'date' | 'interval' | 'uuid' | 'json'): Word => ({ takes: [], make: () => ({ kind }) });
const timestamp = (zone: boolean): Word => ({
  takes: ['precision'],
  make: ({ precision }) => ({ kind: 'timestamp', zone, ...given({ precision }) }),
});
const decimal: Word = {
  takes: ['precision', 'scale'],
  make: ({ precision, scale }) => ({ kind: 'decimal', ...given({ precision, scale }) }),
};
const string: Word = { takes: ['length'], make: ({ length }) => ({ kind: 'string', ...given({ length }) }) };
const binary: Word = { takes: ['length'], make: ({ length }) => ({ kind: 'binary', ...given({ length }) }) };

/** The neutral words. A second word for the same type is understood and never written. */
const words: ReadonlyMap<string, Word> = new Map([
  ['tinyint', integer(8)],
  ['smallint', integer(16)],
  ['integer', integer(32)],
  ['int', integer(32)],
  ['bigint', integer(64)],
  ['decimal', decimal],
  ['numeric', decimal],
  ['real', float(32)],
  ['float', float(32)],
  ['double', float(64)],
  ['boolean', plain('boolean')],
  ['bool', plain('boolean')],
  ['varchar', string],
  ['string', string],
  ['text', plain('text')],
  // SQL's own rule: char without a length is char(1).
  ['char', { takes: ['length'], make: ({ length = 1 }): ColumnType => ({ kind: 'char', length }) }],
  ['binary', binary],
  ['blob', { takes: [], make: (): ColumnType => ({ kind: 'binary' }) }],
  ['bytea', { takes: [], make: (): ColumnType => ({ kind: 'binary' }) }],
  ['date', plain('date')],
  ['time', { takes: ['precision'], make: ({ precision }): ColumnType => ({ kind: 'time', ...given({ precision }) }) }],
  ['timestamp', timestamp(false)],
  ['timestamptz', timestamp(true)],
  ['interval', plain('interval')],
  ['uuid', plain('uuid')],
  ['json', plain('json')],
]);

/** Words of one engine, and of habit, with the neutral way to say it. */
const foreign: ReadonlyMap<string, string> = new Map([
  ['serial', '"integer" with `identity: true`'],
  ['bigserial', '"bigint" with `identity: true`'],
  ['datetime', '"timestamp"'],
  ['timestamp with time zone', '"timestamptz"'],
  ['timestamp without time zone', '"timestamp"'],
  ['double precision', '"double"'],
  ['character varying', '"varchar"'],
  ['character', '"char"'],
  ['jsonb', '"json"'],
  ['varbinary', '"binary"'],
  ['int2', '"smallint"'],
  ['int4', '"integer"'],
  ['int8', '"bigint"'],
  ['float4', '"real"'],
  ['float8', '"double"'],
]);

/** Every word that names a type, those with parts of their own included. */
export const typeWords: readonly string[] = [...words.keys(), 'enum', 'array'];

/** A type as a text says it: the word in lower case, what stands in brackets, and how many array dimensions. */
export interface TypeText {
  readonly word: string;
  readonly numbers: readonly number[];
  readonly unsigned: boolean;
  readonly dimensions: number;
}

const shape = /^\s*([a-z]\w*(?:\s+(?!unsigned\b)[a-z]\w*)*)\s*(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\))?(\s*unsigned)?\s*((?:\[\s*\]\s*)*)$/i;

/** Takes a type text apart; nothing when it does not look like one. Does not ask whether the word is known. */
export function splitTypeText(written: string): TypeText | undefined {
  const match = shape.exec(written);
  if (match === null) return undefined;
  const [, word = '', first, second, unsigned, brackets = ''] = match;
  return {
    word: word.toLowerCase().replaceAll(/\s+/g, ' '),
    numbers: [first, second].filter((number) => number !== undefined).map(Number),
    unsigned: unsigned !== undefined,
    dimensions: brackets.split('[').length - 1,
  };
}

/** The type of a word with its arguments, or why there is none. Knows neither `enum` nor `array`, which have other parts. */
export function typeOfWord(word: string, args: TypeArguments, unsigned: boolean): ColumnType | { readonly fault: string } {
  const found = words.get(word);
  if (found === undefined) return { fault: unknownType(word) };
  const extra = (Object.keys(args) as TypeArgument[]).find((argument) => !found.takes.includes(argument));
  if (extra !== undefined) return { fault: `type "${word}" has no ${extra}` };
  if (unsigned && found.unsigned === undefined) return { fault: `type "${word}" cannot be unsigned` };
  if (args.scale !== undefined && args.precision === undefined) return { fault: `type "${word}" has a scale only beside a precision` };
  const type = found.make(args);
  return unsigned && type.kind === 'integer' ? { ...type, unsigned: true } : type;
}

/** What the numbers in brackets behind a word mean, or nothing when it takes fewer. */
export function namedArguments(word: string, numbers: readonly number[]): TypeArguments | undefined {
  const takes = words.get(word)?.takes ?? [];
  if (numbers.length > takes.length) return undefined;
  return Object.fromEntries(numbers.map((number, i) => [takes[i] ?? '', number]));
}

/** Whether a word names a neutral type that stands alone. */
export function isTypeWord(word: string): boolean {
  return words.has(word);
}

/** Says that a type word is unknown, and the way out. */
function unknownType(word: string): string {
  const neutral = foreign.get(word);
  const near = closest(word, typeWords);
  const instead = neutral === undefined ? (near === undefined ? '' : `; did you mean "${near}"?`) : `; write ${neutral}`;
  return (
    `unknown type "${word}"${instead} ` +
    '(a type of the database is written `{ named: mood }`, one engine’s own `{ native: { ENGINE: text } }`)'
  );
}

/** The canonical text of a type, or nothing when one text cannot say it (enums, types of the database, native ones). */
export function typeText(type: ColumnType): string | undefined {
  switch (type.kind) {
    case 'integer':
      return `${{ 8: 'tinyint', 16: 'smallint', 32: 'integer', 64: 'bigint' }[type.bits]}${type.unsigned === true ? ' unsigned' : ''}`;
    case 'decimal':
      return `decimal${inBrackets(type.precision, type.scale)}`;
    case 'float':
      return type.bits === 32 ? 'real' : 'double';
    case 'string':
      return `varchar${inBrackets(type.length)}`;
    case 'char':
      return `char${inBrackets(type.length)}`;
    case 'binary':
      return `binary${inBrackets(type.length)}`;
    case 'time':
      return `time${inBrackets(type.precision)}`;
    case 'timestamp':
      return `${type.zone ? 'timestamptz' : 'timestamp'}${inBrackets(type.precision)}`;
    case 'array': {
      const of = typeText(type.of);
      return of === undefined ? undefined : `${of}[]`;
    }
    case 'enum':
    case 'named':
    case 'native':
      return undefined;
    default:
      return type.kind;
  }
}

function inBrackets(...numbers: readonly (number | undefined)[]): string {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? '' : `(${known.join(',')})`;
}
