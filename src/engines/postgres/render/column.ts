import { type Render, type Rendered, type Risk, type Statement, unsupported } from '../../../contracts/index.ts';
import { alteredColumn, type ColumnType, emptiesKey, formatName, type Of, type QualifiedName, tableOf } from '../../../schema/index.ts';
import { classify } from '../classify.ts';
import { has } from '../flavours.ts';
import { collation, quote } from '../quote.ts';
import { serialOf } from '../serial.ts';
import { effect, loses, mayFail } from '../traits.ts';
import { type TypeChange, typeChange } from '../type-change.ts';
import { typeSql } from '../types.ts';
import type { Action, Altered } from './column-altered.ts';
import { counting } from './column-counting.ts';
import { extrasChange } from './column-extras.ts';
import { afterColumn, afterInheriting, columnSql, columnTarget } from './column-sql.ts';
import { isPartition, only, sourceColumns } from './heirs.ts';
import { createSerial, nextValue, ownSerial } from './sequence.ts';
import { commentStatement, defaultSql, inParentheses, inTurn, isUnsupported, statement, untilKnown } from './statement.ts';

export const column = {
  addColumn: ({ table, column: added }, context) => {
    const sql = columnSql(added, context.server);
    if (isUnsupported(sql)) return sql;
    const owner = tableOf(context.before, table);
    if (owner !== undefined && sourceColumns(owner, added, context).length > 0)
      return inTurn(afterInheriting(owner, added, context), afterColumn(table, added, context));
    return inTurn(
      createSerial(added, owner ?? { options: {} }, context),
      [statement(`ALTER TABLE ${quote.name(table)} ADD COLUMN ${sql}`, context)],
      ownSerial(table, added, context),
      afterColumn(table, added, context),
    );
  },

  // Constraints and indexes that use the column go with it without being asked for. Heirs keep theirs.
  dropColumn: ({ table, name }, context) => {
    const drop = statement(`ALTER TABLE ${only(table, context)}${quote.name(table)} DROP COLUMN ${quote.identifier(name)}`, context);
    const owner = tableOf(context.before, table);
    const column = owner?.columns.find((one) => one.name === name);
    const isGone = column !== undefined && isPartition(owner) && sourceColumns(owner, column, context).length === 0;
    return isGone ? [] : [drop];
  },

  renameColumn: ({ table, from, to }, context) => [
    statement(`ALTER TABLE ${quote.name(table)} RENAME COLUMN ${quote.identifier(from)} TO ${quote.identifier(to)}`, context),
  ],

  alterColumn: (change, context) => {
    const { table, name, set } = change;
    if (emptiesKey(change, context.before)) {
      return unsupported(
        `column "${name}" belongs to the primary key and cannot be empty`,
        'drop the primary key first, or leave `nullable` out',
      );
    }
    const before = tableOf(context.before, table)?.columns.find((existing) => existing.name === name);
    if (before === undefined && needsBefore(change))
      return untilKnown(`what column "${formatName(table)}.${name}" is like is not known yet`);
    const altered: Altered = { change, before, after: before === undefined ? undefined : alteredColumn(before, set), context };
    const typed = typeActions(altered);
    if (isUnsupported(typed)) return typed;
    const computed = generatedActions(altered);
    if (isUnsupported(computed)) return computed;
    const counted = counting(altered);
    if (isUnsupported(counted)) return counted;
    const extras = extrasChange(altered);
    if (isUnsupported(extras)) return extras;
    const actions = [
      ...computed,
      ...counted.actions,
      ...typed.actions,
      ...nullableActions(altered),
      ...defaultActions(altered, typed.retyped),
      ...extras,
    ];
    return inTurn(counted.first, ...grouped(altered, actions, typed.judged), counted.last, commented(altered));
  },
} satisfies Pick<Render, 'addColumn' | 'dropColumn' | 'renameColumn' | 'alterColumn'>;

function needsBefore({ set, using }: Of<'alterColumn'>): boolean {
  const { type, collation: collated, identity, generated, extras } = set;
  return (type !== undefined && using === undefined) || [collated, identity, generated, extras].some((property) => property !== undefined);
}

interface Typed {
  readonly actions: readonly Action[];
  /** The type itself is another one, so that the default has to be taken away and given again. */
  readonly retyped: boolean;
  readonly judged?: TypeChange;
}

function typeActions({ change, before, context }: Altered): Typed | ReturnType<typeof unsupported> {
  const { set, using } = change;
  const type = set.type ?? before?.type;
  if (type === undefined || (set.type === undefined && set.collation === undefined)) return { actions: [], retyped: false };
  const sql = typeSql(type);
  if (isUnsupported(sql)) return sql;
  if (isTypedFromAbove({ change, before, context }, sql)) return { actions: [], retyped: false };
  const judged = before === undefined ? undefined : typeChange(before.type, type);
  const collated = set.collation === undefined ? before?.collation : (set.collation ?? undefined);
  const same = before !== undefined && typeSql(before.type) === sql;
  if (same && collated === before?.collation && using === undefined) return { actions: [], retyped: false };
  const collate = collated === undefined ? '' : ` COLLATE ${collation(collated)}`;
  const how =
    using ?? (judged?.needsCast === true && before !== undefined ? cast(quote.identifier(change.name), before.type, type, sql) : undefined);
  const action = { sql: `TYPE ${sql}${collate}${how === undefined ? '' : ` USING ${how}`}`, shown: `type ${sql}${collate}` };
  const trusted = judged === undefined || using !== undefined ? undefined : judged;
  return { actions: [action], retyped: !same, ...(trusted === undefined ? {} : { judged: trusted }) };
}

/** Whether a column of a partition or heir has its new type by that of the column it comes from. */
function isTypedFromAbove({ change, before: column, context }: Pick<Altered, 'change' | 'before' | 'context'>, sql: string): boolean {
  if (column === undefined) return false;
  const { table, set } = change;
  const given = sourceColumns(tableOf(context.before, table), column, context);
  const collated = set.collation === undefined ? column.collation : (set.collation ?? undefined);
  return given.length > 0 && given.every((source) => typeSql(source.type) === sql && source.collation === collated);
}

/**
 * A cast that is asked for. Where there is none, values go through their text, which is how all are written: what does not fit fails and is
 * never cut.
 */
function cast(name: string, from: ColumnType, to: ColumnType, sql: string): string {
  if (from.kind === 'array' && to.kind === 'array') return `${name}::text[]::${sql}`;
  // Only integer itself has casts from and to boolean.
  if (from.kind === 'boolean' && ['integer', 'decimal', 'float'].includes(to.kind)) return `${name}::integer::${sql}`;
  if (from.kind === 'integer' && to.kind === 'boolean') return `${name}::integer::${sql}`;
  // The text of a number that stands for a truth value has no digits behind the point.
  if (from.kind === 'decimal' && to.kind === 'boolean') return `trim_scale(${name})::text::${sql}`;
  return ['string', 'text', 'char'].includes(from.kind) ? `${name}::${sql}` : `${name}::text::${sql}`;
}

function generatedActions({ change, before, context }: Altered): readonly Action[] | ReturnType<typeof unsupported> {
  const wanted = change.set.generated;
  const { server } = context;
  if (wanted === undefined) return [];
  if (wanted === null) {
    if (before?.generated === undefined) return [];
    if (before.generated.stored && has(server, 'dropExpression')) return [{ sql: 'DROP EXPRESSION', shown: 'no expression' }];
    return unsupported(`${server.title} cannot make a plain column of "${change.name}"`, 'drop the column and add it anew');
  }
  if (before?.generated === undefined || before.generated.stored !== wanted.stored) {
    return unsupported('PostgreSQL cannot make an existing column a computed one of this kind', 'drop the column and add it anew');
  }
  if (before.generated.sql === wanted.sql) return [];
  if (has(server, 'setExpression')) return [{ sql: `SET EXPRESSION AS ${inParentheses(wanted.sql)}`, shown: 'expression' }];
  return unsupported(
    `${server.title} cannot change the expression of a computed column, which version 17 can`,
    'drop the column and add it anew',
  );
}

function nullableActions({ change, before, context }: Altered): readonly Action[] {
  const { nullable } = change.set;
  if (nullable === undefined || nullable === before?.nullable) return [];
  const given = before === undefined ? [] : sourceColumns(tableOf(context.before, change.table), before, context);
  if (!nullable && given.some((source) => !source.nullable)) return [];
  return nullable ? [{ sql: 'DROP NOT NULL', shown: 'may be empty' }] : [{ sql: 'SET NOT NULL', shown: 'not null' }];
}

/** The default goes before the type changes and comes back behind it: it is not always one that can be cast. */
function defaultActions({ change, before }: Altered, retyped: boolean): readonly Action[] {
  const wanted = change.set.default;
  const serial = before === undefined ? undefined : serialOf(before);
  const current = serial === undefined ? before?.default : { sql: nextValue(serial) };
  const helped: readonly Action[] = retyped && before?.default !== undefined && wanted !== null ? [{ sql: 'DROP DEFAULT' }] : [];
  if (wanted === null) return before !== undefined && current === undefined ? [] : [{ sql: 'DROP DEFAULT', shown: 'no default' }];
  if (wanted !== undefined) return [...helped, { sql: `SET DEFAULT ${defaultSql(wanted)}`, shown: `default ${defaultSql(wanted)}` }];
  return helped.length === 0 || current === undefined ? [] : [...helped, { sql: `SET DEFAULT ${defaultSql(current)}` }];
}

/** One ALTER TABLE with all actions, so that the rows are written at most once; but what partitions and heirs have their own of is said of the one table. */
function grouped(altered: Altered, actions: readonly Action[], judged: TypeChange | undefined): readonly Rendered[] {
  const { change, context } = altered;
  const alone = only(change.table, context, { partitions: true });
  if (alone === '') return [joined(altered, actions, { judged, alone })];
  const follows = ({ sql }: Action): boolean => /^(?:TYPE|SET NOT NULL|DROP NOT NULL|SET EXPRESSION|DROP EXPRESSION)/.test(sql);
  const first = actions.filter((action) => action.sql === 'DROP DEFAULT' && action.shown === undefined);
  const rest = actions.filter((action) => !follows(action) && !first.includes(action));
  return [
    joined(altered, first, { judged: undefined, alone }),
    joined(altered, actions.filter(follows), { judged, alone: '' }),
    joined(altered, rest, { judged: undefined, alone }),
  ];
}

function joined(
  altered: Altered,
  actions: readonly Action[],
  { judged, alone }: { readonly judged: TypeChange | undefined; readonly alone: string },
): Rendered {
  if (actions.length === 0) return [];
  const { change, context } = altered;
  const sql = (some: readonly Action[]): string =>
    `ALTER TABLE ${alone}${quote.name(change.table)} ${some.map((action) => `ALTER COLUMN ${quote.identifier(change.name)} ${action.sql}`).join(', ')}`;
  const shown = `column ${formatName(change.table)}.${change.name}`;
  const effects = actions.flatMap((action) => (action.shown === undefined ? [] : [effect('~', `${shown} ${action.shown}`)]));
  const whole = statement(sql(actions), context, { effects });
  if (judged === undefined) return [whole];
  const others = actions.filter((action) => !action.sql.startsWith('TYPE '));
  const risks = others.length === 0 ? [] : classify(sql(others), context.server).risks;
  return [{ ...whole, risks: [...typeRisks(change.table, change.name, judged), ...risks] }];
}

function typeRisks(table: QualifiedName, name: string, { keepsValues, rewrites }: TypeChange): readonly Risk[] {
  return [
    ...(rewrites ? [{ kind: 'rewrites' as const, table }] : []),
    ...(keepsValues ? [] : [loses('values', table, { column: name }), mayFail(`values of "${name}" may not fit the new type`)]),
  ];
}

function commented({ change, before, context }: Altered): readonly Statement[] {
  const { comment } = change.set;
  if (comment === undefined || (before !== undefined && comment === (before.comment ?? null))) return [];
  return [commentStatement(columnTarget(change.table, change.name), comment, context)];
}
