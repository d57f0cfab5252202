import type { JsonObject, JsonValue } from '../base/index.ts';

/**
 * XML and INI know texts, and keys that hold texts or more keys. What a text stands for, and whether keys make a mapping or a list, is
 * told by the grammar: by the JSON Schema that is made of it, so that no kind of change is known here.
 */
export type Raw = { readonly at: number } & (RawText | { readonly entries: readonly RawEntry[] });

/** A text as the syntax gives it. */
export interface RawText {
  readonly text: string;
  /** The syntax itself says that it is text. */
  readonly quoted?: true;
  /** Where it begins in the file, if it stands there letter by letter. */
  readonly textAt?: number;
}

/** A key with what stands behind it. */
export interface RawEntry {
  readonly key: string;
  readonly keyAt: number;
  readonly raw: Raw;
}

/** How a syntax writes lists. */
export interface Style {
  /** What an item of a list may be called; nothing where items are numbered. */
  readonly items: (list: string) => readonly string[];
  /** Whether a key in a list stands for an item and means nothing else. */
  readonly isItem: (key: string, list: string) => boolean;
  /** Keys of items are numbers that rise. */
  readonly numbered: boolean;
  /** Any other key in a list of things with a name is the name. */
  readonly named: boolean;
}

type Schema = JsonObject;
type Definitions = Readonly<Record<string, Schema>>;

/** A part of the JSON Schema with what its references mean. */
export interface Grammar {
  readonly schema: Schema;
  readonly definitions: Definitions;
}

/** What may stand at a place. */
export interface Wanted {
  readonly text: boolean;
  /** Texts that are allowed where others are not. */
  readonly words: readonly string[];
  readonly number: boolean;
  readonly boolean: boolean;
  readonly empty: boolean;
  /** The text is JSON. */
  readonly json: boolean;
  /** The schemas of the items of each list. */
  readonly lists: readonly Grammar[];
  readonly mappings: readonly Grammar[];
}

/** The grammar of a whole file. */
export function grammarOf(schema: JsonObject): Grammar {
  return { schema, definitions: (schema['$defs'] ?? {}) as Definitions };
}

/** What the grammar wants at a place; a schema that says nothing wants anything. */
export function wantedAt(grammar: Grammar): Wanted {
  const branches = branchesOf(grammar.schema, grammar.definitions);
  const typed = (type: string): readonly Schema[] => branches.filter((branch) => typesOf(branch).includes(type));
  const texts = typed('string');
  const wordsOf = (branch: Schema): readonly JsonValue[] =>
    'const' in branch ? [branch['const'] ?? null] : ((branch['enum'] as readonly JsonValue[] | undefined) ?? []);
  return {
    text: texts.some((branch) => wordsOf(branch).length === 0),
    words: texts.flatMap(wordsOf).filter((word) => typeof word === 'string'),
    number: typed('number').length + typed('integer').length > 0,
    boolean: typed('boolean').length > 0,
    empty: typed('null').length > 0,
    json: branches.some((branch) => branch['contentMediaType'] === 'application/json'),
    lists: typed('array').map((branch) => ({ ...grammar, schema: (branch['items'] ?? {}) as Schema })),
    mappings: typed('object').map((branch) => ({ ...grammar, schema: branch })),
  };
}

const allTypes = ['null', 'boolean', 'number', 'string', 'array', 'object'];

function typesOf({ type }: Schema): readonly string[] {
  if (type === undefined) return allTypes;
  return Array.isArray(type) ? (type as readonly string[]) : [type as string];
}

/** The alternatives of a schema. What lies in `anyOf` beside a type stands in front of it, because it is closer. */
function branchesOf(schema: Schema, definitions: Definitions): readonly Schema[] {
  const { $ref, anyOf, ...rest } = schema;
  if (typeof $ref === 'string') return branchesOf(definitions[$ref.slice('#/$defs/'.length)] ?? {}, definitions);
  if (anyOf === undefined) return [schema];
  const inner = (anyOf as readonly Schema[]).flatMap((one) => branchesOf(one, definitions));
  return rest['type'] === undefined ? inner : [...inner, rest];
}

/** What stands behind a key of a mapping. */
export function propertyOf(mapping: Grammar, key: string): Grammar {
  const own = propertiesOf(mapping)[key];
  const other = mapping.schema['additionalProperties'];
  return { ...mapping, schema: own ?? (typeof other === 'object' && other !== null ? (other as Schema) : {}) };
}

/** The keys that a mapping names. */
export function propertiesOf({ schema }: Grammar): Readonly<Record<string, Schema>> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  // What every object inherits is no property of the grammar.
  return Object.assign(Object.create(null) as object, properties);
}

/** Of several mappings the one that knows the most of these keys; the closer one if two know as many. */
export function fitting(mappings: readonly Grammar[], keys: readonly string[]): Grammar | undefined {
  const strangers = (mapping: Grammar): number => {
    if (mapping.schema['additionalProperties'] !== false) return 0;
    const properties = propertiesOf(mapping);
    const required = (mapping.schema['required'] ?? []) as readonly string[];
    // One that lacks what it needs was less likely meant.
    return keys.filter((key) => !(key in properties)).length * 2 + (required.every((key) => keys.includes(key)) ? 0 : 1);
  };
  return [...mappings].sort((a, b) => strangers(a) - strangers(b))[0];
}

/** The mapping whose only key tells what it is, as a change is. */
export function tagged(item: Grammar): Grammar | undefined {
  return wantedAt(item).mappings.find(({ schema }) => schema['minProperties'] === 1 && schema['maxProperties'] === 1);
}

/** The mapping of things with a name. */
export function withName(item: Grammar): Grammar | undefined {
  return wantedAt(item).mappings.find((mapping) => 'name' in propertiesOf(mapping));
}

/** Whether the items of a list are names, which can stand in one text with commas between them. */
export function areNames(item: Grammar): boolean {
  return branchesOf(item.schema, item.definitions).some(({ type, minLength }) => type === 'string' && minLength === 1);
}

/** Whether a text alone could be taken for something else, so that it is quoted where it is meant as text. */
export function isAmbiguous({ number, boolean, empty }: Wanted): boolean {
  return number || boolean || empty;
}
