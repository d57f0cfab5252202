import * as z from 'zod';
import type { JsonObject } from '../base/index.ts';

const version = z.string().min(1);
const path = z.string().min(1);
const file = z
  .union([path, z.strictObject({ file: path, version: version.optional() })])
  .meta({ description: 'A file, from the folder of the module or from `data` in it; with its version where its name does not say it' });
const perEngine = z
  .union([file, z.array(file)])
  .meta({ description: 'A file; the one for the engine of the database is found by its name' });

/** A manifest in YAML or JSON. */
export const manifestGrammar = z.strictObject({
  $schema: z.string().optional(),
  module: z.string().min(1).optional().meta({ description: 'The name in ids; that of the folder by default' }),
  name: z.string().optional().meta({ description: 'How people call it' }),
  description: z.string().optional(),
  version: version.meta({ description: 'The version that its files lead to' }),
  requires: z
    .union([z.array(z.string()), z.record(z.string(), z.string())])
    .optional()
    .meta({ description: 'What must be there before it: `core@>=1.2`, or { core: ">=1.2" }' }),
  removable: z.boolean().optional().meta({ description: 'false: it is not to be uninstalled' }),
  install: perEngine.optional(),
  updates: z.array(file).optional(),
  uninstall: perEngine.optional(),
  testData: perEngine.optional().meta({ description: 'Takes data for trying out away again' }),
});

export type ManifestSpec = z.infer<typeof manifestGrammar>;

/** The JSON Schema of a manifest; it ships with the package as `module.schema.json`. */
export function manifestJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(manifestGrammar, { target: 'draft-2020-12', io: 'input' });
  return {
    ...(schema as unknown as JsonObject),
    title: 'Lockstep module',
    description: 'What a module is called, its version, and its files',
  };
}
