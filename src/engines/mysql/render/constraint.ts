import { type Deferred, type Render, type RenderContext, type Rendered, type Server, unsupported } from '../../../contracts/index.ts';
import { apply, type Constraint, findConstraint, type Name, type Of, type Table } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { constraintName } from '../own-index.ts';
import { quote } from '../quote.ts';
import { constraintText } from './definition.ts';
import { alter, known, statement, upkeep } from './parts.ts';

type ConstraintKinds = 'addConstraint' | 'dropConstraint' | 'renameConstraint' | 'validateConstraint';

export const renderConstraint = {
  addConstraint: (change, context) => {
    const { table, constraint } = change;
    const text = constraintText(table, constraint, context.server);
    if (typeof text !== 'string') return text;
    return [statement(alter(table, [...upkeep(change, table, context), `ADD ${text}`]), context.server)];
  },

  dropConstraint: (change, context) => {
    const table = known(change.table, context, 'the name and the index of the constraint must be known');
    if ('deferred' in table) return dropUnseen(change, context) ?? table;
    const constraint = findConstraint(table, change);
    if (constraint === undefined) return [];
    const clause = dropClause(table, constraint, context.server);
    if (typeof clause !== 'string') return clause;
    return [statement(alter(change.table, [clause, ...upkeep(change, change.table, context)]), context.server)];
  },

  renameConstraint: (change, context) => {
    const table = known(change.table, context, 'each kind of constraint is renamed in its own way');
    if ('deferred' in table) return table;
    const constraint = table.constraints.find((candidate) => candidate.name === change.from);
    return constraint === undefined ? [] : renamed(change, { table, constraint }, context);
  },

  validateConstraint: () =>
    unsupported('MySQL has looked at all rows when a constraint was added', 'leave it out: the constraint is valid already'),
} satisfies Pick<Render, ConstraintKinds>;

/** The clause of ALTER TABLE that drops a constraint; each kind has its own. */
export function dropClause(table: Table, constraint: Constraint, server: Server): string | Deferred {
  if (constraint.kind === 'primaryKey') return 'DROP PRIMARY KEY';
  const name = constraintName(table.name, constraint);
  if (name === undefined) return { deferred: `the server has named the ${constraint.kind} constraint, and its name is not known yet` };
  return dropNamed(constraint.kind, name, server);
}

function dropNamed(kind: Constraint['kind'], name: Name, server: Server): string {
  const quoted = quote.identifier(name);
  if (kind === 'unique') return `DROP INDEX ${quoted}`;
  if (kind === 'foreignKey') return `DROP FOREIGN KEY ${quoted}`;
  return has(server, 'mariadb') ? `DROP CONSTRAINT ${quoted}` : `DROP CHECK ${quoted}`;
}

/** The name of a check, where it has one. */
export function checkName(table: Table, constraint: Constraint): Name | undefined {
  return constraintName(table.name, constraint);
}

/** What can be dropped without having seen the table: all but a foreign key, whose index may have to go with it. */
function dropUnseen({ table, name, type }: Of<'dropConstraint'>, { server }: RenderContext): Rendered | undefined {
  if (type === 'primaryKey') return [statement(alter(table, ['DROP PRIMARY KEY']), server)];
  if (name === undefined || (type !== 'unique' && type !== 'check')) return undefined;
  return [statement(alter(table, [dropNamed(type, name, server)]), server)];
}

interface Met {
  readonly table: Table;
  readonly constraint: Constraint;
}

function renamed({ to }: Of<'renameConstraint'>, { table, constraint }: Met, context: RenderContext): Rendered {
  const { server } = context;
  const wanted = { ...constraint, name: to };
  const text = constraintText(table.name, wanted, server);
  const drop = dropClause(table, constraint, server);
  if (typeof text !== 'string') return text;
  if (typeof drop !== 'string') return drop;
  const [from, quoted] = [constraintName(table.name, constraint) ?? '', quote.identifier(to)];
  switch (constraint.kind) {
    case 'primaryKey':
      return unsupported('in MySQL the primary key has the name PRIMARY and no other', 'leave it as it is');
    case 'unique':
      if (has(server, 'renameIndex'))
        return [statement(alter(table.name, [`RENAME INDEX ${quote.identifier(from)} TO ${quoted}`]), server)];
      return [statement(alter(table.name, [drop, `ADD ${text}`]), server)];
    case 'foreignKey': {
      // The new one comes before the old one goes, so that no row slips through.
      const adding: Of<'addConstraint'> = { kind: 'addConstraint', table: table.name, constraint: wanted };
      const between = apply(context.before, adding);
      if ('refused' in between) return [];
      const dropping: Of<'dropConstraint'> = { kind: 'dropConstraint', table: table.name, name: from };
      return [
        statement(alter(table.name, [...upkeep(adding, table.name, context), `ADD ${text}`]), server),
        statement(alter(table.name, [drop, ...upkeep(dropping, table.name, { server, before: between })]), server),
      ];
    }
    default:
      return [statement(alter(table.name, [drop, `ADD ${text}`]), server)];
  }
}
