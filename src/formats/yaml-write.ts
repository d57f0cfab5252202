import { Document, isMap, isScalar, isSeq, Scalar, visit } from 'yaml';
import type { Change } from '../schema/index.ts';
import { fileSpec, type WriteOptions, type WrittenDown } from './file-spec.ts';

/** The text of a migration file in YAML, columns and rows on lines of their own as people write them. */
export function yamlText(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): string {
  const document = new Document(fileSpec(changes, down, options), { aliasDuplicateObjects: false, version: '1.2' });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
    Pair: (_, { value }, path) => {
      // From the specs of changes on: the file, its sections and their entries stand on lines of their own.
      if (path.length > 3) layOut(value);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true, blockQuote: 'literal' });
}

/** The same in JSON. */
export function jsonText(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): string {
  return `${json(fileSpec(changes, down, options), '')}\n`;
}

/** How long a list or mapping may be to stand on one line. */
const widest = 100;

/** Puts short mappings and lists of plain values on one line, as people write columns, and says how wide the value then is. */
function layOut(node: unknown): number {
  if (isScalar(node)) return typeof node.value === 'string' && node.value.includes('\n') ? widest : String(node.value).length;
  if (isMap(node)) {
    const width = node.items.reduce((sum, { key, value }) => sum + layOut(key) + layOut(value) + 4, 0);
    node.flow = width <= widest && node.items.every(({ value }) => isScalar(value) || isFlow(value));
    return width;
  }
  if (!isSeq(node)) return 0;
  const width = node.items.reduce((sum: number, item) => sum + layOut(item) + 2, 0);
  node.flow = width <= widest && node.items.every((item) => isScalar(item));
  return width;
}

function isFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

/** Line ends but LF, and characters that are not to be seen, would be changed or lost unless they are escaped; `<<` is no plain key. */
function needsQuotes(text: string): boolean {
  return text === '<<' || /[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(text);
}

function json(value: unknown, indent: string): string {
  if (typeof value === 'bigint') return value.toString();
  // Another number to a database, and one to JSON's own writer.
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const open = Array.isArray(value) ? '[' : '{';
  const end = Array.isArray(value) ? ']' : '}';
  const items = Array.isArray(value)
    ? value.map((item) => ['', item] as const)
    : Object.entries(value).map(([key, item]) => [`${JSON.stringify(key)}: `, item as unknown] as const);
  if (items.length === 0) return `${open}${end}`;
  const inner = `${indent}  `;
  const short = `${open} ${items.map(([key, item]) => `${key}${json(item, '')}`).join(', ')} ${end}`;
  if (short.length <= widest && !short.includes('\n') && items.every(([, item]) => typeof item !== 'object' || item === null)) return short;
  return `${open}\n${items.map(([key, item]) => `${inner}${key}${json(item, inner)}`).join(',\n')}\n${indent}${end}`;
}
