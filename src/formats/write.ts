import type { Change } from '../schema/index.ts';
import { writeTs } from './code.ts';
import type { WriteOptions, WrittenDown } from './file-spec.ts';
import { writeIni } from './ini.ts';
import { writeXml } from './xml.ts';
import { writeJson, writeYaml } from './yaml.ts';

/** How changes are written, by the ending of the file; reading the text gives them again. */
export type WriteChanges = (changes: readonly Change[], down?: WrittenDown, options?: WriteOptions) => Promise<string>;

const writers: Readonly<Record<string, WriteChanges>> = {
  ts: writeTs,
  js: writeTs,
  yaml: writeYaml,
  json: writeJson,
  xml: writeXml,
  ini: writeIni,
};

/** The writer of a format; nothing for SQL, which is written by an engine, and for what is unknown. */
export function writerOf(format: string): WriteChanges | undefined {
  return Object.hasOwn(writers, format) ? writers[format] : undefined;
}

/** The formats in which changes are written. */
export const writtenFormats: readonly string[] = ['sql', ...Object.keys(writers)];

const comments: Readonly<Record<string, (text: string) => string>> = {
  sql: (text) => `-- ${text}`,
  ts: (text) => `// ${text}`,
  js: (text) => `// ${text}`,
  yaml: (text) => `# ${text}`,
  xml: (text) => `<!-- ${text.replace(/-(?=-|$)/g, '- ')} -->`,
  ini: (text) => `; ${text}`,
};

/** A line for whoever reads a file, with its end; nothing where the format has no comments. */
export function commentIn(format: string, text: string): string {
  const comment = Object.hasOwn(comments, format) ? comments[format] : undefined;
  return comment === undefined ? '' : `${comment(text.replace(/\s+/g, ' '))}\n`;
}
