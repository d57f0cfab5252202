import { formatName, type Name, type QualifiedName } from '../schema/index.ts';

/** What may be lost on the way to another engine, by the name that allows it, and what becomes of it. */
export const losses = {
  array: 'a list becomes JSON',
  bit: 'a string of bits becomes a number, or a text of zeros and ones',
  'check-expression': 'a check that only its engine understands is left out',
  collation: 'texts are compared and sorted by the rules of the other engine',
  comment: 'comments are left out where the engine keeps none',
  composite: 'a value of several parts becomes text',
  'decimal-digits': 'a decimal without a bound, or with more digits than the engine keeps, gets one: 65 digits on MySQL, text on SQLite',
  default: 'a default that only its engine understands is left out',
  deferrable: 'a key that may be checked at commit is checked at once',
  exclusion: 'an exclusion constraint is left out',
  'expression-index': 'an index on an expression is left out',
  extension: 'an extension, and what it brought, is left out',
  'foreign-key-action': 'what the engine cannot do when a parent goes becomes a refusal (no action), and MATCH FULL becomes a simple match',
  fulltext: 'an index for searching texts is left out',
  generated: 'a computed column becomes one that holds the values of now',
  identity: 'a column that counts up becomes one that does not, or counts in steps of one',
  'index-include': 'columns that an index only carries along are left out of it',
  'index-kind': 'an index of a kind of its own, or with an operator class, is left out',
  inheritance: 'tables that inherit stand alone, each with its own rows',
  interval: 'a span of time becomes text',
  invisible: 'what is hidden from queries is seen',
  'key-length': 'a text or binary value in a key holds at most 255 characters or bytes',
  namespace: 'a table of another namespace gets the namespace in its name',
  'native-type': 'values of a type that only its engine has become text',
  'nulls-not-distinct': 'a unique key takes several rows without a value',
  'on-update-timestamp': 'a column that is set to the time of each update is no longer set by itself',
  opaque: 'what only its engine understands is left out',
  'partial-index': 'an index over a part of the rows is left out where the engine has none',
  partition: 'the rows of all partitions stand in one table',
  'prefix-key': 'a unique key over the beginnings of values is left out',
  rights: 'rights that were granted are left out',
  routine: 'functions and procedures are left out',
  'row-security': 'rules that hide rows from users are left out',
  sequence: 'sequences that stand alone are left out, and so are defaults that count by them',
  set: 'a choice of several words becomes text, the words parted by commas',
  spatial: 'a shape becomes text (WKT), and its indexes are left out',
  'system-versioning': 'the history that the engine keeps of rows is left out',
  trigger: 'triggers are left out',
  untyped: 'a column without a type of its own becomes text',
  view: 'views are left out',
  zerofill: 'numbers are no longer filled up with zeros',
} as const satisfies Readonly<Record<string, string>>;

export type LossName = keyof typeof losses;

/** One thing that does not reach the other engine as it is. */
export interface LossyMapping {
  readonly name: LossName;
  /** `column film.rating`, `trigger ins_film`. */
  readonly object: string;
  /** What becomes of it. */
  readonly becomes: string;
}

export function lossOf(name: LossName, object: string, becomes: string = losses[name]): LossyMapping {
  return { name, object, becomes };
}

/** `column film.rating` */
export function columnTitle(table: QualifiedName, column: Name): string {
  return `column ${formatName(table)}.${column}`;
}
