import { type Render, type RenderContext, type Rendered, type Risk, unsupported } from '../../../contracts/index.ts';
import {
  affectedBy,
  type Column,
  type ColumnChange,
  formatName,
  mentions,
  type Of,
  type QualifiedName,
  type Table,
} from '../../../schema/index.ts';
import { added as newColumn } from '../classify-structure.ts';
import { beside, local, quote } from '../quote.ts';
import { effect, mayFail } from '../traits.ts';
import { altersValues, typeText } from '../types.ts';
import { columnDefinition, contextOf } from './definition.ts';
import { commentFault, faultInColumn } from './faults.ts';
import { remake, type SaidBy } from './remake.ts';
import { isReason, knownTable, statement } from './statement.ts';

export const column = {
  addColumn: (change, context) => {
    const { table: name, column: added } = change;
    const known = knownTable(context, name);
    const fault = faultInColumn(added, isReason(known) ? undefined : { ...known, columns: [...known.columns, added] });
    if (fault !== undefined) return fault;
    const isLast = change.after === undefined || (!isReason(known) && known.columns.at(-1)?.name === change.after);
    if (isLast && canBeAdded(added)) {
      return [statement(`ALTER TABLE ${quote.name(local(name))} ADD COLUMN ${columnDefinition(added)}`, context)];
    }
    return remake(change, context, (tables) => columnSaid.addColumn(change, tables, context));
  },

  dropColumn: (change, context) => {
    const before = knownTable(context, change.table);
    if (isReason(before)) return before;
    const dropped = before.columns.find((candidate) => candidate.name === change.name);
    if (dropped === undefined) return unsupported(`table "${before.name.name}" has no column "${change.name}"`, 'correct the name');
    const { constraints, indexes } = affectedBy(before, change.name);
    if (constraints.length > 0 || !context.server.features['dropColumn'])
      return remake(change, context, (tables) => columnSaid.dropColumn(change, tables, context));
    const { risks = [] } = columnSaid.dropColumn(change, { before, after: before }, context);
    const sql = `ALTER TABLE ${quote.name(local(change.table))} DROP COLUMN ${quote.identifier(change.name)}`;
    return [
      ...indexes.map((index) => statement(`DROP INDEX ${quote.name(beside(local(change.table), index.name))}`, context)),
      statement(sql, context, { risks }),
    ];
  },

  renameColumn: (change, context) => {
    const { table: name, from, to } = change;
    if (context.server.features['renameColumn']) {
      const sql = `ALTER TABLE ${quote.name(local(name))} RENAME COLUMN ${quote.identifier(from)} TO ${quote.identifier(to)}`;
      return [statement(sql, context)];
    }
    return remake(change, context, (tables) => columnSaid.renameColumn(change, tables, context));
  },

  alterColumn: (change, context): Rendered =>
    typeof change.set.comment === 'string'
      ? commentFault
      : remake(change, context, (tables) => columnSaid.alterColumn(change, tables, context)),
} satisfies Pick<Render, 'addColumn' | 'dropColumn' | 'renameColumn' | 'alterColumn'>;

/** What changes of columns say of themselves when the table is made anew. */
export const columnSaid: SaidBy<'addColumn' | 'dropColumn' | 'renameColumn' | 'alterColumn'> = {
  addColumn: ({ table, column: added }, { before }) => ({
    effects: [newColumn(local(table), added.name)],
    risks: isRequired(added) && added.identity === undefined ? [requiredFault(before)] : [],
  }),

  dropColumn: ({ table, name }, { before }, context) => {
    const dropped = before.columns.find((candidate) => candidate.name === name);
    const holds = dropped !== undefined && dropped.generated === undefined;
    return {
      effects: [effect('-', `column ${formatName(local(table))}.${name}`)],
      risks: [...(holds ? [lossOf(local(table), name)] : []), ...triggersNaming(context, table, name)],
    };
  },

  renameColumn: ({ table, from, to }) => ({
    values: new Map([[to, quote.identifier(from)]]),
    effects: [effect('~', `column ${formatName(local(table))}.${from} → ${to}`)],
  }),

  alterColumn: (change, { before, after }) => {
    const old = before.columns.find((candidate) => candidate.name === change.name);
    const now = after.columns.find((candidate) => candidate.name === change.name);
    return {
      ...(change.using === undefined ? {} : { values: new Map([[change.name, `(${change.using})`]]) }),
      effects: [effect('~', `column ${formatName(local(change.table))}.${change.name}${said(change.set)}`)],
      risks: old === undefined || now === undefined ? [] : alterRisks(change, [typeOf(old, before), typeOf(now, after)], now),
    };
  },
};

function lossOf(table: QualifiedName, column: string): Risk {
  return { kind: 'loses', loss: { what: 'column', table, column } };
}

/**
 * Triggers whose text names both the table and the column. SQLite finds most of them, but not `UPDATE t SET column = …` in a trigger
 * of another table, which then fails when it fires.
 */
function triggersNaming(context: RenderContext, table: QualifiedName, column: string): readonly Risk[] {
  return [...context.before.objects.values()].flatMap((object) => {
    if (object.kind !== 'trigger' || !mentions(object.definition, column) || !mentions(object.definition, table.name)) return [];
    return [mayFail(`trigger "${object.name.name}" of "${formatName(object.on)}", which names "${column}"`)];
  });
}

/** What is different, in the words of the change: `users.age: type, default`. */
function said(set: ColumnChange): string {
  const properties = Object.keys(set);
  return properties.length === 0 ? '' : `: ${properties.join(', ')}`;
}

function alterRisks(change: Of<'alterColumn'>, [from, to]: readonly [string, string], now: Column): readonly Risk[] {
  const table = local(change.table);
  const risks: Risk[] = [];
  if (change.using !== undefined || altersValues(from, to)) {
    risks.push({ kind: 'loses', loss: { what: 'values', table, column: change.name } });
  }
  if (change.set.nullable === false) risks.push(mayFail(`rows of "${formatName(table)}" whose "${change.name}" is NULL`));
  if (now.type.kind === 'enum' && change.set.type !== undefined) {
    risks.push(mayFail(`rows of "${formatName(table)}" whose "${change.name}" is none of the values`));
  }
  return risks;
}

function typeOf(subject: Column, table: Table): string {
  const type = typeText(subject.type, contextOf(subject, table));
  return 'sql' in type ? type.sql : '';
}

/**
 * Whether ALTER TABLE ADD COLUMN takes the column: no key, and for the rows that are there one value that is the same for all
 * (https://www.sqlite.org/lang_altertable.html#altertabaddcol).
 */
function canBeAdded(added: Column): boolean {
  if (added.identity !== undefined || added.generated?.stored) return false;
  if (added.default === undefined) return true;
  return 'value' in added.default || /^\s*([-+]?[\d.]+|x?'([^']|'')*'|null|true|false)\s*$/i.test(added.default.sql);
}

function isRequired(added: Column): boolean {
  const hasValue = added.default !== undefined && !('value' in added.default && added.default.value === null);
  return !added.nullable && !hasValue && added.generated === undefined;
}

function requiredFault(table: Table): Risk {
  return mayFail(`rows of "${formatName(local(table.name))}", because the column has no default and refuses NULL`);
}
