import type { ResultRow, Server } from '../../../contracts/index.ts';
import type { Column, ColumnType, Default, Identity, Name } from '../../../schema/index.ts';
import { flag, given, list, named, opt, str, whole } from '../catalogue.ts';
import { quote } from '../quote.ts';
import { sequenceLimits, usualSequence } from '../serial.ts';
import { typeFromCatalogue } from '../types.ts';

/** The sequence behind an identity or serial column. */
export interface CountingSequence {
  readonly row: ResultRow;
  /** As names in definitions are printed. */
  readonly shown: string;
}

/** Of the sequences that a column owns, the one by which it counts: an identity has it inside itself, a serial column names it. */
export function countingOf(column: ResultRow, owned: readonly CountingSequence[]): CountingSequence | undefined {
  const isIdentity = str(column, 'identity') !== '';
  return owned.find((one) => (isIdentity ? flag(one.row, 'internal') : isSerial(opt(column, 'expression'), one)));
}

/**
 * One column. A column whose default counts up a sequence that it owns is an identity, like one that the engine calls so; the name of
 * its sequence stands in `extras.serial`, because a serial column shows it to whoever looks.
 */
export function readColumn(row: ResultRow, counting: CountingSequence | undefined, server: Server): Column {
  const type = columnTypeOf(row, server);
  const expression = opt(row, 'expression');
  const generated = str(row, 'generated');
  const identity = str(row, 'identity');
  const serial = counting !== undefined && identity === '';
  const counts = counting?.row;
  return {
    name: str(row, 'name'),
    type,
    nullable: !flag(row, 'required'),
    ...given({
      default: generated === '' && !serial ? defaultOf(expression, type, str(row, 'type')) : undefined,
      identity: counts === undefined ? undefined : identityOf(counts, identity === 'a'),
      generated: generated === '' ? undefined : { sql: expression ?? '', stored: generated === 's' },
      collation: collationOf(row, server),
      comment: opt(row, 'comment'),
      extras: extrasOf(row, counts === undefined ? {} : sequenceExtras(counts, { column: row, serial, server })),
    }),
  };
}

function isSerial(expression: string | undefined, { shown }: CountingSequence): boolean {
  return expression === `nextval('${shown.replaceAll("'", "''")}'::regclass)`;
}

function identityOf(row: ResultRow, always: boolean): Identity {
  const increment = Number(str(row, 'increment'));
  const start = str(row, 'start');
  return given({
    always: always ? (true as const) : undefined,
    start: start === (increment > 0 ? '1' : '-1') ? undefined : whole(start),
    increment: increment === 1 ? undefined : increment,
  });
}

/** Settings of a column's sequence that differ from those it has by itself. */
function sequenceExtras(
  row: ResultRow,
  { column, serial, server }: { readonly column: ResultRow; readonly serial: boolean; readonly server: Server },
): Readonly<Record<string, string>> {
  const type = str(row, 'type');
  const own = sequenceLimits(type, Number(str(row, 'increment')));
  const name = quote.name(named(row, server));
  return given({
    serial: serial ? name : undefined,
    serialComment: serial ? opt(row, 'comment') : undefined,
    sequence: serial || str(row, 'name') === usualSequence(str(column, 'table'), str(column, 'name')) ? undefined : name,
    sequenceType: type === str(column, 'type') ? undefined : type,
    minimum: differing(str(row, 'minimum'), String(own.minimum)),
    maximum: differing(str(row, 'maximum'), String(own.maximum)),
    cache: differing(str(row, 'cache'), '1'),
    cycle: flag(row, 'cycle') ? 'true' : undefined,
  }) as Readonly<Record<string, string>>;
}

function differing(value: string, usual: string): string | undefined {
  return value === usual ? undefined : value;
}

const storages: Readonly<Record<string, string>> = { p: 'plain', e: 'external', m: 'main', x: 'extended' };
const compressions: Readonly<Record<string, string>> = { p: 'pglz', l: 'lz4' };

function extrasOf(row: ResultRow, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  const options = list(row, 'options');
  const extras = {
    ...more,
    ...given({
      storage: storages[opt(row, 'storage') ?? ''],
      compression: compressions[opt(row, 'compression') ?? ''],
      statistics: opt(row, 'statistics'),
      options: options.length === 0 ? undefined : options.join(', '),
      inherited: flag(row, 'inherited') ? 'true' : undefined,
    }),
  } as Readonly<Record<string, string>>;
  return Object.keys(extras).length === 0 ? undefined : extras;
}

/** The type of a row with `type`, `is_array`, `type_schema` and `type_name`. */
export function columnTypeOf(row: ResultRow, server: Server): ColumnType {
  const own = opt(row, 'type_name') === undefined ? undefined : named(row, server, 'type_schema', 'type_name');
  return typeFromCatalogue({ text: str(row, 'type'), named: own, array: flag(row, 'is_array') });
}

/** The collation of a row with `collation` and `collation_schema`, in the form that `quote.ts` reads. */
export function collationOf(row: ResultRow, server: Server): Name | undefined {
  const name = opt(row, 'collation');
  const schema = opt(row, 'collation_schema');
  if (name === undefined) return undefined;
  return schema === 'pg_catalog' || schema === server.namespace ? name : `${schema}."${name.replaceAll('"', '""')}"`;
}

/**
 * A default as the catalogue prints it: a plain value where the type is one that every engine has a literal for, else SQL. `shown` is
 * the type as `format_type` writes it.
 */
export function defaultOf(expression: string | undefined, type: ColumnType, shown: string): Default | undefined {
  if (expression === undefined) return undefined;
  const value = plainValue(expression, type, shown.replace(/\(.*?\)/, ''));
  return value === undefined ? { sql: expression } : { value };
}

/** Kinds of types whose values may stand in a default as text; bytes and arrays are written differently elsewhere. */
const textual: ReadonlySet<ColumnType['kind']> = new Set([
  'string',
  'text',
  'char',
  'date',
  'time',
  'timestamp',
  'uuid',
  'json',
  'named',
  'decimal',
]);

function plainValue(expression: string, type: ColumnType, base: string): string | number | boolean | bigint | undefined {
  if (type.kind === 'boolean') return expression === 'true' ? true : expression === 'false' ? false : undefined;
  const literal = castLiteral(expression);
  if (type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float') {
    return numberOf(literal !== undefined && numeric.test(`::${literal.type}`) ? literal.value : expression.replace(numeric, ''));
  }
  if (literal === undefined || !textual.has(type.kind)) return undefined;
  return literal.type === base || (literal.type === 'bpchar' && base === 'character') ? literal.value : undefined;
}

const numeric = /::(numeric|bigint|integer|smallint|real|double precision)$/;

/** `'text'::type`, taken apart. Backslashes stand for themselves, as `stable.ts` sees to. */
function castLiteral(expression: string): { readonly value: string; readonly type: string } | undefined {
  const [, inner, type] = /^'((?:[^']|'')*)'::(.+?)$/s.exec(expression) ?? [];
  return inner === undefined || type === undefined ? undefined : { value: inner.replaceAll("''", "'"), type: type.replace(/\(.*?\)/, '') };
}

/** A number when its usual form is the very text, so that nothing is rounded. */
function numberOf(text: string): number | bigint | undefined {
  if (/^-?\d+$/.test(text)) {
    const exact = whole(text);
    return String(exact) === text ? exact : undefined;
  }
  return /^-?\d+\.\d+$/.test(text) && String(Number(text)) === text ? Number(text) : undefined;
}
