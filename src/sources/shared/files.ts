import { isUtf8 } from 'node:buffer';
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Failure } from '../../base/index.ts';
import type { SourceFile } from '../../migration/index.ts';
import type { CodeLoader } from './loader.ts';

const isCode = /\.[cm]?[tj]s$/;

export interface FileContext {
  /** Paths are shown as seen from here. */
  readonly shownFrom: string;
  readonly module: string;
  readonly loader: CodeLoader;
}

/** A file on its way to be read: where it is, and the folders between the source's root and it. */
export interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly folders: readonly string[];
}

/** Every file below a folder but hidden ones and packages. */
export function walk(folder: string, folders: readonly string[] = []): readonly FoundFile[] {
  const found: FoundFile[] = [];
  for (const entry of entriesOf(folder)) {
    const { name } = entry;
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = `${folder}${sep}${name}`;
    if (entry.isDirectory()) found.push(...walk(path, [...folders, name]));
    else if (entry.isFile() || (entry.isSymbolicLink() && statSync(path).isFile())) found.push({ path, name, folders });
  }
  return found;
}

/** A file that was found by its path, seen from the root of its source. */
export function foundAt(path: string, root: string): FoundFile {
  const folder = relative(root, dirname(path));
  return { path, name: path.slice(path.lastIndexOf(sep) + 1), folders: folder === '' ? [] : folder.split(sep) };
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** A file with its text. Refuses what cannot be read and what is not UTF-8. */
export function readSourceFile({ path, name, folders }: FoundFile, context: FileContext): SourceFile {
  const shown = shownPath(path, context.shownFrom);
  const file: SourceFile = { path: shown, text: readText(path, shown), folders, name, module: context.module };
  if (!isCode.test(name)) return file;
  return { ...file, load: () => context.loader.load(path), imports: importsOf(path, file.text, context.shownFrom) };
}

function shownPath(path: string, from: string): string {
  const short = path.startsWith(from + sep) ? path.slice(from.length + 1) : path;
  return sep === '/' ? short : short.split(sep).join('/');
}

function readText(path: string, shown: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadable(shown, error);
  }
  if (!isUtf8(bytes)) {
    throw new Failure('source.unreadable', `"${shown}" is not UTF-8 text`, {
      place: { file: shown, line: 1, column: 1 },
      state: 'nothing was run',
    });
  }
  return bytes.toString('utf8');
}

function unreadable(path: string, error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  return new Failure(
    'source.unreadable',
    `"${path}" cannot be read: ${reason}`,
    { place: { file: path, line: 1, column: 1 }, state: 'nothing was run' },
    error,
  );
}

/** The files that a code file imports by a relative path, and those that they import: an edit of them is an edit of it. */
function importsOf(path: string, text: string, shownFrom: string): readonly { readonly path: string; readonly text: string }[] {
  const found = new Map<string, string>();
  const visit = (from: string, source: string): void => {
    for (const match of source.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
      const target = resolveImport(resolve(dirname(from), match[1] ?? ''));
      if (target === undefined || target === path || found.has(target)) continue;
      const content = readText(target, shownPath(target, shownFrom));
      found.set(target, content);
      if (isCode.test(target)) visit(target, content);
    }
  };
  visit(path, text);
  return [...found].map(([target, content]) => ({ path: shownPath(target, shownFrom), text: content }));
}

function resolveImport(path: string): string | undefined {
  const candidates = [
    path,
    path.replace(/\.js$/, '.ts'),
    path.replace(/\.mjs$/, '.mts'),
    `${path}.ts`,
    `${path}.js`,
    `${path}.mjs`,
    `${path}.cjs`,
    `${path}.json`,
    join(path, 'index.ts'),
    join(path, 'index.js'),
  ];
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
}
