import type { Column, Constraint, Identity, Table, TableOptions } from '../../schema/index.ts';
import type { Scope } from './expression.ts';
import { enumValues, type ParsedColumn, readColumn } from './parse-column.ts';
import { type ParsedConstraint, readTableConstraint } from './parse-constraint.ts';
import { lower, unquoted } from './quote.ts';
import { isName, listItems, type Reader, reader, type Token, tokensOf } from './tokens.ts';
import { readType } from './types.ts';

/**
 * The table that the text of a CREATE TABLE describes, as `sqlite_schema` keeps it (https://www.sqlite.org/lang_createtable.html).
 * Nothing is lost but comments and clauses without any effect: names of NOT NULL, DEFAULT and COLLATE clauses, MATCH, conflict clauses
 * of checks. Clauses that are not understood are kept in the extras of their column, or in the options of the table. Nothing is given
 * for a text that cannot be followed. A foreign key written without the columns it points to has none here.
 */
export function parseTable(sql: string): Table | undefined {
  const read = reader(tokensOf(sql));
  if (!read.accept('CREATE', 'TABLE')) return undefined;
  const name = read.name();
  const body = read.group();
  if (name === undefined || body === undefined) return undefined;
  const items = listItems(body);
  const first = items.findIndex(beginsConstraint);
  const columnItems = first < 0 ? items : items.slice(0, first);
  const scope = scopeOf(name, columnItems);
  if (scope === undefined) return undefined;
  const columns: ParsedColumn[] = [];
  for (const item of columnItems) {
    const column = readColumn(reader(item), scope);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  const constraints = columns.flatMap((column) => column.constraints);
  for (const item of first < 0 ? [] : items.slice(first)) {
    const more = tableConstraints(reader(item), scope);
    if (more === undefined) return undefined;
    constraints.push(...more);
  }
  return assemble({ name, columns, constraints, options: tableOptions(read) });
}

function beginsConstraint(item: readonly Token[]): boolean {
  const [token] = item;
  return token?.kind === 'word' && ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'].includes(token.upper);
}

function scopeOf(table: string, items: readonly (readonly Token[])[]): Scope | undefined {
  const columns = new Map<string, string>();
  for (const [token] of items) {
    if (token === undefined || !isName(token)) return undefined;
    const name = unquoted(token.text);
    columns.set(lower(name), name);
  }
  return { table, columns };
}

function tableOptions(read: Reader): TableOptions {
  const options: Record<string, string | boolean> = {};
  const others: string[] = [];
  while (!read.done) {
    if (read.accept(',')) continue;
    if (read.accept('WITHOUT', 'ROWID')) options['withoutRowid'] = true;
    else if (read.accept('STRICT')) options['strict'] = true;
    else others.push(read.next()?.upper ?? '');
  }
  if (others.length > 0) options['other'] = others.join(' ');
  return options;
}

/** The comma between constraints of a table may be missing, and a name may stand alone. */
function tableConstraints(read: Reader, scope: Scope): readonly ParsedConstraint[] | undefined {
  const constraints: ParsedConstraint[] = [];
  let name: string | undefined;
  while (!read.done) {
    if (read.accept('CONSTRAINT')) {
      name = read.name();
      continue;
    }
    const constraint = readTableConstraint(read, name, scope);
    if (constraint === undefined) return undefined;
    constraints.push(constraint);
    name = undefined;
  }
  return constraints;
}

interface Parts {
  readonly name: string;
  readonly columns: readonly ParsedColumn[];
  readonly constraints: readonly ParsedConstraint[];
  readonly options: TableOptions;
}

function assemble({ name, columns, constraints, options }: Parts): Table {
  const key = constraints.find(({ constraint }) => constraint.kind === 'primaryKey');
  const taken = new Set<Constraint>();
  const finished = columns.map((column) => finish(column, { key, options, taken }));
  const isAlias = finished.some((column) => column.identity !== undefined);
  return {
    kind: 'table',
    name: { name },
    columns: finished,
    constraints: constraints
      .filter(({ constraint }) => !taken.has(constraint))
      .map((parsed) => (parsed === key && isAlias ? aliasKey(parsed.constraint) : parsed.constraint)),
    indexes: [],
    options,
  };
}

interface Surroundings {
  readonly key: ParsedConstraint | undefined;
  readonly options: TableOptions;
  /** Checks that are part of a type. */
  readonly taken: Set<Constraint>;
}

function finish(column: ParsedColumn, { key, options, taken }: Surroundings): Column {
  const keyColumns = key?.constraint.kind === 'primaryKey' ? key.constraint.columns : [];
  const isKey = keyColumns.includes(column.name);
  const hasRowid = options['withoutRowid'] !== true;
  const soleKey = isKey && hasRowid && keyColumns.length === 1 && key?.descending === undefined;
  const identity = soleKey && column.type.toUpperCase() === 'INTEGER' ? identityOf(key) : undefined;
  const values = column.type.toUpperCase() === 'ENUM TEXT' ? takeValues(column, taken) : undefined;
  const neverNull = column.notNull || identity !== undefined || (isKey && (!hasRowid || options['strict'] === true));
  return {
    name: column.name,
    type: values === undefined ? readType(column.type, { soleKey, identity: identity !== undefined }) : { kind: 'enum', values },
    nullable: !neverNull,
    ...given('default', column.default),
    ...given('identity', identity),
    ...given('generated', column.generated),
    ...given('collation', column.collation),
    ...extrasOf(column, identity !== undefined),
  };
}

/** NOT NULL has no effect on a rowid: NULL becomes the next number. */
function extrasOf(column: ParsedColumn, isAlias: boolean): Pick<Column, 'extras'> {
  const { notNullConflict, ...rest } = column.extras;
  const kept = isAlias || notNullConflict === undefined ? rest : { ...rest, notNullConflict };
  return Object.keys(kept).length === 0 ? {} : { extras: kept };
}

function given<K extends keyof Column>(property: K, value: Column[K] | undefined): Partial<Pick<Column, K>> {
  return value === undefined ? {} : ({ [property]: value } as unknown as Pick<Column, K>);
}

function identityOf(key: ParsedConstraint | undefined): Identity {
  return key?.autoincrement ? {} : { reuse: true };
}

/** The check that holds the values of an enum is no constraint of its own. */
function takeValues(column: ParsedColumn, taken: Set<Constraint>): readonly string[] | undefined {
  for (const { constraint } of column.constraints) {
    if (constraint.kind !== 'check' || constraint.name !== undefined) continue;
    const values = enumValues(constraint.sql, column.name);
    if (values === undefined) continue;
    taken.add(constraint);
    return values;
  }
  return undefined;
}

/** The key of a rowid has no order and no collation, whatever is written. */
function aliasKey(constraint: Constraint): Constraint {
  if (constraint.kind !== 'primaryKey') return constraint;
  const { extras, ...rest } = constraint;
  const conflict = extras?.['onConflict'];
  return conflict === undefined ? rest : { ...rest, extras: { onConflict: conflict } };
}
