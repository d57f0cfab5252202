import { type Render, type Rendered, unsupported } from '../../../contracts/index.ts';
import { keyOf, tableKey } from '../../../schema/index.ts';
import { beside, local, quote } from '../quote.ts';
import { effect } from '../traits.ts';
import { indexDefinition } from './definition.ts';
import { faultInIndex } from './faults.ts';
import { isReason, knownTable, statement } from './statement.ts';

export const indexes = {
  createIndex: ({ table, index, concurrently }, context): Rendered => {
    const fault = faultInIndex(index);
    if (fault !== undefined) return fault;
    if (context.before.objects.has(keyOf({ kind: 'view', name: local(table) }))) {
      return unsupported('a view of SQLite has no indexes', 'put the index on the table behind the view');
    }
    const created = statement(indexDefinition(index, table), context);
    // There is no way to build it beside other writers, so at least the plan says so.
    return [concurrently ? { ...created, effects: [effect('+', `index ${index.name}, writers wait meanwhile`)] } : created];
  },

  dropIndex: ({ table, name }, context) => [
    statement(`DROP INDEX ${quote.name(beside(local(table), name))}`, context, { touches: [tableKey(local(table))] }),
  ],

  renameIndex: ({ table: name, from, to }, context) => {
    const table = knownTable(context, name);
    if (isReason(table)) return table;
    const index = table.indexes.find((candidate) => candidate.name === from);
    if (index === undefined) return unsupported(`table "${table.name.name}" has no index "${from}"`, 'correct the name');
    const touches = [tableKey(local(name))];
    return [
      statement(`DROP INDEX ${quote.name(beside(local(name), from))}`, context, { effects: [], touches }),
      statement(indexDefinition({ ...index, name: to }, name), context, { effects: [effect('~', `index ${from} → ${to}`)] }),
    ];
  },
} satisfies Pick<Render, 'createIndex' | 'dropIndex' | 'renameIndex'>;
