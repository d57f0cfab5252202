import { Alias, Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, type Node, Parser, Scalar, type YAMLMap } from 'yaml';
import {
  deeper,
  deepest,
  digitsOf,
  document,
  type Fault,
  type Located,
  type LocatedEntry,
  type ParsedText,
  type ReadText,
  type TextFile,
} from './document.ts';

/** How many nodes aliases may stand for, so that a few lines cannot become gigabytes. */
const mostAliased = 10_000;

/** Reads YAML 1.2. Whole numbers beyond 2^53 become big integers. */
export function readYaml(file: TextFile): ReadText {
  return document(file, located(file.text));
}

function located(content: string): ParsedText {
  const parsed = parseYaml(content);
  if ('offset' in parsed) return { root: undefined, faults: [parsed] };
  const { contents } = parsed;
  if (contents === null || (isScalar(contents) && contents.type === Scalar.PLAIN && contents.source === ''))
    return { root: undefined, faults: [] };
  const reading: Reading = { faults: [], anchors: new Map(), aliased: 0, exhausted: false };
  const root = locate(contents, reading, 0);
  return { root: reading.exhausted ? undefined : root, faults: reading.faults };
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
  /** What an alias means at the place reached. */
  readonly anchors: Map<string, Node>;
  /** How many nodes were reached through aliases. */
  aliased: number;
  /** The data is too deep or too large: the rest is not read. */
  exhausted: boolean;
}

function locate(node: unknown, reading: Reading, depth: number, throughAlias = false): Located {
  const at = startOf(node);
  if (node === null || node === undefined) return { at, value: null };
  const fault = (message: string): Located => {
    reading.faults.push({ offset: at, message });
    return { at, value: null };
  };
  if (reading.exhausted) return { at, value: null };
  if (depth > deepest || (throughAlias && ++reading.aliased > mostAliased)) {
    reading.exhausted = true;
    return fault(depth > deepest ? deeper : 'aliases stand for too much data here');
  }
  if (isAlias(node)) {
    const target = reading.anchors.get(node.source);
    if (target === undefined) return fault(`there is no anchor "${node.source}" before this`);
    return { ...locate(target, reading, depth + 1, true), at };
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return fault('this is not understood');
  if (node.anchor !== undefined && !throughAlias) reading.anchors.set(node.anchor, node);
  if (node.tag !== undefined) return fault(`the tag "${node.tag}" is not understood; bytes are written { hex: … }`);
  if (isScalar(node)) return scalar(node, fault);
  if (isMap(node)) return { at, value: mapping(node, reading, { depth, throughAlias }) };
  return { at, value: node.items.map((item) => locate(item, reading, depth + 1, throughAlias)) };
}

function mapping(
  map: YAMLMap,
  reading: Reading,
  { depth, throughAlias }: { readonly depth: number; readonly throughAlias: boolean },
): ReadonlyMap<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  for (const { key, value } of map.items) {
    const keyAt = startOf(key) || startOf(map);
    const fault = (message: string): unknown => reading.faults.push({ offset: keyAt, message });
    const name = keyOf(key);
    if (name === undefined) {
      fault(isScalar(key) && key.value !== null ? `a key is text; write "${key.source}" in quotes` : 'a key must be text');
      continue;
    }
    if (entries.has(name)) fault(`"${name}" is given twice`);
    if (name === '__proto__') fault('"__proto__" cannot be a key');
    if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) fault('merge keys are not understood; write the properties out');
    const node = locate(value, reading, depth + 1, throughAlias);
    entries.set(name, { keyAt, node: value === null || value === undefined ? { ...node, at: keyAt } : node });
  }
  return entries;
}

function keyOf(key: unknown): string | undefined {
  return isScalar(key) && key.tag === undefined && typeof key.value === 'string' ? key.value : undefined;
}

function scalar(node: Scalar, fault: (message: string) => Located): Located {
  const { value, source = '' } = node;
  const at = startOf(node);
  const of = (one: Located['value']): Located => ({ at, value: one, written: source });
  // A big integer has no negative zero, and a float of a database has.
  if (value === 0n && source.startsWith('-')) return of(-0);
  if (typeof value === 'bigint') return of(value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value);
  if (typeof value !== 'number') return of(value as string | boolean | null);
  if (!Number.isFinite(value)) return fault(`${source} is no number here; put it in quotes`);
  if (digitsOf(source) !== digitsOf(String(value))) return fault(`${source} would lose digits as a number; put it in quotes`);
  return of(value);
}

function startOf(node: unknown): number {
  return (isScalar(node) || isMap(node) || isSeq(node) || node instanceof Alias) && node.range ? node.range[0] : 0;
}
