import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Failure, joined } from '../base/index.ts';
import type { Format, FormatTools, Parsed, Part } from '../contracts/index.ts';
import { commentsIn, type WrittenDown, writerOf, writtenFormats } from '../formats/index.ts';
import { formatOf, type Header, type Migration, rootModule, type SourceFile } from '../migration/index.ts';
import { evaluate } from '../runner/index.ts';
import type { Change } from '../schema/index.ts';
import { fileSource } from '../sources/index.ts';
import { emptyGround, type Ground, groundBehind, type Said, sqlText } from './convert-sql.ts';
import type { CommonOptions } from './options.ts';
import { formatTools, openProject, type Project, writtenOut } from './project.ts';
import { writing } from './write.ts';

export interface ConvertOptions extends CommonOptions {
  /** The migration; of a pair the file that goes up. */
  readonly file: string;
  /** `sql`, `ts`, `js`, `yaml`, `json`, `xml` or `ini`. */
  readonly format: string;
  /** The file to write; without one the text is only given. */
  readonly output?: string;
}

export interface ConvertReport {
  readonly from: string;
  readonly format: string;
  readonly text: string;
  readonly file?: string;
  /** What the new text does not say: comments, and SQL for other engines. */
  readonly left: readonly string[];
}

/** What a migration is read with, and where its code is run without a database. */
interface Reading {
  readonly file: SourceFile;
  readonly tools: FormatTools;
  readonly ground: Ground | undefined;
}

const state = 'nothing was written';

/**
 * Says a migration in another format: what goes up, comes back and is verified, with all that belongs to the file. A script becomes SQL
 * changes, each section as it stands. Refuses code that does more than change the structure, and what the format cannot say.
 */
export async function convert({ file: given, format, output, ...options }: ConvertOptions): Promise<ConvertReport> {
  if (!writtenFormats.includes(format)) {
    throw new Failure('usage.invalid-value', `there is no format "${format}"; known are ${joined(writtenFormats)}`, { state });
  }
  const project = await openProject(options);
  const source = await readSource(given, project);
  const reader = formatOf(source.file, project.formats);
  if (reader === undefined) {
    throw new Failure(
      'source.unreadable',
      `"${given}" is in no known format: its ending is none of ${joined(project.formats.flatMap(({ extensions }) => extensions))}`,
      { state },
    );
  }
  const header = (await reader.header?.(source.file)) ?? {};
  const isCode = source.file.load !== undefined || source.downFile?.load !== undefined;
  const ground =
    format === 'sql' ? await groundBehind(source.file, project, options) : isCode ? await emptyGround(project, options) : undefined;
  const said = await read(source, header, { reader, reading: { file: source.file, tools: toolsFor(project, ground), ground }, project });
  const { text, left } = ground !== undefined && format === 'sql' ? sqlText(said, ground) : await written(said, format, source.file);
  const comments = [source.file, ...(source.downFile === undefined ? [] : [source.downFile])].flatMap((one) =>
    commentsIn(one.name, one.text).map(({ line, text: comment }) => `the comment in ${one.path}:${line}: ${comment}`),
  );
  const report = { from: source.file.path, format, text, left: [...comments, ...left] };
  if (output === undefined) return report;
  const path = resolve(project.base, output);
  if (existsSync(path)) throw new Failure('usage.invalid-value', `"${output}" exists, and no file is overwritten`, { state });
  writing(output, () => writeFileSync(path, text, { flag: 'wx' }));
  return { ...report, file: output };
}

interface Source {
  readonly file: SourceFile;
  readonly downFile?: SourceFile;
}

/** The file, and the way back that lies beside it. */
async function readSource(given: string, project: Project): Promise<Source> {
  const path = resolve(project.base, given);
  const context = { shownFrom: project.base, module: rootModule, loader: project.loader };
  const one = async (at: string): Promise<SourceFile | undefined> =>
    existsSync(at) ? (await fileSource(at, dirname(at), context).list())[0] : undefined;
  const file = await one(path);
  if (file === undefined) throw new Failure('source.missing', `there is no file "${given}"`, { state });
  const [, stem] = /^(.*\.|)up\.[^.]+$/.exec(basename(path)) ?? [];
  if (stem === undefined) return { file };
  for (const ending of project.formats.flatMap(({ extensions }) => extensions)) {
    const downFile = await one(resolve(dirname(path), `${stem}down.${ending}`));
    if (downFile !== undefined) return { file, downFile };
  }
  return { file };
}

/** What is needed to read files; where no engine was asked its tokens are not needed. */
function toolsFor(project: Project, ground: Ground | undefined): FormatTools {
  const engine = ground?.engine ?? ({ tokens: (script: string) => script } as Parameters<typeof formatTools>[1]);
  return formatTools(project, engine);
}

async function written(said: Said, format: string, file: SourceFile): Promise<{ readonly text: string; readonly left: readonly string[] }> {
  if ((format === 'ts' || format === 'js') && said.options.verify !== undefined) {
    throw refused(file, 'what it verifies is a function in code, which must be written by hand');
  }
  const write = writerOf(format);
  return { text: (await write?.(said.up, said.down, said.options)) ?? '', left: [] };
}

async function read(
  { file, downFile }: Source,
  header: Header,
  { reader, reading, project }: { readonly reader: Format; readonly reading: Reading; readonly project: Project },
): Promise<Said> {
  const migration: Migration = {
    id: file.path,
    module: rootModule,
    version: header.version ?? '',
    name: file.name,
    label: { text: '', candidates: [] },
    order: header.order ?? 0,
    format: reader.name,
    file,
    requires: header.requires ?? [],
    ...(downFile === undefined ? {} : { downFile }),
  };
  const parsed = await reader.read(migration, reading.tools);
  const { down, verify, transaction } = parsed;
  const isScript = parsed.up.kind === 'script';
  return {
    up: await changesOf(parsed.up, reading),
    down: await downOf(down, reading),
    options: {
      // Names and columns that the conventions gave are written out.
      ...(isScript ? {} : writtenOut(project)),
      ...header,
      ...(transaction.up && transaction.down ? {} : { transaction: transaction.up === transaction.down ? false : transaction }),
      ...(verify === undefined ? {} : { verify: verifyOf(verify, file) }),
    },
  };
}

async function downOf(down: Parsed['down'], reading: Reading): Promise<WrittenDown | undefined> {
  if (down === undefined) return undefined;
  return down.kind === 'irreversible' ? { irreversible: down.why } : changesOf(down, reading);
}

async function changesOf(part: Part, { file, tools, ground }: Reading): Promise<readonly Change[]> {
  if (part.kind === 'changes') return part.changes.map(({ change }) => change);
  if (part.kind === 'script') return part.text.trim() === '' ? [] : [{ kind: 'sql', up: { any: part.text.trim() } }];
  if (ground === undefined) throw new Error('code needs an engine to be evaluated');
  const { engine, server } = ground;
  const { changes, boundary } = await evaluate(part.run, { engine, server, ...tools, file: part.file });
  if (boundary === undefined) return changes.map(({ change }) => change);
  throw refused(file, `it needs ${boundary}, and other formats hold changes alone`);
}

function verifyOf(verify: Part, file: SourceFile): readonly string[] {
  if (verify.kind === 'script') return verify.text.trim() === '' ? [] : [verify.text.trim()];
  if (verify.kind === 'code') throw refused(file, 'what it verifies is a function, which no other format has');
  return verify.changes.flatMap(({ change }) => (change.kind === 'sql' ? (change.up['any'] ?? []) : []));
}

function refused({ path, text }: SourceFile, why: string): Failure {
  const line = text.split('\n').findIndex((one) => /\b(?:verify|await|db|step|batches|services)\b/.test(one)) + 1;
  return new Failure('migration.invalid', `"${path}" cannot be converted: ${why}`, {
    place: { file: path, line: Math.max(line, 1), column: 1 },
    source: text,
    state,
    fix: ['leave it in code, or write what it does as sql'],
  });
}
