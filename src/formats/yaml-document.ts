import {
  Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Parser,
  Scalar,
  type YAMLMap,
} from 'yaml';
import { type Code, Failure, lineStarts, type Place, placeAt } from '../base/index.ts';
import type { Path } from '../schema/index.ts';
import { jsonFault } from './yaml-json.ts';

/** A text of YAML or JSON as plain data, with the place of each part. */
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

interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** Deeper data than this is taken for an attack or a slip. */
const deepest = 100;
const deeper = `the text is nested deeper than ${deepest} levels`;
/** How many nodes aliases may stand for, so that a few lines cannot become gigabytes. */
const mostAliased = 10_000;

/** Reads YAML 1.2, or JSON in the strict sense. Whole numbers beyond 2^53 become big integers. */
export function readText(file: { readonly path: string; readonly text: string }, isJson: boolean): ReadText {
  const { path, text } = file;
  const place = placer(path, text);
  const failureAt = (code: Code, message: string, offset: number): Failure =>
    new Failure(code, message, { place: place(offset), source: text });
  const broken = (faults: readonly Fault[]): ReadText => ({
    data: undefined,
    faults: faults.map(({ message, offset }) => failureAt('migration.invalid', message, offset)),
    failure: (code, message) => failureAt(code, message, 0),
    place: () => place(0),
    written: () => undefined,
  });

  // A byte order mark is no JSON but harmless; a blank in its place keeps the offsets.
  const content = isJson ? text.replace(/^\uFEFF/, ' ') : text;
  const strict = isJson && content.trim() !== '' ? jsonFault(content) : undefined;
  if (strict !== undefined) return broken([strict]);
  const parsed = parseYaml(content);
  if ('offset' in parsed) return broken([parsed]);
  const document = parsed;
  const reading: Reading = { faults: [], anchors: new Map(), targets: new Map(), aliased: 0, exhausted: false };
  const isEmpty = document.contents === null || (isScalar(document.contents) && document.contents.source === '');
  const data = isEmpty ? undefined : plain(document.contents, reading, 0);
  if (reading.exhausted) return broken(reading.faults);
  return {
    data,
    faults: reading.faults.map(({ message, offset }) => failureAt('migration.invalid', message, offset)),
    failure: (code, message, at) => failureAt(code, message, offsetOf(document.contents, reading, at)),
    place: (at) => place(offsetOf(document.contents, reading, at)),
    written: (path) => {
      const { node } = nodeAt(document.contents, reading, path);
      return isScalar(node) && typeof node.source === 'string' ? node.source : undefined;
    },
  };
}

function placer(path: string, text: string): (offset: number) => Place {
  const starts = lineStarts(text);
  const shown = text.startsWith('\uFEFF') ? [1, ...starts.slice(1)] : starts;
  return (offset) => placeAt(path, shown, Math.max(offset, shown[0] ?? 0));
}

/**
 * The one document of a text, or the first thing that is not understood: what follows that is seldom worth reading. The depth is
 * looked at before the library builds nodes, because it does so by recursion: near the end of the stack V8 aborts the whole process
 * when a regular expression is compiled there.
 */
function parseYaml(text: string): Document.Parsed | Fault {
  const tokens = [...new Parser().parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) return deep;
  const composer = new Composer({ intAsBigInt: true, uniqueKeys: false, prettyErrors: false });
  const [document, second] = [...composer.compose(tokens, true, text.length)] as Document.Parsed[];
  if (document === undefined) return { offset: 0, message: 'there is no document' };
  if (document.directives.yaml.version !== '1.2')
    return { offset: 0, message: 'YAML is read by version 1.2; take the %YAML directive out' };
  const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (first !== undefined) {
    const tabs = first.code === 'TAB_AS_INDENT';
    return { offset: first.pos[0], message: tabs ? 'YAML is indented with blanks, not with tabs' : first.message.replace(/\.$/, '') };
  }
  return second === undefined ? document : { offset: second.range[0], message: 'a file holds one document; a second one begins here' };
}

function tooDeep(tokens: readonly CST.Token[]): Fault | undefined {
  const left: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { token, depth } = next;
    if (depth > deepest + 1) return { offset: token.offset, message: deeper };
    if (token.type === 'document' && token.value !== undefined) left.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (value !== undefined) left.push({ token: value, depth: depth + 1 });
      if (key !== undefined && key !== null) left.push({ token: key, depth: depth + 1 });
    }
  }
  return undefined;
}

interface Reading {
  readonly faults: Fault[];
  /** What an alias means at the place reached, and what each alias that was met meant. */
  readonly anchors: Map<string, Node>;
  readonly targets: Map<Alias, Node>;
  /** How many nodes were reached through aliases. */
  aliased: number;
  /** The data is too deep or too large: the rest is not read. */
  exhausted: boolean;
}

function plain(node: unknown, reading: Reading, depth: number, throughAlias = false): unknown {
  if (node === null || node === undefined) return null;
  const fault = (message: string): null => {
    reading.faults.push({ offset: startOf(node), message });
    return null;
  };
  if (reading.exhausted) return null;
  if (depth > deepest || (throughAlias && ++reading.aliased > mostAliased)) {
    reading.exhausted = true;
    return fault(depth > deepest ? deeper : 'aliases stand for too much data here');
  }
  if (isAlias(node)) {
    const target = reading.targets.get(node) ?? reading.anchors.get(node.source);
    if (target === undefined) return fault(`there is no anchor "${node.source}" before this`);
    reading.targets.set(node, target);
    return plain(target, reading, depth + 1, true);
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return fault('this is not understood');
  if (node.anchor !== undefined && !throughAlias) reading.anchors.set(node.anchor, node);
  if (node.tag !== undefined) return fault(`the tag "${node.tag}" is not understood; bytes are written { hex: … }`);
  if (isScalar(node)) return scalar(node, fault);
  return isSeq(node)
    ? node.items.map((item) => plain(item, reading, depth + 1, throughAlias))
    : mapping(node, reading, { depth, throughAlias });
}

function mapping(map: YAMLMap, reading: Reading, { depth, throughAlias }: { depth: number; throughAlias: boolean }): unknown {
  const entries = new Map<string, unknown>();
  for (const { key, value } of map.items) {
    const at = startOf(key) || startOf(map);
    const fault = (message: string): unknown => reading.faults.push({ offset: at, message });
    const name = isScalar(key) && key.tag === undefined ? key.value : undefined;
    if (typeof name !== 'string') {
      fault(isScalar(key) && name !== null ? `a key is text; write "${key.source}" in quotes` : 'a key must be text');
      continue;
    }
    if (entries.has(name)) fault(`"${name}" is given twice`);
    if (name === '__proto__') fault('"__proto__" cannot be a key');
    if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) fault('merge keys are not understood; write the properties out');
    entries.set(name, plain(value, reading, depth + 1, throughAlias));
  }
  return Object.fromEntries(entries);
}

function scalar(node: Scalar, fault: (message: string) => null): unknown {
  const { value, source = '' } = node;
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return fault(`${source} is no number here; put it in quotes`);
  if (digitsOf(source) !== digitsOf(String(value))) return fault(`${source} would lose digits as a number; put it in quotes`);
  return value;
}

/** The digits that count and where the point stands, so that `1.50` equals `15e-1`. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', broken = '', exponent = '0'] = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${broken}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign === '-' ? '-' : ''}${kept}e${Number(exponent) - broken.length + digits.length - kept.length}`;
}

function startOf(node: unknown): number {
  return (isScalar(node) || isMap(node) || isSeq(node) || node instanceof Alias) && node.range ? node.range[0] : 0;
}

/** The node that a path leads to, or the last one on the way; and the pair it is the value of. */
function nodeAt(root: unknown, { targets }: Reading, path: Path): { readonly node: unknown; readonly pair: Pair | undefined } {
  let node = root;
  let pair: Pair | undefined;
  for (const step of path) {
    const inside: unknown = isAlias(node) ? targets.get(node) : node;
    const found = isMap(inside) ? inside.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    const item: unknown = isSeq(inside) && typeof step === 'number' ? inside.items[step] : undefined;
    const next = found === undefined ? item : (found.value ?? found.key);
    if (next === undefined) break;
    pair = found;
    node = next;
  }
  return { node, pair };
}

function offsetOf(root: unknown, reading: Reading, at: At): number {
  const { node, pair } = nodeAt(root, reading, at.path);
  return startOf(at.key === true && pair !== undefined ? pair.key : node);
}
