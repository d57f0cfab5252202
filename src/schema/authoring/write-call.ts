import type { Change } from '../change.ts';
import type { SchemaBuilder } from './builder.ts';
import { objectWords } from './read-object.ts';
import type { AuthoredKind, ChangeSpecs } from './spec-change.ts';
import type { ObjectNameSpec, ObjectSpecs, ObjectWord, WhichSpec } from './spec-object.ts';
import { writeChange } from './write.ts';

/** A call of the builder: the name of its method and what it is given. */
export interface BuilderCall {
  readonly method: AuthoredKind;
  readonly args: readonly unknown[];
}

/** What each method is given for the spec of its kind: the opposite of what the builder does. A kind without an entry does not compile. */
type Calls<K extends AuthoredKind> = { readonly [P in K]: (spec: ChangeSpecs[P]) => Parameters<SchemaBuilder[P]> };
type ObjectKinds = `${'create' | 'replace' | 'drop' | 'rename'}${ObjectWord}`;

const described = ({ name, ...spec }: ObjectSpecs[ObjectWord]): readonly unknown[] => [name, spec];
const meant = (spec: string | ObjectNameSpec): readonly unknown[] => {
  if (typeof spec === 'string') return [spec];
  const { name, ...which } = spec;
  return [name, ...unlessEmpty(which)];
};
const renamed = ({ name, to, ...which }: ObjectNameSpec & { readonly to: string }): readonly unknown[] => [name, to, ...unlessEmpty(which)];

const objectCalls = Object.fromEntries(
  Object.values(objectWords).flatMap((word) => [
    [`create${word}`, described],
    [`replace${word}`, described],
    [`drop${word}`, meant],
    [`rename${word}`, renamed],
  ]),
) as unknown as Calls<ObjectKinds>;

const calls: Calls<AuthoredKind> = {
  ...objectCalls,
  createTable: ({ name, ...spec }) => [name, spec],
  dropTable: (spec) => [typeof spec === 'string' ? spec : spec.name],
  renameTable: ({ from, to, ...options }) => [from, to, ...unlessEmpty(options)],
  alterTable: ({ table, options }) => [table, options],
  addColumn: ({ table, name, ...spec }) => [table, name, spec],
  dropColumn: ({ table, name }) => [table, name],
  renameColumn: ({ table, from, to, ...options }) => [table, from, to, ...unlessEmpty(options)],
  alterColumn: ({ table, name, set, using }) => [table, name, using === undefined ? set : { ...set, using }],
  addConstraint: ({ table, ...spec }) => [table, spec],
  dropConstraint: ({ table, name, ...which }) =>
    Object.keys(which).length === 0 && name !== undefined ? [table, name] : [table, name === undefined ? which : { name, ...which }],
  renameConstraint: ({ table, from, to }) => [table, from, to],
  validateConstraint: ({ table, name }) => [table, name],
  createIndex: ({ table, ...spec }) => [table, spec],
  dropIndex: ({ table, name, ...options }) => [table, name, ...unlessEmpty(options)],
  renameIndex: ({ table, from, to }) => [table, from, to],
  addEnumValue: ({ type, value, ...options }) => [type, value, ...unlessEmpty(options)],
  renameEnumValue: ({ type, from, to }) => [type, from, to],
  setComment: ({ comment, ...on }) => [on, comment],
  insert: ({ into, rows }) => [into, rows],
  update: ({ table, ...spec }) => [table, spec],
  upsert: ({ into, ...spec }) => [into, spec],
  delete: ({ from, ...spec }) => [from, spec],
  sql: (spec) => [spec],
};

/** A change as the call of the builder that makes it again. */
export function writeCall(change: Change): BuilderCall {
  const [[method, spec]] = Object.entries(writeChange(change)) as [[AuthoredKind, never]];
  const args = calls[method] as (spec: never) => readonly unknown[];
  return { method, args: args(spec) };
}

function unlessEmpty<T extends WhichSpec | object>(options: T): readonly [] | readonly [T] {
  return Object.keys(options).length === 0 ? [] : [options];
}
