import { neededKey } from './apply-table.ts';
import type { ColumnChange, Of } from './change.ts';
import { mentions, renameIn } from './expression.ts';
import { type Column, type Constraint, type Index, type Schema, type Table, tableOf, tablesOf } from './model.ts';
import { formatName, type Key, type Name, type QualifiedName, sameName } from './names.ts';
import { type Apply, editTable, noSuchColumn, put, type Refusal, refuse, without } from './refusal.ts';

type ColumnKinds = 'addColumn' | 'dropColumn' | 'renameColumn' | 'alterColumn';

export const applyColumn: Pick<Apply, ColumnKinds> = {
  addColumn: (schema, { table: name, column, after }) =>
    editTable(schema, name, (table) => {
      if (table.columns.some((existing) => existing.name === column.name)) {
        return refuse(`table "${formatName(name)}" already has a column "${column.name}"`);
      }
      if (after === undefined) return { ...table, columns: [...table.columns, column] };
      const at = table.columns.findIndex((existing) => existing.name === after);
      return at < 0 ? noSuchColumn(table, after) : { ...table, columns: table.columns.toSpliced(at + 1, 0, column) };
    }),

  dropColumn: (schema, { table: tableName, name }) => {
    const dropped = editTable(schema, tableName, (table) => {
      if (!table.columns.some((column) => column.name === name)) return noSuchColumn(table, name);
      if (table.columns.length === 1) return refuse(`"${name}" is the only column of "${formatName(tableName)}"; drop the table instead`);
      const generated = table.columns.find((column) => column.name !== name && mentions(column.generated?.sql ?? '', name));
      if (generated !== undefined) return refuse(`column "${generated.name}" is computed from "${name}"`);
      const child = tablesOf(schema).find((other) => other !== table && other.constraints.some((c) => needsColumn(c, table, name)));
      if (child !== undefined) return refuse(`column "${name}" is referenced by a foreign key of "${formatName(child.name)}"`);
      const { constraints, indexes } = affectedBy(table, name);
      const needed = neededKey(schema, table, constraints);
      if (needed !== undefined) return needed;
      return {
        ...table,
        columns: table.columns.filter((column) => column.name !== name),
        constraints: table.constraints.filter((constraint) => !constraints.includes(constraint)),
        indexes: table.indexes.filter((index) => !indexes.includes(index)),
      };
    });
    return 'refused' in dropped ? dropped : without(dropped, ownedSequences(dropped, tableName, name));
  },

  renameColumn: (schema, { table: tableName, from, to }) => {
    const renamed = editTable(schema, tableName, (table) => {
      if (!table.columns.some((column) => column.name === from)) return noSuchColumn(table, from);
      if (table.columns.some((column) => column.name === to)) {
        return refuse(`table "${formatName(tableName)}" already has a column "${to}"`);
      }
      return renameColumnIn(table, from, to);
    });
    return 'refused' in renamed ? renamed : followInOthers(renamed, tableName, from, to);
  },

  alterColumn: (schema, { table: tableName, name, set }) =>
    editTable(schema, tableName, (table): Table | Refusal => {
      const column = table.columns.find((existing) => existing.name === name);
      if (column === undefined) return noSuchColumn(table, name);
      return { ...table, columns: table.columns.map((existing) => (existing === column ? alteredColumn(column, set) : existing)) };
    }),
};

/** Whether a change lets a column of the primary key be empty, which most engines refuse. */
export function emptiesKey({ table: owner, name, set }: Of<'alterColumn'>, before: Schema): boolean {
  const keys = (tableOf(before, owner)?.constraints ?? []).filter((constraint) => constraint.kind === 'primaryKey');
  return set.nullable === true && keys.some(({ columns }) => columns.includes(name));
}

/** The column with the properties of a change put in; `null` takes one away. */
export function alteredColumn(column: Column, set: ColumnChange): Column {
  const next: Record<string, unknown> = { ...column };
  for (const [property, value] of Object.entries(set)) {
    if (value === null) delete next[property];
    else if (value !== undefined) next[property] = value;
  }
  return next as unknown as Column;
}

/** The keys, checks and indexes that cannot stay when a column goes: they go with it, on every engine. */
export function affectedBy(
  table: Table,
  column: Name,
): { readonly constraints: readonly Constraint[]; readonly indexes: readonly Index[] } {
  return {
    constraints: table.constraints.filter((constraint) => constraintUses(constraint, table, column)),
    indexes: table.indexes.filter((index) => indexUses(index, column)),
  };
}

/** Keys of the sequences that go when a column goes. */
export function ownedSequences(schema: Schema, table: QualifiedName, column: Name): readonly Key[] {
  return [...schema.objects].flatMap(([key, object]) =>
    object.kind === 'sequence' && object.ownedBy?.column === column && sameName(object.ownedBy.table, table) ? [key] : [],
  );
}

function constraintUses(constraint: Constraint, table: Table, column: Name): boolean {
  switch (constraint.kind) {
    case 'check':
      return mentions(constraint.sql, column);
    case 'exclude':
      return mentions(constraint.where ?? '', column) || constraint.elements.some((element) => mentions(element.sql, column));
    case 'foreignKey':
      return (
        constraint.columns.includes(column) ||
        (sameName(constraint.references.table, table.name) && constraint.references.columns.includes(column))
      );
    default:
      return constraint.columns.includes(column) || (constraint.include ?? []).includes(column);
  }
}

function indexUses(index: Index, column: Name): boolean {
  return (
    (index.include ?? []).includes(column) ||
    mentions(index.where ?? '', column) ||
    index.parts.some((part) => part.column === column || mentions(part.sql ?? '', column))
  );
}

function needsColumn(constraint: Constraint, table: Table, column: Name): boolean {
  return (
    constraint.kind === 'foreignKey' && sameName(constraint.references.table, table.name) && constraint.references.columns.includes(column)
  );
}

function renameColumnIn(table: Table, from: Name, to: Name): Table {
  const name = (column: Name): Name => (column === from ? to : column);
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: name(column.name),
      ...(column.generated === undefined ? {} : { generated: { ...column.generated, sql: renameIn(column.generated.sql, from, to) } }),
    })),
    constraints: table.constraints.map((constraint) => {
      switch (constraint.kind) {
        case 'check':
          return { ...constraint, sql: renameIn(constraint.sql, from, to) };
        case 'exclude':
          return {
            ...constraint,
            elements: constraint.elements.map((element) => ({ ...element, sql: renameIn(element.sql, from, to) })),
            ...(constraint.where === undefined ? {} : { where: renameIn(constraint.where, from, to) }),
          };
        case 'foreignKey':
          return {
            ...constraint,
            columns: constraint.columns.map(name),
            references: sameName(constraint.references.table, table.name)
              ? { ...constraint.references, columns: constraint.references.columns.map(name) }
              : constraint.references,
          };
        default:
          return {
            ...constraint,
            columns: constraint.columns.map(name),
            ...(constraint.include === undefined ? {} : { include: constraint.include.map(name) }),
          };
      }
    }),
    indexes: table.indexes.map((index) => ({
      ...index,
      parts: index.parts.map((part) => ({
        ...part,
        ...(part.column === undefined ? {} : { column: name(part.column) }),
        ...(part.sql === undefined ? {} : { sql: renameIn(part.sql, from, to) }),
      })),
      ...(index.include === undefined ? {} : { include: index.include.map(name) }),
      ...(index.where === undefined ? {} : { where: renameIn(index.where, from, to) }),
    })),
  };
}

function followInOthers(schema: Schema, table: Table['name'], from: Name, to: Name): Schema {
  let next = schema;
  for (const object of schema.objects.values()) {
    if (object.kind === 'table' && !sameName(object.name, table) && object.constraints.some((c) => isChildOf(c, table, from))) {
      next = put(next, {
        ...object,
        constraints: object.constraints.map((constraint) =>
          constraint.kind === 'foreignKey' && sameName(constraint.references.table, table)
            ? {
                ...constraint,
                references: {
                  ...constraint.references,
                  columns: constraint.references.columns.map((column) => (column === from ? to : column)),
                },
              }
            : constraint,
        ),
      });
    }
    if (
      object.kind === 'sequence' &&
      object.ownedBy !== undefined &&
      object.ownedBy.column === from &&
      sameName(object.ownedBy.table, table)
    ) {
      next = put(next, { ...object, ownedBy: { ...object.ownedBy, column: to } });
    }
    if (object.kind === 'trigger' && sameName(object.on, table)) {
      next = put(next, { ...object, definition: renameIn(object.definition, from, to) });
    }
    if (object.kind === 'policy' && sameName(object.on, table)) {
      next = put(next, {
        ...object,
        ...(object.using === undefined ? {} : { using: renameIn(object.using, from, to) }),
        ...(object.check === undefined ? {} : { check: renameIn(object.check, from, to) }),
      });
    }
  }
  return next;
}

function isChildOf(constraint: Constraint, table: Table['name'], column: Name): boolean {
  return constraint.kind === 'foreignKey' && sameName(constraint.references.table, table) && constraint.references.columns.includes(column);
}
