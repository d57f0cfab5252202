import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { emptySchema } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import { databaseOf, openProject, writtenOut } from './project.ts';
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
  const text = await fileText(format, wayFrom(emptySchema, schema, reference.engine, server), undefined, writtenOut(project));
  const report: DumpReport = { from: title, server: server.title, format, objects: schema.objects.size, text };
  if (output === undefined) return report;
  writing(output, () => writeFileSync(resolve(project.base, output), text));
  return { ...report, file: output };
}
