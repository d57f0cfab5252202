import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { emptySchema } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import { databaseOf, openProject } from './project.ts';
import { readSide, sideSource } from './structure.ts';
import { fileText, wayFrom } from './way.ts';
import { writing } from './write.ts';

export interface DumpOptions extends CommonOptions {
  /** `db`, a URL, a file or a folder; the project's database by default. */
  readonly from?: string;
  /** `sql` by default, `yaml` or `json`. */
  readonly format?: string;
  /** The file to write; without one the text is only given. */
  readonly output?: string;
}

export interface DumpReport {
  readonly from: string;
  readonly server: string;
  readonly format: string;
  /** Tables and other objects. */
  readonly objects: number;
  /** What is there and is not written down, in a reader's words. */
  readonly unread: readonly string[];
  readonly text: string;
  readonly file?: string;
}

/**
 * Writes a structure down so that running the text on an empty database makes it again. The order follows from what needs what and from
 * the names, never from when something was made; Lockstep's own tables are no part of it.
 */
export async function dump({ from = 'db', format = 'sql', output, ...options }: DumpOptions = {}): Promise<DumpReport> {
  const project = await openProject(options);
  const source = await sideSource(project, options, from);
  const reference = source.kind === 'database' ? source.database : await databaseOf(project, options);
  const { title, schema, server } = await readSide(source, reference, project, options);
  const unread = schema.facts?.unread ?? [];
  const text = commented(unread, format) + (await fileText(format, wayFrom(emptySchema, schema, reference.engine, server)));
  const report: DumpReport = { from: title, server: server.title, format, objects: schema.objects.size, unread, text };
  if (output === undefined) return report;
  writing(output, () => writeFileSync(resolve(project.base, output), text));
  return { ...report, file: output };
}

const commentSigns: Readonly<Record<string, string>> = { sql: '--', yaml: '#' };

/** What is missing is said in the file itself, where its format has comments. */
function commented(unread: readonly string[], format: string): string {
  const sign = commentSigns[format];
  return sign === undefined ? '' : unread.map((one) => `${sign} not in this file: ${one.replaceAll('\n', ' ')}\n`).join('');
}
