import { closeSync, createReadStream, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { SourceFile } from '../migration/index.ts';
import { type FileContext, readAll, shownPath, walk } from './shared/files.ts';

/** A file of fixtures. */
export interface FixtureFile {
  /** Of one that may be too large for the memory the text is only its beginning. */
  readonly file: SourceFile;
  /** The whole of such a file, piece by piece. */
  readonly bytes?: () => AsyncIterable<Uint8Array>;
}

/** As much of a large file is read to learn what it is. */
const beginning = 1 << 16;

/** All files below a folder of fixtures, in the order of their paths; nothing where there is no such folder. */
export function findFixtures(root: string, context: FileContext): readonly FixtureFile[] {
  if (!existsSync(root) || !statSync(root).isDirectory()) return [];
  const found = [...walk(root, context)].sort((a, b) => (a.path < b.path ? -1 : 1));
  const large = found.filter(({ name }) => name.toLowerCase().endsWith('.csv'));
  const texts = readAll(
    found.filter((one) => !large.includes(one)),
    context,
  );
  return [
    ...texts.map((file) => ({ file })),
    ...large.map(({ path, name, folders }) => ({
      file: { path: shownPath(path, context.shownFrom), text: beginningOf(path), folders, name, module: context.module },
      bytes: () => createReadStream(path, { highWaterMark: 1 << 20 }),
    })),
  ];
}

function beginningOf(path: string): string {
  const buffer = Buffer.alloc(beginning);
  const descriptor = openSync(path, 'r');
  try {
    const length = readSync(descriptor, buffer, 0, beginning, 0);
    return new TextDecoder().decode(buffer.subarray(0, length), { stream: true });
  } finally {
    closeSync(descriptor);
  }
}
