import { deeper, deepest, type Fault } from './document.ts';
import type { RawEntry } from './spelling.ts';
import { keyOfName, xmlName } from './xml-name.ts';

/** What a text of XML holds. Without an element and without a fault it is empty. */
export interface ParsedXml {
  readonly root?: RawEntry;
  readonly fault?: Fault;
}

/** An element that is open. */
interface Open {
  readonly name: string;
  readonly at: number;
  readonly entries: RawEntry[];
  readonly content: Content;
}

/** What stands between two tags. White space at its ends is layout, unless it is written as CDATA or by number. */
interface Content {
  readonly parts: string[];
  length: number;
  /** What of it counts; `from` is absent as long as nothing does. */
  from?: number;
  to: number;
  /** Where that begins in the file. */
  at: number;
  /** It stands in the file letter by letter. */
  literal: boolean;
}

interface Cursor {
  readonly text: string;
  /** Text may stand beside attributes and elements; it then is an entry without a key. */
  readonly mixed?: boolean;
  at: number;
  /** The first thing that is not understood; nothing is read after it. */
  fault?: Fault;
}

/**
 * Reads the XML 1.0 that data needs: elements, attributes, text, CDATA, comments, the five entities and characters by number. Refuses
 * document types, other entities, processing instructions and prefixes, which data does not need and attacks do. Every character is
 * looked at a fixed number of times, and nothing is nested by calls. Stops at the first fault. Text beside attributes or elements is one,
 * unless it is asked for: then it has an empty key.
 */
export function parseXml(text: string, { mixed = false }: { readonly mixed?: boolean } = {}): ParsedXml {
  const cursor: Cursor = { text, mixed, at: text.startsWith('\uFEFF') ? 1 : 0 };
  declaration(cursor);
  const open: Open[] = [];
  let root: RawEntry | undefined;
  while (cursor.at < text.length && cursor.fault === undefined) {
    const inside = open.at(-1);
    const done = inside === undefined ? outside(cursor, open, root) : within(cursor, inside, open);
    if (done === undefined) continue;
    const around = open.at(-1);
    if (around === undefined) root = done;
    else around.entries.push(done);
  }
  const left = open.at(-1);
  if (left !== undefined) fail(cursor, left.at, `the element <${left.name}> is not closed`);
  if (cursor.fault !== undefined) return { fault: cursor.fault };
  return root === undefined ? {} : { root };
}

function fail(cursor: Cursor, offset: number, message: string): undefined {
  cursor.fault ??= { offset, message };
  return undefined;
}

function match(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return undefined;
  cursor.at += found[0].length;
  return found;
}

const xmlDeclaration = /<\?xml[ \t\r\n][^?<>]*\?>/y;

function declaration(cursor: Cursor): void {
  const at = cursor.at;
  const found = match(cursor, xmlDeclaration)?.[0];
  if (found === undefined) return;
  const encoding = /encoding\s*=\s*["']([^"']*)/.exec(found)?.[1];
  if (encoding !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(encoding))
    fail(cursor, at, `the file is read as UTF-8 and says "${encoding}"`);
  if (!/version\s*=\s*["']1\.0["']/.test(found)) fail(cursor, at, 'XML is read by version 1.0');
}

const space = /[ \t\r\n]+/y;

/** What stands before and behind the root element. */
function outside(cursor: Cursor, open: Open[], root: RawEntry | undefined): RawEntry | undefined {
  if (match(cursor, space) !== undefined) return undefined;
  const { text, at } = cursor;
  if (markup(cursor)) return undefined;
  if (cursor.fault !== undefined) return undefined;
  if (text[at] !== '<') return fail(cursor, at, 'text stands outside of the root element');
  if (root !== undefined) return fail(cursor, at, 'a file holds one root element; a second one begins here');
  return openTag(cursor, open);
}

const plain = /[^<&]+/y;

/** What stands in an element. */
function within(cursor: Cursor, { content, name, at: openAt }: Open, open: Open[]): RawEntry | undefined {
  const { text, at } = cursor;
  const found = match(cursor, plain)?.[0];
  if (found !== undefined) return literal(cursor, content, { text: found, at });
  if (text[at] === '&') {
    const character = reference(cursor);
    if (character !== undefined) keep(content, character, at);
    return undefined;
  }
  if (text.startsWith('<![CDATA[', at)) {
    const end = text.indexOf(']]>', at);
    if (end < 0) return fail(cursor, at, 'the CDATA section is not closed');
    cursor.at = end + 3;
    const inner = text.slice(at + 9, end);
    if (checked(cursor, inner, at + 9)) keep(content, lineEnds(inner), at + 9);
    return undefined;
  }
  if (markup(cursor) || cursor.fault !== undefined) return undefined;
  if (!text.startsWith('</', at)) return openTag(cursor, open);
  cursor.at += 2;
  const closed = match(cursor, xmlName)?.[0];
  match(cursor, space);
  if (closed !== name) {
    return fail(cursor, at, `</${closed ?? ''}> closes nothing here; <${name}> of line ${lineOf(text, openAt)} is open`);
  }
  if (text[cursor.at] !== '>') return fail(cursor, cursor.at, `">" is expected`);
  cursor.at++;
  const element = open.pop();
  return element === undefined ? undefined : entryOf(cursor, element);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}

function literal(cursor: Cursor, content: Content, { text, at }: { readonly text: string; readonly at: number }): undefined {
  const end = text.indexOf(']]>');
  if (end >= 0) return fail(cursor, at + end, '"]]>" closes a CDATA section, and none is open');
  if (!checked(cursor, text, at)) return undefined;
  const value = lineEnds(text);
  const first = value.search(/[^ \t\n]/);
  if (first >= 0) {
    if (content.from === undefined) {
      content.from = content.length + first;
      content.at = at + text.search(/[^ \t\r\n]/);
    } else content.literal = false;
    if (value.length !== text.length) content.literal = false;
    content.to = content.length + value.trimEnd().length;
    // What counts as white space elsewhere does not do so in XML.
    while (content.to < content.length + value.length && /[^ \t\n]/.test(value[content.to - content.length] ?? ' ')) content.to++;
  }
  content.parts.push(value);
  content.length += value.length;
  return undefined;
}

/** Takes text over as it is. */
function keep(content: Content, text: string, at: number): void {
  if (content.from === undefined) {
    content.from = content.length;
    content.at = at;
    content.literal = false;
  } else content.literal = false;
  content.parts.push(text);
  content.length += text.length;
  content.to = content.length;
}

function lineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Comments, and what is refused; whether there was a comment. */
function markup(cursor: Cursor): boolean {
  const { text, at } = cursor;
  if (text.startsWith('<!--', at)) {
    const end = text.indexOf('--', at + 4);
    if (end < 0 || text[end + 2] !== '>') fail(cursor, end < 0 ? at : end, 'a comment holds no "--" and ends with "-->"');
    cursor.at = end + 3;
    return cursor.fault === undefined;
  }
  if (text.startsWith('<!', at)) fail(cursor, at, 'document types and their entities are not understood');
  else if (text.startsWith('<?', at)) fail(cursor, at, 'processing instructions are not understood');
  return false;
}

/** A tag that opens an element, and with `/>` closes it. */
function openTag(cursor: Cursor, open: Open[]): RawEntry | undefined {
  const at = cursor.at;
  cursor.at++;
  const name = match(cursor, xmlName)?.[0];
  if (name === undefined) return fail(cursor, at, 'the name of an element is expected behind "<"; in text it is written "&lt;"');
  if (name.includes(':')) return fail(cursor, at + 1, `prefixes are not understood: "${name}"`);
  if (open.length >= deepest) return fail(cursor, at, deeper);
  const entries: RawEntry[] = [];
  const seen = new Map<string, number>();
  for (;;) {
    const spaced = match(cursor, space) !== undefined;
    const next = cursor.text[cursor.at];
    if (next === '>' || next === '/') break;
    if (!spaced) return fail(cursor, cursor.at, `">" is expected behind <${name}`);
    const attribute = attributeOf(cursor, seen);
    if (attribute === undefined) return undefined;
    if (!isForeign(attribute.name, open.length)) entries.push({ ...attribute.entry, key: keyOfName(attribute.name) });
    if (attribute.name.includes(':') && !isForeign(attribute.name, open.length))
      return fail(cursor, attribute.entry.keyAt, `prefixes are not understood: "${attribute.name}"`);
  }
  const element: Open = { name, at, entries, content: { parts: [], length: 0, to: 0, at, literal: true } };
  if (cursor.text[cursor.at] === '/') {
    if (cursor.text[cursor.at + 1] !== '>') return fail(cursor, cursor.at, '"/>" is expected');
    cursor.at += 2;
    return entryOf(cursor, element);
  }
  cursor.at++;
  open.push(element);
  return undefined;
}

/** What the root element says to editors of XML. */
function isForeign(name: string, depth: number): boolean {
  return depth === 0 && /^(?:xmlns(?::.*)?|xsi:.*)$/.test(name);
}

const equals = /[ \t\r\n]*=[ \t\r\n]*/y;

function attributeOf(cursor: Cursor, seen: Map<string, number>): { readonly name: string; readonly entry: RawEntry } | undefined {
  const keyAt = cursor.at;
  const name = match(cursor, xmlName)?.[0];
  if (name === undefined) return fail(cursor, keyAt, 'an attribute or ">" is expected');
  const before = seen.get(name);
  if (before !== undefined) {
    cursor.fault ??= { offset: keyAt, message: `"${name}" is given twice`, first: before };
    return undefined;
  }
  seen.set(name, keyAt);
  if (match(cursor, equals) === undefined) return fail(cursor, keyAt, `"${name}" needs a value: ${name}="…"`);
  const at = cursor.at;
  const quote = cursor.text[at];
  if (quote !== '"' && quote !== "'") return fail(cursor, at, 'a value stands in quotes');
  const end = cursor.text.indexOf(quote, at + 1);
  if (end < 0) return fail(cursor, at, 'the value has no end');
  const source = cursor.text.slice(at + 1, end);
  const text = attributeText(cursor, source, at + 1);
  if (text === undefined) return undefined;
  cursor.at = end + 1;
  return { name, entry: { key: name, keyAt, raw: { at, text, ...(text === source ? { textAt: at + 1 } : {}) } } };
}

/** https://www.w3.org/TR/xml/#AVNormalize */
function attributeText(cursor: Cursor, source: string, at: number): string | undefined {
  const tag = source.indexOf('<');
  if (tag >= 0) return fail(cursor, at + tag, '"<" is written "&lt;" in a value; is a quote missing before it?');
  if (!checked(cursor, source, at)) return undefined;
  const parts = source.split('&');
  let offset = at + (parts[0]?.length ?? 0);
  const texts = [blank(parts[0] ?? '')];
  for (const part of parts.slice(1)) {
    const inner: Cursor = { text: `&${part}`, at: 0 };
    const character = reference(inner);
    if (inner.fault !== undefined) return fail(cursor, offset, inner.fault.message);
    texts.push(character ?? '', blank(inner.text.slice(inner.at)));
    offset += part.length + 1;
  }
  return texts.join('');
}

function blank(text: string): string {
  return text.replace(/\r\n|[\r\n\t]/g, ' ');
}

const entity = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));/y;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const wild = /&[^\s;<&]{0,40};?/y;

function reference(cursor: Cursor): string | undefined {
  const at = cursor.at;
  const found = match(cursor, entity);
  if (found === undefined) {
    const what = match(cursor, wild)?.[0] ?? '&';
    const known =
      what.length > 2 && what.endsWith(';') ? `there is no entity "${what}"; the five of XML are known` : '"&" is written "&amp;"';
    return fail(cursor, at, known);
  }
  const [whole, decimal, hex, name = ''] = found;
  if (decimal === undefined && hex === undefined) return entities[name];
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const character = code > 0x10ffff ? '\0' : String.fromCodePoint(code);
  return forbidden.test(character) ? fail(cursor, at, `XML has no character ${whole}`) : character;
}

// https://www.w3.org/TR/xml/#NT-Char: no control characters but tab and line ends, no halves of characters.
const forbidden = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The first character of a text that XML cannot hold. */
export function forbiddenIn(text: string): string | undefined {
  return forbidden.exec(text)?.[0];
}

function checked(cursor: Cursor, text: string, at: number): boolean {
  const offset = text.search(forbidden);
  if (offset < 0) return true;
  const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  fail(cursor, at + offset, `XML cannot hold the character U+${code}`);
  return false;
}

/** An element as a key: with attributes or elements inside, or with text. */
function entryOf(cursor: Cursor, { name, at, entries, content }: Open): RawEntry | undefined {
  const entry = { key: keyOfName(name), keyAt: at };
  if (content.from === undefined) return { ...entry, raw: entries.length === 0 ? { at, text: '' } : { at, entries } };
  const text = content.parts.join('').slice(content.from, content.to);
  if (entries.length > 0) {
    if (cursor.mixed !== true) return fail(cursor, content.at, `text stands in <${name}> beside attributes or elements`);
    return { ...entry, raw: { at, entries: [...entries, { key: '', keyAt: content.at, raw: { at: content.at, text } }] } };
  }
  return { ...entry, raw: { at: content.at, text, ...(content.literal ? { textAt: content.at } : {}) } };
}
