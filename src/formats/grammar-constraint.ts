import * as z from 'zod';
import type {
  CheckSpec,
  ConstraintName,
  ConstraintSpecs,
  ExcludeSpec,
  ForeignKeySpec,
  IndexPartSpec,
  IndexSpec,
  PrimaryKeySpec,
  ReferenceOptions,
  UniqueSpec,
} from '../schema/index.ts';
import { comment, flag, name, names, qualified, type Shape, sql, strict, texts } from './grammar-base.ts';

const constraintName: z.ZodOptional<z.ZodType<ConstraintName>> = z
  .union([z.string().min(1), z.null()])
  .optional()
  .describe('Its name; absent: made of the names of table and columns; null: left to the engine');

const action = z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default']);
const deferrable = z.enum(['immediate', 'deferred']).optional().describe('Checked at commit if asked for (immediate) or always (deferred)');
const notValid = flag('Rows that exist are not checked until the constraint is validated');
const include = names('Columns that are kept in the index and not part of the key').optional();
const extras = texts('Clauses of one engine that have no neutral word').optional();

/** What a foreign key has beside its columns. */
export const referenceOptions: Shape<ReferenceOptions> = {
  name: constraintName,
  onDelete: action.optional().describe('What happens to the row when the one referenced is deleted'),
  onUpdate: action.optional().describe('What happens to the row when the key referenced is changed'),
  match: z.literal('full').optional().describe('All columns are empty or none is'),
  deferrable,
  notValid,
  comment,
};

const keyShape: Shape<PrimaryKeySpec> = { name: constraintName, columns: names('Its columns').min(1), include, deferrable, extras };

const primaryKey: z.ZodType<ConstraintSpecs['primaryKey']> = z
  .union([names('Its columns').min(1), strict<PrimaryKeySpec>(keyShape)])
  .meta({ id: 'PrimaryKey', description: 'The columns that tell rows apart' });

const unique: z.ZodType<ConstraintSpecs['unique']> = z
  .union([
    names('Its columns').min(1),
    strict<UniqueSpec>({ ...keyShape, nullsNotDistinct: flag('Two empty values count as equal, where the engine can'), comment }),
  ])
  .meta({ id: 'Unique', description: 'Columns whose values together occur only once' });

const foreignKey: z.ZodType<ForeignKeySpec> = strict<ForeignKeySpec>(
  {
    columns: names('The columns that reference').min(1),
    references: strict<ForeignKeySpec['references']>({
      table: qualified('The table that is referenced'),
      columns: names('Its columns, in the same order').min(1),
    }),
    ...referenceOptions,
  },
  { id: 'ForeignKey', description: 'Columns whose values must exist in another table' },
);

const check: z.ZodType<ConstraintSpecs['check']> = z
  .union([
    z.string(),
    strict<CheckSpec>({
      name: constraintName,
      sql: sql('The condition'),
      noInherit: flag('It does not hold for tables that inherit'),
      notValid,
      comment,
    }),
  ])
  .meta({ id: 'Check', description: 'A condition that every row fulfils, as SQL' });

const exclude: z.ZodType<ExcludeSpec> = strict<ExcludeSpec>(
  {
    name: constraintName,
    using: name('The kind of index that it needs, such as gist'),
    elements: z
      .array(strict<ExcludeSpec['elements'][number]>({ sql: sql('What is compared'), operator: name('The operator that compares') }))
      .min(1)
      .describe('No two rows may give true for all of these'),
    where: sql('Only for rows that fulfil this condition').optional(),
    deferrable,
    comment,
  },
  { id: 'Exclude', description: 'No two rows may be related so (PostgreSQL)' },
);

/** The schemas of the kinds of constraint, wherever they are written. */
export const constraints: { readonly [K in keyof ConstraintSpecs]: z.ZodType<ConstraintSpecs[K]> } = {
  primaryKey,
  unique,
  foreignKey,
  check,
  exclude,
};

const indexPart: z.ZodType<string | IndexPartSpec> = z
  .union([
    z.string().min(1),
    strict<IndexPartSpec>({
      column: name('A column').optional(),
      sql: sql('An expression in place of a column').optional(),
      order: z.enum(['asc', 'desc']).optional().describe('The direction'),
      nulls: z.enum(['first', 'last']).optional().describe('Where empty values stand'),
      collation: name('How texts sort').optional(),
      operatorClass: name('How values are compared (PostgreSQL)').optional(),
      length: z.int().min(1).optional().describe('How many characters or bytes are indexed (MySQL)'),
    }),
  ])
  .meta({ id: 'IndexPart', description: 'A column, or one of `column` and `sql` with how it is sorted' });

/** The properties of an index. */
export const indexShape: Shape<IndexSpec> = {
  name: name('Its name; absent: made of the names of table and columns').optional(),
  columns: z.array(indexPart).min(1).describe('What is indexed, in order'),
  unique: flag('No value occurs twice'),
  method: name('The kind of index: btree, hash, gin, …').optional(),
  include,
  where: sql('Only rows that fulfil this condition').optional(),
  nullsNotDistinct: flag('Two empty values count as equal, where the engine can'),
  comment,
  extras,
};

/** An index of a table or view that is created. */
export const index: z.ZodType<IndexSpec> = strict<IndexSpec>(indexShape, { id: 'Index', description: 'An index' });
