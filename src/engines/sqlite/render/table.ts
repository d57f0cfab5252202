import { type Render, type Rendered, unsupported } from '../../../contracts/index.ts';
import { formatName, tableKey } from '../../../schema/index.ts';
import { local, quote } from '../quote.ts';
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
    const rename = statement(`ALTER TABLE ${quote.name(local(from))} RENAME TO ${quote.identifier(to.name)}`, context);
    // With the old behaviour neither triggers nor views would follow: https://www.sqlite.org/pragma.html#pragma_legacy_alter_table
    return context.server.features['legacyAlterTable']
      ? [statement('PRAGMA legacy_alter_table = OFF', context), rename, statement('PRAGMA legacy_alter_table = ON', context)]
      : [rename];
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
