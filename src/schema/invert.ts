import { canonicalJson } from '../base/index.ts';
import { apply } from './apply.ts';
import { affectedBy, ownedSequences } from './apply-column.ts';
import { belongings, dropOf, findConstraint } from './apply-table.ts';
import type { Change, ChangeKind, ColumnChange, CommentTarget, Of } from './change.ts';
import { asMeant } from './meant.ts';
import { referenceTo, type Schema, tableOf } from './model.ts';
import { formatName, type Key, keyOf, type QualifiedName } from './names.ts';
import type { Irreversible } from './refusal.ts';
import type { Row, Where } from './types.ts';

type Inverse = readonly Change[] | Irreversible;
type Invert = { readonly [K in ChangeKind]: (change: Of<K>, before: Schema) => Inverse };

const unknownTable = (table: QualifiedName): Irreversible => ({
  irreversible: `how "${formatName(table)}" looked before is not known`,
});

const handlers: Invert = {
  createTable: ({ table }) => [{ kind: 'dropTable', table: table.name }],

  dropTable: ({ table: name }, before) => {
    const table = tableOf(before, name);
    if (table === undefined) return unknownTable(name);
    const rest = created(before, belongings(before, { kind: 'table', name }));
    const sequences = rest.filter((change) => change.kind === 'createObject' && change.object.kind === 'sequence');
    return [{ kind: 'createTable', table }, ...sequences, ...rest.filter((change) => !sequences.includes(change))];
  },

  renameTable: ({ from, to }) => [{ kind: 'renameTable', from: to, to: from }],

  alterTable: ({ table: name, options }, before) => {
    const table = tableOf(before, name);
    if (table === undefined) return unknownTable(name);
    const previous = Object.fromEntries(Object.keys(options).map((option) => [option, table.options[option] ?? null]));
    return [{ kind: 'alterTable', table: name, options: previous }];
  },

  addColumn: ({ table, column }) => [{ kind: 'dropColumn', table, name: column.name }],

  dropColumn: ({ table: tableName, name }, before) => {
    const table = tableOf(before, tableName);
    const at = table?.columns.findIndex((column) => column.name === name) ?? -1;
    const column = table?.columns[at];
    if (table === undefined || column === undefined) return unknownTable(tableName);
    const { constraints, indexes } = affectedBy(table, name);
    return [
      { kind: 'addColumn', table: tableName, column },
      ...created(before, ownedSequences(before, tableName, name)),
      ...constraints.map((constraint): Change => ({ kind: 'addConstraint', table: tableName, constraint })),
      ...indexes.map((index): Change => ({ kind: 'createIndex', table: tableName, index })),
    ];
  },

  renameColumn: ({ table, from, to }) => [{ kind: 'renameColumn', table, from: to, to: from }],

  alterColumn: ({ table: tableName, name, set }, before) => {
    const column = tableOf(before, tableName)?.columns.find((existing) => existing.name === name);
    if (column === undefined) return unknownTable(tableName);
    const current = column as unknown as Readonly<Record<string, unknown>>;
    const previous = Object.fromEntries(Object.keys(set).map((property) => [property, current[property] ?? null]));
    return [{ kind: 'alterColumn', table: tableName, name, set: previous as ColumnChange }];
  },

  addConstraint: (change, before) => {
    const { table, constraint } = change;
    const drop = dropOf(constraint, table);
    const after = apply(before, change);
    const owner = 'refused' in after ? undefined : tableOf(after, table);
    const found = owner === undefined ? constraint : findConstraint(owner, drop);
    if (canonicalJson(found) !== canonicalJson(constraint)) {
      return { irreversible: `a ${constraint.kind} without a name cannot be told from another one of "${formatName(table)}"` };
    }
    if (constraint.kind !== 'primaryKey') return [drop];
    // A primary key makes its columns NOT NULL, and they stay so when it is dropped.
    const opened = (tableOf(before, table)?.columns ?? []).filter((column) => column.nullable && constraint.columns.includes(column.name));
    return [drop, ...opened.map((column): Change => ({ kind: 'alterColumn', table, name: column.name, set: { nullable: true } }))];
  },

  dropConstraint: (change, before) => {
    const table = tableOf(before, change.table);
    const constraint = table === undefined ? undefined : findConstraint(table, change);
    if (constraint === undefined) return unknownTable(change.table);
    return [{ kind: 'addConstraint', table: change.table, constraint }];
  },

  renameConstraint: ({ table, from, to }) => [{ kind: 'renameConstraint', table, from: to, to: from }],

  validateConstraint: ({ table: tableName, name }, before) => {
    const constraint = tableOf(before, tableName)?.constraints.find((existing) => existing.name === name);
    if (constraint === undefined) return unknownTable(tableName);
    if (!('notValid' in constraint)) return [];
    return [
      { kind: 'dropConstraint', table: tableName, name, type: constraint.kind },
      { kind: 'addConstraint', table: tableName, constraint },
    ];
  },

  createIndex: ({ table, index, concurrently }) => [
    { kind: 'dropIndex', table, name: index.name, ...(concurrently === undefined ? {} : { concurrently }) },
  ],

  dropIndex: ({ table: tableName, name, concurrently }, before) => {
    const view = before.objects.get(keyOf({ kind: 'view', name: tableName }));
    const indexes = tableOf(before, tableName)?.indexes ?? (view?.kind === 'view' ? view.indexes : undefined);
    const index = indexes?.find((existing) => existing.name === name);
    if (index === undefined) return unknownTable(tableName);
    return [{ kind: 'createIndex', table: tableName, index, ...(concurrently === undefined ? {} : { concurrently }) }];
  },

  renameIndex: ({ table, from, to }) => [{ kind: 'renameIndex', table, from: to, to: from }],

  createObject: ({ object }) => [{ kind: 'dropObject', object: referenceTo(object) }],

  replaceObject: ({ object }, before) => {
    const previous = before.objects.get(keyOf(referenceTo(object)));
    if (previous !== undefined && previous.kind !== 'table') return [{ kind: 'replaceObject', object: previous }];
    if (before.scope === 'all') return [{ kind: 'dropObject', object: referenceTo(object) }];
    return { irreversible: `how ${object.kind} "${formatName(object.name)}" looked before is not known` };
  },

  dropObject: ({ object: reference }, before) => {
    const object = before.objects.get(keyOf(reference));
    if (object === undefined || object.kind === 'table') {
      return { irreversible: `how ${reference.kind} "${formatName(reference.name)}" looked before is not known` };
    }
    return [{ kind: 'createObject', object }, ...created(before, belongings(before, reference))];
  },

  renameObject: ({ object, to }) => [{ kind: 'renameObject', object: { ...object, name: to }, to: object.name }],

  addEnumValue: ({ type, value }) => ({
    irreversible: `the value "${value}" cannot be taken out of enum type "${formatName(type)}" again`,
  }),

  renameEnumValue: ({ type, from, to }) => [{ kind: 'renameEnumValue', type, from: to, to: from }],

  setComment: ({ on }, before) => {
    const comment = commentOf(on, before);
    if (comment === undefined) return { irreversible: 'the comment before is not known' };
    return [{ kind: 'setComment', on, comment }];
  },

  insertRows: ({ table, rows }, before) => {
    const known = tableOf(before, table);
    const key = known?.constraints.find((constraint) => constraint.kind === 'primaryKey' || constraint.kind === 'unique');
    const keys = (known?.constraints ?? []).flatMap((constraint) =>
      constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? [constraint.columns] : [],
    );
    const columns = keys.find((candidate) => rows.every((row) => candidate.every((column) => isPlain(row[column]))));
    if (columns === undefined) {
      const why = key === undefined ? 'no key of it is known' : 'the rows do not give the values of a key';
      return { irreversible: `rows inserted into "${formatName(table)}" cannot be told apart later: ${why}` };
    }
    return rows.map((row): Change => ({ kind: 'deleteRows', table, where: { equals: pick(row, columns) }, rows: [row] }));
  },

  updateRows: ({ table, set, where, was }) => {
    if (was === undefined) return { irreversible: `the values of "${formatName(table)}" before the update are not kept` };
    return [{ kind: 'updateRows', table, set: was, where: whereAfter(where, set), was: set }];
  },

  upsertRows: ({ table }) => ({ irreversible: `whether rows of "${formatName(table)}" were there before the upsert is not kept` }),

  deleteRows: ({ table, rows }) =>
    rows === undefined
      ? { irreversible: `the rows deleted from "${formatName(table)}" are not kept` }
      : [{ kind: 'insertRows', table, rows }],

  sql: ({ up, down }) =>
    down === undefined ? { irreversible: 'SQL has a way back only when it is written down' } : [{ kind: 'sql', up: down, down: up }],
};

/** The changes that lead back, given the structure before; or why there is no way back. */
export function invert(change: Change, before: Schema): Inverse {
  const meant = asMeant(change, before);
  const handler = handlers[meant.kind] as (change: Change, before: Schema) => Inverse;
  return handler(meant, before);
}

/** The way back of a list: each inverse seen from the structure it met, in reverse order. The first change without one decides. */
export function invertAll(changes: readonly Change[], before: Schema): Inverse {
  const inverses: (readonly Change[])[] = [];
  let current = before;
  for (const change of changes) {
    const inverse = invert(change, current);
    if ('irreversible' in inverse) return inverse;
    inverses.unshift(inverse);
    const next = apply(current, change);
    if (!('refused' in next)) current = next;
  }
  return inverses.flat();
}

/** Creates objects again, as they were. */
function created(before: Schema, keys: readonly Key[]): readonly Change[] {
  return keys.flatMap((key): Change[] => {
    const object = before.objects.get(key);
    return object === undefined || object.kind === 'table' ? [] : [{ kind: 'createObject', object }];
  });
}

function commentOf(on: CommentTarget, before: Schema): string | null | undefined {
  if (!('table' in on)) {
    const object = before.objects.get(keyOf(on));
    return object === undefined ? undefined : (object.comment ?? null);
  }
  const view = before.objects.get(keyOf({ kind: 'view', name: on.table }));
  const owner =
    tableOf(before, on.table) ?? (view?.kind === 'view' ? { columns: [], constraints: [], indexes: view.indexes ?? [] } : undefined);
  if (owner === undefined) return undefined;
  const items: readonly { readonly name?: string; readonly comment?: string }[] =
    on.kind === 'column' ? owner.columns : on.kind === 'index' ? owner.indexes : owner.constraints;
  return items.find((item) => item.name === on.name)?.comment ?? null;
}

function isPlain(value: Row[string] | undefined): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || value instanceof Uint8Array || 'reference' in value;
}

function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

/** Where the rows are found after an update that may have changed what they were found by. */
function whereAfter(where: Where, set: Row): Where {
  if ('sql' in where) return where;
  return { equals: Object.fromEntries(Object.entries(where.equals).map(([column, value]) => [column, set[column] ?? value])) };
}
