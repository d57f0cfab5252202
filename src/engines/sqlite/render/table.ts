import { type Render, type RenderContext, type Rendered, type Statement, unsupported } from '../../../contracts/index.ts';
import { formatName, tableKey } from '../../../schema/index.ts';
import { local, lower, quote } from '../quote.ts';
import { effect } from '../traits.ts';
import { indexDefinition, tableDefinition } from './definition.ts';
import { faultInTable } from './faults.ts';
import { rebuild } from './rebuild.ts';
import { isReason, knownTable, statement, tableAfter } from './statement.ts';

export const table = {
  createTable: ({ table: created }, context): Rendered => {
    const fault = faultInTable(created);
    if (fault !== undefined) return fault;
    return [
      statement(tableDefinition(created), context),
      // The rows that a new index scans are none.
      ...created.indexes.map((index) => statement(indexDefinition(index, created.name), context, { risks: [] })),
    ];
  },

  dropTable: ({ table: name }, context) => [statement(`DROP TABLE ${quote.name(local(name))}`, context)],

  renameTable: ({ from, to }, context) => {
    if (local(from).schema !== local(to).schema) {
      return unsupported('SQLite cannot move a table into another database file', 'create it there, copy the rows and drop the old one');
    }
    const step = (name: string, wanted: string): Statement =>
      statement(`ALTER TABLE ${quote.name(local({ ...from, name }))} RENAME TO ${quote.identifier(wanted)}`, context);
    // SQLite says that a name is taken when it only differs in capitals from the table's own.
    const isSame = lower(from.name) === lower(to.name) && from.name !== to.name;
    const passing = freeName(to.name, context);
    const renames = isSame ? [step(from.name, passing), step(passing, to.name)] : [step(from.name, to.name)];
    // With the old behaviour neither triggers nor views would follow: https://www.sqlite.org/pragma.html#pragma_legacy_alter_table
    return context.server.features['legacyAlterTable']
      ? [statement('PRAGMA legacy_alter_table = OFF', context), ...renames, statement('PRAGMA legacy_alter_table = ON', context)]
      : renames;
  },

  alterTable: (change, context) => {
    const before = knownTable(context, change.table);
    if (isReason(before)) return before;
    const after = tableAfter(context, change, change.table);
    if (isReason(after)) return after;
    const said = Object.entries(change.options).map(([option, value]) => `${option} ${value === null ? 'off' : value}`);
    const key = tableKey(local(change.table));
    return rebuild(context, {
      before,
      after,
      effects: [effect('~', `table ${formatName(local(change.table))}: ${said.join(', ')}`, key)],
      risks: change.options['strict'] === true ? [{ kind: 'mayFail', why: 'values that are not of the type of their column' }] : [],
    });
  },
} satisfies Pick<Render, 'createTable' | 'dropTable' | 'renameTable' | 'alterTable'>;

/** A name near another one that nothing has. */
function freeName(name: string, { before }: RenderContext): string {
  const taken = new Set([...before.objects.values()].map((object) => lower(object.name.name)));
  let free = `${name}_lockstep`;
  while (taken.has(lower(free))) free = `${free}_`;
  return free;
}
