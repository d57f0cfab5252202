import { same } from '../base/index.ts';
import {
  type Constraint,
  formatName,
  type Index,
  type Key,
  keyOf,
  type Name,
  partKey,
  referenceTo,
  type Schema,
  type SchemaObject,
  type Table,
  tableKey,
  type View,
} from '../schema/index.ts';
import { compare } from './compare.ts';
import type { Edit } from './edit.ts';
import { keyOfPart, type Part } from './parts.ts';
import type { DiffRules } from './rules.ts';

/** One thing in which a structure differs from another, as a person would name it; what comes and goes with it is no finding of its own. */
export interface Finding {
  readonly key: Key;
  /** Only the second structure has it, only the first has it, or both have it and it differs. */
  readonly sign: '+' | '-' | '~';
  /** `table`, `column`, `foreign key`, `event trigger`, … */
  readonly kind: string;
  /** `orders`, `orders.note`, `audit.log.at`. */
  readonly name: string;
  /** Other names that mean it: with the namespace, without the table, as far as no other part could be meant. */
  readonly aliases: readonly string[];
  /** Where both have it: the properties in which it differs. */
  readonly differing: readonly Differing[];
  /** Keys of what hangs on it and comes with it. */
  readonly with: readonly Key[];
}

/** A property as the first and as the second structure have it; nothing where one has none. */
export interface Differing {
  readonly property: string;
  readonly expected?: unknown;
  readonly found?: unknown;
}

/** What the second structure has more, less and otherwise than the first, by name. */
export function findings(from: Schema, to: Schema, rules: DiffRules): readonly Finding[] {
  const edits = [...compare(from, to, rules).values()];
  const added = new Set(edits.filter(({ before }) => before === undefined).map(({ key }) => key));
  const owners = new Map<Key, Key>();
  for (const { key, before, after } of edits) {
    if (before !== undefined || after === undefined) continue;
    const owner = comesWith(after).find((candidate) => added.has(candidate));
    if (owner !== undefined) owners.set(key, owner);
  }
  const root = (key: Key): Key => {
    const owner = owners.get(key);
    return owner === undefined ? key : root(owner);
  };
  const carried = new Map<Key, Key[]>();
  for (const key of owners.keys()) carried.set(root(key), [...(carried.get(root(key)) ?? []), key]);
  return edits
    .filter(({ key }) => !owners.has(key))
    .map((edit) => findingOf(edit, carried.get(edit.key) ?? []))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The keys of what a new part comes with, where that is new too. */
function comesWith(part: Part): readonly Key[] {
  if (part.kind !== 'object') return [keyOf(referenceTo(part.owner))];
  const { object } = part;
  switch (object.kind) {
    case 'trigger':
    case 'policy':
      return [tableKey(object.on), keyOf({ kind: 'view', name: object.on })];
    case 'sequence':
      return object.ownedBy === undefined
        ? []
        : [tableKey(object.ownedBy.table), partKey('column', object.ownedBy.table, object.ownedBy.column)];
    case 'opaque':
      return object.dependsOn ?? [];
    default:
      return [];
  }
}

function findingOf({ key, before, after }: Edit, carried: readonly Key[]): Finding {
  const part = after ?? before;
  if (part === undefined) throw new Error(`an edit of nothing: ${key}`);
  const sign = before === undefined ? '+' : after === undefined ? '-' : '~';
  return {
    key,
    sign,
    ...named(part),
    differing: before === undefined || after === undefined ? [] : differing(before, after),
    with: carried,
  };
}

function differing(before: Part, after: Part): readonly Differing[] {
  const [was, is] = [contentOf(before), contentOf(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((property) => !same(was[property], is[property]))
    .map((property) => ({
      property,
      ...(was[property] === undefined ? {} : { expected: was[property] }),
      ...(is[property] === undefined ? {} : { found: is[property] }),
    }));
}

/** What a part says, without what hangs on it. */
function contentOf(part: Part): Readonly<Record<string, unknown>> {
  if (part.kind === 'constraint') return { ...part.constraint };
  if (part.kind === 'index') return { ...part.index };
  if (part.kind !== 'object') return { ...part.column };
  if (part.object.kind === 'table') {
    const { columns: _, constraints: __, indexes: ___, ...own } = part.object;
    return own;
  }
  if (part.object.kind !== 'view') return { ...part.object };
  const { indexes: _, ...own } = part.object;
  return own;
}

function named(part: Part): Pick<Finding, 'kind' | 'name' | 'aliases'> {
  if (part.kind === 'object') return namedObject(part.object);
  const table = formatName(part.owner.name);
  if (part.kind === 'constraint') return namedConstraint(table, part.constraint);
  if (part.kind === 'index') return { kind: 'index', name: `${table}.${part.index.name}`, aliases: [part.index.name] };
  return { kind: part.kind, name: `${table}.${part.column.name}`, aliases: [] };
}

function namedConstraint(table: string, constraint: Constraint): Pick<Finding, 'kind' | 'name' | 'aliases'> {
  const kind = constraintWords[constraint.kind];
  if (constraint.name !== undefined) return { kind, name: `${table}.${constraint.name}`, aliases: [constraint.name] };
  const of = 'columns' in constraint ? constraint.columns.join(', ') : constraint.kind === 'check' ? constraint.sql : constraint.using;
  return { kind, name: `${table}.${constraint.kind}(${of})`, aliases: [] };
}

const constraintWords: Readonly<Record<Constraint['kind'], string>> = {
  primaryKey: 'primary key',
  foreignKey: 'foreign key',
  unique: 'unique constraint',
  check: 'check',
  exclude: 'exclusion',
};

function namedObject(object: SchemaObject): Pick<Finding, 'kind' | 'name' | 'aliases'> {
  const own = formatName(object.name);
  switch (object.kind) {
    case 'trigger':
    case 'policy':
      return { kind: object.kind, name: `${formatName(object.on)}.${object.name.name}`, aliases: [object.name.name] };
    case 'routine':
      return { kind: object.routine, name: object.arguments === undefined ? own : `${own}(${object.arguments})`, aliases: [own] };
    case 'opaque':
      return { kind: object.type, name: own, aliases: [] };
    default:
      return { kind: object.kind, name: own, aliases: [] };
  }
}

/** The first structure as it would be if these findings were none: what the second has of them is taken over. */
export function takeOver(from: Schema, to: Schema, chosen: readonly Finding[]): Schema {
  if (chosen.length === 0) return from;
  const keys = new Set(chosen.flatMap(({ key, with: carried }) => [key, ...carried]));
  const gone = new Set(chosen.filter(({ sign }) => sign === '-').map(({ key }) => key));
  const kept = without(from, gone).objects;
  const objects = new Map<Key, SchemaObject>();
  for (const key of new Set([...kept.keys(), ...to.objects.keys()])) {
    const object = oneOf(kept.get(key), to.objects.get(key), { key, keys });
    if (object !== undefined) objects.set(key, object);
  }
  return { ...from, objects, facts: bothFacts(from, to, keys) };
}

function oneOf(
  had: SchemaObject | undefined,
  wanted: SchemaObject | undefined,
  { key, keys }: { readonly key: Key; readonly keys: ReadonlySet<Key> },
): SchemaObject | undefined {
  const isMeant = keys.has(key);
  if (had === undefined) return isMeant ? wanted : undefined;
  if (wanted === undefined) return had;
  if (had.kind === 'table' && wanted.kind === 'table') return withParts(isMeant ? ownPart(had, wanted) : had, wanted, keys);
  return isMeant ? wanted : withParts(had, wanted, keys);
}

/** Of a table that both have, what is no part: options and comment. */
function ownPart(had: Table, wanted: Table): Table {
  const { comment: _, ...rest } = had;
  return { ...rest, options: wanted.options, ...(wanted.comment === undefined ? {} : { comment: wanted.comment }) };
}

function withParts(had: SchemaObject, wanted: SchemaObject, parts: ReadonlySet<Key>): SchemaObject {
  if (had.kind === 'table' && wanted.kind === 'table') {
    const columns = merged(had.columns, wanted.columns, (column) => parts.has(partKey('column', had.name, column.name)));
    const constraints = merged(had.constraints, wanted.constraints, (constraint) =>
      parts.has(keyOfPart({ kind: 'constraint', owner: had, constraint })),
    );
    return { ...had, columns, constraints, indexes: mergedIndexes(had, wanted, parts) };
  }
  if (had.kind !== 'view' || wanted.kind !== 'view') return had;
  const indexes = mergedIndexes(had, wanted, parts);
  return indexes.length === 0 ? had : { ...had, indexes };
}

function mergedIndexes(had: Table | View, wanted: Table | View, parts: ReadonlySet<Key>): readonly Index[] {
  return merged(had.indexes ?? [], wanted.indexes ?? [], (index) => parts.has(partKey('index', had.name, index.name)));
}

/** The first list with those that are meant as the second has them. */
function merged<T extends { readonly name?: Name }>(had: readonly T[], wanted: readonly T[], meant: (one: T) => boolean): readonly T[] {
  const taken = wanted.filter(meant);
  const inPlace = had.flatMap((one) => {
    if (!meant(one)) return [one];
    return taken.filter((other) => other.name !== undefined && other.name === one.name);
  });
  return [...inPlace, ...taken.filter((one) => !inPlace.includes(one))];
}

/** What needs and inherits what in either structure, and the shapes of the views that it has now. */
function bothFacts(from: Schema, to: Schema, keys: ReadonlySet<Key>): NonNullable<Schema['facts']> {
  const taken = [...(to.facts?.shapes ?? [])].filter(([key]) => keys.has(key));
  const user = from.facts?.user;
  return {
    ...(user === undefined ? {} : { user }),
    needs: union(from.facts?.needs, to.facts?.needs),
    shapes: new Map([...(from.facts?.shapes ?? []), ...taken]),
    inherited: union(from.facts?.inherited, to.facts?.inherited),
    unread: [...new Set([...(from.facts?.unread ?? []), ...(to.facts?.unread ?? [])])],
  };
}

type Links = ReadonlyMap<Key, readonly Key[]>;

function union(a: Links = new Map(), b: Links = new Map()): Links {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return new Map([...keys].map((key) => [key, [...new Set([...(a.get(key) ?? []), ...(b.get(key) ?? [])])]]));
}

/** The structure without some objects and what goes with them: triggers and policies on them, sequences that they own, their grants. */
export function without(schema: Schema, gone: ReadonlySet<Key>): Schema {
  const all = new Set(gone);
  for (const [key, object] of schema.objects) {
    const part: Part = { kind: 'object', object };
    if (comesWith(part).some((owner) => gone.has(owner))) all.add(key);
  }
  return { ...schema, objects: new Map([...schema.objects].filter(([key]) => !all.has(key))) };
}

/** Whether a name, in which `*` stands for anything, means a finding. */
export function means(pattern: string, { name, aliases, key }: Finding): boolean {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('[^]*')}$`);
  return [name, ...aliases, key].some((one) => expression.test(one));
}
