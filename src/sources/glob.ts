import { resolve } from 'node:path';
import type { Source } from '../contracts/index.ts';
import { type FileContext, foundAt, readAll } from './shared/files.ts';
import { isGlob } from './shared/pattern.ts';

/** All files that a pattern such as `db/**.sql` matches, from the base folder. */
export function globSource(pattern: string, base: string, context: FileContext): Source {
  return {
    name: pattern,
    list: async () => {
      const { globSync } = await import('tinyglobby');
      const root = resolve(base, fixedPart(pattern));
      const found = globSync(pattern, { cwd: base, absolute: true }).map((path) => foundAt(resolve(path), root));
      return readAll(found, context);
    },
  };
}

/** The folders before the first wildcard: versions are read from those behind it. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const at = parts.findIndex(isGlob);
  return parts.slice(0, at < 0 ? -1 : at).join('/') || '.';
}
