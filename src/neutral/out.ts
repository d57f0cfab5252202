import {
  type Column,
  type ColumnType,
  type Constraint,
  type Default,
  formatName,
  type Index,
  type IndexPart,
  keyOf,
  type QualifiedName,
  referenceTo,
  type Schema,
  type SchemaObject,
  schemaOf,
  type Table,
} from '../schema/index.ts';
import { condition, conditionText, type Kinds } from './condition.ts';
import type { Dialect, Mapped } from './dialect.ts';
import { columnsIn, neutralSpeech, withColumn, writeExpression } from './expression.ts';
import { given } from './given.ts';
import { columnTitle, type LossName, type LossyMapping, lossOf } from './losses.ts';
import { readExpression } from './read-expression.ts';

/** A structure in words of no engine, what was left behind, and for each of its tables the one that it was. */
export interface Neutral {
  readonly schema: Schema;
  readonly losses: readonly LossyMapping[];
  readonly origins: ReadonlyMap<string, Table>;
}

interface Work {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly losses: LossyMapping[];
}

/** Says a structure in words that every engine has. What cannot be said is a loss; nothing goes without one. */
export function toNeutral(schema: Schema, dialect: Dialect): Neutral {
  const work: Work = { dialect, schema, losses: [] };
  const origins = new Map<string, Table>();
  const tables: Table[] = [];
  for (const object of schema.objects.values()) {
    if (object.kind !== 'table') {
      const name = objectLoss(object);
      if (name !== undefined) work.losses.push(lossOf(name, keyOf(referenceTo(object))));
      continue;
    }
    if (dialect.isPart(object)) continue;
    const table = neutralTable(object, work);
    tables.push(table);
    origins.set(formatName(table.name), object);
  }
  return { schema: schemaOf(tables), losses: work.losses, origins };
}

/** Enums and domains live on in the columns that have them. */
function objectLoss(object: Exclude<SchemaObject, Table>): LossName | undefined {
  switch (object.kind) {
    case 'enum':
    case 'domain':
    case 'namespace':
      return undefined;
    case 'policy':
      return 'row-security';
    case 'opaque':
      return /privileges/.test(object.type) ? 'rights' : 'opaque';
    default:
      return object.kind;
  }
}

function neutralTable(table: Table, work: Work): Table {
  const { dialect, losses } = work;
  const title = `table ${formatName(table.name)}`;
  for (const name of dialect.tableLosses(table)) losses.push(lossOf(name, title));
  const name = plainName(table.name);
  if (table.name.schema !== undefined) losses.push(lossOf('namespace', title, `becomes ${name.name}`));
  const key = new Set(table.constraints.flatMap((one) => (one.kind === 'primaryKey' ? one.columns : [])));
  const checks: Constraint[] = [];
  const columns = table.columns.map((column) => {
    const read = neutralColumn(column, table, work);
    checks.push(...read.checks);
    return key.has(column.name) ? { ...read.column, nullable: false } : read.column;
  });
  const kinds = new Map(columns.map((column) => [column.name, column.type.kind]));
  const constraints = table.constraints.flatMap((constraint) => neutralConstraint(constraint, table, kinds, work));
  return {
    kind: 'table',
    name,
    columns: columns.map((column) => settledGenerated(column, columns, table, work)),
    constraints: [...constraints, ...checks],
    indexes: table.indexes.flatMap((index) => neutralIndex(index, table, kinds, work)),
    options: {},
    ...given({ comment: table.comment }),
  };
}

function plainName({ schema, name }: QualifiedName): QualifiedName {
  return { name: schema === undefined ? name : `${schema}_${name}` };
}

/** A column of a domain as one of the domain's own type, with its checks. */
function withoutDomain(column: Column, schema: Schema): { readonly column: Column; readonly checks: readonly string[] } {
  const domain = column.type.kind === 'named' ? schema.objects.get(keyOf({ kind: 'domain', name: column.type.type })) : undefined;
  if (domain?.kind !== 'domain') return { column, checks: [] };
  const plain: Column = {
    ...column,
    type: domain.type,
    nullable: column.nullable && domain.nullable,
    ...given({ default: column.default ?? domain.default }),
  };
  const inner = withoutDomain(plain, schema);
  return { column: inner.column, checks: [...inner.checks, ...domain.checks.map(({ sql }) => sql)] };
}

/** Losses that leave the text of a default what it was. */
const harmless: ReadonlySet<LossName> = new Set(['set', 'collation', 'zerofill']);

function neutralColumn(declared: Column, table: Table, work: Work): { readonly column: Column; readonly checks: readonly Constraint[] } {
  const { dialect, schema, losses } = work;
  const title = columnTitle(table.name, declared.name);
  const { column, checks: ofDomain } = withoutDomain(declared, schema);
  const { type, losses: ofType = [], range } = dialect.typeOut(column, schema);
  for (const name of [...ofType, ...dialect.columnLosses(column)]) losses.push(lossOf(name, title));
  const counts = column.identity !== undefined;
  if ((column.identity?.increment ?? 1) !== 1) losses.push(lossOf('identity', title, 'counts in steps of one'));
  const { name, nullable, generated, comment } = column;
  return {
    column: {
      name,
      type,
      nullable,
      ...given({
        default: counts ? undefined : keptDefault(column, { type, losses: ofType }, title, work),
        identity: counts ? {} : undefined,
        generated,
        comment,
      }),
    },
    checks: [...(range === undefined ? [] : [rangeCheck(name, range)]), ...columnChecks({ column, type, ofDomain, title }, work)],
  };
}

interface Checked {
  readonly column: Column;
  readonly type: ColumnType;
  readonly ofDomain: readonly string[];
  readonly title: string;
}

/** The checks of a column's domain, where the value is called VALUE, and the one that stands in its own clauses. */
function columnChecks({ column, type, ofDomain, title }: Checked, { dialect, losses }: Work): readonly Constraint[] {
  const own = dialect.checkOf(column);
  const reads = [
    ...ofDomain.map((sql) => {
      const read = readExpression(sql, dialect.speech);
      return read && withColumn(read, 'VALUE', { kind: 'column', name: column.name });
    }),
    ...(own === undefined ? [] : [readExpression(own, dialect.speech)]),
  ];
  const kinds = new Map([[column.name, type.kind]]);
  return reads.flatMap((read): readonly Constraint[] => {
    const sql = read && conditionText(read, kinds);
    if (sql !== undefined) return [{ kind: 'check', sql }];
    losses.push(lossOf('check-expression', `check of ${title}`));
    return [];
  });
}

function keptDefault(column: Column, { type, losses: ofType = [] }: Mapped, title: string, { dialect, losses }: Work): Default | undefined {
  const usual = neutralDefault(column, type, dialect);
  const isChanged = usual !== undefined && ofType.some((loss) => !harmless.has(loss));
  if (usual !== 'lost' && !isChanged) return usual;
  losses.push(lossOf('default', title));
  return undefined;
}

/** `"age" >= 0 AND "age" <= 255`: what an unsigned type says by itself. */
export function rangeCheck(name: string, [least, greatest]: readonly [string, string?]): Constraint {
  const column = neutralSpeech.identifier(name);
  return { kind: 'check', sql: `${column} >= ${least}${greatest === undefined ? '' : ` AND ${column} <= ${greatest}`}` };
}

function neutralDefault({ default: own }: Column, type: ColumnType, { speech }: Dialect): Default | undefined | 'lost' {
  if (own === undefined) return undefined;
  if ('value' in own) return plainDefault(own.value, type);
  const read = readExpression(own.sql, speech);
  switch (read?.kind) {
    case 'number':
      return plainDefault(/^-?\d{1,15}$/.test(read.value) ? Number(read.value) : read.value, type);
    case 'text':
      return plainDefault(read.value, type);
    case 'truth':
      return plainDefault(read.value, type);
    case 'null':
      return undefined;
    case 'now':
      return type.kind === 'timestamp' || type.kind === 'date' ? { sql: neutralSpeech.now[read.what] } : 'lost';
    default:
      return 'lost';
  }
}

type PlainValue = Extract<Default, { readonly value: unknown }>['value'];

function plainDefault(value: PlainValue, type: ColumnType): Default | undefined | 'lost' {
  if (value === null) return undefined;
  if (type.kind !== 'boolean') return { value: typeof value === 'boolean' ? Number(value) : value };
  if (typeof value === 'boolean') return { value };
  return value === 0 || value === 1 ? { value: value === 1 } : 'lost';
}

/** A computed column whose expression means the same everywhere: numbers are only reckoned with where they are whole. */
function settledGenerated(column: Column, columns: readonly Column[], table: Table, { dialect, losses }: Work): Column {
  const { generated, ...plain } = column;
  if (generated === undefined) return column;
  const read = readExpression(generated.sql, dialect.speech);
  const typeOf = (name: string): string | undefined => columns.find((other) => other.name === name)?.type.kind;
  const whole = read !== undefined && column.type.kind === 'integer' && columnsIn(read).every((name) => typeOf(name) === 'integer');
  if (read !== undefined && whole) return { ...column, generated: { ...generated, sql: writeExpression(read, neutralSpeech) } };
  losses.push(lossOf('generated', columnTitle(table.name, column.name)));
  return plain;
}

function neutralConstraint(constraint: Constraint, table: Table, kinds: Kinds, { dialect, losses }: Work): readonly Constraint[] {
  const title = `${constraint.kind} ${constraint.name ?? ''} of ${formatName(table.name)}`;
  switch (constraint.kind) {
    case 'primaryKey':
    case 'unique': {
      const { include, extras, ...rest } = constraint;
      if (extras?.['parts'] !== undefined) {
        losses.push(lossOf('prefix-key', title));
        return [];
      }
      if (include !== undefined) losses.push(lossOf('index-include', title));
      if (rest.kind === 'unique') return [rest];
      const { name: _, ...nameless } = rest;
      return [nameless];
    }
    case 'foreignKey': {
      const { notValid: _, comment: __, ...rest } = constraint;
      return [{ ...rest, references: { ...rest.references, table: plainName(rest.references.table) } }];
    }
    case 'check': {
      const sql = condition(constraint.sql, kinds, dialect);
      if (sql !== undefined) return [{ kind: 'check', ...given({ name: constraint.name }), sql }];
      losses.push(lossOf('check-expression', title));
      return [];
    }
    case 'exclude':
      losses.push(lossOf('exclusion', title));
      return [];
  }
}

function neutralIndex(index: Index, table: Table, kinds: Kinds, work: Work): readonly Index[] {
  const { dialect, losses } = work;
  const title = `index ${index.name} of ${formatName(table.name)}`;
  const neutral = (sql: string): string | undefined => condition(sql, kinds, dialect);
  const lost = lossOfIndex(index, neutral, dialect);
  if (lost !== undefined) {
    losses.push(lossOf(lost, title));
    return [];
  }
  if (index.parts.some(({ collation }) => collation !== undefined)) losses.push(lossOf('collation', title));
  if (index.extras?.['ignored'] !== undefined) losses.push(lossOf('invisible', title));
  const { name, unique, include, nullsNotDistinct, comment, where } = index;
  const parts = index.parts.map(({ column, sql, order }) => given({ column, sql: sql && neutral(sql), order }) as IndexPart);
  return [{ name, parts, ...given({ unique, include, where: where && neutral(where), nullsNotDistinct, comment }) }];
}

/** Why an index cannot be said in words of no engine. */
function lossOfIndex(
  { method, parts, unique, where }: Index,
  condition: (sql: string) => string | undefined,
  dialect: Dialect,
): LossName | undefined {
  if (method !== undefined && !dialect.plainMethods.includes(method)) return dialect.methodLoss(method);
  if (parts.some(({ operatorClass }) => operatorClass !== undefined)) return 'index-kind';
  if (unique && parts.some(({ length }) => length !== undefined)) return 'prefix-key';
  if (where !== undefined && condition(where) === undefined) return 'partial-index';
  return parts.some(({ sql }) => sql !== undefined && condition(sql) === undefined) ? 'expression-index' : undefined;
}
