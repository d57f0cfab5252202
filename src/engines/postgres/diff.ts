import { canonicalJson } from '../../base/index.ts';
import type { DiffRules } from '../../diff/index.ts';
import { type EnumType, type Facts, keyOf, type Routine, type Table, type View } from '../../schema/index.ts';
import { oversteps } from './inspect/privileges.ts';
import { online } from './online.ts';
import { readTokens } from './reader.ts';
import { withLooseSequences } from './serial.ts';

type BothFacts = { readonly before?: Facts; readonly after?: Facts };

/**
 * What PostgreSQL replaces in place: https://www.postgresql.org/docs/current/sql-createview.html and sql-createfunction.html; and what
 * refuses that a column under it gets another type (`ATPrepAlterColumnType` in the server's sources). Keys, checks and indexes follow by themselves.
 */
export const diff: DiffRules = {
  comparable: withLooseSequences,
  replaces: (before, after, facts) => {
    if (before.kind === 'view' && after.kind === 'view') return replacesView(before, after, facts);
    if (before.kind === 'routine' && after.kind === 'routine') return before.routine === after.routine && headOf(before) === headOf(after);
    if (before.kind === 'domain' && after.kind === 'domain')
      return canonicalJson([before.type, before.collation]) === canonicalJson([after.type, after.collation]);
    return after.kind !== 'opaque';
  },
  alters: (before, after) => after.generated === undefined || canonicalJson(before.generated) === canonicalJson(after.generated),
  // Values cannot go: the type is made anew, and its columns take the new one.
  retypes: (before, after) => before.kind === 'enum' && after.kind === 'enum' && !keepsValues(before, after),
  online,
  oversteps,
  presets: (object) => object.kind === 'opaque' && object.type === 'default privileges',
  hinders: (part) => part.kind === 'column' || (part.kind === 'object' && part.object.kind !== 'table' && part.object.kind !== 'sequence'),
  renames: {
    fold: (name) => name,
    hinders: () => false,
    // What a table has from its parent is renamed there.
    inPlace: (part) => part.kind === 'object' || !('options' in part.owner) || !hasParent(part.owner),
  },
};

function hasParent({ options = {} }: Pick<Table | View, 'options'>): boolean {
  return 'partitionOf' in options || 'inherits' in options;
}

/** A view may give more columns than before, behind those that it gave. */
function replacesView(before: View, after: View, facts: BothFacts): boolean {
  if (before.materialized === true || after.materialized === true) return false;
  const key = keyOf({ kind: 'view', name: after.name });
  const [had, has] = [facts.before?.shapes.get(key), facts.after?.shapes.get(key)];
  return had !== undefined && has !== undefined && had.every((column, i) => column === has[i]);
}

/** The part of a routine's definition that OR REPLACE may not change: names and types of arguments, what it returns. */
function headOf({ definition }: Routine): string {
  const tokens = readTokens(definition);
  const end = tokens.findIndex(({ word }) => word === 'LANGUAGE');
  return tokens
    .slice(0, end)
    .map(({ text }) => text)
    .join(' ');
}

function keepsValues(before: EnumType, after: EnumType): boolean {
  return after.values.filter((value) => before.values.includes(value)).join('\0') === before.values.join('\0');
}
