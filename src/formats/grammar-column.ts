import * as z from 'zod';
import type {
  ColumnReferenceSpec,
  ColumnSetSpec,
  ColumnSpec,
  DefaultSpec,
  GeneratedSpec,
  IdentitySpec,
  TypeName,
  TypeParts,
  TypeSpec,
} from '../schema/index.ts';
import { typeWords } from '../schema/index.ts';
import { comment, flag, name, qualified, type Shape, sql, strict, text, texts, whole } from './grammar-base.ts';
import { referenceOptions } from './grammar-constraint.ts';

const scalar = z.union([z.null(), z.boolean(), z.number(), z.bigint(), z.string()]);

const defaultValue: z.ZodType<DefaultSpec> = z
  .union([
    ...scalar.options,
    strict<Extract<DefaultSpec, { readonly sql: string }>>({ sql: sql('What is computed when no value is given') }),
    strict<Extract<DefaultSpec, { readonly value: unknown }>>({
      value: scalar.describe('A literal that would be taken for something else'),
    }),
  ])
  .meta({ id: 'Default', description: 'What the column holds when nothing is given: a literal, or { sql: "now()" }' });

const typeName: z.ZodType<TypeName> = z
  .union([
    z.string().meta({ examples: [...typeWords, 'varchar(40)', 'decimal(10,2)', 'timestamp(3)', 'integer[]'] }),
    strict<Extract<TypeName, { readonly named: string }>>({ named: qualified('A type of the database: an enum, a domain, …') }),
    strict<Extract<TypeName, { readonly native: unknown }>>({ native: texts('A type in the words of one engine, by the engine’s name') }),
  ])
  .meta({ id: 'TypeName', description: 'A neutral type such as varchar(40), a type of the database, or one of a single engine' });

/** The properties of a type, which lie flat beside others. */
export const typeParts: Shape<TypeParts> = {
  type: typeName,
  length: z.int().min(1).optional().describe('Characters of a varchar or char, bytes of a binary'),
  precision: z.int().min(0).optional().describe('Digits of a decimal, or of the seconds of a time'),
  scale: z.int().optional().describe('Digits of a decimal behind the point'),
  unsigned: flag('No negative numbers, where the engine can'),
  values: z.array(z.string()).min(1).optional().describe('The values of an enum'),
  // What an array holds.
  of: z.lazy(() => typeSpec).optional(),
  declared: z.string().optional().describe('The very text that the type is declared by, where the engine keeps it (SQLite)'),
};

const typeSpec: z.ZodType<TypeSpec> = z
  .union([typeName, strict<TypeParts>(typeParts)])
  .meta({ id: 'Type', description: 'A type, alone or with its parts' });

const identity: z.ZodType<boolean | IdentitySpec> = z
  .union([
    z.boolean(),
    strict<IdentitySpec>({
      always: flag('Refuse values given by hand, where the engine can'),
      start: whole('The first number').optional(),
      increment: z.int().optional().describe('The distance between two numbers'),
      reuse: flag('The number of a deleted last row may be given again (SQLite without AUTOINCREMENT)'),
    }),
  ])
  .describe('The engine counts the column up');

const generated: z.ZodType<string | GeneratedSpec> = z
  .union([
    z.string(),
    strict<GeneratedSpec>({ sql: sql('The expression'), stored: flag('Computed when written (the default) or, if false, when read') }),
  ])
  .describe('The column is computed from others by this expression');

const extras = texts('Clauses of one engine that have no neutral word');

const reference: z.ZodType<string | ColumnReferenceSpec> = z
  .union([
    z.string(),
    strict<ColumnReferenceSpec>({
      table: qualified('The table that is referenced'),
      column: name('Its column'),
      ...referenceOptions,
    }),
  ])
  .describe('A foreign key from this column: "table.column", or its parts');

/** The properties of a column. */
export const columnShape: Shape<ColumnSpec> = {
  name: name('The name of the column'),
  ...typeParts,
  nullable: z.boolean().optional().describe('Whether it may be empty. Default: true, but false in a primary key and for an identity'),
  default: defaultValue.optional(),
  identity: identity.optional(),
  generated: generated.optional(),
  collation: name('How its texts sort').optional(),
  comment,
  extras: extras.optional(),
  primaryKey: flag('It is the primary key, alone or with the other columns marked so'),
  unique: z
    .union([z.boolean(), z.string().min(1)])
    .optional()
    .describe('No value occurs twice; text names the constraint'),
  references: reference.optional(),
  check: sql('A condition that must hold').optional(),
};

/** A column of a table that is created. */
export const column: z.ZodType<ColumnSpec> = strict<ColumnSpec>(columnShape, { id: 'Column', description: 'A column' });

/** What of a column is to be different. */
export const columnSet: z.ZodType<ColumnSetSpec> = strict<ColumnSetSpec>(
  {
    ...typeParts,
    type: typeName.optional(),
    nullable: z.boolean().optional().describe('Whether it may be empty'),
    default: defaultValue.optional(),
    identity: z.union([identity, z.null()]).optional(),
    generated: z.union([generated, z.null()]).optional(),
    collation: z.union([name('How its texts sort'), z.null()]).optional(),
    comment: z.union([text('The comment that the database keeps'), z.null()]).optional(),
    extras: z.union([extras, z.null()]).optional(),
  },
  { id: 'ColumnSet', description: 'What is to be different; null takes a property away, an absent one stays as it is' },
);

/** Parts of a domain and of an attribute that are those of a column. */
export const columnParts: {
  readonly default: z.ZodType<DefaultSpec>;
  readonly collation: z.ZodString;
} = { default: defaultValue, collation: name('How its texts sort') };
