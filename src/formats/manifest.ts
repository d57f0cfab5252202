import type { ReadManifest } from '../migration/index.ts';
import type { TextFile } from './document.ts';

/** The names of manifests, in the order in which they are looked for in the folder of a module. */
export const manifestNames = ['lockstep.module.yaml', 'lockstep.module.yml', 'lockstep.module.json', 'info.xml'] as const;

/** Whether a file of such a name is a manifest: `info.xml` is a name that other things have too. */
export function isManifest(name: string, text: string): boolean {
  return name !== 'info.xml' || /<module[\s>]/.test(text);
}

/** Reads a manifest by the ending of its name. What cannot be understood is told with line and column. */
export async function readManifest(file: TextFile): Promise<ReadManifest> {
  return file.path.endsWith('.xml')
    ? (await import('./manifest-xml.ts')).readManifestXml(file)
    : (await import('./manifest-data.ts')).readManifestData(file);
}
