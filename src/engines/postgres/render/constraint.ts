import {
  type Render,
  type RenderContext,
  type Rendered,
  type Server,
  type Statement,
  type Unsupported,
  unsupported,
} from '../../../contracts/index.ts';
import {
  type Constraint,
  findConstraint,
  formatName,
  type Name,
  type Of,
  type QualifiedName,
  type Table,
  tableKey,
  tableOf,
} from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { columnList, quote, text } from '../quote.ts';
import { plain, resolved } from '../reader.ts';
import { effect, lock } from '../traits.ts';
import { hasCheckFromAbove, isPartition } from './heirs.ts';
import { commentStatement, inParentheses, isUnsupported, statement } from './statement.ts';

/** A constraint as it stands in CREATE TABLE and behind ADD, with its name where it has one. */
export function constraintSql(constraint: Constraint, server: Server): string | Unsupported {
  const body = bodySql(constraint, server);
  if (isUnsupported(body)) return body;
  return constraint.name === undefined ? body : `CONSTRAINT ${quote.identifier(constraint.name)} ${body}`;
}

function bodySql(constraint: Constraint, server: Server): string | Unsupported {
  switch (constraint.kind) {
    case 'primaryKey':
      return `PRIMARY KEY (${columnList(constraint.columns)})${keyClauses(constraint)}`;
    case 'unique': {
      if (constraint.nullsNotDistinct === true && !has(server, 'nullsNotDistinct')) {
        return unsupported(`${server.title} has no NULLS NOT DISTINCT, which came with version 15`, 'use a unique index on coalesce(…)');
      }
      const nulls = constraint.nullsNotDistinct === true ? ' NULLS NOT DISTINCT' : '';
      return `UNIQUE${nulls} (${columnList(constraint.columns)})${keyClauses(constraint)}`;
    }
    case 'foreignKey':
      return foreignKeySql(constraint);
    case 'check':
      return `CHECK ${inParentheses(constraint.sql)}${constraint.noInherit === true ? ' NO INHERIT' : ''}${constraint.notValid === true ? ' NOT VALID' : ''}`;
    case 'exclude': {
      const elements = constraint.elements.map(({ sql, operator }) => `${sql} WITH ${operator}`).join(', ');
      const where = constraint.where === undefined ? '' : ` WHERE ${inParentheses(constraint.where)}`;
      return `EXCLUDE USING ${constraint.using} (${elements})${where}${deferrableSql(constraint)}`;
    }
  }
}

function foreignKeySql({ columns, references, match, onDelete, onUpdate, notValid, deferrable }: Like<'foreignKey'>): string {
  const targets = references.columns.length === 0 ? '' : ` (${columnList(references.columns)})`;
  const rest = [
    match === 'full' ? ' MATCH FULL' : '',
    onDelete === undefined || onDelete === 'no action' ? '' : ` ON DELETE ${onDelete.toUpperCase()}`,
    onUpdate === undefined || onUpdate === 'no action' ? '' : ` ON UPDATE ${onUpdate.toUpperCase()}`,
    deferrableSql({ deferrable }),
    notValid === true ? ' NOT VALID' : '',
  ];
  return `FOREIGN KEY (${columnList(columns)}) REFERENCES ${quote.name(references.table)}${targets}${rest.join('')}`;
}

type Like<K extends Constraint['kind']> = Constraint & { readonly kind: K };

function keyClauses({ include, extras, deferrable }: Like<'primaryKey' | 'unique'>): string {
  return [
    include === undefined ? '' : ` INCLUDE (${columnList(include)})`,
    extras?.['with'] === undefined ? '' : ` WITH (${extras['with']})`,
    extras?.['tablespace'] === undefined ? '' : ` USING INDEX TABLESPACE ${quote.identifier(extras['tablespace'])}`,
    deferrableSql({ deferrable }),
  ].join('');
}

function deferrableSql({ deferrable }: { readonly deferrable?: 'immediate' | 'deferred' | undefined }): string {
  if (deferrable === undefined) return '';
  return deferrable === 'deferred' ? ' DEFERRABLE INITIALLY DEFERRED' : ' DEFERRABLE';
}

/** What is said of a constraint after it was made: that its index orders the table, and its comment. */
export function afterConstraint(table: QualifiedName, constraint: Constraint, context: RenderContext): readonly Statement[] {
  const { name } = constraint;
  if (name === undefined) return [];
  const statements: Statement[] = [];
  if ('extras' in constraint && constraint.extras?.['clustered'] === 'true') {
    statements.push(statement(`ALTER TABLE ${quote.name(table)} CLUSTER ON ${quote.identifier(name)}`, context));
  }
  const comment = 'comment' in constraint ? constraint.comment : undefined;
  if (comment !== undefined) statements.push(commentStatement(constraintTarget(table, name), comment, context));
  return statements;
}

export function constraintTarget(table: QualifiedName, name: Name): string {
  return `CONSTRAINT ${quote.identifier(name)} ON ${quote.name(table)}`;
}

export const constraint = {
  addConstraint: ({ table, constraint: added }, context) => {
    if (hasCheckFromAbove(tableOf(context.before, table), added, context)) return afterConstraint(table, added, context);
    const sql = toUnlogged(table, added, context) ?? constraintSql(added, context.server);
    if (isUnsupported(sql)) return sql;
    return [statement(`ALTER TABLE ${quote.name(table)} ADD ${sql}`, context), ...afterConstraint(table, added, context)];
  },

  dropConstraint: (change, context) => {
    const table = tableOf(context.before, change.table);
    const name = change.name ?? (table === undefined ? undefined : nameOf(table, change));
    if (name !== undefined) return [alsoTouching(dropByName(change.table, name, context), table, name)];
    return dropByColumns(change, table, context);
  },

  renameConstraint: ({ table, from, to }, context) => [
    statement(`ALTER TABLE ${quote.name(table)} RENAME CONSTRAINT ${quote.identifier(from)} TO ${quote.identifier(to)}`, context),
  ],

  validateConstraint: ({ table, name }, context) => [
    statement(`ALTER TABLE ${quote.name(table)} VALIDATE CONSTRAINT ${quote.identifier(name)}`, context),
  ],
} satisfies Pick<Render, 'addConstraint' | 'dropConstraint' | 'renameConstraint' | 'validateConstraint'>;

/** https://www.postgresql.org/docs/current/sql-createtable.html: a logged table must not depend on one that a crash empties. */
function toUnlogged(name: QualifiedName, added: Constraint, { before, server }: RenderContext): Unsupported | undefined {
  const table = tableOf(before, name);
  if (added.kind !== 'foreignKey' || table === undefined || table.options['unlogged'] === true) return undefined;
  const target = plain(added.references.table, server);
  if (tableOf(before, target)?.options['unlogged'] !== true) return undefined;
  return unsupported(
    `a key of "${formatName(name)}", which is logged, cannot lead to "${formatName(target)}", which is unlogged`,
    `make "${formatName(target)}" logged first, or "${formatName(name)}" unlogged`,
  );
}

/** Dropping a foreign key locks and changes the table that it leads to. */
function alsoTouching(drop: Statement, table: Table | undefined, name: Name): Statement {
  const found = table?.constraints.find((one) => one.name === name);
  return found?.kind === 'foreignKey' ? { ...drop, touches: [...new Set([...drop.touches, tableKey(found.references.table)])] } : drop;
}

function dropByName(table: QualifiedName, name: Name, context: RenderContext): Statement {
  // A partition's may have gone with that of its table.
  const ifThere = isPartition(tableOf(context.before, table)) ? 'IF EXISTS ' : '';
  return statement(`ALTER TABLE ${quote.name(table)} DROP CONSTRAINT ${ifThere}${quote.identifier(name)}`, context);
}

/** The name of the only constraint that the change can mean. */
function nameOf(table: Table, change: Of<'dropConstraint'>): Name | undefined {
  if (change.columns === undefined && table.constraints.filter(({ kind }) => kind === change.type).length > 1) return undefined;
  return findConstraint(table, change)?.name;
}

const letters = { primaryKey: 'p', unique: 'u', foreignKey: 'f', check: 'c', exclude: 'x' } as const;

/** PostgreSQL made up the name, so its catalogue is asked for it; more or less than one constraint is an error. */
function dropByColumns(change: Of<'dropConstraint'>, table: Table | undefined, context: RenderContext): Rendered {
  const { type, columns } = change;
  if (type === undefined)
    return unsupported('a constraint without a name can be dropped only by its kind', 'give its `name`, or its `type` and `columns`');
  const several = (table?.constraints.filter(({ kind }) => kind === type).length ?? 2) > 1;
  if (columns === undefined && type !== 'primaryKey' && several) {
    return unsupported(`which ${type} of "${formatName(change.table)}" is meant cannot be told without its name`, 'give its `name`');
  }
  const oid = `${text(quote.name(resolved(change.table, context.server)))}::regclass`;
  const wanted =
    columns === undefined
      ? ''
      : ` AND conkey = (SELECT array_agg(attnum ORDER BY n) FROM unnest(ARRAY[${columns.map((column) => text(column)).join(', ')}]) WITH ORDINALITY w(name, n)
    JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attname = w.name)`;
  const sql = `DO ${text(`DECLARE found name; BEGIN
  SELECT conname INTO STRICT found FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND contype = '${letters[type]}'${wanted};
  EXECUTE format('ALTER TABLE ${quote.name(change.table).replaceAll("'", "''").replaceAll('%', '%%')} DROP CONSTRAINT %I', found);
END`)}`;
  const like = dropByName(change.table, 'unnamed', context);
  const shown = columns === undefined ? '' : ` (${columns.join(', ')})`;
  return [{ ...like, sql, lock: lock('ACCESS EXCLUSIVE'), effects: [effect('-', `${type}${shown} of ${formatName(change.table)}`)] }];
}
