import { type Change, type Constraint, keyOf, type Of, type QualifiedName, type Schema, type Table, tableOf } from '../../schema/index.ts';

/**
 * Changes that come to the same as one and let others go on reading and writing a large table meanwhile: an index is built or dropped
 * concurrently, what rows must fulfil is demanded of new ones first and of the old ones then, under a weaker lock, and NOT NULL is taken from a
 * check that holds. Nothing where the change has no such form: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 * and https://www.postgresql.org/docs/current/sql-altertable.html, under VALIDATE CONSTRAINT and SET NOT NULL (from version 12 on).
 */
export function online(change: Change, before: Schema): readonly Change[] | undefined {
  switch (change.kind) {
    case 'createIndex':
      if (change.index.extras?.['invalid'] === 'true' || !isWhole(change.table, before)) return undefined;
      return [{ ...change, concurrently: true }];
    case 'dropIndex':
      return isWhole(change.table, before) ? [{ ...change, concurrently: true }] : undefined;
    case 'addConstraint':
      return isWhole(change.table, before) ? later(change.table, change.constraint) : undefined;
    case 'alterColumn':
      return notNull(change, tableOf(before, change.table));
    default:
      return undefined;
  }
}

/** A table or materialised view without partitions: those with some have no such forms. */
function isWhole(name: QualifiedName, before: Schema): boolean {
  const found = tableOf(before, name) ?? before.objects.get(keyOf({ kind: 'view', name }));
  return found !== undefined && 'options' in found ? found.options?.['partitionBy'] === undefined : found !== undefined;
}

function later(table: QualifiedName, constraint: Constraint): readonly Change[] | undefined {
  if (constraint.kind !== 'check' && constraint.kind !== 'foreignKey') return undefined;
  if (constraint.name === undefined || constraint.notValid === true) return undefined;
  return [
    { kind: 'addConstraint', table, constraint: { ...constraint, notValid: true } },
    { kind: 'validateConstraint', table, name: constraint.name },
  ];
}

function notNull(change: Of<'alterColumn'>, table: Table | undefined): readonly Change[] | undefined {
  const { set, name } = change;
  const number = table?.columns.findIndex((column) => column.name === name) ?? -1;
  if (table === undefined || set.nullable !== false || set.type !== undefined || table.columns[number]?.nullable !== true) return undefined;
  if (table.options['partitionBy'] !== undefined) return undefined;
  const check = `lockstep_not_null_${number + 1}`;
  if (table.constraints.some((constraint) => constraint.name === check)) return undefined;
  const sql = `"${name.replaceAll('"', '""')}" IS NOT NULL`;
  return [
    { kind: 'addConstraint', table: change.table, constraint: { kind: 'check', name: check, sql, notValid: true } },
    { kind: 'validateConstraint', table: change.table, name: check },
    change,
    { kind: 'dropConstraint', table: change.table, name: check, type: 'check' },
  ];
}
