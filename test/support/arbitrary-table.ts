import fc, { type Arbitrary } from 'fast-check';
import type { Column, Constraint, Default, Index, IndexPart, Table } from '../../src/schema/index.ts';
import {
  columnType,
  text as comment,
  extras,
  kind,
  length,
  mapping,
  name,
  names,
  number,
  optional,
  qualifiedName,
  scalar,
  text,
  whole,
  yes,
} from './arbitrary-value.ts';

/** Any default. */
export const defaultValue: Arbitrary<Default> = fc.oneof(fc.record({ value: scalar }), fc.record({ sql: text }));
/** Any way of counting up. */
export const identity = optional({ always: yes, start: whole, increment: fc.integer(), reuse: yes });
/** Any computation. */
export const generated = fc.record({ sql: text, stored: fc.boolean() });
const deferrable = fc.constantFrom('immediate' as const, 'deferred' as const);
const action = fc.constantFrom('no action' as const, 'restrict' as const, 'cascade' as const, 'set null' as const, 'set default' as const);

/** Any column. */
export const column: Arbitrary<Column> = optional(
  { name, type: columnType, nullable: fc.boolean(), default: defaultValue, identity, generated, collation: name, comment, extras },
  'name',
  'type',
  'nullable',
);

/** Any constraint of each kind, over the columns given where it has columns. */
export const constraints: { readonly [K in Constraint['kind']]: (columns: Arbitrary<string[]>) => Arbitrary<Constraint> } = {
  primaryKey: (columns) => optional({ kind: kind('primaryKey'), name, columns, include: names, deferrable, extras }, 'kind', 'columns'),
  unique: (columns) =>
    optional(
      { kind: kind('unique'), name, columns, include: names, nullsNotDistinct: yes, deferrable, comment, extras },
      'kind',
      'columns',
    ),
  foreignKey: (columns) =>
    optional(
      {
        kind: kind('foreignKey'),
        name,
        columns,
        references: fc.record({ table: qualifiedName, columns: names }),
        onDelete: action,
        onUpdate: action,
        match: fc.constant('full' as const),
        deferrable,
        notValid: yes,
        comment,
      },
      'kind',
      'columns',
      'references',
    ),
  check: () => optional({ kind: kind('check'), name, sql: text, noInherit: yes, notValid: yes, comment }, 'kind', 'sql'),
  exclude: () =>
    optional(
      {
        kind: kind('exclude'),
        name,
        using: name,
        elements: fc.array(fc.record({ sql: text, operator: name }), { minLength: 1, maxLength: 2 }),
        where: text,
        deferrable,
        comment,
      },
      'kind',
      'using',
      'elements',
    ),
};
/** Any constraint of any kind. */
export const anyConstraint = (columns: Arbitrary<string[]>): Arbitrary<Constraint> =>
  fc.oneof(...Object.values(constraints).map((make) => make(columns)));

const sorting = {
  order: fc.constant('desc' as const),
  nulls: fc.constantFrom('first' as const, 'last' as const),
  collation: name,
  operatorClass: name,
  length,
};
const indexPart: Arbitrary<IndexPart> = fc.oneof(
  optional({ column: name, ...sorting }, 'column'),
  optional({ sql: text, ...sorting }, 'sql'),
);
/** Any index. */
export const index: Arbitrary<Index> = optional(
  {
    name: fc.oneof(name, fc.constant('users_email_idx')),
    parts: fc.array(indexPart, { minLength: 1, maxLength: 3 }),
    unique: yes,
    method: name,
    include: names,
    where: text,
    nullsNotDistinct: yes,
    comment,
    extras,
  },
  'name',
  'parts',
);

/** Any table whose columns differ in name and that has at most one primary key. */
export const table: Arbitrary<Table> = fc
  .uniqueArray(column, { minLength: 1, maxLength: 4, selector: (one) => one.name })
  .chain((columns) => {
    const own = fc.uniqueArray(fc.constantFrom(...columns.map((one) => one.name)), { minLength: 1, maxLength: 2 });
    const list = fc.uniqueArray(fc.oneof(anyConstraint(own), anyConstraint(names)), {
      maxLength: 4,
      selector: (one) => (one.kind === 'primaryKey' ? 'primaryKey' : JSON.stringify(one)),
    });
    return optional(
      {
        kind: kind('table'),
        name: qualifiedName,
        columns: fc.constant(columns),
        constraints: list,
        indexes: fc.array(index, { maxLength: 2 }),
        options: mapping(fc.oneof(text, number, fc.boolean())),
        comment,
      },
      'kind',
      'name',
      'columns',
      'constraints',
      'indexes',
      'options',
    );
  })
  .chain((one) => fc.boolean().map((byPolicy) => (byPolicy ? namedByPolicy(one) : one)));

/** The table with the names that people and PostgreSQL usually give, so that what can be left out is left out. */
function namedByPolicy(one: Table): Table {
  const constraintsNamed = one.constraints.map((constraint): Constraint => {
    const columns = 'columns' in constraint ? `_${constraint.columns.join('_')}` : '';
    const labels = { primaryKey: '_pkey', unique: `${columns}_key`, foreignKey: `${columns}_fkey`, check: '_check', exclude: '_excl' };
    return { ...constraint, name: `${one.name.name}${labels[constraint.kind]}` };
  });
  return { ...one, constraints: constraintsNamed };
}
