import type { RenderContext, Rendered, Statement } from '../../../contracts/index.ts';
import {
  apply,
  asMeant,
  type Change,
  type ColumnChange,
  formatName,
  type Name,
  type Of,
  type QualifiedName,
  type Schema,
  tableOf,
} from '../../../schema/index.ts';
import { local, lower } from '../quote.ts';
import { effect } from '../traits.ts';
import { column, columnSaid } from './column.ts';
import { constraint, constraintSaid } from './constraint.ts';
import { indexes } from './indexes.ts';
import { rebuild } from './rebuild.ts';
import type { Said, SaidBy } from './remake.ts';
import { table, tableSaid } from './table.ts';

/** The statements of each of several changes. */
type Parts = readonly (readonly Statement[])[];

/**
 * Renders several changes that follow one another at once: changes of one table that would make it anew more than once do it once, a
 * constraint of a table that is made just before stands in its CREATE TABLE, because a foreign key may point to what is not there yet,
 * and a constraint of a table that goes just behind goes with it.
 */
export function together(changes: readonly Change[], from: number, context: RenderContext): Parts | undefined {
  return madeTables(changes, from, context) ?? goneTables(changes, from, context) ?? oneTable(changes, from, context);
}

function madeTables(changes: readonly Change[], from: number, context: RenderContext): Parts | undefined {
  const made = new Map<string, Of<'createTable'>>();
  const taken: (Of<'createTable'> | Of<'createIndex'> | Of<'addConstraint'>)[] = [];
  let schema = context.before;
  for (let change = changes[from]; change !== undefined; change = changes[from + taken.length]) {
    if (change.kind === 'createTable') made.set(nameOf(change.table.name), change);
    else if ((change.kind !== 'addConstraint' && change.kind !== 'createIndex') || !made.has(nameOf(change.table))) break;
    const next = apply(schema, change);
    if ('refused' in next) break;
    taken.push(change);
    schema = next;
  }
  if (taken.length < 2) return undefined;
  return allRendered(taken, (change) => {
    if (change.kind === 'createIndex') return indexes.createIndex(change, context);
    if (change.kind === 'addConstraint') return [];
    const whole = tableOf(schema, change.table.name) ?? change.table;
    return table.createTable({ ...change, table: { ...whole, indexes: change.table.indexes } }, context);
  });
}

function goneTables(changes: readonly Change[], from: number, context: RenderContext): Parts | undefined {
  if (changes[from]?.kind !== 'dropConstraint') return undefined;
  const going: (Of<'dropConstraint'> | Of<'dropTable'>)[] = [];
  for (let at = from; at < changes.length; at++) {
    const change = changes[at];
    if (change?.kind !== 'dropConstraint' && change?.kind !== 'dropTable') break;
    going.push(change);
  }
  const gone = new Set(going.flatMap((change) => (change.kind === 'dropTable' ? [nameOf(change.table)] : [])));
  if (!going.every((change) => gone.has(nameOf(change.table)))) return undefined;
  return allRendered(going, (change) => (change.kind === 'dropTable' ? table.dropTable(change, context) : []));
}

function allRendered<T>(changes: readonly T[], render: (change: T) => Rendered): Parts | undefined {
  const parts: (readonly Statement[])[] = [];
  for (const change of changes) {
    const rendered = render(change);
    if ('unsupported' in rendered || 'deferred' in rendered) return undefined;
    parts.push(rendered);
  }
  return parts;
}

const indexSaid: SaidBy<'createIndex' | 'dropIndex' | 'renameIndex'> = {
  createIndex: ({ index }) => ({ effects: [effect('+', `index ${index.name}`)] }),
  dropIndex: ({ name }) => ({ effects: [effect('-', `index ${name}`)] }),
  renameIndex: ({ from, to }) => ({ effects: [effect('~', `index ${from} → ${to}`)] }),
};

const said = { ...columnSaid, ...constraintSaid, ...tableSaid, ...indexSaid };
const handlers = { ...column, ...constraint, ...table, ...indexes };
/** A rename is followed by SQLite in texts that a rebuild leaves alone, so it is done by itself. */
type Kind = Exclude<keyof typeof said, 'renameColumn'>;

interface Step {
  readonly change: Of<Kind>;
  readonly said: Said;
  /** By itself the change would make the table anew, or cannot be made at all. */
  readonly heavy: boolean;
  readonly after: Schema;
}

function oneTable(changes: readonly Change[], from: number, context: RenderContext): Parts | undefined {
  const [first] = changes.slice(from, from + 1);
  if (first === undefined || !isOfKind(first)) return undefined;
  const before = tableOf(context.before, local(first.table));
  const steps: Step[] = [];
  for (let schema = context.before; before !== undefined; ) {
    const change = changes[from + steps.length];
    const meant = change === undefined ? undefined : asMeant(change, schema);
    if (meant === undefined || !isOfKind(meant) || nameOf(meant.table) !== nameOf(first.table) || looksBack(meant, steps)) break;
    const step = stepOf(meant, { ...context, before: schema });
    if (step === undefined) break;
    steps.push(step);
    schema = step.after;
  }
  const last = steps.at(-1);
  const after = last === undefined ? undefined : tableOf(last.after, local(first.table));
  if (before === undefined || after === undefined || steps.length < 2 || !steps.some(({ heavy }) => heavy)) return undefined;
  const rendered = rebuild(context, { before, after, ...joined(steps) });
  return 'unsupported' in rendered || 'deferred' in rendered ? undefined : steps.map((_, i) => (i === 0 ? rendered : []));
}

function isOfKind(change: Change): change is Of<Kind> {
  return change.kind in said && change.kind !== 'renameColumn';
}

/**
 * Whether a change finds in the rows what an earlier one left there: the default that a new column gave them, the emptiness of a
 * column that went, the values that an expression reads.
 */
function looksBack(change: Of<Kind>, steps: readonly Step[]): boolean {
  if (change.kind === 'alterColumn' && change.using !== undefined) return steps.length > 0;
  const name =
    change.kind === 'addColumn' ? change.column.name : change.kind === 'alterColumn' && !isRule(change.set) ? change.name : undefined;
  return name !== undefined && steps.some((step) => columnMadeOrGone(step.change) === lower(name));
}

/** What only says which values are allowed. */
function isRule(set: ColumnChange): boolean {
  return Object.keys(set).every((property) => property === 'nullable' || property === 'extras');
}

function columnMadeOrGone(change: Of<Kind>): Name | undefined {
  if (change.kind === 'addColumn') return lower(change.column.name);
  return change.kind === 'dropColumn' ? lower(change.name) : undefined;
}

function stepOf(change: Of<Kind>, context: RenderContext): Step | undefined {
  const after = apply(context.before, change);
  const tables = [context.before, 'refused' in after ? context.before : after].map((schema) => tableOf(schema, local(change.table)));
  const [was, is] = tables;
  if ('refused' in after || was === undefined || is === undefined) return undefined;
  const rendered = (handlers[change.kind] as (change: Change, context: RenderContext) => Rendered)(change, context);
  if ('deferred' in rendered) return undefined;
  const heavy = 'unsupported' in rendered || rendered.some(({ risks }) => risks.some(({ kind }) => kind === 'rewrites'));
  const say = said[change.kind] as (change: Change, tables: { before: typeof was; after: typeof is }, context: RenderContext) => Said;
  return { change, said: say(change, { before: was, after: is }, context), heavy, after };
}

function joined(steps: readonly Step[]): Said {
  const values = new Map(steps.flatMap(({ said: { values: own } }) => [...(own ?? [])]));
  return {
    effects: steps.flatMap(({ said: { effects } }) => effects),
    risks: steps.flatMap(({ said: { risks } }) => risks ?? []),
    ...(values.size === 0 ? {} : { values }),
  };
}

function nameOf(name: QualifiedName): string {
  return lower(formatName(local(name)));
}
