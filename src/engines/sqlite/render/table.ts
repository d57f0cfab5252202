import { type Render, type Rendered, unsupported } from '../../../contracts/index.ts';
import { formatName, tableKey } from '../../../schema/index.ts';
import { beside, local, lower, quote } from '../quote.ts';
import { effect, mayFail } from '../traits.ts';
import { indexDefinition, tableDefinition } from './definition.ts';
import { faultInTable } from './faults.ts';
import { remake, type SaidBy } from './remake.ts';
import { statement } from './statement.ts';

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
    // A name that is only spelled in another way is taken, by the table itself.
    const aside = lower(from.name) === lower(to.name) ? [beside(local(from), `lockstep_new_${from.name}`)] : [];
    const path = [local(from), ...aside, local(to)];
    const renames = path.slice(1).map((next, i) => {
      const rename = statement(`ALTER TABLE ${quote.name(path[i] ?? local(from))} RENAME TO ${quote.identifier(next.name)}`, context);
      return aside.length === 0
        ? rename
        : { ...rename, effects: i === 0 ? [effect('~', `table ${formatName(local(from))} → ${to.name}`)] : [] };
    });
    // With the old behaviour neither triggers nor views would follow: https://www.sqlite.org/pragma.html#pragma_legacy_alter_table
    return context.server.features['legacyAlterTable']
      ? [statement('PRAGMA legacy_alter_table = OFF', context), ...renames, statement('PRAGMA legacy_alter_table = ON', context)]
      : renames;
  },

  alterTable: (change, context) => remake(change, context, (tables) => tableSaid.alterTable(change, tables, context)),
} satisfies Pick<Render, 'createTable' | 'dropTable' | 'renameTable' | 'alterTable'>;

/** What changes of a whole table say of themselves when it is made anew. */
export const tableSaid: SaidBy<'alterTable'> = {
  alterTable: ({ table: name, options }) => {
    const said = Object.entries(options).map(([option, value]) => `${option} ${value === null ? 'off' : value}`);
    return {
      effects: [effect('~', `table ${formatName(local(name))}: ${said.join(', ')}`, tableKey(local(name)))],
      risks: options['strict'] === true ? [mayFail('values that are not of the type of their column')] : [],
    };
  },
};
