import { applyColumn } from './apply-column.ts';
import { applyIndex } from './apply-index.ts';
import { applyObject } from './apply-object.ts';
import { applyTable } from './apply-table.ts';
import type { Change } from './change.ts';
import { asMeant } from './meant.ts';
import { type Schema, unknownSchema } from './model.ts';
import type { Apply, Refusal } from './refusal.ts';

const same = (schema: Schema): Schema => schema;

const handlers: Apply = {
  ...applyTable,
  ...applyColumn,
  ...applyIndex,
  ...applyObject,
  insertRows: same,
  updateRows: same,
  upsertRows: same,
  deleteRows: same,
  // Only the engine knows what a script did.
  sql: () => unknownSchema,
};

/**
 * The structure that a change leads to, without a database. Refuses a change that cannot fit (no such table, name taken, would
 * orphan a reference). About objects outside the schema's scope nothing is known, so nothing is refused.
 */
export function apply(schema: Schema, change: Change): Schema | Refusal {
  const meant = asMeant(change, schema);
  const handler = handlers[meant.kind] as (schema: Schema, change: Change) => Schema | Refusal;
  return handler(schema, meant);
}

/** `apply` for a list, stopping at the first refusal. */
export function applyAll(schema: Schema, changes: Iterable<Change>): Schema | Refusal {
  let current = schema;
  for (const change of changes) {
    const next = apply(current, change);
    if ('refused' in next) return next;
    current = next;
  }
  return current;
}
