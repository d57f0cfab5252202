import {
  document,
  type Fault,
  type Located,
  type LocatedEntry,
  numberOf,
  type ParsedText,
  type ReadText,
  type TextFile,
} from './document.ts';
import { jsonFault, jsonTokens } from './yaml-json.ts';

/** A list or mapping that is being read. */
interface Open {
  readonly at: number;
  readonly value: Located[] | Map<string, LocatedEntry>;
  /** The key whose value comes next. */
  key?: { readonly name: string; readonly at: number };
}

/** Reads JSON in the strict sense. Whole numbers beyond 2^53 become big integers. */
export function readJson(file: TextFile): ReadText {
  return document(file, locatedJson(file.text));
}

/** JSON in the strict sense, with the places in its text. */
export function locatedJson(text: string): ParsedText {
  // A byte order mark is no JSON but harmless; a blank in its place keeps the offsets.
  const content = text.replace(/^\uFEFF/, ' ');
  if (content.trim() === '') return { root: undefined, faults: [] };
  const strict = jsonFault(content);
  if (strict !== undefined) return { root: undefined, faults: [strict] };
  const building: Building = { open: [], faults: [], root: undefined };
  for (const { token, at } of jsonTokens(content)) take(building, token, at);
  return { root: building.root, faults: building.faults };
}

interface Building {
  readonly open: Open[];
  readonly faults: Fault[];
  root: Located | undefined;
}

function take(building: Building, token: string, at: number): void {
  const { open, faults } = building;
  if (token === ',' || token === ':') return;
  if (token === '{' || token === '[') {
    open.push({ at, value: token === '[' ? [] : new Map() });
  } else if (token === '}' || token === ']') {
    const done = open.pop();
    if (done !== undefined) put(building, { at: done.at, value: done.value });
  } else {
    const inside = open.at(-1);
    const isKey = inside !== undefined && !Array.isArray(inside.value) && inside.key === undefined;
    if (!isKey) put(building, scalar(token, at, faults));
    else {
      inside.key = { name: JSON.parse(token) as string, at };
      if (!Array.isArray(inside.value)) checkKey(inside.key, inside.value, faults);
    }
  }
}

/** A value in the list or mapping that is open, or alone. */
function put(building: Building, node: Located): void {
  const around = building.open.at(-1);
  if (around === undefined) building.root = node;
  else if (Array.isArray(around.value)) around.value.push(node);
  else if (around.key !== undefined) {
    around.value.set(around.key.name, { keyAt: around.key.at, node });
    delete around.key;
  }
}

function checkKey({ name, at }: { readonly name: string; readonly at: number }, entries: Map<string, LocatedEntry>, faults: Fault[]): void {
  if (entries.has(name)) faults.push({ offset: at, message: `"${name}" is given twice` });
  if (name === '__proto__') faults.push({ offset: at, message: '"__proto__" cannot be a key' });
}

function scalar(token: string, at: number, faults: Fault[]): Located {
  if (token.startsWith('"')) {
    const text = JSON.parse(token) as string;
    return { at, value: text, written: text };
  }
  if (token === 'null') return { at, value: null, written: token };
  if (token === 'true' || token === 'false') return { at, value: token === 'true', written: token };
  const value = numberOf(token);
  if (value !== undefined) return { at, value, written: token };
  const why = Number.isFinite(Number(token)) ? 'would lose digits as a number' : 'is no number here';
  faults.push({ offset: at, message: `${token.slice(0, 60)} ${why}; put it in quotes` });
  return { at, value: null };
}
