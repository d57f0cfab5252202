import {
  type Column,
  type ColumnType,
  type Constraint,
  formatName,
  type Index,
  type SchemaObject,
  type Table,
  tablesOf,
  typeText,
} from '../schema/index.ts';
import { comparable } from './comparable.ts';
import { inWorkplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { readStructure } from './structure.ts';

export interface ShownColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** As SQL; absent where there is none. */
  readonly default?: string;
  readonly inKey: boolean;
  /** The engine counts it, or computes it from this. */
  readonly generated?: string;
  readonly comment?: string;
}

export interface ShownReference {
  readonly name?: string;
  readonly columns: readonly string[];
  /** The key of the table in the same report. */
  readonly table: string;
  readonly target: readonly string[];
  readonly onDelete?: string;
  readonly onUpdate?: string;
}

export interface ShownTable {
  /** With its namespace, where that is not the usual one. */
  readonly name: string;
  readonly columns: readonly ShownColumn[];
  readonly key: readonly string[];
  readonly references: readonly ShownReference[];
  /** What must be unique, or hold, each in words. */
  readonly rules: readonly { readonly kind: string; readonly name?: string; readonly text: string }[];
  readonly indexes: readonly { readonly name: string; readonly on: string; readonly unique: boolean; readonly where?: string }[];
  readonly comment?: string;
}

export interface StructureReport {
  readonly database: string;
  readonly target: string;
  readonly server: string;
  readonly tables: readonly ShownTable[];
  /** Views, routines, types and whatever else is there. */
  readonly others: readonly { readonly kind: string; readonly name: string; readonly definition?: string }[];
  /** What the database has that no structure can hold. */
  readonly unread: readonly string[];
}

/** The structure of a database as it is now, without the tables in which migration tools keep their books. Writes nothing. */
export async function structure(options: CommonOptions = {}): Promise<StructureReport> {
  return inWorkplace(options, { command: 'structure', readOnly: true }, async ({ session, database, project }) => {
    const { schema } = comparable(project, await readStructure(session));
    const others = [...schema.objects.values()].filter(({ kind }) => kind !== 'table' && kind !== 'namespace');
    return {
      database: database.name,
      target: database.target.shown,
      server: session.server.title,
      tables: tablesOf(schema).map(shownTable),
      others: others.map(shownObject),
      unread: schema.facts?.unread ?? [],
    };
  });
}

/** A table as reports show it. */
export function shownTable(table: Table): ShownTable {
  const key = table.constraints.find((one) => one.kind === 'primaryKey')?.columns ?? [];
  return {
    name: formatName(table.name),
    columns: table.columns.map((column) => shownColumn(column, key)),
    key,
    references: table.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [shownReference(one)] : [])),
    rules: table.constraints.flatMap((one) => {
      const text = ruleText(one);
      return text === undefined ? [] : [{ kind: one.kind, text, ...(one.name === undefined ? {} : { name: one.name }) }];
    }),
    indexes: table.indexes.map(shownIndex),
    ...(table.comment === undefined ? {} : { comment: table.comment }),
  };
}

function shownColumn({ name, type, nullable, default: given, identity, generated, comment }: Column, key: readonly string[]): ShownColumn {
  const counted = identity === undefined ? undefined : 'counted by the database';
  return {
    name,
    type: shownType(type),
    nullable,
    inKey: key.includes(name),
    ...(given === undefined ? {} : { default: 'sql' in given ? given.sql : shownValue(given.value) }),
    ...(generated === undefined ? (counted === undefined ? {} : { generated: counted }) : { generated: `= ${generated.sql}` }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function shownValue(value: null | boolean | number | bigint | string): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

function shownType(type: ColumnType): string {
  const text = typeText(type);
  if (text !== undefined) return text;
  if (type.kind === 'native') return type.text;
  if (type.kind === 'enum') return `enum(${type.values.map((value) => `'${value}'`).join(', ')})`;
  if (type.kind === 'array') return `${shownType(type.of)}[]`;
  return type.kind === 'named' ? formatName(type.type) : type.kind;
}

function shownReference(one: Extract<Constraint, { kind: 'foreignKey' }>): ShownReference {
  return {
    columns: one.columns,
    table: formatName(one.references.table),
    target: one.references.columns,
    ...(one.name === undefined ? {} : { name: one.name }),
    ...(one.onDelete === undefined ? {} : { onDelete: one.onDelete }),
    ...(one.onUpdate === undefined ? {} : { onUpdate: one.onUpdate }),
  };
}

function ruleText(one: Constraint): string | undefined {
  if (one.kind === 'unique') return `unique (${one.columns.join(', ')})`;
  if (one.kind === 'check') return `check (${one.sql})`;
  if (one.kind === 'exclude')
    return `exclude using ${one.using} (${one.elements.map(({ sql, operator }) => `${sql} with ${operator}`).join(', ')})`;
  return undefined;
}

function shownIndex({ name, parts, unique, where }: Index): ShownTable['indexes'][number] {
  const on = parts.map(({ column, sql, order }) => `${column ?? `(${sql ?? ''})`}${order === 'desc' ? ' desc' : ''}`).join(', ');
  return { name, on, unique: unique === true, ...(where === undefined ? {} : { where }) };
}

function shownObject(object: SchemaObject): StructureReport['others'][number] {
  const name = formatName(object.name);
  const definition = 'definition' in object ? object.definition : 'query' in object ? object.query : undefined;
  return { kind: object.kind, name, ...(definition === undefined ? {} : { definition }) };
}
