import type { DiffRules } from '../../diff/index.ts';
import { formatName, sameName } from '../../schema/index.ts';
import { usesColumn } from './definitions.ts';

/**
 * MySQL and MariaDB replace everything without a look at what depends on it. A foreign key holds fast to the types of its columns:
 * https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
 */
export const diff: DiffRules = {
  replaces: () => true,
  // A column is computed anew when it is stored and was not, or the other way round.
  alters: (before, after) => after.generated === undefined || before.generated?.stored === after.generated.stored,
  retypes: () => false,
  hinders: (part) => part.kind === 'constraint' && part.constraint.kind === 'foreignKey',
  // One that leads to its own column would have, between the two of them, one that may be empty and one that may not.
  hindersNulls: (part, { name }) =>
    part.kind === 'constraint' &&
    part.constraint.kind === 'foreignKey' &&
    sameName(part.constraint.references.table, part.owner.name) &&
    part.constraint.references.columns.includes(name),
  renames: {
    // Whether capitals of tables count is a setting of the server; those of columns never do.
    fold: (name, of) => (of === 'column' ? name.toLowerCase() : name),
    // A trigger keeps the old name, and would fail at the next write.
    hinders: (object, { table, from }) =>
      object.kind === 'trigger' && formatName(object.on) === formatName(table) && usesColumn(object.definition, from),
    inPlace: (part) => part.kind === 'index' || (part.kind === 'constraint' && part.constraint.kind === 'unique'),
  },
};
