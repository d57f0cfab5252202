import { canonicalJson } from '../base/index.ts';
import {
  type Constraint,
  type Index,
  type ObjectKind,
  referenceTo,
  type Schema,
  type SchemaObject,
  type StandaloneObject,
  type Table,
  tableOf,
  tablesOf,
} from '../schema/index.ts';
import { hangingParts, type Part } from './parts.ts';
import type { Rename } from './rename.ts';
import type { DiffRules } from './rules.ts';

/** Columns whose new name is the old one to the engine: `id` and `ID`, where capitals do not count. */
export function sameColumns(from: Schema, to: Schema, { renames }: DiffRules): readonly Rename[] {
  if (renames === undefined) return [];
  return tablesOf(to).flatMap((after) => {
    const before = tableOf(from, after.name);
    if (before === undefined || before === after) return [];
    const had = new Set(before.columns.map(({ name }) => name));
    const has = new Set(after.columns.map(({ name }) => name));
    return after.columns.flatMap(({ name }): Rename[] => {
      const old = had.has(name) ? undefined : before.columns.find((one) => !has.has(one.name) && renames.sameColumn(one.name, name));
      return old === undefined ? [] : [{ kind: 'renameColumn', table: after.name, from: old.name, to: name }];
    });
  });
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
