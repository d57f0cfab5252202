import { type Unsupported, unsupported } from '../../../contracts/index.ts';
import { type Column, type Constraint, formatName, type Index, type QualifiedName, type Table } from '../../../schema/index.ts';
import { local } from '../quote.ts';
import { typeText } from '../types.ts';
import { contextOf, primaryKey } from './definition.ts';

type Fault = Unsupported | undefined;

/** The first thing in a table that SQLite cannot have. */
export function faultInTable(table: Table): Fault {
  if (/^sqlite_/i.test(table.name.name)) return unsupported('SQLite keeps names that begin with "sqlite_" for itself', 'use another name');
  if (table.comment !== undefined) return commentFault;
  return (
    faultInOptions(table) ??
    first(table.columns, (column) => faultInColumn(column, table)) ??
    first(table.constraints, (constraint) => faultInConstraint(constraint, table.name)) ??
    first(table.indexes, faultInIndex)
  );
}

/** SQLite keeps no comments; one that would silently be lost is refused. */
export const commentFault: Unsupported = unsupported('SQLite has no comments on its objects', 'leave the comment out for SQLite');

function first<T>(items: readonly T[], fault: (item: T) => Fault): Fault {
  for (const item of items) {
    const found = fault(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function faultInOptions(table: Table): Fault {
  const name = formatName(table.name);
  const foreign = Object.keys(table.options).find((option) => !['strict', 'withoutRowid', 'other'].includes(option));
  if (foreign !== undefined) return unsupported(`SQLite has no table option "${foreign}"`, 'the options are strict and withoutRowid');
  if (table.options['withoutRowid'] === true && primaryKey(table) === undefined) {
    return unsupported(`table "${name}" WITHOUT ROWID has no primary key`, 'give it a primary key, or leave withoutRowid out');
  }
  return undefined;
}

/** The first thing in a column that SQLite cannot have. */
export function faultInColumn(column: Column, table?: Table): Fault {
  if (column.comment !== undefined) return commentFault;
  const foreign = Object.keys(column.extras ?? {}).find((extra) => !['notNullConflict', 'unknown'].includes(extra));
  if (foreign !== undefined) return unsupported(`SQLite has no clause "${foreign}" on a column`, 'leave it out for SQLite');
  const identity = faultInIdentity(column, table);
  if (identity !== undefined) return identity;
  const type = typeText(column.type, contextOf(column, table));
  if ('unsupported' in type) return unsupported(type.unsupported, type.instead);
  if (table?.options['strict'] === true && !/^(INT|INTEGER|REAL|TEXT|BLOB|ANY)$/i.test(type.sql)) {
    return unsupported(
      `column "${column.name}" of type ${type.sql} cannot be in a STRICT table`,
      'use text, integer, float (64 bits), binary or the native type ANY there, or a table that is not strict',
    );
  }
  return undefined;
}

function faultInIdentity(column: Column, table: Table | undefined): Fault {
  if (column.identity === undefined) return undefined;
  const { start, increment } = column.identity;
  if (column.type.kind !== 'integer') return unsupported(`column "${column.name}" counts up but is no integer`, 'use the type bigint');
  if ((start !== undefined && Number(start) !== 1) || (increment !== undefined && increment !== 1)) {
    return unsupported('SQLite counts from 1 in steps of 1', 'insert the first row with the number to start from');
  }
  if (table === undefined) return undefined;
  if (table.options['withoutRowid'] === true) {
    return unsupported('a table WITHOUT ROWID cannot count up', 'leave withoutRowid out, or give the numbers yourself');
  }
  return contextOf(column, table).identity
    ? undefined
    : unsupported(
        `column "${column.name}" of "${formatName(table.name)}" counts up but is not the whole primary key`,
        'in SQLite only the primary key counts up: make the column the primary key, and the other key a unique constraint',
      );
}

/** The first thing in a constraint that SQLite cannot have or would not obey. */
export function faultInConstraint(constraint: Constraint, table: QualifiedName): Fault {
  if ('comment' in constraint && constraint.comment !== undefined) return commentFault;
  if ('notValid' in constraint && constraint.notValid) {
    return unsupported('SQLite has no constraints that old rows need not obey', 'leave notValid out: existing rows are then checked');
  }
  switch (constraint.kind) {
    case 'exclude':
      return unsupported('SQLite has no exclusion constraints', 'use a trigger that refuses such rows');
    case 'check':
      return constraint.noInherit ? unsupported('SQLite has no table inheritance', 'leave noInherit out') : undefined;
    case 'foreignKey':
      if (constraint.match === 'full') return unsupported('SQLite does not obey MATCH FULL', 'leave match out, and add a check');
      return local(constraint.references.table).schema === local(table).schema
        ? undefined
        : unsupported('a foreign key of SQLite cannot point into another database file', 'leave the foreign key out');
    default:
      return faultInKey(constraint);
  }
}

function faultInKey(constraint: Extract<Constraint, { kind: 'primaryKey' | 'unique' }>): Fault {
  const kind = constraint.kind === 'primaryKey' ? 'primary key' : 'unique constraint';
  if (constraint.include !== undefined && constraint.include.length > 0) {
    return unsupported(`a ${kind} of SQLite includes no other columns`, 'leave include out');
  }
  if (constraint.deferrable !== undefined) return unsupported(`a ${kind} of SQLite cannot be deferred`, 'leave deferrable out');
  if (constraint.kind === 'unique' && constraint.nullsNotDistinct) {
    return unsupported('NULLs are always distinct in SQLite', 'use a unique index on an expression such as coalesce(column, 0)');
  }
  const foreign = Object.keys(constraint.extras ?? {}).find((extra) => !['orders', 'collations', 'inline', 'onConflict'].includes(extra));
  return foreign === undefined ? undefined : unsupported(`SQLite has no clause "${foreign}" on a ${kind}`, 'leave it out for SQLite');
}

/** The first thing in an index that SQLite cannot have. */
export function faultInIndex(index: Index): Fault {
  if (index.comment !== undefined) return commentFault;
  if (index.method !== undefined && index.method !== 'btree') {
    return unsupported(`SQLite has no indexes of the kind "${index.method}"`, 'leave method out: every index is a b-tree');
  }
  if (index.include !== undefined && index.include.length > 0) {
    return unsupported('an index of SQLite includes no other columns', 'put the columns behind the others in the index');
  }
  if (index.nullsNotDistinct) {
    return unsupported('NULLs are always distinct in SQLite', 'use an index on an expression such as coalesce(column, 0)');
  }
  const extra = Object.keys(index.extras ?? {})[0];
  if (extra !== undefined) return unsupported(`SQLite has no clause "${extra}" on an index`, 'leave it out for SQLite');
  return first(index.parts, (part) => {
    if (part.nulls !== undefined) return unsupported('an index of SQLite cannot say where NULLs stand', 'leave nulls out');
    if (part.operatorClass !== undefined) return unsupported('SQLite has no operator classes', 'leave operatorClass out');
    if (part.length !== undefined) {
      return unsupported(
        'SQLite has no indexes on the beginning of a column',
        'leave length out, or index the expression substr(column, 1, n)',
      );
    }
    return undefined;
  });
}
