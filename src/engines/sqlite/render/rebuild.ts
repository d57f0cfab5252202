import { type Effect, type RenderContext, type Rendered, type Risk, type Statement, unsupported } from '../../../contracts/index.ts';
import { type Column, type Name, type Table, tableKey } from '../../../schema/index.ts';
import { beside, local, lower, quote, text } from '../quote.ts';
import { rewrites, rowsOf } from '../traits.ts';
import { contextOf, indexDefinition, tableDefinition } from './definition.ts';
import { faultInTable } from './faults.ts';
import { guard, triggersOn } from './guard.ts';
import { statement } from './statement.ts';

/** What SQLite's ALTER TABLE cannot do: the table as it is and as it is to be. Several changes of one table can be one rebuild. */
export interface Rebuild {
  readonly before: Table;
  readonly after: Table;
  /** Expressions over the old row for columns whose values are not simply taken over. */
  readonly values?: ReadonlyMap<Name, string>;
  readonly effects: readonly Effect[];
  /** Beside the rewriting of the whole table. */
  readonly risks?: readonly Risk[];
}

/**
 * Makes the table anew: a new table, the rows that stay, then the name, indexes and triggers of the old one, as
 * https://www.sqlite.org/lang_altertable.html#otheralter describes it. All of it belongs into one transaction. Views, triggers of
 * other tables and foreign keys that point here keep referring to the name. No trigger fires, no foreign key cascades (they must be
 * off, which they can only be made outside a transaction), rowids and counters stay, and a conflict clause of the new table cannot
 * drop rows silently. Nothing is rendered when the definition would be the same.
 */
export function rebuild(context: RenderContext, plan: Rebuild): Rendered {
  const { before, after } = plan;
  const fault = faultInTable(after);
  if (fault !== undefined) return fault;
  if (before.name.schema !== undefined && local(before.name).schema !== undefined) {
    return unsupported('a table of an attached database cannot be rebuilt', 'open that database file by itself');
  }
  const isSame = tableDefinition(before) === tableDefinition(after) && plan.values === undefined;
  if (isSame && before.indexes.length === after.indexes.length) return [];
  const withKeysOff = context.server.features['foreignKeys'] === true;
  return [
    ...(withKeysOff ? [statement('PRAGMA foreign_keys = OFF', context)] : []),
    ...transaction(context, plan),
    ...(withKeysOff ? [statement('PRAGMA foreign_keys = ON', context)] : []),
  ];
}

function transaction(context: RenderContext, plan: Rebuild): readonly Statement[] {
  const { before, after } = plan;
  const { features } = context.server;
  const temporary = beside(before.name, `lockstep_new_${before.name.name}`);
  const [oldName, newName] = [quote.name(local(before.name)), quote.name(local(temporary))];
  const ghosts = features['dropColumn'] ? goneColumns(before, after) : [];
  const touches = [tableKey(local(before.name)), rowsOf(local(before.name))];
  const part = (sql: string): Statement => statement(sql, context, { effects: [], risks: [], touches });
  return [
    { ...part(tableDefinition(after, temporary, ghosts)), effects: plan.effects },
    { ...part(copy(plan, oldName, newName)), risks: [rewrites(local(before.name)), ...(plan.risks ?? [])] },
    ...counters(before, after, temporary.name).map(part),
    part(guard(context, before.name, before)),
    part(`DROP TABLE ${oldName}`),
    // Otherwise the new name is refused as long as a view or trigger mentions the table that is gone. No rollback takes the setting
    // back, so what can fail because of the rows stands before or behind it.
    ...(features['legacyAlterTable'] ? [] : [part('PRAGMA legacy_alter_table = ON')]),
    part(`ALTER TABLE ${newName} RENAME TO ${quote.identifier(before.name.name)}`),
    ...(features['legacyAlterTable'] ? [] : [part('PRAGMA legacy_alter_table = OFF')]),
    ...after.indexes.map((index) => part(indexDefinition(index, after.name))),
    ...triggersOn(context, before.name).map(({ definition }) => part(definition)),
    // SQLite looks through all views and triggers before it lets a column go; so it finds those that still use it.
    ...ghosts.map((ghost) => part(`ALTER TABLE ${oldName} DROP COLUMN ${quote.identifier(ghost.name)}`)),
    ...(features['statistics'] ? [part(`ANALYZE ${oldName}`)] : []),
  ];
}

function goneColumns(before: Table, after: Table): readonly Column[] {
  return before.columns.filter((column) => !after.columns.some((kept) => kept.name === column.name));
}

/** OR ABORT overrides the conflict clauses of the table, which could otherwise leave rows out or put others in their place. */
function copy(plan: Rebuild, oldName: string, newName: string): string {
  const pairs = columnsCopied(plan);
  const rowid = rowidCopied(plan.before, plan.after);
  const all = rowid === undefined ? pairs : [rowid, ...pairs];
  const targets = all.map(([target]) => target).join(', ');
  return `INSERT OR ABORT INTO ${newName} (${targets}) SELECT ${all.map(([, source]) => source).join(', ')} FROM ${oldName}`;
}

/** Each column that gets its value from the old table, with the expression for it. All others get their default. */
function columnsCopied({ before, after, values }: Rebuild): readonly (readonly [string, string])[] {
  return after.columns.flatMap((column) => {
    if (column.generated !== undefined) return [];
    const name = quote.identifier(column.name);
    const given = values?.get(column.name);
    if (given !== undefined) return [[name, given] as const];
    if (before.columns.some((old) => old.name === column.name)) return [[name, name] as const];
    const rowid = contextOf(column, after).identity ? freeRowid(before) : undefined;
    return rowid === undefined ? [] : [[name, rowid] as const];
  });
}

/** Rows keep their rowid where it is not a column: full-text tables and programs may refer to it. */
function rowidCopied(before: Table, after: Table): readonly [string, string] | undefined {
  if (after.columns.some((column) => contextOf(column, after).identity)) return undefined;
  const [target, source] = [freeRowid(after), freeRowid(before)];
  return target === undefined || source === undefined ? undefined : [target, source];
}

/** A name for the rowid that no column bears: https://www.sqlite.org/lang_createtable.html#rowid */
function freeRowid(table: Table): string | undefined {
  if (table.options['withoutRowid'] === true) return undefined;
  return ['rowid', '_rowid_', 'oid'].find((name) => !table.columns.some((column) => lower(column.name) === name));
}

/** The counter goes on where it stood, also when the rows with the highest numbers have been deleted. */
function counters(before: Table, after: Table, temporary: string): readonly string[] {
  if (!isCounted(before) || !isCounted(after)) return [];
  return [
    `DELETE FROM sqlite_sequence WHERE name = ${text(temporary)}`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${text(temporary)}, seq FROM sqlite_sequence WHERE name = ${text(before.name.name)}`,
  ];
}

function isCounted(table: Table): boolean {
  return table.columns.some((column) => contextOf(column, table).identity && column.identity?.reuse !== true);
}
