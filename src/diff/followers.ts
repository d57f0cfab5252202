import { canonicalJson } from '../base/index.ts';
import {
  type Change,
  type Column,
  type Constraint,
  type Index,
  type Key,
  type Name,
  type ObjectKind,
  referenceTo,
  type Schema,
  type SchemaObject,
  type StandaloneObject,
  sameName,
  type Table,
  tableOf,
  tablesOf,
} from '../schema/index.ts';
import { textsOf } from './needs.ts';
import { hangingParts, type Part } from './parts.ts';
import type { Rename } from './rename.ts';
import { type DiffRules, folded } from './rules.ts';

/** Tables and columns whose new name is the old one to the engine: `id` and `ID`, where capitals do not count. */
export function sameNames(from: Schema, to: Schema, rules: DiffRules): readonly Rename[] {
  const tables = { exact: tableNamed((name) => name), loose: tableNamed((name) => folded(name, 'table', rules)) };
  const columns = { exact: ({ name }: Column) => name, loose: ({ name }: Column) => folded(name, 'column', rules) };
  return paired(tablesOf(from), tablesOf(to), tables).flatMap(([before, after]): readonly Rename[] => {
    if (before === after) return [];
    const inside = paired(before.columns, after.columns, columns).flatMap(([was, is]): readonly Rename[] =>
      was.name === is.name ? [] : [{ kind: 'renameColumn', table: before.name, from: was.name, to: is.name }],
    );
    return sameName(before.name, after.name) ? inside : [{ kind: 'renameTable', from: before.name, to: after.name }, ...inside];
  });
}

function tableNamed(said: (name: Name) => Name): (table: Table) => string {
  return ({ name: { schema = '', name } }) => `${schema}\0${said(name)}`;
}

/** Each item with the one of its name, and where there is none with one whose name the engine takes for it. */
function paired<T>(
  before: readonly T[],
  after: readonly T[],
  { exact, loose }: { readonly exact: (item: T) => string; readonly loose: (item: T) => string },
): readonly (readonly [T, T])[] {
  const has = new Set(after.map(exact));
  const had = new Map(before.map((item) => [exact(item), item]));
  const gone = new Map(before.filter((item) => !has.has(exact(item))).map((item) => [loose(item), item]));
  return after.flatMap((is) => {
    const was = had.get(exact(is)) ?? gone.get(loose(is));
    return was === undefined ? [] : [[was, is] as const];
  });
}

/**
 * The structure after names got another spelling. An engine writes it into texts in its own way, so views and triggers that have such a
 * name in them are taken as different.
 */
export function uncertainTexts(schema: Schema, changes: readonly Change[], rules: DiffRules): Schema {
  const fold = (text: string): string => folded(text, 'column', rules);
  const names = new Set(
    changes.flatMap((change) =>
      change.kind === 'renameTable' ? [fold(change.from.name)] : change.kind === 'renameColumn' ? [fold(change.from)] : [],
    ),
  );
  if (names.size === 0) return schema;
  const isCertain = (object: SchemaObject): boolean => {
    const text = fold(textsOf({ kind: 'object', object }).join(' '));
    return ![...names].some((name) => text.includes(name));
  };
  const objects = [...schema.objects].map(([key, object]): [Key, SchemaObject] => {
    if ((object.kind !== 'view' && object.kind !== 'trigger') || isCertain(object)) return [key, object];
    return [key, object.kind === 'view' ? { ...object, query: '' } : { ...object, definition: '' }];
  });
  return { ...schema, objects: new Map(objects) };
}

/**
 * Constraints, indexes, sequences and types that differ in nothing but their name: with a table or column that has been renamed, those
 * named after it get the name that they would have had. Nothing can be lost by it.
 */
export function followers(from: Schema, to: Schema, { renames }: DiffRules): readonly Rename[] {
  if (renames === undefined) return [];
  const parts = tablesOf(to).flatMap((after) => {
    const before = tableOf(from, after.name);
    return before === undefined || before === after ? [] : partFollowers(before, after).filter(({ part }) => renames.inPlace(part));
  });
  const objects = objectFollowers(from, to).filter(({ part }) => renames.inPlace(part));
  return [...objects, ...parts].map(({ rename }) => rename);
}

interface Follower {
  readonly rename: Rename;
  readonly part: Part;
}

type Named = { readonly kind: 'constraint'; readonly item: Constraint } | { readonly kind: 'index'; readonly item: Index };

function partFollowers(before: Table, after: Table): readonly Follower[] {
  const listed = (table: Table): readonly Named[] =>
    hangingParts(table).flatMap((part): Named[] =>
      part.kind === 'constraint'
        ? [{ kind: 'constraint', item: part.constraint }]
        : part.kind === 'index'
          ? [{ kind: 'index', item: part.index }]
          : [],
    );
  const called = ({ kind, item }: Named): string => `${kind} ${item.name ?? ''}`;
  return matched(listed(before), listed(after), called, ({ kind, item: { name: _, ...content } }) => canonicalJson([kind, content])).map(
    ([was, is]): Follower => {
      const names = { table: after.name, from: was.item.name ?? '', to: is.item.name ?? '' };
      return was.kind === 'constraint'
        ? { rename: { kind: 'renameConstraint', ...names }, part: { kind: 'constraint', owner: before, constraint: was.item } }
        : { rename: { kind: 'renameIndex', ...names }, part: { kind: 'index', owner: before, index: was.item } };
    },
  );
}

const following: readonly ObjectKind[] = ['sequence', 'enum', 'domain', 'composite'];

function objectFollowers(from: Schema, to: Schema): readonly Follower[] {
  const listed = (schema: Schema): readonly StandaloneObject[] =>
    [...schema.objects.values()].filter((object): object is StandaloneObject => following.includes(object.kind));
  const called = ({ kind, name }: SchemaObject): string => canonicalJson([kind, name]);
  const content = ({ name, ...rest }: StandaloneObject): string => canonicalJson([name.schema ?? null, rest]);
  return matched(listed(from), listed(to), called, content).map(([was, is]) => ({
    rename: { kind: 'renameObject', object: referenceTo(was), to: is.name },
    part: { kind: 'object', object: was },
  }));
}

/** What is gone and what is new, of one content each: only where there is no choice. */
function matched<T>(
  before: readonly T[],
  after: readonly T[],
  called: (item: T) => string,
  content: (item: T) => string,
): (readonly [T, T])[] {
  const [had, has] = [new Set(before.map(called)), new Set(after.map(called))];
  const gone = grouped(
    before.filter((item) => !has.has(called(item))),
    content,
  );
  const fresh = grouped(
    after.filter((item) => !had.has(called(item))),
    content,
  );
  return [...gone].flatMap(([key, [was, ...others]]) => {
    const [is, ...more] = fresh.get(key) ?? [];
    return was === undefined || is === undefined || others.length + more.length > 0 ? [] : [[was, is] as const];
  });
}

function grouped<T>(items: readonly T[], by: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}
