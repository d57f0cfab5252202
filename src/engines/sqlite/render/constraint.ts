import { type Render, type Rendered, type Risk, unsupported } from '../../../contracts/index.ts';
import { type Constraint, findConstraint, formatName, type QualifiedName } from '../../../schema/index.ts';
import { local, withColumns } from '../quote.ts';
import { effect, mayFail } from '../traits.ts';
import { contextOf } from './definition.ts';
import { faultInConstraint } from './faults.ts';
import { remake, type SaidBy } from './remake.ts';
import { isReason, knownTable } from './statement.ts';

/** SQLite keeps constraints only in the text of the table, so each of these makes the table anew. */
export const constraint = {
  addConstraint: (change, context): Rendered =>
    faultInConstraint(change.constraint, change.table) ??
    remake(change, context, (tables) => constraintSaid.addConstraint(change, tables, context)),

  dropConstraint: (change, context) => {
    const before = knownTable(context, change.table);
    if (isReason(before)) return before;
    const dropped = findConstraint(before, change);
    const counted = before.columns.find((column) => contextOf(column, before).identity);
    if (dropped?.kind === 'primaryKey' && counted !== undefined) {
      return unsupported(
        `column "${counted.name}" counts up, which in SQLite only a primary key does`,
        `take that away first: alterColumn "${counted.name}" with identity: null`,
      );
    }
    return remake(change, context, (tables) => constraintSaid.dropConstraint(change, tables, context));
  },

  renameConstraint: (change, context) => remake(change, context, (tables) => constraintSaid.renameConstraint(change, tables, context)),

  validateConstraint: () => unsupported('SQLite has no constraints that are not validated', 'leave the change out'),
} satisfies Pick<Render, 'addConstraint' | 'dropConstraint' | 'renameConstraint' | 'validateConstraint'>;

/** What changes of constraints say of themselves when the table is made anew. */
export const constraintSaid: SaidBy<'addConstraint' | 'dropConstraint' | 'renameConstraint'> = {
  addConstraint: ({ constraint: added, table }) => ({
    effects: [effect('+', described(added, local(table)))],
    risks: risksOf(added, local(table)),
  }),

  dropConstraint: (change, { before }) => {
    const dropped = findConstraint(before, change);
    return { effects: dropped === undefined ? [] : [effect('-', described(dropped, local(change.table)))] };
  },

  renameConstraint: ({ table, from, to }) => ({
    effects: [effect('~', `constraint ${formatName(local(table))}: ${from} → ${to}`)],
  }),
};

/** `foreign key orders(customer_id) → customers(id)`. */
function described(subject: Constraint, table: QualifiedName): string {
  switch (subject.kind) {
    case 'primaryKey':
      return `primary key ${withColumns(table, subject.columns)}`;
    case 'unique':
      return `unique ${withColumns(table, subject.columns)}`;
    case 'foreignKey':
      return `foreign key ${withColumns(table, subject.columns)} → ${withColumns(subject.references.table, subject.references.columns)}`;
    case 'check':
      return `check of ${formatName(table)}: ${subject.sql}`;
    case 'exclude':
      return `exclusion of ${formatName(table)}`;
  }
}

function risksOf(subject: Constraint, table: QualifiedName): readonly Risk[] {
  switch (subject.kind) {
    case 'primaryKey':
      return [mayFail(`rows of "${formatName(table)}" that are equal, or NULL, in ${subject.columns.join(', ')}`)];
    case 'unique':
      return [mayFail(`rows of "${formatName(table)}" that are equal in ${subject.columns.join(', ')}`)];
    case 'check':
      return [mayFail(`rows of "${formatName(table)}" for which this is false: ${subject.sql}`)];
    case 'foreignKey':
      return [mayFail(`rows of "${formatName(table)}" without a row in "${formatName(subject.references.table)}"`)];
    case 'exclude':
      return [];
  }
}
