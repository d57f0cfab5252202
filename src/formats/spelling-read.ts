import { closest } from '../base/index.ts';
import { deeper, deepest, type Fault, type Located, type LocatedEntry, numberOf, type ParsedText } from './document.ts';
import { locatedJson } from './json-document.ts';
import {
  areNames,
  fitting,
  type Grammar,
  isAmbiguous,
  propertiesOf,
  propertyOf,
  type Raw,
  type RawEntry,
  type RawText,
  type Style,
  tagged,
  type Wanted,
  wantedAt,
  withName,
} from './spelling.ts';

interface Reading {
  readonly style: Style;
  readonly faults: Fault[];
}

/** What texts and keys stand for by the grammar. What does not fit it is left as it is, so that the grammar says what is wrong. */
export function understood(raw: Raw, grammar: Grammar, style: Style): ParsedText {
  const reading: Reading = { style, faults: [] };
  const root = read(raw, grammar, { reading, key: '', depth: 0 });
  return { root, faults: reading.faults };
}

interface Context {
  readonly reading: Reading;
  /** The key in front. */
  readonly key: string;
  readonly depth: number;
}

function read(raw: Raw, grammar: Grammar, context: Context): Located {
  const wanted = wantedAt(grammar);
  const { reading, depth } = context;
  if ('text' in raw) {
    const value = scalar(raw, wanted);
    if ('message' in value) {
      reading.faults.push({ offset: raw.at, message: value.message });
      return { at: raw.at, value: null };
    }
    reading.faults.push(...value.faults);
    return { at: raw.at, value: value.value, written: raw.text };
  }
  if (depth > deepest) {
    reading.faults.push({ offset: raw.at, message: deeper });
    return { at: raw.at, value: null };
  }
  const keys = raw.entries.map(({ key }) => key);
  const list = wanted.lists[0];
  const mapping = fitting(wanted.mappings, keys);
  if (list !== undefined && isList(keys, { list, mapping, context })) return readList(raw, list, context);
  return { at: raw.at, value: readMapping(raw.entries, mapping ?? { ...grammar, schema: {} }, context) };
}

/** Whether keys make a list, where a mapping may stand, too. */
function isList(
  keys: readonly string[],
  { list, mapping, context }: { readonly list: Grammar; readonly mapping: Grammar | undefined; readonly context: Context },
): boolean {
  if (mapping === undefined || keys.every((key) => context.reading.style.isItem(key, context.key))) return true;
  const known = propertiesOf(mapping);
  return tagged(list) !== undefined && keys.some((key) => !(key in known));
}

function readMapping(entries: readonly RawEntry[], mapping: Grammar, { reading, depth }: Context): ReadonlyMap<string, LocatedEntry> {
  const entriesRead = new Map<string, LocatedEntry>();
  for (const { key, keyAt, raw } of entries) {
    const before = entriesRead.get(key);
    if (before !== undefined) reading.faults.push({ offset: keyAt, message: `"${key}" is given twice`, first: before.keyAt });
    if (key === '__proto__') reading.faults.push({ offset: keyAt, message: '"__proto__" cannot be a key' });
    const node = read(raw, propertyOf(mapping, key), { reading, key, depth: depth + 1 });
    if (before === undefined) entriesRead.set(key, { keyAt, node });
  }
  return entriesRead;
}

function readList(
  { at, entries }: { readonly at: number; readonly entries: readonly RawEntry[] },
  item: Grammar,
  context: Context,
): Located {
  const { reading } = context;
  const { style } = reading;
  const inner: Context = { ...context, depth: context.depth + 1 };
  const ofTag = tagged(item);
  const ofName = style.named ? withName(item) : undefined;
  let last: { readonly number: number; readonly at: number } | undefined;
  const items = entries.map(({ key, keyAt, raw }): Located => {
    if (style.isItem(key, context.key)) {
      const number = style.numbered ? Number(key) : 0;
      if (style.numbered && last !== undefined && number <= last.number)
        reading.faults.push({
          offset: keyAt,
          message: `the numbers of a list rise; ${number} stands behind ${last.number}`,
          first: last.at,
        });
      last = { number, at: keyAt };
      return read(raw, item, inner);
    }
    if (ofTag !== undefined) {
      const node = read(raw, propertyOf(ofTag, key), { reading, key, depth: inner.depth + 1 });
      return { at: keyAt, value: new Map([[key, { keyAt, node }]]) };
    }
    if (ofName !== undefined && 'entries' in raw) {
      const name: RawEntry = { key: 'name', keyAt, raw: { at: keyAt, text: key, quoted: true } };
      return { at: keyAt, value: readMapping([name, ...raw.entries], ofName, inner) };
    }
    reading.faults.push({
      offset: keyAt,
      message: `"${key}" is no item of the list "${context.key}"; ${advice(key, style.items(context.key))}`,
    });
    return read(raw, item, inner);
  });
  return { at, value: items };
}

function advice(key: string, names: readonly string[]): string {
  const near = closest(key, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  return names[0] === undefined ? 'items are numbered: 1, 2, …' : `an item is called "${names[0]}"`;
}

interface Value {
  readonly value: Located['value'];
  readonly faults: readonly Fault[];
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** What a text stands for. */
export function scalar(raw: RawText & { readonly at: number }, wanted: Wanted): Value | { readonly message: string } {
  const { text, quoted } = raw;
  if (wanted.json) return json(raw);
  const plain = quoted === true ? undefined : unquotedScalar(text, wanted);
  if (plain !== undefined) return plain;
  if (wanted.text) return only(quoted !== true && isAmbiguous(wanted) ? inner(text) : text);
  if (wanted.words.includes(text)) return only(text);
  if (text === '' && wanted.empty) return only(null);
  if (wanted.lists.length > 0) return listOf(raw, wanted) ?? only(text);
  return only(wanted.mappings.length > 0 && (text === '' || text === '{}') ? new Map() : text);
}

function only(value: Located['value']): Value {
  return { value, faults: [] };
}

/** What is no text, if the grammar wants such a thing. */
function unquotedScalar(text: string, { boolean, empty, number: isNumber }: Wanted): Value | { readonly message: string } | undefined {
  if (boolean && (text === 'true' || text === 'false')) return only(text === 'true');
  if (empty && text === 'null') return only(null);
  if (!isNumber || !number.test(text)) return undefined;
  const value = numberOf(text);
  return value === undefined ? { message: `${text.slice(0, 60)} would lose digits as a number; put it in quotes` } : only(value);
}

/** A text in single quotes is text, whatever stands between them. */
function inner(text: string): string {
  return text.length > 1 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : text;
}

/** A text where a list is wanted: names with commas between them, or the only text of it. */
function listOf({ at, text, textAt, quoted }: RawText & { readonly at: number }, { lists }: Wanted): Value | undefined {
  if (quoted !== true && (text === '' || text === '[]')) return { value: [], faults: [] };
  const item = lists[0];
  if (item === undefined || !wantedAt(item).text) return undefined;
  if (quoted === true || !areNames(item)) return { value: [{ at, value: text, written: text }], faults: [] };
  let offset = 0;
  const items = text.split(',').map((part): Located => {
    const begin = offset + part.length - part.trimStart().length;
    offset += part.length + 1;
    return { at: textAt === undefined ? at : textAt + begin, value: part.trim(), written: part.trim() };
  });
  return { value: items, faults: [] };
}

function json({ at, text, textAt }: RawText & { readonly at: number }): Value {
  const { root, faults } = locatedJson(text);
  const placed = (offset: number): number => (textAt === undefined ? at : textAt + offset);
  const move = (one: Located): Located => ({
    ...one,
    at: placed(one.at),
    value: Array.isArray(one.value)
      ? one.value.map(move)
      : one.value instanceof Map
        ? new Map([...one.value].map(([key, { keyAt, node }]) => [key, { keyAt: placed(keyAt), node: move(node) }]))
        : one.value,
  });
  const told = faults.map(({ offset, message }) => ({ offset: placed(offset), message: `this is no JSON: ${message}` }));
  if (root === undefined && told.length === 0)
    return { value: null, faults: [{ offset: at, message: 'this is no JSON: a value is expected' }] };
  return { value: root === undefined ? null : move(root).value, faults: told };
}
