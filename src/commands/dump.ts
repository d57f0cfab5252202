import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { byText, Failure } from '../base/index.ts';
import { commentIn } from '../formats/index.ts';
import { emptySchema, type Schema } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import { databaseOf, openProject, writtenOut } from './project.ts';
import { byObject } from './split.ts';
import { readSide, sideSource } from './structure.ts';
import { fileText, wayFrom } from './way.ts';
import { writing } from './write.ts';

export interface DumpOptions extends CommonOptions {
  /** `db`, a URL, a file, a folder or a module; the project's database by default. */
  readonly from?: string;
  /** `sql` by default, `ts`, `js`, `yaml`, `json`, `xml` or `ini`. */
  readonly format?: string;
  /** The file to write, or with `split` the folder; without one the text is only given. */
  readonly output?: string;
  /** A file for each object, in the folder that `output` names. */
  readonly split?: boolean;
}

export interface DumpReport {
  readonly from: string;
  readonly server: string;
  readonly format: string;
  /** Tables and other objects. */
  readonly objects: number;
  /** What is there and is not written down, in a reader's words. */
  readonly unread: readonly string[];
  /** The whole text; empty where there is a file for each object. */
  readonly text: string;
  readonly file?: string;
  /** The files of the folder, in order. */
  readonly files?: readonly string[];
}

/**
 * Writes a structure down so that running the text on an empty database makes it again. The order follows from what needs what and from
 * the names, never from when something was made; Lockstep's own tables are no part of it.
 */
export async function dump({ from = 'db', format = 'sql', output, split, ...options }: DumpOptions = {}): Promise<DumpReport> {
  if (split === true && output === undefined)
    throw new Failure('usage.missing-argument', 'a file for each object needs a folder to lie in', {
      state: 'nothing was written',
      fix: ['lockstep dump --split -o schema'],
    });
  const project = await openProject(options);
  const source = await sideSource(project, options, from);
  const reference = source.kind === 'database' ? source.database : await databaseOf(project, options);
  const { title, schema, server } = await readSide(source, reference, project, options);
  const unread = schema.facts?.unread ?? [];
  const way = wayFrom(emptySchema, inPlace(schema), reference.engine, server);
  const report = { from: title, server: server.title, format, objects: schema.objects.size, unread };
  const besides = { engine: reference.engine, ...writtenOut(project) };
  const whole = commented(unread, format) + (await fileText(format, way, besides));
  if (output === undefined) return { ...report, text: whole };
  const path = resolve(project.base, output);
  if (split === true) {
    const texts = new Map<string, string>();
    for (const { name, part } of byObject(way)) texts.set(`${name}.${format}`, await fileText(format, part, besides));
    writing(output, () => writeFolder(path, texts, format));
    return { ...report, text: '', file: output, files: [...texts.keys()] };
  }
  writing(output, () => writeFileSync(path, whole));
  return { ...report, text: whole, file: output };
}

/** The structure with its objects in an order of their own, which no reader decides. */
function inPlace(schema: Schema): Schema {
  return { ...schema, objects: new Map([...schema.objects].sort(([a], [b]) => byText(a, b))) };
}

const mark = '.lockstep-dump';

/**
 * Writes the files of a folder and takes away those of an earlier dump that are of no object any more; which were written is kept in the
 * folder. Refuses a folder that holds something else.
 */
function writeFolder(folder: string, texts: ReadonlyMap<string, string>, format: string): void {
  mkdirSync(folder, { recursive: true });
  const present = readdirSync(folder);
  const before = present.includes(mark)
    ? readFileSync(join(folder, mark), 'utf8')
        .split('\n')
        .filter((name) => /^[^/\\]+$/.test(name))
    : [];
  const foreign = present.filter((name) => name !== mark && !before.includes(name));
  if (foreign.length > 0)
    throw new Failure('usage.invalid-value', `"${folder}" holds files that no dump wrote: ${foreign.slice(0, 5).join(', ')}`, {
      state: 'nothing was written',
      fix: ['name an empty folder', `--format ${format} -o FILE   one file`],
    });
  for (const name of before) if (!texts.has(name)) rmSync(join(folder, name), { force: true });
  writeFileSync(join(folder, mark), [...texts.keys(), ''].join('\n'));
  for (const [name, text] of texts) writeFileSync(join(folder, name), text);
}

/** What is missing is said in the file itself, where its format has comments. */
function commented(unread: readonly string[], format: string): string {
  return unread.map((one) => commentIn(format, `not in this file: ${one}`)).join('');
}
