import { type RenderContext, type Rendered, type Statement, unsupported } from '../../../contracts/index.ts';
import { type Column, isAbsent, keyOf, type QualifiedName, type Sequence, type Table } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { quote, text } from '../quote.ts';
import { serialOf, spanOf, startOf } from '../serial.ts';
import { typeSql } from '../types.ts';
import { boundsOf, intoBounds } from './bounds.ts';
import { commentStatement, onNew, statement } from './statement.ts';

const types = { 16: 'smallint', 32: 'integer', 64: 'bigint' } as const;

/** CREATE SEQUENCE with what is given: https://www.postgresql.org/docs/current/sql-createsequence.html */
export function createSequence(object: Sequence, context: RenderContext): Rendered {
  if (object.unlogged === true && !has(context.server, 'unloggedSequences'))
    return unsupported(`${context.server.title} keeps every sequence through a crash`, 'leave out `unlogged`');
  const clauses = [
    object.bits === undefined ? '' : ` AS ${types[object.bits]}`,
    object.increment === undefined ? '' : ` INCREMENT BY ${object.increment}`,
    object.minimum === undefined ? '' : ` MINVALUE ${object.minimum}`,
    object.maximum === undefined ? '' : ` MAXVALUE ${object.maximum}`,
    object.start === undefined ? '' : ` START WITH ${object.start}`,
    object.cache === undefined ? '' : ` CACHE ${object.cache}`,
    object.cycle === true ? ' CYCLE' : '',
    object.ownedBy === undefined ? '' : ` OWNED BY ${owner(object.ownedBy)}`,
  ];
  const name = quote.name(object.name);
  return [
    statement(`CREATE ${object.unlogged === true ? 'UNLOGGED ' : ''}SEQUENCE ${name}${clauses.join('')}`, context),
    ...(object.comment === undefined ? [] : [commentStatement(`SEQUENCE ${name}`, object.comment, context)]),
  ];
}

/** ALTER SEQUENCE to all settings of the object; where the counter stands is left as it is, unless it may not stand there any more. */
export function replaceSequence(object: Sequence, context: RenderContext): Rendered {
  const name = quote.name(object.name);
  const key = keyOf({ kind: 'sequence', name: object.name });
  if (isAbsent(context.before, key)) return createSequence(object, context);
  const span = spanOf(object);
  const clauses = [
    `AS ${types[object.bits ?? 64]}`,
    `INCREMENT BY ${object.increment ?? 1}`,
    boundsOf(span),
    `START WITH ${span.first}`,
    `CACHE ${object.cache ?? 1}`,
    object.cycle === true ? 'CYCLE' : 'NO CYCLE',
    `OWNED BY ${object.ownedBy === undefined ? 'NONE' : owner(object.ownedBy)}`,
  ];
  const before = context.before.objects.get(key);
  const kept = before?.kind === 'sequence' ? intoBounds(object.name, { from: spanOf(before), to: span }, context) : [];
  const created = before === undefined ? [statement(`CREATE SEQUENCE IF NOT EXISTS ${name}`, context)] : [];
  const comment = object.comment ?? null;
  const said = before !== undefined && (before.comment ?? null) === comment ? [] : [commentStatement(`SEQUENCE ${name}`, comment, context)];
  const wasUnlogged = before?.kind === 'sequence' ? before.unlogged === true : undefined;
  const logged = loggedAs(object, wasUnlogged, context);
  return [...created, ...kept, statement(`ALTER SEQUENCE ${name} ${clauses.join(' ')}`, context), ...logged, ...said];
}

/** What lets a sequence be kept through a crash, or not, as it is to; `is` says how it stands, where that is known. */
export function loggedAs({ name, unlogged }: Sequence, is: boolean | undefined, context: RenderContext): readonly Statement[] {
  const wanted = unlogged === true;
  if (wanted === is || !has(context.server, 'unloggedSequences')) return [];
  return [statement(`ALTER SEQUENCE ${quote.name(name)} SET ${wanted ? 'UNLOGGED' : 'LOGGED'}`, context)];
}

function owner({ table, column }: NonNullable<Sequence['ownedBy']>): string {
  return `${quote.name(table)}.${quote.identifier(column)}`;
}

/** The settings of a column's sequence, for `( … )` behind IDENTITY and for CREATE SEQUENCE. */
export function countingClauses(column: Column): string {
  const { identity, extras } = column;
  const start = startOf(column);
  const first = (identity?.increment ?? 1) > 0 ? (extras?.['minimum'] ?? 1) : (extras?.['maximum'] ?? -1);
  return [
    extras?.['sequence'] === undefined ? '' : `SEQUENCE NAME ${extras['sequence']}`,
    String(start) === String(first) ? '' : `START WITH ${start}`,
    identity?.increment === undefined ? '' : `INCREMENT BY ${identity.increment}`,
    extras?.['minimum'] === undefined ? '' : `MINVALUE ${extras['minimum']}`,
    extras?.['maximum'] === undefined ? '' : `MAXVALUE ${extras['maximum']}`,
    extras?.['cache'] === undefined ? '' : `CACHE ${extras['cache']}`,
    extras?.['cycle'] === undefined ? '' : 'CYCLE',
  ]
    .filter((clause) => clause !== '')
    .join(' ');
}

/** The default of a serial column. */
export function nextValue(sequence: QualifiedName): string {
  return `nextval(${text(quote.name(sequence))}::regclass)`;
}

/** Makes the sequence of a serial column of a table, before the column is made. Like that of an identity it is unlogged with its table. */
export function createSerial(column: Column, { options }: Pick<Table, 'options'>, context: RenderContext): Rendered {
  const name = serialOf(column);
  if (name === undefined) return [];
  const type = typeSql(column.type);
  const counted = column.extras?.['sequenceType'] ?? (type === 'smallint' || type === 'integer' ? type : 'bigint');
  if (column.identity?.always === true)
    return unsupported('a serial column takes every value that it is given', 'leave out `always` or `serial`');
  const clauses = countingClauses(column);
  const unlogged = options['unlogged'] === true && has(context.server, 'unloggedSequences') ? 'UNLOGGED ' : '';
  return [statement(`CREATE ${unlogged}SEQUENCE ${quote.name(name)} AS ${counted}${clauses === '' ? '' : ` ${clauses}`}`, context)];
}

/** Ties the sequence of a serial column to it, so that it goes with it. */
export function ownSerial(table: QualifiedName, column: Column, context: RenderContext): Rendered {
  const name = serialOf(column);
  if (name === undefined) return [];
  const comment = column.extras?.['serialComment'];
  return [
    onNew(`ALTER SEQUENCE ${quote.name(name)} OWNED BY ${quote.name(table)}.${quote.identifier(column.name)}`, context),
    ...(comment === undefined ? [] : [commentStatement(`SEQUENCE ${quote.name(name)}`, comment, context)]),
  ];
}

/** Lets a sequence that was put behind a column with rows go on after the largest of them. */
export function catchUp(table: QualifiedName, column: Column, context: RenderContext): Rendered {
  const down = (column.identity?.increment ?? 1) < 0;
  const name = quote.identifier(column.name);
  const sequence = `pg_get_serial_sequence(${text(quote.name(table))}, ${text(column.name)})`;
  const start = startOf(column);
  const next = `${down ? 'min' : 'max'}(${name}) ${down ? '- 1' : '+ 1'}`;
  const bounded = `${down ? 'least' : 'greatest'}(${next}, ${start})`;
  return [statement(`SELECT setval(${sequence}, coalesce(${bounded}, ${start}), false) FROM ${quote.name(table)}`, context)];
}
