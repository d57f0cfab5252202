import { isUtf8 } from 'node:buffer';
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Failure, together } from '../../base/index.ts';
import type { SourceFile } from '../../migration/index.ts';
import type { CodeLoader } from './loader.ts';

const isCode = /\.[cm]?[tj]s$/;
/** Endings that only migrations have where migrations lie. */
export const isMigration: RegExp = /\.(?:sql|[cm]?[tj]s|ya?ml|json|xml|ini)$/;

export interface FileContext {
  /** Paths are shown as seen from here. */
  readonly shownFrom: string;
  readonly module: string;
  readonly loader: CodeLoader;
  /** A folder that is passed over. */
  readonly except?: string;
}

/** A file on its way to be read: where it is, and the folders between the source's root and it. */
export interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly folders: readonly string[];
}

/**
 * Every file below a folder but hidden ones and packages. Links are followed, but not in a circle. What bears the name of a migration
 * and is no file is refused, like a folder that cannot be read.
 */
export function walk(root: string, context: FileContext): readonly FoundFile[] {
  const found: FoundFile[] = [];
  const problems: Failure[] = [];
  const shown = (path: string): string => shownPath(path, context.shownFrom);
  const look = (entry: Dirent, folder: string, folders: readonly string[], reals: readonly string[]): void => {
    const { name } = entry;
    const path = `${folder}${sep}${name}`;
    const isLink = entry.isSymbolicLink();
    const kind = isLink ? linked(path, shown(path)) : entry;
    if (kind.isFile()) found.push({ path, name, folders });
    else if (isMigration.test(name)) throw noFile(shown(path), kind.isDirectory() ? 'a folder' : 'a device');
    // Only a link leads elsewhere: asking for the real path of every folder would cost as much as listing them.
    else if (kind.isDirectory()) visit(path, [...folders, name], [...reals, isLink ? realpathSync(path) : `${reals.at(-1)}${sep}${name}`]);
  };
  /** `reals` are the real paths of the folders from the root down to this one. */
  const visit = (folder: string, folders: readonly string[], reals: readonly string[]): void => {
    if (reals.indexOf(reals.at(-1) ?? '') < reals.length - 1) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const { name } = entry;
      if (name.startsWith('.') || name === 'node_modules' || `${folder}${sep}${name}` === context.except) continue;
      collect(problems, shown(`${folder}${sep}${name}`), () => look(entry, folder, folders, reals));
    }
  };
  collect(problems, shown(root), () => visit(root, [], [realpathSync(root)]));
  if (problems.length > 0) throw together(problems);
  return found;
}

/** The files with their texts; all that cannot be read are refused together. */
export function readAll(found: readonly FoundFile[], context: FileContext): readonly SourceFile[] {
  const problems: Failure[] = [];
  const files: SourceFile[] = [];
  for (const file of found) collect(problems, shownPath(file.path, context.shownFrom), () => files.push(readSourceFile(file, context)));
  if (problems.length > 0) throw together(problems);
  return files;
}

function collect(problems: Failure[], shown: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    problems.push(error instanceof Failure ? error : unreadable(shown, error));
  }
}

function linked(path: string, shown: string): Stats {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw refused(shown, 'is a link to something that is not there', ['remove the link, or restore what it points to']);
  return stat;
}

/** A file that was found by its path, seen from the root of its source. */
export function foundAt(path: string, root: string): FoundFile {
  const folder = relative(root, dirname(path));
  return { path, name: path.slice(path.lastIndexOf(sep) + 1), folders: folder === '' ? [] : folder.split(sep) };
}

/** A file with its text. Refuses what cannot be read and what is not UTF-8. */
function readSourceFile({ path, name, folders }: FoundFile, context: FileContext): SourceFile {
  const shown = shownPath(path, context.shownFrom);
  const file: SourceFile = { path: shown, text: readText(path, shown), folders, name, module: context.module };
  if (!isCode.test(name)) return file;
  return { ...file, load: () => context.loader.load(path), imports: importsOf(path, file.text, context.shownFrom) };
}

/** A path as people are shown it: from a folder on, with `/` between its parts. */
export function shownPath(path: string, from: string): string {
  const short = path.startsWith(from + sep) ? path.slice(from.length + 1) : path;
  return sep === '/' ? short : short.split(sep).join('/');
}

function readText(path: string, shown: string): string {
  const text = readFileSync(path, 'utf8');
  // What is no UTF-8 becomes this character, which a text may also hold of its own; the bytes tell.
  if (!text.includes('\uFFFD')) return withoutMark(text);
  const bytes = readFileSync(path);
  if (isUtf8(bytes)) return withoutMark(text);
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const [line, column] = wide ? [1, 1] : firstFault(bytes);
  throw new Failure('source.unreadable', `"${shown}" is ${wide ? 'UTF-16' : 'not UTF-8 text'}`, {
    place: { file: shown, line, column },
    state: 'nothing was run',
    fix: ['save the file as UTF-8'],
    // UTF-16 shows nothing that could be read.
    ...(wide ? { source: '\n' } : {}),
  });
}

/** A mark of the byte order is no part of the text. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Line and column of the first byte that is no part of a UTF-8 text. */
function firstFault(bytes: Buffer): readonly [line: number, column: number] {
  let begin = 0;
  for (let line = 1; ; line++) {
    const next = bytes.indexOf(0x0a, begin);
    const text = bytes.subarray(begin, next < 0 ? bytes.length : next);
    if (!isUtf8(text) || next < 0) return [line, text.toString('utf8').indexOf('\uFFFD') + 1 || 1];
    begin = next + 1;
  }
}

function unreadable(shown: string, error: unknown): Failure {
  const { code, message } = error as { code?: string; message?: string };
  const reason = code === 'EACCES' || code === 'EPERM' ? 'may not be read by this user' : `cannot be read: ${message ?? String(error)}`;
  return refused(shown, reason, ['check the rights of the file'], error);
}

function noFile(shown: string, what: string): Failure {
  return refused(shown, `is ${what}, not a file`, ['rename it, or move it out of the folder']);
}

function refused(shown: string, why: string, fix: readonly string[], cause?: unknown): Failure {
  const details = { place: { file: shown, line: 1, column: 1 }, state: 'nothing was run', fix };
  return new Failure('source.unreadable', `"${shown}" ${why}`, details, cause);
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
