import type { Change, ChangeKind, CommentTarget, MadeNames, Of, Script, StandaloneObject } from '../change.ts';
import type { Domain, View } from '../model.ts';
import { formatName, type ObjectReference } from '../names.ts';
import { arranged } from './arrange.ts';
import { domainCheckName } from './naming.ts';
import { nameable } from './read-index.ts';
import { objectWords } from './read-object.ts';
import type { NameText } from './spec.ts';
import type { ChangeSpec, CommentSpec, FollowSpec, ScriptSpec } from './spec-change.ts';
import type { DomainSpec, ObjectNameSpec, ObjectSpecs, ObjectWord, ViewSpec } from './spec-object.ts';
import { columnOfTableText, given } from './spot.ts';
import { hasPolicyName, writeColumn, writeColumnSet, writeConstraint, writeIndex, writeTable } from './write-table.ts';
import { writeTypeParts } from './write-type.ts';
import { writeDefault, writeRow, writeRows, writeWhere } from './write-value.ts';

type Write = { readonly [K in ChangeKind]: (change: Of<K>) => ChangeSpec };

const writers: Write = {
  createTable: ({ table }) => ({ createTable: writeTable(table) }),
  dropTable: ({ table }) => ({ dropTable: formatName(table) }),
  renameTable: ({ from, to, names }) => ({ renameTable: { from: formatName(from), to: formatName(to), ...writeFollow(names) } }),
  alterTable: ({ table, options }) => ({ alterTable: { table: formatName(table), options } }),
  addColumn: ({ table, column, after }) => ({
    addColumn: { table: formatName(table), ...writeColumn(column, false), ...given({ after }) },
  }),
  dropColumn: ({ table, name }) => ({ dropColumn: { table: formatName(table), name } }),
  renameColumn: ({ table, from, to, names }) => ({ renameColumn: { table: formatName(table), from, to, ...writeFollow(names) } }),
  alterColumn: ({ table, name, set, using }) => ({
    alterColumn: { table: formatName(table), name, set: writeColumnSet(set), ...given({ using }) },
  }),
  addConstraint: ({ table, constraint }) => {
    const spec = writeConstraint(constraint, !hasPolicyName({ table, columns: [] }, constraint, constraint.name));
    return { addConstraint: { table: formatName(table), [constraint.kind]: spec } } as ChangeSpec;
  },
  dropConstraint: ({ table, name, type, columns, sql, references }) => ({
    dropConstraint: {
      table: formatName(table),
      ...given({ name, type, columns, sql, references: references && formatName(references) }),
    },
  }),
  renameConstraint: ({ table, from, to }) => ({ renameConstraint: { table: formatName(table), from, to } }),
  validateConstraint: ({ table, name }) => ({ validateConstraint: { table: formatName(table), name } }),
  createIndex: ({ table, index, concurrently }) => {
    const spec = writeIndex(index, !hasPolicyName({ table, columns: [] }, nameable(index), index.name));
    return { createIndex: { table: formatName(table), ...spec, ...given({ concurrently }) } };
  },
  dropIndex: ({ table, name, concurrently }) => ({ dropIndex: { table: formatName(table), name, ...given({ concurrently }) } }),
  renameIndex: ({ table, from, to }) => ({ renameIndex: { table: formatName(table), from, to } }),

  createObject: ({ object }) => entry(`create${objectWords[object.kind]}`, writeObject(object)),
  replaceObject: ({ object }) => entry(`replace${objectWords[object.kind]}`, writeObject(object)),
  dropObject: ({ object }) => {
    if (object.kind === 'table') return { dropTable: formatName(object.name) };
    return entry(`drop${objectWords[object.kind]}`, writeReference(object));
  },
  renameObject: ({ object, to }) => {
    if (object.kind === 'table') return { renameTable: { from: formatName(object.name), to: formatName(to), ...writeFollow(undefined) } };
    return entry(`rename${objectWords[object.kind]}`, { ...writeWhich(object), to: formatName(to) });
  },
  addEnumValue: ({ type, value, before, after }) => ({ addEnumValue: { type: formatName(type), value, ...given({ before, after }) } }),
  renameEnumValue: ({ type, from, to }) => ({ renameEnumValue: { type: formatName(type), from, to } }),
  setComment: ({ on, comment }) => ({ setComment: { ...writeTarget(on), comment } }),

  insertRows: ({ table, rows, names }) => ({ insert: { into: formatName(table), rows: writeRows(rows, names) } }),
  updateRows: ({ table, set, where, was, keep }) => ({
    update: { table: formatName(table), set: writeRow(set), where: writeWhere(where), ...given({ was: was && writeRow(was), keep }) },
  }),
  upsertRows: ({ table, key, rows, names, keep }) => ({
    upsert: { into: formatName(table), key, rows: writeRows(rows, names), ...given({ keep }) },
  }),
  deleteRows: ({ table, where, rows, keep }) => ({
    delete: { from: formatName(table), where: writeWhere(where), ...given({ rows: rows?.map(writeRow), keep }) },
  }),
  sql: ({ up, down }) => ({ sql: down === undefined ? writeScript(up) : { up: writeScript(up), down: writeScript(down) } }),
};

/** A change as an author would write it: minimal, the same for equal changes. Reading it gives the change again. */
export function writeChange(change: Change): ChangeSpec {
  const writer = writers[change.kind] as (change: Change) => ChangeSpec;
  return writer(change);
}

type WriteObject = {
  readonly [K in StandaloneObject['kind']]: (
    object: Extract<StandaloneObject, { readonly kind: K }>,
  ) => Omit<ObjectSpecs[(typeof objectWords)[K]], 'name'>;
};

const objectWriters: WriteObject = {
  view: writeView,
  sequence: ({ kind: _, name: __, ownedBy, ...rest }) => ({
    ...rest,
    ...given({ ownedBy: ownedBy && columnOfTableText(ownedBy.table, ownedBy.column) }),
  }),
  enum: own,
  domain: writeDomain,
  composite: ({ kind: _, name: __, attributes, ...rest }) => ({
    attributes: attributes.map(({ name, type, ...others }) => ({ name, ...writeTypeParts(type), ...others })),
    ...rest,
  }),
  routine: own,
  trigger: (object) => ({ ...own(object), on: formatName(object.on) }),
  policy: (object) => ({ ...own(object), on: formatName(object.on) }),
  extension: own,
  namespace: own,
  opaque: own,
};

function writeObject(object: StandaloneObject): ObjectSpecs[ObjectWord] {
  const writer = objectWriters[object.kind] as (object: StandaloneObject) => object;
  return arranged({ name: formatName(object.name), ...writer(object) }) as ObjectSpecs[ObjectWord];
}

/** What an object has beside its kind and name, where it is written as it is kept. */
function own<T extends StandaloneObject>({ kind: _, name: __, ...rest }: T): Omit<T, 'kind' | 'name'> {
  return rest;
}

function writeView({ kind: _, name, indexes, ...rest }: View): Omit<ViewSpec, 'name'> {
  const written = indexes?.map((index) => {
    const twin = indexes.some((other) => other !== index && other.name === index.name);
    return writeIndex(index, twin || !hasPolicyName({ table: name, columns: [] }, nameable(index), index.name));
  });
  return { ...rest, ...given({ indexes: written }) };
}

function writeDomain({ kind: _, name, type, nullable, default: value, checks, ...rest }: Domain): Omit<DomainSpec, 'name'> {
  const byPolicy = domainCheckName(name, new Set());
  const alone = checks.filter((check) => check.name === byPolicy).length === 1;
  return {
    ...writeTypeParts(type),
    ...rest,
    ...given({
      nullable: nullable ? undefined : false,
      default: value && writeDefault(value, type),
      checks: checks.length === 0 ? undefined : checks.map((check) => (alone && check.name === byPolicy ? check.sql : arranged(check))),
    }),
  };
}

function writeReference(reference: ObjectReference): NameText | ObjectNameSpec {
  const spec = writeWhich(reference);
  return Object.keys(spec).length === 1 ? spec.name : spec;
}

function writeWhich({ name, on, arguments: signature }: ObjectReference): ObjectNameSpec {
  return { name: formatName(name), ...given({ on: on && formatName(on), arguments: signature }) };
}

function writeTarget(on: CommentTarget): Omit<CommentSpec, 'comment'> {
  if ('table' in on) return { on: on.kind, table: formatName(on.table), name: on.name };
  return { on: on.kind, name: formatName(on.name), ...given({ table: on.on && formatName(on.on), arguments: on.arguments }) };
}

function writeScript(script: Script): ScriptSpec {
  const { any, ...others } = script;
  return any !== undefined && Object.keys(others).length === 0 ? any : script;
}

function entry(kind: string, spec: unknown): ChangeSpec {
  return { [kind]: spec } as unknown as ChangeSpec;
}

/** Where no policy is said, names made in the plain style follow. */
function writeFollow(names: MadeNames | undefined): FollowSpec {
  return names === 'plain' ? {} : { names: names ?? 'keep' };
}
