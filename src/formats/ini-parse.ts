import { deeper, deepest, type Fault } from './document.ts';
import type { Raw, RawText } from './spelling.ts';

/** What a text of INI holds: keys in keys. A node without any and without a fault is empty. */
export interface ParsedIni {
  readonly root: Raw;
  readonly faults: readonly Fault[];
}

/** A key on the way: with a text, or with more keys. */
interface Node {
  readonly keyAt: number;
  value?: RawText & { readonly at: number };
  readonly inner: Map<string, Node>;
}

interface Step {
  readonly key: string;
  readonly at: number;
}

interface Cursor {
  readonly text: string;
  at: number;
  readonly faults: Fault[];
}

/** After so many faults the file is taken for something else. */
const mostFaults = 50;

/**
 * Reads INI: sections `[a.b]`, lines `c.d = value`, whose keys are put behind those of their section, and comments on lines of their
 * own behind `;` or `#`. A value is the rest of the line; one in double quotes has the escapes of JSON; `"""` begins a text of several
 * lines that ends before the next line of `"""`; a backslash at the end goes on in the next line.
 */
export function parseIni(text: string): ParsedIni {
  const cursor: Cursor = { text, at: text.startsWith('\uFEFF') ? 1 : 0, faults: [] };
  const root: Node = { keyAt: 0, inner: new Map() };
  const sections = new Map<Node, number>();
  let section: Node | undefined = root;
  while (cursor.at < text.length && cursor.faults.length < mostFaults) {
    match(cursor, blanks);
    const at = cursor.at;
    if (match(cursor, emptyLine) !== undefined) continue;
    if (text[at] === '[') section = sectionOf(cursor, root, sections);
    else readLine(cursor, section);
    match(cursor, restOfLine);
  }
  return { root: rawOf(root), faults: cursor.faults };
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.at += found.length;
  return found;
}

function fail(cursor: Cursor, offset: number, fault: Omit<Fault, 'offset'>): undefined {
  cursor.faults.push({ offset, ...fault });
  return undefined;
}

const blanks = /[ \t]*/y;
const emptyLine = /(?:[;#][^\r\n]*)?(?:\r\n|\r|\n|$(?![\s\S]))/y;
const restOfLine = /[^\r\n]*(?:\r\n|\r|\n|$(?![\s\S]))/y;
const ownText = /[^\r\n]*/y;
const plainKey = /[^\s.="[\];#]+/y;
const quotedText = /"(?:[^"\\\r\n]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const comment = /[ \t]*(?:[;#][^\r\n]*)?(?=\r|\n|$(?![\s\S]))/y;

/** `[a.b."c d"]` */
function sectionOf(cursor: Cursor, root: Node, sections: Map<Node, number>): Node | undefined {
  const begin = cursor.at;
  cursor.at++;
  match(cursor, blanks);
  const path = pathOf(cursor);
  if (path === undefined) return undefined;
  match(cursor, blanks);
  if (cursor.text[cursor.at] !== ']') return fail(cursor, cursor.at, { message: 'the name of a section ends with "]"' });
  cursor.at++;
  if (match(cursor, comment) === undefined) return fail(cursor, cursor.at, { message: 'nothing stands behind the name of a section' });
  const section = walk(cursor, root, path);
  const before = section === undefined ? undefined : sections.get(section);
  if (before !== undefined) fail(cursor, begin, { message: 'this section is given twice', first: before });
  if (section !== undefined) sections.set(section, begin);
  return section;
}

function readLine(cursor: Cursor, section: Node | undefined): void {
  const path = pathOf(cursor);
  const value = path === undefined ? undefined : textOf(cursor);
  if (path !== undefined && value !== undefined && section !== undefined) put(cursor, section, { path, value });
}

/** Keys with dots between them; one with other signs than letters, digits, `_` and `-` stands in double quotes. */
function pathOf(cursor: Cursor): readonly Step[] | undefined {
  const path: Step[] = [];
  for (;;) {
    const at = cursor.at;
    const quoted = match(cursor, quotedText);
    const key = quoted === undefined ? match(cursor, plainKey) : unescaped(quoted);
    if (key === undefined)
      return fail(cursor, at, { message: 'a key is expected; one with blanks, dots or other signs stands in "quotes"' });
    path.push({ key, at });
    if (path.length > deepest) return fail(cursor, at, { message: deeper });
    if (cursor.text[cursor.at] !== '.') return path;
    cursor.at++;
  }
}

function textOf(cursor: Cursor): (RawText & { readonly at: number }) | undefined {
  match(cursor, blanks);
  if (cursor.text[cursor.at] !== '=') return fail(cursor, cursor.at, { message: '"=" is expected behind a key' });
  cursor.at++;
  match(cursor, blanks);
  const at = cursor.at;
  if (cursor.text.startsWith('"""', at)) return block(cursor);
  if (cursor.text[at] !== '"') return rest(cursor);
  const quoted = match(cursor, quotedText);
  if (quoted === undefined || match(cursor, comment) === undefined) {
    return fail(cursor, at, {
      message: 'a value that begins with a double quote ends with one, and has \\" for those between; or put it between lines of """',
    });
  }
  const text = unescaped(quoted);
  return { at, text, quoted: true, ...(text.length === quoted.length - 2 ? { textAt: at + 1 } : {}) };
}

const short: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** What stands between double quotes. Characters that JSON wants escaped may stand there as they are, but for line ends. */
function unescaped(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, sign: string = '') =>
      code === undefined ? (short[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

/** The rest of the line. What could be meant as a comment is refused, since it would silently become part of the value. */
function rest(cursor: Cursor): (RawText & { readonly at: number }) | undefined {
  const at = cursor.at;
  const lines: string[] = [];
  for (;;) {
    const from = cursor.at;
    const line = trimmed(match(cursor, ownText) ?? '');
    const sign = line.search(/(?:^|[ \t])[;#]/);
    if (sign >= 0) {
      const message = 'a comment stands on a line of its own; a value with ";" or "#" behind a blank stands in double quotes';
      return fail(cursor, from + (/[;#]/.test(line[sign] ?? '') ? sign : sign + 1), { message });
    }
    const goesOn = line.endsWith('\\');
    lines.push(goesOn ? trimmed(line.slice(0, -1)) : line);
    if (!goesOn) break;
    match(cursor, restOfLine);
    match(cursor, blanks);
  }
  return { at, text: lines.join(' '), ...(lines.length === 1 ? { textAt: at } : {}) };
}

function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && /[ \t]/.test(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

function block(cursor: Cursor): (RawText & { readonly at: number }) | undefined {
  const at = cursor.at;
  cursor.at += 3;
  if (match(cursor, comment) === undefined) return fail(cursor, cursor.at, { message: 'the text begins on the line behind """' });
  match(cursor, restOfLine);
  const lines: string[] = [];
  while (cursor.at < cursor.text.length) {
    const line = match(cursor, ownText) ?? '';
    if (trimmed(line.trimStart()) === '"""') return { at, text: lines.join('\n'), quoted: true };
    lines.push(line);
    match(cursor, restOfLine);
  }
  return fail(cursor, at, { message: 'the text between lines of """ has no end' });
}

/** The node that a path leads to; nodes on the way are made. */
function walk(cursor: Cursor, from: Node, path: readonly Step[]): Node | undefined {
  let node = from;
  for (const { key, at } of path) {
    if (node.value !== undefined)
      return fail(cursor, at, { message: 'what stands before this key has a value of its own', first: node.keyAt });
    let next = node.inner.get(key);
    if (next === undefined) {
      next = { keyAt: at, inner: new Map() };
      node.inner.set(key, next);
    }
    node = next;
  }
  return node;
}

function put(
  cursor: Cursor,
  section: Node,
  { path, value }: { readonly path: readonly Step[]; readonly value: RawText & { readonly at: number } },
): void {
  const node = walk(cursor, section, path);
  const last = path.at(-1);
  if (node === undefined || last === undefined) return;
  if (node.value !== undefined) fail(cursor, last.at, { message: `"${last.key}" is given twice`, first: node.keyAt });
  else if (node.inner.size > 0)
    fail(cursor, last.at, { message: `"${last.key}" has keys of its own and can have no value`, first: node.keyAt });
  else node.value = value;
}

function rawOf({ keyAt, value, inner }: Node): Raw {
  if (value !== undefined) return value;
  // An empty section says as little as an empty value.
  if (inner.size === 0) return { at: keyAt, text: '' };
  return { at: keyAt, entries: [...inner].map(([key, node]) => ({ key, keyAt: node.keyAt, raw: rawOf(node) })) };
}
