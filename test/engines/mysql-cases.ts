import type { Column, Constraint, Table } from '../../src/schema/index.ts';
import type { Renderable } from './mysql-support.ts';

/** A change on a structure, and what it must come to. */
export interface Case {
  readonly title: string;
  readonly given?: string;
  readonly change: Renderable;
  /** SQL that gives the same structure by hand, where the server spells something else than the model. */
  readonly same?: string;
}

export const t = { name: 't' };
export const id: Column = { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, identity: {} };
export const text = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: { kind: 'string', length: 40 },
  nullable: true,
  ...more,
});
export const key: Constraint = { kind: 'primaryKey', columns: ['id'] };
export const table = (name: string, columns: readonly Column[], more: Partial<Table> = {}): Table => ({
  kind: 'table',
  name: { name },
  columns,
  constraints: [],
  indexes: [],
  options: {},
  ...more,
});
export const people =
  'CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL, age INT, note TEXT, KEY age_idx (age));';
export const family = `${people} CREATE TABLE child (id INT PRIMARY KEY, t_id BIGINT, other BIGINT, CONSTRAINT child_t FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE);`;
