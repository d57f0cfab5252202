import type { JsonObject } from '../base/index.ts';
import {
  areNames,
  fitting,
  type Grammar,
  isAmbiguous,
  propertiesOf,
  propertyOf,
  tagged,
  type Wanted,
  wantedAt,
  withName,
} from './spelling.ts';
import { scalar } from './spelling-read.ts';

/** Data as texts and keys, ready to be written in a syntax that knows nothing else. */
export type Spelt =
  | { readonly text: string; readonly quoted?: true }
  | {
      readonly entries: readonly SpeltEntry[];
      readonly isList: boolean /** The items of the list are changes. */;
      readonly isTagged: boolean;
    };

/** A key with what stands behind it. */
export interface SpeltEntry {
  readonly key: string;
  readonly value: Spelt;
}

/** How a syntax writes the keys of items. */
export interface ItemKeys {
  key(list: string, position: number): string;
  /** A change is written by its kind alone, without a key for the item. */
  readonly tagged: boolean;
  /** The name of a thing is the key of its item, where that tells things apart. */
  readonly named: boolean;
}

/** Spells data that fits the grammar. Reading it gives equal data, but that JSON may come out marked as such. */
export function spelt(value: unknown, grammar: Grammar, keys: ItemKeys): Spelt {
  return spell(value, grammar, { keys, key: '' });
}

interface Context {
  readonly keys: ItemKeys;
  readonly key: string;
}

function spell(value: unknown, grammar: Grammar, context: Context): Spelt {
  const wanted = wantedAt(grammar);
  if (wanted.json) return { text: JSON.stringify(value) };
  if (typeof value !== 'object' || value === null) return spellScalar(value, wanted);
  return Array.isArray(value) ? spellList(value, wanted, context) : spellMapping(value as JsonObject, wanted, context);
}

function spellScalar(value: unknown, wanted: Wanted): Spelt {
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (typeof value !== 'string') return { text };
  const read = scalar({ at: 0, text }, wanted);
  const isPlain = !('message' in read) && read.value === value;
  return isPlain || !isAmbiguous(wanted) ? { text } : { text, quoted: true };
}

function spellList(list: readonly unknown[], wanted: Wanted, context: Context): Spelt {
  const marked = markedJson(list, wanted, context);
  if (marked !== undefined) return marked;
  const item = wanted.lists[0];
  if (list.length === 0 || item === undefined) return { text: '[]' };
  const tag = tagged(item);
  if (areNames(item) && list.every((one) => typeof one === 'string' && /^[\p{L}\p{N}_$.@<>=:^~-]+$/u.test(one)))
    return { text: list.join(', ') };
  if (tag !== undefined && context.keys.tagged) {
    const entries = list.flatMap((one) => Object.entries(one as object)).map(([key, value]) => entry(key, value, { tag, context }));
    return { entries, isList: true, isTagged: true };
  }
  const names = context.keys.named && withName(item) !== undefined ? namesOf(list) : undefined;
  const entries = list.map((one, i): SpeltEntry => {
    const name = names?.[i];
    const { name: _, ...rest } = one as { readonly name?: unknown };
    const key = name ?? context.keys.key(context.key, i);
    return { key, value: spell(name === undefined ? one : rest, item, { ...context, key }) };
  });
  return { entries, isList: true, isTagged: tag !== undefined };
}

/** The names of things, if each has one, none occurs twice or is a number, and there is more to say of each. */
function namesOf(list: readonly unknown[]): readonly string[] | undefined {
  const names = list.flatMap((one) => {
    const { name, ...rest } = Object(one) as { readonly name?: unknown };
    return typeof name === 'string' && !/^\d+$/.test(name) && Object.keys(rest).length > 0 ? [name] : [];
  });
  return names.length === list.length && new Set(names).size === names.length ? names : undefined;
}

function spellMapping(value: JsonObject, wanted: Wanted, context: Context): Spelt {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const mapping = fitting(wanted.mappings, keys);
  const isStrict = mapping !== undefined && mapping.schema['additionalProperties'] === false;
  const marked = isStrict ? undefined : markedJson(value, wanted, context);
  if (marked !== undefined) return marked;
  if (keys.length === 0 || mapping === undefined) return { text: '{}' };
  return { entries: keys.map((key) => entry(key, value[key], { tag: mapping, context })), isList: false, isTagged: false };
}

/** Lists and mappings where JSON may stand: marked and in its own syntax, which says all that it can hold. */
function markedJson(value: unknown, { mappings }: Wanted, context: Context): Spelt | undefined {
  for (const mapping of mappings) {
    const key = Object.keys(propertiesOf(mapping)).find((name) => wantedAt(propertyOf(mapping, name)).json);
    if (key !== undefined) return { entries: [entry(key, value, { tag: mapping, context })], isList: false, isTagged: false };
  }
  return undefined;
}

function entry(key: string, value: unknown, { tag, context }: { readonly tag: Grammar; readonly context: Context }): SpeltEntry {
  return { key, value: spell(value, propertyOf(tag, key), { ...context, key }) };
}
