import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Its name changes with its content. */
  readonly lasting: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What a page may load: nothing but what this server gives. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the web app by their paths; the page itself under `/`. Nothing where it was not built. */
export async function readAssets(folder: string = webFolder()): Promise<ReadonlyMap<string, Asset>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const assets = new Map<string, Asset>();
  for (const entry of found) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const body = new Uint8Array(await readFile(path));
    const name = path.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/');
    assets.set(name === '/index.html' ? '/' : name, { body, type, lasting: name.startsWith('/assets/') });
  }
  return assets;
}

/** Beside the program where it was bundled, else where the build of this folder puts it. */
function webFolder(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const dist = /^(.*[\\/]dist)[\\/]/.exec(here)?.[1];
  return dist === undefined ? join(here, '../../dist/web') : join(dist, 'web');
}
