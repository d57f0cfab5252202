import type { Format } from '../contracts/index.ts';
import type { Change } from '../schema/index.ts';
import type { WriteOptions, WrittenDown } from './file-spec.ts';

/**
 * Migrations in XML: the grammar of YAML and JSON, whose keys are attributes or elements of `<migration>`. Described by
 * migration.xsd.
 */
export const xml: Format = {
  name: 'xml',
  extensions: ['xml'],
  // Only a file that may have one of the properties is parsed; the declaration of XML has one of these words of its own.
  header: async (file) =>
    /\b(?:version|order|requires|covers)\b|_x[0-9A-Fa-f]/.test(file.text.replace(/^<\?xml[^>]*>/, ''))
      ? (await import('./data-read.ts')).readHeader(file)
      : {},
  read: async (migration, tools) => (await import('./data-read.ts')).readMigration(migration, tools),
  significant: async (migration, tools) => (await import('./data-read.ts')).significantParts(migration, tools),
  skeleton: (title, _ending, toRoot) => `<!-- ${title.replaceAll(/-{2,}|-$/g, '- ')} -->
<migration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
           xsi:noNamespaceSchemaLocation="${toRoot}/node_modules/lockstep/migration.xsd">
  <up>
    <!-- <createTable name="coupon">
      <columns>
        <column name="id" type="bigint" identity="true" primaryKey="true"/>
        <column name="code" type="varchar(40)" nullable="false" unique="true"/>
      </columns>
    </createTable> -->
  </up>
  <!-- auto: what up does is inverted -->
  <down>auto</down>
</migration>
`,
};

/** A migration file in XML. Reading it gives the changes again; refuses texts that XML cannot hold. */
export async function writeXml(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): Promise<string> {
  return (await import('./spelt-files.ts')).xmlFile(changes, down, options);
}
