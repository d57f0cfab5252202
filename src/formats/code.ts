import { Failure, placeInStack } from '../base/index.ts';
import type { CodeFunction, Format, FormatTools, Parsed, Part } from '../contracts/index.ts';
import type { Header, Migration, SourceFile } from '../migration/index.ts';
import { type Change, conventionsText } from '../schema/index.ts';
import type { WriteOptions, WrittenDown } from './file-spec.ts';

/** What a code file exports, as its default (see `migration`) or as functions `up`, `down` and `verify`. */
interface Exported {
  readonly up?: unknown;
  readonly down?: unknown;
  readonly verify?: unknown;
  readonly transaction?: unknown;
  readonly version?: unknown;
  readonly order?: unknown;
  readonly requires?: unknown;
  readonly covers?: unknown;
}

/** TypeScript and JavaScript files; the source hands in how they are run. */
export const code: Format = {
  name: 'ts',
  extensions: ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'],

  // Running a file only to learn its name's properties would make every listing slow, so only those that seem to have some are run.
  header: async (file) => (/\b(?:order|version|requires|covers)\b\s*[:=]/.test(file.text) ? headerOf(await exportsOf(file)) : {}),

  read: async (migration) => {
    const exported = await exportsOf(migration.file);
    const down = migration.downFile === undefined ? exported.down : (await exportsOf(migration.downFile)).up;
    const part = (value: unknown, name: string): Part | undefined => {
      if (value === undefined) return undefined;
      if (typeof value === 'function') return { kind: 'code', file: migration.file.path, run: value as CodeFunction };
      throw invalid(migration.file, `"${name}" is no function`);
    };
    const up = part(exported.up, 'up');
    if (up === undefined) throw invalid(migration.file, 'it exports no function "up"');
    const transaction = exported.transaction !== false;
    const back: Parsed['down'] =
      down === false ? { kind: 'irreversible', why: 'the author says that there is no way back' } : part(down, 'down');
    const verify = part(exported.verify, 'verify');
    return {
      up,
      ...(back === undefined ? {} : { down: back }),
      ...(verify === undefined ? {} : { verify }),
      transaction: { up: transaction, down: transaction },
    };
  },

  significant: async (migration, tools) => ({ up: await significantCode(migration, tools), down: '' }),

  skeleton: (title) =>
    [
      `import { migration } from 'lockstep';`,
      '',
      `/** ${title.replaceAll('*/', '* /')} */`,
      'export default migration({',
      '  async up({ schema, sql, db }) {',
      '  },',
      '});',
      '',
    ].join('\n'),
};

/** A migration file in TypeScript, by calls of the builder. Reading it gives the changes again. */
export async function writeTs(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): Promise<string> {
  return (await import('./ts-write.ts')).tsText(changes, down, options);
}

/** What a code file exports: its default, or the module itself. */
export async function exportsOf(file: SourceFile): Promise<Exported> {
  if (file.load === undefined) throw invalid(file, 'no loader for code was given');
  let module: ({ readonly default?: unknown } & Exported) | undefined;
  try {
    module = (await file.load()) as typeof module;
  } catch (error) {
    throw unloadable(file, error);
  }
  const exported = module?.default ?? module;
  if (typeof exported !== 'object' || exported === null) throw invalid(file, 'its default export is no migration');
  return exported as Exported;
}

function headerOf(exported: Exported): Header {
  const { version, order, requires, covers } = exported;
  return {
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof order === 'number' ? { order } : {}),
    ...(Array.isArray(requires) ? { requires: requires.map(String) } : {}),
    ...(typeof covers === 'string' ? { covers } : {}),
  };
}

async function significantCode(migration: Migration, tools: FormatTools): Promise<string> {
  const files = [migration.file, ...(migration.file.imports ?? []), ...(migration.downFile === undefined ? [] : [migration.downFile])];
  const texts: string[] = [];
  // What is imported may be data, which is taken as it is written.
  for (const { text, path } of files) texts.push(/\.[cm]?[tj]s$/.test(path) ? await tools.transpile(text, path) : text);
  // Which tables it makes only running it would tell.
  const conventions = conventionsText(tools.conventions);
  return conventions !== '' && /\b(?:(?:create|add)[A-Z]\w*|rename(?:Table|Column))\b/.test(migration.file.text)
    ? [...texts, conventions].join('\n')
    : texts.join('\n');
}

function unloadable(file: SourceFile, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const files = [file, ...(file.imports ?? [])];
  const place = placeInStack(error, ...files);
  const source = files.find((one) => one.path === place?.file)?.text;
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new Failure(
    'migration.invalid',
    `"${file.path}" cannot be loaded: ${why}`,
    { place: place ?? { file: file.path, line: 1, column: 1 }, ...(source === undefined ? {} : { source }) },
    error,
  );
}

function invalid(file: SourceFile, why: string): Failure {
  return new Failure('migration.invalid', `"${file.path}" is no migration: ${why}`, {
    place: { file: file.path, line: 1, column: 1 },
    source: file.text,
    fix: ['export default migration({ async up({ schema }) { … } })'],
  });
}
