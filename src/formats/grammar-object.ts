import * as z from 'zod';
import type {
  AttributeSpec,
  ChangeSpecs,
  CompositeSpec,
  DomainSpec,
  EnumSpec,
  ExtensionSpec,
  NamespaceSpec,
  ObjectChangeSpecs,
  ObjectNameSpec,
  ObjectSpecs,
  ObjectWord,
  OpaqueSpec,
  PolicySpec,
  RoutineSpec,
  SequenceSpec,
  TriggerSpec,
  ViewSpec,
} from '../schema/index.ts';
import { comment, flag, name, names, qualified, type Shape, sql, strict, text, texts, whole } from './grammar-base.ts';
import { columnParts, typeParts } from './grammar-column.ts';
import { index } from './grammar-constraint.ts';

const own = qualified('Its name');
const on = qualified('The table that it lies on');
const definition = text('The whole CREATE statement, in the engine’s own words');
const which = text('The types of its arguments, which tell routines of one name apart');

const ownedBy = z.union([
  z.string(),
  strict<{ readonly table: string; readonly column: string }>({ table: on, column: name('Its column') }),
]);

const attribute: z.ZodType<AttributeSpec> = strict<AttributeSpec>({
  name: name('Its name'),
  ...typeParts,
  collation: columnParts.collation.optional(),
});

const domainCheck = z.union([
  z.string(),
  strict<{ readonly name?: string; readonly sql: string }>({ name: name('Its name').optional(), sql: sql('The condition') }),
]);

type Objects = { readonly [W in ObjectWord]: { readonly noun: string; readonly shape: Shape<ObjectSpecs[W]> } };

const objects: Objects = {
  View: {
    noun: 'a view',
    shape: {
      name: own,
      query: sql('The query'),
      materialized: flag('Its rows are kept'),
      columns: names('Names for its columns').optional(),
      indexes: z.array(index).optional().describe('Indexes of a materialized view'),
      options: texts('What only one engine has, by its own name').optional(),
      comment,
    } satisfies Shape<ViewSpec>,
  },
  Sequence: {
    noun: 'a sequence',
    shape: {
      name: own,
      bits: z
        .union([z.literal(16), z.literal(32), z.literal(64)])
        .optional()
        .describe('How large its numbers can be'),
      start: whole('The first number').optional(),
      increment: whole('The distance between two numbers').optional(),
      minimum: whole('The least number').optional(),
      maximum: whole('The largest number').optional(),
      cache: z.int().min(1).optional().describe('How many numbers a session takes at once'),
      cycle: flag('It begins again after the last number'),
      unlogged: flag('A crash may set it back (PostgreSQL from 15)'),
      ownedBy: ownedBy.optional().describe('The column with which it goes: "table.column", or its parts'),
      comment,
    } satisfies Shape<SequenceSpec>,
  },
  Enum: {
    noun: 'an enum type',
    shape: { name: own, values: z.array(z.string()).describe('Its values, in order'), comment } satisfies Shape<EnumSpec>,
  },
  Domain: {
    noun: 'a domain: a type with conditions',
    shape: {
      name: own,
      ...typeParts,
      nullable: z.boolean().optional().describe('Whether it may be empty; default: true'),
      default: columnParts.default.optional(),
      collation: columnParts.collation.optional(),
      checks: z.array(domainCheck).optional().describe('Conditions on VALUE'),
      comment,
    } satisfies Shape<DomainSpec>,
  },
  Composite: {
    noun: 'a composite type',
    shape: { name: own, attributes: z.array(attribute).describe('Its attributes, in order'), comment } satisfies Shape<CompositeSpec>,
  },
  Routine: {
    noun: 'a function or procedure',
    shape: {
      routine: z.enum(['function', 'procedure']).describe('Which of the two it is'),
      name: own,
      arguments: which.optional(),
      definition,
      comment,
    } satisfies Shape<RoutineSpec>,
  },
  Trigger: { noun: 'a trigger', shape: { name: own, on, definition, comment } satisfies Shape<TriggerSpec> },
  Policy: {
    noun: 'a policy of row security (PostgreSQL)',
    shape: {
      name: own,
      on,
      restrictive: flag('It narrows what others allow'),
      command: z.enum(['select', 'insert', 'update', 'delete']).optional().describe('The only command that it concerns'),
      roles: names('The roles that it concerns').optional(),
      using: sql('Which rows are seen').optional(),
      check: sql('Which rows may be written').optional(),
      comment,
    } satisfies Shape<PolicySpec>,
  },
  Extension: {
    noun: 'an extension (PostgreSQL)',
    shape: { name: own, version: text('Its version').optional(), comment } satisfies Shape<ExtensionSpec>,
  },
  Namespace: { noun: 'a namespace', shape: { name: own, comment } satisfies Shape<NamespaceSpec> },
  Opaque: {
    noun: 'an object that only the engine understands',
    shape: {
      type: name('What it is, in the engine’s words'),
      name: own,
      definition,
      drop: sql('The statement that drops it'),
      dependsOn: z.array(z.string()).optional().describe('Keys of the objects that must exist before it'),
      comment,
    } satisfies Shape<OpaqueSpec>,
  },
};

/** create, replace, drop and rename of every kind of object. */
export const objectChanges: { readonly [K in keyof ObjectChangeSpecs]: z.ZodType<ChangeSpecs[K]> } = Object.fromEntries(
  (Object.keys(objects) as ObjectWord[]).flatMap((word) => changesOf(word, objects[word])),
) as unknown as { readonly [K in keyof ObjectChangeSpecs]: z.ZodType<ChangeSpecs[K]> };

function changesOf<W extends ObjectWord>(word: W, { noun, shape }: Objects[W]): readonly (readonly [string, z.ZodType])[] {
  const spec = strict<ObjectSpecs[W]>(shape as Shape<ObjectSpecs[W]>, { id: word });
  const reference: Shape<ObjectNameSpec> = {
    name: own,
    on: on.optional().describe('The table of a trigger or policy'),
    arguments: which.optional(),
  };
  return [
    [`create${word}`, spec.describe(`Creates ${noun}`)],
    [`replace${word}`, spec.describe(`Creates ${noun}, or puts it in the place of the one with its name`)],
    [`drop${word}`, z.union([own, strict<ObjectNameSpec>(reference)]).describe(`Drops ${noun}`)],
    [
      `rename${word}`,
      strict<ObjectNameSpec & { readonly to: string }>({ ...reference, to: qualified('The new name') }).describe(`Renames ${noun}`),
    ],
  ];
}
