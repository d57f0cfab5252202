import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import type { Source } from '../contracts/index.ts';
import { type FileContext, foundAt, readAll, walk } from './shared/files.ts';

/** All migrations below a folder. Hidden files and packages are passed over. Refuses a folder that does not exist. */
export function pathSource(folder: string, base: string, context: FileContext): Source {
  const root = resolve(base, folder);
  return {
    name: folder,
    list: () => {
      if (!existsSync(root)) return Promise.reject(missing(folder));
      if (!statSync(root).isDirectory())
        return Promise.reject(new Failure('source.missing', `"${folder}" is a file, no folder of migrations`));
      return attempt(() => readAll(walk(root, context), context));
    },
  };
}

/** One file, whatever its name. Refuses one that cannot be read. */
export function fileSource(path: string, base: string, context: FileContext): Source {
  return { name: path, list: () => attempt(() => readAll([foundAt(resolve(base, path), base)], context)) };
}

function missing(folder: string): Failure {
  return new Failure('source.missing', `the folder of migrations "${folder}" does not exist`, {
    state: 'nothing was connected',
    fix: [`lockstep new NAME   makes it with a first migration`, 'lockstep COMMAND --dir DIR'],
  });
}

function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error);
  }
}
