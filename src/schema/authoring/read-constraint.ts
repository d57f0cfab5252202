import type { Constraint, ConstraintKind } from '../model.ts';
import type { Name } from '../names.ts';
import { freeName, type Naming } from './naming.ts';
import type { ColumnReferenceSpec, ConstraintName, ConstraintSpecs } from './spec.ts';
import { below, columnOfTable, each, flag, given, nothingElse, plainName, plainNames, qualifiedName, type Spot, text } from './spot.ts';

/** A constraint before it has its name: given, to be made (absent), or left to the engine (`null`). */
export interface ConstraintDraft {
  readonly name: ConstraintName | undefined;
  readonly constraint: Constraint;
}

type Read = { readonly [K in ConstraintKind]: (spec: ConstraintSpecs[K], spot: Spot) => ConstraintDraft };

const readers: Read = {
  primaryKey: (spec, spot) => {
    const { name, columns, include, deferrable, extras, ...rest } = isList(spec) ? { columns: spec } : spec;
    nothingElse(rest, spot);
    return {
      name: readName(name, spot),
      constraint: {
        kind: 'primaryKey',
        columns: plainNames(columns, isList(spec) ? spot : below(spot, 'columns')),
        ...given({ include: include && plainNames(include, below(spot, 'include')), deferrable, extras }),
      },
    };
  },

  unique: (spec, spot) => {
    const { name, columns, include, deferrable, extras, nullsNotDistinct, comment, ...rest } = isList(spec) ? { columns: spec } : spec;
    nothingElse(rest, spot);
    return {
      name: readName(name, spot),
      constraint: {
        kind: 'unique',
        columns: plainNames(columns, isList(spec) ? spot : below(spot, 'columns')),
        ...given({
          include: include && plainNames(include, below(spot, 'include')),
          nullsNotDistinct: flag(nullsNotDistinct, below(spot, 'nullsNotDistinct')),
          deferrable,
          comment,
          extras,
        }),
      },
    };
  },

  foreignKey: (spec, spot) => {
    const { name, columns, references, onDelete, onUpdate, match, deferrable, notValid, comment, ...rest } = spec;
    nothingElse(rest, spot);
    const { table, columns: targets, ...other } = references;
    nothingElse(other, below(spot, 'references'));
    return {
      name: readName(name, spot),
      constraint: {
        kind: 'foreignKey',
        columns: plainNames(columns, below(spot, 'columns')),
        references: {
          table: qualifiedName(table, below(spot, 'references', 'table')),
          columns: plainNames(targets, below(spot, 'references', 'columns')),
        },
        ...given({ onDelete, onUpdate, match, deferrable, notValid: flag(notValid, below(spot, 'notValid')), comment }),
      },
    };
  },

  check: (spec, spot) => {
    const { name, sql, noInherit, notValid, comment, ...rest } = typeof spec === 'string' ? { sql: spec } : spec;
    nothingElse(rest, spot);
    return {
      name: readName(name, spot),
      constraint: {
        kind: 'check',
        sql: text(sql, below(spot, 'sql')),
        ...given({
          noInherit: flag(noInherit, below(spot, 'noInherit')),
          notValid: flag(notValid, below(spot, 'notValid')),
          comment,
        }),
      },
    };
  },

  exclude: (spec, spot) => {
    const { name, using, elements, where, deferrable, comment, ...rest } = spec;
    nothingElse(rest, spot);
    return {
      name: readName(name, spot),
      constraint: {
        kind: 'exclude',
        using: text(using, below(spot, 'using')),
        elements: each(elements, below(spot, 'elements'), ({ sql, operator, ...others }, at) => {
          nothingElse(others, at);
          return { sql: text(sql, below(at, 'sql')), operator: text(operator, below(at, 'operator')) };
        }),
        ...given({ where, deferrable, comment }),
      },
    };
  },
};

/** Reads one kind of constraint, wherever it is written. */
export function readConstraint<K extends ConstraintKind>(kind: K, spec: ConstraintSpecs[K], spot: Spot): ConstraintDraft {
  return readers[kind](spec, spot);
}

/** A foreign key written at its column, as `users.id` or in parts. */
export function readReference(column: Name, spec: string | ColumnReferenceSpec, spot: Spot): ConstraintDraft {
  if (typeof spec === 'string') {
    const target = columnOfTable(spec, spot);
    const references = { table: target.table, columns: [target.column] };
    return { name: undefined, constraint: { kind: 'foreignKey', columns: [column], references } };
  }
  const { table, column: target, name, onDelete, onUpdate, match, deferrable, notValid, comment, ...rest } = spec;
  nothingElse(rest, spot);
  return {
    name: readName(name, spot),
    constraint: {
      kind: 'foreignKey',
      columns: [column],
      references: { table: qualifiedName(table, below(spot, 'table')), columns: [plainName(target, below(spot, 'column'))] },
      ...given({ onDelete, onUpdate, match, deferrable, notValid: flag(notValid, below(spot, 'notValid')), comment }),
    },
  };
}

/** The constraint with the name that it was given, or one by the policy. */
export function namedConstraint({ name, constraint }: ConstraintDraft, naming: Naming): Constraint {
  if (name === null) return constraint;
  return { ...constraint, name: name ?? freeName(naming, constraint) };
}

/** The names that authors gave, which the policy must not give again. */
export function givenNames(drafts: readonly { readonly name: ConstraintName | undefined }[]): readonly Name[] {
  return drafts.flatMap(({ name }) => name ?? []);
}

function readName(name: ConstraintName | undefined, spot: Spot): ConstraintName | undefined {
  return typeof name === 'string' ? plainName(name, below(spot, 'name')) : name;
}

function isList(spec: readonly string[] | object): spec is readonly string[] {
  return Array.isArray(spec);
}
