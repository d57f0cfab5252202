import type { ResultRow, Server } from '../../contracts/index.ts';
import type { Column, Constraint, Index, IndexPart, Name, QualifiedName, ReferentialAction, Table } from '../../schema/index.ts';
import { type Catalogue, nameOf } from './catalogue.ts';
import { readDefault, readExpression } from './defaults.ts';
import { has } from './flavours.ts';
import { readOptions, readSpecial, type SpecialTable } from './inspect-options.ts';
import { ownIndexes } from './own-index.ts';
import { quote } from './quote.ts';
import { field, optional } from './rows.ts';
import { withoutDatabase } from './text.ts';
import { isText, readType } from './types.ts';

/** The rows of one table. */
export interface TableRows {
  readonly table: ResultRow;
  readonly columns: readonly ResultRow[];
  readonly indexes: readonly ResultRow[];
  readonly keyColumns: readonly ResultRow[];
  readonly keyRules: readonly ResultRow[];
  readonly checks: readonly ResultRow[];
  readonly special: ResultRow | undefined;
}

export function tableFrom(rows: TableRows, defaults: Catalogue['defaults'], server: Server): Table {
  const name = nameOf(rows.table, server);
  const special = readSpecial(rows.special);
  const collation = optional(rows.table, 'collation');
  const columns = [...rows.columns].sort(byPlace).map((row) => columnFrom(row, { rows, collation, server }));
  const { keys, indexes } = keysFrom(rows, columns, special);
  const comment = field(rows.table, 'comment');
  const table: Table = {
    kind: 'table',
    name,
    columns,
    constraints: [...keys, ...foreignKeys(rows, server), ...checksFrom(rows, columns, { special, server })],
    indexes,
    options: { ...readOptions(rows.table, defaults), ...special.options },
    ...(comment === '' ? {} : { comment }),
  };
  return withoutOwnIndexes(table);
}

function byPlace(a: ResultRow, b: ResultRow): number {
  return Number(a['at']) - Number(b['at']);
}

interface ColumnContext {
  readonly rows: TableRows;
  /** Of the table: a column that has the same says nothing of it. */
  readonly collation: string | undefined;
  readonly server: Server;
}

function columnFrom(row: ResultRow, { rows, collation: inherited, server }: ColumnContext): Column {
  const name = field(row, 'col');
  const extra = field(row, 'extra');
  const collation = optional(row, 'collation');
  const read = readType(field(row, 'type'), collation, server);
  const check = rows.checks.find((candidate) => isColumnCheck(candidate, name, rows))?.['clause'];
  const clause = typeof check === 'string' ? check : undefined;
  const json =
    read.type.kind === 'text' &&
    has(server, 'jsonAlias') &&
    collation === 'utf8mb4_bin' &&
    clause === `json_valid(${quote.identifier(name)})`;
  const type = json ? ({ kind: 'json' } as const) : read.type;
  const formula = field(row, 'formula');
  const generated = formula === '' ? undefined : { sql: readExpression(formula, server), stored: /STORED|PERSISTENT/i.test(extra) };
  const value = generated === undefined ? defaultOf(row, type, server) : undefined;
  const own = isText(type) && collation !== inherited ? collation : undefined;
  const comment = field(row, 'comment');
  const extras = {
    ...read.extras,
    ...(/on update/i.test(extra) ? { onUpdate: 'CURRENT_TIMESTAMP' } : {}),
    ...(/\bINVISIBLE\b/i.test(extra) ? { invisible: 'yes' } : {}),
    ...(/\bWITHOUT SYSTEM VERSIONING\b/i.test(extra) ? { withoutHistory: 'yes' } : {}),
    ...(clause === undefined || json ? {} : { check: clause }),
    ...(optional(row, 'srid') === undefined ? {} : { srid: field(row, 'srid') }),
  };
  return {
    name,
    type,
    nullable: field(row, 'nullable') === 'YES',
    ...(value === undefined ? {} : { default: value }),
    ...(/\bauto_increment\b/i.test(extra) ? { identity: {} } : {}),
    ...(generated === undefined ? {} : { generated }),
    ...(own === undefined ? {} : { collation: own }),
    ...(comment === '' ? {} : { comment }),
    ...(Object.keys(extras).length === 0 ? {} : { extras }),
  };
}

/** MariaDB tells the name of a sequence with its database. */
function defaultOf(row: ResultRow, type: Column['type'], server: Server): Column['default'] {
  const raw = optional(row, 'dflt');
  const own = raw === undefined || !has(server, 'mariadb') ? raw : withoutDatabase(raw, field(row, 'db'));
  return readDefault(own, type, server, /DEFAULT_GENERATED/.test(field(row, 'extra')));
}

/** Before MariaDB 10.5.10 only the name tells: a check that stands with a column bears its name. */
function isColumnCheck(check: ResultRow, column: Name, { columns }: TableRows): boolean {
  const level = optional(check, 'level');
  if ('enforced' in check || field(check, 'con') !== column) return false;
  return level === undefined ? columns.some((row) => field(row, 'col') === column) : level === 'Column';
}

interface Keys {
  readonly keys: readonly Constraint[];
  readonly indexes: readonly Index[];
}

function keysFrom(rows: TableRows, columns: readonly Column[], special: SpecialTable): Keys {
  const groups = new Map<Name, ResultRow[]>();
  // The end of a row's life belongs to every key of a table with history, and is no column of its own there.
  const visible = rows.indexes.filter(
    (row) => !columns.some((column) => column.name === field(row, 'col') && column.generated?.sql === 'ROW END'),
  );
  for (const row of [...visible].sort(byPlace)) groups.set(field(row, 'idx'), [...(groups.get(field(row, 'idx')) ?? []), row]);
  const keys: Constraint[] = [];
  const indexes: Index[] = [];
  for (const [name, parts] of groups) {
    const over = special.withoutOverlaps.get(name);
    // The columns of a period stand behind those that are named.
    const index = indexFrom(name, over === undefined ? parts : parts.slice(0, over.columns));
    const plain = index.parts.every((part) => part.column !== undefined && part.length === undefined && part.order === undefined);
    const names = index.parts.map((part) => part.column ?? '');
    if (name === 'PRIMARY') keys.push({ kind: 'primaryKey', columns: names, ...keyExtras(index, plain, over?.period) });
    else if (index.unique && plain && index.method === undefined && index.extras === undefined && over === undefined) {
      keys.push({ kind: 'unique', name, columns: names, ...(index.comment === undefined ? {} : { comment: index.comment }) });
    } else indexes.push(over === undefined ? index : { ...index, extras: { ...index.extras, withoutOverlaps: over.period } });
  }
  return { keys, indexes };
}

/** What a primary key has beyond the names of its columns. */
function keyExtras(index: Index, plain: boolean, period: Name | undefined): { readonly extras?: Readonly<Record<string, string>> } {
  const extras = {
    ...(index.method === undefined ? {} : { method: index.method }),
    ...(index.comment === undefined ? {} : { comment: index.comment }),
  };
  if (plain && period === undefined) return Object.keys(extras).length === 0 ? {} : { extras };
  const parts = index.parts.map(
    (part) =>
      `${quote.identifier(part.column ?? '')}${part.length === undefined ? '' : `(${part.length})`}${part.order === 'desc' ? ' DESC' : ''}`,
  );
  const over = period === undefined ? [] : [`${quote.identifier(period)} WITHOUT OVERLAPS`];
  return { extras: { ...extras, parts: [...parts, ...over].join(', ') } };
}

const methods: Readonly<Record<string, string>> = {
  FULLTEXT: 'fulltext',
  SPATIAL: 'spatial',
  RTREE: 'spatial',
  HASH: 'hash',
  VECTOR: 'vector',
};

function indexFrom(name: Name, rows: readonly ResultRow[]): Index {
  const [first = {}] = rows;
  const method = methods[field(first, 'method').toUpperCase()];
  const comment = field(first, 'comment');
  const ignored = field(first, 'ignored') === 'YES' || field(first, 'visible') === 'NO';
  return {
    name,
    parts: rows.map((row) => partFrom(row, method)),
    ...(Number(first['repeats']) === 0 ? { unique: true } : {}),
    ...(method === undefined ? {} : { method }),
    ...(comment === '' ? {} : { comment }),
    ...(ignored ? { extras: { ignored: 'yes' } } : {}),
  };
}

function partFrom(row: ResultRow, method: string | undefined): IndexPart {
  const column = optional(row, 'col');
  const length = optional(row, 'length');
  const order = field(row, 'direction') === 'D' ? ({ order: 'desc' } as const) : {};
  if (column === undefined) return { sql: field(row, 'expression').replace(/\\(['\\])/g, '$1'), ...order };
  // A spatial index shows a length that nobody gave.
  return { column, ...(length === undefined || method === 'spatial' ? {} : { length: Number(length) }), ...order };
}

function foreignKeys({ keyColumns, keyRules }: TableRows, server: Server): readonly Constraint[] {
  const groups = new Map<Name, ResultRow[]>();
  for (const row of [...keyColumns].sort(byPlace)) groups.set(field(row, 'con'), [...(groups.get(field(row, 'con')) ?? []), row]);
  return [...groups].map(([name, rows]): Constraint => {
    const [first = {}] = rows;
    const rules = keyRules.find((row) => field(row, 'con') === name) ?? {};
    const [onDelete, onUpdate] = [ruleFrom(field(rules, 'on_delete'), server), ruleFrom(field(rules, 'on_update'), server)];
    const table: QualifiedName = nameOf({ db: first['ref_db'], name: first['ref_name'] }, server);
    return {
      kind: 'foreignKey',
      name,
      columns: rows.map((row) => field(row, 'col')),
      references: { table, columns: rows.map((row) => field(row, 'ref_col')) },
      ...(onDelete === undefined ? {} : { onDelete }),
      ...(onUpdate === undefined ? {} : { onUpdate }),
    };
  });
}

/** The rule that a server shows when none was given is no rule of the model. */
function ruleFrom(shown: string, server: Server): ReferentialAction | undefined {
  const rule = shown.toLowerCase() as ReferentialAction;
  return rule === (has(server, 'noActionIsDefault') ? 'no action' : 'restrict') || shown === '' ? undefined : rule;
}

function checksFrom(
  rows: TableRows,
  columns: readonly Column[],
  { special, server }: { readonly special: SpecialTable; readonly server: Server },
): readonly Constraint[] {
  return rows.checks
    .filter((row) => !columns.some((column) => isColumnCheck(row, column.name, rows)) && !special.periods.has(field(row, 'con')))
    .map((row) => ({
      kind: 'check',
      name: field(row, 'con'),
      sql: readExpression(field(row, 'clause'), server),
      ...(row['enforced'] === 'NO' ? { notValid: true } : {}),
    }));
}

/**
 * Takes out the indexes that belong to a foreign key or to a counting column. One is taken out only when the model, without it,
 * demands just that one: so nothing is lost and nothing is dropped that somebody made.
 */
function withoutOwnIndexes(table: Table): Table {
  const hidden = new Set<Name>();
  const without = (names: ReadonlySet<Name>): Table => ({ ...table, indexes: table.indexes.filter((index) => !names.has(index.name)) });
  for (const index of table.indexes) {
    if (index.unique || index.method !== undefined || index.comment !== undefined || index.extras !== undefined) continue;
    const columns = index.parts.map((part) => (part.length === undefined && part.order === undefined ? (part.column ?? '') : ''));
    const next = new Set([...hidden, index.name]);
    const own = ownIndexes(without(next));
    const demanded = own.find((candidate) => candidate.name === index.name);
    const same = demanded !== undefined && demanded.columns.join('\0') === columns.join('\0');
    if (same && own.every((candidate) => next.has(candidate.name)) && own.length === next.size) hidden.add(index.name);
  }
  return without(hidden);
}
