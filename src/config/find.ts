import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { lilconfig } from 'lilconfig';
import { Failure, lineStarts, placeAt, placeInStack } from '../base/index.ts';
import { checkConfig } from './check.ts';
import type { Config } from './config.ts';

/** Runs a TypeScript or JavaScript file and gives what it exports. */
export type LoadCode = (path: string) => Promise<unknown>;

export interface FoundConfig {
  readonly config: Config;
  /** The file it came from, if any, as people are shown it. */
  readonly file: string | undefined;
  /** The folder that relative paths are meant from. */
  readonly base: string;
}

const extensions = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'];

/**
 * Looks for lockstep.config.* or the key `lockstep` of package.json in a folder and those above it, or takes the file that is named.
 * Without any, the configuration is empty and the folder itself is the base. Refuses a file that cannot be read or understood.
 */
export async function findConfig(folder: string, named: string | undefined, load: LoadCode): Promise<FoundConfig> {
  const start = resolve(folder);
  if (!existsSync(start)) throw missing(`the folder "${folder}" does not exist`, 'make the folder, or name another one');
  const shown = (path: string): string => relative(start, path) || basename(path);
  const code = (path: string, text: string): Promise<unknown> =>
    load(path).then(defaultExport, (error: unknown) => {
      throw unusable(shown(path), text, error);
    });
  const search = lilconfig('lockstep', {
    searchPlaces: [...extensions.map((extension) => `lockstep.config.${extension}`), 'package.json'],
    packageProp: 'lockstep',
    cache: false,
    loaders: { '.ts': code, '.mts': code, '.js': code, '.mjs': code, '.cjs': code, '.json': (path, text) => readJson(shown(path), text) },
  });
  const path = named === undefined ? undefined : isAbsolute(named) ? named : join(start, named);
  if (path !== undefined && !existsSync(path)) throw missing(`the configuration "${named}" does not exist`, 'correct --config');
  try {
    const found = path === undefined ? await search.search(start) : await search.load(path);
    if (found === null) return { config: {}, file: undefined, base: start };
    const file = shown(found.filepath);
    const config = found.isEmpty === true ? {} : checkConfig(found.config, file, readFileSync(found.filepath, 'utf8'));
    return { config, file, base: dirname(found.filepath) };
  } catch (error) {
    throw unusable(shown(path ?? start), '', error);
  }
}

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(file, text, error);
  }
}

function defaultExport(module: unknown): unknown {
  return (module as { readonly default?: unknown } | undefined)?.default ?? module;
}

function missing(message: string, fix: string): Failure {
  return new Failure('config.invalid', message, { state: 'nothing was connected', fix: [fix] });
}

function unusable(file: string, text: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  // JSON.parse counts from the beginning of the text; older versions of Node tell no line.
  const offset = /^(.*?),? (?:in JSON )?at position (\d+)(?: \(.*\))?$/.exec(message);
  const place = offset === null ? placeInStack(error, { path: file, text }) : placeAt(file, lineStarts(text), Number(offset[2]));
  return new Failure(
    'config.invalid',
    `"${file}" cannot be read: ${offset?.[1] ?? message}`,
    {
      place: place ?? { file, line: 1, column: 1 },
      ...(text === '' ? {} : { source: text }),
      state: 'nothing was connected',
      fix: ['correct the file at the place that is named'],
    },
    error,
  );
}

/** The variables of a `.env` file in the folder; those that are set already win. */
export function readEnvironmentFile(
  base: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const path = join(base, '.env');
  if (!existsSync(path)) return environment;
  return { ...parseEnv(readFileSync(path, 'utf8')), ...environment };
}
