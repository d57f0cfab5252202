import type { Change, Column, Constraint, Index, Table } from '../../src/schema/index.ts';
import type { PostgresFlavour, Renderable } from './postgres-support.ts';

/** One change on a database, for every kind of change and for the edges of many. */
export interface Case {
  readonly title: string;
  /** What is there before. */
  readonly given?: string;
  readonly change: Renderable;
  /** What makes the same structure by hand, where PostgreSQL spells something otherwise than the model. */
  readonly same?: string;
  /** Why there is no way back. */
  readonly irreversible?: string;
  /** The inverse is one that PostgreSQL cannot do, for this reason. */
  readonly noReturn?: string;
  readonly only?: PostgresFlavour;
}

export const t = { name: 't' };
export const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false };
export const text = (name: string, more: Partial<Column> = {}): Column => ({ name, type: { kind: 'text' }, nullable: true, ...more });
export const number = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: { kind: 'integer', bits: 32 },
  nullable: true,
  ...more,
});
export const key: Constraint = { kind: 'primaryKey', name: 't_pkey', columns: ['id'] };
export const table = (columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: t,
  columns,
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
export const create = (columns: readonly Column[], more: Partial<Table> = {}): Renderable => ({
  kind: 'createTable',
  table: table(columns, more),
});
export const alter = (
  set: Extract<Change, { kind: 'alterColumn' }>['set'],
  more: { readonly name?: string; readonly using?: string } = {},
): Renderable => ({
  kind: 'alterColumn',
  table: t,
  name: more.name ?? 'name',
  set,
  ...(more.using === undefined ? {} : { using: more.using }),
});
export const add = (column: Column): Renderable => ({ kind: 'addColumn', table: t, column });
export const constrain = (constraint: Constraint): Renderable => ({ kind: 'addConstraint', table: t, constraint });
export const index = (more: Omit<Index, 'name'>, concurrently?: true): Renderable => ({
  kind: 'createIndex',
  table: t,
  index: { name: 't_idx', ...more },
  ...(concurrently === undefined ? {} : { concurrently }),
});
export const people = 'CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, name text NOT NULL, age integer);';
export const family = `${people} CREATE TABLE child (id bigint PRIMARY KEY, t_id bigint CONSTRAINT child_fk REFERENCES t (id));`;
export const noted = "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";
