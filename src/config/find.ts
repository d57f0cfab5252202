import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { lilconfig } from 'lilconfig';
import { Failure } from '../base/index.ts';
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
  if (!existsSync(start)) throw new Failure('config.invalid', `the folder "${folder}" does not exist`);
  const code = (path: string): Promise<unknown> =>
    load(path).then(defaultExport, (error: unknown) => {
      throw unusable(path, error);
    });
  const search = lilconfig('lockstep', {
    searchPlaces: [...extensions.map((extension) => `lockstep.config.${extension}`), 'package.json'],
    packageProp: 'lockstep',
    cache: false,
    loaders: { '.ts': code, '.mts': code, '.js': code, '.mjs': code, '.cjs': code, '.json': readJson },
  });
  const path = named === undefined ? undefined : isAbsolute(named) ? named : join(start, named);
  if (path !== undefined && !existsSync(path)) throw new Failure('config.invalid', `the configuration "${named}" does not exist`);
  try {
    const found = path === undefined ? await search.search(start) : await search.load(path);
    if (found === null) return { config: {}, file: undefined, base: start };
    const file = relative(start, found.filepath) || basename(found.filepath);
    return { config: found.isEmpty === true ? {} : checkConfig(found.config, file), file, base: dirname(found.filepath) };
  } catch (error) {
    throw unusable(path ?? start, error);
  }
}

function readJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(path, error);
  }
}

function defaultExport(module: unknown): unknown {
  return (module as { readonly default?: unknown } | undefined)?.default ?? module;
}

function unusable(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const file = basename(path);
  return new Failure(
    'config.invalid',
    `"${file}" cannot be read: ${message}`,
    { place: { file, line: 1, column: 1 }, state: 'nothing was connected' },
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
