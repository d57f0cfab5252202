import {
  type Change,
  type Column,
  formatName,
  type Name,
  type Of,
  type QualifiedName,
  type Schema,
  type Sequence,
  sameName,
  schemaOf,
  type Table,
  tableOf,
  tablesOf,
} from '../../schema/index.ts';
import { quote, text } from './quote.ts';
import { parseNameInSql } from './reader.ts';

/** The name that a serial or identity column's sequence gets by itself (`makeObjectName` in the server's sources): cut to 63 bytes. */
export function usualSequence(table: Name, column: Name): Name {
  let [left, right] = [bytes(table).length, bytes(column).length];
  while (left + right > 63 - '__seq'.length) {
    if (left > right) left--;
    else right--;
  }
  return `${cut(table, left)}_${cut(column, right)}_seq`;
}

/** The sequence that a serial column shows, by its name in SQL. */
export function serialOf({ identity, extras }: Column): QualifiedName | undefined {
  const name = extras?.['serial'];
  return name === undefined || identity === undefined ? undefined : parseNameInSql(name);
}

/** The sequence behind a column that counts: the one that it shows, or the one that an identity has by itself. */
export function countedBy(table: QualifiedName, column: Column): QualifiedName {
  const given = column.extras?.['sequence'];
  const named = serialOf(column) ?? (given === undefined ? undefined : parseNameInSql(given));
  return named ?? { ...table, name: usualSequence(table.name, column.name) };
}

/**
 * A sequence keeps the name that it got after a table and a column when these get others: https://www.postgresql.org/docs/current/sql-altertable.html.
 * What gives it the name that it would have had.
 */
export function renamedSequences(rename: Of<'renameTable' | 'renameColumn'>, before: Schema): readonly Change[] {
  const table = tableOf(before, rename.kind === 'renameTable' ? rename.from : rename.table);
  if (table === undefined || 'partitionOf' in table.options) return [];
  return table.columns.flatMap((column): readonly Change[] => {
    if (column.identity === undefined || (rename.kind === 'renameColumn' && column.name !== rename.from)) return [];
    const named = countedBy(table.name, column);
    if (named.name !== usualSequence(table.name.name, column.name)) return [];
    const name = rename.kind === 'renameTable' ? usualSequence(rename.to.name, column.name) : usualSequence(table.name.name, rename.to);
    const key = serialOf(column) === undefined ? 'sequence' : 'serial';
    const extras = { ...column.extras, [key]: shortest({ ...named, name }) };
    return named.name === name ? [] : [{ kind: 'alterColumn', table: table.name, name: column.name, set: { extras } }];
  });
}

function bytes(name: Name): Uint8Array {
  return new TextEncoder().encode(name);
}

function cut(name: Name, length: number): Name {
  return new TextDecoder().decode(bytes(name).slice(0, length)).replace(/\uFFFD$/, '');
}

/**
 * Two structures in which a sequence stands by itself on both sides where it is part of a serial column on one of them only, or of
 * different columns: so it is kept, with its count, and not made anew.
 */
export function withLooseSequences(from: Schema, to: Schema): readonly [Schema, Schema] {
  const [left, right] = [serialsOf(from), serialsOf(to)];
  if (left.size === 0 && right.size === 0) return [from, to];
  return [loosened(from, left, { schema: to, serials: right }), loosened(to, right, { schema: from, serials: left })];
}

interface Serial {
  readonly name: QualifiedName;
  readonly table: Table;
  readonly column: Column;
}
type Serials = ReadonlyMap<string, Serial>;

function serialsOf(schema: Schema): Serials {
  const serials = new Map<string, Serial>();
  for (const table of tablesOf(schema)) {
    for (const column of table.columns) {
      const shown = column.identity === undefined ? undefined : column.extras?.['serial'];
      const name = shown === undefined ? undefined : parseNameInSql(shown);
      if (name !== undefined) serials.set(formatName(name), { name, table, column });
    }
  }
  return serials;
}

function loosened(schema: Schema, serials: Serials, other: { readonly schema: Schema; readonly serials: Serials }): Schema {
  const loose = [...serials].filter(([key, { table, column }]) => {
    const there = other.serials.get(key);
    if (there === undefined)
      return [...other.schema.objects.values()].some((one) => one.kind === 'sequence' && formatName(one.name) === key);
    return there.column.name !== column.name || !sameName(there.table.name, table.name);
  });
  if (loose.length === 0) return schema;
  const columns = new Set(loose.map(([, { column }]) => column));
  const objects = [...schema.objects.values()].map((object) =>
    object.kind === 'table' && object.columns.some((column) => columns.has(column))
      ? { ...object, columns: object.columns.map((column) => (columns.has(column) ? plainColumn(column) : column)) }
      : object,
  );
  return { ...schema, objects: schemaOf([...objects, ...loose.map(([, serial]) => looseSequence(serial))]).objects };
}

/** The sequence is kept through a crash as its table is. */
function looseSequence(serial: Serial): Sequence {
  return { ...sequenceOf(serial), ...(serial.table.options['unlogged'] === true ? { unlogged: true } : {}) };
}

const counted: ReadonlySet<string> = new Set(['serial', 'serialComment', 'sequenceType', 'minimum', 'maximum', 'cache', 'cycle']);

/** A serial column as any other with a default. */
function plainColumn({ identity: _, extras = {}, ...column }: Column): Column {
  const name = parseNameInSql(extras['serial'] ?? '');
  const others = Object.fromEntries(Object.entries(extras).filter(([extra]) => !counted.has(extra)));
  return {
    ...column,
    ...(name === undefined ? {} : { default: { sql: `nextval(${text(shortest(name))}::regclass)` } }),
    ...(Object.keys(others).length === 0 ? {} : { extras: others }),
  };
}

/** A name as the server shows it, in quotes only where it must be. */
function shortest({ schema, name }: QualifiedName): string {
  const part = (one: Name): string => (/^[a-z_][a-z0-9_]*$/.test(one) ? one : quote.identifier(one));
  return schema === undefined ? part(name) : `${part(schema)}.${part(name)}`;
}

/** The bounds of a sequence that gives none: https://www.postgresql.org/docs/current/sql-createsequence.html */
export function sequenceLimits(type: string, increment: number): { readonly minimum: bigint; readonly maximum: bigint } {
  const top = 2n ** BigInt(type === 'smallint' ? 15 : type === 'integer' ? 31 : 63);
  return increment > 0 ? { minimum: 1n, maximum: top - 1n } : { minimum: -top, maximum: -1n };
}

/** Where a sequence counts and begins, with what is usual where nothing is said. Bounds are part of it. */
export interface Span {
  readonly up: boolean;
  readonly bits: 16 | 32 | 64;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly first: bigint;
}

export function spanOf({ bits = 64, increment = 1, minimum, maximum, start }: Sequence): Span {
  const up = increment > 0;
  const usual = sequenceLimits({ 16: 'smallint', 32: 'integer', 64: 'bigint' }[bits], Number(increment));
  const [low, high] = [BigInt(minimum ?? usual.minimum), BigInt(maximum ?? usual.maximum)];
  return { up, bits, minimum: low, maximum: high, first: BigInt(start ?? (up ? low : high)) };
}

/** Where a column that counts begins: at 1 or -1 where nothing is said, unless its bounds forbid it. */
export function startOf({ identity, extras = {} }: Column): number | bigint {
  if (identity?.start !== undefined) return identity.start;
  const up = (identity?.increment ?? 1) > 0;
  const [minimum, maximum] = [extras['minimum'], extras['maximum']].map((bound) => (bound === undefined ? undefined : exact(bound)));
  const usual = up ? 1 : -1;
  const fits = (minimum === undefined || minimum <= usual) && (maximum === undefined || maximum >= usual);
  return fits ? usual : ((up ? minimum : maximum) ?? usual);
}

/** The sequence behind a column that counts, as one that stands by itself. */
export function sequenceOf({ name, table, column }: Omit<Serial, 'table'> & { readonly table: Pick<Table, 'name'> }): Sequence {
  const { identity, extras = {}, type } = column;
  const bits = extras['sequenceType'] === undefined ? (type.kind === 'integer' ? type.bits : 64) : bitsOf[extras['sequenceType']];
  const increment = identity?.increment ?? 1;
  const [minimum, maximum] = [extras['minimum'], extras['maximum']].map((bound) => (bound === undefined ? undefined : exact(bound)));
  const first = increment > 0 ? (minimum ?? 1) : (maximum ?? -1);
  const start = startOf(column);
  return {
    kind: 'sequence',
    name,
    ...(bits === 16 || bits === 32 ? { bits } : {}),
    ...(start === first ? {} : { start }),
    ...(increment === 1 ? {} : { increment }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(extras['cache'] === undefined ? {} : { cache: Number(extras['cache']) }),
    ...(extras['cycle'] === undefined ? {} : { cycle: true }),
    ownedBy: { table: table.name, column: column.name },
    ...(extras['serialComment'] === undefined ? {} : { comment: extras['serialComment'] }),
  };
}

const bitsOf: Readonly<Record<string, number>> = { smallint: 16, integer: 32, bigint: 64 };

function exact(value: string): number | bigint {
  const big = BigInt(value);
  return Number.isSafeInteger(Number(big)) ? Number(big) : big;
}
