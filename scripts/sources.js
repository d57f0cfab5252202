// Shared by the build, which records what it was made of, and by bin/lockstep, which compares. Plain JavaScript, because the
// program reads it before anything is built. Every start in a clone pays for it, so each file is looked at once.
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';

const besideSource = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.ts',
  'scripts/sources.js',
];

/**
 * The files that the build is made of, relative to the root of the project, and the last moment at which one of them was written,
 * moved or deleted: a deletion shows in its folder, a file that is moved in keeps its time of writing but changes its status.
 * Tests are none of them.
 * @param {string} root
 */
function look(root) {
  const files = [...besideSource];
  const folders = ['src', 'web'];
  let newest = 0;
  /** @param {string} path */
  const stat = (path) => {
    const found = statSync(`${root}/${path}`);
    newest = Math.max(newest, found.mtimeMs, found.ctimeMs);
    return found;
  };
  for (const file of besideSource) stat(file);
  for (const folder of folders) stat(folder);
  for (const folder of folders) {
    for (const name of readdirSync(`${root}/${folder}`)) {
      if (name.endsWith('.test.ts')) continue;
      const path = `${folder}/${name}`;
      if (stat(path).isDirectory()) folders.push(path);
      else if (name.endsWith('.ts') || path.startsWith('web/')) files.push(path);
    }
  }
  return { files: files.sort(), newest };
}

/**
 * A digest over the names and the content of everything that the build is made of.
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function digestInputs(root) {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const file of look(root).files) {
    const content = readFileSync(`${root}/${file}`);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Whether `dist` was built from the sources as they are. Times decide when they can; otherwise the content does, and the
 * time of `dist/build.json` is moved forward so that the next call is cheap again.
 * @param {string} root
 * @returns {Promise<'fresh' | 'missing' | 'stale'>}
 */
export async function buildState(root) {
  const record = `${root}/dist/build.json`;
  const built = statSync(record, { throwIfNoEntry: false });
  if (built === undefined) return 'missing';
  const looked = startOfWork();
  if (look(root).newest < built.mtimeMs) return 'fresh';
  const { digest } = JSON.parse(readFileSync(record, 'utf8'));
  if (digest !== (await digestInputs(root))) return 'stale';
  try {
    utimesSync(record, looked, looked);
  } catch {
    // A clone that cannot be written only stays a little slower.
  }
  return 'fresh';
}

/**
 * The time that a record of what is now looked at may bear. File systems stamp with a clock that ticks in steps of some
 * milliseconds; what is written after this moment must not seem older.
 */
export function startOfWork() {
  return new Date(Date.now() - 20);
}
