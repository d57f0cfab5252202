import type { Format } from '../contracts/index.ts';
import type { Change } from '../schema/index.ts';
import type { WriteOptions, WrittenDown } from './file-spec.ts';

/** Migrations in INI: the grammar of YAML and JSON, whose keys are sections and keys with dots. */
export const ini: Format = {
  name: 'ini',
  extensions: ['ini'],
  // Only a file that may have one of the properties is parsed.
  header: async (file) =>
    /(?:version|order|requires|covers)["\].\s]*=?|\\/.test(file.text) ? (await import('./data-read.ts')).readHeader(file) : {},
  read: async (migration, tools) => (await import('./data-read.ts')).readMigration(migration, tools),
  significant: async (migration, tools) => (await import('./data-read.ts')).significantParts(migration, tools),
  skeleton: (title) => `; ${title}
; auto: what is done in the sections [up.…] is inverted
down = auto

; [up.1.createTable]
; name = coupon
; columns.id.type = bigint
; columns.id.identity = true
; columns.id.primaryKey = true
; columns.code.type = varchar(40)
; columns.code.nullable = false
; columns.code.unique = true
`,
};

/** A migration file in INI. Reading it gives the changes again. */
export async function writeIni(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): Promise<string> {
  return (await import('./spelt-files.ts')).iniFile(changes, down, options);
}
