import fc, { type Arbitrary } from 'fast-check';
import type { Change, ChangeKind, ColumnChange, CommentTarget, Constraint, ObjectReference, Of, Script } from '../../src/schema/index.ts';
import { standaloneObject } from './arbitrary-object.ts';
import { anyConstraint, column, constraints, defaultValue, generated, identity, index, table } from './arbitrary-table.ts';
import {
  columnType,
  text as comment,
  engines,
  extras,
  kind,
  mapping,
  name,
  names,
  namesOf,
  number,
  optional,
  qualifiedName,
  row,
  rows,
  rowValue,
  text,
  where,
  yes,
} from './arbitrary-value.ts';

const reference: Arbitrary<ObjectReference> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('view', 'sequence', 'enum', 'domain', 'composite', 'extension', 'namespace', 'opaque'),
    name: qualifiedName,
  }),
  fc.record({ kind: fc.constantFrom('trigger', 'policy'), name: qualifiedName, on: qualifiedName }),
  fc.record({ kind: kind('routine'), name: qualifiedName }),
  fc.record({ kind: kind('routine'), name: qualifiedName, arguments: text }),
) as Arbitrary<ObjectReference>;

const commentTarget: Arbitrary<CommentTarget> = fc.oneof(
  reference,
  fc.record({ kind: kind('table'), name: qualifiedName }),
  fc.record({ kind: fc.constantFrom('column' as const, 'constraint' as const, 'index' as const), table: qualifiedName, name }),
);

const orNull = <T>(value: Arbitrary<T>): Arbitrary<T | null> => fc.oneof(value, fc.constant(null));
const columnChange: Arbitrary<ColumnChange> = optional({
  type: columnType,
  nullable: fc.boolean(),
  default: orNull(defaultValue),
  identity: orNull(identity),
  generated: orNull(generated),
  collation: orNull(name),
  comment: orNull(comment),
  extras: orNull(extras),
}).filter((set) => Object.keys(set).length > 0);

const script: Arbitrary<Script> = fc.oneof(
  fc.record({ any: text }),
  fc.dictionary(fc.constantFrom('any', ...engines), text, { minKeys: 1, noNullPrototype: true }),
);
const madeNames = fc.constantFrom('plain', 'prefixed:30', 'prefixed:1');
const renaming = { table: qualifiedName, from: name, to: name };

/** Changes of every kind with any values at all; they fit no particular structure. */
export const changesByKind: { readonly [K in ChangeKind]: Arbitrary<Of<K>> } = {
  createTable: fc.record({ kind: kind('createTable'), table }),
  dropTable: fc.record({ kind: kind('dropTable'), table: qualifiedName }),
  renameTable: optional({ kind: kind('renameTable'), from: qualifiedName, to: qualifiedName, names: madeNames }, 'kind', 'from', 'to'),
  alterTable: fc.record({ kind: kind('alterTable'), table: qualifiedName, options: mapping(orNull(fc.oneof(text, number, fc.boolean()))) }),
  addColumn: optional({ kind: kind('addColumn'), table: qualifiedName, column, after: name }, 'kind', 'table', 'column'),
  dropColumn: fc.record({ kind: kind('dropColumn'), table: qualifiedName, name }),
  renameColumn: optional({ kind: kind('renameColumn'), ...renaming, names: madeNames }, 'kind', 'table', 'from', 'to'),
  alterColumn: optional(
    { kind: kind('alterColumn'), table: qualifiedName, name, set: columnChange, using: text },
    'kind',
    'table',
    'name',
    'set',
  ),
  addConstraint: fc.record({ kind: kind('addConstraint'), table: qualifiedName, constraint: anyConstraint(names) }),
  dropConstraint: fc.oneof(
    fc.record({ kind: kind('dropConstraint'), table: qualifiedName, name }),
    optional(
      {
        kind: kind('dropConstraint'),
        table: qualifiedName,
        name,
        type: fc.constantFrom(...(Object.keys(constraints) as Constraint['kind'][])),
        columns: names,
      },
      'kind',
      'table',
      'type',
    ),
  ),
  renameConstraint: fc.record({ kind: kind('renameConstraint'), ...renaming }),
  validateConstraint: fc.record({ kind: kind('validateConstraint'), table: qualifiedName, name }),
  createIndex: optional({ kind: kind('createIndex'), table: qualifiedName, index, concurrently: yes }, 'kind', 'table', 'index'),
  dropIndex: optional({ kind: kind('dropIndex'), table: qualifiedName, name, concurrently: yes }, 'kind', 'table', 'name'),
  renameIndex: fc.record({ kind: kind('renameIndex'), ...renaming }),
  createObject: fc.record({ kind: kind('createObject'), object: standaloneObject }),
  replaceObject: fc.record({ kind: kind('replaceObject'), object: standaloneObject }),
  dropObject: fc.record({ kind: kind('dropObject'), object: reference }),
  renameObject: fc.record({ kind: kind('renameObject'), object: reference, to: qualifiedName }),
  addEnumValue: fc.oneof(
    optional({ kind: kind('addEnumValue'), type: qualifiedName, value: text, before: text }, 'kind', 'type', 'value'),
    fc.record({ kind: kind('addEnumValue'), type: qualifiedName, value: text, after: text }),
  ),
  renameEnumValue: fc.record({ kind: kind('renameEnumValue'), type: qualifiedName, from: text, to: text }),
  setComment: fc.record({ kind: kind('setComment'), on: commentTarget, comment: orNull(comment) }),
  insertRows: fc.oneof(
    fc.record({ kind: kind('insertRows'), table: qualifiedName, rows }),
    rows.chain((given) =>
      fc.record({ kind: kind('insertRows'), table: qualifiedName, rows: fc.constant(given), names: namesOf(given.length) }),
    ),
  ),
  updateRows: optional(
    { kind: kind('updateRows'), table: qualifiedName, set: mapping(rowValue, 1), where, was: row, keep: fc.constant(false as const) },
    'kind',
    'table',
    'set',
    'where',
  ),
  upsertRows: fc.record({ kind: kind('upsertRows'), table: qualifiedName, row: mapping(rowValue, 1) }).map(({ row: one, ...rest }) => ({
    ...rest,
    key: Object.keys(one).slice(0, 2),
    rows: [one],
  })),
  deleteRows: optional(
    { kind: kind('deleteRows'), table: qualifiedName, where, rows: fc.array(row, { maxLength: 2 }), keep: fc.constant(false as const) },
    'kind',
    'table',
    'where',
  ),
  sql: optional({ kind: kind('sql'), up: script, down: script }, 'kind', 'up'),
};

/** Any change of any kind. */
export const change: Arbitrary<Change> = fc.oneof(...(Object.values(changesByKind) as Arbitrary<Change>[]));
