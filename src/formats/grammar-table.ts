import * as z from 'zod';
import type { ChangeSpecs, MadeNames, TableChangeSpecs, TableSpec } from '../schema/index.ts';
import { comment, flag, name, names, qualified, type Shape, sql, strict } from './grammar-base.ts';
import { column, columnSet, columnShape } from './grammar-column.ts';
import { constraints, index, indexShape } from './grammar-constraint.ts';

const option = z.union([z.string(), z.number(), z.boolean()]);
const table = qualified('The table');

const tableSpec: z.ZodType<TableSpec> = strict<TableSpec>({
  name: qualified('The name of the table'),
  defaultColumns: z
    .union([z.literal(false), z.array(z.string().min(1))])
    .optional()
    .describe('Which default columns of the project it has: all without this, none (false), or those named'),
  columns: z.array(column).describe('Its columns, in order'),
  primaryKey: constraints.primaryKey.optional(),
  unique: z.array(constraints.unique).optional().describe('Lists of columns whose values together occur only once'),
  foreignKeys: z.array(constraints.foreignKey).optional().describe('Its foreign keys'),
  checks: z.array(constraints.check).optional().describe('Conditions that every row fulfils'),
  exclude: z.array(constraints.exclude).optional().describe('Exclusion constraints (PostgreSQL)'),
  indexes: z.array(index).optional().describe('Its indexes'),
  comment,
  options: z.record(z.string(), option).optional().describe('What only one engine has, by its own name'),
});

const renaming: Shape<ChangeSpecs['renameIndex']> = { table, from: name('The name now'), to: name('The new name') };
const follow = z
  .string()
  .regex(/^(?:keep|plain|prefixed:[1-9]\d{0,3})$/, 'must be keep, plain or prefixed:LENGTH')
  .optional()
  .describe(
    'Names that were made from the old one: keep, or those of a style follow (plain, prefixed:30); without this those of the naming policy',
  ) as unknown as z.ZodOptional<z.ZodType<MadeNames | 'keep'>>;
const named: Shape<ChangeSpecs['dropColumn']> = { table, name: name('Its name') };

const addConstraint = strict<{ readonly table: string } & { readonly [K in keyof typeof constraints]?: unknown }>({
  table,
  primaryKey: constraints.primaryKey.optional(),
  unique: constraints.unique.optional(),
  foreignKey: constraints.foreignKey.optional(),
  check: constraints.check.optional(),
  exclude: constraints.exclude.optional(),
}) as unknown as z.ZodType<ChangeSpecs['addConstraint']>;

/** Changes of tables and what belongs to them. */
export const tableChanges: { readonly [K in keyof TableChangeSpecs]: z.ZodType<ChangeSpecs[K]> } = {
  createTable: tableSpec.describe('Creates a table with its columns, constraints and indexes'),
  dropTable: z.union([table, strict<{ readonly name: string }>({ name: table })]).describe('Drops a table with its rows'),
  renameTable: strict<ChangeSpecs['renameTable']>({
    from: qualified('The name now'),
    to: qualified('The new name'),
    names: follow,
  }).describe('Renames a table; its rows stay, and names that were made from the old one follow'),
  alterTable: strict<ChangeSpecs['alterTable']>({
    table,
    options: z.record(z.string(), z.union([...option.options, z.null()])).describe('By the engine’s own name; null takes an option away'),
  }).describe('Changes options of a table that only one engine has'),

  addColumn: strict<ChangeSpecs['addColumn']>({
    table,
    ...columnShape,
    after: name('The column behind which it stands, where the engine can').optional(),
  }).describe('Adds a column, with its constraints'),
  dropColumn: strict<ChangeSpecs['dropColumn']>(named).describe('Drops a column with its values, and the keys and indexes that use it'),
  renameColumn: strict<ChangeSpecs['renameColumn']>({ ...renaming, names: follow }).describe(
    'Renames a column; its values stay, and names that were made from the old one follow',
  ),
  alterColumn: strict<ChangeSpecs['alterColumn']>({
    ...named,
    set: columnSet,
    using: sql('How old values become new ones').optional(),
  }).describe('Changes the type or another property of a column'),

  addConstraint: addConstraint.describe('Adds a constraint: exactly one of the kinds, beside the table'),
  dropConstraint: strict<ChangeSpecs['dropConstraint']>({
    table,
    name: name('Its name').optional(),
    type: z.enum(['primaryKey', 'unique', 'foreignKey', 'check', 'exclude']).optional().describe('Its kind, needed where it has no name'),
    columns: names('Its columns, where it has no name').optional(),
    sql: z.string().optional().describe('What a check says, where it has no name'),
    references: qualified('The table that a foreign key points to, where it has no name').optional(),
  }).describe('Drops a constraint'),
  renameConstraint: strict<ChangeSpecs['renameConstraint']>(renaming).describe('Renames a constraint'),
  validateConstraint: strict<ChangeSpecs['validateConstraint']>(named).describe('Checks the rows that were there before a constraint'),

  createIndex: strict<ChangeSpecs['createIndex']>({
    table: qualified('The table or materialized view'),
    ...indexShape,
    concurrently: flag('Without blocking writes, outside a transaction (PostgreSQL)'),
  }).describe('Creates an index'),
  dropIndex: strict<ChangeSpecs['dropIndex']>({
    ...named,
    concurrently: flag('Without blocking writes, outside a transaction (PostgreSQL)'),
  }).describe('Drops an index'),
  renameIndex: strict<ChangeSpecs['renameIndex']>(renaming).describe('Renames an index'),
};
