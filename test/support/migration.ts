import type { FormatTools } from '../../src/contracts/index.ts';
import { type Migration, readLabel, type SourceFile } from '../../src/migration/index.ts';

/** What formats are handed: SQL whose white space does not count, and code that is left as it is. */
export const formatTools: FormatTools = {
  tokens: (script) => script.trim().replaceAll(/\s+/g, ' '),
  transpile: async (text) => text,
  engines: ['postgres', 'mysql', 'sqlite'],
};

/** A file of the folder `migrations` with this name and text. */
export function sourceFile(name: string, text: string): SourceFile {
  return { path: `migrations/${name}`, text, folders: [], name, module: 'app' };
}

/** A migration of one file, or of a pair. */
export function migrationOf(file: SourceFile, downFile?: SourceFile): Migration {
  return {
    id: file.name,
    module: 'app',
    version: '1',
    name: file.name,
    label: readLabel('1')?.label ?? { text: '1', candidates: ['sequence'] },
    order: 0,
    format: 'yaml',
    file,
    requires: [],
    ...(downFile === undefined ? {} : { downFile }),
  };
}
