import { closest } from '../../base/index.ts';
import type { ColumnType } from '../types.ts';
import type { TypeName, TypeParts, TypeSpec } from './spec.ts';
import { below, each, given, nothingElse, qualifiedName, type Spot, text, wrong } from './spot.ts';
import { isTypeWord, namedArguments, splitTypeText, type TypeArguments, type TypeText, typeOfWord } from './types-text.ts';

type Parts = Omit<TypeParts, 'type'>;

/** Reads a type whose parts lie flat beside other properties; those are the caller's. */
export function readType(spec: TypeParts, spot: Spot): ColumnType {
  const { length, precision, scale, unsigned, values, of, declared } = spec;
  const type = typeOf(spec.type, given({ length, precision, scale, unsigned, values, of }), { type: below(spot, 'type'), parts: spot });
  return declared === undefined ? type : { ...type, declared: text(declared, below(spot, 'declared')) };
}

/** Reads a type that stands alone, as the element of an array does. */
export function readTypeSpec(spec: TypeSpec, spot: Spot): ColumnType {
  if (typeof spec !== 'object' || spec === null || !('type' in spec)) return typeOf(spec, {}, { type: spot, parts: spot });
  const { type: _, length, precision, scale, unsigned, values, of, declared, ...rest } = spec;
  nothingElse(rest, spot);
  return readType(spec, spot);
}

/** Whether any part of a type is given without the type itself. */
export function partsWithoutType(spec: Partial<TypeParts>): boolean {
  const { type, length, precision, scale, unsigned, values, of, declared } = spec;
  return type === undefined && [length, precision, scale, unsigned, values, of, declared].some((part) => part !== undefined);
}

interface Spots {
  readonly type: Spot;
  /** Where `length` and the others lie. */
  readonly parts: Spot;
}

const standIn: ColumnType = { kind: 'text' };

function typeOf(name: TypeName, parts: Parts, spots: Spots): ColumnType {
  if (typeof name === 'object' && name !== null) {
    noParts(parts, [], spots);
    return 'named' in name ? readNamed(name, spots.type) : readNative(name, spots.type);
  }
  const split = typeof name === 'string' ? splitTypeText(name) : undefined;
  if (split === undefined) {
    wrong(spots.type, typeof name === 'string' ? `"${name}" is no type` : 'must be text');
    return standIn;
  }
  let type = elementOf(split, parts, spots);
  for (let n = 0; n < split.dimensions; n++) type = { kind: 'array', of: type };
  return type;
}

function elementOf(split: TypeText, parts: Parts, spots: Spots): ColumnType {
  if (split.word === 'enum' || split.word === 'array') {
    if (split.numbers.length > 0 || split.unsigned) wrong(spots.type, `nothing can stand behind "${split.word}"`);
    return split.word === 'enum' ? readEnum(parts, spots) : readArray(parts, spots);
  }
  noParts(parts, ['length', 'precision', 'scale', 'unsigned'], spots);
  const args = readArguments(split, parts, spots);
  const type = typeOfWord(split.word, args, split.unsigned || parts.unsigned === true);
  if (!('fault' in type)) return type;
  wrong(spots.type, type.fault);
  return standIn;
}

function readArguments(split: TypeText, parts: Parts, spots: Spots): TypeArguments {
  const inBrackets = namedArguments(split.word, split.numbers);
  if (inBrackets === undefined && isTypeWord(split.word)) wrong(spots.type, `too many numbers stand behind "${split.word}"`);
  const { length, precision, scale } = parts;
  const beside: TypeArguments = given({ length, precision, scale });
  for (const [argument, value] of Object.entries(beside)) {
    const least = argument === 'length' ? 1 : argument === 'precision' ? 0 : -1000;
    if (!Number.isSafeInteger(value) || value < least)
      wrong(below(spots.parts, argument), `${argument} must be a whole number from ${least} on`);
    if (inBrackets !== undefined && argument in inBrackets) wrong(below(spots.parts, argument), `${argument} is given twice`);
  }
  if (inBrackets?.length === 0) wrong(spots.type, 'length must be a whole number from 1 on');
  return { ...inBrackets, ...beside };
}

function readEnum(parts: Parts, spots: Spots): ColumnType {
  noParts(parts, ['values'], spots);
  if (parts.values !== undefined) return { kind: 'enum', values: each(parts.values, below(spots.parts, 'values'), text) };
  wrong(spots.type, 'type "enum" needs `values`, a list of texts');
  return standIn;
}

function readArray(parts: Parts, spots: Spots): ColumnType {
  noParts(parts, ['of'], spots);
  if (parts.of !== undefined) return { kind: 'array', of: readTypeSpec(parts.of, below(spots.parts, 'of')) };
  wrong(spots.type, 'type "array" needs `of`, the type that it holds');
  return standIn;
}

function readNamed({ named, ...rest }: { readonly named: string }, spot: Spot): ColumnType {
  nothingElse(rest, spot);
  return { kind: 'named', type: qualifiedName(named, below(spot, 'named')) };
}

function readNative({ native, ...rest }: { readonly native: Readonly<Record<string, string>> }, spot: Spot): ColumnType {
  nothingElse(rest, spot);
  const at = below(spot, 'native');
  const [first, ...others] = Object.entries(native ?? {});
  if (first === undefined || others.length > 0) {
    wrong(at, 'a native type is given for exactly one engine: `{ native: { ENGINE: text } }`');
    return standIn;
  }
  const [engine, words] = first;
  checkEngine(engine, below(at, engine), []);
  return { kind: 'native', engine, text: text(words, below(at, engine)) };
}

/** Refuses a name that is no engine of the project, where these are known, nor one of the other words allowed. */
export function checkEngine(name: string, spot: Spot, others: readonly string[]): void {
  if (spot.engines === undefined || spot.engines.includes(name) || others.includes(name)) return;
  const near = closest(name, [...spot.engines, ...others]);
  const message = `there is no engine "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
  spot.problems.push({ path: spot.path, message, key: true });
}

function noParts(parts: Parts, allowed: readonly (keyof Parts)[], spots: Spots): void {
  for (const part of Object.keys(parts) as (keyof Parts)[]) {
    if (allowed.includes(part)) continue;
    spots.parts.problems.push({ path: [...spots.parts.path, part], message: `this type has no "${part}"`, key: true });
  }
}
