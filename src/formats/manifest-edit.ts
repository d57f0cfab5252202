import { lineStarts, type Place } from '../base/index.ts';
import type { Manifest, ManifestFile } from '../migration/index.ts';
import type { TextFile } from './document.ts';

/** A piece of text in place of another. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The text of a manifest with one more update and another version; all else stays letter by letter. Whoever writes it must read it again: of a text
 * that is laid out in a way that nobody expects, the version alone is changed.
 */
export function withUpdate(
  { path, text }: TextFile,
  { version, versionAt, updates, install }: Manifest,
  added: { readonly path: string; readonly version: string },
): string {
  const starts = lineStarts(text);
  const offset = ({ line, column }: Place): number => (starts[line - 1] ?? 0) + column - 1;
  const at = text.indexOf(version, offset(versionAt));
  const edits: Edit[] = at < 0 ? [] : [{ from: at, to: at + version.length, text: added.version }];
  const last = updates.at(-1);
  const edit = path.endsWith('.xml')
    ? inXml(text, { last, install: install.at(-1) }, added.path, offset)
    : inData(text, last, { path: added.path, isJson: path.endsWith('.json') }, offset);
  return [...edits, ...(edit === undefined ? [] : [edit])]
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, text: put }) => done.slice(0, from) + put + done.slice(to), text);
}

type Offset = (place: Place) => number;

/** One more element behind the last one, in its spelling; the first one behind the install file. */
function inXml(
  text: string,
  { last, install }: { readonly last: ManifestFile | undefined; readonly install: ManifestFile | undefined },
  path: string,
  offset: Offset,
): Edit | undefined {
  const model = last ?? install;
  if (model === undefined) return undefined;
  const inside = offset(model.place);
  const open = text.lastIndexOf('<', inside - (text[inside] === '<' ? 0 : 1));
  const name = /^<([\w.-]+)/.exec(text.slice(open, open + 100))?.[1] ?? '';
  const close = text.indexOf(`</${name}>`, open);
  if (name === '' || close < 0) return undefined;
  const end = close + name.length + 3;
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, open))?.[1];
  const line = text.includes('\r\n') ? '\r\n' : '\n';
  const apart = indent === undefined ? '' : `${line}${indent}`;
  const put = last === undefined ? `${apart}<update>${escaped(path)}</update>` : `${apart}<${name}>${escaped(path)}</${name}>`;
  return { from: end, to: end, text: put };
}

function escaped(path: string): string {
  return path.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** One more item behind the last one where that stands in a line of its own, else in front of it; the order of updates does not count. */
function inData(
  text: string,
  last: ManifestFile | undefined,
  { path, isJson }: { readonly path: string; readonly isJson: boolean },
  offset: Offset,
): Edit | undefined {
  if (last === undefined) {
    if (isJson) return undefined;
    const line = text === '' || text.endsWith('\n') ? '' : '\n';
    return { from: text.length, to: text.length, text: `${line}updates:\n  - ${plainYaml(path)}\n` };
  }
  const at = offset(last.place);
  const before = text.slice(0, at);
  const begin = before.lastIndexOf('\n') + 1;
  const dash = /^[ \t]*-[ \t]+$/.exec(before.slice(begin))?.[0];
  const item = isJson ? JSON.stringify(path) : plainYaml(path);
  if (dash !== undefined && !isJson) {
    const line = text.indexOf('\n', at);
    const end = line < 0 ? text.length : line + 1;
    // A text stands in one line for certain; of what else an item may be, only the beginning is known.
    const place = text.startsWith(last.path, at) && line >= 0 ? end : begin;
    return { from: place, to: place, text: `${dash}${item}${text.includes('\r\n') ? '\r\n' : '\n'}` };
  }
  // Between items of a list in brackets stands a comma, and what was between the bracket and the first of them.
  const gap = /[[,](\s*)$/.exec(before)?.[1] ?? ' ';
  return { from: at, to: at, text: `${item},${gap === '' ? ' ' : gap}` };
}

function plainYaml(path: string): string {
  return /^[A-Za-z][\w./-]*$/.test(path) ? path : JSON.stringify(path);
}
