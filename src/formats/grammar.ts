import * as z from 'zod';
import type { AuthoredKind, ChangeSpec, ChangeSpecs, MigrationSpec, OtherChangeSpecs, RowSpec, RowValueSpec } from '../schema/index.ts';
import { name, names, qualified, strict, text } from './grammar-base.ts';
import { objectChanges } from './grammar-object.ts';
import { tableChanges } from './grammar-table.ts';

/** A mapping of one key, as JSON Schema; only for those who ask it what a text would mean. */
function form(key: string, schema: object): object {
  return { type: 'object', properties: { [key]: schema }, required: [key], additionalProperties: false };
}

/** Values are read by `readRow`, which knows what each form means; here any value is let through. */
const rowValue = z.custom<RowValueSpec>().meta({
  id: 'Value',
  description:
    'A literal, the key of a row with a name (`@table.name`), { sql }, { json }, { hex } for bytes; a list or any other mapping is JSON',
  anyOf: [
    { type: ['null', 'boolean', 'number', 'string'] },
    form('sql', { type: 'string', description: 'What is computed, as SQL' }),
    form('hex', { type: 'string', description: 'Bytes, as two hexadecimal digits each' }),
    // As a text it is JSON, too: where a syntax knows texts alone.
    form('json', { contentMediaType: 'application/json', description: 'JSON' }),
    { type: ['array', 'object'] },
  ],
});
const row: z.ZodType<RowSpec> = z.record(z.string(), rowValue).meta({ id: 'Row', description: 'Values by the names of their columns' });
const where = z.record(z.string(), rowValue).meta({
  id: 'Where',
  description: 'Which rows: equal to all of these values (null means empty), or { sql: "a condition" }',
  anyOf: [
    form('sql', { type: 'string', description: 'The condition' }),
    form('equals', { $ref: '#/$defs/Row' }),
    { type: 'object', additionalProperties: { $ref: '#/$defs/Value' } },
  ],
});
const script = z
  .union([z.string(), z.record(z.string(), z.string())])
  .meta({ id: 'Script', description: 'SQL for every engine, or for each by its name (`any` for all others)' });

const otherChanges: { readonly [K in keyof OtherChangeSpecs]: z.ZodType<ChangeSpecs[K]> } = {
  addEnumValue: strict<ChangeSpecs['addEnumValue']>({
    type: qualified('The enum type'),
    value: text('The new value'),
    before: text('The value in front of which it stands').optional(),
    after: text('The value behind which it stands').optional(),
  }).describe('Adds a value to an enum type'),
  renameEnumValue: strict<ChangeSpecs['renameEnumValue']>({
    type: qualified('The enum type'),
    from: text('The value now'),
    to: text('The new value'),
  }).describe('Renames a value of an enum type'),
  setComment: strict<ChangeSpecs['setComment']>({
    on: z
      .enum([
        'table',
        'column',
        'constraint',
        'index',
        'view',
        'sequence',
        'enum',
        'domain',
        'composite',
        'routine',
        'trigger',
        'policy',
        'extension',
        'namespace',
        'opaque',
      ])
      .describe('The kind of what is commented'),
    table: qualified('The table of a column, constraint, index, trigger or policy').optional(),
    name: name('Its name'),
    arguments: text('The types of a routine’s arguments').optional(),
    comment: z.union([z.string(), z.null()]).describe('The comment; null takes it away'),
  }).describe('Sets the comment that the database keeps of something'),

  insert: strict<ChangeSpecs['insert']>({
    into: qualified('The table'),
    rows: z.array(row).describe('The rows; a row may have a name under the key `@`'),
  }).describe('Inserts rows'),
  update: strict<ChangeSpecs['update']>({
    table: qualified('The table'),
    set: row.describe('The new values'),
    where,
    was: row.optional().describe('The values before, which make the change invertible'),
    keep: z.boolean().optional().describe('`false` does without keeping what was there before, so that there is no way back'),
  }).describe('Changes values of rows'),
  upsert: strict<ChangeSpecs['upsert']>({
    into: qualified('The table'),
    key: names('The columns that tell rows apart; the table needs a key or unique constraint of exactly these'),
    rows: z.array(row).describe('The rows; a row may have a name under the key `@`'),
    keep: z.boolean().optional().describe('`false` does without keeping what was there before, so that there is no way back'),
  }).describe('Inserts rows, or changes those whose key exists'),
  delete: strict<ChangeSpecs['delete']>({
    from: qualified('The table'),
    where,
    rows: z.array(row).optional().describe('The whole rows, which make the change invertible'),
    keep: z.boolean().optional().describe('`false` does without keeping what was there before, so that there is no way back'),
  }).describe('Deletes rows'),
  sql: z
    .union([strict<Extract<ChangeSpecs['sql'], { readonly up: unknown }>>({ up: script, down: script.optional() }), script])
    .describe('Runs SQL as it is: one text, one for each engine, or { up, down } for a way back'),
} as { readonly [K in keyof OtherChangeSpecs]: z.ZodType<ChangeSpecs[K]> };

/** The schema of every kind of change; a kind without one does not compile. */
export const changes: { readonly [K in AuthoredKind]: z.ZodType<ChangeSpecs[K]> } = { ...tableChanges, ...objectChanges, ...otherChanges };

const change: z.ZodType<ChangeSpec> = strict<{ readonly [K in AuthoredKind]?: ChangeSpecs[K] }>(
  Object.fromEntries(Object.entries(changes).map(([kind, schema]) => [kind, schema.optional()])) as never,
)
  .refine((value) => Object.keys(value).length === 1, 'a change is a mapping with exactly one key, its kind')
  .meta({
    id: 'Change',
    description: 'One thing that happens to the database: a mapping with exactly one key, its kind',
    minProperties: 1,
    maxProperties: 1,
  }) as unknown as z.ZodType<ChangeSpec>;

/** The schema of a whole migration file. */
export const migration: z.ZodType<MigrationSpec> = strict<MigrationSpec>({
  up: z
    .union([z.array(change), z.null()])
    .optional()
    .describe('What happens, in order'),
  down: z
    .union([
      z.array(change),
      z.literal('auto'),
      strict<{ readonly irreversible: string }>({ irreversible: text('Why there is no way back') }),
      z.null(),
    ])
    .optional()
    .describe('The way back: changes, "auto" (the default: `up` is inverted), or { irreversible: "why" }'),
  verify: z
    .union([z.array(z.string()), z.null()])
    .optional()
    .describe('SQL that is run afterwards and must give true'),
  transaction: z
    .union([
      z.boolean(),
      strict<{ readonly up?: boolean; readonly down?: boolean }>({ up: z.boolean().optional(), down: z.boolean().optional() }),
    ])
    .optional()
    .describe('false: no transaction around it; default: true where the engine can'),
  version: z.union([z.string(), z.number(), z.bigint()]).optional().describe('The version, in place of the one in the file’s name'),
  conventions: z.boolean().optional().describe('false: naming policy and default columns of the project do not count in this file'),
  order: z.int().optional().describe('The order among migrations of one version'),
  covers: z
    .union([z.string(), z.number(), z.bigint()])
    .optional()
    .describe('An installer: it builds its module from nothing, up to this version'),
  requires: names('Migrations that must run before, such as "accounts@>=v1_1"').optional(),
  $schema: z.string().optional().describe('The address of this schema, for editors'),
});
