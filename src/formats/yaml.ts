import type { Format } from '../contracts/index.ts';
import type { Change } from '../schema/index.ts';
import type { WriteOptions, WrittenDown } from './file-spec.ts';

/**
 * Migrations in YAML 1.2 and in JSON: `up`, `down`, `verify` and what belongs to the file, described by migration.schema.json. All
 * problems of a file are reported together, each with its line and column. A file without content is a migration without changes.
 * The libraries that read it are loaded with the first file of this kind.
 */
export const yaml: Format = {
  name: 'yaml',
  extensions: ['yaml', 'yml', 'json'],
  // Only a file that may have one of the properties is parsed; what is wrong with them is said when the file is read.
  header: async (file) =>
    /(?:version|order|requires|covers)["']?\s*:|\\/.test(file.text) ? (await import('./data-read.ts')).readHeader(file) : {},
  read: async (migration, tools) => (await import('./data-read.ts')).readMigration(migration, tools),
  significant: async (migration, tools) => (await import('./data-read.ts')).significantParts(migration, tools),
  skeleton: (title, ending, toRoot) => (ending === 'json' ? jsonSkeleton(toRoot) : yamlSkeleton(title, toRoot)),
};

function yamlSkeleton(title: string, toRoot: string): string {
  return `# ${title}
# yaml-language-server: $schema=${toRoot}/node_modules/lockstep/migration.schema.json
up:
  # - createTable:
  #     name: coupon
  #     columns:
  #       - { name: id, type: bigint, identity: true, primaryKey: true }
  #       - { name: code, type: varchar(40), nullable: false, unique: true }

# auto: what \`up\` does is inverted
down: auto
`;
}

/** JSON has no place for a title. */
function jsonSkeleton(toRoot: string): string {
  return `{
  "$schema": "${toRoot}/node_modules/lockstep/migration.schema.json",
  "up": [],
  "down": "auto"
}
`;
}

/** A migration file in YAML. Reading it gives the changes again. */
export async function writeYaml(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): Promise<string> {
  return (await import('./yaml-write.ts')).yamlText(changes, down, options);
}

/** A migration file in JSON. Reading it gives the changes again. */
export async function writeJson(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): Promise<string> {
  return (await import('./yaml-write.ts')).jsonText(changes, down, options);
}
