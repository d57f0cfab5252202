import * as z from 'zod';
import type { JsonObject } from '../base/index.ts';
import { migration } from './grammar.ts';

/**
 * The JSON Schema (draft 2020-12) of a migration file in YAML or JSON, made of the grammar that reads them. It ships with the package
 * as `migration.schema.json`, for editors. Types, names and SQL are checked further when a file is read.
 */
export function jsonSchema(): JsonObject {
  const schema = z.toJSONSchema(migration, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
    },
  });
  const { $schema, ...rest } = schema as unknown as JsonObject;
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: 'Lockstep migration',
    description: 'Changes of a database: what goes up, how it comes down, and what must hold afterwards',
    ...rest,
  };
}
