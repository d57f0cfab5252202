import { type Code, Failure, lineStarts, type Place, placeAt } from '../base/index.ts';
import type { Path } from '../schema/index.ts';

/** A text as plain data, with the place of each part. */
export interface ReadText {
  /** `undefined` for a text without content, or without any that can be parsed. Of use only when there are no faults. */
  readonly data: unknown;
  readonly faults: readonly Failure[];
  failure(code: Code, message: string, at: At): Failure;
  /** The place of a part of the text: of its key or, by default, of its value; what is missing is where it should be. */
  place(at: At): Place;
  /** A scalar as it is written: `007`, `1.10`. */
  written(path: Path): string | undefined;
}

/** A part of a text: its value or, with `key`, the key in front of it. */
export interface At {
  readonly path: Path;
  readonly key?: boolean;
}

/** A text as it is handed to a reader. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What is not understood. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
  /** Where the same was said before, which is told with its line. */
  readonly first?: number;
}

/** A value and where it stands, as every reader of data makes it, whatever the syntax. */
export interface Located {
  readonly at: number;
  readonly value: Scalar | readonly Located[] | ReadonlyMap<string, LocatedEntry>;
  /** A scalar as it is written. */
  readonly written?: string;
}

/** A value with the place of the key in front of it. */
export interface LocatedEntry {
  readonly keyAt: number;
  readonly node: Located;
}

type Scalar = null | boolean | number | bigint | string;

/** What a reader of some syntax makes of a text; without a root there was nothing, or nothing that could be parsed. */
export interface ParsedText {
  readonly root: Located | undefined;
  readonly faults: readonly Fault[];
}

/** Deeper data than this is taken for an attack or a slip. */
export const deepest = 100;
/** What is said of it. */
export const deeper = `the text is nested deeper than ${deepest} levels`;

/** A text by what was parsed of it. */
export function document({ path, text }: TextFile, { root, faults }: ParsedText): ReadText {
  const starts = lineStarts(text);
  const shown = text.startsWith('\uFEFF') ? [1, ...starts.slice(1)] : starts;
  const place = (offset: number): Place => placeAt(path, shown, Math.max(offset, shown[0] ?? 0));
  const failureAt = (code: Code, message: string, offset: number): Failure =>
    new Failure(code, message, { place: place(offset), source: text });
  return {
    data: root === undefined ? undefined : plain(root),
    faults: faults.map(({ message, offset, first }) =>
      failureAt('migration.invalid', first === undefined ? message : `${message}, first in line ${place(first).line}`, offset),
    ),
    failure: (code, message, at) => failureAt(code, message, offsetOf(root, at)),
    place: (at) => place(offsetOf(root, at)),
    written: (path) => (root === undefined ? undefined : nodeAt(root, path).node.written),
  };
}

function plain({ value }: Located): unknown {
  if (isList(value)) return value.map(plain);
  // Properties are defined and not set, so that no key reaches a prototype.
  return isMapping(value) ? Object.fromEntries([...value].map(([key, { node }]) => [key, plain(node)])) : value;
}

/** The node that a path leads to, or the last one on the way; and the place of the key in front of it. */
function nodeAt(root: Located, path: Path): { readonly node: Located; readonly keyAt: number | undefined } {
  let node = root;
  let keyAt: number | undefined;
  for (const step of path) {
    const entry: LocatedEntry | undefined = isMapping(node.value) ? node.value.get(String(step)) : undefined;
    const item: Located | undefined = isList(node.value) && typeof step === 'number' ? node.value[step] : undefined;
    const next: Located | undefined = entry?.node ?? item;
    if (next === undefined) break;
    keyAt = entry?.keyAt;
    node = next;
  }
  return { node, keyAt };
}

function offsetOf(root: Located | undefined, at: At): number {
  if (root === undefined) return 0;
  const { node, keyAt } = nodeAt(root, at.path);
  return at.key === true && keyAt !== undefined ? keyAt : node.at;
}

function isMapping(value: Located['value']): value is ReadonlyMap<string, LocatedEntry> {
  return value instanceof Map;
}

function isList(value: Located['value']): value is readonly Located[] {
  return Array.isArray(value);
}

/** A number as it is given to the grammar: whole ones beyond 2^53 are big integers. Nothing where digits would be lost. */
export function numberOf(source: string): number | bigint | undefined {
  // So long a number is none that a database has, and to read it takes long.
  if (source.length > 1000) return undefined;
  const value = Number(source);
  if (/^-?\d+$/.test(source) && !Number.isSafeInteger(value)) return BigInt(source);
  return Number.isFinite(value) && digitsOf(source) === digitsOf(String(value)) ? value : undefined;
}

/** The digits that count and where the point stands, so that `1.50` equals `15e-1`. */
export function digitsOf(text: string): string {
  const [, sign = '', whole = '', broken = '', exponent = '0'] = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${broken}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign === '-' ? '-' : ''}${kept}e${Number(exponent) - broken.length + digits.length - kept.length}`;
}
