import { indexFault } from './apply-index.ts';
import { nameTaken } from './apply-names.ts';
import type { Of } from './change.ts';
import { renameIn } from './expression.ts';
import { type Constraint, isAbsent, referenceTo, type Schema, type SchemaObject, type Table, tableOf, tablesOf } from './model.ts';
import { formatName, type Key, keyOf, type Name, type ObjectReference, type QualifiedName, sameName, tableKey } from './names.ts';
import { type Apply, editTable, noSuchColumn, noSuchTable, put, type Refusal, refuse, without } from './refusal.ts';

type TableKinds =
  | 'createTable'
  | 'dropTable'
  | 'renameTable'
  | 'alterTable'
  | 'addConstraint'
  | 'dropConstraint'
  | 'renameConstraint'
  | 'validateConstraint';

export const applyTable: Pick<Apply, TableKinds> = {
  createTable: (schema, { table }) => nameTaken(schema, referenceTo(table)) ?? faultIn(schema, table) ?? put(schema, table),

  dropTable: (schema, { table: name }) => {
    const table = tableOf(schema, name);
    if (table === undefined) return isAbsent(schema, tableKey(name)) ? noSuchTable(schema, name) : schema;
    const child = tablesOf(schema).find((other) => other !== table && other.constraints.some((c) => pointsTo(c, name)));
    if (child !== undefined) {
      return refuse(`table "${formatName(name)}" is referenced by a foreign key of "${formatName(child.name)}"`);
    }
    return without(schema, [tableKey(name), ...belongings(schema, { kind: 'table', name })]);
  },

  renameTable: (schema, { from, to }) => {
    const table = tableOf(schema, from);
    if (table === undefined) return isAbsent(schema, tableKey(from)) ? noSuchTable(schema, from) : schema;
    return nameTaken(schema, { kind: 'table', name: to }) ?? renamedTable(schema, table, to);
  },

  alterTable: (schema, { table: name, options }) =>
    editTable(schema, name, (table) => {
      const next: Record<string, string | number | boolean> = { ...table.options };
      for (const [option, value] of Object.entries(options)) {
        if (value === null) delete next[option];
        else next[option] = value;
      }
      return { ...table, options: next };
    }),

  addConstraint: (schema, { table: name, constraint }) =>
    editTable(schema, name, (table) => {
      if (constraint.name !== undefined && table.constraints.some((existing) => existing.name === constraint.name)) {
        return refuse(`table "${formatName(name)}" already has a constraint "${constraint.name}"`);
      }
      if (constraint.kind === 'primaryKey' && table.constraints.some((existing) => existing.kind === 'primaryKey')) {
        return refuse(`table "${formatName(name)}" already has a primary key`);
      }
      return constraintFault(schema, table, constraint) ?? withConstraint(table, constraint);
    }),

  dropConstraint: (schema, change) =>
    editTable(schema, change.table, (table) => {
      const found = findConstraint(table, change);
      if (found === undefined) return refuse(`table "${formatName(change.table)}" has no such constraint${named(change.name)}`);
      return neededKey(schema, table, [found]) ?? { ...table, constraints: table.constraints.filter((constraint) => constraint !== found) };
    }),

  renameConstraint: (schema, { table: name, from, to }) =>
    editTable(schema, name, (table) => {
      if (table.constraints.some((constraint) => constraint.name === to)) {
        return refuse(`table "${formatName(name)}" already has a constraint "${to}"`);
      }
      if (!table.constraints.some((constraint) => constraint.name === from)) {
        return refuse(`table "${formatName(name)}" has no constraint "${from}"`);
      }
      return {
        ...table,
        constraints: table.constraints.map((constraint) => (constraint.name === from ? { ...constraint, name: to } : constraint)),
      };
    }),

  validateConstraint: (schema, { table: name, name: constraintName }) =>
    editTable(schema, name, (table) => {
      if (!table.constraints.some((constraint) => constraint.name === constraintName)) {
        return refuse(`table "${formatName(name)}" has no constraint "${constraintName}"`);
      }
      return {
        ...table,
        constraints: table.constraints.map((constraint) => {
          if (constraint.name !== constraintName || !('notValid' in constraint)) return constraint;
          const { notValid: _, ...valid } = constraint;
          return valid;
        }),
      };
    }),
};

/** The constraint that a `dropConstraint` means: by its name, or by kind and all that is said of it, one without a name before one with. */
export function findConstraint(table: Table, wanted: Omit<Of<'dropConstraint'>, 'kind' | 'table'>): Constraint | undefined {
  if (wanted.name !== undefined) {
    const byName = table.constraints.find((constraint) => constraint.name === wanted.name);
    if (byName !== undefined) return byName;
  }
  if (wanted.type === undefined) return undefined;
  const fitting = table.constraints.filter(
    (constraint) =>
      constraint.kind === wanted.type &&
      (wanted.columns === undefined || ('columns' in constraint && constraint.columns.join('\0') === wanted.columns.join('\0'))) &&
      (wanted.references === undefined || pointsTo(constraint, wanted.references)),
  );
  const unnamed = fitting.filter((constraint) => constraint.name === undefined);
  const { sql } = wanted;
  // An engine may have spelled the text in its own way, so it only decides between several.
  if (sql !== undefined && unnamed.length > 1) {
    const said = (text: string): string => text.replaceAll(/["`\s]/g, '');
    return unnamed.find((one) => one.kind === 'check' && said(one.sql) === said(sql));
  }
  return unnamed[0] ?? (wanted.name === undefined ? fitting[0] : undefined);
}

/**
 * Keys of what goes when an object goes: triggers, policies and owned sequences of a table, what only the engine understands and says that
 * it depends on it, and what goes with these.
 */
export function belongings(schema: Schema, reference: ObjectReference): readonly Key[] {
  const gone: { readonly key: Key; readonly reference: ObjectReference }[] = [{ key: keyOf(reference), reference }];
  for (const owner of gone) {
    for (const [key, object] of schema.objects) {
      if (belongsTo(object, owner) && gone.every((other) => other.key !== key)) gone.push({ key, reference: referenceTo(object) });
    }
  }
  return gone.slice(1).map(({ key }) => key);
}

function belongsTo(object: SchemaObject, { key, reference }: { readonly key: Key; readonly reference: ObjectReference }): boolean {
  if (object.kind === 'opaque') return object.dependsOn?.includes(key) === true;
  if (reference.kind !== 'table' && reference.kind !== 'view') return false;
  if (object.kind === 'trigger' || object.kind === 'policy') return sameName(object.on, reference.name);
  return object.kind === 'sequence' && object.ownedBy !== undefined && sameName(object.ownedBy.table, reference.name);
}

function withConstraint(table: Table, constraint: Constraint): Table {
  const columns =
    constraint.kind === 'primaryKey'
      ? table.columns.map((column) => (constraint.columns.includes(column.name) ? { ...column, nullable: false } : column))
      : table.columns;
  return { ...table, columns, constraints: [...table.constraints, constraint] };
}

function faultIn(schema: Schema, table: Table): Refusal | undefined {
  const fault = twice(table, 'columns') ?? twice(table, 'constraints') ?? twice(table, 'indexes');
  if (fault !== undefined) return fault;
  if (table.constraints.filter((constraint) => constraint.kind === 'primaryKey').length > 1) {
    return refuse(`table "${formatName(table.name)}" has two primary keys`);
  }
  for (const constraint of table.constraints) {
    const fault = constraintFault(schema, table, constraint);
    if (fault !== undefined) return fault;
  }
  for (const index of table.indexes) {
    const fault = indexFault(table, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function twice(table: Table, list: 'columns' | 'constraints' | 'indexes'): Refusal | undefined {
  const seen = new Set<Name>();
  for (const { name } of table[list] as readonly { readonly name?: Name }[]) {
    if (name !== undefined && seen.has(name)) return refuse(`table "${formatName(table.name)}" has two ${list} "${name}"`);
    if (name !== undefined) seen.add(name);
  }
  return undefined;
}

function constraintFault(schema: Schema, table: Table, constraint: Constraint): Refusal | undefined {
  if ('columns' in constraint) {
    const missing = constraint.columns.find((name) => !table.columns.some((column) => column.name === name));
    if (missing !== undefined) return noSuchColumn(table, missing);
  }
  if (constraint.kind !== 'foreignKey') return undefined;
  const { table: target, columns } = constraint.references;
  const parent = sameName(target, table.name) ? table : tableOf(schema, target);
  if (parent === undefined) return isAbsent(schema, tableKey(target)) ? noSuchTable(schema, target) : undefined;
  const missing = columns.find((name) => !parent.columns.some((column) => column.name === name));
  return missing === undefined ? undefined : noSuchColumn(parent, missing);
}

function pointsTo(constraint: Constraint, table: QualifiedName): boolean {
  return constraint.kind === 'foreignKey' && sameName(constraint.references.table, table);
}

/** Refuses that constraints of a table go when a foreign key that stays needs one of them, and no other key takes its place. */
export function neededKey(schema: Schema, table: Table, going: readonly Constraint[]): Refusal | undefined {
  const text = (columns: readonly Name[]): string => [...columns].sort().join('\0');
  const keysAmong = (constraints: readonly Constraint[]): readonly string[] =>
    constraints.flatMap((one) => (one.kind === 'primaryKey' || one.kind === 'unique' ? [text(one.columns)] : []));
  const uniqueIndexes = table.indexes.filter((index) => index.unique).map((index) => text(index.parts.map((part) => part.column ?? '')));
  const staying = new Set([...keysAmong(table.constraints.filter((one) => !going.includes(one))), ...uniqueIndexes]);
  const lost = new Set(keysAmong(going).filter((key) => !staying.has(key)));
  const needs = (one: Constraint): boolean =>
    one.kind === 'foreignKey' && sameName(one.references.table, table.name) && lost.has(text(one.references.columns));
  const child = tablesOf(schema).find((other) => other.constraints.some((one) => needs(one) && !going.includes(one)));
  if (child === undefined) return undefined;
  return refuse(`a foreign key of "${formatName(child.name)}" needs that key of "${formatName(table.name)}"`);
}

function renamedTable(schema: Schema, table: Table, to: QualifiedName): Schema {
  let next = put(without(schema, [tableKey(table.name)]), { ...table, name: to });
  for (const object of [...next.objects.values()]) {
    const followed = followRename(object, table.name, to);
    if (followed === object) continue;
    next = put(without(next, [keyOf(referenceTo(object))]), followed);
  }
  return next;
}

/** An object as it is when a table, or a view with triggers, has another name. */
export function followRename(object: SchemaObject, from: QualifiedName, to: QualifiedName): SchemaObject {
  switch (object.kind) {
    case 'table':
      if (!object.constraints.some((constraint) => pointsTo(constraint, from))) return object;
      return {
        ...object,
        constraints: object.constraints.map((constraint) =>
          constraint.kind === 'foreignKey' && sameName(constraint.references.table, from)
            ? { ...constraint, references: { ...constraint.references, table: to } }
            : constraint,
        ),
      };
    case 'trigger':
      return sameName(object.on, from) ? { ...object, on: to, definition: renameIn(object.definition, from.name, to.name) } : object;
    case 'policy':
      return sameName(object.on, from) ? { ...object, on: to } : object;
    case 'sequence':
      return object.ownedBy !== undefined && sameName(object.ownedBy.table, from)
        ? { ...object, ownedBy: { ...object.ownedBy, table: to } }
        : object;
    default:
      return object;
  }
}

function named(name: Name | undefined): string {
  return name === undefined ? '' : ` "${name}"`;
}

/** The change that drops a constraint: by its name, and without one by all that it says. */
export function dropOf(constraint: Constraint, table: QualifiedName): Of<'dropConstraint'> {
  const { kind, name } = constraint;
  return {
    kind: 'dropConstraint',
    table,
    ...(name === undefined ? {} : { name }),
    type: kind,
    ...('columns' in constraint ? { columns: constraint.columns } : {}),
    ...(kind === 'check' && name === undefined ? { sql: constraint.sql } : {}),
    ...(kind === 'foreignKey' && name === undefined ? { references: constraint.references.table } : {}),
  };
}
